"""A quotation -> a verdict with citations."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from assistant.citations.locators import page_range
from assistant.citations.styles.base import Style
from assistant.core.answer import Citation
from assistant.core.errors import LibraryError
from assistant.core.essay import CSLItem
from assistant.core.quotation import CitedPlace, Comparison, Verdict
from assistant.drafts.secondhand import SecondHand
from assistant.library.store import EssayStore
from assistant.quotations.corpus import Corpus


class Quotations:
    """Checks quotations against the essays of a shelf, prepared anew only when they have changed.

    Args:
        shelf: The essays.
    """

    def __init__(self, shelf: EssayStore) -> None:
        self._shelf = shelf
        self._prepared: tuple[dict[str, str], Corpus, dict[str, CSLItem], SecondHand] | None = None
        # The page asks from several threads; one of them prepares and the others wait for it.
        self._guard = threading.Lock()

    def verdict(self, text: str, style: Style, essays: Sequence[str] = ()) -> Verdict:
        """Judge a quotation.

        Args:
            text: The quotation, with or without its outer quotation marks.
            style: Citation style.
            essays: Ids of the only essays to look in; all if empty.

        Raises:
            AssistantError: If the text holds no words or is too long, there is no such essay, or none at all.
        """
        for essay_id in essays:
            self._shelf.load(essay_id)
        corpus, records, second_hand = self._current()
        found = corpus.look_up(text, essays)
        matches = tuple(_quoted(one, style, records, second_hand) for one in found.comparisons)
        return Verdict(text, found.judgement, matches, found.places)

    def corpus(self) -> Corpus:
        """All essays as they are looked through.

        Raises:
            LibraryError: If there is none, or a chunk file is damaged.
        """
        return self._current()[0]

    def _current(self) -> tuple[Corpus, dict[str, CSLItem], SecondHand]:
        with self._guard:
            stored = {essay_id: self._shelf.load(essay_id) for essay_id in self._shelf.ids()}
            if not stored:
                raise LibraryError("The library holds no essay yet; add one with: assistant add FILE")
            state = {essay_id: digest for essay_id, (digest, _) in stored.items()}
            if self._prepared is None or self._prepared[0] != state:
                essays = [essay for _, essay in stored.values()]
                records = {essay.id: essay.reference for essay in essays}
                self._prepared = (state, Corpus(essays), records, SecondHand(essays))
            return self._prepared[1:]


def _quoted(
    one: Comparison, style: Style, records: Mapping[str, CSLItem], second_hand: SecondHand
) -> CitedPlace:
    place = one.place
    pages = page_range(place.labels)
    quoted = second_hand.source(place)
    author = None if quoted is None else quoted.author
    citation = Citation(pages, style.in_text(records[place.essay_id], pages, quoting=author))
    return CitedPlace(
        place.passages,
        place.essay_id,
        place.start,
        place.end,
        place.text,
        place.source,
        citation,
        one.diff,
        one.edits,
        quoted,
    )
