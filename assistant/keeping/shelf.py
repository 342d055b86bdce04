"""The essays of a library as they lie on disk: their chunk files and their sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from assistant.chunking import store
from assistant.errors import LibraryError
from assistant.keeping.catalogue import About, Catalogue, Stamp
from assistant.keeping.given import Given, load_given, moment
from assistant.types import StoredEssay


class Shelf:
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
            essay = store.load(path)
            if essay.id != essay_id:
                raise LibraryError(f"{path} holds the essay {essay.id!r}; name it {essay.id}.jsonl again.")
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            self._stored[essay_id] = (stamp, digest, essay)
        return self._stored[essay_id][1:]

    def abouts(self, *, but: str = "") -> dict[str, About]:
        """What is known of every essay, by id; only files that have changed are read.

        Args:
            but: Id of an essay to leave out.

        Raises:
            LibraryError: If a chunk file that has changed is damaged.
        """
        return self._catalogue.read(
            {essay_id: self._stamped(essay_id)[1] for essay_id in self.ids() if essay_id != but}, self._about
        )

    def _about(self, essay_id: str) -> About:
        digest, essay = self.load(essay_id)
        return About.of(essay, digest, self.given(essay_id).added)

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

    def given(self, essay_id: str) -> Given:
        """What the user gave of an essay; of one that is not there yet nothing but that it is added now.

        An essay of a library that did not keep this was added when its chunk file was written.
        """
        path = self._chunks / f"{essay_id}.jsonl"
        if not path.exists():
            return Given(moment())
        return load_given(self._given(essay_id)) or Given(moment(path.stat().st_mtime))

    def files(self, essay_id: str, chunks: str, source: str, given: Given) -> dict[Path, str]:
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

    def __init__(self, shelf: Shelf, abouts: Mapping[str, About], *more: StoredEssay) -> None:
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
