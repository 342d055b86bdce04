"""Text to paste from, for writers and for programs that write.

Words are as they go into a draft: unlike in text for a terminal, nothing is marked and no line is broken.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.answer import Answer, Hit
from assistant.core.draft_report import DraftReport, Problem
from assistant.core.essay import Passage, StoredEssay
from assistant.core.quotation import CitedPlace, Difference, Verdict
from assistant.rendering.answers import NOT_ANSWERED
from assistant.rendering.drafts import message, place_of, summary
from assistant.rendering.essays import essay_pages, passage_pages, searched_passages
from assistant.rendering.quotations import differing_steps, edits_sentence, sentence
from assistant.rendering.terminal import distinct, page_words

_ANSWERED = "The passages that answer, best first. Quote the words exactly as they stand here:"


def plain_answer(answer: Answer) -> str:
    """An answer: of each passage the answering words, then the whole, with quotation marks and citation."""
    verdict = _ANSWERED if answer.answered else NOT_ANSWERED if answer.hits else ""
    parts = [answer.note, verdict, *(_hit(number, hit) for number, hit in enumerate(answer.hits, 1))]
    if answer.hits:
        parts.append("\n".join(["References:", *distinct(hit.reference for hit in answer.hits)]))
    return "\n\n".join(filter(None, parts))


def _hit(number: int, hit: Hit) -> str:
    passage = hit.passage
    where = [passage.id, page_words(hit.citation.pages), passage.section]
    quotations = [highlight.quotation for highlight in hit.highlights]
    whole = [] if hit.quotation in quotations else [f"The whole passage:\n\n{hit.quotation}"]
    return "\n\n".join([f"{number}. {' · '.join(filter(None, where))}", *quotations, *whole])


def plain_verdict(verdict: Verdict) -> str:
    """A verdict on a quotation: the printed words, their citation, and how the quotation differs."""
    places = (_place(number, match) for number, match in enumerate(verdict.matches, 1))
    return "\n\n".join([sentence(verdict), *places])


def _place(number: int, match: CitedPlace) -> str:
    where = [", ".join(match.passages), page_words(match.citation.pages)]
    lines = [
        f"{number}. {' · '.join(filter(None, where))}",
        f"Printed: {match.text}",
        f"Cite: {match.citation.in_text}",
    ]
    differences = [_difference(step) for step, differs in differing_steps(match) if differs]
    if differences:
        lines.append(f"The quotation has {'; '.join(differences)}.")
    if match.edits:
        lines.append(edits_sentence(match))
    return "\n".join(lines)


def _difference(step: Difference) -> str:
    if not step.quoted:
        return f"left out “{step.printed}”"
    return (
        f"“{step.quoted}” for “{step.printed}”" if step.printed else f"“{step.quoted}”, which is not printed"
    )


def plain_draft(report: DraftReport) -> str:
    """A checked draft: each problem with its place and its replacement, and a summary."""
    # A draft that came as text has no name.
    total = summary(report).removeprefix("-: ")
    return "\n".join([*(_problem(report, problem) for problem in report.problems), total])


def _problem(report: DraftReport, problem: Problem) -> str:
    line = f"{place_of(report, problem)} {problem.kind}: {message(problem)}"
    return line if problem.replacement is None else f"{line}\n  Put there: {problem.replacement}"


def plain_passages(passages: Sequence[Passage]) -> str:
    """Passages word for word, each under its id, kind, pages and section."""
    return "\n\n".join(_passage(passage) for passage in passages)


def _passage(passage: Passage) -> str:
    where = [passage.id, passage.kind, passage_pages(passage), passage.section]
    return f"{' · '.join(filter(None, where))}\n{passage.text}"


def plain_essays(essays: Sequence[StoredEssay]) -> str:
    """The essays of a library, a line each."""
    return "\n".join(
        f"{essay.id} · {essay.report.title} · {essay_pages(essay)} · {len(searched_passages(essay))} passages"
        for essay in essays
    )
