"""Citations in a draft: who and which pages are named, in the forms of the usual styles."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter

from assistant.core.essay import Span
from assistant.documents.document import NOTE_CALL, Block, Document
from assistant.drafts.wording import (
    ADDED,
    ANOTHER_SOURCE,
    ANOTHER_WORK,
    HERE,
    IBID,
    IN_NOTE_OF_WORK,
    LEAD,
    NUMBER,
    PAGES,
    PARAGRAPHS,
    PRECISE,
    PREFIX,
    RANGE,
    REMARK,
    TRANSLATED,
    VIA,
    YEAR,
)

_SOURCE = re.compile(
    rf"(?P<who>.*?)(?:(?:^|[\s,]+)\(?(?P<year>{YEAR}|n\.d\.)\)?)?"
    rf"(?:(?:^|[\s,:]+)(?P<pages>{HERE}?{PAGES}){IN_NOTE_OF_WORK}(?:\s+has\s+it)?)?[\s.,]*",
    re.DOTALL,
)
# Sources of a note that its second call has, and all later ones: a text may call a long note everywhere.
_CALLED_AGAIN = 10
# Characters of a source in brackets; what is longer is a remark.
_LONGEST = 1_000
_SMALL = frozenset(
    """and et al al. van von der den de di da del della la le du the of on in a for to y with und u. a. des d
    les l zu zur""".split()
)
# Words that point within the draft or to parts of other books, and cite no page of an essay.
_POINTERS = re.compile(
    r"(?:chapters?|ch\.|sections?|sec\.|figures?|figs?\.|tables?|lines?|ll?\.|acts?|scenes?|note|notes|nn?\.|"
    r"appendix|part|step|book|vol\.|volume|above|below|equation|eq\.|version|item|point)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:chapters?|ch\.|sections?|sec\.|figures?|figs?\.|tables?|notes?|nn?\.|Anm\.|Fn\.|Kap\.|Kapitel|"
    r"vol\.|no\.|nos\.|Bd\.|Nr\.|Heft|Jg\.)\s*$",
    re.IGNORECASE,
)
_MARK = re.compile('[“”«»„"]')
_QUOTED_BEFORE = re.compile("[”»“\"’'][.,]?\\s+$")
# A source after quoted words and a dash, at the end of a line, as in notes.
_SIGNED = re.compile(
    r"[”»“\"’'.]\s*(?:[—–]|--)\s*(?P<source>[A-ZÀ-ÖØ-Þ][^\n—–;()]{2,120}?\d)\.?[ \t]*(?=\n|\Z)"
)
# A semicolon before "cited in" divides no sources: "(226; cited in Gill 847)".
_DIVIDER = re.compile(rf";(?!\s{{0,5}}{VIA.pattern})", re.IGNORECASE)
_NUMBER_OF_WORK = re.compile(rf"\[(?P<key>\d{{1,3}})(?:,\s*(?P<pages>{PAGES}))?\]")
# A source before quoted words and a colon.
_LEADING = re.compile(
    rf"(?:^|\n|(?<=[.;]\s))(?P<source>[^\n“”\"«»„();]{{0,100}}?{PREFIX}?{RANGE})\s?[:—–]\s(?=[“\"„«»‘'])"
)
# Characters of a paragraph that is nothing but a source.
_LONGEST_ALONE = 100
_SHORTEST_PAGE = 2
_QUOTED = re.compile('[“«„"]([^“”«»„"]{1,2000})[”»“"]')
_FEWEST_QUOTED = 4
_SEPARATORS = frozenset(",:;")
_KEYED = re.compile(r"(?<![\w.])-?@\{?(?P<key>\w(?:[\w:.#$%&+?<>~/-]*\w)?)\}?")
_KEYED_PAGES = re.compile(rf"[\s,]*(?:at\s+)?(?P<pages>{PAGES}){IN_NOTE_OF_WORK}(?=[\s,;.\]]|$)")
_IN_PROSE = re.compile(
    rf"\b(?:(?:on|at|to|from)\s+(?:page|p\.|pages|pp\.)|auf\s+(?:Seiten?|S\.)|à\s+la\s+page)\s*(?P<pages>{RANGE})",
    re.IGNORECASE,
)
_IN_NOTE = re.compile(
    rf"(?:^|[,:(]\s*|[A-Za-z.”“\"’»)]\s)(?P<pages>{PREFIX}?{RANGE})(?=\s*(?:[;,)\]]|\.?$|\.\s))"
)
_PARAGRAPHS = re.compile(PARAGRAPHS)
_ONE_RANGE = re.compile(rf"({NUMBER})(?:\s*(?:-{{1,3}}|[–—])\s*({NUMBER})|\s?(ff?|sqq?)\b)?")
# Who a block quotation is from, on its last line.
SIGNATURE = re.compile(r"\n[^\S\n]*[—–-]{1,3}\s?[^\n]*$")
LONGEST_SIGNATURE = 160
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
        ibid: Whether it refers to the source before; if it names no page, to its pages too.
        origin: Where the pages that it takes from the source before are cited, or ``None``.
        remark: Whether it is a note in sentences, which may name a source or none.
        translated: Whether it says that the words are translated by the writer.
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
    ibid: bool = False
    origin: Span | None = None
    remark: bool = False
    translated: bool = False


def citations_of_block(
    draft: Document, block: Block, notes: dict[int, list[DraftCitation]]
) -> list[DraftCitation]:
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
        sources = _numbered(prose, *group.span(), draft.entries) or _group(prose, *group.span())
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
        *(_signature(prose, block) if block.is_quotation else ()),
        *(_unbracketed(prose, block) if block.is_text else ()),
    ]
    for citation in unbracketed:
        before = bisect_right(covered, citation.start, key=itemgetter(0)) - 1
        if before < 0 or citation.start >= covered[before][1]:
            citations.append(citation)
    return sorted(citations, key=lambda citation: (citation.start, citation.locator or (0, 0)))


def _numbered(prose: str, start: int, end: int, entries: Mapping[str, str]) -> list[DraftCitation]:
    """The source whose number in the works cited is in brackets: ``[1, p. 848]``."""
    match = _NUMBER_OF_WORK.fullmatch(prose, start, end) if entries and end - start < _LONGEST_ALONE else None
    if match is None or match["key"] not in entries:
        return []
    pages, key = match["pages"] or "", match["key"]
    locator = match.span("pages") if pages else None
    return [DraftCitation(start, end, match[0], key, key, pages=ranges(pages), locator=locator)]


def _group(prose: str, start: int, end: int) -> list[DraftCitation]:
    """The sources that a bracket names; none if it is not a citation."""
    if prose.startswith("^[", start):
        return [
            replace(citation, start=start, end=end) for citation in _plain_note(prose, start + 2, end - 1)
        ]
    keyed = "@" in prose[start:end] and _KEYED.search(prose, start, end) is not None
    if prose[start] == "[" and not keyed:
        # Only directly after quoted words; within them it is the writer's mark.
        source = (
            _part(prose, start + 1, end - 1)
            if _QUOTED_BEFORE.search(prose[max(0, start - 4) : start])
            else None
        )
        return [replace(source, start=start, end=end)] if source and source.who and source.pages else []
    begin = start + 1
    if prose[start] == "(":
        # Words that are quoted in the brackets are no part of the citation, but a title is.
        quoted = [match.end() for match in _QUOTED.finditer(prose, begin, end) if not _is_title(match[1])]
        begin = quoted[-1] if quoted else begin
    read = _keyed_part if keyed else _part
    parts = [read(prose, *part) for part in _parts(prose, begin, end - 1)]
    if parts[0] is None:
        return []
    start = start if begin == start + 1 else begin
    translated = TRANSLATED.search(prose, start, end) is not None
    return [replace(part, start=start, end=end, translated=translated) for part in parts if part is not None]


def _is_title(words: str) -> bool:
    """Whether words in marks within brackets may be a title."""
    initials = [word[0] for word in words.split()]
    return len(initials) < _FEWEST_QUOTED or 2 * sum(map(str.isupper, initials)) >= len(initials)


def _parts(prose: str, start: int, end: int) -> list[Span]:
    """Spans of the sources, which semicolons divide, or a page and the next name."""
    dividers = [match.span() for match in _DIVIDER.finditer(prose, start, end)]
    if end - start <= _LONGEST and not _MARK.search(prose, start, end):
        dividers += [match.span() for match in ANOTHER_SOURCE.finditer(prose, start, end)]
    dividers = [*sorted(dividers), (end, end)]
    starts = [start, *(last for _, last in dividers)]
    return [(first, divider[0]) for first, divider in zip(starts, dividers, strict=False)]


def _part(prose: str, start: int, end: int) -> DraftCitation | None:
    """One source of a bracket, or ``None`` if it is not a citation."""
    if end - start > _LONGEST:
        return None
    text = ADDED.sub("", prose[start:end]).rstrip()
    if text[:1] in _SEPARATORS:
        start, text = start + 1, text[1:]
    lead = REMARK.match(text) or LEAD.match(text)
    begin = lead.end() if lead else 0
    inner = ""
    if via := VIA.search(text, begin):
        inner, begin = _without_comma(text[begin : via.start()]), via.end()
    source = _SOURCE.fullmatch(text, begin)
    if not source or _POINTERS.match(source["who"]):
        return None
    who, ibid = IBID.subn("", source["who"])
    who = who.strip(" ,.:")
    if not _is_who(who) or not (source["who"] or source["pages"] or source["year"]):
        return None
    pages, locator = "", None
    if source["pages"]:
        first, last = _precise(text, *source.span("pages"))
        pages, locator = text[first:last], (start + first, start + last)
    return DraftCitation(
        start, end, text.strip(), who, inner=inner, year=source["year"] or "",
        pages=ranges(pages), locator=locator, ibid=bool(ibid) and not who,
    )  # fmt: skip


def _precise(text: str, start: int, end: int) -> Span:
    """Of the pages in a locator, those of the quotation: 848 in ``844-62, here 848``."""
    for match in PRECISE.finditer(text, start, end):
        if match.end() < end:
            start = match.end()
    return start, end


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
    """First and last page of each range in a locator; a shortened last page is written in full.

    The last page is ``f`` for the page after the first, and ``ff`` for all after it. Paragraphs are named as
    ``par. 14``.
    """
    result = []
    word = "par. " if _PARAGRAPHS.match(pages) else ""
    bare = re.sub(rf"^{PREFIX}", "", pages)
    for match in _ONE_RANGE.finditer(bare):
        first, last = match[1], match[2] or match[1]
        if match[3]:
            last = "ff" if len(match[3]) > 1 and match[3] != "sq" else "f"
        elif first.isdecimal() and last.isdecimal() and len(last) < len(first):
            last = first[: -len(last)] + last
        result.append((word + first, last if last in {"f", "ff"} else word + last))
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
    # Closes the link to a note, as in [[@key]], p. 848.
    begin += 2 if not bracket and prose.startswith("]]", begin) and begin + 2 <= end else 0
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
    prose, start, end = draft.prose, block.start, block.end
    paged = [
        citation
        for citation in citations_of_block(draft, block, {})
        if citation.key or citation.ibid or (citation.pages and citation.who)
    ]
    sources = paged or _plain_note(prose, start, end)
    if not TRANSLATED.search(prose, start, end):
        return sources
    return [replace(citation, translated=True) for citation in sources]


def _own_pages(prose: str, block: Block) -> list[DraftCitation]:
    """The sources of a note for the quotations in it: each is where its pages are."""
    sources = _plain_note(prose, block.start, block.end)
    return [
        replace(citation, start=citation.locator[0], end=citation.locator[1])
        if citation.locator
        else replace(citation, start=block.start, end=block.start + 1)
        for citation in sources
        if citation.locator or citation.ibid
    ]


def _signature(prose: str, block: Block) -> list[DraftCitation]:
    """The source in the last line of a block quotation, after a dash."""
    start = max(block.start, block.end - LONGEST_SIGNATURE)
    line = SIGNATURE.search(prose[start : block.end])
    if not line:
        return []
    begin = start + line.start() + len(line[0]) - len(line[0].lstrip("\n —–-"))
    bare = prose[begin : block.end].strip().strip("()")
    first = prose.find(bare, begin, block.end) if bare else begin
    source = _part(prose, first, first + len(bare)) if bare else None
    if source is not None:
        return [replace(source, start=begin, end=block.end)]
    return [replace(each, start=begin, end=block.end) for each in _plain_note(prose, begin, block.end)]


def _is_pointer(text: str, offset: int) -> bool:
    """Whether what precedes a number says that it is not a page's."""
    return bool(_POINTING.search(text[max(0, offset - 12) : offset]))


