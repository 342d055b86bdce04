"""A node searches copies of its shards, which are verified and follow the library."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from essay_library import QUESTION, SECOND, Opened, sample_library
from sharded_library import ShardedOpened

from assistant.cluster.local_copy import LocalCopy
from assistant.cluster.manifest import read_settings, write_settings
from assistant.core.errors import LibraryError
from assistant.rendering.answers import answer_object

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.library.library import Library


@pytest.fixture
def opened(tmp_path: Path) -> ShardedOpened:
    """A library in three shards whose copies are in ``disk``."""
    opened = ShardedOpened(sample_library(tmp_path / "library"), shards=3)
    write_settings(opened.root, replace(read_settings(opened.root), local=str(tmp_path / "disk")))
    return ShardedOpened(opened.root)


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    return tmp_path / "disk" / "library"


def answer(library: Library) -> str:
    return json.dumps(answer_object(library.ask(QUESTION), explained=True))


def contents(folder: Path) -> dict[str, bytes]:
    """The files that are searched of a shard."""
    names = ("owners.bin", "tokens.bin", "windows.jsonl", "windows.faiss", "sample.jsonl", "manifest.json")
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.name in names}


def shard_of(root: Path) -> str:
    (path,) = (root / "shards").glob("*/data/chunks/sample.jsonl")
    return path.parents[2].name


def test_the_copy_is_searched_and_answers_the_same(
    opened: ShardedOpened, copies: Path, tmp_path: Path
) -> None:
    folder = Opened(sample_library(tmp_path / "folder")).library
    assert answer(opened.library) == answer(folder)
    name = shard_of(opened.root)
    assert contents(copies / name) == contents(opened.root / "shards" / name)
    assert len(contents(copies / name)) == 6
    # The passages and vectors are read from the copy.
    for path in (opened.root / "shards" / name / "index").glob("rows-*/*"):
        path.write_bytes(bytes(path.stat().st_size))
    again = ShardedOpened(opened.root).library
    assert answer(again) == answer(folder)


def test_the_copy_follows_changes(opened: ShardedOpened, copies: Path, tmp_path: Path) -> None:
    folder = Opened(sample_library(tmp_path / "folder"))
    assert answer(opened.library) == answer(folder.library)
    name = shard_of(opened.root)
    (tokens,) = (copies / name / "index").glob("rows-*/tokens.bin")
    file = tokens.stat().st_ino
    for each in (opened, folder):
        each.library.add(SECOND, essay_id="second")
    assert answer(opened.library) == answer(folder.library)
    # What was there is not copied again.
    assert tokens.stat().st_ino == file
    for each in (opened, folder):
        each.library.edit("sample", first_page="7")
    assert answer(opened.library) == answer(folder.library)
    for copy in copies.iterdir():
        assert contents(copy) == contents(opened.root / "shards" / copy.name)
    for each in (opened, folder):
        each.library.remove("sample")
    assert answer(opened.library) == answer(folder.library)
    assert not (copies / name / "data" / "chunks" / "sample.jsonl").exists()


def test_a_damaged_copy_is_made_again(opened: ShardedOpened, copies: Path) -> None:
    wanted = answer(opened.library)
    name = shard_of(opened.root)
    (tokens,) = (copies / name / "index").glob("rows-*/tokens.bin")
    data = bytearray(tokens.read_bytes())
    data[100:140] = bytes(40)
    tokens.write_bytes(data)
    assert answer(ShardedOpened(opened.root).library) == wanted
    assert contents(copies / name) == contents(opened.root / "shards" / name)


def test_a_disk_that_returns_something_else_is_named(
    opened: ShardedOpened, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = shard_of(opened.root)
    copy = LocalCopy(opened.root / "shards" / name, copies / name, opened.notices.append)
    monkeypatch.setattr("assistant.cluster.local_copy._digest", lambda _path: "0")
    with pytest.raises(LibraryError, match="check the disk") as raised:
        copy.refresh()
    assert str(copies / name) in str(raised.value)


def test_a_folder_that_cannot_be_written_is_named(opened: ShardedOpened, tmp_path: Path) -> None:
    (tmp_path / "disk").write_text("a file", "utf-8")
    with pytest.raises(LibraryError, match="disk"):
        opened.library.finder()
