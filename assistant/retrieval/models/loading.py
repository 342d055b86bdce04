"""The model of a name: the default one by ONNX Runtime, any other by sentence-transformers."""

from __future__ import annotations

from collections.abc import Callable

from assistant.core.errors import ModelError
from assistant.retrieval.models.encoder import DEFAULT_MODEL, Encoder


def default_loader(name: str | None, notify: Callable[[str], None] = lambda _sentence: None) -> Encoder:
    """The model of a name, or the default one for ``None``.

    Args:
        name: ``all-MiniLM-L6-v2``, a folder, or the name of a sentence-transformers model.
        notify: Takes a sentence for the user where the quick way to run the model cannot be taken.

    Raises:
        ModelError: If there is no such model or it cannot be used.
    """
    if name is None or name == DEFAULT_MODEL:
        try:
            from assistant.retrieval.models.onnx import OnnxEncoder

            return OnnxEncoder()
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - a missing library, or any fault of the runtime with the graph
            notify(
                f"ONNX Runtime cannot run {DEFAULT_MODEL} here ({type(error).__name__}); "
                "sentence-transformers does, which takes some seconds longer to start."
            )
    from assistant.retrieval.models.sentence_transformers import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name or DEFAULT_MODEL)
