"""Work out what a question of a conversation means, from what was asked and shown before it.

"And Pope?" asks of Pope what the question before asked of Swift; "Why did she look at him?" means two people
of whom the last answer spoke. The question that is searched instead consists of words of the conversation and
of the passages shown; nothing is generated. Words of earlier questions in it weigh less than its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.core.essay import Passage, Spans
from assistant.retrieval.names import Gender, NameInText, Names
from assistant.retrieval.places import places_in
from assistant.retrieval.questions import FollowUp, Question, Seeks, content_words, only_frames

# Earlier questions that are looked back at.
MOST_TURNS = 6
# The rest of a longer question is not put before the next one.
_MOST_BEFORE = 300
# A question with so many content words says what it is about; one with more than the other number leans on no
# other, whatever its pronouns.
_SAYS_ENOUGH, _MOST_CONTENT = 3, 9


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


_OPENER = _pattern(
    r"^(?P<nod>(?:and|but|so|or|then|also|ok(?:ay)?|well|now)\b,?\s+)?"
    r"(?P<about>(?:what|how) (?:about|of)\s+)?"
)
_ABOUT = _pattern(r"\b(?:about|of|on|over|concerning)\s+(?:the\s+)?$")
_CORRECTION = _pattern(
    r"^(?:(?:no|nope|sorry|actually|wait|not (?:that|this|him|her|it))\b[\s,.;:–—-]*)*"
    r"(?:i|we) (?:really |actually )?(?:mean|meant)\b[\s,:]*"
    r"|^(?:no|sorry|rather|i mean)\s*[,.;:–—-]\s*(?:not \w+ but )?"
)
_CLAUSE = _pattern(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will"
    r"|would|should|must|may|might|tell|show|give|name|list|explain|describe)\b"
)
_WHO = (
    r"(?:critic|writer|author|scholar|philosopher|poet|thinker|theorist|historian|printer|novelist|scientist)"
)
_SOMEBODY = rf"(?:{_WHO}|person|man|woman|character|king|queen|monk|artist|student|teacher)"
_ASKS_WHO = _pattern(rf"\b(?:who|whom|whose|which (?:\w+ ){{0,2}}?{_SOMEBODY}s?)\b")
_SOURCE = _pattern(_WHO)
_WHO_IS = re.compile(r"(?:[Ww]ho|[Ww]hich \w+) (?:is|are|was|were) (?:the )?[A-Z]")
_WHOM = _pattern(
    r"(?:to |for |with |by |of )?(?:who|whom|which \w+)(?: else)? "
    r"(?:do|does|did|has|have|had|can|could|will|would) "
)

# Turns that ask for other passages than those shown.
_SOUGHT = rf"(?:passage|place|part|page|time|section|note|example|reason|mention|{_WHO})"
_ELSEWHERE = _pattern(
    r"\b(?:elsewhere|again|(?:any|some|no|every)(?:one|body|thing|where) else|where else"
    rf"|(?:an|any|some|which|what) ?other {_SOUGHT}s?|other {_SOUGHT}s|any others?|others)\b"
    r"|\b(?:any|some)(?:one|body)\b.*\btoo\W*$"
    r"|^who(?:ever)? (?:disagrees?|disputes?|differs?|objects?|contradicts?"
    r"|thinks? (?:otherwise|differently))\b"
)
# "Who else is in the house?" may be answered where the others were.
_ELSE = _pattern(r"\b(?:who|whom|what|when|how) else\b")

_PERSONAL = _pattern(r"\b(?:(?P<he>he|him)|(?P<his>his)|(?P<she>she)|(?P<her>her)|(?P<hers>hers))\b")
_AFTER_OBJECT = _pattern(
    r"\s*(?:[^\w\s]|$|(?:to|and|or|in|on|at|the|an?|as|with|for|by|of|from|again|elsewhere|too|then|there|so|that|this"
    r"|instead|do|did|does|about)\b)"
)
# "What did he carry with him?" has one person.
_WITH_ONESELF = _pattern(
    r"\b(?:carry|carries|carried|take|takes|took|bring|brings|brought|have|has|had|keep|keeps|kept) "
    r"(?:\w+ ){0,3}?(?:with|behind|around|about|before|beside) $"
)
_PERSON = _pattern(
    r"\b(?:the|an?|his|her|their|whose|which|every|each) (?:\w+ )?(?:man|woman|boy|girl|child|king|queen"
    r"|prince|princess|mother|father|brother|sister|son|daughter|wife|husband|person|poet|\w{2,}(?:er|or|ist|ian|ant))\b"
)
_DEMONSTRATIVE = _pattern(
    r"\b(?:this|these|those)\s+(?!(?:essay|article|paper|text|chapter|section|author|book)\b)[a-z]+"
    r"|\b(?:of|about|in|on|for|to|at|by|with|from|and|was|is|were|did|does|do|such)\s+that\s+[a-z]+\b"
    r"|\b(?:the same|such)\s+(?:an?\s+)?[a-z]+|\bthat\s+[a-z]+(?:\s+anywhere)?\W*$"
)
_ORDINAL = _pattern(
    rf"\bthe (?P<which>(?:former|latter)(?: (?:one|{_SOMEBODY}))?\b"
    rf"|(?:first|second|third|fourth|last|other)(?: (?:one|{_SOMEBODY})\b|(?=\W*$|[,;:])"
    r"|(?= (?:say|think|argue|mean|write|claim|do|suggest)s?\b)))"
)
_THAT_PERSON = _pattern(rf"\b(?:this|that|the same) {_SOMEBODY}\b")
_PAIR = _pattern(r"\b(?:the two(?: of (?:them|these|those))?|both(?: of them)?|the pair)\b")
_PLACES = {"first": 0, "former": 0, "second": 1, "latter": -1, "third": 2, "fourth": 3, "last": -1}
_REFLEXIVE = _pattern(r" (?:himself|herself|itself|themselves|then|there|though|too)\b")
_PREPOSITION = _pattern(r"(?:in|on|at|of|for|with|by|from|to|under|after|before|during|about) ")
_WHY = _pattern(r"\b(?:why|how come|for what reason)\b")

# How salient a name is: asked about, in an answering sentence, elsewhere in the passage shown; and what is
# added or taken away.
_ASKED, _ASKED_BESIDE_WHO, _ANSWERING, _SHOWN = 1.6, 0.4, 0.6, 0.0
_ANSWER_TO_WHO, _ANSWER_WHEN_SETTLED, _SHOWN_FOR_WHO = 1.4, 0.9, 0.4
_GENDER_KNOWN, _ACTS, _POSSESSIVE, _NO_SOURCE, _AGO = 0.8, 0.4, -0.5, -1.0, -1.5


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question with what was shown for it.

    Attributes:
        question: The question as it was read.
        passages: The passages shown, best first.
        spans: The answering sentences of the first.
    """

    question: Question
    passages: tuple[Passage, ...]
    spans: Spans = ()


