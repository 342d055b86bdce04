"""Quotations of an essay made by hand: what is exact, altered or absent, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade_essays import essay, passage
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.core.errors import QuotationError
from assistant.core.essay import NoteMark, PageStart, SourceMap
from assistant.core.quotation import QuotationLookup
from assistant.quotations.corpus import MOST_QUOTATION_CHARACTERS, Corpus
from assistant.quotations.matches import COUNTED, LISTED

LONG = " ".join(f"word{number}" for number in range(1, 260))


def _divided() -> SourceMap:
    # "The well-/known light-/house" in print: the first hyphen is kept, the second undone.
    return SourceMap(((0, 0), (9, 10), (20, 23)), len("The well-known lighthouse of Aden burns.!"[:-1]))


ESSAY = essay(
    passage("one/title", "On Lamps and Their Keepers", "title"),
    passage(
        "one/p01",
        "She knew that the lamp was lit—nobody else did—and said “I shall go, too” before the storm. "
        "Can't they see it? The keepers' wives waited; they had waited since 1914–18.",
        notes=(NoteMark("3", 91, "one/n1"),),
    ),
    replace(passage("one/p02", "The well-known lighthouse of Aden burns."), source_map=_divided()),
    replace(
        passage("one/p03", "A keeper writes of the light and its"),
        pages=(PageStart("7", 0), PageStart("8", 20)),
    ),
    passage("one/b01", "Never let the lamp go out. It is [t]he one rule … and the last.", "blockquote"),
    replace(passage("one/p04", "many friends at sea."), continues="one/p03", pages=(PageStart("9", 0),)),
    passage("one/p05", f"Here begins {LONG} and here it ends."),
    passage("one/n1", "3. The lamp is a café lamp.", "note"),
)
CORPUS = Corpus([ESSAY])


def _text(found: QuotationLookup) -> str:
    return found.comparisons[0].place.text


@pytest.mark.parametrize(
    ("quoted", "printed"),
    [
        ("She knew that the lamp was lit", "She knew that the lamp was lit"),
        ("“She knew that the lamp was lit”", "She knew that the lamp was lit"),
        ('"the lamp was lit -- nobody else did - and said"', "the lamp was lit—nobody else did—and said"),
        ("\"and said 'I shall go, too' before\"", "and said “I shall go, too” before"),
        ('and said "I shall go, too" before', "and said “I shall go, too” before"),
        ("“I shall go, too”", "I shall go, too"),
        ("Can’t they  see\nit?", "Can't they see it?"),
        ("since 1914-18", "since 1914–18"),
        ("the one rule ... and the last", None),
        ("[t]he one rule . . . and the last.", "[t]he one rule … and the last."),
        # Line-end hyphens: one that may be the line's alone, one that is.
        ("The well-known lighthouse", "The well-known lighthouse"),
        ("The wellknown lighthouse", "The well-known lighthouse"),
        ("The well- known light-\nhouse", "The well-known lighthouse"),
        # The note's number, in every form, at its place.
        ("before the storm.3 Can't", "before the storm. Can't"),
        ("before the storm.³ Can't", "before the storm. Can't"),
        ("before the storm. 3 Can't", "before the storm. Can't"),
        ("before the storm.3", "before the storm."),
        # Over the ends of paragraphs, and past a block quotation.
        ("too” before the storm. Can't they see it?", "too” before the storm. Can't they see it?"),
        ("lighthouse of Aden burns. A keeper writes", "lighthouse of Aden burns.\nA keeper writes"),
        ("the light and its many friends", "the light and its\nmany friends"),
        ("of the light and its: Never let the lamp", None),
        ("On Lamps and Their Keepers", "On Lamps and Their Keepers"),
        ("lamp", "Lamps"),
    ],
)
def test_what_is_exact(quoted: str, printed: str | None) -> None:
    found = CORPUS.look_up(quoted)
    if printed is None:
        assert found.verdict == "altered"
    elif quoted == "lamp":
        places = [one.place.passages[0] for one in found.comparisons]
        assert places == ["one/p01", "one/b01", "one/n1", "one/n1"]
    else:
        assert found.verdict == "exact"
        assert _text(found) == printed


@pytest.mark.parametrize(
    ("quoted", "edits"),
    [
        ("[T]he lamp was lit", [("capital", "[T]", "t")]),
        ("She knew . . . the lamp", [("ellipsis", ". . .", "that")]),
        ("She knew [...] lit", [("ellipsis", "[...]", "that the lamp was")]),
        ("She knew…was lit", [("ellipsis", "…", "that the lamp")]),
        ("She knew that the lamp ...", [("ellipsis", "...", "")]),
        ("... the lamp was lit", [("ellipsis", "...", "")]),
        ("the lamp [sic] was lit", [("sic", "[sic]", "")]),
        ("She kn[o]w[s] that", [("substitution", "[o]", "e"), ("insertion", "[s]", "")]),
        ("She kn[ows] that", [("substitution", "[ows]", "ew")]),
        ("[Kathy] knew that", [("insertion", "[Kathy]", "")]),
        ("that [her] lamp was", [("substitution", "[her]", "the")]),
        ("that the [old] lamp was", [("insertion", "[old]", "")]),
        (
            "was [lit] [emphasis added]",
            [("substitution", "[lit]", "lit"), ("insertion", "[emphasis added]", "")],
        ),
        ("waited since 1914–18,", [("final punctuation", ",", ".")]),
        ("the lamp was lit.", [("final punctuation", ".", "-")]),
        ("The keepers' wives waited.", [("final punctuation", ".", ";")]),
        ("\"said 'I shall go.'\"", [("final punctuation", ".", ",")]),
        ("\"said 'I shall go'.\"", [("final punctuation", ".", ",")]),
        ("said “I shall”", []),
        ("“‘shall go, too’ before the storm”", []),
        ("shall go, too” before the storm", []),
        ("said “I shall go", []),
        # Marks that have no fellow within the quotation, and letters, are never let go.
        ("said I shall go”", None),
        ("“I shall go, too before", None),
        ("“‘shall go, too before the storm”", None),
        ("said “I shall goes”", None),
        ("said “I shal”", None),
        ("said “I' shall”", None),
        ("said “I shall go, too.”", [("final punctuation", ".", "")]),
        (
            "[T]he lamp . . . did—and said.",
            [
                ("capital", "[T]", "t"),
                ("ellipsis", ". . .", "was lit—nobody else"),
                ("final punctuation", ".", ""),
            ],
        ),
    ],
)
def test_marks_of_the_writer_are_named(quoted: str, edits: list[tuple[str, str, str]] | None) -> None:
    found = CORPUS.look_up(quoted)
    if edits is None:
        assert found.verdict == "altered"
        return
    assert found.verdict == "exact"
    named = [(one.kind, one.quoted, one.printed) for one in found.comparisons[0].edits]
    # What stands in print at the end is named only where it is a point.
    assert named == [(kind, quoted, "" if printed == "-" else printed) for kind, quoted, printed in edits]


@pytest.mark.parametrize(
    ("quoted", "differing"),
    [
        ("she knew that the lamp was lit", [("replace", "she", "She")]),
        ("She knew that the lmap was lit", [("replace", "lmap", "lamp")]),
        ("She knew the lamp was lit", [("delete", "", "that")]),
        ("She knew well that the lamp was lit", [("insert", "well", "")]),
        ("She knew that the lamp was li", [("replace", "li", "lit")]),
        ("he knew that the lamp was lit", [("replace", "he", "She")]),
        ("Can they see it?", [("replace", "Can", "Can't")]),
        ("The keeper's wives waited", [("replace", "keeper's", "keepers'")]),
        ("The keepers' wives waited, they had", [("replace", "waited,", "waited;")]),
        ("The well known lighthouse of Aden", [("replace", "well known", "well-known")]),
        ("A keep-er writes of the light", [("replace", "keep-er", "keeper")]),
        ("and said I shall go, too before", [("replace", "I", "“I"), ("replace", "too", "too”")]),
        ("the lamp was3 lit", [("replace", "was3", "was")]),
        ("before the storm.4 Can't", [("replace", "storm.4", "storm.")]),
        ("The lamp is a cafe lamp", [("replace", "cafe", "café")]),
        ("She knew that . . . the lamp was lit", [("insert", ". . .", "")]),
        ("Can't they see it!", [("replace", "it!", "it?")]),
    ],
)
def test_every_other_difference_is_shown(quoted: str, differing: list[tuple[str, str, str]]) -> None:
    found = CORPUS.look_up(quoted)
    assert found.verdict == "altered"
    diff = found.comparisons[0].diff
    assert [(one.op, one.quoted, one.printed) for one in diff if one.op != "equal"] == differing


def test_an_altered_quotation_keeps_its_marks_apart_from_its_slips() -> None:
    found = CORPUS.look_up("[T]he lmap . . . else did")
    assert found.verdict == "altered"
    near = found.comparisons[0]
    assert [(one.kind, one.quoted) for one in near.edits] == [("capital", "[T]"), ("ellipsis", ". . .")]
    assert ("replace", "lmap", "lamp") in [(one.op, one.quoted, one.printed) for one in near.diff]


@pytest.mark.parametrize(
    "quoted",
    [
        "Photosynthesis needs magnesium and light",
        "The committee met on Tuesday to discuss the budget of the harbour",
        "zzz",
        "[sic] zebra",
    ],
)
def test_what_is_nowhere_near_is_absent(quoted: str) -> None:
    assert CORPUS.look_up(quoted) == QuotationLookup("absent", (), 0)


def test_an_ellipsis_leaves_out_a_paragraph_at_most() -> None:
    assert CORPUS.look_up("word1 word2 ... word200 word201").verdict == "exact"
    assert CORPUS.look_up("Here begins word1 word2 ... word259 and here it ends").verdict == "altered"


def test_sides_of_an_ellipsis_stand_in_their_order() -> None:
    assert CORPUS.look_up("the storm ... the lamp was lit").verdict != "exact"


def test_nothing_follows_the_end() -> None:
    assert CORPUS.look_up("a café lamp ...").verdict == "altered"


def test_sic_stands_behind_printed_words() -> None:
    assert CORPUS.look_up("[sic] She knew that the lamp").verdict == "altered"


def test_a_bracket_is_no_bridge_over_a_sentence() -> None:
    assert CORPUS.look_up("She knew that [all] did—and said “I shall go").verdict == "altered"


def test_pages_are_those_of_the_words_quoted() -> None:
    def labels(quoted: str) -> tuple[str, ...]:
        return CORPUS.look_up(quoted).comparisons[0].place.labels

    assert labels("A keeper writes") == ("7",)
    assert labels("of the light and its") == ("7", "8")
    assert labels("and its many friends") == ("8", "9")
    assert labels("well-known lighthouse") == ()


def test_a_place_over_two_passages_counts_in_the_first_and_the_last() -> None:
    place = CORPUS.look_up("its many friends").comparisons[0].place
    assert place.passages == ("one/p03", "one/p04")
    assert (place.start, place.end) == (33, 12)
    assert place.text == "its\nmany friends"


def test_many_places_are_counted_and_the_first_are_listed() -> None:
    many = Corpus([essay(*(passage(f"two/p{n:03}", "the cat and the dog") for n in range(LISTED + 5)))])
    found = many.look_up("the dog")
    assert (found.places, len(found.comparisons)) == (LISTED + 5, LISTED)
    assert [one.place.passages[0] for one in found.comparisons[:2]] == ["two/p000", "two/p001"]
    much = Corpus([essay(passage("two/p01", "word " * (COUNTED + 9) + "end"))])
    assert much.look_up("word").places == COUNTED


def test_words_that_print_repeats_without_end_are_found_in_one_of_their_places() -> None:
    corpus = Corpus([essay(passage("two/p01", "a " * 5_000 + "tide"))])
    assert corpus.look_up(("a " * 500).strip()).verdict == "exact"
    assert corpus.look_up("a " * 500 + "… a b").verdict == "altered"


@pytest.mark.parametrize(
    ("quoted", "is_exact"),
    [("the lamp was lit", True), ("the lamp was lost", False), ("…", False), ("x " * 20_000, False)],
)
def test_whether_a_quotation_is_exact_is_told_alone(quoted: str, *, is_exact: bool) -> None:
    assert CORPUS.is_exact(quoted) is is_exact


def test_a_mark_that_prints_nothing_is_no_word() -> None:
    assert CORPUS.look_up("the harbour’s \ufeff").verdict in {"exact", "altered", "absent"}


def test_a_long_quotation_is_compared_with_the_print_beside_it() -> None:
    words = [f"word{number}" for number in range(2_500)]
    corpus = Corpus([essay(passage("two/p01", " ".join(words)))])
    words[1_000] = "another"
    result = corpus.look_up(" ".join(words[500:2_300]))
    assert result.verdict == "altered"
    (comparison,) = result.comparisons
    differing = [(step.quoted, step.printed) for step in comparison.diff if step.op != "equal"]
    assert differing == [("another", "word1000")]
    assert comparison.place.text == " ".join(f"word{number}" for number in range(500, 2_300))


def test_only_the_essays_named_are_looked_in() -> None:
    two = Corpus([ESSAY, essay(passage("two/p01", "She knew that the lamp was lit."))])
    assert [one.place.essay_id for one in two.look_up("the lamp was lit").comparisons] == ["one", "two"]
    assert [one.place.essay_id for one in two.look_up("the lamp was lit", ["two"]).comparisons] == ["two"]
    assert two.look_up("lighthouse of Aden burns", ["two"]).verdict == "absent"


@pytest.mark.parametrize(
    "quoted", ["", "   ", "...", '"“”"', "[her]", "— , .", "\u200b", "x" * (MOST_QUOTATION_CHARACTERS + 1)]
)
def test_what_cannot_be_checked_is_said_in_a_sentence(quoted: str) -> None:
    with pytest.raises(QuotationError, match=r"^The quotation has .*\.$"):
        CORPUS.look_up(quoted)


def test_no_essay_has_no_words() -> None:
    assert Corpus([]).look_up("anything at all").verdict == "absent"
    assert Corpus([]).reused("anything at all " * 9) == []


_PIECES = st.sampled_from(
    "She knew that the lamp was lit nobody else did — ... [...] [sic] [T]he [her] kn[ew] “ ” \" ' . , ; 3 ³ "
    "- lighthouse light- house it's [ ] ( ) 1914–18 Can't zebra \u0301 \x1b ﬁ ß".split()
)


@settings(deadline=None)
@given(st.lists(_PIECES, min_size=1, max_size=14), st.sampled_from(["", " "]))
def test_whatever_is_quoted_gets_a_verdict_whose_words_are_printed(pieces: list[str], between: str) -> None:
    quoted = between.join(pieces)
    try:
        found = CORPUS.look_up(quoted)
    except QuotationError:
        return
    texts = {one.id: one.text for one in ESSAY.passages}
    for one in found.comparisons:
        place = one.place
        slices = [texts[name] for name in place.passages]
        slices[-1] = slices[-1][: place.end]
        slices[0] = slices[0][place.start :]
        assert place.text == "\n".join(slices)
        assert "".join("".join(step.printed for step in one.diff).split()) == "".join(place.text.split())
    if found.verdict == "altered":
        near = found.comparisons[0]
        marks = {(edit.quoted, edit.printed) for edit in near.edits}
        assert [step for step in near.diff if step.op != "equal" and (step.quoted, step.printed) not in marks]
