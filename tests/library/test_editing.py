"""Record and first page of an essay are changed, nothing is embedded, and adding it again keeps both."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import (
    FOUND,
    QUESTION,
    SAMPLE,
    SECOND,
    Opened,
    file_digests,
    interrupt_replace,
    one_sentence,
)
from fake_models import FakeEncoder

from assistant.core.errors import AssistantError, LibraryError, ReadingError, RecordError
from assistant.core.essay import SEARCHED_KINDS
from assistant.library import overrides

if TYPE_CHECKING:
    from pathlib import Path

RECORD: dict[str, Any] = {
    "id": "zotero-key",
    "type": "chapter",
    "title": "Of Pointing",
    "author": [{"family": "Marsh", "given": "Ada"}],
    "issued": {"date-parts": [[1999]]},
    "page": "301-312",
}


class _Later(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> _Later:
        return cls(2099, 1, 1, tzinfo=tz)


def _chunks(opened: Opened) -> Path:
    return opened.root / "data" / "chunks" / "sample.jsonl"


def _texts(opened: Opened) -> list[tuple[str, str]]:
    return [(one.id, one.text) for one in opened.library.essay("sample").passages]


def test_another_first_page_renumbers_every_passage_and_embeds_nothing(opened: Opened) -> None:
    before = _texts(opened)
    report = opened.library.edit("sample", first_page="844")
    assert opened.encoder.encoded == []
    assert (report.first_page, report.last_page) == ("844", "855")
    assert _texts(opened) == before
    hit = opened.library.ask(QUESTION).hits[0]
    assert (hit.passage.id, hit.citation.in_text) == (FOUND, "(Essay Assistant Authors 845)")
    assert [page.label for page in hit.passage.pages] == ["845"]
    assert opened.notices == []


def test_it_is_what_adding_with_that_page_gives(opened: Opened, tmp_path: Path) -> None:
    other = Opened(tmp_path / "other")
    other.library.add(SAMPLE, first_page="xii")
    opened.library.edit("sample", first_page="xii")
    assert _chunks(opened).read_bytes() == _chunks(other).read_bytes()


def test_another_record_changes_citations_and_pages_and_embeds_nothing(opened: Opened) -> None:
    before = _texts(opened)
    report = opened.library.edit("sample", reference=RECORD)
    assert opened.encoder.encoded == []
    assert (report.essay_id, report.title, report.first_page) == ("sample", "Of Pointing", "301")
    assert _texts(opened) == before
    assert opened.library.ask(QUESTION).hits[0].citation.in_text == "(Marsh 302)"
    about = opened.library.summaries()["sample"]
    assert (about.reference, about.title, about.first_page) == (RECORD, "Of Pointing", "301")


def test_the_record_may_be_a_file_with_several(opened: Opened, tmp_path: Path) -> None:
    own = dict(opened.library.essay("sample").reference) | {"volume": "7"}
    path = tmp_path / "library.json"
    path.write_text(json.dumps([RECORD, own]), "utf-8")
    opened.library.edit("sample", reference=path)
    assert opened.library.essay("sample").reference == own
    path.write_text(json.dumps([RECORD, RECORD | {"title": "Another"}]), "utf-8")
    opened.library.edit("sample", reference=path)
    assert opened.library.essay("sample").reference == RECORD


def test_adding_the_file_again_keeps_what_was_given(opened: Opened) -> None:
    opened.library.edit("sample", reference=RECORD, first_page="7")
    before = file_digests(opened.root)
    report = opened.library.add(SAMPLE)
    assert (report.essay_id, report.title, report.first_page) == ("sample", "Of Pointing", "7")
    assert file_digests(opened.root) == before
    assert opened.encoder.encoded == []


def test_adding_it_with_another_record_or_page_takes_that(opened: Opened, tmp_path: Path) -> None:
    opened.library.edit("sample", reference=RECORD, first_page="7")
    path = tmp_path / "new.json"
    path.write_text(json.dumps(RECORD | {"id": "sample", "title": "A New Title"}), "utf-8")
    report = opened.library.add(SAMPLE, reference=path)
    assert (report.essay_id, report.title, report.first_page) == ("sample", "A New Title", "7")
    assert opened.library.add(SAMPLE, first_page="9").title == "A New Title"
    assert opened.library.add(SAMPLE).first_page == "9"


def test_a_revised_file_keeps_what_was_given(opened: Opened, tmp_path: Path) -> None:
    opened.library.edit("sample", reference=RECORD, first_page="7")
    revised = tmp_path / SAMPLE.name
    revised.write_bytes(SAMPLE.read_bytes().replace(b"also an intervention", b"an act as well"))
    report = opened.library.add(revised)
    assert (report.essay_id, report.title, report.first_page) == ("sample", "Of Pointing", "7")
    assert len(opened.library.ids()) == 1


def test_a_file_that_has_an_id_of_its_own_keeps_it(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    opened.library.add(SECOND, essay_id="my-own")
    assert opened.library.add(SECOND).essay_id == "my-own"
    assert opened.library.ids() == ["my-own"]
    assert opened.library.add(SECOND, essay_id="other").essay_id == "other"
    assert opened.library.ids() == ["my-own", "other"]


def test_an_empty_first_page_is_found_again(opened: Opened) -> None:
    before = _chunks(opened).read_bytes()
    opened.library.edit("sample", first_page="844")
    assert opened.library.form("sample")["first-page"] == "844"
    opened.library.edit("sample", first_page="")
    assert opened.library.form("sample")["first-page"] == ""
    assert _chunks(opened).read_bytes() == before


def test_a_record_mended_in_the_file_outlives_another_first_page(opened: Opened) -> None:
    path = _chunks(opened)
    path.write_text(path.read_text("utf-8").replace('"title": "Where the Words', '"title": "Mended Words'))
    assert opened.library.essay("sample").reference["title"].startswith("Mended Words")
    opened.library.edit("sample", first_page="5")
    assert opened.library.essay("sample").reference["title"].startswith("Mended Words")


@pytest.mark.parametrize(
    ("change", "fault", "message"),
    [
        ({"first_page": "twelve"}, ReadingError, "844 or xii"),
        ({"first_page": "0"}, ReadingError, "844 or xii"),
        ({"reference": {}}, RecordError, "no record with a title"),
        ({"reference": {"title": " "}}, RecordError, "no record with a title"),
        ({"reference": {"title": "A", "author": ["Ada Marsh"]}}, RecordError, "author or a date"),
    ],
)
def test_what_cannot_be_used_changes_nothing(
    opened: Opened, change: dict[str, Any], fault: type[AssistantError], message: str
) -> None:
    before = file_digests(opened.root)
    with pytest.raises(fault, match=message) as raised:
        opened.library.edit("sample", **change)
    one_sentence(raised.value)
    assert file_digests(opened.root) == before


def test_an_essay_that_is_not_there_or_has_lost_its_source(opened: Opened) -> None:
    with pytest.raises(LibraryError, match="it has: sample"):
        opened.library.edit("nobody", first_page="3")
    _chunks(opened).with_name("sample.source.txt").unlink()
    with pytest.raises(LibraryError, match="from its own file"):
        opened.library.edit("sample", first_page="3")


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_a_crash_in_between_leaves_the_library_as_it_was(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    answers, before = opened.hit_scores(), file_digests(opened.root)
    with monkeypatch.context() as patched:
        interrupt_replace(patched, call)
        with pytest.raises(KeyboardInterrupt):
            opened.library.edit("sample", reference=RECORD, first_page="844")
    assert file_digests(opened.root) == before
    assert Opened(opened.root).hit_scores() == answers


def test_when_it_was_added_is_kept(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    added = opened.library.summaries()["sample"].added
    assert added.endswith("Z")
    monkeypatch.setattr(overrides, "datetime", _Later)
    opened.library.edit("sample", first_page="3")
    opened.library.add(SAMPLE)
    assert opened.library.summaries()["sample"].added == added


def test_a_library_that_kept_no_dates_tells_when_its_files_were_written(opened: Opened) -> None:
    path = _chunks(opened)
    path.with_name("sample.given.json").unlink()
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert opened.library.summaries()["sample"].added == "2001-09-09T01:46:40Z"
    opened.library.edit("sample", first_page="3")
    assert Opened(opened.root).library.summaries()["sample"].added == "2001-09-09T01:46:40Z"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"added": 7}', '{"added": "x"}', "\x00"])
def test_what_was_given_and_is_damaged_counts_as_not_given(opened: Opened, text: str) -> None:
    _chunks(opened).with_name("sample.given.json").write_text(text, "utf-8")
    assert opened.library.form("sample")["first-page"] == ""
    assert opened.library.add(SAMPLE).essay_id == "sample"


def test_what_is_known_of_an_essay_without_reading_it(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    essay = opened.library.essay("sample")
    searched = sum(one.kind in SEARCHED_KINDS for one in essay.passages)
    opened.library.summaries()
    other = Opened(opened.root, FakeEncoder())
    monkeypatch.setattr("assistant.library.store.read_chunk_file", None)  # nothing is read
    about = other.library.summaries()["sample"]
    assert (about.pages, about.first_page, about.last_page) == (12, "11", "22")
    assert (about.title, about.passages, about.source) == (essay.report.title, searched, essay.source_sha256)


def test_a_catalogue_of_an_older_version_is_made_anew(opened: Opened) -> None:
    known = opened.library.summaries()
    path = opened.root / "index" / "catalogue.json"
    catalogue = json.loads(path.read_text("utf-8").partition("\n")[2])
    for _, summary in catalogue.values():
        del summary["pages"], summary["added"]
    text = json.dumps(catalogue, ensure_ascii=False)
    path.write_text(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}", "utf-8")
    assert Opened(opened.root).library.summaries() == known
