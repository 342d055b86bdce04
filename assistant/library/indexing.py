"""Keeping a library's index in step with its essays and its model.

What finds passages in a library, kept in step with the essays on disk.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.errors import LibraryError
from assistant.core.essay import Progress, StoredEssay
from assistant.library.files import writing
from assistant.library.store import EssayStore, Snapshot
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.encoding import SavedEncodings, delete_encodings
from assistant.retrieval.index.index import Index, build_index, encodings_of
from assistant.retrieval.index.storage import MANIFEST, Build, load_index, read_manifest, save_index
from assistant.retrieval.index.vectors import FLAT
from assistant.retrieval.models.encoder import Encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.core.essay import Progress, StoredEssay
    from assistant.retrieval.models.cross_encoder import ReadingModel
    from assistant.retrieval.models.sentence_transformers import Reranker


# When so large a share of the rows belongs to nobody any more, all are written anew.
_DEAD = 0.25


def no_step(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody follows."""


class LibraryIndex:
    """Builds and loads the index of one library.

    Args:
        root: The library's folder.
        load_encoder: Gives the model of a name, or the default one for ``None``.
        notify: Takes sentences for the user about what goes on.
    """

    def __init__(
        self, root: Path, load_encoder: Callable[[str | None], Encoder], notify: Callable[[str], None]
    ) -> None:
        self._root = root
        self._index = root / "index"
        self._load_encoder = load_encoder
        self._notify = notify
        self._encoders: dict[str | None, Encoder] = {}
        self._rerankers: dict[str, Reranker] = {}

    def state(self) -> tuple[int, int, int] | None:
        """What changes with the current index; ``None`` if there is none."""
        try:
            found = (self._index / MANIFEST).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def engine(self) -> str:
        """How the windows are searched, in words; empty if there is no index."""
        manifest = read_manifest(self._index)
        if manifest is None:
            return ""
        runs = (said["windows"] for said in manifest["segments"].values())
        count, engine = sum(high - low for low, high in runs), manifest["engine"]
        how = "all compared" if engine == FLAT else "the nearest lists compared"
        return f"{count:,} windows, {how} (FAISS {engine})."

    def build(
        self,
        essays: Mapping[str, StoredEssay],
        sources: Mapping[str, str],
        model: str | None,
        step: Progress,
        *,
        encodings: Path | None = None,
        anew: bool = False,
    ) -> Build | None:
        """Build and write an index, not yet the current one; ``None`` if the current one is right.

        Args:
            essays: The essays, by id; only those that are new or changed are looked at.
            sources: Digest of each essay's chunk file.
            model: Name of the embedding model; else the one that the library has.
            step: Told how far the work is.
            encodings: Folder in which windows may be encoded already; else what an interrupted run has left.
            anew: Whether to write all rows anew, so that none is left of an essay that is gone.
        """
        old = load_index(self._index)
        encoder = self.encoder(model or (old.model.name if old else None))
        same_model = old is not None and old.model == encoder.info
        if old is not None and old.sources == sources and same_model and not anew:
            return None
        keep = _kept(old, sources) if old is not None and same_model and not anew else ()
        if encodings is None:
            kept = SavedEncodings(self._index, encoder.info, self._taken_up)
        else:
            kept = SavedEncodings(encodings, encoder.info, lambda _count: None)
        changed = {name: digest for name, digest in sorted(sources.items()) if name not in keep}
        index = build_index(
            [passage for name in changed for passage in essays[name].passages],
            changed,
            encoder,
            previous=old,
            saved=kept,
            progress=lambda done, total: step("embedding", done, total),
        )
        step("writing", 0, 1)
        return save_index(index, self._index, old if keep else None, keep)

    def keep_encodings(self, essay_id: str, folder: Path) -> None:
        """Write the encodings of an essay's windows into a folder; nothing where the index has none."""
        index = load_index(self._index)
        if index is not None and (found := encodings_of(index, {essay_id})):
            SavedEncodings(folder, index.model, lambda _count: None).add(found)

    def forget_removed(self, shelf: EssayStore) -> None:
        """Write the index anew, so that nothing is left in it of essays that are gone.

        Raises:
            AssistantError: If it cannot be made.
        """
        abouts = shelf.summaries()
        if not abouts:
            self._erase()
        elif (self._index / MANIFEST).exists():
            sources = {name: about.sha256 for name, about in abouts.items()}
            build = self.build(Snapshot(shelf, abouts), sources, None, no_step, anew=True)
            if build:
                _made_current(build)

    def _erase(self) -> None:
        (self._index / MANIFEST).unlink(missing_ok=True)
        for path in (*self._index.glob("build-*"), *self._index.glob("rows-*")):
            shutil.rmtree(path, ignore_errors=True)
        delete_encodings(self._index)

    def _taken_up(self, count: int) -> None:
        self._notify(f"Taking up {count:,} windows that were embedded before an interruption.")

    def current(self, essays: Mapping[str, StoredEssay], sources: Mapping[str, str]) -> Index:
        """The index if it agrees with essays and model, else a new one; arguments as of ``build``."""
        index = load_index(self._index)
        if index is not None and index.sources == sources:
            if self.encoder(index.model.name).info == index.model:
                return index
            self._notify(f"The model {index.model.name} has changed; the index is made again.")
        elif not (self._index / MANIFEST).exists():
            self._notify("The index is made; this takes a moment.")
        elif index is None or not sources.items() <= index.sources.items():
            # Where essays were only removed, there is nothing to say: all vectors are there.
            self._notify("The index does not agree with the essays; it is made again.")
        with writing(self._root, self._notify):
            # Another program may have made it while this one waited; then there is nothing to build.
            if build := self.build(essays, sources, None, no_step):
                _made_current(build)
        made = load_index(self._index)
        if made is None:
            raise LibraryError(
                f"{self._index} cannot be used; delete it, it is made again with the next question."
            )
        return made

    def encoder(self, name: str | None) -> Encoder:
        """The model of a name, loaded once."""
        if name not in self._encoders:
            encoder = self._load_encoder(name)
            self._encoders[name] = self._encoders[encoder.info.name] = encoder
        return self._encoders[name]

    def reranker(self, name: str) -> Reranker:
        """The re-ranking model of a name, loaded once.

        Raises:
            ModelError: If there is no such model.
        """
        from assistant.retrieval.models.sentence_transformers import SentenceTransformerReranker

        if name not in self._rerankers:
            self._rerankers[name] = SentenceTransformerReranker(name)
        return self._rerankers[name]


