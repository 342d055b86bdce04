"""What Ray Serve's proxies do for the page: which replica gets a request, and what if it is lost.

Gradio keeps the events of an open page in the process that it talks to. A reader's requests therefore go to
one replica as long as it lives, and to another when it does not. What a program asks any replica may answer,
and another one again if the first is lost.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from ray.serve.experimental.consistent_hash_router import ConsistentHashRouter
from starlette.middleware import Middleware
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ray.serve.request_router import PendingRequest, RunningReplica
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Beginnings of the paths at which programs ask. They have no sessions, and what they ask changes nothing.
PROGRAMS = ("/api/", "/mcp")
# The variable by which Ray Serve's proxies find ``middlewares``.
PROXIES = {"RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH": f"{__name__}.middlewares"}
# Bytes of a request's body that a proxy keeps, to send it to another replica.
_MOST_KEPT = 10_000_000
_NOT_ANSWERED = "No process of the page answered this: it was lost, or failed. Nothing is changed; ask again."
_NOT_DONE = (
    "The process of the page that was to do this was lost, or failed. Look whether it is done before you "
    "ask for it again."
)
# Replicas that are tried where any may answer: all that there may be.
_OTHERS = 1_000


class PageRouter(ConsistentHashRouter):  # type: ignore[misc]  # Ray has no types
    """Sends a request to the replica that its cookie names, or all with that cookie to one other."""

    def initialize_state(self, *, cookie: str, **options: Any) -> None:
        """Take the settings of the deployment.

        Args:
            cookie: Name of the cookie by which a browser names the replica that has its session.
            options: Those of ``ConsistentHashRouter``.
        """
        super().initialize_state(num_fallback_replicas=_OTHERS, **options)
        self._cookie = cookie

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
        if scope.get("path", "").startswith(PROGRAMS):
            return ""
        sent = b"; ".join(value for name, value in scope.get("headers", ()) if name == b"cookie")
        named = cookie_parser(sent.decode("latin-1")).get(self._cookie)
        # A browser that keeps no cookies is known by its address, once it has the page.
        is_page = scope.get("path") == "/"
        return named or ("" if is_page else str((scope.get("client") or ("",))[0]))


def middlewares() -> list[Middleware]:
    """What each proxy puts before Ray Serve's own application; Serve calls it there."""
    return [Middleware(SecondTry)]


class SecondTry:
    """Middleware by which another replica reads what a lost one was to read; what that was to change is told.

    Args:
        app: What sends a request to a replica.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reads = scope["path"].startswith(PROGRAMS) or (scope["method"], scope["path"]) == ("GET", "/")
        kept = _Kept(receive)
        is_answered = await self._is_answered(scope, kept.receive, send)
        if not is_answered and reads and kept.begin_again():
            is_answered = await self._is_answered(scope, kept.receive, send)
        if not is_answered:
            await JSONResponse({"error": _NOT_ANSWERED if reads else _NOT_DONE}, 500)(scope, receive, send)

    async def _is_answered(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Let a replica answer; false if it is lost before it does, for then Ray Serve sends nothing."""
        has_begun = False

        async def send_answer(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        await self._app(scope, receive, send_answer)
        return has_begun


class _Kept:
    """The messages of a request as they come, kept so that they can be read once more.

    Args:
        receive: Gives the messages of the request.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []
        self._place = self._size = 0

    async def receive(self) -> Message:
        """The next message of the request."""
        if self._place < len(self._messages):
            self._place += 1
            return self._messages[self._place - 1]
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size <= _MOST_KEPT:
            self._messages.append(message)
            self._place += 1
        return message

    def begin_again(self) -> bool:
        """Go back to the first message; false if they are too long to be kept, or nobody waits any more."""
        self._place = 0
        is_left = any(message["type"] == "http.disconnect" for message in self._messages)
        return self._size <= _MOST_KEPT and not is_left


def _scope_of(request: Any) -> Mapping[str, Any]:
    """The ASGI scope of what Serve's own proxy hands on."""
    if isinstance(request, bytes):
        request = pickle.loads(request)  # noqa: S301 - the proxy, in whose process this runs, has made it
    scope: Mapping[str, Any] = getattr(request, "asgi_scope", {})
    return scope
