"""The connection of this process to a Ray cluster; all modules that need one get Ray here.

Ray reports nothing to anybody: its usage statistics are off. A process that is connected to a cluster must
not ask it anything after the cluster was started anew, because some of Ray's calls then end the process. So
it is compared whenever something failed, and before anything that asks the head.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.core.errors import LibraryError

if TYPE_CHECKING:
    from collections.abc import Mapping

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
# Otherwise Ray says on every start that accelerators are hidden from workers that ask for none.
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
# Otherwise Ray ends a process, such as a server, a minute after the head of its cluster has gone.
os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", str(10**7))
# Seconds for which a program that asks through the head's server waits for it when it has gone.
os.environ.setdefault("RAY_CLIENT_RECONNECT_GRACE_PERIOD", "10")

NAMESPACE = "essay-assistant"
# What Ray says of an actor that does not run yet.
_BEFORE_IT_RUNS = frozenset({"DEPENDENCIES_UNREADY", "PENDING_CREATION", "RESTARTING"})
# Seconds in which a machine of the cluster accepts a connection.
REACHABLE = 1.0


class NoClusterError(LibraryError):
    """No Ray cluster answers."""

    @classmethod
    def at(cls, address: str) -> NoClusterError:
        """That none answers at an address."""
        return cls(
            f"No Ray cluster answers at {address}; start one with: ray start --head "
            "--include-dashboard=false --disable-usage-stats, and then the library with: "
            "assistant cluster start LIBRARY"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """A connection to a cluster, until it ends.

    Attributes:
        ray: The module.
        head: Host and port of the head; those of its server for programs of other machines if it is asked
            through that.
        cluster: What identifies the cluster; empty if it is asked through that server.
    """

    ray: Any
    head: tuple[str, int]
    cluster: str

    def is_current(self) -> bool:
        """Whether the head is still that of the same cluster.

        Raises:
            NoClusterError: If it does not answer.
        """
        if not is_reachable(*self.head):
            raise NoClusterError.at(":".join(map(str, self.head)))
        if not self.cluster:
            return bool(self.ray.util.client.ray.is_connected())
        return _identity(*self.head) == self.cluster

    def is_starting(self, actor: Any) -> bool:
        """Whether an actor that was started does not run yet, as far as this process can know.

        Raises:
            NoClusterError: If the head does not answer.
        """
        if not self.cluster or not self.is_current():
            return False
        # Nothing public says it without Ray's dashboard.
        from ray._private.state import actors

        return actors(actor._actor_id.hex()).get("State") in _BEFORE_IT_RUNS  # noqa: SLF001

    def is_to(self, address: str) -> bool:
        """Whether an address means this cluster, as far as it says where its head is."""
        host, _, port = address.partition(":")
        if not self.cluster or not port.isdecimal() or (host, int(port)) == self.head:
            return True
        return is_reachable(host, int(port)) and _identity(host, int(port)) == self.cluster


_lock = threading.Lock()
_connection: Connection | None = None


def connection(
    address: str, *, compare: bool = False, environment: Mapping[str, str] | None = None
) -> Connection:
    """The connection of this process, made if there is none.

    Args:
        address: The cluster: ``auto``, ``HOST:PORT`` or ``ray://HOST:PORT``.
        compare: Whether to make a new one if the cluster was started anew since.
        environment: Variables for the processes that a new connection starts there.

    Raises:
        LibraryError: If Ray is not installed, or no cluster answers.
    """
    global _connection  # noqa: PLW0603 - Ray too has one connection for each process
    with _lock:
        if _connection is not None and _connection.ray.is_initialized() and not compare:
            return _connection
        try:
            import ray
        except ImportError as error:
            raise LibraryError(
                "Ray is not installed; install it with: pip install 'essay-assistant[cluster]'"
            ) from error
        if ray.is_initialized():
            known = _connection or _connected(ray, address)
            if known.is_current():
                if not known.is_to(address):
                    raise LibraryError(
                        f"This program asks the Ray cluster at {known.head[0]}:{known.head[1]}, and cannot "
                        f"ask that at {address} too; start another program for it."
                    )
                _connection = known
                return known
            ray.shutdown()
        if _connection is not None and not _connection.cluster:
            # What is left of a broken connection to the head's server keeps Ray from making another.
            with suppress(Exception):
                ray.util.client.ray.disconnect()
        _connection = None
        if (server := _server(address)) is not None and not is_reachable(*server):
            # Ray itself tries for a minute.
            raise NoClusterError.at(address)
        try:
            ray.init(
                address=address,
                namespace=NAMESPACE,
                logging_level=logging.ERROR,
                log_to_driver=False,
                configure_logging=False,
                runtime_env={"env_vars": dict(environment)} if environment else None,
            )
            _connection = _connected(ray, address)
        except Exception as error:
            raise NoClusterError.at(address) from error
        return _connection


def connect(address: str, environment: Mapping[str, str] | None = None) -> Any:
    """Connect to a cluster, as ``connection`` does, and return the module ``ray``."""
    return connection(address, compare=True, environment=environment).ray


def is_reachable(host: str, port: int) -> bool:
    """Whether a program accepts connections at a port."""
    try:
        socket.create_connection((host, port), REACHABLE).close()
    except OSError:
        return False
    return True


def _server(address: str) -> tuple[str, int] | None:
    """Host and port of the head's server for programs of other machines, if an address names that."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    return (host, int(port)) if address.startswith("ray://") and port.isdecimal() else None


def _connected(ray: Any, address: str) -> Connection:
    """The connection that Ray has."""
    if ray.util.client.ray.is_connected() and (server := _server(address)) is not None:
        return Connection(ray, server, "")
    host, _, port = ray.get_runtime_context().gcs_address.rpartition(":")
    return Connection(ray, (host, int(port)), _identity(host, int(port)))


def _identity(host: str, port: int) -> str:
    """What a cluster has of its own; another start of the same head has something else."""
    from ray._raylet import GcsClient  # type: ignore[attr-defined]

    return str(GcsClient(address=f"{host}:{port}").cluster_id.hex())
