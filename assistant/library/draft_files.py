"""What commands write besides the library: corrected drafts, reports, images."""

from __future__ import annotations

from pathlib import Path

from assistant.core.draft_report import DraftReport


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
