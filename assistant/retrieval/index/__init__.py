"""Windows, vectors, token vectors and postings, in memory and on disk."""
