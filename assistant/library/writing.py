"""What an editor asks of a library while a draft is written; it is kept until the essays change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.quotable import cite_span, prepare_quotation
from assistant.core.answer import PreparedQuotation
from assistant.core.errors import LibraryError
from assistant.core.essay import CSLItem, Passage
from assistant.core.quotation import PrintedPlace
from assistant.documents.document import Document
from assistant.drafts.bibliography import all_keys
from assistant.drafts.live import CheckedDraft, LiveChecker

if TYPE_CHECKING:
    from assistant.drafts.keys import WorkEntry
    from assistant.library.library import Library


@dataclass(frozen=True, slots=True)
class SupportingWords:
    """Words of an essay that bear on a sentence.

    Attributes:
        quotation: The words, prepared for a draft.
        place: Where they are printed.
    """

    quotation: PreparedQuotation
    place: PrintedPlace


class WritingDesk:
    """Checks drafts, completes quotations and finds evidence for one library and one style.

    Args:
        library: The library.
        style: Name of the citation style, or its ``.csl`` file.
        essays: Ids of the only essays to use; all if empty.

    Raises:
        AssistantError: If the library cannot be used or is empty, or there is no such essay or style.
    """

    def __init__(self, library: Library, style: str, essays: Sequence[str] = ()) -> None:
        self._library, self._style_name, self._ids = library, style, tuple(essays)
        self._snapshot = library.snapshot()
        self._style = self._snapshot.style(style)
        sources = self._snapshot.sources(essays)
        if not sources.records:
            raise LibraryError(
                "The library holds no essay to check a draft against; add one with: assistant add FILE"
            )
        self._sources, self.essays = sources, sources.essays
        self._checker = LiveChecker(sources, self._style)

    def is_current(self) -> bool:
        """Whether the essays on disk are still the same."""
        return self._library.snapshot() is self._snapshot

    def records(self) -> Mapping[str, CSLItem]:
        """The record of each essay by id."""
        return self._sources.records

    def check(self, draft: Document, bibliographies: Sequence[Path] = ()) -> CheckedDraft:
        """Check a draft; if no bibliography is named, those are read that it names or that are beside it.

        Raises:
            AssistantError: If a bibliography that is named cannot be read.
        """
        return self._checker.check_live(draft, bibliographies)

    def passage(self, passage_id: str) -> Passage:
        """The passage of an id."""
        return self._sources.passage(passage_id)

    def cite(self, place: PrintedPlace) -> str:
        """In-text citation of words."""
        return self._checker.cite(place.essay_id, place)

    def quoted_author(self, place: PrintedPlace) -> str | None:
        """Whom the essay quotes with words; empty if that is in doubt, ``None`` if it quotes nobody."""
        quoted = self._checker.second_hand.quotation_of(place)
        return None if quoted is None else quoted.author

    def quote(self, place: PrintedPlace) -> PreparedQuotation:
        """Words of one passage as a quotation with their citation."""
        passage, record = self.passage(place.passages[0]), self._sources.records[place.essay_id]
        citation, quoted = cite_span(
            passage, place.start, place.end, record, self._style, self._snapshot.voices
        )
        return prepare_quotation(passage, place.start, place.end, citation, quoted, self._style)

    def sentences_beginning(self, words: str, most: int) -> list[PrintedPlace]:
        """Printed sentences that begin with words, or have them within."""
        return self._sources.corpus.sentences_beginning(words, most)

    def evidence(self, sentence: str, top: int) -> Iterator[SupportingWords]:
        """Words of the essays that bear on a sentence, best first; the embedding model is loaded for it.

        Raises:
            AssistantError: If the sentence cannot be asked, or the model cannot be used.
        """
        answer = self._library.ask(
            sentence, top=top, essays=self._ids, style=self._style_name, explained=False
        )
        for hit in answer.hits:
            for highlight in hit.highlights:
                place = PrintedPlace.within(hit.passage, highlight.start, highlight.end)
                yield SupportingWords(highlight.prepared_quotation, place)
            if not hit.highlights:
                place = PrintedPlace.within(hit.passage, 0, len(hit.passage.text))
                yield SupportingWords(hit.prepared_quotation, place)

    def keys(self, draft: Document, bibliographies: Sequence[Path] = ()) -> dict[str, str]:
        """Essay id of each key by which a draft may cite an essay.

        Those of the draft's bibliographies come first, then those of the library's records, then the ids.
        """
        entries: Mapping[str, WorkEntry] = all_keys(draft, bibliographies)
        keys: dict[str, str] = {}
        for key, entry in entries.items():
            meant = self._checker.sources.keys.essays(key, entry)
            if meant and len(meant) == 1:
                keys.setdefault(key, *meant)
        cited = set(keys.values())
        for essay_id, record in self._sources.records.items():
            if essay_id not in cited:
                own = record.get("citation-key") or record.get("citekey")
                keys.setdefault(str(own or essay_id), essay_id)
        return keys

    def pages(self, essay_id: str) -> list[str]:
        """Labels of an essay's pages, in order."""
        return self._checker.pages.labels(essay_id)

    def source_text(self, essay_id: str) -> str:
        """The decoded source of an essay, in which the source spans of places count."""
        return self._snapshot.source_text(essay_id)
