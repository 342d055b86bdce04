"""A library's index on disk.

Rows of windows, passages and tokens are in the files of ``rows-*/``, to which essays are only ever appended.
What covers all essays (the FAISS index, the postings) is written to a new ``build-*/`` each time. The
manifest says how many rows of the files count, which rows belong to which essay, and which build is current.
Replacing the manifest makes all of that current at once, so a reader sees either the old index or the new.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.core.disk import sync_files, sync_folder
from assistant.core.errors import LibraryError
from assistant.retrieval.index.bm25 import Postings
from assistant.retrieval.index.encoding import delete_encodings
from assistant.retrieval.index.index import Index, IndexSegment, Vocabulary
from assistant.retrieval.index.manifest import MANIFEST, SCHEMA, read_manifest
from assistant.retrieval.index.tokens import TokenStore, bits_of, runs, width_of
from assistant.retrieval.index.vectors import SharedCentres, VectorIndex
from assistant.retrieval.index.windows import Window
from assistant.retrieval.models.encoder import Integers, ModelInfo

# Files up to this size are verified by reading them, which takes some ten milliseconds for an essay's index.
CHECKED = 64 * 1024 * 1024
# The same for the rows of each essay: those of more essays would take a second.
_CHECKED_ESSAYS = 1_000
# Essays up to which the manifest is laid out line by line.
_LAID_OUT = 100
# A line for each window, and for each essay.
TEXTS, WORDS = "windows.jsonl", "vocabulary.jsonl"
VECTORS, POSTINGS = "windows.faiss", ("pieces", "words")
# In the index of a shard: the centres of the library's inverted files.
CENTRES = "centres.npz"
AXES = ("windows", "passages", "tokens")
_RECORDED_PACKAGES = (
    "essay-assistant faiss-cpu numpy onnxruntime sentence-transformers tokenizers torch transformers".split()
)


@dataclass(frozen=True, slots=True)
class Column:
    """A file of numbers in ``rows-*/``.

    Attributes:
        axis: What a row describes; one of ``AXES``.
        kind: Type of the numbers.
        width: Numbers in a row; 0 for the bytes of a token's vector.
    """

    axis: str
    kind: type[np.generic]
    width: int = 1

    def shape(self, info: ModelInfo) -> tuple[int, ...]:
        """Shape of a row."""
        return () if self.width == 1 else (self._width(info),)

    def row_bytes(self, info: ModelInfo) -> int:
        """Size of a row."""
        return self._width(info) * np.dtype(self.kind).itemsize

    def _width(self, info: ModelInfo) -> int:
        return self.width or width_of(info.dimension, bits_of(info.dimension))


# By the name of the file, without its suffix.
COLUMNS = {
    "owners": Column("windows", np.int32),
    # First token of each window and the one after its last; the end of its line in the file of texts.
    "bounds": Column("windows", np.int32, 2),
    "lines": Column("windows", np.int64),
    # The introductions, under the name that the format has for them.
    "hosts": Column("passages", np.int32, 2),
    "lengths": Column("passages", np.int32),
    "ids": Column("tokens", np.int32),
    "spans": Column("tokens", np.int32, 2),
    "scales": Column("tokens", np.float32),
    "tokens": Column("tokens", np.uint8, 0),
}
Arrays = Mapping[str, NDArray[Any]]
Bytes = NDArray[np.uint8]


def digest_of(content: Path | bytes | memoryview) -> str:
    """sha256 of a file or of bytes."""
    if not isinstance(content, Path):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sizes_of(counts: Mapping[str, int], info: ModelInfo) -> dict[str, int]:
    """How many bytes of each file in ``rows-*/`` count.

    Args:
        counts: The manifest's counts: rows of each axis, and bytes of the files of lines.
        info: The model.
    """
    columns = {
        f"{name}.bin": counts[column.axis] * column.row_bytes(info) for name, column in COLUMNS.items()
    }
    return {**columns, TEXTS: counts[TEXTS], WORDS: counts[WORDS]}


def load_index(folder: Path) -> Index | None:
    """Map the current index of a library into memory.

    Returns:
        The index; ``None`` if there is none, it is of another version, or one of its files is damaged.

    Raises:
        LibraryError: If the folder cannot be read.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    build = folder / str(manifest["build"])
    try:
        return _load(manifest, build, folder / str(manifest["rows"]))
    except PermissionError as error:
        raise LibraryError(f"{build} cannot be read; give yourself the right to read it.") from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError, IndexError):
        return None


