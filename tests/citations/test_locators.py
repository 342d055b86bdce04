"""Locators: the pages of a span, ranges of pages as styles write them, and pages that users name."""

from __future__ import annotations

import pytest

from assistant.citations.locators import (
    chicago_range,
    full_range,
    locator_of,
    mla_range,
    page_range,
    place_of,
)
from assistant.core.errors import RecordError
from assistant.core.essay import PageStart, Passage, SourceMap


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        (("844", "845"), "844-45"),
        (("844", "845", "846"), "844-46"),
        (("899", "900", "901"), "899-901"),
        (("103", "104"), "103-04"),
        (("1608", "1774"), "1608-774"),
        (("1003", "1005"), "1003-05"),
        (("1999", "2001"), "1999-2001"),
        (("7", "9"), "7-9"),
        (("21", "48"), "21-48"),
        (("99", "102"), "99-102"),
        (("xii", "xiv"), "xii-xiv"),
        (("xii", "3"), "xii-3"),
        (("849",), "849"),
        (("849", "849"), "849"),
        ((), ""),
    ],
)
def test_a_range_of_pages_is_shortened(labels: tuple[str, ...], wanted: str) -> None:
    assert page_range(labels) == wanted


@pytest.mark.parametrize(
    ("pages", "mla", "chicago", "full"),
    [
        ("849-50", "849-50", "849-50", "849-850"),
        ("844-862", "844-62", "844-62", "844-862"),
        ("3–10", "3-10", "3-10", "3-10"),
        ("71--72", "71-72", "71-72", "71-72"),
        ("100-104", "100-04", "100-104", "100-104"),
        ("1100-1113", "1100-13", "1100-1113", "1100-1113"),
        ("101-108", "101-08", "101-8", "101-108"),
        ("808-33", "808-33", "808-33", "808-833"),
        ("1103-04", "1103-04", "1103-4", "1103-1104"),
        ("321-28", "321-28", "321-28", "321-328"),
        ("498-532", "498-532", "498-532", "498-532"),
        ("1087-89", "1087-89", "1087-89", "1087-1089"),
        ("1496-1500", "1496-500", "1496-500", "1496-1500"),
        ("12991-13001", "12991-3001", "12991-3001", "12991-13001"),
        ("12-15, 120-125", "12-15, 120-25", "12-15, 120-25", "12-15, 120-125"),
        ("xii-xiv", "xii-xiv", "xii-xiv", "xii-xiv"),
        ("e12-e15", "e12-e15", "e12-e15", "e12-e15"),
        ("2014-03-12", "2014-03-12", "2014-03-12", "2014-03-12"),
        ("849", "849", "849", "849"),
        ("", "", "", ""),
    ],
)
def test_ranges_as_styles_write_them(pages: str, mla: str, chicago: str, full: str) -> None:
    assert (mla_range(pages), chicago_range(pages), full_range(pages)) == (mla, chicago, full)


def test_place_of_a_span() -> None:
    text = "The lamp burns all night."
    pages = (PageStart("849", 0), PageStart("850", 9), PageStart("851", 15))
    passage = Passage(
        "e/p1", "e", 1, "paragraph", "", text, ((0, 25),), pages, SourceMap(((0, 0),), len(text))
    )
    spans = [(0, 8), (9, 14), (8, 9), (8, 10), (14, 16), (0, 25)]
    wanted = ["849", "850", "849", "849-50", "850-51", "849-51"]
    assert [place_of(passage, start, end) for start, end in spans] == wanted


LABELS = [*(str(number) for number in range(844, 862)), *(str(number) for number in range(899, 902))]


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("849", "849"),
        (" 849 ", "849"),
        ("849-850", "849-50"),
        ("849-50", "849-50"),
        ("844-5", "844-45"),
        ("849–50", "849-50"),
        ("849 - 50", "849-50"),
        ("899-901", "899-901"),
        ("849-849", "849"),
    ],
)
def test_pages_that_a_user_names(page: str, wanted: str) -> None:
    assert locator_of(page, LABELS, "marsh-2014") == wanted


def test_roman_pages_that_a_user_names() -> None:
    assert locator_of("xii–xiv", ["xi", "xii", "xiii", "xiv", "1"], "marsh-2014") == "xii-xiv"


@pytest.mark.parametrize("page", ["843", "849-870", "abc", "", "849-", "-849", "849--50", "0849"])
def test_an_unknown_page_is_refused(page: str) -> None:
    with pytest.raises(RecordError, match=r"^marsh-2014 has no page '.*'; its pages are 844 to 901\.$"):
        locator_of(page, LABELS, "marsh-2014")


def test_pages_that_run_backwards_are_refused() -> None:
    with pytest.raises(RecordError, match=r"'850-49' runs backwards; give the first page first\."):
        locator_of("850-49", LABELS, "marsh-2014")


def test_no_page_can_be_named_in_a_file_without_pages() -> None:
    with pytest.raises(RecordError, match=r"marsh-2014 has no page '12'; its file shows no pages\."):
        locator_of("12", [], "marsh-2014")
