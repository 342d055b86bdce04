"""The library: its essays and their index on disk, how they are changed, and the facade that others use."""
