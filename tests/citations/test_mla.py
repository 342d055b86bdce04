"""Citations in MLA style, compared with what a careful writer would type."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.citations.styles.mla import MLA

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
        (without(title='On "Light" Alone'), f"Marsh, Ada. “On ‘Light’ Alone.” {TAIL}"),
        # A full stop is inside the marks, and inside both of two pairs.
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
def test_quotations(words: str, wanted: str) -> None:
    assert MLA().quotation(words, "(Marsh 9)") == wanted


def test_more_than_four_lines_are_a_block() -> None:
    words = "The keeper said “no” again. " * 20 + "Then the lamp went out."
    # The marks remain double and the full stop precedes the citation.
    assert MLA().quotation(words, "(Marsh 9)") == f"{words} (Marsh 9)"
