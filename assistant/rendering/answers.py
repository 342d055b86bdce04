"""Answers as JSON objects, as text for a terminal, and as plain text to quote from.

On a terminal the answering sentences are in bold if it can show that, else between ⟦ and ⟧. Plain text marks
nothing and breaks no line, so that its words can be pasted into a draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.core.answer import (
    Answer,
    AnswerVerdict,
    Citation,
    Highlight,
    Hit,
    Idea,
    QuotedWords,
    ZoteroLinks,
)
from assistant.rendering.terminal import INDENT, distinct, emphasised, page_fields, page_words, wrapped

NOT_ANSWERED = "The essay does not seem to answer this. The nearest passages:"
NEAR = "No passage says this outright; these come nearest:"
_ANSWERED = "The passages that answer, best first. Quote the words exactly as they are printed here:"
_VERDICTS: dict[AnswerVerdict, str] = {"answers": _ANSWERED, "near": NEAR, "none": NOT_ANSWERED}
_OF_PARAGRAPH: dict[AnswerVerdict, str] = {
    "answers": "Passages that bear on most of it come first. Quote them exactly as they are printed here:",
    "near": "These come nearest:",
    "none": "Nothing in the essay seems to bear on this paragraph. The nearest passages:",
}
# Characters of an idea that are quoted where the paragraph itself is not shown.
_LONGEST_IDEA = 90
_KIND_NAMES = {"blockquote": "block quotation", "note": "note", "verse": "verse", "list": "list"}


def answer_object(answer: Answer, *, explained: bool = False) -> dict[str, Any]:
    """An answer as a JSON object; ``explained`` adds to each passage why it was found."""
    value: dict[str, Any] = {
        "question": answer.question,
        "answered": answer.answered,
        "verdict": answer.verdict,
        "confidence": round(answer.confidence, 4),
        "basis": answer.basis,
        "passages": [hit_object(hit, explained=explained) for hit in answer.hits],
    }
    if answer.ideas:
        value["ideas"] = [_idea_object(idea) for idea in answer.ideas]
        for hit, passage in zip(answer.hits, value["passages"], strict=True):
            passage["meets"] = list(hit.meets)
    known = {"read_as": answer.read_as, "reason": answer.reason, "note": answer.remark}
    return value | {key: words for key, words in known.items() if words}


def _idea_object(idea: Idea) -> dict[str, Any]:
    return asdict(idea) | {"passages": list(idea.passages)}


def met_ideas(answer: Answer, hit: Hit) -> list[str]:
    """What ideas of a paragraph a passage meets, one line each; quoted as in the paragraph."""
    lines = []
    for number in hit.meets:
        idea = answer.ideas[number]
        meets = "meets" if idea.verdict == "answers" else "comes near"
        lines.append(f"{meets} sentence {idea.sentence}: «{_shortened(idea.text)}»")
    return lines


def ideas_elsewhere(answer: Answer) -> list[str]:
    """What is said of the ideas of a paragraph that no passage shown meets, one line each."""
    shown = {number for hit in answer.hits for number in hit.meets}
    lines = []
    for number, idea in enumerate(answer.ideas):
        if number in shown:
            continue
        where = (
            f"see {', '.join(idea.passages)}, not shown here"
            if idea.passages
            else "nothing seems to bear on it"
        )
        lines.append(f"Sentence {idea.sentence}, «{_shortened(idea.text)}»: {where}.")
    return lines


def _shortened(text: str) -> str:
    """A text on one line; a long one is cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_IDEA else f"{line[:_LONGEST_IDEA].rpartition(' ')[0]} …"


def hit_object(hit: Hit, *, explained: bool) -> dict[str, Any]:
    """A passage that was found; ``explained`` adds why."""
    passage = hit.passage
    value = {
        "id": passage.id,
        "essay": passage.essay_id,
        "kind": passage.kind,
        "section": passage.section,
        "text": passage.text,
        **page_fields(hit.citation.where),
        "score": round(hit.score, 4),
        "source": span_object(passage.source),
        "highlights": [highlight_object(highlight) for highlight in hit.highlights],
        "citation": hyphenated_citation(hit.citation),
        "reference": hit.reference,
        "quotation": hit.quotation,
        "quoted": quoted_object(hit.quoted),
    }
    value |= zotero_object(hit.zotero)
    return value | ({"matches": [asdict(match) for match in hit.matches]} if explained else {})


def zotero_object(links: ZoteroLinks | None) -> dict[str, Any]:
    """Links to an essay in Zotero as the field ``zotero``; no field if it was not added from there."""
    if links is None:
        return {}
    return {"zotero": {name: address for name, address in asdict(links).items() if address}}


def zotero_lines(links: Sequence[ZoteroLinks | None]) -> list[str]:
    """The addresses of links to Zotero, each once: the PDF's pages, then the item."""
    known = [each for each in links if each is not None]
    return distinct([*(each.open for each in known if each.open), *(each.select for each in known)])


def highlight_object(highlight: Highlight) -> dict[str, Any]:
    """Sentences of a passage, cited and prepared for a draft."""
    return zotero_object(highlight.zotero) | {
        "start": highlight.start,
        "end": highlight.end,
        "text": highlight.text,
        **page_fields(highlight.citation.where),
        "citation": hyphenated_citation(highlight.citation),
        "quotation": highlight.quotation,
        "quoted": quoted_object(highlight.quoted),
    }


