"""Tags and collections are stored with an essay, listed, changed and kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from essay_library import SAMPLE, SECOND, Command, Opened, file_digests, one_sentence

from assistant.core.errors import LibraryError
from assistant.core.selection import LabelChanges


def labels_of(opened: Opened, essay_id: str = "sample") -> tuple[tuple[str, ...], tuple[str, ...]]:
    summary = opened.library.summaries()[essay_id]
    return summary.tags, summary.collections


def change(opened: Opened, **changes: Any) -> None:
    opened.library.edit("sample", labels=LabelChanges(**changes))


def test_labels_are_added_and_taken_away(opened: Opened) -> None:
    change(opened, tags=["to read", "print"], collections=["Books/History"])
    assert labels_of(opened) == (("to read", "print"), ("Books/History",))
    change(opened, tags=["late"], untag=["To  Read"], uncollect=["books / history"])
    assert labels_of(opened) == (("print", "late"), ())
    change(opened, tags=["only"], exactly=True)
    assert labels_of(opened) == (("only",), ())


def test_two_spellings_of_a_label_are_one(opened: Opened) -> None:
    change(opened, tags=["  Café\tau lait ", "cafe\u0301 au LAIT"], collections=["A / B ", "a/b", "/C/"])
    assert labels_of(opened) == (("Café au lait",), ("A/B", "C"))


@pytest.mark.parametrize("label", ["", " ", "x" * 201, "a\x07b"])
def test_a_label_that_cannot_be_one_changes_nothing(label: str, opened: Opened) -> None:
    before = file_digests(opened.root)
    with pytest.raises(LibraryError) as refused:
        change(opened, tags=["good", label])
    one_sentence(refused.value)
    assert file_digests(opened.root) == before


def test_labels_change_nothing_but_what_the_user_stated(opened: Opened) -> None:
    before = file_digests(opened.root)
    change(opened, tags=["x"])
    changed = {name for name, digest in file_digests(opened.root).items() if before.get(name) != digest}
    assert changed == {"data/chunks/sample.given.json"}
    assert opened.encoder.encoded == []


def test_labels_stay_when_the_file_is_added_again_and_when_it_was_removed(opened: Opened) -> None:
    change(opened, tags=["x"], collections=["C"])
    opened.library.add(SAMPLE, labels=LabelChanges(tags=["y"]))
    assert labels_of(opened) == (("x", "y"), ("C",))
    opened.library.edit("sample", first_page="7")
    opened.library.remove("sample")
    opened.library.restore("sample")
    assert labels_of(opened) == (("x", "y"), ("C",))


def test_another_program_sees_changed_labels_at_once(opened: Opened) -> None:
    other = Opened(opened.root)
    assert labels_of(other) == ((), ())
    change(opened, tags=["x"])
    assert labels_of(other) == (("x",), ())


def test_fields_of_a_later_version_are_kept(opened: Opened) -> None:
    path = opened.root / "data" / "chunks" / "sample.given.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"later": {"a": 1}}), "utf-8")
    change(opened, tags=["x"])
    assert json.loads(path.read_text("utf-8"))["later"] == {"a": 1}


def test_the_command_adds_edits_and_lists_labels(command: Command) -> None:
    assert command("add", SECOND, "--id", "heads", "--tag", "b", "--collection", "Fog/Bells") == 0
    assert command("edit", "heads", "--tag", "c", "--untag", "B") == 0
    assert command("list", "--json") == 0
    labels = {essay["id"]: (essay["tags"], essay["collections"]) for essay in command.json()}
    assert labels == {"sample": ([], []), "heads": (["c"], ["Fog/Bells"])}
    assert command("list") == 0
    assert command.out.splitlines()[0].endswith("  [Fog/Bells] #c")
    assert command("edit", "heads") == 2
    assert "--tag" in command.err
