"""The interface of an embedding model, and the nouns it deals in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What identifies a model.

    Attributes:
        name: Name or path as the user entered it.
        digest: sha256 of its weights.
        dimension: Number of components of a vector.
        max_tokens: Number of word pieces that it reads at once, special tokens not counted.
    """

    name: str
    digest: str
    dimension: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A word piece of a text: its vocabulary id and its span in the text."""

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
    """An embedding model; tests use a deterministic one without a network."""

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
            query: Whether they are questions; some models use a different prompt for questions.
            progress: Called with the number of texts encoded since the last call.

        Returns:
            One encoding for each text, in order.
        """


def unit(rows: Floats) -> Floats:
    """Scale rows to length one; a row of zeros stays zero."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Floats = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return scaled
