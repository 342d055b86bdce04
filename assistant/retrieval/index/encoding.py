"""Encoding of many windows; an interrupted run is resumed where it stopped."""

from __future__ import annotations

import hashlib
import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieval.index.tokens import PRECISE, TokenStore, bits_of, width_of
from assistant.retrieval.index.windows import Window
from assistant.retrieval.models.encoder import Encoded, Encoder, Floats, Integers, ModelInfo, unit

# Texts encoded at once: an interrupt loses at most these, some seconds of work.
_CHUNK = 64
_PREFIX = "encodings-"
# A record starts with its checksum and length, then the digest of its text, the numbers of its windows and
# tokens, and the bits of a component.
_FRAME, _HEAD = struct.Struct("<II"), struct.Struct("<16sIII")


@dataclass(frozen=True, slots=True)
class Encoding:
    """What an index stores of a passage's windows, or what the model says of one.

    Attributes:
        vectors: Unit vector of each window, shape ``(windows, dimension)``.
        bounds: First token of each window and the one after its last, shape ``(windows, 2)``.
        ids: Vocabulary id of each token, shape ``(tokens,)``.
        spans: Start and end of each token in the passage's text, or in the window's; shape ``(tokens, 2)``.
        tokens: Unit vector of each token.
        lists: The list of each window in the inverted file of the index that has it; see
            ``VectorIndex.lists``.
    """

    vectors: Floats
    bounds: Integers
    ids: Integers
    spans: Integers
    tokens: TokenStore
    lists: Integers | None = None


@dataclass(frozen=True, slots=True)
class PassageEncodings:
    """Encodings of passages that were computed elsewhere.

    Attributes:
        model: The model that computed them.
        by_key: The encoding of each passage, by its ``passage_key``.
    """

    model: ModelInfo
    by_key: Mapping[str, Encoding]


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
        digest = hashlib.sha256(f"2 {info.digest} {info.dimension}".encode()).hexdigest()[:16]
        self._path = folder / f"{_PREFIX}{digest}.bin"
        self._dimension = info.dimension
        self._on_resume = on_resume
        self._end = 0

    def known(self, texts: Sequence[str]) -> dict[str, Encoding]:
        """Encodings of those texts that an earlier run has encoded, by text or, for a passage, by its key."""
        by_digest = {_text_digest(text): text for text in texts}
        encodings = {}
        for payload in self._payloads():
            digest, *counts = _HEAD.unpack_from(payload)
            if digest in by_digest:
                encodings[by_digest[digest]] = self._encoding(payload, *counts)
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

    def _encoding(self, payload: memoryview, windows: int, count: int, bits: int) -> Encoding:
        offset = _HEAD.size

        def array(kind: type[np.generic], *shape: int) -> Any:
            nonlocal offset
            values = np.frombuffer(payload, kind, int(np.prod(shape)), offset).reshape(shape)
            offset += values.nbytes
            return values

        vectors, bounds = array(np.float32, windows, self._dimension), array(np.int32, windows, 2)
        ids, spans, scales = array(np.int32, count), array(np.int32, count, 2), array(np.float32, count)
        codes = array(np.uint8, count, width_of(self._dimension, bits))
        return Encoding(vectors, bounds, ids, spans, TokenStore(codes, scales, self._dimension, bits))

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
    tokens = encoding.tokens
    head = _HEAD.pack(_text_digest(text), len(encoding.vectors), len(tokens), tokens.bits)
    floats, integers = (encoding.vectors,), (encoding.bounds, encoding.ids, encoding.spans)
    arrays = [array.astype(np.float32, copy=False).tobytes() for array in floats]
    arrays += [array.astype(np.int32, copy=False).tobytes() for array in integers]
    payload = b"".join([head, *arrays, tokens.scales.tobytes(), tokens.codes.tobytes()])
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
            text: _encoding_of(text, encoded, encoder)
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


def _encoding_of(text: str, encoded: Encoded, encoder: Encoder) -> Encoding:
    count = len(encoded.ids)
    # Two sentences may have a piece more together than they have apart; the model has cut it off.
    spans = np.array([(piece.start, piece.end) for piece in encoder.pieces(text)[:count]], dtype=np.int32)
    bounds = np.array([[0, count]], dtype=np.int32)
    tokens = TokenStore.of(encoded.tokens, PRECISE)
    return Encoding(encoded.vector[None], bounds, encoded.ids, spans.reshape(-1, 2), tokens)


def passage_key(windows: Sequence[Window]) -> str:
    """What identifies the encoding of a passage: its windows, and where they are in it."""
    return json.dumps([(window.start, window.end, window.text) for window in windows])


def join_windows(windows: Sequence[Window], encodings: Sequence[Encoding]) -> Encoding:
    """Join the encodings of a passage's windows, each a single one.

    A sentence that two windows share is stored once: each of its tokens has the mean of its two vectors. The
    windows' order is that of the passage, and no token is in more than two of them.
    """
    bounds = np.zeros((len(windows), 2), dtype=np.int32)
    ids: list[Integers] = []
    spans: list[Integers] = []
    parts: list[Floats] = []
    end, previous = 0, None
    for number, (window, encoding) in enumerate(zip(windows, encodings, strict=True)):
        placed, vectors = encoding.spans + window.start, encoding.tokens.vectors
        shared = 0 if previous is None else _shared(*previous, encoding.ids, placed)
        if shared and len(parts[-1]) < shared:
            shared = 0
        if shared:
            parts[-1][-shared:] = unit(parts[-1][-shared:] + vectors[:shared])
        bounds[number] = end - shared, end - shared + len(placed)
        end = int(bounds[number, 1])
        ids.append(encoding.ids[shared:])
        spans.append(placed[shared:])
        parts.append(vectors[shared:])
        previous = encoding.ids, placed
    tokens = np.concatenate(parts)
    return Encoding(
        np.concatenate([encoding.vectors for encoding in encodings]),
        bounds,
        np.concatenate(ids).astype(np.int32),
        np.concatenate(spans).astype(np.int32),
        TokenStore.of(tokens, bits_of(tokens.shape[1])),
    )


def _shared(ids: Integers, spans: Integers, next_ids: Integers, next_spans: Integers) -> int:
    """Number of tokens at the end of a window with which the next one begins."""
    if not len(next_spans):
        return 0
    count = len(spans) - int(np.searchsorted(spans[:, 0], next_spans[0, 0]))
    is_shared = np.array_equal(ids[len(ids) - count :], next_ids[:count]) and np.array_equal(
        spans[len(spans) - count :], next_spans[:count]
    )
    return count if is_shared else 0
