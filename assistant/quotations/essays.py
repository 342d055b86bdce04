"""Essays from which a draft may quote: their records, their texts, and what finds words in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from assistant.core.errors import DamagedEssayError
from assistant.core.essay import CSLItem, Passage, StoredEssay
from assistant.core.quotation import PrintedPlace, QuotationLookup, ReusedWords
from assistant.core.recent import Recent
from assistant.quotations.corpus import Corpus, LookUp

# Essays whose passages are kept by their ids.
_MOST_KEPT = 500


class QuotationCorpus(Protocol):
    """Essays in which words are found: ``corpus.Corpus`` if they are in this process."""

    def expect(self, asked: Iterable[LookUp]) -> None:
        """Prepare for quotations that will be looked up soon, which may be quicker for all together."""

    def look_up(self, text: str, essays: Collection[str] = ()) -> QuotationLookup:
        """Judge a quotation; see ``Corpus.look_up``."""

    def is_exact(self, text: str) -> bool:
        """Whether a quotation is exact."""

    def sentences_beginning(self, words: str, most: int) -> list[PrintedPlace]:
        """Sentences that begin with words, as the function of this name finds them."""

    def reused(self, draft: str, shortest: int = 8) -> list[ReusedWords]:
        """Find runs of words of a draft that occur in an essay; see ``Corpus.reused``."""


def corpus_of(essays: Mapping[str, StoredEssay], wanted: Iterable[str]) -> Corpus:
    """Essays of some ids in which words are found; those that turn out to be damaged are left out."""
    read = []
    for essay_id in wanted:
        with suppress(DamagedEssayError):
            read.append(essays[essay_id])
    return Corpus(read)


class SourceEssays:
    """Essays from which a draft may quote.

    Args:
        records: The record of each by id, in the order of the library.
        essays: The essays by id, each read when it is looked up.
        corpus: What finds words in them.
    """

    def __init__(
        self, records: Mapping[str, CSLItem], essays: Mapping[str, StoredEssay], corpus: QuotationCorpus
    ) -> None:
        self.records, self.essays, self.corpus = records, essays, corpus
        self._passages: dict[str, dict[str, Passage]] = Recent(_MOST_KEPT)

    @classmethod
    def of(cls, essays: Sequence[StoredEssay]) -> SourceEssays:
        """Essays that have been read."""
        records = {essay.id: essay.reference for essay in essays}
        return cls(records, {essay.id: essay for essay in essays}, Corpus(essays))

    def passage(self, passage_id: str) -> Passage:
        """The passage of an id."""
        essay_id = passage_id.rpartition("/")[0]
        passages = self._passages.get(essay_id)
        if passages is None:
            passages = {passage.id: passage for passage in self.essays[essay_id].passages}
            self._passages[essay_id] = passages
        return passages[passage_id]
