"""The default model on ONNX Runtime: the vectors that sentence-transformers gives, in a tenth of its time.

``training/graphs.py`` makes the graph; the tests hold both ways of running the model against each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.retrieval.encoder import (
    DEFAULT_DIGEST,
    DEFAULT_MODEL,
    Encoded,
    ModelInfo,
    Piece,
    check_default,
    default_folder,
    unit,
)
from assistant.retrieval.onnx_runtime import Graph, pieces_of

GRAPH = Path(__file__).with_name("minilm.onnx")
_INFO = ModelInfo(DEFAULT_MODEL, DEFAULT_DIGEST, dimension=384, max_tokens=254)
# Windows in one run: more wait for each other's memory, fewer for each other's threads.
_BATCH = 8
_MOST_THREADS = 8
# From this question on it is asked with weights laid out for the processor.
_OFTEN = 2


class OnnxEncoder:
    """all-MiniLM-L6-v2 on the CPU, without PyTorch.

    Raises:
        ModelError: If its package is missing or holds other weights.
        Exception: One of ONNX Runtime's or tokenizers' many, if they cannot run the model.
    """

    def __init__(self) -> None:
        self._folder = default_folder()
        check_default(self._folder, whole=False)
        self._pieces = pieces_of(self._folder)
        # One short question is over before a second thread has begun, or weights have been copied.
        self._asking = Graph(GRAPH, self._folder, threads=1, packed=False)
        self._asked = 0
        self._building: Graph | None = None

    @property
    def info(self) -> ModelInfo:
        """What identifies the model."""
        return _INFO

    def pieces(self, text: str) -> list[Piece]:
        """All word pieces of a text, none cut off."""
        found = self._pieces.of(text)
        return [Piece(at, *span) for at, span in zip(found.ids, found.offsets, strict=True)]

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts; see ``Encoder.encode``."""
        ids = [self._pieces.of(text).ids[: _INFO.max_tokens] for text in texts]
        graph = self._asker(len(texts)) if query or not texts else self._builder()
        # Batches of texts of like length waste no time on padding.
        order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
        made: dict[int, Encoded] = {}
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            made.update(zip(batch, self._encoded(graph, [ids[at] for at in batch]), strict=True))
            if progress is not None:
                progress(len(batch))
        return [made[at] for at in range(len(texts))]

    def _asker(self, count: int) -> Graph:
        # Whoever asks a second time will ask more often: copies of the weights, which take as long as some
        # questions to make, then save a third of each.
        before, self._asked = self._asked, self._asked + count
        if before < _OFTEN <= self._asked:
            self._asking = Graph(GRAPH, self._folder, threads=1, packed=True)
        return self._asking

    def _builder(self) -> Graph:
        if self._building is None:
            # What goes into an index outlives this run, so every byte of the weights is looked at.
            check_default(self._folder, whole=True)
            threads = min(os.cpu_count() or 1, _MOST_THREADS)
            self._building = Graph(GRAPH, self._folder, threads=threads, packed=True)
        return self._building

    def _encoded(self, graph: Graph, batch: list[list[int]]) -> list[Encoded]:
        marked = [[self._pieces.first, *ids, self._pieces.last] for ids in batch]
        (hidden,) = graph.run(self._pieces.padded(marked))
        return [
            # The text's vector is the mean over its pieces and the two marks around them.
            Encoded(
                unit(rows[: len(ids) + 2].mean(axis=0)),
                unit(rows[1 : len(ids) + 1]),
                np.array(ids, dtype=np.int32),
            )
            for ids, rows in zip(batch, hidden, strict=True)
        ]
