"""Spans in whole sentences: those around an answer that there is room for, and those that hold some words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.explain import LONGEST_EXCERPT, excerpt, sentences_over

FIVE = [(0, 10), (11, 20), (21, 30), (31, 40), (41, 50)]


@pytest.mark.parametrize(
    ("span", "room", "wanted"),
    [
        # Each sentence has three pieces: room for itself, then the one before, then the one after.
        ((21, 30), 3, (21, 30)),
        ((21, 30), 5, (21, 30)),
        ((21, 30), 6, (11, 30)),
        ((21, 30), 9, (11, 40)),
        ((21, 30), 12, (0, 40)),
        ((21, 30), 15, (0, 50)),
        ((21, 30), 99, (0, 50)),
        # Without one before, those after it.
        ((0, 10), 6, (0, 20)),
        ((41, 50), 6, (31, 50)),
        # Windows of two sentences, and of part of one.
        ((11, 30), 9, (0, 30)),
        ((23, 27), 3, (21, 30)),
        ((18, 23), 6, (11, 30)),
    ],
)
def test_sentences_are_added_before_and_after_in_turn(
    span: tuple[int, int], room: int, wanted: tuple[int, int]
) -> None:
    assert excerpt(FIVE, [3] * 5, span, room) == wanted


def test_a_long_sentence_on_one_side_does_not_keep_out_the_other() -> None:
    assert excerpt(FIVE, [3, 50, 3, 3, 3], (21, 30), 9) == (21, 50)


def test_no_sentence_is_passed_over() -> None:
    assert excerpt(FIVE[:3], [1, 50, 3], (21, 30), 9) == (21, 30)


def test_a_span_longer_than_the_room_stays_as_it_is() -> None:
    assert excerpt(FIVE, [9] * 5, (11, 30), 17) == (11, 30)
    assert excerpt([(0, 400)], [90], (120, 280), 80) == (120, 280)


def test_a_passage_without_sentences_gives_the_span() -> None:
    assert excerpt([], [], (3, 8)) == (3, 8)


def test_there_is_room_for_some_sentences_by_default() -> None:
    assert excerpt(FIVE, [LONGEST_EXCERPT // 2] * 5, (21, 30)) == (11, 30)
    assert excerpt(FIVE, [LONGEST_EXCERPT] * 5, (21, 30)) == (21, 30)


@st.composite
def excerpts_to_make(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[int], tuple[int, int], int]:
    """Sentences of a passage, their lengths, a span from within one to within another, and room."""
    widths = draw(st.lists(st.integers(1, 30), min_size=1, max_size=8))
    starts = [sum(widths[:at]) + at for at in range(len(widths))]
    sentences = [(start, start + width) for start, width in zip(starts, widths, strict=True)]
    lengths = draw(st.lists(st.integers(0, 12), min_size=len(widths), max_size=len(widths)))
    first = draw(st.integers(0, len(widths) - 1))
    last = draw(st.integers(first, len(widths) - 1))
    start = draw(st.integers(sentences[first][0], sentences[first][1] - 1))
    end = draw(st.integers(max(start, sentences[last][0]) + 1, sentences[last][1]))
    return sentences, lengths, (start, end), draw(st.integers(0, 60))


@given(excerpts_to_make())
def test_an_excerpt_holds_the_span_in_whole_sentences_within_the_room(
    drawn: tuple[list[tuple[int, int]], list[int], tuple[int, int], int],
) -> None:
    sentences, lengths, span, room = drawn
    start, end = excerpt(sentences, lengths, span, room)
    assert start <= span[0]
    assert span[1] <= end
    inside = [at for at, (low, high) in enumerate(sentences) if low < end and start < high]
    required = [at for at, (low, high) in enumerate(sentences) if low < span[1] and span[0] < high]
    if sum(lengths[at] for at in required) > room:
        assert (start, end) == span
        return
    assert (start, end) == (sentences[inside[0]][0], sentences[inside[-1]][1])
    left = room - sum(lengths[at] for at in inside)
    assert left >= 0
    # No neighbour would find room besides.
    beside = [at for at in (inside[0] - 1, inside[-1] + 1) if 0 <= at < len(sentences)]
    assert all(lengths[at] > left for at in beside)


@pytest.mark.parametrize(
    ("places", "wanted"),
    [
        ([], ()),
        ([(12, 14)], ((11, 20),)),
        ([(12, 14), (16, 18)], ((11, 20),)),
        # From one sentence into the next.
        ([(15, 25)], ((11, 30),)),
        ([(15, 25), (28, 33)], ((11, 40),)),
        # Apart, and out of order.
        ([(42, 44), (1, 2)], ((0, 10), (41, 50))),
    ],
)
def test_the_sentences_that_hold_some_places(
    places: list[tuple[int, int]], wanted: tuple[tuple[int, int], ...]
) -> None:
    assert sentences_over(FIVE, places) == wanted


def test_sentences_that_follow_on_each_other_are_one() -> None:
    assert sentences_over(FIVE, [(12, 14), (22, 24)]) == ((11, 30),)