def may_lean(text: str) -> bool:
    """Whether a question may need those before it to be understood, as far as its own words tell."""
    return _Reading(text, (), Names(())).leans


def understood(text: str, turns: Sequence[Turn], names: Names) -> Question:
    """Read a question as its conversation makes it understood.

    Args:
        text: The question as the user typed it.
        turns: The earlier questions, oldest first.
        names: The names of the essays whose passages were shown.

    Returns:
        The question as typed if it stands alone.
    """
    reading = _Reading(text, turns, names)
    return reading.question() if turns and reading.leans else Question(text)


class _Reading:
    """A question while it is read."""

    def __init__(self, text: str, turns: Sequence[Turn], names: Names) -> None:
        self._turns = turns
        self._names = names
        correction = _CORRECTION.match(text)
        start = correction.end() if correction is not None and correction.end() < len(text) else 0
        opener = _OPENER.match(text[start:])
        self._corrects = start > 0
        self._is_opened = opener is not None and opener.end() > 0
        self._text = text[start + (opener.end() if opener is not None else 0) :].strip()
        self._is_about = opener is not None and opener["about"] is not None
        self._is_clause = not self._is_about and _CLAUSE.search(self._text) is not None
        self._content = content_words(self._text)

    @cached_property
    def leans(self) -> bool:
        """Whether the question needs those before it."""
        if self._corrects or self._seeks_others or not self._content:
            return True
        few = len(self._content) < _SAYS_ENOUGH + 2
        if few and any(pattern.search(self._text) for pattern in (_ORDINAL, _PAIR, _DEMONSTRATIVE)):
            return True
        if self._means_somebody or Question(self._text).is_elliptical:
            return True
        if self._is_opened:
            # "And" before a question that names what it asks is no more than a nod.
            return len(self._content) < 2 if self._is_clause else len(self._content) <= _SAYS_ENOUGH
        says = [word for word in self._content if not only_frames(word)]
        return self._is_clause and len(says) < 2 and not self._names_somebody(self._text)

    @cached_property
    def _seeks_others(self) -> bool:
        return _ELSEWHERE.search(self._text) is not None or _ELSE.search(self._text) is not None

    @cached_property
    def _means_somebody(self) -> bool:
        """Whether "he" or "she" is somebody whom the question does not name before."""
        pronoun = _PERSONAL.search(self._text)
        if pronoun is None or len(self._content) > _MOST_CONTENT:
            return False
        before, after = self._text[: pronoun.start()], self._text[pronoun.end() :]
        is_object = pronoun[0].casefold() == "him" or not after.strip(" ?.!")
        return (is_object or _PERSON.search(before) is None) and not self._names_somebody(before)

    def _names_somebody(self, text: str) -> bool:
        return bool(self._names.in_text(text, typed=True)) or re.search(r"\w\W+[A-Z]", text) is not None

    def question(self) -> Question:
        """The question as it is read; the conversation has a question before it."""
        last = self._turns[-1]
        text, meant = self._with_names(self._text if self._is_clause else _REFLEXIVE.sub("", self._text))
        if self._is_clause:
            text, light, prefix = self._after(text, last)
            in_frame = False
        else:
            text, light, prefix, in_frame = self._in_frame(text, last)
        named = [name.text for name in self._names.in_text(self._text, typed=True)]
        follows = FollowUp(
            light=light,
            prefix=prefix,
            shown=tuple(passage.id for passage in last.passages),
            earlier=tuple(turn.passages[0].id for turn in self._turns if turn.passages),
            names=tuple(dict.fromkeys([*meant, *named])),
            seeks=self._seeks(),
            in_frame=in_frame,
            corrects=self._corrects,
            asks_why=_WHY.search(self._text) is not None and len(self._content) < 2,
        )
        return Question(text, follows=follows)

    def _seeks(self) -> Seeks:
        """Which passages are asked for, judged by those shown."""
        if _ELSEWHERE.search(self._text) or (_ELSE.search(self._text) and not self._content):
            return "others"
        return "else" if self._corrects or _ELSE.search(self._text) else "any"

    def _after(self, text: str, last: Turn) -> tuple[str, Spans, int]:
        """A question after the one before it; also the span of that, and its length."""
        before = last.question.core
        if len(content_words(before)) < 2:
            before = last.question.text
        before = before[:_MOST_BEFORE]
        said = content_words(text)
        if (said and places_in(before)) or (self._corrects and len(said) > 1):
            # It was asked what a place holds, which is not what the talk is about; or what was asked is
            # taken back for something that says what it is.
            return f"{text[:1].upper()}{text[1:]}", (), 0
        prefix = len(before) + 1
        return f"{before} {text[:1].upper()}{text[1:]}", ((0, prefix),), prefix

    def _in_frame(self, phrase: str, last: Turn) -> tuple[str, Spans, int, bool]:
        """A phrase ("Pope?") put for the name in the question before, or after that question."""
        bare = phrase.strip(" ?.!")
        frame, replaced = self._named_frame()
        # "In Pope?" is no name.
        if replaced and self._names.in_text(bare, typed=True) and not _PREPOSITION.match(bare):
            old = self._counterpart(frame, replaced)
            before, after = frame[: old.start], frame[old.end :]
            start, end = len(before), len(before) + len(bare)
            return f"{before}{bare}{after}", ((0, start), (end, end + len(after))), 0, True
        text, light, _ = self._after(phrase, last)
        return text, light, 0, False

    def _counterpart(self, frame: str, names: Sequence[NameInText]) -> NameInText:
        """Which of the names in the question before a new one is put for.

        "And Tommy?" after "What does Gill say about Kathy?" asks of Tommy what was asked of Kathy: Gill, the
        author, is not in the essay. "And what about Wotton?" prefers the name that the question was about.
        """
        known = [name for name in names if self._names.occurs(name)] or names
        about = [name for name in known if _ABOUT.search(frame[: name.start])] if self._is_about else []
        return about[-1] if about else known[0]

    def _named_frame(self) -> tuple[str, list[NameInText]]:
        """The last question that names somebody, as far back as each leans on the one before; its names."""
        for turn in reversed(self._turns):
            frame = turn.question.core
            if names := self._names.in_text(frame, typed=True):
                return frame, list(names)
            if turn.question.follows is None or not turn.question.follows.prefix:
                break
        return "", []

    def _with_names(self, text: str) -> tuple[str, list[str]]:
        """A text with the names that its pronouns and ordinals mean, and those names."""
        parts: list[str] = []
        meant: list[str] = []
        offset = 0
        for start, end, name, ending in self._antecedents(text):
            parts += [text[offset:start], name.text, ending]
            meant.append(name.text)
            offset = end
        return "".join([*parts, text[offset:]]), meant

    def _antecedents(self, text: str) -> Iterator[tuple[int, int, NameInText, str]]:
        """Start and end of words that mean a name, that name, and a possessive ending; each name once."""
        for match in _ORDINAL.finditer(text):
            if (ordinal := self._ordinal(match["which"].casefold().split()[0])) is not None:
                yield match.start(), match.end(), ordinal, ""
                return
        if (somebody := _THAT_PERSON.search(text)) is not None:
            person = next(iter(self._people(None)), None)
            if person is not None:
                yield somebody.start(), somebody.end(), person, ""
            return
        own = self._names.in_text(text, typed=True)
        chosen: dict[tuple[Gender, bool], NameInText | None] = {}
        said = {name.key for name in own}
        for match in _PERSONAL.finditer(text):
            gender: Gender = "he" if match.lastgroup in {"he", "his"} else "she"
            is_object, is_possessive = _case(text, match)
            if is_object and _WITH_ONESELF.search(text[: match.start()]):
                continue
            if is_possessive and any(
                name.start < match.start() and self._fits(name, gender) is not None for name in own
            ):
                continue
            if (gender, is_object) not in chosen:
                taken = {name.key for name in chosen.values() if name is not None} | said
                people = (name for name in self._people(gender) if name.key not in taken)
                chosen[gender, is_object] = next(people, None)
            name = chosen[gender, is_object]
            if name is not None and name.key not in said:
                said.add(name.key)
                yield match.start(), match.end(), name, "’s" if is_possessive else ""

    def _fits(self, name: NameInText, gender: Gender | None) -> float | None:
        """How surely a name is that of a "he" or "she", or of either; ``None`` if it is not."""
        known = self._names.gender(name)
        if not self._names.is_person(name) or (gender is not None and known not in {gender, None}):
            return None
        return _GENDER_KNOWN if known else 0.0

    def _people(self, gender: Gender | None) -> list[NameInText]:
        """People who may be meant, the likeliest first: by how lately, where and how they were named."""
        scores: dict[str, float] = {}
        people: dict[str, NameInText] = {}
        for ago, turn in enumerate(reversed(self._turns)):
            for name, salience in self._named(turn):
                fit = self._fits(name, gender)
                score = salience + _AGO * ago + (fit or 0)
                if fit is not None and score > scores.get(name.key, -100.0):
                    scores[name.key] = score
                    people[name.key] = name
        return sorted(people.values(), key=lambda name: -scores[name.key])

    def _named(self, turn: Turn) -> Iterator[tuple[NameInText, float]]:
        """Names in a question and in what was shown first for it, with how salient each is."""
        core = turn.question.core
        asked = self._names.in_text(core, typed=True)
        # "Who is Ann?" names its answer, "Who did Ann meet?" may be gone on from with either.
        who = None if _WHO_IS.match(core) and asked else _ASKS_WHO.search(core)
        is_settled = bool(asked) and _WHOM.match(core) is not None
        for number, name in enumerate(asked):
            salience = _ASKED if who is None or is_settled else _ASKED_BESIDE_WHO
            yield name, salience - 0.1 * number + (_POSSESSIVE / 2 if name.is_possessive else 0)
        if not turn.passages:
            return
        answering = _ANSWERING if who is None else _ANSWER_WHEN_SETTLED if is_settled else _ANSWER_TO_WHO
        elsewhere = _SHOWN if who is None else _SHOWN_FOR_WHO
        wants_source = who is not None and _SOURCE.search(who[0]) is not None
        keys = {name.key for name in asked}
        for number, name in enumerate(self._names.in_text(turn.passages[0].text)):
            if name.key in keys:
                continue
            is_answering = any(start <= name.start < end for start, end in turn.spans)
            salience = (answering if is_answering else elsewhere) - 0.02 * number
            salience += _ACTS * name.acts + _POSSESSIVE * name.is_possessive
            yield name, salience + (_NO_SOURCE if wants_source and self._names.is_subject(name) else 0)

    def _ordinal(self, which: str) -> NameInText | None:
        """The name that is the second, the last ... of those asked about or shown."""
        turn = self._turns[-1]
        names = self._persons(self._names.in_text(turn.question.core, typed=True))
        if len(names) < 2 and turn.passages:
            shown = self._names.in_text(turn.passages[0].text)
            names = self._persons([name for name in shown if not self._names.is_subject(name)])
        number = _PLACES.get(which)
        if number is None or len(names) < 2 or not -len(names) <= number < len(names):
            return None
        return names[number]

    def _persons(self, names: Sequence[NameInText]) -> list[NameInText]:
        persons: dict[str, NameInText] = {}
        for name in names:
            if self._names.is_person(name):
                persons.setdefault(name.key, name)
        return list(persons.values())


def _case(text: str, pronoun: re.Match[str]) -> tuple[bool, bool]:
    """Whether a personal pronoun is an object, and whether it is a possessive."""
    if pronoun.lastgroup == "her":
        is_object = _AFTER_OBJECT.match(text, pronoun.end()) is not None
        return is_object, not is_object
    return pronoun[0].casefold() == "him", pronoun.lastgroup in {"his", "hers"}
