"""The library's table, dialogs and uploads as HTML, and what the page's script may ask of the library."""

from __future__ import annotations

import dataclasses
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import pytest
from essay_library import SAMPLE, SECOND, Opened
from page_library import FakeLibrary, Tags, keepers_log, page_widgets, renamed, words_of

from assistant.citations.form import FIELDS, TYPES
from assistant.core.errors import LibraryError
from assistant.core.essay import EssaySummary, RemovedEssay
from assistant.library.trash import KEPT_FOR
from assistant.web import library
from assistant.web.ask import LEFT, Desk, chosen_of
from assistant.web.library import GONE, LONG, NOT_KEPT, UNKNOWN, Acts, Keep
from assistant.web.uploading import BROKE, NO_FILE, ONE_PAGE, Uploading
from assistant.web.views import essays as editing
from assistant.web.views import essays as shelf
from assistant.web.views.uploads import UploadLine, lines_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.core.essay import IngestReport

HOSTILE = "</td><img src=x onerror=\"a()\"> 'b' ${1} {{2}} &amp; <script>c()</script>"


def _about(**changes: Any) -> EssaySummary:
    return dataclasses.replace(EssaySummary.of(keepers_log(), "digest", "2026-03-07T09:00:00Z"), **changes)


def _rows(html: str) -> list[str]:
    return [str(row["data-essay"]) for row, _ in Tags(html).of("tr") if "data-essay" in row]


def test_a_row_tells_title_author_year_pages_passages_and_date() -> None:
    record = {"title": "The <i>Log</i>", "author": [{"given": "Ada", "family": "Marsh"}]}
    about = _about(reference=record | {"issued": {"date-parts": [[1999, 5]]}}, pages=3, passages=1234)
    html = shelf.shelf_html({"log": about})
    words = words_of(html, "essays")
    for told in ("The Log", "Ada Marsh", "1999", "3 (31–33)", "1,234", "7 Mar 2026"):
        assert told in words
    acts = [tag["data-act"] for tag, _ in Tags(html).of("button") if "data-act" in tag]
    assert acts == ["open", "edit", "report", "remove"]
    heads = [tag.get("aria-sort") for tag, _ in Tags(html).of("th") if tag["scope"] == "col"]
    assert heads == [None, "ascending", *["none"] * 5, None]


def test_rows_stand_in_the_order_of_titles() -> None:
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
        ({"date-parts": [[]], "literal": "in press"}, "in press"),
        ({"date-parts": [], "raw": "May 2014"}, "May 2014"),
        ({"date-parts": "2014"}, ""),
        ("2014", ""),
        (None, ""),
    ],
)
def test_the_year_is_told_whatever_the_record_has(issued: object, year: str) -> None:
    assert shelf.year_of({"issued": issued}) == year


def test_an_essay_without_pages_or_record_is_told_too() -> None:
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


# What the script asks ----------------------------------------------------------------------------


@pytest.fixture
def acts(opened: Opened) -> Acts:
    return Acts(opened.library)


@pytest.mark.parametrize(
    "asked",
    [
        *(None, 7, "edit", {}, [], ["edit"], ["edit", 7], [7, "sample"], ["", "sample"], ["_form", "sample"]),
        *(["edit", "sample", 1], ["read", "sample"], ["read", "sample", 7], ["remove-now", "sample", "yes"]),
        *(
            ["save", "sample", "x", ""],
            ["save", "sample", {}],
            ["restore", "sample", 1],
            ["remove-now", "sample"],
        ),
    ],
)
def test_what_the_script_cannot_ask_changes_nothing(acts: Acts, opened: Opened, asked: Any) -> None:
    assert acts.act(asked) == {"fault": UNKNOWN}
    assert opened.library.ids() == ["sample"]


