"""The pages of an essay from a PDF: their numbers, their images, and where passages are printed on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from essay_library import ROOT, Opened, one_sentence, sample_library

from assistant.core.errors import DamagedEssayError, NoPagesError
from assistant.documents.pdf_image import PageImages

CHAPTER = ROOT / "tests" / "data" / "pdf" / "sample-chapter.pdf"


@pytest.fixture(scope="module")
def chapter(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """A library with the sample as a chapter that begins on page 217."""
    opened = Opened(sample_library(tmp_path_factory.mktemp("printed") / "library"))
    opened.library.add(CHAPTER, essay_id="chapter")
    return opened


def test_pages_have_the_number_that_is_cited_and_the_one_in_the_file(chapter: Opened) -> None:
    pages = chapter.library.printed_pages("chapter")
    assert [(page.number, page.label) for page in pages.pages] == [(n, str(216 + n)) for n in range(1, 10)]
    assert pages.pages[2].name == "p. 219 (PDF 3)"
    assert all(
        (page.width, page.height) == (pages.pages[0].width, pages.pages[0].height) for page in pages.pages
    )
    for passage in chapter.library.essay("chapter").passages:
        numbers = pages.file_pages(passage)
        assert [str(216 + number) for number in numbers] == [page.label for page in passage.pages]


def test_every_passage_is_marked_on_its_pages_and_on_no_other(chapter: Opened) -> None:
    pages = chapter.library.printed_pages("chapter")
    over_a_break = 0
    for passage in chapter.library.essay("chapter").passages:
        marked = pages.marked(passage)
        assert tuple(each.page.number for each in marked) == pages.file_pages(passage), passage.id
        over_a_break += len(marked) > 1
        for left, top, right, bottom in (mark for each in marked for mark in each.marks):
            assert 0 < left < right < 1
            assert 0 < top < bottom < 1
    assert over_a_break >= 4


def test_a_sentence_is_marked_on_its_lines_only(chapter: Opened) -> None:
    pages = chapter.library.printed_pages("chapter")
    passage = next(each for each in chapter.library.essay("chapter").passages if len(each.pages) > 1)
    turn = passage.pages[1].start
    (before,) = pages.marked(passage, [(0, turn - 1)])
    (after,) = pages.marked(passage, [(turn, len(passage.text))])
    whole = pages.marked(passage)
    assert [each.page for each in whole] == [before.page, after.page]
    assert whole[1].marks == after.marks
    assert whole[0].marks[:-1] == before.marks[:-1]
    # The words go on below the running head of the next page, which is not marked.
    assert after.marks[0][1] > 0.1


def test_an_essay_of_another_format_has_no_pages(chapter: Opened) -> None:
    with pytest.raises(NoPagesError, match=r"sample was read from essay\.txt") as raised:
        chapter.library.printed_pages("sample")
    one_sentence(raised.value)
    for number in (0, 10, -1):
        with pytest.raises(NoPagesError, match="it has the pages 1 to 9"):
            chapter.library.printed_pages("chapter").png(number, 600)


def test_another_first_page_is_the_pages_new_number(tmp_path: Path) -> None:
    opened = Opened(tmp_path / "library")
    opened.library.add(CHAPTER, essay_id="chapter")
    opened.library.edit("chapter", first_page="1")
    assert [page.name for page in opened.library.printed_pages("chapter").pages][:2] == ["p. 1", "p. 2"]
    # A damaged PDF is named where a page of it is to be drawn.
    (tmp_path / "library" / "data" / "chunks" / "chapter.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(DamagedEssayError, match=r"chapter\.pdf was changed"):
        opened.library.printed_pages("chapter").png(9, 2400)


def test_nothing_is_kept_of_an_essay_that_is_deleted_for_good(tmp_path: Path) -> None:
    opened = Opened(tmp_path / "library")
    opened.library.add(CHAPTER, essay_id="chapter")
    image = opened.library.printed_pages("chapter").png(1, 600)
    assert image in [path.read_bytes() for path in PageImages().folder.glob("*/*.png")]
    opened.library.remove("chapter")
    opened.library.remove("chapter", for_good=True)
    assert not PageImages().folder.exists()


def test_source_spans_have_each_character_of_a_passage_once(chapter: Opened) -> None:
    for passage in chapter.library.essay("chapter").passages:
        source_map, length = passage.source_map, len(passage.text)
        for start, end in [(0, length), (length // 3, length // 2 + 1), *passage.sentences]:
            offsets = [offset for span in source_map.spans(start, end) for offset in range(*span)]
            assert offsets == [source_map.source(offset) for offset in range(start, end)]
        assert source_map.spans(0, 0) == ()
