"""Words that an essay has from others: whose they are, and whether a draft says so.

Words of an essay that stand in a draft without quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.attribution.quoted_spans import Places
from assistant.citations.names import family_of
from assistant.core.answer import QuotedWords
from assistant.core.essay import StoredEssay
from assistant.core.quotation import PrintedPlace, QuotationLookup, ReusedWords
from assistant.documents.document import Document
from assistant.drafts.citations import Cited
from assistant.drafts.quotations import DraftQuotation, last_sentence
from assistant.quotations.corpus import Corpus

if TYPE_CHECKING:
    from assistant.attribution.voices import Voices


# A run of so many words is lifted from the essay.
_LIFTED = 8
# Stands for quoted words where unmarked ones are looked for; no essay has it.
_MASK = "\u16a0"


def find_unmarked(
    draft: Document,
    quotations: Sequence[DraftQuotation],
    corpus: Corpus,
    look_up: Callable[[str], QuotationLookup],
) -> Iterator[ReusedWords]:
    """Find words of essays that stand in no quotation, nor in a heading or a list of works.

    Args:
        draft: The draft.
        quotations: Its quotations.
        corpus: The essays.
        look_up: Judges words against them.

    Yields:
        Runs of words, in order.
    """
    prose = list(draft.prose)
    spans = [one.outer for one in quotations]
    spans += [(block.start, block.end) for block in draft.blocks if block.kind in {"reference", "heading"}]
    for start, end in spans:
        prose[start:end] = [_MASK if one.isalnum() else one for one in prose[start:end]]
    for lifted in corpus.lifted("".join(prose), _LIFTED):
        if not _goes_on(draft, quotations, lifted, look_up):
            yield lifted


def _goes_on(
    draft: Document,
    quotations: Sequence[DraftQuotation],
    lifted: ReusedWords,
    look_up: Callable[[str], QuotationLookup],
) -> bool:
    """Whether words belong to the quotation before them, which a mark of print seemed to close.

    Print with a closing mark whose opening one is not among the words quoted leaves straight marks so.
    """
    before = [one for one in quotations if one.end <= lifted.start <= draft.blocks[one.block].end]
    closing = draft.prose.find('"', lifted.end)
    if not before or closing < 0 or draft.prose[before[-1].end] != '"':
        return False
    last = before[-1]
    within = closing < draft.blocks[last.block].end
    return within and look_up(draft.prose[last.start : closing]).judgement == "exact"


_SAYS_SO = re.compile(r"\b(?:qtd|quot(?:es?|ed|ing|ation)|cit(?:es?|ed|ing))\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Hh]is|[Hh]er|[Tt]heir)\b")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_NAME = re.compile(r"[^\W\d_][\w'’-]+")


class SecondHand:
    """Tells the words that essays quote from their own; an essay is looked through when first needed.

    Args:
        essays: The essays.
    """

    def __init__(self, essays: Sequence[StoredEssay]) -> None:
        self._essays = {essay.id: essay for essay in essays}
        self._voices: dict[str, tuple[Places, Voices | None]] = {}

    def source(self, place: PrintedPlace) -> QuotedWords | None:
        """The quotation that all words of a place belong to.

        Returns:
            ``None`` if the essay's own words, or those of several quotations, are among them.
        """
        spans = self._spans(place)
        if not all(self._marks(place.essay_id).hold(*span) for span in spans):
            # Nearly every quotation ends here, where the marks alone tell.
            return None
        voices = self._of(place.essay_id)
        found = [voices.source(*span) for span in spans]
        told = {(one.author, one.citation) if one else None for one in found}
        return found[0] if len(told) == 1 else None

    def author(self, found: QuotationLookup, essay_id: str) -> str:
        """Whose the words are in all places of an essay; empty if its author's or not told beyond doubt."""
        places = [one.place for one in found.comparisons if one.place.essay_id == essay_id]
        if not places or found.places != len(found.comparisons):
            return ""
        sources = [self.source(place) for place in places]
        authors = {source.author if source else "" for source in sources}
        own = {family_of(name) for name in self._essays[essay_id].reference.get("author", ())}
        return authors.pop() if len(authors) == 1 and not authors & own else ""

    def begins_quoted(self, place: PrintedPlace) -> bool:
        """Whether the first of the words is one that the essay quotes."""
        quoted = self._of(place.essay_id).of(place.passages[0])
        return any(one.start <= place.start < one.end for one in quoted)

    def _spans(self, place: PrintedPlace) -> list[tuple[str, int, int]]:
        first, last = place.passages[0], place.passages[-1]
        lengths = {one.id: len(one.text) for one in self._essays[place.essay_id].passages}
        return [
            (one, place.start if one == first else 0, place.end if one == last else lengths[one])
            for one in place.passages
        ]

    def _marks(self, essay_id: str) -> Places:
        if essay_id not in self._voices:
            self._voices[essay_id] = (Places(self._essays[essay_id].passages), None)
        return self._voices[essay_id][0]

    def _of(self, essay_id: str) -> Voices:
        from assistant.attribution.voices import Voices

        marks = self._marks(essay_id)
        voices = self._voices[essay_id][1] or Voices(self._essays[essay_id].passages, marks)
        self._voices[essay_id] = (marks, voices)
        return voices


def is_told(draft: Document, quotation: DraftQuotation, cited: Cited, author: str) -> bool:
    """Whether a draft says that words are at second hand, or names whose they are.

    Args:
        draft: The draft.
        quotation: The words.
        cited: Their citation.
        author: Family names of whoever wrote them.
    """
    prose, block = draft.prose, draft.blocks[quotation.block]
    start = block.start
    if quotation.set_off and quotation.block:
        start = draft.blocks[quotation.block - 1].start
    own = last_sentence(prose, start, quotation.outer[0])
    behind = prose[quotation.outer[1] : max(quotation.outer[1], min(cited.end, block.end))]
    first, last = draft.span(cited.start, cited.end)
    # A command of LaTeX is no word of the writer's; what stands in its brackets is.
    citation = _COMMAND.sub(" ", draft.text[first:last])
    sentence = f"{own} {behind} {cited.text} {citation}"
    if cited.inner or _SAYS_SO.search(sentence):
        return True
    names = [name for name in _NAME.findall(author) if name[0].isupper()]
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    before = prose[start : quotation.outer[0]] if _PRONOUN.search(own) else ""
    return bool(named.search(f"{before} {sentence}"))
