"""What each block is: title, author, heading, paragraph, block quotation, verse, list, note or reference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.chunking.blocks import heading_like
from assistant.chunking.entries import begins_entry, ends_entry, entry_starts
from assistant.chunking.headings import (
    NOTES_HEADING,
    REFERENCES_HEADING,
    introduces,
    is_capitals,
    numbering_length,
)
from assistant.chunking.layout import Layout
from assistant.chunking.notes import begins_notes, divide_notes, note_start
from assistant.chunking.printed import LineGroup, PrintLine
from assistant.core.essay import CSLItem, Kind, letters_and_digits, plain_title

# A text that follows notes or references begins with a paragraph of so many lines, or characters.
_FEWEST_PROSE, _LONGEST_ENTRY = 4, 400
# Lines within which title and author are looked for.
_MOST_LINES = 12
BYLINE = re.compile(
    r"[Bb][Yy]\s+(?=\S)"
    r"|(?:[Cc]onducted|[Ww]ritten|[Ii]nterviewed|[Ss]ubmitted|[Pp]repared) by\s+(?=[A-ZÀ-ÖØ-Þ])"
    r"|(?:(?:[Vv]orgelegt |[Ee]ingereicht |[Vv]erfa(?:ss|ß)t |[Pp]résenté |[Pp]resentado )?"
    r"(?:von|Von|VON|par|Par|PAR|por|Por|POR))\s+(?=[A-ZÀ-ÖØ-Þ])"
)
# Titles are short; with more lines or parts before the author, the last part is the title.
_MOST_TITLE_LINES, _MOST_TITLE_PARTS = 4, 2
_NAME_WORD = re.compile(r"(?:[^\W\d_]\.?|(?:[^\W\d_][\w'’.-]*))(?:,)?$")
_PARTICLES = frozenset(("de da di du del der van von of and & la le el y").split())
_NO_NAME = frozenset(
    "a an at for from her his in into its me my on our the their to with your "
    "dear sir sirs madam lieber liebe geehrter geehrte cher chère monsieur madame".split()
)
# The heading of a manuscript: name, teacher, course and date, each on a line of its own.
_MANUSCRIPT_DATE = re.compile(r"(?:\d{1,2}\.? [^\W\d]{3,10}\.?|[^\W\d]{3,10}\.? \d{1,2},) \d{4}")
_LONGEST_MANUSCRIPT_HEAD = 6
_LONGEST_NAME = 60
# What may call a note on the author.
_NOTE_MARKS = " *†‡§¹²³⁴⁵⁶⁷⁸⁹"
_KNOWN = re.compile(
    r"(?:abstract|summary|introduction|conclusions?|epilogue|prologue|preface|foreword|afterword|"
    r"acknowledge?ments?|appendix\b.*|einleitung|einführung|schluss|schlu[ßs]wort|fazit|vorwort|nachwort|anhang\b.*|"
    r"zusammenfassung|résumé|avant-propos|annexes?|conclusion)",
    re.IGNORECASE,
)


_DEDICATION = re.compile(
    r"(?:for|to|in (?:loving )?memory|in memoriam|dedicated|pour|à|aux?|für|meine[mnr]?|de[mn]|para|per)\b",
    re.IGNORECASE,
)
# Blocks under a heading by which notes are told from an entry in a table of contents.
_NOTES_SEEN = 6


@dataclass(slots=True)
class ClassifiedBlock:
    """A block and its kind.

    Attributes:
        kind: What it is.
        lines: Its lines.
        mark: A note's mark, or the empty string.
        resumes: Whether it visibly continues the paragraph before the quotation that it follows.
        at_foot: Whether it is a note at the foot of the page on which it is called.
        is_front: Whether it is printed with the title, as a date is, so that it is no heading of a section.
        page: Index of its page, if its place does not tell that; else -1.
        index: Its index among the blocks that the file declares; -1 if the file declares none.
        label: The number printed beside a paragraph; empty if none is printed.
    """

    kind: Kind
    lines: list[PrintLine]
    mark: str = ""
    resumes: bool = False
    at_foot: bool = False
    is_front: bool = False
    page: int = -1
    index: int = -1
    label: str = ""


def title_and_author(
    blocks: Sequence[LineGroup], layout: Layout, reference: CSLItem
) -> tuple[list[PrintLine], list[PrintLine], list[LineGroup]]:
    """Take title and author off the beginning.

    The record's title and names are looked for first. Otherwise the first short lines are the title, and the
    last of them is the author if it reads as a name.

    Returns:
        Lines of the title, lines of the author, and the remaining blocks.
    """
    reference = _with_stated(reference, layout)
    leading = _leading(blocks, layout)
    lines = [line for block in leading for line in block.lines][:_MOST_LINES]
    title = title_by_record(lines, plain_title(reference))
    author = author_by_record([line for line in lines if line not in title], reference)
    if not title and layout.title:
        title = list(layout.title)
    elif not title:
        title, author_by_form = _by_form(leading, lines, author)
        author = author or author_by_form
    author = author or list(layout.author)
    rest = _without(blocks, {line.start for line in (*title, *author)})
    last = leading[-1].last.start if leading and title else -1
    for block in rest:
        # What else a title page says is set as narrow as a quotation, but quotes nothing.
        words = block.narrow and not any(line.ends_sentence for line in block.lines)
        block.front = words and len(block.lines) > 1 and block.last.start <= last
    return title, author, rest


def _with_stated(reference: CSLItem, layout: Layout) -> CSLItem:
    """A record with the title and the author that are stated for the file, where it has none."""
    record = dict(reference)
    if layout.title and not plain_title(reference):
        record["title"] = " ".join(line.text for line in layout.title)
    if layout.author and not reference.get("author"):
        record["author"] = [{"literal": line.text} for line in layout.author]
    return record


def _leading(blocks: Sequence[LineGroup], layout: Layout) -> list[LineGroup]:
    """The blocks before the first paragraph."""
    leading: list[LineGroup] = []
    for block in blocks:
        prose = not block.narrow and not block.verse and not heading_like(block, layout)
        # A title may begin in lower case, so that it is no heading, but it is short and ends without a stop.
        ends = block.last.ends_sentence and not (block.last.text.endswith(":") and not leading)
        short = len(block.lines) <= 2 and block.characters < 2 * _LONGEST_NAME and not ends
        if (prose and not short) or block.last.page != block.first.page:
            break
        leading.append(block)
    return leading


def title_by_record(lines: Sequence[PrintLine], title: str) -> list[PrintLine]:
    """The lines that print a record's title, or the part of it before the colon."""
    wanted = letters_and_digits(title)
    for first in range(len(lines)):
        taken: list[PrintLine] = []
        folded = ""
        for line in lines[first:]:
            longer = folded + letters_and_digits(line.text)
            if not wanted.startswith(longer):
                break
            taken, folded = [*taken, line], longer
        if folded and (folded == wanted or folded == letters_and_digits(title.split(":", maxsplit=1)[0])):
            return taken
    return []


