"""Encoding of many windows; an interrupted run is resumed where it stopped."""

from __future__ import annotations

import hashlib
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieval.index.tokens import TokenStore
from assistant.retrieval.models.encoder import Encoder, Floats, Integers, ModelInfo

# Texts encoded at once: an interrupt loses at most these, some seconds of work.
_CHUNK = 64
_PREFIX = "encodings-"
# A record starts with its checksum and length, then the digest of its text and the number of its tokens.
_FRAME, _HEAD = struct.Struct("<II"), struct.Struct("<16sI")


@dataclass(frozen=True, slots=True)
class Encoding:
    """What an index stores of a text.

    Attributes:
        vector: Unit vector of the whole text, shape ``(dimension,)``.
        ids: Vocabulary id of each token, shape ``(tokens,)``.
        spans: Start and end of each token in the text, shape ``(tokens, 2)``.
        tokens: Unit vector of each token.
    """

    vector: Floats
    ids: Integers
    spans: Integers
    tokens: TokenStore


class SavedEncodings:
    """A file of encodings, each written as soon as it is computed.

    A damaged record ends the file: it and everything after it are ignored.

    Args:
        folder: The folder of the file.
        info: The model.
        on_resume: Called with the number of encodings of an earlier run that are used again.
    """

    def __init__(self, folder: Path, info: ModelInfo, on_resume: Callable[[int], None]) -> None:
        # The name contains the version of the format, so that another version is never misread.
        digest = hashlib.sha256(f"1 {info.digest} {info.dimension}".encode()).hexdigest()[:16]
        self._path = folder / f"{_PREFIX}{digest}.bin"
        self._dimension = info.dimension
        self._on_resume = on_resume
        self._end = 0

    def known(self, texts: Sequence[str]) -> dict[str, Encoding]:
        """Encodings of those texts that an earlier run has encoded, by text."""
        by_digest = {_text_digest(text): text for text in texts}
        encodings = {}
        for payload in self._payloads():
            digest, count = _HEAD.unpack_from(payload)
            if digest in by_digest:
                encodings[by_digest[digest]] = self._encoding(payload, count)
        if encodings:
            self._on_resume(len(encodings))
        return encodings

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
        offset = _HEAD.size

        def array(kind: type[np.generic], *shape: int) -> Any:
            nonlocal offset
            values = np.frombuffer(payload, kind, int(np.prod(shape)), offset).reshape(shape)
            offset += values.nbytes
            return values

        vector, ids = array(np.float32, self._dimension), array(np.int32, count)
        spans, scales = array(np.int32, count, 2), array(np.float32, count)
        return Encoding(vector, ids, spans, TokenStore(array(np.int8, count, self._dimension), scales))

    def add(self, encodings: Mapping[str, Encoding]) -> None:
        """Append encodings, by text; if the disk is full, the file is deleted and the work continues."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("r+b" if self._path.exists() else "wb") as file:
                file.seek(self._end)
                file.writelines(_record(text, encoding) for text, encoding in encodings.items())
                file.truncate()
                self._end = file.tell()
        except OSError:
            self._path.unlink(missing_ok=True)
            self._end = 0


def _record(text: str, encoding: Encoding) -> bytes:
    arrays = (encoding.vector, encoding.ids, encoding.spans, encoding.tokens.scales, encoding.tokens.codes)
    head = _HEAD.pack(_text_digest(text), len(encoding.ids))
    payload = b"".join([head, *(array.tobytes() for array in arrays)])
    return _FRAME.pack(zlib.crc32(payload), len(payload)) + payload


def delete_encodings(folder: Path) -> None:
    """Delete the encodings saved in a library's ``index/`` once the index contains them."""
    for path in folder.glob(f"{_PREFIX}*.bin"):
        path.unlink(missing_ok=True)


def _text_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def encode(
    texts: Sequence[str],
    encoder: Encoder,
    saved: SavedEncodings | None,
    progress: Callable[[int, int], None] | None,
) -> list[Encoding]:
    """Encode texts.

    Args:
        texts: The texts, each once.
        encoder: The model.
        saved: Encodings of an interrupted run; new ones are added to them.
        progress: Called with the number of texts encoded and the number to encode.

    Returns:
        One encoding for each text, in order.
    """
    encodings = saved.known(texts) if saved else {}
    done = len(encodings)

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, len(texts))

    if done:
        report(0)
    for chunk in _chunks([text for text in texts if text not in encodings]):
        new = {
            text: Encoding(encoded.vector, encoded.ids, _spans(encoder, text), TokenStore.of(encoded.tokens))
            for text, encoded in zip(chunk, encoder.encode(chunk, progress=report), strict=True)
        }
        encodings |= new
        if saved:
            saved.add(new)
    return [encodings[text] for text in texts]


def _chunks(texts: Sequence[str]) -> list[list[str]]:
    """Divide texts into chunks of similar length, which wastes no time on padding.

    The chunks are shuffled, so that the rate so far predicts the remaining time.
    """
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    chunks = [sorted(order[start : start + _CHUNK]) for start in range(0, len(order), _CHUNK)]
    random.Random(0).shuffle(chunks)  # noqa: S311 - has nothing to do with security
    return [[texts[number] for number in chunk] for chunk in chunks]


def _spans(encoder: Encoder, text: str) -> Integers:
    spans = np.array([(piece.start, piece.end) for piece in encoder.pieces(text)], dtype=np.int32)
    return spans.reshape(-1, 2)
