"""Words of essays that a draft takes for its writer's own or for the author's.

They are at second hand if the essay quotes them from somebody else, and unmarked if the draft has them
without quotation marks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from assistant.attribution.voices import LibraryVoices
from assistant.citations.record import family_of
from assistant.core.answer import QuotedWords
from assistant.core.essay import Passage, StoredEssay
from assistant.core.quotation import PrintedPlace, QuotationLookup, ReusedWords
from assistant.documents.document import Document
from assistant.drafts.citations import DraftCitation
from assistant.drafts.quotations import DraftQuotation, Sentences
from assistant.drafts.sources import is_titled
from assistant.drafts.wording import ACKNOWLEDGED
from assistant.quotations.corpus import MOST_QUOTATION_CHARACTERS
from assistant.quotations.essays import QuotationCorpus, SourceEssays

# So many words in a row are taken from an essay, not written again by chance.
_REUSED = 8
# Replaces quoted words where unmarked ones are sought; no essay has it.
# Characters between two runs of an essay's words that are one run with words changed in it.
_CHANGED = 60
_MASK = "\u16a0"
# Characters before and after a quotation in which its paragraph may name who wrote the words.
_REACH = 5_000
_PRONOUN = re.compile(
    r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Hh]is|[Hh]er|[Tt]heir|[Ee]r|[Ss]ie|[Ss]eine?[rmns]?|[Ii]hre?[rmns]?|[Ii]ls?|[Ee]lles?|"
    r"[Ss]on|[Ss]a|[Ss]es)\b"
)
# A title of three long words or more, without marks.
_TITLE = re.compile(
    r"(?<!\w)[A-ZÀ-ÖØ-Þ][\w'’-]*(?:\s+(?:(?:of|the|and|in|on|an?|for|to|with|from|or|at|by|de|la|le|les|des|der|die|das|und|"
    r"du)\s+){0,3}[A-ZÀ-ÖØ-Þ][\w'’-]*){2,}"
)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_NAME = re.compile(r"[^\W\d_][\w'’-]+")
_TOKEN = re.compile(r"\w+")


class Vocabularies:
    """The words that essays use; those of an essay are gathered when they are first needed."""

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._gathered: dict[str, frozenset[str]] = {}

    def share(self, words: str, essays: Iterable[str]) -> bool:
        """Whether most words are some that essays of these ids use too: they are of the same language."""
        used = [self._of(essay_id) for essay_id in essays]
        tokens = _TOKEN.findall(words.casefold())
        return 2 * sum(any(token in each for each in used) for token in tokens) > len(tokens)

    def _of(self, essay_id: str) -> frozenset[str]:
        if essay_id not in self._gathered:
            texts = (passage.text.casefold() for passage in self._essays[essay_id].passages)
            self._gathered[essay_id] = frozenset(word for text in texts for word in _TOKEN.findall(text))
        return self._gathered[essay_id]


class SecondHand:
    """Finds whom essays quote at a place; an essay is analysed when it is first needed."""

    def __init__(self, essays: SourceEssays) -> None:
        self._essays = essays
        self._voices = LibraryVoices(essays.essays)

    def quotation_of(self, place: PrintedPlace) -> QuotedWords | None:
        """The quotation that all words of a place belong to.

        Returns:
            ``None`` if the essay's own words, or those of several quotations, are among them.
        """
        spans = self._spans(place)
        quotations = [self._voices.quotation_of(*span) for span in spans]
        if quotations == [None]:
            quotations = [self._voices.phrase_of(*spans[0])]
        distinct = {(quoted.author, quoted.citation) if quoted else None for quoted in quotations}
        return quotations[0] if len(distinct) == 1 else None

    def author(self, lookup: QuotationLookup, essay_id: str) -> str:
        """Who wrote the words in all places of an essay; empty if its author did, or if that is uncertain."""
        places = [match.place for match in lookup.comparisons if match.place.essay_id == essay_id]
        if not places or lookup.places != len(lookup.comparisons):
            return ""
        quotations = [self.quotation_of(place) for place in places]
        authors = {quoted.author if quoted else "" for quoted in quotations}
        essay_authors = {family_of(name) for name in self._essays.records[essay_id].get("author", ())}
        return authors.pop() if len(authors) == 1 and not authors & essay_authors else ""

    def begins_quoted(self, place: PrintedPlace) -> bool:
        """Whether the first of the words is one that the essay quotes."""
        first, _, _ = self._spans(place)[0]
        return any(quoted.start <= place.start < quoted.end for quoted in self._voices.quoted(first))

    def _spans(self, place: PrintedPlace) -> list[tuple[Passage, int, int]]:
        """Each passage of a place, with the start and end of the words in it."""
        first, last = place.passages[0], place.passages[-1]
        return [
            (
                passage,
                place.start if passage.id == first else 0,
                place.end if passage.id == last else len(passage.text),
            )
            for passage in map(self._essays.passage, place.passages)
        ]


def is_acknowledged(
    draft: Document, sentences: Sentences, quotation: DraftQuotation, citation: DraftCitation, author: str
) -> bool:
    """Whether a draft says that words are at second hand, or names who wrote them.

    Args:
        draft: The draft.
        sentences: Its sentences.
        quotation: The words.
        citation: Their citation.
        author: Family names of those who wrote them.
    """
    prose, block = draft.prose, draft.blocks[quotation.block]
    start = block.start
    if quotation.set_off and quotation.block:
        start = draft.blocks[quotation.block - 1].start
    before = sentences.before(start, quotation.outer[0])
    end = quotation.outer[1]
    after = prose[end : max(end, min(citation.end, block.end, end + _REACH))]
    first, last = draft.span(citation.start, citation.end)
    # A command of LaTeX is not the writer's word; its arguments are.
    written = _COMMAND.sub(" ", draft.text[first:last])
    sentence = f"{before} {after} {citation.text} {written}"
    if citation.inner or ACKNOWLEDGED.search(sentence):
        return True
    names = [name for name in _NAME.findall(author) if name[0].isupper()]
    # Platon is Plato in German, and Lockes is Locke's.
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\w{{0,2}}\b")
    begin = max(start, quotation.outer[0] - _REACH)
    earlier = prose[begin : quotation.outer[0]] if _PRONOUN.search(before) else ""
    return bool(named.search(f"{earlier} {sentence}"))


def find_unmarked(
    draft: Document,
    quotations: Sequence[DraftQuotation],
    corpus: QuotationCorpus,
) -> Iterator[ReusedWords]:
    """Find words of essays that are in no quotation, nor in a heading or a list of works, in order."""
    prose = list(draft.prose)
    spans = [quotation.outer for quotation in quotations]
    spans += [
        (block.start, block.end) for block in draft.blocks if block.kind == "reference" or block.is_heading
    ]
    for start, end in spans:
        prose[start:end] = [_MASK if character.isalnum() else character for character in prose[start:end]]
    inline = sorted(quotations, key=attrgetter("end"))
    for start, end in draft.emphasis:
        if is_titled(draft.prose[start:end]):
            prose[start:end] = [_MASK if character.isalnum() else character for character in prose[start:end]]
    for reused in corpus.reused("".join(prose), _REUSED):
        title = max((len(run[0].split()) for run in _TITLE.finditer(draft.prose, *_span(reused))), default=0)
        if reused.words - title < _REUSED and 2 * title >= reused.words:
            continue
        before = bisect_right(inline, reused.start, key=attrgetter("end")) - 1
        if before < 0 or not _continues_quotation(draft, inline[before], reused, corpus):
            yield reused


def joined_runs(runs: Iterable[ReusedWords], passage_of: Callable[[str], Passage]) -> list[ReusedWords]:
    """Runs of words in order; what a few changed words divide is one run.

    Args:
        runs: The runs.
        passage_of: Gives the passage of an id.
    """
    joined: list[ReusedWords] = []
    for run in runs:
        if joined and _is_divided(joined[-1], run):
            first = joined.pop()
            start, end, passage = first.place.start, run.place.end, passage_of(run.place.passages[0])
            place = replace(
                first.place,
                end=end,
                text=passage.text[start:end],
                labels=passage.pages_of(start, end),
                locators=(passage.locator,) if passage.locator else (),
                source=(first.place.source[0], run.place.source[1]),
            )
            run = ReusedWords(first.start, run.end, first.words + run.words, place)  # noqa: PLW2901
        joined.append(run)
    return joined


def _is_divided(first: ReusedWords, second: ReusedWords) -> bool:
    """Whether a few words divide two runs, in the draft and in the passage that has both."""
    one, other = first.place, second.place
    near = second.start - first.end <= _CHANGED and 0 <= other.start - one.end <= _CHANGED
    return near and one.passages == other.passages and len(one.passages) == 1


def _span(reused: ReusedWords) -> tuple[int, int]:
    return reused.start, reused.end


def _continues_quotation(
    draft: Document, last: DraftQuotation, reused: ReusedWords, corpus: QuotationCorpus
) -> bool:
    """Whether words belong to the last quotation before them, which a printed mark seemed to close.

    That happens with straight marks if a printed closing mark is quoted without its opening one.
    """
    prose, end = draft.prose, min(draft.blocks[last.block].end, last.start + MOST_QUOTATION_CHARACTERS)
    if reused.start > end or prose[last.outer[1] - 1] != '"':
        return False
    closing = prose.find('"', reused.end, end)
    return closing >= 0 and corpus.is_exact(prose[last.start : closing])