@pytest.mark.parametrize("essay_id", ["gone", "", "../sample", "sample\0", "sample/p01"])
def test_an_essay_removed_in_another_window_is_one_sentence(acts: Acts, essay_id: str) -> None:
    every: list[list[object]] = [["edit"], ["report"], ["remove"], ["remove-now", True], ["read", "x"]]
    for name, *rest in every:
        assert acts.act([name, essay_id, *rest]) == {"fault": GONE}
    assert acts.act(["save", essay_id, {}, ""]) == {"fault": GONE}
    assert acts.act(["forget", essay_id]) == {"fault": NOT_KEPT}
    assert "No removed essay" in acts.act(["restore", essay_id])["fault"]


def test_a_record_is_edited_by_the_form(acts: Acts, opened: Opened) -> None:
    html = acts.act(["edit", "sample"])["html"]
    assert "first page 11" in words_of(html)
    form = opened.library.form("sample") | {
        "title": "Of <b>Pointing</b>",
        "first-page": " 844 ",
        "type": "book",
    }
    assert acts.act(["save", "sample", form, ""])["said"] == "“Of Pointing” is saved."
    assert opened.encoder.encoded == []
    about = opened.library.summaries()["sample"]
    assert (about.first_page, about.reference["type"]) == ("844", "book")
    # What was not touched is not taken for given by hand.
    assert acts.act(["save", "sample", opened.library.form("sample"), ""])["said"]
    fault = acts.act(["save", "sample", form | {"issued": "13/2014"}, ""])["fault"]
    assert fault.startswith("“13/2014” is no date")
    assert acts.act(["save", "sample", {"title": 7, "nonsense": "x"}, ""])["said"]
    assert acts.act(["save", "sample", {"title": "x" * 200_001}, ""]) == {"fault": LONG}


def test_a_first_page_alone_leaves_the_record_unfixed(acts: Acts, opened: Opened) -> None:
    form = opened.library.form("sample") | {"first-page": "5"}
    acts.act(["save", "sample", form, ""])
    text = (opened.root / "data" / "chunks" / "sample.given.json").read_text("utf-8")
    assert '"first_page": "5"' in text
    assert '"reference"' not in text


def test_a_pasted_record_fills_the_form_in_and_is_saved_whole(acts: Acts, opened: Opened) -> None:
    text = '{"title": "On Eels", "ISSN": "0026-7724", "author": [{"family": "Marsh", "given": "Ada"}]}'
    form = acts.act(["read", "sample", text])["form"]
    assert (form["title"], form["author"]) == ("On Eels", "Marsh, Ada")
    assert "first-page" not in form
    acts.act(["save", "sample", form | {"volume": "3"}, text])
    assert opened.library.essay("sample").reference["ISSN"] == "0026-7724"
    assert opened.library.essay("sample").reference["volume"] == "3"
    assert acts.act(["read", "sample", "nothing"])["fault"].startswith("What was pasted is no record")
    assert acts.act(["read", "sample", "x" * 200_001]) == {"fault": LONG}


def test_an_essay_is_removed_put_back_and_deleted_for_good(acts: Acts, opened: Opened) -> None:
    assert "Remove “Where the Words" in acts.act(["remove", "sample"])["html"]
    gone = acts.act(["remove-now", "sample", False])
    assert [tag["data-essay"] for tag, _ in Tags(gone["html"]).of("button")] == ["sample"]
    assert "Where the Words" in acts.act(["restore", "sample"])["said"]
    acts.act(["remove-now", "sample", False])
    assert "for good?" in acts.act(["forget", "sample"])["html"]
    opened.library.add(SAMPLE)
    assert "is in the library again" in acts.act(["forget-now", "sample"])["fault"]
    assert acts.act(["remove-now", "sample", True])["said"].endswith("removed for good.")
    assert opened.library.removed() == {}
    assert "no essay 'sample'" in acts.act(["forget-now", "sample"])["fault"]


def test_the_report_is_that_of_the_ingest(acts: Acts, opened: Opened) -> None:
    html = acts.act(["report", "sample"])["html"]
    assert opened.library.essay("sample").report.page_provenance in words_of(html)


# Uploads -----------------------------------------------------------------------------------------


def _uploaded(folder: Path, name: str, data: bytes) -> Path:
    path = folder / f"hash-of-{name}" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return path


