"""Pins of a short essay, for tests of the notebook."""

from __future__ import annotations

from typing import Any

from page_library import keepers_log

from assistant.core.notebook import Pin

ESSAY = keepers_log()
# A passage that every style sets as a block quotation.
LONG = ESSAY.passages[4]


def pin_of(passage: Any, start: int, end: int, **more: Any) -> Pin:
    """A pin of some words of a passage."""
    return Pin(passage.essay_id, passage.id, start, end, passage.text[start:end], **more)
