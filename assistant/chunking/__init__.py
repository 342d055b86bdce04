"""From an essay to its passages, true to print."""
