"""What was pasted to be checked: one quotation, or a piece of a draft."""

from __future__ import annotations

import re

# Words; what is longer and has no quotation marks is a paragraph of a draft rather than a quotation.
_SHORT = 60

_PAIRS = (("“", "”"), ('"', '"'), ("‘", "’"), ("'", "'"), ("«", "»"), ("„", "“"), ("„", "”"))
# Quotation marks, those of LaTeX, and the sign of Markdown for a block quotation.
_MARKED = re.compile(r"[\"“”„«»‘]|``|^\s*>", re.MULTILINE)
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_PARAGRAPHS = re.compile(r"\n\s*\n")


def quotation_in(text: str) -> str | None:
    """The quotation, where a text is one.

    Args:
        text: As pasted, with or without quotation marks around the whole.

    Returns:
        The quotation with its marks, or ``None`` where the text is to be read as a draft.
    """
    text = text.strip()
    # A writer copies the stop behind the closing mark along.
    closed = text.rstrip(".,;: ")
    if _is_in_marks(closed):
        return closed
    short = len(text.split()) <= _SHORT and not _PARAGRAPHS.search(text)
    return text if short and not _MARKED.search(text) else None


def _is_in_marks(text: str) -> bool:
    """Whether one pair of quotation marks stands around the whole of a text."""
    plain = _APOSTROPHE.sub("", text)
    return any(
        len(plain) > len(opening + closing)
        and plain.startswith(opening)
        and plain.endswith(closing)
        and not {opening, closing} & set(plain[1:-1])
        for opening, closing in _PAIRS
    )
