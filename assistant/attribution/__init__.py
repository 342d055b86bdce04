"""Quotations and drafts held against print."""
