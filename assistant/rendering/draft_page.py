"""A checked draft as a page of its own: the whole draft, its problems in place and explained in notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path, PurePath

from assistant.core.draft_report import DraftReport, Fix, Hint, Problem, ProblemKind
from assistant.core.quotation import Difference
from assistant.rendering.drafts import bracketed, place_of, summary
from assistant.rendering.templating import Templates
from assistant.rendering.terminal import page_words

_FOLDER = Path(__file__).parent
_TEMPLATES = Templates(_FOLDER / "templates")
# Light and dark, wide and narrow, on screen and on paper.
_STYLE = _FOLDER / "draft_page.css"

_EXPLAINED: dict[ProblemKind, str] = {
    "misquoted": "The words are not as printed.",
    "changed sense": "The words are printed so, but a mark of the writer’s may change what they say.",
    "not found": "The essay cited does not have these words.",
    "wrong page": "The words are on another page than cited.",
    "no such page": "The essay cited has no such page.",
    "wrong source": "The words are in another essay than cited.",
    "second-hand": "The essay cited quotes these words from somebody else.",
    "uncited": "The words are an essay’s and have no citation.",
    "unmarked": "The words are an essay’s and have no quotation marks.",
}

_HINT = "hint"
_HINTED = (
    "No problem: the essay speaks of this nearest on another page than cited. You know what the page is for."
)

# What the letter of a passage's id says of it.
_PASSAGES = {"p": "paragraph", "b": "block quotation", "n": "note"}
_PASSAGE_ID = re.compile(r".*/([a-z])0*(\d+)")

# Number, start and end of a line or paragraph of the draft.
_Unit = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A piece of the draft that is shown in one way.

    Attributes:
        words: Its words.
        removed: Whether the fixes remove them.
        added: Words that the fixes put after them.
        mark: Kind of the first problem or hint that it belongs to; its colour.
        numbers: Number and kind of the problems and hints that end with it.
    """

    words: str
    removed: bool
    added: list[str]
    mark: str | None
    numbers: list[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    """What is wrong at a place.

    Attributes:
        number: Number of the problem, from 1; those of hints follow.
        kind: Its kind.
        place: Where it is.
        explanation: The kind in a sentence.
        diff: The quotation step by step, or nothing.
        words: The words that it is about where there is no ``diff``.
        facts: What else is known of it, by name.
        offered: HTML of what can be done about it.
    """

    number: int
    kind: str
    place: str
    explanation: str
    diff: Sequence[Difference]
    words: str
    facts: dict[str, str]
    offered: str


@dataclass(frozen=True, slots=True)
class _Box:
    """The notes on the problems of one quotation.

    Attributes:
        notes: One for each problem, in the order of the draft.
    """

    notes: list[_Note]

    @property
    def kind(self) -> str:
        """The kind of the first problem, which gives the colour."""
        return self.notes[0].kind

    @property
    def told(self) -> _Note:
        """The note that shows the words: the first with a comparison, or the first."""
        return next((note for note in self.notes if note.diff), self.notes[0])

    @property
    def facts(self) -> dict[str, str]:
        """What is known of the quotation, each fact once."""
        facts: dict[str, list[str]] = {}
        for note in self.notes:
            for name, fact in note.facts.items():
                if fact not in facts.setdefault(name, []):
                    facts[name].append(fact)
        return {name: "; ".join(different) for name, different in facts.items()}

    @property
    def offered(self) -> list[str]:
        """What can be done about its problems, each offer once."""
        return [*dict.fromkeys(note.offered for note in self.notes if note.offered)]


@dataclass(frozen=True, slots=True)
class _Row:
    """A paragraph of the draft: its units with their labels, and notes on the problems that begin in it."""

    lines: list[tuple[str, list[_Piece]]]
    boxes: list[_Box]


def draft_page(report: DraftReport, names: Mapping[str, str] | None = None) -> str:
    """The report as HTML that needs nothing else; all text of the draft is escaped.

    Args:
        report: The checked draft.
        names: Short names of the essays by their ids.
    """
    return _TEMPLATES.render(
        "draft.page",
        name=PurePath(report.draft).name,
        style=_STYLE.read_text("utf-8"),
        summary=summary(report).partition(": ")[2],
        kinds=kinds_html(report),
        rows=rows_html(report, names=names),
    )


def rows_html(
    report: DraftReport,
    offered: Callable[[Problem | Hint], str] = lambda _problem: "",
    level: int = 2,
    *,
    names: Mapping[str, str] | None = None,
    by_paragraph: bool = False,
) -> str:
    """The whole draft with its problems in place, and next to each paragraph what is wrong in it.

    Args:
        report: The checked draft.
        offered: Gives the HTML that ends the note on a problem.
        level: Of the headings of problems: one below that of the draft.
        names: Short names of the essays by their ids, where they are not to be named by these.
        by_paragraph: Whether places are paragraphs also in a draft that has lines.
    """
    noted = _Noted(report, names or {}, offered, by_paragraph=by_paragraph)
    return _TEMPLATES.render("draft.rows", noted.rows(), level)


def paragraph_of(report: DraftReport, problem: Problem | Hint) -> str:
    """Where a problem is for a reader: ``paragraph 3``, ``note 2``."""
    label = report.labels[problem.line - 1] if report.labels else ""
    if label:
        return label.replace("¶", "paragraph ")
    paragraphs = _paragraphs(report)
    return f"paragraph {next(n for n, each in enumerate(paragraphs, 1) if problem.start < each[-1][2])}"


def kinds_html(report: DraftReport) -> str:
    """A link to the first problem of each kind and to the first hint, with their number."""
    counts = Counter(_kind(item) for _, item in _numbered(report))
    first = {_kind(item): number for number, item in reversed(_numbered(report))}
    kinds = [(kind, first[kind], counts[kind]) for kind in (*_EXPLAINED, _HINT) if kind in counts]
    return _TEMPLATES.render("draft.kinds", kinds)


def _numbered(report: DraftReport) -> list[tuple[int, Problem | Hint]]:
    """The problems with their numbers, then the hints with theirs."""
    return list(enumerate([*report.problems, *report.hints], 1))


def _kind(item: Problem | Hint) -> str:
    return _HINT if isinstance(item, Hint) else item.kind


def difference_html(diff: Sequence[Difference]) -> str:
    """A quotation compared with print: words that are not printed in ``del``, printed ones in ``ins``."""
    return _TEMPLATES.render("draft.difference", diff)


@_TEMPLATES.filter
def class_name(kind: str) -> str:
    """The HTML class of a kind of problem."""
    return kind.replace(" ", "-")


def _paragraphs(report: DraftReport) -> list[list[_Unit]]:
    """The units of the draft; lines without a blank one between them together."""
    paragraphs: list[list[_Unit]] = [[]]
    for number, (start, end) in enumerate(pairwise([*report.units, len(report.text)])):
        if report.labels or not report.text[start:end].strip():
            paragraphs.append([])
        if report.text[start:end].strip():
            paragraphs[-1].append((number, start, end))
    return [paragraph for paragraph in paragraphs if paragraph]


@dataclass(frozen=True, slots=True)
class _Noted:
    """A draft that is shown with notes; the attributes are those of ``rows_html``."""

    report: DraftReport
    names: Mapping[str, str]
    offered: Callable[[Problem | Hint], str]
    by_paragraph: bool

    def rows(self) -> list[_Row]:
        return [self._row(paragraph, number) for number, paragraph in enumerate(_paragraphs(self.report), 1)]

    def _row(self, paragraph: Sequence[_Unit], number: int) -> _Row:
        report = self.report
        start, end = paragraph[0][1], paragraph[-1][2]
        found = [(each, item) for each, item in _numbered(report) if start <= item.start < end]
        lines = []
        for place, (unit, unit_start, unit_end) in enumerate(paragraph):
            label = report.labels[unit] if report.labels else str(unit + 1)
            if self.by_paragraph and not report.labels:
                label = "" if place else f"¶{number}"
            lines.append((label, _pieces(report, unit_start, unit_end)))
        return _Row(lines, self._boxes(found))

    def _boxes(self, found: Sequence[tuple[int, Problem | Hint]]) -> list[_Box]:
        """One box for each quotation, with all its problems."""
        groups: list[list[tuple[int, Problem | Hint]]] = []
        for number, problem in found:
            known = next((group for group in reversed(groups) if _belongs(problem, group)), None)
            if known is None:
                groups.append([(number, problem)])
            else:
                known.append((number, problem))
        return [_Box([self._note(problem, number) for number, problem in group]) for group in groups]

    def _note(self, problem: Problem | Hint, number: int) -> _Note:
        place = paragraph_of if self.by_paragraph else place_of
        if isinstance(problem, Hint):
            essay = problem.place.essay_id
            nearest = f"{self.names.get(essay, essay)}, {page_words(problem.pages)}"
            return _Note(
                number=number,
                kind=_HINT,
                place=place(self.report, problem),
                explanation=_HINTED,
                diff=(),
                words=problem.place.text,
                facts={"Cited": bracketed(problem.cited), "Nearest": nearest},
                offered=self.offered(problem),
            )
        return _Note(
            number=number,
            kind=problem.kind,
            place=place(self.report, problem),
            explanation=_EXPLAINED[problem.kind],
            diff=problem.diff,
            words=problem.quoted if problem.kind == "unmarked" else problem.printed or problem.quoted,
            facts=self._facts(problem),
            offered=self.offered(problem),
        )

    def _facts(self, problem: Problem) -> dict[str, str]:
        name = self.names.get(problem.essay, problem.essay)
        where = ", ".join(filter(None, [name, page_words(problem.pages), _printed_in(problem)]))
        facts = {
            "Warning": " ".join(warning.text for warning in problem.warnings),
            "Cited": bracketed(problem.cited) if problem.cited else "",
            "Pages" if problem.kind == "no such page" else "Printed" if problem.printed else "Essay": where,
            "Cite": problem.citation if problem.printed else "",
            "Corrected": (problem.replacement or "")
            if problem.kind in {"wrong page", "no such page"}
            else "",
        }
        return {name: fact for name, fact in facts.items() if fact}


def _printed_in(problem: Problem) -> str:
    """The paragraph, block quotation or note that has the printed words."""
    match = _PASSAGE_ID.fullmatch(problem.passages[0]) if problem.printed and problem.passages else None
    return f"{_PASSAGES[match[1]]} {match[2]}" if match and match[1] in _PASSAGES else ""


def _belongs(problem: Problem | Hint, group: Sequence[tuple[int, Problem | Hint]]) -> bool:
    """Whether a problem is of the same quotation as others; of one kind a quotation has but one problem."""
    others = [other for _, other in group if isinstance(other, Problem)]
    if isinstance(problem, Hint):
        return False
    if any(other.kind == problem.kind for other in others):
        return False
    if problem.quoted:
        return any(" ".join(other.quoted.split()) == " ".join(problem.quoted.split()) for other in others)
    return any(other.cited == problem.cited != "" for other in others)


def _pieces(report: DraftReport, start: int, end: int) -> list[_Piece]:
    """A span of the draft, cut wherever a problem or a fix begins or ends."""
    problems = [(number, item) for number, item in _numbered(report) if item.start < end and start < item.end]
    fixes = [fix for fix in report.fixes if fix.start < end and start <= fix.end]
    bounds = {start, end}.union(
        *((problem.start, problem.end) for _, problem in problems), *((fix.start, fix.end) for fix in fixes)
    )
    cuts = sorted(bound for bound in bounds if start <= bound <= end)
    pieces = [_piece(report.text, first, last, problems, fixes) for first, last in pairwise(cuts)]
    if pieces:
        pieces[-1] = replace(pieces[-1], words=pieces[-1].words.rstrip("\r\n\f"))
    return pieces


def _piece(
    text: str, start: int, end: int, problems: Sequence[tuple[int, Problem | Hint]], fixes: Sequence[Fix]
) -> _Piece:
    words = text[start:end].rstrip("\r\n")
    fix = next((fix for fix in fixes if fix.start <= start and end <= fix.end), None)
    if fix is None:
        added = [insert.text for insert in fixes if insert.start == insert.end == end]
    else:
        added = [fix.text] if fix.end == end and fix.text else []
    # Of two problems in one place the first one gives the colour; both have their number and note.
    kinds = [_kind(problem) for _, problem in problems if problem.start <= start and end <= problem.end]
    return _Piece(
        words=words,
        removed=fix is not None,
        added=added,
        mark=kinds[0] if kinds and (words or added) else None,
        numbers=[(number, _kind(problem)) for number, problem in problems if problem.end == end],
    )


def _note(report: DraftReport, problem: Problem | Hint, number: int, offered: str) -> _Note:
    if isinstance(problem, Hint):
        facts = {
            "Cited": bracketed(problem.cited),
            "Nearest": f"{problem.place.essay_id}, {page_words(problem.pages)}",
        }
        place = place_of(report, problem)
        return _Note(
            number=number, kind=_HINT, place=place, explanation=_HINTED, diff=(), words=problem.place.text,
            facts=facts, offered=offered,
        )  # fmt: skip
    return _Note(
        number=number,
        kind=problem.kind,
        place=place_of(report, problem),
        explanation=_EXPLAINED[problem.kind],
        diff=problem.diff,
        words=problem.quoted if problem.kind == "unmarked" else problem.printed or problem.quoted,
        facts=_facts(problem),
        offered=offered,
    )


def _facts(problem: Problem) -> dict[str, str]:
    where = f"{problem.essay}, {page_words(problem.pages)}" if problem.pages else problem.essay
    facts = {
        "Warning": " ".join(warning.text for warning in problem.warnings),
        "Cited": bracketed(problem.cited) if problem.cited else "",
        "Pages" if problem.kind == "no such page" else "Printed" if problem.printed else "Essay": where,
        "Cite": problem.citation if problem.printed else "",
        "Corrected": (problem.replacement or "") if problem.kind in {"wrong page", "no such page"} else "",
    }
    return {name: fact for name, fact in facts.items() if fact}
