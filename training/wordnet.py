"""Opposites and synonyms from WordNet (Debian's package ``wordnet-base``), with the endings of English.

Source: Fellbaum 1998; the format is described in wndb(5WN).
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

_PARTS = ("adj", "adv", "noun", "verb")
# Pairs of an ending and what the lemma ends with instead, as WordNet's own morphology has them.
_ENDINGS = (
    ("ies", "y"), ("es", ""), ("es", "e"), ("s", ""), ("ied", "y"), ("ed", "e"), ("ed", ""), ("ing", "e"),
    ("ing", ""),
)  # fmt: skip
_VOWELS = "aeiou"


class WordNet:
    """Related words, in the form of the word asked for.

    Args:
        folder: Folder with ``data.verb`` and the like.
    """

    def __init__(self, folder: Path) -> None:
        synsets: dict[tuple[str, str], list[str]] = {}
        links: list[tuple[str, str, str, int]] = []
        self._synonyms: dict[str, list[str]] = defaultdict(list)
        self._opposites: dict[str, list[str]] = defaultdict(list)
        self._irregular: dict[str, str] = {}
        first_sense: dict[tuple[str, str], str] = {}
        for part in _PARTS:
            for line in _lines(folder / f"index.{part}"):
                fields = line.split()
                senses = int(fields[2])
                first_sense[part, fields[0]] = fields[-senses]
            for line in _lines(folder / f"data.{part}"):
                fields = line.split()
                count = int(fields[3], 16)
                words = [fields[4 + 2 * number].partition("(")[0] for number in range(count)]
                synsets[part, fields[0]] = words
                at = 4 + 2 * count
                for number in range(int(fields[at])):
                    symbol, target, _, ends = fields[at + 1 + 4 * number : at + 5 + 4 * number]
                    source, goal = bytes.fromhex(ends)
                    if symbol == "!" and source:
                        links.append((part, words[source - 1], target, goal))
            for line in _lines(folder / f"{part}.exc"):
                inflected, lemma = line.split()[:2]
                self._irregular[inflected] = lemma
        for part, word, target, goal in links:
            opposite = synsets[part, target][goal - 1]
            if opposite.isalpha():
                self._opposites[word.lower()].append(opposite.lower())
        for (part, lemma), target in first_sense.items():
            others = [
                word.lower() for word in synsets[part, target] if word.lower() != lemma and word.isalpha()
            ]
            self._synonyms[lemma].extend(others)

    def opposites(self, word: str) -> list[str]:
        """Words of the opposite meaning."""
        return self._related(word, self._opposites)

    def synonyms(self, word: str) -> list[str]:
        """Words of the same meaning, in the most frequent sense."""
        return self._related(word, self._synonyms)

    def _related(self, word: str, table: dict[str, list[str]]) -> list[str]:
        found = list(table.get(word, ()))
        if word in self._irregular:
            past = "ed" if word[-1] in "dtnw" else "s"
            found += [_inflected(other, past) for other in table.get(self._irregular[word], ())]
        for ending, lemma_ending in _ENDINGS:
            if word.endswith(ending):
                lemma = word[: -len(ending)] + lemma_ending
                found += [_inflected(other, _plain(ending)) for other in table.get(lemma, ())]
        return [other for other in dict.fromkeys(found) if other != word]


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("latin-1").split("\n") if line and not line.startswith("  ")]


def _plain(ending: str) -> str:
    return {"ies": "s", "es": "s", "ied": "ed"}.get(ending, ending)


def _inflected(lemma: str, ending: str) -> str:
    """A lemma with a regular ending."""
    if ending == "s":
        if lemma[-1] == "y" and lemma[-2:-1] not in _VOWELS:
            return lemma[:-1] + "ies"
        return lemma + ("es" if lemma.endswith(("s", "x", "ch", "sh", "z")) else "s")
    if lemma[-1] == "e":
        return lemma[:-1] + ending
    if ending == "ed" and lemma[-1] == "y" and lemma[-2:-1] not in _VOWELS:
        return lemma[:-1] + "ied"
    return lemma + ending
