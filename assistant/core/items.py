"""What became of the items of a reference manager that were to be added."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.core.essay import IngestReport

ItemResult = Literal[
    "added", "replaced", "changed", "unchanged", "same", "no-file", "failed", "gone", "removed"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOutcome:
    """What became of an item, or would become of it.

    Attributes:
        item: Its key in Zotero, or its citation key in an export.
        library: Zotero's library that it is in: ``library``, ``groups/12``, or empty for an export.
        title: Its title.
        outcome: ``added``; ``replaced``, if its file was read again; ``changed``, if only its record, tags
            or collections were; ``unchanged``; ``same``, if another item or file has the same essay;
            ``no-file``; ``failed``; ``gone``, if the reference manager no longer has it; ``removed``, if the
            user removed its essay from this library.
        essay: Id of its essay; empty if there is none.
        path: The file that is its essay, if it has one.
        message: One or two sentences, or nothing.
        report: The ingest report, if the file was read.
    """

    item: str
    library: str
    title: str
    outcome: ItemResult
    essay: str = ""
    path: Path | None = None
    message: str = ""
    report: IngestReport | None = None
