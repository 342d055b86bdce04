"""The default model on ONNX Runtime; the only module that imports onnxruntime and tokenizers.

It computes the same vectors as sentence-transformers in a tenth of the time; the tests compare the two. Its
graph (``minilm.onnx``, some kilobytes, built by ``training/graphs.py``) is in this folder. The weights stay
in the ``model.safetensors`` of the model's package and are mapped into memory, not copied.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from assistant.retrieval.models.encoder import Encoded, Floats, ModelInfo, Piece, unit
from assistant.retrieval.models.weights import (
    DEFAULT_DIGEST,
    DEFAULT_MODEL,
    check_default_weights,
    default_folder,
)

# Nothing leaves the machine; some builds of ONNX Runtime report their use by default.
onnxruntime.disable_telemetry_events()

GRAPH = Path(__file__).with_name("minilm.onnx")
_INFO = ModelInfo(DEFAULT_MODEL, DEFAULT_DIGEST, dimension=384, max_tokens=254)
# Errors are raised; the runtime need not print them as well.
_FATAL_ONLY = 4
# Number of texts whose word pieces are cached.
_CACHED_TEXTS = 32
# Windows in one run: larger batches wait for memory, smaller ones for each other's threads.
_BATCH = 8
_MOST_THREADS = 8
# From this question on, weights are laid out for the processor.
_PACKED_FROM = 2


class Graph:
    """A network that is ready to run; several threads may run it at once.

    Args:
        path: Its graph.
        weights: Folder of the file of weights.
        threads: Threads that one run may use.
        packed: Whether to copy the weights into the order in which they are read. That makes a run some per
            cent faster; loading takes some 50 ms longer and as much more memory as the weights have.

    Raises:
        Exception: Any of ONNX Runtime's own errors, if it cannot run the graph.
    """

    def __init__(self, path: Path, weights: Path, *, threads: int, packed: bool) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _FATAL_ONLY
        # Threads that spin while they wait slow down everything else on the machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.disable_prepacking", str(int(not packed)))
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(weights.resolve())
        )
        # A graph given as bytes makes the runtime look for the weights in the folder named above.
        self._session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )

    def run(self, inputs: Mapping[str, NDArray[np.int64]]) -> list[Floats]:
        """Outputs of the graph, in its order, for inputs by name, each of shape ``(texts, pieces)``."""
        outputs: list[Floats] = self._session.run(None, dict(inputs))
        return outputs


class WordPieceTokenizer:
    """The default model's tokenizer.

    Args:
        folder: The model's folder.

    Attributes:
        first: Id of the special token before a text.
        last: Id of the special token after it.
    """

    def __init__(self, folder: Path) -> None:
        # Read here, for the library itself cannot open every path on Windows.
        self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        # A question is tokenized several times.
        self._of = lru_cache(_CACHED_TEXTS)(partial(self._tokenizer.encode, add_special_tokens=False))
        self.first, self.last = self._tokenizer.encode("").ids

    def of(self, text: str) -> Encoding:
        """Word pieces of a text, without special tokens."""
        return self._of(text)

    def padded(self, rows: Sequence[Sequence[int]]) -> dict[str, NDArray[np.int64]]:
        """Rows of ids as inputs of the graph: padded to equal length, with a mask."""
        width = max(map(len, rows))
        ids = np.zeros((len(rows), width), dtype=np.int64)
        mask = np.zeros((len(rows), width), dtype=np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        return {"input_ids": ids, "attention_mask": mask}


@cache
def tokenizer_in(folder: Path) -> WordPieceTokenizer:
    """The tokenizer in a model's folder, read once for all models that share it."""
    return WordPieceTokenizer(folder)


class OnnxEncoder:
    """all-MiniLM-L6-v2 on the CPU, without PyTorch.

    Raises:
        ModelError: If its package is missing or contains other weights.
        Exception: Any of ONNX Runtime's or tokenizers' own errors, if they cannot run the model.
    """

    def __init__(self) -> None:
        self._folder = default_folder()
        check_default_weights(self._folder, whole=False)
        self._tokenizer = tokenizer_in(self._folder)
        # One short question is answered before a second thread has started or weights have been copied.
        self._query_graph = Graph(GRAPH, self._folder, threads=1, packed=False)
        self._queries = 0
        self._document_graph: Graph | None = None

    @property
    def info(self) -> ModelInfo:
        """What identifies the model."""
        return _INFO

    def pieces(self, text: str) -> list[Piece]:
        """All word pieces of a text, none cut off."""
        encoding = self._tokenizer.of(text)
        return [Piece(number, *span) for number, span in zip(encoding.ids, encoding.offsets, strict=True)]

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts; see ``Encoder.encode``."""
        ids = [self._tokenizer.of(text).ids[: _INFO.max_tokens] for text in texts]
        graph = self._for_queries(len(texts)) if query or not texts else self._for_documents()
        # Batches of texts of similar length waste no time on padding.
        order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        encodings: dict[int, Encoded] = {}
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            encoded = self._encode_batch(graph, [ids[number] for number in batch])
            encodings.update(zip(batch, encoded, strict=True))
            if progress is not None:
                progress(len(batch))
        return [encodings[number] for number in range(len(texts))]

    def _for_queries(self, count: int) -> Graph:
        # After a second question, more are likely. Copying the weights takes as long as some questions, and
        # then saves a third of each.
        before, self._queries = self._queries, self._queries + count
        if before < _PACKED_FROM <= self._queries:
            self._query_graph = Graph(GRAPH, self._folder, threads=1, packed=True)
        return self._query_graph

    def _for_documents(self) -> Graph:
        if self._document_graph is None:
            # An index outlives this run, so every byte of the weights is verified.
            check_default_weights(self._folder, whole=True)
            threads = min(_processors(), _MOST_THREADS)
            self._document_graph = Graph(GRAPH, self._folder, threads=threads, packed=True)
        return self._document_graph

    def _encode_batch(self, graph: Graph, batch: list[list[int]]) -> list[Encoded]:
        marked = [[self._tokenizer.first, *ids, self._tokenizer.last] for ids in batch]
        (hidden,) = graph.run(self._tokenizer.padded(marked))
        return [
            # The text's vector is the mean over its pieces and the two special tokens.
            Encoded(
                unit(rows[: len(ids) + 2].mean(axis=0)),
                unit(rows[1 : len(ids) + 1]),
                np.array(ids, dtype=np.int32),
            )
            for ids, rows in zip(batch, hidden, strict=True)
        ]


def _processors() -> int:
    """Number of processors to use; ``$OMP_NUM_THREADS`` names it where several programs share a machine."""
    stated = os.environ.get("OMP_NUM_THREADS", "")
    return int(stated) if stated.isdecimal() and int(stated) else os.cpu_count() or 1
