"""Text with italics, written as plain text, Markdown or HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

_MARKDOWN_SPECIAL = re.compile(r"[\\`*\[\]<>]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w]+;)")
# What starts a heading, list, fence or table at the start of a line, or turns the line above into one.
_MARKDOWN_START = re.compile(r"([#+-](?=\s|$)|#+(?=\s|$)|-(?=-)|=|~(?=~)|\|(?=.)|\d+(?=[.)](?:\s|$)))")

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class StyledText:
    """A piece of text, all of it in italics or all upright.

    Attributes:
        text: The characters.
        italic: Whether they are in italics.
    """

    text: str
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Rich:
    """Text with italics in it.

    Attributes:
        runs: Its pieces; none is empty, and italic and upright ones alternate.
    """

    runs: tuple[StyledText, ...] = ()

    def __add__(self, other: Rich | str) -> Rich:
        added = rich(other).runs
        if self.runs and added and self.runs[-1].italic == added[0].italic:
            seam = StyledText(self.runs[-1].text + added[0].text, added[0].italic)
            return Rich((*self.runs[:-1], seam, *added[1:]))
        return Rich((*self.runs, *added))

    def __radd__(self, other: str) -> Rich:
        return rich(other) + self

    def __bool__(self) -> bool:
        return bool(self.runs)

    def __getitem__(self, span: slice) -> Rich:
        start, end, _ = span.indices(len(self.plain()))
        return self.rewritten(self.plain()[start:end], start)

    def italic(self) -> Rich:
        """The same in italics; what was in italics becomes upright."""
        return Rich(tuple(StyledText(run.text, not run.italic) for run in self.runs))

    def rewritten(self, text: str, start: int = 0) -> Rich:
        """Other text with the italics of this text, character by character from ``start`` on."""
        runs, offset = [], -start
        for run in self.runs:
            piece = text[max(offset, 0) : max(offset + len(run.text), 0)]
            runs += [StyledText(piece, run.italic)] if piece else []
            offset += len(run.text)
        return Rich(tuple(runs))

    def without_controls(self) -> Rich:
        """The same without control characters and without marks that turn the order of reading."""
        if not any(_CONTROLS.search(run.text) for run in self.runs):
            return self
        text = Rich()
        for run in self.runs:
            text += rich(_CONTROLS.sub("", run.text), italic=run.italic)
        return text

    def plain(self) -> str:
        """Plain text, without the italics."""
        return "".join(run.text for run in self.runs)

    def markdown(self) -> str:
        """Markdown; characters with a meaning there are escaped."""
        text = "".join(map(_markdown_run, self.runs))
        start = _MARKDOWN_START.match(text)
        return _escaped_start(start) + text[start.end() :] if start else text

    def html(self) -> str:
        """HTML; characters with a meaning there are escaped."""
        return "".join(
            f"<i>{escaped}</i>" if run.italic else escaped
            for run in self.runs
            for escaped in (html.escape(run.text, quote=False),)
        )


Text = Rich | str


def rich(text: Text, *, italic: bool = False) -> Rich:
    """Upright or italic text; rich text is returned unchanged."""
    if isinstance(text, Rich):
        return text
    return Rich((StyledText(text, italic),)) if text else Rich()


def joined(between: str, parts: Iterable[Text]) -> Rich:
    """The parts that are not empty, with ``between`` between them."""
    text = Rich()
    for part in parts:
        if part:
            text = text + between + part if text else rich(part)
    return text


def _markdown_run(run: StyledText) -> str:
    escaped = _MARKDOWN_SPECIAL.sub(r"\\\g<0>", run.text)
    inner = escaped.strip()
    if not (run.italic and inner):
        return escaped
    # Emphasis may neither start nor end with a space.
    start = escaped.index(inner)
    return f"{escaped[:start]}*{inner}*{escaped[start + len(inner) :]}"


def _escaped_start(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdecimal() else f"\\{match[0]}"
