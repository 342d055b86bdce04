"""The data types that all rooms share. This room imports none of the others."""
