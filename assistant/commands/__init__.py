"""The commands of ``assistant``: one file for each thing that a user does."""