def _load(manifest: Mapping[str, Any], build: Path, rows: Path) -> Index | None:
    model, segments = manifest["model"], manifest["segments"]
    info = ModelInfo(model["name"], model["sha256"], model["dimension"], model["max_tokens"])
    if not all(_is_intact(build / name, digest) for name, digest in manifest["files"].items()):
        return None
    mapped = {name: _map(rows / name, size) for name, size in sizes_of(manifest["counts"], info).items()}
    arrays = {
        name: mapped[f"{name}.bin"].view(column.kind).reshape(-1, *column.shape(info))
        for name, column in COLUMNS.items()
    }
    texts, words = mapped[TEXTS], mapped[WORDS]
    essays = {
        name: IndexSegment(chunk_digest, *(tuple(segments[name][axis]) for axis in AXES))
        for name, chunk_digest in manifest["essays"].items()
    }
    vocabularies = {name: words[slice(*segment["vocabulary"])] for name, segment in segments.items()}
    for essay, segment in essays.items() if len(essays) <= _CHECKED_ESSAYS else ():
        digests = segments[essay]["sha256"]
        parts = _checked_parts(arrays, texts, segment)
        if not all(digests[file] == digest_of(part) for file, part in parts):
            return None
        if digests[WORDS] != digest_of(vocabularies[essay].data):
            return None
    pieces, stems = (Postings.load(build, name) for name in POSTINGS)
    return Index(
        model=info,
        essays=essays,
        windows=StoredWindows(texts, arrays["lines"]),
        vectors=VectorIndex.load(build / VECTORS),
        owners=arrays["owners"],
        bounds=arrays["bounds"],
        ids=arrays["ids"],
        spans=arrays["spans"],
        tokens=TokenStore(arrays["tokens"], arrays["scales"], info.dimension, bits_of(info.dimension)),
        introductions=arrays["hosts"],
        lengths=arrays["lengths"],
        pieces=pieces,
        words=stems,
        vocabulary=lambda: {name: Vocabulary(json.loads(bytes(line))) for name, line in vocabularies.items()},
    )


def _is_intact(path: Path, digest: str | None) -> bool:
    """Whether a file of a build has the digest in the manifest; very large files have none."""
    return _digest_if_small(path) == digest


def _digest_if_small(path: Path) -> str | None:
    return digest_of(path) if path.stat().st_size <= CHECKED else None


def _map(path: Path, size: int) -> Bytes:
    """Map the bytes of a file that count.

    Raises:
        OSError: If it cannot be opened.
        ValueError: If it is shorter.
    """
    if path.stat().st_size < size:
        raise ValueError(path)
    # An empty file cannot be mapped.
    mapped = np.memmap(path, dtype=np.uint8, mode="r", shape=(size,)) if size else np.zeros(0, dtype=np.uint8)
    return np.asarray(mapped)


def _checked_parts(arrays: Arrays, texts: Bytes, segment: IndexSegment) -> Iterator[tuple[str, memoryview]]:
    """File and bytes of an essay's rows, without those of very large files."""
    for name, array in arrays.items():
        if array.nbytes <= CHECKED:
            yield name, array[slice(*getattr(segment, COLUMNS[name].axis))].data
    if texts.nbytes <= CHECKED:
        start, end = (int(arrays["lines"][row - 1]) if row else 0 for row in segment.windows)
        yield TEXTS, texts[start:end].data


class StoredWindows:
    """Windows on disk, each read when it is needed.

    Args:
        texts: The file of windows, a JSON line for each.
        ends: Where each line ends in it.
    """

    def __init__(self, texts: Bytes, ends: NDArray[np.int64]) -> None:
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


