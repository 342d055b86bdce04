"""Essays, their passages and their ingest reports as JSON objects and as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assistant.core.answer import QuotedWords
from assistant.core.essay import SEARCHED_KINDS, IngestReport, Passage, StoredEssay
from assistant.rendering.terminal import INDENT, distinct, page_words, wrapped

# A report names so many compounds and no more.
_SHOWN_HYPHENS = 12


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
    counts = ", ".join(_counted(reasons.count(reason), reason) for reason in distinct(reasons))
    number, text, _ = report.dropped[0]
    return f"{counts} (the first on line {number}: {text})"


def _characters(report: IngestReport) -> str:
    removed = ", ".join(f"{reason} {count:,}" for reason, count in report.removed.items())
    parts = [f"{report.kept:,} kept", f"{report.layout:,} of line breaks and spacing"]
    parts += [f"taken out: {removed}"] if removed else []
    return f"{report.characters:,}: " + "; ".join([*parts, f"{report.unaccounted:,} unaccounted for"])


def essay_object(
    essay: StoredEssay, *, passages: bool, quoted: Mapping[str, Sequence[QuotedWords]] | None = None
) -> dict[str, Any]:
    """An essay of a library as a JSON object.

    Args:
        essay: The essay.
        passages: Whether its passages are in it.
        quoted: Words that it quotes, by passage id.
    """
    made: dict[str, Any] = {
        "id": essay.id,
        "title": essay.report.title,
        "reference": dict(essay.reference),
        "source": essay.source_name,
        "pages": [essay.report.first_page, essay.report.last_page] if essay.report.pages else [],
        "passages": len(searched_passages(essay)),
    }
    if passages:
        made["passages"] = [passage_object(one, (quoted or {}).get(one.id, ())) for one in essay.passages]
        made["report"] = report_object(essay.report)
    return made


def searched_passages(essay: StoredEssay) -> list[Passage]:
    """Passages of the kinds that questions search."""
    return [passage for passage in essay.passages if passage.kind in SEARCHED_KINDS]


def passage_object(passage: Passage, quoted: Sequence[QuotedWords] = ()) -> dict[str, Any]:
    """A passage as a JSON object, with the words that it quotes."""
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
        "quoted": [asdict(one) for one in quoted],
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
    pages = "-".join(distinct([page.label for page in (*passage.pages[:1], *passage.pages[-1:])]))
    head = " · ".join(filter(None, [passage.id, passage.kind, page_words(pages)]))
    return f"{head}\n{wrapped(text, width, INDENT, INDENT)}"
