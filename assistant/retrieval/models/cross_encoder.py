"""The reading model: a cross-encoder, which reads a question and an excerpt together to judge the answer.

Cross-encoders (Nogueira and Cho 2019) are more accurate than comparing vectors, but slow, so that only the
first passages are read. This one shares the embedding model's weights; its graph adds a low-rank adapter and
a head. ``training/graphs.py`` builds the graph.
Without it, passages are ranked all the same.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.retrieval.models.weights import check_default_weights, default_folder

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np
    from numpy.typing import NDArray

    from assistant.retrieval.models.onnx import Graph, WordPieceTokenizer

GRAPH = Path(__file__).with_name("cross_encoder.onnx")
# Word pieces read of a question and of an excerpt; longer ones are cut off.
QUESTION, EXCERPT = 64, 128
# From this call on, weights are laid out for the processor.
_PACKED_FROM = 2
# Readings that are remembered: a question is often asked again, in another style or form.
_REMEMBERED = 64


class ReadingModel(Protocol):
    """A model that reads a question and an excerpt together; tests use their own."""

    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        """The logit that each excerpt answers, in order; an empty list if the model cannot run."""


class DefaultReadingModel:
    """The cross-encoder that comes with the program; if it cannot run, answers are found without it.

    Args:
        notify: Receives a sentence for the user.
        graph: Its graph.
    """

    def __init__(self, notify: Callable[[str], None], graph: Path = GRAPH) -> None:
        self._notify = notify
        self._encoder = OnnxCrossEncoder(graph)
        self._works = is_available(graph)

    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        """See ``ReadingModel.read``."""
        if not self._works:
            return []
        try:
            return self._encoder.read(question, excerpts)
        except Exception as error:  # noqa: BLE001 - ONNX Runtime raises many types for one problem
            self._works = False
            self._notify(
                f"The model that reads passages cannot run here ({type(error).__name__}); confidence is "
                "estimated without it."
            )
            return []


def is_available(graph: Path = GRAPH) -> bool:
    """Whether the graph exists and the libraries that run it are installed."""
    return graph.is_file() and all(
        importlib.util.find_spec(name) is not None for name in ("onnxruntime", "tokenizers")
    )


class OnnxCrossEncoder:
    """The cross-encoder on the CPU; it is loaded at the first reading.

    Args:
        graph: Its graph.
    """

    def __init__(self, graph: Path = GRAPH) -> None:
        self._path = graph
        self._loaded: tuple[WordPieceTokenizer, Graph] | None = None
        self._calls = 0
        self._lock = threading.Lock()
        self._remembered = lru_cache(_REMEMBERED)(self._read)

    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        """Read a question with each excerpt.

        Args:
            question: The question; its first 64 word pieces are read.
            excerpts: The excerpts; the first 128 word pieces of each are read.

        Returns:
            The logit that each excerpt answers, in order.

        Raises:
            ModelError: If the model's package is missing or contains other weights.
            Exception: Any of ONNX Runtime's own errors, if it cannot run the graph.
        """
        return list(self._remembered(question, tuple(excerpts))) if excerpts else []

    def _read(self, question: str, excerpts: tuple[str, ...]) -> tuple[float, ...]:
        tokenizer, graph = self._model()
        prefix = [tokenizer.first, *tokenizer.of(question).ids[:QUESTION], tokenizer.last]
        rows = [[*prefix, *tokenizer.of(excerpt).ids[:EXCERPT], tokenizer.last] for excerpt in excerpts]
        batches = _batches([len(row) for row in rows], _processors())
        inputs = [
            _inputs(tokenizer.padded([rows[number] for number in batch]), len(prefix)) for batch in batches
        ]
        logits: dict[int, float] = {}
        # As many batches at once as there are cores.
        for batch, (answers,) in zip(batches, _workers().map(graph.run, inputs), strict=True):
            logits.update(zip(batch, map(float, answers), strict=True))
        return tuple(logits[number] for number in range(len(rows)))

    def _model(self) -> tuple[WordPieceTokenizer, Graph]:
        from assistant.retrieval.models.onnx import Graph, tokenizer_in

        with self._lock:
            self._calls += 1
            # As in OnnxEncoder: after a second call, more are likely.
            if self._loaded is None or self._calls == _PACKED_FROM:
                folder = default_folder()
                check_default_weights(folder, whole=False)
                packed = self._calls >= _PACKED_FROM
                self._loaded = tokenizer_in(folder), Graph(self._path, folder, threads=1, packed=packed)
            return self._loaded


def _batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Divide rows into at most ``most`` batches; the largest, padding included, is as small as possible."""
    batches: list[list[int]] = [[] for _ in range(min(len(lengths), most))]
    for number in sorted(range(len(lengths)), key=lambda number: -lengths[number]):
        # Rows of a batch are padded to the length of its first, the longest.
        smallest = min(batches, key=lambda batch: (len(batch) + 1) * lengths[batch[0]] if batch else 0)
        smallest.append(number)
    return batches


def _inputs(padded: Mapping[str, NDArray[np.int64]], prefix: int) -> dict[str, NDArray[np.int64]]:
    """Inputs of the graph for rows that start with a prefix of so many pieces: the question's."""
    # The question and its special tokens are of type 0, the excerpt and the token after it of type 1.
    types = padded["attention_mask"].copy()
    types[:, :prefix] = 0
    return {**padded, "token_type_ids": types}


def _processors() -> int:
    return os.cpu_count() or 1


@cache
def _workers() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    # One pool for all readings, which takes batches in the order of their arrival. More threads than cores
    # would only compete for them.
    return ThreadPoolExecutor(_processors(), thread_name_prefix="reading")
