"""The models that embed and read."""
