"""What is prepared from the essays is prepared once, and all of it is renewed when a chunk file changes."""

from __future__ import annotations

import gc
import json
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import QUESTION, SAMPLE, SECOND, Opened

from assistant.library.models import OutdatedError
from assistant.library.store import ChunkFile, EssayStore, Stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.library.library import Library

WORDS = "numbered sections"
RECORD = {"type": "book", "title": "Of Pointing", "author": [{"family": "Marsh"}], "page": "301-312"}
CALLS: dict[str, Callable[[Library], object]] = {
    "ask": lambda library: library.ask(QUESTION),
    "ask one": lambda library: library.ask(QUESTION, essays=["sample"]),
    "answers": lambda library: list(library.answers(QUESTION)),
    "quote": lambda library: library.quote(WORDS),
    "check": lambda library: library.check_draft(f"He writes of “{WORDS}” (Authors 12)."),
    "cite": lambda library: library.cite("sample"),
    "list": lambda library: library.essays(),
    "summaries": lambda library: library.summaries(),
    "quotable": lambda library: library.quotable("sample"),
    "notebook": lambda library: library.notebook("Pins", []),
    "export": lambda library: library.export_all(["sample"], "ris"),
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the essays that are read from disk."""
    ids: list[str] = []
    load = EssayStore.load

    def noted(store: EssayStore, essay_id: str) -> ChunkFile:
        ids.append(essay_id)
        return load(store, essay_id)

    monkeypatch.setattr(EssayStore, "load", noted)
    return ids


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_each_call_looks_at_the_folder_once(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, call: Callable[[Library], object]
) -> None:
    opened.library.add(SECOND)
    call(opened.library)
    looks, stamps = 0, EssayStore.stamps

    def counted(store: EssayStore) -> dict[str, Stamp]:
        nonlocal looks
        looks += 1
        return stamps(store)

    monkeypatch.setattr(EssayStore, "stamps", counted)
    call(opened.library)
    assert looks == 1


def test_a_change_by_another_program_is_seen_by_all_calls(opened: Opened) -> None:
    library = opened.library
    for call in CALLS.values():
        call(library)
    Opened(opened.root).library.edit("sample", reference=RECORD)
    assert library.summaries()["sample"].title == library.essay("sample").report.title == "Of Pointing"
    assert "Marsh" in library.cite("sample")[0].in_text
    assert "Marsh" in library.quote(WORDS).matches[0].citation.in_text
    assert "Marsh" in library.ask(QUESTION).hits[0].citation.in_text
    second = Opened(opened.root).library.add(SECOND).essay_id
    assert library.ask(QUESTION, essays=[second]).hits
    assert second in library.references()


def test_what_has_not_changed_is_the_same_object(opened: Opened) -> None:
    snapshot = opened.library.snapshot()
    finder, quotations, style = snapshot.finder(), snapshot.quotations(), snapshot.style("apa")
    assert opened.library.snapshot() is snapshot
    assert (snapshot.finder(), snapshot.quotations(), snapshot.style("apa")) == (finder, quotations, style)
    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(lambda _: opened.library.finder(), range(8)))) == 1


def test_unchanged_essays_are_not_read_again(opened: Opened, read: list[str]) -> None:
    opened.library.essays()
    opened.library.add(SECOND)
    opened.library.essays()
    opened.library.quote(WORDS)
    assert Counter(read) == {"sample": 1, "running-heads": 1}


def test_an_index_that_is_no_longer_current_is_released(opened: Opened) -> None:
    finder = weakref.ref(opened.library.finder())
    quotations = weakref.ref(opened.library.snapshot().quotations())
    opened.library.add(SECOND)
    opened.library.ids()
    gc.collect()
    assert (finder(), quotations()) == (None, None)


def _indexed(root: Path) -> set[str]:
    return set(json.loads((root / "index" / "manifest.json").read_text("utf-8"))["essays"])


def test_a_snapshot_that_is_outdated_does_not_replace_a_newer_index(opened: Opened) -> None:
    snapshot = opened.library.snapshot()
    second = Opened(opened.root).library.add(SECOND).essay_id
    with pytest.raises(OutdatedError):
        snapshot.finder()
    assert _indexed(opened.root) == {"sample", second}


def test_a_question_during_which_an_essay_is_added_is_asked_of_the_new_essays(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = EssayStore(opened.root).stamps()
    second = Opened(opened.root).library.add(SECOND).essay_id
    stamps, calls = EssayStore.stamps, 0

    def outdated_at_first(store: EssayStore) -> Any:
        nonlocal calls
        calls += 1
        return old if calls == 1 else stamps(store)

    monkeypatch.setattr(EssayStore, "stamps", outdated_at_first)
    answer = opened.library.ask(QUESTION, top=99)
    assert {hit.passage.essay_id for hit in answer.hits} == {"sample", second}
    assert opened.encoder.encoded == [QUESTION]


def test_an_essay_that_changes_after_the_snapshot_is_not_shown_as_it_was(opened: Opened) -> None:
    snapshot = opened.library.snapshot()
    Opened(opened.root).library.edit("sample", first_page="844")
    with pytest.raises(Exception, match="'sample' has just been changed"):
        snapshot.essay("sample")
    assert opened.library.essay("sample").report.first_page == "844"


def test_the_catalogue_forgets_an_essay_that_is_gone(opened: Opened) -> None:
    opened.library.add(SECOND)
    opened.library.summaries()
    opened.library.remove("sample")
    assert [*opened.library.summaries()] == ["running-heads"]
    assert SAMPLE.name not in (opened.root / "index" / "catalogue.json").read_text("utf-8")


def test_new_essays_are_appended_to_the_catalogue(opened: Opened, read: list[str]) -> None:
    opened.library.summaries()
    path = opened.root / "index" / "catalogue.json"
    before = path.read_bytes()
    opened.library.add(SECOND)
    known = opened.library.summaries()
    assert path.read_bytes().startswith(before + b"\n")
    read.clear()
    assert Opened(opened.root).library.summaries() == known
    assert read == []


def test_what_several_programs_have_appended_is_written_once(opened: Opened) -> None:
    known = opened.library.summaries()
    path = opened.root / "index" / "catalogue.json"
    once = path.read_bytes()
    path.write_bytes(b"\n".join([once] * 3))
    assert Opened(opened.root).library.summaries() == known
    assert path.read_bytes() == once


def test_a_style_file_is_that_of_the_current_folder_and_is_read_again_after_a_change(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The words of the file in place of the style, so that the test needs no extra.
    monkeypatch.setattr(
        "assistant.library.snapshot.style_named", lambda name, _: Path(name).read_text("utf-8")
    )
    current = opened.library.snapshot()
    read: list[Any] = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "my.csl").write_text(f"style {folder}")
        monkeypatch.chdir(tmp_path / folder)
        read.append(current.style("my.csl"))
    assert current.style("my.csl") is read[1]
    (tmp_path / "b" / "my.csl").write_text("style b, edited")
    assert [*read, current.style("my.csl")] == ["style a", "style b", "style b, edited"]
