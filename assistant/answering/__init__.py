"""From a question to an answer: what is found, how sure it is, whose words, with citations of them."""
