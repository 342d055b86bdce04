"""The account of an essay's characters: kept, joined, or named in the ingest report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.chunking.cleaning import Tally
from assistant.lines import INVISIBLE
from assistant.records import plain_title
from assistant.types import Essay, IngestReport, Passage


def make_report(essay: Essay, passages: Sequence[Passage], tally: Tally, title: str) -> IngestReport:
    """Account for every character of an essay.

    Args:
        essay: The essay.
        passages: Its passages.
        tally: What was taken out while cleaning.
        title: The title as printed.

    Returns:
        The report; ``unaccounted`` counts printed characters that are neither kept nor named.
    """
    kept = kept_offsets(passages)
    rest = [at for at in range(len(essay.text)) if at not in kept]
    blank = {at for at in rest if essay.text[at].isspace() or essay.text[at] in INVISIBLE}
    lost = [at for at in rest if at not in blank and at not in tally.dropped]
    labels = [page.label for passage in passages for page in passage.pages]
    return IngestReport(
        essay_id=essay.id,
        title=plain_title(essay.reference) or title,
        characters=len(essay.text),
        kept=len(kept),
        layout=len(blank - tally.dropped.keys()),
        hyphens_joined=tuple(tally.joined),
        hyphens_kept=tuple(tally.kept),
        dropped=_lines(essay),
        removed=dict(tally.reasons()),
        unaccounted=len(lost),
        note_marks=sum(len(passage.notes) for passage in passages),
        kinds=dict(Counter(passage.kind for passage in passages)),
        pages=len(essay.pages),
        first_page=essay.pages[0].label if essay.pages else "",
        last_page=_last(labels, essay),
        page_provenance=essay.page_provenance,
        warnings=_warnings(essay, passages, lost),
    )


def kept_offsets(passages: Sequence[Passage]) -> set[int]:
    """Source offsets of all characters that stand in a passage."""
    kept: set[int] = set()
    for passage in passages:
        runs = passage.source_map.runs
        for number, (at, offset) in enumerate(runs):
            end = runs[number + 1][0] if number + 1 < len(runs) else passage.source_map.length
            kept.update(range(offset, offset + end - at))
    return kept


def _last(labels: Sequence[str], essay: Essay) -> str:
    seen = set(labels)
    return next((page.label for page in reversed(essay.pages) if page.label in seen), "")


def _lines(essay: Essay) -> tuple[tuple[int, str, str], ...]:
    return tuple(
        (essay.text.count("\n", 0, start) + 1, essay.text[start:end].strip(), reason)
        for start, end, reason in essay.furniture
    )


def _warnings(essay: Essay, passages: Sequence[Passage], lost: Sequence[int]) -> tuple[str, ...]:
    warnings = []
    if lost:
        line = essay.text.count("\n", 0, lost[0]) + 1
        warnings.append(f"{len(lost)} printed characters stand in no passage, the first on line {line}.")
    notes = {passage.id for passage in passages if passage.kind == "note"}
    linked = {mark.passage for passage in passages for mark in passage.notes}
    if missing := sorted(notes - linked):
        names = ", ".join(name.split("/")[1] for name in missing)
        warnings.append(f"No mark in the text was found for the notes {names}.")
    return tuple(warnings)
