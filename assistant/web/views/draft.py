"""A checked quotation or draft as HTML: what is printed, the differences in place, and a corrected copy.

Hooks for styles and tests: ``.checked``; in it ``.judged`` (the verdict in a word, also a class),
``.place`` (one printed place, with ``.passage-text``, ``.own``, ``.citation``, ``.copy-quotation``),
``.draft`` (see ``rendering.draft_page``), in it a ``.copy-quotation`` of what is printed, and
``button[data-note]``, which opens a passage in the reader. The corrected copy is ``.mended``; in it
``button.download[data-bytes][data-name]`` (base64) and ``button.copy-mended[data-copy]``, ``.changed`` and
``.left``, lists of problems. The file is made in the browser from what the page holds, so the server keeps
none.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from assistant.core.draft_report import DraftReport, Hint, Problem, ProblemKind
from assistant.core.quotation import CitedComparison, Difference, Verdict
from assistant.rendering.draft_page import difference_html, kinds_html, paragraph_of, rows_html
from assistant.rendering.drafts import summary
from assistant.rendering.quotations import edit_words, sentence
from assistant.rendering.terminal import page_words
from assistant.web.views import render

# Bytes of a copy that is carried in the page.
LARGEST = 16_000_000
# What a draft is called that came in no file, and its corrected copy's file.
_NO_FILE, _PASTED = "-", "draft.md"

# Why a problem is left to the writer.
_LEFT: dict[ProblemKind, str] = {
    "misquoted": "it is not certain what was meant",
    "changed sense": "only you know what the words are to show",
    "not found": "there are no printed words to replace it",
    "wrong page": "the pages are not certain",
    "no such page": "the pages are not certain",
    "wrong source": "only you know which source is meant",
    "second-hand": "word this citation yourself",
    "uncited": "set this citation yourself",
    "unmarked": "quote it or reword it yourself",
}

# Gives words and their citation as they go into a draft.
Quote = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A printed place of a quotation.

    Attributes:
        match: The place.
        title: Title of its essay, or the empty string.
        pages: Its pages in words.
        difference: HTML of the comparison with print, or the empty string where they agree.
        edits: The changes that the writer marked, in words.
        quotation: What the copy button copies.
    """

    match: CitedComparison
    title: str
    pages: str
    difference: str
    edits: list[str]
    quotation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A problem in a list of the corrected copy.

    Attributes:
        number: Its number, from 1.
        kind: Its kind.
        place: Where it is.
        reason: Why it is left to the writer.
        changes: What the fixes remove and add; either may be empty.
    """

    number: int
    kind: ProblemKind
    place: str
    reason: str
    changes: list[tuple[str, str]]


def verdict_html(verdict: Verdict, titles: Mapping[str, str], quote: Quote) -> str:
    """A checked quotation as one ``section.checked``.

    Args:
        verdict: The verdict.
        titles: Titles of the essays by their ids.
        quote: Gives words and their citation as they go into a draft.
    """
    word, _, explanation = sentence(verdict).partition(": ")
    altered = verdict.verdict == "altered"
    places = [
        _place(match, titles.get(match.place.essay_id, ""), quote, altered=altered)
        for match in verdict.matches
    ]
    return render("draft.verdict", verdict, word, explanation[:1].upper() + explanation[1:], places)


def checked_draft_html(
    report: DraftReport, quote: Quote, fixed: str = "", names: Mapping[str, str] | None = None
) -> str:
    """A checked draft: one ``section.checked`` and, after it, the draft.

    Args:
        report: The checked draft.
        quote: Gives words and their citation as they go into a draft.
        fixed: HTML that offers the corrected copy.
        names: Short names of the essays by their ids.
    """
    name = PurePath(report.draft).name

    def offered(problem: Problem | Hint) -> str:
        if isinstance(problem, Hint):
            return render("draft.offered", "", problem.place.passages[0])
        quotation = quote(problem.printed, problem.citation) if problem.printed else ""
        return render("draft.offered", quotation, problem.passages[0] if problem.passages else "")

    return render(
        "draft.report",
        name="The draft" if report.draft == _NO_FILE else name,
        summary=summary(report).removeprefix(f"{name}: "),
        kinds=kinds_html(report),
        signs=bool(report.fixes) or any(problem.diff for problem in report.problems),
        fixed=fixed,
        rows=rows_html(report, offered, level=3, names=names, by_paragraph=True),
    )


def corrected_copy_html(report: DraftReport, data: bytes, *, archive: bool) -> str:
    """The offer of a corrected copy.

    Args:
        report: The checked draft.
        data: The corrected copy as its file has it; not used where there is nothing to fix.
        archive: Whether its file is more than its text, as .docx and .odt are.

    Returns:
        One ``section.mended``; nothing for a draft without problems.
    """
    if not report.problems:
        return ""
    if not report.fixes:
        return render("draft.nothing_fixed")
    fixed = report.fixed_problems
    numbered = list(enumerate(report.problems, 1))
    return render(
        "draft.fixed",
        counts=(len(fixed), len(report.problems)),
        name=fixed_name(report.draft),
        data="" if len(data) > LARGEST else b64encode(data).decode(),
        text=None if archive else report.fixed_text,
        changed=[_item(report, number, problem) for number, problem in numbered if problem in fixed],
        left=[_item(report, number, problem) for number, problem in numbered if problem not in fixed],
    )


def fixed_name(draft: str) -> str:
    """What the corrected copy of a draft is called, as the command calls it."""
    path = PurePath(_PASTED if draft == _NO_FILE else draft)
    return f"{path.stem}.fixed{path.suffix}"


def forgotten_html(name: str) -> str:
    """What is shown instead of a draft, of this file name, that was uploaded before the page was reloaded."""
    return render("draft.forgotten", name)


def checking_html() -> str:
    """What is shown while something is being checked."""
    return render("draft.checking")


def _place(match: CitedComparison, title: str, quote: Quote, *, altered: bool) -> _Place:
    steps = _with_own_marks(match)
    # Words without the writer's marks are one slice of the print; with them they are put together.
    printed = (
        " ".join(filter(None, (step.printed for step in steps)))
        if match.comparison.edits
        else match.place.text
    )
    return _Place(
        match=match,
        title=title,
        pages=page_words(match.citation.where) or "no page numbers",
        difference=difference_html(steps) if altered else "",
        edits=[edit_words(edit) for edit in match.comparison.edits],
        quotation=quote(printed, match.citation.in_text),
    )


def _with_own_marks(match: CitedComparison) -> list[Difference]:
    """The comparison, with the changes that the writer marked counted as right."""
    marked = {(edit.quoted, edit.printed) for edit in match.comparison.edits}
    return [
        # A bracket that changes one letter of a word is in a step of equal words.
        Difference("equal", step.quoted, step.quoted)
        if (step.quoted, step.printed) in marked or (step.op == "equal" and "[" in step.quoted)
        else step
        for step in match.comparison.diff
    ]


def _item(report: DraftReport, number: int, problem: Problem) -> _Item:
    changes = [(report.text[fix.start : fix.end].strip(), fix.text.strip()) for fix in problem.fixes]
    return _Item(
        number=number,
        kind=problem.kind,
        place=paragraph_of(report, problem),
        reason=_LEFT[problem.kind],
        changes=[change for change in changes if any(change)],
    )
