"""The index of a library, kept in step with its essays."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from assistant.core.errors import LibraryError
from assistant.core.essay import EssaySummary, Progress, StoredEssay
from assistant.library.files import writing
from assistant.library.models import Models, OutdatedError, no_progress
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.encoding import PassageEncodings, SavedEncodings, delete_encodings
from assistant.retrieval.index.index import Index, build_index, encodings_of
from assistant.retrieval.index.manifest import MANIFEST, read_manifest
from assistant.retrieval.index.storage import Build, delete_leftovers, load_index, save_index
from assistant.retrieval.models.encoder import Encoder

# When so large a share of the rows belongs to no essay any more, all rows are written again.
_UNUSED = 0.25

# Gives an essay by its id, reading it only now.
EssayReader = Callable[[str], StoredEssay]


class LibraryIndex:
    """Builds and loads the index of a library.

    Args:
        root: The library's folder.
        models: The models that make it.
        notify: Receives sentences for the user.
    """

    def __init__(self, root: Path, models: Models, notify: Callable[[str], None]) -> None:
        self.models = models
        self._root, self._folder = root, root / "index"
        self._notify = notify
        # The state of the index on disk for which the model was read; the manifest of many essays is large.
        self._model: tuple[object, str | None] | None = None

    def state(self) -> tuple[int, int, int] | None:
        """A value that changes with the index on disk; ``None`` if there is none."""
        try:
            status = (self._folder / MANIFEST).stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def finder(
        self,
        essays: Mapping[str, StoredEssay],
        summaries: Mapping[str, EssaySummary],
        is_current: Callable[[], bool],
        damaged: Collection[str],
    ) -> Finder:
        """A finder of the library's essays; arguments and errors as for ``backend.SearchIndex.finder``."""
        digests = {essay_id: summary.sha256 for essay_id, summary in summaries.items()}
        index = self.current(essays.__getitem__, digests, is_current, damaged)
        encoder = self.models.encoder(index.model.name)
        return Finder(index, encoder, essays, self.models.reading_model, summaries)

    def current(
        self,
        read_essay: EssayReader,
        digests: Mapping[str, str],
        is_current: Callable[[], bool],
        damaged: Collection[str] = (),
    ) -> Index:
        """Load the index if it agrees with essays and model; otherwise build it.

        Args:
            read_essay: Gives an essay by its id; called for new and changed essays alone.
            digests: Digest of each essay's chunk file by id.
            is_current: Whether these are still the essays on disk.
            damaged: Ids of damaged essays. What the index has of them is not searched, but stays in it.

        Raises:
            OutdatedError: If they are not, and the index would have to be built.
            LibraryError: If it cannot be built.
        """
        index = self._without(damaged)
        if index is not None and index.chunk_digests == digests:
            if self.models.encoder(index.model.name).info == index.model:
                return index
            self._notify(f"The model {index.model.name} has changed; the index is rebuilt.")
        elif not (self._folder / MANIFEST).exists():
            self._notify("The index is being built; this takes a moment.")
        elif index is None or not digests.items() <= index.chunk_digests.items():
            # Where essays were only removed, there is nothing to report: all vectors are there.
            self._notify("The index does not agree with the essays; it is rebuilt.")
        with writing(self._root, self._notify):
            if not is_current():
                raise OutdatedError
            # Another program may have built it while this one waited.
            if build := self.build(read_essay, digests, damaged=damaged):
                _make_current(build)
        index = self._without(damaged)
        if index is None:
            raise LibraryError(f"{self._folder} cannot be used; delete it, the next question rebuilds it.")
        return index

    def _without(self, damaged: Collection[str]) -> Index | None:
        index = load_index(self._folder)
        return index if index is None else index.without(damaged)

    def encoder(self, name: str | None = None) -> Encoder:
        """The embedding model of a name; otherwise that of the index, or the default one.

        Raises:
            AssistantError: If it cannot be used.
        """
        return self.models.encoder(self.model() if name is None else name)

    def model(self) -> str | None:
        """Name of the model that the index was made with; ``None`` if there is no index."""
        state = self.state()
        if self._model is None or self._model[0] != state:
            manifest = read_manifest(self._folder)
            self._model = state, None if manifest is None else manifest["model"].get("name")
        return self._model[1]

    def build(
        self,
        read_essay: EssayReader,
        digests: Mapping[str, str],
        *,
        damaged: Collection[str] = (),
        model: str | None = None,
        progress: Progress = no_progress,
        encodings: Path | None = None,
        encoded: Sequence[PassageEncodings] = (),
        rewrite: bool = False,
    ) -> Build | None:
        """Build and write an index that is not yet the current one; ``None`` if the current one is right.

        Args:
            read_essay: Gives an essay by its id; called for new and changed essays alone.
            digests: Digest of each essay's chunk file by id.
            damaged: Ids of damaged essays; see ``current``.
            model: Name of the embedding model; otherwise the one that the library has.
            progress: Called with the stage, the number of steps done and the number there are.
            encodings: Folder with encodings of windows; otherwise those of an interrupted run are used.
            encoded: Encodings that were computed elsewhere; those of another model are not used.
            rewrite: Whether to write all rows again, so that none is left of a removed essay.
        """
        old = load_index(self._folder)
        encoder = self.models.encoder(model or (old.model.name if old else None))
        same_model = old is not None and old.model == encoder.info
        wanted = dict(digests)
        if old is not None:
            wanted = {name: old.chunk_digests[name] for name in damaged if name in old.chunk_digests} | wanted
        if old is not None and old.chunk_digests == wanted and same_model and not rewrite:
            return None
        unchanged = _unchanged(old, wanted) if old is not None and same_model and not rewrite else set()
        changed = {essay: digest for essay, digest in sorted(digests.items()) if essay not in unchanged}
        if encodings is None:
            saved = SavedEncodings(self._folder, encoder.info, self._notify_reused)
        else:
            saved = SavedEncodings(encodings, encoder.info, _ignore)
        index = build_index(
            [passage for essay in changed for passage in read_essay(essay).passages],
            changed,
            encoder,
            previous=old,
            saved=saved,
            known={
                key: encoding
                for each in encoded
                if each.model == encoder.info
                for key, encoding in each.by_key.items()
            },
            progress=partial(progress, "embedding"),
        )
        progress("writing", 0, 1)
        return save_index(index, self._folder, old if unchanged else None, unchanged)

    def save_encodings(self, essay_id: str, folder: Path) -> None:
        """Write the encodings of an essay's windows into a folder, if the index has any."""
        index = load_index(self._folder)
        if index is not None and (encodings := encodings_of(index, {essay_id})):
            SavedEncodings(folder, index.model, _ignore).add(encodings)

    def sweep(self) -> None:
        """Delete what interrupted runs have left next to the current index."""
        delete_leftovers(self._folder)

    def rewrite(self, read_essay: EssayReader, digests: Mapping[str, str]) -> None:
        """Write the index again, so that nothing of removed or damaged essays is left in it.

        Raises:
            AssistantError: If it cannot be built.
        """
        if digests and (self._folder / MANIFEST).exists():
            if build := self.build(read_essay, digests, rewrite=True):
                _make_current(build)
            return
        (self._folder / MANIFEST).unlink(missing_ok=True)
        for path in (*self._folder.glob("build-*"), *self._folder.glob("rows-*")):
            shutil.rmtree(path, ignore_errors=True)
        delete_encodings(self._folder)

    def _notify_reused(self, count: int) -> None:
        self._notify(f"Reusing {count:,} windows that were embedded before an interruption.")


def _ignore(_count: int) -> None:
    """Report nothing."""


def _make_current(build: Build) -> None:
    try:
        build.make_current()
    except BaseException:
        build.discard()
        raise


def _unchanged(old: Index, digests: Mapping[str, str]) -> set[str]:
    """Essays whose rows are right as they are; none if too many rows would belong to no essay."""
    unchanged = {essay for essay, digest in old.chunk_digests.items() if digests.get(essay) == digest}
    rows = sum(high - low for low, high in (old.essays[essay].windows for essay in unchanged))
    return unchanged if rows >= (1 - _UNUSED) * len(old.windows) else set()
