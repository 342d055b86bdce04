"""The nouns that every room passes on; imports nothing of ours."""