def _unbracketed(prose: str, block: Block) -> Iterator[DraftCitation]:
    """The sources after quoted words and a dash, before them and a colon, or alone in a paragraph."""
    for pattern in (_SIGNED, _LEADING):
        for match in pattern.finditer(prose[block.start : block.end]):
            first, last = (block.start + offset for offset in match.span("source"))
            source = _part(prose, first, last)
            if source and source.pages and (source.who if pattern is _SIGNED else _is_led(source, prose)):
                yield replace(source, start=first, end=last)
    if block.end - block.start <= _LONGEST_ALONE:
        source = _part(prose, block.start, block.end)
        if source and source.who and source.pages:
            yield replace(source, start=block.start, end=block.end)


def _is_led(source: DraftCitation, prose: str) -> bool:
    """Whether a number before a colon is a page: it says so, or a year or nothing is before it."""
    pages = prose[slice(*source.locator)] if source.locator else ""
    return not pages[:1].isdecimal() or bool(source.year) or (not source.who and len(pages) > _SHORTEST_PAGE)


def _works(prose: str, start: int, end: int) -> Iterator[Span]:
    """Spans of a note that are each on a work of its own."""
    depth, read = 0, start
    for match in ANOTHER_WORK.finditer(prose, start, end):
        depth += prose.count("(", read, match.start()) - prose.count(")", read, match.start())
        read = match.start()
        if depth <= 0:
            yield start, match.start()
            start, depth = match.end(), 0
    yield start, end


