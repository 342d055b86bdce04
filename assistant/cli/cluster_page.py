"""The page and the API as replicas of a deployment of Ray Serve."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ray
from ray import serve
from ray.serve.config import ProxyLocation, RequestRouterConfig
from ray.serve.context import _get_global_client

import assistant
from assistant.api.http import is_loopback
from assistant.cli.evaluate import report_html
from assistant.cli.terminal import read_accounts
from assistant.cluster.manifest import read_settings
from assistant.cluster.opening import open_cluster
from assistant.cluster.page_router import PROXIES
from assistant.cluster.ray_connection import connect
from assistant.cluster.served_library import SHORT_DEADLINE
from assistant.cluster.serving import page_actor, start_library
from assistant.cluster.splitting import require_sharded
from assistant.core.errors import AssistantError
from assistant.web.app import replica
from assistant.web.replicated import SESSION_COOKIE, Logouts, SharedSecret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.cluster.ray_fleet import LoadEncoder

APPLICATION = "essay-assistant"
# Files of the program that make a replica another one.
_CODE = frozenset({".py", ".js", ".css", ".html"})
# Requests that a replica takes at the same time; an open page is one, which waits for events.
_AT_ONCE = 1_000
# Seconds: how often a replica is looked after, and how long one that is to end may finish what it does. An
# open page lets it wait that long, even if nothing is asked.
_LOOKED_AFTER, _FINISHES = 2.0, 10.0
# Replicas that are replaced at once, in percent: one, and only when the new one is there.
_REPLACED_AT_ONCE = 1
# Questions are not written to a log.
_LOGGING = {"enable_access_log": False, "log_level": "WARNING"}


class PageReplica:
    """One replica.

    Args:
        library: Name of the library on the cluster, as ``ray:auto/NAME``.
        host: Address that the proxies listen on.
        accounts: Names and passwords of those who may enter, or nothing for everyone.
        load_encoder: As for ``open_cluster``.
    """

    def __init__(
        self,
        library: str,
        host: str,
        accounts: Sequence[tuple[str, str]] | None,
        load_encoder: LoadEncoder | None = None,
    ) -> None:
        self._library = open_cluster(Path(library), load_encoder=load_encoder, isolates=True)
        common = page_actor("auto")
        secret, logouts = _secret_of(common), Logouts(common.exchange.remote)
        self._options: dict[str, Any] = {"host": host, "auth": accounts, "secret": secret, "logouts": logouts}

    def __serve_build_asgi_app__(self) -> Any:
        """The page, built where it is served."""
        name = serve.get_replica_context().replica_id.unique_id
        return replica(self._library, name=name, assess=partial(report_html, self._library), **self._options)


def page(
    replicas: int,
    library: str,
    host: str,
    accounts: Sequence[tuple[str, str]] | None,
    load_encoder: LoadEncoder | None = None,
) -> serve.Application:
    """The page of a library as an application of Ray Serve.

    Serve lets the replicas that run stay as they are if only their number is another one.

    Args:
        replicas: Number of replicas.
        library: As for ``PageReplica``, as what follows.
        host: Address that the proxies listen on.
        accounts: Names and passwords of those who may enter, or nothing for everyone.
        load_encoder: As for ``open_cluster``.
    """
    version = _secret_of(page_actor("auto")).name(repr((_code(), library, host, accounts)))
    deployment = serve.deployment(
        serve.ingress()(PageReplica),
        name="page",
        num_replicas=replicas,
        # They wait for the shards and for the reading model rather than to keep a core busy.
        ray_actor_options={"num_cpus": 0},
        max_ongoing_requests=_AT_ONCE,
        health_check_period_s=_LOOKED_AFTER,
        graceful_shutdown_timeout_s=_FINISHES,
        max_surge_percent=_REPLACED_AT_ONCE,
        logging_config=_LOGGING,
        request_router_config=RequestRouterConfig(
            request_router_class="assistant.cluster.page_router.PageRouter",
            request_router_kwargs={"cookie": SESSION_COOKIE},
        ),
    )
    return deployment.options(version=version, _internal=True).bind(library, host, accounts, load_encoder)


def _secret_of(common: Any) -> SharedSecret:
    """The secret that the replicas share."""
    return SharedSecret(ray.get(common.key.remote(), timeout=SHORT_DEADLINE))


def _code() -> str:
    """What tells one state of the program from another."""
    folder, digest = Path(assistant.__file__).parent, hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _CODE):
        digest.update(f"{path.relative_to(folder)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def application(settings: dict[str, Any]) -> serve.Application:
    """The page as a configuration file of Ray Serve asks for it, with what ``serve_page`` takes.

    Args:
        settings: The ``library``, its folder; and, if wanted, ``replicas``, ``host`` and ``auth_file``. The
            number of replicas can be changed alone where the file gives it for the deployment ``page``.
    """
    auth_file = settings.get("auth_file")
    accounts = read_accounts(Path(auth_file) if auth_file else None)
    name = start_library(Path(settings["library"]), "auto", None)[0].name
    host = str(settings.get("host", "0.0.0.0"))  # noqa: S104 - on Kubernetes a service leads to it
    return page(int(settings.get("replicas", 2)), f"ray:auto/{name}", host, accounts)


def serve_page(
    root: Path,
    *,
    address: str | None,
    replicas: int,
    host: str,
    port: int,
    accounts: Sequence[tuple[str, str]] | None,
    load_encoder: LoadEncoder | None = None,
) -> str:
    """Serve the page of a library on its cluster, in place of the one that is served.

    If only the number of replicas is another one, those that stay go on; else they are replaced one after the
    other. Only another address or port makes the page go for a while.

    Args:
        root: The library's folder.
        address: As for ``start_library``.
        replicas: Number of replicas of the page.
        host: Address to listen on: one of the head's own, or of every machine that has a replica.
        port: Port to listen on.
        accounts: Names and passwords of those who may enter, or nothing for everyone.
        load_encoder: As for ``open_cluster``.

    Returns:
        The library's name.

    Raises:
        AssistantError: If the library is not in shards, no cluster answers, or the page cannot be served.
    """
    require_sharded(root.resolve())
    known = address or read_settings(root.resolve()).address
    if known:
        # The processes that Ray Serve starts have the variables of the program that starts it.
        connect(known, PROXIES)
    settings, _ = start_library(root, address, None, load_encoder)
    _require_alone()
    where = ProxyLocation.HeadOnly if is_loopback(host) else ProxyLocation.EveryNode
    goes_on = _is_served_at(host, port)
    if not goes_on:
        serve.shutdown()
    try:
        served = page(replicas, f"ray:auto/{settings.name}", host, accounts, load_encoder)
        serve.start(where, http_options={"host": host, "port": port}, logging_config=_LOGGING)
        serve.run(served, name=APPLICATION, route_prefix="/")
    except Exception as error:
        if goes_on:
            raise AssistantError(f"The page is served as before: {_last_line(error)}") from error
        serve.shutdown()
        raise AssistantError(
            f"The page cannot be served at {host}:{port}: {_last_line(error)}; "
            "choose another --port if it is in use, and see the logs of Ray Serve."
        ) from error
    return settings.name


def _is_served_at(host: str, port: int) -> bool:
    """Whether the page is served, and there."""
    if APPLICATION not in serve.status().applications:
        return False
    options = _get_global_client().http_config
    return (options.host, options.port) == (host, port)


def end_page(address: str) -> bool:
    """Stop serving the page on a cluster, and Ray Serve with it; tells whether it was served.

    Raises:
        AssistantError: If no cluster answers, or Ray Serve serves something else there.
    """
    connect(address)
    _require_alone()
    was_served = APPLICATION in serve.status().applications
    serve.shutdown()
    return was_served


def _require_alone() -> None:
    others = sorted(serve.status().applications.keys() - {APPLICATION})
    if others:
        raise AssistantError(
            f"Ray Serve serves {', '.join(others)} on this cluster; end that first, or add the page to its "
            "configuration file as docs/kuberay.yaml does."
        )


def _last_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1].strip()
