"""Shards as actors of a Ray cluster.

An actor has one shard open, on a node that can read its folder. Actors are detached: they outlive the program
that started them. When one is lost, the program that asks it has it started elsewhere (``replicas``); if none
asks, Ray does so after some time.
"""

from __future__ import annotations

import pickle
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import __version__
from assistant.cluster.fleet import NO_OPENINGS
from assistant.cluster.manifest import ManifestFile, Settings
from assistant.cluster.placement import shard_folder
from assistant.cluster.ray_connection import NAMESPACE, NoClusterError, connection
from assistant.cluster.replicas import ClusterChangedError, Replicas, Round, UnansweredError
from assistant.core.errors import AssistantError, LibraryError, NotAskedError
from assistant.core.essay import Progress
from assistant.library.models import Models
from assistant.library.store import PendingEssay
from assistant.retrieval.models.encoder import Encoder
from assistant.retrieval.models.loading import default_loader

if TYPE_CHECKING:
    from assistant.cluster.building import Workers
    from assistant.retrieval.models.cross_encoder import ReadingModel

# Calls that an actor works on at the same time, and calls that may wait in it and are counted.
_AT_ONCE, _MOST_CALLS = 4, 100
# Seconds in which shards must be written or opened.
WRITING_DEADLINE = 3_600.0
# What is answered at once, for which shards have the deadline; and what else only reads and can be asked of
# another replica, which may take longer as long as the work advances. The first replica does the rest.
_QUICK = frozenset("search read overrides is_readable source_text document file model engine".split())
_READS = _QUICK | frozenset("open size removed diagnosis summaries quotable quotations of_each".split())
# How often an actor that was lost is asked again to write, and seconds between.
_MOST_TRIES, _PAUSE = 10, 2.0
# Clusters that a program is connected to, one after the other, before it gives up.
_MOST_CLUSTERS = 3
# Essays that are named if they could not be asked.
_MOST_NAMED = 3

LoadEncoder = Callable[[str | None], Encoder]


class ShardActor:
    """One shard, in a process of its own.

    Args:
        folder: Its folder, as this node sees it.
        load_encoder: Loads the embedding model of a name.
        local: The folder of a copy on this node that is searched, if there is to be one.
        reading_model: Reads questions and excerpts together; ``None`` to do without.
    """

    def __init__(
        self,
        folder: str,
        load_encoder: LoadEncoder | None,
        local: Path | None,
        reading_model: ReadingModel | None = None,
    ) -> None:
        from assistant.cluster.shard import Shard

        self._about = folder, local, __version__
        models = Models(load_encoder or default_loader, reading_model)
        self._shard = Shard(Path(folder), models, lambda _sentence: None, local)
        self._slots, self._calls = threading.BoundedSemaphore(_AT_ONCE), set[object]()
        # The threads of calls with a mark, in the order in which they came.
        self._threads: dict[str, int] = {}
        self._lock = threading.Lock()

    def ask(
        self,
        method: str,
        arguments: Sequence[Any],
        opening: Sequence[Any] | None = None,
        mark: str = "",
    ) -> tuple[bool, Any, int]:
        """Call a method of the shard.

        Args:
            method: The method.
            arguments: Its arguments.
            opening: Arguments of ``open``, which is called first, if the index may not be open.
            mark: By what ``work`` is asked how the call advances.

        Returns:
            Whether the method returned something; what it returned, or its error; and the number of other
            calls that the actor has.
        """
        call = object()
        self._calls.add(call)
        if mark:
            with self._lock:
                self._threads[mark] = threading.get_ident()
        try:
            with self._slots:
                if opening is not None:
                    is_open, error = outcome(self._shard.open, opening)
                    if not is_open:
                        return False, error, len(self._calls) - 1
                return *outcome(getattr(self._shard, method), arguments), len(self._calls) - 1
        finally:
            self._calls.discard(call)
            with self._lock:
                self._threads.pop(mark, None)

    def answer(self, request: bytes) -> bytes:
        """What ``ask`` returns, pickled, given its pickled arguments: Ray takes longer for many objects."""
        return pickle.dumps(self.ask(*pickle.loads(request)), protocol=5)  # noqa: S301 - of this program

    def work(self, mark: str) -> int:
        """What has been done for a call so far: a number that changes only if its work advances.

        It is the processor's time of the call's thread, and of those that came before, which it may have to
        wait for. A thread that waits for a disk or is stopped takes none.

        Args:
            mark: That of the call.
        """
        done = 0
        with self._lock:
            for each, thread in self._threads.items() if mark in self._threads else ():
                done += _processor_time(thread)
                if each == mark:
                    break
        return done

    def about(self) -> tuple[str, Path | None, str]:
        """The folders of the shard and of its copy, and the version of the program."""
        return self._about

    def node(self) -> str:
        """Id of the node on which this actor runs."""
        import ray

        return str(ray.get_runtime_context().get_node_id())

    def write(
        self, pending: Sequence[PendingEssay], model: str | None, numbers: Sequence[int], *encoded: Any
    ) -> tuple[bool, Any]:
        """Write essays; those of some numbers come with their encodings. Returns what ``ask`` returns."""
        by_number = dict(zip(numbers, encoded, strict=True))
        essays = [replace(each, encoded=by_number.get(number)) for number, each in enumerate(pending)]
        return outcome(self._shard.commit, (essays, model))