def author_by_record(lines: Sequence[PrintLine], reference: CSLItem) -> list[PrintLine]:
    """The lines that print the names of a record's authors."""
    authors = reference.get("author", ())
    printed = [str(author.get("family") or author.get("literal", "")) for author in authors]
    names = [letters_and_digits(name) for name in printed if name != "et al."]
    matches = [
        line
        for line in lines
        if len(line.text) <= _LONGEST_NAME
        and any(name and name in letters_and_digits(line.text) for name in names)
    ]
    return matches if len(matches) <= max(1, len(names)) else []


def _by_form(
    leading: Sequence[LineGroup], lines: Sequence[PrintLine], known: Sequence[PrintLine]
) -> tuple[list[PrintLine], list[PrintLine]]:
    """Title and author by how they are set; ``known`` are the lines of an author known from the record."""
    # A colon at the end of a title's line announces a subtitle.
    subtitles = {after.start for before, after in pairwise(lines) if before.text.endswith(":")}
    ends = lines[0].ends_sentence and not lines[0].text.endswith(":") if lines else True
    if not lines or (ends and not is_capitals(lines[0].text)):
        return [], []
    if manuscript := manuscript_head(lines):
        return manuscript
    bylines = [line for line in lines[1:] if BYLINE.match(line.text.lstrip("*_"))]
    author = list(known) or bylines[:1]
    if not author and len(leading) > 1:
        candidates = [
            block
            for block in leading[1:]
            if len(block.lines) == 1 and not block.first.mark and block.first.start not in subtitles
        ]
        names = [block.first for block in candidates if block.first in lines and is_name(block.first.text)]
        # Headings follow the author; the first line that reads as a name is the author's.
        author = names[:1]
    if not author and len(leading[0].lines) > 1 and is_name(leading[0].last.text):
        author = [] if leading[0].lines[-2].text.endswith(":") else [leading[0].last]
    if lines[0].mark == "#":
        return list(lines[:1]), author
    if author and author[0] is not lines[0]:
        return _above(lines[: lines.index(author[0])]), author
    if not author and _is_author_above(leading):
        return list(leading[1].lines), [lines[0]]
    return leading[0].lines[:1] if len(leading) > 1 else leading[0].lines, author


def manuscript_head(lines: Sequence[PrintLine]) -> tuple[list[PrintLine], list[PrintLine]] | None:
    """Title and author of a manuscript, whose title follows a date and whose author is its first line."""
    for index, line in enumerate(lines[1:_LONGEST_MANUSCRIPT_HEAD], 1):
        if _MANUSCRIPT_DATE.fullmatch(line.text.strip()) and is_name(lines[0].text):
            title = lines[index + 1 : index + 2]
            return (list(title), [lines[0]]) if title else None
    return None


