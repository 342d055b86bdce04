"""The check of a draft: every quotation and citation is compared with the essays of the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from assistant.citations.locators import page_range
from assistant.citations.styles import Style
from assistant.core.draft_report import DraftReport, Hint
from assistant.core.errors import LibraryError, QuotationError
from assistant.core.essay import SEARCHED_KINDS, Span, letters_and_digits
from assistant.core.quotation import PrintedPlace, QuotationLookup
from assistant.documents.document import Document
from assistant.documents.reading import read_draft
from assistant.drafts.all_citations import KnownCitations
from assistant.drafts.bibliography import bibliography_of
from assistant.drafts.citations import DraftCitation
from assistant.drafts.pages import EssayPages, PageCheck, PageRange
from assistant.drafts.paraphrases import Nearest, ParaphraseCheck
from assistant.drafts.problems import ProblemLog, words_between
from assistant.drafts.quotations import DraftContents, DraftQuotation, find_quotations
from assistant.drafts.secondhand import SecondHand, Vocabularies, find_unmarked, is_acknowledged, joined_runs
from assistant.drafts.sources import CitationResolver, DraftSources, Meaning, is_titled, sources_of
from assistant.drafts.wording import ALL_TRANSLATED, COMPARED, says_translated
from assistant.quotations.corpus import LookUp
from assistant.quotations.essays import SourceEssays

# Up to so many words in quotation marks are a title, a term or a distancing unless they are cited.
_SHORT = 3
# From so many words on, it is not by chance that an essay has them too.
_DISTINCTIVE = 5
# Altered words that are not cited to the essay must be as like as this to be taken for its own.
_ALIKE = 0.85
_ABSENT = QuotationLookup("absent", (), 0)


def check_draft(
    draft: Path | str | Document,
    essays: SourceEssays,
    style: Style | Callable[[Document], Style],
    bibliographies: Sequence[Path] | None = None,
    nearest: Callable[[], Nearest] | None = None,
) -> DraftReport:
    """Check a draft.

    Args:
        draft: A file, text in Markdown or plain text that is in no file, or a draft that has been read.
        essays: The essays to compare it with.
        style: Style of the citations in the report and in fixes, or what chooses it for the draft.
        bibliographies: Files with the works that the draft cites by keys. If none is named, those are read
            that the draft names, or that are in its folder; ``None`` reads no file but the draft.
        nearest: Loads what ranks words by nearness to a sentence; ``None`` to give no hints on paraphrases.

    Raises:
        AssistantError: If the draft or a bibliography cannot be read, or there is no essay.
    """
    if not essays.records:
        raise LibraryError(
            "The library holds no essay to check a draft against; add one with: assistant add FILE"
        )
    document = read_draft(draft)
    chosen = style if isinstance(style, Style) else style(document)
    return Checker(essays, chosen).check(document, bibliographies, nearest)


class Checker:
    """Checks drafts; arguments as for ``check_draft``."""

    def __init__(self, essays: SourceEssays, style: Style) -> None:
        self.essays, self.corpus = essays, essays.corpus
        self.sources = sources_of(essays)
        self.pages = EssayPages(essays)
        self.second_hand = SecondHand(essays)
        self.vocabularies = Vocabularies(essays.essays)
        self._style = style
        self.known_citations: KnownCitations | None = None

    def check(
        self,
        draft: Document,
        bibliographies: Sequence[Path] | None = None,
        nearest: Callable[[], Nearest] | None = None,
    ) -> DraftReport:
        """Find the problems of a draft; ``bibliographies`` and ``nearest`` as for ``check_draft``."""
        return self.begin(draft, bibliographies).report(nearest)

    def begin(self, draft: Document, bibliographies: Sequence[Path] | None = None) -> DraftCheck:
        """Read the quotations and citations of a draft."""
        contents = find_quotations(draft, self.known_citations)
        keys = {citation.key for block in contents.citations for citation in block if citation.key}
        meant = DraftSources(draft, self.sources, bibliography_of(draft, keys, bibliographies))
        return DraftCheck(self, draft, contents, meant)

    def look_up(self, words: str, essays: frozenset[str] = frozenset()) -> QuotationLookup:
        """As ``Corpus.look_up``; what is too long for a quotation, or has no words, is absent."""
        try:
            return self.corpus.look_up(words, essays)
        except QuotationError:
            return _ABSENT

    def expect(self, asked: Iterable[LookUp]) -> None:
        """Prepare for quotations that will be looked up; see ``QuotationCorpus.expect``."""
        self.corpus.expect(asked)

    def cite(self, essay_id: str, place: PrintedPlace | None = None) -> str:
        """In-text citation of an essay, or of words in it; of the person too whom the essay quotes there."""
        quoted = self.second_hand.quotation_of(place) if place else None
        author = None if quoted is None else quoted.author
        pages = page_range(place.where) if place else ""
        return self._style.in_text(self.essays.records[essay_id], pages, quoting=author)

    def is_running_text(self, place: PrintedPlace) -> bool:
        """Whether words are in the essay's text, and not in its title, headings or works cited."""
        return any(self.essays.passage(name).kind in SEARCHED_KINDS for name in place.passages)


