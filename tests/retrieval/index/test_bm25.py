"""BM25 over our own postings gives the scores of bm25s, and postings can be joined."""

from __future__ import annotations

import json
from dataclasses import fields
from random import Random

import bm25s
import numpy as np
import pytest
import Stemmer
from bm25s.stopwords import STOPWORDS_EN
from essay_library import ROOT
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.index.bm25 import (
    BM25,
    STOP_WORDS,
    Frequencies,
    Postings,
    _nth_highest,
    index_words,
    term_of,
    words_of,
)

LINES = (ROOT / "data" / "chunks" / "sample.jsonl").read_text("utf-8").split("\n")[1:-1]
SAMPLE = [json.loads(line)["text"] for line in LINES]
QUESTIONS = [
    "Who divided the four Gospels into numbered sections?",
    "being readers, reading, read",
    "page page page numbers",
    "of the and to",
    "zebra",
    "",
    "Eusebius’s canon_tables in 1974",
]
TEXTS = st.lists(st.text(st.sampled_from("abc the of bell_1 é’-. "), max_size=30), min_size=1, max_size=8)


def spaced(texts: list[str]) -> list[str]:
    """Each letter as a word that BM25 counts."""
    return [" ".join(f"w{ch}" for ch in text if ch != " ") for text in texts]


def reference(texts: list[str], question: str) -> list[float]:
    """Scores of bm25s."""
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> list[list[str]]:
        words: list[list[str]] = bm25s.tokenize(
            texts, stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False
        )
        return words

    index, (query,) = bm25s.BM25(method="lucene"), tokens([question])
    if not any(tokens(texts)) or not query:
        return [0.0] * len(texts)
    index.index(tokens(texts), show_progress=False)
    scores: list[float] = index.get_scores(query).tolist()
    return scores


def test_stop_words_are_those_of_lucene() -> None:
    assert set(STOPWORDS_EN) == STOP_WORDS


@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_frequencies_of_collections_are_added(first: list[str], second: list[str], chance: Random) -> None:
    collections, parts = (spaced(first), spaced(second)), []
    expected = dict.fromkeys(words_of(" ".join([*collections[0], *collections[1]])), 0)
    for texts in collections:
        live = np.array([chance.random() < 0.7 for _ in texts], dtype=bool)
        parts.append(Frequencies.of(index_words(texts)[0], None if live.all() else live))
        for number in np.flatnonzero(live):
            for word in {*words_of(texts[number])}:
                expected[word] += 1
    total = Frequencies.total(parts)
    terms = [term_of(word) for word in expected]
    assert total.of_terms(terms).tolist() == [*expected.values()]
    # Those of removed texts are known too.
    assert total.have([*terms, term_of("nowhere")]) == [*(True for _ in terms), False]


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_are_those_of_bm25s(question: str) -> None:
    scores = BM25.of(SAMPLE).scores(question)
    np.testing.assert_allclose(scores, reference(SAMPLE, question), rtol=1e-5, atol=1e-6)


@given(TEXTS, st.text(st.sampled_from("abc the of bell_1 é’-. "), max_size=30))
def test_scores_of_any_texts_are_those_of_bm25s(texts: list[str], question: str) -> None:
    np.testing.assert_allclose(
        BM25.of(texts).scores(question), reference(texts, question), rtol=1e-5, atol=1e-6
    )


@given(TEXTS, TEXTS)
def test_postings_joined_are_those_of_all_texts(first: list[str], second: list[str]) -> None:
    whole, _ = index_words([*first, *second])
    joined = index_words(first)[0].joined(index_words(second)[0], len(first))
    for field in fields(Postings):
        mine, theirs = getattr(joined, field.name), getattr(whole, field.name)
        np.testing.assert_array_equal(mine, theirs)
        assert mine.dtype == theirs.dtype


@given(TEXTS, TEXTS, st.text(st.sampled_from("abc the of bell_1 é’-. "), max_size=30))
def test_texts_that_are_not_live_change_no_score(gone: list[str], texts: list[str], question: str) -> None:
    live = np.array([False] * len(gone) + [True] * len(texts))
    scores = BM25(*index_words([*gone, *texts]), live).scores(question)
    assert not scores[: len(gone)].any()
    np.testing.assert_allclose(scores[len(gone) :], BM25.of(texts).scores(question), rtol=1e-5, atol=1e-6)


def test_texts_that_hold_all_words_are_found() -> None:
    bm25 = BM25.of(["To be or not to be.", "The bells of Skerryvore rang.", "Be the bell."])
    assert bm25.passages_containing(words_of("to be")).tolist() == [0]
    assert bm25.passages_containing(words_of("The bell")).tolist() == [1, 2]
    assert bm25.passages_containing(words_of("zebra bell")).tolist() == []
    assert bm25.passages_containing([]).tolist() == []


@given(
    st.lists(st.text(st.sampled_from("abcd "), max_size=30), min_size=1, max_size=30).map(spaced),
    st.text(st.sampled_from("abcd "), max_size=12).map(lambda text: " ".join(f"w{ch}" for ch in text)),
    st.integers(1, 8),
    st.data(),
)
def test_the_best_are_those_with_the_highest_scores(
    texts: list[str], question: str, count: int, data: st.DataObject
) -> None:
    bm25 = BM25.of(texts)
    among = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))))
    scores = np.where(among, bm25.scores(question), 0)
    best = bm25.best(question, count, among)
    assert best.tolist() == sorted(set(best.tolist()))
    wanted = sorted(scores[scores > 0], reverse=True)[:count]
    np.testing.assert_allclose(sorted(scores[best], reverse=True), wanted, rtol=1e-5)
    if among.all():
        np.testing.assert_array_equal(bm25.best(question, count), best)


@pytest.mark.parametrize("levels", [3, 1_000_000])
def test_the_best_of_many_are_those_with_the_highest_scores(levels: int) -> None:
    chance = np.random.default_rng(levels)
    scores = (chance.integers(levels, size=20_000) / levels).astype(np.float32)
    for count in (1, 10, 100, 5_000, 19_999):
        assert _nth_highest(scores, count) == np.sort(scores)[-count]


def test_texts_with_a_rare_word_are_the_best() -> None:
    texts = ["common " * 9] * 300 + ["common rare"] * 3
    assert BM25.of(texts).best("common rare", 3).tolist() == [300, 301, 302]
    assert BM25.of(texts).best("rare rare zebra", 5).tolist() == [300, 301, 302]
    assert BM25.of(texts).best("zebra the", 5).tolist() == []
