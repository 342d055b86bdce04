"""Essays and their index as they lie on disk: read, put on the shelf, kept in step, found again."""
