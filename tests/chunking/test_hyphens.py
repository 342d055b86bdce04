"""Words divided at a line's end are whole again, and compounds keep their hyphens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_models import essay_of

from assistant.chunking.chunk import chunk
from assistant.chunking.cleaning import Hyphenation, Tally, clean
from assistant.core.lines import split_lines

if TYPE_CHECKING:
    from collections.abc import Callable

JOINED = {
    "a common word": ("the light-\nhouse keeper", "the lighthouse keeper"),
    "one word that could be two": ("he went out-\nside again", "he went outside again"),
    "a prefix": ("the road was re-\nopened", "the road was reopened"),
    "a rare word": ("a read-\nable hand", "a readable hand"),
    "an unknown word": ("a Xanthip-\npean temper", "a Xanthippean temper"),
    "a name": ("said Ishi-\nguro once", "said Ishiguro once"),
    "a capital at the beginning": ("Emo-\ntions ran high", "Emotions ran high"),
    "an accent": ("a ques-\ntion of façade, un-\némancipated", "a question of façade, unémancipated"),
    "a comma behind the word": ("for him-\nself, he said", "for himself, he said"),
    "quotation marks around the word": ("the “won-\nderful” lamp", "the “wonderful” lamp"),
    "a syllable of a compound": ("the able-bod-\nied men", "the able-bodied men"),
    "a compound in the second half": ("a dis-\nable-bodied man", "a disable-bodied man"),
    "a Unicode hyphen": ("the light\u2010\nhouse keeper", "the lighthouse keeper"),
    "a soft hyphen": ("the light\u00ad\nhouse keeper", "the lighthouse keeper"),
    "a soft hyphen in a line": ("the light\u00adhouse keeper", "the lighthouse keeper"),
    "a soft hyphen before a capital": ("the Mc\u00ad\nDonald lamp", "the McDonald lamp"),
    "spaces behind the hyphen": ("the light-  \n   house keeper", "the lighthouse keeper"),
    "a Windows line end": ("the light-\r\nhouse keeper", "the lighthouse keeper"),
    "a ligature": ("a di\ufb00er-\nence in kind", "a difference in kind"),
}
KEPT = {
    "a number in words": ("the twenty-\nfive boats", "the twenty-five boats"),
    "a compound adjective": ("a well-\nknown lamp", "a well-known lamp"),
    "a capital behind the hyphen": ("the Anglo-\nAmerican lamp", "the Anglo-American lamp"),
    "a compound broken at its own hyphen": ("the able-\nbodied men", "the able-bodied men"),
    "a chain": ("a state-of-the-\nart lamp", "a state-of-the-art lamp"),
    "figures": ("in 1914-\n18 it was dark", "in 1914-18 it was dark"),
    "a figure and a word": ("a 35-\nyear wait", "a 35-year wait"),
    "a family name": ("the Lindqvist-\nMoor lamp", "the Lindqvist-Moor lamp"),
    "one letter": ("the X-\nray of it", "the X-ray of it"),
    "one letter before a word": ("a wet T-\nshirt", "a wet T-shirt"),
    "an adverb": ("the now-\nfamous lamp", "the now-famous lamp"),
}
SUSPENDED = {
    "and": ("the nineteenth-\nand twentieth-century lamps", "the nineteenth- and twentieth-century lamps"),
    "or": ("a two-\nor three-year wait", "a two- or three-year wait"),
    "to": ("a two-\nto three-year wait", "a two- to three-year wait"),
}
OTHER = {
    "a hyphen in a line": ("a well-known lamp", "a well-known lamp"),
    "a suspended hyphen in a line": ("pre- and postwar lamps", "pre- and postwar lamps"),
    "two hyphens as a dash": ("the lamp--\nif it was one", "the lamp--if it was one"),
    "an em dash at the line's end": ("the lamp—\nif it was one", "the lamp—if it was one"),
    "an em dash at the line's beginning": ("the lamp\n—if it was one", "the lamp—if it was one"),
    "an em dash that stands alone": ("the lamp —\nif it was one", "the lamp — if it was one"),
    "an en dash between figures": ("from 1914–\n18 it was dark", "from 1914–18 it was dark"),
    "a hyphen that stands alone": ("the lamp -\nif it was one", "the lamp - if it was one"),
    "no hyphen": ("the lamp\nwas lit", "the lamp was lit"),
}


@pytest.mark.parametrize(("printed", "word"), JOINED.values(), ids=JOINED.keys())
def test_joined(printed: str, word: str, frequency: Callable[[str], float]) -> None:
    assert _cleaned(printed, frequency)[0] == word


@pytest.mark.parametrize(("printed", "word"), KEPT.values(), ids=KEPT.keys())
def test_kept(printed: str, word: str, frequency: Callable[[str], float]) -> None:
    text, tally = _cleaned(printed, frequency)
    assert text == word
    assert not tally.joined
    assert len(tally.kept) == 1


@pytest.mark.parametrize(("printed", "words"), SUSPENDED.values(), ids=SUSPENDED.keys())
def test_suspended(printed: str, words: str, frequency: Callable[[str], float]) -> None:
    assert _cleaned(printed, frequency)[0] == words


@pytest.mark.parametrize(("printed", "words"), OTHER.values(), ids=OTHER.keys())
def test_other_line_ends(printed: str, words: str, frequency: Callable[[str], float]) -> None:
    text, tally = _cleaned(printed, frequency)
    assert text == words
    assert not tally.joined


@pytest.mark.parametrize(
    ("elsewhere", "text"),
    [
        ("One bookmark is enough.", "another bookmark"),
        ("One book-mark is enough.", "another book-mark"),
        ("One book\u2010mark is enough.", "another book-mark"),
        ("Two book-marks, one bookmark, and a book-mark and one more book-mark.", "another book-mark"),
    ],
)
def test_the_essays_own_use_comes_first(elsewhere: str, text: str, frequency: Callable[[str], float]) -> None:
    assert _cleaned("another book-\nmark", frequency, elsewhere)[0] == text


def test_a_divided_word_is_no_use_of_the_word(frequency: Callable[[str], float]) -> None:
    assert _cleaned("a well-\nknown lamp", frequency, "a well-\nknown one\na well-\nknown two")[0] == (
        "a well-known lamp"
    )


def test_what_became_of_the_hyphens_is_told(frequency: Callable[[str], float]) -> None:
    _, tally = _cleaned("the light-\nhouse, a well-\nknown one", frequency)
    assert tally.joined == [("light-/house,", "lighthouse")]
    assert tally.kept == ["well-known"]
    assert tally.reasons() == {"line-end hyphen": 1}


LINES = (
    "The harbour lay still that morning, and nobody",
    "on the quay had thought of the boats, which had",
    "gone out with the tide on the evening before it",
    "and had not been seen from the tower since then.",
    "The keeper wrote in his book that the night had",
    "been clear, that the lamp had burned without any",
    "fault, and that he had seen no light on the water",
    "but his own, which came back to him from a cloud",
    "that hung low over the bar and did not move until",
)


@pytest.mark.parametrize("rest", ["bour came awake.", "bour came awake\nand looked at\nthe sea again."])
@pytest.mark.parametrize("page_break", ["\f", "\n\f", "\n\n\f", "\f12  Ada Marsh\n\n"])
def test_word_over_a_page_end(rest: str, page_break: str, frequency: Callable[[str], float]) -> None:
    """However narrow the rest of its paragraph is set: nothing else can go on in the midst of a word."""
    source = (
        "\n".join([*LINES, "the sun had risen above it and then all the har-"]) + f"\n{page_break}{rest}\n"
    )
    if "Marsh" in page_break:
        source = f"11  Ada Marsh\n\n{source}\f13  Ada Marsh\n\nNobody spoke of it.\n"
    passages = chunk(essay_of(source), frequency).passages
    words = " ".join([*LINES, "the sun had risen above it and then all the har"]) + " ".join(rest.split("\n"))
    assert passages[0].text == words
    start = passages[0].text.index("harbour came")
    assert len(passages[0].pages_of(start, start + len("harbour"))) == 2
    assert passages[0].pages[1].start == start + len("har")


def _cleaned(printed: str, frequency: Callable[[str], float], elsewhere: str = "") -> tuple[str, Tally]:
    tally = Tally()
    spans = [
        (line.start + line.text.index(line.text.strip()), line.start + len(line.text.rstrip()))
        for line in split_lines(printed)
    ]
    hyphenation = Hyphenation(f"{printed}\n\n{elsewhere}", frequency)
    return clean(printed, spans, hyphenation, tally).text, tally
