"""Running the default model's network: the only module that speaks to ONNX Runtime and tokenizers.

A graph (``*.onnx``, some kilobytes) lies in this folder; its weights stay where they are installed, in the
``model.safetensors`` of the model's package, and are mapped into memory rather than copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from assistant.retrieval.encoder import Floats

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


class Pieces:
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
def pieces_of(folder: Path) -> Pieces:
    """The tokenizer in a model's folder, read once for all models that share it."""
    return Pieces(folder)
