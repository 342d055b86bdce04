"""The essays of a library on disk: the format of their files, and the store that reads and writes them.

A chunk file is JSON Lines: a header, then one passage a line.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.core.errors import DamagedEssayError, LibraryError
from assistant.core.essay import (
    STORED_ENDINGS,
    EssaySummary,
    IngestReport,
    NoteMark,
    PageStart,
    Passage,
    SourceMap,
    StoredEssay,
)
from assistant.library.files import Journal, replace_together
from assistant.library.originals import (
    Original,
    document_of,
    read_setting,
    read_stored_file,
    setting_digest,
)
from assistant.library.overrides import Overrides, load_overrides

if TYPE_CHECKING:
    from assistant.documents.document import Document
    from assistant.quotations.corpus import Corpus
    from assistant.retrieval.index.encoding import PassageEncodings

SCHEMA = 1
# From so many essays on, their stamps are kept for so many nanoseconds, in which a file that is edited in its
# place goes unnoticed; but not those of a folder that was changed within the last tick of the system's clock.
_MANY, _SCAN_LASTS, _TICK = 500, 2_000_000_000, 100_000_000
_CHUNKS, _OVERRIDES = ".jsonl", ".given.json"
_ADD_AGAIN = "add the essay again from its own file: assistant add FILE"

# When a chunk file was last changed, in nanoseconds, and its size.
FileStamp = tuple[int, int]
# The same, and when what the user stated about the essay was last changed; 0 if nothing was.
Stamp = tuple[int, int, int]
_Essays = Mapping[str, StoredEssay]
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class ChunkFile:
    """What a chunk file holds.

    Attributes:
        stamp: Stamp of the file when it was read.
        sha256: Digest of the file.
        essay: The essay.
    """

    stamp: FileStamp
    sha256: str
    essay: StoredEssay


def dump(essay: StoredEssay) -> str:
    """An essay as the text of its chunk file."""
    lines = [json.dumps(_line(passage), ensure_ascii=False) for passage in essay.passages]
    header = {
        "schema": SCHEMA,
        "essay": essay.id,
        "title": essay.report.title,
        "reference": dict(essay.reference),
        "source": {"name": essay.source_name, "sha256": essay.source_sha256, "reader": essay.reader},
        "passages": {"count": len(lines), "sha256": _digest(lines)},
        "report": {
            key: value for key, value in asdict(essay.report).items() if value or key != "guessed_ends"
        },
    }
    return "\n".join([json.dumps(header, ensure_ascii=False), *lines, ""])


def load(path: Path) -> StoredEssay:
    """Read the essay in a chunk file; errors as for ``read_chunk_file``."""
    return read_chunk_file(path).essay


def read_chunk_file(path: Path) -> ChunkFile:
    """Read a chunk file, ``data/chunks/ID.jsonl``.

    Raises:
        DamagedEssayError: If the file cannot be read, is of another version, was cut short, or its passages
            were changed: they would no longer be the essay's words.
    """
    try:
        with path.open("rb") as file:
            stamp, data = _stamp(os.fstat(file.fileno())), file.read()
        # A checkout on Windows may have changed the line ends.
        lines = data.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise DamagedEssayError(path, "is damaged") from error
    except OSError as error:
        cure = "give yourself the right to read it"
        raise DamagedEssayError(path, f"cannot be read ({error.strerror})", cure) from error
    try:
        header = json.loads(lines[0])
        if header["schema"] != SCHEMA:
            raise DamagedEssayError(path, f"is of version {header['schema']}, not {SCHEMA}")
        if lines[-1] != "" or header["passages"] != {"count": len(lines) - 2, "sha256": _digest(lines[1:-1])}:
            raise DamagedEssayError(path, "was cut short or changed by hand")
        essay = _essay(header, [json.loads(line) for line in lines[1:-1]])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise DamagedEssayError(path, "is damaged") from error
    return ChunkFile(stamp, hashlib.sha256(data).hexdigest(), essay)


def _stamp(status: os.stat_result) -> FileStamp:
    return status.st_mtime_ns, status.st_size


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _line(passage: Passage) -> dict[str, Any]:
    start, end = passage.source
    line: dict[str, Any] = {
        "id": passage.id,
        "ordinal": passage.ordinal,
        "kind": passage.kind,
        "section": passage.section,
        "text": passage.text,
        "sentences": [list(span) for span in passage.sentences],
        "pages": [{"label": page.label, "start": page.start} for page in passage.pages],
        "source": {"start": start, "end": end},
        "map": [list(run) for run in passage.source_map.runs],
        "continues": passage.continues,
        "notes": [{"mark": note.mark, "at": note.at, "passage": note.passage} for note in passage.notes],
    }
    if passage.introduced_by is not None:
        line["introduced_by"] = passage.introduced_by
    if passage.locator:
        line["locator"] = passage.locator
    if passage.emphasis:
        line["emphasis"] = [list(span) for span in passage.emphasis]
    return line


def _essay(header: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> StoredEssay:
    essay_id, source = header["essay"], header["source"]
    report = dict(header["report"])
    for key in ("hyphens_joined", "dropped", "guessed_ends"):
        report[key] = tuple(map(tuple, report.get(key, ())))
    for key in ("hyphens_kept", "warnings"):
        report[key] = tuple(report[key])
    return StoredEssay(
        essay_id,
        header["reference"],
        source["name"],
        source["sha256"],
        source["reader"],
        IngestReport(**report),
        tuple(_passage(essay_id, line) for line in lines),
    )


def _passage(essay_id: str, line: Mapping[str, Any]) -> Passage:
    return Passage(
        id=line["id"],
        essay_id=essay_id,
        ordinal=line["ordinal"],
        kind=line["kind"],
        section=line["section"],
        text=line["text"],
        sentences=tuple((start, end) for start, end in line["sentences"]),
        pages=tuple(PageStart(page["label"], page["start"]) for page in line["pages"]),
        source_map=SourceMap(tuple((start, source) for start, source in line["map"]), len(line["text"])),
        continues=line["continues"],
        introduced_by=line.get("introduced_by"),
        notes=tuple(NoteMark(note["mark"], note["at"], note["passage"]) for note in line["notes"]),
        emphasis=tuple((start, end) for start, end in line.get("emphasis", ())),
        locator=line.get("locator", ""),
    )


@dataclass(frozen=True, slots=True)
class PendingEssay:
    """An essay that is ready to be written to the library.

    Attributes:
        essay: The essay.
        chunks: Text of its chunk file.
        source: Text of its source.
        overrides: What the user stated about it.
        original: Its file and how that is set, or ``None``: what is stored of a file stays.
        encodings: A folder with encodings of its windows, or ``None``.
        encoded: Encodings of its passages that were computed elsewhere, or ``None``.
    """

    essay: StoredEssay
    chunks: str
    source: str
    overrides: Overrides
    original: Original | None = None
    encodings: Path | None = None
    encoded: PassageEncodings | None = None


@dataclass(frozen=True, slots=True)
class _Scan:
    """A scan of the folder.

    Attributes:
        stamps: What was found.
        folder_time: When the folder was last changed, in nanoseconds.
        time: When it was scanned.
    """

    stamps: dict[str, Stamp]
    folder_time: int
    time: int

    def is_valid(self, folder: Path) -> bool:
        """Whether the stamps may still be used."""
        return time.time_ns() - self.time < _SCAN_LASTS and _changed(folder) == self.folder_time


def _changed(folder: Path) -> int:
    """When files of a folder were last added, removed or replaced, in nanoseconds; 0 if it is not there."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


