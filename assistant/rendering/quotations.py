"""Verdicts on quotations as JSON objects and as text for a terminal.

Where quotation and print differ, the words stand in bold if the terminal can show it, else between ⟦ and ⟧;
a caret stands where words are missing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from assistant.core.quotation import CitedPlace, Difference, Edit, Verdict
from assistant.rendering.answers import hyphenated_citation, quoted_object
from assistant.rendering.terminal import INDENT, page_words, wrapped

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_MISSING = "‸"
_ALTERED = "Altered: the quotation is not what is printed. The nearest printed words:"
_ABSENT = "Absent: neither these words nor words near them are printed here."
# Characters that would steer the terminal or turn the order of what is read.
_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def verdict_object(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the JSON contract has it."""
    return {
        "text": verdict.text,
        "verdict": verdict.verdict,
        "matches": [_match_object(match) for match in verdict.matches],
        "places": verdict.places,
    }


def _match_object(match: CitedPlace) -> dict[str, Any]:
    start, end = match.source
    return {
        "passage": match.passages[0],
        "passages": list(match.passages),
        "essay": match.essay_id,
        "start": match.start,
        "end": match.end,
        "text": match.text,
        "pages": match.citation.pages,
        "source": {"start": start, "end": end},
        "citation": hyphenated_citation(match.citation),
        "quoted": quoted_object(match.quoted),
        "diff": [{"op": one.op, "quoted": one.quoted, "printed": one.printed} for one in match.diff],
        "edits": [{"kind": one.kind, "quoted": one.quoted, "printed": one.printed} for one in match.edits],
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
    return "\n\n".join([wrapped(sentence(verdict), width, "", ""), *blocks])


def sentence(verdict: Verdict) -> str:
    """A verdict in plain words."""
    if verdict.verdict == "absent":
        return _ABSENT
    if verdict.verdict == "altered":
        return _ALTERED
    edited = any(match.edits for match in verdict.matches)
    said = "but for what a writer may change and has marked" if edited else "letter by letter"
    sentence = f"Exact: the words are printed so, {said}."
    if verdict.places > 1:
        sentence += f" They stand in {verdict.places} places"
        listed = len(verdict.matches)
        sentence += f"; the first {listed}:" if listed < verdict.places else ":"
    return sentence


def _match_text(number: int, match: CitedPlace, width: int, *, styled: bool, altered: bool) -> str:
    where = [", ".join(match.passages), page_words(match.citation.pages)]
    parts = [f"{number}.  {' · '.join(filter(None, where))}"]
    if altered:
        quoted = _side(match, lambda one: one.quoted, styled=styled)
        printed = _side(match, lambda one: one.printed, styled=styled)
        parts.append(wrapped(quoted, width, f"{INDENT}Quoted:  ", INDENT))
        parts.append(wrapped(printed, width, f"{INDENT}Printed: ", INDENT))
    else:
        parts.append(wrapped(_readable(match.text), width, INDENT, INDENT))
    if match.edits:
        named = "; ".join(edit_words(edit) for edit in match.edits)
        parts.append(wrapped(f"Marked as the writer's own: {named}.", width, INDENT, INDENT))
    parts.append(f"{INDENT}Cite: {match.citation.in_text}")
    return "\n\n".join(parts)


def _side(match: CitedPlace, side: Callable[[Difference], str], *, styled: bool) -> str:
    """The quotation or the print, with what differs marked."""
    own = {(edit.quoted, edit.printed) for edit in match.edits}
    words = []
    for one in match.diff:
        if one.op == "equal" or (one.quoted, one.printed) in own:
            words.append(_readable(side(one)))
        else:
            differing = _readable(side(one)) or _MISSING
            words.append(f"{_BOLD}{differing}{_PLAIN}" if styled else f"⟦{differing}⟧")
    return " ".join(filter(None, words))


def edit_words(edit: Edit) -> str:
    """A change that the writer marked as their own, in words."""
    quoted, printed = _readable(edit.quoted), _readable(edit.printed)
    if not printed:
        return f"{edit.kind} {quoted}"
    return f"{edit.kind} {quoted} for “{printed}”" if quoted else f"{edit.kind}: no “{printed}”"


def _readable(text: str) -> str:
    """Text on a line, without characters that steer a terminal."""
    flat = " ".join(text.split())
    return "".join("\ufffd" if ch in _STEERING or unicodedata.category(ch) == "Cc" else ch for ch in flat)
