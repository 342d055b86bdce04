"""Problems of a draft as diagnostics, and what corrects them as code actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from assistant.core.draft_report import Fix, Problem, ProblemKind
from assistant.editor.analysis import Analysis
from assistant.rendering.drafts import message

SOURCE = "assistant"
_ERRORS: frozenset[ProblemKind] = frozenset({"misquoted", "not found", "wrong source", "no such page"})


def diagnostics(analysis: Analysis) -> list[types.Diagnostic]:
    """A diagnostic for each problem, in the order of the draft."""
    return [_diagnostic(analysis, problem) for problem in analysis.checked.report.problems]


def _diagnostic(analysis: Analysis, problem: Problem) -> types.Diagnostic:
    severe = problem.kind in _ERRORS
    return types.Diagnostic(
        range=analysis.range(problem.start, problem.end),
        message=message(problem),
        severity=types.DiagnosticSeverity.Error if severe else types.DiagnosticSeverity.Warning,
        code=problem.kind,
        source=SOURCE,
    )


def corrections(
    analysis: Analysis, given: types.Range, wanted: Sequence[str] | None, *, versioned: bool
) -> Iterator[types.CodeAction]:
    """What corrects the problems in a range, and what corrects all.

    Args:
        analysis: The draft.
        given: The range.
        wanted: The kinds of code actions that the editor asks for; all if ``None``.
        versioned: Whether the editor takes edits of a version of a text.
    """
    start, end = analysis.span(given)
    report = analysis.checked.report
    if _is_wanted(types.CodeActionKind.QuickFix, wanted):
        for problem in report.problems:
            if problem.fixes and problem.start <= end and start <= problem.end:
                yield types.CodeAction(
                    title=_title(problem),
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[_diagnostic(analysis, problem)],
                    is_preferred=True,
                    edit=edit_of(analysis, problem.fixes, versioned=versioned),
                )
    if report.fixes and _is_wanted(types.CodeActionKind.SourceFixAll, wanted):
        count = len(report.fixed_problems)
        yield types.CodeAction(
            title=f"Correct {'the problem' if count == 1 else f'all {count} problems'} that can be corrected",
            kind=types.CodeActionKind.SourceFixAll,
            edit=edit_of(analysis, report.fixes, versioned=versioned),
        )


def _is_wanted(kind: str, wanted: Sequence[str] | None) -> bool:
    """Whether a kind is one of those wanted, or below one."""
    return wanted is None or any(kind == each or kind.startswith(f"{each}.") or not each for each in wanted)


def _title(problem: Problem) -> str:
    match problem.kind:
        case "misquoted":
            return "Set as printed"
        case "wrong page" | "no such page":
            return f"Page {problem.fixes[0].text}"
        case "uncited":
            return f"Add citation {problem.citation}"
        case _:
            return f"Cite {problem.citation}"


def edit_of(analysis: Analysis, fixes: Sequence[Fix], *, versioned: bool) -> types.WorkspaceEdit:
    """Fixes as an edit."""
    edits = [types.TextEdit(analysis.range(fix.start, fix.end), fix.text) for fix in fixes]
    draft = analysis.draft
    if not versioned:
        return types.WorkspaceEdit(changes={draft.uri: edits})
    document = types.OptionalVersionedTextDocumentIdentifier(uri=draft.uri, version=draft.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, list(edits))])
