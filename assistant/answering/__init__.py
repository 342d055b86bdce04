"""Answer questions: what was found, how likely it is to answer, whose words it is, and its citations."""
