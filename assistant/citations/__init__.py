"""From a passage to a citation."""
