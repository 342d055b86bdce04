"""A file -> a ``Document``: one module for each format, ``reading`` for all of them."""
