"""What the user stated about an essay by hand: its record, first page, tags and collections."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.core.errors import LibraryError
from assistant.core.essay import CSLItem
from assistant.core.selection import LabelChanges, label_key, spaced_label

# Characters of a tag or of the path of a collection, and how many of each an essay may have.
_LONGEST_LABEL, _MOST_LABELS = 200, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the user stated about an essay by hand, which adding its file again does not lose, and a digest.

    Attributes:
        added: When the essay was added, as ISO 8601 in UTC, to the second.
        reference: The record that the user gave; ``None`` if it was recognised or taken from the title page.
        first_page: Number of the first page that the user gave, or the empty string.
        tags: Tags of the essay, in the order in which they were given.
        collections: Paths of the collections that it is in.
        file: Path of the user's file that it was read from; empty for uploads.
        also: Digests of other files that were found to have the same essay, which need not be read again.
        text_sha256: Digest of the stored source; empty for essays of earlier versions of the program, which
            get one at the next change of the library.
        setting_sha256: Digest of the stored setting; empty for essays in plain text. That of the stored file
            is the digest of the essay's file, which its passages are stored with.
        other: Fields of the file that this version does not know, which are written back as they are.
    """

    added: str
    reference: CSLItem | None = None
    first_page: str = ""
    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    file: str = ""
    also: tuple[str, ...] = ()
    text_sha256: str = ""
    setting_sha256: str = ""
    other: dict[str, Any] = field(default_factory=dict)

    def updated(self, reference: CSLItem | None, first_page: str | None) -> Overrides:
        """These overrides with a new record or a new first page; ``None`` leaves the earlier value."""
        return replace(
            self,
            reference=self.reference if reference is None else reference,
            first_page=self.first_page if first_page is None else first_page,
        )

    def labelled(self, changes: LabelChanges) -> Overrides:
        """These overrides with changed tags and collections.

        Raises:
            LibraryError: If a label is empty, too long or has control characters, or there are too many.
        """
        tags, collections = ((), ()) if changes.exactly else (self.tags, self.collections)
        return replace(
            self,
            tags=_changed("tag", tags, changes.tags, changes.untag),
            collections=_changed("collection", collections, changes.collections, changes.uncollect),
        )

    def dump(self) -> str:
        """The overrides as the text of their file."""
        fields: dict[str, Any] = {"added": self.added}
        if self.reference is not None:
            fields["reference"] = dict(self.reference)
        for name in ("first_page", "tags", "collections", "file", "also", "text_sha256", "setting_sha256"):
            if value := getattr(self, name):
                fields[name] = value
        return json.dumps(fields | self.other, ensure_ascii=False, indent=1) + "\n"


def load_overrides(path: Path, chunks: Path) -> Overrides:
    """Read the overrides of an essay.

    Args:
        path: Their file. If it is missing or damaged, there are none; nothing that is shown is lost, for
            the chunk file holds the record too.
        chunks: The essay's chunk file. Its time is when an essay without overrides was added.
    """
    try:
        fields = json.loads(path.read_text("utf-8"))
        overrides = Overrides(
            added=fields.pop("added"),
            reference=fields.pop("reference", None),
            tags=tuple(fields.pop("tags", ())),
            collections=tuple(fields.pop("collections", ())),
            also=tuple(fields.pop("also", ())),
            **{name: fields.pop(name, "") for name in _TEXTS},
            other=fields,
        )
        datetime.fromisoformat(overrides.added)
        texts = [getattr(overrides, name) for name in _TEXTS]
        texts += overrides.tags + overrides.collections + overrides.also
        if isinstance(overrides.reference, dict | None) and all(isinstance(text, str) for text in texts):
            return overrides
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return Overrides(added=timestamp(chunks.stat().st_mtime if chunks.exists() else None))


_TEXTS = ("first_page", "file", "text_sha256", "setting_sha256")


def timestamp(seconds: float | None = None) -> str:
    """A time in seconds since 1970, or the current time, as ISO 8601 in UTC, to the second."""
    moment = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _changed(kind: str, labels: Iterable[str], more: Iterable[str], fewer: Iterable[str]) -> tuple[str, ...]:
    by_key = {label_key(label): label for label in labels}
    for label in more:
        by_key.setdefault(label_key(label), _clean(kind, label))
    for label in fewer:
        by_key.pop(label_key(label), None)
    if len(by_key) > _MOST_LABELS:
        raise LibraryError(f"An essay can have {_MOST_LABELS} {kind}s; take some away with: assistant edit")
    return tuple(by_key.values())


def _clean(kind: str, label: str) -> str:
    """A label as it is stored."""
    clean = spaced_label(label)
    if kind == "collection":
        clean = "/".join(filter(None, (part.strip() for part in clean.split("/"))))
    if not clean or len(clean) > _LONGEST_LABEL or not clean.isprintable():
        raise LibraryError(
            f"{label[:40]!r} cannot be a {kind}; use 1 to {_LONGEST_LABEL} characters without line breaks."
        )
    return clean