def _made_current(build: Build) -> None:
    try:
        build.make_current()
    except BaseException:
        build.discard()
        raise


def _kept(old: Index, sources: Mapping[str, str]) -> set[str]:
    """Essays whose rows are right as they are; none if too many rows would belong to nobody."""
    kept = {name for name, digest in old.sources.items() if sources.get(name) == digest}
    rows = sum(high - low for low, high in (old.essays[name].windows for name in kept))
    return kept if rows >= (1 - _DEAD) * len(old.windows) else set()


class Finders:
    """Gives what finds passages.

    Args:
        shelf: The essays.
        keeper: Their index.
        reading_model: Reads questions and excerpts together; ``None`` to do without.
    """

    def __init__(self, shelf: EssayStore, keeper: LibraryIndex, reading_model: ReadingModel | None) -> None:
        self._shelf, self._keeper, self._reading_model = shelf, keeper, reading_model
        self._opened: tuple[object, Finder] | None = None
        # The page asks from several threads; one of them loads the model and the others wait for it.
        self._guard = threading.Lock()

    @property
    def state(self) -> object:
        """What changes with the essays that are found; ``None`` before the first question."""
        return self._opened and self._opened[0]

    def current(self) -> Finder:
        """The one whose index agrees with the essays on disk.

        Raises:
            LibraryError: If an index cannot be made.
        """
        with self._guard:
            abouts = self._shelf.summaries()
            sources = {essay_id: about.sha256 for essay_id, about in abouts.items()}
            if self._opened is None or self._opened[0] != (self._keeper.state(), sources):
                essays = Snapshot(self._shelf, abouts)
                index = self._keeper.current(essays, sources)
                found = Finder(
                    index, self._keeper.encoder(index.model.name), essays, self._reading_model, abouts
                )
                self._opened = ((self._keeper.state(), sources), found)
            return self._opened[1]

    def warm(self) -> None:
        """Load models and index.

        Raises:
            LibraryError: If an index cannot be made.
        """
        self.current().searcher.encoder.encode(["?", "?"], query=True)
        if self._reading_model is not None:
            # The second time weights are laid out for the processor.
            for _ in range(2):
                self._reading_model.read("?", ["."])

    def of(self, essays: Sequence[StoredEssay], progress: Progress) -> Finder:
        """What finds passages of essays that are in no library.

        Args:
            essays: The essays.
            progress: Called with the stage, the number of steps done and the number there are.
        """
        encoder = self._keeper.encoder(None)
        passages = [passage for essay in essays for passage in essay.passages]
        index = build_index(passages, {}, encoder, progress=partial(progress, "embedding"))
        return Finder(index, encoder, {essay.id: essay for essay in essays}, self._reading_model)
