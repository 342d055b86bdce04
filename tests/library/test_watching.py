"""A folder that is watched: real events of the file system, each test bounded to seconds."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from essay_library import SAMPLE, SECOND, Command, Opened, one_sentence

from assistant.core.errors import LibraryError
from assistant.core.selection import LabelChanges
from assistant.library.watching import FolderWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.library.importing import FileOutcome

_PATIENCE = 20.0
SONG = "The lamp was lit at dusk, and nobody in the harbour asked who had carried the oil. "


class Watched:
    """A library that follows a folder in a thread."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.opened, self.folder = Opened(root), folder
        self.outcomes: list[FileOutcome] = []
        self._stop = threading.Event()
        self._watch = FolderWatch(self.opened.library, folder, LabelChanges(tags=["watched"]))
        self.first = [outcome.outcome for outcome in self._watch.start()]
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def _follow(self) -> None:
        self.outcomes += self._watch.follow(self._stop)

    def stop(self) -> None:
        """End it."""
        self._stop.set()
        self._thread.join(_PATIENCE)
        assert not self._thread.is_alive()

    def wait(self, done: Callable[[], object]) -> None:
        """Wait until something is so."""
        until = time.monotonic() + _PATIENCE
        while not done():
            assert time.monotonic() < until, self.opened.library.ids()
            time.sleep(0.05)

    def files(self) -> dict[str, str]:
        """Name of the file of each essay, by the essay's id."""
        summaries = self.opened.library.summaries()
        return {essay_id: Path(summary.file).name for essay_id, summary in summaries.items()}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    folder = tmp_path / "texts"
    folder.mkdir()
    shutil.copy(SAMPLE, folder / "sample.txt")
    following = Watched(tmp_path / "library", folder)
    yield following
    following.stop()


def test_a_folder_is_followed(watched: Watched) -> None:
    assert watched.first == ["added"]
    (watched.folder / "deep").mkdir()
    new = shutil.copy(SECOND, watched.folder / "deep" / "running_heads.txt")
    watched.wait(lambda: watched.files() == {"sample": "sample.txt", "running-heads": "running_heads.txt"})
    assert watched.opened.library.summaries()["running-heads"].tags == ("watched",)
    # Changed.
    with Path(new).open("a", encoding="utf-8") as file:
        file.write("\n\nA paragraph was added to it when nobody looked.\n")
    passages = watched.opened.library.summaries()["running-heads"].passages
    watched.wait(lambda: watched.opened.library.summaries()["running-heads"].passages == passages + 1)
    # Renamed, together with its folder.
    (watched.folder / "deep").rename(watched.folder / "shallow")
    (watched.folder / "shallow" / "running_heads.txt").rename(watched.folder / "renamed.txt")
    watched.wait(lambda: watched.files().get("running-heads") == "renamed.txt")
    assert not watched.opened.library.removed()
    # Deleted.
    (watched.folder / "renamed.txt").unlink()
    watched.wait(lambda: watched.files() == {"sample": "sample.txt"})
    assert list(watched.opened.library.removed()) == ["running-heads"]
    watched.opened.library.restore("running-heads")


def test_a_file_is_read_when_it_is_written(watched: Watched) -> None:
    path = watched.folder / "slow.txt"
    with path.open("w", encoding="utf-8") as file:
        for number in range(12):
            file.write(f"{SONG * 3}This is paragraph {number}.\n\n")
            file.flush()
            time.sleep(0.2)
    watched.wait(lambda: len(watched.files()) == 2)
    outcomes = [outcome for outcome in watched.outcomes if outcome.path == path]
    assert [outcome.outcome for outcome in outcomes] in ([], ["added"])
    (essay_id,) = watched.files().keys() - {"sample"}
    assert watched.opened.library.summaries()[essay_id].passages == 12


def test_another_file_of_the_essay_takes_the_deleted_ones_place(watched: Watched) -> None:
    copy = shutil.copy(watched.folder / "sample.txt", watched.folder / "copy.txt")
    watched.wait(lambda: [outcome.outcome for outcome in watched.outcomes] == ["same"])
    (watched.folder / "sample.txt").unlink()
    watched.wait(lambda: watched.files() == {"sample": Path(copy).name})
    assert not watched.opened.library.removed()


def test_a_folder_that_is_gone_takes_no_essay_along(watched: Watched) -> None:
    moved = watched.folder.rename(watched.folder.with_name("elsewhere"))
    time.sleep(2.5)
    assert watched.files() == {"sample": "sample.txt"}
    moved.rename(watched.folder)
    assert not watched.opened.library.removed()


def test_what_went_on_meanwhile_is_made_up_for(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    shutil.copy(SAMPLE, folder / "sample.txt")
    shutil.copy(SECOND, folder / "running_heads.txt")
    library = Opened(tmp_path / "library").library
    assert [outcome.outcome for outcome in FolderWatch(library, folder).start()] == ["added"] * 2
    (folder / "running_heads.txt").unlink()
    (folder / "sample.txt").rename(folder / "other.txt")
    assert [(outcome.outcome, outcome.essay) for outcome in FolderWatch(library, folder).start()] == [
        ("unchanged", "sample"),
        ("removed", "running-heads"),
    ]


def test_more_files_than_the_trash_keeps_are_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.library.watching.MOST_KEPT", 1)
    folder = tmp_path / "texts"
    folder.mkdir()
    for path in (SAMPLE, SECOND):
        shutil.copy(path, folder)
    library = Opened(tmp_path / "library").library
    list(FolderWatch(library, folder).start())
    for path in folder.iterdir():
        path.unlink()
    results = list(FolderWatch(library, folder).start())
    assert [result.outcome for result in results] == ["failed"]
    assert len(library.ids()) == 2


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path, command: Command) -> None:
    with pytest.raises(LibraryError) as refused:
        FolderWatch(Opened(tmp_path / "library").library, tmp_path / "none")
    one_sentence(refused.value)
    assert command("watch", tmp_path / "none") == 2
    assert "is no folder" in command.err


def test_the_command_ends_when_it_is_interrupted(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    shutil.copy(SECOND, folder)

    def interrupted(_watch: FolderWatch, _stop: threading.Event) -> Iterator[FileOutcome]:
        raise KeyboardInterrupt

    monkeypatch.setattr(FolderWatch, "follow", interrupted)
    assert command("watch", folder) == 0
    assert "added      running-heads" in command.out
    assert "no longer watched" in command.err
