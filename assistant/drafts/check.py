"""A draft -> its faults: every quotation and citation held against the essays of the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.citations.locators import page_range
from assistant.citations.references import fold
from assistant.citations.styles.base import Style
from assistant.core.draft_report import DraftReport
from assistant.core.errors import AssistantError, LibraryError
from assistant.core.essay import SEARCHED_KINDS, StoredEssay
from assistant.core.quotation import PrintedPlace, QuotationLookup
from assistant.documents.document import Document
from assistant.documents.reading import read_draft_file, read_draft_text
from assistant.drafts.fixes import words_of
from assistant.drafts.pages import PageCheck, Pages, Stand
from assistant.drafts.problems import Findings
from assistant.drafts.quotations import DraftQuotation, find_quotations
from assistant.drafts.secondhand import SecondHand, find_unmarked, is_told
from assistant.drafts.sources import Attribution, Meaning, Sources, is_titled
from assistant.quotations.corpus import Corpus

# Up to so many words in quotation marks are a title, a term or a distancing unless they are cited.
_SHORT = 3
# From so many words on, words without a citation of the essay are no accident.
_TELLING = 5
# Altered words that are not cited to the essay must be as like as this to be taken for its own.
_ALIKE = 0.85
_ABSENT = QuotationLookup("absent", (), 0)


def check_draft(
    draft: Path | str, essays: Sequence[StoredEssay], style: Style, corpus: Corpus | None = None
) -> DraftReport:
    """Check a draft.

    Args:
        draft: A file, or Markdown or plain text that is in none.
        essays: The essays to hold it against.
        style: Style of the citations in the report and in corrections.
        corpus: These essays as they are looked through, if they are prepared already.

    Raises:
        AssistantError: If the draft cannot be read, or there is no essay.
    """
    if not essays:
        raise LibraryError(
            "The library holds no essay to check a draft against; add one with: assistant add FILE"
        )
    read = read_draft_file(draft) if isinstance(draft, Path) else read_draft_text(draft)
    return Checker(essays, style, corpus).check(read)


class Checker:
    """Checks drafts against essays.

    Args:
        essays: The essays.
        style: Style of the citations in reports and corrections.
        corpus: The essays as they are looked through, if they are prepared already.
    """

    def __init__(self, essays: Sequence[StoredEssay], style: Style, corpus: Corpus | None = None) -> None:
        self.corpus = corpus or Corpus(essays)
        self.sources = Sources(essays)
        self.pages = Pages(essays)
        self.second_hand = SecondHand(essays)
        self._passages = {passage.id: passage for essay in essays for passage in essay.passages}
        self._records = {essay.id: essay.reference for essay in essays}
        self._style = style

    def check(self, draft: Document) -> DraftReport:
        """Find the faults of a draft."""
        return _Check(self, draft).audit()

    def look_up(self, words: str, essays: frozenset[str] = frozenset()) -> QuotationLookup:
        """As ``Corpus.look_up``; what is too long for a quotation, or has no words, is absent."""
        try:
            return self.corpus.look_up(words, essays)
        except AssistantError:
            return _ABSENT

    def cite(self, essay_id: str, place: PrintedPlace | None = None) -> str:
        """In-text citation of an essay, or of words that stand in it: by way of it where it quotes them."""
        quoted = self.second_hand.source(place) if place else None
        author = None if quoted is None else quoted.author
        pages = page_range(place.labels) if place else ""
        return self._style.in_text(self._records[essay_id], pages, quoting=author)

    def is_running(self, place: PrintedPlace) -> bool:
        """Whether words stand in the essay's text, and not in its title, headings or works cited."""
        return any(self._passages[one].kind in SEARCHED_KINDS for one in place.passages)


