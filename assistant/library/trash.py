"""Essays that were removed, kept for a while in ``removed/`` so that each can be put back as it was."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.core.errors import LibraryError
from assistant.core.essay import RemovedEssay
from assistant.library import store
from assistant.library.adding import Ready
from assistant.library.indexing import LibraryIndex
from assistant.library.store import EssayStore, Overrides, load_given, moment

# How long, and how many; whichever ends first.
KEPT_FOR = timedelta(days=30)
MOST_KEPT = 20
_STAMP = "%Y%m%dT%H%M%S%f"
_UNDONE = ".new-"


class Trash:
    """The removed essays of a library, a folder each; all changes need the library's lock.

    Args:
        root: The library's folder.
        shelf: The essays there are.
        keeper: Their index.
    """

    def __init__(self, root: Path, shelf: EssayStore, keeper: LibraryIndex) -> None:
        self._folder, self._shelf, self._keeper = root / "removed", shelf, keeper

    def kept(self) -> list[RemovedEssay]:
        """Essays that can be put back, the one removed last first; of one id the last alone."""
        found: dict[str, RemovedEssay] = {}
        for at, essay_id, folder in self._folders():
            if essay_id not in found:
                title = _title(folder / f"{essay_id}.jsonl") or essay_id
                found[essay_id] = RemovedEssay(essay_id, title, moment(at.timestamp()))
        return list(found.values())

    def remove(self, essay_id: str) -> None:
        """Take an essay off the shelf and keep it; until its passages are gone, nothing has changed.

        Raises:
            OSError: If it cannot be kept or taken away.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=_UNDONE, dir=self._folder))
        try:
            self._keeper.keep_encodings(essay_id, made)
            files = self._shelf.paths(essay_id)
            for path in filter(Path.exists, files):
                shutil.copy2(path, made / path.name)
            (made / files[-1].name).write_text(self._shelf.given(essay_id).dumped(), "utf-8")
            made = made.rename(self._folder / f"{datetime.now(UTC):{_STAMP}}-{essay_id}")
            self._shelf.remove(essay_id)
        except BaseException:
            if essay_id in self._shelf.ids():
                shutil.rmtree(made, ignore_errors=True)
            raise
        self.sweep()

    def remove_for_good(self, essay_id: str) -> None:
        """Delete an essay, what is kept of it, and its words in the index.

        Raises:
            AssistantError: If the index cannot be made without it; the essay itself is gone then.
        """
        self._shelf.remove(essay_id)
        for _, name, folder in self._folders():
            if name == essay_id:
                shutil.rmtree(folder, ignore_errors=True)
        self._keeper.forget_removed(self._shelf)
        self.sweep()

    def ready(self, essay_id: str) -> Ready:
        """A removed essay, byte for byte as it was, to be put on the shelf again.

        Raises:
            LibraryError: If none of that id is kept, there is another by now, or its files are damaged.
        """
        if essay_id in self._shelf.ids():
            raise LibraryError(
                f"An essay {essay_id!r} is in the library; remove that one before the other is put back."
            )
        folder = next((folder for _, name, folder in self._folders() if name == essay_id), None)
        if folder is None:
            known = ", ".join(one.id for one in self.kept()) or "none"
            raise LibraryError(f"No removed essay {essay_id!r} is kept; what can be put back: {known}.")
        chunks, source, given = (folder / path.name for path in self._shelf.paths(essay_id))
        essay = store.load(chunks)
        try:
            text = source.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise LibraryError(f"{source} cannot be read; add the essay from its own file.") from error
        added = load_given(given) or Overrides(moment(chunks.stat().st_mtime))
        return Ready(essay, chunks.read_bytes().decode("utf-8"), text, added, folder)

    def forget(self, ready: Ready) -> None:
        """An essay was put back: delete what was kept of it."""
        if ready.encodings is not None:
            shutil.rmtree(ready.encodings, ignore_errors=True)
        self.sweep()

    def sweep(self) -> None:
        """Delete what is too old, what is too much, and what an interruption has left."""
        oldest = datetime.now(UTC) - KEPT_FOR
        for number, (at, _, folder) in enumerate(self._folders()):
            if number >= MOST_KEPT or at < oldest:
                shutil.rmtree(folder, ignore_errors=True)
        for folder in self._folder.glob(f"{_UNDONE}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def _folders(self) -> Iterator[tuple[datetime, str, Path]]:
        """When each was removed, its id and its folder; the one removed last first."""
        for folder in sorted(self._folder.glob("*-*"), reverse=True):
            stamp, _, essay_id = folder.name.partition("-")
            try:
                at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
            except ValueError:
                continue  # something of the user's own
            yield at, essay_id, folder


def _title(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return str(json.loads(file.readline())["title"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
