"""What surrounds an essay's words in a plain text file: licences, front matter, comments, rules, commands.

None of it is the author's text. Each span of it has a reason, by which the ingest report names it. Some of
it names title and author, and a line of dashes below another line shows that this one is a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.core.essay import Span
from assistant.core.lines import Line, split_lines, strip

# Start and end in the text, and the reason.
DroppedSpan = tuple[int, int, str]

_MARKER = re.compile(r"\*\*\* ?(START|END) OF (?:THE|THIS) PROJECT GUTENBERG")
_OLD_END = re.compile(r"(?:\*\*\* ?)?END OF (?:THE |THIS )?PROJECT GUTENBERG")
_CREDIT = re.compile(
    r"(?:produced by|e-?text prepared by|this e-?(?:book|text) was produced|transcribed (?:by|from)|"
    r"updated editions)\b",
    re.IGNORECASE,
)
_FIELD = re.compile(r"(title|author):\s*(?=\S)", re.IGNORECASE)
# A header of another kind ends where the text begins; its fields are within so many lines.
_LONGEST_HEADER = 400
_LONGEST_FRONT_MATTER = 200
_YAML_LINE = re.compile(r"[ \t#\]}\[{].*|-(?:\s.*)?|[\w\"'][\w .\"'-]{0,60}:(?:\s.*)?")
_YAML_NAME = re.compile(r"(title|authors?|by)\s*[:=]\s*(.*)", re.IGNORECASE)
_YAML_ITEM = re.compile(r"(?:name|literal):")
_TITLE_BLOCK = re.compile(r"%\s*(?=\S)")
_RULE_MARKS = frozenset("-_*=~#•·.—–+⁂❦◆")
_RULES = re.compile(r"(?:([-_*=~#•·—–+◆])(?:\s*+\1){2,}+|(?:⁂|❦|☙|◆|\*\s?⁂\s?\*))")
_UNDERLINE = re.compile(r"(?:={3,}+|-{3,}+)")
_LONGEST_UNDERLINED = 120
_ILLUSTRATION, _LONGEST_CAPTION = "[Illustration", 600
_NAMED_PICTURE = re.compile(r"\[(?:Figure|Fig\.|Image|Picture|Music|Musique|Abbildung|Plate)\s?[\w.]{0,8}\]")
# A field of Obsidian's Dataview.
_DATAVIEW = re.compile(r"[\w-]{1,30}(?: [\w-]{1,30})?::(?:\s.*)?")
_COMMANDS = re.compile(
    r"(?:\\(?:noindent|indent|newpage|clearpage|cleardoublepage|pagebreak|bigskip|medskip|smallskip|"
    r"centering|maketitle|tableofcontents|par|vfill|hfill|linebreak|newline)(?![A-Za-z])(?:\[\d\])?(?:\{\})?"
    r"|\\(?:vspace|hspace|begin|end|setlength|pagestyle|thispagestyle)\*?\{[^{}\n]{0,60}\})\s*"
)
_TEMPLATE = re.compile(
    r"\{%[^\n]*%\}|\{\{[<%][^\n]*[>%]\}\}|:{3,}(?:\s*\{[^{}\n]*\}|\s*[\w-]*)?(?:\s*:{3,})?"
)
_PICTURE = re.compile(r"!\[[^\[\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\))?[^()\n]*\)|\[\w*\])|!\[\[[^\[\]\n]*\]\]")
_ATTRIBUTES = re.compile(r"\{[#.][^{}\n]{0,200}\}$")


@dataclass(frozen=True, slots=True)
class Matter:
    """What in a text is not the author's.

    Attributes:
        spans: Its spans, in order, with the reason.
        title: Spans of the lines of a title that is stated for the file, such as in front matter.
        author: Spans of the names of authors that are stated.
        underlined: Offsets of lines that are headings since they are underlined.
    """

    spans: tuple[DroppedSpan, ...] = ()
    title: tuple[Span, ...] = ()
    author: tuple[Span, ...] = ()
    underlined: frozenset[int] = frozenset()


NO_MATTER = Matter()


@dataclass(slots=True)
class _Found:
    spans: list[DroppedSpan] = field(default_factory=list)
    title: list[Span] = field(default_factory=list)
    author: list[Span] = field(default_factory=list)
    underlined: set[int] = field(default_factory=set)


def find_matter(text: str) -> Matter:
    """Find what in a text is not its author's."""
    lines = split_lines(text)
    found = _Found()
    first, last = _licence(lines, found)
    first = _front_matter(lines, first, last, found)
    comments = sorted((*_comments(text), *_pictures(text)))
    found.spans.extend(comments)
    inside = _Inside(comments)
    for index in range(first, last):
        line = lines[index]
        if not line.blank and not inside.has(line.start):
            _line(lines, index, first, found)
    return Matter(
        _disjoint(sorted(found.spans)), tuple(found.title), tuple(found.author), frozenset(found.underlined)
    )


