"""Alter questions so that an excerpt no longer answers them, as with a false premise or a wrong name.

Each alteration keeps nearly all words of the question. What it changes contradicts the excerpt or does not
occur in it: a name, a number, a characteristic word, the roles of two names, a predicate turned into its
opposite or denied, what happened, or what is asked for. ``QuestionAlterer.reworded`` does the reverse: it
changes words and keeps the meaning.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import Stemmer
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from wordfreq import zipf_frequency
from wordnet import WordNet

from assistant.evaluation.datasets import DatasetQuestion
from assistant.retrieval.models.weights import DEFAULT_MODEL, model_folder
from assistant.retrieval.questions import FRAMING_WORDS, FUNCTION_WORDS, casefolded_word

WORDNET = Path("/usr/share/wordnet")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_AUXILIARY = re.compile(
    r"\b(?P<verb>is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|may|might|must)\b"
)
_DENIED = re.compile(
    r"\b(?:is|are|was|were|do|does|did|ca|could|wo|would|should|has|have|had)n[’']t\b|\bnot\b|\bnever\b"
)
_WHEN = re.compile(
    r"\d|\b(?:when|after|before|while|during|until|century|year|day|night|morning|evening|month|week|hour|once|then|"
    r"soon|later|age|winter|summer|spring|autumn|january|february|march|april|may|june|july|august|september|october|"
    r"november|december)",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\b(?:because|since|so|as|for|therefore|thus|hence|due|reason|cause|led|in order|to)\b", re.IGNORECASE
)
# What a question asks for, and what an excerpt that tells it would have.
_ASKED = (("When", _WHEN), ("Why", _WHY))
_OPENING = re.compile(
    r"^(?:When|Why|Where|How)(?= (?:is|are|was|were|do|does|did|can|could|will|would|has|have|had)\b)"
)
_ENDINGS = ("ing", "ed", "ly", "s", "")
# Cosines between words of one field but of different meaning: leave and join, singer and poet.
_NEAR = (0.20, 0.36)
_TRIES = 20


class Neighbours:
    """Related words, by the cosine of the model's own word vectors."""

    def __init__(self) -> None:
        folder = model_folder(DEFAULT_MODEL)
        assert folder is not None  # noqa: S101 - the default model is on this machine
        vocabulary = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
        table = load_file(str(folder / "model.safetensors"))["embeddings.word_embeddings.weight"]
        self._words = [word for word in vocabulary if word.isalpha() and word.isascii() and len(word) > 3]
        rows = table[[vocabulary[word] for word in self._words]]
        rows = rows - rows.mean(axis=0)
        self._rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        self._numbers = {word: number for number, word in enumerate(self._words)}
        # A product with all rows takes some milliseconds, and characteristic words come back.
        self.of = cache(self._of)

    def _of(self, word: str) -> list[str]:
        """Related words with the same ending; none for a word that is not a single word piece."""
        if word not in self._numbers:
            return []
        cosines = self._rows @ self._rows[self._numbers[word]]
        near = np.flatnonzero((cosines > _NEAR[0]) & (cosines < _NEAR[1]))
        candidates = (self._words[number] for number in near)
        return [candidate for candidate in candidates if _ending(candidate) == _ending(word)]