def _plain_note(prose: str, start: int, end: int) -> list[DraftCitation]:
    """The sources of a note in sentence form, such as ``Gill, "Written on the Face," 848.``."""
    citations = []
    for first, last in _works(prose, start, end):
        text = ADDED.sub("", prose[first:last])
        lead = LEAD.match(text)
        begin = lead.end() if lead else 0
        locators = [
            match
            for match in _IN_NOTE.finditer(text)
            if match.start("pages") >= begin and not _is_pointer(text, match.start("pages"))
        ]
        named = text[begin : locators[-1].start("pages")] if locators else text[begin:]
        via = VIA.search(named)
        who, ibid = IBID.subn("", named[via.end() :] if via else named)
        who = who.strip(" ,.:(")
        source = DraftCitation(
            first, last, text.strip(), who, inner=_without_comma(named[: via.start()]) if via else "",
            ibid=bool(ibid) and not any(map(str.isalnum, who)),
        )  # fmt: skip
        if locators:
            pages = _precise(text, *locators[-1].span("pages"))
            span = (first + pages[0], first + pages[1])
            citations.append(replace(source, pages=ranges(text[slice(*pages)]), locator=span))
        elif source.ibid:
            citations.append(replace(source, who=""))
        elif text.strip() and not citations:
            citations.append(replace(source, remark=not (_is_who(who) or "(" in who)))
    return citations