class _Inside:
    """Whether offsets, asked for in ascending order, are inside one of some spans."""

    def __init__(self, spans: Sequence[DroppedSpan]) -> None:
        self._spans, self._index = spans, 0

    def has(self, offset: int) -> bool:
        """Whether an offset is inside."""
        while self._index < len(self._spans) and self._spans[self._index][1] <= offset:
            self._index += 1
        return self._index < len(self._spans) and self._spans[self._index][0] <= offset


def _disjoint(spans: Sequence[DroppedSpan]) -> tuple[DroppedSpan, ...]:
    """The spans without those parts that an earlier one covers."""
    kept: list[DroppedSpan] = []
    end = 0
    for start, stop, reason in spans:
        if stop > max(start, end):
            kept.append((max(start, end), stop, reason))
            end = stop
    return tuple(kept)


def _licence(lines: Sequence[Line], found: _Found) -> tuple[int, int]:
    """Take off the header and the licence of Project Gutenberg; first and last line of what is between."""
    first, last = 0, len(lines)
    for index, line in enumerate(lines):
        head = line.text[:80].strip().upper()
        if "PROJECT GUTENBERG" not in head:
            continue
        marker = _MARKER.match(head)
        if marker and marker[1] == "START" and not first:
            # The line may be wrapped; it ends with asterisks.
            first = index + 1
            while first < min(len(lines), index + 3) and not lines[first - 1].text.rstrip().endswith("*"):
                first += 1
        elif (marker or _OLD_END.match(head)) and index > first:
            last = index
            break
    if not first and last == len(lines):
        return 0, last
    for line in lines[: min(first, _LONGEST_HEADER)]:
        _state_field(line, found)
    if first:
        first = _after_credits(lines, first, last)
    found.spans.extend(_whole(lines[:first], "header of the file"))
    found.spans.extend(_whole(lines[last:], "licence of the file"))
    return first, last


def _state_field(line: Line, found: _Found) -> None:
    name = _FIELD.match(line.text)
    if name is None:
        return
    wanted = found.title if name[1].casefold() == "title" else found.author
    if not wanted:
        wanted.append(_stripped(line, name.end(), len(line.text)))


def _after_credits(lines: Sequence[Line], first: int, last: int) -> int:
    """The line after the paragraph that says who made the file, or ``first`` if there is none."""
    index = first
    while index < last and lines[index].blank:
        index += 1
    if index == last or not _CREDIT.match(lines[index].text.strip()):
        return first
    while index < last and not lines[index].blank:
        index += 1
    return index


def _whole(lines: Sequence[Line], reason: str) -> Iterator[DroppedSpan]:
    for line in lines:
        if not line.blank:
            yield (*_stripped(line, 0, len(line.text)), reason)


def _stripped(line: Line, start: int, end: int) -> Span:
    """Source span of a part of a line without the white space and quotation marks at its ends."""
    part = line.text[start:end]
    inner = strip(part)
    offset = line.start + start + (part.index(inner) if inner else 0)
    return offset, offset + len(inner)


def _front_matter(lines: Sequence[Line], first: int, last: int, found: _Found) -> int:
    """Take off YAML or TOML front matter, or Pandoc's title block; the line after it."""
    while first < last and lines[first].blank:
        first += 1
    if first == last:
        return first
    if _TITLE_BLOCK.match(lines[first].text):
        return _title_block(lines, first, last, found)
    fence = strip(lines[first].text).rstrip()
    if fence not in {"---", "+++"}:
        return first
    end = first + 1
    closing = {fence, "..."} if fence == "---" else {fence}
    while end < min(last, first + _LONGEST_FRONT_MATTER) and lines[end].text.rstrip() not in closing:
        if fence == "---" and not (lines[end].blank or _YAML_LINE.fullmatch(lines[end].text.rstrip())):
            return first
        end += 1
    named = any(":" in line.text or "=" in line.text for line in lines[first + 1 : end])
    if end >= min(last, first + _LONGEST_FRONT_MATTER) or not named:
        return first
    _state_names(lines[first + 1 : end], found)
    found.spans.extend(_whole(lines[first : end + 1], "front matter"))
    return end + 1


def _title_block(lines: Sequence[Line], first: int, last: int, found: _Found) -> int:
    end = first
    while end < last and end < first + 3 and lines[end].text.startswith("%"):
        name = _TITLE_BLOCK.match(lines[end].text)
        if name and end - first < 2:
            (found.title, found.author)[end - first].append(
                _stripped(lines[end], name.end(), len(lines[end].text))
            )
        end += 1
    found.spans.extend(_whole(lines[first:end], "front matter"))
    return end


