"""The essays of a library at one moment, with everything that is prepared from them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant.citations.styles import Style, style_file_state, style_named
from assistant.core.errors import DamagedEssayError, LibraryError
from assistant.core.essay import EssaySummary, StoredEssay
from assistant.core.recent import Recent
from assistant.core.selection import Selection
from assistant.library.catalogue import Catalogue, StampedSummary
from assistant.library.duplicates import sketch_of
from assistant.library.overrides import Overrides
from assistant.library.store import ChunkFile, Stamp
from assistant.library.zotero_links import FACTS, LinkedEssays

if TYPE_CHECKING:
    from assistant.attribution.voices import LibraryVoices
    from assistant.book_index.making import IndexedEssay
    from assistant.documents.document import Document
    from assistant.library.backend import EssayFiles, Made, SearchIndex
    from assistant.library.book_indexes import BookIndexes
    from assistant.library.citing import QuotationChecker
    from assistant.library.printed_pages import PrintedPages
    from assistant.quotations.essays import SourceEssays
    from assistant.retrieval.finder import Finder

# Essays that are kept in memory; the others are read again from disk.
_MOST_READ = 1_000
# Essays whose pages are kept in memory.
_MOST_PRINTED = 8


class Snapshot:
    """The essays of a library as long as none of their chunk files changes.

    An essay whose chunk file is damaged is left out; an error is raised only where it is named.

    What is derived from the essays is prepared when it is first needed, and once, even if several threads
    need it at the same time.

    Args:
        store: The files of the essays.
        index: Gives their index when it is needed.
        stamps: Stamp of each essay by id; they identify the snapshot.
        previous: The snapshot before this one, from which unchanged essays are taken over.
    """

    def __init__(
        self,
        store: EssayFiles,
        index: Callable[[], SearchIndex],
        stamps: Mapping[str, Stamp],
        previous: Snapshot | None = None,
    ) -> None:
        self.stamps = stamps
        self._store, self._index = store, index
        self.essays: StoredEssays = StoredEssays(
            store,
            stamps,
            previous.essays.read() if previous else {},
            previous.damage_of(stamps) if previous else {},
        )
        self._catalogue = Catalogue(store.root / "index")
        self._known = previous.known_summaries() if previous else None
        self._style: tuple[tuple[str, tuple[int, ...]], Style] | None = None
        self._finder: tuple[object, Finder] | None = None
        self._printed: dict[str, PrintedPages] = {}
        self._summaries: dict[str, EssaySummary] | None = None
        self._summaries_lock = threading.RLock()
        # One thread loads the model, or compares quotations with print; the others wait for it.
        self._finder_lock, self._quotations_lock = threading.Lock(), threading.Lock()

    def is_current(self) -> bool:
        """Whether the chunk files are still as they were."""
        return self._store.stamps() == self.stamps

    def without(self, essay_id: str) -> Snapshot:
        """The other essays; this snapshot itself if there is no such essay."""
        if essay_id not in self.stamps:
            return self
        others = {other: stamp for other, stamp in self.stamps.items() if other != essay_id}
        return Snapshot(self._store, self._index, others, self)

    def has_new_damage(self) -> bool:
        """Whether an essay was found to be damaged after it was thought to be whole."""
        return not self.essays.damaged.keys().isdisjoint(self._summaries or ())

    def can_read_more(self) -> bool:
        """Whether the file of an essay can be read now that could not be read before."""
        return any(
            self._store.is_readable(essay_id)
            for essay_id, error in self.essays.damaged.items()
            if isinstance(error.__cause__, OSError)
        )

    def damage_of(self, stamps: Mapping[str, Stamp]) -> dict[str, DamagedEssayError]:
        """What is wrong with those damaged essays whose chunk files have the same stamps now.

        A file that cannot be read may be readable later without having changed.
        """
        return {
            essay_id: error
            for essay_id, error in self.essays.damaged.items()
            if stamps.get(essay_id) == self.stamps[essay_id] and not isinstance(error.__cause__, OSError)
        }

    @property
    def damaged(self) -> dict[str, DamagedEssayError]:
        """What is wrong with each essay that is damaged, by id."""
        _ = self.summaries  # making them finds the damage
        found = self.essays.damaged
        return {name: found[name] for name in self.stamps if name in found}

    def require(self, essay_id: str) -> None:
        """Check that an essay is in the library and not damaged.

        Raises:
            LibraryError: If it is not, or is damaged.
        """
        self.require_file(essay_id)
        if essay_id in self.damaged:
            raise self.damaged[essay_id]

    def select(self, essays: Sequence[str], where: Selection) -> Sequence[str]:
        """Ids of the essays that a selection means among some, or among all if none is named.

        Raises:
            AssistantError: If there is none; it names values that there are.
        """
        if not where:
            return essays
        from assistant.library.selecting import select_essays

        named = {*where.essays, *essays}
        for essay_id in named:
            self.require(essay_id)
        return select_essays(self.summaries, replace(where, essays=tuple(named)))

    def passages_of_sections(self, essays: Sequence[str], where: Selection) -> set[str] | None:
        """Ids of the passages in the sections of a selection; ``None`` if it names no section."""
        if not where.sections:
            return None
        from assistant.library.selecting import passages_in_sections

        found = self._of_each(essays, partial(passages_in_sections, sections=where.sections))
        return set[str]().union(*found.values())

    def require_any(self) -> None:
        """Check that there is an essay that is not damaged.

        Raises:
            LibraryError: If there is none.
        """
        if not self.summaries:
            for error in self.damaged.values():
                raise error
            raise LibraryError(
                f"The library {self._store.root.resolve()} holds no essay yet; "
                "add one with: assistant add FILE"
            )

    def forget_summaries(self) -> None:
        """Delete the saved summaries, which have headings of essays; they are made again when needed."""
        self._catalogue.delete()

    def require_file(self, essay_id: str) -> None:
        """Check that an essay is in the library, damaged or not.

        Raises:
            LibraryError: If it is not.
        """
        if essay_id not in self.stamps:
            ids = ", ".join(self.stamps) or "none"
            raise LibraryError(
                f"The library {self._store.root.resolve()} has no essay {essay_id!r}; it has: {ids}."
            )

    def essay(self, essay_id: str) -> StoredEssay:
        """One essay.

        Raises:
            LibraryError: If there is none of that id, or its chunk file is damaged or has just changed.
        """
        self.require_file(essay_id)
        return self.essays[essay_id]

    def all_essays(self) -> list[StoredEssay]:
        """All essays that are not damaged."""
        essays = []
        for essay_id in self.stamps:
            with suppress(DamagedEssayError):
                essays.append(self.essays[essay_id])
        return essays

    def source_text(self, essay_id: str) -> str:
        """The decoded source of an essay.

        Raises:
            LibraryError: If there is none of that id, or its chunk file or its source is damaged.
        """
        return self._store.source_text(self.essay(essay_id))

    def document(self, essay_id: str) -> Document:
        """What was read of an essay's file; errors as for ``source_text``."""
        return self._store.document(self.essay(essay_id))

    def printed_pages(self, essay_id: str) -> PrintedPages:
        """The pages of an essay's PDF.

        Raises:
            LibraryError: If there is no such essay, it was not read from a PDF, or its files are damaged.
        """
        from assistant.library.printed_pages import printed_pages

        pages = self._printed.get(essay_id)
        if pages is None:
            pages = printed_pages(self.essay(essay_id), self._store)
            if len(self._printed) >= _MOST_PRINTED:
                self._printed.clear()
            self._printed[essay_id] = pages
        return pages

    @property
    def summaries(self) -> dict[str, EssaySummary]:
        """A summary of each essay by id. Only essays whose chunk file is new or changed are read."""
        # A lock of this snapshot: Python 3.11 keeps a ``cached_property`` locked for all of them, and the
        # snapshots of shards are asked for theirs meanwhile, in other threads.
        with self._summaries_lock:
            if self._summaries is None:
                self._summaries = self._made_summaries()
            return self._summaries

    def _made_summaries(self) -> dict[str, EssaySummary]:
        saved = self._catalogue.load() if self._known is None else self._known
        known = {
            essay_id: saved[essay_id]
            for essay_id, stamp in self.stamps.items()
            if essay_id in saved and saved[essay_id][0] == stamp and essay_id not in self.essays.damaged
        }
        unchanged = len(known)
        new = {essay_id: self.stamps[essay_id] for essay_id in self.stamps.keys() - known.keys()}
        known |= {name: (new[name], summary) for name, summary in self._store.summaries(new).items()}
        for essay_id in new.keys() - known.keys():
            with suppress(DamagedEssayError):
                known[essay_id] = self.stamps[essay_id], self._summary(essay_id)
        if unchanged < len(saved) or not saved:
            self._catalogue.save({essay_id: known[essay_id] for essay_id in sorted(known)})
        elif unchanged < len(known):
            self._catalogue.append({essay_id: known[essay_id] for essay_id in new if essay_id in known})
        return {essay_id: known[essay_id][1] for essay_id in self.stamps if essay_id in known}

    def _summary(self, essay_id: str) -> EssaySummary:
        chunk_file = self.essays.chunk_file(essay_id)
        return summary_of(chunk_file.essay, chunk_file.sha256, self._store.overrides(essay_id))

    def known_summaries(self) -> dict[str, StampedSummary] | None:
        """The summaries that need not be read again; ``None`` if the catalogue has not been read yet."""
        if self._summaries is None:
            return self._known
        return {
            essay_id: (self.stamps[essay_id], summary)
            for essay_id, summary in self.summaries.items()
            if essay_id not in self.essays.damaged
        }

    @cached_property
    def chunk_digests(self) -> dict[str, str]:
        """Digest of each chunk file by essay id, by which an index knows whether it is current."""
        return {essay_id: summary.sha256 for essay_id, summary in self.summaries.items()}

    def style(self, name: str) -> Style:
        """A citation style that keeps the works of all essays apart; the last one used is kept.

        Raises:
            AssistantError: If there is no such style.
        """
        last, key = self._style, (name, style_file_state(name))
        if last is None or last[0] != key:
            records = [summary.reference for summary in self.summaries.values()]
            self._style = last = key, style_named(name, records)
        return last[1]

    @cached_property
    def indexes(self) -> BookIndexes:
        """The indexes of the essays: names, works, quoted authors and terms."""
        from assistant.library.book_indexes import BookIndexes

        return BookIndexes(self._indexed)

    def _indexed(self, essay_ids: Sequence[str]) -> Mapping[str, IndexedEssay]:
        from assistant.book_index.making import index_of_essay

        return self._of_each(essay_ids, index_of_essay)

    def _of_each(self, essay_ids: Sequence[str], make: Callable[[StoredEssay], Made]) -> Mapping[str, Made]:
        digests = {essay_id: self.summaries[essay_id].sha256 for essay_id in essay_ids}
        return self._store.of_each(self.essays, digests, make)

    @cached_property
    def linked(self) -> LinkedEssays:
        """Links back to Zotero, for essays that were added from there."""
        return LinkedEssays(
            lambda essay_id: self._store.overrides(essay_id).other.get(FACTS), self.essay, self.printed_pages
        )

    @cached_property
    def voices(self) -> LibraryVoices:
        """Distinguishes words that the essays quote from their own."""
        from assistant.attribution.voices import LibraryVoices

        return LibraryVoices(self.essays)

    def finder(self) -> Finder:
        """The finder of these essays, with the index that is current.

        Raises:
            LibraryError: If an index cannot be made.
            OutdatedError: If the essays have changed and an index of these would replace a newer one.
        """
        with self._finder_lock:
            index = self._index()
            if self._finder is None or self._finder[0] != index.state():
                self._finder = None
                finder = index.finder(self.essays, self.summaries, self.is_current, self.damaged)
                self._finder = index.state(), finder
            return self._finder[1]

    def quotations(self) -> QuotationChecker:
        """All essays prepared for checking quotations.

        Raises:
            LibraryError: If there is no essay that is not damaged.
        """
        with self._quotations_lock:
            return self._quotation_checker

    def sources(self, essays: Collection[str] = ()) -> SourceEssays:
        """The essays of some ids, or all, from which a draft may quote; those of a folder are read for it.

        Raises:
            LibraryError: If there is no such essay, or it is damaged.
        """
        if not essays:
            with self._quotations_lock:
                return self._all_sources
        for essay_id in essays:
            self.require(essay_id)
        named = set(essays)
        return self._made_sources([essay_id for essay_id in self.summaries if essay_id in named])

    @cached_property
    def _all_sources(self) -> SourceEssays:
        return self._made_sources(list(self.summaries))

    def _made_sources(self, essays: Sequence[str]) -> SourceEssays:
        from assistant.quotations.essays import SourceEssays

        summaries = self.summaries
        digests = {essay_id: summaries[essay_id].sha256 for essay_id in essays}
        corpus = self._store.corpus(self.essays, digests, is_whole=len(essays) == len(summaries))
        # Damage may have been found only now.
        whole = [essay_id for essay_id in essays if essay_id not in self.essays.damaged]
        return SourceEssays({name: summaries[name].reference for name in whole}, self.essays, corpus)

    @cached_property
    def _quotation_checker(self) -> QuotationChecker:
        from assistant.library.citing import QuotationChecker

        sources = self._all_sources
        self.require_any()
        return QuotationChecker(sources)


