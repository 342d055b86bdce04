"""What a client may send, how long it may take, and which addresses ask for a login first.

``LIMITS`` names every address of the server. ``RequestLimits`` applies it before anything else reads a
request; ``LimitedConnection`` bounds what happens before and after: slow headers, slow reading, and the
number of connections.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
from anyio.to_thread import run_sync
from python_multipart.multipart import parse_options_header
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.api.http import refusal
from assistant.api.requests import MAX_BYTES, MAX_FILE_BYTES
from assistant.api.schema import RefusedError
from assistant.web.gradio_api import FETCHES_NOTHING, check_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import uvicorn
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.api.http import AccessGuard

_GET = ("GET", "HEAD")
# Seconds: without a byte of a body; until all headers of a request are there; while a client reads nothing.
_PAUSE, HEADER_SECONDS, READ_SECONDS = 30, 10, 30
# Connections at once, unless the system allows fewer open files.
_MOST_CONNECTIONS = 500
# Bytes; longer messages are parsed in a thread, so that others are answered meanwhile.
_LONG = 100_000
# Gradio's routes that pass on something from elsewhere, or hand something to another program.
_PASSED_ON = ("/proxy=", "/file=http", "/process_recording")
_SENSELESS = "The message does not fit what it calls; see /gradio_api/info."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What requests to some addresses may bring.

    Attributes:
        paths: The addresses, written as in routes.
        methods: The methods of HTTP.
        bytes: Length of the body.
        parts: Parts of a multipart body.
        fields: Fields of a form, or values of a JSON message. Commas within its texts are counted as well.
        seconds: Time until the body has arrived.
        login: Whether a login is asked for, if the server has accounts.
        streamed: Whether the body is passed on while it arrives.
    """

    paths: tuple[str, ...]
    methods: tuple[str, ...] = ("POST",)
    bytes: int = 0
    parts: int = 0
    fields: int = 0
    seconds: float = 10
    login: bool = True
    streamed: bool = False


# For what the table does not name.
STRICTEST = Limit(paths=(), methods=())

