"""Files that nodes prepare before their turn: what is sent, in which order, what is lost with a process."""

from __future__ import annotations

import errno
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import Opened, one_sentence
from fake_models import FakeEncoder
from numbered_essays import essays, outcomes
from sharded_library import ShardedOpened, load_fake

from assistant.cluster import building
from assistant.cluster.building import Preparer, WorkerLostError
from assistant.cluster.fleet import LocalFleet
from assistant.cluster.manifest import ManifestFile
from assistant.cluster.placement import shard_for
from assistant.core.disk import write_file
from assistant.library import adding, files, importing
from assistant.library.walking import FileToAdd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.core.essay import StoredEssay


class FakeWorkers:
    """Works on tasks in this process, when they are asked for.

    Args:
        deadly: Name of a file with which the process of its task ends.
    """

    def __init__(self, deadly: str = "") -> None:
        self.sent: list[str] = []
        self.waiting, self.most = 0, 0
        self._deadly, self._preparer = deadly, Preparer(load_fake)

    def count(self) -> int:
        """One at a time."""
        return 1

    def share(self, value: object) -> object:
        """The value itself."""
        return value

    def submit(self, sent: Sequence[building.SentFile], *arguments: Any) -> list[Any]:
        """Prepare files, as if elsewhere."""
        names = [each.item.path.name for each in sent]
        self.sent += names
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        if self._deadly in names:
            return [None, *names]
        return pickle.loads(pickle.dumps(self._preparer(sent, *arguments)))  # type: ignore[no-any-return]  # noqa: S301

    def result(self, reference: Any) -> Any:
        """What was prepared, unless the process has ended."""
        self.waiting -= 1
        if reference is None:
            raise WorkerLostError("WorkerCrashedError")
        return reference

    def cancel(self, references: Sequence[object]) -> None:
        """Nothing is left when all have had their turn."""
        assert not references


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> FakeWorkers:
    workers = FakeWorkers()
    monkeypatch.setattr(LocalFleet, "workers", lambda _fleet: workers)
    return workers


def shards(root: Path) -> ShardedOpened:
    """An empty library in three shards."""
    root.joinpath("data", "chunks").mkdir(parents=True)
    return ShardedOpened(root)


def test_what_nodes_prepare_is_what_the_folder_makes(
    tmp_path: Path, workers: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = essays(tmp_path / "texts")
    copy = tmp_path / "texts" / "zz-copy.txt"
    copy.write_bytes(paths[0].read_bytes())
    whole, opened = Opened(tmp_path / "whole"), shards(tmp_path / "shards")
    wanted = outcomes(whole.library, [tmp_path / "texts"])
    assert workers.sent == []
    # The program that adds divides only what a node could not.
    here: list[str] = []
    divide = adding.FileReader.divide

    def divided(reader: adding.FileReader, path: Path, *rest: Any, **options: Any) -> StoredEssay:
        here.append(path.name)
        return divide(reader, path, *rest, **options)

    monkeypatch.setattr(adding, "read_file", None)
    monkeypatch.setattr(adding.FileReader, "divide", divided)
    found = outcomes(opened.library, [tmp_path / "texts"])
    assert here == ["tides.txt"]
    assert found == wanted
    assert opened.library.essays() == whole.library.essays()
    # What the library has is not sent again.
    workers.sent.clear()
    assert [outcome for _, outcome, *_ in outcomes(opened.library, [tmp_path / "texts"])].count(
        "unchanged"
    ) == 11
    assert workers.sent == ["tides.txt"]


def test_stated_facts_and_changed_files_have_the_same_outcome(tmp_path: Path, workers: FakeWorkers) -> None:
    paths = essays(tmp_path / "texts")
    record = {"type": "book", "id": "own-name", "title": "Of the Tides", "author": [{"family": "Tides"}]}
    whole, opened = Opened(tmp_path / "whole"), shards(tmp_path / "shards")
    for path in (paths, paths[:2]):
        items = [
            FileToAdd(path=path[0], essay_id="first", first_page="7"),
            FileToAdd(path=path[1], reference=record),
            *(FileToAdd(path=each) for each in path[2:]),
        ]
        assert outcomes(opened.library, items) == outcomes(whole.library, items)
        assert opened.library.essays() == whole.library.essays()
        paths[3].write_text(
            paths[3].read_text("utf-8") + "\n\nA last paragraph was written since then.", "utf-8"
        )
    assert outcomes(opened.library, paths) == outcomes(whole.library, paths)
    assert opened.library.summaries().keys() == whole.library.summaries().keys()
    assert workers.sent


@pytest.mark.parametrize(("most_here", "together"), [(1_000, [4, 4, 3]), (16, [2, 2, 2, 2, 2, 1])])
def test_each_shard_writes_as_much_as_a_folder_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_here: int, together: list[int]
) -> None:
    # An essay has eight passages, so that a folder writes one at a time here, and four shards four.
    monkeypatch.setattr(importing, "_FEWEST_TOGETHER", 1_000)
    monkeypatch.setattr(importing, "_MOST_TOGETHER", 8)
    monkeypatch.setattr(importing, "_MOST_HERE", most_here)
    commits: list[int] = []
    written = importing.Importer._written  # noqa: SLF001 - shards commit too

    def counted(self: importing.Importer, ready: Sequence[Any]) -> Any:
        commits.append(len(ready))
        return written(self, ready)

    monkeypatch.setattr(importing.Importer, "_written", counted)
    paths = essays(tmp_path / "texts")
    root = tmp_path / "shards"
    root.joinpath("data", "chunks").mkdir(parents=True)
    outcomes(ShardedOpened(root, shards=4).library, paths)
    assert commits == together
    commits.clear()
    outcomes(Opened(tmp_path / "whole").library, paths)
    assert commits == [1] * 11


