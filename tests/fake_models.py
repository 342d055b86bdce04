"""An encoder without a model and an essay without a file, whose results can be worked out by hand."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from assistant.core.essay import CSLItem, Essay
from assistant.documents.numbering import number_pages
from assistant.documents.pages import find_pages
from assistant.retrieval.models.encoder import Encoded, Floats, ModelInfo, Piece, unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DIMENSION = 32
_VOCABULARY = 30_000
_PIECE = re.compile(r"\w+|[^\w\s]")


class FakeEncoder:
    """An encoder that is a plain function of the words: the same word has the same vector everywhere.

    Attributes:
        encoded: Every text encoded so far, in order, so that a test can see what was encoded again.
    """

    def __init__(self, *, name: str = "fake", digest: str = "fake-1", max_tokens: int = 60) -> None:
        self._info = ModelInfo(name, digest, DIMENSION, max_tokens)
        self.encoded: list[str] = []

    @property
    def info(self) -> ModelInfo:
        """What identifies the model."""
        return self._info

    def pieces(self, text: str) -> list[Piece]:
        """Words and punctuation marks of a text."""
        return [Piece(piece_id(match.group()), *match.span()) for match in _PIECE.finditer(text)]

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts; a question is encoded like any other text."""
        del query
        encodings = []
        for text in texts:
            self.encoded.append(text)
            encodings.append(self._encode(text))
            if progress is not None:
                progress(1)
        return encodings

    def _encode(self, text: str) -> Encoded:
        ids = [piece.id for piece in self.pieces(text)]
        tokens = np.zeros((len(ids), DIMENSION), dtype=np.float32)
        for row, number in enumerate(ids):
            tokens[row] = word_vector(number)
        mean = tokens.mean(axis=0) if ids else np.zeros(DIMENSION, dtype=np.float32)
        return Encoded(unit(mean), tokens, np.asarray(ids, dtype=np.int32))


class FakeReader:
    """A reading model whose logits are plain functions of question and excerpt; it may be sent elsewhere.

    Attributes:
        read_of: What was read so far here: the question and the excerpts of each call.
    """

    def __init__(self, *, works: bool = True) -> None:
        self._works = works
        self.read_of: list[tuple[str, list[str]]] = []

    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        """A logit for each excerpt; none if the model is one that cannot run."""
        self.read_of.append((question, [*excerpts]))
        digests = (hashlib.sha256(f"{question} {excerpt}".encode()).digest() for excerpt in excerpts)
        return [digest[0] / 16 - 8 for digest in digests] if self._works else []


@cache
def piece_id(word: str) -> int:
    """Id of a word in any case; unlike ``hash``, the same in every run."""
    return int.from_bytes(hashlib.sha256(word.casefold().encode()).digest()[:8]) % _VOCABULARY


def word_vector(number: int) -> Floats:
    """Unit vector of the word with an id; nobody may write to it."""
    return _vector(number, DIMENSION)


@cache
def _vector(number: int, dimension: int) -> Floats:
    values = np.random.default_rng(number).standard_normal(dimension).astype(np.float32)
    vector = unit(values)
    vector.flags.writeable = False
    return vector


def essay_of(
    text: str, *, reference: CSLItem | None = None, first_page: str | None = None, essay_id: str = "essay"
) -> Essay:
    """An essay from its decoded text, whose pages are found and numbered as in a file."""
    layout = find_pages(text)
    record = reference or {}
    numbering = number_pages(layout, first_page=first_page, record=str(record.get("page", "")))
    return Essay(essay_id, record, text, numbering.pages, numbering.provenance, layout.furniture)