class _Check:
    """The check of one draft."""

    def __init__(self, checker: Checker, draft: Document) -> None:
        self._with, self._draft = checker, draft
        self._quoted = find_quotations(draft)
        self._attribution = Attribution(draft, self._quoted.citations, checker.sources)
        self._meanings = [self._attribution.meaning(one) for one in self._quoted.quotations]
        self._findings = Findings(draft, checker.cite, checker.look_up)
        self._page_check = PageCheck(draft, checker.pages, self._findings)
        self._judged = self._exact = self._not_checked = 0
        # Letters of the cited quotations, for words of theirs that come again.
        self._known: list[str] = []

    def audit(self) -> DraftReport:
        """All faults, in the order of the draft."""
        for number, quotation in enumerate(self._quoted.quotations):
            words = " ".join(words_of(self._draft, quotation.start, quotation.end)[0].split())
            if any(map(str.isalnum, words)):
                self._judge(number, words)
        self._check_pages()
        self._find_unmarked()
        draft = self._draft
        return DraftReport(
            draft.name, draft.text, draft.units, draft.labels, self._judged, self._exact,
            self._not_checked, self._findings.problems,
        )  # fmt: skip

    def _judge(self, number: int, words: str) -> None:
        meaning = self._meanings[number]
        if meaning.cited is None:
            self._judge_uncited(number, words)
        elif meaning.essays is None:
            self._judge_untold(number, words)
        elif meaning.essays:
            self._judge_cited(number, words, meaning.essays)
        else:
            self._judge_foreign(number, words)

    def _judge_cited(self, number: int, words: str, essays: frozenset[str]) -> None:
        """A quotation that is cited to essays of the library."""
        quotation, meaning = self._quoted.quotations[number], self._meanings[number]
        found = self._with.look_up(words, essays)
        if found.judgement == "exact":
            self._count(exact=True)
            # A title is printed on the first page, and cited with any.
            if not self._with.sources.is_title(words):
                self._stand(words, found, meaning)
                self._find_second_hand(number, found)
            return
        everywhere = self._with.look_up(words)
        if everywhere.judgement == "exact" and len(words.split()) > _SHORT and meaning.cited:
            self._count(exact=True)
            self._findings.wrong_source(quotation, everywhere, meaning.cited)
        elif not self._is_no_claim(quotation, words, found):
            self._judge_altered(number, words, found, min(essays))

    def _judge_altered(self, number: int, words: str, found: QuotationLookup, essay_id: str) -> None:
        quotation, meaning = self._quoted.quotations[number], self._meanings[number]
        if self._is_doubtful(quotation, meaning, found):
            self._pass_by()
        elif found.judgement == "altered":
            self._misquoted(quotation, words, found, meaning)
            self._find_second_hand(number, found)
        elif meaning.cited:
            self._count()
            self._findings.not_found(quotation, essay_id, meaning.cited)

    def _is_no_claim(self, quotation: DraftQuotation, words: str, found: QuotationLookup) -> bool:
        """Whether words in marks are a title, or a term that another quotation's citation stands behind."""
        if self._with.sources.is_title(words) or (found.judgement == "absent" and is_titled(words)):
            return True
        own = quotation.firm and quotation.cited[0].start >= quotation.end
        return len(words.split()) <= _SHORT and not own and not quotation.set_off

    def _is_doubtful(self, quotation: DraftQuotation, meaning: Meaning, found: QuotationLookup) -> bool:
        """Whether a quotation that is not exact may be another work's."""
        if found.judgement == "altered" and found.comparisons[0].likeness >= _ALIKE:
            return False
        if meaning.distant and meaning.cited and meaning.essays:
            # A page that the essay has is a sign that the essay named last is meant.
            return not any(self._has_pages(meaning, one) for one in meaning.essays)
        return not quotation.firm

    def _has_pages(self, meaning: Meaning, essay_id: str) -> bool:
        pages = self._with.pages
        cited = meaning.cited and pages.cited(meaning.cited, essay_id, self._with.sources.year(essay_id))
        return bool(cited) and bool(pages.labels(essay_id)) and not pages.missing(cited or (), essay_id)

    def _judge_foreign(self, number: int, words: str) -> None:
        """A quotation that is cited to a work that the library does not have."""
        quotation, cited = self._quoted.quotations[number], self._meanings[number].cited
        found = self._with.look_up(words)
        if cited and found.judgement == "exact" and self._is_telling(words, found) and quotation.firm:
            self._count(exact=True)
            self._findings.wrong_source(quotation, found, cited)
        else:
            self._pass_by()

    def _is_telling(self, words: str, found: QuotationLookup) -> bool:
        """Whether words are so many that they are the essay's own, and not from a work that it quotes."""
        enough = len(words.split()) >= _TELLING and not is_titled(words)
        return enough and not self._with.second_hand.begins_quoted(found.comparisons[0].place)

    def _judge_untold(self, number: int, words: str) -> None:
        """A quotation with a citation that names no source, nor is one named before."""
        found, quotation = self._with.look_up(words), self._quoted.quotations[number]
        if found.judgement == "exact":
            self._count(exact=True)
            if self._is_telling(words, found):
                self._stand(words, found, self._meanings[number])
        elif self._is_its_own(words, found) and self._is_telling(words, found):
            self._misquoted(quotation, words, found, self._meanings[number])
        else:
            self._pass_by()

    def _judge_uncited(self, number: int, words: str) -> None:
        found, quotation = self._with.look_up(words), self._quoted.quotations[number]
        heading = self._draft.blocks[quotation.block].kind == "heading"
        if len(words.split()) <= _SHORT or is_titled(words) or self._with.sources.is_title(words) or heading:
            return
        if found.judgement == "exact":
            self._count(exact=True)
            if not self._is_carried(number, words, found):
                self._findings.uncited(quotation, found)
        elif self._is_its_own(words, found):
            self._misquoted(quotation, words, found, self._meanings[number])
            self._findings.uncited(quotation, found)
        else:
            self._pass_by()

    def _is_its_own(self, words: str, found: QuotationLookup) -> bool:
        """Whether altered words are so many and so like that they are the essay's."""
        enough = found.judgement == "altered" and len(words.split()) > _TELLING
        return enough and found.comparisons[0].likeness >= _ALIKE

    def _is_carried(self, number: int, words: str, found: QuotationLookup) -> bool:
        """Whether words were cited before, or the next citation of the paragraph is theirs too."""
        if any(fold(words) in one for one in self._known):
            return True
        block = self._quoted.quotations[number].block
        for later, meaning in enumerate(self._meanings[number + 1 :], number + 1):
            if self._quoted.quotations[later].block != block:
                return False
            if meaning.cited:
                places = [
                    one.place for one in found.comparisons if one.place.essay_id in (meaning.essays or ())
                ]
                return any(self._covers(meaning, place) for place in places)
        return False

    def _covers(self, meaning: Meaning, place: PrintedPlace) -> bool:
        year = self._with.sources.year(place.essay_id)
        pages = self._with.pages.cited(meaning.cited, place.essay_id, year) if meaning.cited else ()
        return self._with.pages.covered(pages, place.essay_id).issuperset(place.labels)

    def _misquoted(
        self, quotation: DraftQuotation, words: str, found: QuotationLookup, meaning: Meaning
    ) -> None:
        self._count()
        self._findings.misquoted(quotation, found, meaning.cited)
        if found.comparisons[0].likeness >= _ALIKE:
            self._stand(words, found, meaning)

    def _stand(self, words: str, found: QuotationLookup, meaning: Meaning) -> None:
        """Remember where cited words stand."""
        self._known.append(fold(words))
        if meaning.cited:
            essay_id = found.comparisons[0].place.essay_id
            self._page_check.claim(meaning.cited, essay_id, Stand(words, found))

    def _find_second_hand(self, number: int, found: QuotationLookup) -> None:
        """Find words that the essay cited quotes, where the draft gives them for its author's own."""
        quotation, meaning = self._quoted.quotations[number], self._meanings[number]
        place, cited = found.comparisons[0].place, meaning.cited
        if cited is None or not (cited.who or cited.key or self._covers(meaning, place)):
            return
        author = self._with.second_hand.author(found, place.essay_id)
        if author and not is_told(self._draft, quotation, cited, author):
            shared = sum(one.cited == cited for one in self._meanings) > 1
            certain = quotation.firm and not shared and found.places == 1
            self._findings.second_hand(quotation, place, cited, certain=certain)

    def _check_pages(self) -> None:
        """Check the pages of all citations, those of no quotation too."""
        for cited in (one for block in self._quoted.citations for one in block):
            meant = self._with.sources.meant(cited) or frozenset[str]()
            for essay_id in meant if len(meant) == 1 else ():
                self._page_check.claim(cited, essay_id)
        self._page_check.check(self._with.sources.year)

    def _find_unmarked(self) -> None:
        for lifted in find_unmarked(
            self._draft, self._quoted.quotations, self._with.corpus, self._with.look_up
        ):
            if self._with.is_running(lifted.place):
                self._findings.unmarked(lifted)

    def _count(self, *, exact: bool = False) -> None:
        self._judged += 1
        self._exact += exact

    def _pass_by(self) -> None:
        self._judged += 1
        self._not_checked += 1
