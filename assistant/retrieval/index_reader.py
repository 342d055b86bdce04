"""Reading a library's index by memory map; see ``index_files``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import LibraryError
from assistant.retrieval.dense import VectorIndex
from assistant.retrieval.encoder import ModelInfo
from assistant.retrieval.index import Index, Segment
from assistant.retrieval.index_files import (
    AXES,
    CHECKED,
    FILES,
    POSTINGS,
    TEXTS,
    VECTORS,
    WORDS,
    Rows,
    digest_of,
    read_manifest,
    sizes_of,
)
from assistant.retrieval.postings import Postings
from assistant.retrieval.spelling import Words
from assistant.retrieval.token_store import TokenStore
from assistant.retrieval.windows import Window


def load_index(folder: Path) -> Index | None:
    """Map the current index of a library.

    Returns:
        The index; ``None`` if there is none, it is of another version, or a file of it is damaged.

    Raises:
        LibraryError: If the folder cannot be read.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    build = folder / str(manifest["build"])
    try:
        return _loaded(manifest, build, folder / str(manifest["rows"]))
    except PermissionError as error:
        raise LibraryError(f"{build} cannot be read; give yourself the right to read it.") from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError, IndexError):
        return None


def _loaded(manifest: Mapping[str, Any], build: Path, rows: Path) -> Index | None:
    model, counts = manifest["model"], manifest["counts"]
    info = ModelInfo(model["name"], model["sha256"], model["dimension"], model["max_tokens"])
    if not all(_is_whole(build / name, digest) for name, digest in manifest["files"].items()):
        return None
    mapped = {name: _mapped(rows / name, size) for name, size in sizes_of(counts, info).items()}
    arrays = {name: _numbers(mapped[f"{name}.bin"], own, info) for name, own in FILES.items()}
    texts, words = mapped[TEXTS], mapped[WORDS]
    segments = manifest["segments"]
    essays = {
        name: Segment(source, *(tuple(segments[name][axis]) for axis in AXES))
        for name, source in manifest["essays"].items()
    }
    vocabularies = {name: slice(*said["vocabulary"]) for name, said in segments.items()}
    own = _own(arrays, texts, words, essays, vocabularies)
    if not all(segments[name]["sha256"][file] == digest_of(part) for name, file, part in own):
        return None
    pieces, stems = (Postings.load(build, name) for name in POSTINGS)
    return Index(
        model=info,
        essays=essays,
        windows=StoredWindows(texts, arrays["lines"]),
        vectors=VectorIndex.load(build / VECTORS),
        owners=arrays["owners"],
        offsets=np.concatenate([np.zeros(1, np.int32), arrays["ends"]]),
        ids=arrays["ids"],
        spans=arrays["spans"],
        tokens=TokenStore(arrays["tokens"], arrays["scales"]),
        hosts=arrays["hosts"],
        lengths=arrays["lengths"],
        pieces=pieces,
        words=stems,
        vocabulary=lambda: {name: Words(json.loads(bytes(words[own]))) for name, own in vocabularies.items()},
    )


def _is_whole(path: Path, digest: str | None) -> bool:
    """Whether a file of a build is as it was written; very large ones are only seen to be that."""
    return (digest_of(path) if path.stat().st_size <= CHECKED else None) == digest


def _numbers(mapped: NDArray[np.uint8], own: Rows, info: ModelInfo) -> Any:  # noqa: ANN401 - of its kind
    flat, width = mapped.view(own.kind), own.width or info.dimension
    return flat if width == 1 else flat.reshape(-1, width)


def _mapped(path: Path, size: int) -> NDArray[np.uint8]:
    """The bytes of a file that count.

    Raises:
        OSError: If it cannot be opened.
        ValueError: If it is shorter.
    """
    if path.stat().st_size < size:
        raise ValueError(path)
    # An empty file cannot be mapped.
    made = np.memmap(path, dtype=np.uint8, mode="r", shape=(size,)) if size else np.zeros(0, dtype=np.uint8)
    return np.asarray(made)


def _own(
    arrays: Mapping[str, NDArray[Any]],
    texts: NDArray[np.uint8],
    words: NDArray[np.uint8],
    essays: Mapping[str, Segment],
    vocabularies: Mapping[str, slice],
) -> Iterator[tuple[str, str, memoryview]]:
    """Essay, file and bytes of all rows that are checked: those of files that are not very large."""
    for name, segment in essays.items():
        for file, array in arrays.items():
            if array.nbytes <= CHECKED:
                yield name, file, array[slice(*getattr(segment, FILES[file].of))].data
        low, high = segment.windows
        if texts.nbytes <= CHECKED:
            start, end = (int(arrays["lines"][at - 1]) if at else 0 for at in (low, high))
            yield name, TEXTS, texts[start:end].data
        yield name, WORDS, words[vocabularies[name]].data


class StoredWindows:
    """Windows on disk, each read when it is asked for.

    Args:
        texts: The file of windows, a JSON line each.
        ends: Where each line ends in it.
    """

    def __init__(self, texts: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self._texts, self._ends = texts, ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, row: int) -> Window:
        if not 0 <= row < len(self._ends):
            raise IndexError(row)
        start = int(self._ends[row - 1]) if row else 0
        return Window(*json.loads(bytes(self._texts[start : int(self._ends[row])])))

    def __iter__(self) -> Iterator[Window]:
        return (self[row] for row in range(len(self)))
