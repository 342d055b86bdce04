"""The commands that change a library's essays: edit, remove, restore."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from essay_library import SAMPLE, SECOND

from assistant.library.trash import KEPT_FOR, MOST_KEPT

if TYPE_CHECKING:
    from pathlib import Path

    from essay_library import Command


def test_edit_prints_the_new_report(command: Command) -> None:
    assert command("edit", "sample", "--first-page", "844") == 0
    assert "844–855" in command.out
    assert command("edit", "sample", "--first-page", "auto", "--json") == 0
    assert command.json()["first_page"] == "11"
    assert command("cite", "sample", "--page", "12") == 0


def test_edit_takes_a_record_in_each_format(command: Command, tmp_path: Path) -> None:
    records = {
        "a.json": json.dumps({"title": "Of A", "author": [{"family": "Marsh"}]}),
        "b.bib": "@book{b, title = {Of B}, author = {Marsh, Ada}}",
        "c.ris": "TY  - BOOK\nTI  - Of C\nAU  - Marsh, Ada\nER  - \n",
    }
    for name, text in records.items():
        (tmp_path / name).write_text(text, "utf-8")
        assert command("edit", "sample", "--reference", tmp_path / name) == 0
        assert command.out.startswith(f"sample: Of {name[0].upper()}\n")
        assert command("cite", "sample") == 0
        assert "Marsh" in command.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["edit", "sample"], "nothing to change"),
        (["edit", "nobody", "--first-page", "3"], "no essay 'nobody'"),
        (["edit", "sample", "--first-page", "three"], "not a page number"),
        (["edit", "sample", "--reference", "gone.json"], "gone.json"),
        (["edit", "sample", "--reference", "record.txt"], "not a bibliographic record"),
        (["restore", "nobody"], "No removed essay 'nobody'"),
        (["remove", "nobody", "--for-good"], "no essay 'nobody'"),
    ],
)
def test_a_mistake_is_one_sentence(command: Command, words: list[str], message: str) -> None:
    assert command(*words) == 2
    assert message in command.err
    assert command.err.count("\n") == 1
    assert command.out == ""


def test_a_removed_essay_is_listed_and_restored(command: Command) -> None:
    assert command("restore") == 0
    assert (command.out, command.err.count("\n")) == ("", 1)
    assert command("remove", "sample") == 0
    assert "assistant restore sample" in command.err
    assert command("restore", "--json") == 0
    (removed,) = command.json()
    assert (removed["id"], removed["title"][:22]) == ("sample", "Where the Words Stand:")
    assert command("restore") == 0
    assert command.out.startswith(f"{removed['at'][:10]}  sample  Where the Words Stand")
    assert command("restore", "sample") == 0
    assert "sample" in command.err
    assert command("restore", "sample") == 2
    assert "is in the library" in command.err


def test_for_good_cannot_be_undone(command: Command) -> None:
    assert command("remove", "sample", "--for-good") == 0
    assert "sample" in command.err
    assert "restore" not in command.err
    assert command("restore", "sample", "--json") == 2
    assert "can be restored: none" in command.err


def test_the_help_tells_how_long_essays_are_kept(command: Command) -> None:
    assert command("remove", "--help") == 0
    assert f"for {KEPT_FOR.days} days" in command.out
    assert f"last {MOST_KEPT} removed" in command.out


def test_a_damaged_essay_is_listed_with_the_cure_and_locks_nothing(command: Command, tmp_path: Path) -> None:
    command("add", SECOND)
    path = tmp_path / "shelf" / "data" / "chunks" / "sample.jsonl"
    path.write_text(path.read_text("utf-8").replace("Augustine hears", "Augustine heard"), "utf-8")
    assert command("list") == 0
    assert command.out.splitlines()[0].startswith("running-heads")
    (line,) = [line for line in command.out.splitlines() if line.startswith("sample")]
    assert "damaged" in line
    assert "assistant remove sample" in line
    assert command("list", "--json") == 0
    second, damaged = command.json()
    assert "damaged" not in second
    assert damaged.keys() == second.keys() | {"damaged"}
    assert (damaged["id"], damaged["passages"], damaged["pages"]) == ("sample", 0, [])
    question = "At how many minutes after noon in London did noon in Bristol fall?"
    for words in (["ask", question], ["quote", "noon in Bristol"], ["cite", "running-heads"]):
        assert command(*words, "--json") in {0, 1}
        assert len(command.err.splitlines()) == 1
        assert "'sample' is left out" in command.err
    for words in (["show", "sample"], ["cite", "sample"], ["ask", question, "--essay", "sample"]):
        assert command(*words) == 2
        assert command.out == ""
        assert len(command.err.splitlines()) == 1
        assert "assistant add FILE" in command.err
    assert command("add", SAMPLE) == 0
    assert command.err == ""
    assert command("ask", question) in {0, 1}
    assert command.err == ""


def test_a_stored_text_that_was_changed_is_not_shown(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "shelf" / "data" / "chunks" / "sample.source.txt"
    path.write_text(path.read_text("utf-8").replace("Augustine hears", "Augustine fears"), "utf-8")
    for words in (["show", "sample", "--source"], ["edit", "sample", "--first-page", "3"]):
        assert command(*words) == 2
        assert command.out == ""
        assert "was changed" in command.err
        assert "assistant add FILE" in command.err
