"""The default model on ONNX Runtime: the vectors that sentence-transformers gives, in a tenth of its time.

``training/graphs.py`` makes the graph; the tests hold both ways of running the model against each other.

Running the default model's network: the only module that speaks to ONNX Runtime and tokenizers.

A graph (``*.onnx``, some kilobytes) lies in this folder; its weights stay where they are installed, in the
``model.safetensors`` of the model's package, and are mapped into memory rather than copied.
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

# Nothing leaves the machine; some builds of ONNX Runtime report their use unless they are told not to.
onnxruntime.disable_telemetry_events()
# What goes wrong is raised; the runtime need not print it besides.
_FATAL_ONLY = 4
# Texts whose word pieces are remembered.
_REMEMBERED = 32


class Graph:
    """A network that is ready to run; several threads may run it at once.

    Args:
        path: Its graph.
        weights: Folder of the weights' file.
        threads: Threads that one run may use.
        packed: Whether weights are copied in the order in which they are read. Runs are then some per cent
            faster, and being ready takes some 50 ms and the weights' own size in memory longer and more.

    Raises:
        Exception: One of ONNX Runtime's many, if it cannot run the graph.
    """

    def __init__(self, path: Path, weights: Path, *, threads: int, packed: bool) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _FATAL_ONLY
        # Threads that spin while they wait take the processor from whoever else is at work on it.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.disable_prepacking", str(int(not packed)))
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(weights.resolve())
        )
        # From bytes, for the folder named above to be where the weights are looked for.
        self._session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )

    def run(self, inputs: Mapping[str, NDArray[np.int64]]) -> list[Floats]:
        """Outputs of the graph, in its order.

        Args:
            inputs: Its inputs by name, each of shape ``(texts, pieces)``.
        """
        outputs: list[Floats] = self._session.run(None, dict(inputs))
        return outputs


class WordPieceTokenizer:
    """The default model's tokenizer.

    Args:
        folder: The model's folder.
    """

    def __init__(self, folder: Path) -> None:
        # By its text: the library itself cannot open every path on Windows.
        self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        # One question is looked at from several sides.
        self._of = lru_cache(_REMEMBERED)(partial(self._tokenizer.encode, add_special_tokens=False))
        # The marks that the model has around a text.
        self.first, self.last = self._tokenizer.encode("").ids

    def of(self, text: str) -> Encoding:
        """Word pieces of a text, the model's own marks not among them."""
        return self._of(text)

    def padded(self, rows: Sequence[Sequence[int]]) -> dict[str, NDArray[np.int64]]:
        """Rows of ids as the graph reads them: made equally long, and what was put there masked."""
        width = max(map(len, rows))
        ids = np.zeros((len(rows), width), dtype=np.int64)
        mask = np.zeros((len(rows), width), dtype=np.int64)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = row
            mask[at, : len(row)] = 1
        return {"input_ids": ids, "attention_mask": mask}


@cache
def tokenizer_in(folder: Path) -> WordPieceTokenizer:
    """The tokenizer in a model's folder, read once for all models that share it."""
    return WordPieceTokenizer(folder)


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
        check_default_weights(self._folder, whole=False)
        self._pieces = tokenizer_in(self._folder)
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
            check_default_weights(self._folder, whole=True)
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
