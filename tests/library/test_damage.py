"""Damaged files of a library: the index is rebuilt and answers as before, passages are not shown."""

from __future__ import annotations

import errno
import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from essay_library import FOUND, QUESTION, SAMPLE, SECOND, Opened, file_digests, one_sentence
from fake_models import FakeEncoder
from numpy.typing import NDArray

from assistant.core.errors import DamagedEssayError, LibraryError
from assistant.retrieval.index.storage import load_index
from assistant.retrieval.index.tokens import runs

_ROWS = ("owners", "bounds", "lines", "hosts", "lengths", "ids", "spans", "scales", "tokens")
_FIELDS = ("terms", "starts", "passages", "counts")
_INDEX_FILES = [
    *(f"{name}.bin" for name in _ROWS),
    *(f"{name}.{field}.npy" for name in ("pieces", "words") for field in _FIELDS),
    *("windows.jsonl", "vocabulary.jsonl", "windows.faiss"),
]


def _chunks(root: Path) -> Path:
    return root / "data" / "chunks" / "sample.jsonl"


def _file(root: Path, name: str) -> Path:
    (path,) = (root / "index").glob(f"*/{name}")
    return path


@pytest.mark.parametrize("name", _INDEX_FILES)
@pytest.mark.parametrize("harm", ["deleted", "emptied", "cut short", "garbage", "one byte changed"])
def test_damaged_file_of_the_index_is_made_again(opened: Opened, name: str, harm: str) -> None:
    answer = opened.hit_scores()
    path = _file(opened.root, name)
    whole = path.read_bytes()
    # Close to the end: in the numbers of an array, in the last word of the windows.
    flipped = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    harmed = {
        "emptied": b"",
        "cut short": whole[: len(whole) // 2],
        "garbage": bytes(range(256)) * (len(whole) // 256) + bytes(len(whole) % 256),
        "one byte changed": flipped,
    }
    path.unlink() if harm == "deleted" else path.write_bytes(harmed[harm])
    other = Opened(opened.root)
    assert other.hit_scores() == answer
    assert any("rebuilt" in notice for notice in other.notices)
    assert Opened(opened.root).hit_scores() == answer


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 3},
        {"schema": 5},
        {"essays": {}},
        {"essays": {"sample": "0" * 64}},
        {"essays": None},
        {"essays": "sample"},
        {"model": {"name": "fake", "sha256": "another", "dimension": 32, "max_tokens": 60}},
        {"model": {"name": "fake", "sha256": "fake-1", "dimension": 16, "max_tokens": 60}},
        {"model": "fake"},
        {"build": "build-gone"},
        {"build": None},
        {"rows": "rows-gone"},
        {"files": None},
        {"counts": None},
        {"counts": {}},
        {"counts": {"windows": 3, "passages": 2, "tokens": 9, "windows.jsonl": 9, "vocabulary.jsonl": 9}},
    ],
)
def test_manifest_that_disagrees(opened: Opened, change: dict[str, Any]) -> None:
    answer = opened.hit_scores()
    path = opened.root / "index" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    other = Opened(opened.root)
    assert other.hit_scores() == answer
    assert any("rebuilt" in notice for notice in other.notices)
    again = Opened(opened.root)
    assert again.hit_scores() == answer
    assert again.notices == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"manifest"', "{}", "\x00" * 90])
def test_manifest_that_is_none(opened: Opened, text: str) -> None:
    answer = opened.hit_scores()
    (opened.root / "index" / "manifest.json").write_text(text)
    other = Opened(opened.root)
    assert other.hit_scores() == answer
    assert any("rebuilt" in notice for notice in other.notices)


def test_index_of_another_model_is_not_asked_with_this_one(opened: Opened) -> None:
    other = Opened(opened.root, FakeEncoder(digest="fake-2"))
    assert other.hit_scores()[0][0] == FOUND
    assert len(other.encoder.encoded) > 100
    (notice,) = other.notices
    assert "model fake has changed" in notice


