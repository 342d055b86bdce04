"""Reading a question and an excerpt together: whether the excerpt answers, and with which words.

A cross-encoder (Nogueira and Cho 2019) over the embedding model's own weights, with the low-rank adapter
and the two heads that its graph holds; ``training/graphs.py`` makes the graph. Without it, retrieval does
without this module.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.models.encoder import Floats
from assistant.retrieval.models.weights import check_default_weights, default_folder

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from assistant.retrieval.models.onnx import Graph, WordPieceTokenizer

GRAPH = Path(__file__).with_name("cross_encoder.onnx")
# Word pieces read of a question and of an excerpt, as in training.
QUESTION, EXCERPT = 64, 128
# From this reading on weights are laid out for the processor.
_OFTEN = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model says of a question and an excerpt.

    Attributes:
        answers: Logit that the excerpt answers the question.
        carries: Logit of each word piece of the excerpt that it belongs to the answer, shape ``(pieces,)``.
        spans: Start and end of each of these word pieces in the excerpt.
    """

    answers: float
    carries: Floats
    spans: list[tuple[int, int]]


def is_available(graph: Path = GRAPH) -> bool:
    """Whether there is a graph and what runs it."""
    return graph.is_file() and all(
        importlib.util.find_spec(name) is not None for name in ("onnxruntime", "tokenizers")
    )


class OnnxCrossEncoder:
    """The cross-encoder on the CPU; the model is loaded when it first reads.

    Args:
        graph: Its graph.
    """

    def __init__(self, graph: Path = GRAPH) -> None:
        self._path = graph
        self._loaded: tuple[WordPieceTokenizer, Graph] | None = None
        self._readings = 0
        self._guard = threading.Lock()

    def _model(self) -> tuple[WordPieceTokenizer, Graph]:
        from assistant.retrieval.models.onnx import Graph, tokenizer_in

        with self._guard:
            self._readings += 1
            # As where questions are encoded: whoever reads a second time will read more often.
            if self._loaded is None or self._readings == _OFTEN:
                folder = default_folder()
                check_default_weights(folder, whole=False)
                packed = self._readings >= _OFTEN
                self._loaded = tokenizer_in(folder), Graph(self._path, folder, threads=1, packed=packed)
            return self._loaded

    def read(self, question: str, excerpts: Sequence[str]) -> list[Reading]:
        """Read a question with each of some excerpts.

        Args:
            question: The question; its first 64 word pieces are read.
            excerpts: The excerpts; the first 128 word pieces of each are read.

        Returns:
            One reading an excerpt, in order.

        Raises:
            ModelError: If the model's package is missing or holds other weights.
            Exception: One of ONNX Runtime's many, if it cannot run the graph.
        """
        if not excerpts:
            return []
        pieces, graph = self._model()
        asked = [pieces.first, *pieces.of(question).ids[:QUESTION], pieces.last]
        found = [pieces.of(excerpt) for excerpt in excerpts]
        rows = [[*asked, *one.ids[:EXCERPT], pieces.last] for one in found]
        batches = _batches([len(row) for row in rows], _processors())
        inputs = [_inputs(pieces.padded([rows[at] for at in batch]), len(asked)) for batch in batches]
        made = {}
        for batch, (answers, carries) in zip(batches, _together(graph, inputs), strict=True):
            for at, logit, row in zip(batch, answers, carries, strict=True):
                made[at] = _reading(float(logit), row[len(asked) :], found[at].offsets[:EXCERPT])
        return [made[at] for at in range(len(rows))]


def _batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Divide rows among at most so many batches, the longest of which is as short as may be."""
    batches: list[list[int]] = [[] for _ in range(min(len(lengths), most))]
    for at in sorted(range(len(lengths)), key=lambda at: -lengths[at]):
        # Rows of a batch are padded to its first, the longest.
        least = min(batches, key=lambda batch: (len(batch) + 1) * lengths[batch[0]] if batch else 0)
        least.append(at)
    return batches


def _inputs(padded: Mapping[str, NDArray[np.int64]], asked: int) -> dict[str, NDArray[np.int64]]:
    """What the graph reads; the question is so many pieces long."""
    # The question and its marks are of kind 0, the excerpt and the mark behind it of kind 1.
    kinds = padded["attention_mask"].copy()
    kinds[:, :asked] = 0
    return {**padded, "token_type_ids": kinds}


def _processors() -> int:
    return os.cpu_count() or 1


@cache
def _workers() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor

    # One for all readings, so that as many batches are read at once as there are cores, in the order in which
    # they came. More would only take the processor from each other.
    return ThreadPoolExecutor(_processors(), thread_name_prefix="reading")


def _together(graph: Graph, inputs: Sequence[Mapping[str, NDArray[np.int64]]]) -> list[list[Floats]]:
    """What a graph makes of some batches, read at the same time where there is room."""
    return list(_workers().map(graph.run, inputs))


def _reading(logit: float, row: Floats, spans: list[tuple[int, int]]) -> Reading:
    return Reading(logit, np.array(row[: len(spans)], dtype=np.float32), spans)


class ReadingModel(Protocol):
    """What reads a question and an excerpt together; tests use one of their own."""

    def read(self, question: str, excerpts: Sequence[str]) -> list[Reading]:
        """One reading an excerpt, in order; none if it cannot read."""


class DefaultReadingModel:
    """The cross-encoder, and silence where it cannot run: answers are found without it too.

    Args:
        notify: Takes a sentence for the user.
        graph: Its graph.
    """

    def __init__(self, notify: Callable[[str], None], graph: Path = GRAPH) -> None:
        self._notify = notify
        self._encoder = OnnxCrossEncoder(graph)
        self._works = is_available(graph)

    def read(self, question: str, excerpts: Sequence[str]) -> list[Reading]:
        """One reading an excerpt; none if the model cannot run."""
        if not self._works:
            return []
        try:
            return self._encoder.read(question, excerpts)
        except Exception as error:  # noqa: BLE001 - ONNX Runtime raises many kinds for one fault
            self._works = False
            self._notify(
                f"The model that reads passages cannot run here ({type(error).__name__}); how sure an "
                "answer is, is told without it."
            )
            return []
