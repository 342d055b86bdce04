"""What an essay shows before it is asked anything: a sentence of its own, and what could be asked."""

from __future__ import annotations

import re
from collections import Counter

from assistant.attribution.quoted_spans import QuotedSpans
from assistant.core.essay import Passage, Span, StoredEssay
from assistant.retrieval.announcements import announcements_of
from assistant.retrieval.structure import body_of

# Questions offered for one essay.
QUESTIONS = 3
# Characters of a heading that is asked about.
_LONGEST_HEADING = 120
# Paragraphs in which a name occurs before it is asked about, and the letters that it has at least.
_LEAST_PARAGRAPHS, _LEAST_LETTERS = 3, 4
# Paragraphs of a long essay in which names are looked for; a page opens no later for a book.
_MOST_PARAGRAPHS = 300
_WORD = re.compile(r"[^\W\d_]+")


def announced_thesis(essay: StoredEssay) -> tuple[Passage, Span] | None:
    """The sentence in which an essay announces what it argues, if it has one; the best one if several."""
    spans = QuotedSpans(essay.passages)
    theses = [
        each
        for each in announcements_of(
            essay.passages, lambda passage, start, end: spans.covers(passage.id, start, end)
        )
        if each.kind == "thesis"
    ]
    best = max(theses, key=lambda each: each.weight, default=None)
    return None if best is None else (best.passage, best.span)


def opening_questions(essay: StoredEssay) -> list[str]:
    """Questions about one essay, made of its author, its headings and the names in it by fixed sentences."""
    headings = dict.fromkeys(
        passage.text
        for passage in essay.passages
        if passage.kind == "heading" and len(passage.text) <= _LONGEST_HEADING
    )
    sections = {passage.section for passage in body_of(essay.passages)}
    names = frequent_names(essay)
    questions = [
        f"What does {_author(essay) or 'this essay'} argue?",
        *(f"What is said about {name}?" for name in names[:1]),
        *(f"What is said under “{heading}”?" for heading in headings if heading in sections),
        "How does the essay end?",
        "How does the essay begin?",
    ]
    return questions[:QUESTIONS]


def frequent_names(essay: StoredEssay) -> list[str]:
    """Words that an essay always capitalises, those in most of its first paragraphs first.

    Left out are the author's own name, and words that only begin sentences.
    """
    own = {word.casefold() for word in _WORD.findall(_author(essay))}
    capitalised: Counter[str] = Counter()
    lower: set[str] = set()
    for passage in body_of(essay.passages)[:_MOST_PARAGRAPHS]:
        seen = set()
        for start, end in passage.sentences:
            _, *words = _WORD.findall(passage.text[start:end]) or [""]
            seen |= {word for word in words if word[0].isupper() and word[1:].islower()}
            lower |= {word for word in words if word[0].islower()}
        capitalised.update(sorted(seen))
    return [
        word
        for word, paragraphs in capitalised.most_common()
        if paragraphs >= _LEAST_PARAGRAPHS
        and len(word) >= _LEAST_LETTERS
        and word.casefold() not in own | lower
    ]


def _author(essay: StoredEssay) -> str:
    """The family name of the first author who has one, or the empty string."""
    names = (str(author.get("family") or "") for author in essay.reference.get("author") or ())
    return next(filter(None, names), "")
