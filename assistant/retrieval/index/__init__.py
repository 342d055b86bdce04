"""The index of a library: windows, vectors, token vectors and postings, in memory and on disk."""
