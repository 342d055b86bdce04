"""Words of a draft that stand in an essay."""

from __future__ import annotations

from random import Random

from handmade_essays import essay, passage
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.quotations.corpus import Corpus

FIRST = "One two three four five six seven eight nine ten eleven twelve."
CORPUS = Corpus(
    [
        essay(
            passage("one/title", "A title of eight words and no one less here", "title"),
            passage("one/p01", FIRST),
            passage("one/p02", "Red orange yellow green blue don't well-known violet café brown."),
        ),
        essay(passage("two/p01", f"Zero {FIRST.lower()[:-1]} thirteen.")),
    ]
)


def _runs(draft: str, shortest: int = 8) -> list[tuple[str, int, tuple[str, ...]]]:
    found = CORPUS.reused(draft, shortest)
    return [(draft[one.start : one.end], one.words, one.place.passages) for one in found]


def test_a_run_is_found_whatever_its_case_and_points() -> None:
    draft = "I say: ONE, two three - four (five) six seven “eight” nine; and more."
    assert _runs(draft) == [("ONE, two three - four (five) six seven “eight” nine", 9, ("one/p01",))]


def test_a_run_of_seven_words_is_none() -> None:
    assert _runs("x one two three four five six seven y") == []
    assert [words for _, words, _ in _runs("x one two three four five six seven y", 7)] == [7]


def test_the_longest_place_is_taken() -> None:
    draft = "zero one two three four five six seven eight nine ten eleven twelve thirteen"
    assert [(words, where) for _, words, where in _runs(draft)] == [(14, ("two/p01",))]


def test_a_run_goes_over_the_end_of_a_paragraph_but_not_of_an_essay() -> None:
    draft = "eight nine ten eleven twelve red orange yellow"
    assert [(words, where) for _, words, where in _runs(draft)] == [(8, ("one/p01", "one/p02"))]
    assert _runs("blue don't well-known violet café brown zero one two three") == []


def test_hyphens_apostrophes_and_accents_are_no_hindrance() -> None:
    assert len(_runs("red orange yellow green blue don’t wellknown violet cafe brown")) == 1


def test_titles_are_no_running_text() -> None:
    assert _runs("a title of eight words and no one less here") == []


def test_two_runs_stand_in_order() -> None:
    draft = f"{FIRST} And then: red orange yellow green blue don't well-known violet. {FIRST}"
    assert [words for _, words, _ in _runs(draft)] == [12, 8, 12]


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(3, 9))
def test_runs_are_what_a_plain_search_finds(seed: int, shortest: int) -> None:
    rng = Random(seed)
    corpus_words = rng.choices("a b c".split(), k=40)
    draft_words = rng.choices("a b c d".split(), k=40)
    corpus = Corpus([essay(passage("one/p01", " ".join(corpus_words)))])
    printed = f" {' '.join(corpus_words)} "
    expected, at = [], 0
    while at < len(draft_words):
        rest = draft_words[at:]
        most = max(k for k in range(len(rest) + 1) if not k or f" {' '.join(rest[:k])} " in printed)
        if most >= shortest:
            expected.append((2 * at, most))
        at += most if most >= shortest else 1
    found = corpus.reused(" ".join(draft_words), shortest)
    assert [(one.start, one.words) for one in found] == expected
    assert all(one.place.text == " ".join(draft_words)[one.start : one.end] for one in found)
