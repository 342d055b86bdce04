"""A library on a Ray cluster by its name: an actor that has its folder, for programs that have not."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from assistant.cluster.manifest import Manifest, ManifestFile, Settings
from assistant.cluster.ray_connection import NAMESPACE, Connection, NoClusterError, connect, connection
from assistant.cluster.ray_fleet import WRITING_DEADLINE, outcome, started
from assistant.core.errors import LibraryError

# The port at which a cluster lets in programs of other machines.
_CLIENT_PORT = 10001
# Seconds in which the library's own actor must answer.
SHORT_DEADLINE = 30.0
# Seconds after which a program that writes has lost the right to, and after which it has it renewed.
LEASE, RENEWAL = 300.0, 60.0
# Methods of the manifest that only the program may call that has the right to write.
_CHANGES = frozenset({"write", "begin", "end", "tidy"})

_STILL = "Another program still writes to {}; try again when it is done."
_LOST = (
    "This program no longer has the right to write to {}, because the cluster did not hear of it in time; "
    "make the change again."
)

# The library's actor runs where the head does, so that only the loss of the head is its loss.
AT_HEAD = {"resources": {"node:__internal_head__": 0.001}}


class LibraryActor:
    """What the actors of a library have in common: its folder, its settings and its manifest.

    One program at a time has the right to write, which is the lock of the folder. It loses that right if it
    does not have it renewed: a program that was killed keeps nobody out for long.

    Args:
        root: The library's folder, as the node of this actor sees it.
        settings: Its settings.
        lease: Seconds after which the right to write is lost.
    """

    def __init__(self, root: str, settings: Settings, lease: float = LEASE) -> None:
        self._root, self._settings, self._lease = root, settings, lease
        self._manifest = ManifestFile(Path(root))
        self._writer: tuple[str, float, ExitStack] | None = None
        self._mutex, self._is_watched = threading.RLock(), False

    def acquire(self, token: str) -> tuple[bool, Any]:
        """Let a program write, if no other does, or go on writing.

        Args:
            token: What only this program knows.

        Returns:
            Whether the folder could be asked; whether the program may write, or the error.
        """
        with self._mutex:
            if self.renew(token):
                return True, True
            if self._writer is not None:
                return True, False
            stack = ExitStack()
            try:
                stack.enter_context(self._manifest.locked(_ignored, wait=False))
            except LibraryError as error:
                return False, error
            self._writer = token, monotonic() + self._lease, stack
            if not self._is_watched:
                self._is_watched = True
                threading.Thread(target=self._watch, daemon=True).start()
            return True, True

    def renew(self, token: str) -> bool:
        """Let a program write for longer; whether it still had the right to."""
        with self._mutex:
            self._end_lost()
            if self._writer is None or self._writer[0] != token:
                return False
            self._writer = token, monotonic() + self._lease, self._writer[2]
            return True

    def release(self, token: str) -> None:
        """End the right of a program to write."""
        with self._mutex:
            if self._writer is not None and self._writer[0] == token:
                self._writer[2].close()
                self._writer = None

    def _end_lost(self) -> float:
        """Let go the folder if the right to write is lost; seconds until it is, or 0."""
        left = 0.0 if self._writer is None else self._writer[1] - monotonic()
        if self._writer is not None and left <= 0:
            self.release(self._writer[0])
        return max(left, 0.0)

    def _watch(self) -> None:
        """Let go the folder when a program has lost its right, also for programs that have the folder."""
        while True:
            with self._mutex:
                left = self._end_lost()
                if self._writer is None:
                    self._is_watched = False
                    return
            sleep(left)

    def about(self) -> tuple[str, Settings]:
        """The folder and the settings."""
        return self._root, self._settings

    def manifest(self, method: str, arguments: Sequence[Any], token: str = "") -> tuple[bool, Any]:
        """What a method of the manifest returns; as ``ShardActor.ask``.

        Args:
            method: The method.
            arguments: Its arguments.
            token: That of the program, if it has been let write.
        """
        if method not in _CHANGES:
            return outcome(getattr(self._manifest, method), arguments)
        with self._mutex:
            if not self.renew(token):
                return False, LibraryError(_LOST.format(self._root))
            return outcome(getattr(self._manifest, method), arguments)


def _ignored(_sentence: str) -> None:
    """Say nothing."""


def publish(root: Path, settings: Settings) -> None:
    """Start what others find a library by on its cluster, under its name.

    Raises:
        LibraryError: If the cluster serves another library under that name, or does not answer, or if a
            program writes to the library and the settings are others.
    """
    ray = connect(settings.address)
    name, wanted = f"library:{settings.name}", (str(root.resolve()), settings)
    actor = started(ray, LibraryActor, name, AT_HEAD, *wanted)
    try:
        served = ray.get(actor.about.remote(), timeout=SHORT_DEADLINE)
    except (ray.exceptions.RayError, TimeoutError) as error:
        raise NoClusterError.at(settings.address) from error
    if served[0] != wanted[0]:
        raise LibraryError(
            f"The cluster serves {served[0]} as {settings.name}; give {wanted[0]} another name in its "
            "cluster.toml."
        )
    if served != wanted:
        _end_idle(ray, actor, wanted[0])
        started(ray, LibraryActor, name, AT_HEAD, *wanted)


def _end_idle(ray: Any, actor: Any, root: str) -> None:
    """End a library's actor, unless a program writes to the library."""
    try:
        is_free, value = ray.get(actor.acquire.remote(uuid.uuid4().hex), timeout=SHORT_DEADLINE)
    except (ray.exceptions.RayError, TimeoutError) as error:
        raise LibraryError(_STILL.format(root)) from error
    if not is_free or not value:
        raise LibraryError(_STILL.format(root))
    # With the actor goes the lock that it has just taken.
    ray.kill(actor, no_restart=True)


