"""What became of the items of a reference manager, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from assistant.core.items import ItemOutcome, ItemResult
from assistant.rendering.essays import report_object

_WORDS: dict[ItemResult, tuple[str, str]] = {
    "added": ("added", "to add"),
    "replaced": ("read again", "to read again"),
    "changed": ("brought up to date", "to bring up to date"),
    "unchanged": ("unchanged", "unchanged"),
    "same": ("the same as another", "the same as another"),
    "removed": ("removed here before", "removed here before"),
    "gone": ("no longer in Zotero", "no longer in Zotero"),
    "no-file": ("without a file to read", "without a file to read"),
    "failed": ("failed", "failed"),
}


def item_words(outcome: ItemResult, *, dry_run: bool = False) -> str:
    """What became of an item, in words."""
    return _WORDS[outcome][dry_run]


def item_line(outcome: ItemOutcome, *, dry_run: bool = False) -> str:
    """An item on a line: what became of it, its essay, its title and what is to be said."""
    essay = f"{outcome.essay}  " if outcome.essay else ""
    title = f"“{' '.join(outcome.title.split())}”"
    message = f"  {outcome.message}" if outcome.message else ""
    return f"{item_words(outcome.outcome, dry_run=dry_run)}  {essay}{title}{message}"


def items_summary(outcomes: Iterable[ItemOutcome], *, dry_run: bool = False) -> str:
    """How many items became what."""
    counts = Counter(outcome.outcome for outcome in outcomes)
    total = sum(counts.values())
    parts = [f"{counts[name]:,} {item_words(name, dry_run=dry_run)}" for name in _WORDS if counts[name]]
    nothing = " Nothing was changed." if dry_run else ""
    return f"{total:,} item{'s' * (total != 1)}: {', '.join(parts) or 'none'}.{nothing}"


def item_object(outcome: ItemOutcome) -> dict[str, Any]:
    """An item as a JSON object, with the ingest report of its essay if the file was read."""
    about: dict[str, Any] = {
        "item": outcome.item,
        "library": outcome.library,
        "title": outcome.title,
        "outcome": outcome.outcome,
        "file": "" if outcome.path is None else str(outcome.path),
        "message": outcome.message,
    }
    report = {} if outcome.report is None else report_object(outcome.report)
    return report | about | {"essay": outcome.essay}
