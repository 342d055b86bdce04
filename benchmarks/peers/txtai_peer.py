"""txtai with the same weights; see ``benchmarks/peers.py``."""

from __future__ import annotations

from pathlib import Path

from command import FOLDER, MODEL, passages, run
from txtai import Embeddings

INDEX = FOLDER / "txtai"


class Txtai:
    """One vector per passage, stored with the passages."""

    def __init__(self) -> None:
        self._embeddings = Embeddings(path=MODEL, content=True, gpu=False)

    def make(self) -> None:
        """Build and save the index."""
        self._embeddings.index(passages())
        self._embeddings.save(str(INDEX))

    def load(self) -> None:
        """Load the index."""
        self._embeddings.load(str(INDEX))

    def ask(self, question: str) -> list[str]:
        """The three nearest passages."""
        return [found["text"] for found in self._embeddings.search(question, 3)]

    def size(self) -> list[Path]:
        """The files of the index."""
        return list(INDEX.rglob("*"))


run(Txtai)
