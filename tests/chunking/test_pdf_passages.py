"""Typeset essays: every passage of the committed PDFs, with its words, kind, page and note links."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cases import FOLDER, essay_at, problems

from assistant.chunking.frames import Frames
from assistant.core.essay import SEARCHED_KINDS
from assistant.core.setting import SetLine
from assistant.library.adding import EssayWithSource, read_essay
from assistant.library.records import known_records
from assistant.quotations.printed import streams_of

DATA = Path(__file__).parent.parent / "data" / "pdf"
PATHS = sorted(DATA.glob("*.pdf"))
# Wrong passages of recognised scans: the machine lost the numbers of notes.
SCANS = {"ledger-scan": 26, "sample-scan": 8}


@cache
def _read(path: Path) -> EssayWithSource:
    return read_essay(path, known_records(FOLDER))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_passage_is_right(path: Path) -> None:
    wrong = problems(path, _read(path).essay)
    assert len(wrong) <= SCANS.get(path.stem, 0), wrong


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_passage_is_a_slice_of_the_text(path: Path) -> None:
    read = _read(path)
    assert read.essay.report.unaccounted == 0
    for passage in read.essay.passages:
        for index, letter in enumerate(passage.text):
            printed = read.source[passage.source_map.source(index)]
            assert letter == printed or (letter == " " and printed.isspace()) or printed in "ﬀﬁﬂﬃﬄﬅﬆ"


def test_captions_and_tables_are_no_prose() -> None:
    essay = essay_at(DATA / "sample-figures.pdf")
    captions = [passage for passage in essay.passages if passage.kind == "caption"]
    assert "caption" not in SEARCHED_KINDS
    assert any(passage.text.startswith("Figure 1.") for passage in captions)
    assert any(passage.text.startswith("Table 1.") for passage in captions)


def test_a_quoted_caption_is_found() -> None:
    essay = essay_at(DATA / "sample-figures.pdf")
    caption = next(passage for passage in essay.passages if passage.text.startswith("Figure 1."))
    streams = streams_of(essay)
    assert [stream.text for stream in streams if caption in stream.passages] == [caption.text]


def line(number: int, left: float, right: float, *, size: float = 10.0, page: int = 0) -> SetLine:
    return SetLine(
        start=100 * number, end=100 * number + 60, page=page, left=left, right=right, size=size,
        bottom=700 - 12 * number,
    )  # fmt: skip


@given(
    left=st.floats(20, 120),
    width=st.floats(200, 400),
    count=st.integers(8, 40),
    size=st.sampled_from([9, 10, 12]),
)
def test_the_frame_of_even_lines_is_their_edges(left: float, width: float, count: int, size: float) -> None:
    lines = [line(number, left, left + width, size=size) for number in range(count)]
    frames = Frames([(each, "x" * 60) for each in lines])
    frame = frames.of(lines[0])
    assert frame.left == pytest.approx(left)
    assert frame.right == pytest.approx(left + width)
    assert frames.body == size
    assert frames.leading == pytest.approx(12)
    assert frames.justified


def test_a_page_whose_lines_are_all_indented_has_the_margin_of_the_others() -> None:
    prose = [line(number, 60, 360, page=2) for number in range(20)]
    dialogue = [line(number, 75 if number % 4 else 60, 360, page=0) for number in range(16)]
    frames = Frames([(each, "x" * 60) for each in [*dialogue, *prose]])
    assert frames.of(dialogue[1]).left == 60
    assert frames.indent(dialogue[1]) == pytest.approx(1.5)


def test_what_is_printed_with_the_title_is_no_section() -> None:
    chapter = essay_at(DATA / "ledger-chapter.pdf")
    first = next(passage for passage in chapter.passages if passage.kind == "paragraph")
    headings = [passage.text for passage in chapter.passages if passage.kind == "heading"]
    assert (headings[0], first.section) == ("7", "")
    assert chapter.reference["author"] == [{"given": "Philippa", "family": "Fiddler-Moss"}]
