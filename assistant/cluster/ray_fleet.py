"""Shards as actors of a Ray cluster; the only module that imports Ray.

An actor has one shard open, on a node that can read its folder. Actors are detached: they outlive the program
that started them, and Ray starts them again elsewhere when their node goes. Ray reports nothing to anybody:
its usage statistics are off.
"""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from assistant.cluster.manifest import ManifestFile, Settings
from assistant.core.errors import AssistantError, LibraryError
from assistant.core.essay import Progress
from assistant.library.indexing import Models
from assistant.library.store import PendingEssay
from assistant.retrieval.models.encoder import Encoder
from assistant.retrieval.models.loading import default_loader

if TYPE_CHECKING:
    from assistant.cluster.building import Workers

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
# Otherwise Ray says on every start that accelerators are hidden from workers that ask for none.
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

NAMESPACE = "essay-assistant"
# The port at which a cluster lets in programs of other machines.
_CLIENT_PORT = 10001
# Questions that an actor works on at the same time.
_AT_ONCE = 4
# Seconds in which the shards must answer a question, and in which they must write an essay.
DEADLINE, WRITING_DEADLINE = 30.0, 3_600.0
# How often an actor that was lost is asked again to write, and seconds between.
_MOST_TRIES, _PAUSE = 10, 2.0
_WRITES = frozenset({"commit", "rebuild", "remove", "restore", "listing", "open", "sample", "share"})

_STILL = "Another program still writes to {}; try again when it is done."

LoadEncoder = Callable[[str | None], Encoder]


class ShardActor:
    """One shard, in a process of its own.

    Args:
        folder: Its folder, as this node sees it.
        load_encoder: Loads the embedding model of a name.
        local: The folder of a copy on this node that is searched, if there is to be one.
    """

    def __init__(self, folder: str, load_encoder: LoadEncoder | None, local: Path | None) -> None:
        from assistant.cluster.shard import Shard

        models = Models(load_encoder or default_loader, None)
        self._shard = Shard(Path(folder), models, lambda _sentence: None, local)

    def ask(self, method: str, arguments: Sequence[Any]) -> tuple[bool, Any]:
        """What a method of the shard returns; the second value is its error if the first is false."""
        return _outcome(getattr(self._shard, method), arguments)

    def write(
        self, pending: Sequence[PendingEssay], model: str | None, numbers: Sequence[int], *encoded: Any
    ) -> tuple[bool, Any]:
        """Write essays; those of some numbers come with their encodings. Returns what ``ask`` returns."""
        by_number = dict(zip(numbers, encoded, strict=True))
        essays = [replace(each, encoded=by_number.get(number)) for number, each in enumerate(pending)]
        return _outcome(self._shard.commit, (essays, model))


class LibraryActor:
    """What the actors of a library have in common: its folder, its settings and its manifest.

    Args:
        root: The library's folder, as the node of this actor sees it.
        settings: Its settings.
    """

    def __init__(self, root: str, settings: Settings) -> None:
        self._root, self._settings = root, settings
        self._manifest = ManifestFile(Path(root))
        self._writer: tuple[str, float, ExitStack] | None = None
        self._mutex = threading.Lock()

    def acquire(self, token: str) -> tuple[bool, Any]:
        """Let a program write, if no other does; a program that was killed loses the right after a time."""
        with self._mutex:
            if self._writer is not None and self._writer[1] < monotonic():
                self._writer[2].close()
                self._writer = None
            if self._writer is None:
                stack = ExitStack()
                try:
                    stack.enter_context(self._manifest.locked(_ignored, wait=False))
                except LibraryError as error:
                    return False, error
                self._writer = token, monotonic() + WRITING_DEADLINE, stack
            return True, self._writer[0] == token

    def release(self, token: str) -> None:
        """End the right of a program to write."""
        with self._mutex:
            if self._writer is not None and self._writer[0] == token:
                self._writer[2].close()
                self._writer = None

    def about(self) -> tuple[str, Settings]:
        """The folder and the settings."""
        return self._root, self._settings

    def manifest(self, method: str, arguments: Sequence[Any]) -> tuple[bool, Any]:
        """What a method of the manifest returns; as ``ShardActor.ask``."""
        return _outcome(getattr(self._manifest, method), arguments)


def _ignored(_sentence: str) -> None:
    """Say nothing."""


