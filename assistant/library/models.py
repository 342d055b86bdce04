"""The models with which the index of a library is made and asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from assistant.core.essay import Progress, StoredEssay

if TYPE_CHECKING:
    from assistant.retrieval.finder import Finder
    from assistant.retrieval.models.cross_encoder import ReadingModel
    from assistant.retrieval.models.encoder import Encoder
    from assistant.retrieval.models.sentence_transformers import Reranker


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """Ignore progress."""


class OutdatedError(Exception):
    """The essays have changed since their snapshot was taken."""


class Models:
    """The models of a library, each loaded once.

    Args:
        load_encoder: Loads the embedding model of a name, or the default one for ``None``.
        reading_model: Reads questions and excerpts together; ``None`` to do without.
    """

    def __init__(
        self, load_encoder: Callable[[str | None], Encoder], reading_model: ReadingModel | None
    ) -> None:
        self.reading_model = reading_model
        self._load_encoder = load_encoder
        self._encoders: dict[str | None, Encoder] = {}
        self._rerankers: dict[str, Reranker] = {}
        self._lock = threading.Lock()

    def encoder(self, name: str | None) -> Encoder:
        """The embedding model of a name, or the default one for ``None``."""
        with self._lock:
            if name not in self._encoders:
                encoder = self._load_encoder(name)
                self._encoders[name] = self._encoders[encoder.info.name] = encoder
            return self._encoders[name]

    def reranker(self, name: str) -> Reranker:
        """The re-ranking model of a name.

        Raises:
            ModelError: If there is no such model.
        """
        from assistant.retrieval.models.sentence_transformers import SentenceTransformerReranker

        with self._lock:
            if name not in self._rerankers:
                self._rerankers[name] = SentenceTransformerReranker(name)
            return self._rerankers[name]

    def warm(self, encoder: Encoder) -> None:
        """Run an embedding model and the reading model once, so that the first question need not wait."""
        encoder.encode(["?", "?"], query=True)
        if self.reading_model is not None:
            self.reading_model.read("?", ["."])

    def finder_of(self, essays: Sequence[StoredEssay], progress: Progress) -> Finder:
        """A finder of essays that are in no library."""
        from assistant.retrieval.finder import Finder
        from assistant.retrieval.index.index import build_index

        encoder = self.encoder(None)
        passages = [passage for essay in essays for passage in essay.passages]
        index = build_index(passages, {}, encoder, progress=partial(progress, "embedding"))
        return Finder(index, encoder, {essay.id: essay for essay in essays}, self.reading_model)
