"""The index of a library: windows, their vectors, their token vectors, and the manifest.

Built as a folder of its own and made current by replacing the manifest, so that a reader sees the
old index or the new one and never half of either.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import LibraryError
from assistant.retrieval import abstention
from assistant.retrieval.dense import VectorIndex
from assistant.retrieval.encoder import Encoder, Floats, Integers, ModelInfo
from assistant.retrieval.token_store import TokenStore
from assistant.retrieval.windows import Window, windows_of
from assistant.types import SEARCHED_KINDS, Passage

SCHEMA = 2
MANIFEST = "manifest.json"
_MADE_WITH = tuple(
    "essay-assistant faiss-cpu numpy onnxruntime sentence-transformers tokenizers torch transformers".split()
)
# Files up to this size are read once more to check them: some ten milliseconds of an essay's index.
_CHECKED = 64 * 1024 * 1024
_ARRAYS = ("offsets", "ids", "spans")


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that ranking needs, row for row.

    Attributes:
        model: The model that made the vectors.
        sources: Digest of each essay's chunk file, by essay id.
        windows: The windows, those of a passage next to each other.
        vectors: A FAISS row a window.
        offsets: First token row of each window and, last, the number of tokens; shape ``(windows + 1,)``.
        ids: Vocabulary id of each token, shape ``(tokens,)``.
        spans: Start and end of each token in its passage's text, shape ``(tokens, 2)``.
        tokens: Unit vector of each token.
    """

    model: ModelInfo
    sources: Mapping[str, str]
    windows: tuple[Window, ...]
    vectors: VectorIndex
    offsets: Integers
    ids: Integers
    spans: Integers
    tokens: TokenStore


@dataclass(frozen=True, slots=True)
class _Row:
    """What is known of one window."""

    window: Window
    vector: Floats
    ids: Integers
    spans: Integers
    tokens: TokenStore


def build_index(
    passages: Sequence[Passage],
    sources: Mapping[str, str],
    encoder: Encoder,
    *,
    old: Index | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Index:
    """Index passages, encoding only windows that the old index does not have.

    Args:
        passages: All passages of the library; kinds that questions do not search are passed over.
        sources: Digest of each essay's chunk file.
        encoder: The model.
        old: An index whose vectors are taken over where model and words are the same.
        progress: Called with the number of windows encoded and the number to encode.

    Returns:
        The new index, in memory.
    """
    searched = [passage for passage in passages if passage.kind in SEARCHED_KINDS]
    windows = [window for passage in searched for window in windows_of(passage, encoder)]
    known = _rows(old) if old is not None and old.model.digest == encoder.info.digest else {}
    rows = {window.text: row for window in windows if (row := known.get(window.text))}
    missing = list({window.text: window for window in windows if window.text not in rows}.values())
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, len(missing))

    encoded = encoder.encode([window.text for window in missing], progress=report)
    for window, found in zip(missing, encoded, strict=True):
        spans = np.array([(one.start, one.end) for one in encoder.pieces(window.text)], dtype=np.int32)
        tokens = TokenStore.of(found.tokens)
        rows[window.text] = _Row(window, found.vector, found.ids, spans.reshape(-1, 2), tokens)
    return _assembled(encoder.info, sources, windows, [rows[window.text] for window in windows])


def _assembled(
    info: ModelInfo, sources: Mapping[str, str], windows: Sequence[Window], rows: Sequence[_Row]
) -> Index:
    spans = [row.spans + window.start for window, row in zip(windows, rows, strict=True)]
    counts = [len(row.ids) for row in rows]
    return Index(
        info,
        dict(sources),
        tuple(windows),
        VectorIndex.build(
            np.array([row.vector for row in rows], dtype=np.float32).reshape(-1, info.dimension)
        ),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        np.concatenate([np.zeros(0, np.int32), *(row.ids for row in rows)]).astype(np.int32),
        np.concatenate([np.zeros((0, 2), np.int32), *spans]).astype(np.int32),
        TokenStore.joined([row.tokens for row in rows], info.dimension),
    )


def _rows(index: Index) -> dict[str, _Row]:
    vectors = index.vectors.vectors()
    rows = {}
    for at, window in enumerate(index.windows):
        own = slice(index.offsets[at], index.offsets[at + 1])
        spans = index.spans[own] - window.start
        rows[window.text] = _Row(window, vectors[at], index.ids[own], spans, index.tokens.part(own))
    return rows


