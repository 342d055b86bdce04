"""Answers, reports and lists as JSON objects and as text for a terminal: one renderer for all.

Text for a terminal is for reading: printed words are wrapped at spaces and never changed. What is
marked as answering stands in bold where the terminal can show it, else between ⟦ and ⟧.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from assistant.answers import Answer, Citation, Highlight, Hit
from assistant.types import SEARCHED_KINDS, IngestReport, Passage, StoredEssay

NOT_ANSWERED = "The essay does not seem to answer this. The nearest passages:"
_INDENT = "    "
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_KIND_WORDS = {"blockquote": "block quotation", "note": "note", "verse": "verse", "list": "list"}
# A report names so many compounds and no more.
_SHOWN_HYPHENS = 12


def answer_object(answer: Answer, *, explained: bool = False) -> dict[str, Any]:
    """An answer as the JSON contract has it.

    Args:
        answer: The answer.
        explained: Whether to say of each passage why it was found.
    """
    made: dict[str, Any] = {
        "question": answer.question,
        "answered": answer.answered,
        "confidence": round(answer.confidence, 4),
        "passages": [
            _hit_object(hit) | ({"matches": [asdict(one) for one in hit.matches]} if explained else {})
            for hit in answer.hits
        ],
    }
    return made | ({"note": answer.note} if answer.note else {})


def _hit_object(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    start, end = passage.source
    return {
        "id": passage.id,
        "essay": passage.essay_id,
        "kind": passage.kind,
        "section": passage.section,
        "text": passage.text,
        "pages": hit.citation.pages,
        "score": round(hit.score, 4),
        "source": {"start": start, "end": end},
        "highlights": [_highlight_object(one) for one in hit.highlights],
        "citation": plain_citation(hit.citation),
        "reference": hit.reference,
        "quotation": hit.quotation,
    }


def _highlight_object(one: Highlight) -> dict[str, Any]:
    return {
        "start": one.start,
        "end": one.end,
        "text": one.text,
        "pages": one.citation.pages,
        "citation": plain_citation(one.citation),
        "quotation": one.quotation,
    }


def plain_citation(citation: Citation) -> str:
    """An in-text citation with the hyphen that programs expect in its locator."""
    return citation.in_text.replace(citation.pages.replace("-", "–"), citation.pages)


def answer_text(answer: Answer, *, width: int = 80, styled: bool = False, explained: bool = False) -> str:
    """An answer for a terminal.

    Args:
        answer: The answer.
        width: Columns of the terminal.
        styled: Whether it shows bold.
        explained: Whether to say of each passage why it was found.
    """
    parts = [answer.note] if answer.note else []
    if not answer.answered and answer.hits:
        parts.append(NOT_ANSWERED)
    for number, hit in enumerate(answer.hits, 1):
        parts.append(_hit_text(number, hit, width, styled=styled))
        if explained:
            parts.append(_why(hit))
    parts.extend(
        _wrapped(reference, width, "", "    ")
        for reference in _distinct(hit.reference for hit in answer.hits)
    )
    return "\n\n".join(parts)


def _hit_text(number: int, hit: Hit, width: int, *, styled: bool) -> str:
    passage = hit.passage
    where = [passage.id, _KIND_WORDS.get(passage.kind, ""), _page_words(hit.citation.pages), passage.section]
    head = f"{number}.  {' · '.join(filter(None, where))}"
    body = _wrapped(_marked(passage.text, hit.highlights, styled=styled), width, _INDENT, _INDENT)
    marked = ", ".join(_distinct(one.citation.in_text for one in hit.highlights))
    cited = f"marked words {marked}, whole passage {hit.citation.in_text}"
    return f"{head}\n\n{body}\n\n{_INDENT}Cite: {cited}"


def _why(hit: Hit) -> str:
    """Which words of the question met which words of the essay, a line each."""
    lines = [f"{_INDENT}Why: question's word, share of the question, nearness, essay's word"]
    wide = max((len(one.word) for one in hit.matches), default=0)
    for one in hit.matches:
        where = "" if one.passage == hit.passage.id else f" ({one.passage}, which brings it in)"
        met = f"“{one.text}”{where}" if one.met else "nothing like it"
        lines.append(f"{_INDENT}  {one.word:<{wide}}  {one.weight:4.0%}  {max(one.cosine, 0):.2f}  {met}")
    return "\n".join(lines)


def _page_words(pages: str) -> str:
    if not pages:
        return ""
    return f"pp. {pages.replace('-', '–')}" if "-" in pages else f"p. {pages}"


def _marked(text: str, highlights: Sequence[Highlight], *, styled: bool) -> str:
    opening, closing = (_BOLD, _PLAIN) if styled else ("⟦", "⟧")
    parts, at = [], 0
    for one in highlights:
        parts += [text[at : one.start], opening, text[one.start : one.end], closing]
        at = one.end
    return "".join([*parts, text[at:]])


def _wrapped(text: str, width: int, first: str, rest: str) -> str:
    return textwrap.fill(
        text, max(40, width), initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def report_object(report: IngestReport) -> dict[str, Any]:
    """An ingest report as a JSON object."""
    return asdict(report)


def report_text(report: IngestReport) -> str:
    """An ingest report for a terminal."""
    kinds = ", ".join(_counted(count, kind) for kind, count in report.kinds.items())
    pages = f"{report.first_page}–{report.last_page}" if report.pages else "none"
    rows = [
        ("Pages", f"{pages} ({report.page_provenance})"),
        ("Passages", kinds),
        ("Notes linked", f"{report.note_marks} of {report.kinds.get('note', 0)}"),
        ("Hyphens", _hyphens(report)),
        ("Lines dropped", _dropped(report)),
        ("Characters", _characters(report)),
    ]
    lines = [f"{report.essay_id}: {report.title}", *(f"  {name + ':':<15}{value}" for name, value in rows)]
    return "\n".join([*lines, *(f"  Please note: {warning}" for warning in report.warnings)])


def _counted(count: int, kind: str) -> str:
    name = {"blockquote": "block quotation", "verse": "verse quotation"}.get(kind, kind)
    return f"{count} {name}{'s' * (count != 1)}"


def _hyphens(report: IngestReport) -> str:
    if not report.hyphens_joined and not report.hyphens_kept:
        return "none at line ends"
    shown = ", ".join(report.hyphens_kept[:_SHOWN_HYPHENS])
    kept = f"{len(report.hyphens_kept)} kept" + (f" ({shown})" if shown else "")
    return f"{len(report.hyphens_joined)} undone at line ends, {kept}"


def _dropped(report: IngestReport) -> str:
    if not report.dropped:
        return "none"
    reasons = [reason for _, _, reason in report.dropped]
    counts = ", ".join(_counted(reasons.count(reason), reason) for reason in _distinct(reasons))
    number, text, _ = report.dropped[0]
    return f"{counts} (the first on line {number}: {text})"


def _characters(report: IngestReport) -> str:
    removed = ", ".join(f"{reason} {count:,}" for reason, count in report.removed.items())
    parts = [f"{report.kept:,} kept", f"{report.layout:,} of line breaks and spacing"]
    parts += [f"taken out: {removed}"] if removed else []
    return f"{report.characters:,}: " + "; ".join([*parts, f"{report.unaccounted:,} unaccounted for"])


def essay_object(essay: StoredEssay, *, passages: bool) -> dict[str, Any]:
    """An essay of a library as a JSON object, with or without its passages."""
    made: dict[str, Any] = {
        "id": essay.id,
        "title": essay.report.title,
        "reference": dict(essay.reference),
        "source": essay.source_name,
        "pages": [essay.report.first_page, essay.report.last_page] if essay.report.pages else [],
        "passages": len(searched_passages(essay)),
    }
    if passages:
        made["passages"] = [passage_object(passage) for passage in essay.passages]
        made["report"] = report_object(essay.report)
    return made


def searched_passages(essay: StoredEssay) -> list[Passage]:
    """Passages of the kinds that questions search."""
    return [passage for passage in essay.passages if passage.kind in SEARCHED_KINDS]


def passage_object(passage: Passage) -> dict[str, Any]:
    """A passage as a JSON object."""
    start, end = passage.source
    return {
        "id": passage.id,
        "kind": passage.kind,
        "section": passage.section,
        "text": passage.text,
        "pages": [{"label": page.label, "start": page.start} for page in passage.pages],
        "source": {"start": start, "end": end},
        "continues": passage.continues,
        "notes": [asdict(note) for note in passage.notes],
    }


def essays_text(essays: Sequence[StoredEssay]) -> str:
    """A library's essays for a terminal, a line each."""
    rows = [
        (one.id, _pages_of(one), f"{len(searched_passages(one))} passages", one.report.title)
        for one in essays
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    return "\n".join("  ".join([*(row[at].ljust(widths[at]) for at in range(3)), row[3]]) for row in rows)


def _pages_of(essay: StoredEssay) -> str:
    report = essay.report
    return f"pp. {report.first_page}–{report.last_page}" if report.pages else "no pages"


def passages_text(passages: Sequence[Passage], *, width: int = 80) -> str:
    """Passages for a terminal, each page turn marked before the word at which it stands."""
    return "\n\n".join(_passage_text(passage, width) for passage in passages)


def _passage_text(passage: Passage, width: int) -> str:
    text = passage.text
    for page in reversed(passage.pages[1:]):
        # A word divided over the page end is not divided by the mark.
        at = text.rfind(" ", 0, page.start) + 1
        text = f"{text[:at]}[p. {page.label}] {text[at:]}"
    pages = "-".join(_distinct([page.label for page in (*passage.pages[:1], *passage.pages[-1:])]))
    head = " · ".join(filter(None, [passage.id, passage.kind, _page_words(pages)]))
    return f"{head}\n{_wrapped(text, width, _INDENT, _INDENT)}"
