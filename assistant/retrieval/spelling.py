"""Correct typos in a question, by the words that the essays print."""

from __future__ import annotations

import re

from assistant.retrieval.index.index import WORD, Vocabulary

# Shorter words are similar to too many others; longer words may have two typos.
_SHORTEST, _LONG = 5, 8
# Once in ten million words (Zipf scale). Common typos are found in print too, but are rarer.
_IN_USE = 2.0


class Speller:
    """Corrects words that are nearly those of some essays.

    Args:
        vocabulary: How often each word occurs in the essays; see ``vocabulary_of`` in ``index.index``.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known = {word.casefold() for word in self._vocabulary}
        # In alphabetical order, so that of equally good words the same is taken whichever essay was added
        # first.
        self._long = sorted(word for word in self._vocabulary if len(word) >= _SHORTEST)

    def corrected(self, question: str) -> tuple[str, dict[str, str]]:
        """Correct the typos of a question.

        Returns:
            The corrected question, and each misspelt word with its correction. A word counts as misspelt if
            neither the essays nor English have it and it is similar to a word of the essays.
        """
        corrections: dict[str, str] = {}
        for word in dict.fromkeys(WORD.findall(question)):
            if self._is_unknown(word) and (correction := self._nearest(word)) is not None:
                corrections[word] = correction
        for word, correction in corrections.items():
            question = re.sub(rf"(?<![^\W_]){word}(?![^\W_])", correction, question)
        return question, corrections

    def _is_unknown(self, word: str) -> bool:
        return len(word) >= _SHORTEST and word.casefold() not in self._known

    def similar(self, word: str) -> str | None:
        """The word of the essays that is most like a word they do not have; ``None`` if none is near.

        Of words as near, one that begins or goes on like it ("Darwin" and "Darwinian") comes last.
        """
        if len(word) < _SHORTEST:
            return None
        if near := self._near(word):
            return near
        key = word.casefold()
        related = [other for other in self._long if _is_longer(key, other.casefold())]
        return max(related, key=lambda other: self._vocabulary[other], default=None)

    def _nearest(self, word: str) -> str | None:
        """The word of the essays that a misspelt word was meant to be."""
        near = self._near(word)
        return near if near is not None and not _is_english(word) else None

    def _near(self, word: str) -> str | None:
        """The word of the essays with the fewest typos between it and a word."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most_typos = 2 if len(word) >= _LONG else 1
        matches = process.extract(
            word,
            self._long,
            scorer=OSA.distance,
            processor=str.casefold,
            score_cutoff=most_typos,
            limit=10,
        )
        # Nobody mistypes the first letter and another one as well.
        near = [
            (essay_word, typos)
            for essay_word, typos, _ in matches
            if typos == 1 or essay_word[0].casefold() == word[0].casefold()
        ]
        return min(near, key=lambda match: (match[1], -self._vocabulary[match[0]]))[0] if near else None


def _is_longer(word: str, other: str) -> bool:
    """Whether one of two casefolded words begins with the other."""
    return word.startswith(other) or other.startswith(word)


def _is_english(word: str) -> bool:
    """Whether a word is in use in English."""
    # Slow to load, so it is imported only for a word that is similar to one of the essays'.
    from wordfreq import zipf_frequency

    return bool(zipf_frequency(word, "en") >= _IN_USE)
