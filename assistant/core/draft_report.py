"""The report on a checked draft: its problems and their fixes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.core.quotation import Difference, PrintedPlace, SenseWarning

ProblemKind = Literal[
    "misquoted",
    "changed sense",
    "not found",
    "wrong page",
    "no such page",
    "wrong source",
    "second-hand",
    "uncited",
    "unmarked",
]


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit of the draft that corrects a problem.

    Attributes:
        start: Offset in the draft.
        end: Offset after the words to delete; the start if nothing is deleted.
        text: The words to insert.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A place where the draft and the printed essays disagree.

    Attributes:
        kind: ``misquoted``: the words differ from the printed ones; ``changed sense``: they are printed so,
            but an omission or a bracket may change what they say; ``not found``: the essay cited does not
            have the words; ``wrong page``: they are on another page than cited; ``no such page``: the essay
            cited does not have the page; ``wrong source``: they are in another essay than cited;
            ``second-hand``: the essay cited quotes the words, and the draft gives them to its author;
            ``uncited``: a quotation without a citation; ``unmarked``: an essay's words without quotation
            marks.
        start: Offset in the draft: of the quotation with its marks, of the pages in a citation, of a
            citation (``second-hand``), or of the unmarked words.
        end: Offset after it.
        line: Line, or paragraph in files that have no lines, from 1.
        column: Column in it, from 1.
        quoted: The words concerned as the draft has them, without marks; may be empty for
            ``no such page``.
        printed: The words of the essay, or the empty string.
        cited: The citation as the draft has it, without brackets, or the empty string.
        citation: The citation of the printed words in the chosen style; of the essay if there are none.
        essay: Id of the essay that is cited or that has the words.
        passages: Ids of the passages that contain the printed words.
        pages: Pages of the printed words (``849-50``); all pages of the essay for ``no such page``.
        diff: The comparison of quotation and print, for ``misquoted``.
        fixes: The edits that correct it, in order; empty unless the correction is certain.
        warnings: What may change the sense, for ``changed sense``.
        replacement: What ``start`` to ``end`` becomes with the fixes applied, or ``None``.
    """

    kind: ProblemKind
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
    fixes: tuple[Fix, ...] = ()
    replacement: str | None = None
    warnings: tuple[SenseWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class NearWords:
    """Words of an essay that are near a sentence in what they say.

    Attributes:
        place: One or two sentences.
        score: How near, -1 to 1.
        nearest: Those of them that are nearest, where they have been told apart.
    """

    place: PrintedPlace
    score: float
    nearest: PrintedPlace | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """A page cited for a sentence that quotes nothing, where other pages are nearer to what it says.

    It is no problem: only the writer knows what the citation is for.

    Attributes:
        start: Offset in the draft of the pages in the citation.
        end: Offset after them.
        line: As for a problem.
        column: As for a problem.
        sentence: The draft's words that the citation follows.
        cited: The citation as the draft has it, without brackets.
        named: The pages that it names, as the draft has them.
        citation: The citation of the nearest words in the chosen style.
        place: The nearest words.
        pages: Their pages (``849-50``).
    """

    start: int
    end: int
    line: int
    column: int
    sentence: str
    cited: str
    named: str
    citation: str
    place: PrintedPlace
    pages: str


@dataclass(frozen=True, slots=True)
class DraftReport:
    """A checked draft.

    Attributes:
        draft: Its file as the writer named it; ``-`` if it came in no file.
        text: Its text, to which all offsets refer; for ``.docx`` and ``.odt`` the paragraphs, joined by
            line breaks.
        units: Offset of each line, or of each paragraph.
        labels: Name of each paragraph (``¶12``, ``note 3``); empty if the draft has lines.
        quotations: Number of quotations, including those that could not be checked.
        exact: How many of them are as printed.
        not_checked: How many cite works that the library does not have, or cannot be assigned to a work.
        problems: In the order of the draft.
        hints: In the order of the draft; empty unless they were asked for.
    """

    draft: str
    text: str
    units: tuple[int, ...]
    labels: tuple[str, ...]
    quotations: int
    exact: int
    not_checked: int
    problems: tuple[Problem, ...]
    hints: tuple[Hint, ...] = ()

    @property
    def paragraphs(self) -> list[str]:
        """The text of each line or paragraph."""
        ends = [start - 1 for start in self.units[1:]] + [len(self.text)]
        return [self.text[start:end] for start, end in zip(self.units, ends, strict=True)]

    @property
    def fixes(self) -> list[Fix]:
        """The fixes of all problems, in order, without duplicates and overlaps."""
        fixes: list[Fix] = []
        unique = {fix for problem in self.problems for fix in problem.fixes}
        for fix in sorted(unique, key=lambda fix: (fix.start, fix.end)):
            if not fixes or fix.start >= fixes[-1].end:
                fixes.append(fix)
        return fixes

    @property
    def fixed_problems(self) -> list[Problem]:
        """The problems that ``fixes`` corrects, in the order of the draft."""
        fixes = set(self.fixes)
        return [problem for problem in self.problems if problem.fixes and fixes.issuperset(problem.fixes)]

    @property
    def fixed_text(self) -> str:
        """The text with all fixes applied."""
        text = self.text
        for fix in reversed(self.fixes):
            text = text[: fix.start] + fix.text + text[fix.end :]
        return text