def _edited(how: str, text: str) -> str:
    lines = text.split("\n")
    return {
        "one letter": text.replace("Augustine hears", "Augustine heard"),
        "a line removed": "\n".join(lines[:5] + lines[6:]),
        "a line twice": "\n".join([*lines[:5], lines[4], *lines[5:]]),
        "lines swapped": "\n".join([*lines[:4], lines[5], lines[4], *lines[6:]]),
        "cut in a line": text[: len(text) // 2],
        "cut at a line": "\n".join([*lines[:20], ""]),
        "last line break": text[:-1],
        "empty": "",
        "not JSON": "Some words.\n",
        "another schema": text.replace('"schema": 1', '"schema": 9', 1),
        "no schema": text.replace('"schema"', '"scheme"', 1),
        "header a list": "\n".join(["[]", *lines[1:]]),
        "no report": text.replace('"report"', '"retort"', 1),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "one letter",
        "a line removed",
        "a line twice",
        "lines swapped",
        "cut in a line",
        "cut at a line",
        "last line break",
        "empty",
        "not JSON",
        "another schema",
        "no schema",
        "header a list",
        "no report",
    ],
)
def test_changed_passages_are_not_shown_and_can_be_mended(opened: Opened, how: str) -> None:
    path = _chunks(opened.root)
    whole = path.read_text("utf-8")
    path.write_text(_edited(how, whole), "utf-8")
    assert path.read_text("utf-8") != whole
    library = Opened(opened.root).library
    for fails in (lambda: library.essay("sample"), lambda: library.ask(QUESTION), lambda: library.quote("a")):
        with pytest.raises(LibraryError, match="add the essay again") as raised:
            fails()
        assert str(path) in one_sentence(raised.value)
    assert library.ids() == ["sample"]
    assert library.essays() == []
    library.add(SAMPLE)
    assert path.read_text("utf-8") == whole
    assert library.damaged() == {}


def test_passages_that_are_not_utf8(opened: Opened) -> None:
    _chunks(opened.root).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LibraryError, match="add the essay again"):
        Opened(opened.root).library.essay("sample")


def test_passages_under_another_name_are_refused(opened: Opened) -> None:
    """Their ids would be those of another essay."""
    _chunks(opened.root).rename(_chunks(opened.root).with_name("renamed.jsonl"))
    with pytest.raises(LibraryError, match="renamed"):
        Opened(opened.root).library.ask(QUESTION)


