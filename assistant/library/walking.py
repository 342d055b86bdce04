"""The files of essays that are to be added, and those that paths, folders and patterns name."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.citations.references import load_references
from assistant.core.essay import CSLItem
from assistant.core.selection import LabelChanges
from assistant.library.records import stated_record

# Folders and files that programs write and that are no essays.
_NO_FOLDERS = frozenset({"__macosx", "__pycache__", "node_modules", "site-packages", "$recycle.bin"})
_NO_STEMS = frozenset(
    "readme license licence copying changelog changes authors contributing notice requirements".split()
)
_UNFINISHED = ("~$", "._")
# Folders in which browsers save the parts of a page.
_PARTS_OF_PAGES = ("_files", ".files", "-Dateien", "_fichiers")
# An essay in several formats is read in this order, so that the one with pages comes first.
_ORDER = (".pdf", ".epub", ".docx", ".odt", ".html", ".htm", ".md", ".tex", ".txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToAdd:
    """A file, and what is stated about the essay in it.

    Attributes:
        path: The file.
        reference: Its record, or the file of one.
        first_page: Number of its first page.
        essay_id: The id that it shall have.
        replaces: Id of the essay of which this is known to be the new version.
        labels: Tags and collections that it gets.
        facts: Further fields to store with what the user stated, such as ids of another program.
    """

    path: Path
    reference: CSLItem | Path | None = None
    first_page: str | None = None
    essay_id: str | None = None
    replaces: str | None = None
    labels: LabelChanges = field(default_factory=LabelChanges)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def states_record(self) -> bool:
        """Whether anything is stated that takes reading the essay again."""
        return self.reference is not None or self.first_page is not None or self.essay_id is not None

    def record(self, text: str) -> CSLItem | None:
        """The record that is stated for the essay in it, whose text is given; errors as for its file."""
        if isinstance(self.reference, Path):
            return load_references(self.reference)[0]
        return stated_record(self.reference, text)


@dataclass(frozen=True, slots=True)
class WantedFiles:
    """Which files of many must be read, and how.

    Attributes:
        is_wanted: Whether a file must be read, by its digest.
        known: All known records.
        ocr_language: Language in which a scan is recognised; empty for not.
        model: Embedding model for the whole library; otherwise the one it has.
    """

    is_wanted: Callable[[FileToAdd, str], bool]
    known: Sequence[CSLItem]
    ocr_language: str
    model: str | None


def files_to_add(files: Iterable[Path | FileToAdd], root: Path, labels: LabelChanges) -> Iterator[FileToAdd]:
    """The files that paths, folders and patterns name, with labels; those that are described as they are."""
    for file in files:
        if isinstance(file, FileToAdd):
            yield file
        else:
            yield from (FileToAdd(path=path, labels=labels) for path in essay_files([file], root))


def essay_files(paths: Iterable[Path], root: Path) -> Iterator[Path]:
    """The files that paths name, each once: files as they are, those of folders, those of patterns.

    Args:
        paths: Files, folders and patterns such as ``notes/**/*.pdf``. What is named as a file is given even
            if it does not exist or has an unknown ending; a folder in which there is none is given itself.
        root: The library, whose own files are left out.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _files(path, root):
            if (key := Path(os.path.abspath(file))) not in seen:  # noqa: PTH100 - links are not followed
                seen.add(key)
                yield file


def is_essay_file(path: Path) -> bool:
    """Whether a file of a folder may be an essay, by its name."""
    from assistant.documents.reading import ESSAY_PARSERS

    name = path.name
    return (
        not name.startswith((".", *_UNFINISHED))
        and bool(path.suffix)
        and path.suffix.lower() in ESSAY_PARSERS
        and path.stem.lower() not in _NO_STEMS
    )


def is_left_out(folder: Path, root: Path) -> bool:
    """Whether a folder is hidden, of a program, or one of the library's own."""
    if folder.name.startswith(".") or folder.name.lower() in _NO_FOLDERS:
        return True
    if folder.name.endswith(_PARTS_OF_PAGES):
        return True
    own = (root / "data" / "chunks", root / "index", root / "removed")
    return any(same_path(folder, path) for path in own)


def same_path(first: Path, second: Path) -> bool:
    """Whether two paths lead to the same place, which need not exist."""
    return os.path.realpath(first) == os.path.realpath(second)


def _files(path: Path, root: Path) -> Iterator[Path]:
    if path.is_dir():
        found = list(_files_in(path, root))
        yield from found or [path]
    elif not os.path.lexists(path) and glob.has_magic(str(path)):
        matches = map(Path, glob.glob(str(path), recursive=True))  # noqa: PTH207 - absolute patterns too
        found = [match for match in matches if match.is_file() and not match.name.startswith(_UNFINISHED)]
        yield from sorted(found) or [path]
    else:
        yield path


def _files_in(folder: Path, root: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not is_left_out(here / name, root))
        yield from sorted((here / name for name in names if is_essay_file(here / name)), key=_rank)


def _rank(path: Path) -> tuple[str, int, str]:
    suffix = path.suffix.lower()
    return path.stem, _ORDER.index(suffix) if suffix in _ORDER else len(_ORDER), path.name
