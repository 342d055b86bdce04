"""Models on sentence-transformers: encoders and re-rankers; the only module that imports it and PyTorch.

The reference for the default model, its fallback where ONNX Runtime fails, and the only way to run others.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from assistant.core.errors import ModelError
from assistant.retrieval.models.encoder import Encoded, ModelInfo, Piece, unit
from assistant.retrieval.models.weights import (
    DEFAULT_MODEL,
    check_default_weights,
    model_folder,
    weights_digest,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 16
# A re-ranker's configuration, and the type in it that is loaded differently from a cross-encoder.
_CONFIG = "config_sentence_transformers.json"
_MULTI_VECTOR = "MultiVectorEncoder"


class SentenceTransformerEncoder:
    """A sentence-transformers model on the CPU.

    Args:
        name: ``all-MiniLM-L6-v2``, a folder, or the name of a model on the hub; only the last is ever
            looked for outside this machine.

    Raises:
        ModelError: If there is no such model or it cannot be used.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        folder = model_folder(name)
        self._model = _load(name, folder)
        self._threads = os.cpu_count() or 1
        tokenizer = self._model.tokenizer
        if not getattr(tokenizer, "is_fast", False):
            raise ModelError(f"The model {name!r} has no fast tokenizer; choose a model that has one.")
        if folder and name == DEFAULT_MODEL:
            check_default_weights(folder, whole=True)
        digest = weights_digest(folder) if folder else _state_digest(self._model)
        self._tokens_before, self._tokens_after = _special_tokens_around(tokenizer)
        longest_prompt = max((len(self.pieces(prompt)) for prompt in self._model.prompts.values()), default=0)
        special_tokens = tokenizer.num_special_tokens_to_add() + longest_prompt
        limit = min(self._model.max_seq_length or 512, 512)
        dimension = int(self._model.get_embedding_dimension() or 0)
        self._info = ModelInfo(name, digest, dimension, limit - special_tokens)

    @property
    def info(self) -> ModelInfo:
        """What identifies the model."""
        return self._info

    def pieces(self, text: str) -> list[Piece]:
        """All word pieces of a text, none cut off."""
        encoding = self._model.tokenizer(
            text, return_offsets_mapping=True, add_special_tokens=False, truncation=False, verbose=False
        )
        return [
            Piece(number, start, end)
            for number, (start, end) in zip(encoding["input_ids"], encoding["offset_mapping"], strict=True)
        ]

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts; see ``Encoder.encode``."""
        # Batches of texts of similar length waste no time on padding.
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        encodings: dict[int, Encoded] = {}
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            outputs = self._outputs([texts[number] for number in batch], query=query)
            for number, output in zip(batch, outputs, strict=True):
                encodings[number] = self._encoded(texts[number], output)
            if progress is not None:
                progress(len(batch))
        return [encodings[number] for number in range(len(texts))]

    def _outputs(self, texts: list[str], *, query: bool) -> list[dict[str, Any]]:
        import torch

        # Threads that wait for each other make one short question slower, especially on a busy machine.
        torch.set_num_threads(1 if query else self._threads)
        encode = self._model.encode_query if query else self._model.encode_document
        outputs: list[dict[str, Any]] = encode(
            texts, output_value=None, normalize_embeddings=True, show_progress_bar=False, batch_size=_BATCH
        )
        return outputs

    def _encoded(self, text: str, output: dict[str, Any]) -> Encoded:
        unmasked = output["attention_mask"].numpy() > 0
        # Special tokens surround the text, and a prompt precedes it. A text may contain special tokens too,
        # where an essay prints "[SEP]", so only their position distinguishes them from the model's.
        end = int(unmasked.sum()) - self._tokens_after
        text_tokens = slice(max(self._tokens_before, end - len(self.pieces(text))), end)
        return Encoded(
            output["sentence_embedding"].float().numpy(),
            unit(output["token_embeddings"].float().numpy()[unmasked][text_tokens]),
            np.asarray(output["input_ids"].numpy()[unmasked][text_tokens], dtype=np.int32),
        )


class Reranker(Protocol):
    """A model that scores passages for a question."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers a question; higher is better."""


class SentenceTransformerReranker:
    """A CrossEncoder or MultiVectorEncoder on the CPU.

    Args:
        name: A folder or the name of a model on the hub; only the latter is looked for outside this machine.

    Raises:
        ModelError: If there is no such model or it cannot be used.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        folder = Path(name) if Path(name).is_dir() else None
        prepare_libraries(offline=folder is not None)
        from sentence_transformers import CrossEncoder, MultiVectorEncoder
        from sentence_transformers.util import load_file_path

        try:
            path = load_file_path(name, _CONFIG, local_files_only=folder is not None)
            kind = json.loads(Path(path).read_text("utf-8")).get("model_type") if path else None
            self._joint = kind != _MULTI_VECTOR
            loader: Any = CrossEncoder if self._joint else MultiVectorEncoder
            self._model = loader(name, device="cpu", local_files_only=folder is not None)
        except Exception as error:  # the libraries raise many types where there is no such model
            raise ModelError(
                f"The re-ranking model {name!r} cannot be loaded ({type(error).__name__}); give the folder "
                "of a sentence-transformers CrossEncoder or MultiVectorEncoder, or leave --reranker out."
            ) from error

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers a question; see ``Reranker.scores``.

        Raises:
            ModelError: If the model gives more than one score for a pair.
        """
        if not texts:
            return []
        options: dict[str, Any] = {"batch_size": _BATCH, "show_progress_bar": False}
        if self._joint:
            output = self._model.predict([(question, text) for text in texts], **options)
        else:
            query = self._model.encode_query([question], show_progress_bar=False)
            documents = self._model.encode_document(list(texts), **options)
            output = self._model.similarity(query, documents)[0]
        scores = np.asarray(output, dtype=np.float64)
        if scores.shape != (len(texts),):
            raise ModelError(
                f"The re-ranking model {self._name!r} gives {scores.size // len(texts)} figures for a "
                "passage where one is needed; choose a model that is made for ranking."
            )
        return [float(score) for score in scores]


def prepare_libraries(*, offline: bool) -> None:
    """Configure the libraries before they are imported: no reports, no progress bars.

    Args:
        offline: Whether nothing may be looked for outside this machine.
    """
    # Without these the libraries look for updates and report use over the network.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if offline:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import transformers

    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def _load(name: str, folder: Path | None) -> SentenceTransformer:
    prepare_libraries(offline=folder is not None)
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(str(folder or name), device="cpu", local_files_only=folder is not None)
    except Exception as error:  # the libraries raise many types where there is no such model
        raise ModelError(
            f"The model {name!r} cannot be loaded ({type(error).__name__}); give the folder of a "
            f"sentence-transformers model, or go back with: assistant add FILE --model {DEFAULT_MODEL}"
        ) from error


def _special_tokens_around(tokenizer: Any) -> tuple[int, int]:
    """Number of special tokens that a tokenizer puts before a text and after it."""
    mask = tokenizer("a", return_special_tokens_mask=True, verbose=False)["special_tokens_mask"]
    text = [position for position, is_special in enumerate(mask) if not is_special]
    return text[0], len(mask) - 1 - text[-1]


def _state_digest(model: SentenceTransformer) -> str:
    digest = hashlib.sha256()
    for key, weights in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(weights.cpu().numpy().tobytes())
    return digest.hexdigest()
