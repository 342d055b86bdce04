"""Citations in a draft: who and which pages are named, in the forms of the usual styles."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from operator import itemgetter

from assistant.core.essay import Span
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
_VIA = re.compile(r"\b(?:qtd\.|quoted|cited|as\s+cited|as\s+quoted)\s+in\s+")
_ADDED = re.compile(r"[,;]\s*(?:my\s+|original\s+|with\s+)?(?:emphas[ie]s|italics|translation|trans\.)[^;]*$")
# Sources of a note that its second call has, and all later ones: a text may call a long note everywhere.
_CALLED_AGAIN = 10
# Characters of a source in brackets; what is longer is a remark.
_LONGEST = 1_000
_IBID = re.compile(r"(?:ibid|op\.\s*cit|loc\.\s*cit|idem)\b\.?,?", re.IGNORECASE)
_SMALL = frozenset(
    "and et al al. van von der den de di da del della la le du the of on in a for to y with".split()
)
# Words that point within the draft or to parts of other books, and cite no page of an essay.
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
class DraftCitation:
    """One source that a citation names.

    Attributes:
        start: Offset of the citation in the prose: of its bracket, or of the call of its note.
        end: Offset after it.
        text: The words of the citation, without brackets.
        who: Names and title as written; empty where the citation names none.
        key: Key of a bibliography's entry, or the empty string.
        inner: Who is quoted by the source named (``Weinbaum, qtd. in Gill``), or the empty string.
        year: The year as written, or the empty string.
        pages: First and last page of each range named.
        locator: Span of the pages in the prose, or ``None``.
        bracketed: Whether it is in brackets or in a note, not in the sentence itself.
    """

    start: int
    end: int
    text: str
    who: str = ""
    key: str = ""
    inner: str = ""
    year: str = ""
    pages: tuple[tuple[str, str], ...] = ()
    locator: Span | None = None
    bracketed: bool = True


def find_citations(draft: Document) -> tuple[tuple[DraftCitation, ...], ...]:
    """All citations of each block, in order; those of its notes are where the note is called."""
    notes: dict[int, list[DraftCitation]] = {}
    return tuple(
        () if block.kind == "reference" else tuple(_of_block(draft, block, notes)) for block in draft.blocks
    )


def _of_block(draft: Document, block: Block, notes: dict[int, list[DraftCitation]]) -> list[DraftCitation]:
    """All citations of a block.

    Args:
        draft: The draft.
        block: The block.
        notes: The sources of the notes that have been read, which those read now are added to.
    """
    prose = draft.prose
    citations: list[DraftCitation] = []
    covered: list[Span] = []
    for group in _GROUP.finditer(prose, block.start, block.end):
        sources = _group(prose, *group.span())
        citations += sources
        if sources:
            covered.append(group.span())
    for call in _calls(draft, block):
        note = draft.notes[call]
        sources = notes[note][:_CALLED_AGAIN] if note in notes else _note(draft, draft.blocks[note])
        notes.setdefault(note, sources)
        citations += [replace(citation, start=call, end=call + 1) for citation in sources]
    unbracketed = [
        *(
            _keyed(prose, match, block.end, bare=True)
            for match in _KEYED.finditer(prose, block.start, block.end)
        ),
        *(_in_prose(match) for match in _IN_PROSE.finditer(prose, block.start, block.end)),
        *(_own_pages(prose, block) if block.kind == "note" else ()),
    ]
    for citation in unbracketed:
        before = bisect_right(covered, citation.start, key=itemgetter(0)) - 1
        if before < 0 or citation.start >= covered[before][1]:
            citations.append(citation)
    return sorted(citations, key=lambda citation: (citation.start, citation.locator or (0, 0)))


def _group(prose: str, start: int, end: int) -> list[DraftCitation]:
    """The sources that a bracket names; none if it is not a citation."""
    if prose.startswith("^[", start):
        return [
            replace(citation, start=start, end=end) for citation in _plain_note(prose, start + 2, end - 1)
        ]
    if prose[start] == "[" and "@" not in prose[start:end]:
        return []
    read = _keyed_part if prose[start] == "[" else _part
    parts = [read(prose, *part) for part in _parts(prose, start + 1, end - 1)]
    if parts[0] is None:
        return []
    return [replace(part, start=start, end=end) for part in parts if part is not None]


def _parts(prose: str, start: int, end: int) -> list[Span]:
    """Spans between semicolons."""
    ends = [*(match.start() for match in re.compile(";").finditer(prose, start, end)), end]
    return list(zip([start, *(semicolon + 1 for semicolon in ends)], ends, strict=False))


def _part(prose: str, start: int, end: int) -> DraftCitation | None:
    """One source of a bracket, or ``None`` if it is not a citation."""
    if end - start > _LONGEST:
        return None
    text = _ADDED.sub("", prose[start:end]).rstrip()
    lead = _LEAD.match(text)
    begin = lead.end() if lead else 0
    inner = ""
    if via := _VIA.search(text, begin):
        inner, begin = _without_comma(text[begin : via.start()]), via.end()
    source = _SOURCE.fullmatch(text, begin)
    if not source or _POINTERS.match(source["who"]):
        return None
    who = _IBID.sub("", source["who"]).strip(" ,.")
    if not _is_who(who) or not (source["who"] or source["pages"] or source["year"]):
        return None
    locator = None
    if source["pages"]:
        locator = (start + source.start("pages"), start + source.end("pages"))
    return DraftCitation(
        start, end, text.strip(), who, inner=inner, year=source["year"] or "",
        pages=ranges(source["pages"] or ""), locator=locator,
    )  # fmt: skip


def _without_comma(text: str) -> str:
    return text[: len(text.replace(",", " ").rstrip())].strip()


def _is_who(text: str) -> bool:
    """Whether words can be names and a title: capitalised, except small words and what is in marks."""
    bare = re.sub(r"[“\"‘'][^“”\"]*[”\"’']", "", text)
    words = re.findall(r"[\w.'’&-]+", bare)
    named = [word for word in words if word[0].isupper()]
    plain = [word for word in words if word[0].islower() and word not in _SMALL]
    return not plain and (bool(named) or not words) and len(text) < 200


def ranges(pages: str) -> tuple[tuple[str, str], ...]:
    """First and last page of each range in a locator; a shortened last page is written in full."""
    result = []
    bare = re.sub(rf"^{_PREFIX}", "", pages)
    for match in re.finditer(rf"({_NUMBER})(?:\s*(?:-{{1,3}}|[–—])\s*({_NUMBER}))?", bare):
        first, last = match[1], match[2] or match[1]
        if first.isdecimal() and last.isdecimal() and len(last) < len(first):
            last = first[: -len(last)] + last
        result.append((first, last))
    return tuple(result)


def _keyed_part(prose: str, start: int, end: int) -> DraftCitation | None:
    key = _KEYED.search(prose, start, end)
    return _keyed(prose, key, end) if key else None


def _keyed(prose: str, key: re.Match[str], end: int, *, bare: bool = False) -> DraftCitation:
    """A citation by a key, with the pages that follow it: ``@gill2014, 848`` or ``@gill2014 [848]``.

    Args:
        prose: The prose.
        key: The key in it.
        end: Where to end.
        bare: Whether the key is in no bracket; its pages are then in one after it.
    """
    bracket = re.compile(r"\s*\[").match(prose, key.end(), end) if bare else None
    begin = bracket.end() if bracket else key.end()
    pages = _KEYED_PAGES.match(prose, begin, end) if bracket or not bare else None
    if not pages:
        return DraftCitation(*key.span(), key[0], key["key"], key["key"])
    after = prose.find("]", pages.end(), min(end, pages.end() + _LONGEST)) + 1 if bracket else pages.end()
    return DraftCitation(
        key.start(), after or pages.end(), prose[key.start() : pages.end()], key["key"], key["key"],
        pages=ranges(pages["pages"]), locator=pages.span("pages"),
    )  # fmt: skip


def _in_prose(pages: re.Match[str]) -> DraftCitation:
    return DraftCitation(
        *pages.span(), pages[0], pages=ranges(pages["pages"]), locator=pages.span("pages"), bracketed=False
    )


def _calls(draft: Document, block: Block) -> list[int]:
    """Where a block calls notes; a note that calls others is not followed."""
    if block.kind == "note":
        return []
    return [
        offset
        for offset in range(block.start, block.end)
        if draft.prose[offset] == NOTE_CALL and offset in draft.notes
    ]


def _note(draft: Document, block: Block) -> list[DraftCitation]:
    """The sources that a note names, those with pages if there are any."""
    paged = [citation for citation in _of_block(draft, block, {}) if citation.pages or citation.key]
    return paged or _plain_note(draft.prose, block.start, block.end)


def _own_pages(prose: str, block: Block) -> list[DraftCitation]:
    """The sources of a note for the quotations in it: each is where its pages are."""
    sources = _plain_note(prose, block.start, block.end)
    return [
        replace(citation, start=citation.locator[0], end=citation.locator[1])
        for citation in sources
        if citation.locator
    ]


def _plain_note(prose: str, start: int, end: int) -> list[DraftCitation]:
    """The sources of a note in sentence form, such as ``Gill, "Written on the Face," 848.``."""
    citations = []
    for first, last in _parts(prose, start, end):
        text = prose[first:last]
        locators = list(_IN_NOTE.finditer(text))
        if not locators:
            if text.strip():
                citations.append(DraftCitation(first, last, text.strip(), text.strip()))
            continue
        pages = locators[-1]
        who = _IBID.sub("", text[: pages.start("pages")]).strip(" ,.:")
        via = _VIA.search(who)
        citations.append(
            DraftCitation(
                first, last, text.strip(), who[via.end() :] if via else who,
                inner=_without_comma(who[: via.start()]) if via else "", pages=ranges(pages["pages"]),
                locator=(first + pages.start("pages"), first + pages.end("pages")),
            )
        )  # fmt: skip
    return citations
