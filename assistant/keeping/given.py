"""What a user gave of an essay by hand, kept beside its passages: reading its file anew cannot lose it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.types import CSLItem


@dataclass(frozen=True, slots=True)
class Given:
    """What was given of an essay besides its file.

    Attributes:
        added: When it was added, as ISO 8601 writes it, in UTC and to the second.
        reference: The record that the user gave; ``None`` where it was recognised or made of the title page.
        first_page: Number of the first page as the user gave it, or the empty string.
    """

    added: str
    reference: CSLItem | None = None
    first_page: str = ""

    def updated(self, reference: CSLItem | None, first_page: str | None) -> Given:
        """What is given from now on: what is new, and what was given before where nothing is.

        Args:
            reference: A new record, or ``None``.
            first_page: A new first page, the empty string to have it found again, or ``None``.
        """
        return replace(
            self,
            reference=self.reference if reference is None else reference,
            first_page=self.first_page if first_page is None else first_page,
        )

    def dumped(self) -> str:
        """The file of it, as text."""
        made: dict[str, Any] = {"added": self.added}
        if self.reference is not None:
            made["reference"] = dict(self.reference)
        if self.first_page:
            made["first_page"] = self.first_page
        return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def moment(seconds: float | None = None) -> str:
    """A moment as ISO 8601 writes it, in UTC and to the second.

    Args:
        seconds: Seconds since 1970; now if ``None``.
    """
    at = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def load_given(path: Path) -> Given | None:
    """What a file says was given; ``None`` if there is none or it is damaged.

    The passages' own file holds the record as well, so that a damaged one loses nothing that is shown.
    """
    try:
        said = json.loads(path.read_text("utf-8"))
        reference, first_page = said.get("reference"), said.get("first_page", "")
        whole = isinstance(reference, dict | None) and isinstance(first_page, str)
        datetime.fromisoformat(said["added"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Given(said["added"], reference, first_page) if whole else None
