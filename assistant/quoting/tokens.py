"""Words and marks, the steps in which a quotation is compared with print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.quoting.normal import normalise, skeleton
from assistant.quoting.parsing import Item, ItemKind
from assistant.quoting.streams import Stream

# A word with the brackets in it, which may hold spaces; or a dash between two words.
_TOKEN = re.compile(r"(?:\[[^\[\]]{0,200}\]|(?!--)[^\s–—])+|[–—]+|--+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark.

    Attributes:
        kind: A word, or a mark of the writer's that stands alone.
        start: Offset in its text.
        end: Offset behind it.
        form: Normal form, by which tokens are the same.
        bones: Skeleton of a word; empty for ``ellipsis`` and ``sic``.
    """

    kind: ItemKind
    start: int
    end: int
    form: str
    bones: str


def tokens_of(text: str, items: Sequence[Item]) -> list[Token]:
    """The tokens of a quotation.

    Args:
        text: The quotation.
        items: Its parts.
    """
    alone: dict[tuple[int, int], ItemKind] = {
        (item.start, item.end): item.kind for item in items if item.kind != "words"
    }
    made: list[Token] = []
    at = 0
    for item in items:
        if item.kind == "ellipsis":
            made += _between(text, at, item.start, alone)
            made.append(Token("ellipsis", item.start, item.end, "…", ""))
            at = item.end
    return made + _between(text, at, len(text), alone)


def _between(
    text: str,
    start: int,
    end: int,
    alone: dict[tuple[int, int], ItemKind],
) -> list[Token]:
    made = []
    for found in _TOKEN.finditer(text, start, end):
        kind = alone.get(found.span(), "words")
        bones = "" if kind == "sic" else skeleton(found.group())
        made.append(Token(kind, *found.span(), normalise(found.group()).text, bones))
    return made


def printed_tokens(stream: Stream, start: int, end: int) -> list[Token]:
    """The tokens of a stretch of print, whole words only; offsets are the stream's."""
    text = stream.text
    start, end = max(0, start), min(len(text), end)
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return [
        Token("words", *found.span(), normalise(found.group()).text, skeleton(found.group()))
        for found in _TOKEN.finditer(text, start, end)
    ]
