"""Haystack with the same weights; see ``benchmarks/peers.py``."""

from __future__ import annotations

from pathlib import Path

from command import FOLDER, MODEL, passages, run
from haystack import Document
from haystack.components.embedders import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice

STORE = FOLDER / "haystack.json"


class Haystack:
    """One vector per passage in its in-memory store, which is saved to a file."""

    def make(self) -> None:
        """Build and save the store."""
        embedder = SentenceTransformersDocumentEmbedder(
            model=MODEL, device=ComponentDevice.from_str("cpu"), progress_bar=False
        )
        embedder.warm_up()
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        output = embedder.run([Document(content=text) for text in passages()])
        store.write_documents(output["documents"])
        store.save_to_disk(str(STORE))

    def load(self) -> None:
        """Load the store."""
        self._embedder = SentenceTransformersTextEmbedder(
            model=MODEL, device=ComponentDevice.from_str("cpu"), progress_bar=False
        )
        self._embedder.warm_up()
        store = InMemoryDocumentStore.load_from_disk(str(STORE))
        self._retriever = InMemoryEmbeddingRetriever(store, top_k=3)

    def ask(self, question: str) -> list[str]:
        """The three nearest passages."""
        vector = self._embedder.run(question)["embedding"]
        return [str(document.content) for document in self._retriever.run(vector)["documents"]]

    def size(self) -> list[Path]:
        """The file of the store."""
        return [STORE]


run(Haystack)
