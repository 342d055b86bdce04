"""Paragraphs as locators of essays without pages: in each style, as users name them, and in drafts."""

from __future__ import annotations

import pytest

from assistant.citations.locators import labelled_pages, locator_of, page_range
from assistant.citations.styles import style_named
from assistant.core.answer import Citation
from assistant.core.errors import RecordError
from assistant.drafts.citations import ranges

RECORD = {
    "type": "article-journal",
    "title": "Written on the Face",
    "author": [{"family": "Gill", "given": "Josie"}],
    "issued": {"date-parts": [[2014]]},
}
LABELS = ["par. 1", "par. 2", "par. 3", "n. 1"]


@pytest.mark.parametrize(
    ("style", "cited"),
    [
        ("mla", "(Gill, par. 14)"),
        ("apa", "(Gill, 2014, para. 14)"),
        ("chicago", "(Gill 2014, par. 14)"),
        ("harvard", "(Gill, 2014, para. 14)"),
        ("ieee", "[1, para. 14]"),
    ],
)
def test_styles_cite_paragraphs(style: str, cited: str) -> None:
    assert style_named(style, [RECORD]).in_text(RECORD, "par. 14") == cited


def test_several_paragraphs() -> None:
    assert page_range(("par. 14", "par. 15")) == "pars. 14-15"
    assert page_range(("par. 14", "par. 14")) == "par. 14"
    assert labelled_pages("pars. 14-15") == "paras. 14–15"
    assert style_named("mla", [RECORD]).in_text(RECORD, "pars. 14-15") == "(Gill, pars. 14–15)"


@pytest.mark.parametrize(
    ("named", "locator"),
    [("par. 2", "par. 2"), ("2", "par. 2"), ("para 2-3", "pars. 2-3"), ("¶ 3", "par. 3"), ("note 1", "n. 1")],
)
def test_a_user_names_a_paragraph(named: str, locator: str) -> None:
    assert locator_of(named, LABELS, "gill") == locator


@pytest.mark.parametrize("named", ["par. 9", "9", "3-2", "x y"])
def test_a_paragraph_that_there_is_not(named: str) -> None:
    with pytest.raises(RecordError):
        locator_of(named, LABELS, "gill")


def test_a_citation_has_pages_or_a_locator() -> None:
    assert (Citation.at("849-50", "x").pages, Citation.at("849-50", "x").locator) == ("849-50", "")
    assert (Citation.at("par. 3", "x").pages, Citation.at("par. 3", "x").locator) == ("", "par. 3")


def test_drafts_name_paragraphs() -> None:
    assert ranges("par. 14") == (("par. 14", "par. 14"),)
    assert ranges("paras. 14–15") == (("par. 14", "par. 15"),)
    assert ranges("¶3") == (("par. 3", "par. 3"),)
    assert ranges("pp. 14-15") == (("14", "15"),)