@dataclass(frozen=True, slots=True)
class Build:
    """An index on disk that is not yet the current one.

    Attributes:
        folder: The library's ``index/``.
        files: The folder of the build in it.
        rows: The folder of rows. If the current index uses it too, rows have been appended to its own.
        sizes: How many bytes of the files in ``rows`` the current index uses; empty if it does not use them.
    """

    folder: Path
    files: Path
    rows: Path
    sizes: Mapping[str, int]

    def make_current(self) -> None:
        """Make it the current index and delete all others."""
        sync_files([self.files, self.rows])
        os.replace(self.files / MANIFEST, self.folder / MANIFEST)  # noqa: PTH105 - os.replace is the atomic one
        sync_folder(self.folder)
        for other in (*self.folder.glob("build-*"), *self.folder.glob("rows-*")):
            if other not in {self.files, self.rows}:
                shutil.rmtree(other, ignore_errors=True)
        delete_encodings(self.folder)

    def discard(self) -> None:
        """Delete everything that the current index does not use."""
        shutil.rmtree(self.files, ignore_errors=True)
        if not self.sizes:
            shutil.rmtree(self.rows, ignore_errors=True)
        for name, size in self.sizes.items():
            # Fails where another process has mapped the file; rows after those that count do no harm.
            with suppress(OSError):
                os.truncate(self.rows / name, size)


def delete_leftovers(folder: Path) -> None:
    """Delete what interrupted runs have left next to the current index; only the writer may do that."""
    manifest = read_manifest(folder)
    if manifest is None:
        return
    current = {folder / manifest["build"], folder / manifest["rows"]}
    for other in (*folder.glob("build-*"), *folder.glob("rows-*")):
        if other not in current:
            shutil.rmtree(other, ignore_errors=True)
    with suppress(OSError, ValueError, KeyError, TypeError):
        model = manifest["model"]
        info = ModelInfo(model["name"], model["sha256"], model["dimension"], model["max_tokens"])
        for name, size in sizes_of(manifest["counts"], info).items():
            path = folder / manifest["rows"] / name
            if path.stat().st_size > size:
                os.truncate(path, size)


