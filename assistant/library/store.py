"""The essays of a library as they lie on disk: their chunk files and their sources.

Passages on disk: one JSON Lines file an essay, a header first, then a passage a line.

What a question needs to know of every essay, kept so that only the essays found need be read.

What a user gave of an essay by hand, kept beside its passages: reading its file anew cannot lose it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.core.errors import LibraryError
from assistant.core.essay import (
    CSLItem,
    EssaySummary,
    IngestReport,
    NoteMark,
    PageStart,
    Passage,
    SourceMap,
    StoredEssay,
)

SCHEMA = 1


def dump(essay: StoredEssay) -> str:
    """The file of an essay, as text."""
    lines = [json.dumps(_line(passage), ensure_ascii=False) for passage in essay.passages]
    header = {
        "schema": SCHEMA,
        "essay": essay.id,
        "title": essay.report.title,
        "reference": dict(essay.reference),
        "source": {"name": essay.source_name, "sha256": essay.source_sha256, "reader": essay.reader},
        "passages": {"count": len(lines), "sha256": _digest(lines)},
        "report": asdict(essay.report),
    }
    return "\n".join([json.dumps(header, ensure_ascii=False), *lines, ""])


def load(path: Path) -> StoredEssay:
    """Read an essay's file.

    Args:
        path: ``data/chunks/ID.jsonl``.

    Returns:
        The essay.

    Raises:
        LibraryError: If the file is of another version, cut short, or its passages were changed: they
            would no longer be the essay's words.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise _damaged(path, "is damaged") from error
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be read ({error.strerror}); give yourself the right to read it."
        ) from error
    try:
        header = json.loads(lines[0])
        if header["schema"] != SCHEMA:
            raise _damaged(path, f"is of version {header['schema']}, not {SCHEMA}")
        if lines[-1] != "" or header["passages"] != {"count": len(lines) - 2, "sha256": _digest(lines[1:-1])}:
            raise _damaged(path, "was cut short or changed by hand")
        return _essay(header, [json.loads(line) for line in lines[1:-1]])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise _damaged(path, "is damaged") from error


def _damaged(path: Path, fault: str) -> LibraryError:
    return LibraryError(
        f"{path} {fault}; add the essay again from its own file "
        f"(assistant remove {path.stem}, then assistant add)."
    )


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
    return line


def _essay(header: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> StoredEssay:
    essay_id, source = header["essay"], header["source"]
    report = dict(header["report"])
    for key in ("hyphens_joined", "dropped"):
        report[key] = tuple(tuple(one) for one in report[key])
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
        source_map=SourceMap(tuple((at, offset) for at, offset in line["map"]), len(line["text"])),
        continues=line["continues"],
        introduced_by=line.get("introduced_by"),
        notes=tuple(NoteMark(note["mark"], note["at"], note["passage"]) for note in line["notes"]),
    )


_NAME = "catalogue.json"
# When a file was changed last, in nanoseconds, and its size.
Stamp = tuple[int, int]


