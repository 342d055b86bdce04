"""Which replica of the page gets a request: the one that has the reader's session, or any.

Gradio keeps the events of an open page in the process that it talks to. A reader's requests therefore go to
one replica as long as it lives, and to another when it does not.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from ray.serve.experimental.consistent_hash_router import ConsistentHashRouter
from starlette.requests import cookie_parser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ray.serve.request_router import PendingRequest, RunningReplica

# Replicas that are tried where any may answer: all that there may be.
_OTHERS = 1_000


class PageRouter(ConsistentHashRouter):  # type: ignore[misc]  # Ray has no types
    """Sends a request to the replica that its cookie names, or all with that cookie to one other."""

    def initialize_state(self, *, cookie: str, without_session: list[str], **options: Any) -> None:
        """Take the settings of the deployment.

        Args:
            cookie: Name of the cookie by which a browser names the replica that has its session.
            without_session: Beginnings of paths of which any replica may answer each request.
            options: Those of ``ConsistentHashRouter``.
        """
        super().initialize_state(num_fallback_replicas=_OTHERS, **options)
        self._cookie, self._without_session = cookie, tuple(without_session)

    async def choose_replicas(
        self, candidate_replicas: list[RunningReplica], pending_request: PendingRequest | None = None
    ) -> list[list[RunningReplica]]:
        """The replicas to try for a request, one after the other."""
        session = ""
        if pending_request is not None and pending_request.args:
            session = self._session_of(_scope_of(pending_request.args[0]))
            pending_request.metadata.session_id = session
        chosen: list[list[RunningReplica]] = await super().choose_replicas(
            candidate_replicas, pending_request
        )
        if not session:
            return chosen
        # A busy replica is waited for: no other knows the session.
        named = [each for each in candidate_replicas if each.replica_id.unique_id == session]
        return [named] if named else chosen[:1]

    def _session_of(self, scope: Mapping[str, Any]) -> str:
        """The name of the replica that has the session of a request; empty if any may answer it."""
        if scope.get("path", "").startswith(self._without_session):
            return ""
        sent = b"; ".join(value for name, value in scope.get("headers", ()) if name == b"cookie")
        named = cookie_parser(sent.decode("latin-1")).get(self._cookie)
        # A browser that keeps no cookies is known by its address, once it has the page.
        is_page = scope.get("path") == "/"
        return named or ("" if is_page else str((scope.get("client") or ("",))[0]))


def _scope_of(request: Any) -> Mapping[str, Any]:
    """The ASGI scope of what Serve's own proxy hands on."""
    if isinstance(request, bytes):
        request = pickle.loads(request)  # noqa: S301 - the proxy, in whose process this runs, has made it
    scope: Mapping[str, Any] = getattr(request, "asgi_scope", {})
    return scope
