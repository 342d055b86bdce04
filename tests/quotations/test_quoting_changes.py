"""Generated quotations of the sample essay: no change that counts is missed, no allowed one is a fault."""

from __future__ import annotations

import string
from functools import cache
from random import Random

import pytest
from essay_library import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from misquotations import Quotation, is_printed, quotations, spans
from quotation_changes import ALLOWED, FORBIDDEN, Change

from assistant.core.essay import StoredEssay
from assistant.library import store
from assistant.quotations.corpus import Corpus

EACH = 12


@cache
def _sample() -> tuple[StoredEssay, Corpus]:
    essay = store.load(ROOT / "data" / "chunks" / "sample.jsonl")
    return essay, Corpus([essay])


def _random(seed: int) -> Random:
    return Random(seed)


def _made(change: Change, seed: int) -> list[Quotation]:
    return list(quotations(_random(seed), _sample()[0].passages, [change], EACH))


@pytest.mark.parametrize("change", ALLOWED, ids=lambda change: change.__name__)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_careful_writer_does_is_exact(change: Change, seed: int) -> None:
    for one in _made(change, seed):
        found = _sample()[1].look_up(one.quoted)
        assert found.verdict == "exact", one
        assert one.passage in {place for near in found.comparisons for place in near.place.passages}, one


@pytest.mark.parametrize("change", FORBIDDEN, ids=lambda change: change.__name__)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_no_writer_may_do_is_never_exact(change: Change, seed: int) -> None:
    for one in _made(change, seed):
        assert _sample()[1].look_up(one.quoted).verdict != "exact", one


@pytest.mark.parametrize("seed", range(3))
def test_a_change_at_every_letter_is_found(seed: int) -> None:
    """Another letter, a letter less, one more, one twice, and one of the other case, at each place."""
    essay, corpus = _sample()
    rng = _random(seed)
    passage, start, end = next(spans(rng, essay.passages, 6))
    words = passage.text[start:end][:60].rsplit(" ", 1)[0]
    for at, ch in enumerate(words):
        if not ch.isalpha():
            continue
        other = rng.choice([letter for letter in string.ascii_lowercase if letter != ch.lower()])
        for put in (other, "", ch + other, ch + ch, ch.swapcase()):
            quoted = words[:at] + put + words[at + 1 :]
            if is_printed(quoted, essay.passages):
                continue
            found = corpus.look_up(quoted)
            assert found.verdict == "altered", quoted
            text = " ".join(found.comparisons[0].place.text.split())
            assert words[:10] in text or words[-10:] in text, quoted


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from((*ALLOWED, *FORBIDDEN)))
def test_places_are_slices_of_print(seed: int, change: Change) -> None:
    essay, corpus = _sample()
    one = next(quotations(_random(seed), essay.passages, [change], 1), None)
    if one is None:
        return
    by_id = {passage.id: passage for passage in essay.passages}
    for near in corpus.look_up(one.quoted).comparisons:
        place = near.place
        slices = [by_id[name].text for name in place.passages]
        slices[-1] = slices[-1][: place.end]
        slices[0] = slices[0][place.start :]
        assert place.text == "\n".join(slices)
        first, last = by_id[place.passages[0]], by_id[place.passages[-1]]
        assert place.source[0] == first.source_map.source(place.start)
        assert place.source[1] == last.source_map.source(place.end - 1) + 1


def test_words_of_other_texts_are_absent() -> None:
    text = (ROOT / "tests" / "layouts" / "running_heads.txt").read_text("utf-8").split()
    for first in range(0, len(text) - 8, 8):
        quoted = " ".join(text[first : first + 8])
        if sum(ch.isalpha() for ch in quoted) > 12:
            assert _sample()[1].look_up(quoted).verdict == "absent", quoted
