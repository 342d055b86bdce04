"""The file ``catalogue.json``: summaries of all essays, so that only the essays found must be read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from assistant.core.essay import EssaySummary
from assistant.library.store import Stamp

# Fields of a summary that JSON has as lists.
_LISTS = ("sections", "tags", "collections", "also")
StampedSummary = tuple[Stamp, EssaySummary]


class Catalogue:
    """The saved summaries of a library.

    Each part of the file is a digest in one line and the summaries of some essays in the next. What is new is
    appended, so that adding to a large library does not write all of it again. The file is a convenience: if
    it is damaged or lost, it is made again.

    Args:
        folder: The library's ``index/``.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "catalogue.json"

    def load(self) -> dict[str, StampedSummary]:
        """The saved summaries by essay id, each with the stamp of the chunk file that it was made from."""
        try:
            entries = [entry for part in self._parts() for entry in part.items()]
            summaries: dict[str, StampedSummary] = {
                essay_id: (
                    (stamp[0], stamp[1], stamp[2]),
                    EssaySummary(**(saved | {name: tuple(saved[name]) for name in _LISTS})),
                )
                for essay_id, (stamp, saved) in entries
            }
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            return {}
        if len(entries) > 2 * len(summaries):
            # Several programs have appended the same.
            self.save(summaries)
        return summaries

    def _parts(self) -> Iterator[dict[str, Any]]:
        """The parts of the file.

        Raises:
            OSError: If it cannot be read.
            ValueError: If a part is damaged.
        """
        lines = self._path.read_text("utf-8").split("\n")
        for digest, text in zip(lines[::2], lines[1::2], strict=True):
            if digest != _digest(text):
                raise ValueError(digest)
            yield json.loads(text)

    def delete(self) -> None:
        """Delete the file."""
        self._path.unlink(missing_ok=True)

    def save(self, summaries: Mapping[str, StampedSummary]) -> None:
        """Write the summaries in place of all others, unless the library may only be read."""
        with suppress(OSError), self._path.open("wb") as file:
            file.write(_part(summaries))

    def append(self, summaries: Mapping[str, StampedSummary]) -> None:
        """Write the summaries of new essays after the others, unless the library may only be read."""
        with suppress(OSError), self._path.open("ab") as file:
            file.write(b"\n" + _part(summaries) if file.tell() else _part(summaries))


def _part(summaries: Mapping[str, StampedSummary]) -> bytes:
    # Not ``asdict``, which copies each record.
    names = [field.name for field in fields(EssaySummary)]
    entries = {
        essay_id: [stamp, {name: getattr(summary, name) for name in names}]
        for essay_id, (stamp, summary) in summaries.items()
    }
    text = json.dumps(entries, ensure_ascii=False)
    return f"{_digest(text)}\n{text}".encode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
