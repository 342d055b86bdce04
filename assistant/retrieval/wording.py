"""Put everyday wordings as an essay would, where the words that lead in would be taken for the topic.

"What does Madame look like?" asks for a description, and not for looks; "How does the novel end?" asks what
happens at the end of the novel. The question is searched as put here, with no other topic than its own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.retrieval.questions import Question, content_words

_LONGEST = 120
_THING = rf"(?P<thing>[^?!;:]{{1,{_LONGEST}}}?)"
# Works that essays discuss; an essay's own end is looked up by ``structure``.
_WORK = (
    r"the (?:whole )?(?:novels?|novella|story|stories|tale|film|movie|play|poem|narrative|plot|book|memoir"
    r"|fable|myth|legend|episode|scene)\b"
)
_LOOKS = re.compile(
    rf"\s*what (?:(?:do|does|did|would) {_THING} look(?:ed)? like"
    rf"|(?:is|are|was|were) (?P<other>[^?!;:]{{1,{_LONGEST}}}?) like to look at)\s*[?.!]*\s*",
    re.IGNORECASE,
)
_COURSE = re.compile(
    rf"\s*how (?:do|does|did) (?P<work>{_WORK}[^?!;:,]{{0,{_LONGEST}}}?) "
    r"(?P<verb>end(?: up)?|finish|conclude|close|begin|open|start)\s*[?.!]*\s*",
    re.IGNORECASE,
)
# Words with which one asks whether something is the whole truth; essays put that into notes.
_QUALIFIES = re.compile(
    r"\b(?:any|every|all|only|exactly|alone|else|others?|really|also|too|exceptions?|except|always|never|ever"
    r"|enough|first|admits?|concedes?|grants?|corrects?)\b",
    re.IGNORECASE,
)
_BEGINNINGS = frozenset(("begin", "open", "start"))


def plainly_put(question: Question) -> Question:
    """A question as an essay would put it; the question itself where its wording is plain."""
    text = question.text
    if len(text) > 3 * _LONGEST:
        return question
    if looks := _LOOKS.fullmatch(text):
        thing = looks["thing"] or looks["other"]
        put = f"How is {thing} described?" if content_words(thing) else text
    elif course := _COURSE.fullmatch(text):
        part = "beginning" if course["verb"].casefold() in _BEGINNINGS else "end"
        put = f"at the {part} of {course['work']}"
    else:
        return question
    return replace(question, text=put)


def asks_for_qualification(question: Question) -> bool:
    """Whether a question asks if there are exceptions, others, or more to be said."""
    return _QUALIFIES.search(question.unquoted) is not None
