"""The right to write to a library whose folder a program does not have, without Ray."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import sample_library
from sharded_library import ShardedOpened

from assistant.cluster import served_library
from assistant.cluster.manifest import ManifestFile, Settings
from assistant.cluster.served_library import LEASE, LibraryActor, RemoteManifest
from assistant.core.errors import LibraryError

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = Settings("archive", "auto")


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Its time."""
        return self.now


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return ShardedOpened(sample_library(tmp_path / "library")).root


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(served_library, "monotonic", clock)
    return clock


def remote(actor: LibraryActor, monkeypatch: pytest.MonkeyPatch) -> RemoteManifest:
    """The manifest as a program has it that has no folder."""

    def asked(_manifest: RemoteManifest, method: str, *arguments: Any) -> Any:
        return getattr(actor, method)(*arguments)

    monkeypatch.setattr(RemoteManifest, "_ask", asked)
    return RemoteManifest("auto", "archive")


def is_free(root: Path) -> bool:
    """Whether a program that has the folder could write to it."""
    try:
        with ManifestFile(root).locked(print, wait=False):
            return True
    except LibraryError:
        return False


def test_who_acquires_again_goes_on_for_a_whole_lease(root: Path, clock: Clock) -> None:
    actor = LibraryActor(str(root), SETTINGS)
    for _ in range(4):
        assert actor.acquire("one") == (True, True)
        clock.now += LEASE - 1
    assert actor.acquire("two") == (True, False)
    assert actor.renew("one")
    clock.now += LEASE - 1
    assert actor.acquire("two") == (True, False)
    assert not is_free(root)
    actor.release("two")
    assert not is_free(root)
    actor.release("one")
    assert is_free(root)
    assert actor.acquire("two") == (True, True)


def test_a_right_that_was_lost_is_not_renewed(root: Path, clock: Clock) -> None:
    actor = LibraryActor(str(root), SETTINGS)
    assert actor.acquire("one") == (True, True)
    clock.now += LEASE
    assert not actor.renew("one")
    assert actor.acquire("two") == (True, True)
    assert not actor.renew("one")
    assert actor.renew("two")


def test_a_program_that_was_killed_keeps_nobody_out_who_has_the_folder(root: Path) -> None:
    actor = LibraryActor(str(root), SETTINGS, lease=0.2)
    for token in ("one", "two"):
        assert actor.acquire(token) == (True, True)
        assert not is_free(root)
        until = time.monotonic() + 10
        while not is_free(root):
            assert time.monotonic() < until
            time.sleep(0.02)


def test_a_program_with_the_folder_keeps_others_out(root: Path) -> None:
    actor = LibraryActor(str(root), SETTINGS)
    with ManifestFile(root).locked(print):
        is_asked, error = actor.acquire("one")
        assert not is_asked
        assert "still writes to" in str(error)
    assert actor.acquire("one") == (True, True)


def test_a_long_change_keeps_its_right(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served_library, "RENEWAL", 0.05)
    actor = LibraryActor(str(root), SETTINGS, lease=1.0)
    manifest = remote(actor, monkeypatch)
    with manifest.locked(print):
        time.sleep(1.6)
        assert actor.acquire("another") == (True, False)
        manifest.begin(["001"])
        assert manifest.is_pending()
        manifest.write(manifest.read().shards)
        manifest.end()
    assert is_free(root)


def test_a_program_that_has_lost_its_right_does_not_write(
    root: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = LibraryActor(str(root), SETTINGS)
    manifest = remote(actor, monkeypatch)
    before = (root / "shards.json").read_bytes()
    shards = manifest.read().shards
    with manifest.locked(print):
        clock.now += LEASE
        changes: dict[str, list[Any]] = {"begin": [["001"]], "write": [{"001": {}}], "end": []}
        for method, arguments in changes.items():
            with pytest.raises(LibraryError) as error:
                getattr(manifest, method)(*arguments)
            assert str(error.value) == (
                f"This program no longer has the right to write to {root}, because the cluster did not hear "
                "of it in time; make the change again."
            )
        assert actor.acquire("another") == (True, True)
        with pytest.raises(LibraryError, match="no longer has the right"):
            manifest.write({"001": {}})
        # To read is no right.
        assert manifest.read().shards == shards
    assert (root / "shards.json").read_bytes() == before
    assert not manifest.is_pending()
    # The other is not robbed of its right by the end of the first.
    assert actor.renew("another")


def test_other_settings_wait_until_nobody_writes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Handle:
        """Calls an actor as Ray does."""

        def __getattr__(self, method: str) -> Any:
            return SimpleNamespace(remote=getattr(actor, method))

    def got(value: Any, timeout: float) -> Any:
        del timeout
        return value

    def kill(_actor: object, *, no_restart: bool) -> None:
        ended.append(no_restart)

    actor, ended = LibraryActor(str(root.resolve()), SETTINGS), list[bool]()
    errors = SimpleNamespace(RayError=RuntimeError)
    ray = SimpleNamespace(get=got, kill=kill, exceptions=errors)
    monkeypatch.setattr(served_library, "connect", lambda _address: ray)
    monkeypatch.setattr(served_library, "started", lambda *_arguments: Handle())
    others = Settings("archive", "auto", 2)
    assert actor.acquire("one") == (True, True)
    served_library.publish(root, SETTINGS)
    with pytest.raises(LibraryError) as error:
        served_library.publish(root, others)
    assert str(error.value) == (
        f"Another program still writes to {root.resolve()}; try again when it is done."
    )
    assert not ended
    actor.release("one")
    served_library.publish(root, others)
    assert ended == [True]
