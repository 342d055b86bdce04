"""Letters that look like others, and what cannot be seen: never exact where a letter differs."""

from __future__ import annotations

import unicodedata
from functools import cache
from random import Random

import pytest
from essay_library import ROOT
from misquotations import spans

from assistant.core.essay import StoredEssay
from assistant.library import store
from assistant.quotations.corpus import Corpus

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# Letters of other alphabets and styles that look the same.
ALIKE = dict(zip("acdeghijnopsuxyAHKOT", "асԁеɡһіјոоρѕυхуΑНΚОТ", strict=True))
STYLED = {chr(97 + number): chr(0x1D41A + number) for number in range(26)}
WIDE = {chr(code): chr(code + 0xFEE0) for code in range(33, 127)}
JOINED = {"ae": "æ", "oe": "œ", "ss": "ß", "ij": "ĳ", "dz": "ǳ", "th": "ᵺ"}
COMBINING = "\u0300\u0301\u0308\u0327\u0336\u0338\u034f\u20d0\u0483\ufe20\u0345"
FIGURES = ("1", "7", "¹", "²", "₁", "①", "１", "٣", "½", "Ⅳ", "(1)", "ª", "ⁿ")


@cache
def _sample() -> tuple[StoredEssay, Corpus, str]:
    essay = store.load(ROOT / "data" / "chunks" / "sample.jsonl")
    return essay, Corpus([essay]), _letters("\n".join(one.text for one in essay.passages))


def _letters(text: str) -> str:
    """Letters, figures and accents, with nothing between them."""
    seen = "".join(ch for ch in text if ch not in INVISIBLE)
    plain = seen.replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff").replace("ﬆ", "st")
    whole = unicodedata.normalize("NFC", plain)
    return "".join(ch for ch in whole if ch.isalnum() or unicodedata.category(ch).startswith("M"))


def _put(words: str, rng: Random, table: dict[str, str]) -> str:
    places = [at for at, ch in enumerate(words) if ch in table]
    at = rng.choice(places) if places else 0
    return words[:at] + table.get(words[at], "ſ") + words[at + 1 :]


def _added(words: str, rng: Random, signs: str | tuple[str, ...]) -> str:
    at = rng.randrange(1, len(words) + 1)
    return words[:at] + rng.choice(signs) + words[at:]


def _alterations(words: str, rng: Random) -> list[str]:
    joined = [words.replace(one, other, 1) for one, other in JOINED.items() if one in words]
    return [
        *(_put(words, rng, table) for table in (ALIKE, STYLED, WIDE, {"i": "ı", "I": "İ", "s": "ſ"})),
        _added(words, rng, COMBINING),
        _added(words, rng, FIGURES),
        *joined,
    ]


@pytest.mark.parametrize("seed", range(8))
def test_no_letter_is_taken_for_another(seed: int) -> None:
    essay, corpus, printed = _sample()
    rng = Random(seed)
    tried = 0
    for (passage, start, end), _ in zip(spans(rng, essay.passages, 3), range(12), strict=False):
        for quoted in _alterations(passage.text[start:end], rng):
            if _letters(quoted) not in printed:
                assert corpus.look_up(quoted).verdict != "exact", ascii(quoted)
                tried += 1
    assert tried > 40


@pytest.mark.parametrize(
    "quoted",
    [
        "Аugustine had", "Augustine hаd", "Ａugustine had", "Augustine ｈad", "Augustıne had",
        "Augustine haԁ",
        "Augustine had\u0301", "Aug\u034fustine had", "Augustine ha𝐝", "Augustineh ad", "Augustine had1",
        "Augustine had²", "Augustine\u200bhad", "Augustine\u00adhad", "Augu\u00ad stine had",
        "Au\u200b gustine had",
        "Augustine \u202ehad", "Augus\ufe0ftine had", "Augustine\u3164had", "augustine had", "Augustine haᵭ",
    ],
)  # fmt: skip
def test_what_only_looks_the_same_is_altered(quoted: str) -> None:
    assert _sample()[1].look_up(quoted).verdict != "exact"


@pytest.mark.parametrize("sign", INVISIBLE)
def test_what_cannot_be_seen_within_a_word_changes_nothing(sign: str) -> None:
    for quoted in (f"Augus{sign}tine had", f"{sign}Augustine had{sign}", f"Augustine {sign}had"):
        assert _sample()[1].look_up(quoted).verdict == "exact"


def test_forms_of_one_letter_are_the_same() -> None:
    printed = next(one for one in _sample()[0].passages if "the first" in one.text)
    at = printed.text.index("the first")
    words = printed.text[at : at + 9]
    for quoted in (words.replace("fi", "ﬁ"), words.replace("st", "ﬆ"), unicodedata.normalize("NFD", words)):
        assert _sample()[1].look_up(quoted).verdict == "exact"
