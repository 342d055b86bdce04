"""Bibliographic records as every room reads them; beside ``types`` on the lowest floor."""

from __future__ import annotations

import re

from assistant.types import CSLItem

# What CSL allows in a title: italics, bold, small capitals, raised and lowered letters, spans.
_MARKUP = re.compile(r'</?(?:i|b|sc|sub|sup)>|<span (?:class|style)="[^"<>]*">|</span>')


def plain_title(record: CSLItem) -> str:
    """Title of a record as it is read, without the markup that CSL allows in it; empty if it has none."""
    return _MARKUP.sub("", str(record.get("title") or ""))
