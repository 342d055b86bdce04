"""Word for word: every passage is a map of its source, whatever the source is."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from essay_library import ROOT
from fake_models import essay_of
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typesetter import Setting, print_essay, settings_of_type

from assistant.chunking.chunk import Chunked, chunk, kept_offsets
from assistant.chunking.cleaning import HYPHENS
from assistant.core.lines import INVISIBLE, LIGATURES, LINE_BREAK, split_lines
from assistant.documents.reading import read_essay_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from assistant.core.essay import Essay, Passage

LAYOUTS = sorted((ROOT / "tests" / "layouts").glob("*.txt"))
_LAYOUT_MARK = re.compile(r"\s*(?:#{1,6}\s+|(?:>\s?)+)?(?:\[\^\w+\]:)?")
_NOTE_MARK = re.compile(r"\[?\^?(\w+)\]?")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

modest = settings(deadline=None, max_examples=60)


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_layouts_are_mapped_word_for_word(path: Path, frequency: Callable[[str], float]) -> None:
    essay = essay_of(read_essay_file(path).text)
    assert_verbatim(essay, chunk(essay, frequency))


def test_sample_is_mapped_word_for_word(sample_path: Path, frequency: Callable[[str], float]) -> None:
    essay = essay_of(read_essay_file(sample_path).text)
    assert_verbatim(essay, chunk(essay, frequency))


@pytest.mark.real_essay
def test_real_essay_is_mapped_word_for_word(real_essay: Path, frequency: Callable[[str], float]) -> None:
    essay = essay_of(read_essay_file(real_essay).text)
    assert_verbatim(essay, chunk(essay, frequency))


@modest
@given(setting=settings_of_type())
# A compound divided before its capital, on the one line of a paragraph that the page has room for.
@example(
    setting=Setting(
        45, 14, "form feeds", "\n", indented=True, hyphens=1.0, trailing="", first_page=1, seed=11401
    )
)
def test_generated_essays_keep_every_word_on_its_page(
    setting: Setting, frequency: Callable[[str], float]
) -> None:
    """No tolerance: all words are such that their divisions and their pages have one reading only."""
    printed = print_essay(setting)
    essay = essay_of(printed.source)
    chunked = chunk(essay, frequency)
    words = [word for paragraph in printed.paragraphs for word in paragraph]
    found = [
        (word.group(), passage.pages_of(*word.span()))
        for passage in chunked.passages
        for word in re.finditer(r"\S+", passage.text)
    ]
    assert [word for word, _ in found] == words
    assert [pages for _, pages in found] == printed.pages
    assert chunked.report.unaccounted == 0
    assert_verbatim(essay, chunked)


@modest
@given(setting=settings_of_type("none"))
def test_generated_paragraphs_stay_whole(setting: Setting, frequency: Callable[[str], float]) -> None:
    """Only where no page ends: at a page's foot a full last line does not tell whether a paragraph ends."""
    printed = print_essay(setting)
    chunked = chunk(essay_of(printed.source), frequency)
    assert [passage.text.split() for passage in chunked.passages] == printed.paragraphs


FRAGMENTS = (
    *("\n", "\n\n", "\r\n", "\r", "\f", "\v", "\u2028", "\t", "  ", " ", "\x1c", "\ufeff", "\u200b"),
    *("-", "-\n", "\u00ad\n", "\u00ad", "\u2010\n", "—\n", "--\n", "ﬁ", "ﬃ-\n"),
    *("twenty-\n", "and", "able-bod-\n", ". . . "),
    *("# ", "## ", "> ", ">> ", "1. ", "2. ", "- ", "• ", "(a) ", "b) ", "\n7\n", "\n8\n", "\nviii\n"),
    *("[^1]: ", "[^a]: ", "[^1]", "[1]", "1 ", "¹", "² ", "word1 ", "word.2 ", "Notes\n", "\nWorks Cited\n"),
    *("By Ada Marsh\n", "\f12  Marsh", "The tide came in. ", "and it went ", "“Never,” she said. "),
    "The harbour lay still that morning, and nobody on the quay had yet thought of the boats.\n" * 4,
)  # fmt: skip
LINES = [line.text for path in LAYOUTS for line in split_lines(read_essay_file(path).text)]


