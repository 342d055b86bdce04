"""Files that are on the disk when they are said to be, so that a power cut cannot empty them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def write_file(path: Path, data: bytes) -> None:
    """Write a file; its contents are on the disk after ``sync_written``.

    Raises:
        OSError: If it cannot be written.
    """
    with path.open("wb") as file:
        file.write(data)


def sync_written(paths: Iterable[Path]) -> None:
    """Wait until the contents of files that were just written are on the disk.

    Many files are on the disk sooner if all of them are written before the first is waited for.

    Raises:
        OSError: If the contents of one cannot be written.
    """
    for path in paths:
        with path.open("r+b") as file:
            os.fsync(file.fileno())


def write_durably(path: Path, data: bytes) -> None:
    """Write a file and wait until its contents are on the disk; its name is after ``sync_folder``.

    Raises:
        OSError: If it cannot be written.
    """
    write_file(path, data)
    sync_written([path])


def copy_durably(source: Path, target: Path) -> None:
    """Copy a file, with its rights and times, and wait until the copy's contents are on the disk.

    Raises:
        OSError: If it cannot be copied.
    """
    write_durably(target, source.read_bytes())
    shutil.copystat(source, target)


def sync_folder(folder: Path) -> None:
    """Wait until the names of a folder's files are on the disk, where the system lets a program do that."""
    _sync(folder)


def sync_files(folders: Iterable[Path]) -> None:
    """Wait until all files of some folders are on the disk, where the system lets a program do that."""
    for folder in folders:
        for path in folder.iterdir():
            _sync(path)
        _sync(folder)


def _sync(path: Path) -> None:
    # Windows opens no folder, and some network drives write nothing at once.
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
