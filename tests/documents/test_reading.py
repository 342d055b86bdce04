"""Files are decoded, their pages found and numbered, and what cannot be read is refused in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.core.errors import ReadingError
from assistant.documents import reading
from assistant.documents.numbering import NO_PAGES, FoundPages, number_pages
from assistant.documents.pages import find_pages
from assistant.documents.reading import read_essay_file

if TYPE_CHECKING:
    from pathlib import Path

WORDS = "The tide came in — “slowly,” the keeper’s log says.\r\nÉmile lit the lamp.\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
BODY = "the boats lay still and nobody spoke of them"


# Decoding


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (WORDS.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + WORDS.encode(), "utf-8-sig"),
        (b"\xff\xfe" + WORDS.encode("utf-16-le"), "utf-16"),
        (b"\xfe\xff" + WORDS.encode("utf-16-be"), "utf-16"),
        (b"\xff\xfe\x00\x00" + WORDS.encode("utf-32-le"), "utf-32"),
        (WORDS.encode("cp1252"), "cp1252"),
    ],
)
def test_text_is_decoded_with_its_line_ends(data: bytes, encoding: str, tmp_path: Path) -> None:
    document = read_essay_file(_file(tmp_path, data))
    assert (document.text, document.encoding, document.reader) == (WORDS, encoding, "text")


@pytest.mark.parametrize("name", ["essay.TXT", "essay.md", "essay.markdown", "essay.text", "essay"])
def test_known_endings(name: str, tmp_path: Path) -> None:
    assert read_essay_file(_file(tmp_path, WORDS.encode(), name)).text == WORDS


@pytest.mark.parametrize(
    ("data", "fault", "cure"),
    [
        (b"", "is empty", "give a file with the text"),
        (b" \n\t\n", "is empty", "give a file with the text"),
        ("\ufeff".encode(), "is empty", "give a file with the text"),
        (PNG, "is not a text file", "save it as plain text"),
        (b"The tide\x00came in", "is not a text file", "save it as plain text"),
        (b"PK\x03\x04\x14\x00\x06\x00!\x00", "is not a text file", "save it as plain text"),
        (b"%PDF-1.4\n%\x81\x8d\x8f\x90\x9d", "is not a text file", "save it as plain text"),
        (b"\xff\xfe" + "The tide".encode("utf-16-le") + b"\x00", "damaged at byte", "save it again as UTF-8"),
        (b"\xef\xbb\xbfThe tide \xff came in", "damaged at byte", "save it again as UTF-8"),
    ],
)  # fmt: skip
def test_unreadable_file(data: bytes, fault: str, cure: str, tmp_path: Path) -> None:
    _assert_refused(_file(tmp_path, data), fault, cure)


def test_file_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, b"x" * 2 * 1024**2)
    monkeypatch.setattr(reading, "LARGEST_ESSAY", 1024**2)
    _assert_refused(path, "has 2 MB, more than the 1 MB", "divide it")


def test_largest_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_ESSAY", len(WORDS.encode()))
    assert read_essay_file(_file(tmp_path, WORDS.encode())).text == WORDS


def test_folder(tmp_path: Path) -> None:
    _assert_refused(tmp_path, "is a folder", "name the essay's file")


def test_missing_file(tmp_path: Path) -> None:
    _assert_refused(tmp_path / "none.txt", "does not exist", "check the name")


def test_unknown_ending_names_the_known_ones(tmp_path: Path) -> None:
    _assert_refused(
        _file(tmp_path, WORDS.encode(), "essay.xyz"), "unknown ending '.xyz'", ".txt, .text, .md, .markdown"
    )


# Where pages begin


def test_form_feeds() -> None:
    text = "One.\n\fTwo.\n\fThree.\n"
    found = find_pages(text)
    assert [text[start:].split("\n", maxsplit=1)[0] for start in found.starts] == ["One.", "Two.", "Three."]
    assert found.sign == "form feeds"
    assert (found.labels, found.furniture) == ((), ())


@pytest.mark.parametrize("text", ["One.\n\fTwo.\n\f", "One.\n\fTwo.\n\f\n \n", "\f\n\fOne.\n\fTwo."])
def test_empty_pages_before_and_after_the_words_do_not_count(text: str) -> None:
    assert [text[start : start + 3] for start in find_pages(text).starts] == ["One", "Two"]


def test_empty_page_between_others_counts() -> None:
    assert len(find_pages("One.\n\f\n\fThree.\n").starts) == 3


@pytest.mark.parametrize("number", ["{}", "- {} -", "[{}]", "Page {}", "p. {}", "{} of 9", "        {}"])
def test_numbers_at_the_foot(number: str) -> None:
    text = "".join(f"{_lines(page)}\n\n{number.format(page + 5)}\n\n" for page in range(4))
    found = find_pages(text)
    assert [text[start:].strip().split("\n")[0] for start in found.starts] == [
        _lines(page, 1) for page in range(4)
    ]
    assert (found.sign, found.labels) == ("page numbers at the foot", ("5", "6", "7", "8"))
    assert [text[start:end].strip() for start, end, _ in found.furniture] == [
        number.format(page + 5).strip() for page in range(4)
    ]


def test_numbers_at_the_head() -> None:
    text = "".join(f"{page + 5}\n\n{_lines(page)}\n\n" for page in range(4))
    found = find_pages(text)
    assert [text[start:].split("\n")[0] for start in found.starts] == ["5", "6", "7", "8"]
    assert (found.sign, found.labels) == ("page numbers at the head", ("5", "6", "7", "8"))


def test_numbers_at_the_head_of_all_pages_but_the_first() -> None:
    text = "".join(f"{page + 5}\n\n{_lines(page)}\n\n" for page in range(4)).removeprefix("5\n\n")
    found = find_pages(text)
    assert (len(found.starts), found.starts[0], found.labels) == (4, 0, ("5", "6", "7", "8"))


def test_running_heads_that_change_sides() -> None:
    heads = ["Ada Marsh  12", "13  On Tides", "Ada Marsh  14", "15  On Tides"]
    text = "".join(f"{head}\n{_lines(page)}\n" for page, head in enumerate(heads))
    found = find_pages(text)
    assert [text[start:].split("\n")[0] for start in found.starts] == heads
    assert (found.sign, found.labels) == ("running heads", ("12", "13", "14", "15"))


@pytest.mark.parametrize("numbers", [["viii", "ix", "x", "xi"], ["VIII", "IX", "X", "XI"]])
def test_roman_numbers(numbers: list[str]) -> None:
    found = find_pages("".join(f"{_lines(page)}\n\n{number}\n\n" for page, number in enumerate(numbers)))
    assert (len(found.starts), found.labels) == (4, ("viii", "ix", "x", "xi"))
    labels = [page.label for page in number_pages(found, first_page=None, record="").pages]
    assert labels == ["viii", "ix", "x", "xi"]


def test_leading_spaces() -> None:
    text = "".join(f" {_lines(page, 20)}\n" for page in range(4))
    found = find_pages(text)
    assert [text[start - 1 : start + 1] for start in found.starts[1:]] == ["\n "] * 3
    assert (len(found.starts), found.sign) == (4, "lines that begin with one space")


def test_leading_spaces_at_no_pages_length_are_no_pages() -> None:
    gaps = (16, 90, 20, 17)
    assert find_pages("".join(f" {_lines(page, gap)}\n" for page, gap in enumerate(gaps))).starts == ()


def test_numbered_list_is_no_chain_of_pages() -> None:
    items = "\n".join(f"{number}. {BODY}, {BODY}, {BODY}" for number in range(1, 9))
    assert find_pages(f"{_lines(0)}\n\n{items}\n\n{_lines(1)}\n").starts == ()


def test_bare_numbers_close_together_are_no_pages() -> None:
    verses = "\n".join(f"{number}\n{_lines(number, 3)}" for number in range(1, 9))
    assert find_pages(verses).starts == ()


def test_numbered_headings_far_apart_are_no_running_heads() -> None:
    text = "".join(
        f"{number}. {name}\n\n{_lines(number, 20)}\n\n"
        for number, name in enumerate(("Beginnings", "The Method", "What Came of It", "An End"), 1)
    )
    assert find_pages(text).starts == ()


def test_years_alone_on_lines_are_no_pages() -> None:
    text = "".join(f"{year}\n\n{_lines(year, 12)}\n\n" for year in (1847, 1851, 1852, 1860))
    assert find_pages(text).starts == ()


def test_years_alone_on_lines_are_no_page_numbers_of_pages() -> None:
    text = "\f".join(
        f"{_lines(page)}\n\n{year}\n\n{_lines(page)}\n" for page, year in enumerate((1847, 1848, 1849))
    )
    found = find_pages(text)
    assert (len(found.starts), found.labels, found.furniture) == (3, (), ())


@pytest.mark.parametrize("text", ["", "\n", "One.", "One.\n", f"{BODY}\n" * 3])
def test_one_page_shows_no_pages(text: str) -> None:
    assert find_pages(text) == NO_PAGES


def test_repeated_line_deep_in_the_page_is_the_authors() -> None:
    page = f"{_lines(0)}\nNevermore.\n{_lines(1)}\n"
    assert find_pages("\f".join([page] * 4)).labels == ()
    assert "Nevermore." not in _furniture("\f".join(f"{page}{_lines(number, 3)}\n" for number in range(4)))


def test_repeated_head_without_a_number_is_furniture() -> None:
    text = "\f".join(f"ON TIDES\n\n{_lines(number)}\n" for number in range(4))
    assert _furniture(text) == ["ON TIDES"] * 4


# What the pages are called

CHAIN = FoundPages((0, 100, 200), "page numbers at the foot", ("7", "8", "9"))
ROMAN = FoundPages((0, 100), "page numbers at the foot", ("ix", "x"))
SILENT = FoundPages((0, 100), "form feeds")


@pytest.mark.parametrize(
    ("found", "asked", "record", "labels", "origin", "warned"),
    [
        (CHAIN, None, "", "7 8 9", "printed on the pages", ""),
        (CHAIN, None, "5-9", "7 8 9", "printed on the pages, within the record's range", ""),
        (CHAIN, None, "845-62", "845 846 847", "from the reference record's page range", "begin at page 7"),
        (CHAIN, "21", "", "21 22 23", "as asked for with --first-page", "begin at page 7"),
        (CHAIN, "21", "845-62", "21 22 23", "as asked for with --first-page", "begins at page 845"),
        (CHAIN, "7", "", "7 8 9", "as asked for with --first-page", ""),
        (CHAIN, " xii ", "", "xii xiii xiv", "as asked for with --first-page", "page xii is used"),
        (SILENT, None, "844-862", "844 845", "from the reference record's page range", ""),
        (SILENT, None, "844–62", "844 845", "from the reference record's page range", ""),
        (SILENT, None, "e1047", "1 2", "counted from 1, as neither", "counted, not printed"),
        (SILENT, None, "xi-xv", "xi xii", "from the reference record's page range", ""),
        (SILENT, None, "12", "12 13", "from the reference record's page range", ""),
        (SILENT, "844", "844-62", "844 845", "as asked for with --first-page", ""),
        (SILENT, None, "", "1 2", "counted from 1, as neither", "counted, not printed"),
        (ROMAN, None, "ix-xx", "ix x", "printed on the pages, within the record's range", ""),
        (ROMAN, None, "", "ix x", "printed on the pages", ""),
        (ROMAN, None, "5-20", "5 6", "from the reference record's page range", "begin at page ix"),
        (ROMAN, "IX", "", "ix x", "as asked for with --first-page", ""),
    ],
)
def test_what_is_asked_for_goes_before_the_record_and_the_print(
    found: FoundPages, asked: str | None, record: str, labels: str, origin: str, warned: str
) -> None:
    numbering = number_pages(found, first_page=asked, record=record)
    assert " ".join(page.label for page in numbering.pages) == labels
    assert tuple(page.start for page in numbering.pages) == found.starts
    assert f"; first page {labels.split(maxsplit=1)[0]}, {origin}" in numbering.provenance
    assert numbering.provenance.startswith(f"{len(found.starts)} pages by {found.sign}")
    assert len(numbering.warnings) == bool(warned)
    assert warned in "".join(numbering.warnings)


def test_file_without_pages_says_so() -> None:
    numbering = number_pages(NO_PAGES, first_page=None, record="844-62")
    assert (numbering.pages, numbering.warnings) == ((), ())
    assert numbering.provenance == "no page breaks in the file; citations name paragraphs"


def test_first_page_of_a_file_without_pages_is_not_used_in_silence() -> None:
    numbering = number_pages(NO_PAGES, first_page="844", record="")
    assert numbering.pages == ()
    assert len(numbering.warnings) == 1
    assert "first page 844 is not used" in numbering.warnings[0]


@pytest.mark.parametrize("asked", ["", "twelve", "0", "-3", "12a", "iiii", "3.5", "²"])
@pytest.mark.parametrize("found", [CHAIN, NO_PAGES])
def test_what_is_no_page_number_is_refused(asked: str, found: FoundPages) -> None:
    with pytest.raises(ReadingError, match="is not a page number; give one such as 844 or xii"):
        number_pages(found, first_page=asked, record="")


def _file(folder: Path, data: bytes, name: str = "essay.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _assert_refused(path: Path, fault: str, cure: str) -> None:
    with pytest.raises(ReadingError) as caught:
        read_essay_file(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path))
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert sentence.index(fault) < sentence.index(cure)


def _lines(seed: int, count: int = 10) -> str:
    """Lines of running text, each of its own."""
    names = ("harbour", "tower", "lamp", "bar", "quay", "log", "lens", "oil", "keeper", "cloud", "tide")
    return "\n".join(
        f"{BODY}, {names[number % 11]} and {names[(seed + number // 11) % 11]}" for number in range(count)
    )


def _furniture(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in find_pages(text).furniture]
