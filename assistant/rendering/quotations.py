"""Verdicts on quotations as JSON objects, as text for a terminal, and as plain text.

On a terminal the words that differ from print are in bold if it can show that, else between ⟦ and ⟧; a caret
marks missing words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from assistant.core.quotation import CitedComparison, Difference, Edit, Verdict
from assistant.rendering.answers import hyphenated_citation, quoted_object, span_object, zotero_object
from assistant.rendering.terminal import INDENT, emphasised, page_fields, page_words, wrapped

_MISSING = "‸"
_ALTERED = "Altered: the quotation is not what is printed. The nearest printed words:"
_ABSENT = "Absent: neither these words nor words near them are printed here."
# Characters that change the direction of the text after them.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def verdict_object(verdict: Verdict) -> dict[str, Any]:
    """A verdict as a JSON object."""
    return {
        "text": verdict.text,
        "verdict": verdict.verdict,
        "matches": [_match_object(match) for match in verdict.matches],
        "places": verdict.places,
        "warnings": [asdict(warning) for warning in verdict.warnings],
    }


def _match_object(match: CitedComparison) -> dict[str, Any]:
    return {
        "passage": match.place.passages[0],
        "passages": list(match.place.passages),
        "essay": match.place.essay_id,
        "start": match.place.start,
        "end": match.place.end,
        "text": match.place.text,
        **page_fields(match.citation.where),
        "source": span_object(match.place.source),
        "citation": hyphenated_citation(match.citation),
        "quoted": quoted_object(match.quoted),
        "diff": [asdict(step) for step in match.comparison.diff],
        "edits": [asdict(edit) for edit in match.comparison.edits],
        **zotero_object(match.zotero),
    }


def verdict_text(verdict: Verdict, width: int, *, styled: bool) -> str:
    """A verdict for a terminal.

    Args:
        verdict: The verdict.
        width: Columns of the terminal.
        styled: Whether it shows bold.
    """
    blocks = [
        _match_text(number, match, width, styled=styled, altered=verdict.verdict == "altered")
        for number, match in enumerate(verdict.matches, 1)
    ]
    warned = [wrapped(_readable(line), width, "", INDENT) for line in warning_lines(verdict)]
    return "\n\n".join([wrapped(sentence(verdict), width, "", ""), *warned, *blocks])


def sentence(verdict: Verdict) -> str:
    """A verdict in words."""
    if verdict.verdict == "absent":
        return _ABSENT
    if verdict.verdict == "altered":
        return _ALTERED
    edited = any(match.comparison.edits for match in verdict.matches)
    how = "but for what a writer may change and has marked" if edited else "letter by letter"
    places = ""
    if verdict.places > 1:
        listed = len(verdict.matches)
        colon = f"; the first {listed}:" if listed < verdict.places else ":"
        places = f" They occur in {verdict.places} places{colon}"
    return f"Exact: the words are printed so, {how}.{places}"


def warning_lines(verdict: Verdict) -> list[str]:
    """What the writer's marks may do to the sense, a line for each warning."""
    return [f"Warning ({warning.kind}): {warning.text}" for warning in verdict.warnings]


def _match_text(number: int, match: CitedComparison, width: int, *, styled: bool, altered: bool) -> str:
    where = [", ".join(match.place.passages), page_words(match.citation.where)]
    parts = [f"{number}.  {' · '.join(filter(None, where))}"]
    if altered:
        quoted = _side(match, lambda step: step.quoted, styled=styled)
        printed = _side(match, lambda step: step.printed, styled=styled)
        parts.append(wrapped(quoted, width, f"{INDENT}Quoted:  ", INDENT))
        parts.append(wrapped(printed, width, f"{INDENT}Printed: ", INDENT))
    else:
        parts.append(wrapped(_readable(match.place.text), width, INDENT, INDENT))
    if match.comparison.edits:
        parts.append(wrapped(edits_sentence(match), width, INDENT, INDENT))
    parts.append(f"{INDENT}Cite: {match.citation.in_text}")
    return "\n\n".join(parts)


def differing_steps(match: CitedComparison) -> Iterator[tuple[Difference, bool]]:
    """The steps of a comparison, each with whether the writer changed it without marking the change."""
    marked = {(edit.quoted, edit.printed) for edit in match.comparison.edits}
    for step in match.comparison.diff:
        yield step, step.op != "equal" and (step.quoted, step.printed) not in marked


def _side(match: CitedComparison, side: Callable[[Difference], str], *, styled: bool) -> str:
    """The quoted or the printed side of a comparison, with the differences emphasised."""
    words = [
        emphasised(_readable(side(step)) or _MISSING, styled=styled) if differs else _readable(side(step))
        for step, differs in differing_steps(match)
    ]
    return " ".join(filter(None, words))


def edits_sentence(match: CitedComparison) -> str:
    """The changes that the writer marked as their own."""
    return f"Marked as the writer's own: {'; '.join(map(edit_words, match.comparison.edits))}."


def edit_words(edit: Edit) -> str:
    """A change that the writer marked, in words."""
    quoted, printed = _readable(edit.quoted), _readable(edit.printed)
    if not printed:
        return f"{edit.kind} {quoted}"
    return f"{edit.kind} {quoted} for “{printed}”" if quoted else f"{edit.kind}: no “{printed}”"


def plain_verdict(verdict: Verdict) -> str:
    """A verdict on a quotation: the printed words, their citation, and how the quotation differs."""
    places = (_plain_match(number, match) for number, match in enumerate(verdict.matches, 1))
    return "\n\n".join([sentence(verdict), *warning_lines(verdict), *places])


def _plain_match(number: int, match: CitedComparison) -> str:
    where = [", ".join(match.place.passages), page_words(match.citation.where)]
    lines = [
        f"{number}. {' · '.join(filter(None, where))}",
        f"Printed: {match.place.text}",
        f"Cite: {match.citation.in_text}",
    ]
    differences = [_difference_words(step) for step, differs in differing_steps(match) if differs]
    if differences:
        lines.append(f"The quotation has {'; '.join(differences)}.")
    if match.comparison.edits:
        lines.append(edits_sentence(match))
    return "\n".join(lines)


def _difference_words(step: Difference) -> str:
    if not step.quoted:
        return f"left out “{step.printed}”"
    return (
        f"“{step.quoted}” for “{step.printed}”" if step.printed else f"“{step.quoted}”, which is not printed"
    )


def _readable(text: str) -> str:
    """Text on one line, without characters that control a terminal."""
    line = " ".join(text.split())
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if ch in _DIRECTION or unicodedata.category(ch) == "Cc" else ch
        for ch in line
    )