def summary_of(essay: StoredEssay, sha256: str, stated: Overrides) -> EssaySummary:
    """The summary of an essay, with what the user stated about it."""
    return replace(
        EssaySummary.of(essay, sha256, stated.added),
        tags=stated.tags,
        collections=stated.collections,
        file=stated.file,
        also=stated.also,
        sketch=sketch_of(essay.passages),
        sealed=bool(stated.text_sha256),
    )


class StoredEssays(Mapping[str, StoredEssay]):
    """The essays of a snapshot by id, each read when it is first needed; not those that are damaged.

    Args:
        store: Their files.
        stamps: Stamp of each essay by id.
        read: Chunk files that were read earlier; those that are unchanged are not read again.
        damaged: What was wrong with chunk files that have not changed since.

    Attributes:
        damaged: What is wrong with each essay that was found to be damaged, by id.
    """

    def __init__(
        self,
        store: EssayFiles,
        stamps: Mapping[str, Stamp],
        read: Mapping[str, ChunkFile],
        damaged: Mapping[str, DamagedEssayError] = MappingProxyType({}),
    ) -> None:
        self._store, self._stamps = store, stamps
        self._read: dict[str, ChunkFile] = Recent(_MOST_READ)
        for essay_id, chunk_file in read.items():
            if stamps.get(essay_id, ())[:2] == chunk_file.stamp:
                self._read[essay_id] = chunk_file
        self.damaged = dict(damaged)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __iter__(self) -> Iterator[str]:
        return (essay_id for essay_id in self._stamps if essay_id not in self.damaged)

    def __contains__(self, essay_id: object) -> bool:
        return essay_id in self._stamps and essay_id not in self.damaged

    def __getitem__(self, essay_id: str) -> StoredEssay:
        return self.chunk_file(essay_id).essay

    def chunk_file(self, essay_id: str) -> ChunkFile:
        """What an essay's chunk file holds.

        Raises:
            KeyError: If there is no such essay.
            LibraryError: If the file is damaged or has changed since the snapshot.
        """
        if essay_id in self.damaged:
            raise self.damaged[essay_id]
        chunk_file = self._read.get(essay_id)
        if chunk_file is None:
            stamp = self._stamps[essay_id]
            try:
                chunk_file = self._store.load(essay_id)
            except DamagedEssayError as error:
                self.damaged[essay_id] = error
                raise
            if chunk_file.stamp != stamp[:2]:
                raise LibraryError(f"The essay {essay_id!r} has just been changed; try again.")
            self._read[essay_id] = chunk_file
        return chunk_file

    def read(self) -> dict[str, ChunkFile]:
        """The chunk files that have been read."""
        return dict(self._read)
