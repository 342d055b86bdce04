"""A quotation compared with the printed essays.

*Quoted* is what the writer wrote, *printed* what the essay has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.core.answer import Citation, QuotedWords, ZoteroLinks
from assistant.core.essay import Passage, Span

VerdictKind = Literal["exact", "altered", "absent"]
Operation = Literal["equal", "replace", "insert", "delete"]
WarningKind = Literal["negation", "figure", "name", "substitutions", "distance"]
EditKind = Literal["ellipsis", "sic", "capital", "insertion", "substitution", "final punctuation"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One step of the comparison of a quotation with the printed words.

    The ``quoted`` of all steps together are the quotation, the ``printed`` of all the printed words, except
    for the white space between two steps.

    Attributes:
        op: ``equal``; ``replace``: other words than the printed ones; ``insert``: words that are not
            printed; ``delete``: printed words that the quotation lacks.
        quoted: Slice of the quotation; empty for ``delete``.
        printed: Slice of the printed text; empty for ``insert``.
    """

    op: Operation
    quoted: str
    printed: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that the writer marked as their own, as writers may.

    Attributes:
        kind: ``ellipsis`` (words omitted), ``sic``, ``capital`` (``[T]he``), ``insertion`` (``know[s]``),
            ``substitution`` (``[Kathy]`` for "she") or ``final punctuation``.
        quoted: The mark as the quotation has it.
        printed: The printed words that it replaces; empty if there are none, and for an ellipsis at
            either end of the quotation.
    """

    kind: EditKind
    quoted: str
    printed: str


@dataclass(frozen=True, slots=True)
class SenseWarning:
    """What the writer's marks may do to the sense of words that are printed so.

    Attributes:
        kind: ``negation``: a negation is taken out or added; ``figure`` or ``name``: another one stands for
            it; ``substitutions``: the writer's words outnumber the printed ones; ``distance``: an ellipsis
            joins places that are far apart.
        text: One sentence.
    """

    kind: WarningKind
    text: str


@dataclass(frozen=True, slots=True)
class PrintedPlace:
    """A place at which words are printed.

    Attributes:
        passages: Ids of the passages that contain them, in reading order.
        essay_id: Id of the essay.
        start: Offset of the first character in the first passage's text.
        end: Offset after the last character in the last passage's text.
        text: The printed words: slices of the passages' texts, joined by a newline.
        labels: Pages that they are printed on, in order; empty if the source shows no pages.
        source: Source span from the first to the last character.
        locators: Locators of the passages, in order, in an essay without pages.
    """

    passages: tuple[str, ...]
    essay_id: str
    start: int
    end: int
    text: str
    labels: tuple[str, ...]
    source: Span
    locators: tuple[str, ...] = ()

    @property
    def where(self) -> tuple[str, ...]:
        """What a citation names: the pages, or the locators in an essay without pages."""
        return self.labels or self.locators

    @classmethod
    def within(cls, passage: Passage, start: int, end: int) -> PrintedPlace:
        """The place of a non-empty span of a passage's text."""
        source = passage.source_map.span(start, end)
        labels, locators = passage.pages_of(start, end), (passage.locator,) if passage.locator else ()
        text = passage.text[start:end]
        return cls((passage.id,), passage.essay_id, start, end, text, labels, source, locators)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A quotation compared with one place.

    Attributes:
        place: The place of the words, or of the words nearest to them.
        diff: The comparison step by step; in an exact quotation only the editing marks differ.
        edits: The editing marks recognised, in order.
        likeness: Share of letters in common, 0 to 1; 1 for an exact quotation.
        warnings: What the editing marks of an exact quotation may do to its sense.
    """

    place: PrintedPlace
    diff: tuple[Difference, ...]
    edits: tuple[Edit, ...]
    likeness: float
    warnings: tuple[SenseWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotationLookup:
    """The result of looking up a quotation.

    Attributes:
        verdict: Exact, altered or absent.
        comparisons: For ``exact`` the places in the order of essays and print, as many as are listed; for
            ``altered`` the nearest; for ``absent`` none.
        places: Number of places, including those not listed.
    """

    verdict: VerdictKind
    comparisons: tuple[Comparison, ...]
    places: int

    @property
    def warnings(self) -> tuple[SenseWarning, ...]:
        """What the editing marks may do to the sense: the warnings of the place that has the fewest."""
        return min((match.warnings for match in self.comparisons), key=len, default=())


@dataclass(frozen=True, slots=True)
class ReusedWords:
    """A run of words that a draft and an essay have in common.

    Attributes:
        start: Offset in the draft.
        end: Offset after the last character in the draft.
        words: Number of words.
        place: Where the words are printed; the first place if there are several.
    """

    start: int
    end: int
    words: int
    place: PrintedPlace


@dataclass(frozen=True, slots=True)
class CitedComparison:
    """A quotation compared with one place, which is cited.

    Attributes:
        comparison: The comparison.
        citation: Pages and in-text citation of exactly these words.
        quoted: The essay's quotation that contains all these words; ``None`` if some are its author's own.
        zotero: Links to the essay in Zotero, if it was added from there.
    """

    comparison: Comparison
    citation: Citation
    quoted: QuotedWords | None = None
    zotero: ZoteroLinks | None = None

    @property
    def place(self) -> PrintedPlace:
        """The place of the words."""
        return self.comparison.place


@dataclass(frozen=True, slots=True)
class Verdict:
    """A checked quotation.

    Attributes:
        text: As given.
        verdict: Exact, altered or absent.
        matches: As ``QuotationLookup.comparisons``, with citations.
        places: Number of places, including those not listed.
        warnings: As ``QuotationLookup.warnings``.
    """

    text: str
    verdict: VerdictKind
    matches: tuple[CitedComparison, ...]
    places: int
    warnings: tuple[SenseWarning, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the words are exact and nothing is to be warned of."""
        return self.verdict == "exact" and not self.warnings
