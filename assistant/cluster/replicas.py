"""The actors of each shard: where they run, which is asked, and what takes the place of a lost one."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any
from uuid import uuid4

from assistant.cluster.ray_connection import NAMESPACE, Connection, NoClusterError, is_reachable
from assistant.cluster.shard_index import NotOpenError

# Seconds for which it counts how busy an actor said it was.
_FRESH = 1.0
# Seconds until a node is checked, and until another replica is asked.
_PATIENCE, _SLOW = 0.4, 1.0
# Seconds for which a node that could not be reached is not tried again; a try may take a second.
_LOST = 30.0
# Seconds in which an actor must have been started.
_STARTING = 60.0


class UnansweredError(Exception):
    """Some shards have not answered in time.

    Args:
        shards: Their names.
    """

    def __init__(self, shards: Collection[str]) -> None:
        self.shards = shards
        super().__init__(", ".join(shards))


class ClusterChangedError(Exception):
    """The cluster was started anew, and the actors that were asked are those of the one before."""


@dataclass(slots=True, eq=False)
class Replica:
    """An actor that answers for a shard.

    Attributes:
        shard: Name of the shard.
        number: Its number among the replicas of the shard.
        actor: The actor.
        ask: Its method ``answer``, by which a call that does not reach it is not sent again.
        node: Id of the node that it was meant for; empty if there was no choice.
        actual_node: Reference to the id of the node where it runs.
        is_new: Whether this process has started it, not in the place of another; it may need some time.
        started: When this process started it; 0 if it was there.
        waiting: The calls of this process that it has not answered.
        late: Those of them that nobody waits for any more.
        busy: Calls of all programs that it had when it last answered.
        answered: When that was.
        turn: A higher number than that of each replica that was chosen before.
    """

    shard: str
    number: int
    actor: Any
    ask: Any
    node: str
    actual_node: Any
    is_new: bool = False
    started: float = 0.0
    waiting: set[Any] = field(default_factory=set)
    late: set[Any] = field(default_factory=set)
    busy: int = 0
    answered: float = 0.0
    turn: int = 0

    def load(self) -> tuple[int, int]:
        """What the least busy replica has least of."""
        said = self.busy if monotonic() - self.answered < _FRESH else 0
        return max(len(self.waiting), said) + len(self.late), self.turn


@dataclass(slots=True, eq=False)
class AskedReplica:
    """A call that has not been answered.

    Attributes:
        replica: The actor.
        opens: Whether it opens the index first.
        mark: By what the actor knows the call, if it is to say how its work advances.
        advanced: When the work was last seen to advance.
        work: What had been done then; ``None`` if the actor has not said.
        question: Reference to what it was asked about that and has not answered.
    """

    replica: Replica
    opens: bool
    mark: str
    advanced: float
    work: int | None = None
    question: Any = None

    def idle(self, ray: Any) -> float:
        """For how many seconds the work has not advanced, as far as the actor says."""
        if self.question is not None and ray.wait([self.question], timeout=0)[0]:
            question, self.question = self.question, None
            try:
                work = ray.get(question)
            except (ray.exceptions.RayError, ConnectionError):
                # The call fails too, if it is so.
                work = self.work
            if work != self.work:
                self.work, self.advanced = work, monotonic()
        if self.question is None:
            self.question = self.replica.actor.work.options(max_task_retries=0).remote(self.mark)
        replica = self.replica
        has_begun = self.work is not None or replica.answered
        return monotonic() - max(self.advanced, 0.0 if has_begun else replica.started + _STARTING)


class Replicas:
    """The actors of the shards of a library, each started when it is first needed.

    Args:
        connection: The connection to their cluster.
        start: Starts the actor of a shard under a name by which others find it, with some options.
        library: The library's name.
        replicas: Number of actors for each shard, as it is when it is asked.
    """

    def __init__(
        self,
        connection: Connection,
        start: Callable[[str, str, dict[str, Any]], Any],
        library: str,
        replicas: Callable[[], int],
    ) -> None:
        self.connection = connection
        self._ray, self._start, self._library, self._count = connection.ray, start, library, replicas
        self._replicas: dict[str, list[Replica]] = {}
        self._turns = count(1)
        # Address of each node that was up, by id, and when one could not be reached last.
        self._nodes: dict[str, tuple[str, int]] = {}
        self._lost_nodes: dict[str, float] = {}
        self._lock = threading.RLock()

    def of(self, shard: str) -> list[Replica]:
        """The actors of a shard."""
        known = self._replicas.get(shard)
        if known is not None:
            return list(known)
        with self._lock:
            if shard not in self._replicas:
                started: list[Replica] = []
                for number in range(self._count()):
                    started.append(self._started(shard, number, started))
                self._replicas[shard] = started
            return list(self._replicas[shard])

    def least_busy(self, shard: str, without: Collection[Replica] = ()) -> Replica | None:
        """The actor of a shard that has least to do; ``None`` if there is no other than some."""
        replicas = [replica for replica in self.of(shard) if replica not in without]
        if not replicas:
            return None
        for replica in replicas:
            if late := list(replica.late):
                replica.late.difference_update(self._ray.wait(late, num_returns=len(late), timeout=0)[0])
        chosen = min(replicas, key=Replica.load)
        chosen.turn = next(self._turns)
        return chosen

    def replace(self, lost: Replica) -> Replica | None:
        """Start an actor in the place of one that does not answer, on another node if there is one.

        Returns:
            That which takes its place; ``None`` if it is not wanted any more.
        """
        with self._lock:
            replicas = self._replicas[lost.shard]
            if lost in replicas:
                self.is_reachable(lost)
                # Its name is free again at once, even if its node is gone.
                self._ray.kill(lost.actor, no_restart=True)
                others = [replica for replica in replicas if replica is not lost]
                new = []
                if lost.number < self._count():
                    new = [self._started(lost.shard, lost.number, others)]
                    new[0].is_new = False
                self._replicas[lost.shard] = sorted(others + new, key=lambda replica: replica.number)
            return next((each for each in self._replicas[lost.shard] if each.number == lost.number), None)

    def is_reachable(self, replica: Replica) -> bool:
        """Whether the node of an actor can be reached, as far as this process can know."""
        return self._is_node_reachable(self._node_of(replica))

    def _is_node_reachable(self, node: str) -> bool:
        # A program that asks through the head's server may not reach the other nodes.
        if node not in self._nodes or not self.connection.cluster:
            return True
        if monotonic() - self._lost_nodes.get(node, -_LOST) < _LOST:
            return False
        if is_reachable(*self._nodes[node]):
            return True
        self._lost_nodes[node] = monotonic()
        return False

    def is_starting(self, replica: Replica) -> bool:
        """Whether an actor has been started by another program and does not run yet."""
        try:
            return not replica.started and self.connection.is_starting(replica.actor)
        except NoClusterError:
            return False

    def _started(self, shard: str, number: int, others: Sequence[Replica]) -> Replica:
        node = self._place(shard, number, {self._node_of(replica) for replica in others})
        options: dict[str, Any] = {}
        name = f"{self._library}/{shard}/{number}"
        if node:
            by_node = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
            # Otherwise Ray takes another node although this is free. If it goes, ``replace`` takes another.
            options["scheduling_strategy"] = by_node(node, soft=False)
        started = 0.0
        try:
            actor = self._ray.get_actor(name, namespace=NAMESPACE)
        except ValueError:
            actor, started = self._start(shard, name, options), monotonic()
        ask = actor.answer.options(max_task_retries=0)
        where = actor.node.options(max_task_retries=0).remote()
        return Replica(shard, number, actor, ask, node, where, bool(started), started, turn=next(self._turns))

    def _place(self, shard: str, number: int, taken: Collection[str]) -> str:
        """Id of the node for an actor: the replicas of a shard are on different ones if there are several."""
        up = {
            node["NodeID"]: (node["NodeManagerAddress"], node["NodeManagerPort"])
            for node in self._ray.nodes()
            if node["Alive"]
        }
        self._nodes |= up
        nodes = sorted(up)
        # Each shard begins with another node.
        first = int(shard) if shard.isdigit() else number
        order = [nodes[(first + step) % len(nodes)] for step in range(len(nodes))]
        order.sort(key=lambda node: node in taken)
        return next(filter(self._is_node_reachable, order), "")

    def _node_of(self, replica: Replica) -> str:
        try:
            return str(self._ray.get(replica.actual_node, timeout=0))
        except (self._ray.exceptions.RayError, TimeoutError):
            return replica.node


class Round:
    """A call of some shards that only reads, so that another replica can answer in the place of a lost one.

    Args:
        replicas: The actors of the shards.
        method: The method of ``shard.Shard``.
        arguments: Its arguments for each shard, by name.
        openings: Arguments of ``open`` for shards that have been started again since.
    """

    def __init__(
        self,
        replicas: Replicas,
        method: str,
        arguments: Mapping[str, Sequence[Any]],
        openings: Mapping[str, Sequence[Any]],
    ) -> None:
        self._replicas, self._ray = replicas, replicas.connection.ray
        self._method, self._arguments, self._openings = method, arguments, openings
        self._calls: dict[Any, AskedReplica] = {}
        # Seconds for which the work of a call may take as long as it advances.
        self._longest = 0.0
        self._lost: set[Replica] = set()
        self._values: dict[str, Any] = {}

    def values(self, seconds: float, longest: float = 0.0) -> dict[str, Any]:
        """What the shards return, by name.

        Args:
            seconds: How long they have; or for how long an actor may do nothing, if they may have longer.
            longest: How long they have as long as an actor of each advances with the work; a process that
                does nothing, or waits for a disk, does not.

        Raises:
            UnansweredError: If some have not answered in time.
            ClusterChangedError: If the cluster was started anew.
            NoClusterError: If it is gone.
            AssistantError: The first error of any shard.
        """
        start, self._longest = monotonic(), longest
        try:
            for shard in self._arguments:
                self._send_first(shard)
            while len(self._values) < len(self._arguments):
                passed = monotonic() - start
                if late := self._late(passed, seconds):
                    raise UnansweredError(late)
                left = seconds - passed if seconds > passed else _PATIENCE
                calls = list(self._calls)
                done, _ = self._ray.wait(calls, num_returns=len(calls), timeout=min(_PATIENCE, left))
                for call, answer in zip(done, self._answers(done), strict=True):
                    self._receive(call, answer)
                if not done:
                    self._look_after(is_slow=monotonic() - start > _SLOW)
        finally:
            self._give_up(list(self._calls))
        return {name: self._values[name] for name in self._arguments}

    def _late(self, passed: float, seconds: float) -> list[str]:
        """The shards of which no actor will answer in time."""
        if not self._longest and passed < seconds:
            return []
        asked: dict[str, list[bool]] = {}
        for call in self._calls.values():
            asked.setdefault(call.replica.shard, []).append(self._is_late(call, passed, seconds))
        return [name for name in self._arguments if name not in self._values and all(asked.get(name, ()))]

    def _is_late(self, call: AskedReplica, passed: float, seconds: float) -> bool:
        if not self._longest:
            is_late, is_starting = True, call.replica.is_new
        else:
            is_late, is_starting = call.idle(self._ray) >= seconds or passed >= self._longest, False
        if not is_late or passed >= _STARTING:
            return is_late
        return not is_starting and not self._replicas.is_starting(call.replica)

    def _send_first(self, shard: str) -> None:
        """Ask the least busy replica to search, and the first otherwise; an index is opened by all."""
        replicas = self._replicas.of(shard)
        if self._method == "search":
            replicas = list(filter(None, [self._replicas.least_busy(shard)]))
        elif self._method != "open":
            replicas = replicas[:1]
        for replica in replicas:
            self._send(replica)

    def _send(self, replica: Replica, *, opens: bool = False) -> None:
        opening = self._openings.get(replica.shard) if opens else None
        mark = uuid4().hex if self._longest else ""
        request = self._method, self._arguments[replica.shard], opening, mark
        call = replica.ask.remote(pickle.dumps(request, protocol=5))
        self._calls[call] = AskedReplica(replica, opens, mark, monotonic())
        replica.waiting.add(call)

    def _end(self, call: Any) -> Replica:
        replica = self._calls.pop(call).replica
        replica.waiting.discard(call)
        return replica

    def _give_up(self, calls: Sequence[Any]) -> None:
        """Wait no more for some calls."""
        for call in calls:
            self._end(call).late.add(call)

    def _answers(self, calls: Sequence[Any]) -> list[Any]:
        """What the actors have answered to some calls; ``None`` for one that was lost."""
        errors = self._ray.exceptions
        try:
            # Together they are here sooner than one by one.
            return [pickle.loads(answer) for answer in self._ray.get(calls)]  # noqa: S301 - of this program
        except errors.RayTaskError:
            raise
        except (errors.RayError, ConnectionError):
            return [self._answers([call])[0] for call in calls] if len(calls) > 1 else [None]

    def _receive(self, call: Any, answer: tuple[bool, Any, int] | None) -> None:
        """Take what a replica has answered, or ask again."""
        if call not in self._calls:
            return
        opens = self._calls[call].opens
        replica = self._end(call)
        if answer is None:
            self._replace(replica)
            return
        is_value, value, busy = answer
        replica.busy, replica.answered, replica.is_new = busy, monotonic(), False
        if is_value:
            self._values[replica.shard] = value
            self._give_up(
                [other for other, asked in self._calls.items() if asked.replica.shard == replica.shard]
            )
        elif isinstance(value, NotOpenError) and replica.shard in self._openings and not opens:
            self._send(replica, opens=True)
        else:
            raise value

    def _look_after(self, *, is_slow: bool) -> None:
        """Replace replicas whose node is gone; ask others too if these are slow."""
        for call, asked in list(self._calls.items()):
            replica = asked.replica
            if not self._replicas.is_reachable(replica):
                self._end(call)
                self._replace(replica)
            elif is_slow:
                self._ask_another(replica.shard)

    def _ask_another(self, shard: str) -> bool:
        """Ask a replica of a shard that has not been asked yet; whether there is one."""
        asked = {call.replica for call in self._calls.values()} | self._lost
        other = self._replicas.least_busy(shard, asked)
        if other is not None:
            self._send(other)
        return other is not None

    def _replace(self, replica: Replica) -> None:
        """Ask another replica in the place of a lost one, and have that started again elsewhere."""
        self._lost.add(replica)
        is_asked = self._ask_another(replica.shard)
        try:
            if not self._replicas.connection.is_current():
                raise ClusterChangedError
        except NoClusterError:
            # Nodes that are still there answer without the head, but it alone can start an actor.
            if not is_asked:
                raise
            return
        # It opens the index before it is asked the next time.
        if (new := self._replicas.replace(replica)) is not None:
            self._send(new, opens=True)
        elif not is_asked:
            self._ask_another(replica.shard)
