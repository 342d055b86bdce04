"""Encoding many windows, so that an interrupted run is taken up where it stopped."""

from __future__ import annotations

import hashlib
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieval.index.tokens import TokenStore
from assistant.retrieval.models.encoder import Encoder, Floats, Integers, ModelInfo

# Texts encoded at once: what an interrupt loses at the most, some seconds of work.
_CHUNK = 64
_PREFIX = "encodings-"
# Sum and length of a record; digest of its text and number of its tokens.
_FRAME, _HEAD = struct.Struct("<II"), struct.Struct("<16sI")


@dataclass(frozen=True, slots=True)
class Encoding:
    """What an index keeps of a text.

    Attributes:
        vector: Unit vector of the whole, shape ``(dimension,)``.
        ids: Vocabulary id of each token, shape ``(tokens,)``.
        spans: Start and end of each token in the text, shape ``(tokens, 2)``.
        tokens: Unit vector of each token.
    """

    vector: Floats
    ids: Integers
    spans: Integers
    tokens: TokenStore


class SavedEncodings:
    """Encodings of a model in a file to which each is added as soon as it is made.

    A record that is damaged, and what stands behind it, counts as not written.

    Args:
        folder: The library's ``index/``.
        info: The model.
        taken_up: Told how many encodings an earlier run has left that are of use now.
    """

    def __init__(self, folder: Path, info: ModelInfo, taken_up: Callable[[int], None]) -> None:
        # The version of the format stands in the name, so that another one is never misread.
        digest = hashlib.sha256(f"1 {info.digest} {info.dimension}".encode()).hexdigest()[:16]
        self._path = folder / f"{_PREFIX}{digest}.bin"
        self._dimension = info.dimension
        self._taken_up = taken_up
        self._end = 0

    def known(self, texts: Sequence[str]) -> dict[str, Encoding]:
        """Those texts that an earlier run has encoded, with their encodings."""
        names = {_name(text): text for text in texts}
        found = {}
        for payload in self._payloads():
            name, count = _HEAD.unpack_from(payload)
            if name in names:
                found[names[name]] = self._encoding(payload, count)
        if found:
            self._taken_up(len(found))
        return found

    def _payloads(self) -> Iterator[memoryview]:
        self._end = 0
        if not self._path.exists():
            return
        # An empty file cannot be mapped.
        whole = np.memmap(self._path, np.uint8, "r").data if self._path.stat().st_size else memoryview(b"")
        while self._end + _FRAME.size <= len(whole):
            checksum, length = _FRAME.unpack_from(whole, self._end)
            start = self._end + _FRAME.size
            payload = whole[start : start + length]
            if len(payload) < max(length, _HEAD.size) or zlib.crc32(payload) != checksum:
                return
            yield payload
            self._end = start + length

    def _encoding(self, payload: memoryview, count: int) -> Encoding:
        at = _HEAD.size

        def array(kind: type[np.generic], *shape: int) -> Any:
            nonlocal at
            size = int(np.prod(shape))
            made = np.frombuffer(payload, kind, size, at).reshape(shape)
            at += made.nbytes
            return made

        vector, ids = array(np.float32, self._dimension), array(np.int32, count)
        spans, scales = array(np.int32, count, 2), array(np.float32, count)
        return Encoding(vector, ids, spans, TokenStore(array(np.int8, count, self._dimension), scales))

    def add(self, made: dict[str, Encoding]) -> None:
        """Add encodings, by their texts; where there is no room for them, the work goes on without."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("r+b" if self._path.exists() else "wb") as file:
                file.seek(self._end)
                file.writelines(_record(text, one) for text, one in made.items())
                file.truncate()
                self._end = file.tell()
        except OSError:
            self._path.unlink(missing_ok=True)
            self._end = 0


def _record(text: str, one: Encoding) -> bytes:
    arrays = (one.vector, one.ids, one.spans, one.tokens.scales, one.tokens.codes)
    payload = b"".join([_HEAD.pack(_name(text), len(one.ids)), *(array.tobytes() for array in arrays)])
    return _FRAME.pack(zlib.crc32(payload), len(payload)) + payload


def delete_encodings(folder: Path) -> None:
    """Delete the encodings kept in a library's ``index/``: the index has them."""
    for path in folder.glob(f"{_PREFIX}*.bin"):
        path.unlink(missing_ok=True)


def _name(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def encode(
    texts: Sequence[str],
    encoder: Encoder,
    kept: SavedEncodings | None,
    progress: Callable[[int, int], None] | None,
) -> list[Encoding]:
    """Encode texts.

    Args:
        texts: The texts, each once.
        encoder: The model.
        kept: Where encodings of an interrupted run are, and those made now are kept.
        progress: Called with the number of texts encoded and the number to encode.

    Returns:
        One encoding a text, in order.
    """
    made = kept.known(texts) if kept else {}
    done = len(made)

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, len(texts))

    if done:
        report(0)
    for chunk in _chunks([text for text in texts if text not in made]):
        some = {
            text: Encoding(found.vector, found.ids, _spans(encoder, text), TokenStore.of(found.tokens))
            for text, found in zip(chunk, encoder.encode(chunk, progress=report), strict=True)
        }
        made |= some
        if kept:
            kept.add(some)
    return [made[text] for text in texts]


def _chunks(texts: Sequence[str]) -> list[list[str]]:
    """Texts of like length together, which wastes no time on padding.

    Short and long ones take turns by chance, so that the rate so far foretells the time that remains.
    """
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    chunks = [sorted(order[start : start + _CHUNK]) for start in range(0, len(order), _CHUNK)]
    random.Random(0).shuffle(chunks)  # noqa: S311 - guards nothing
    return [[texts[at] for at in chunk] for chunk in chunks]


def _spans(encoder: Encoder, text: str) -> Integers:
    spans = np.array([(one.start, one.end) for one in encoder.pieces(text)], dtype=np.int32)
    return spans.reshape(-1, 2)