def save_index(index: Index, folder: Path, onto: Index | None = None, keep: Collection[str] = ()) -> Build:
    """Write an index next to the current one.

    Args:
        index: The index of some essays, in memory.
        folder: The library's ``index/``; created if missing.
        onto: The current index, if the essays are to be appended to it.
        keep: Ids of the essays of ``onto`` to keep; the rows of its other essays remain unused.

    Returns:
        The build; until it is made the current one, nothing has changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = read_manifest(folder) if onto is not None else None
    counts = manifest["counts"] if manifest else dict.fromkeys((*AXES, TEXTS, WORDS), 0)
    files = _new_folder(folder, "build-")
    if manifest:
        build = Build(folder, files, folder / manifest["rows"], sizes_of(counts, index.model))
    else:
        build = Build(folder, files, folder / files.name.replace("build-", "rows-"), {})
    try:
        build.rows.mkdir(exist_ok=True)
        live = _live_rows(index, onto, keep, counts["windows"])
        shared = SharedCentres.load(folder / CENTRES, index.model.digest)
        vectors = _save_shared(index, onto, counts["passages"], files, live, shared)
        digests = index.chunk_digests
        segments: dict[str, Any] = {}
        if manifest:
            digests |= {name: manifest["essays"][name] for name in keep}
            segments = {name: manifest["segments"][name] for name in keep}
        new_segments, counts = _append(index, build.rows, counts)
        content = _manifest(build, index.model, digests, segments | new_segments, counts, vectors)
        # Of many essays it would take seconds to write it so that it is easy to read.
        indent = 1 if len(content["essays"]) <= _LAID_OUT else None
        (files / MANIFEST).write_text(json.dumps(content, indent=indent), encoding="utf-8")
    except BaseException:
        build.discard()
        raise
    return build


def _new_folder(folder: Path, prefix: str) -> Path:
    created = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    created.chmod(0o755)
    return created


def _live_rows(index: Index, onto: Index | None, keep: Collection[str], windows: int) -> Integers:
    """The windows that are searched when an index is saved after the ``windows`` of ``onto``."""
    kept = [] if onto is None else [onto.essays[name].windows for name in keep]
    ranges = np.array([*sorted(kept), (windows, windows + len(index.windows))], dtype=np.int64)
    return runs(ranges[ranges[:, 0] < ranges[:, 1]])


def _save_shared(
    index: Index,
    onto: Index | None,
    passages: int,
    files: Path,
    live: Integers,
    shared: SharedCentres | None,
) -> VectorIndex:
    """Write what covers all essays, those of ``onto`` and their ``passages`` included; return the vectors."""
    vectors, pieces, words = index.vectors, index.pieces, index.words
    if onto is not None:
        vectors = onto.vectors.joined(vectors)
        pieces = onto.pieces.joined(pieces, passages)
        words = onto.words.joined(words, passages)
    vectors = vectors.fitted(live, shared)
    vectors.save(files / VECTORS)
    for name, postings in zip(POSTINGS, (pieces, words), strict=True):
        postings.save(files, name)
    return vectors


def _append(index: Index, rows: Path, counts: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, int]]:
    """Write the rows of some essays after those that count.

    Returns:
        The essays' segments for the manifest, and the new counts.
    """
    lines = [_json_line([window.passage, window.start, window.end, window.text]) for window in index.windows]
    line_ends = np.cumsum([len(line) for line in lines], dtype=np.int64) + counts[TEXTS]
    shift = np.int32(counts["tokens"])
    introductions = np.where(index.introductions > 0, index.introductions + shift, 0)
    arrays: Arrays = {
        "owners": index.owners + np.int32(counts["passages"]),
        "bounds": index.bounds + shift,
        "lines": line_ends,
        "hosts": introductions.astype(np.int32),
        "lengths": index.lengths,
        "ids": index.ids,
        "spans": index.spans,
        "scales": index.tokens.scales,
        "tokens": index.tokens.codes,
    }
    for name, array in arrays.items():
        column = COLUMNS[name]
        with _open_at(rows / f"{name}.bin", counts[column.axis] * column.row_bytes(index.model)) as file:
            file.write(np.ascontiguousarray(array, dtype=column.kind).data)
    with _open_at(rows / TEXTS, counts[TEXTS]) as file:
        file.writelines(lines)
    segments, words_end = {}, counts[WORDS]
    vocabulary = index.vocabulary()
    with _open_at(rows / WORDS, words_end) as file:
        for name, segment in index.essays.items():
            line = _json_line(vocabulary.get(name, {}))
            file.write(line)
            segments[name] = {
                **{axis: [edge + counts[axis] for edge in getattr(segment, axis)] for axis in AXES},
                "vocabulary": [words_end, words_end + len(line)],
                "sha256": _digests(segment, arrays, lines, line),
            }
            words_end += len(line)
    added = {"windows": len(index.owners), "passages": len(index.lengths), "tokens": len(index.ids)}
    new_counts = {axis: counts[axis] + count for axis, count in added.items()}
    texts_end = int(line_ends[-1]) if lines else counts[TEXTS]
    return segments, {**new_counts, TEXTS: texts_end, WORDS: words_end}


def _json_line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _digests(segment: IndexSegment, arrays: Arrays, lines: Sequence[bytes], words: bytes) -> dict[str, str]:
    """Digest of an essay's rows in each file."""
    rows = {axis: slice(*getattr(segment, axis)) for axis in AXES}
    return {
        **{
            name: digest_of(np.ascontiguousarray(array[rows[COLUMNS[name].axis]]).data)
            for name, array in arrays.items()
        },
        TEXTS: digest_of(b"".join(lines[rows["windows"]])),
        WORDS: digest_of(words),
    }


def _open_at(path: Path, start: int) -> Any:
    """Open a file to write from an offset; what an interrupted run left there is overwritten."""
    file = path.open("r+b" if path.exists() else "w+b")
    file.seek(start)
    return file


def _manifest(
    build: Build,
    model: ModelInfo,
    digests: Mapping[str, str],
    segments: Mapping[str, Any],
    counts: Mapping[str, int],
    vectors: VectorIndex,
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "build": build.files.name,
        "rows": build.rows.name,
        "model": {
            "name": model.name,
            "sha256": model.digest,
            "dimension": model.dimension,
            "max_tokens": model.max_tokens,
        },
        "metric": "cosine of unit vectors (inner product)",
        "engine": vectors.engine,
        "centres": vectors.digest,
        "counts": dict(counts),
        "essays": dict(digests),
        "segments": dict(segments),
        "files": {path.name: _digest_if_small(path) for path in sorted(build.files.iterdir())},
        "versions": _versions(),
    }


@cache
def _versions() -> Mapping[str, str]:
    """Versions of the packages that wrote the index."""
    from importlib.metadata import PackageNotFoundError, version

    versions = {}
    for name in _RECORDED_PACKAGES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions
