"""The plain route for programs: JSON in, JSON out, beside the page and behind the same door.

``/api/ask`` answers what ``assistant ask --json`` prints, and so on; ``docs/api.md`` describes it. Whatever
is wrong is told as ``{"error": "one sentence"}``.

What programs send to the plain route: the fields of a call, from an address or from JSON.

Who is spoken to: names of this machine, pages of this address, and those who may enter.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.api.schema import CALLS, LONGEST, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from assistant.api.service import ApiService


_SHORT = {"q": "question", "essay": "essays"}
_TRUTH = {"1": True, "true": True, "0": False, "false": False}


async def request_fields(request: Request) -> dict[str, Any]:
    """The fields of a request, from its address or from its body."""
    if request.method != "POST":
        return _queried(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Send JSON with Content-Type: application/json.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            longest = f"The request is longer than {LONGEST:,} bytes; send less."
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, longest)
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise RefusedError(HTTPStatus.BAD_REQUEST, 'Send one JSON object, such as {"question": "..."}.')
    return given


def _queried(request: Request) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for short in request.query_params:
        values = request.query_params.getlist(short)
        name = _SHORT.get(short, short)
        if name in {"essays", "history"}:
            made[name] = values
        elif name in {"fast", "explain"}:
            made[name] = _TRUTH.get(values[-1].lower(), values[-1])
        elif name == "top" and values[-1].isascii() and values[-1].isdigit():
            made[name] = int(values[-1][:9])
        else:
            made[name] = values[-1]
    return made


_NOT_OWN = "This page is open to its own machine only, as localhost; another --host opens it to others."
_FOREIGN = "Pages of other addresses may not ask here."


def is_loopback(host: str) -> bool:
    """Whether a host's name or address means the machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class LoopbackOnly:
    """Refuses requests that were sent to another name than the machine's own.

    A page elsewhere can give its name this machine's address (DNS rebinding), and would then be of the same
    origin to the browser.

    Args:
        app: What answers the others.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] == "http" and not is_loopback(_host(scope)):
            await PlainTextResponse(_NOT_OWN, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class SameOriginOnly:
    """Refuses what pages of other addresses ask of Gradio.

    Gradio allows every page to read its answers wherever it is called by another name than localhost, and to
    send to it everywhere: any page that a reader has open elsewhere could read the library, or change it.

    Args:
        app: What answers the others.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] == "http" and _is_foreign(scope):
            await JSONResponse({"error": _FOREIGN}, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class AccessGuard:
    """Where programs enter: no pages of other addresses, and whoever has a name and its password.

    Args:
        accounts: Names and passwords of those who may enter, or nothing for everyone.
    """

    def __init__(self, accounts: Sequence[tuple[str, str]] | None) -> None:
        self._accounts = dict(accounts) if accounts is not None else None

    def admit(self, request: Request) -> None:
        """Let a request in.

        Raises:
            RefusedError: If it may not enter.
        """
        if _is_foreign(request.scope) or request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            raise RefusedError(HTTPStatus.FORBIDDEN, _FOREIGN)
        if self._accounts is None or _has_entered(request):
            return
        name, password = _credentials(request.headers.get("authorization", ""))
        known = self._accounts.get(name, "")
        if not (secrets.compare_digest(known.encode(), password.encode()) and name in self._accounts):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "Give a name and a password that may enter.")


def _has_entered(request: Request) -> bool:
    """Whether somebody has entered by the page's own door, in whose cookie Gradio keeps a token."""
    app = request.app
    cookies = (request.cookies.get(f"access-token-{kind}{app.cookie_id}") for kind in ("", "unsecure-"))
    return any(cookie in app.tokens for cookie in cookies if cookie)


def _credentials(header: str) -> tuple[str, str]:
    kind, _, code = header.partition(" ")
    try:
        text = base64.b64decode(code, validate=True).decode() if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    name, _, password = text.partition(":")
    return name, password


def _is_foreign(scope: Scope) -> bool:
    """Whether a page of another address asks, as browsers tell.

    A proxy that calls the server by another name than its visitors call the proxy says theirs in
    ``X-Forwarded-Host``, which no browser sends for a page elsewhere without asking the server first.
    """
    origin = _header(scope, b"origin")
    try:
        called = {_header(scope, b"host"), _header(scope, b"x-forwarded-host")}
        return origin is not None and urlsplit(origin).netloc not in called
    except ValueError:
        return True


def _host(scope: Scope) -> str:
    try:
        return urlsplit(f"//{_header(scope, b'host') or ''}").hostname or ""
    except ValueError:
        return ""


def _header(scope: Scope, name: bytes) -> str | None:
    found = next((value for known, value in scope["headers"] if known == name), None)
    return None if found is None else found.decode("latin-1")


class HttpApi:
    """Answers programs.

    Args:
        programs: What answers them.
        door: Who may ask.
    """

    def __init__(self, programs: ApiService, door: AccessGuard) -> None:
        self._programs = programs
        self._door = door

    def routes(self) -> list[Route]:
        """The routes, to stand before those of the page."""
        return [
            Route("/api/{name:path}", self._answered, methods=["GET", "POST"]),
            Route("/api/{name:path}", self._wrong_method, methods=["PUT", "PATCH", "DELETE", "OPTIONS"]),
        ]

    async def _answered(self, request: Request) -> Response:
        try:
            self._door.admit(request)
            name = _known(request.path_params["name"])
            made = await self._programs.answer(name, await request_fields(request))
        except RefusedError as refused:
            return refusal(refused)
        return _json(made.value)

    async def _wrong_method(self, _request: Request) -> Response:
        return refusal(RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "Ask with GET or POST."))


def refusal(refused: RefusedError) -> Response:
    """What whoever is refused gets to read."""
    return _json({"error": str(refused)}, refused.status)


def _known(name: str) -> str:
    if name not in CALLS:
        there = ", ".join(f"/api/{one}" for one in CALLS)
        raise RefusedError(HTTPStatus.NOT_FOUND, f"Nothing is asked of /api/{name}; there are {there}.")
    return name


def _json(made: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Basic realm="Essay Assistant"'
    text = json.dumps(made, ensure_ascii=False)
    # Half of a surrogate pair can be sent as a JSON escape, and is handed back as one.
    return Response(text.encode("utf-8", "backslashreplace"), status, headers, "application/json")
