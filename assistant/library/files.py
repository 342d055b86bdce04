"""The library's folder: where it is, one writer at a time, and changes that are made whole or not at all.

A change that consists of several steps is written down in a ``Journal`` first. If the program is killed, the
next command finds the journal, and undoes or finishes what was begun.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from assistant.core.disk import copy_durably, sync_folder, sync_written, write_durably, write_file
from assistant.core.errors import LibraryError

# Seconds to wait for another writer, which may be embedding a long essay.
_PATIENCE = 900
# The settings of a library in shards; see the room ``cluster``.
CLUSTER = "cluster.toml"
# Without this file a folder is no question set.
QUESTIONS = "queries.jsonl"


def find_root(named: Path | None = None) -> Path:
    """The library to use: the one named, ``$ASSISTANT_LIBRARY``, the current folder, or the user's own."""
    if named is not None:
        return named
    if variable := os.environ.get("ASSISTANT_LIBRARY"):
        return Path(variable)
    if Path("data/chunks").is_dir() or Path(CLUSTER).is_file():
        return Path()
    import platformdirs

    return Path(platformdirs.user_data_dir("essay-assistant", appauthor=False))


def is_in_shards(root: Path) -> bool:
    """Whether a library is one in shards: a folder with such settings, or a name on a cluster (``ray:``)."""
    return str(root).startswith("ray:") or (root / CLUSTER).is_file()


def question_sets(root: Path, essay_ids: Iterable[str]) -> dict[str, Path]:
    """The folders of a library's own question sets, ``data/eval/ID``, by the id of their essay."""
    folders = {essay_id: root / "data" / "eval" / essay_id for essay_id in essay_ids}
    return {essay_id: folder for essay_id, folder in folders.items() if (folder / QUESTIONS).is_file()}