def test_few_tasks_are_under_way(
    tmp_path: Path, workers: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = essays(tmp_path / "texts")
    monkeypatch.setattr(building, "_MOST_FILES", 1)
    monkeypatch.setattr(building, "_FEWEST_TASKS", 3)
    monkeypatch.setattr(building, "_TASKS_A_WORKER", 2)
    started: list[str] = []
    outcomes(shards(tmp_path / "shards").library, paths, started=lambda item: started.append(item.path.name))
    assert workers.most == 3
    assert started == [path.name for path in paths]


def test_a_file_that_ends_its_process_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = essays(tmp_path / "texts")
    workers = FakeWorkers("knots.txt")
    monkeypatch.setattr(LocalFleet, "workers", lambda _fleet: workers)
    results = list(shards(tmp_path / "shards").library.add_files(paths))
    failed = {each.path.name: each for each in results if each.outcome == "failed"}
    assert set(failed) == {"knots.txt", "tides.txt"}
    error = failed["knots.txt"].error
    assert error is not None
    assert str(tmp_path / "texts" / "knots.txt") in one_sentence(error)
    assert len(results) == len(paths)


def test_one_file_and_files_with_parts_are_read_here(tmp_path: Path, workers: FakeWorkers) -> None:
    paths = essays(tmp_path / "texts")
    latex = tmp_path / "texts" / "own.tex"
    latex.write_text(
        "\\begin{document}\nThe whole of it is here, in one paragraph.\n\\end{document}\n", "utf-8"
    )
    opened = shards(tmp_path / "shards")
    assert outcomes(opened.library, paths[:1])[0][1] == "added"
    assert workers.sent == []
    assert [each[1] for each in outcomes(opened.library, [latex, paths[1]])] == ["added", "added"]
    assert workers.sent == [paths[1].name]


def test_a_full_disk_of_one_shard_fails_its_essays_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = essays(tmp_path / "texts")
    opened = shards(tmp_path / "shards")
    full = str(tmp_path / "shards" / "shards" / "002")

    def faulty(path: Path, data: bytes) -> None:
        if str(path).startswith(full):
            raise OSError(errno.ENOSPC, "No space left on device")
        write_file(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(files, "write_file", faulty)
        results = list(opened.library.add_files(paths))
    failed = {
        each.path: each for each in results if each.outcome == "failed" and each.path.name != "tides.txt"
    }
    assert failed
    assert len(failed) < len(paths) - 1
    for each in failed.values():
        assert each.message.startswith(f"There is no room on the disk of {full};")
    manifest = ManifestFile(opened.root)
    assert not manifest.is_pending()
    assert manifest.read().shards["002"] == {}
    assert len(ShardedOpened(opened.root, FakeEncoder()).library.ids()) == len(paths) - 1 - len(failed)
    again = [each.path for each in opened.library.add_files(paths) if each.outcome == "added"]
    assert again == [*failed]
    # If it is the only essay, that is the error.
    with monkeypatch.context() as patched:
        patched.setattr(files, "write_file", faulty)
        with pytest.raises(Exception, match="There is no room on the disk") as raised:
            opened.library.add(next(iter(failed)), essay_id=_id_in(opened, "002"))
    one_sentence(raised.value)


def _id_in(opened: Opened, shard: str) -> str:
    """An id that no essay has and that would be in a shard."""
    names = list(ManifestFile(opened.root).read().shards)
    return next(name for name in (f"new-{n}" for n in range(99)) if shard_for(name, names) == shard)