def _above(lines: Sequence[PrintLine]) -> list[PrintLine]:
    """The lines of a title above an author: all, or the last ones if names of a site or a school precede."""
    parts = [index for index, line in enumerate(lines) if line.after_blank or not index]
    many = len(lines) > _MOST_TITLE_LINES or len(parts) > _MOST_TITLE_PARTS
    return list(lines[parts[-1] :]) if many else list(lines)


def names_known_part(heading: str) -> bool:
    """Whether the words of a heading name a part that many essays have, such as an introduction."""
    return any(known.fullmatch(heading) for known in (NOTES_HEADING, REFERENCES_HEADING, _KNOWN))


def byline_length(text: str) -> int:
    """Characters before a name that only say in another language than English that it is the author's."""
    match = BYLINE.match(text)
    return match.end() if match and match[0].casefold().split() != ["by"] else 0


def _is_author_above(leading: Sequence[LineGroup]) -> bool:
    """Whether the first line is a name and the lines below it, which are none, are the title."""
    if len(leading) < 2 or len(leading[0].lines) > 1 or not is_name(leading[0].first.text):
        return False
    title = leading[1]
    return not title.first.mark and not title.last.ends_sentence and not is_name(title.printed)


def is_name(text: str) -> bool:
    """Whether a text reads as the name of a person or of several."""
    words = text.rstrip(_NOTE_MARKS).split()
    if any(word.casefold() in _NO_NAME or re.search(r"['’]s$", word) for word in words):
        return False
    if not 2 <= len(words) <= 8 or len(text) > _LONGEST_NAME or text[-1] in ".:;!?":
        return False
    named = [word for word in words if word.casefold().strip(",") not in _PARTICLES]
    return len(named) >= 2 and all(_NAME_WORD.match(word) and word[0].isupper() for word in named)


def _without(blocks: Sequence[LineGroup], taken: set[int]) -> list[LineGroup]:
    rest = []
    for block in blocks:
        lines = [line for line in block.lines if line.start not in taken]
        if lines:
            rest.append(replace(block, lines=lines))
    return rest


def classify(blocks: Sequence[LineGroup], layout: Layout) -> list[ClassifiedBlock]:
    """Find the kind of each block, title and author excepted."""
    classified: list[ClassifiedBlock] = []
    part: Kind = "paragraph"
    entries: list[LineGroup] = []
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if block.front:
            classified.append(ClassifiedBlock("heading", block.lines))
        elif _is_heading(classified, block, following, layout, part):
            classified.extend(_entries(entries, layout))
            entries = []
            classified.append(ClassifiedBlock("heading", block.lines))
            part = _part(block, blocks[index + 1 : index + 1 + _NOTES_SEEN])
        elif part == "note" and following is not None and _is_chapter_of_notes(block, following, layout):
            classified.append(ClassifiedBlock("heading", block.lines))
        elif part == "note":
            _add_notes(classified, block)
        elif part == "reference":
            entries.append(block)
        else:
            classified.append(_body(block, layout))
    return [*classified, *_entries(entries, layout)]


def _part(heading: LineGroup, following: Sequence[LineGroup]) -> Kind:
    """The kind of the blocks under a heading."""
    name = _bare(heading)
    if not following:
        return "paragraph"
    if NOTES_HEADING.fullmatch(name) and (
        begins_notes(following) or (len(following[0].lines) == 1 and begins_notes(following[1:]))
    ):
        return "note"
    return "reference" if REFERENCES_HEADING.fullmatch(name) else "paragraph"


def _is_chapter_of_notes(block: LineGroup, following: LineGroup, layout: Layout) -> bool:
    """Whether a block among notes is the heading of a chapter, below which they begin at 1 again."""
    start = note_start(following.first.text)
    return (
        len(block.lines) == 1
        and start is not None
        and start.mark == "1"
        and note_start(block.first.text) is None
        and heading_like(block, layout)
    )


def _bare(block: LineGroup) -> str:
    """A heading without its number and the points after it."""
    return block.printed[numbering_length(block.printed) :].strip(" .:*_")