def test_each_file_has_its_line_and_one_failure_stops_no_other(opened: Opened, tmp_path: Path) -> None:
    files = [
        _uploaded(tmp_path / "up", "essay.txt", SAMPLE.read_bytes()),
        _uploaded(tmp_path / "up", "image.png", b"\x89PNG"),
        _uploaded(tmp_path / "up", "empty.txt", b""),
        _uploaded(tmp_path / "up", "binary.txt", b"\0\1\2"),
        _uploaded(tmp_path / "up", SECOND.name, SECOND.read_bytes()),
    ]
    work = Uploading(opened.library, files)
    *_, last = work.steps()
    states = [str(tag["data-state"]) for tag, _ in Tags(last).of("li") if "data-state" in tag]
    assert states == ["there", "fault", "fault", "fault", "added"]
    for told in ("unknown ending '.png'", "empty.txt is empty", "binary.txt is not a text file"):
        assert told in words_of(last)
    assert str(tmp_path) not in last
    assert list((tmp_path / "up").rglob("*")) == []
    assert opened.library.ids() == ["running-heads", "sample"]


def test_a_file_that_is_too_large_is_refused_by_the_server(opened: Opened, tmp_path: Path) -> None:
    path = _uploaded(tmp_path, "long.txt", b"word " * (2 * 1024**2 + 1))
    *_, last = Uploading(opened.library, [path]).steps()
    assert "more than the 10 MB" in words_of(last)
    assert not path.exists()


def test_a_changed_file_is_said_to_be_brought_up_to_date(opened: Opened, tmp_path: Path) -> None:
    path = _uploaded(tmp_path, "essay.txt", SAMPLE.read_bytes())
    *_, last = Uploading(opened.library, [path], "844").steps()
    assert "brought up to date" in words_of(last)
    assert "844 to 855" in words_of(last, "ingest")


def test_progress_is_seen_while_it_is_made(tmp_path: Path) -> None:
    held = threading.Event()

    class Slow(FakeLibrary):
        def add(
            self,
            path: Path,
            *,
            first_page: str | None = None,
            progress: Callable[[str, int, int], None] | None = None,
        ) -> IngestReport:
            assert progress is not None
            progress("embedding", 3, 40)
            held.wait(10)
            return super().add(path, first_page=first_page)

    files = [_uploaded(tmp_path, name, b"words") for name in ("one.txt", "two.txt")]
    steps = Uploading(Slow(), files).steps()
    shown = next(html for html in steps if "embedding 3 of 40" in words_of(html))
    assert [str(tag["data-state"]) for tag, _ in Tags(shown).of("li")] == ["working", "waiting"]
    assert [(tag["value"], tag["max"]) for tag, _ in Tags(shown).of("progress")] == [("3", "40")]
    held.set()
    *_, last = steps
    assert [str(tag["data-state"]) for tag, _ in Tags(last).of("li")] == ["added", "there"]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priorities of their own")
def test_whoever_asks_goes_before_the_work(tmp_path: Path) -> None:
    class Watched(FakeLibrary):
        behind = -1

        def summaries(self) -> dict[str, EssaySummary]:
            self.behind = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
            return super().summaries()

    held, own = Watched(), os.getpriority(os.PRIO_PROCESS, 0)
    assert list(Uploading(held, [_uploaded(tmp_path, "one.txt", b"words")]).steps())
    assert held.behind == max(10, own)
    assert os.getpriority(os.PRIO_PROCESS, 0) == own


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_program_is_said_and_the_copies_are_gone(tmp_path: Path) -> None:
    class Broken(FakeLibrary):
        def summaries(self) -> dict[str, EssaySummary]:
            raise RuntimeError

    path = _uploaded(tmp_path, "one.txt", b"words")
    *_, last = Uploading(Broken(), [path]).steps()
    assert BROKE in words_of(last)
    assert not path.exists()


# The part's handlers -----------------------------------------------------------------------------