def _processor_time(thread: int) -> int:
    """The processor's time that a living thread has taken, in nanoseconds."""
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.pthread_getcpuclockid(thread))
    # Ray has clusters of several machines on Linux only; elsewhere it shows that the process lives.
    return time.process_time_ns()


def outcome(function: Callable[..., Any], arguments: Sequence[Any]) -> tuple[bool, Any]:
    """What a function returns. Errors that the caller knows how to treat go to it as they are."""
    from assistant.cluster.shard_index import NotOpenError
    from assistant.library.models import OutdatedError

    try:
        return True, function(*arguments)
    except (AssistantError, NotOpenError, OutdatedError) as error:
        return False, error


class RayFleet:
    """The shards of a library as actors.

    Args:
        root: The library's folder, as the nodes see it.
        settings: The library's settings.
        manifest: Its manifest, which has the ids of essays that could not be asked.
        load_encoder: Loads the embedding model of a name on the nodes; otherwise the default loader does.
        reading_model: Reads questions and excerpts on the nodes; ``None`` to do without.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        manifest: ManifestFile,
        load_encoder: LoadEncoder | None = None,
        reading_model: ReadingModel | None = None,
    ) -> None:
        self._root, self._settings, self._manifest = root.resolve(), settings, manifest
        self._load_encoder, self._reading_model = load_encoder, reading_model
        self._known: Replicas | None = None
        self._lock = threading.Lock()

    def call(self, shard: str, method: str, *arguments: Any) -> Any:
        """What a method of one shard returns; its errors are raised."""
        return self.call_each(method, {shard: arguments})[shard]

    def call_each(
        self,
        method: str,
        arguments: Mapping[str, Sequence[Any]],
        openings: Mapping[str, Sequence[Any]] = NO_OPENINGS,
    ) -> dict[str, Any]:
        """What a method of several shards returns, by shard; see ``Fleet.call_each``."""
        if not arguments:
            return {}
        if method not in _READS:
            return self._change(method, arguments)
        seconds, longest = self._settings.deadline, 0.0 if method in _QUICK else WRITING_DEADLINE
        for _ in range(_MOST_CLUSTERS):
            try:
                return Round(self._replicas(), method, arguments, openings).values(seconds, longest)
            except (ClusterChangedError, ConnectionError):
                # The latter from a program that asks through the head's server; another connection is made.
                continue
            except UnansweredError as error:
                raise self._not_asked(error.shards, seconds) from error
        raise NoClusterError.at(self._settings.address)

    def _change(self, method: str, arguments: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """Call a method that changes shards, or reads what was changed."""
        try:
            asked = {name: self._actor(name, 0).ask.remote(method, own) for name, own in arguments.items()}
            outcomes = self._ray.get(list(asked.values()), timeout=WRITING_DEADLINE)
        except (self._ray.exceptions.RayError, TimeoutError, ConnectionError) as error:
            self._replace(arguments)
            raise self._unanswered(arguments, error) from error
        values: dict[str, Any] = {}
        for name, (is_value, value, _) in zip(asked, outcomes, strict=True):
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
        # The latter if Ray has tried to start it on the node that it was meant for, which is gone.
        lost = errors.RayActorError, errors.ActorUnschedulableError
        for tries_left in reversed(range(_MOST_TRIES)):
            try:
                is_value, value = self._ray.get(reference, timeout=WRITING_DEADLINE)
            except (errors.RayError, TimeoutError, ConnectionError) as error:
                self._replace([shard])
                if not tries_left or not isinstance(error, lost):
                    return self._unanswered([shard], error)
                time.sleep(_PAUSE)
                reference = again()
            else:
                return None if is_value else value
        return None

    @property
    def _ray(self) -> Any:
        return self._replicas().connection.ray

    def _replicas(self) -> Replicas:
        """The actors on the cluster that this process is connected to now."""
        current = connection(self._settings.address)
        with self._lock:
            if self._known is None or self._known.connection is not current:
                # Another cluster, or the same after it was started anew, has other actors.
                current = connection(self._settings.address, compare=True)
                self._known = Replicas(current, self._start, self._settings.name, self._count)
            return self._known

    def _count(self) -> int:
        """The number of actors that a shard has by the settings as they are now."""
        with suppress(LibraryError):
            now = self._manifest.current_settings()
            # A folder that has another name now is another library.
            if now.name == self._settings.name:
                self._settings = replace(self._settings, replicas=now.replicas, local=now.local)
        return self._settings.replicas

    def _start(self, shard: str, name: str, options: dict[str, Any]) -> Any:
        """Start the actor of a shard."""
        if shard not in self._manifest.read().shards:
            raise LibraryError("The library has just been changed; ask again.")
        folder, local = _place(self._root, self._settings, shard)
        models = self._load_encoder, local, self._reading_model
        return started(self._ray, ShardActor, name, options, folder, *models)

    def _actor(self, shard: str, replica: int) -> Any:
        return self._replicas().of(shard)[replica].actor

    def _unanswered(self, shards: Iterable[str], error: Exception) -> LibraryError:
        return LibraryError(
            f"The shards {', '.join(shards)} of {self._root} cannot be asked ({type(error).__name__}); "
            "see whether their nodes are up, and try again."
        )

    def _replace(self, shards: Iterable[str]) -> None:
        """Have the actors started again that write some shards, after one of them failed."""
        known = self._known
        if known is not None and connection(self._settings.address, compare=True) is known.connection:
            for shard in shards:
                known.replace(known.of(shard)[0])

    def _not_asked(self, shards: Iterable[str], seconds: float) -> NotAskedError:
        """That the essays of some shards could not be asked, so that there is no answer."""
        shards, listed = list(shards), self._manifest.read().shards
        essays = sorted(essay for shard in shards for essay in listed.get(shard, ()))
        named = ", ".join(essays[:_MOST_NAMED])
        if len(essays) > _MOST_NAMED:
            named += f" and {len(essays) - _MOST_NAMED:,} more"
        count = f"{len(essays):,} {'essay' if len(essays) == 1 else 'essays'}"
        if not essays:
            count, named = "A shard without essays", f"shard {shards[0]}"
        return NotAskedError(
            f"{count} could not be asked within {seconds:g} seconds: {named}; see that the machines of the "
            "cluster are up, and ask again, or give a slow one more time by deadline in cluster.toml."
        )


def end_unwanted(root: Path, settings: Settings, shards: Collection[str]) -> None:
    """End the actors of a library that are not as they are wanted; what is wanted is started when needed.

    Those are the actors of shards that are no more, and of more replicas than there are to be; those that
    were started with other settings, or by another version of the program; and those that do not answer.

    Args:
        root: The library's folder.
        settings: Its settings from now on.
        shards: Names of its shards.
    """
    ray = connection(settings.address, compare=True).ray
    calls: dict[Any, tuple[Any, tuple[str, Path | None, str]]] = {}
    for entry in ray.util.list_named_actors(all_namespaces=True):
        library, shard, number = ["", "", *entry["name"].rsplit("/", 2)][-3:]
        if entry["namespace"] != NAMESPACE or library != settings.name or not number.isdecimal():
            continue
        actor = ray.get_actor(entry["name"], namespace=NAMESPACE)
        # That of another version of the program may not have the method.
        if shard in shards and int(number) < settings.replicas and hasattr(actor, "about"):
            about = *_place(root, settings, shard), __version__
            calls[actor.about.options(max_task_retries=0).remote()] = actor, about
        else:
            ray.kill(actor, no_restart=True)
    done = ray.wait(list(calls), num_returns=len(calls), timeout=settings.deadline)[0] if calls else []
    for call, (actor, about) in calls.items():
        with suppress(ray.exceptions.RayError):
            if call in done and ray.get(call) == about:
                continue
        ray.kill(actor, no_restart=True)


def _place(root: Path, settings: Settings, shard: str) -> tuple[str, Path | None]:
    """The folder of a shard, and that of its copy on the node that searches it."""
    return str(shard_folder(root, shard)), settings.local_folder(shard)


def started(ray: Any, kind: type, name: str, options: dict[str, Any], *arguments: Any) -> Any:
    """The detached actor of a name, started if there is none."""
    options = {
        "name": name,
        "namespace": NAMESPACE,
        "lifetime": "detached",
        "get_if_exists": True,
        "num_cpus": 0,
        "max_restarts": -1,
        "max_task_retries": 2,
        "max_concurrency": _MOST_CALLS,
        "scheduling_strategy": "SPREAD",
        **options,
    }
    return ray.remote(kind).options(**options).remote(*arguments)
