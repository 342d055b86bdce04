"""Writing a library's index beside the current one; see ``index_files``."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval import abstention
from assistant.retrieval.dense import engine_of
from assistant.retrieval.encoder import ModelInfo
from assistant.retrieval.encodings import forget
from assistant.retrieval.index import Index
from assistant.retrieval.index_files import (
    AXES,
    CHECKED,
    FILES,
    MANIFEST,
    POSTINGS,
    SCHEMA,
    TEXTS,
    VECTORS,
    WORDS,
    digest_of,
    read_manifest,
    sizes_of,
)

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
        forget(self.folder)

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
        "hosts": np.where(index.hosts > 0, index.hosts + np.int32(shift), 0).astype(np.int32),
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


def _opened(path: Path, start: int) -> Any:  # noqa: ANN401 - a binary file
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
        "abstention": {"threshold": abstention.THRESHOLD, "precision": abstention.PRECISION},
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - questions need none

    found = {}
    for name in _MADE_WITH:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