class EssayStore:
    """The files of essays in ``data/chunks/``: ``ID.jsonl``, ``ID.source.txt`` and ``ID.given.json``.

    An essay that is not in plain text has ``ID.setting.json`` and its file, such as ``ID.pdf``, too.

    It remembers nothing but the stamps of many essays; ``Snapshot`` keeps what has been read.

    Args:
        root: The library's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folder = root / "data" / "chunks"
        self.journal = Journal(self._folder)
        self._scanned: _Scan | None = None

    def stamps(self) -> dict[str, Stamp]:
        """The stamp of every essay by id, in alphabetical order; the only scan of the folder.

        Of many essays the same stamps are returned for some time, as long as no file of the folder is added,
        removed or replaced: every change that this program makes replaces files.

        Raises:
            LibraryError: If the folder cannot be read.
        """
        last = self._scanned
        if last is not None and last.is_valid(self._folder):
            return last.stamps
        scan_time, folder_time = time.time_ns(), _changed(self._folder)
        chunks: dict[str, FileStamp] = {}
        stated: dict[str, int] = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    # Another program may have removed it since.
                    with suppress(FileNotFoundError):
                        if entry.name.endswith(_CHUNKS):
                            chunks[entry.name.removesuffix(_CHUNKS)] = _stamp(entry.stat())
                        elif entry.name.endswith(_OVERRIDES):
                            stated[entry.name.removesuffix(_OVERRIDES)] = entry.stat().st_mtime_ns
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise LibraryError(
                f"{self._folder} cannot be read ({error.strerror}); give yourself the right to read it."
            ) from error
        stamps = {essay_id: (*chunks[essay_id], stated.get(essay_id, 0)) for essay_id in sorted(chunks)}
        is_kept = len(stamps) >= _MANY and scan_time - folder_time > _TICK
        self._scanned = _Scan(stamps, folder_time, scan_time) if is_kept else None
        return stamps

    def summaries(self, stamps: Mapping[str, Stamp]) -> Mapping[str, EssaySummary]:
        """None: a folder's summaries are made of its essays, and kept by ``Snapshot``."""
        del stamps
        return {}

    def corpus(self, essays: _Essays, digests: Mapping[str, str], *, is_whole: bool) -> Corpus:
        """Some essays prepared for quotations, all of which are read here; see ``EssayFiles.corpus``."""
        from assistant.quotations.essays import corpus_of

        del is_whole
        return corpus_of(essays, digests)

    def of_each(
        self, essays: _Essays, digests: Mapping[str, str], make: Callable[[StoredEssay], _Made]
    ) -> dict[str, _Made]:
        """What a function makes of each of some essays, by id; see ``EssayFiles.of_each``."""
        return {essay_id: make(essays[essay_id]) for essay_id in digests}

    def load(self, essay_id: str) -> ChunkFile:
        """Read an essay.

        Raises:
            DamagedEssayError: If its chunk file cannot be read, is damaged, or is that of another essay.
        """
        path = self.path(essay_id)
        chunk_file = read_chunk_file(path)
        if chunk_file.essay.id != essay_id:
            held = chunk_file.essay.id
            raise DamagedEssayError(path, f"holds the essay {held!r}", f"name it {held}.jsonl again")
        return chunk_file

    def is_readable(self, essay_id: str) -> bool:
        """Whether an essay's chunk file can be opened."""
        try:
            self.path(essay_id).open("rb").close()
        except OSError:
            return False
        return True

    def overrides(self, essay_id: str) -> Overrides:
        """What the user stated about an essay; for a new essay only that it is added now."""
        return load_overrides(self._overrides(essay_id), self.path(essay_id))

    def source_text(self, essay: StoredEssay) -> str:
        """The decoded source of an essay of the library; errors as for ``read_source``."""
        return read_source(self._source(essay.id), essay, self.overrides(essay.id))

    def store_digest(self, essay: StoredEssay) -> None:
        """Store the digest of an essay's source; errors as for ``read_source``, or those of the disk."""
        text, overrides = self.source_text(essay), self.overrides(essay.id)
        setting = read_setting(self._setting(essay.id), essay, text, "") if self.has_original(essay) else ""
        overrides = replace(
            overrides,
            text_sha256=text_digest(text),
            setting_sha256=setting_digest(setting) if setting else "",
        )
        self.store_overrides(essay.id, overrides)

    def store_overrides(self, essay_id: str, overrides: Overrides) -> None:
        """Replace what the user stated about an essay, and nothing else.

        Raises:
            OSError: If it cannot be written.
        """
        replace_together({self._overrides(essay_id): overrides.dump()}, lambda: None)

    def path(self, essay_id: str) -> Path:
        """The chunk file of an essay."""
        return self._folder / f"{essay_id}{_CHUNKS}"

    def paths(self, essay_id: str) -> tuple[Path, Path, Path, Path]:
        """The chunk file, source, setting and overrides of an essay; only the first must exist."""
        return self.path(essay_id), self._source(essay_id), self._setting(essay_id), self._overrides(essay_id)

    def stored_files(self, essay_id: str) -> list[Path]:
        """Where the file that an essay was read from may be stored, for each format."""
        return [self._folder / f"{essay_id}{ending}" for ending in STORED_ENDINGS.values()]

    def stored_file(self, essay: StoredEssay) -> Path:
        """Where the file that an essay was read from is stored."""
        return self._folder / f"{essay.id}{essay.stored_ending}"

    def files(self, pending: PendingEssay) -> dict[Path, str | bytes | None]:
        """What to write for an essay, by path, in the order of writing; ``None`` for files to delete."""
        essay_id, original = pending.essay.id, pending.original
        chunks, source, setting, overrides = self.paths(essay_id)
        stated = replace(pending.overrides, text_sha256=text_digest(pending.source))
        files: dict[Path, str | bytes | None] = {}
        if original is not None:
            file = self.stored_file(pending.essay)
            stated = replace(stated, setting_sha256=setting_digest(original.setting))
            others = [path for path in self.stored_files(essay_id) if path != file and path.exists()]
            files = {setting: original.setting, file: original.data, **dict.fromkeys(others)}
        elif not pending.essay.stored_ending:
            stated = replace(stated, setting_sha256="")
            stored = [setting, *self.stored_files(essay_id)]
            files = {path: None for path in stored if path.exists()}
        return {overrides: stated.dump(), source: pending.source, **files, chunks: pending.chunks}

    def has_original(self, essay: StoredEssay) -> bool:
        """Whether the file of an essay is stored, or its setting."""
        paths = self._setting(essay.id), self.stored_file(essay)
        return bool(essay.stored_ending) and any(map(Path.exists, paths))

    def document(self, essay: StoredEssay) -> Document:
        """An essay's file as it was read when it was added; no file is read again.

        Raises:
            DamagedEssayError: If the source or the setting is missing, damaged or changed.
        """
        text = self.source_text(essay)
        setting = None
        if essay.stored_ending:
            digest = self.overrides(essay.id).setting_sha256
            setting = read_setting(self._setting(essay.id), essay, text, digest)
        return document_of(essay, text, setting)

    def file(self, essay: StoredEssay) -> bytes:
        """The file that an essay was read from; errors as for ``read_stored_file``."""
        return read_stored_file(self.stored_file(essay), essay)

    def check(self, essay: StoredEssay) -> None:
        """Check all stored files of an essay.

        Raises:
            DamagedEssayError: If one is missing, damaged or changed.
        """
        if essay.stored_ending:
            self.document(essay)
            self.file(essay)
        else:
            self.source_text(essay)

    def remove(self, essay_id: str) -> None:
        """Delete the files of an essay, first the one without which it is no longer in the library."""
        chunks, *others = self.paths(essay_id)
        for path in (chunks, *self.stored_files(essay_id), *others):
            path.unlink(missing_ok=True)

    def orphans(self) -> list[str]:
        """Ids of which there is a source, a stored file or a statement of the user, but no passages."""
        endings = (".source.txt", ".setting.json", _OVERRIDES, *STORED_ENDINGS.values())
        found = {
            path.name.removesuffix(ending)
            for ending in endings
            for path in self._folder.glob(f"*{ending}")
            if not path.name.startswith(".")
        }
        return sorted(found - self.stamps().keys())

    def _overrides(self, essay_id: str) -> Path:
        return self._folder / f"{essay_id}{_OVERRIDES}"

    def _source(self, essay_id: str) -> Path:
        return self._folder / f"{essay_id}.source.txt"

    def _setting(self, essay_id: str) -> Path:
        return self._folder / f"{essay_id}.setting.json"


