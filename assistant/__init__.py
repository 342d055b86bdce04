"""Essay Assistant: an essay's own words in answer to a question, with page-accurate citations."""

__version__ = "0.1.0"
