"""Divide a pasted paragraph of a draft into its ideas: the sentences and clauses that say something.

Connectives that open a clause are left out, and so are sentences that only lead from one to the next ("Let me
turn to a second point."). A citation in brackets stays in the idea but is not searched.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.chunking.sentences import split_sentences
from assistant.core.answer import VERDICTS, AnswerVerdict, Idea
from assistant.core.essay import Span
from assistant.retrieval.questions import FUNCTION_WORDS, casefolded_word, content_words, only_frames, words

# The rest of a longer text is not searched.
MOST_PARAGRAPH_CHARACTERS = 6_000
CUT_PARAGRAPH = f"Only the first {MOST_PARAGRAPH_CHARACTERS:,} characters of the paragraph were read."
# What a paragraph's sentences of each verdict are told, in one clause.
_TOLD: dict[AnswerVerdict, str] = {
    "answers": "passages bear on {}",
    "near": "some come near {} without saying it outright",
    "none": "nothing seems to bear on {}",
}
# A shorter text is a question, however many sentences it has.
FEWEST_PARAGRAPH_WORDS = 40
# A shorter sentence is one idea; a clause with fewer content words belongs to the clause before it.
_LONG_SENTENCE, _FEWEST_OF_CLAUSE = 28, 5
# An idea has as many different content words, at least one of which does more than lead on.
_FEWEST_OF_IDEA = 2
# A quoted phrase of fewer words is an expression of the writer's as often as the essay's.
_FEWEST_QUOTED = 3

_LEADS_ON = frozenset(
    (
        "above add addition aim already argument aspect attention begin brief briefly case clear clearly "
        "close come concerned conclude conclusion consequence consequently consider consideration contrary "
        "contrast different discussed discussion draw earlier end example fact finally first firstly focus "
        "follow following follows fourth furthermore hand hence important instance interesting introduction "
        "issue last lastly later leads look matter moreover move namely nevertheless next note opinion "
        "order paragraph point points position possible previous problem proceed question questions reason "
        "reasons regard remains respect result return say second secondly section see shall short similar "
        "similarly start step sum summary therefore thing think third thirdly topic true turn view way word "
        "words worth"
    ).split()
)
_CONNECTIVE = re.compile(
    r"(?:and|but|yet|so|or|nor|for|thus|hence|still|then|also|too|now|besides|however|moreover|furthermore"
    r"|nevertheless|nonetheless|therefore|consequently|accordingly|similarly|likewise|conversely|instead"
    r"|meanwhile|finally|lastly|next|first|firstly|second|secondly|third|thirdly|again|indeed|admittedly"
    r"|of course|to be sure|in fact|in short|in sum|in brief|in conclusion|in other words|in addition"
    r"|in contrast|by contrast|in turn|in particular|as a result|as a consequence|for this reason"
    r"|for example|for instance|on the (?:one|other) hand|on the contrary|to conclude|to begin with"
    r"|to sum up|that said|after all|at the same time|above all|what is more|more importantly"
    r"|whereas|while|although|though|because|since)(?![\w'’-]),?\s+",
    re.IGNORECASE,
)
_MOST_CONNECTIVES = 3
_CLAUSE_END = re.compile(
    r"[;:]\s+|\s?—\s?|\s–\s|,\s+(?=(?:and|but|yet|so|while|whereas|although|though|because|since)\s)",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_NOT_BLANK = re.compile(r"\S")
_TRIMMED = " \t\r\n\f\v,;:—–"
_CITATION = re.compile(r"\([^()\d]{0,60}\d[^()]{0,40}\)")
_MARKED = re.compile(r"[“\"]([^“”\"]{1,200})[”\"]")


@dataclass(frozen=True, slots=True)
class IdeaSpan:
    """A sentence or clause of a paragraph.

    Attributes:
        start: Offset into the paragraph.
        end: Offset after the last character.
        sentence: Number of its sentence in the paragraph, from 1.
    """

    start: int
    end: int
    sentence: int


def ideas_of(text: str) -> list[IdeaSpan]:
    """The ideas of a pasted paragraph, in order; none if the text is a question rather than a paragraph."""
    read = text[:MOST_PARAGRAPH_CHARACTERS]
    if len(words(read)) < FEWEST_PARAGRAPH_WORDS:
        return []
    ideas: list[IdeaSpan] = []
    known: set[str] = set()
    sentences = list(_sentences(read))
    if len(read) < len(text):
        # The last sentence may be cut.
        del sentences[max(1, len(sentences) - 1) :]
    for number, sentence in enumerate(sentences, 1):
        for start, end in _clauses(read, sentence):
            key = read[start:end].casefold()
            if key not in known and _says_something(read[start:end]):
                known.add(key)
                ideas.append(IdeaSpan(start, end, number))
    return ideas if len(ideas) > 1 else []


def searched_text(idea: str) -> str:
    """The words of an idea that are searched: without citations in brackets and marks around a few words."""
    text = _CITATION.sub(lambda match: " " * len(match.group()), idea)
    return _MARKED.sub(
        lambda match: match.group() if len(words(match[1])) >= _FEWEST_QUOTED else f" {match[1]} ", text
    )


def _sentences(text: str) -> Iterator[Span]:
    """Spans of the sentences; a blank line ends one."""
    start = 0
    for end in [*(match.start() for match in _BLANK_LINE.finditer(text)), len(text)]:
        block = text[start:end]
        printed = _NOT_BLANK.search(block)
        for low, high in split_sentences(block, printed.start()) if printed else ():
            yield start + low, start + high
        start = end


def _clauses(text: str, sentence: Span) -> Iterator[Span]:
    """Spans of the clauses of a long sentence, without connectives; of a short one, the sentence."""
    start, end = sentence
    pieces = [start]
    if len(words(text[start:end])) >= _LONG_SENTENCE:
        pieces += [match.end() for match in _CLAUSE_END.finditer(text, start, end)]
    pieces.append(end)
    content = [
        start + low
        for low, high in words(text[start:end])
        if casefolded_word(text[start + low : start + high]) not in FUNCTION_WORDS
    ]
    low = start
    for number, high in enumerate(pieces[1:], 1):
        is_last = number == len(pieces) - 1
        before, after = bisect_left(content, low), bisect_left(content, high)
        if not is_last and min(after - before, len(content) - after) < _FEWEST_OF_CLAUSE:
            continue
        yield _without_connectives(text, low, high)
        low = high


def _without_connectives(text: str, start: int, end: int) -> Span:
    for _ in range(_MOST_CONNECTIVES):
        match = _CONNECTIVE.match(text, start, end)
        if match is None:
            break
        start = match.end()
    while end > start and text[end - 1] in _TRIMMED:
        end -= 1
    return start, end


def _says_something(text: str) -> bool:
    """Whether a clause says more than how the text goes on."""
    content = {word for word in content_words(text) if not only_frames(word)}
    return len(content) >= _FEWEST_OF_IDEA and not content <= _LEADS_ON


def verdict_of_ideas(ideas: Sequence[Idea]) -> AnswerVerdict:
    """What passages are offered as.

    Returns:
        ``answers`` if they bear on half of the sentences or more, ``near`` if on fewer or if some come near.
    """
    verdicts = list(_sentence_verdicts(ideas).values())
    if 2 * verdicts.count("answers") >= len(verdicts):
        return "answers"
    return "none" if set(verdicts) == {"none"} else "near"


def remark_of_ideas(paragraph: str, ideas: Sequence[Idea]) -> str:
    """Say on which sentences of a paragraph passages bear, and on which nothing does."""
    sentences: dict[AnswerVerdict, list[int]] = {}
    for sentence, verdict in _sentence_verdicts(ideas).items():
        sentences.setdefault(verdict, []).append(sentence)
    clauses = [
        _TOLD[verdict].format(_numbered(sentences[verdict])) for verdict in VERDICTS if verdict in sentences
    ]
    cut = f" {CUT_PARAGRAPH}" if len(paragraph) > MOST_PARAGRAPH_CHARACTERS else ""
    return f"Looked up sentence by sentence: {'; '.join(clauses)}.{cut}"


def _sentence_verdicts(ideas: Sequence[Idea]) -> dict[int, AnswerVerdict]:
    """The best verdict on the ideas of each sentence, by the number of the sentence."""
    verdicts: dict[int, AnswerVerdict] = {}
    for idea in ideas:
        known = verdicts.get(idea.sentence, idea.verdict)
        verdicts[idea.sentence] = min(known, idea.verdict, key=VERDICTS.index)
    return verdicts


def _numbered(sentences: Sequence[int]) -> str:
    """``sentence 2``, ``sentences 1, 2 and 4``."""
    *others, last = map(str, sentences)
    return f"sentences {', '.join(others)} and {last}" if others else f"sentence {last}"
