"""Labels of pages are fitted over all of them: no single number decides, and no page is 0 or below."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.numbering import (
    FoundPages,
    NumberCandidate,
    fit_labels,
    number_pages,
    page_value,
)


def candidates(printed: str) -> list[NumberCandidate]:
    """Candidates of pages: numbers joined by ``/``, ``~`` before one not set apart, ``.`` for no number."""
    made = []
    for page, numbers in enumerate(printed.split()):
        for number in numbers.split("/"):
            value = page_value(number.strip("~"))
            if value is not None:
                made.append(NumberCandidate(page, *value, is_set_apart=number[0] != "~"))
    return made


@pytest.mark.parametrize(
    ("printed", "labels"),
    [
        ("7 8 9", "7 8 9"),
        (". 8 9 .", "7 8 9 10"),
        ("i ii iii 1 2 3", "i ii iii 1 2 3"),
        (". ii iii . . 2 3 4", "i ii iii iv 1 2 3 4"),
        (". . 1 2 3", ". . 1 2 3"),
        (". . iii . 1 2 3", "i ii iii iv 1 2 3"),
        ("I . . 4 5 6", "1 2 3 4 5 6"),
        ("12 13 41 15 16", "12 13 14 15 16"),
        ("12 13 14 51 61 17 18", "12 13 14 15 16 17 18"),
        ("112 113 1 115 2 117 3", "112 113 114 115 116 117 118"),
        ("12 13 . 14 15", "12 13 . 14 15"),
        ("12 13 . 20 21", "12 13 . 20 21"),
        ("31 32 33 . 2 3 4", "31 32 33 1 2 3 4"),
        ("5/1 6/2 7/1 8/1", "5 6 7 8"),
        ("~5 . ~7 . ~9 . ~11", "5 6 7 8 9 10 11"),
        ("~5 ~6 ~30", ". . ."),
        ("5 . 90", ". . ."),
        ("0 1 2", ". 1 2"),
        ("0 0 0", ". . ."),
        ("", ""),
    ],
)
def test_labels_are_those_that_most_numbers_agree_on(printed: str, labels: str) -> None:
    pages = len(printed.split())
    expected = tuple("" if label == "." else label for label in labels.split())
    assert fit_labels(candidates(printed), pages) == expected


def test_numbers_with_a_prefix_are_a_series_of_their_own() -> None:
    made = [NumberCandidate(page, page - 1, prefix="S") for page in (2, 3, 4)]
    assert fit_labels([*candidates("8 9"), *made], 5) == ("8", "9", "S1", "S2", "S3")


NUMBERS = st.builds(
    NumberCandidate,
    page=st.integers(0, 11),
    value=st.integers(-3, 40),
    is_roman=st.booleans(),
    is_set_apart=st.booleans(),
)


@given(st.lists(NUMBERS, max_size=40))
def test_no_label_is_below_one(numbers: list[NumberCandidate]) -> None:
    labels = fit_labels(numbers, 12)
    assert len(labels) == 12
    assert all((page_value(label) or (0, False))[0] > 0 for label in labels if label)


@given(st.integers(1, 900), st.integers(4, 30), st.data())
def test_a_steady_series_outvotes_single_numbers(first: int, pages: int, data: st.DataObject) -> None:
    wrong = data.draw(st.sets(st.integers(1, pages - 2), max_size=max(1, pages // 4)))
    numbers = [
        NumberCandidate(page, first + page + (37 * (page + 1) if page in wrong else 0))
        for page in range(pages)
    ]
    assert fit_labels(numbers, pages) == tuple(str(first + page) for page in range(pages))


MIXED = ("i", "ii", "iii", "1", "2", "3")


@pytest.mark.parametrize(
    ("printed", "asked", "record", "declared", "labels", "origin", "warned"),
    [
        (MIXED, None, "", "", "i ii iii 1 2 3", "printed on the pages; numbered i–iii, 1–3", ""),
        (MIXED, "v", "", "", "v vi vii 1 2 3", "as asked for", "begin at page i; page v is used"),
        (MIXED, "40", "", "", "40 41 42 43 44 45", "as asked for", "begin at page i; page 40 is used"),
        (MIXED, None, "1-3", "", "i ii iii 1 2 3", "printed on the pages, within the record's range", ""),
        (MIXED, None, "845-47", "", "i ii iii 845 846 847", "record's page range", "page i is used"),
        (("", "", "1", "2"), None, "", "", ". . 1 2", "first numbered page 1, printed on the pages", ""),
        (("", "", "1", "2"), None, "", "", ". . 1 2", "; 2 pages without a number", ""),
        (("", "", "1", "2"), "i", "", "", "i ii 1 2", "as asked for", ""),
        (("", "", "1", "2"), "9", "", "", "9 10 11 12", "as asked for", "begin at page 1; page 9 is used"),
        (("7", "8", "", "9"), "21", "", "", "21 22 . 23", "as asked for", "begin at page 7"),
        (("7", "8", "1", "2"), "2", "", "", "2 3 . .", "as asked for", "begin at page 7"),
        ((), None, "", "iv v 6 7", "iv v 6 7", "from the file's own page labels", ""),
        ((), None, "", "Cover 0 S1 12", ". . S1 12", "from the file's own page labels", ""),
        ((), None, "", "1 2 3 4", "1 2 3 4", "counted from 1", "counted, not printed"),
        ((), None, "", "8 9", "1 2 3 4", "counted from 1", "counted, not printed"),
        ((), None, "844-62", "1 2 3 4", "844 845 846 847", "record's page range", ""),
        ((), None, "844-62", "846 847 848 849", "846 847 848 849", "page labels, within the record's", ""),
        (("5", "6"), None, "", "1 3", "5 6", "printed on the pages", ""),
    ],
)  # fmt: skip
def test_user_record_print_and_file_name_the_pages_in_this_order(
    printed: tuple[str, ...], asked: str | None, record: str, declared: str, labels: str, origin: str,
    warned: str,
) -> None:  # fmt: skip
    expected = ["" if label == "." else label for label in labels.split()]
    found = FoundPages(tuple(range(0, 100 * len(expected), 100)), "form feeds", printed)
    numbering = number_pages(found, first_page=asked, record=record, declared=declared.split())
    assert [page.label for page in numbering.pages] == expected
    assert origin in numbering.provenance
    assert len(numbering.warnings) == bool(warned)
    assert warned in "".join(numbering.warnings)
