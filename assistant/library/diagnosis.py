"""The state of a library and of what it needs, for ``assistant doctor``. Nothing is changed by looking."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assistant.core.errors import DamagedEssayError, LibraryError, ModelError
from assistant.library.snapshot import Snapshot
from assistant.library.store import EssayStore
from assistant.retrieval.index.manifest import MANIFEST, read_manifest
from assistant.retrieval.index.storage import load_index
from assistant.retrieval.models.weights import (
    DEFAULT_DIGEST,
    DEFAULT_MODEL,
    WEIGHTS,
    default_folder,
    weights_digest,
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is damaged.

    Attributes:
        what: An essay's id, or ``index``, ``model`` or ``library``.
        problem: One sentence with the problem and the cure.
    """

    what: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The state of a library. It has no words and no titles of essays, and no name of the user's home folder.

    Attributes:
        folder: The library's folder.
        essays: Number of essays that can be used.
        removed: Number of folders of removed essays.
        index: ``engine``, ``windows``, ``model`` and ``sha256`` of the index; empty if there is none.
        model: The default model: ``name``, ``sha256`` and whether that is the right one.
        damaged: What is damaged.
    """

    folder: str
    essays: int
    removed: int
    index: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    damaged: tuple[Trouble, ...] = ()

    def as_object(self) -> dict[str, Any]:
        """The diagnosis as a JSON object."""
        return asdict(self)


def diagnose(store: EssayStore, snapshot: Snapshot) -> Diagnosis:
    """Look at everything that a library consists of; all essays and their sources are read."""
    root = store.root
    model, model_trouble = _model()
    troubles = (*_essays(store, snapshot), *_index(root / "index", snapshot), *model_trouble)
    return Diagnosis(
        folder=without_home(str(root.resolve())),
        essays=len(snapshot.all_essays()),
        removed=len(list((root / "removed").glob("[0-9]*-*"))),
        index=_index_facts(root / "index"),
        model=model,
        damaged=tuple(Trouble(trouble.what, without_home(trouble.problem)) for trouble in troubles),
    )


def without_home(text: str) -> str:
    """A text in which the user's home folder is ``~``, for it mostly has the user's name."""
    home = str(Path.home())
    return re.sub(rf"{re.escape(home)}(?=[\\\\/]|$|\\W)", "~", text) if len(home) > 1 else text


def _essays(store: EssayStore, snapshot: Snapshot) -> Iterator[Trouble]:
    for essay_id in snapshot.stamps:
        try:
            store.check(snapshot.essay(essay_id))
        except DamagedEssayError as error:
            yield Trouble(essay_id, error.public)
        except LibraryError as error:
            yield Trouble(essay_id, str(error))
    for essay_id in store.orphans():
        yield Trouble(
            essay_id,
            "Files of it are left without its passages; add the essay again, "
            f"or delete them with: assistant remove {essay_id} --for-good",
        )
    if store.journal.exists():
        yield Trouble("library", "A change was interrupted; any other command undoes or finishes it.")
    if store.root.exists() and not os.access(store.root, os.W_OK):
        yield Trouble("library", "The folder cannot be written to; give yourself the right to, to change it.")


def _index(folder: Path, snapshot: Snapshot) -> Iterator[Trouble]:
    if not (folder / MANIFEST).exists():
        return
    cure = "the next question makes it again, or delete the folder index/ of the library."
    try:
        index = load_index(folder)
    except LibraryError as error:
        yield Trouble("index", str(error))
        return
    if index is None:
        yield Trouble("index", f"The index is damaged or of another version; {cure}")
    elif snapshot.chunk_digests.items() - index.chunk_digests.items():
        yield Trouble("index", f"The index does not agree with the essays; {cure}")


def _index_facts(folder: Path) -> dict[str, Any]:
    manifest = read_manifest(folder)
    if manifest is None:
        return {}
    facts: dict[str, Any] = {}
    with suppress(KeyError, TypeError, AttributeError):
        model = manifest["model"]
        facts = {
            "engine": manifest["engine"],
            "windows": manifest["counts"]["windows"],
            "model": Path(model["name"]).name,
            "sha256": model["sha256"],
        }
    return facts


def _model() -> tuple[dict[str, Any], list[Trouble]]:
    try:
        digest = weights_digest(default_folder())
    except ModelError as error:
        return {"name": DEFAULT_MODEL, "sha256": None, "right": False}, [Trouble("model", str(error))]
    facts = {"name": DEFAULT_MODEL, "sha256": digest, "right": digest == DEFAULT_DIGEST}
    if digest == DEFAULT_DIGEST:
        return facts, []
    sentence = f"{WEIGHTS} of {DEFAULT_MODEL} is not the file that was published; install its package again."
    return facts, [Trouble("model", sentence)]
