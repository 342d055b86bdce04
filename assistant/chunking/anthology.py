"""Signs that a file holds several essays."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.chunking.classify import BYLINE, ClassifiedBlock, is_name
from assistant.core.essay import letters_and_digits

_FEWEST = 2
_LONGEST_BYLINE = 80


def essay_starts(blocks: Sequence[ClassifiedBlock]) -> tuple[int, ...]:
    """Line numbers of titles with the name of an author and a text below, if there are several.

    Args:
        blocks: The blocks of a file with their kinds, in reading order.
    """
    title = next((block for block in blocks if block.kind == "title"), None)
    author = next((block.lines[0].text for block in blocks if block.kind == "author"), "")
    if title is None or not author:
        return ()
    starts = [title.lines[0].number]
    for block, after, text in zip(blocks, blocks[1:], blocks[2:], strict=False):
        is_start = block.kind == "heading" and after.kind == "heading" and text.kind == "paragraph"
        if is_start and _is_byline(after, author) and _key(block) != _key(title):
            starts.append(block.lines[0].number)
    return tuple(starts) if len(starts) >= _FEWEST else ()


def _key(block: ClassifiedBlock) -> str:
    return letters_and_digits(" ".join(line.text for line in block.lines))


def _is_byline(block: ClassifiedBlock, author: str) -> bool:
    """Whether a block names an author as the first one is named: after "by", or without it."""
    text = block.lines[0].text
    if len(block.lines) > 1 or len(text) > _LONGEST_BYLINE:
        return False
    byline = BYLINE.match(text)
    name = text[byline.end() :] if byline else text
    # Without "by", two words in capitals are a heading rather than a name.
    as_first = bool(byline) or not (BYLINE.match(author) or text.isupper())
    return as_first and is_name(name.strip(" ."))


def several_essays(starts: Sequence[int]) -> str:
    """A sentence that says where the essays of a file begin, and what to do."""
    listed = ", ".join(map(str, starts[:-1]))
    return (
        f"The file seems to hold {len(starts)} essays, which begin on lines {listed} and {starts[-1]}; save "
        "each in a file of its own, so that each is cited with its own title and author."
    )
