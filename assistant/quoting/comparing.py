"""A quotation that lies on print -> the comparison that is shown."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.quoting.matching import Step
from assistant.quoting.printed import Print
from assistant.verdicts import Comparison, Difference, Edit, EditKind, Operation


def span_of(steps: Sequence[Step], printed: Print) -> tuple[int, int]:
    """Span of the stream that a quotation lies on."""
    start, end = printed.span(steps[0].start, steps[-1].end)
    # An edit without print of its own begins where the words behind it do.
    first = next((step for step in steps if step.end > step.start), steps[0])
    return (printed.span(first.start, first.end)[0] if first is not steps[0] else start), end


def exact(text: str, steps: Sequence[Step], printed: Print) -> Comparison:
    """The comparison of a quotation that is exact.

    Args:
        text: The quotation.
        steps: How it lies on the print.
        printed: The print.
    """
    shown = [(step, quoted_of(text, step), printed.words(step.start, step.end)) for step in steps]
    edits = tuple(
        edit(step.kind, quoted, words or _point(step, printed)) for step, quoted, words in shown if step.kind
    )
    diff = tuple(
        Difference(_operation(step, quoted, words), quoted, words)
        for step, quoted, words in shown
        if quoted or words
    )
    return Comparison(printed.stream.place(*span_of(steps, printed)), diff, edits, 1.0)


def edit(kind: EditKind, quoted: str, words: str) -> Edit:
    """An edit in the words of the verdict: at the quotation's end the points are what differs."""
    if kind != "final punctuation":
        return Edit(kind, quoted, words)
    return Edit(kind, _points(quoted), _points(words))


def _points(words: str) -> str:
    return "".join(ch for ch in words if ch in ".,;:?!…")


def _point(step: Step, printed: Print) -> str:
    """The printed point in whose place the writer put another, which is no part of the quotation."""
    return printed.normal.text[step.end : step.end + 1] if step.kind == "final punctuation" else ""


def quoted_of(text: str, step: Step) -> str:
    """What of the quotation a step covers."""
    item = step.item
    if item.kind != "words":
        return text[item.start : item.end]
    ends = item.normal.ends
    if step.kind == "final punctuation":
        start = ends[step.cut - 1] if step.cut else item.start
        return text[start : item.end]
    kept = len(ends) - step.cut
    return text[item.start : ends[kept - 1]].strip() if kept else ""


def _operation(step: Step, quoted: str, words: str) -> Operation:
    if step.kind is None:
        return "equal"
    if not words:
        return "insert"
    return "replace" if quoted else "delete"
