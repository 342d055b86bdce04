"""The lines of a source text, as slices of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Every character that starts a new line in some system; a form feed also starts a page.
LINE_BREAK = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]")

# Characters that print nothing: soft hyphens, zero-width spaces and joiners, byte order marks.
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# Words that begin with an apostrophe, as a pattern. Essays, drafts and titles each add the words that can be
# told apart from quoted ones there, and numbers: decades, or years without their century.
CLIPPED_WORDS = "tis|twas|twere|til|em|cause|n"


# A soft hyphen at a line's end divides a word; it is kept, since joining the lines needs it.
_TRAILING = INVISIBLE - {"\u00ad"}


def strip(text: str) -> str:
    """``text`` without white space and invisible characters at its ends."""
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or text[start] in INVISIBLE):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _TRAILING):
        end -= 1
    return text[start:end]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source.

    Attributes:
        number: Line number from 1, as an editor counts (form feeds do not count).
        start: Source offset of its first character.
        end: Source offset after its last character, without the line break.
        text: ``source[start:end]``.
    """

    number: int
    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        """Whether nothing is printed on the line."""
        return not strip(self.text.strip("\u00ad"))

    @property
    def indent(self) -> int:
        """Columns of white space before the first printed character; a tab counts four."""
        lead = self.text[: len(self.text) - len(self.text.lstrip())]
        return len(lead.replace("\t", "    "))


def split_lines(text: str) -> list[Line]:
    """Divide ``text`` into its lines, in order; every character is in a line or in a line break."""
    lines = []
    number, start = 1, 0
    for line_break in LINE_BREAK.finditer(text):
        lines.append(Line(number, start, line_break.start(), text[start : line_break.start()]))
        start = line_break.end()
        number += line_break.group() not in {"\f", "\v"}
    lines.append(Line(number, start, len(text), text[start:]))
    return lines
