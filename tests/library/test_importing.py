"""Many files: an outcome each, a failure stops nothing, the same essay is one, the next run goes on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import ROOT, SAMPLE, SECOND, Command, Opened, file_digests

from assistant.core.selection import LabelChanges
from assistant.library import adding
from assistant.library.duplicates import likeness, sketch_of
from assistant.library.library import Library
from assistant.library.walking import FileToAdd, essay_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.library.store import PendingEssay

PDF = ROOT / "tests" / "data" / "pdf" / "sample-browser-columns.pdf"
LEDGER = ROOT / "tests" / "data" / "pdf" / "ledger-mla.pdf"
SONG = "The lamp was lit at dusk, and nobody in the harbour asked who had carried the oil up the stairs. "
OTHER = "Ropes are made of fibres that are twisted against each other, so that none of them can slip. "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "texts"
    path.mkdir()
    return path


@pytest.fixture
def library(tmp_path: Path) -> Opened:
    return Opened(tmp_path / "library")


def outcomes(opened: Opened, *files: Path | FileToAdd, **options: Any) -> list[tuple[str, str, str]]:
    """Name, outcome and essay of each file."""
    return [
        (result.path.name, result.outcome, result.essay)
        for result in opened.library.add_files(files, **options)
    ]


def essay(folder: Path, name: str, title: str, text: str = SONG, times: int = 20) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    paragraphs = [f"{text}{title} has part {number} of it. {text}" for number in range(times)]
    path.write_text("\n\n".join([title, "by Ada Marsh", *paragraphs]), "utf-8")
    return path


def test_a_folder_has_an_outcome_for_each_file(folder: Path, library: Opened) -> None:
    shutil.copy(SAMPLE, folder)
    (folder / "deep").mkdir()
    shutil.copy(SECOND, folder / "deep")
    (folder / "empty.txt").touch()
    (folder / "binary.txt").write_bytes(b"\0\1\2")
    assert outcomes(library, folder) == [
        ("binary.txt", "failed", ""),
        ("empty.txt", "failed", ""),
        ("essay.txt", "added", "sample"),
        ("running_heads.txt", "added", "running-heads"),
    ]
    before, encoded = file_digests(library.root), len(library.encoder.encoded)
    assert [outcome for _, outcome, _ in outcomes(library, folder)] == [
        *["failed"] * 2,
        *["unchanged"] * 2,
    ]
    assert (file_digests(library.root), len(library.encoder.encoded)) == (before, encoded)


def test_files_that_are_no_essays_are_left_out(folder: Path, tmp_path: Path) -> None:
    names = (
        ".hidden.txt .git/a.txt README.md license.txt a.png node_modules/a.txt __MACOSX/._a.txt ~$a.md b"
    ).split()
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    root = folder / "library"
    for name in ("library/data/chunks/x.source.txt", "library/own.txt", "a.txt", "a.pdf", "z/b.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    found = [path.relative_to(folder).as_posix() for path in essay_files([folder, folder / "a.txt"], root)]
    assert found == ["a.pdf", "a.txt", "library/own.txt", "z/b.md"]
    assert [*essay_files([folder / "**" / "*.md"], root)] == [folder / "README.md", folder / "z" / "b.md"]
    assert [*essay_files([tmp_path / "none"], root)] == [tmp_path / "none"]


def test_links_in_a_circle_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "loop").symlink_to(folder)
    (folder / "a.txt").write_text("x")
    assert [*essay_files([folder], tmp_path)] == [folder / "a.txt"]


def test_the_same_essay_from_two_formats_is_one(folder: Path, library: Opened) -> None:
    shutil.copy(PDF, folder / "sample.pdf")
    shutil.copy(SAMPLE, folder / "text.txt")
    assert outcomes(library, folder) == [
        ("sample.pdf", "added", "sample"),
        ("text.txt", "same", "sample"),
    ]
    assert library.library.essay("sample").is_pdf
    # It is not read again.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(adding.LibraryWriter, "read", None)
        assert [outcome for _, outcome, _ in outcomes(library, folder)] == ["unchanged", "same"]
    assert outcomes(library, folder / "text.txt", replace=True) == [("text.txt", "replaced", "sample")]
    assert not library.library.essay("sample").is_pdf


def test_a_pdf_takes_the_place_of_a_text_without_pages(folder: Path, library: Opened) -> None:
    text = "\n\n".join(passage.text for passage in adding.read_essay(SAMPLE).essay.passages)
    first = folder / "plain.txt"
    first.write_text(text, "utf-8")
    change = LabelChanges(tags=["kept"])
    assert outcomes(library, first, labels=change) == [("plain.txt", "added", "sample")]
    library.library.edit("sample", first_page="101")
    shutil.copy(PDF, folder)
    assert outcomes(library, folder / PDF.name) == [(PDF.name, "replaced", "sample")]
    summary = library.library.summaries()["sample"]
    assert (summary.reader, summary.tags, summary.first_page) == ("pdf", ("kept",), "101")


def test_a_changed_file_replaces_its_essay_and_keeps_what_was_stated(folder: Path, library: Opened) -> None:
    path = essay(folder, "lamp.txt", "Lamps of the North")
    outcomes(library, path)
    (essay_id,) = library.library.ids()
    library.library.edit(essay_id, first_page="7", labels=LabelChanges(tags=["x"]))
    path.write_text(path.read_text("utf-8") + "\n\nA last paragraph has been written since.\n", "utf-8")
    assert outcomes(library, folder) == [("lamp.txt", "replaced", essay_id)]
    summary = library.library.summaries()[essay_id]
    assert summary.tags == ("x",)
    assert library.library.essay(essay_id).passages[-1].text == "A last paragraph has been written since."


def test_another_essay_in_the_same_file_takes_no_essays_place(folder: Path, library: Opened) -> None:
    path = essay(folder, "lamp.txt", "Lamps of the North")
    outcomes(library, path)
    essay(folder, "lamp.txt", "A Treatise of Ropes", OTHER)
    ((_, outcome, essay_id),) = outcomes(library, path)
    assert outcome == "added"
    assert sorted(library.library.ids()) == sorted({essay_id, *library.library.ids()})
    assert len(library.library.ids()) == 2


def test_a_file_that_was_moved_keeps_its_essay(folder: Path, library: Opened) -> None:
    path = essay(folder, "lamp.txt", "Lamps of the North")
    ((_, _, essay_id),) = outcomes(library, path)
    moved = path.rename(folder / "renamed.txt")
    assert outcomes(library, folder) == [("renamed.txt", "unchanged", essay_id)]
    assert library.library.summaries()[essay_id].file == str(moved)
    shutil.copy(moved, folder / "z-copy.txt")
    assert outcomes(library, folder) == [
        ("renamed.txt", "unchanged", essay_id),
        ("z-copy.txt", "same", essay_id),
    ]


def test_different_essays_that_would_have_one_id_get_two(folder: Path, library: Opened) -> None:
    essay(folder / "one", "notes.txt", "Lamps of the North")
    essay(folder / "two", "notes.txt", "A Treatise of Ropes", OTHER)
    library.library.add(
        essay(folder, "first.txt", "Notes", "Fog came over the flats before the bell was rung. ")
    )
    names = [essay_id for _, _, essay_id in outcomes(library, folder / "one", folder / "two")]
    assert len({*names, *library.library.ids()}) == 3
    assert [outcome for _, outcome, _ in outcomes(library, folder)] == ["unchanged"] * 3


def test_many_essays_are_written_together(
    folder: Path, library: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        essay(folder, f"e{number:02}.txt", f"Essay Number {number}", f"{SONG}{number} {OTHER}", 4)
    commits: list[int] = []
    commit = adding.LibraryWriter.commit

    def counted(
        self: adding.LibraryWriter, pending: Sequence[PendingEssay], *rest: Any, **options: Any
    ) -> Any:
        commits.append(len(pending))
        return commit(self, pending, *rest, **options)

    monkeypatch.setattr(adding.LibraryWriter, "commit", counted)
    results = outcomes(library, folder)
    assert sum(commits) == len([outcome for _, outcome, _ in results if outcome == "added"])
    assert len(commits) <= 2


def test_an_interruption_leaves_what_was_added(
    folder: Path, library: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        essay(folder, f"e{number}.txt", f"Essay {'ABCD'[number]} of Rope", OTHER * number + SONG, 3)
    monkeypatch.setattr("assistant.library.importing._FEWEST_TOGETHER", 1)
    read, calls = adding.LibraryWriter.read, 0

    def interrupted(self: adding.LibraryWriter, *args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return read(self, *args)

    monkeypatch.setattr(adding.LibraryWriter, "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        outcomes(library, folder)
    held = library.library.ids()
    assert len(held) == 2
    monkeypatch.setattr(adding.LibraryWriter, "read", read)
    assert [outcome for _, outcome, _ in outcomes(library, folder)][:2] == ["unchanged"] * 2


def test_an_unexpected_error_stops_no_other_file(
    folder: Path, library: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    essay(folder, "a.txt", "Lamps of the North")
    essay(folder, "b.txt", "A Treatise of Ropes", OTHER)
    read = adding.LibraryWriter.read

    def failing(self: adding.LibraryWriter, path: Path, *rest: Any) -> Any:
        if path.name == "a.txt":
            raise ZeroDivisionError
        return read(self, path, *rest)

    monkeypatch.setattr(adding.LibraryWriter, "read", failing)
    results = list(library.library.add_files([folder]))
    assert [result.outcome for result in results] == ["failed", "added"]
    assert "ZeroDivisionError" in results[0].message


def test_what_is_stated_of_a_file_is_stored_with_its_essay(folder: Path, library: Opened) -> None:
    path = essay(folder, "lamp.txt", "Lamps of the North")
    record = {"id": "marsh-1999", "title": "Lamps of the North", "author": [{"family": "Marsh"}]}
    item = FileToAdd(
        path=path,
        reference=record,
        labels=LabelChanges(collections=["Z/A"]),
        facts={"zotero": {"key": "ABCD"}},
    )
    assert outcomes(library, item) == [("lamp.txt", "added", "marsh-1999")]
    stated = json.loads((library.root / "data" / "chunks" / "marsh-1999.given.json").read_text("utf-8"))
    assert stated["zotero"] == {"key": "ABCD"}
    assert library.library.summaries()["marsh-1999"].collections == ("Z/A",)
    path.write_text(path.read_text("utf-8") + "\n\nMore of it was found in the spring.\n", "utf-8")
    outcomes(library, folder)
    stated = json.loads((library.root / "data" / "chunks" / "marsh-1999.given.json").read_text("utf-8"))
    assert (stated["zotero"], stated["reference"]["id"]) == ({"key": "ABCD"}, "marsh-1999")


def test_sketches_tell_versions_of_an_essay_from_other_essays() -> None:
    def sketch(path: Path) -> str:
        return sketch_of(adding.read_essay(path).essay.passages)

    assert likeness(sketch(SAMPLE), sketch(PDF)) > 0.6
    assert likeness(sketch(SAMPLE), sketch(LEDGER)) == 0
    assert likeness(sketch(SAMPLE), sketch(SAMPLE)) == 1


def test_the_command_prints_a_line_for_each_file_and_what_failed(command: Command, folder: Path) -> None:
    essay(folder, "lamp.txt", "Lamps of the North")
    (folder / "empty.txt").touch()
    assert command("add", folder) == 2
    lines = command.out.splitlines()
    assert [line.split()[:2] for line in lines] == [["1/2", "failed"], ["2/2", "added"]]
    assert "2 files: 1 added, 1 failed." in command.err
    assert "empty.txt is empty" in command.err
    (folder / "empty.txt").unlink()
    assert command("add", folder, "--json") == 0
    value = command.json()
    assert (value["outcome"], value["file"]) == ("unchanged", str(folder / "lamp.txt"))
    assert value["essay_id"] in {*Library(folder.parent / "shelf").ids()}


def test_a_folder_without_essays_is_one_sentence(command: Command, folder: Path) -> None:
    assert command("add", folder) == 2
    assert "is a folder without a file that could be an essay" in command.err
    assert command("add", folder / "*.txt") == 2
    assert "cannot be read" in command.err
