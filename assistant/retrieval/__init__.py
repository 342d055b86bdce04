"""From a question to ranked passages and their answering sentences."""
