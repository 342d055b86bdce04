"""The essays of a library as they lie on disk: their chunk files and their sources."""

from __future__ import annotations

import hashlib
from pathlib import Path

from assistant.chunking import store
from assistant.errors import LibraryError
from assistant.types import StoredEssay


class Shelf:
    """Reads essays, each again only when its file has changed.

    Args:
        root: The library's folder.
    """

    def __init__(self, root: Path) -> None:
        self._root, self._chunks = root, root / "data" / "chunks"
        self._stored: dict[str, tuple[tuple[int, int], str, StoredEssay]] = {}

    def ids(self) -> list[str]:
        """Ids of all essays, in alphabetical order."""
        return sorted(path.stem for path in self._chunks.glob("*.jsonl"))

    def load(self, essay_id: str) -> tuple[str, StoredEssay]:
        """One essay and the digest of its chunk file.

        Raises:
            LibraryError: If there is none of that id or its file is damaged.
        """
        path = self._chunks / f"{essay_id}.jsonl"
        # An id is a name in the folder and no way out of it.
        if Path(essay_id).name != essay_id or not path.exists():
            known = ", ".join(self.ids()) or "none"
            raise LibraryError(
                f"The library {self._root.resolve()} has no essay {essay_id!r}; it has: {known}."
            )
        state = path.stat()
        stamp = (state.st_mtime_ns, state.st_size)
        if essay_id not in self._stored or self._stored[essay_id][0] != stamp:
            essay = store.load(path)
            if essay.id != essay_id:
                raise LibraryError(f"{path} holds the essay {essay.id!r}; name it {essay.id}.jsonl again.")
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            self._stored[essay_id] = (stamp, digest, essay)
        return self._stored[essay_id][1:]

    def files(self, essay_id: str, chunks: str, source: str) -> dict[Path, str]:
        """What is written for an essay: its chunk file and its source, by their paths."""
        return {self._source(essay_id): source, self._chunks / f"{essay_id}.jsonl": chunks}

    def remove(self, essay_id: str) -> None:
        """Delete the files of an essay."""
        for path in (self._chunks / f"{essay_id}.jsonl", self._source(essay_id)):
            path.unlink(missing_ok=True)
        self._stored.pop(essay_id, None)

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