class RemoteManifest:
    """The manifest of a library whose folder this machine does not have.

    Args:
        address: The cluster.
        library: The library's name.
    """

    def __init__(self, address: str, library: str) -> None:
        self._address, self._library = address, library
        self._found: tuple[Connection, Any] | None = None
        # That of the change that is being made.
        self._token = ""
        self._read: tuple[object, Manifest] | None = None
        root, self.settings = self._ask("about")
        self.root = Path(root)

    def current_settings(self) -> Settings:
        """The settings of the library as they are now."""
        settings: Settings = self._ask("about")[1]
        return settings

    def read(self) -> Manifest:
        """The manifest, as ``ManifestFile.read`` gives it; it is sent only if it has changed."""
        state = self.state()
        if self._read is None or self._read[0] != state:
            self._read = state, self._value("read")
        return self._read[1]

    @contextmanager
    def locked(self, notify: Callable[[str], None], *, wait: bool = True) -> Iterator[None]:
        """Keep other writers out of the library, as ``ManifestFile.locked`` does where its folder is."""
        token, start, is_told = uuid.uuid4().hex, monotonic(), False
        while True:
            is_free, value = self._ask("acquire", token)
            if is_free and value:
                break
            if not wait or monotonic() - start > WRITING_DEADLINE:
                raise value if isinstance(value, LibraryError) else LibraryError(_STILL.format(self.root))
            if not is_told:
                notify(f"Another program writes to {self.root}; waiting for it.")
                is_told = True
            sleep(0.5)
        self._token, ended = token, threading.Event()
        threading.Thread(target=self._keep, args=(token, ended), daemon=True).start()
        try:
            yield
        finally:
            ended.set()
            self._token = ""
            self._ask("release", token)

    def _keep(self, token: str, ended: threading.Event) -> None:
        """Have the right to write renewed until a change has ended, or the right is lost."""
        while not ended.wait(RENEWAL):
            # If nobody answers, the right may last until the next time.
            with suppress(LibraryError):
                if not self._ask("renew", token):
                    return

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return partial(self._value, method)

    def _value(self, method: str, *arguments: Any) -> Any:
        """What a method of the manifest returns; its errors are raised."""
        is_value, value = self._ask("manifest", method, arguments, self._token)
        if not is_value:
            raise value
        return value

    def _ask(self, method: str, *arguments: Any) -> Any:
        """What a method of the library's actor returns; it is looked for again if it does not answer."""
        for is_last in (False, True):
            found = self._found
            current = connection(self._address, compare=found is None)
            try:
                if found is None or found[0] is not current:
                    self._found = found = current, _library_actor(current.ray, self._library)
                call = getattr(found[1], method).remote(*arguments)
                return current.ray.get(call, timeout=SHORT_DEADLINE)
            except (current.ray.exceptions.RayError, TimeoutError, ConnectionError) as error:
                self._found = None
                if is_last:
                    raise NoClusterError.at(self._address) from error
        return None


def _library_actor(ray: Any, library: str) -> Any:
    """The actor of a library.

    Raises:
        LibraryError: If the cluster does not serve it.
    """
    try:
        return ray.get_actor(f"library:{library}", namespace=NAMESPACE)
    except ValueError as error:
        raise LibraryError(
            f"The cluster does not serve the library {library!r}; start it with: "
            "assistant cluster start FOLDER"
        ) from error


def address_of(name: str) -> tuple[str, str]:
    """The address of a cluster, and the library's name on it or the empty string.

    Args:
        name: ``ray:auto``, ``ray:auto/NAME``, ``ray://HOST/NAME`` or ``ray://HOST:PORT/NAME``; a path may
            have lost one of the two slashes.
    """
    rest = name.removeprefix("ray:").lstrip("/")
    host, _, library = rest.partition("/")
    if host == "auto":
        return "auto", library
    return f"ray://{host if ':' in host else f'{host}:{_CLIENT_PORT}'}", library


def find_library(name: str) -> tuple[RemoteManifest, Settings]:
    """The manifest and the settings of a library that is served on a cluster.

    Raises:
        LibraryError: If there is none of that name, or no cluster answers.
    """
    address, library = address_of(name)
    actors = connect(address).util.list_named_actors(all_namespaces=True)
    served = sorted(
        actor["name"].removeprefix("library:")
        for actor in actors
        if actor["namespace"] == NAMESPACE and actor["name"].startswith("library:")
    )
    if not library and len(served) == 1:
        (library,) = served
    if library not in served:
        names = ", ".join(served) or "none"
        wanted = f"no library {library!r}" if library else "not exactly one library"
        raise LibraryError(
            f"The cluster at {address} serves {wanted}; it has: {names}; "
            "name one as ray:auto/NAME, or start it with: assistant cluster start FOLDER"
        )
    manifest = RemoteManifest(address, library)
    return manifest, replace(manifest.settings, address=address)
