"""A library in shards: each is an ordinary library folder, and together they answer as one folder would."""
