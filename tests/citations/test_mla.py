"""Citations after the MLA Handbook, each checked against what a careful writer would type."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.citations.locators import (
    chicago_range,
    full_range,
    locator_of,
    mla_range,
    page_range,
    pages_of,
)
from assistant.citations.styles.mla import MLA
from assistant.core.errors import RecordError
from assistant.core.essay import PageStart, Passage, SourceMap

MARSH = {"family": "Marsh", "given": "Ada"}
TWO = [MARSH, {"family": "Lee", "given": "Bo"}]
GROUP = {"literal": "The Coast Society"}
ARTICLE: dict[str, Any] = {
    "type": "article-journal",
    "title": "The Lamp: A History",
    "author": [MARSH],
    "container-title": "Coast Studies",
    "volume": "60",
    "issue": "4",
    "page": "844-862",
    "issued": {"date-parts": [[2014, 12]]},
    "DOI": "10.1000/lamp",
}


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
def test_each_style_writes_ranges_its_own_way(pages: str, mla: str, chicago: str, full: str) -> None:
    assert (mla_range(pages), chicago_range(pages), full_range(pages)) == (mla, chicago, full)


def test_the_pages_of_words_are_those_they_stand_on() -> None:
    text = "The lamp burns all night."
    pages = (PageStart("849", 0), PageStart("850", 9), PageStart("851", 15))
    one = Passage("e/p1", "e", 1, "paragraph", "", text, ((0, 25),), pages, SourceMap(((0, 0),), len(text)))
    spans = [(0, 8), (9, 14), (8, 9), (8, 10), (14, 16), (0, 25)]
    wanted = ["849", "850", "849", "849-50", "850-51", "849-51"]
    assert [pages_of(one, start, end) for start, end in spans] == wanted


LABELS = [*(str(number) for number in range(844, 862)), *(str(number) for number in range(899, 902))]


@pytest.mark.parametrize(
    ("asked", "wanted"),
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
def test_pages_that_a_user_names(asked: str, wanted: str) -> None:
    assert locator_of(asked, LABELS, "marsh-2014") == wanted


def test_roman_pages_that_a_user_names() -> None:
    assert locator_of("xii–xiv", ["xi", "xii", "xiii", "xiv", "1"], "marsh-2014") == "xii-xiv"


@pytest.mark.parametrize("asked", ["843", "849-870", "abc", "", "849-", "-849", "849--50", "0849"])
def test_a_page_that_is_not_there_is_refused(asked: str) -> None:
    with pytest.raises(RecordError, match=r"^marsh-2014 has no page '.*'; its pages are 844 to 901\.$"):
        locator_of(asked, LABELS, "marsh-2014")


def test_pages_that_run_backwards_are_refused() -> None:
    with pytest.raises(RecordError, match=r"'850-49' runs backwards; give the first page first\."):
        locator_of("850-49", LABELS, "marsh-2014")


def test_no_page_can_be_named_where_there_are_none() -> None:
    with pytest.raises(RecordError, match=r"marsh-2014 has no page '12'; its file shows no pages\."):
        locator_of("12", [], "marsh-2014")


@pytest.mark.parametrize(
    ("record", "locator", "wanted"),
    [
        ({"title": "The Lamp: A History"}, "12", "(“Lamp” 12)"),
        ({"title": "The “Old” Lamp"}, "12", "(“‘Old’ Lamp” 12)"),
        ({"title": "T", "author": [MARSH]}, "849-50", "(Marsh 849–50)"),
        ({"title": "T", "author": TWO}, "849", "(Marsh and Lee 849)"),
        ({"title": "T", "author": [*TWO, MARSH]}, "849", "(Marsh et al. 849)"),
        ({"title": "T", "author": [*TWO, MARSH, MARSH]}, "849", "(Marsh et al. 849)"),
        ({"title": "T", "author": [GROUP]}, "11", "(Coast Society 11)"),
        ({"title": "T", "author": [GROUP]}, "", "(Coast Society)"),
        ({"title": "The Lamp: A History"}, "", "(“Lamp”)"),
        (
            {
                "title": "T",
                "author": [{"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"}],
            },
            "xii-xiv",
            "(van den Berg xii–xiv)",
        ),
    ],
)
def test_in_text_citations(record: dict[str, Any], locator: str, wanted: str) -> None:
    assert MLA().in_text(record, locator) == wanted


def without(*keys: str, **changed: object) -> dict[str, Any]:
    """The article's record without some fields and with others changed."""
    return {key: value for key, value in ARTICLE.items() if key not in keys} | changed


