"""The nouns of a checked quotation, beside ``types`` and ``answers`` on the lowest floor.

A quotation is compared with print. *Quoted* is what the writer wrote, *printed* what the essay has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.core.answer import Citation, QuotedWords

Judgement = Literal["exact", "altered", "absent"]
Operation = Literal["equal", "replace", "insert", "delete"]
EditKind = Literal["ellipsis", "sic", "capital", "insertion", "substitution", "final punctuation"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One step of the comparison of a quotation with print.

    The ``quoted`` of all steps are the quotation, the ``printed`` of all are the printed words, white
    space between two steps apart.

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
        printed: The printed words that it stands for; empty if there are none, and for an ellipsis at
            either end of the quotation.
    """

    kind: EditKind
    quoted: str
    printed: str


@dataclass(frozen=True, slots=True)
class PrintedPlace:
    """Where words stand in print.

    Attributes:
        passages: Ids of the passages that they stand in, in reading order.
        essay_id: Id of the essay.
        start: Offset of the first character in the first passage's text.
        end: Offset behind the last character in the last passage's text.
        text: The printed words: slices of the passages' texts, joined by a newline.
        labels: Pages that they stand on, in order; empty when the source shows no pages.
        source: Source span from the first to the last character.
    """

    passages: tuple[str, ...]
    essay_id: str
    start: int
    end: int
    text: str
    labels: tuple[str, ...]
    source: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A quotation beside the print of one place.

    Attributes:
        place: Where it stands, or what stands nearest to it.
        diff: The quotation step by step; for an exact one the editing marks are the only differences.
        edits: The editing marks recognised, in order.
        likeness: Share of letters in common, 0 to 1; 1 for an exact quotation.
    """

    place: PrintedPlace
    diff: tuple[Difference, ...]
    edits: tuple[Edit, ...]
    likeness: float


@dataclass(frozen=True, slots=True)
class QuotationLookup:
    """What a look-up of a quotation found.

    Attributes:
        judgement: Exact, altered or absent.
        comparisons: For ``exact`` all places in the order of essays and print, up to the number listed
            at most; for ``altered`` the nearest; for ``absent`` none.
        places: Number of places, those not listed counted in.
    """

    judgement: Judgement
    comparisons: tuple[Comparison, ...]
    places: int


@dataclass(frozen=True, slots=True)
class ReusedWords:
    """A run of words of a draft that stands in an essay.

    Attributes:
        start: Offset in the draft.
        end: Offset behind the last character in the draft.
        words: Number of words.
        place: Where the words are printed; the first place if there are several.
    """

    start: int
    end: int
    words: int
    place: PrintedPlace


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A place of a quotation with its citation.

    Attributes:
        passages: Ids of the passages, in reading order.
        essay_id: Id of the essay.
        start: Offset of the first character in the first passage's text.
        end: Offset behind the last character in the last passage's text.
        text: The printed words: slices of the passages' texts, joined by a newline.
        source: Source span from the first to the last character.
        citation: Pages and in-text citation of exactly these words.
        diff: The quotation step by step.
        edits: The editing marks recognised, in order.
        quoted: The quotation of the essay's that all these words belong to; ``None`` if its author's own
            are among them.
    """

    passages: tuple[str, ...]
    essay_id: str
    start: int
    end: int
    text: str
    source: tuple[int, int]
    citation: Citation
    diff: tuple[Difference, ...]
    edits: tuple[Edit, ...]
    quoted: QuotedWords | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A checked quotation.

    Attributes:
        text: As given.
        verdict: Exact, altered or absent.
        matches: As ``QuotationLookup.comparisons``, with citations.
        places: Number of places, those not listed counted in.
    """

    text: str
    verdict: Judgement
    matches: tuple[CitedPlace, ...]
    places: int