def _keep(held: FakeLibrary | Opened) -> Keep:
    with gr.Blocks():
        widgets = library.LibraryWidgets(
            files=gr.File(), first_page=gr.Textbox(), add=gr.Button(), uploads=gr.HTML(), shelf=gr.HTML()
        )
    kept = held.library if isinstance(held, Opened) else held
    return Keep(kept, widgets, Desk(kept, page_widgets()))


def test_nothing_chosen_and_a_page_of_several_are_told(opened: Opened) -> None:
    keep = _keep(opened)
    for files, first_page, said in [(None, "", NO_FILE), ([], "", NO_FILE), (["a", "b"], "3", ONE_PAGE)]:
        (update,) = keep.add(files, first_page, None, ())
        assert said in update[keep.widgets.uploads]


def test_one_added_essay_is_opened_and_the_table_drawn_anew(opened: Opened, tmp_path: Path) -> None:
    keep = _keep(opened)
    path = _uploaded(tmp_path, SECOND.name, SECOND.read_bytes())
    first, *_, last = keep.add([str(path)], "", "sample", ())
    assert first[keep.widgets.add]["interactive"] is False
    assert last[keep.widgets.add]["interactive"] is True
    assert sorted(_rows(last[keep.widgets.shelf])) == ["running-heads", "sample"]
    assert last[keep.desk.widgets.reading]["value"] == "running-heads"


def test_an_essay_that_is_read_and_removed_gives_way_to_another() -> None:
    log = keepers_log()
    held = FakeLibrary(log, renamed(log, "zeta"))
    keep = _keep(held)
    held.remove("zeta")
    changed = keep.changed("zeta", ())
    assert changed[keep.desk.widgets.reading]["value"] == "log"
    held.remove("log")
    changed = keep.changed("log", ())
    assert changed[keep.desk.widgets.reading]["value"] is None
    assert "No essay yet" in changed[keep.desk.widgets.conversation]
    assert "Removed essays (2)" in words_of(keep.shown()[keep.widgets.shelf])
    landed = keep.landed()
    assert isinstance(landed, gr.Tabs)
    assert landed.selected == library.PART


def test_a_damaged_library_is_one_sentence() -> None:
    class Damaged(FakeLibrary):
        def summaries(self) -> dict[str, EssaySummary]:
            raise LibraryError("The file is damaged; add the essay again.")

    keep = _keep(Damaged(keepers_log()))
    assert "damaged" in words_of(keep.shown()[keep.widgets.shelf])
    assert "damaged" in words_of(keep.changed(None, ())[keep.desk.widgets.conversation])
    assert Acts(keep.library).act(["edit", "log"]) == {"fault": "The file is damaged; add the essay again."}


@pytest.mark.parametrize(
    ("told", "chosen"),
    [
        *((None, []), ("", []), ("[]", []), ("{", []), ("7", []), ('{"a": 1}', []), ("[" * 100_000, [])),
        *(('["a", "b"]', ["a", "b"]), ('["a", 7, null, ["b"]]', ["a"])),
    ],
)
def test_the_choice_is_read_from_whatever_is_told(told: str | None, chosen: list[str]) -> None:
    assert chosen_of(told) == chosen


def test_only_the_chosen_essays_are_asked_and_those_that_left_drop_out() -> None:
    log = keepers_log()
    asked: list[list[str]] = []

    class Asked(FakeLibrary):
        def answers(self, question: str, *, essays: Any = (), **rest: Any) -> Any:
            asked.append([*essays])
            return super().answers(question, essays=essays, **rest)

    held = Asked(log, renamed(log, "zeta"), renamed(log, "eta"))
    desk = Desk(held, page_widgets())

    def said(told: str) -> str:
        *_, last = (
            one for one in desk.ask("What of the lamp?", (), told, "mla") if desk.widgets.conversation in one
        )
        return str(last[desk.widgets.conversation])

    said('["zeta", "log", "gone"]')
    said("[]")
    assert asked == [["zeta", "log"], []]
    assert LEFT in words_of(said('["gone"]'))
    assert len(asked) == 2