# Many short lines before the first name; marks with a space before them; a line of nothing visible.
@example(text="\n\n".join([*(f"Chapter {number}" for number in range(1, 14)), "Ada Marsh", FRAGMENTS[-1]]))
@example(text="The tide came in. [^1]\n\n[^1]: It went.")
@example(text="\u200b\nThe tide came in.")
@example(text="The tide ¹ came in.\n\nNotes\n\n1. It went.")
@settings(modest, max_examples=200)
@given(text=st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=12)), max_size=40).map("".join))
def test_any_text_is_accounted_for(text: str, frequency: Callable[[str], float]) -> None:
    essay = essay_of(text)
    assert_verbatim(essay, chunk(essay, frequency))


@modest
@given(
    lines=st.lists(st.sampled_from(LINES), max_size=60),
    line_break=st.sampled_from(("\n", "\r\n", "\n\n", "\n\f", "\n ", "-\n", " \n    ")),
)
def test_shuffled_essays_are_accounted_for(
    lines: list[str], line_break: str, frequency: Callable[[str], float]
) -> None:
    essay = essay_of(line_break.join(lines))
    assert_verbatim(essay, chunk(essay, frequency))


def assert_verbatim(essay: Essay, chunked: Chunked) -> None:
    """Check that the passages are the essay's own words, each printed character once or named as left out."""
    report = chunked.report
    assert report.characters == len(essay.text)
    assert (
        report.kept + report.layout + sum(report.removed.values()) + report.unaccounted == report.characters
    )
    assert report.unaccounted == 0
    assert len({passage.id for passage in chunked.passages}) == len(chunked.passages)
    assert [passage.ordinal for passage in chunked.passages] == list(range(1, len(chunked.passages) + 1))
    kept = kept_offsets(chunked.passages)
    assert len(kept) == sum(len(kept_offsets([passage])) for passage in chunked.passages)
    layout = kept | _offsets((start, end) for start, end, _ in essay.furniture) | _layout_marks(essay.text)
    for passage in chunked.passages:
        _assert_mapped(essay.text, passage)
        _assert_gaps(essay.text, passage, layout)
        _assert_sentences(passage)
        _assert_pages(essay, passage)


def _assert_mapped(source: str, passage: Passage) -> None:
    text = passage.text
    assert text == text.strip() != ""
    assert "  " not in text
    offsets = [passage.source_map.source(at) for at in range(len(text))]
    assert offsets == sorted(offsets)
    for ch, offset in zip(text, offsets, strict=True):
        printed = source[offset]
        assert printed.isspace() if ch == " " else ch == printed or ch in LIGATURES.get(printed, "")


def _assert_gaps(source: str, passage: Passage, layout: set[int]) -> None:
    """Check that only layout and note marks stand between two characters that follow each other."""
    for at, offset in passage.source_map.runs[1:]:
        before = passage.source_map.source(at - 1)
        left_out = "".join(
            source[gap]
            for gap in range(before + 1, offset)
            if gap not in layout and not source[gap].isspace() and source[gap] not in INVISIBLE
            if not _is_line_end_hyphen(source, gap)
        )
        marks = [mark.mark for mark in passage.notes if mark.at == at]
        assert [mark.translate(_SUPERSCRIPTS) for mark in _NOTE_MARK.findall(left_out)] == marks


def _is_line_end_hyphen(source: str, at: int) -> bool:
    end = at + 1
    while end < len(source) and (source[end].isspace() or source[end] in INVISIBLE):
        end += 1
    return source[at] in HYPHENS and bool(LINE_BREAK.search(source, at, end))


def _assert_sentences(passage: Passage) -> None:
    text, spans = passage.text, passage.sentences
    assert spans
    assert all(start < end for start, end in spans)
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    between = [text[end:start] for (_, end), (start, _) in pairwise([*spans, (len(text), len(text))])]
    assert not "".join(between).strip()
    if passage.kind not in {"note", "list"}:
        assert spans[0][0] == 0


def _assert_pages(essay: Essay, passage: Passage) -> None:
    made = {page.label: page.start for page in passage.pages}
    offsets = [passage.source_map.source(at) for at in range(len(passage.text))]
    labels = [page.label for page in essay.pages]
    for number, page in enumerate(essay.pages):
        end = essay.pages[number + 1].start if number + 1 < len(labels) else len(essay.text)
        # What stands before the first page that was found can only be the first page's.
        on_page = [
            at for at, offset in enumerate(offsets) if (page.start <= offset or not number) and offset < end
        ]
        assert made.get(page.label) == (on_page[0] if on_page else None)


def _offsets(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {offset for start, end in spans for offset in range(start, end)}


def _layout_marks(source: str) -> set[int]:
    found = ((line, _LAYOUT_MARK.match(line.text)) for line in split_lines(source))
    return _offsets((line.start, line.start + mark.end()) for line, mark in found if mark)
