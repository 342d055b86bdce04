"""The page's HTML."""
