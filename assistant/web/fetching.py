"""What the server fetches for nobody, and how much it is told at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FETCHES_NOTHING = "This server fetches nothing from other addresses; upload the file itself."
_LONG = "This is more than the page ever sends; send less."

# Bytes; the longest conversation that a tab keeps, and some more.
LONGEST_MESSAGE = 20_000_000
# Gradio's ways to pass something from elsewhere on, or to another program.
_PASSED_ON = ("/proxy=", "/file=http", "/process_recording")


class FetchesNothing:
    """Refuses requests that would have the server fetch something, and messages without end.

    Gradio takes an address in place of a file, fetches it and hands it on: whoever may use the page could
    look through it at other machines.

    Args:
        app: What answers the others.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif any(way in scope["path"].lower() for way in _PASSED_ON):
            await PlainTextResponse(_FETCHES_NOTHING, 403)(scope, receive, send)
        elif scope["method"] != "POST" or _is_upload(scope):
            await self._app(scope, receive, send)
        else:
            await self._message(scope, receive, send)

    async def _message(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _whole(receive)
        if body is None:
            await PlainTextResponse(_LONG, 413)(scope, receive, send)
        elif _names_address(body):
            await PlainTextResponse(_FETCHES_NOTHING, 403)(scope, receive, send)
        else:
            await self._app(scope, _again(body, receive), send)


def _is_upload(scope: Scope) -> bool:
    """Whether files come, which are written down part by part and have their own limit."""
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return bool(kind.strip().lower().startswith(b"multipart/"))


async def _whole(receive: Receive) -> bytes | None:
    """The body of a request; ``None`` if it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LONGEST_MESSAGE:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """What hands a body over that was received already, and then what comes behind it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def handed() -> Message:
        return waiting.pop() if waiting else await receive()

    return handed


def _names_address(body: bytes) -> bool:
    """Whether a message gives an address where a file belongs."""
    try:
        parts = [json.loads(body)]
    except (ValueError, RecursionError):
        return False
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            path = part.get("path")
            if "meta" in part and isinstance(path, str) and path.strip().lower().startswith("http"):
                return True
            parts += part.values()
        elif isinstance(part, list):
            parts += part
    return False
