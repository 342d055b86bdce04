"""Keep a library in step with a folder: what is new is added, what is deleted goes to the trash."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.core.errors import AssistantError, LibraryError
from assistant.core.selection import LabelChanges
from assistant.library.importing import FileOutcome
from assistant.library.trash import MOST_KEPT
from assistant.library.walking import FileToAdd, essay_files

if TYPE_CHECKING:
    from assistant.library.library import Library

# Milliseconds in which a file must not change before it is read: a program may still be writing it.
_SETTLED = 700
# When a file was last changed, in nanoseconds, and its size; ``None`` for one that was there earlier.
_Seen = dict[Path, tuple[int, int] | None]


class FolderWatch:
    """Adds the files of a folder, and follows what becomes of them.

    Args:
        library: The library.
        folder: The folder.
        labels: Tags and collections for the essays.
        options: As for ``Library.add_files``.

    Raises:
        LibraryError: If there is no such folder.
    """

    def __init__(
        self, library: Library, folder: Path, labels: LabelChanges | None = None, **options: Any
    ) -> None:
        if not folder.is_dir():
            raise LibraryError(f"{folder} is no folder; name the folder that is to be watched.")
        self._library, self._options = library, options
        self._folder = Path(os.path.abspath(folder))  # noqa: PTH100 - links are not followed
        self._labels = labels or LabelChanges()
        self._seen: _Seen = {}
        # Files with an essay that the library has from another file.
        self._same: dict[Path, str] = {}

    def start(self) -> Iterator[FileOutcome]:
        """Bring the library in step with the folder, and yield what became of each file."""
        files = self._look()
        prefix = f"{self._folder}{os.sep}"
        earlier = [summary.file for summary in self._library.summaries().values()]
        gone = [Path(file) for file in earlier if file.startswith(prefix) and Path(file) not in files]
        self._seen = dict(files)
        yield from self._add(list(files))
        yield from self._remove(gone)

    def follow(self, stop: threading.Event) -> Iterator[FileOutcome]:
        """Follow the folder until ``stop`` is set, and yield what becomes of each file that changes."""
        from watchfiles import watch

        before, restless = self._seen, True
        for changes in watch(
            self._folder,
            watch_filter=None,
            stop_event=stop,
            debounce=_SETTLED,
            rust_timeout=_SETTLED,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            if not (restless or changes):
                continue
            now = self._look()
            changed = [path for path, stamp in now.items() if stamp != self._seen.get(path)]
            gone = [path for path in self._seen if path not in now]
            # Only what was so the last time too has settled.
            ready = [path for path in changed if before.get(path) == now[path]]
            missing = [path for path in gone if path not in before]
            self._seen |= {path: now[path] for path in ready}
            for path in missing:
                del self._seen[path]
            yield from self._add(ready)
            yield from self._remove(missing)
            restless = len(ready) < len(changed) or len(missing) < len(gone)
            before = now

    def _look(self) -> _Seen:
        """The essays' files in the folder as they are now; as they were, while the folder is not there."""
        if not self._folder.is_dir():
            return self._seen
        files: _Seen = {}
        for path in essay_files([self._folder], self._library.root):
            try:
                status = path.stat()
            except OSError:
                continue
            if path != self._folder:
                files[path] = status.st_mtime_ns, status.st_size
        return files

    def _add(self, paths: list[Path]) -> Iterator[FileOutcome]:
        items = [FileToAdd(path=path, labels=self._labels) for path in paths]
        for outcome in self._library.add_files(items, **self._options) if items else ():
            self._same.pop(outcome.path, None)
            if outcome.outcome == "same":
                self._same[outcome.path] = outcome.essay
            yield outcome

    def _remove(self, paths: list[Path]) -> Iterator[FileOutcome]:
        """Move the essays of deleted files to the trash."""
        gone = {str(path) for path in paths}
        essays = {
            essay_id: summary.file
            for essay_id, summary in self._library.summaries().items()
            if summary.file in gone
        }
        for path in paths:
            self._same.pop(path, None)
        others = {essay_id: path for path, essay_id in self._same.items() if essay_id in essays}
        leaving = {essay_id: file for essay_id, file in essays.items() if essay_id not in others}
        if len(leaving) > MOST_KEPT:
            sentence = (
                f"{len(leaving)} files are gone at once, more than the {MOST_KEPT} that the trash keeps; "
                "their essays stay, remove them with: assistant remove ID"
            )
            yield FileOutcome(path=self._folder, outcome="failed", message=sentence)
            return
        for essay_id, path in others.items():
            item = FileToAdd(path=path, replaces=essay_id, labels=self._labels)
            self._same.pop(path)
            yield from self._library.add_files([item], **self._options)
        for essay_id, file in leaving.items():
            try:
                self._library.remove(essay_id)
            except AssistantError as error:
                yield FileOutcome(path=Path(file), outcome="failed", message=str(error), error=error)
            else:
                sentence = f"It is in the trash; to restore it: assistant restore {essay_id}"
                yield FileOutcome(path=Path(file), outcome="removed", essay=essay_id, message=sentence)