def _outcome(function: Callable[..., Any], arguments: Sequence[Any]) -> tuple[bool, Any]:
    """What a function returns. Errors that the caller knows how to treat go to it as they are."""
    from assistant.cluster.shard_index import NotOpenError
    from assistant.library.indexing import OutdatedError

    try:
        return True, function(*arguments)
    except (AssistantError, NotOpenError, OutdatedError) as error:
        return False, error


class RayFleet:
    """The shards of a library as actors.

    Args:
        root: The library's folder, as the nodes see it.
        settings: The library's settings.
        load_encoder: Loads the embedding model of a name on the nodes; otherwise the default loader does.
        deadline: Seconds in which the shards must answer.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        load_encoder: LoadEncoder | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        self._root, self._settings = root, settings
        self._load_encoder, self._deadline = load_encoder, deadline
        self._actors: dict[tuple[str, int], Any] = {}
        self._asked: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()

    def call(self, shard: str, method: str, *arguments: Any) -> Any:
        """What a method of one shard returns; its errors are raised."""
        return self.call_each(method, {shard: arguments})[shard]

    def call_each(self, method: str, arguments: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """What a method of several shards returns, by shard; see ``Fleet.call_each``."""
        if not arguments:
            return {}
        chosen = [replica for name in arguments for replica in self._chosen(name, method)]
        with self._lock:
            self._asked.update(chosen)
        try:
            asked = [self._actor(*replica).ask.remote(method, arguments[replica[0]]) for replica in chosen]
            deadline = WRITING_DEADLINE if method in _WRITES else self._deadline
            outcomes = self._ray.get(asked, timeout=deadline)
        except (self._ray.exceptions.RayError, TimeoutError) as error:
            self._forget(arguments)
            raise self._unanswered(arguments, error) from error
        finally:
            with self._lock:
                self._asked.subtract(chosen)
        values: dict[str, Any] = {}
        for (name, _), (is_value, value) in zip(chosen, outcomes, strict=True):
            if not is_value:
                raise value
            values[name] = value
        return values

    def workers(self) -> Workers | None:
        """Tasks on all nodes; ``None`` if no node has a processor for them."""
        from assistant.cluster.building import RayWorkers

        workers = RayWorkers(self._ray, self._load_encoder or default_loader, WRITING_DEADLINE)
        return workers if workers.count() else None

    def write(
        self,
        essays: Mapping[str, Sequence[PendingEssay]],
        encodings: Mapping[str, object],
        model: str | None,
        progress: Progress,
    ) -> dict[str, AssistantError]:
        """Write essays into their shards, all shards at the same time; see ``Fleet.write``."""
        total = sum(map(len, essays.values()))
        progress("embedding", 0, total)
        writers = {
            name: partial(self._begin_writing, name, own, encodings, model) for name, own in essays.items()
        }
        begun = {name: begin() for name, begin in writers.items()}
        failed = {name: self._end_writing(name, begun[name], begin) for name, begin in writers.items()}
        progress("embedding", total, total)
        progress("writing", 0, 1)
        return {name: error for name, error in failed.items() if error is not None}

    def _begin_writing(
        self, shard: str, essays: Sequence[PendingEssay], encodings: Mapping[str, object], model: str | None
    ) -> Any:
        numbers = [number for number, each in enumerate(essays) if each.essay.id in encodings]
        encoded = [encodings[essays[number].essay.id] for number in numbers]
        return self._actor(shard, 0).write.remote(list(essays), model, numbers, *encoded)

    def _end_writing(self, shard: str, reference: Any, again: Callable[[], Any]) -> AssistantError | None:
        """Wait for a shard that writes; one that is lost writes again when its actor is started anew."""
        errors = self._ray.exceptions
        for tries_left in reversed(range(_MOST_TRIES)):
            try:
                is_value, value = self._ray.get(reference, timeout=WRITING_DEADLINE)
            except (errors.RayError, TimeoutError) as error:
                self._forget([shard])
                if not tries_left or not isinstance(error, errors.RayActorError):
                    return self._unanswered([shard], error)
                sleep(_PAUSE)
                reference = again()
            else:
                return None if is_value else value
        return None

    @cached_property
    def _ray(self) -> Any:
        return connect(self._settings.address)

    def _chosen(self, shard: str, method: str) -> list[tuple[str, int]]:
        """The replicas that are asked: all to open an index, the least busy to search it, else the first."""
        replicas = [(shard, number) for number in range(self._settings.replicas)]
        if method == "open":
            return replicas
        if method != "search":
            return replicas[:1]
        with self._lock:
            return [min(replicas, key=lambda replica: self._asked[replica])]

    def _actor(self, shard: str, replica: int) -> Any:
        """An actor, started if there is none yet."""
        with self._lock:
            if (shard, replica) not in self._actors:
                self._actors[shard, replica] = _started(
                    self._ray,
                    ShardActor,
                    f"{self._settings.name}/{shard}/{replica}",
                    str(self._root / "shards" / shard),
                    self._load_encoder,
                    self._settings.local_folder(shard),
                )
            return self._actors[shard, replica]

    def _unanswered(self, shards: Iterable[str], error: Exception) -> LibraryError:
        return LibraryError(
            f"The shards {', '.join(shards)} of {self._root} cannot be asked ({type(error).__name__}); "
            "see whether their nodes are up, and try again."
        )

    def _forget(self, shards: Iterable[str]) -> None:
        with self._lock:
            for key in [key for key in self._actors if key[0] in shards]:
                del self._actors[key]


def _started(ray: Any, kind: type, name: str, *arguments: Any) -> Any:
    """The detached actor of a name; one that died for good is replaced."""
    options = {
        "name": name,
        "namespace": NAMESPACE,
        "lifetime": "detached",
        "get_if_exists": True,
        "num_cpus": 0,
        "max_restarts": -1,
        "max_task_retries": 2,
        "max_concurrency": _AT_ONCE,
        "scheduling_strategy": "SPREAD",
    }
    return ray.remote(kind).options(**options).remote(*arguments)


def connect(address: str) -> Any:
    """Connect to a cluster, once in this process, and return the module ``ray``.

    Raises:
        LibraryError: If Ray is not installed, or no cluster answers.
    """
    try:
        import ray
    except ImportError as error:
        raise LibraryError(
            "Ray is not installed; install it with: pip install 'essay-assistant[cluster]'"
        ) from error
    if not ray.is_initialized():
        try:
            ray.init(
                address=address,
                namespace=NAMESPACE,
                logging_level=logging.ERROR,
                log_to_driver=False,
                configure_logging=False,
            )
        except Exception as error:
            raise LibraryError(
                f"No Ray cluster answers at {address}; start one with: ray start --head "
                "--include-dashboard=false --disable-usage-stats"
            ) from error
    return ray


def publish(root: Path, settings: Settings) -> None:
    """Start what others find a library by on its cluster, under its name."""
    ray = connect(settings.address)
    _started(ray, LibraryActor, f"library:{settings.name}", str(root.resolve()), settings)


class RemoteManifest:
    """The manifest of a library whose folder this machine does not have.

    Args:
        ray: The module.
        actor: The library's actor.
        root: Its folder as the actor sees it.
    """

    def __init__(self, ray: Any, actor: Any, root: Path) -> None:
        self.root = root
        self._ray, self._actor = ray, actor

    @contextmanager
    def locked(self, notify: Callable[[str], None], *, wait: bool = True) -> Iterator[None]:
        """Keep other writers out of the library, as ``ManifestFile.locked`` does where its folder is."""
        token, start, is_told = uuid.uuid4().hex, monotonic(), False
        while True:
            is_free, value = self._ray.get(self._actor.acquire.remote(token), timeout=DEADLINE)
            if is_free and value:
                break
            if not wait or monotonic() - start > WRITING_DEADLINE:
                raise value if isinstance(value, LibraryError) else LibraryError(_STILL.format(self.root))
            if not is_told:
                notify(f"Another program writes to {self.root}; waiting for it.")
                is_told = True
            sleep(0.5)
        try:
            yield
        finally:
            self._ray.get(self._actor.release.remote(token), timeout=DEADLINE)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def ask(*arguments: Any) -> Any:
            is_value, value = self._ray.get(self._actor.manifest.remote(method, arguments), timeout=DEADLINE)
            if not is_value:
                raise value
            return value

        return ask


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


def find_library(name: str) -> tuple[Any, Any, Path, Settings]:
    """Ray, the actor of a library that is served on a cluster, its folder there, and its settings.

    Raises:
        LibraryError: If there is none of that name, or no cluster answers.
    """
    address, library = address_of(name)
    ray = connect(address)
    actors = ray.util.list_named_actors(all_namespaces=True)
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
    actor = ray.get_actor(f"library:{library}", namespace=NAMESPACE)
    root, settings = ray.get(actor.about.remote(), timeout=DEADLINE)
    return ray, actor, Path(root), replace(settings, address=address)