@dataclass(frozen=True, slots=True)
class Build:
    """An index on disk that is not the current one yet.

    Attributes:
        folder: The library's ``index/``.
        files: The folder of the build in it.
    """

    folder: Path
    files: Path

    def make_current(self) -> None:
        """Make it the current index and delete the others."""
        os.replace(self.files / MANIFEST, self.folder / MANIFEST)  # noqa: PTH105 - os.replace is the atomic one
        for other in self.folder.glob("build-*"):
            if other != self.files:
                shutil.rmtree(other, ignore_errors=True)

    def discard(self) -> None:
        """Delete it."""
        shutil.rmtree(self.files, ignore_errors=True)


def save_index(index: Index, folder: Path) -> Build:
    """Write an index beside the current one.

    Args:
        index: The index.
        folder: The library's ``index/``; made if missing.

    Returns:
        The build; until it is made the current one, nothing has changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    build = Build(folder, Path(tempfile.mkdtemp(prefix="build-", dir=folder)))
    try:
        build.files.chmod(0o755)
        index.vectors.save(build.files / "windows.faiss")
        arrays = {name: getattr(index, name) for name in _ARRAYS}
        for name, array in (arrays | {"tokens": index.tokens.codes, "scales": index.tokens.scales}).items():
            np.save(build.files / f"{name}.npy", array, allow_pickle=False)
        lines = [json.dumps([w.passage, w.start, w.end, w.text], ensure_ascii=False) for w in index.windows]
        (build.files / "windows.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")
        manifest = json.dumps(_manifest(index, build.files), indent=1)
        (build.files / MANIFEST).write_text(manifest, encoding="utf-8")
    except BaseException:
        build.discard()
        raise
    return build


def _manifest(index: Index, build: Path) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "build": build.name,
        "model": {
            "name": index.model.name,
            "sha256": index.model.digest,
            "dimension": index.model.dimension,
            "max_tokens": index.model.max_tokens,
        },
        "metric": "cosine of unit vectors (inner product)",
        "essays": dict(index.sources),
        "windows": len(index.windows),
        "tokens": len(index.ids),
        "files": {path.name: _digest(path) for path in sorted(build.iterdir())},
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


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read a library's manifest; ``None`` if there is none or it is not of this version."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        return None
    whole = all(isinstance(manifest.get(key), dict) for key in ("model", "essays", "files"))
    return manifest if whole and isinstance(manifest.get("build"), str) and "windows" in manifest else None


def load_index(folder: Path) -> Index | None:
    """Load the current index of a library, its token vectors by memory map.

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
        if not all(_is_whole(build / name, digest) for name, digest in manifest["files"].items()):
            return None
        return _loaded(manifest, build)
    except PermissionError as error:
        raise LibraryError(f"{build} cannot be read; give yourself the right to read it.") from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError):
        return None


def _is_whole(path: Path, digest: str) -> bool:
    """Whether a file of a build is as it was written; very large ones are only seen to be there."""
    return _digest(path) == digest if path.stat().st_size <= _CHECKED else True


def _loaded(manifest: Mapping[str, Any], build: Path) -> Index | None:
    model = manifest["model"]
    info = ModelInfo(model["name"], model["sha256"], model["dimension"], model["max_tokens"])
    lines = (build / "windows.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    windows = tuple(Window(*json.loads(line)) for line in lines)
    offsets, ids, spans = (_array(build, name) for name in _ARRAYS)
    tokens = TokenStore(_array(build, "tokens"), _array(build, "scales"))
    path = build / "windows.faiss"
    index = Index(info, manifest["essays"], windows, VectorIndex.load(path), offsets, ids, spans, tokens)
    fits = (
        len(index.windows) == len(index.offsets) - 1 == manifest["windows"]
        # The digest vouches for a file that was read once more, so that FAISS need not be loaded to count.
        and (path.stat().st_size <= _CHECKED or len(index.vectors) == len(index.windows))
        and len(index.ids) == len(index.spans) == len(tokens) == len(tokens.scales) == index.offsets[-1]
    )
    return index if fits else None


def _array(build: Path, name: str) -> Any:  # noqa: ANN401 - of whatever numbers it was written in
    return np.load(build / f"{name}.npy", mmap_mode="r", allow_pickle=False)
