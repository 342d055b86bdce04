"""The report on a draft as lines like a linter's, as plain text, and as a JSON object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from assistant.core.answer import is_locator
from assistant.core.draft_report import DraftReport, Hint, Problem
from assistant.core.essay import CSLItem, plain_title
from assistant.core.quotation import Difference
from assistant.rendering.terminal import page_fields, page_words

# Words of an agreeing part that are shown before and after a difference, and of a text without differences.
_CONTEXT = 5
_LONGEST = 24
# Authors that are all named.
_MOST_NAMED = 2


def place_of(report: DraftReport, problem: Problem | Hint) -> str:
    """Line and column of a problem or hint (``41:12``), or paragraph and column (``¶12:5``)."""
    unit = report.labels[problem.line - 1] if report.labels else str(problem.line)
    return f"{unit}:{problem.column}"


def short_names(records: Mapping[str, CSLItem]) -> dict[str, str]:
    """What essays are called in running words: ``Gill``, with the year or the title where there are several.

    Args:
        records: CSL-JSON records by the ids of their essays.
    """
    authors = {essay_id: _authors(record) for essay_id, record in records.items()}
    dated = {essay_id: f"{authors[essay_id]} {_year(record)}".strip() for essay_id, record in records.items()}
    titled = {
        essay_id: ", ".join(filter(None, [authors[essay_id], plain_title(record)]))
        for essay_id, record in records.items()
    }
    return {
        essay_id: next(
            (
                names[essay_id]
                for names in (authors, dated, titled)
                if names[essay_id] and [*names.values()].count(names[essay_id]) == 1
            ),
            essay_id,
        )
        for essay_id in records
    }


def _authors(record: CSLItem) -> str:
    names = [
        str(name.get("family") or name.get("literal") or "").strip()
        for name in record.get("author") or ()
        if isinstance(name, dict)
    ]
    names = [name for name in names if name]
    if len(names) > _MOST_NAMED or names[1:] == ["et al."]:
        return f"{names[0]} et al."
    return " and ".join(names) or plain_title(record)


def _year(record: CSLItem) -> str:
    issued = record.get("issued") or {}
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    return str(parts[0][0]) if parts and parts[0] else ""


def problem_line(report: DraftReport, problem: Problem) -> str:
    """A problem as a linter prints it."""
    return f"{report.draft}:{place_of(report, problem)} {problem.kind}: {message(problem)}"


def hint_line(report: DraftReport, hint: Hint) -> str:
    """A hint as a linter prints it."""
    return f"{report.draft}:{place_of(report, hint)} hint: {hint_message(hint)}"


def hint_message(hint: Hint) -> str:
    """What other page is nearer to a sentence than the one cited, on one line."""
    words = _clipped(" ".join(hint.place.text.split()))
    page = hint.pages.replace("-", "–")
    return f'cites {hint.named}; the essay speaks of this nearest at {page}: "{words}" {hint.citation}'


def message(problem: Problem) -> str:
    """What is wrong, on one line; long quotations are shortened."""
    quoted, printed = _excerpts(problem)
    cited = bracketed(problem.cited)
    pages = page_words(problem.pages)
    match problem.kind:
        case "misquoted":
            return f'"{quoted}" printed "{printed}" {problem.citation}'
        case "changed sense":
            return f'"{quoted}" is printed so {problem.citation}, but {_lower(problem.warnings[0].text)}'
        case "not found":
            return f'"{quoted}" is not in {problem.essay}, cited as {cited}'
        case "wrong page":
            where = "in" if is_locator(problem.pages) else "on"
            return f'"{quoted}" is {where} {pages} {problem.citation}, cited as {cited}'
        case "no such page":
            return f"{cited}; {problem.essay} has {pages}"
        case "wrong source":
            return f'"{quoted}" is in {problem.essay} {problem.citation}, cited as {cited}'
        case "second-hand":
            return (
                f'"{quoted}" is quoted by {problem.essay} from another; cite {problem.citation}, not {cited}'
            )
        case "uncited":
            return f'"{quoted}" has no citation {problem.citation}'
        case "unmarked":
            words = len(problem.quoted.split())
            return f'{words} words without quotation marks, "{quoted}" {problem.citation}'


def _lower(sentence: str) -> str:
    """A sentence as it goes on after another part; what it quotes at its beginning stays."""
    return sentence[:1].lower() + sentence[1:]


def bracketed(cited: str) -> str:
    """A citation as the draft has it, in brackets; one by a key has its own mark-up instead."""
    return cited if cited.startswith(("[", "\\", "@", "-@")) else f"({cited})"


def _excerpts(problem: Problem) -> tuple[str, str]:
    """The quoted and the printed words, shortened."""
    if not problem.diff:
        return _clipped(problem.quoted), _clipped(problem.printed)
    last = len(problem.diff) - 1
    steps = [
        _shortened(step, first=number == 0, last=number == last) for number, step in enumerate(problem.diff)
    ]
    quoted, printed = (" ".join(filter(None, side)) for side in zip(*steps, strict=True))
    return quoted, printed


def _shortened(step: Difference, *, first: bool, last: bool) -> tuple[str, str]:
    """Both sides of a step; of a long agreeing part only the words next to a difference."""
    quoted, printed = step.quoted.split(), step.printed.split()
    if step.op == "equal" and len(quoted) > 2 * _CONTEXT + 1 and not (first and last):
        quoted, printed = (
            [*([] if first else words[:_CONTEXT]), "…", *([] if last else words[-_CONTEXT:])]
            for words in (quoted, printed)
        )
    return " ".join(quoted), " ".join(printed)


def _clipped(text: str) -> str:
    words = text.split()
    if len(words) > _LONGEST:
        words = [*words[: _LONGEST // 2], "…", *words[-(_LONGEST // 2) :]]
    return " ".join(words)


def summary(report: DraftReport) -> str:
    """One sentence on the whole draft."""
    kinds = Counter(problem.kind for problem in report.problems)
    total = _counted(len(report.problems), "problem") if report.problems else "no problems"
    listed = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    problems = f"{total} ({listed})" if len(kinds) > 1 else total
    if report.hints:
        problems += f", {_counted(len(report.hints), 'hint')}"
    quotations = _counted(report.quotations, "quotation")
    checked = f"{quotations}, {report.exact} as printed, {report.not_checked} not checkable"
    return f"{PurePath(report.draft).name}: {checked}; {problems}."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def plain_draft(report: DraftReport) -> str:
    """A checked draft: each problem with its place and its replacement, and a summary."""
    # A draft that came as text has no name.
    total = summary(report).removeprefix("-: ")
    problems = (_plain_problem(report, problem) for problem in report.problems)
    hints = (f"{place_of(report, hint)} hint: {hint_message(hint)}" for hint in report.hints)
    return "\n".join([*problems, *hints, total])


def _plain_problem(report: DraftReport, problem: Problem) -> str:
    line = f"{place_of(report, problem)} {problem.kind}: {message(problem)}"
    return line if problem.replacement is None else f"{line}\n  Replacement: {problem.replacement}"


def draft_object(report: DraftReport) -> dict[str, Any]:
    """The report on a draft as a JSON object."""
    return {
        "draft": report.draft,
        "unit": "paragraph" if report.labels else "line",
        "quotations": report.quotations,
        "exact": report.exact,
        "not_checked": report.not_checked,
        "faults": [problem_object(report, problem) for problem in report.problems],
        "hints": [hint_object(report, hint) for hint in report.hints],
    }


def hint_object(report: DraftReport, hint: Hint) -> dict[str, Any]:
    """A hint as a JSON object."""
    return {
        "place": place_of(report, hint),
        "line": hint.line,
        "column": hint.column,
        "start": hint.start,
        "end": hint.end,
        "sentence": hint.sentence,
        "cited": hint.cited,
        "citation": hint.citation,
        "essay": hint.place.essay_id,
        "passage": hint.place.passages[0],
        "printed": hint.place.text,
        **page_fields(hint.pages),
        "message": hint_message(hint),
    }


def problem_object(report: DraftReport, problem: Problem) -> dict[str, Any]:
    """A problem as a JSON object; what does not apply is null."""
    return {
        "kind": problem.kind,
        "place": place_of(report, problem),
        "line": problem.line,
        "column": problem.column,
        "start": problem.start,
        "end": problem.end,
        "quoted": problem.quoted or None,
        "printed": problem.printed or None,
        "cited": problem.cited or None,
        "citation": problem.citation,
        "essay": problem.essay,
        "passage": problem.passages[0] if problem.passages else None,
        **(page_fields(problem.pages) if problem.pages else {"pages": None}),
        "message": message(problem),
        "diff": [asdict(step) for step in problem.diff],
        "warnings": [asdict(warning) for warning in problem.warnings],
        "fix": problem.replacement,
    }
