"""A checked draft as lines of a linter and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from assistant.core.draft_report import DraftReport, Problem
from assistant.core.quotation import Difference
from assistant.rendering.terminal import page_words

# Words of an agreeing part that are shown on each side of a difference, and of other words in all.
_BESIDE = 5
_SHOWN = 24


def place_of(audit: DraftReport, fault: Problem) -> str:
    """Where a fault is: line and column (``41:12``), or paragraph and column (``¶12:5``)."""
    unit = audit.labels[fault.line - 1] if audit.labels else str(fault.line)
    return f"{unit}:{fault.column}"


def problem_line(audit: DraftReport, fault: Problem) -> str:
    """A fault as a linter prints it."""
    return f"{audit.draft}:{place_of(audit, fault)} {fault.kind}: {message(fault)}"


def message(fault: Problem) -> str:
    """What is wrong, on one line; long quotations are shortened."""
    quoted, printed = _excerpts(fault)
    cited = f", cited as {bracketed(fault.cited)}"
    if fault.kind == "misquoted":
        return f'"{quoted}" printed "{printed}" {fault.citation}'
    if fault.kind == "not found":
        return f'"{quoted}" is not in {fault.essay}{cited}'
    if fault.kind == "wrong page":
        return f'"{quoted}" stands on {page_words(fault.pages)} {fault.citation}{cited}'
    if fault.kind == "no such page":
        return f"{bracketed(fault.cited)}; {fault.essay} has {page_words(fault.pages)}"
    if fault.kind == "wrong source":
        return f'"{quoted}" stands in {fault.essay} {fault.citation}{cited}'
    if fault.kind == "second-hand":
        instead = f"cite {fault.citation}, not {bracketed(fault.cited)}"
        return f'"{quoted}" is quoted by {fault.essay} from another; {instead}'
    if fault.kind == "uncited":
        return f'"{quoted}" has no citation {fault.citation}'
    words = len(fault.quoted.split())
    return f'{words} words without quotation marks, "{quoted}" {fault.citation}'


def bracketed(cited: str) -> str:
    """A citation as the draft has it; one by a key has its own mark-up, others stand in brackets."""
    return cited if cited.startswith(("[", "\\", "@", "-@")) else f"({cited})"


def _excerpts(fault: Problem) -> tuple[str, str]:
    if not fault.diff:
        return _clipped(fault.quoted), _clipped(fault.printed)
    last = len(fault.diff) - 1
    steps = [_shortened(step, at == 0, at == last) for at, step in enumerate(fault.diff)]
    return tuple(" ".join(filter(None, side)) for side in zip(*steps, strict=True))  # type: ignore[return-value]


def _shortened(step: Difference, first: bool, last: bool) -> tuple[str, str]:  # noqa: FBT001
    """Both sides of a step; of a long agreeing part only what is beside a difference."""
    if step.op != "equal" or len(step.quoted.split()) <= 2 * _BESIDE + 1 or (first and last):
        return " ".join(step.quoted.split()), " ".join(step.printed.split())
    made = []
    for side in (step.quoted, step.printed):
        words = side.split()
        before = [] if first else words[:_BESIDE]
        behind = [] if last else words[-_BESIDE:]
        made.append(" ".join([*before, "…", *behind]))
    return made[0], made[1]


def _clipped(text: str) -> str:
    words = text.split()
    if len(words) <= _SHOWN:
        return " ".join(words)
    half = _SHOWN // 2
    return " ".join([*words[:half], "…", *words[-half:]])


def summary(audit: DraftReport) -> str:
    """One sentence on the whole draft."""
    count = len(audit.problems)
    faults = f"{count} fault{'' if count == 1 else 's'}" if count else "no faults"
    kinds = Counter(fault.kind for fault in audit.problems)
    listed = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    quotations = f"{audit.quotations} quotation{'' if audit.quotations == 1 else 's'}"
    judged = f"{quotations}, {audit.exact} as printed, {audit.not_checked} not checkable"
    told = f"{faults} ({listed})" if len(kinds) > 1 else faults
    return f"{PurePath(audit.draft).name}: {judged}; {told}."


def draft_object(audit: DraftReport) -> dict[str, Any]:
    """A checked draft for programs."""
    return {
        "draft": audit.draft,
        "unit": "paragraph" if audit.labels else "line",
        "quotations": audit.quotations,
        "exact": audit.exact,
        "not_checked": audit.not_checked,
        "faults": [problem_object(audit, fault) for fault in audit.problems],
    }


def problem_object(audit: DraftReport, fault: Problem) -> dict[str, Any]:
    """A fault for programs; what does not apply is null."""
    return {
        "kind": fault.kind,
        "place": place_of(audit, fault),
        "line": fault.line,
        "column": fault.column,
        "start": fault.start,
        "end": fault.end,
        "quoted": fault.quoted or None,
        "printed": fault.printed or None,
        "cited": fault.cited or None,
        "citation": fault.citation,
        "essay": fault.essay,
        "passage": fault.passages[0] if fault.passages else None,
        "pages": fault.pages or None,
        "message": message(fault),
        "diff": _steps(fault.diff),
        "fix": fault.replacement,
    }


def _steps(diff: Sequence[Difference]) -> list[dict[str, str]]:
    return [{"op": step.op, "quoted": step.quoted, "printed": step.printed} for step in diff]
