"""Slips of the keyboard in a question, mended from the essays' own words."""

from __future__ import annotations

import re

from assistant.retrieval.index.index import WORD, Vocabulary

# Shorter words have too many neighbours; longer ones may hold two slips.
_SHORTEST, _LONG = 5, 8
# Once in ten million words (Zipf scale); common slips are found in print too, but more seldom.
_IN_USE = 2.0


class Speller:
    """Knows the words of some essays.

    Args:
        printed: Their words; see ``vocabulary_of``.
    """

    def __init__(self, printed: Vocabulary) -> None:
        self._printed = printed
        self._known = {word.casefold() for word in self._printed}
        # Of words that are equally near and common the first by letters is taken, whichever essay came first.
        self._long = sorted(word for word in self._printed if len(word) >= _SHORTEST)

    def mended(self, question: str) -> tuple[str, dict[str, str]]:
        """A question with its slips mended.

        Args:
            question: The question.

        Returns:
            The question, and each word that was exchanged with the word put in its place: a word that
            neither the essays nor the language knows, for the nearest word of the essays.
        """
        changes: dict[str, str] = {}
        for word in dict.fromkeys(WORD.findall(question)):
            found = self._nearest(word) if self._unknown(word) else None
            if found is not None:
                changes[word] = found
        for word, found in changes.items():
            question = re.sub(rf"(?<![^\W_]){word}(?![^\W_])", found, question)
        return question, changes

    def _unknown(self, word: str) -> bool:
        return len(word) >= _SHORTEST and word.casefold() not in self._known

    def _nearest(self, word: str) -> str | None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed = 2 if len(word) >= _LONG else 1
        near = process.extract(
            word,
            self._long,
            scorer=OSA.distance,
            processor=str.casefold,
            score_cutoff=allowed,
            limit=10,
        )
        # Nobody mistypes the first letter and another one besides.
        near = [one for one in near if one[1] == 1 or one[0][0].casefold() == word[0].casefold()]
        if not near or _is_english(word):
            return None
        return min(near, key=lambda one: (one[1], -self._printed[one[0]]))[0]


def _is_english(word: str) -> bool:
    """Whether a word is in use; asked only of words that are nearly one of the essays'."""
    from wordfreq import zipf_frequency

    return bool(zipf_frequency(word, "en") >= _IN_USE)
