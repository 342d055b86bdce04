"""What stands before the essay's first words: title and author."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.chunking.blocks import heading_like
from assistant.chunking.layout import Block, Layout, PrintLine
from assistant.records import plain_title
from assistant.types import CSLItem

_MOST_LINES = 12
_BYLINE = re.compile(r"by\s+(?=\S)", re.IGNORECASE)
_NAME_WORD = re.compile(r"(?:[^\W\d_]\.?|(?:[^\W\d_][\w'’.-]*))(?:,)?$")
_PARTICLES = frozenset(("de da di du del der van von of and & la le el y").split())
_NO_NAME = frozenset("a an at for from her his in into its me my on our the their to with your".split())
_LONGEST_NAME = 60


def title_and_author(
    blocks: Sequence[Block], layout: Layout, reference: CSLItem
) -> tuple[list[PrintLine], list[PrintLine], list[Block]]:
    """Take title and author off the beginning.

    The record's title and names are looked for first; without them the first short lines are the
    title, and the last of them the author if it reads as a name.

    Returns:
        Lines of the title, lines of the author, and the remaining blocks.
    """
    leading = _leading(blocks, layout)
    lines = [line for block in leading for line in block.lines][:_MOST_LINES]
    title = _title_by_record(lines, plain_title(reference))
    author = _author_by_record([line for line in lines if line not in title], reference)
    if not title:
        title, by_form = _by_form(leading, lines, author)
        author = author or by_form
    return title, author, _without(blocks, {line.start for line in (*title, *author)})


def _leading(blocks: Sequence[Block], layout: Layout) -> list[Block]:
    leading: list[Block] = []
    for block in blocks:
        prose = not block.narrow and not block.verse and not heading_like(block, layout)
        # A title may begin in lower case, so that it is no heading, but it is short and ends in no stop.
        short = (
            len(block.lines) <= 2 and block.characters < 2 * _LONGEST_NAME and not block.last.ends_sentence
        )
        if (prose and not short) or block.last.page != block.first.page:
            break
        leading.append(block)
    return leading


def fold(text: str) -> str:
    """Letters and digits only, case folded: for comparing titles."""
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def _title_by_record(lines: Sequence[PrintLine], title: str) -> list[PrintLine]:
    wanted = fold(title)
    for first in range(len(lines)):
        taken: list[PrintLine] = []
        folded = ""
        for line in lines[first:]:
            longer = folded + fold(line.text)
            if not wanted.startswith(longer):
                break
            taken, folded = [*taken, line], longer
        if folded and (folded == wanted or folded == fold(title.split(":", maxsplit=1)[0])):
            return taken
    return []


def _author_by_record(lines: Sequence[PrintLine], reference: CSLItem) -> list[PrintLine]:
    names = [fold(str(one.get("family") or one.get("literal", ""))) for one in reference.get("author", ())]
    found = [
        line
        for line in lines
        if len(line.text) <= _LONGEST_NAME and any(n and n in fold(line.text) for n in names)
    ]
    return found if found and len(found) <= max(1, len(names)) else []


def _by_form(
    leading: Sequence[Block], lines: Sequence[PrintLine], known: Sequence[PrintLine]
) -> tuple[list[PrintLine], list[PrintLine]]:
    bylines = [line for line in lines if _BYLINE.match(line.text) and line is not lines[0]]
    if not lines or lines[0].ends_sentence:
        return [], []
    marked = [line for line in lines if line.mark == "#"]
    author = list(known) or bylines[:1]
    if not author and len(leading) > 1:
        candidates = [block for block in leading[1:] if len(block.lines) == 1 and not block.first.mark]
        names = [block.first for block in candidates if block.first in lines and _is_name(block.first.text)]
        # Behind the author come headings; the first line that reads as a name is the author's.
        author = names[:1]
    if not author and len(leading[0].lines) > 1 and _is_name(leading[0].last.text):
        author = [] if leading[0].lines[-2].text.endswith(":") else [leading[0].last]
    if marked and marked[0] is lines[0]:
        return marked[:1], author
    title = (
        lines[: lines.index(author[0])]
        if author
        else leading[0].lines[:1]
        if len(leading) > 1
        else leading[0].lines
    )
    return list(title), author


def _is_name(text: str) -> bool:
    words = text.split()
    if any(word.casefold() in _NO_NAME or re.search(r"['’]s$", word) for word in words):
        return False
    if not 2 <= len(words) <= 8 or len(text) > _LONGEST_NAME or text[-1] in ".:;!?":
        return False
    named = [word for word in words if word.casefold().strip(",") not in _PARTICLES]
    return len(named) >= 2 and all(_NAME_WORD.match(word) and word[0].isupper() for word in named)


def _without(blocks: Sequence[Block], taken: set[int]) -> list[Block]:
    rest = []
    for block in blocks:
        lines = [line for line in block.lines if line.start not in taken]
        if lines:
            rest.append(replace(block, lines=lines))
    return rest
