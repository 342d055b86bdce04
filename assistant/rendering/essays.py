"""Essays, their passages and their ingest reports as JSON objects, as text for a terminal, and plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assistant.core.answer import QuotedWords
from assistant.core.essay import EssaySummary, IngestReport, Passage, StoredEssay
from assistant.rendering.answers import span_object
from assistant.rendering.terminal import INDENT, distinct, page_words, wrapped

# How many compounds a report names at most.
_LISTED_HYPHENS = 12
# And how many passages whose end is guessed.
_LISTED_ENDS = 12


def report_object(report: IngestReport) -> dict[str, Any]:
    """An ingest report as a JSON object; ``guessed_ends`` is in it where there are some."""
    value = asdict(report)
    if not report.guessed_ends:
        del value["guessed_ends"]
    return value


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
    if report.guessed_ends:
        rows.append(("Uncertain", guessed_ends_sentence(report)))
    lines = [f"{report.essay_id}: {report.title}", *(f"  {name + ':':<15}{value}" for name, value in rows)]
    return "\n".join([*lines, *(f"  Please note: {warning}" for warning in report.warnings)])


def guessed_ends_sentence(report: IngestReport) -> str:
    """A sentence that says where the ends of paragraphs are guessed."""
    passages = distinct([passage.split("/")[1] for passage, _ in report.guessed_ends])
    listed = ", ".join(passages[:_LISTED_ENDS]) + (" and others" if len(passages) > _LISTED_ENDS else "")
    count = len(report.guessed_ends)
    return (
        f"{count} paragraph end{'s' * (count != 1)} guessed, where a full line ends both a sentence and "
        f"perhaps its paragraph ({listed})"
    )


def _counted(count: int, kind: str) -> str:
    name = {"blockquote": "block quotation", "verse": "verse quotation"}.get(kind, kind)
    return f"{count} {name}{'s' * (count != 1)}"


def _hyphens(report: IngestReport) -> str:
    if not report.hyphens_joined and not report.hyphens_kept:
        return "none at line ends"
    listed = ", ".join(report.hyphens_kept[:_LISTED_HYPHENS])
    kept = f"{len(report.hyphens_kept)} kept" + (f" ({listed})" if listed else "")
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


def summary_object(essay_id: str, summary: EssaySummary) -> dict[str, Any]:
    """An essay of a library as a JSON object, without its passages."""
    return {
        "id": essay_id,
        "title": summary.title,
        "reference": dict(summary.reference),
        "source": summary.source_name,
        "pages": [summary.first_page, summary.last_page] if summary.pages else [],
        "passages": summary.passages,
        "tags": list(summary.tags),
        "collections": list(summary.collections),
    }


def essay_object(
    essay: StoredEssay,
    summary: EssaySummary | None = None,
    *,
    quoted: Mapping[str, Sequence[QuotedWords]] | None = None,
    file_pages: Mapping[str, Sequence[int]] | None = None,
) -> dict[str, Any]:
    """An essay of a library with its passages and its ingest report as a JSON object.

    Args:
        essay: The essay.
        summary: Its summary; otherwise one is made of the essay, which then has no tags.
        quoted: The words that each passage quotes, by passage id.
        file_pages: The number in its PDF of each page of a passage, by passage id.
    """
    value = summary_object(essay.id, summary or EssaySummary.of(essay))
    value["passages"] = [
        passage_object(passage, (quoted or {}).get(passage.id, ()), (file_pages or {}).get(passage.id, ()))
        for passage in essay.passages
    ]
    value["report"] = report_object(essay.report)
    return value


def damaged_objects(damaged: Mapping[str, str]) -> list[dict[str, Any]]:
    """Damaged essays as JSON objects with the fields of other essays, and what is wrong as ``damaged``.

    Args:
        damaged: What is wrong with each essay, and the cure, by id.
    """
    unknown = {"reference": {}, "source": "", "pages": [], "passages": 0, "tags": [], "collections": []}
    return [
        {"id": essay_id, "title": essay_id, **unknown, "damaged": sentence}
        for essay_id, sentence in damaged.items()
    ]


def passage_object(
    passage: Passage, quoted: Sequence[QuotedWords] = (), file_pages: Sequence[int] = ()
) -> dict[str, Any]:
    """A passage as a JSON object, with the words that it quotes, and the numbers of its pages in a PDF."""
    pages = [asdict(page) for page in passage.pages]
    for page, number in zip(pages, file_pages, strict=False):
        page["file"] = number
    return {
        "id": passage.id,
        "kind": passage.kind,
        "section": passage.section,
        "text": passage.text,
        "pages": pages,
        **({"locator": passage.locator} if passage.locator else {}),
        "source": span_object(passage.source),
        "continues": passage.continues,
        "notes": [asdict(note) for note in passage.notes],
        "quoted": [asdict(words) for words in quoted],
    }


def essays_text(summaries: Mapping[str, EssaySummary], damaged: Mapping[str, str] | None = None) -> str:
    """A library's essays for a terminal, a line each; then its damaged ones, with what is wrong."""
    rows = [
        (essay_id, essay_pages(summary), f"{summary.passages} passages", summary.title, labels_text(summary))
        for essay_id, summary in summaries.items()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join(
        [*lines, *(f"{essay_id}  damaged: {sentence}" for essay_id, sentence in (damaged or {}).items())]
    )


def essay_pages(summary: EssaySummary) -> str:
    """First and last page of an essay in words."""
    return f"pp. {summary.first_page}–{summary.last_page}" if summary.pages else "no pages"


def labels_text(summary: EssaySummary) -> str:
    """The collections and tags of an essay; empty if it has none."""
    collections = f"[{'; '.join(summary.collections)}]" if summary.collections else ""
    return " ".join(filter(None, [collections, *(f"#{tag}" for tag in summary.tags)]))


def passage_pages(passage: Passage) -> str:
    """First and last page of a passage in words; empty without pages."""
    labels = passage.places_of(0, len(passage.text))
    return page_words("-".join(distinct([*labels[:1], *labels[-1:]])))


def passages_text(
    passages: Sequence[Passage], *, width: int = 80, file_pages: Mapping[str, Sequence[int]] | None = None
) -> str:
    """Passages for a terminal, with ``[p. 850]`` where a new page starts.

    Args:
        passages: The passages.
        width: Number of columns.
        file_pages: The number in its PDF of each page of a passage, by passage id; shown where it is not the
            one that is cited: ``[p. 850 (PDF 8)]``.
    """
    return "\n\n".join(
        _passage_text(passage, width, (file_pages or {}).get(passage.id, ())) for passage in passages
    )


def _passage_text(passage: Passage, width: int, file_pages: Sequence[int]) -> str:
    text = passage.text
    numbers = file_pages or (0,) * len(passage.pages)
    for page, number in reversed([*zip(passage.pages, numbers, strict=True)]):
        if not page.label or not page.start:
            continue
        # A word divided over the page end is not divided by the mark.
        offset = text.rfind(" ", 0, page.start) + 1
        name = f"{page.label} (PDF {number})" if number and page.label != str(number) else page.label
        text = f"{text[:offset]}[p. {name}] {text[offset:]}"
    pages = " ".join(filter(None, [passage_pages(passage), _in_the_file(passage, file_pages)]))
    head = " · ".join(filter(None, [passage.id, passage.kind, pages]))
    return f"{head}\n{wrapped(text, width, INDENT, INDENT)}"


def _in_the_file(passage: Passage, file_pages: Sequence[int]) -> str:
    """The pages of the PDF, if they are not those that are cited."""
    known = [number for number in file_pages if number]
    if not known or [page.label for page in passage.pages] == [str(number) for number in file_pages]:
        return ""
    return f"(PDF {known[0]})" if known[0] == known[-1] else f"(PDF {known[0]}–{known[-1]})"


def plain_passages(passages: Sequence[Passage]) -> str:
    """Passages word for word, each under its id, kind, pages and section."""
    return "\n\n".join(_plain_passage(passage) for passage in passages)


def _plain_passage(passage: Passage) -> str:
    where = [passage.id, passage.kind, passage_pages(passage), passage.section]
    return f"{' · '.join(filter(None, where))}\n{passage.text}"


def plain_essays(summaries: Mapping[str, EssaySummary], damaged: Mapping[str, str]) -> str:
    """The essays of a library, a line each; then its damaged ones, with what is wrong with them by id."""
    lines = [
        " · ".join(filter(None, [essay_id, summary.title, *_plain_facts(summary)]))
        for essay_id, summary in summaries.items()
    ]
    return "\n".join([*lines, *(f"{essay_id} · damaged: {what}" for essay_id, what in damaged.items())])


def _plain_facts(summary: EssaySummary) -> list[str]:
    return [essay_pages(summary), f"{summary.passages} passages", labels_text(summary)]
