"""Retrieval measured on question sets."""
