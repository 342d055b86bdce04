"""Alter questions so that an excerpt no longer answers them, as with a false premise or a wrong name."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
import Stemmer
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from wordfreq import zipf_frequency

from assistant.evaluation.datasets import DatasetQuestion
from assistant.retrieval.models.weights import DEFAULT_MODEL, model_folder
from assistant.retrieval.questions import FRAMING_WORDS, FUNCTION_WORDS, casefolded_word

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_ENDINGS = ("ing", "ed", "ly", "s", "")
# Cosines between words of one field but of different meaning: leave and join, singer and poet.
_NEAR = (0.20, 0.36)


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

    def of(self, word: str) -> list[str]:
        """Related words with the same ending; none for a word that is not a single word piece."""
        if word not in self._numbers:
            return []
        cosines = self._rows @ self._rows[self._numbers[word]]
        near = np.flatnonzero((cosines > _NEAR[0]) & (cosines < _NEAR[1]))
        candidates = (self._words[number] for number in near)
        return [candidate for candidate in candidates if _ending(candidate) == _ending(word)]


class QuestionAlterer:
    """Exchanges one characteristic word, name or number of a question for another of the same kind.

    Args:
        questions: Questions whose words, names and numbers are used.
        corpus: Texts of each document, whose numbers are used.
        chance: Source of random choices.
    """

    def __init__(
        self,
        questions: Iterable[DatasetQuestion],
        corpus: Mapping[str, Mapping[str, str]],
        chance: random.Random,
    ) -> None:
        self._chance = chance
        self._stem = Stemmer.Stemmer("english").stemWord
        self._neighbours = Neighbours()
        self._words: dict[str, list[str]] = defaultdict(list)
        self._names: list[str] = []
        self._numbers: list[str] = []
        for question in questions:
            for word in self._characteristic(question.text):
                self._words[_ending(word)].append(word)
            self._names.extend(_NAME.findall(question.text))
            self._numbers.extend(_NUMBER.findall(question.text))
        for texts in corpus.values():
            for text in texts.values():
                self._numbers.extend(_NUMBER.findall(text)[:2])

    def altered(self, question: str, text: str) -> str | None:
        """Alter a question that a text answers; ``None`` if it has nothing to exchange.

        What is inserted does not occur in the text.
        """
        names, numbers = _NAME.findall(question), _NUMBER.findall(question)
        words = self._characteristic(question)
        kinds = [(names, self._names), (numbers, self._numbers)]
        choices = [pair for pair in kinds if pair[0] and pair[1]]
        if words:
            choices.extend([(words, [])] * 2)
        if not choices:
            return None
        candidates, pool = self._chance.choice(choices)
        old = self._chance.choice(candidates)
        pool = pool or self._neighbours.of(old) or self._words[_ending(old)]
        stems = {self._stem(casefolded_word(word)) for word in _WORD.findall(f"{question} {text}")}
        for _ in range(20):
            new = self._chance.choice(pool)
            if new.casefold() in text.casefold() or self._stem(casefolded_word(new)) in stems:
                continue
            return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new.replace("\\", ""), question, count=1)
        return None

    def _characteristic(self, text: str) -> list[str]:
        """Lower-case content words that are rare enough to be specific."""
        return [
            word
            for word in _WORD.findall(text)
            if word.islower()
            and len(word) > 3
            and word not in FUNCTION_WORDS
            and word not in FRAMING_WORDS
            and zipf_frequency(word, "en") < 5.3
        ]


def _ending(word: str) -> str:
    return next(ending for ending in _ENDINGS if word.endswith(ending))
