"""Damaged files of a library: the index is rebuilt and answers as before, passages are not shown."""

from __future__ import annotations

import errno
import json
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import FOUND, QUESTION, SAMPLE, SECOND, Opened, one_sentence
from fake_models import FakeEncoder

from assistant.core.errors import LibraryError

if TYPE_CHECKING:
    from pathlib import Path

_ROWS = ("owners", "ends", "lines", "hosts", "lengths", "ids", "spans", "scales", "tokens")
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
        {"schema": 2},
        {"schema": 4},
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
    for fails in (library.essays, lambda: library.ask(QUESTION), lambda: library.add(SECOND)):
        with pytest.raises(LibraryError, match="add the essay again") as raised:
            fails()
        assert str(path) in one_sentence(raised.value)
    assert library.ids() == ["sample"]
    library.add(SAMPLE)
    assert path.read_text("utf-8") == whole


def test_passages_that_are_not_utf8(opened: Opened) -> None:
    _chunks(opened.root).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LibraryError, match="add the essay again"):
        Opened(opened.root).library.essay("sample")


def test_passages_under_another_name_are_refused(opened: Opened) -> None:
    """Their ids would be those of another essay."""
    _chunks(opened.root).rename(_chunks(opened.root).with_name("renamed.jsonl"))
    with pytest.raises(LibraryError, match="renamed"):
        Opened(opened.root).library.ask(QUESTION)


def test_folder_in_place_of_passages(opened: Opened) -> None:
    _chunks(opened.root).with_name("folder.jsonl").mkdir()
    library = Opened(opened.root).library
    if "folder" in library.ids():
        with pytest.raises(LibraryError, match="folder"):
            library.ask(QUESTION)
    else:
        assert library.ask(QUESTION).hits[0].passage.id == FOUND


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
