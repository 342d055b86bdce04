"""Quotations as they go into a draft: marks, final punctuation, blocks; the letters stay as they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations.styles import STYLES, style_named
from assistant.citations.titles import completed, nested

CITED = "(Marsh 9)"


@pytest.mark.parametrize(
    ("words", "mla", "harvard"),
    [
        ("The lamp burns.", '"The lamp burns" (Marsh 9).', "‘The lamp burns’ (Marsh 9)."),
        ("the lamp;", '"the lamp" (Marsh 9).', "‘the lamp’ (Marsh 9)."),
        ("Who lit it?", '"Who lit it?" (Marsh 9).', "‘Who lit it?’ (Marsh 9)."),
        ("Light it!", '"Light it!" (Marsh 9).', "‘Light it!’ (Marsh 9)."),
        ("wind. . . .", '"wind. . . ." (Marsh 9).', "‘wind. . . .’ (Marsh 9)."),
        ("wind…", '"wind…" (Marsh 9).', "‘wind…’ (Marsh 9)."),
        ("It was 5 p.m.", '"It was 5 p.m." (Marsh 9).', "‘It was 5 p.m.’ (Marsh 9)."),
        ("Marsh et al.", '"Marsh et al." (Marsh 9).', "‘Marsh et al.’ (Marsh 9)."),
        ("(the lamp).", '"(the lamp)" (Marsh 9).', "‘(the lamp)’ (Marsh 9)."),
        ("“Light it,” he said.", "“‘Light it,’ he said” (Marsh 9).", "‘“Light it,” he said’ (Marsh 9)."),
        ("He said “light it.”", "“He said ‘light it’” (Marsh 9).", "‘He said “light it”’ (Marsh 9)."),
        ("He asked “who?”,", "“He asked ‘who?’” (Marsh 9).", "‘He asked “who?”’ (Marsh 9)."),
        # Three deep, and a source that begins with single marks.
        (
            "“She cried ‘no’ twice,” he said.",
            "“‘She cried “no” twice,’ he said” (Marsh 9).",
            "‘“She cried ‘no’ twice,” he said’ (Marsh 9).",
        ),
        ("‘Light it,’ he said.", "“‘Light it,’ he said” (Marsh 9).", "‘“Light it,” he said’ (Marsh 9)."),
        # Apostrophes are no marks.
        ("The keeper’s lamp.", "“The keeper’s lamp” (Marsh 9).", "‘The keeper’s lamp’ (Marsh 9)."),
        ("’Twas the ’90s.", "“’Twas the ’90s” (Marsh 9).", "‘’Twas the ’90s’ (Marsh 9)."),
        ("'Tis it's", "\"'Tis it's\" (Marsh 9).", "‘'Tis it's’ (Marsh 9)."),
        (
            "He said ‘the keepers’ lamp’ again.",
            "“He said ‘the keepers’ lamp’ again” (Marsh 9).",
            "‘He said “the keepers’ lamp” again’ (Marsh 9).",
        ),
        ("the keepers’ lamp", "“the keepers’ lamp” (Marsh 9).", "‘the keepers’ lamp’ (Marsh 9)."),
        ('a 5" nail', '"a 5" nail" (Marsh 9).', '‘a 5" nail’ (Marsh 9).'),
        # A mark whose fellow stands outside the words gets one.
        ("light it,” he said.", "“‘light it,’ he said” (Marsh 9).", "‘“light it,” he said’ (Marsh 9)."),
        ("He said “light it.", "“He said ‘light it’” (Marsh 9).", "‘He said “light it”’ (Marsh 9)."),
        ('He said "light it', "\"He said 'light it'\" (Marsh 9).", '‘He said "light it"’ (Marsh 9).'),
        ("no,” and “yes", "“‘no,’ and ‘yes’” (Marsh 9).", "‘“no,” and “yes”’ (Marsh 9)."),
        (" the lamp ", '"the lamp" (Marsh 9).', "‘the lamp’ (Marsh 9)."),
    ],
)
def test_marks_and_final_punctuation(words: str, mla: str, harvard: str) -> None:
    assert style_named("mla").quotation(words, CITED) == mla
    assert style_named("harvard").quotation(words, CITED) == harvard
    for style in ("chicago", "apa", "ieee"):
        assert style_named(style).quotation(words, CITED) == mla


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("The lamp burns.", '"The lamp burns."¹'),
        ("the lamp,", '"the lamp."¹'),
        ("Who lit it?", '"Who lit it?"¹'),
        ("He said “light it”.", "“He said ‘light it.’”¹"),
        ("He asked “who?”", "“He asked ‘who?’”¹"),
        ("It was 5 p.m.", '"It was 5 p.m."¹'),
    ],
)
def test_a_note_is_called_behind_the_marks(words: str, wanted: str) -> None:
    style = style_named("chicago-notes")
    assert style.quotation(words, "Marsh, Lamp, 9.") == f"{wanted}\n\n1. Marsh, Lamp, 9."


@pytest.mark.parametrize(
    ("style", "inline", "block"),
    [
        ("mla", "light " * 56 + "end.", "light " * 57 + "end."),
        ("harvard", "light " * 41 + "endings.", "light " * 42 + "end."),
        ("apa", "light " * 38 + "– end.", "light " * 39 + "– end."),
        ("chicago", "light " * 98 + "end.", "light " * 99 + "end."),
        ("ieee", "light " * 98 + "end.", "light " * 99 + "end."),
    ],
)
def test_longer_words_are_set_off(style: str, inline: str, block: str) -> None:
    made = style_named(style)
    assert made.quotation(inline, CITED)[0] in {'"', "‘"}
    assert made.quotation(inline, CITED).endswith(f" {CITED}.")
    assert made.quotation(block, CITED) == f"{block} {CITED}"


@pytest.mark.parametrize(
    ("end", "wanted"),
    [
        ("it ends.", "it ends."),
        ("it ends", "it ends."),
        ("it ends,", "it ends."),
        ("it ends:", "it ends."),
        ("does it?", "does it?"),
        ("“it ends.”", "“it ends.”"),
        ("“it ends”", "“it ends.”"),
        ("“it ends", "“it ends.”"),
        ("‘it ends’ so", "‘it ends’ so."),
        ('"it ends."', '"it ends."'),
        ("wind . . .", "wind . . ."),
    ],
)
def test_a_block_keeps_its_marks_and_ends_before_the_citation(end: str, wanted: str) -> None:
    words = "The keeper said “no” and ‘no’ again. " * 20
    assert style_named("mla").quotation(words + end, CITED) == f"{words}{wanted} {CITED}"
    assert style_named("chicago-notes").quotation(words + end, "Note.") == f"{words}{wanted}¹\n\n1. Note."


def test_a_block_gets_the_mark_that_its_words_lack() -> None:
    words = "it burns,” he said, “and burns. " + "The lamp went out. " * 20
    made = style_named("mla").quotation(words, CITED)
    assert made.startswith("“it burns,” he said, “and burns. ")
    assert made.endswith("The lamp went out.” (Marsh 9)")


PIECES = st.sampled_from(
    [*"“ ” ‘ ’ \" ' . , ; : ? ! — - ( ) … the lamp keepers it s 5 é Œ p.m.".split(), " ", ". . ."]
)
WORDS = st.lists(PIECES, min_size=1, max_size=40).map("".join).filter(str.strip)
LONG_WORDS = st.tuples(WORDS, st.sampled_from([1, 60])).map(lambda pair: f"{pair[0]} " * pair[1])


def letters(text: str) -> str:
    """A text without its quotation marks and blanks, and the punctuation at its end."""
    return re.sub(r"[.,;:]*$", "", re.sub(r"[“”\"‘’'\s]", "", text))


@given(LONG_WORDS, st.sampled_from([*STYLES]))
def test_the_words_are_never_changed(words: str, style: str) -> None:
    made = style_named(style).quotation(words, "(X 9)")
    found = re.fullmatch(r"(?s)(.*?)(?: \(X 9\)\.?|¹\n\n1\. \(X 9\))", made)
    assert found is not None
    assert letters(found[1]) == letters(words)
    # Apostrophes and marks inside are kept in number; only missing fellows and the outer pair are added.
    assert len(re.findall("[“”\"‘’']", found[1])) >= len(re.findall("[“”\"‘’']", words))


@given(WORDS, st.booleans())
def test_nesting_keeps_every_character_but_the_kind_of_marks(words: str, double: bool) -> None:  # noqa: FBT001
    made = nested(words, double=double)
    assert len(made) == len(words)
    assert all(one == two or {one, two} <= set("“”\"‘’'") for one, two in zip(words, made, strict=True))


@given(WORDS)
def test_completed_words_pair(words: str) -> None:
    made = completed(words)
    assert words in made
    assert completed(made) == made or '"' in words


@given(
    st.recursive(
        st.sampled_from(["lamp", "the keeper’s", "it, ", "5"]), lambda inner: st.tuples(inner, inner)
    )
)
def test_curly_marks_nest_and_come_back(tree: object) -> None:
    def written(node: object, depth: int) -> str:
        if isinstance(node, str):
            return node
        assert isinstance(node, tuple)
        opening, closing = "“”" if depth % 2 == 0 else "‘’"
        return f"{opening}{written(node[0], depth + 1)}—{written(node[1], depth + 1)}{closing}"

    words = written(tree, 0)
    assert nested(nested(words, double=True), double=False) == words