def read_source(path: Path, essay: StoredEssay, overrides: Overrides) -> str:
    """Read the saved source of an essay, and check that its words are those that were stored.

    Args:
        path: Its file.
        essay: The essay. A source without a digest must agree with its passages.
        overrides: Those of the essay, with the digest of its source.

    Raises:
        DamagedEssayError: If the source is missing, damaged or changed.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedEssayError(path, "cannot be read", _ADD_AGAIN) from error
    digest = overrides.text_sha256
    if text_digest(text) != digest if digest else not _agrees(text, essay):
        raise DamagedEssayError(path, "was changed after the essay was added", _ADD_AGAIN)
    return text


def text_digest(text: str) -> str:
    """sha256 of a source as it is stored."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _agrees(source: str, essay: StoredEssay) -> bool:
    """Whether an essay's passages have the words that its source has where they were taken from."""
    if len(source) != essay.report.characters:
        return False
    for passage in essay.passages:
        runs = passage.source_map.runs
        for (start, offset), (end, _) in pairwise((*runs, (len(passage.text), 0))):
            text, printed = passage.text[start:end], source[offset : offset + end - start]
            if text != printed and not all(map(_same_letter, text, printed)):
                return False
    return True


def _same_letter(letter: str, printed: str) -> bool:
    """Whether a letter of a passage is the printed one, a part of a printed ligature, or white space."""
    return (letter.isspace() and printed.isspace()) or letter in unicodedata.normalize("NFKC", printed)