def span_object(span: tuple[int, int]) -> dict[str, int]:
    """A span of the source."""
    return {"start": span[0], "end": span[1]}


def quoted_object(quoted: QuotedWords | None) -> dict[str, str] | None:
    """Who wrote words that an essay quotes, and the printed citation; each is empty if it is not known."""
    return {"author": quoted.author, "citation": quoted.citation} if quoted else None


def hyphenated_citation(citation: Citation) -> str:
    """An in-text citation with a hyphen in its page range, as JSON has it."""
    return citation.in_text.replace(citation.where.replace("-", "–"), citation.where)


def answer_text(
    answer: Answer, *, width: int = 80, styled: bool = False, explained: bool = False, linked: bool = False
) -> str:
    """An answer for a terminal.

    Args:
        answer: The answer.
        width: Columns of the terminal.
        styled: Whether it shows bold.
        explained: Whether to say why each passage was found.
        linked: Whether to add links to Zotero.
    """
    remark = wrapped(answer.remark, width, "", "") if answer.ideas else answer.remark
    parts = [*_read_as(answer), *([remark] if remark else [])]
    if not answer.answered and answer.hits:
        parts.append(_verdicts_on(answer)[answer.verdict])
    for number, hit in enumerate(answer.hits, 1):
        parts.append(_hit_text(number, hit, width, met_ideas(answer, hit), styled=styled))
        if linked and (links := zotero_lines([*(mark.zotero for mark in hit.highlights), hit.zotero])):
            parts.append("\n".join(f"{INDENT}{line}" for line in links))
        if explained:
            parts.append(_explanation(hit))
    if elsewhere := ideas_elsewhere(answer):
        parts.append("\n".join(wrapped(line, width, "", INDENT) for line in elsewhere))
    parts += [
        wrapped(reference, width, "", INDENT) for reference in distinct(hit.reference for hit in answer.hits)
    ]
    return "\n\n".join(parts)


def _verdicts_on(answer: Answer) -> dict[AnswerVerdict, str]:
    return _OF_PARAGRAPH if answer.ideas else _VERDICTS


def _read_as(answer: Answer) -> list[str]:
    if answer.read_as == answer.question:
        return ["Read as going on from the question before."]
    return [f"Read as: {answer.read_as}"] if answer.read_as else []


def _hit_text(number: int, hit: Hit, width: int, met: Sequence[str], *, styled: bool) -> str:
    passage = hit.passage
    where = [passage.id, _KIND_NAMES.get(passage.kind, ""), page_words(hit.citation.where), passage.section]
    head = f"{number}.  {' · '.join(filter(None, where))}"
    head = "\n".join([head, *(wrapped(line, width, INDENT, INDENT + INDENT) for line in met)])
    return f"{head}\n\n{answering_text(hit, width, styled=styled)}"


def answering_text(hit: Hit, width: int, *, styled: bool) -> str:
    """The words of a passage with its highlights, and how both are cited."""
    body = wrapped(with_highlights(hit.passage.text, hit.highlights, styled=styled), width, INDENT, INDENT)
    marked = ", ".join(distinct(highlight.citation.in_text for highlight in hit.highlights))
    citations = f"marked words {marked}, whole passage {hit.citation.in_text}"
    return f"{body}\n\n{INDENT}Cite: {citations}"


def _explanation(hit: Hit) -> str:
    """Which word of the essay matched each word of the question, a line each."""
    lines = [f"{INDENT}Why: question's word, share of the question, nearness, essay's word"]
    widest = max((len(match.word) for match in hit.matches), default=0)
    for match in hit.matches:
        where = "" if match.passage == hit.passage.id else f" ({match.passage}, which introduces it)"
        matched = f"“{match.text}”{where}" if match.met else "nothing like it"
        nearness = max(match.cosine, 0)
        lines.append(f"{INDENT}  {match.word:<{widest}}  {match.weight:4.0%}  {nearness:.2f}  {matched}")
    return "\n".join(lines)


def with_highlights(text: str, highlights: Sequence[Highlight], *, styled: bool) -> str:
    """Words with the highlights in bold, or between ⟦ and ⟧."""
    parts, offset = [], 0
    for highlight in highlights:
        parts += [
            text[offset : highlight.start],
            emphasised(text[highlight.start : highlight.end], styled=styled),
        ]
        offset = highlight.end
    return "".join([*parts, text[offset:]])


def plain_answer(answer: Answer) -> str:
    """An answer: of each passage the answering words, then the whole, with quotation marks and citation."""
    verdict = _verdicts_on(answer)[answer.verdict] if answer.answered or answer.hits else ""
    hits = [_plain_hit(number, hit, met_ideas(answer, hit)) for number, hit in enumerate(answer.hits, 1)]
    parts = [*_read_as(answer), answer.remark, verdict, *hits, "\n".join(ideas_elsewhere(answer))]
    if answer.hits:
        parts.append("\n".join(["References:", *distinct(hit.reference for hit in answer.hits)]))
    return "\n\n".join(filter(None, parts))


def _plain_hit(number: int, hit: Hit, met: Sequence[str]) -> str:
    passage = hit.passage
    where = [passage.id, page_words(hit.citation.where), passage.section]
    quotations = [highlight.quotation for highlight in hit.highlights]
    whole = [] if hit.quotation in quotations else [f"The whole passage:\n\n{hit.quotation}"]
    head = "\n".join([f"{number}. {' · '.join(filter(None, where))}", *met])
    return "\n\n".join([head, *quotations, *whole])
