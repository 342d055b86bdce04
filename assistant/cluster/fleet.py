"""Calls of all shards at once: in this process, or as actors of a Ray cluster (``ray_fleet``)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from assistant.cluster.shard import Shard
from assistant.cluster.shard_index import NotOpenError
from assistant.core.errors import AssistantError
from assistant.core.essay import Progress
from assistant.library.store import PendingEssay

if TYPE_CHECKING:
    from assistant.cluster.building import Workers

NO_OPENINGS: Mapping[str, Sequence[Any]] = MappingProxyType({})


class Fleet(Protocol):
    """The shards of a library, each of which does what it is asked where its files are."""

    def call(self, shard: str, method: str, *arguments: Any) -> Any:
        """What a method of one shard returns; its errors are raised."""

    def call_each(
        self,
        method: str,
        arguments: Mapping[str, Sequence[Any]],
        openings: Mapping[str, Sequence[Any]] = NO_OPENINGS,
    ) -> dict[str, Any]:
        """What a method of several shards returns, by shard; they work at the same time.

        Args:
            method: The method of ``shard.Shard``.
            arguments: The arguments for each shard that is to be called, by its name.
            openings: The arguments of ``open`` for shards that do not have the index open any more.

        Raises:
            AssistantError: The first error of any.
        """

    def workers(self) -> Workers | None:
        """Processes that prepare files which are to be added; ``None`` if there are none."""

    def write(
        self,
        essays: Mapping[str, Sequence[PendingEssay]],
        encodings: Mapping[str, object],
        model: str | None,
        progress: Progress,
    ) -> dict[str, AssistantError]:
        """Write essays into their shards; each shard writes its own together.

        Args:
            essays: The essays by shard.
            encodings: What the encodings of some are asked for by, as ``workers`` has given it, by id.
            model: Embedding model for the whole library; otherwise the one it has.
            progress: Called with the stage, the number of steps done and the number there are.

        Returns:
            Why a shard has not written its essays, by its name.
        """


class LocalFleet:
    """Shards that are opened in this process.

    Args:
        open_shard: Opens the shard of a name.
    """

    def __init__(self, open_shard: Callable[[str], Shard]) -> None:
        self._open_shard = open_shard
        self._shards: dict[str, Shard] = {}
        self._lock = threading.Lock()

    def shard(self, name: str) -> Shard:
        """The shard of a name, opened once."""
        with self._lock:
            if name not in self._shards:
                self._shards[name] = self._open_shard(name)
            return self._shards[name]

    def call(self, shard: str, method: str, *arguments: Any) -> Any:
        """What a method of one shard returns; its errors are raised."""
        return getattr(self.shard(shard), method)(*arguments)

    def call_each(
        self,
        method: str,
        arguments: Mapping[str, Sequence[Any]],
        openings: Mapping[str, Sequence[Any]] = NO_OPENINGS,
    ) -> dict[str, Any]:
        """What a method of several shards returns, by shard; see ``Fleet.call_each``."""

        def called(name: str) -> Any:
            try:
                return self.call(name, method, *arguments[name])
            except NotOpenError:
                self.call(name, "open", *openings[name])
                return self.call(name, method, *arguments[name])

        if len(arguments) < 2:
            return {name: called(name) for name in arguments}
        futures = {name: self._threads.submit(called, name) for name in arguments}
        return {name: future.result() for name, future in futures.items()}

    def workers(self) -> None:
        """There are no other processes."""

    def write(
        self,
        essays: Mapping[str, Sequence[PendingEssay]],
        encodings: Mapping[str, object],
        model: str | None,
        progress: Progress,
    ) -> dict[str, AssistantError]:
        """Write essays into their shards, one shard after the other; see ``Fleet.write``."""
        del encodings
        failed: dict[str, AssistantError] = {}
        for name, own in essays.items():
            try:
                self.shard(name).commit(own, model, progress)
            except AssistantError as error:
                failed[name] = error
        return failed

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(thread_name_prefix="shard")