class QuestionAlterer:
    """Alters the questions of one set.

    Args:
        questions: Questions whose words, names, numbers and predicates are used.
        corpus: Texts of each document, whose names and numbers are used.
        chance: Source of random choices.
        wordnet: Folder of WordNet.
    """

    def __init__(
        self,
        questions: Iterable[DatasetQuestion],
        corpus: Mapping[str, Mapping[str, str]],
        chance: random.Random,
        wordnet: Path = WORDNET,
    ) -> None:
        self._chance = chance
        self._stem = Stemmer.Stemmer("english").stemWord
        self._neighbours = Neighbours()
        self._wordnet = WordNet(wordnet)
        self._words: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        self._numbers: list[str] = []
        self._asked: dict[str, list[str]] = defaultdict(list)
        for question in questions:
            for word in self._characteristic(question.text):
                self._words[_ending(word)].append(word)
            for name in _NAME.findall(question.text):
                self._names[""].append(name)
                self._names[question.doc or ""].append(name)
            self._numbers.extend(_NUMBER.findall(question.text))
            self._asked[question.doc or ""].append(question.text)
        for doc, texts in corpus.items():
            for text in texts.values():
                self._numbers.extend(_NUMBER.findall(text)[:2])
                self._names[doc].extend(_NAME.findall(text)[:8])

    def altered(self, question: str, text: str, doc: str = "") -> str | None:
        """Alter a question that a text answers in one way at random; ``None`` if no way applies."""
        ways = dict(self.alterations(question, text, doc))
        return ways[self._chance.choice(sorted(ways))] if ways else None

    def alterations(self, question: str, text: str, doc: str = "") -> list[tuple[str, str]]:
        """All kinds of alterations that apply, one of each.

        Args:
            question: A question that the text answers.
            text: The text.
            doc: The document it is from.
        """
        made = {
            "name": self._renamed(question, text, doc),
            "number": self._exchanged(question, text, _NUMBER.findall(question), self._numbers),
            "word": self._reworded_wrongly(question, text),
            "opposite": self._opposed(question, text),
            "denied": self._denied(question, text),
            "roles": self._roles_swapped(question),
            "event": self._of_another_event(question, text, doc),
            "asked": self._asked_otherwise(question, text),
        }
        return [(kind, new) for kind, new in made.items() if new and new != question]

    def reworded(self, question: str) -> str | None:
        """Exchange one or two characteristic words for synonyms; ``None`` if none has one."""
        words = self._characteristic(question)
        self._chance.shuffle(words)
        new, count = question, 0
        for word in words:
            synonyms = [other for other in self._wordnet.synonyms(word) if zipf_frequency(other, "en") > 2.5]
            if synonyms and count < 2:
                new, count = _replaced(new, word, self._chance.choice(synonyms)), count + 1
        return new if count else None

    def _renamed(self, question: str, text: str, doc: str) -> str | None:
        names = _NAME.findall(question)
        # Names of the same document tempt more.
        pool = self._names[doc] if doc in self._names and self._chance.random() < 0.75 else self._names[""]
        return self._exchanged(question, text, names, pool)

    def _reworded_wrongly(self, question: str, text: str) -> str | None:
        words = self._characteristic(question)
        if not words:
            return None
        old = self._chance.choice(words)
        return self._exchanged(question, text, [old], self._neighbours.of(old) or self._words[_ending(old)])

    def _opposed(self, question: str, text: str) -> str | None:
        """One word turned into its opposite, unless the text has the opposite too."""
        for word in self._chance.sample(words := _lower_words(question), len(words)):
            opposites = [other for other in self._wordnet.opposites(word) if other not in text.casefold()]
            if word not in FUNCTION_WORDS and opposites:
                return _replaced(question, word, self._chance.choice(opposites))
        return None

    def _denied(self, question: str, text: str) -> str | None:
        """The predicate denied, unless the text or the question itself denies something."""
        match = _AUXILIARY.search(question)
        if match is None or _DENIED.search(question) or _DENIED.search(text):
            return None
        verb, rest = match["verb"], question[match.end() :]
        if match.start() == 0:
            return None
        short = {"can": "can’t", "will": "won’t", "may": "may not", "might": "might not", "must": "must not"}
        if self._chance.random() < 0.5:
            return question[: match.start()] + short.get(verb, f"{verb}n’t") + rest
        # "Why did the fox not run?": behind the subject, whose end a name or a common verb shows.
        subject = re.match(r" (?:(?:the|a|an|his|her|their|its) )?[\w’'-]+(?: [A-Z][\w’'-]+)*", rest)
        if subject is None or subject.end() == len(rest):
            return None
        word = "never" if self._chance.random() < 0.3 else "not"
        return f"{question[: match.end()]}{subject.group()} {word}{rest[subject.end() :]}"

    def _roles_swapped(self, question: str) -> str | None:
        names = list(dict.fromkeys(_NAME.findall(question)))
        if len(names) < 2:
            return None
        first, second = self._chance.sample(names, 2)
        return re.sub(
            rf"(?<!\w)(?:{re.escape(first)}|{re.escape(second)})(?!\w)",
            lambda match: second if match.group() == first else first,
            question,
        )

    def _of_another_event(self, question: str, text: str, doc: str) -> str | None:
        """Another question of the same document, about the person or thing of this one."""
        names = _NAME.findall(question)
        others = self._asked.get(doc, [])
        if not names or not others:
            return None
        for _ in range(_TRIES):
            other = self._chance.choice(others)
            others_names = _NAME.findall(other)
            words = set(self._characteristic(other))
            inside = {self._stem(casefolded_word(word)) for word in _WORD.findall(text)}
            strange = [word for word in words if self._stem(word) not in inside]
            if other != question and others_names and len(strange) >= 1:
                return _replaced(other, others_names[0], names[0])
        return None

    def _asked_otherwise(self, question: str, text: str) -> str | None:
        """Something else asked of the same event, of which the text has no sign."""
        opening = _OPENING.match(question)
        if opening is None:
            return None
        ways = [word for word, sign in _ASKED if word != opening.group() and not sign.search(text)]
        return self._chance.choice(ways) + question[opening.end() :] if ways else None

    def _exchanged(self, question: str, text: str, candidates: list[str], pool: list[str]) -> str | None:
        """One of some words exchanged for one of a pool that neither the question nor the text has."""
        if not candidates or not pool:
            return None
        old = self._chance.choice(candidates)
        stems = {self._stem(casefolded_word(word)) for word in _WORD.findall(f"{question} {text}")}
        for _ in range(_TRIES):
            new = self._chance.choice(pool)
            if new.casefold() in text.casefold() or self._stem(casefolded_word(new)) in stems:
                continue
            return _replaced(question, old, new)
        return None

    def _characteristic(self, text: str) -> list[str]:
        """Lower-case content words that are rare enough to be specific."""
        return [
            word
            for word in _lower_words(text)
            if len(word) > 3
            and word not in FUNCTION_WORDS
            and word not in FRAMING_WORDS
            and zipf_frequency(word, "en") < 5.3
        ]


def _lower_words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.islower()]


def _replaced(text: str, old: str, new: str) -> str:
    """A text with the first of a word replaced."""
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text, count=1)


def _ending(word: str) -> str:
    return next(ending for ending in _ENDINGS if word.endswith(ending))
