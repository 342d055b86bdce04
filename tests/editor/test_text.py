"""Places in a text as editors count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.editor.text import EditorText

if TYPE_CHECKING:
    from assistant.editor.text import ColumnUnit

ENCODINGS: list[ColumnUnit] = ["utf-8", "utf-16", "utf-32"]
TEXTS = st.text(alphabet="ab \n\r\f\v\x85\u2028é“\u00a0😀𝔸\t", max_size=60)


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 16), ("utf-16", 8), ("utf-32", 7)])
def test_a_column_counts_the_units_that_were_agreed_on(encoding: ColumnUnit, column: int) -> None:
    text = EditorText("first\r\naé😀\u00a0“b”", encoding)
    assert text.position(len(text.text)) == (1, column)
    assert text.offset(1, column) == len(text.text)


def test_only_line_feeds_and_carriage_returns_end_lines() -> None:
    text = EditorText("a\fb\vc\x85d\u2028e\rf\r\ng\nh")
    assert [text.position(text.text.index(letter)) for letter in "aefgh"] == [
        (0, 0), (0, 8), (1, 0), (2, 0), (3, 0)
    ]  # fmt: skip


def test_what_is_after_the_end_of_a_line_or_text_is_that_end() -> None:
    text = EditorText("ab\r\ncd")
    assert text.offset(0, 99) == 2
    assert text.offset(9, 0) == text.offset(1, 99) == 6
    assert text.offset(-1, 0) == 0
    # Within a line break there is no column.
    assert text.position(3) == (0, 2)


@given(text=TEXTS, encoding=st.sampled_from(ENCODINGS))
def test_a_place_and_its_offset_lead_to_each_other(text: str, encoding: ColumnUnit) -> None:
    lines = EditorText(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":
            assert lines.offset(*lines.position(offset)) == offset


@given(
    text=TEXTS, words=TEXTS, encoding=st.sampled_from(ENCODINGS), ends=st.tuples(*[st.integers(0, 60)] * 2)
)
def test_a_change_replaces_what_is_between_two_places(
    text: str, words: str, encoding: ColumnUnit, ends: tuple[int, int]
) -> None:
    lines = EditorText(text, encoding)
    start, end = sorted(min(offset, len(text)) for offset in ends)
    if "\r\n" in (text[start - 1 : start + 1], text[end - 1 : end + 1]):
        return
    changed = lines.replaced(lines.position(start), lines.position(end), words)
    assert changed.text == text[:start] + words + text[end:]