def test_a_file_that_can_be_read_again_is_used_again(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.library.add(SECOND)
    library = Opened(opened.root).library
    whole = Path.open

    def refused(path: Path, *args: Any, **options: Any) -> Any:
        if path == _chunks(opened.root):
            raise PermissionError(errno.EACCES, "Permission denied")
        return whole(path, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refused)
        (opened.root / "index" / "catalogue.json").unlink()
        assert [*library.damaged()] == ["sample"]
        assert [*library.damaged()] == ["sample"]
    # The file itself has not changed.
    assert [essay.id for essay in library.essays()] == ["running-heads", "sample"]
    assert library.damaged() == {}
    assert library.ask(QUESTION).hits[0].passage.id == FOUND


def test_folder_in_place_of_passages(opened: Opened) -> None:
    _chunks(opened.root).with_name("folder.jsonl").mkdir()
    library = Opened(opened.root).library
    assert library.ask(QUESTION).hits[0].passage.id == FOUND
    assert [*library.damaged()] == ["folder"]


def test_passages_that_may_not_be_read(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def barred(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    for name in ("read_bytes", "read_text", "open"):
        monkeypatch.setattr(f"pathlib.Path.{name}", barred)
    with pytest.raises(LibraryError, match="cannot be read") as raised:
        opened.library.essay("sample")
    one_sentence(raised.value)


@pytest.mark.parametrize("harm", ["deleted", "not UTF-8"])
def test_source_that_is_lost(opened: Opened, harm: str) -> None:
    path = _chunks(opened.root).with_name("sample.source.txt")
    path.unlink() if harm == "deleted" else path.write_bytes(b"\xff\xfe")
    with pytest.raises(LibraryError, match="add the essay again from its own file"):
        opened.library.source_text("sample")
    assert opened.hit_scores()[0][0] == FOUND


SECOND_ID = "running-heads"
SECOND_QUESTION = "At how many minutes after noon in London did noon in Bristol fall?"


@pytest.fixture
def damaged(opened: Opened) -> Opened:
    """A library of two essays, opened again after the sample's chunk file was changed."""
    opened.library.add(SECOND)
    path = _chunks(opened.root)
    path.write_text(path.read_text("utf-8").replace("Augustine hears", "Augustine heard"), "utf-8")
    return Opened(opened.root)


def test_a_damaged_essay_is_left_out_and_named(damaged: Opened) -> None:
    library = damaged.library
    assert library.ask(SECOND_QUESTION).hits[0].passage.essay_id == SECOND_ID
    assert {hit.passage.essay_id for hit in library.ask(QUESTION, top=99).hits} == {SECOND_ID}
    assert library.quote("noon in Bristol").matches
    assert library.quote("Augustine hears").verdict == "absent"
    assert library.cite(SECOND_ID)[1]
    assert library.check_draft("He writes “Augustine hears” (Authors 12).").quotations
    assert [essay.id for essay in library.essays()] == [SECOND_ID]
    assert [*library.summaries()] == [SECOND_ID]
    (sentence,) = library.damaged().values()
    assert "sample.jsonl" in sentence
    assert "assistant add FILE" in sentence
    assert "assistant remove sample" in sentence
    assert str(damaged.root) not in sentence
    (notice,) = damaged.notices
    assert "'sample' is left out" in notice
    for call in (
        lambda: library.essay("sample"),
        lambda: library.ask(QUESTION, essays=["sample"]),
        lambda: library.quote("words", essays=["sample"]),
        lambda: library.cite("sample"),
        lambda: library.edit("sample", first_page="3"),
    ):
        with pytest.raises(DamagedEssayError, match=r"sample\.jsonl"):
            call()


def test_beside_a_damaged_essay_others_are_added_edited_removed_and_restored(
    damaged: Opened, tmp_path: Path
) -> None:
    library = damaged.library
    library.edit(SECOND_ID, first_page="9")
    library.remove(SECOND_ID)
    library.restore(SECOND_ID)
    third = tmp_path / "third.txt"
    third.write_text(SECOND.read_text("utf-8").replace("noon", "dusk"), "utf-8")
    assert library.add(third, essay_id="third").essay_id == "third"
    library.remove("third", for_good=True)
    assert library.ids() == [SECOND_ID, "sample"]


def test_what_the_index_has_of_a_damaged_essay_is_found_again_when_it_is_cured(
    damaged: Opened, tmp_path: Path
) -> None:
    manifest = damaged.root / "index" / "manifest.json"
    before = manifest.read_bytes()
    damaged.library.ask(SECOND_QUESTION)
    assert manifest.read_bytes() == before
    third = tmp_path / "third.txt"
    third.write_text(SECOND.read_text("utf-8").replace("noon", "dusk"), "utf-8")
    damaged.library.add(third, essay_id="third")
    damaged.encoder.encoded.clear()
    damaged.library.add(SAMPLE)
    assert damaged.encoder.encoded == []
    assert damaged.hit_scores()[0][0] == FOUND
    assert damaged.library.damaged() == {}


def test_a_damaged_essay_can_be_removed(damaged: Opened) -> None:
    damaged.library.remove("sample")
    assert damaged.library.damaged() == {}
    assert damaged.library.ids() == [SECOND_ID]
    damaged.library.remove("sample", for_good=True)
    assert damaged.library.removed() == {}


def test_damage_that_shows_only_when_words_are_read(opened: Opened) -> None:
    """The file's time and size are as they were, as after a fault of the disk."""
    opened.library.add(SECOND)
    opened.library.summaries()
    path = _chunks(opened.root)
    status = path.stat()
    path.write_text(path.read_text("utf-8").replace("Augustine hears", "Augustine heard"), "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    other = Opened(opened.root)
    assert {hit.passage.essay_id for hit in other.library.ask(QUESTION).hits} == {SECOND_ID}
    assert [*other.library.damaged()] == ["sample"]
    assert len(other.notices) == 1


def test_words_changed_in_the_stored_source_are_never_read_again(opened: Opened) -> None:
    path = _chunks(opened.root).with_name("sample.source.txt")
    whole = path.read_text("utf-8")
    path.write_text(whole.replace("Augustine hears", "Augustine fears"), "utf-8")
    before = file_digests(opened.root)
    for call in (
        lambda: opened.library.edit("sample", first_page="844"),
        lambda: opened.library.source_text("sample"),
        lambda: opened.library.form("sample", '{"title": "A title"}'),
    ):
        with pytest.raises(
            LibraryError, match=r"sample\.source\.txt was changed.*assistant add FILE"
        ) as raised:
            call()
        one_sentence(raised.value)
    assert file_digests(opened.root) == before
    assert opened.library.quote("Augustine fears").verdict != "exact"
    opened.library.add(SAMPLE)
    assert path.read_text("utf-8") == whole


def test_a_removed_essay_whose_source_was_changed_is_not_restored(opened: Opened) -> None:
    opened.library.remove("sample")
    (path,) = (opened.root / "removed").glob("*/sample.source.txt")
    path.write_text(path.read_text("utf-8").replace("Augustine hears", "Augustine fears"), "utf-8")
    with pytest.raises(LibraryError, match="was changed"):
        opened.library.restore("sample")


def _as_an_earlier_version_left_it(root: Path) -> Path:
    path = _chunks(root).with_name("sample.given.json")
    stated = json.loads(path.read_text("utf-8"))
    assert len(stated.pop("text_sha256")) == 64
    path.write_text(json.dumps(stated), "utf-8")
    return path


def test_an_old_library_gets_digests_at_the_next_change_and_no_new_index(opened: Opened) -> None:
    stated = _as_an_earlier_version_left_it(opened.root)
    chunks = _chunks(opened.root).read_bytes()
    assert "Augustine hears" in opened.library.source_text("sample")
    opened.encoder.encoded.clear()
    second = opened.library.add(SECOND).essay_id
    texts = [text for text in opened.encoder.encoded if "Augustine" in text]
    assert texts == []
    source = opened.library.source_text("sample")
    assert json.loads(stated.read_text("utf-8"))["text_sha256"] == sha256(source.encode()).hexdigest()
    assert _chunks(opened.root).read_bytes() == chunks
    assert second in opened.library.ids()


def test_an_old_source_that_disagrees_with_its_passages_gets_no_digest(opened: Opened) -> None:
    stated = _as_an_earlier_version_left_it(opened.root)
    path = stated.with_name("sample.source.txt")
    path.write_text(path.read_text("utf-8").replace("Augustine hears", "Augustine fears"), "utf-8")
    opened.library.add(SECOND)
    assert "text_sha256" not in json.loads(stated.read_text("utf-8"))
    with pytest.raises(LibraryError, match="was changed"):
        opened.library.edit("sample", first_page="844")


def _index_as_version_3_left_it(root: Path) -> None:
    """Rewrite an index in the form that it had before: a byte a component, windows that share no tokens."""
    index = load_index(root / "index")
    assert index is not None
    manifest = root / "index" / "manifest.json"
    stated = json.loads(manifest.read_text("utf-8"))
    rows = root / "index" / stated["rows"]
    lengths = index.bounds[:, 1] - index.bounds[:, 0]
    tokens, spans = runs(index.bounds), np.array(index.spans)
    columns: dict[str, NDArray[np.generic]] = {
        "ends": np.cumsum(lengths).astype(np.int32),
        "ids": index.ids[tokens],
        "spans": spans[tokens],
        "scales": np.full(len(tokens), 1 / 127, dtype=np.float32),
        "tokens": np.round(127 * index.tokens.vectors[tokens]).astype(np.int8),
    }
    files = {rows / f"{name}.bin": column.tobytes() for name, column in columns.items()}
    assert len(tokens) > len(index.ids)
    del index
    (rows / "bounds.bin").unlink()
    for path, content in files.items():
        path.write_bytes(content)
    stated["schema"] = 3
    stated["counts"]["tokens"] = len(tokens)
    manifest.write_text(json.dumps(stated), "utf-8")


@pytest.mark.parametrize("first", ["ask", "add"])
def test_an_index_of_the_version_before_is_rebuilt(opened: Opened, first: str) -> None:
    opened.library.add(SECOND)
    answers = opened.hit_scores()
    wanted = file_digests(opened.root / "data")
    _index_as_version_3_left_it(opened.root)
    other = Opened(opened.root)
    if first == "add":
        other.library.add(SAMPLE)
    assert other.hit_scores() == answers
    # An addition shows how far it is.
    line = "The index does not agree with the essays; it is rebuilt."
    assert other.notices == {"ask": [line], "add": []}[first]
    assert file_digests(opened.root / "data") == wanted
    assert list((opened.root / "index").glob("*/ends.bin")) == []
    again = Opened(opened.root)
    assert again.hit_scores() == answers
    assert (again.notices, again.encoder.encoded) == ([], [QUESTION])
