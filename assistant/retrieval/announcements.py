"""Find the sentences in which an essay says what it does: its thesis, its plan, its turns and its conclusion.

They are recognised by the phrases with which writers of English announce such things, as ``structure`` does
for questions, and by where they stand: a thesis and a plan in the introduction, a turn at the beginning of a
paragraph, a conclusion at the end. Words that the essay quotes announce nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.core.essay import Passage, Span
from assistant.core.outline import AnnouncementKind
from assistant.retrieval.structure import body_of, ending_start, introduction_length

# Sentences of each kind that are shown; of a book the best ones.
_MOST: dict[AnnouncementKind, int] = {"thesis": 3, "plan": 5, "turn": 8, "conclusion": 4}
# The introduction is no longer than this share of the paragraphs, nor than so many, and no shorter than that.
_LONGEST_SHARE, _LONGEST, _SHORTEST_SHARE = 0.25, 30, 0.1
# An essay with fewer paragraphs has no end that is apart from the rest.
_LEAST_PARAGRAPHS = 4
# Sentences with which the last paragraph ends, and those among which one may draw the conclusion.
_LAST_SENTENCES, _LATE_SENTENCES = 2, 5


def _phrases(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_GENRE = (
    "essay|article|paper|chapter|study|piece|lecture|talk|thesis|dissertation|book|report|inquiry|enquiry"
)
_THIS = rf"(?:this|the present|my) (?:{_GENRE})"
_THE = rf"(?:this|the|the present|my) (?:{_GENRE}|argument|discussion|analysis)"
_ADVERBS = (
    r"(?:also|then|first|next|now|here|finally|lastly|instead|therefore|thus|rather|further"
    r"|ultimately|in turn"
    r"|simply|briefly|accordingly|humbly|only|chiefly|mainly)"
)
# What may be between "I" and what I do: no negation is among it.
_SHALL = (
    rf"(?:{_ADVERBS}|will|shall|would|must|want|wish|hope|aim|intend|propose|mean|seek|try|endeavou?r"
    rf"|attempt"
    r"|am going|are going|set out|go on|like|to)"
)
_ARGUES = (
    r"(?:argues?|suggests?|contends?|claims?|demonstrates?|maintains?|proposes?|shows?|holds?"
    r"|insists?|submits?"
    r"|defends?|proves?)"
)
_CLAIM = r"(?:argument|claim|contention|thesis|hypothesis|proposal|point|submission)"
_PURPOSE = r"(?:aim|purpose|object|goal|intention|design|task|concern|subject|question|topic|theme|business)"
_EXPLORES = (
    r"(?:explor\w+|examin\w+|consider\w*|ask\w*|address\w*|investigat\w+|trac\w+|analy[sz]\w+|discuss\w*"
    r"|inquir\w+|enquir\w+|describ\w+|explain\w*|look\w*|read|reads|offers?|treats?|speaks?|says?"
    r"|takes? up|concerns?"
    r"|is about|is concerned with|aims|attempts|seeks|tries|sets out)"
)
_ARGUED = _phrases(
    rf"\b{_THIS}(?:'s|’s)? (?:\w+ ){{0,2}}?{_ARGUES}\b"
    rf"|\b(?:I|we) (?:{_SHALL} ){{0,4}}{_ARGUES}(?:,| that\b| [^.;:?!]{{0,50}}\b(?:that|for|against"
    rf"|how|why|is|are)\b)"
    rf"|\bmy (?:\w+ ){{0,2}}?{_CLAIM} (?:\w+ ){{0,3}}?(?:is|will be|runs|concerns)\b"
    rf"|\b{_CLAIM} of {_THIS} (?:is|will be|runs)\b"
    rf"|\b{_THIS}(?:'s|’s) (?:\w+ ){{0,2}}?{_CLAIM} (?:is|will be|runs)\b"
    rf"|\bit is my (?:\w+ )?{_CLAIM}\b"
    rf"|\bwhat I (?:{_SHALL} ){{1,4}}(?:argue|show|suggest|claim|prove|say) (?:\w+ ){{0,3}}?is\b"
    rf"|\b(?:{_CLAIM}|view|position|case|principle) (?:that |which )?I (?:{_SHALL} ){{0,4}}"
    r"(?:defend|advance|argue|propose|develop|make|put forward)\b"
)
_AIMED = _phrases(
    rf"\b{_THIS}(?:'s|’s)? (?:\w+ ){{0,2}}?{_EXPLORES}\b"
    rf"|\bmy (?:\w+ ){{0,2}}?{_PURPOSE} (?:\w+ ){{0,4}}?(?:is|will be)\b"
    rf"|\b{_PURPOSE} of (?:{_THIS}|these (?:pages|lectures|remarks)) (?:is|will be)\b"
    rf"|\bit is the {_PURPOSE} of {_THIS}\b"
    rf"|\bI (?:{_ADVERBS} )?(?:want|wish|propose|intend|mean|hope|aim|am going|shall|will|shall try"
    rf"|will try|desire"
    rf"|should like|would like) (?:{_SHALL} ){{0,3}}(?:{_EXPLORES}|speak|say|sketch|show|suggest"
    rf"|prove|make clear)\b"
)
# An argument is made here and not only reported, wherever the sentence is.
_ARGUED_HERE = _phrases(
    rf"\bI (?:{_SHALL} ){{0,4}}(?:argue|suggest|contend|maintain|demonstrate|claim|propose) that\b"
    rf"|\bmy (?:\w+ )?{_CLAIM} (?:\w+ ){{0,2}}?is that\b"
)

_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|next|last|final|closing|concluding|opening|following)"
_PART = r"(?:parts?|sections?|chapters?|half|pages|paragraphs?|movements?)"
_DOES = (
    r"(?:considers?|asks?|looks?|follows?|examines?|traces?|turns?|deals?|discusses|treats?|explores?"
    r"|shows?|argues?"
    r"|describes?|takes?|sets?|offers?|reads?|compares?|addresses|concerns?|reviews?|presents?|analy[sz]es?"
    r"|explains?|outlines?|surveys?|moves?|returns?|investigates?|develops?|introduces?|gives?"
    r"|applies|draws?"
    r"|tests?|reports?|concludes?|will|brings?|suggests?|identifies)"
)
_NUMBER = r"(?:two|three|four|five|six|seven)"
# Of another work: "the first part of the novel".
_NOT_OF = rf"(?! of (?!{_THIS}|the (?:{_GENRE})\b|what follows|my\b))"
_ORDERED = _phrases(
    rf"\b(?:the|its|my) {_ORDINAL} (?:(?:and|{_ORDINAL}|{_NUMBER}) ){{0,2}}{_PART}\b{_NOT_OF}"
    rf"|\b(?:section|part|chapter) (?:\d{{1,3}}|[ivx]{{1,5}}|one|{_NUMBER}) {_DOES}\b"
    rf"|\bthe (?:conclusion|introduction|coda|epilogue|afterword) {_DOES}\b"
    rf"|\bin (?:what follows|the (?:following|next) {_PART}|the pages that follow)\b"
    rf"|\b(?:in|into|has|have|under) {_NUMBER} (?:\w+ )?(?:parts|sections|steps|stages|headings"
    rf"|chapters|movements)\b"
    rf"|\b{_THE} (?:\w+ ){{0,2}}?(?:begins|opens|starts|turns|moves|proceeds|concludes|closes|ends"
    rf"|falls into"
    r"|is divided|is organi[sz]ed|is structured|is arranged)\b"
    rf"|\b(?:I|we) (?:{_SHALL} ){{0,4}}(?:begin|start|open|conclude|end|close|proceed|move on) (?:by"
    rf"|with|to|from)\b"
    rf"|\b(?:I|we) (?:{_SHALL} ){{0,4}}(?:re)?turn (?:\w+ ){{0,2}}?to (?!him|her|it|them|me|us)\b"
    rf"|\b(?:first|second|secondly|third|thirdly|next|then|finally|lastly),? (?:I|we|this (?:{_GENRE})) "
    rf"(?:{_SHALL} ){{0,4}}{_DOES}\b"
    rf"|\b(?:I|we) (?:will|shall) (?:{_ADVERBS} )?(?:first|then|next|finally|lastly)\b"
)
# Only next to another sentence of a plan: two persons may be "the first" and "the second" too.
_CONTINUED = _phrases(rf"\bthe {_ORDINAL},? (?:{_ADVERBS} )?{_DOES}\b|\b(?:the|a) (?:{_ORDINAL}) {_PART}\b")

_SAID = r"(?:said|objected|urged|asked|answered|replied|argued|thought|supposed|remembered|admitted|granted)"
_TURNED = _phrases(
    rf"^(?:And |But |So |Here |Now,? )?(?:I|we|{_THE}) (?:{_SHALL} ){{0,3}}(?:re)?turns? (?:\w+ ){{0,2}}?"
    r"(?:to|from) (?!him|her|it|them|me|us)\b"
    r"|^(?:And |But |So )?(?:I|we) (?:now |next )?(?:come|pass|proceed|move on|go on) (?:now "
    r"|next )?to (?:the|an?|my|our)\b"
    r"|^(?:But |And |Now,? )?let (?:us|me) (?:now |then |next |first )?(?:turn|consider|return|pass"
    r"|look|examine|take"
    r"|suppose|go back)\b"
    r"|\bit (?:only )?remains (?:only )?(?:for \w+ )?to\b|\bit is time to\b"
    rf"|^[^.;:?!]{{0,60}}\bit (?:will|may|might|could|must|should|can) (?:perhaps |indeed |still "
    rf"|also )?be {_SAID}\b"
    r"|^[^.;:?!]{0,40}\b(?:an|one|another|this) (?:\w+ )?objection\b|\bthe objection (?:that|is|may"
    r"|might|will)\b"
    r"|^(?:So|Thus) far\b|^(?:Up to|Until) (?:now|this point)\b|^Hitherto\b"
    r"|\b(?:does|do|did) not,? (?:\w+,? )?(?:end|stop|finish)(?:,| here| there| with)"
    r"|\b(?:is|are) not (?:yet )?(?:the whole|all|the end)\b"
    r"|\bhas,? however,? (?:\w+ )?(?:implications|consequences|another|a further|more)\b"
)
_CONTRASTED = _phrases(
    r"^(?:And yet|Yet|However|Nevertheless|Nonetheless|Still,|Even so|All the same|On the other hand"
    r"|By contrast"
    r"|In contrast|Conversely|On the contrary|For all (?:this|that)|At the same time|Against (?:this"
    r"|these|such))\b"
    r"|^[^.;:?!]{0,90}, however,"
)
_BUT = _phrases(r"^But\b")
_SUBJECT = _phrases(
    rf"\b(?:{_CLAIM}|{_GENRE}|view|theory|account|question|problem|implications?|explanation"
    rf"|conclusion|objection"
    r"|difficulty|answer|reading|interpretation|critics?|history|idea|principle|novel|poem|text"
    r"|history)s?\b"
)

_DONE = r"(?:argued|tried|suggested|shown|sought|attempted|been arguing|traced|examined|explored|seen)"
_CONCLUDED = _phrases(
    r"^(?:(?:And |But )?(?:so|thus),? )?(?:In conclusion|To conclude|In sum|To sum up|In summary"
    r"|In closing|In short"
    r"|Finally|Ultimately|In the end|At last|All in all|On the whole|Summing up|By way of conclusion"
    r"|In brief)\b"
    r"|\b(?:I|we) (?:may |can |must |then |therefore |thus )?conclude\b(?! by| with)"
    rf"|\b(?:I|we) have (?:\w+ )?{_DONE}\b|\b{_THIS} has (?:\w+ )?{_DONE}\b"
    r"|\b(?:my|the|one|our) conclusion (?:is|to be|that|of)\b"
    r"|\bit follows (?:\w+ ){0,3}that\b|\bthe (?:upshot|lesson|moral|sum|result) (?:of|is)\b"
    rf"|\b(?:one|{_NUMBER}|several|some|these|what) (?:\w+ )?(?:rules?|lessons?|conclusions?"
    rf"|consequences?|things|points)"
    r" (?:\w+ )?follows?\b"
    r"|^What (?:then )?(?:follows|remains)\b"
)
_INFERRED = _phrases(r"\b(?:thus|therefore|hence)\b|, then,|^So, |^And so\b")
_INTRODUCES = _phrases(r"\b(?:introduct\w+|introducing|preface|prologue|opening)\b")


@dataclass(frozen=True, slots=True)
class Announced:
    """A sentence that announces something.

    Attributes:
        kind: What it announces.
        passage: Its passage.
        span: Its span of the passage's text.
        worded: Whether it does so in so many words, and not by its place alone.
        weight: How plainly it does so; comparable within a kind.
    """

    kind: AnnouncementKind
    passage: Passage
    span: Span
    worded: bool = True
    weight: float = 1.0


def announcements_of(
    passages: Iterable[Passage], is_quoted: Callable[[Passage, int, int], bool]
) -> list[Announced]:
    """Sentences in which one essay says what it does, in reading order; a few of each kind, the plainest.

    Args:
        passages: The essay's passages, in reading order.
        is_quoted: Whether a span of a passage's text is quoted from somebody.
    """
    body = body_of(passages)
    reader = _Reader(body, is_quoted)
    found: dict[tuple[int, int], Announced] = {}
    # A sentence announces one thing, the first of these.
    for candidates in (reader.opening(), reader.later_theses(), reader.ending(), reader.turns()):
        for place, announced in candidates:
            found.setdefault(place, announced)
    kept: list[tuple[tuple[int, int], Announced]] = []
    for kind, most in _MOST.items():
        of_kind = [(place, each) for place, each in found.items() if each.kind == kind]
        kept += _best(of_kind, most)
    return [announced for _, announced in sorted(kept, key=lambda entry: entry[0])]


# Numbers of a paragraph and of a sentence in it, and what the sentence announces.
_Placed = tuple[tuple[int, int], Announced]


def _best(candidates: Sequence[_Placed], most: int) -> list[_Placed]:
    """The candidates of the highest weights; where too many are equal, some spread over the essay."""
    kept: list[_Placed] = []
    ordered = sorted(candidates, key=lambda entry: (-entry[1].weight, entry[0]))
    for _, group in groupby(ordered, key=lambda entry: entry[1].weight):
        equals, room = list(group), most - len(kept)
        if len(equals) > room:
            equals = [equals[number * len(equals) // room] for number in range(room)]
        kept += equals
    return kept


class _Reader:
    """Looks for announcements in the paragraphs of one essay.

    Args:
        body: The paragraphs of the essay proper.
        is_quoted: Whether a span of a passage's text is quoted from somebody.
    """

    def __init__(self, body: Sequence[Passage], is_quoted: Callable[[Passage, int, int], bool]) -> None:
        self._body, self._is_quoted = body, is_quoted
        self._introduction = _introduction_end(body) if body else 0

    def _says(self, pattern: re.Pattern[str], passage: Passage, span: Span) -> bool:
        """Whether a sentence has a phrase in the essay's own words."""
        start, end = span
        matches = pattern.finditer(passage.text[start:end])
        return any(
            not self._is_quoted(passage, start + match.start(), start + match.end()) for match in matches
        )

    def opening(self) -> list[_Placed]:
        """Thesis and plan in the introduction."""
        found: list[_Placed] = []
        for number, passage in enumerate(self._body[: self._introduction]):
            ordered = [self._says(_ORDERED, passage, span) for span in passage.sentences]
            is_last = number == self._introduction - 1
            for sentence, span in enumerate(passage.sentences):
                announced = self._opening_kind(passage, span, ordered, sentence)
                if announced is not None:
                    kind, weight = announced
                    weight += 0.5 * is_last if kind == "thesis" else sum(ordered)
                    found.append(((number, sentence), Announced(kind, passage, span, weight=weight)))
        return found

    def _opening_kind(
        self, passage: Passage, span: Span, ordered: Sequence[bool], sentence: int
    ) -> tuple[AnnouncementKind, float] | None:
        if ordered[sentence] or (any(ordered) and self._says(_CONTINUED, passage, span)):
            return "plan", 1.0
        if self._says(_ARGUED, passage, span):
            return "thesis", 4.0
        if self._says(_AIMED, passage, span):
            return "thesis", 2.0
        return None

    def later_theses(self) -> list[_Placed]:
        """What is argued after the introduction, where the essay says so of itself."""
        return [
            ((number, sentence), Announced("thesis", passage, span))
            for number, passage in enumerate(self._body)
            if number >= self._introduction
            for sentence, span in enumerate(passage.sentences)
            if self._says(_ARGUED_HERE, passage, span)
        ]

    def ending(self) -> list[_Placed]:
        """Sentences that conclude, and those with which the essay ends."""
        if len(self._body) < _LEAST_PARAGRAPHS:
            start = len(self._body) - 1 if len(self._body) > 1 else 0
        else:
            start = max(ending_start(self._body), self._introduction)
        last = len(self._body) - 1
        found: list[_Placed] = []
        for number, passage in enumerate(self._body):
            if number < start:
                continue
            for sentence, span in enumerate(passage.sentences):
                before_end = len(passage.sentences) - sentence if number == last else _LATE_SENTENCES + 1
                worded = self._says(_CONCLUDED, passage, span)
                inferred = before_end <= _LATE_SENTENCES and self._says(_INFERRED, passage, span)
                by_place = before_end <= _LAST_SENTENCES and len(self._body) >= _LEAST_PARAGRAPHS
                if worded or inferred or by_place:
                    weight = 3.0 * worded + 1.0 * inferred + 2.0 * by_place
                    announced = Announced("conclusion", passage, span, worded or inferred, weight)
                    found.append(((number, sentence), announced))
        return found

    def turns(self) -> list[_Placed]:
        """Sentences that begin a paragraph and turn the argument."""
        found: list[_Placed] = []
        for number, passage in enumerate(self._body):
            span = passage.sentences[0]
            # What goes on after a block quotation in the middle of a sentence begins nothing.
            if not number or passage.text[span[0]].islower():
                continue
            weight = (
                3.0 * self._says(_TURNED, passage, span)
                + 1.0 * self._says(_CONTRASTED, passage, span)
                + 0.5 * self._says(_BUT, passage, span)
            )
            if weight:
                weight += passage.section != self._body[number - 1].section
                weight += 0.25 * self._says(_SUBJECT, passage, span)
                found.append(((number, 0), Announced("turn", passage, span, weight=weight)))
        return found


def _introduction_end(body: Sequence[Passage]) -> int:
    """Number of paragraphs in which an essay may say what it will do."""
    length, total = introduction_length(body), len(body)
    # A paragraph or two without a heading, and then a section that is called an introduction.
    while length < total and _INTRODUCES.search(body[length].section):
        length += 1
    longest = min(max(_LEAST_PARAGRAPHS, round(total * _LONGEST_SHARE)), _LONGEST)
    return min(max(length, round(total * _SHORTEST_SHARE), 1), longest, total)
