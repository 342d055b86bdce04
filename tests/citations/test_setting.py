"""Quotations in a draft: marks, final punctuation, blocks; the letters do not change."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations.setting import closing_marks
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
        # Apostrophes are not marks.
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
        # A mark whose counterpart is outside the words gets one.
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
def test_the_number_of_a_note_follows_the_marks(words: str, wanted: str) -> None:
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
def test_long_quotations_are_blocks(style: str, inline: str, block: str) -> None:
    chosen = style_named(style)
    assert chosen.quotation(inline, CITED)[0] in {'"', "‘"}
    assert chosen.quotation(inline, CITED).endswith(f" {CITED}.")
    assert chosen.quotation(block, CITED) == f"{block} {CITED}"


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
    quotation = style_named("mla").quotation(words, CITED)
    assert quotation.startswith("“it burns,” he said, “and burns. ")
    assert quotation.endswith("The lamp went out.” (Marsh 9)")


PIECES = st.sampled_from(
    [*"“ ” ‘ ’ \" ' . , ; : ? ! — - ( ) … the lamp keepers it s 5 é Œ p.m.".split(), " ", ". . ."]
)
WORDS = st.lists(PIECES, min_size=1, max_size=40).map("".join).filter(str.strip)
LONG_WORDS = st.tuples(WORDS, st.sampled_from([1, 60])).map(lambda pair: f"{pair[0]} " * pair[1])


def letters(text: str) -> str:
    """A text without quotation marks, spaces and final punctuation."""
    return re.sub(r"[.,;:]*$", "", re.sub(r"[“”\"‘’'\s]", "", text))


@given(LONG_WORDS, st.sampled_from([*STYLES]))
def test_the_words_are_never_changed(words: str, style: str) -> None:
    quotation = style_named(style).quotation(words, "(X 9)")
    match = re.fullmatch(r"(?s)(.*?)(?: \(X 9\)\.?|¹\n\n1\. \(X 9\))", quotation)
    assert match is not None
    assert letters(match[1]) == letters(words)
    # No apostrophe or inner mark is lost; only missing counterparts and the outer pair are added.
    assert len(re.findall("[“”\"‘’']", match[1])) >= len(re.findall("[“”\"‘’']", words))


@given(WORDS, st.booleans())
def test_nesting_keeps_every_character_but_the_kind_of_marks(words: str, double: bool) -> None:  # noqa: FBT001
    text = nested(words, double=double)
    assert len(text) == len(words)
    for before, after in zip(words, text, strict=True):
        assert before == after or {before, after} <= set("“”\"‘’'")


@given(WORDS)
def test_marks_of_completed_words_are_paired(words: str) -> None:
    text = completed(words)
    assert words in text
    assert completed(text) == text or '"' in words


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


@pytest.mark.parametrize(
    ("words", "marks"),
    [
        ("the lamp", ""),
        ("the \u202elamp", "\u202c"),
        ("the \u202elamp\u202c", ""),
        ("\u202ethe \u2067lamp", "\u2069\u202c"),
        ("\u2067the \u202elamp\u2069", ""),
        ("the\u2069 \u202clamp", ""),
    ],
)
def test_words_that_turn_the_order_of_reading_end_it_before_the_citation(words: str, marks: str) -> None:
    assert closing_marks(words) == marks


@pytest.mark.parametrize("name", STYLES)
def test_a_record_cannot_turn_the_pages_of_its_citation(name: str) -> None:
    steering = "\u202e\x1b[31m\x07\u2067"
    plain = {"type": "book", "title": "The Log", "author": [{"family": "Marsh", "given": "Ada"}]}
    record = {
        "type": "book",
        "title": f"The Log{steering}",
        "author": [{"family": f"Marsh{steering}", "given": "Ada"}],
    }
    style, wanted = style_named(name, [record]), style_named(name, [plain])
    for one, other in (
        (style.in_text(record, "31"), wanted.in_text(plain, "31")),
        (style.again(record, "31"), wanted.again(plain, "31")),
        (style.reference(record), wanted.reference(plain)),
    ):
        assert one.replace("[31m", "") == other
