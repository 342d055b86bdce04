"""The essay in Markdown, as pandoc reads it."""

from __future__ import annotations

import json
import re

from typeset.essay import Block, Words, WrittenEssay, curled, curled_words

_SPECIAL = re.compile(r"([\\`*_\[\]<>#~^$@|])")
# What begins a list, a heading or a quotation at the start of a line.
_LEAD = re.compile(r"^(\d+)([.)])(?=\s)|^([-+])(?=\s)")


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def words(parts: tuple[Words, ...]) -> str:
    """Styled words as Markdown."""
    made = []
    for part in curled_words(parts):
        if part.style == "call":
            made.append(f"[^{part.text}]")
        elif part.style == "italic":
            made.append(f"*{_text(part.text)}*")
        else:
            made.append(_text(part.text))
    return _LEAD.sub(lambda match: f"{match[1] or ''}\\{match[2] or match[3]}", "".join(made))


def _block(block: Block) -> str:
    text = words(block.words)
    if block.kind == "heading":
        return f"## {text}"
    if block.kind == "blockquote":
        return f"> {text}"
    if block.kind == "verse":
        return "\n".join(f"> | {line}" for line in text.split("\n"))
    return text


def markdown(essay: WrittenEssay, *, front_matter: bool = True) -> str:
    """An essay in pandoc's Markdown.

    Args:
        essay: The essay.
        front_matter: Whether title and author stand in front matter; else they are a heading and a line.
    """
    title, author = curled(essay.title), essay.author
    head = (
        f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\nauthor: {author}\nlang: en\n---"
        if front_matter
        else f"# {_text(title)}\n\n{_text(author)}"
    )
    notes = [f"[^{note.mark}]: {words(note.words)}" for note in essay.notes]
    works = [words(entry) for entry in essay.references]
    listed = [f"## {essay.references_title}", *works] if works else []
    return "\n\n".join([head, *map(_block, essay.blocks), *listed, *notes]) + "\n"
