"""Reading a question and an excerpt together: whether the excerpt answers, and with which words.

A cross-encoder (Nogueira and Cho 2019) over the embedding model's own weights, with the low-rank adapter
and the two heads that its graph holds; ``training/graphs.py`` makes the graph. Without it, retrieval does
without this module.
"""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.retrieval.encoder import Floats, check_default, default_folder

if TYPE_CHECKING:
    from assistant.retrieval.onnx_runtime import Graph, Pieces

GRAPH = Path(__file__).with_name("cross_encoder.onnx")
# Word pieces read of a question and of an excerpt, as in training.
QUESTION, EXCERPT = 64, 128
_MOST_THREADS = 2


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


def available(graph: Path = GRAPH) -> bool:
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

    @cached_property
    def _model(self) -> tuple[Pieces, Graph]:
        from assistant.retrieval.onnx_runtime import Graph, pieces_of  # noqa: PLC0415 - not every question is read

        folder = default_folder()
        check_default(folder, whole=False)
        threads = min(os.cpu_count() or 1, _MOST_THREADS)
        return pieces_of(folder), Graph(self._path, folder, threads=threads, packed=False)

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
        pieces, graph = self._model
        asked = [pieces.first, *pieces.of(question).ids[:QUESTION], pieces.last]
        found = [pieces.of(excerpt) for excerpt in excerpts]
        inputs = pieces.padded([[*asked, *one.ids[:EXCERPT], pieces.last] for one in found])
        # The question and its marks are of kind 0, the excerpt and the mark behind it of kind 1.
        kinds = inputs["attention_mask"].copy()
        kinds[:, : len(asked)] = 0
        answers, carries = graph.run({**inputs, "token_type_ids": kinds})
        return [
            _reading(float(logit), row[len(asked) :], one.offsets[:EXCERPT])
            for logit, row, one in zip(answers, carries, found, strict=True)
        ]


def _reading(logit: float, row: Floats, spans: list[tuple[int, int]]) -> Reading:
    return Reading(logit, np.array(row[: len(spans)], dtype=np.float32), spans)


class Judge(Protocol):
    """What reads a question and an excerpt together; tests use one of their own."""

    def read(self, question: str, excerpts: Sequence[str]) -> list[Reading]:
        """One reading an excerpt, in order; none if it cannot read."""


class DefaultJudge:
    """The cross-encoder, and silence where it cannot run: answers are found without it too.

    Args:
        notify: Takes a sentence for the user.
        graph: Its graph.
    """

    def __init__(self, notify: Callable[[str], None], graph: Path = GRAPH) -> None:
        self._notify = notify
        self._encoder = OnnxCrossEncoder(graph)
        self._works = available(graph)
        # Readings take turns: more at once than there are cores would only make each of them last longer, and
        # passages wait that are ready to be shown.
        self._turns = threading.BoundedSemaphore(max(1, (os.cpu_count() or 1) // _MOST_THREADS))

    def read(self, question: str, excerpts: Sequence[str]) -> list[Reading]:
        """One reading an excerpt; none if the model cannot run."""
        if not self._works:
            return []
        try:
            with self._turns:
                return self._encoder.read(question, excerpts)
        except Exception as error:  # noqa: BLE001 - ONNX Runtime raises many kinds for one fault
            self._works = False
            self._notify(
                f"The model that reads passages cannot run here ({type(error).__name__}); how sure an "
                "answer is, is told without it."
            )
            return []
