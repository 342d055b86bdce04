"""Rich text: a citation made once, written as plain text, Markdown or HTML; imports nothing of ours."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

_MARKDOWN_SIGNS = re.compile(r"[\\`*\[\]<>]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w]+;)")
# What begins a heading, a quotation, a list or a fence where it stands first, or makes one of the line above.
_MARKDOWN_START = re.compile(r"([#+-](?=\s|$)|#+(?=\s|$)|-(?=-)|=|~(?=~)|\|(?=.)|\d+(?=[.)](?:\s|$)))")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one face.

    Attributes:
        text: The characters.
        italic: Whether they stand in italics.
    """

    text: str
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Rich:
    """Text with italics in it.

    Attributes:
        runs: Its pieces; no two neighbours are in the same face, none is empty.
    """

    runs: tuple[Run, ...] = ()

    def __add__(self, other: Rich | str) -> Rich:
        added = rich(other).runs
        if self.runs and added and self.runs[-1].italic == added[0].italic:
            seam = Run(self.runs[-1].text + added[0].text, added[0].italic)
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
        """The same in italics; what was in italics stands upright in them."""
        return Rich(tuple(Run(run.text, not run.italic) for run in self.runs))

    def rewritten(self, text: str, start: int = 0) -> Rich:
        """Other characters in the faces of these, one for one.

        Args:
            text: The characters.
            start: Offset of the first in this text.
        """
        made, at = [], 0
        for run in self.runs:
            piece = text[max(at - start, 0) : max(at + len(run.text) - start, 0)]
            made += [Run(piece, run.italic)] if piece else []
            at += len(run.text)
        return Rich(tuple(made))

    def plain(self) -> str:
        """Plain text: the characters alone."""
        return "".join(run.text for run in self.runs)

    def markdown(self) -> str:
        """Markdown; signs that mean something there are escaped."""
        made = "".join(map(_markdown_run, self.runs))
        return _MARKDOWN_START.sub(_escaped_start, made, count=1) if _MARKDOWN_START.match(made) else made

    def html(self) -> str:
        """HTML; signs that mean something there are escaped."""
        return "".join(
            f"<i>{escaped}</i>" if run.italic else escaped
            for run in self.runs
            for escaped in (html.escape(run.text, quote=False),)
        )


# What may stand in a citation.
Text = Rich | str


def rich(text: Text, *, italic: bool = False) -> Rich:
    """Upright or italic text; rich text is given back as it is."""
    if isinstance(text, Rich):
        return text
    return Rich((Run(text, italic),)) if text else Rich()


def joined(between: str, parts: Iterable[Text]) -> Rich:
    """The parts that are not empty, with something between them."""
    made = Rich()
    for part in parts:
        if not part:
            continue
        made = made + between + part if made else rich(part)
    return made


def _markdown_run(run: Run) -> str:
    escaped = _MARKDOWN_SIGNS.sub(r"\\\g<0>", run.text)
    inner = escaped.strip()
    if not (run.italic and inner):
        return escaped
    # Emphasis may neither begin nor end with a blank.
    start = escaped.index(inner)
    return f"{escaped[:start]}*{inner}*{escaped[start + len(inner) :]}"


def _escaped_start(found: re.Match[str]) -> str:
    sign = found[0]
    return f"{sign}\\" if sign.isdecimal() else f"\\{sign}"
