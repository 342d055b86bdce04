"""What a writer, or a program that writes, may paste: printed words with nothing put into them.

A terminal's renderers mark words and break lines; here words stand as they go into a draft.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.answer import Answer, Hit
from assistant.core.draft_report import DraftReport, Problem
from assistant.core.essay import Passage, StoredEssay
from assistant.core.quotation import CitedPlace, Difference, Verdict
from assistant.rendering.answers import NOT_ANSWERED
from assistant.rendering.drafts import message, place_of, summary
from assistant.rendering.essays import searched_passages
from assistant.rendering.quotations import edit_words, sentence
from assistant.rendering.terminal import distinct, page_words

_ANSWERED = "The passages that answer, best first. Quote the words exactly as they stand here:"


def plain_answer(answer: Answer) -> str:
    """An answer: of each passage first what answers, then the whole, each with marks and citation."""
    said = _ANSWERED if answer.answered else NOT_ANSWERED if answer.hits else ""
    parts = [answer.note, said, *(_hit(number, hit) for number, hit in enumerate(answer.hits, 1))]
    if answer.hits:
        parts.append("\n".join(["References:", *distinct(hit.reference for hit in answer.hits)]))
    return "\n\n".join(filter(None, parts))


def _hit(number: int, hit: Hit) -> str:
    passage = hit.passage
    where = [passage.id, page_words(hit.citation.pages), passage.section]
    parts = [f"{number}. {' · '.join(filter(None, where))}", *(one.quotation for one in hit.highlights)]
    whole = [one for one in (hit.quotation,) if one not in parts]
    return "\n\n".join([*parts, *(f"The whole passage:\n\n{one}" for one in whole)])


def plain_verdict(verdict: Verdict) -> str:
    """A verdict on a quotation: the printed words, their citation, and how the quotation differs."""
    places = (_place(number, match) for number, match in enumerate(verdict.matches, 1))
    return "\n\n".join([sentence(verdict), *places])


def _place(number: int, match: CitedPlace) -> str:
    where = [", ".join(match.passages), page_words(match.citation.pages)]
    own = {(edit.quoted, edit.printed) for edit in match.edits}
    differing = [one for one in match.diff if one.op != "equal" and (one.quoted, one.printed) not in own]
    parts = [
        f"{number}. {' · '.join(filter(None, where))}",
        f"Printed: {match.text}",
        f"Cite: {match.citation.in_text}",
    ]
    if differing:
        parts.append(f"The quotation has {'; '.join(map(_difference, differing))}.")
    if match.edits:
        parts.append(f"Marked as the writer's own: {'; '.join(map(edit_words, match.edits))}.")
    return "\n".join(parts)


def _difference(one: Difference) -> str:
    if not one.quoted:
        return f"left out “{one.printed}”"
    return f"“{one.quoted}” for “{one.printed}”" if one.printed else f"“{one.quoted}”, which is not printed"


def plain_draft(audit: DraftReport) -> str:
    """A checked draft: each fault with its place, and what to put there."""
    # A draft that came as text has no name.
    said = summary(audit).removeprefix("-: ")
    return "\n".join([*(_fault(audit, fault) for fault in audit.problems), said])


def _fault(audit: DraftReport, fault: Problem) -> str:
    line = f"{place_of(audit, fault)} {fault.kind}: {message(fault)}"
    return line if fault.replacement is None else f"{line}\n  Put there: {fault.replacement}"


def plain_passages(passages: Sequence[Passage]) -> str:
    """Passages word for word, each under its id, kind and pages."""
    return "\n\n".join(_passage(passage) for passage in passages)


def _passage(passage: Passage) -> str:
    labels = [page.label for page in (*passage.pages[:1], *passage.pages[-1:])]
    where = [passage.id, passage.kind, page_words("-".join(distinct(labels))), passage.section]
    return f"{' · '.join(filter(None, where))}\n{passage.text}"


def plain_essays(essays: Sequence[StoredEssay]) -> str:
    """A library's essays, a line each."""
    return "\n".join(_essay(essay) for essay in essays)


def _essay(essay: StoredEssay) -> str:
    report = essay.report
    pages = f"pp. {report.first_page}–{report.last_page}" if report.pages else "no pages"
    return f"{essay.id} · {report.title} · {pages} · {len(searched_passages(essay))} passages"