TAIL = "Coast Studies, vol. 60, no. 4, Dec. 2014, pp. 844–62, https://doi.org/10.1000/lamp."


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        (ARTICLE, f"Marsh, Ada. “The Lamp: A History.” {TAIL}"),
        (
            without("issue", "DOI"),
            "Marsh, Ada. “The Lamp: A History.” Coast Studies, vol. 60, Dec. 2014, pp. 844–62.",
        ),
        (without(DOI="https://doi.org/10.1000/lamp"), f"Marsh, Ada. “The Lamp: A History.” {TAIL}"),
        (without(title="Who Lit It?"), f"Marsh, Ada. “Who Lit It?” {TAIL}"),
        (without(title="On “Light” Alone"), f"Marsh, Ada. “On ‘Light’ Alone.” {TAIL}"),
        (without(title='On "Light" Alone'), f"Marsh, Ada. “On 'Light' Alone.” {TAIL}"),
        # A full stop stands inside the marks, inside both where there are two.
        (without(title="A Note on “Light”"), f"Marsh, Ada. “A Note on ‘Light.’” {TAIL}"),
        (without(author=TWO), f"Marsh, Ada, and Bo Lee. “The Lamp: A History.” {TAIL}"),
        (without(author=[*TWO, MARSH]), f"Marsh, Ada, et al. “The Lamp: A History.” {TAIL}"),
        (without(author=[{"family": "Marsh", "given": "A."}]), f"Marsh, A. “The Lamp: A History.” {TAIL}"),
        (without(author=[GROUP]), f"Coast Society. “The Lamp: A History.” {TAIL}"),
        (without("author"), f"“The Lamp: A History.” {TAIL}"),
        ({"title": "A Short Note", "author": [GROUP]}, "Coast Society. “A Short Note.”"),
        (
            {
                "title": "A Note",
                "publisher": "Coast Press",
                "issued": {"date-parts": [["1911"]]},
                "page": "7",
            },
            "“A Note.” Coast Press, 1911, p. 7.",
        ),
        (
            {"title": "A Note", "issued": {"literal": "n.d."}, "page": "xii–xiv"},
            "“A Note.” n.d., pp. xii–xiv.",
        ),
        ({"title": "A Note", "issued": {"date-parts": [[]]}}, "“A Note.”"),
        ({"title": "A Note", "issued": {"date-parts": [[None]]}}, "“A Note.”"),
    ],
)
def test_references(record: dict[str, Any], wanted: str) -> None:
    assert MLA().reference(record) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("The lamp burns.", '"The lamp burns" (Marsh 9).'),
        ("the lamp", '"the lamp" (Marsh 9).'),
        ("the lamp,", '"the lamp" (Marsh 9).'),
        ("Who lit it?", '"Who lit it?" (Marsh 9).'),
        ("Light it!", '"Light it!" (Marsh 9).'),
        ("wind . . .", '"wind . . ." (Marsh 9).'),
        ("The keeper’s lamp.", "“The keeper’s lamp” (Marsh 9)."),
        ("“Light it,” he said.", "“‘Light it,’ he said” (Marsh 9)."),
        ('"Light it," he said.', "\"'Light it,' he said\" (Marsh 9)."),
        ("He said “light it.”", "“He said ‘light it’” (Marsh 9)."),
        ("He said “light it”.", "“He said ‘light it’” (Marsh 9)."),
        ("He asked “who lit it?”", "“He asked ‘who lit it?’” (Marsh 9)."),
    ],
)
def test_words_set_as_a_quotation(words: str, wanted: str) -> None:
    assert MLA().quotation(words, "(Marsh 9)") == wanted


def test_more_than_four_lines_are_set_off_as_a_block() -> None:
    words = "The keeper said “no” again. " * 20 + "Then the lamp went out."
    # The marks stay double and the full stop stands before the citation.
    assert MLA().quotation(words, "(Marsh 9)") == f"{words} (Marsh 9)"
