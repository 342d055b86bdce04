"""Evidence: which words of a passage answer a question, and whether a highlight shows them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.core.essay import Passage

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question set tells of the words that answer; all empty if it tells nothing.

    Attributes:
        spans: Passage, start and end of words in the passage's text.
        sentences: Sentences that stand in an answering passage.
        answers: Short answers in an answering passage's own words.
    """

    spans: tuple[tuple[str, int, int], ...] = ()
    sentences: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Located:
    """Where the evidence of a question stands.

    Attributes:
        spans: Its spans in the text of each passage that has it, by the passage's id.
        whole: Whether a highlight must hold one of the spans whole, as with short answers, or only meet it.
        paged: Whether one of the passages shows its pages.
    """

    spans: Mapping[str, Spans]
    whole: bool
    paged: bool


@dataclass(frozen=True, slots=True)
class HighlightScore:
    """What the highlight of a passage with evidence is worth.

    Attributes:
        overlap: Whether it shows evidence.
        page: Whether a page that it stands on is one of the evidence; ``None`` without pages.
    """

    overlap: bool
    page: bool | None


def read_evidence(line: Mapping[str, Any]) -> Evidence:
    """Evidence as a line of ``queries.jsonl`` tells it; forms that are not known are passed over."""
    found = line.get("evidence")
    entries = found if isinstance(found, list) else []
    return Evidence(
        tuple((one["passage"], one["start"], one["end"]) for one in entries if _is_span(one)),
        _texts(line.get("evidence_sentences")),
        _texts(line.get("answers")),
    )


def _is_span(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("passage"), str):
        return False
    start, end = entry.get("start"), entry.get("end")
    return type(start) is int and type(end) is int and 0 <= start < end


def _texts(found: object) -> tuple[str, ...]:
    listed = found if isinstance(found, list) else []
    return tuple(dict.fromkeys(one for one in listed if isinstance(one, str) and one.strip()))


def locate(evidence: Evidence, gold: Collection[str], passages: Mapping[str, Passage]) -> Located | None:
    """Find a question's evidence in the passages.

    Args:
        evidence: What the set tells.
        gold: Ids of the passages judged to answer.
        passages: All passages by id.

    Returns:
        Where it stands, by the most exact form that the set gives; ``None`` if that cannot be told.
    """
    whole = False
    if evidence.spans:
        spans = _given(evidence.spans, passages)
    elif evidence.sentences:
        spans = _searched(evidence.sentences, gold, passages)
    else:
        spans, whole = _searched(evidence.answers, gold, passages), True
    return Located(spans, whole, any(passages[name].pages for name in spans)) if spans else None


def _given(spans: Sequence[tuple[str, int, int]], passages: Mapping[str, Passage]) -> dict[str, Spans]:
    made: dict[str, Spans] = {}
    for name, start, end in spans:
        # A passage that is shorter than the set says is not the one that was marked.
        if name in passages and end <= len(passages[name].text):
            made[name] = (*made.get(name, ()), (start, end))
    return made


def _searched(
    words: Sequence[str], gold: Collection[str], passages: Mapping[str, Passage]
) -> dict[str, Spans]:
    patterns = [_pattern(one) for one in words]
    made = {
        name: tuple(found.span() for one in patterns for found in one.finditer(passages[name].text))
        for name in sorted(gold)
        if name in passages
    }
    return {name: spans for name, spans in made.items() if spans}


def _pattern(words: str) -> re.Pattern[str]:
    """Words with whatever white space between them; the answer "9" does not stand in "1990"."""
    body = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)


def judge(located: Located, passage: Passage, highlights: Spans) -> HighlightScore | None:
    """Judge the highlights of a passage; ``None`` if the passage has no evidence."""
    wanted = located.spans.get(passage.id)
    if not wanted:
        return None
    shown = [(low, high, start, end) for low, high in highlights for start, end in wanted]
    overlap = any(
        low <= start and end <= high if located.whole else low < end and start < high
        for low, high, start, end in shown
    )
    pages = [
        {label for start, end in spans for label in passage.pages_of(start, end)}
        for spans in (wanted, highlights)
    ]
    return HighlightScore(overlap, bool(pages[0] & pages[1]) if passage.pages else None)
