"""Answers, quotations, drafts, essays and notebooks as JSON, terminal text, Markdown, HTML and Word.

Printed words are never changed; for a terminal they are wrapped at spaces.
"""
