"""Keeping a library's index in step with its essays and its model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import LibraryError
from assistant.retrieval.encoder import Encoder
from assistant.retrieval.index import MANIFEST, Build, Index, build_index, load_index, save_index
from assistant.storage import writing
from assistant.types import Progress, StoredEssay

if TYPE_CHECKING:
    from assistant.retrieval.sentence_reranker import Reranker

# Essays by id, each with the digest of its chunk file.
Stored = Mapping[str, tuple[str, StoredEssay]]


def no_step(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody follows."""


class IndexKeeper:
    """Builds and loads the index of one library.

    Args:
        root: The library's folder.
        load_encoder: Gives the model of a name, or the default one for ``None``.
        notify: Takes sentences for the user about what goes on.
    """

    def __init__(
        self, root: Path, load_encoder: Callable[[str | None], Encoder], notify: Callable[[str], None]
    ) -> None:
        self._root = root
        self._index = root / "index"
        self._load_encoder = load_encoder
        self._notify = notify
        self._encoders: dict[str | None, Encoder] = {}
        self._rerankers: dict[str, Reranker] = {}

    def build(self, stored: Stored, model: str | None, step: Progress) -> Build | None:
        """Build and write an index, not yet the current one; ``None`` if the current one is right."""
        old = load_index(self._index)
        encoder = self.encoder(model or (old.model.name if old else None))
        sources = {essay_id: stored[essay_id][0] for essay_id in sorted(stored)}
        if old is not None and dict(old.sources) == sources and old.model == encoder.info:
            return None
        passages = [passage for essay_id in sources for passage in stored[essay_id][1].passages]
        index = build_index(
            passages, sources, encoder, old=old, progress=lambda done, total: step("embedding", done, total)
        )
        step("writing", 0, 1)
        return save_index(index, self._index)

    def current(self, stored: Stored, sources: Mapping[str, str]) -> Index:
        """The index if it agrees with essays and model, else a new one."""
        index = load_index(self._index)
        if index is not None and dict(index.sources) == sources:
            if self.encoder(index.model.name).info == index.model:
                return index
            self._notify(f"The model {index.model.name} has changed; the index is made again.")
        elif not (self._index / MANIFEST).exists():
            self._notify("The index is made; this takes a moment.")
        elif index is None or not sources.items() <= index.sources.items():
            # Where essays were only removed, there is nothing to say: all vectors are there.
            self._notify("The index does not agree with the essays; it is made again.")
        with writing(self._root, self._notify):
            # Another program may have made it while this one waited; then there is nothing to build.
            if build := self.build(stored, None, no_step):
                try:
                    build.make_current()
                except BaseException:
                    build.discard()
                    raise
        made = load_index(self._index)
        if made is None:
            raise LibraryError(
                f"{self._index} cannot be used; delete it, it is made again with the next question."
            )
        return made

    def encoder(self, name: str | None) -> Encoder:
        """The model of a name, loaded once."""
        if name not in self._encoders:
            encoder = self._load_encoder(name)
            self._encoders[name] = self._encoders[encoder.info.name] = encoder
        return self._encoders[name]

    def reranker(self, name: str) -> Reranker:
        """The re-ranking model of a name, loaded once.

        Raises:
            ModelError: If there is no such model.
        """
        from assistant.retrieval.sentence_reranker import (  # noqa: PLC0415 - seconds to import
            SentenceTransformerReranker,
        )

        if name not in self._rerankers:
            self._rerankers[name] = SentenceTransformerReranker(name)
        return self._rerankers[name]
