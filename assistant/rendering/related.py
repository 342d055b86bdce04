"""Related passages, and one question answered by several essays, as JSON objects and as text."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from assistant.core.answer import Answer, AnswerVerdict, EssayAnswers, Hit
from assistant.core.related import Related, RelatedPassage, Relation
from assistant.rendering.answers import (
    answer_object,
    answering_text,
    highlight_object,
    hit_object,
    with_highlights,
)
from assistant.rendering.terminal import INDENT, distinct, page_words, wrapped

RELATIONS: dict[Relation, str] = {
    "continues": "continues the same paragraph",
    "continued-by": "the paragraph that it continues",
    "quoted-in": "the quotation in it",
    "quotes": "the paragraph that quotes it",
    "note-to": "a note to it",
    "has-note": "bears the number of this note",
}
VERDICT_WORDS: dict[AnswerVerdict, str] = {
    "answers": "answers",
    "near": "comes near, without saying it outright",
    "none": "does not seem to answer; its nearest passage",
}
# Columns of a terminal from which essays are shown side by side, and the narrowest column of an essay.
_WIDE, _NARROWEST, _GAP = 100, 44, 3


def related_object(related: Related) -> dict[str, Any]:
    """Related passages as a JSON object."""
    return {
        "passage": _without_score(related.of),
        "related": [_related_object(each) for each in related.passages],
    }


def _without_score(hit: Hit) -> dict[str, Any]:
    value = hit_object(hit, explained=False)
    del value["score"], value["highlights"]
    return value


def _related_object(related: RelatedPassage) -> dict[str, Any]:
    return hit_object(related.hit, explained=False) | {
        "relation": related.relation,
        "like": highlight_object(related.like) if related.like else None,
    }


def related_text(related: Related, *, width: int = 80, styled: bool = False) -> str:
    """Related passages for a terminal, each with the sentence that is most alike marked."""
    if not related.passages:
        return f"There is no other passage to compare {related.of.passage.id} with."
    parts = [f"Nearest to {_where(related.of)}:"]
    for number, each in enumerate(related.passages, 1):
        said = f" · {RELATIONS[each.relation]}" if each.relation else ""
        head = f"{number}.  {_where(each.hit)}{said}"
        parts.append(f"{head}\n\n{answering_text(each.hit, width, styled=styled)}")
    parts += [
        wrapped(reference, width, "", INDENT)
        for reference in distinct(each.hit.reference for each in related.passages)
    ]
    return "\n\n".join(parts)


def _where(hit: Hit) -> str:
    return " · ".join(filter(None, [hit.passage.id, page_words(hit.citation.where), hit.passage.section]))


def plain_related(related: Related) -> str:
    """Related passages as plain text to quote from: of each the most alike sentence, then the whole."""
    parts = [f"Nearest to {_where(related.of)}:"]
    for number, each in enumerate(related.passages, 1):
        said = f" · {RELATIONS[each.relation]}" if each.relation else ""
        alike = [highlight.quotation for highlight in each.hit.highlights]
        whole = [] if each.hit.quotation in alike else [f"The whole passage:\n\n{each.hit.quotation}"]
        parts.append("\n\n".join([f"{number}. {_where(each.hit)}{said}", *alike, *whole]))
    return "\n\n".join(parts)


def comparison_object(compared: EssayAnswers, titles: Mapping[str, str]) -> dict[str, Any]:
    """The answers of several essays as a JSON object."""
    return {
        "question": compared.question,
        "answered": compared.answered,
        "answers": [
            {"essay": essay_id, "title": titles[essay_id]} | _of_essay(answer)
            for essay_id, answer in compared.answers.items()
        ],
        "left_out": list(compared.left_out),
    }


def _of_essay(answer: Answer) -> dict[str, Any]:
    value = answer_object(answer)
    del value["question"]
    return value


def comparison_text(
    compared: EssayAnswers,
    titles: Mapping[str, str],
    *,
    width: int = 80,
    columns: int = 80,
    styled: bool = False,
) -> str:
    """The answers of several essays for a terminal: side by side if it is wide, else one after another.

    Args:
        compared: The answers.
        titles: Title of each essay, by id.
        width: Columns of running text.
        columns: Columns of the terminal.
        styled: Whether it shows bold.
    """
    most = max(1, (columns + _GAP) // (_NARROWEST + _GAP)) if columns >= _WIDE else 1
    beside = min(most, len(compared.answers))
    answers = list(compared.answers.items())
    column = width if beside < 2 else (columns + _GAP) // beside - _GAP
    # Bold would be counted as columns.
    cells = [_cell(titles[name], answer, column, styled=styled and beside < 2) for name, answer in answers]
    rows = [cells[first : first + beside] for first in range(0, len(cells), beside)]
    blocks = [_side_by_side(row, column) if beside > 1 else row[0] for row in rows]
    references = distinct(hit.reference for answer in compared.answers.values() for hit in answer.hits)
    return "\n\n".join(
        [*blocks, *(wrapped(reference, width, "", INDENT) for reference in references), *_left_out(compared)]
    )


def _cell(title: str, answer: Answer, width: int, *, styled: bool) -> str:
    """What one essay answers, in a column."""
    parts = [wrapped(title, width, "", ""), wrapped(_verdict_words(answer), width, "", "")]
    for hit in answer.hits:
        cited = ", ".join(distinct(highlight.citation.in_text for highlight in hit.highlights))
        words = with_highlights(hit.passage.text, hit.highlights, styled=styled)
        parts += [
            wrapped(_where(hit), width, "", ""),
            wrapped(words, width, "", ""),
            wrapped(f"Cite: {cited}", width, "", ""),
        ]
    return "\n\n".join(parts)


def _verdict_words(answer: Answer) -> str:
    words = VERDICT_WORDS[answer.verdict]
    return f"{words.capitalize()}: {answer.remark}" if answer.remark else words.capitalize() + "."


def _side_by_side(cells: list[str], width: int) -> str:
    rows = zip_longest(*(cell.split("\n") for cell in cells), fillvalue="")
    gap = " " * _GAP
    return "\n".join(gap.join(line.ljust(width) for line in row).rstrip() for row in rows)


def _left_out(compared: EssayAnswers) -> list[str]:
    number = len(compared.left_out)
    if not number:
        return []
    essays = "essay is" if number == 1 else "essays are"
    return [f"{number} more {essays} not compared; name essays with --essay ID."]


def plain_comparison(compared: EssayAnswers, titles: Mapping[str, str]) -> str:
    """The answers of several essays as plain text to quote from."""
    parts = []
    for name, answer in compared.answers.items():
        quotations = [highlight.quotation for hit in answer.hits for highlight in hit.highlights]
        where = [_where(hit) for hit in answer.hits]
        parts.append("\n\n".join([f"{titles[name]} ({name})", _verdict_words(answer), *where, *quotations]))
    return "\n\n".join([*parts, *_left_out(compared)])
