"""The files of a library's index: what stands in which.

Rows of windows, passages and tokens stand in ``rows-*/``, to whose files an essay is only ever added behind
the others; what is about all of them (the FAISS index, the postings) is written anew into ``build-*/``. The
manifest says how far the files count, whose each row is, and which build is current: replacing it makes all
of that current at once, so that a reader sees the old index or the new one and never half of either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieval.encoder import ModelInfo

SCHEMA = 3
MANIFEST = "manifest.json"
# Files up to this size are read once more to check them: some ten milliseconds of an essay's index.
CHECKED = 64 * 1024 * 1024
# Of each window, and of the words of each essay.
TEXTS, WORDS = "windows.jsonl", "vocabulary.jsonl"
# Of all essays.
VECTORS, POSTINGS = "windows.faiss", ("pieces", "words")


@dataclass(frozen=True, slots=True)
class Rows:
    """A file of numbers in ``rows-*/``.

    Attributes:
        of: What a row is about: an attribute of ``Segment``.
        kind: Of its numbers.
        width: Numbers a row; 0 where it is as wide as the model's vectors.
    """

    of: str
    kind: type[np.generic]
    width: int = 1


FILES = {
    "owners": Rows("windows", np.int32),
    # Behind the last token of each window, and behind its line in the file of texts.
    "ends": Rows("windows", np.int32),
    "lines": Rows("windows", np.int64),
    "hosts": Rows("passages", np.int32, 2),
    "lengths": Rows("passages", np.int32),
    "ids": Rows("tokens", np.int32),
    "spans": Rows("tokens", np.int32, 2),
    "scales": Rows("tokens", np.float32),
    "tokens": Rows("tokens", np.int8, 0),
}
AXES = ("windows", "passages", "tokens")


def digest_of(what: Path | bytes | memoryview) -> str:
    """sha256 of a file or of bytes."""
    if not isinstance(what, Path):
        return hashlib.sha256(what).hexdigest()
    with what.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sizes_of(counts: Mapping[str, int], info: ModelInfo) -> dict[str, int]:
    """How many bytes of each file in ``rows-*/`` count.

    Args:
        counts: What the manifest says of it: rows of each axis, and bytes of the texts.
        info: The model.
    """
    numbers = {
        f"{name}.bin": counts[own.of] * (own.width or info.dimension) * np.dtype(own.kind).itemsize
        for name, own in FILES.items()
    }
    return {**numbers, TEXTS: counts[TEXTS], WORDS: counts[WORDS]}


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read a library's manifest; ``None`` if there is none or it is not of this version."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        return None
    kinds = dict.fromkeys(("model", "essays", "segments", "files", "counts"), dict) | {
        "build": str,
        "rows": str,
    }
    return manifest if all(isinstance(manifest.get(key), kind) for key, kind in kinds.items()) else None
