"""The library's folder: where it is, one writer at a time, and files that change together or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from assistant.core.errors import LibraryError

# Seconds to wait for another writer, which may be embedding a long essay.
_PATIENCE = 900
# Without this file a folder is no question set.
QUESTIONS = "queries.jsonl"


def find_root(named: Path | None = None) -> Path:
    """The library to use: the one named, ``$ASSISTANT_LIBRARY``, the current folder, or the user's own."""
    if named is not None:
        return named
    if variable := os.environ.get("ASSISTANT_LIBRARY"):
        return Path(variable)
    if Path("data/chunks").is_dir():
        return Path()
    import platformdirs

    return Path(platformdirs.user_data_dir("essay-assistant", appauthor=False))


def question_sets(root: Path, essay_ids: Iterable[str]) -> dict[str, Path]:
    """The folders of a library's own question sets, ``data/eval/ID``, by the id of their essay."""
    folders = {essay_id: root / "data" / "eval" / essay_id for essay_id in essay_ids}
    return {essay_id: folder for essay_id, folder in folders.items() if (folder / QUESTIONS).is_file()}


@contextmanager
def writing(root: Path, notify: Callable[[str], None]) -> Iterator[None]:
    """Keep other writers out of a library; an error of the disk becomes a ``LibraryError``.

    Args:
        root: The library's folder.
        notify: Receives a sentence for the user if another writer must be waited for.

    Raises:
        LibraryError: If the library cannot be written to, or another writer does not finish.
    """
    from filelock import FileLock, Timeout

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


def replace_together(files: Mapping[Path, str], then: Callable[[], None]) -> None:
    """Write several files and take one more step, or leave everything as it was.

    Args:
        files: Text of each file by its path; line breaks stay as they are.
        then: The last step of the change; the old files are restored if it fails.

    Raises:
        OSError: If a file cannot be written.
    """
    new = {path: path.with_name(f".{path.name}.new") for path in files}
    old = {path: path.with_name(f".{path.name}.old") for path in files}
    done: list[Path] = []
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            new[path].write_bytes(text.encode("utf-8"))
        for path in files:
            if path.exists():
                # A copy: if the program is killed here, the file itself is still in its place.
                shutil.copy2(path, old[path])
            os.replace(new[path], path)  # noqa: PTH105 - os.replace is the atomic one
            done.append(path)
        then()
    except BaseException:
        for path in done:
            _restore(path, old[path])
        raise
    finally:
        for path in (*new.values(), *old.values()):
            path.unlink(missing_ok=True)


def _restore(path: Path, old: Path) -> None:
    path.unlink(missing_ok=True)
    if old.exists():
        old.rename(path)
