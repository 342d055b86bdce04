"""Where words are printed, and images of pages: exact boxes, and marks on the pixels of the words."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import ROOT
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.errors import ReadingError
from assistant.core.setting import Box, boxes_of
from assistant.documents import pdf_image
from assistant.documents.pdf import read_pdf
from assistant.documents.pdf_image import PageFrame, PageImages

if TYPE_CHECKING:
    from assistant.core.setting import Setting
    from assistant.documents.document import Document

PDFS = ROOT / "tests" / "data" / "pdf"
FOOTNOTES = "sample-footnotes"


@cache
def document(name: str) -> Document:
    return read_pdf(data(name), name)


@cache
def data(name: str) -> bytes:
    return (PDFS / f"{name}.pdf").read_bytes()


def setting(name: str) -> Setting:
    found = document(name).setting
    assert found is not None
    return found


def boxes(name: str, first: str, last: str) -> tuple[Box, ...]:
    """The boxes of what is printed from some words to others."""
    text = document(name).text
    start = text.index(first)
    return boxes_of(setting(name), text, [(start, text.index(last, start) + len(last))])


@cache
def pixels(png: bytes) -> Any:
    """An image as an array of red, green and blue."""
    numpy, image = pytest.importorskip("numpy"), pytest.importorskip("PIL.Image")
    return numpy.asarray(image.open(io.BytesIO(png)).convert("RGB")).astype(int)


@pytest.fixture
def images(tmp_path: Path) -> PageImages:
    """Images that are kept in a folder of their own."""
    return PageImages(tmp_path / "pages")


def png(images: PageImages, name: str, page: int, width: int = 900, marks: Any = ()) -> bytes:
    return images.png(name, lambda: data(name), page, width, marks)


def test_words_within_a_line_have_the_edges_of_their_letters() -> None:
    line = next(line for line in setting(FOOTNOTES).lines if line.page == 0 and line.size < 12)
    text = document(FOOTNOTES).text
    words = text[line.start : line.end].split()
    start = line.start + text[line.start : line.end].index(words[2])
    (box,) = boxes_of(setting(FOOTNOTES), text, [(start, start + len(words[2]))])
    assert (box.page, box.left, box.right) == (0, line.words[4], line.words[5])
    assert box.bottom < line.bottom < box.top
    assert box.top - box.bottom == pytest.approx(1.02 * line.size, abs=0.2)


def test_a_sentence_over_two_lines_has_a_box_on_each() -> None:
    first, second, third, fourth = boxes(FOOTNOTES, "Augustine hears", "left the letters")
    assert (first.left, first.right, first.page) == (302.4, 452.4, 0)
    assert (second.left, second.right) == (93.9, 452.3)
    assert (third.left, third.right) == (93.9, 452.2)
    assert (fourth.left, fourth.right) == (93.9, 161.0)
    assert first.bottom > second.bottom > third.bottom > fourth.bottom


def test_columns_are_marked_apart() -> None:
    """The sentence ends at the head of the second column; nothing of the notes between is marked."""
    found = boxes("sample-two-columns", "The first section follows", "of leaves and pages.")
    assert {box.page for box in found} == {0}
    assert {box.left for box in found} == {min(box.left for box in found), max(box.left for box in found)}
    assert all(box.right < 306 for box in found)
    later = boxes("sample-two-columns", "The third considers", "pages of its own.")
    assert all(box.left > 306 for box in later)


@given(st.data())
def test_boxes_lie_on_the_lines_of_their_words(drawn: st.DataObject) -> None:
    name = drawn.draw(st.sampled_from([FOOTNOTES, "sample-two-columns", "ledger-browser-columns"]))
    text = document(name).text
    start = drawn.draw(st.integers(0, len(text) - 1))
    end = drawn.draw(st.integers(start + 1, min(len(text), start + 3_000)))
    found = boxes_of(setting(name), text, [(start, end)])
    lines = [
        line
        for line in setting(name).lines_of((start, end))
        if text[max(start, line.start) : min(end, line.end)].strip()
    ]
    assert len(found) == len(lines)
    for box, line in zip(found, lines, strict=True):
        assert box.page == line.page
        edges = line.words or (line.left, line.right)
        assert min(edges) - 0.11 <= box.left <= box.right <= max(edges) + 0.11


@pytest.mark.parametrize("width", [1, 600, 601, 2400, 99_999])
def test_an_image_has_the_next_width_and_the_shape_of_the_page(images: PageImages, width: int) -> None:
    page = setting(FOOTNOTES).pages[0]
    height, drawn, _ = pixels(png(images, FOOTNOTES, 0, width)).shape
    assert abs(drawn - min(each for each in pdf_image.WIDTHS if each >= min(width, 2400))) <= 1
    assert height / drawn == pytest.approx(page.height / page.width, abs=0.01)


@pytest.mark.parametrize("name", [FOOTNOTES, "sample-two-columns", "sample-scan", "sample-figures"])
def test_marks_colour_the_words_and_nothing_else(images: PageImages, name: str) -> None:
    line = [line for line in setting(name).lines if line.page == 0 and line.width > 100][3]
    (box,) = boxes_of(setting(name), document(name).text, [(line.start, line.end)])
    mark = images.frame(name, lambda: data(name), 0).mark(box)
    plain, marked = pixels(png(images, name, 0)), pixels(png(images, name, 0, marks=[mark]))
    height, width, _ = plain.shape
    left, top, right, bottom = (
        round(edge * size) for edge, size in zip(mark, (width, height, width, height), strict=True)
    )
    outside = (plain != marked).any(axis=2)
    outside[top:bottom, left:right] = False
    assert not outside.any()
    inside = marked[top:bottom, left:right]
    # Paper becomes yellow; there is ink of letters within the mark, and it stays dark.
    assert (inside[..., 2] < inside[..., 0]).mean() > 0.5
    assert (plain[top:bottom, left:right].sum(axis=2) < 300).mean() > 0.05
    # No ink touches the mark's left or right side from without: it begins and ends where the words do.
    assert (plain[top:bottom, max(left - 4, 0) : max(left - 1, 1)].sum(axis=2) > 450).mean() > 0.9


def _changed(name: str, tmp_path: Path, how: str) -> bytes:
    pdfium = pytest.importorskip("pypdfium2")
    file = pdfium.PdfDocument(data(name))
    for page in file:
        left, bottom, right, top = page.get_mediabox()
        if how == "turned":
            page.set_rotation(90)
        else:
            page.set_cropbox(left + 40, bottom + 60, right - 30, top - 20)
    file.save(tmp_path / "changed.pdf")
    return (tmp_path / "changed.pdf").read_bytes()


@pytest.mark.parametrize("how", ["turned", "cropped"])
def test_pages_that_are_turned_or_cropped_are_marked_at_the_words(
    images: PageImages, tmp_path: Path, how: str
) -> None:
    changed = _changed(FOOTNOTES, tmp_path, how)
    (box, *_) = boxes(FOOTNOTES, "Augustine hears", "left the letters")
    mark = images.frame(how, lambda: changed, 0).mark(box)
    plain = pixels(images.png(how, lambda: changed, 0, 1200))
    height, width, _ = plain.shape
    page = setting(FOOTNOTES).pages[0]
    if how == "turned":
        assert width / height == pytest.approx(page.height / page.width, abs=0.01)
        assert mark[2] - mark[0] < mark[3] - mark[1]
    else:
        assert width / height == pytest.approx((page.width - 70) / (page.height - 80), abs=0.01)
    left, top, right, bottom = (
        round(edge * size) for edge, size in zip(mark, (width, height, width, height), strict=True)
    )
    assert (plain[top:bottom, left:right].sum(axis=2) < 300).mean() > 0.05


def test_what_lies_outside_the_image_is_cut_off() -> None:
    frame = PageFrame((0.01, 0.0, 0.0, -0.01, 0.0, 1.0))
    assert frame.mark(Box(0, -5, 90, 50, 120)) == (0.0, 0.0, 0.5, 0.1)


def test_an_image_is_drawn_once(images: PageImages, monkeypatch: pytest.MonkeyPatch) -> None:
    first = png(images, FOOTNOTES, 1, 600)
    monkeypatch.setattr(pdf_image, "_run", None)
    assert png(images, FOOTNOTES, 1, 600) == first
    assert png(images, FOOTNOTES, 1, 500) == first
    (path,) = images.folder.glob("*/*")
    assert (path.parent.name, path.name) == (FOOTNOTES, "1-600.png")
    assert path.stat().st_mode & 0o077 == images.folder.stat().st_mode & 0o077 == 0
    images.clear()
    assert not images.folder.exists()


def test_no_more_is_kept_than_is_allowed(images: PageImages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_image, "_run", lambda task, _data: bytes([task["page"]]) * 1_000)
    monkeypatch.setattr(pdf_image, "MOST_KEPT", 3_500)
    for page in range(6):
        png(images, FOOTNOTES, page, 600)
    assert len(list(images.folder.glob("*/*"))) == 3
    assert png(images, FOOTNOTES, 5, 600) == bytes([5]) * 1_000


def test_without_a_folder_to_keep_images_pages_are_drawn_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    assert png(PageImages(tmp_path / "file" / "pages"), FOOTNOTES, 0, 600).startswith(b"\x89PNG")


@pytest.mark.parametrize("harm", [b"", b"%PDF-1.7\nnothing", b"\x00" * 99])
def test_a_damaged_file_is_one_sentence(images: PageImages, harm: bytes) -> None:
    with pytest.raises(ReadingError, match="Page 1 of the PDF cannot be drawn"):
        images.png("damaged", lambda: harm, 0, 600)
    with pytest.raises(ReadingError, match="Page 1 of the PDF cannot be drawn"):
        images.frame("damaged", lambda: harm, 0)
    assert not images.folder.exists()


def test_a_page_that_is_not_there_is_one_sentence(images: PageImages) -> None:
    with pytest.raises(ReadingError, match="Page 100 of the PDF"):
        png(images, FOOTNOTES, 99)


def test_a_frame_that_is_kept_is_read_again(images: PageImages, monkeypatch: pytest.MonkeyPatch) -> None:
    first = images.frame(FOOTNOTES, lambda: data(FOOTNOTES), 0)
    monkeypatch.setattr(pdf_image, "_run", None)
    assert images.frame(FOOTNOTES, lambda: data(FOOTNOTES), 0) == first
    page = setting(FOOTNOTES).pages[0]
    kept = json.loads((images.folder / FOOTNOTES / "0.json").read_bytes())
    assert kept == pytest.approx([1 / page.width, 0, 0, -1 / page.height, 0, 1], abs=1e-6)
