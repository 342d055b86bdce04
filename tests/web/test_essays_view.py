"""The library's table, dialogs and uploads as HTML."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from page_library import Tags, keepers_log, words_of

from assistant.citations.form import FIELDS, TYPES
from assistant.core.essay import EssaySummary, RemovedEssay
from assistant.library.trash import KEPT_FOR
from assistant.web.views import essays as editing
from assistant.web.views import essays as shelf
from assistant.web.views.essays import UploadLine, lines_html

HOSTILE = "</td><img src=x onerror=\"a()\"> 'b' ${1} {{2}} &amp; <script>c()</script>"


def _about(**changes: Any) -> EssaySummary:
    return dataclasses.replace(EssaySummary.of(keepers_log(), "digest", "2026-03-07T09:00:00Z"), **changes)


def _rows(html: str) -> list[str]:
    return [str(row["data-essay"]) for row, _ in Tags(html).of("tr") if "data-essay" in row]


def test_a_row_has_title_author_year_pages_passages_and_date() -> None:
    record = {"title": "The <i>Log</i>", "author": [{"given": "Ada", "family": "Marsh"}]}
    about = _about(reference=record | {"issued": {"date-parts": [[1999, 5]]}}, pages=3, passages=1234)
    html = shelf.shelf_html({"log": about})
    words = words_of(html, "essays")
    for told in ("The Log", "Ada Marsh", "1999", "3 (31–33)", "1,234", "7 Mar 2026"):
        assert told in words
    acts = [tag["data-act"] for tag, _ in Tags(html).of("button") if "data-act" in tag]
    assert acts == ["open", "edit", "report", "remove"]
    heads = [tag.get("aria-sort") for tag, _ in Tags(html).of("th") if tag["scope"] == "col"]
    assert heads == [None, "none", "ascending", *["none"] * 4, None]


def test_every_list_is_by_authors_then_title() -> None:
    records = {
        "a": {"title": "Zoo", "author": [{"family": "Ábel", "given": "Zoe"}]},
        "b": {"title": "eel", "author": [{"family": "abel", "given": "Ann"}]},
        "c": {"title": "Ape", "author": [{"family": "Marsh"}]},
        "d": {"title": "Aardvark"},
        "e": {},
    }
    abouts = {name: _about(reference=record) for name, record in records.items()}
    order = _rows(shelf.shelf_html(abouts))
    assert order == shelf.in_order(abouts) == [essay for _, essay in shelf.labels_of(abouts)]
    assert order[:3] == ["b", "a", "c"]
    chosen = [tag["value"] for tag, _ in Tags(shelf.scope_html(abouts)).of("chosen")]
    assert chosen == order


def test_rows_without_authors_are_in_the_order_of_titles() -> None:
    abouts = {
        name: _about(reference={"title": title})
        for name, title in zip("abc", ["zoo", "Eel", "ape"], strict=True)
    }
    assert _rows(shelf.shelf_html(abouts)) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        ({"date-parts": [[2014, 12]]}, "2014"),
        ({"date-parts": [["2014"]]}, "2014"),
        ({"date-parts": [[-350]]}, "350 BCE"),
        ({"date-parts": [[]], "literal": "in press"}, "in press"),
        ({"date-parts": [], "raw": "May 2014"}, "May 2014"),
        ({"date-parts": "2014"}, ""),
        ("2014", ""),
        (None, ""),
    ],
)
def test_the_year_is_read_from_any_form_of_date(issued: object, year: str) -> None:
    assert shelf.year_of({"issued": issued}) == year


def test_an_essay_without_pages_or_record_has_a_row_too() -> None:
    about = _about(reference={}, title="", pages=0, first_page="", last_page="", added="no date")
    words = words_of(shelf.shelf_html({"bare": about}), "essays")
    assert "bare" in words
    assert "none shown" in words


def test_hostile_titles_names_and_ids_show_as_written() -> None:
    record = {"title": HOSTILE, "author": [{"literal": HOSTILE}], "issued": {"literal": HOSTILE}}
    about = _about(reference=record, title=HOSTILE, first_page=HOSTILE, added=HOSTILE)
    made = [
        shelf.shelf_html({HOSTILE: about, "b": about}, [RemovedEssay(HOSTILE, HOSTILE, HOSTILE)]),
        shelf.scope_html({HOSTILE: about, "b": about}, [HOSTILE]),
        shelf.removed_html(HOSTILE, HOSTILE),
        shelf.confirm_html(HOSTILE, kept=False),
        shelf.confirm_html(HOSTILE, kept=True),
        editing.form_html(HOSTILE, dict.fromkeys([*FIELDS, "first-page"], HOSTILE), HOSTILE),
        lines_html(
            [
                UploadLine(HOSTILE, "fault", HOSTILE),
                UploadLine(HOSTILE, "working", HOSTILE),
            ]
        ),
    ]
    for html in made:
        tags = Tags(html)
        assert not tags.of("img")
        assert not tags.of("script")
        assert not [tag for _, tag, _ in tags.found if any(name.startswith("on") for name in tag)]
        assert HOSTILE in html_values(html)
    assert HOSTILE in words_of(made[0], "essays")


def html_values(html: str) -> str:
    """Everything that a reader of the HTML is told: text and attributes."""
    return words_of(html) + "\n".join(str(one) for _, tag, _ in Tags(html).found for one in tag.values())


def test_there_is_a_filter_where_there_is_much() -> None:
    few, many = ({str(n): _about() for n in range(count)} for count in (7, 8))
    assert not Tags(shelf.shelf_html(few)).of("filter")
    assert Tags(shelf.shelf_html(many)).of("filter")


def test_essays_that_are_not_listed_are_found_by_words_of_author_title_and_year(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def about(title: str, family: str, year: int) -> EssaySummary:
        author = [{"family": family, "given": "Ada"}]
        return _about(reference={"title": title, "author": author, "issued": {"date-parts": [[year]]}})

    abouts = {
        "a": about("Of Anvils", "Zoë", 1999),
        "b": about("Of Anvils", "Young", 2001),
        "c": about("Of Bells", "Zoë", 1999),
    }
    for words, ids in (("zoe ANVILS", ["a"]), ("1999", ["a", "c"]), ("of", ["b", "a", "c"]), ("oaks", [])):
        found = shelf.found_html(abouts, words)
        assert _rows(found["rows"]) == ids
        assert [tag["value"] for tag, _ in Tags(found["choices"]).of("chosen")] == ids
    monkeypatch.setattr(shelf, "MOST_FOUND", 2)
    assert _rows(shelf.found_html(abouts, "of")["rows"]) == ["b", "a"]


def test_what_was_removed_can_be_put_back_or_deleted() -> None:
    html = shelf.shelf_html({}, [RemovedEssay("log", "The Log", "2026-11-23T10:00:00Z")])
    assert [tag["data-act"] for tag, _ in Tags(html).of("button")] == ["restore", "forget"]
    assert "Removed essays (1)" in words_of(html)
    assert "No essay yet" in words_of(html)
    assert f"For {KEPT_FOR.days} days" in words_of(shelf.confirm_html("The Log", kept=False))


def test_the_choice_lists_all_and_names_those_preselected() -> None:
    abouts = {"a": _about(), "b": _about(reference={}, title="Bare"), "c": _about()}
    html = shelf.scope_html(abouts, ["c", "gone"])
    assert sorted(str(tag["value"]) for tag, _ in Tags(html).of("chosen")) == ["a", "b", "c"]
    assert Tags(html).of("scope")[0][0]["data-focus"] == "c"
    assert words_of(html, "scope").startswith("Asking all 3 essays")
    assert "hidden" in Tags(shelf.scope_html({"a": _about()})).of("scope")[0][0]


def test_the_form_has_every_field_that_is_understood() -> None:
    form = {name: f"text of {name}" for name in [*FIELDS, "first-page"]} | {"type": "book"}
    tags = Tags(editing.form_html("The Log", form, "3 pages"))
    controls = {str(tag["name"]) for _, tag, _ in tags.found if tag.get("name")}
    assert controls == {*FIELDS, "first-page", "record"}
    labels = {tag["for"] for tag, _ in tags.of("label")}
    assert {tag["id"] for name, tag, _ in tags.found if name in {"input", "select", "textarea"}} <= labels
    assert {str(tag["value"]) for tag, _ in tags.of("option")} == set(TYPES)
    assert "song" in editing.form_html("x", {"type": "song"}, "")
