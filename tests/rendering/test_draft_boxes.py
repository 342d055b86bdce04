"""The notes on a draft: one box a quotation, essays by short names, places as readers give them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from check_part import checked_html
from page_library import FakeLibrary, Tags, keepers_log, words_of

from assistant.rendering.draft_page import draft_page
from assistant.rendering.drafts import short_names

_EXACT = "The keeper swears nothing, yet each line is signed by the light that others saw."
_ALTERED = _EXACT.replace("nothing", "something")[:-1]


def _boxes(html: str) -> list[list[str]]:
    """The numbers of the problems in each box."""
    return [
        [str(tag["id"]) for tag, _ in Tags(part).of("h3") if tag.get("id")]
        for part in html.split("<section")[1:]
        if "<dl>" in part
    ]


def test_each_quotation_has_a_box_of_its_own_also_where_it_is_quoted_twice() -> None:
    draft = (
        f"He writes “{_ALTERED}” (Marsh 33), and again “{_ALTERED}” (Marsh 32).\n\n“{_ALTERED}” (Marsh 33)."
    )
    assert _boxes(checked_html(draft)) == [["f1", "f2"], ["f3", "f4"], ["f5", "f6"]]


def test_quotations_that_share_a_citation_share_no_box() -> None:
    other = "Inspectors came twice a month and counted wicks; they seldom read."
    html = checked_html(f"He writes “{_ALTERED}” and “{other}” (Marsh 31–32).")
    assert len(_boxes(html)) == 2


def test_a_draft_in_several_lines_has_one_mark_a_paragraph() -> None:
    html = checked_html(f"A line.\nAnother.\n\nThird “{_ALTERED}”\n(Marsh 31).\n\nLast.")
    assert re.findall(r'class="at">([^<]*)<', html) == ["¶1", "", "¶2", "", "¶3"]
    assert "misquoted paragraph 2" in words_of(html)


def test_the_command_keeps_lines_and_uses_short_names_too() -> None:
    library = FakeLibrary(keepers_log())
    report = library.check_draft(f"He writes “{_ALTERED}” (Marsh 33).")
    html = draft_page(report, short_names(library.references()))
    assert "misquoted 1:11" in words_of(html)
    assert "PrintedMarsh, p. 31, paragraph 2" in words_of(html)
    assert "Printedlog, p. 31" in words_of(draft_page(report))


def _record(title: str, *authors: str, year: int | None = None) -> Any:
    issued = {"issued": {"date-parts": [[year]]}} if year else {}
    return {"title": title, "author": [{"family": name} for name in authors], **issued}


@pytest.mark.parametrize(
    ("records", "names"),
    [
        ({"gill-2014": _record("Faces", "Gill")}, ["Gill"]),
        (
            {"a": _record("X", "Gill", year=2014), "b": _record("Y", "Gill", year=2016)},
            ["Gill 2014", "Gill 2016"],
        ),
        (
            {"a": _record("X", "Gill", year=2014), "b": _record("Y", "Gill", year=2014)},
            ["Gill, X", "Gill, Y"],
        ),
        ({"a": _record("X", "Gill", "Ray"), "b": _record("Y", "A", "B", "C")}, ["Gill and Ray", "A et al."]),
        ({"a": {"author": [{"family": "Gill"}, {"literal": "et al."}]}}, ["Gill et al."]),
        ({"a": _record("Anonymous Log"), "b": {}}, ["Anonymous Log", "b"]),
        ({"a": _record("X", "Gill"), "b": _record("X", "Gill")}, ["a", "b"]),
        ({"a": {"author": [{"literal": "The Society"}], "issued": {"raw": "x"}}}, ["The Society"]),
        ({}, []),
    ],
)
def test_short_names(records: Any, names: list[str]) -> None:
    assert [*short_names(records).values()] == names
