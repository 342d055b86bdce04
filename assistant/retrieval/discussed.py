"""What raises a passage's score besides its likeness: that it discusses a quoted word, or is a note.

A question that quotes a single word ("What is a “slip”?") is about the word, and many passages may have it.
The one to show first says what it means ("is called", "a slip is"), sets it in quotation marks, or comes back
to it. The notes to the first passage read on from it, and have half of its lead over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.core.essay import Passage, Span
from assistant.retrieval.questions import Question
from assistant.retrieval.ranking import Ranked
from assistant.retrieval.wording import asks_for_qualification

# What a passage's score is raised by: for saying what the word means, as the first to do so or again; for
# marking it; and for each time it comes back, up to three times.
_DEFINED, _DEFINED_AGAIN, _MARKED, _REPEATED, _MOST_REPEATED = 0.12, 0.06, 0.03, 0.02, 3
# What the score of a note is raised by if the question asks whether there is more to it.
_QUALIFIED = 0.05
# Characters before and after a word in which such a phrase can be.
_NEAR = 40
_INTRODUCED = re.compile(
    r"\b(?:called|termed|named|labelled|known as|dubbed|defined? as|defines?|means?|meant by"
    r"|(?:the|this|that|our) (?:word|term|name|expression|notion|concept|idea)(?: of| for [\w ]{1,20},)?)"
    r",?\s+(?:an? |the )?\W{0,2}$",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\W{0,3}\s*(?:means?|meant|may mean|refers? to|denotes?|signif(?:y|ies)|stands? for|is defined|is called"
    r"|,\s+(?:as we|that is|in other words|by which)|in this (?:passage|sense|essay)"
    r"|\((?:i\.e\.|that is|the ))",
    re.IGNORECASE,
)
# A word after "a" or "an" with a verb in the present makes a general statement.
_ARTICLE = re.compile(r"(?:^|[^\w])an?\s\W{0,2}$", re.IGNORECASE)
_GENERAL = re.compile(r"[”’\"']?\s(?:is|are|may|can|has|have|must|[a-z]{2,}s)\s")
_MARKS = "\"“”‘’'«»"


def discussions(word: re.Pattern[str], passages: Iterable[Passage]) -> dict[str, float]:
    """How much passages discuss a word that occurs in them, as an addition to their scores, by id."""
    additions = {}
    is_defined = False
    for passage in sorted(passages, key=lambda passage: (passage.essay_id, passage.ordinal)):
        occurrences = [match.span() for match in word.finditer(passage.text)]
        addition = _REPEATED * min(len(occurrences) - 1, _MOST_REPEATED)
        addition += _MARKED * any(_is_marked(passage.text, span) for span in occurrences)
        if any(_is_defined(passage.text, span) for span in occurrences):
            addition += _DEFINED_AGAIN if is_defined else _DEFINED
            is_defined = True
        additions[passage.id] = addition
    return additions


def of_notes(
    question: Question, ranked: Sequence[Ranked], passages: Mapping[str, Passage]
) -> dict[str, float]:
    """What the scores of the notes to the first passage are raised by, by id."""
    notes = {mark.passage for mark in passages[ranked[0].passage].notes} if ranked else set()
    if not notes:
        return {}
    asked = _QUALIFIED if asks_for_qualification(question) else 0.0
    return {
        passage.passage: max(0.0, (ranked[0].score - passage.score) / 2) + asked
        for passage in ranked
        if passage.passage in notes
    }


def _is_defined(text: str, span: Span) -> bool:
    before, after = text[max(0, span[0] - _NEAR) : span[0]], text[span[1] : span[1] + _NEAR]
    if _INTRODUCED.search(before) or _SAID.match(after):
        return True
    return _ARTICLE.search(before) is not None and _GENERAL.match(after) is not None


def _is_marked(text: str, span: Span) -> bool:
    start, end = span
    return start > 0 and text[start - 1] in _MARKS and text[end : end + 2].lstrip(",.;")[:1] in (*_MARKS,)
