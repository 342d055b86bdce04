"""The part of the page that checks: quotations and drafts, verdicts and problems."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from check_part import ALTERED, DRAFT, EXACT, check_handlers, checked_html
from page_library import FakeLibrary, Tags, keepers_log, passage, renamed, stored, words_of

from assistant.citations.styles import STYLES, style_titles
from assistant.web.check import GONE, NO_ESSAY, NOTHING, TOO_LONG, single_quotation
from assistant.web.session import LONGEST_CHECK

HOSTILE = '<img src=x onerror=alert(1)> &amp; "><script>alert(2)</script> ${3} </section>'


@pytest.mark.parametrize(
    ("text", "quotation"),
    [
        ("The log knows no habit.", "The log knows no habit."),
        (" “The log knows no habit.” ", "“The log knows no habit.”"),
        ('"The log knows no habit".', '"The log knows no habit"'),
        ("‘The keeper’s log knows no habit’", "‘The keeper’s log knows no habit’"),
        ("“He says ‘no’ twice”", "“He says ‘no’ twice”"),
        ("“" + "word " * 100 + "”", "“" + "word " * 100 + "”"),
        ("»The log knows no habit«", "»The log knows no habit«"),
        ("The log knows no habit.”", "The log knows no habit.”"),
        ("“One” and “two”", None),
        ('"One" and "two"', None),
        ("‘One’ and ‘two’", None),
        ("“One” (Marsh 31).", None),
        ("He says “one”", None),
        ("> The log knows no habit.", None),
        ("``The log'' knows", None),
        ("word " * 61, None),
        ("One.\n\nTwo.", None),
        ("“”", None),
    ],
)
def test_one_quotation_is_distinguished_from_a_draft(text: str, quotation: str | None) -> None:
    assert single_quotation(text) == quotation


@pytest.mark.parametrize("text", [EXACT, f"“{EXACT}”", f'"{EXACT[:-1]}".'])
def test_an_exact_quotation_is_shown_as_printed(text: str) -> None:
    html = checked_html(text)
    assert words_of(html, "judged") == "Exact"
    assert words_of(html, "passage-text").strip(".") == EXACT.strip(".")
    assert words_of(html, "essay") == "The Keeper’s Log"
    assert words_of(html, "pages") == "p. 31"
    assert words_of(html, "citation") == "(Marsh 31)"
    tags = Tags(html)
    assert [tag["data-note"] for tag, _ in tags.of("read-here")] == ["log/p02"]
    assert EXACT.strip(".") in (tags.of("copy-quotation")[0][0]["data-copy"] or "")
    assert not tags.of("del") + tags.of("ins")


def test_what_differs_is_marked_and_what_is_copied_is_right() -> None:
    html = checked_html(ALTERED)
    place = html[html.index("<article") :]
    assert words_of(html, "judged") == "Altered"
    assert "keeper swears <del>something,</del> <ins>nothing,</ins> yet each" in place
    copied = Tags(html).of("copy-quotation")[0][0]["data-copy"] or ""
    assert EXACT[:-1] in copied
    assert "something" not in copied


def test_the_writers_own_marks_are_named_and_kept() -> None:
    html = checked_html("The keeper swears something … by the light that [we] saw")
    assert words_of(html, "judged") == "Altered"
    assert words_of(html, "own") == (
        "Marked as the writer’s own: ellipsis … for “yet each line is signed”; "
        "substitution [we] for “others”."
    )
    assert words_of(html, "passage-text") == (
        "The keeper swears something nothing, … by the light that [we] saw"
    )
    copied = Tags(html).of("copy-quotation")[0][0]["data-copy"] or ""
    assert "The keeper swears nothing, … by the light that [we] saw" in copied


def test_absent_words_have_no_place() -> None:
    html = checked_html("Purple gardens seldom pay their taxes on time.")
    assert words_of(html, "judged") == "Absent"
    assert not Tags(html).of("place")


def test_a_draft_is_shown_with_its_problems_and_what_is_printed() -> None:
    html = checked_html(DRAFT)
    assert words_of(html, "text").startswith("As Marsh has it, “The keeper swears something,nothing, yet")
    tags = Tags(html)
    # Two problems of one quotation are in one box, which says once what is printed.
    notes = Tags(html[html.index("<aside>") :])
    assert [tag["id"] for tag, _ in notes.of("h3")] == ["f1", "f2"]
    assert len(notes.of("section")) == len(notes.of("dl")) == 1
    assert [tag["data-note"] for tag, _ in tags.of("read-here")] == ["log/p02"]
    box = words_of(html[html.index("<aside>") :])
    assert "misquoted paragraph 1" in box
    assert "PrintedMarsh, p. 31, paragraph 2" in box
    assert [words_of(html, "at")] == ["¶1"]
    assert {tag["href"] for tag, _ in tags.of("n") if "href" in tag} == {"#f1", "#f2"}
    assert "(Marsh 31)" in words_of(html, "wrong-page") + words_of(html)


@pytest.mark.parametrize("style", STYLES)
def test_citations_are_in_the_chosen_style(style: str) -> None:
    library = FakeLibrary(keepers_log())
    cited = library.quote(EXACT, style=style).matches[0].citation.in_text
    assert words_of(checked_html(EXACT, style=style), "citation") == cited
    copied = Tags(checked_html(EXACT, style=style)).of("copy-quotation")[0][0]["data-copy"]
    assert copied == library.style(style).quotation(EXACT, cited)


def test_every_style_has_a_title() -> None:
    assert [*style_titles()] == [*STYLES]
    assert len({*style_titles().values()}) == len(STYLES)


@pytest.mark.parametrize("name", ["draft.md", "draft.txt", "draft.tex"])
def test_an_uploaded_draft_is_checked_and_deleted(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(DRAFT, "utf-8")
    html = checked_html("“Another text”", path)
    assert f"<h2>{name}</h2>" in html
    assert 'class="misquoted"' in html
    assert not path.exists()
    assert str(tmp_path) not in html


@pytest.mark.parametrize(
    ("name", "data"), [("a.docx", b"no archive"), ("a.md", b""), ("a.exe", b"x"), ("a.md", b"\xff\xfe\x00")]
)
def test_a_bad_file_is_one_sentence_without_its_path(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    html = checked_html("", path)
    assert html.startswith('<p class="fault" role="alert">')
    assert name in words_of(html)
    assert str(tmp_path) not in html
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "message"), [("", NOTHING), (" \n", NOTHING), ("x" * (LONGEST_CHECK + 1), TOO_LONG)]
)
def test_what_cannot_be_checked_gets_a_message(text: str, message: str) -> None:
    assert words_of(checked_html(text)) == message


@pytest.mark.parametrize("text", [EXACT, DRAFT])
def test_an_empty_library_gets_a_message(text: str) -> None:
    assert words_of(checked_html(text, library=FakeLibrary())) == NO_ESSAY


@pytest.mark.parametrize("text", [HOSTILE, f"“{HOSTILE.replace(chr(34), '')}”", f"{DRAFT}\n\n{HOSTILE}"])
def test_hostile_words_are_shown_as_written(text: str) -> None:
    hostile = stored([passage(HOSTILE, ordinal=1), passage(f"{HOSTILE} {EXACT}", ordinal=2, name="log/p02")])
    for library in (FakeLibrary(keepers_log()), FakeLibrary(hostile)):
        html = checked_html(text, library=library)
        assert {tag for tag, _, _ in Tags(html).found} & {"img", "script"} == set()
        assert all(not name.startswith("on") for _, named, _ in Tags(html).found for name in named)


def test_two_visitors_share_nothing() -> None:
    handlers = check_handlers()
    first, second = handlers.check(EXACT, None, [], "mla"), handlers.check(ALTERED, None, [], "apa")
    next(first), next(second)
    shown = [words_of(str(next(check)[handlers.widgets.checked]), "judged") for check in (first, second)]
    assert shown == ["Exact", "Altered"]


def test_essays_are_chosen_and_the_others_left_out() -> None:
    library = FakeLibrary(keepers_log(), renamed(keepers_log(), "zeta"))
    for essays, ids in (
        ((), ["log/p02", "zeta/p02"]),
        (("zeta",), ["zeta/p02"]),
        (("gone", "log"), ["log/p02"]),
    ):
        html = checked_html(EXACT, library=library, essays=essays)
        assert [tag["data-note"] for tag, _ in Tags(html).of("read-here")] == ids
    problems = Tags(checked_html(DRAFT, library=library, essays=["zeta"])).of("read-here")
    assert {tag["data-note"] for tag, _ in problems} == {"zeta/p02"}
    assert words_of(checked_html(EXACT, library=library, essays=["gone"])) == GONE


def test_the_librarys_essays_are_offered_and_the_choice_stays() -> None:
    library = FakeLibrary(keepers_log(), renamed(keepers_log(), "zeta"))
    handlers = check_handlers(library)
    offered = handlers.offer_essays(json.dumps({"essays": ["zeta", "gone"]}))[handlers.widgets.essays]
    assert offered["choices"] == [
        ("Ada Marsh, The Keeper’s Log", "log"),
        ("Ada Marsh, The Keeper’s Log", "zeta"),
    ]
    assert (offered["value"], offered["visible"]) == (["zeta"], True)
    del library.held["log"]
    assert handlers.offer_essays(None)[handlers.widgets.essays]["visible"] is False


BALLAST = "the ship carries more than its own ballast into every port"


def test_words_that_an_essay_quotes_are_cited_by_way_of_it() -> None:
    essay = stored([passage(f"I know that “{BALLAST}” (Weinbaum 217). I agree with her.")])
    way = "(Weinbaum, qtd. in Marsh 31)"
    altered = BALLAST.replace("more", "less")
    for text in (BALLAST, altered, f"She says “{altered}” (Marsh 31).\n\nMore."):
        html = checked_html(text, library=FakeLibrary(essay))
        copied = Tags(html).of("copy-quotation")[0][0]["data-copy"]
        assert copied == f'"{BALLAST}" {way}.'


def test_headings_go_down_step_by_step_under_one_of_the_part() -> None:
    for text in (EXACT, ALTERED, DRAFT):
        levels = [int(tag[1]) for tag, _, _ in Tags(checked_html(text)).found if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 2
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
