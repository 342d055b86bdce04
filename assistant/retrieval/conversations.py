"""What was shown for the earlier questions of a conversation, and what that means for the next."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from assistant.core.essay import SEARCHED_KINDS, Kind, Passage, Spans, StoredEssay
from assistant.retrieval.follow_ups import MOST_TURNS, Turn, may_lean, understood
from assistant.retrieval.index.ordering import DECIMALS
from assistant.retrieval.names import Names, family
from assistant.retrieval.passages import SelectedPassages
from assistant.retrieval.questions import Question, cleaned
from assistant.retrieval.ranking import Ranked, in_order

# Added to the scores of a follow-up's passages: of the one shown first for the question before, of those
# around it, and of its notes; of one that gives a reason, if that is asked; of those that have a name that is
# meant; and taken from what was shown if somebody else is sought, or
# from a block quotation if a reason is.
_SHOWN_FIRST, _AROUND_SHOWN, _NOTE_OF_SHOWN = 0.03, 0.015, 0.03
_REASON, _NAMES_IT, _SHOWN_BEFORE, _QUOTED = 0.03, 0.03, 0.04, 0.06
# Passages that are looked through for a name.
_MOST_NAMED = 100
# Earlier questions whose reading is remembered, of all conversations together.
_MOST_TURNS_CACHED = 200
_GIVES_REASON = re.compile(
    r"\b(?:because|since|in order to|so that|therefore|thus|hence|reason|why|due to|as a result|owing to|lest"
    r"|purpose|caused?|causes)\b",
    re.IGNORECASE,
)
_QUOTED_KINDS: frozenset[Kind] = frozenset({"blockquote", "verse"})


class Conversations:
    """Reads follow-ups, and ranks passages for them.

    Args:
        essays: The essays, by id; may load each essay when it is looked up.
        passages: Their passages, by id.
        corrected: Corrects the typos of a question.
        shown: Returns the passages shown for a question among some, and the answering sentences of the first.
    """

    def __init__(
        self,
        essays: Mapping[str, StoredEssay],
        passages: Mapping[str, Passage],
        corrected: Callable[[Question], Question],
        shown: Callable[[Question, Collection[str] | None], tuple[Sequence[Ranked], Spans]],
    ) -> None:
        self._essays = essays
        self._passages = passages
        self._corrected = corrected
        self._shown = shown
        self._turns: dict[tuple[object, ...], Turn] = {}
        self._names: dict[tuple[str, ...], Names] = {}

    def understood(
        self, text: str, history: Sequence[str] = (), among: Collection[str] | None = None
    ) -> Question:
        """Read a question as the conversation before it makes it understood.

        Args:
            text: The question as the user typed it.
            history: Earlier questions of the conversation, oldest first.
            among: Ids of the passages that are searched; ``None`` for all.
        """
        question = Question.of(text)
        earlier = [entry for entry in map(cleaned, history) if entry][-MOST_TURNS:]
        if not earlier or not question.words or not may_lean(question.text):
            return question
        turns: list[Turn] = []
        for entry in earlier:
            turns.append(self._turn(entry, tuple(turns), among))
        corrected = self._corrected(question)
        read = understood(corrected.text, turns, self._names_of(turns))
        if read.follows is None:
            return question
        return replace(read, is_cut=question.is_cut, corrections=corrected.corrections)

    def _turn(self, text: str, turns: tuple[Turn, ...], among: Collection[str] | None) -> Turn:
        """An earlier question with what was shown for it."""
        before = tuple(turn.question.text for turn in turns) if may_lean(text) else ()
        is_selection = among is None or isinstance(among, SelectedPassages)
        searched = among if is_selection else frozenset(among or ())
        key = (text, before, searched)
        if key not in self._turns:
            question = understood(self._corrected(Question.of(text)).text, turns, self._names_of(turns))
            shown, spans = self._shown(question, among)
            if len(self._turns) >= _MOST_TURNS_CACHED:
                self._turns.clear()
            passages = tuple(self._passages[ranked.passage] for ranked in shown)
            self._turns[key] = Turn(question, passages, spans)
        return self._turns[key]

    def _names_of(self, turns: Sequence[Turn]) -> Names:
        """The names of the essays whose passages were shown first."""
        essays = tuple(dict.fromkeys(passage.essay_id for turn in turns for passage in turn.passages[:1]))
        if essays not in self._names:
            self._names[essays] = Names(
                passage for essay_id in essays for passage in self._essays[essay_id].passages
            )
        return self._names[essays]

    def preferring(self, question: Question, ranked: list[Ranked]) -> list[Ranked]:
        """Prefer what was shown for the question before, or other passages, as a follow-up asks."""
        follows = question.follows
        if follows is None or not follows.shown:
            return ranked
        first = self._passages[follows.shown[0]]
        changes: dict[str, float] = defaultdict(float, {mark.passage: _NOTE_OF_SHOWN for mark in first.notes})
        if follows.seeks == "else":
            changes |= dict.fromkeys(
                follows.shown[:1] if follows.corrects else follows.earlier, -_SHOWN_BEFORE
            )
        elif follows.seeks == "any" and not follows.in_frame:
            changes |= self._near(first, asks_why=follows.asks_why)
        patterns = [_name_pattern(family(name)) for name in follows.names]
        for passage in ranked[:_MOST_NAMED] if patterns else ():
            text = self._passages[passage.passage].text
            if any(pattern.search(text) for pattern in patterns):
                changes[passage.passage] += _NAMES_IT
        raised = in_order(
            replace(passage, score=round(passage.score + changes[passage.passage], DECIMALS))
            if passage.passage in changes
            else passage
            for passage in ranked
        )
        return _stepped_back(raised, follows.earlier) if follows.seeks == "others" else raised

    def _near(self, first: Passage, *, asks_why: bool) -> dict[str, float]:
        """What is added to the scores of a passage that was shown and of those around it."""
        searched = [
            passage for passage in self._essays[first.essay_id].passages if passage.kind in SEARCHED_KINDS
        ]
        place = searched.index(first)
        around, following = searched[max(place - 1, 0) : place + 2], searched[place + 1 : place + 2]
        raised = dict.fromkeys([passage.id for passage in around], _AROUND_SHOWN) | {first.id: _SHOWN_FIRST}
        if first.kind in _QUOTED_KINDS:
            # An essay discusses what it quotes in the paragraph after it.
            raised |= {passage.id: _SHOWN_FIRST for passage in following}
            if asks_why:
                # It shows what happens, and seldom why.
                raised[first.id] = -_QUOTED
        if asks_why:
            for passage in around:
                if _GIVES_REASON.search(passage.text):
                    raised[passage.id] += _REASON
        return raised


def _name_pattern(name: str) -> re.Pattern[str]:
    """Match a name as a whole word, with its capital if it was typed with one: Black is not black."""
    flags = re.IGNORECASE if name.islower() else re.NOFLAG
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", flags)


def _stepped_back(ranked: list[Ranked], shown: Collection[str]) -> list[Ranked]:
    """Put passages that were shown before after the two best others."""
    others = [passage for passage in ranked if passage.passage not in shown]
    low = others[1].score if len(others) > 1 else 0.0
    back = [replace(passage, score=min(passage.score, low)) for passage in ranked if passage.passage in shown]
    return [*others[:2], *sorted([*back, *others[2:]], key=lambda passage: -passage.score)]
