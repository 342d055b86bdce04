"""The library's folder: which it is, one writer at a time, and files that are whole or not there."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from assistant.errors import LibraryError

# Another writer may be embedding a long essay.
_PATIENCE = 900


def find_root(asked: Path | None = None) -> Path:
    """The library to use: the one asked for, ``$ASSISTANT_LIBRARY``, here, or the user's own."""
    if asked is not None:
        return asked
    if named := os.environ.get("ASSISTANT_LIBRARY"):
        return Path(named)
    if Path("data/chunks").is_dir():
        return Path()
    return Path(platformdirs.user_data_dir("essay-assistant", appauthor=False))


@contextmanager
def writing(root: Path, notify: Callable[[str], None]) -> Iterator[None]:
    """Keep other writers out of a library; a fault of the disk becomes one sentence.

    Args:
        root: The library's folder.
        notify: Told when another writer must be waited for.

    Raises:
        LibraryError: If the library cannot be written to, or another writer does not end.
    """
    try:
        (root / "index").mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / "index" / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
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


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or as it was; line breaks in ``text`` are kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(text.encode("utf-8"))
        os.replace(temporary, path)  # noqa: PTH105 - os.replace is the atomic one
    finally:
        temporary.unlink(missing_ok=True)
