"""The faults found in a draft, written down with their places, citations and mends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.citations.locators import page_range
from assistant.core.draft_report import Fix, Problem, ProblemKind
from assistant.core.quotation import Comparison, Difference, PrintedPlace, QuotationLookup, ReusedWords
from assistant.documents.document import Document
from assistant.drafts.citations import Cited
from assistant.drafts.fixes import applied, citing, corrections, relayed, words_of
from assistant.drafts.quotations import DraftQuotation

# Words that are less like than this cannot be put right for certain.
_CERTAIN = 0.75


class Findings:
    """Writes faults down.

    Args:
        draft: The draft.
        cite: In-text citation of an essay, by its id, or of the words of a place in it.
        look_up: Judges words against essays.
    """

    def __init__(
        self,
        draft: Document,
        cite: Callable[[str, PrintedPlace | None], str],
        look_up: Callable[[str, frozenset[str]], QuotationLookup],
    ) -> None:
        self._draft, self._cite, self._look_up = draft, cite, look_up
        self._faults: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All faults in the order of the draft."""
        return tuple(sorted(self._faults, key=lambda fault: (fault.start, fault.end, fault.kind)))

    def misquoted(self, quotation: DraftQuotation, found: QuotationLookup, cited: Cited | None) -> None:
        """Words that are not as printed."""
        near = found.comparisons[0]
        mends = corrections(self._draft, quotation, near) if near.likeness >= _CERTAIN else []
        if not self._is_right(quotation, mends, near.place):
            mends = []
        self._quotation("misquoted", quotation, near.place, cited, mends, near.diff)

    def _is_right(self, quotation: DraftQuotation, mends: Sequence[Fix], place: PrintedPlace) -> bool:
        """Whether the words with their mends are exact; only such mends are certain."""
        if not mends:
            return False
        words, places = words_of(self._draft, quotation.start, quotation.end)
        pieces, at = [], 0
        for mend in mends:
            first = next(
                (n for n, one in enumerate(places) if self._draft.starts[one] >= mend.start), len(places)
            )
            last = next(
                (n for n, one in enumerate(places) if self._draft.starts[one] >= mend.end), len(places)
            )
            pieces += [words[at:first], mend.text]
            at = max(last, first)
        made = "".join([*pieces, words[at:]])
        return self._look_up(made, frozenset({place.essay_id})).judgement == "exact"

    def wrong_source(self, quotation: DraftQuotation, found: QuotationLookup, cited: Cited) -> None:
        """Words that stand in another essay than cited."""
        self._quotation("wrong source", quotation, found.comparisons[0].place, cited)

    def second_hand(
        self, quotation: DraftQuotation, place: PrintedPlace, cited: Cited, *, certain: bool
    ) -> None:
        """Words that the essay cited has from somebody else.

        Args:
            quotation: The words.
            place: Where they stand.
            cited: The citation; the fault stands there.
            certain: Whether it cites these words alone, and they stand in one place.
        """
        words, _ = words_of(self._draft, quotation.start, quotation.end)
        span, citation = self._draft.span(cited.start, cited.end), self._cite(place.essay_id, place)
        mends = relayed(self._draft, cited, citation) if certain else []
        self._add(
            "second-hand", span, _line(words), _line(place.text), self._cited(cited), citation,
            place.essay_id, place.passages, page_range(place.labels), mends,
        )  # fmt: skip

    def uncited(self, quotation: DraftQuotation, found: QuotationLookup) -> None:
        """A quotation without a citation; one is added where the words stand in one place only."""
        place = found.comparisons[0].place
        mends: list[Fix] = []
        if found.places == 1:
            mends = citing(self._draft, quotation, self._cite(place.essay_id, place))
        self._quotation("uncited", quotation, place, None, mends)

    def not_found(self, quotation: DraftQuotation, essay_id: str, cited: Cited) -> None:
        """Words that the essay cited does not have."""
        words, _ = words_of(self._draft, quotation.start, quotation.end)
        span = self._draft.span(*quotation.outer)
        citation = self._cite(essay_id, None)
        self._add("not found", span, _line(words), "", self._cited(cited), citation, essay_id, (), "")

    def unmarked(self, lifted: ReusedWords) -> None:
        """An essay's words without quotation marks."""
        place = lifted.place
        words, _ = words_of(self._draft, lifted.start, lifted.end)
        span = self._draft.span(lifted.start, lifted.end)
        citation = self._cite(place.essay_id, place)
        self._add(
            "unmarked",
            span,
            _line(words),
            _line(place.text),
            "",
            citation,
            place.essay_id,
            place.passages,
            page_range(place.labels),
        )

    def wrong_page(self, words: str, near: Comparison, cited: Cited, right: str | None) -> None:
        """Words that stand on another page than cited.

        Args:
            words: The words.
            near: Where they stand.
            cited: The citation; the fault stands at its pages.
            right: What the pages must be, in the writer's form, or ``None`` if that is not certain.
        """
        place, span = near.place, self._locator(cited)
        citation = self._cite(place.essay_id, place)
        self._add(
            "wrong page", span, words, _line(place.text), self._cited(cited), citation, place.essay_id,
            place.passages, page_range(place.labels), self._replaced(span, right),
        )  # fmt: skip

    def no_such_page(
        self, words: str, essay_id: str, labels: Sequence[str], cited: Cited, right: str | None
    ) -> None:
        """A citation of a page that the essay does not have; arguments as for ``wrong_page``."""
        span = self._locator(cited)
        pages = f"{labels[0]}-{labels[-1]}"
        citation = self._cite(essay_id, None)
        self._add(
            "no such page",
            span,
            words,
            "",
            self._cited(cited),
            citation,
            essay_id,
            (),
            pages,
            self._replaced(span, right),
        )

    def _cited(self, cited: Cited) -> str:
        """The citation as the draft has it; one by a key with its mark-up."""
        if not cited.key:
            return cited.text
        start, end = self._draft.span(cited.start, cited.end)
        return self._draft.text[start:end].strip("~ ")

    def _locator(self, cited: Cited) -> tuple[int, int]:
        return self._draft.span(*(cited.locator or (cited.start, cited.end)))

    def _replaced(self, span: tuple[int, int], right: str | None) -> list[Fix]:
        return [] if right is None else [Fix(*span, right)]

    def _quotation(
        self,
        kind: ProblemKind,
        quotation: DraftQuotation,
        place: PrintedPlace,
        cited: Cited | None,
        mends: Sequence[Fix] = (),
        diff: tuple[Difference, ...] = (),
    ) -> None:
        words, _ = words_of(self._draft, quotation.start, quotation.end)
        citation = self._cite(place.essay_id, place)
        self._add(
            kind, self._draft.span(*quotation.outer), _line(words), _line(place.text),
            self._cited(cited) if cited else "", citation, place.essay_id, place.passages,
            page_range(place.labels), mends, diff,
        )  # fmt: skip

    def _add(  # noqa: PLR0913, PLR0917 - a fault's own attributes, which the methods above name
        self,
        kind: ProblemKind,
        span: tuple[int, int],
        quoted: str,
        printed: str,
        cited: str,
        citation: str,
        essay: str,
        passages: tuple[str, ...],
        pages: str,
        mends: Sequence[Fix] = (),
        diff: tuple[Difference, ...] = (),
    ) -> None:
        fix = applied(self._draft.text, *span, mends) if mends else None
        line, column = self._draft.position(span[0])
        where = (*span, line, column)
        self._faults.append(
            Problem(
                kind, *where, quoted, printed, _line(cited), citation, essay, passages, pages, diff,
                tuple(mends), fix,
            )
        )  # fmt: skip


def _line(text: str) -> str:
    return " ".join(text.split())
