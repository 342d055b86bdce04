"""The order of results is the same on every processor, whatever other essays the library has had."""

from __future__ import annotations

from itertools import permutations
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from essay_library import Opened, hit_scores_of
from fake_models import FakeEncoder
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.library.adding import essay_of_passages
from assistant.retrieval import ranking
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.index import Vocabulary, build_index
from assistant.retrieval.index.ordering import best_first, rounded
from assistant.retrieval.questions import Question
from assistant.retrieval.ranking import Ranked, rank
from assistant.retrieval.search import Searcher
from assistant.retrieval.searching import PassageSearch
from assistant.retrieval.spelling import Speller

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.core.essay import StoredEssay
    from assistant.retrieval.models.encoder import Floats, Integers

# Passages that occur in several essays, so that many scores are equal.
_TEXTS = [
    "The keeper lit the lamp before dusk. Fog came. The keeper lit the lamp before dusk.",
    "Fog came.",
    "A harbour needs a bell. Nobody rang the bell, the pilot wrote.",
    "Fog came. Gulls slept.",
]
_ESSAYS = {
    "coast": [_TEXTS[1], _TEXTS[0], _TEXTS[2]],
    "bay": [_TEXTS[2], _TEXTS[1], _TEXTS[1]],
    "cape": [_TEXTS[3], _TEXTS[0], "Letters from the harbour took nine days."],
}
_QUESTIONS = ["Who lit the lamp?", "Did fog come?", "the bell in the harbour", "zebras", "“Fog came”"]
# Differences between processors stay far below this.
_NOISE = 1e-6


@st.composite
def _figures(draw: st.DrawFn) -> tuple[list[float], list[float], list[int]]:
    """Scores, the same with noise too small to change their rounding, and a place for each."""
    count = draw(st.integers(0, 40))
    steps = draw(st.lists(st.integers(-30, 30), min_size=count, max_size=count))
    offsets = draw(st.lists(st.floats(-4e-5, 4e-5), min_size=count, max_size=count))
    noise = draw(st.lists(st.floats(-_NOISE, _NOISE), min_size=count, max_size=count))
    scores = [step / 10_000 + offset for step, offset in zip(steps, offsets, strict=True)]
    noisy = [score + error for score, error in zip(scores, noise, strict=True)]
    return scores, noisy, draw(st.permutations(range(count)))


@given(_figures())
def test_noise_does_not_change_the_order(figures: tuple[list[float], list[float], list[int]]) -> None:
    scores, noisy, places = figures
    order = best_first(scores, places).tolist()
    assert best_first(noisy, places).tolist() == order
    assert order == sorted(range(len(scores)), key=lambda at: (-round(scores[at], 4), places[at]))
    np.testing.assert_array_equal(rounded(scores), rounded(noisy))


@given(_figures(), st.randoms(use_true_random=False))
def test_the_order_is_one_of_places_and_not_of_rows(
    figures: tuple[list[float], list[float], list[int]], chance: Random
) -> None:
    scores, _, places = figures
    rows = list(range(len(scores)))
    chance.shuffle(rows)
    found = best_first([scores[row] for row in rows], [places[row] for row in rows])
    assert [places[rows[at]] for at in found] == [places[at] for at in best_first(scores, places)]


def _essays(order: tuple[str, ...]) -> dict[str, StoredEssay]:
    texts = {name: {f"{name}/p{at}": text for at, text in enumerate(_ESSAYS[name], 1)} for name in order}
    return {name: essay_of_passages(name, name, own) for name, own in texts.items()}


def _finder(order: tuple[str, ...] = tuple(_ESSAYS)) -> Finder:
    """A finder of essays that were added in an order."""
    essays, encoder = _essays(order), FakeEncoder()
    passages = [passage for essay in essays.values() for passage in essay.passages]
    return Finder(build_index(passages, dict.fromkeys(essays, ""), encoder), encoder, essays)


@pytest.mark.parametrize("question", _QUESTIONS)
def test_equal_passages_are_ordered_by_essay_and_place(question: str) -> None:
    ranked = _finder().find(Question(question)).ranked
    assert len({result.score for result in ranked}) < len(ranked)
    keys = [(-round(result.score, 4), *result.passage.split("/")) for result in ranked]
    assert keys == sorted(keys)