_API = "/gradio_api"
LIMITS = (
    # What the login page itself consists of.
    Limit(
        paths=(
            *("/", "/logout", "/svelte/{path:path}", "/static/{path:path}", "/assets/{path:path}"),
            "/page/{name}",
            # The add-in for Word shows nothing of the library before its own login.
            *("/word", "/word/{name}", "/word/office-js/{path:path}"),
            *("/favicon.ico", "/theme.css", "/robots.txt", "/manifest.json", "/pwa_icon", "/pwa_icon/{size}"),
            *(f"{_API}/{name}" for name in "user login_check token app_id startup-events theme.css".split()),
        ),
        methods=_GET,
        login=False,
    ),
    Limit(paths=("/login",), bytes=8_000, parts=8, fields=8, login=False),
    Limit(
        paths=(
            *("/config", "/openapi.json", "/monitoring", "/monitoring/summary", "/monitoring/{key}"),
            *(f"{_API}/{name}" for name in "deep_link dev/reload runs info openapi.json vibe-code".split()),
            *(f"{_API}/{name}" for name in "queue/data queue/status upload_progress".split()),
            f"{_API}/heartbeat/{{session_hash}}",
            f"{_API}/call/{{api_name}}/{{event_id}}",
            f"{_API}/call/v2/{{api_name}}/{{event_id}}",
            f"{_API}/file={{path_or_url:path}}",
            f"{_API}/file/{{path:path}}",
            f"{_API}/proxy={{url_path:path}}",
            f"{_API}/custom_component/{{id}}/{{environment}}/{{type}}/{{file_name}}",
            f"{_API}/stream/{{session_hash}}/{{run}}/{{component_id}}/{{segment}}",
        ),
        methods=_GET,
    ),
    # The longest conversation that a tab stores, and some more. Each value takes memory besides its text.
    Limit(
        paths=(
            f"{_API}/queue/join",
            *(f"{_API}/{way}/{{api_name}}" for way in ("run", "api", "call", "call/v2")),
            f"{_API}/component_server",
            f"{_API}/stream/{{event_id}}",
        ),
        bytes=20_000_000,
        fields=1_000_000,
        seconds=120,
    ),
    # Of these the page uses none but the second.
    Limit(
        paths=(
            *(f"{_API}/{name}" for name in "reset cancel process_recording vibe-code vibe-edit".split()),
            *(f"{_API}/{name}" for name in ("undo-vibe-edit", "vibe-starter-queries")),
            f"{_API}/stream/{{event_id}}/close",
        ),
        bytes=8_000,
        fields=100,
    ),
    # Each file has a limit of its own (``launch_options``); each part takes an open file.
    Limit(paths=(f"{_API}/upload",), bytes=1_000_000_000, parts=200, seconds=3600, streamed=True),
    Limit(paths=("/api/page", "/api/page-marks"), methods=_GET),
    # A file of any bytes; each may be taken for the mark of a field.
    Limit(paths=("/api/check-file",), bytes=MAX_FILE_BYTES, fields=MAX_FILE_BYTES, seconds=120),
    Limit(
        paths=("/api/{name:path}",),
        methods=(*_GET, "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
        bytes=MAX_BYTES,
        fields=200_000,
        seconds=30,
    ),
    Limit(
        paths=("/mcp",),
        methods=(*_GET, "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
        bytes=MAX_BYTES,
        fields=200_000,
        seconds=30,
    ),
)


def limit_for(method: str, path: str) -> Limit:
    """The limit for requests to an address."""
    for limit, pattern in _patterns():
        if method in limit.methods and pattern.fullmatch(path):
            return limit
    return STRICTEST


@cache
def _patterns() -> tuple[tuple[Limit, re.Pattern[str]], ...]:
    return tuple((limit, _pattern(limit.paths)) for limit in LIMITS)


def _pattern(paths: Iterable[str]) -> re.Pattern[str]:
    """Matches addresses written as in routes, with or without a slash at the end."""
    alternatives = []
    for path in paths:
        literals = re.split(r"\{\w+\}|\{\w+:path\}", path)
        wildcards = [".*" if name.endswith(":path}") else "[^/]+" for name in re.findall(r"\{[\w:]+\}", path)]
        pieces = [re.escape(literals[0])]
        for wildcard, literal in zip(wildcards, literals[1:], strict=True):
            pieces += [wildcard, re.escape(literal)]
        alternatives.append("".join(pieces))
    return re.compile(f"(?:{'|'.join(alternatives)})/?", re.DOTALL)


class RequestLimits:
    """Middleware that applies ``LIMITS``, and refuses what would make the server fetch an address.

    Gradio takes an address in place of a file, fetches it and returns it: anyone who may use the page could
    look through it at other machines. It also leaves a traceback for messages that fit no function.

    Args:
        app: What is asked if the request is not refused.
        guard: Knows who has logged in.
    """

    def __init__(self, app: ASGIApp, guard: AccessGuard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = _route_path(scope)
        try:
            await self._limited(limit_for(scope["method"], path), scope, receive, send)
        except RefusedError as refused:
            programs = path.startswith(("/api/", "/mcp"))
            upload = path.startswith(f"{_API}/upload")
            # The page shows the text of a refused upload as it is. A browser asks for a password of its own
            # where a challenge comes with the refusal; only programs get one.
            reply = PlainTextResponse(str(refused), refused.status) if upload else refusal(refused)
            if not programs and "www-authenticate" in reply.headers:
                del reply.headers["www-authenticate"]
            await reply(scope, receive, send)

    async def _limited(self, limit: Limit, scope: Scope, receive: Receive, send: Send) -> None:
        if any(route in scope["path"].lower() for route in _PASSED_ON):
            raise RefusedError(HTTPStatus.FORBIDDEN, FETCHES_NOTHING)
        if limit.login:
            self._guard.require_login(Request(scope))
        body = _Body(limit, scope, receive)
        if not limit.bytes:
            await self._app(scope, receive, send)
        elif limit.streamed:
            await self._streamed(body, scope, send)
        else:
            await self._message(body, scope, receive, send)

    async def _message(self, body: _Body, scope: Scope, receive: Receive, send: Send) -> None:
        content = await body.whole()
        if content is None:
            return
        if not scope["path"].startswith(_API):
            await self._app(scope, _replay(content, receive), send)
            return
        check = partial(check_message, content, _route_path(scope), getattr(scope["app"], "blocks", None))
        if len(content) > _LONG:
            await run_sync(check)
        else:
            check()
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, _replay(content, receive), noting)
        except Exception as error:
            # Handlers run in tasks of their own: what fails here is the reading of the message.
            if started:
                raise
            sys.stderr.write(f"assistant: a message to {scope['path']!r} was refused: {error!r}\n")
            raise RefusedError(HTTPStatus.BAD_REQUEST, _SENSELESS) from error

    async def _streamed(self, body: _Body, scope: Scope, send: Send) -> None:
        async def unless_refused(message: Message) -> None:
            if body.refused is None:
                await send(message)

        await self._app(scope, body.receive, unless_refused)
        if body.refused is not None:
            raise body.refused


class _Body:
    """The body of a request, counted while it arrives.

    Attributes:
        refused: Why it was refused, once it was.
    """

    def __init__(self, limit: Limit, scope: Scope, receive: Receive) -> None:
        self._limit, self._receive = limit, receive
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        # More digits are out of bounds already, and take long to convert.
        if int(length[:15] or b"0") > limit.bytes or (b"transfer-encoding" in headers and not limit.bytes):
            raise _too_long(limit)
        kind, options = parse_options_header(headers.get(b"content-type", b""))
        self._multipart = kind.startswith(b"multipart/")
        self._form = kind == b"application/x-www-form-urlencoded"
        self._boundary = b"--" + options.get(b"boundary", b"") if self._multipart else b""
        self._bytes = self._parts = self._fields = 0
        self._tail = b""
        self._until = time.monotonic() + limit.seconds
        self._complete = False
        self.refused: RefusedError | None = None

    async def whole(self) -> bytes | None:
        """The whole body; nothing if the client has gone."""
        body = bytearray()
        while not self._complete:
            message = await self._next()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
        return bytes(body)

    async def receive(self) -> Message:
        """The next message for the parser of uploads, which deletes what it wrote if it gets this error."""
        if self._complete:
            return await self._receive()
        try:
            message = await self._next()
        except RefusedError as refused:
            self.refused = refused
            raise MultiPartException(str(refused)) from refused
        if message["type"] == "http.disconnect":
            raise MultiPartException("The upload was broken off.")
        return message

    async def _next(self) -> Message:
        message: Message | None = None
        with anyio.move_on_after(min(_PAUSE, self._until - time.monotonic())):
            # A body that arrives faster than it is parsed must not keep others waiting.
            await anyio.lowlevel.checkpoint()
            message = await self._receive()
        if message is None:
            raise RefusedError(
                HTTPStatus.REQUEST_TIMEOUT, f"The request took longer than {self._limit.seconds:g} seconds."
            )
        self._count(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        return message

    def _count(self, chunk: bytes) -> None:
        self._bytes += len(chunk)
        if self._bytes > self._limit.bytes:
            raise _too_long(self._limit)
        if self._multipart:
            overlapping = self._tail + chunk
            self._parts += overlapping.count(self._boundary)
            self._tail = overlapping[max(0, len(overlapping) - len(self._boundary) + 1) :]
        else:
            self._fields += sum(chunk.count(mark) for mark in ((b"&",) if self._form else (b",", b"[", b"{")))
        # One boundary more than there are parts ends the body.
        if self._parts > self._limit.parts + 1 or self._fields > self._limit.fields:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The request has more than {self._limit.parts} parts or {self._limit.fields:,} fields.",
            )


def _too_long(limit: Limit) -> RefusedError:
    return RefusedError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The request is longer than {limit.bytes:,} bytes; send less.",
    )


def _route_path(scope: Scope) -> str:
    """The path that routes are matched with: without the prefix under which a proxy serves the page."""
    path: str = scope["path"]
    prefix = scope.get("root_path", "")
    return path.removeprefix(prefix) if prefix and path.startswith(f"{prefix}/") else path


def _replay(body: bytes, receive: Receive) -> Receive:
    """Deliver a body that was received already, then what follows it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


class LimitedConnection(H11Protocol):
    """A connection of uvicorn that is closed if the client is slow, or if it is idle and others need it.

    uvicorn itself waits for ever for headers that never end, and for clients that read nothing.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, in place of the one that has waited longest where there are too many."""
        super().connection_made(transport)
        self._opened = self.loop.time()
        self._headers, self._reading = _Clock(HEADER_SECONDS, self.drop), _Clock(READ_SECONDS, self.drop)
        self._headers.start()
        if len(self.connections) > _most_connections():
            others = [other for other in self.connections if isinstance(other, LimitedConnection)]
            idle = [other for other in others if other is not self and other.awaits_request()]
            min(idle, key=lambda other: other._opened, default=self).drop()  # noqa: SLF001 - of this class

    def awaits_request(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def drop(self) -> None:
        """Close the connection at once."""
        self.connections.discard(self)
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take what the client sends: headers within their time, which the rest of a refused body shares."""
        super().data_received(data)
        if self.awaits_request():
            self._headers.start()
        else:
            self._headers.stop()

    def on_response_complete(self) -> None:
        """Wait for the next request; where the connection ends here, for the client to read the rest."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._reading.start()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection without further requests."""
        super().timeout_keep_alive_handler()
        self._reading.start()

    def pause_writing(self) -> None:
        """Note that the client does not read."""
        super().pause_writing()
        self._reading.start()

    def resume_writing(self) -> None:
        """Note that the client reads again."""
        super().resume_writing()
        if not self.transport.is_closing():
            self._reading.stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._headers.stop()
        self._reading.stop()
        super().connection_lost(exc)


class _Clock:
    """Does something once a time has passed, unless it is stopped before."""

    def __init__(self, seconds: float, action: Callable[[], None]) -> None:
        self._seconds, self._action = seconds, action
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start the clock; one that runs goes on."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._action)

    def stop(self) -> None:
        """Stop the clock."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


@cache
def _most_connections() -> int:
    """Connections at once; half of the files that the process may open, for it opens others too."""
    if sys.platform == "win32":
        return _MOST_CONNECTIONS
    import resource

    return min(_MOST_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def limit_connections(server: uvicorn.Server) -> None:
    """Let a running server take its connections as ``LimitedConnection``."""
    server.config.http_protocol_class = LimitedConnection