def _is_heading(
    classified: Sequence[ClassifiedBlock],
    block: LineGroup,
    following: LineGroup | None,
    layout: Layout,
    part: Kind,
) -> bool:
    if block.first.mark == "#":
        return True
    name = _bare(block)
    if len(block.lines) == 1 and any(
        known.fullmatch(name) for known in (NOTES_HEADING, REFERENCES_HEADING, _KNOWN)
    ):
        return following is not None
    if following is None or block.verse or not (heading_like(block, layout) or _is_byline(block)):
        return False
    if part != "paragraph" and not _begins_text(block, following):
        return False
    if _is_byline(block) and BYLINE.match(block.printed):
        return bool(classified) and classified[-1].kind == "heading"
    if not heading_like(block, layout):
        return False
    last = classified[-1].lines if classified and classified[-1].kind == "paragraph" else []
    # A short line without a stop, such as one on a title page, is no sentence that goes on.
    if last and not last[-1].ends_sentence and (len(last) > 1 or len(last[0].text) > _LONGEST_NAME):
        return False
    quoted = (following.narrow or following.verse) and introduces(block.printed)
    if block.item or quoted or _is_dedication(block, following):
        return False
    starts = following.first.starts_sentence or _is_byline(following)
    return starts and not (block.narrow and len(block.lines) > 1)


def _begins_text(block: LineGroup, following: LineGroup) -> bool:
    """Whether a heading after notes or references begins a text with them, such as another essay."""
    if begins_entry(block.first.text) or note_start(block.first.text) or not block.first.after_blank:
        return False
    is_prose = len(following.lines) >= _FEWEST_PROSE or following.characters > _LONGEST_ENTRY
    begins = begins_entry(following.first.text) or note_start(following.first.text) is not None
    return _is_byline(following) or (is_prose and not begins)


def _is_byline(block: LineGroup) -> bool:
    """Whether a block is nothing but the name of an author, perhaps after "by"."""
    text = block.printed
    byline = BYLINE.match(text)
    return len(block.lines) == 1 and is_name(text[byline.end() if byline else 0 :].strip(" ."))


def _is_dedication(block: LineGroup, following: LineGroup) -> bool:
    """Whether a block is a dedication on a leaf of its own."""
    return (
        block.first.opens_page
        and following.first.page > block.last.page
        and bool(_DEDICATION.match(block.printed))
    )


def _body(block: LineGroup, layout: Layout) -> ClassifiedBlock:
    if block.verse:
        return ClassifiedBlock("verse", block.lines)
    if block.item:
        return ClassifiedBlock("list", block.lines)
    if block.narrow:
        return ClassifiedBlock("blockquote", block.lines)
    return ClassifiedBlock("paragraph", block.lines, resumes=_resumes(block, layout))


def _resumes(block: LineGroup, layout: Layout) -> bool:
    """Whether nothing shows that the block begins a new paragraph: no indent, seen or inferred."""
    if not block.first.starts_sentence:
        return True
    if layout.indented and block.first.indent > layout.body_indent + 1:
        return False
    following = block.lines[1].first_word if len(block.lines) > 1 else ""
    return not (
        following and layout.measure.wrapped and layout.measure.looks_indented(block.first.text, following)
    )


def _add_notes(classified: list[ClassifiedBlock], block: LineGroup) -> None:
    last = classified[-1] if classified[-1].kind == "note" else None
    leading, notes = divide_notes(block.lines, last.mark if last else None)
    if leading and last:
        last.lines.extend(leading)
    elif leading:
        classified.append(ClassifiedBlock("paragraph", leading))
    classified.extend(ClassifiedBlock("note", note.lines, note.mark) for note in notes)


def _entries(blocks: Sequence[LineGroup], layout: Layout) -> list[ClassifiedBlock]:
    """Divide the blocks of a list of references into its entries."""
    lines = [line for block in blocks for line in block.lines]
    texts = [line.text for line in lines]
    margin = min((line.indent for line in lines), default=0) + 1
    if any(line.indent > margin for line in lines):
        starts = [index for index, line in enumerate(lines) if line.indent <= margin]
    else:
        room = [
            True,
            *(layout.measure.has_room(before.text, line.first_word) for before, line in pairwise(lines)),
        ]
        starts = entry_starts(texts, room)
        if _are_spaced(blocks, len(starts)):
            firsts = {block.first.start for block in blocks}
            starts = [index for index, line in enumerate(lines) if line.start in firsts]
            starts = [index for index in starts if _begins_spaced(texts, index)]
    bounds = pairwise([*sorted({0, *starts}), len(lines)])
    return [ClassifiedBlock("reference", lines[start:end]) for start, end in bounds if start < end]


def _are_spaced(blocks: Sequence[LineGroup], entries: int) -> bool:
    """Whether blank lines divide the entries, of which there are so many by their words."""
    spaced = sum(block.first.after_blank for block in blocks[1:])
    return spaced > 0 and spaced >= 0.8 * (len(blocks) - 1) and len(blocks) > entries / 2


def _begins_spaced(texts: Sequence[str], index: int) -> bool:
    """Whether a line after a blank line begins an entry, and does not go on with the one before it."""
    return not index or ends_entry(texts[index - 1]) or begins_entry(texts[index])