@contextmanager
def writing(root: Path, notify: Callable[[str], None], *, wait: bool = True) -> Iterator[None]:
    """Keep other writers out of a library; an error of the disk becomes a ``LibraryError``.

    Args:
        root: The library's folder.
        notify: Receives a sentence for the user if another writer must be waited for.
        wait: Whether to wait for another writer.

    Raises:
        LibraryError: If the library cannot be written to, or another writer does not finish.
    """
    from filelock import FileLock, Timeout

    try:
        (root / "index").mkdir(parents=True, exist_ok=True)
        # An actor of a cluster may let it go in another thread than it took it in.
        lock = FileLock(root / "index" / ".lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if not wait:
                raise
            notify(f"Another program writes to {root}; waiting for it.")
            lock.acquire(timeout=_PATIENCE)
        try:
            yield
        finally:
            lock.release()
    except Timeout as error:
        raise LibraryError(f"Another program still writes to {root}; try again when it is done.") from error
    except OSError as error:
        raise _disk_error(root, error) from error


def _disk_error(root: Path, error: OSError) -> LibraryError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return LibraryError(
            f"There is no room on the disk of {root}; make some and try again, nothing was changed."
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return LibraryError(
            f"{root} cannot be written to; give yourself the right to, or name another with --library."
        )
    return LibraryError(
        f"{root} cannot be used ({error.strerror or error}); check the folder or name another."
    )


class Journal:
    """The file ``data/chunks/.unfinished.json``: a change that is being made, and how to undo or finish it.

    It has one of two entries. ``undo`` names files that are being replaced: they are undone. ``delete`` names
    an essay whose files are being deleted: that is finished.

    Args:
        folder: The folder of the essays' files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / ".unfinished.json"

    def exists(self) -> bool:
        """Whether a change is being made, or was interrupted."""
        return self._path.exists()

    def read(self) -> dict[str, Any]:
        """The entry; empty if there is none, or if the program was killed while it was written."""
        try:
            entry = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return entry if isinstance(entry, dict) and _is_change(entry) else {}

    def write(self, entry: Mapping[str, Any]) -> None:
        """Write the entry; the change begins when that is done."""
        write_durably(self._path, json.dumps(entry).encode())
        sync_folder(self._folder)

    def clear(self) -> None:
        """Delete the entry, which ends the change."""
        # The files of the change are in their places before the entry is gone, and it is gone before what
        # is needed to undo the change is deleted.
        sync_folder(self._folder)
        with suppress(FileNotFoundError):
            os.unlink(self._path)  # noqa: PTH108 - what tests let fail is the deletion of the essays' files
        sync_folder(self._folder)

    def undo(self, entry: Mapping[str, Any]) -> None:
        """Put the files and the folder of an ``undo`` entry back; may be repeated after an interruption."""
        for name, existed in entry["undo"].items():
            path = self._folder / Path(name).name
            if not existed:
                path.unlink(missing_ok=True)
            elif _old(path).exists():
                path.unlink(missing_ok=True)
                _old(path).rename(path)
        if moved := entry.get("moved"):
            folder = self._folder.parent.parent / "removed"
            rename_once(folder / Path(moved[1]).name, folder / Path(moved[0]).name)
        self.clear()

    def sweep(self) -> None:
        """Delete the temporary files that interrupted changes have left."""
        for pattern in (".*.new", ".*.old"):
            for path in self._folder.glob(pattern):
                path.unlink(missing_ok=True)


def _is_change(entry: Mapping[str, Any]) -> bool:
    """Whether an entry has what its change needs; a file that was damaged since begins nothing."""
    if "undo" in entry:
        folder = entry.get("moved", ["", ""])
        return isinstance(entry["undo"], dict) and _are_names(folder)
    saved = entry.get("saved")
    return isinstance(entry.get("delete"), str) and (saved is None or _are_names(saved))


def _are_names(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(name, str) for name in value)


def rename_once(source: Path, target: Path) -> None:
    """Rename a folder, unless that has been done already."""
    if source.exists() and not target.exists():
        source.rename(target)


def replace_together(
    files: Mapping[Path, str | bytes | None],
    then: Callable[[], None],
    moving: tuple[Path, Path] | None = None,
) -> None:
    """Write or delete several files and take one more step, or leave everything as it was.

    If the program is killed or the power is cut meanwhile, the journal lets the next command undo the change.

    Args:
        files: Text or bytes of each file by its path, all in one folder; line breaks stay as they are. A
            file of ``None`` is deleted.
        then: The last step of the change; the old files are restored if it fails.
        moving: A folder in the library's ``removed/`` to rename with the change, and its new path.

    Raises:
        OSError: If a file cannot be written.
    """
    (folder,) = {path.parent for path in files}
    journal = Journal(folder)
    entry: dict[str, Any] = {"undo": {path.name: path.exists() for path in files}}
    if moving is not None:
        entry["moved"] = [path.name for path in moving]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            _prepare(path, content)
        sync_written(_new(path) for path, content in files.items() if content is not None)
        journal.write(entry)
        if moving is not None:
            moving[0].rename(moving[1])
        for path, content in files.items():
            _make_current(path, content)
        then()
        journal.clear()
    except BaseException:
        if journal.exists():
            journal.undo(entry if journal.read() else {"undo": {}})
        raise
    finally:
        if not journal.exists():
            for path in files:
                _new(path).unlink(missing_ok=True)
                _old(path).unlink(missing_ok=True)


def _prepare(path: Path, content: str | bytes | None) -> None:
    """Write what is to replace a file, not yet to the disk, and a copy of the file, beside it."""
    if content is not None:
        write_file(_new(path), content.encode("utf-8") if isinstance(content, str) else content)
    if path.exists():
        # A copy: if the program is killed here, the file itself is still in its place.
        copy_durably(path, _old(path))


def _make_current(path: Path, content: str | bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        os.replace(_new(path), path)  # noqa: PTH105 - os.replace is the atomic one


def _new(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _old(path: Path) -> Path:
    return path.with_name(f".{path.name}.old")
