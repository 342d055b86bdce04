"""The normal form and its map: what a writer must not change, each character with its place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.quotations.normalise import normalise, skeleton, skeleton_lengths, skeletons

# Letters, and all that is evened out, more often than chance would have it.
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from(" \n\t\u00a0\u2009\u00ad\u200b\"'“”‘’«»`-‐–—….,;:?![]()aAéeſﬁßİ1²e\u0301"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@given(TEXTS)
@example("e\u0301 ﬁ . . . — “ a ” ''b''")
def test_each_character_stands_for_a_slice_of_the_original(text: str) -> None:
    made = normalise(text)
    assert len(made.text) == len(made.starts) == len(made.ends)
    for ch, start, end in zip(made.text, made.starts, made.ends, strict=True):
        assert 0 <= start < end <= len(text)
        assert ch in normalise(text[start:end]).text


@given(TEXTS)
def test_the_map_never_runs_backwards(text: str) -> None:
    made = normalise(text)
    assert all(start <= after for start, after in pairwise(made.starts))
    assert all(end <= after for end, after in pairwise(made.ends))
    # Two characters share a slice (a ligature) or stand on slices of their own.
    for (start, end), (after, last) in pairwise(zip(made.starts, made.ends, strict=True)):
        assert (start, end) == (after, last) or end <= after


@given(TEXTS)
def test_letters_and_figures_all_stay(text: str) -> None:
    assert skeleton(normalise(text).text) == skeleton(text)


@given(TEXTS)
def test_the_skeleton_has_so_many_letters_for_each_character(text: str) -> None:
    lengths = skeleton_lengths(text)
    assert len(lengths) == len(text)
    assert sum(lengths) == len(skeleton(text))
    at = 0
    for ch, length in zip(text, lengths, strict=True):
        assert skeleton(text)[at : at + length] == skeleton(ch)
        at += length


@given(st.lists(st.text(alphabet="aÄß-'é1", min_size=1, max_size=6)))
def test_many_skeletons_are_each_the_skeleton(words: list[str]) -> None:
    assert skeletons(words) == [skeleton(word) for word in words]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“racial aura”", '"racial aura"'),
        ("“racial aura”", "'racial aura'"),
        ("« racial aura »", '"racial aura"'),
        ("``racial aura''", '"racial aura"'),
        ("the clones’ lives", "the clones' lives"),
        ("go—a novel", "go -- a novel"),
        ("go—a novel", "go – a novel"),
        ("1914–18", "1914-18"),
        ("a . . . b", "a…b"),
        ("a.... b", "a … b"),
        ("two  words\nhere", "two words here"),
        ("word ; word", "word; word"),
        ("so\u00adft", "soft"),
        ("ﬁnal", "final"),
        ("cafe\u0301", "café"),
    ],
)
def test_forms_of_setting_are_the_same(one: str, other: str) -> None:
    assert normalise(one).text == normalise(other).text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("well known", "well-known"),
        ("well-known", "wellknown"),
        ("cafe", "café"),
        ("The", "the"),
        ("its", "it's"),
        ("the clones' own", "the clone's own"),
        ("in deed", "indeed"),
        ("racial aura", "“racial aura”"),
        ("a, b", "a; b"),
        ("a. b", "a b"),
        ("1,000", "1000"),
    ],
)
def test_letters_points_and_marks_are_not(one: str, other: str) -> None:
    assert normalise(one).text != normalise(other).text
