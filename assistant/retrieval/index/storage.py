"""Writing a library's index beside the current one; see ``index_files``.

The files of a library's index: what stands in which.

Rows of windows, passages and tokens stand in ``rows-*/``, to whose files an essay is only ever added behind
the others; what is about all of them (the FAISS index, the postings) is written anew into ``build-*/``. The
manifest says how far the files count, whose each row is, and which build is current: replacing it makes all
of that current at once, so that a reader sees the old index or the new one and never half of either.

Reading a library's index by memory map; see ``index_files``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.core.errors import LibraryError
from assistant.retrieval.index.bm25 import Postings
from assistant.retrieval.index.encoding import delete_encodings
from assistant.retrieval.index.index import Index, IndexSegment, Vocabulary
from assistant.retrieval.index.tokens import TokenStore
from assistant.retrieval.index.vectors import VectorIndex, engine_of
from assistant.retrieval.index.windows import Window
from assistant.retrieval.models.encoder import ModelInfo

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
        of: What a row is about: an attribute of ``IndexSegment``.
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
        name: IndexSegment(source, *(tuple(segments[name][axis]) for axis in AXES))
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
        introductions=arrays["hosts"],
        lengths=arrays["lengths"],
        pieces=pieces,
        words=stems,
        vocabulary=lambda: {
            name: Vocabulary(json.loads(bytes(words[own]))) for name, own in vocabularies.items()
        },
    )


def _is_whole(path: Path, digest: str | None) -> bool:
    """Whether a file of a build is as it was written; very large ones are only seen to be that."""
    return (digest_of(path) if path.stat().st_size <= CHECKED else None) == digest


def _numbers(mapped: NDArray[np.uint8], own: Rows, info: ModelInfo) -> Any:
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
    essays: Mapping[str, IndexSegment],
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


_MADE_WITH = tuple(
    "essay-assistant faiss-cpu numpy onnxruntime sentence-transformers tokenizers torch transformers".split()
)


@dataclass(frozen=True, slots=True)
class Build:
    """An index on disk that is not the current one yet.

    Attributes:
        folder: The library's ``index/``.
        files: The folder of the build in it.
        rows: The folder of rows; one that the current index uses as well has had rows added behind those
            that count.
        sizes: How many bytes of the files in it counted before.
    """

    folder: Path
    files: Path
    rows: Path
    sizes: Mapping[str, int]

    def make_current(self) -> None:
        """Make it the current index and delete the others."""
        os.replace(self.files / MANIFEST, self.folder / MANIFEST)  # noqa: PTH105 - os.replace is the atomic one
        for other in (*self.folder.glob("build-*"), *self.folder.glob("rows-*")):
            if other not in {self.files, self.rows}:
                shutil.rmtree(other, ignore_errors=True)
        delete_encodings(self.folder)

    def discard(self) -> None:
        """Delete what the current index does not use."""
        shutil.rmtree(self.files, ignore_errors=True)
        if not self.sizes:
            shutil.rmtree(self.rows, ignore_errors=True)
        for name, size in self.sizes.items():
            # Who has the file mapped may forbid it; what is behind the rows that count does no harm.
            with suppress(OSError):
                os.truncate(self.rows / name, size)


def save_index(index: Index, folder: Path, onto: Index | None = None, keep: Collection[str] = ()) -> Build:
    """Write an index beside the current one.

    Args:
        index: The index of some essays, in memory.
        folder: The library's ``index/``; made if missing.
        onto: The current index, if the essays are to be added to some of its own.
        keep: Ids of these; rows of all others remain and belong to nobody.

    Returns:
        The build; until it is made the current one, nothing has changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = read_manifest(folder) if onto is not None else None
    counts = manifest["counts"] if manifest else dict.fromkeys((*AXES, TEXTS, WORDS), 0)
    files = _new_folder(folder, "build-")
    build = Build(folder, files, folder / files.name.replace("build-", "rows-"), {})
    if manifest:
        build = Build(folder, files, folder / manifest["rows"], sizes_of(counts, index.model))
    rows = build.rows
    try:
        rows.mkdir(exist_ok=True)
        vectors, pieces, words = index.vectors, index.pieces, index.words
        if onto is not None:
            vectors = onto.vectors.joined(vectors)
            pieces = onto.pieces.joined(pieces, counts["passages"])
            words = onto.words.joined(words, counts["passages"])
        vectors.save(files / VECTORS)
        for name, postings in zip(POSTINGS, (pieces, words), strict=True):
            postings.save(files, name)
        sources = index.sources
        segments: dict[str, Any] = {}
        if manifest:
            sources |= {name: manifest["essays"][name] for name in keep}
            segments = {name: manifest["segments"][name] for name in keep}
        said, counts = _append(index, rows, counts)
        made = _manifest(build, index.model, sources, segments | said, counts)
        (files / MANIFEST).write_text(json.dumps(made, indent=1), encoding="utf-8")
    except BaseException:
        build.discard()
        raise
    return build


