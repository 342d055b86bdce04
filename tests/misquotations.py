"""Quotations of an essay with every kind of change (``changes.py``), and the words that they are of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from quotation_changes import FORBIDDEN, Change

from assistant.core.essay import Passage

_QUOTED_KINDS = {"paragraph", "blockquote", "note"}


@dataclass(frozen=True, slots=True)
class Quotation:
    """Printed words, and as quoted.

    Attributes:
        change: Name of the change.
        printed: The words as printed.
        quoted: The words as quoted.
        passage: Id of the passage.
        start: Offset of the words in it.
    """

    change: str
    printed: str
    quoted: str
    passage: str
    start: int


def spans(rng: Random, passages: Sequence[Passage], shortest: int = 4) -> Iterator[tuple[Passage, int, int]]:
    """Runs of whole words of running text, without end, as passage, start and end."""
    texts = [passage for passage in passages if passage.kind in _QUOTED_KINDS]
    while True:
        passage = rng.choice(texts)
        words = list(re.finditer(r"\S+", passage.text))
        first = rng.randrange(len(words) - shortest)
        last = min(len(words), first + rng.choice([shortest, 6, 8, 12, 20, 40])) - 1
        start, end = words[first].start(), words[last].end()
        if passage.kind == "note" and (not start or end == len(passage.text)):
            # Nothing may stand before or behind it that an ellipsis could leave out.
            continue
        if sum(ch.isalpha() for ch in passage.text[start:end]) >= 12:
            yield passage, start, end


def is_printed(quoted: str, passages: Sequence[Passage]) -> bool:
    """Whether words stand in print after all, by a plain search: a letter may go and leave a word."""
    words = re.sub(r"[.,]$", "", " ".join(quoted.split()))
    text = "\n".join(passage.text for passage in passages)
    begins = r"(?<![\w'’])" if words[:1].isalnum() else ""
    return re.search(rf"{begins}{re.escape(words)}(?![\w])(?!['’]\w)", text) is not None


def quotations(
    rng: Random, passages: Sequence[Passage], changes: Sequence[Change], each: int
) -> Iterator[Quotation]:
    """``each`` quotations for each change, all of words that lend themselves to it."""
    for change in changes:
        source, made, tried = spans(rng, passages), 0, 0
        while made < each and tried < 60 * each:
            passage, start, end = next(source)
            tried += 1
            printed = passage.text[start:end]
            quoted = change(rng, printed)
            if quoted is None or (change in FORBIDDEN and is_printed(quoted, passages)):
                continue
            made += 1
            yield Quotation(change.__name__, printed, quoted, passage.id, start)
