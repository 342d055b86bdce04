"""What the paragraphs of a word processor's file are: by the names of their styles, else by how they look.

Styles declare what a paragraph is. Many writers use none: they centre a heading or set it in bold, and indent
a block quotation by hand. What is set apart from the essay's usual paragraph is told by that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from assistant.core.declared import BlockKind

# Names of styles, in the languages of word processors; a number or "First" may follow.
_NAMES: dict[BlockKind, str] = {
    "quotation": (
        r"quotes?|intense quote|block ?quotes?|block quotations?|block text|quotations?|"
        r"long quotations?|extracts?|zitate?|intensives zitat|blockzitate?|langes zitat|citations?|"
        r"citation intense|citation longue|citas?|cita destacada|citazion[ei]|citazione intensa|"
        r"citaat|duidelijk citaat|blokcitaat|citat|starkt citat|sitat|sterkt sitat|citação|"
        r"citação intensa|cytat|cytat intensywny|lainaus|epigraph|motto|épigraphe|epígrafe|epigrafe"
    ),
    "verse": (
        r"verses?|verse line|poems?|poetry|poetry line|stanza|strophe|gedicht|verso|versos|poème|"
        r"poesia|dikt"
    ),
    "title": (
        r"title|subtitle|titel|untertitel|titre|sous-titre|título|subtítulo|titolo|sottotitolo|"
        r"ondertitel|rubrik|underrubrik|tittel|undertittel|podtytuł|tytuł|otsikko|titulo|subtitulo|"
        r"essay title"
    ),
    "author": (
        r"authors?|byline|autor(?:en|es)?|auteurs?|autore|autori|verfasser(?:in)?|forfatter|författare"
    ),
    "reference": (
        r"bibliography|bibliograph(?:y|ie) entry|works cited|references?|reference list|"
        r"literaturverzeichnis|bibliographie|bibliografía|bibliografia|litteratur(?:förteckning|"
        r"liste)?|bibliografie"
    ),
    "caption": (
        r"captions?|beschriftung|légende|leyenda|didascalia|bijschrift|bildetekst|billedtekst|"
        r"illustration|figure|table|drawing|image caption|table caption|captioned figure|abbildung|"
        r"tabelle"
    ),
    "furniture": (
        r"toc|toc heading|contents|contents heading|verzeichnis|inhaltsverzeichnis(?:überschrift)?|"
        r"table of figures|tdc|tm|índice|sommario|index|index heading|header|footer|kopfzeile|"
        r"fußzeile|en-tête|pied de page"
    ),
    "list": r"list(?:\b.*)?|aufzählung.*|liste|lista.*|nummerierung.*",
}
_STYLES = [
    (kind, re.compile(rf"(?:{names})(?: ?\d| first| cont(?:inued)?\.?| char)?"))
    for kind, names in _NAMES.items()
]
_HEADING = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|nagłówek|otsikko|encabezado|chapter|section|"
    r"intertitre|zwischenüberschrift)(?: ?(?P<level>[1-9]))?"
)
# In points: a third of an inch. Less is a first line's indent or an accident.
_BLOCK_INDENT = 24.0
_FIRST_LINE = 9.0
_EVEN = 4.0
_LONGEST_HEADING = 120
_LONGEST_VERSE = 70
# Lines of a poem that is set as a paragraph, and characters of most of them.
_FEWEST_LINES, _SHORTEST_VERSE = 3, 15
# A paragraph of this many characters shows how paragraphs are set.
_PROSE = 120
# Average characters of a cell: more are text that a table only places, as side by side.
_CELL_OF_TEXT = 150
_LARGER = 1.15
_STOPS = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphLook:
    """How a paragraph is declared and set; lengths in points.

    Attributes:
        styles: Names of its style and of those that this is based on, nearest first, casefolded.
        level: Level of a heading that is declared otherwise than by its style's name; 0 if none is.
        left: Its left indent.
        first: Indent of its first line from there.
        is_centred: Whether it is centred.
        is_bold: Whether all of its words are bold.
        is_italic: Whether all of its words are in italics.
        size: Font size of its words; 0 if that is not known.
        is_listed: Whether it has a bullet or a number.
        inside: ``table`` or ``box`` if it is in one, else empty.
        text: Its words, with line breaks.
    """

    styles: tuple[str, ...] = ()
    level: int = 0
    left: float = 0.0
    first: float = 0.0
    is_centred: bool = False
    is_bold: bool = False
    is_italic: bool = False
    size: float = 0.0
    is_listed: bool = False
    inside: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """What a paragraph is.

    Attributes:
        kind: Its kind.
        level: Level of a heading.
        resumes: Whether it goes on with the paragraph before a quotation, as its first line shows; ``None``
            if paragraphs are not indented.
        joins: Whether it is a part of the block before it, as a line of verse or a cell of a table is.
    """

    kind: BlockKind
    level: int = 0
    resumes: bool | None = None
    joins: bool = False


def roles_of(looks: Sequence[ParagraphLook]) -> list[Role]:
    """The role of each paragraph of a text."""
    setting = _Setting(looks)
    roles = [_by_style(look) or setting.by_look(look) for look in looks]
    roles = _without_lone_headings(looks, roles)
    roles = _with_verse(looks, _with_items(looks, roles))
    return [
        replace(role, resumes=setting.resumes(look)) if role.kind == "prose" else role
        for look, role in zip(looks, roles, strict=True)
    ]


def _by_style(look: ParagraphLook) -> Role | None:
    """The role that styles declare; ``None`` if they declare none."""
    if look.level:
        return Role("heading", look.level)
    for name in look.styles:
        heading = _HEADING.fullmatch(name)
        if heading and name not in {"titre", "título", "titolo", "rubrik", "otsikko"}:
            return Role("heading", int(heading["level"] or 1))
        for kind, names in _STYLES:
            if names.fullmatch(name):
                return Role(kind)
    return None


class _Setting:
    """How most paragraphs of a text are set.

    Args:
        looks: All paragraphs.
    """

    def __init__(self, looks: Sequence[ParagraphLook]) -> None:
        prose = [
            look for look in looks if len(look.text) >= _PROSE and not look.is_listed and not look.inside
        ]
        prose = prose or [look for look in looks if not look.is_centred]
        lefts, sizes = Counter[float](), Counter[float]()
        indented = 0
        for look in prose:
            lefts[round(look.left)] += len(look.text)
            sizes[look.size] += len(look.text)
            indented += self._has_first_line(look)
        self._left = lefts.most_common(1)[0][0] if lefts else 0.0
        self._size = sizes.most_common(1)[0][0] if sizes else 0.0
        self._is_indented = 2 * indented > len(prose)
        # Where all is bold or centred, neither sets a line apart.
        self._is_bold = 2 * sum(look.is_bold for look in prose) > len(prose)
        self._is_centred = 2 * sum(look.is_centred for look in prose) > len(prose)

    @staticmethod
    def _has_first_line(look: ParagraphLook) -> bool:
        return look.first >= _FIRST_LINE or look.text[:1] == "\t"

    def resumes(self, look: ParagraphLook) -> bool | None:
        """Whether a first line without the usual indent shows that a paragraph goes on."""
        return not self._has_first_line(look) if self._is_indented else None

    def by_look(self, look: ParagraphLook) -> Role:
        """The role of a paragraph without a style that declares one."""
        if look.inside:
            return Role("caption")
        if look.is_listed:
            return Role("list")
        text = look.text.strip()
        if text and not _WORD.search(text):
            # Stars between sections.
            return Role("furniture")
        if self._is_set_as_heading(look, text):
            return Role("heading")
        is_block = look.left - self._left >= _BLOCK_INDENT and look.first > -_EVEN and not look.is_centred
        return Role("quotation") if is_block else Role("prose")

    def _is_set_as_heading(self, look: ParagraphLook, text: str) -> bool:
        """Whether a short line without a stop is centred, bold or larger than the text."""
        if not text or len(text) > _LONGEST_HEADING or "\n" in text or _STOPS.search(text):
            return False
        larger = self._size and look.size >= _LARGER * self._size
        bold = look.is_bold and not self._is_bold
        return bool(bold or larger or (look.is_centred and not self._is_centred))


def _without_lone_headings(looks: Sequence[ParagraphLook], roles: Sequence[Role]) -> list[Role]:
    """A heading has text below it; the last line of a file heads nothing."""
    result = list(roles)
    for number in range(len(roles) - 1, -1, -1):
        if not looks[number].text.strip():
            continue
        if roles[number].kind != "heading" or roles[number].level:
            break
        result[number] = replace(roles[number], kind="prose")
    return result


def _with_items(looks: Sequence[ParagraphLook], roles: Sequence[Role]) -> list[Role]:
    """A paragraph below an item of a list, indented as it is, belongs to the list and quotes nothing."""
    result = list(roles)
    left: float | None = None
    for number, (look, role) in enumerate(zip(looks, roles, strict=True)):
        if role.kind == "list":
            left = look.left
        elif look.text.strip():
            is_item = left is not None and look.left - left < _BLOCK_INDENT and not _by_style(look)
            if role.kind == "quotation" and is_item:
                result[number] = Role("list")
            else:
                left = None
    return result


def _with_verse(looks: Sequence[ParagraphLook], roles: Sequence[Role]) -> list[Role]:
    """Quotations in short lines are verse; lines that are paragraphs of their own are one block."""
    result = list(roles)
    for number, (look, role) in enumerate(zip(looks, roles, strict=True)):
        # A source may be on a line of its own below a quotation.
        lines = [line for line in look.text.strip().split("\n") if line.strip(" \t(")]
        lines = [line for line in lines if line.lstrip()[0] not in "([—–-"]
        if len(lines) < 2 or max(map(len, lines)) > _LONGEST_VERSE:
            continue
        if role.kind == "quotation" or (role.kind == "prose" and _are_lines_of_verse(lines)):
            result[number] = replace(role, kind="verse")
    short = [
        role.kind in {"quotation", "verse"}
        and 0 < len(text := look.text.strip()) <= _LONGEST_VERSE
        and "\n" not in text
        for look, role in zip(looks, result, strict=True)
    ]
    start = 0
    while start < len(short):
        end = start
        while end < len(short) and short[end]:
            end += 1
        if end - start > 1 and _reads_as_verse([looks[number].text.strip() for number in range(start, end)]):
            for number in range(start, end):
                result[number] = Role("verse", joins=number > start)
        start = max(end, start + 1)
    for before, number in pairwise(range(len(result))):
        if result[number].kind == result[before].kind == "verse":
            result[number] = replace(result[number], joins=True)
    return result


def _are_lines_of_verse(lines: Sequence[str]) -> bool:
    """Whether the lines of a paragraph like others are those of a poem: several, most of some length."""
    long = [line for line in lines if len(line) >= _SHORTEST_VERSE and line.lstrip("“\"‘'«„")[:1].isupper()]
    return len(lines) >= _FEWEST_LINES and len(long) * 4 >= len(lines) * 3


def _reads_as_verse(lines: Sequence[str]) -> bool:
    """Whether lines are those of a poem and not short quotations: most end without a full stop."""
    return sum(not line.endswith((".", "!", "?", ")", "]")) for line in lines[:-1]) * 2 > len(lines) - 1


def with_tables(tables: Sequence[int], looks: Sequence[ParagraphLook], roles: Sequence[Role]) -> list[Role]:
    """The roles in which the cells of a table of data are one block; tables that place text are read as text.

    Args:
        tables: For each paragraph a number of the table that it is in; 0 if it is in none.
        looks: Their looks.
        roles: Their roles.
    """
    result = list(roles)
    for table, group in groupby(range(len(tables)), key=lambda number: tables[number]):
        cells = list(group)
        if not table:
            continue
        lengths = [len(text) for number in cells if (text := looks[number].text.strip())]
        if lengths and sum(lengths) > _CELL_OF_TEXT * len(lengths):
            plain = roles_of([replace(looks[number], inside="") for number in cells])
            for number, role in zip(cells, plain, strict=True):
                result[number] = role
        else:
            for number in cells:
                result[number] = Role("caption", joins=number > cells[0])
    return result