class DraftCheck:
    """The check of one draft.

    Args:
        checker: Has the essays.
        draft: The draft.
        contents: Its quotations and citations.
        meant: Which essays its citations mean.

    Attributes:
        contents: As given.
        meanings: What the citation of each quotation means.
        resolver: Tells what citations mean by what was named before.
    """

    def __init__(
        self, checker: Checker, draft: Document, contents: DraftContents, meant: DraftSources
    ) -> None:
        self._checker, self._draft, self.contents, self._meant = checker, draft, contents, meant
        self._lookups: dict[tuple[str, frozenset[str]], QuotationLookup] = {}
        checker.expect(
            (self.words(quotation), frozenset())
            for quotation in contents.quotations
            if quotation.citations and meant.is_opaque(quotation.citations[0])
        )
        meant.learn(self._evidence())
        self.resolver = CitationResolver(draft, contents, checker.sources, meant)
        self.meanings = [self.resolver.meaning(quotation) for quotation in self.contents.quotations]
        self._expect_lookups()
        self._citing = Counter(meaning.citation for meaning in self.meanings)
        self._next_cited = self._following()
        self._log = ProblemLog(draft, checker.cite, checker.look_up)
        self._page_check = PageCheck(draft, checker.pages, checker.sources.year, self._log)
        self._checked = self._exact = self._not_checked = 0
        # Letters and digits of the cited quotations, by which they are recognised when they are quoted again.
        self._cited_words: dict[str, None] = {}
        # Where citations are, and their pages, that name another source than the one of the words.
        self._misattributed: set[tuple[int, Span | None]] = set()
        self._all_translated = bool(ALL_TRANSLATED.search(draft.prose))

    def _evidence(self) -> Iterator[tuple[DraftCitation, str]]:
        """Citations that do not show their source, of words that an essay has on the pages cited."""
        for quotation in self.contents.quotations:
            nearest = quotation.citations[0] if quotation.citations else None
            if nearest is None or not self._meant.is_opaque(nearest):
                continue
            words = self.words(quotation)
            lookup = self.look_up(words)
            places = [match.place for match in lookup.comparisons]
            if lookup.verdict != "exact" or len({place.essay_id for place in places}) > 1:
                continue
            cited = Meaning(None, nearest)
            if self._is_distinctive(words, lookup) and any(self._covers(cited, place) for place in places):
                yield nearest, places[0].essay_id

    def _expect_lookups(self) -> None:
        """Have all quotations looked up that are checked: in the essays cited, then elsewhere."""
        cited, everywhere = list[LookUp](), list[LookUp]()
        for quotation, meaning in zip(self.contents.quotations, self.meanings, strict=True):
            words = self.words(quotation)
            (cited if meaning.essays else everywhere).append((words, meaning.essays or frozenset()))
            if meaning.carried:
                everywhere.append((words, frozenset()))
        self._checker.expect([*cited, *everywhere])
        self._checker.expect(
            (words, frozenset()) for words, essays in cited if self.look_up(words, essays).verdict != "exact"
        )

    def words(self, quotation: DraftQuotation) -> str:
        """The words of a quotation, with single spaces."""
        return " ".join(words_between(self._draft, quotation.start, quotation.end).split())

    def look_up(self, words: str, essays: frozenset[str] = frozenset()) -> QuotationLookup:
        """As ``Checker.look_up``; each question is answered once."""
        if (words, essays) not in self._lookups:
            self._lookups[words, essays] = self._checker.look_up(words, essays)
        return self._lookups[words, essays]

    def _following(self) -> list[int | None]:
        """For each quotation, the next one of its paragraph that has a citation."""
        quotations, following = self.contents.quotations, list[int | None]()
        last: int | None = None
        for number in reversed(range(len(quotations))):
            is_near = last is not None and quotations[last].block == quotations[number].block
            following.append(last if is_near else None)
            last = number if self.meanings[number].citation else last
        return following[::-1]

    def report(self, nearest: Callable[[], Nearest] | None = None) -> DraftReport:
        """Check the draft."""
        for number, quotation in enumerate(self.contents.quotations):
            words = self.words(quotation)
            if any(map(str.isalnum, words)):
                self._check(number, words)
        self._check_pages()
        self._find_unmarked()
        draft = self._draft
        return DraftReport(
            draft=draft.name, text=draft.text, units=draft.units, labels=draft.labels,
            quotations=self._checked, exact=self._exact, not_checked=self._not_checked,
            problems=self._log.problems, hints=self._hints(nearest) if nearest else (),
        )  # fmt: skip

    def _hints(self, nearest: Callable[[], Nearest]) -> tuple[Hint, ...]:
        checker = self._checker
        paraphrases = ParaphraseCheck(
            self._draft, self.contents, self.resolver, checker.sources, checker.pages, checker.cite
        )
        return paraphrases.hints(nearest)

    def _check(self, number: int, words: str) -> None:
        quotation, meaning = self.contents.quotations[number], self.meanings[number]
        if meaning.citation is None:
            self._check_uncited(number, words)
        elif meaning.carried and self._is_on_page(words, meaning):
            # A page alone: the words are on that very page, no matter who was named before.
            self._check_on_page(quotation, meaning, words)
        elif meaning.essays is None:
            self._check_without_source(quotation, meaning, words)
        elif meaning.essays:
            self._check_cited(quotation, meaning, words, meaning.essays)
        else:
            self._check_other_work(quotation, meaning, words)

    def _is_on_page(self, words: str, meaning: Meaning) -> bool:
        """Whether an essay has words on the very page of a citation that names no source."""
        lookup = self.look_up(words)
        places = [match.place for match in lookup.comparisons]
        return lookup.verdict == "exact" and any(self._covers(meaning, place) for place in places)

    def _check_on_page(self, quotation: DraftQuotation, meaning: Meaning, words: str) -> None:
        """A quotation that is on the page which its citation names without a source."""
        lookup = self.look_up(words, meaning.essays or frozenset())
        if lookup.verdict == "exact" and meaning.essays:
            self._check_cited(quotation, meaning, words, meaning.essays)
        else:
            self._count(exact=True)
            self._log.changed_sense(quotation, lookup, meaning.citation)
            self._cited_words[letters_and_digits(words)] = None

    def _check_cited(
        self, quotation: DraftQuotation, meaning: Meaning, words: str, essays: frozenset[str]
    ) -> None:
        """A quotation that is cited to essays of the library."""
        lookup = self.look_up(words, essays)
        if lookup.verdict == "exact":
            self._count(exact=True)
            self._log.changed_sense(quotation, lookup, meaning.citation)
            # A title is printed on the first page, and cited with any; a single word is the writer's too.
            if not self._checker.sources.is_title(words) and " " in words:
                self._note_cited(words, lookup, meaning)
                self._find_second_hand(quotation, meaning, lookup)
            return
        everywhere = self.look_up(words)
        if everywhere.verdict == "exact" and len(words.split()) > _SHORT and meaning.citation:
            self._wrong_source(quotation, everywhere, meaning.citation)
        elif self._is_no_claim(quotation, words, lookup):
            return
        elif self._is_doubtful(quotation, meaning, lookup) or self._is_translated(quotation, meaning, words):
            self._pass_over()
        elif lookup.verdict == "altered":
            self._misquoted(quotation, words, lookup, meaning)
            self._find_second_hand(quotation, meaning, lookup)
        elif meaning.citation:
            self._count()
            self._log.not_found(quotation, min(essays), meaning.citation)

    def _is_no_claim(self, quotation: DraftQuotation, words: str, lookup: QuotationLookup) -> bool:
        """Whether words in marks are a title, or a term to which no citation belongs."""
        if self._checker.sources.is_title(words) or (lookup.verdict == "absent" and is_titled(words)):
            return True
        count = len(words.split())
        if count == 1 and lookup.verdict != "exact" and not quotation.set_off:
            # A word that the writer distances himself from, or translates.
            return True
        if count <= _SHORT and lookup.verdict == "absent" and _is_compared(quotation.citations[:1]):
            return True
        has_citation = quotation.is_unambiguous and quotation.citations[0].start >= quotation.end
        return count <= _SHORT and not has_citation and not quotation.set_off

    def _is_translated(self, quotation: DraftQuotation, meaning: Meaning, words: str) -> bool:
        """Whether a draft says that the writer has translated words."""
        citation, prose = meaning.citation, self._draft.prose
        if citation is None:
            return False
        start, end = quotation.outer[1], self._draft.blocks[quotation.block].end
        if citation.translated or says_translated(prose, [start, max(start, citation.end)], end):
            return True
        may_be = self._all_translated or len(words.split()) <= _SHORT
        return may_be and not self._checker.vocabularies.share(words, meaning.essays or ())

    def _wrong_source(
        self, quotation: DraftQuotation, lookup: QuotationLookup, citation: DraftCitation
    ) -> None:
        self._count(exact=True)
        self._log.wrong_source(quotation, lookup, citation)
        # Its page is the other work's, if any.
        self._misattributed.add((citation.start, citation.locator))

    def _is_doubtful(self, quotation: DraftQuotation, meaning: Meaning, lookup: QuotationLookup) -> bool:
        """Whether a quotation that is not exact may be from another work."""
        if lookup.verdict == "altered" and lookup.comparisons[0].likeness >= _ALIKE:
            return False
        if meaning.distant and meaning.citation and meaning.essays:
            # A page that the essay has is a sign that the essay named last is meant.
            return not any(self._has_pages(meaning, essay_id) for essay_id in meaning.essays)
        if meaning.shared:
            return True
        if meaning.carried and meaning.citation and meaning.citation.pages and meaning.essays:
            # A page that the essay does not have is that of another work, named in other words.
            labelled = [each for each in meaning.essays if self._checker.pages.labels(each)]
            return bool(labelled) and not any(self._has_pages(meaning, each) for each in labelled)
        return not quotation.is_unambiguous

    def _has_pages(self, meaning: Meaning, essay_id: str) -> bool:
        pages, named = self._checker.pages, self._pages_named(meaning, essay_id)
        return bool(named) and bool(pages.labels(essay_id)) and not pages.missing(named, essay_id)

    def _pages_named(self, meaning: Meaning, essay_id: str) -> tuple[PageRange, ...]:
        """The pages that the citation of a quotation names if it is a citation of an essay."""
        year = self._checker.sources.year(essay_id)
        return self._checker.pages.pages_named(meaning.citation, essay_id, year) if meaning.citation else ()

    def _check_other_work(self, quotation: DraftQuotation, meaning: Meaning, words: str) -> None:
        """A quotation that is cited to a work that the library does not have."""
        lookup = self.look_up(words)
        distinctive = lookup.verdict == "exact" and self._is_distinctive(words, lookup)
        if meaning.citation and distinctive and quotation.is_unambiguous:
            self._wrong_source(quotation, lookup, meaning.citation)
        else:
            self._pass_over()

    def _is_distinctive(self, words: str, lookup: QuotationLookup) -> bool:
        """Whether words are so many that they are the essay's own, and not from a work that it quotes."""
        enough = len(words.split()) >= _DISTINCTIVE and not is_titled(words)
        return enough and not self._checker.second_hand.begins_quoted(lookup.comparisons[0].place)

    def _check_without_source(self, quotation: DraftQuotation, meaning: Meaning, words: str) -> None:
        """A quotation with a citation that names no source, where none is named before it either."""
        lookup = self.look_up(words)
        if lookup.verdict == "exact":
            self._count(exact=True)
            if self._is_distinctive(words, lookup):
                self._log.changed_sense(quotation, lookup, meaning.citation)
            if self._is_distinctive(words, lookup) and not meaning.opaque:
                self._note_cited(words, lookup, meaning)
        elif self._is_from_essay(words, lookup) and self._is_distinctive(words, lookup):
            self._misquoted(quotation, words, lookup, meaning)
        else:
            self._pass_over()

    def _check_uncited(self, number: int, words: str) -> None:
        quotation, lookup = self.contents.quotations[number], self.look_up(words)
        is_heading = self._draft.blocks[quotation.block].is_heading
        is_title = is_titled(words) or self._checker.sources.is_title(words)
        if len(words.split()) <= _SHORT or is_title or is_heading:
            return
        if lookup.verdict == "exact":
            self._count(exact=True)
            self._log.changed_sense(quotation, lookup, None)
            if not self._has_citation_elsewhere(number, words, lookup):
                self._log.uncited(quotation, lookup)
        elif self._is_from_essay(words, lookup):
            self._misquoted(quotation, words, lookup, self.meanings[number])
            if not self._has_citation_elsewhere(number, words, lookup):
                self._log.uncited(quotation, lookup)
        else:
            self._pass_over()

    def _is_from_essay(self, words: str, lookup: QuotationLookup) -> bool:
        """Whether altered words are so many and so like print that they are the essay's."""
        enough = lookup.verdict == "altered" and len(words.split()) > _DISTINCTIVE
        return enough and lookup.comparisons[0].likeness >= _ALIKE

    def _has_citation_elsewhere(self, number: int, words: str, lookup: QuotationLookup) -> bool:
        """Whether words were cited before, or the next citation of the paragraph is theirs too."""
        letters, following = letters_and_digits(words), self._next_cited[number]
        places = [match.place for match in lookup.comparisons]
        if letters in self._cited_words or any(letters in earlier for earlier in self._cited_words):
            return True
        if any(self._cites(citation, place) for citation in self._beside(number) for place in places):
            return True
        if following is None:
            return False
        meaning = self.meanings[following]
        essays = meaning.essays or ()
        return any(place.essay_id in essays and self._covers(meaning, place) for place in places)

    def _beside(self, number: int) -> Sequence[DraftCitation]:
        """The citations near a quotation without one: those before it in its note, those after a block."""
        quotation, blocks = self.contents.quotations[number], self._draft.blocks
        if blocks[quotation.block].kind == "note":
            own = self.contents.citations[quotation.block]
            return [citation for citation in own if citation.start < quotation.start]
        following = quotation.block + 1
        while following < len(blocks) and blocks[following].kind == "note":
            following += 1
        if following >= len(blocks):
            return ()
        citations = self.contents.citations[following]
        if not quotation.set_off and not self._is_alone(following):
            return ()
        return [each for each in citations if each.start == citations[0].start]

    def _is_alone(self, block: int) -> bool:
        """Whether a paragraph or a cell of a table is nothing but a citation."""
        citations, own = self.contents.citations[block], self._draft.blocks[block]
        return any((each.start, each.end) == (own.start, own.end) for each in citations)

    def _cites(self, citation: DraftCitation, place: PrintedPlace) -> bool:
        """Whether a citation means the essay and the pages of a place."""
        essays = self._meant.meant(citation)
        return place.essay_id in (essays or ()) and self._covers(Meaning(essays, citation), place)

    def _covers(self, meaning: Meaning, place: PrintedPlace) -> bool:
        """Whether the pages cited include those of a place."""
        named = self._pages_named(meaning, place.essay_id)
        return self._checker.pages.covered(named, place.essay_id).issuperset(place.where)

    def _misquoted(
        self, quotation: DraftQuotation, words: str, lookup: QuotationLookup, meaning: Meaning
    ) -> None:
        self._count()
        self._log.misquoted(quotation, lookup, meaning.citation)
        if lookup.comparisons[0].likeness >= _ALIKE:
            self._note_cited(words, lookup, meaning)

    def _note_cited(self, words: str, lookup: QuotationLookup, meaning: Meaning) -> None:
        """Remember words of an essay, and have the pages of their citation checked."""
        self._cited_words[letters_and_digits(words)] = None
        if meaning.citation and not (
            meaning.carried and self._is_locator_of_source(meaning.citation, lookup)
        ):
            self._page_check.add_quotation(meaning.citation, words, lookup)

    def _is_locator_of_source(self, citation: DraftCitation, lookup: QuotationLookup) -> bool:
        """Whether a page alone is the one that the essay gives for words which it quotes."""
        quoted = self._checker.second_hand.quotation_of(lookup.comparisons[0].place)
        return bool(quoted and citation.pages and quoted.locator.startswith(citation.pages[0][0]))

    def _find_second_hand(self, quotation: DraftQuotation, meaning: Meaning, lookup: QuotationLookup) -> None:
        """Find words that the essay cited quotes, where the draft gives them as its author's."""
        place, citation = lookup.comparisons[0].place, meaning.citation
        if citation is None or not (citation.who or citation.key or self._covers(meaning, place)):
            return
        author = self._checker.second_hand.author(lookup, place.essay_id)
        sentences = self.contents.sentences
        if author and not is_acknowledged(self._draft, sentences, quotation, citation, author):
            certain = quotation.is_unambiguous and self._citing[citation] == 1 and lookup.places == 1
            self._log.second_hand(quotation, place, citation, certain=certain)

    def _check_pages(self) -> None:
        """Check the pages of all citations, those too that belong to no quotation."""
        for citation in (citation for block in self.contents.citations for citation in block):
            essays = self._meant.meant(citation) or frozenset[str]()
            place = citation.start, citation.locator
            if len(essays) == 1 and place not in self._misattributed:
                self._page_check.add(citation, *essays)
        self._page_check.check()

    def _find_unmarked(self) -> None:
        quotations, checker = self.contents.quotations, self._checker
        found = find_unmarked(self._draft, quotations, checker.corpus)
        running = (reused for reused in found if checker.is_running_text(reused.place))
        for reused in joined_runs(running, checker.essays.passage):
            self._log.unmarked(reused)

    def _count(self, *, exact: bool = False) -> None:
        self._checked += 1
        self._exact += exact

    def _pass_over(self) -> None:
        self._checked += 1
        self._not_checked += 1


def _is_compared(citations: Sequence[DraftCitation]) -> bool:
    """Whether a citation only compares: ``cf. Gill 848``."""
    return any(COMPARED.match(citation.text) for citation in citations)
