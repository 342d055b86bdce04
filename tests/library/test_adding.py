"""Adding an essay reads its file, its records and its passages once, whatever was stated about it before."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import SAMPLE, SECOND, Opened, file_digests

from assistant.core.errors import LibraryError
from assistant.library import adding

if TYPE_CHECKING:
    from pathlib import Path

RECORD = {"type": "chapter", "title": "Of Pointing", "author": [{"family": "Marsh"}], "page": "301-312"}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often records, files and passages were read, each record file by its name."""
    counts: Counter[str] = Counter()

    def count(name: str) -> None:
        original = getattr(adding, name)

        def counted(*args: Any) -> Any:
            counts[f"{name} {args[0]}" if name == "load_references" else name] += 1
            return original(*args)

        monkeypatch.setattr(adding, name, counted)

    for name in ("load_references", "read_file", "chunk"):
        count(name)
    return counts


def _edit_nothing(_opened: Opened) -> None:
    """Leave the library as it is."""


def _edit_page(opened: Opened) -> None:
    opened.library.edit("sample", first_page="844")


def _edit_record(opened: Opened) -> None:
    opened.library.edit("sample", reference=RECORD, first_page="7")


@pytest.mark.parametrize("edit", [_edit_nothing, _edit_page, _edit_record])
def test_everything_is_read_once(opened: Opened, calls: Counter[str], edit: Any) -> None:
    edit(opened)
    calls.clear()
    opened.library.add(SAMPLE)
    assert calls["read_file"] == calls["chunk"] == 1
    assert set(calls.values()) == {1}


def test_a_file_that_has_an_id_of_its_own_is_read_once(opened: Opened, calls: Counter[str]) -> None:
    opened.library.add(SECOND, essay_id="my-own")
    calls.clear()
    assert opened.library.add(SECOND).essay_id == "my-own"
    assert set(calls.values()) == {1}


def test_the_record_file_is_read_once_too(opened: Opened, tmp_path: Path, calls: Counter[str]) -> None:
    path = tmp_path / "record.json"
    path.write_text(json.dumps(RECORD | {"id": "marsh"}), "utf-8")
    assert opened.library.add(SAMPLE, reference=path).essay_id == "marsh"
    assert calls[f"load_references {path}"] == 1
    assert set(calls.values()) == {1}


def test_an_edit_divides_the_essay_once(opened: Opened, calls: Counter[str]) -> None:
    _edit_record(opened)
    assert calls["chunk"] == 1
    _edit_page(opened)
    assert calls["chunk"] == 2


def test_the_record_stated_for_an_essay_does_not_admit_another_work(opened: Opened, tmp_path: Path) -> None:
    """A file of the same name that is another work would get the record that was stated, and its title."""
    held = opened.library.add(SECOND)
    opened.library.edit(held.essay_id, reference=RECORD)
    other = tmp_path / SECOND.name
    other.write_text("A Different Work\n\nIts only paragraph has words enough to be an essay.\n", "utf-8")
    before = file_digests(opened.root)
    with pytest.raises(LibraryError, match=f"'{held.essay_id}' of another essay"):
        opened.library.add(other)
    assert file_digests(opened.root) == before
