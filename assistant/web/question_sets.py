"""Question sets for the measuring part of the page: how long one is, and what a visitor uploads.

An upload is taken apart by name. Each file is written under the one name that a set knows it by,
never under the name it came with, so that no archive can write anywhere else.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from assistant.core.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Bytes of a whole set, unpacked.
LARGEST = 50_000_000
UPLOADED = "uploaded set"
_QUESTIONS = "queries.jsonl"
# Where a file of each name belongs in a set's folder.
_PLACES = {
    _QUESTIONS: _QUESTIONS,
    "qrels.tsv": "qrels.tsv",
    "test.tsv": "qrels/test.tsv",
    "corpus.jsonl": "corpus.jsonl",
    "meta.json": "meta.json",
}
_LARGE = f"The question set is larger than {LARGEST // 1_000_000} MB; upload a smaller one."


def question_count(folder: Path) -> int:
    """Number of questions of a set, as its lines that are not blank; 0 where the file cannot be read."""
    try:
        return sum(1 for line in (folder / _QUESTIONS).read_bytes().split(b"\n") if line.strip())
    except OSError:
        return 0


def unpacked(files: Sequence[Path], into: Path) -> Path:
    """An uploaded question set as a folder.

    Args:
        files: The uploaded files: one ``.zip``, or files named as those of a set are.
        into: An empty folder.

    Returns:
        A folder in ``into``, called as the set.

    Raises:
        DatasetError: If the files are no question set, or too large.
    """
    archives = [file for file in files if file.suffix.lower() == ".zip"]
    if archives and len(files) > 1:
        raise DatasetError("Upload one .zip alone, or the files of the set without it.")
    folder = into / (_plain(archives[0].stem) if archives else UPLOADED)
    contents = _of_archive(archives[0]) if archives else _of_files(files)
    for place, data in contents.items():
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def _plain(name: str) -> str:
    """A name that is safe as a folder's."""
    return re.sub(r"[^\w.-]+", " ", name).strip(" .")[:60].strip(" .") or UPLOADED


def _of_files(files: Sequence[Path]) -> dict[str, bytes]:
    if unknown := [file.name for file in files if file.name not in _PLACES]:
        raise DatasetError(
            f"{unknown[0]} is no part of a question set; name its files queries.jsonl, qrels.tsv and "
            "corpus.jsonl, or upload them as one .zip."
        )
    try:
        if sum(file.stat().st_size for file in files) > LARGEST:
            raise DatasetError(_LARGE)
        return {_PLACES[file.name]: file.read_bytes() for file in files}
    except OSError as error:
        raise DatasetError("The uploaded files are no longer there; upload them again.") from error


def _of_archive(path: Path) -> dict[str, bytes]:
    """The files of the one set in an archive, read without ever unpacking it by its own names."""
    try:
        with zipfile.ZipFile(path) as archive:
            base = _base(path.name, archive.namelist())
            members = {place: str(base / place) for place in _PLACES.values()}
            return _read(
                archive, {place: name for place, name in members.items() if name in archive.NameToInfo}
            )
    # A zip file that is broken, sealed, or packed in a way unknown here, each with an error of its own.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise DatasetError(
            f"{path.name} cannot be unpacked; upload a plain .zip without a password."
        ) from error


def _base(archive: str, names: Sequence[str]) -> PurePosixPath:
    """The folder of an archive in which its question set lies."""
    inside = (PurePosixPath(name) for name in names)
    bases = [each.parent for each in inside if each.name == _QUESTIONS and "__MACOSX" not in each.parts]
    if len(set(bases)) != 1:
        found = "several question sets" if bases else "no queries.jsonl"
        raise DatasetError(f"{archive} holds {found}; put the files of one question set into it.")
    return bases[0]


def _read(archive: zipfile.ZipFile, members: dict[str, str]) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    left = LARGEST
    for place, name in members.items():
        with archive.open(name) as member:
            # Read no more than may be: an archive's own word on its sizes cannot be trusted.
            contents[place] = member.read(left + 1)
        left -= len(contents[place])
        if left < 0:
            raise DatasetError(_LARGE)
    return contents
