"""Load a model by its name: the default one with ONNX Runtime, any other with sentence-transformers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.core.errors import ModelError
from assistant.retrieval.models.weights import DEFAULT_MODEL

if TYPE_CHECKING:
    from assistant.retrieval.models.encoder import Encoder


def default_loader(name: str | None, notify: Callable[[str], None] = lambda _sentence: None) -> Encoder:
    """Load a model; the default one for ``None``.

    Args:
        name: ``all-MiniLM-L6-v2``, a folder, or the name of a sentence-transformers model.
        notify: Receives a sentence for the user if ONNX Runtime cannot run the default model.

    Raises:
        ModelError: If there is no such model or it cannot be used.
    """
    if name is None or name == DEFAULT_MODEL:
        try:
            from assistant.retrieval.models.onnx import OnnxEncoder

            return OnnxEncoder()
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - a missing library, or any error of the runtime with the graph
            notify(
                f"ONNX Runtime cannot run {DEFAULT_MODEL} here ({type(error).__name__}); "
                "sentence-transformers runs it instead, which takes some seconds longer to start."
            )
    from assistant.retrieval.models.sentence_transformers import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name or DEFAULT_MODEL)
