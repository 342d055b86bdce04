"""The library's part of the page: its actions, uploads and handlers."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import pytest
from essay_library import SAMPLE, SECOND, Opened
from page_library import FakeLibrary, Tags, keepers_log, page_widgets, renamed, words_of

from assistant.core.errors import LibraryError
from assistant.core.essay import EssaySummary
from assistant.web.ask import AskHandlers
from assistant.web.library import (
    GONE,
    NOT_RESTORABLE,
    PART,
    TOO_LONG,
    UNKNOWN,
    LibraryActions,
    LibraryHandlers,
    layout,
)
from assistant.web.uploading import FAILED, NO_FILE, ONE_PAGE, UploadJob

if TYPE_CHECKING:
    from assistant.core.essay import IngestReport, Progress
    from assistant.library.library import Library


@pytest.fixture
def actions(opened: Opened) -> LibraryActions:
    return LibraryActions(opened.library)


@pytest.mark.parametrize(
    "sent",
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
def test_an_unknown_action_changes_nothing(actions: LibraryActions, opened: Opened, sent: Any) -> None:
    assert actions.run(sent) == {"fault": UNKNOWN}
    assert opened.library.ids() == ["sample"]


@pytest.mark.parametrize("essay_id", ["gone", "", "../sample", "sample\0", "sample/p01"])
def test_an_essay_removed_in_another_window_is_one_sentence(actions: LibraryActions, essay_id: str) -> None:
    sent: list[list[object]] = [["edit"], ["report"], ["remove"], ["remove-now", True], ["read", "x"]]
    for name, *values in sent:
        assert actions.run([name, essay_id, *values]) == {"fault": GONE}
    assert actions.run(["save", essay_id, {}, ""]) == {"fault": GONE}
    assert actions.run(["forget", essay_id]) == {"fault": NOT_RESTORABLE}
    assert "No removed essay" in actions.run(["restore", essay_id])["fault"]


def test_a_record_is_edited_by_the_form(actions: LibraryActions, opened: Opened) -> None:
    html = actions.run(["edit", "sample"])["html"]
    assert "first page 11" in words_of(html)
    form = opened.library.form("sample") | {
        "title": "Of <b>Pointing</b>",
        "first-page": " 844 ",
        "type": "book",
    }
    assert actions.run(["save", "sample", form, ""])["said"] == "“Of Pointing” is saved."
    assert opened.encoder.encoded == []
    summary = opened.library.summaries()["sample"]
    assert (summary.first_page, summary.reference["type"]) == ("844", "book")
    # Fields that were not changed do not count as set by the user.
    assert actions.run(["save", "sample", opened.library.form("sample"), ""])["said"]
    message = actions.run(["save", "sample", form | {"issued": "13/2014"}, ""])["fault"]
    assert message.startswith("“13/2014” is not a date")
    assert actions.run(["save", "sample", {"title": 7, "nonsense": "x"}, ""])["said"]
    assert actions.run(["save", "sample", {"title": "x" * 200_001}, ""]) == {"fault": TOO_LONG}


def test_a_first_page_alone_leaves_the_record_unfixed(actions: LibraryActions, opened: Opened) -> None:
    form = opened.library.form("sample") | {"first-page": "5"}
    actions.run(["save", "sample", form, ""])
    text = (opened.root / "data" / "chunks" / "sample.given.json").read_text("utf-8")
    assert '"first_page": "5"' in text
    assert '"reference"' not in text


def test_a_pasted_record_fills_the_form_in_and_is_saved_whole(
    actions: LibraryActions, opened: Opened
) -> None:
    text = '{"title": "On Eels", "ISSN": "0026-7724", "author": [{"family": "Marsh", "given": "Ada"}]}'
    form = actions.run(["read", "sample", text])["form"]
    assert (form["title"], form["author"]) == ("On Eels", "Marsh, Ada")
    assert "first-page" not in form
    actions.run(["save", "sample", form | {"volume": "3"}, text])
    assert opened.library.essay("sample").reference["ISSN"] == "0026-7724"
    assert opened.library.essay("sample").reference["volume"] == "3"
    assert actions.run(["read", "sample", "nothing"])["fault"].startswith("What was pasted is not a record")
    assert actions.run(["read", "sample", "x" * 200_001]) == {"fault": TOO_LONG}


def test_an_essay_is_removed_put_back_and_deleted_for_good(actions: LibraryActions, opened: Opened) -> None:
    assert "Remove “Where the Words" in actions.run(["remove", "sample"])["html"]
    removed = actions.run(["remove-now", "sample", False])
    assert [tag["data-essay"] for tag, _ in Tags(removed["html"]).of("button")] == ["sample"]
    assert "Where the Words" in actions.run(["restore", "sample"])["said"]
    actions.run(["remove-now", "sample", False])
    assert "for good?" in actions.run(["forget", "sample"])["html"]
    opened.library.add(SAMPLE)
    assert "is in the library again" in actions.run(["forget-now", "sample"])["fault"]
    assert actions.run(["remove-now", "sample", True])["said"].endswith("removed for good.")
    assert opened.library.removed() == {}
    assert "no essay 'sample'" in actions.run(["forget-now", "sample"])["fault"]


def test_the_report_is_that_of_the_ingest(actions: LibraryActions, opened: Opened) -> None:
    html = actions.run(["report", "sample"])["html"]
    assert opened.library.essay("sample").report.page_provenance in words_of(html)


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
    *_, last = UploadJob(opened.library, files).steps()
    states = [str(tag["data-state"]) for tag, _ in Tags(last).of("li") if "data-state" in tag]
    assert states == ["there", "fault", "fault", "fault", "added"]
    for message in ("unknown ending '.png'", "empty.txt is empty", "binary.txt is not a text file"):
        assert message in words_of(last)
    assert str(tmp_path) not in last
    assert list((tmp_path / "up").rglob("*")) == []
    assert opened.library.ids() == ["running-heads", "sample"]


def test_a_file_that_is_too_large_is_refused_by_the_server(opened: Opened, tmp_path: Path) -> None:
    path = _uploaded(tmp_path, "long.txt", b"word " * (2 * 1024**2 + 1))
    *_, last = UploadJob(opened.library, [path]).steps()
    assert "more than the 10 MB" in words_of(last)
    assert not path.exists()


def test_a_changed_file_is_brought_up_to_date(opened: Opened, tmp_path: Path) -> None:
    path = _uploaded(tmp_path, "essay.txt", SAMPLE.read_bytes())
    *_, last = UploadJob(opened.library, [path], "844").steps()
    assert "brought up to date" in words_of(last)
    assert "844 to 855" in words_of(last, "ingest")


def test_progress_is_shown(tmp_path: Path) -> None:
    finish = threading.Event()

    class Slow(FakeLibrary):
        def add(
            self,
            path: Path,
            *,
            first_page: str | None = None,
            progress: Progress | None = None,
            **_options: Any,
        ) -> IngestReport:
            assert progress is not None
            progress("embedding", 3, 40)
            finish.wait(10)
            return super().add(path, first_page=first_page)

    files = [_uploaded(tmp_path, name, b"words") for name in ("one.txt", "two.txt")]
    steps = UploadJob(Slow(), files).steps()
    shown = next(html for html in steps if "embedding 3 of 40" in words_of(html))
    assert [str(tag["data-state"]) for tag, _ in Tags(shown).of("li")] == ["working", "waiting"]
    assert [(tag["value"], tag["max"]) for tag, _ in Tags(shown).of("progress")] == [("3", "40")]
    finish.set()
    *_, last = steps
    assert [str(tag["data-state"]) for tag, _ in Tags(last).of("li")] == ["added", "there"]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priorities of their own")
def test_questions_go_before_the_work(tmp_path: Path) -> None:
    class Watched(FakeLibrary):
        niceness = -1

        def add(self, path: Path, **options: Any) -> IngestReport:
            self.niceness = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
            return super().add(path, **options)

    library, own = Watched(), os.getpriority(os.PRIO_PROCESS, 0)
    assert list(UploadJob(library, [_uploaded(tmp_path, "one.txt", b"words")]).steps())
    assert library.niceness == max(10, own)
    assert os.getpriority(os.PRIO_PROCESS, 0) == own


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failure_of_the_program_is_reported_and_the_copies_are_deleted(tmp_path: Path) -> None:
    class Broken(FakeLibrary):
        def add(self, path: Path, **_options: Any) -> IngestReport:
            raise RuntimeError(path)

    path = _uploaded(tmp_path, "one.txt", b"words")
    *_, last = UploadJob(Broken(), [path]).steps()
    assert FAILED in words_of(last)
    assert not path.exists()


def _handlers(library: Library) -> LibraryHandlers:
    with gr.Blocks():
        return LibraryHandlers(library, layout(library), AskHandlers(library, page_widgets()))


def _rows(html: str) -> list[str]:
    return [str(row["data-essay"]) for row, _ in Tags(html).of("tr") if "data-essay" in row]


def test_no_file_and_a_first_page_of_several_files_are_refused(opened: Opened) -> None:
    handlers = _handlers(opened.library)
    for files, first_page, message in [(None, "", NO_FILE), ([], "", NO_FILE), (["a", "b"], "3", ONE_PAGE)]:
        (update,) = handlers.add(files, first_page, None)
        assert message in update[handlers.widgets.uploads]


def test_one_added_essay_is_opened_and_the_table_shows_it(opened: Opened, tmp_path: Path) -> None:
    handlers = _handlers(opened.library)
    path = _uploaded(tmp_path, SECOND.name, SECOND.read_bytes())
    first, *_, last = handlers.add([str(path)], "", "sample")
    assert first[handlers.widgets.add]["interactive"] is False
    assert last[handlers.widgets.add]["interactive"] is True
    assert sorted(_rows(last[handlers.widgets.shelf])) == ["running-heads", "sample"]
    assert last[handlers.asking.widgets.reading]["value"] == "running-heads"


def test_an_essay_that_is_read_and_removed_gives_way_to_another() -> None:
    log = keepers_log()
    library = FakeLibrary(log, renamed(log, "zeta"))
    handlers = _handlers(library)
    library.remove("zeta")
    changed = handlers.changed("zeta")
    assert changed[handlers.asking.widgets.reading]["value"] == "log"
    library.remove("log")
    changed = handlers.changed("log")
    assert changed[handlers.asking.widgets.reading]["value"] is None
    assert "No essay yet" in changed[handlers.asking.widgets.conversation]
    assert "Removed essays (2)" in words_of(handlers.refresh()[handlers.widgets.shelf])
    tabs = handlers.open_if_empty()
    assert isinstance(tabs, gr.Tabs)
    assert tabs.selected == PART


def test_a_damaged_library_is_one_sentence() -> None:
    class Damaged(FakeLibrary):
        def summaries(self) -> dict[str, EssaySummary]:
            raise LibraryError("The file is damaged; add the essay again.")

    handlers = _handlers(Damaged(keepers_log()))
    assert "damaged" in words_of(handlers.refresh()[handlers.widgets.shelf])
    assert "damaged" in words_of(handlers.changed(None)[handlers.asking.widgets.conversation])
    assert LibraryActions(handlers.library).run(["edit", "log"]) == {
        "fault": "The file is damaged; add the essay again."
    }


def test_a_damaged_essay_is_shown_with_the_cure_and_can_be_removed(opened: Opened) -> None:
    opened.library.add(SECOND)
    path = opened.root / "data" / "chunks" / "sample.jsonl"
    path.write_text("{}", "utf-8")
    handlers = _handlers(opened.library)
    html = handlers.refresh()[handlers.widgets.shelf]
    tags = Tags(html)
    assert [row["data-essay"] for row, _ in tags.of("tr") if "data-essay" in row] == ["running-heads"]
    assert [item["data-essay"] for item, _ in tags.of("li") if "data-essay" in item] == ["sample"]
    words = words_of(html)
    assert "sample.jsonl" in words
    assert "assistant add FILE" in words
    assert str(opened.root) not in html
    actions = LibraryActions(opened.library)
    assert "sample.jsonl" in actions.run(["edit", "sample"])["fault"]
    assert "sample" in words_of(actions.run(["remove", "sample"])["html"])
    assert "removed" in actions.run(["remove-now", "sample", False])["said"]
    assert opened.library.ids() == ["running-heads"]
