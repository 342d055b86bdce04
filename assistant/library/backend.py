"""What a library needs of the files of its essays and of their index, be they in one folder or in shards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from assistant.core.essay import EssaySummary, StoredEssay
from assistant.library.models import Models
from assistant.library.overrides import Overrides
from assistant.library.store import ChunkFile, Stamp

if TYPE_CHECKING:
    from assistant.documents.document import Document
    from assistant.quotations.essays import QuotationCorpus
    from assistant.retrieval.finder import Finder
    from assistant.retrieval.models.encoder import Encoder


Made = TypeVar("Made")


class EssayFiles(Protocol):
    """The stored files of essays, by id. They remember nothing; ``Snapshot`` keeps what has been read.

    ``store.EssayStore`` has them in one folder; its methods say what each may raise.
    """

    @property
    def root(self) -> Path:
        """The library's folder."""

    def stamps(self) -> Mapping[str, Stamp]:
        """The stamp of every chunk file by essay id, in alphabetical order."""

    def summaries(self, stamps: Mapping[str, Stamp]) -> Mapping[str, EssaySummary]:
        """Summaries of some essays with these stamps, as far as they are known where the essays are."""

    def corpus(
        self, essays: Mapping[str, StoredEssay], digests: Mapping[str, str], *, is_whole: bool
    ) -> QuotationCorpus:
        """Some essays prepared for looking up quotations; those that turn out to be damaged are left out.

        Args:
            essays: The essays by id, each read when it is looked up.
            digests: Digest of the chunk file of each, by id, in the order of the library.
            is_whole: Whether these are all essays that are not damaged.

        Raises:
            LibraryError: If one of them has just been changed.
        """

    def of_each(
        self,
        essays: Mapping[str, StoredEssay],
        digests: Mapping[str, str],
        make: Callable[[StoredEssay], Made],
    ) -> Mapping[str, Made]:
        """What a function makes of each of some essays, by id; it is called where the essays are.

        Args:
            essays: As for ``corpus``.
            digests: As for ``corpus``.
            make: The function, which can be sent to another process.

        Raises:
            LibraryError: If one is damaged or has just been changed.
        """

    def load(self, essay_id: str) -> ChunkFile:
        """Read an essay."""

    def is_readable(self, essay_id: str) -> bool:
        """Whether an essay's chunk file can be opened."""

    def overrides(self, essay_id: str) -> Overrides:
        """What the user stated about an essay."""

    def source_text(self, essay: StoredEssay) -> str:
        """The decoded source of an essay of the library."""

    def document(self, essay: StoredEssay) -> Document:
        """An essay's file as it was read when it was added."""

    def file(self, essay: StoredEssay) -> bytes:
        """The file that an essay was read from."""


class SearchIndex(Protocol):
    """The index of a library, kept in step with its essays; ``indexing.LibraryIndex`` is that of a folder."""

    @property
    def models(self) -> Models:
        """The models that it is made and asked with."""

    def state(self) -> object:
        """A value that changes with the index; ``None`` if there is none."""

    def encoder(self, name: str | None = None) -> Encoder:
        """The embedding model of a name; otherwise that of the index, or the default one."""

    def finder(
        self,
        essays: Mapping[str, StoredEssay],
        summaries: Mapping[str, EssaySummary],
        is_current: Callable[[], bool],
        damaged: Collection[str],
    ) -> Finder:
        """A finder of some essays, whose index is built if it does not agree with them.

        Args:
            essays: The essays by id, each read when it is looked up.
            summaries: Their summaries, with the digests of their chunk files.
            is_current: Whether these are still the essays of the library.
            damaged: Ids of damaged essays, which are not searched.

        Raises:
            OutdatedError: If they are not, and the index would have to be built.
            LibraryError: If it cannot be built.
        """
