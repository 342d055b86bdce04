"""Citations in a draft: who and which pages are named, in the forms of the usual styles."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.documents.document import NOTE_CALL, Block, Document

_ROMAN = r"(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})\b"
_NUMBER = rf"(?:\d{{1,5}}|{_ROMAN})"
_RANGE = rf"{_NUMBER}(?:\s*(?:-{{1,3}}|[–—])\s*{_NUMBER})?"
_PREFIX = r"(?:pp?\.?\s*|pages?\s+|Seiten?\s+|S\.\s*)"
_PAGES = rf"{_PREFIX}?{_RANGE}(?:\s*(?:,|and|&)\s*{_RANGE})*"
_YEAR = r"(?:1[5-9]|20)\d\d[a-z]?"
_SOURCE = re.compile(
    rf"(?P<who>.*?)(?:(?:^|[\s,]+)\(?(?P<year>{_YEAR}|n\.d\.)\)?)?"
    rf"(?:(?:^|[\s,:]+)(?P<pages>{_PAGES}))?[\s.,]*",
    re.DOTALL,
)
_LEAD = re.compile(
    r"\s*(?:(?:see(?:\s+also)?|cf\.?|compare|e\.g\.,?|for example,?|from|in)\s+)*", re.IGNORECASE
)
_VIA = re.compile(r"^(?P<inner>.*?)[\s,]*\b(?:qtd\.|quoted|cited|as\s+cited|as\s+quoted)\s+in\s+", re.DOTALL)
_ADDED = re.compile(r"[,;]\s*(?:my\s+|original\s+|with\s+)?(?:emphas[ie]s|italics|translation|trans\.)[^;]*$")
_IBID = re.compile(r"(?:ibid|op\.\s*cit|loc\.\s*cit|idem)\b\.?,?", re.IGNORECASE)
_SMALL = frozenset(
    "and et al al. van von der den de di da del della la le du the of on in a for to y with".split()
)
# What points within the draft or to parts of other books, and cites no page of an essay.
_POINTERS = re.compile(
    r"(?:chapters?|ch\.|sections?|sec\.|figures?|figs?\.|tables?|lines?|ll?\.|acts?|scenes?|note|notes|nn?\.|"
    r"appendix|part|step|book|vol\.|volume|above|below|equation|eq\.|version|item|point)\b",
    re.IGNORECASE,
)
_KEYED = re.compile(r"(?<![\w.])-?@\{?(?P<key>\w(?:[\w:.#$%&+?<>~/-]*\w)?)\}?")
_KEYED_PAGES = re.compile(rf"[\s,]*(?:at\s+)?(?P<pages>{_PAGES})(?=[\s,;.\]]|$)")
_IN_PROSE = re.compile(rf"\b(?:on|at|to|from)\s+(?:page|p\.|pages|pp\.)\s*(?P<pages>{_RANGE})\b")
_IN_NOTE = re.compile(
    rf"(?:^|[,:]\s*|[A-Za-z.”\"]\s)(?P<pages>{_PREFIX}?{_RANGE})(?=\s*(?:[;,)\]]|\.?$|\.\s))"
)
_GROUP = re.compile(r"\^?\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]|\([^()]*(?:\([^()]*\)[^()]*)*\)")


@dataclass(frozen=True, slots=True)
class Cited:
    """One source that a citation names.

    Attributes:
        start: Where the citation stands in the prose: its bracket, or the call of its note.
        end: Offset behind it.
        text: The words of the citation, without brackets.
        who: Names and title as written; empty where the citation names none.
        key: Key of a bibliography's entry, or the empty string.
        inner: Who is quoted by the source named (``Weinbaum, qtd. in Gill``), or the empty string.
        year: The year as written, or the empty string.
        pages: First and last page of each range named.
        locator: Span of the pages in the prose, or ``None``.
        bracketed: Whether it stands in brackets or in a note, and not in the sentence itself.
    """

    start: int
    end: int
    text: str
    who: str = ""
    key: str = ""
    inner: str = ""
    year: str = ""
    pages: tuple[tuple[str, str], ...] = ()
    locator: tuple[int, int] | None = None
    bracketed: bool = True


def find_citations(draft: Document, block: Block) -> list[Cited]:
    """All citations of a block, in order; those of its notes stand where the note is called."""
    prose = draft.prose
    made: list[Cited] = []
    covered: list[tuple[int, int]] = []
    for group in _GROUP.finditer(prose, block.start, block.end):
        sources = _group(prose, group.start(), group.end())
        made += sources
        if sources:
            covered.append(group.span())
    made += [
        replace(one, start=at, end=at + 1)
        for at in _calls(draft, block)
        for one in _note(draft, draft.blocks[draft.notes[at]])
    ]
    free = [
        *(
            _keyed(prose, found, block.end, bare=True)
            for found in _KEYED.finditer(prose, block.start, block.end)
        ),
        *(_in_prose(found) for found in _IN_PROSE.finditer(prose, block.start, block.end)),
        *(_own_pages(prose, block) if block.kind == "note" else ()),
    ]
    made += [one for one in free if not any(first <= one.start < last for first, last in covered)]
    return sorted(made, key=lambda one: (one.start, one.locator or (0, 0)))


def _group(prose: str, start: int, end: int) -> list[Cited]:
    """The sources that a bracket names; none if it is no citation."""
    if prose.startswith("^[", start):
        return [replace(one, start=start, end=end) for one in _plain_note(prose, start + 2, end - 1)]
    if prose[start] == "[":
        if "@" not in prose[start:end]:
            return []
        parts = [_keyed_part(prose, *part) for part in _parts(prose, start + 1, end - 1)]
    else:
        parts = [_part(prose, *part) for part in _parts(prose, start + 1, end - 1)]
    if not parts or parts[0] is None:
        return []
    return [replace(part, start=start, end=end) for part in parts if part is not None]


def _parts(prose: str, start: int, end: int) -> list[tuple[int, int]]:
    made: list[tuple[int, int]] = []
    for semicolon in [*(found.start() for found in re.finditer(";", prose[start:end])), end - start]:
        first = made[-1][1] + 1 if made else start
        made.append((first, start + semicolon))
    return made


def _part(prose: str, start: int, end: int) -> Cited | None:
    """One source of a bracket, or ``None`` if it is no citation."""
    text = _ADDED.sub("", prose[start:end]).rstrip()
    lead = _LEAD.match(text)
    begin = lead.end() if lead else 0
    inner = ""
    if via := _VIA.match(text, begin) or re.compile(_VIA.pattern[1:], re.DOTALL).match(text, begin):
        inner, begin = via["inner"].strip(), via.end()
    found = _SOURCE.fullmatch(text, begin)
    if not found or _POINTERS.match(found["who"]):
        return None
    who = _IBID.sub("", found["who"]).strip(" ,.")
    if not _is_who(who) or not (found["who"] or found["pages"] or found["year"]):
        return None
    locator = None
    if found["pages"]:
        locator = (start + found.start("pages"), start + found.end("pages"))
    return Cited(
        start, end, text.strip(), who, "", inner, found["year"] or "", ranges(found["pages"] or ""), locator
    )


def _is_who(text: str) -> bool:
    """Whether words can be names and a title: all of them capitalised, but for small words and titles."""
    bare = re.sub(r"[“\"‘'][^“”\"]*[”\"’']", "", text)
    # A title in quotation marks within brackets; several words of one are no sentence.
    words = re.findall(r"[\w.'’&-]+", bare)
    named = [word for word in words if word[0].isupper()]
    plain = [word for word in words if word[0].islower() and word not in _SMALL]
    return not plain and (bool(named) or not words) and len(text) < 200


def ranges(pages: str) -> tuple[tuple[str, str], ...]:
    """First and last page of each range in a locator; a shortened last page is written out."""
    made = []
    for found in re.finditer(
        rf"({_NUMBER})(?:\s*(?:-{{1,3}}|[–—])\s*({_NUMBER}))?", re.sub(rf"^{_PREFIX}", "", pages)
    ):
        first, last = found[1], found[2] or found[1]
        if first.isdecimal() and last.isdecimal() and len(last) < len(first):
            last = first[: -len(last)] + last
        made.append((first, last))
    return tuple(made)


def _keyed_part(prose: str, start: int, end: int) -> Cited | None:
    found = _KEYED.search(prose, start, end)
    return _keyed(prose, found, end) if found else None


def _keyed(prose: str, found: re.Match[str], end: int, *, bare: bool = False) -> Cited:
    """A citation by a key, with the pages that follow it: ``@gill2014, 848`` or ``@gill2014 [848]``.

    Args:
        prose: The prose.
        found: The key in it.
        end: Where to end.
        bare: Whether it stands in no bracket; its pages then stand in one behind it.
    """
    bracket = re.compile(r"\s*\[").match(prose, found.end(), end) if bare else None
    begin = bracket.end() if bracket else found.end()
    pages = _KEYED_PAGES.match(prose, begin, end) if bracket or not bare else None
    if not pages:
        return Cited(*found.span(), found[0], found["key"], found["key"])
    behind = prose.find("]", pages.end(), end) + 1 if bracket else pages.end()
    return Cited(
        found.start(), behind or pages.end(), prose[found.start() : pages.end()], found["key"], found["key"],
        pages=ranges(pages["pages"]), locator=pages.span("pages"),
    )  # fmt: skip


def _in_prose(found: re.Match[str]) -> Cited:
    return Cited(
        found.start(), found.end(), found[0], pages=ranges(found["pages"]), locator=found.span("pages"),
        bracketed=False,
    )  # fmt: skip


def _calls(draft: Document, block: Block) -> list[int]:
    """Where a block calls notes; a note that calls others is not followed."""
    if block.kind == "note":
        return []
    return [at for at in range(block.start, block.end) if draft.prose[at] == NOTE_CALL and at in draft.notes]


def _note(draft: Document, block: Block) -> list[Cited]:
    """The sources that a note names, with their pages if it has any."""
    paged = [one for one in find_citations(draft, block) if one.pages or one.key]
    return paged or _plain_note(draft.prose, block.start, block.end)


def _own_pages(prose: str, block: Block) -> list[Cited]:
    """The sources of a note for the quotations in it: each stands where its pages do."""
    sources = _plain_note(prose, block.start, block.end)
    return [replace(one, start=one.locator[0], end=one.locator[1]) for one in sources if one.locator]


def _plain_note(prose: str, start: int, end: int) -> list[Cited]:
    """The sources of a note in sentence form, such as ``Gill, "Written on the Face," 848.``."""
    made = []
    for first, last in _parts(prose, start, end):
        text = prose[first:last]
        found = list(_IN_NOTE.finditer(text))
        if not found:
            if text.strip():
                made.append(Cited(first, last, text.strip(), text.strip()))
            continue
        pages = found[-1]
        who = _IBID.sub("", text[: pages.start("pages")]).strip(" ,.:")
        locator = (first + pages.start("pages"), first + pages.end("pages"))
        inner = via["inner"].strip() if (via := _VIA.match(who)) else ""
        who = who[via.end() :] if via else who
        made.append(Cited(first, last, text.strip(), who, "", inner, "", ranges(pages["pages"]), locator))
    return made