def _state_names(lines: Sequence[Line], found: _Found) -> None:
    """Read title and first author from front matter."""
    lists_authors = False
    for line in lines:
        if name := _YAML_NAME.match(line.text):
            wanted = found.title if name[1].casefold() == "title" else found.author
            lists_authors = wanted is found.author and not name[2] and not wanted
            if name[2] and not wanted:
                _state(line, name.start(2), wanted)
        elif lists_authors and line.text[:1] in {" ", "-", "\t"}:
            _state(line, len(line.text) - len(line.text.lstrip(" \t-")), found.author)
            lists_authors = not found.author
        else:
            lists_authors = False


def _state(line: Line, start: int, wanted: list[Span]) -> None:
    """Record a value of front matter without its quotation marks; of a list in brackets the first item."""
    value = line.text[start:].rstrip()
    if item := _YAML_ITEM.match(value):
        start += item.end()
    end = start + len(line.text[start:].rstrip())
    if line.text[start:end].lstrip()[:1] == "[" and (comma := line.text.find(",", start, end)) > 0:
        end = comma
    while start < end and line.text[start] in "\"'[ \t":
        start += 1
    while end > start and line.text[end - 1] in "\"'] \t":
        end -= 1
    if start < end and line.text[start] not in "|>{":
        wanted.append((line.start + start, line.start + end))


def _comments(text: str) -> Iterator[DroppedSpan]:
    """Comments of HTML and of Obsidian, which nothing prints."""
    for opening, closing in (("<!--", "-->"), ("%%", "%%")):
        start = text.find(opening)
        while start >= 0:
            end = text.find(closing, start + len(opening))
            if end < 0:
                break
            yield start, end + len(closing), "comment"
            start = text.find(opening, end + len(closing))


def _pictures(text: str) -> Iterator[DroppedSpan]:
    """Where a transcriber says that the book has a picture."""
    start = text.find(_ILLUSTRATION)
    while start >= 0:
        end = text.find("]", start, start + _LONGEST_CAPTION)
        if end > 0 and not text[text.rfind("\n", 0, start) + 1 : start].strip():
            yield start, end + 1, "picture"
        start = text.find(_ILLUSTRATION, start + 1)


def _line(lines: Sequence[Line], index: int, first: int, found: _Found) -> None:
    """Take off what is markup on one line."""
    line = lines[index]
    start, end = _stripped(line, 0, len(line.text))
    text = strip(line.text)
    if text[0] in _RULE_MARKS and _RULES.fullmatch(text):
        underlines = _underlines(lines, index, first, text)
        if underlines:
            found.underlined.add(lines[index - 1].start)
        found.spans.append((start, end, "layout mark" if underlines else "rule"))
    elif _PICTURE.fullmatch(text) if text[0] == "!" else _NAMED_PICTURE.fullmatch(text):
        found.spans.append((start, end, "picture"))
    elif "::" in text[:70] and _DATAVIEW.fullmatch(text):
        found.spans.append((start, end, "front matter"))
    else:
        first_mark, last_mark = _markup(text)
        if first_mark < last_mark:
            found.spans.append((start + first_mark, start + last_mark, "layout mark"))


def _markup(text: str) -> Span:
    """Start and end of the markup on a line; the same if there is none."""
    if text[0] in "{:" and _TEMPLATE.fullmatch(text):
        return 0, len(text)
    if text[0] == "\\":
        end = 0
        while command := _COMMANDS.match(text, end):
            end = command.end()
        return 0, end
    if text[0] == "#" and text[-1] in "#}":
        return _after_heading(text), len(text)
    return 0, 0


def _after_heading(text: str) -> int:
    """Where the attributes or number signs after the words of a heading begin."""
    attributes = _ATTRIBUTES.search(text)
    printed = text[: attributes.start()].rstrip() if attributes else text
    if (bare := printed.rstrip("#")).endswith((" ", "\t")) and bare.strip(" \t#"):
        printed = bare.rstrip()
    return len(printed)


def _underlines(lines: Sequence[Line], index: int, first: int, text: str) -> bool:
    """Whether a rule underlines the line above it, which is a paragraph of its own."""
    if index == first or not _UNDERLINE.fullmatch(text):
        return False
    above = lines[index - 1]
    alone = index - 1 == first or lines[index - 2].blank
    printed = above.text.strip()
    return (
        alone
        and any(character.isalnum() for character in printed)
        and len(printed) <= _LONGEST_UNDERLINED
        and printed[-1] not in ".,;:"
        and printed[0] not in "#>-*|"
    )
