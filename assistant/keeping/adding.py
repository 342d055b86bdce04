"""An essay that was read is put on the shelf together with the index that knows it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.chunking import store
from assistant.errors import LibraryError
from assistant.keeping import ingest
from assistant.keeping.given import Given
from assistant.keeping.indexing import IndexKeeper
from assistant.keeping.ingest import Ingested
from assistant.keeping.shelf import Shelf, Snapshot
from assistant.keeping.storage import replace_together
from assistant.types import CSLItem, Progress, StoredEssay


@dataclass(frozen=True, slots=True)
class Ready:
    """An essay that is ready to be put on the shelf.

    Attributes:
        essay: The essay.
        chunks: Its chunk file, as text.
        source: Its source.
        given: What the user gave of it.
        encodings: A folder in which its windows may be encoded already, or ``None``.
    """

    essay: StoredEssay
    chunks: str
    source: str
    given: Given
    encodings: Path | None = None

    @classmethod
    def of(cls, made: Ingested, given: Given) -> Ready:
        """What was read, with what is given of it."""
        return cls(made.essay, store.dump(made.essay), made.source, given)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user gives now of an essay that is added.

    Attributes:
        reference: Its record, or ``None``.
        first_page: Its first page, or ``None``.
        essay_id: Its id, or ``None``.
    """

    reference: CSLItem | None
    first_page: str | None
    essay_id: str | None


def settled(made: Ingested, path: Path, asked: Asked, known: Sequence[CSLItem], shelf: Shelf) -> Ready:
    """An essay as it was read, or read anew with what the user gave of it before.

    A file that is there already keeps its id, its record and its first page where the user gave them once
    and gives no others now.

    Args:
        made: The essay as it was read.
        path: Its file.
        asked: What is given now.
        known: Records of known essays.
        shelf: The essays there are.

    Raises:
        AssistantError: If the id is that of another work.
    """
    new = asked.essay_id is None and asked.reference is None
    name = _held_as(made.essay, shelf) if new else made.essay.id
    _refuse_other(made.essay, name, path, shelf)
    given = shelf.given(name).updated(asked.reference, asked.first_page)
    page = given.first_page or None
    if (name, given.reference, page) != (made.essay.id, asked.reference, asked.first_page):
        own = known if given.reference is None else given.reference
        made = ingest.read_essay(path, own, known=known, first_page=page, essay_id=name)
    return Ready.of(made, given)


def _held_as(essay: StoredEssay, shelf: Shelf) -> str:
    """Id under which the library has an essay's very file, else the one that it was given."""
    if essay.id in shelf.ids():
        return essay.id
    abouts = shelf.abouts()
    same = (name for name, about in abouts.items() if about.source == essay.source_sha256)
    return next(same, essay.id)


def _refuse_other(essay: StoredEssay, name: str, path: Path, shelf: Shelf) -> None:
    """Refuse an essay that would take the place of another work."""
    if name not in shelf.ids():
        return
    try:
        known = shelf.load(name)[1]
    except LibraryError:
        return  # a damaged file is mended by adding its essay again
    same_work = known.source_name == essay.source_name and bool(_titles(known) & _titles(essay))
    if known.source_sha256 != essay.source_sha256 and not same_work:
        raise LibraryError(
            f"{path} would take the id {name!r} of another essay ({known.source_name}); give it its "
            f"own with --id, or remove the other with: assistant remove {name}"
        )


def _titles(essay: StoredEssay) -> set[str]:
    """The title on record, and the printed one, which no new record changes."""
    printed = " ".join(passage.text for passage in essay.passages if passage.kind == "title")
    return {essay.report.title, printed} - {""}


def commit(ready: Ready, model: str | None, shelf: Shelf, keeper: IndexKeeper, step: Progress) -> None:
    """Build the index with an essay new or changed, then make files and index current together.

    Args:
        ready: The essay.
        model: Embedding model for the whole library; else the one it has.
        shelf: The essays there are.
        keeper: Keeps their index.
        step: Told how far the work is.

    Raises:
        AssistantError: If the index cannot be made or the files cannot be written.
    """
    essay = ready.essay
    abouts = shelf.abouts(but=essay.id)
    sources = {name: about.sha256 for name, about in abouts.items()}
    sources[essay.id] = hashlib.sha256(ready.chunks.encode()).hexdigest()
    essays = Snapshot(shelf, abouts, essay)
    build = keeper.build(essays, sources, model, step, encodings=ready.encodings)
    files = shelf.files(essay.id, ready.chunks, ready.source, ready.given)
    try:
        replace_together(files, build.make_current if build else _nothing)
    except BaseException:
        if build:
            build.discard()
        raise


def _nothing() -> None:
    """What is done where the index is right already."""
