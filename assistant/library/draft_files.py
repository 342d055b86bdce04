"""Drafts: the style that one names; what commands write besides the library: corrected drafts, reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.draft_report import DraftReport
from assistant.core.errors import AssistantError

if TYPE_CHECKING:
    from assistant.citations.styles import Style
    from assistant.documents.document import Document
    from assistant.library.snapshot import Snapshot

DEFAULT_STYLE = "mla"


def fixed_draft(audit: DraftReport, draft: Path | None = None) -> bytes:
    """A checked draft with its fixes made; as ``drafts.files.corrected_copy``."""
    from assistant.drafts.files import corrected_copy

    return corrected_copy(audit, draft)


def write_fixed_draft(target: Path, report: DraftReport, draft: Path | None = None) -> None:
    """Write a checked draft with its fixes made to a new file, whole or not at all.

    Raises:
        DraftError: If the file exists or cannot be written, or the draft has changed since.
    """
    from assistant.drafts.files import write_corrected_copy

    write_corrected_copy(target, draft, report)


def write_file(target: Path, content: str | bytes) -> None:
    """Write a report or an image, whole or not at all; a ``DraftError`` is raised if that fails."""
    from assistant.drafts.files import write_whole

    write_whole(target, content.encode("utf-8") if isinstance(content, str) else content)


def style_named_by(draft: Document) -> str:
    """The style that a draft names, a file being one beside it; empty if it names none."""
    beside = Path(draft.name).parent / Path(draft.style) if draft.name != "-" else None
    if draft.style.lower().endswith(".csl") and beside is not None and beside.is_file():
        return str(beside)
    return draft.style


def own_style(snapshot: Snapshot, notify: Callable[[str], None], draft: Document) -> Style:
    """The style that a draft names; if there is none or it cannot be used, which is said, the default one."""
    if named := style_named_by(draft):
        try:
            return snapshot.style(named)
        except AssistantError as error:
            notify(str(error))
    return snapshot.style(DEFAULT_STYLE)
