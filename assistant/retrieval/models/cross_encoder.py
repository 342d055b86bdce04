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
from typing import TYPE_CHECKING, Any, Protocol

from assistant.retrieval.models.weights import check_default_weights, default_folder

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np
    from numpy.typing import NDArray

    from assistant.retrieval.models.onnx import Graph, WordPieceTokenizer

GRAPH = Path(__file__).with_name("cross_encoder.onnx")
# Word pieces read of a question and of an excerpt; longer ones are cut off.
QUESTION, EXCERPT = 64, 128
# Readings that are remembered: a question is often asked again, in another style or form.
_REMEMBERED = 192


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
        self._notify, self._graph = notify, graph
        self._encoder = OnnxCrossEncoder(graph)
        self._works = is_available(graph)

    def __reduce__(self) -> tuple[Any, ...]:
        # In another process it is loaded anew. What fails there is tried here, and told here.
        return DefaultReadingModel, (_tell_nobody, self._graph)

    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        """See ``ReadingModel.read``."""
        if not self._works:
            return []
        try:
            return self._encoder.read(question, excerpts)
        except Exception as error:  # noqa: BLE001 - ONNX Runtime raises many types for one problem
            told, self._works = not self._works, False
            if told:
                return []
            self._notify(
                f"The model that reads passages cannot run here ({type(error).__name__}); confidence is "
                "estimated without it."
            )
            return []


def _tell_nobody(_sentence: str) -> None:
    """Ignore a sentence for the user."""


def is_available(graph: Path = GRAPH) -> bool:
    """Whether the graph exists and the libraries that run it are installed."""
    return graph.is_file() and all(
        importlib.util.find_spec(name) is not None for name in ("onnxruntime", "tokenizers")
    )


class OnnxCrossEncoder:
    """The cross-encoder on the CPU; it is loaded at the first reading.

    Each excerpt is read in a run of its own, with weights in the same layout from the first on. A logit then
    has the same bits whatever else is read, and where; it takes no longer, for nothing is padded.

    Args:
        graph: Its graph.
    """

    def __init__(self, graph: Path = GRAPH) -> None:
        self._path = graph
        self._loaded: tuple[WordPieceTokenizer, Graph] | None = None
        self._lock = threading.Lock()
        self._logit = lru_cache(_REMEMBERED)(self._read)

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
        if len(excerpts) < 2:
            return [self._logit(question, excerpt) for excerpt in excerpts]
        # As many at once as there are cores; the longest is the first.
        order = sorted(range(len(excerpts)), key=lambda number: -len(excerpts[number]))
        logits = _workers().map(lambda number: self._logit(question, excerpts[number]), order)
        by_number = dict(zip(order, logits, strict=True))
        return [by_number[number] for number in range(len(excerpts))]

    def _read(self, question: str, excerpt: str) -> float:
        tokenizer, graph = self._model()
        prefix = [tokenizer.first, *tokenizer.of(question).ids[:QUESTION], tokenizer.last]
        row = [*prefix, *tokenizer.of(excerpt).ids[:EXCERPT], tokenizer.last]
        (answers,) = graph.run(_inputs(tokenizer.padded([row]), len(prefix)))
        return float(answers[0])

    def _model(self) -> tuple[WordPieceTokenizer, Graph]:
        from assistant.retrieval.models.onnx import Graph, tokenizer_in

        with self._lock:
            if self._loaded is None:
                folder = default_folder()
                check_default_weights(folder, whole=False)
                self._loaded = tokenizer_in(folder), Graph(self._path, folder, threads=1, packed=True)
            return self._loaded


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

    # One pool for all readings, which takes them in the order of their arrival. More threads than cores would
    # only compete for them.
    return ThreadPoolExecutor(_processors(), thread_name_prefix="reading")