@pytest.mark.parametrize("order", [*permutations(_ESSAYS)], ids="-".join)
@pytest.mark.parametrize("question", _QUESTIONS)
def test_the_order_in_which_essays_were_added_makes_no_difference(
    order: tuple[str, ...], question: str
) -> None:
    first, other = _finder(), _finder(order)
    mine, theirs = first.find(Question(question)), other.find(Question(question))
    assert [result.passage for result in mine.ranked] == [result.passage for result in theirs.ranked]
    for result, same in zip(mine.ranked, theirs.ranked, strict=True):
        assert result.score == pytest.approx(same.score, abs=2e-4)
        assert first.highlights(mine, result) == other.highlights(theirs, same)
        words, others = (
            [(word.word, word.start, word.passage) for word in matches]
            for matches in (first.matches(mine, result), other.matches(theirs, same))
        )
        assert words == others
    for method in first.searcher.methods:
        ranked, again = (finder.searcher.ranking(Question(question), method) for finder in (first, other))
        assert [name for name, _ in ranked] == [name for name, _ in again], method


def _ranked(searcher: PassageSearch, question: str, noise: np.random.Generator | None = None) -> list[Ranked]:
    assert isinstance(searcher, Searcher)

    def lend(_tokens: Floats, _rows: Integers, met: Floats) -> Floats:
        return met if noise is None else met + noise.uniform(-_NOISE, _NOISE, met.shape).astype(np.float32)

    query, rows = searcher.query(Question(question)), searcher.rows(None)
    return rank(query, searcher.weights(query, rows), searcher.index, rows, lambda: rows, lend)


@given(st.sampled_from(_QUESTIONS), st.integers(0, 10_000))
def test_noise_in_the_cosines_does_not_change_the_ranking(question: str, seed: int) -> None:
    searcher = _finder().searcher
    plain = _ranked(searcher, question)
    weights = searcher.weights(searcher.query(Question(question)), searcher.rows(None))
    assume(all(abs(float(result.cosines @ weights) * 10_000 % 1 - 0.5) > 0.05 for result in plain))
    noisy = _ranked(searcher, question, np.random.default_rng(seed))
    assert [(result.passage, result.score, result.window) for result in noisy] == [
        (result.passage, result.score, result.window) for result in plain
    ]


def test_of_equal_windows_and_sentences_the_first_is_taken() -> None:
    finder = _finder()
    found = finder.find(Question("Who lit the lamp?"))
    (best,) = (result for result in found.ranked if result.passage == "coast/p2")
    ((start, end),) = finder.highlights(found, best)
    assert (start, finder.passages["coast/p2"].text[start:end]) == (0, "The keeper lit the lamp before dusk.")


def test_of_equally_near_words_the_first_by_letters_is_taken() -> None:
    for printed in (["harbor", "harbot"], ["harbot", "harbor"]):
        assert Speller(Vocabulary(printed)).corrected("harbox") == ("harbor", {"harbox": "harbor"})


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library as it is, and one that is searched as large ones are."""
    if request.param == "large":
        monkeypatch.setattr(ranking, "SCORE_ALL", 3)


@pytest.mark.usefixtures("size")
def test_a_library_answers_the_same_whatever_its_history(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.txt" for name in _ESSAYS}
    for name, path in files.items():
        path.write_text("\n\n".join([name.title(), *_ESSAYS[name]]) + "\n")
    one, other = Opened(tmp_path / "one"), Opened(tmp_path / "other")
    for name in _ESSAYS:
        one.library.add(files[name])
    for name in sorted(_ESSAYS):
        other.library.add(files[name])

    def found(opened: Opened) -> list[object]:
        return [hit_scores_of(opened.library.ask(question, top=99)) for question in _QUESTIONS]

    wanted = found(one)
    assert found(other) == wanted
    for name in _ESSAYS:
        other.library.remove(name)
        other.library.ask(_QUESTIONS[0])
        other.library.restore(name)
        assert found(other) == wanted
        assert found(Opened(other.root)) == wanted
