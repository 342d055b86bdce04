"""Re-ranking with a model that the user names: a CrossEncoder or a MultiVectorEncoder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant.errors import ModelError
from assistant.retrieval.sentence_model import prepared

_CONFIG = "config_sentence_transformers.json"
_MULTI_VECTOR = "MultiVectorEncoder"
_BATCH = 16


class Reranker(Protocol):
    """What scores passages anew."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers a question; higher is better.

        Args:
            question: The question.
            texts: The texts.
        """


class SentenceTransformerReranker:
    """A sentence-transformers model on the CPU that scores a question and a text together.

    Args:
        name: A folder or the name of a model on the hub; only the latter is looked for outside this machine.

    Raises:
        ModelError: If there is no such model or it cannot be used.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        folder = Path(name) if Path(name).is_dir() else None
        prepared(offline=folder is not None)
        from sentence_transformers import CrossEncoder, MultiVectorEncoder  # noqa: PLC0415 - seconds to import
        from sentence_transformers.util import load_file_path  # noqa: PLC0415 - the same

        try:
            path = load_file_path(name, _CONFIG, local_files_only=folder is not None)
            kind = json.loads(Path(path).read_text("utf-8")).get("model_type") if path else None
            self._joint = kind != _MULTI_VECTOR
            loader: Any = CrossEncoder if self._joint else MultiVectorEncoder
            self._model = loader(name, device="cpu", local_files_only=folder is not None)
        except Exception as error:  # the libraries raise many kinds for one fault: there is no such model
            raise ModelError(
                f"The re-ranking model {name!r} cannot be loaded ({type(error).__name__}); give the folder "
                "of a sentence-transformers CrossEncoder or MultiVectorEncoder, or leave --reranker out."
            ) from error

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers; see ``Reranker.scores``.

        Raises:
            ModelError: If the model gives more than one score for a pair.
        """
        if not texts:
            return []
        if self._joint:
            found = self._model.predict(
                [(question, text) for text in texts], batch_size=_BATCH, show_progress_bar=False
            )
        else:
            asked = self._model.encode_query([question], show_progress_bar=False)
            read = self._model.encode_document(list(texts), batch_size=_BATCH, show_progress_bar=False)
            found = self._model.similarity(asked, read)[0]
        scores = np.asarray(found, dtype=np.float64)
        if scores.shape != (len(texts),):
            raise ModelError(
                f"The re-ranking model {self._name!r} gives {scores.size // len(texts)} figures for a "
                "passage where one is needed; choose a model that is made for ranking."
            )
        return [float(one) for one in scores]
