"""A program that is killed while it moves essays between shards: none comes back, none is lost."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import Opened
from fake_models import FakeEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sharded_library import models_of, reopened

from assistant.cluster.manifest import ManifestFile, is_sharded
from assistant.cluster.splitting import join, rebalance, split, status
from assistant.core.errors import LibraryError
from assistant.library.store import EssayStore
from assistant.retrieval.index.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from assistant.library.library import Library

IDS = ["bells", "gulls", "inks", "knots", "lamps"]
SHARDS = 3
# More steps than any of these commands takes.
MOST_STEPS = 400
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_STEPS = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "os.truncate"})


class KilledError(BaseException):
    """Nothing catches it."""


class Killer:
    """Lets this thread change nothing on the disk any more after some steps, as if it were killed."""

    def __init__(self) -> None:
        self._thread, self._left = 0, 0
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._thread != threading.get_ident():
            return
        if event == "open":
            path, _, flags = arguments
            if not flags & _WRITES or str(path).endswith(".lock"):
                return
        elif event not in _STEPS:
            return
        self._left -= 1
        if self._left < 0:
            raise KilledError

    @contextmanager
    def after(self, steps: int) -> Iterator[None]:
        """Kill what is done after some changes of the disk, if there are so many."""
        self._thread, self._left = threading.get_ident(), steps
        try:
            yield
        except KilledError:
            pass
        finally:
            self._thread = 0


KILLER = Killer()


@pytest.fixture(scope="module", autouse=True)
def _no_waiting() -> Iterator[None]:
    """The disk need not have what the test writes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda _handle: None)
        yield


def title(essay_id: str) -> str:
    """Its title, unless the user states another."""
    return f"Of the {essay_id.title()}"


def text(essay_id: str, version: int) -> str:
    """A small essay."""
    paragraph = (
        f"In version {version} the {essay_id} are counted twice a day, and nobody knows the number. " * 2
    )
    return f"{title(essay_id)}\n\nby Ada Mill\n\n{paragraph}\n\n{paragraph}Or so it seems.\n"


def add(library: Library, folder: Path, essay_id: str, version: int) -> None:
    path = folder / f"{essay_id}.txt"
    path.write_text(text(essay_id, version), "utf-8")
    library.add(path, essay_id=essay_id)


def record(essay_id: str) -> dict[str, Any]:
    """What a user states about an essay."""
    return {"type": "book", "id": essay_id, "title": "A Better Title", "author": [{"family": "Mill"}]}


def version_of(library: Library, essay_id: str) -> tuple[int, str]:
    """The version of an essay, and its title."""
    essay = library.essay(essay_id)
    (word,) = {passage.text.split()[2] for passage in essay.passages if "version" in passage.text}
    return int(word), str(essay.reference["title"])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library in shards, with an essay that was removed."""
    root = tmp_path_factory.mktemp("moving") / "library"
    library = Opened(root).library
    for essay_id in [*IDS, "oars"]:
        add(library, root.parent, essay_id, 1)
    library.remove("oars")
    split(root, SHARDS, models_of(FakeEncoder()), print)
    return root


def forget(library: Library, _folder: Path, essay_id: str) -> None:
    library.remove(essay_id, for_good=True)


def remove(library: Library, _folder: Path, essay_id: str) -> None:
    library.remove(essay_id)


def edit(library: Library, _folder: Path, essay_id: str) -> None:
    library.edit(essay_id, reference=record(essay_id))


def add_again(library: Library, folder: Path, essay_id: str) -> None:
    add(library, folder, essay_id, 2)


def restore_again(library: Library, _folder: Path, essay_id: str) -> None:
    library.edit(essay_id, reference=record(essay_id))
    library.remove(essay_id)
    library.restore(essay_id)


# What is done after the kill, and what the essay is then.
CHANGES: dict[str, tuple[Callable[[Library, Path, str], None], tuple[int, str] | None]] = {
    "forget": (forget, None),
    "remove": (remove, None),
    "edit": (edit, (1, "A Better Title")),
    "add": (add_again, (2, "")),
    "restore": (restore_again, (1, "A Better Title")),
}
Command = tuple[str, int | None]
COMMANDS: list[Command] = [("rebalance", 5), ("rebalance", 2), ("rebalance", None), ("join", None)]


def run(root: Path, command: Command) -> None:
    name, count = command
    models = models_of(FakeEncoder())
    if name == "join":
        join(root, models, print)
    elif is_sharded(root):
        rebalance(root, count, models, print)
    else:
        split(root, count or SHARDS, models, print)


def assert_nothing_is_left(root: Path, essay_id: str) -> None:
    """No file has anything of an essay that was removed for good; nor has any row that no essay has."""
    assert_no_file_is_left(root, essay_id)
    for path in root.glob("**/index/manifest.json"):
        manifest = read_manifest(path.parent)
        assert manifest is not None
        assert essay_id not in manifest["essays"]
        runs = [segment["windows"] for segment in manifest["segments"].values()]
        assert manifest["counts"]["windows"] == sum(high - low for low, high in runs)


def assert_no_file_is_left(root: Path, essay_id: str) -> None:
    assert not [*root.glob(f"**/{essay_id}.*"), *root.glob(f"**/*-{essay_id}")]


def assert_in_order(root: Path) -> None:
    """Each essay is in one shard, and on the manifest."""
    if is_sharded(root):
        assert not ManifestFile(root).is_pending()
        held = [name for path in root.glob("shards/*") for name in EssayStore(path).stamps()]
        assert sorted(held) == sorted(ManifestFile(root).read().owners)
        assert not EssayStore(root).stamps()
        for shard in status(root, models_of(FakeEncoder())):
            assert not shard.unlisted


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    killed=st.sampled_from(COMMANDS),
    steps=st.integers(0, MOST_STEPS),
    change=st.sampled_from([*CHANGES]),
    essay_id=st.sampled_from(IDS),
    after=st.lists(st.sampled_from(COMMANDS), max_size=2),
)
def test_what_was_changed_after_a_killed_move_stays_as_it_is(
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    killed: Command,
    steps: int,
    change: str,
    essay_id: str,
    after: list[Command],
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    root = folder / "library"
    shutil.copytree(template, root)
    with KILLER.after(steps):
        run(root, killed)
    if not is_sharded(root) and (root / "shards").is_dir():
        # That of all steps after which the command must be given again.
        join(root, models_of(FakeEncoder()), print)
    library = reopened(root).library
    assert library.ids() == IDS
    expected: dict[str, tuple[int, str]] = {name: (1, title(name)) for name in IDS}
    function, version = CHANGES[change]
    function(library, folder, essay_id)
    if version is None:
        del expected[essay_id]
    else:
        expected[essay_id] = version[0], version[1] or title(essay_id)
    if change == "forget":
        assert_nothing_is_left(root, essay_id)
    for command in after:
        if command[0] != "join" or is_sharded(root):
            run(root, command)
        assert_in_order(root)
    library = reopened(root).library
    assert library.ids() == [*expected]
    assert {name: version_of(library, name) for name in expected} == expected
    assert {*library.removed()} == {"oars", *([essay_id] if change == "remove" else [])}
    if change == "forget":
        assert_no_file_is_left(root, essay_id)
        with pytest.raises(LibraryError):
            library.restore(essay_id)
    library.restore("oars")
    assert version_of(library, "oars") == (1, title("oars"))
    shutil.rmtree(folder)
