"""The nouns of a checked draft, beside ``types`` and ``verdicts`` on the lowest floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.core.quotation import Difference

FaultKind = Literal[
    "misquoted",
    "not found",
    "wrong page",
    "no such page",
    "wrong source",
    "second-hand",
    "uncited",
    "unmarked",
]


@dataclass(frozen=True, slots=True)
class Mend:
    """Words that put a fault right.

    Attributes:
        start: Offset in the draft.
        end: Offset behind the words that go; the start if none do.
        text: What stands there from now on.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a draft that does not agree with print.

    Attributes:
        kind: ``misquoted``: other words than the printed ones; ``not found``: words that the essay cited
            does not have; ``wrong page``: they stand on another page than cited; ``no such page``: the
            essay cited does not have the page; ``wrong source``: they stand in another essay than cited;
            ``second-hand``: words that the essay cited quotes, as if they were its author's; ``uncited``: a
            quotation without a citation; ``unmarked``: an essay's words without quotation
            marks.
        start: Offset in the draft: of the quotation with its marks, of the pages in a citation, of a
            citation (``second-hand``), or of the unmarked words.
        end: Offset behind it.
        line: Line, or paragraph where a file has no lines, from 1.
        column: Column in it, from 1.
        quoted: The words that the fault is about as the draft has them, without marks; may be empty for
            ``no such page``.
        printed: The words of the essay, or the empty string.
        cited: The citation as the draft has it, without brackets, or the empty string.
        citation: The citation of the printed words in the asked style; of the essay if there are none.
        essay: Id of the essay cited, or that has the words.
        passages: Ids of the passages that the printed words stand in.
        pages: Pages of the printed words (``849-50``); all pages of the essay for ``no such page``.
        diff: The quotation step by step, for ``misquoted``.
        mends: What puts it right for certain, in order; empty if nothing does.
        fix: ``start`` to ``end`` with the mends made, or ``None``.
    """

    kind: FaultKind
    start: int
    end: int
    line: int
    column: int
    quoted: str
    printed: str
    cited: str
    citation: str
    essay: str
    passages: tuple[str, ...]
    pages: str
    diff: tuple[Difference, ...] = ()
    mends: tuple[Mend, ...] = ()
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """A checked draft.

    Attributes:
        draft: Its file as the writer named it; ``-`` for one that came in no file.
        text: Its text, in which all offsets count; for ``.docx`` and ``.odt`` the paragraphs, divided by
            line breaks.
        units: Offset of each line, or of each paragraph.
        labels: What each paragraph is called (``¶12``, ``note 3``); empty for lines.
        quotations: Number of quotations that were judged, those not checkable counted in.
        exact: How many of them agree with print.
        not_checked: How many are cited to works that the library does not have, or cannot be told.
        faults: In the order of the draft.
    """

    draft: str
    text: str
    units: tuple[int, ...]
    labels: tuple[str, ...]
    quotations: int
    exact: int
    not_checked: int
    faults: tuple[Fault, ...]

    @property
    def mends(self) -> list[Mend]:
        """What puts all faults right that can be, in order, each once and none over another."""
        made: list[Mend] = []
        found = {mend for fault in self.faults for mend in fault.mends}
        for mend in sorted(found, key=lambda mend: (mend.start, mend.end)):
            if not made or mend.start >= made[-1].end:
                made.append(mend)
        return made

    @property
    def mended(self) -> list[Fault]:
        """The faults that the mends put right, in the order of the draft."""
        made = set(self.mends)
        return [fault for fault in self.faults if fault.mends and made.issuperset(fault.mends)]

    @property
    def mended_text(self) -> str:
        """Its text with all mends made."""
        text = self.text
        for mend in reversed(self.mends):
            text = text[: mend.start] + mend.text + text[mend.end :]
        return text