class Catalogue:
    """What is known of the essays of a library, in a file of its ``index/``.

    An essay whose file has the stamp that it had is not read again. The file is a convenience: damaged or
    lost it is made again.

    Args:
        folder: The library's ``index/``.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME
        self._known: dict[str, tuple[Stamp, EssaySummary]] | None = None

    def read(
        self, stamps: Mapping[str, Stamp], read: Callable[[str], EssaySummary]
    ) -> dict[str, EssaySummary]:
        """What is known of some essays, which are all there are.

        Args:
            stamps: Stamp of each essay's chunk file, by id.
            read: Reads an essay whose file has changed.
        """
        # Another thread may read at the same time, and leave an essay out.
        last = self._loaded() if self._known is None else self._known
        known = {
            essay: found
            for essay, stamp in stamps.items()
            if (found := last.get(essay)) is not None and found[0] == stamp
        }
        if len(known) < len(stamps) or len(known) < len(last):
            known |= {essay: (stamps[essay], read(essay)) for essay in stamps.keys() - known.keys()}
            last = {essay: known[essay] for essay in stamps}
            self._save(last)
        self._known = last
        return {essay: about for essay, (_, about) in last.items()}

    def _loaded(self) -> dict[str, tuple[Stamp, EssaySummary]]:
        try:
            digest, _, text = self._path.read_text("utf-8").partition("\n")
            if digest != _file_digest(text):
                return {}
            return {
                essay: ((stamp[0], stamp[1]), EssaySummary(**(said | {"sections": tuple(said["sections"])})))
                for essay, (stamp, said) in json.loads(text).items()
            }
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            return {}

    def _save(self, known: Mapping[str, tuple[Stamp, EssaySummary]]) -> None:
        made = {essay: [stamp, asdict(about)] for essay, (stamp, about) in known.items()}
        text = json.dumps(made, ensure_ascii=False)
        # Who may only read a library asks it all the same. Half a file tells itself by its digest.
        with suppress(OSError), self._path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(f"{_file_digest(text)}\n{text}")


def _file_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Overrides:
    """What was given of an essay besides its file.

    Attributes:
        added: When it was added, as ISO 8601 writes it, in UTC and to the second.
        reference: The record that the user gave; ``None`` where it was recognised or made of the title page.
        first_page: Number of the first page as the user gave it, or the empty string.
    """

    added: str
    reference: CSLItem | None = None
    first_page: str = ""

    def updated(self, reference: CSLItem | None, first_page: str | None) -> Overrides:
        """What is given from now on: what is new, and what was given before where nothing is.

        Args:
            reference: A new record, or ``None``.
            first_page: A new first page, the empty string to have it found again, or ``None``.
        """
        return replace(
            self,
            reference=self.reference if reference is None else reference,
            first_page=self.first_page if first_page is None else first_page,
        )

    def dumped(self) -> str:
        """The file of it, as text."""
        made: dict[str, Any] = {"added": self.added}
        if self.reference is not None:
            made["reference"] = dict(self.reference)
        if self.first_page:
            made["first_page"] = self.first_page
        return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def moment(seconds: float | None = None) -> str:
    """A moment as ISO 8601 writes it, in UTC and to the second.

    Args:
        seconds: Seconds since 1970; now if ``None``.
    """
    at = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def load_given(path: Path) -> Overrides | None:
    """What a file says was given; ``None`` if there is none or it is damaged.

    The passages' own file holds the record as well, so that a damaged one loses nothing that is shown.
    """
    try:
        said = json.loads(path.read_text("utf-8"))
        reference, first_page = said.get("reference"), said.get("first_page", "")
        whole = isinstance(reference, dict | None) and isinstance(first_page, str)
        datetime.fromisoformat(said["added"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Overrides(said["added"], reference, first_page) if whole else None


class EssayStore:
    """Reads essays, each again only when its file has changed.

    Args:
        root: The library's folder.
    """

    def __init__(self, root: Path) -> None:
        self._root, self._chunks = root, root / "data" / "chunks"
        self._stored: dict[str, tuple[Stamp, str, StoredEssay]] = {}
        self._catalogue = Catalogue(root / "index")

    def ids(self) -> list[str]:
        """Ids of all essays, in alphabetical order."""
        return sorted(path.stem for path in self._chunks.glob("*.jsonl"))

    def load(self, essay_id: str) -> tuple[str, StoredEssay]:
        """One essay and the digest of its chunk file.

        Raises:
            LibraryError: If there is none of that id or its file is damaged.
        """
        path, stamp = self._stamped(essay_id)
        if essay_id not in self._stored or self._stored[essay_id][0] != stamp:
            essay = load(path)
            if essay.id != essay_id:
                raise LibraryError(f"{path} holds the essay {essay.id!r}; name it {essay.id}.jsonl again.")
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            self._stored[essay_id] = (stamp, digest, essay)
        return self._stored[essay_id][1:]

    def summaries(self, *, but: str = "") -> dict[str, EssaySummary]:
        """What is known of every essay, by id; only files that have changed are read.

        Args:
            but: Id of an essay to leave out.

        Raises:
            LibraryError: If a chunk file that has changed is damaged.
        """
        return self._catalogue.read(
            {essay_id: self._stamped(essay_id)[1] for essay_id in self.ids() if essay_id != but}, self._about
        )

    def _about(self, essay_id: str) -> EssaySummary:
        digest, essay = self.load(essay_id)
        return EssaySummary.of(essay, digest, self.given(essay_id).added)

    def _stamped(self, essay_id: str) -> tuple[Path, Stamp]:
        """The chunk file of an essay, and what tells that it has changed."""
        path = self._chunks / f"{essay_id}.jsonl"
        # An id is a name in the folder and no way out of it.
        if Path(essay_id).name != essay_id or not path.exists():
            known = ", ".join(self.ids()) or "none"
            raise LibraryError(
                f"The library {self._root.resolve()} has no essay {essay_id!r}; it has: {known}."
            )
        state = path.stat()
        return path, (state.st_mtime_ns, state.st_size)

    def given(self, essay_id: str) -> Overrides:
        """What the user gave of an essay; of one that is not there yet nothing but that it is added now.

        An essay of a library that did not keep this was added when its chunk file was written.
        """
        path = self._chunks / f"{essay_id}.jsonl"
        if not path.exists():
            return Overrides(moment())
        return load_given(self._given(essay_id)) or Overrides(moment(path.stat().st_mtime))

    def files(self, essay_id: str, chunks: str, source: str, given: Overrides) -> dict[Path, str]:
        """What is written for an essay, by its paths: what was given, its source and its chunk file."""
        return {
            self._given(essay_id): given.dumped(),
            self._source(essay_id): source,
            self._chunks / f"{essay_id}.jsonl": chunks,
        }

    def paths(self, essay_id: str) -> list[Path]:
        """Where the files of an essay are, its chunk file first; not all of them need be there."""
        return [self._chunks / f"{essay_id}.jsonl", self._source(essay_id), self._given(essay_id)]

    def remove(self, essay_id: str) -> None:
        """Delete the files of an essay."""
        for path in self.paths(essay_id):
            path.unlink(missing_ok=True)
        self._stored.pop(essay_id, None)

    def _given(self, essay_id: str) -> Path:
        return self._chunks / f"{essay_id}.given.json"

    def _source(self, essay_id: str) -> Path:
        return self._chunks / f"{essay_id}.source.txt"

    def source_text(self, essay_id: str) -> str:
        """The decoded source of an essay.

        Raises:
            LibraryError: If there is no such essay or its source is not kept.
        """
        self.load(essay_id)
        path = self._source(essay_id)
        try:
            return path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise LibraryError(
                f"{path} cannot be read; add the essay once more from its own file."
            ) from error


class Snapshot(Mapping[str, StoredEssay]):
    """The essays of a shelf as they are known, each read when it is asked for.

    Args:
        shelf: The shelf.
        abouts: What is known of each, by id.
        more: Essays that are not on the shelf yet.
    """

    def __init__(self, shelf: EssayStore, abouts: Mapping[str, EssaySummary], *more: StoredEssay) -> None:
        self._shelf, self._abouts = shelf, abouts
        self._read = {essay.id: essay for essay in more}

    def __len__(self) -> int:
        return len(self._abouts.keys() | self._read.keys())

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._abouts, *self._read)))

    def __getitem__(self, essay_id: str) -> StoredEssay:
        if essay_id not in self._read:
            digest, essay = self._shelf.load(essay_id)
            if digest != self._abouts[essay_id].sha256:
                raise LibraryError(f"The essay {essay_id!r} was changed while it was asked; ask again.")
            self._read[essay_id] = essay
        return self._read[essay_id]
