"""The script that one would write with sentence-transformers and FAISS; see ``benchmarks/peers.py``."""

from __future__ import annotations

from pathlib import Path

import faiss
from command import FOLDER, MODEL, passages, run
from sentence_transformers import SentenceTransformer

INDEX = str(FOLDER / "plain.faiss")


class Plain:
    """One vector per passage, all compared."""

    def __init__(self) -> None:
        self._model = SentenceTransformer(MODEL, device="cpu")

    def make(self) -> None:
        """Build and save the index."""
        vectors = self._model.encode(passages(), normalize_embeddings=True, show_progress_bar=False)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, INDEX)

    def load(self) -> None:
        """Load the index."""
        self._texts, self._index = passages(), faiss.read_index(INDEX)

    def ask(self, question: str) -> list[str]:
        """The three nearest passages."""
        vectors = self._model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        return [self._texts[row] for row in self._index.search(vectors, 3)[1][0]]

    def size(self) -> list[Path]:
        """The files of index and passages."""
        return [Path(INDEX), FOLDER / "passages"]


run(Plain)
