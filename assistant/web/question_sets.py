"""Question sets: how many questions one has, and how an uploaded one is unpacked.

Each file of an upload is written to the one path that a question set has for it, never to a path from the
upload, so that no archive can write anywhere else.
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
# The path in a set's folder of a file of each name.
_PATHS = {
    _QUESTIONS: _QUESTIONS,
    "qrels.tsv": "qrels.tsv",
    "test.tsv": "qrels/test.tsv",
    "corpus.jsonl": "corpus.jsonl",
    "meta.json": "meta.json",
}
_LARGE = f"The question set is larger than {LARGEST // 1_000_000} MB; upload a smaller one."


def question_count(folder: Path) -> int:
    """Number of questions of a set: its lines that are not blank; 0 where the file cannot be read."""
    try:
        return sum(1 for line in (folder / _QUESTIONS).read_bytes().split(b"\n") if line.strip())
    except OSError:
        return 0


def unpacked(files: Sequence[Path], into: Path) -> Path:
    """An uploaded question set as a folder.

    Args:
        files: The uploaded files: one ``.zip``, or files with the names that a set's files have.
        into: An empty folder.

    Returns:
        A folder in ``into`` with the name of the set.

    Raises:
        DatasetError: If the files are not a question set, or too large.
    """
    archives = [file for file in files if file.suffix.lower() == ".zip"]
    if archives and len(files) > 1:
        raise DatasetError("Upload one .zip alone, or the files of the set without it.")
    folder = into / (_folder_name(archives[0].stem) if archives else UPLOADED)
    contents = _read_archive(archives[0]) if archives else _read_files(files)
    for path, data in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def _folder_name(name: str) -> str:
    """A safe name for a folder."""
    return re.sub(r"[^\w.-]+", " ", name).strip(" .")[:60].strip(" .") or UPLOADED


def _read_files(files: Sequence[Path]) -> dict[str, bytes]:
    if unknown := [file.name for file in files if file.name not in _PATHS]:
        raise DatasetError(
            f"{unknown[0]} is not part of a question set; name its files queries.jsonl, qrels.tsv and "
            "corpus.jsonl, or upload them as one .zip."
        )
    try:
        if sum(file.stat().st_size for file in files) > LARGEST:
            raise DatasetError(_LARGE)
        return {_PATHS[file.name]: file.read_bytes() for file in files}
    except OSError as error:
        raise DatasetError("The uploaded files are no longer there; upload them again.") from error


def _read_archive(path: Path) -> dict[str, bytes]:
    """The files of the one set in an archive, by their paths in a set's folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            base = _base(path.name, archive.namelist())
            members = {target: str(base / target) for target in _PATHS.values()}
            known = archive.NameToInfo
            return _read_members(archive, {target: name for target, name in members.items() if name in known})
    # A zip file that is broken, encrypted, or compressed in an unknown way, each with an error of its own.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise DatasetError(
            f"{path.name} cannot be unpacked; upload a plain .zip without a password."
        ) from error


def _base(archive: str, names: Sequence[str]) -> PurePosixPath:
    """The folder of an archive that contains its question set."""
    paths = (PurePosixPath(name) for name in names)
    bases = [path.parent for path in paths if path.name == _QUESTIONS and "__MACOSX" not in path.parts]
    if len(set(bases)) != 1:
        content = "several question sets" if bases else "no queries.jsonl"
        raise DatasetError(f"{archive} holds {content}; put the files of one question set into it.")
    return bases[0]


def _read_members(archive: zipfile.ZipFile, members: dict[str, str]) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    left = LARGEST
    for target, name in members.items():
        with archive.open(name) as member:
            # Read no more than is allowed: the sizes that an archive states cannot be trusted.
            contents[target] = member.read(left + 1)
        left -= len(contents[target])
        if left < 0:
            raise DatasetError(_LARGE)
    return contents
