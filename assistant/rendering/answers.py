"""Answers as JSON objects and as text for a terminal.

What is marked as answering stands in bold where the terminal can show it, else between ⟦ and ⟧.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.core.answer import Answer, Citation, Highlight, Hit, QuotedWords
from assistant.rendering.terminal import INDENT, distinct, page_words, wrapped

NOT_ANSWERED = "The essay does not seem to answer this. The nearest passages:"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_KIND_WORDS = {"blockquote": "block quotation", "note": "note", "verse": "verse", "list": "list"}


def answer_object(answer: Answer, *, explained: bool = False) -> dict[str, Any]:
    """An answer as the JSON contract has it.

    Args:
        answer: The answer.
        explained: Whether to say of each passage why it was found.
    """
    made: dict[str, Any] = {
        "question": answer.question,
        "answered": answer.answered,
        "confidence": round(answer.confidence, 4),
        "passages": [
            _hit_object(hit) | ({"matches": [asdict(one) for one in hit.matches]} if explained else {})
            for hit in answer.hits
        ],
    }
    return made | ({"note": answer.note} if answer.note else {})


def _hit_object(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    start, end = passage.source
    return {
        "id": passage.id,
        "essay": passage.essay_id,
        "kind": passage.kind,
        "section": passage.section,
        "text": passage.text,
        "pages": hit.citation.pages,
        "score": round(hit.score, 4),
        "source": {"start": start, "end": end},
        "highlights": [_highlight_object(one) for one in hit.highlights],
        "citation": hyphenated_citation(hit.citation),
        "reference": hit.reference,
        "quotation": hit.quotation,
        "quoted": quoted_object(hit.quoted),
    }


def _highlight_object(one: Highlight) -> dict[str, Any]:
    return {
        "start": one.start,
        "end": one.end,
        "text": one.text,
        "pages": one.citation.pages,
        "citation": hyphenated_citation(one.citation),
        "quotation": one.quotation,
        "quoted": quoted_object(one.quoted),
    }


def quoted_object(quoted: QuotedWords | None) -> dict[str, str] | None:
    """Whose words they are by which printed citation; both may be empty, where they cannot be told."""
    return {"author": quoted.author, "citation": quoted.citation} if quoted else None


def hyphenated_citation(citation: Citation) -> str:
    """An in-text citation with the hyphen that programs expect in its locator."""
    return citation.in_text.replace(citation.pages.replace("-", "–"), citation.pages)


def answer_text(answer: Answer, *, width: int = 80, styled: bool = False, explained: bool = False) -> str:
    """An answer for a terminal.

    Args:
        answer: The answer.
        width: Columns of the terminal.
        styled: Whether it shows bold.
        explained: Whether to say of each passage why it was found.
    """
    parts = [answer.note] if answer.note else []
    if not answer.answered and answer.hits:
        parts.append(NOT_ANSWERED)
    for number, hit in enumerate(answer.hits, 1):
        parts.append(_hit_text(number, hit, width, styled=styled))
        if explained:
            parts.append(_why(hit))
    parts.extend(
        wrapped(reference, width, "", "    ") for reference in distinct(hit.reference for hit in answer.hits)
    )
    return "\n\n".join(parts)


def _hit_text(number: int, hit: Hit, width: int, *, styled: bool) -> str:
    passage = hit.passage
    where = [passage.id, _KIND_WORDS.get(passage.kind, ""), page_words(hit.citation.pages), passage.section]
    head = f"{number}.  {' · '.join(filter(None, where))}"
    body = wrapped(_marked(passage.text, hit.highlights, styled=styled), width, INDENT, INDENT)
    marked = ", ".join(distinct(one.citation.in_text for one in hit.highlights))
    cited = f"marked words {marked}, whole passage {hit.citation.in_text}"
    return f"{head}\n\n{body}\n\n{INDENT}Cite: {cited}"


def _why(hit: Hit) -> str:
    """Which words of the question met which words of the essay, a line each."""
    lines = [f"{INDENT}Why: question's word, share of the question, nearness, essay's word"]
    wide = max((len(one.word) for one in hit.matches), default=0)
    for one in hit.matches:
        where = "" if one.passage == hit.passage.id else f" ({one.passage}, which brings it in)"
        met = f"“{one.text}”{where}" if one.met else "nothing like it"
        lines.append(f"{INDENT}  {one.word:<{wide}}  {one.weight:4.0%}  {max(one.cosine, 0):.2f}  {met}")
    return "\n".join(lines)


def _marked(text: str, highlights: Sequence[Highlight], *, styled: bool) -> str:
    opening, closing = (_BOLD, _PLAIN) if styled else ("⟦", "⟧")
    parts, at = [], 0
    for one in highlights:
        parts += [text[at : one.start], opening, text[one.start : one.end], closing]
        at = one.end
    return "".join([*parts, text[at:]])