def _new_folder(folder: Path, prefix: str) -> Path:
    made = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    made.chmod(0o755)
    return made


def _append(index: Index, rows: Path, counts: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, int]]:
    """Write the rows of some essays behind those that count.

    Returns:
        What the manifest says of the essays, and how far the files count now.
    """
    lines = [
        json.dumps([one.passage, one.start, one.end, one.text], ensure_ascii=False).encode() + b"\n"
        for one in index.windows
    ]
    line_ends = np.cumsum([len(line) for line in lines], dtype=np.int64) + counts[TEXTS]
    shift = counts["tokens"]
    arrays: dict[str, NDArray[Any]] = {
        "owners": index.owners + np.int32(counts["passages"]),
        "ends": index.offsets[1:] + np.int32(shift),
        "lines": line_ends,
        "hosts": np.where(index.introductions > 0, index.introductions + np.int32(shift), 0).astype(np.int32),
        "lengths": index.lengths,
        "ids": index.ids,
        "spans": index.spans,
        "scales": index.tokens.scales,
        "tokens": index.tokens.codes,
    }
    for name, array in arrays.items():
        own = FILES[name]
        start = counts[own.of] * array[:1].nbytes if len(array) else 0
        with _opened(rows / f"{name}.bin", start) as file:
            file.write(np.ascontiguousarray(array, dtype=own.kind).data)
    with _opened(rows / TEXTS, counts[TEXTS]) as file:
        file.writelines(lines)
    said, at = {}, counts[WORDS]
    vocabulary = index.vocabulary()
    with _opened(rows / WORDS, at) as file:
        for name, segment in index.essays.items():
            line = json.dumps(vocabulary.get(name, {}), ensure_ascii=False).encode() + b"\n"
            file.write(line)
            own_rows = {axis: slice(*getattr(segment, axis)) for axis in AXES}
            slices = {one: array[own_rows[FILES[one].of]] for one, array in arrays.items()}
            said[name] = {
                **{axis: [edge + counts[axis] for edge in getattr(segment, axis)] for axis in AXES},
                "vocabulary": [at, at + len(line)],
                "sha256": {
                    **{one: digest_of(np.ascontiguousarray(array).data) for one, array in slices.items()},
                    TEXTS: digest_of(b"".join(lines[own_rows["windows"]])),
                    WORDS: digest_of(line),
                },
            }
            at += len(line)
    lengths = {"windows": len(index.owners), "passages": len(index.lengths), "tokens": len(index.ids)}
    ends = {axis: counts[axis] + length for axis, length in lengths.items()}
    return said, {**ends, TEXTS: int(line_ends[-1]) if lines else counts[TEXTS], WORDS: at}


def _opened(path: Path, start: int) -> Any:
    """A file to write to behind what counts of it; what an interrupted run has left there is overwritten."""
    file = path.open("r+b" if path.exists() else "w+b")
    file.seek(start)
    return file


def _manifest(
    build: Build,
    model: ModelInfo,
    sources: Mapping[str, str],
    segments: Mapping[str, Any],
    counts: Mapping[str, int],
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
        "engine": engine_of(counts["windows"]),
        "counts": dict(counts),
        "essays": dict(sources),
        "segments": dict(segments),
        "files": {
            path.name: digest_of(path) if path.stat().st_size <= CHECKED else None
            for path in sorted(build.files.iterdir())
        },
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in _MADE_WITH:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
