"""The API over HTTP: ``/api/ask`` and so on take JSON or a query string and return JSON.

``docs/api.md`` describes it. A refusal is ``{"error": "one sentence"}``. The server's guards are here too:
against DNS rebinding, against pages of other origins, and the password of the API.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.api.requests import DRAFT_FILES, MAX_BYTES, MAX_FILE_BYTES
from assistant.api.schema import CALLS, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from assistant.api.service import ApiService


_NOT_LOOPBACK = "This page is open to its own machine only, as localhost; another --host opens it to others."
_NOT_A_DRAFT = "Send a draft with the Content-Type of an .odt or .docx file."
_CROSS_ORIGIN = "Pages of other addresses may not ask here."

# A name or address and perhaps a port: nothing that another program could read as part of an address instead.
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{0,5})?", re.ASCII | re.IGNORECASE)

# In a query string: short names of fields, and how truth values are written.
_SHORT_NAMES = {
    "q": "question",
    "essay": "essays",
    "author": "authors",
    "year": "years",
    "collection": "collections",
    "tag": "tags",
    "kind": "kinds",
    "section": "sections",
}
_LISTS = {"history", *_SHORT_NAMES.values()} - {"question"}
_NUMBERS = {"top", "per_essay", "start", "end"}
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}

# Of images of pages: the width if none is asked for, and how numbers and spans are written.
_WIDTH, _MOST_SPANS = 900, 100
_NUMBER, _SPAN = re.compile(r"[0-9]{1,6}", re.ASCII), re.compile(r"[0-9]{1,8}-[0-9]{1,8}", re.ASCII)


class HttpApi:
    """Answers the calls over HTTP.

    Args:
        service: Answers the calls.
        guard: Who may call.
    """

    def __init__(self, service: ApiService, guard: AccessGuard) -> None:
        self._service = service
        self._guard = guard

    def routes(self) -> list[Route]:
        """The routes, to be tried before those of the page."""
        return [
            Route("/api/page", self._page_image, methods=["GET"]),
            Route("/api/page-marks", self._page_marks, methods=["GET"]),
            Route("/api/check-file", self._check_file, methods=["POST"]),
            Route("/api/{name:path}", self._answer, methods=["GET", "POST"]),
            Route("/api/{name:path}", self._wrong_method, methods=["PUT", "PATCH", "DELETE", "OPTIONS"]),
        ]

    async def _answer(self, request: Request) -> Response:
        try:
            self._guard.admit(request)
            name = _call_name(request)
            result = await self._service.answer(name, await request_fields(request))
        except RefusedError as refused:
            return refusal(refused)
        return _json(result.value)

    async def _check_file(self, request: Request) -> Response:
        """What is wrong in a draft that is sent as a file of a word processor."""
        try:
            self._guard.admit(request)
            name = _draft_name(request)
            data = await _body(request, MAX_FILE_BYTES)
            value = await self._service.check_file(data, name, _query_fields(request))
        except RefusedError as refused:
            return refusal(refused)
        return _json(value)

    async def _page_image(self, request: Request) -> Response:
        """A page of an essay's PDF as an image; browsers may keep it, for a page never changes."""
        try:
            self._guard.admit(request)
            number, width = _whole_number(request, "file", 1), _whole_number(request, "width", _WIDTH)
            image = await self._service.page_image(_text(request, "essay"), number, width)
        except RefusedError as refused:
            return refusal(refused)
        headers = {"Cache-Control": "private, max-age=600", "X-Content-Type-Options": "nosniff"}
        return Response(image, HTTPStatus.OK, headers, "image/png")

    async def _page_marks(self, request: Request) -> Response:
        """Where words of a passage are printed."""
        try:
            self._guard.admit(request)
            spans = _spans(request.query_params.get("spans", ""))
            value = await self._service.page_marks(_text(request, "passage"), spans)
        except RefusedError as refused:
            return refusal(refused)
        return _json(value)

    async def _wrong_method(self, _request: Request) -> Response:
        return refusal(RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "Ask with GET or POST."))


def _text(request: Request, name: str) -> str:
    value = request.query_params.get(name, "")
    if not value:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field {name!r} is missing.")
    return value


def _whole_number(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, str(default))
    if not _NUMBER.fullmatch(value):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field {name!r} must be a whole number.")
    return int(value)


def _spans(text: str) -> list[tuple[int, int]]:
    """Spans written as ``0-14 20-31``."""
    pairs = text.split()
    if len(pairs) > _MOST_SPANS or not all(map(_SPAN.fullmatch, pairs)):
        raise RefusedError(
            HTTPStatus.BAD_REQUEST, f"The field 'spans' must be up to {_MOST_SPANS} spans such as 0-14."
        )
    starts_and_ends = (pair.split("-") for pair in pairs)
    return [(int(start), int(end)) for start, end in starts_and_ends]


def _call_name(request: Request) -> str:
    name: str = request.path_params["name"]
    if name not in CALLS:
        addresses = ", ".join(f"/api/{call}" for call in CALLS)
        raise RefusedError(HTTPStatus.NOT_FOUND, f"There is no call /api/{name}; there are {addresses}.")
    return name


def refusal(refused: RefusedError) -> Response:
    """The response to a request that is refused."""
    return _json({"error": str(refused)}, refused.status)


def _json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Basic realm="Essay Assistant"'
    text = json.dumps(value, ensure_ascii=False)
    # A JSON escape can send half of a surrogate pair, which UTF-8 cannot hold; it is returned as an escape.
    return Response(text.encode("utf-8", "backslashreplace"), status, headers, "application/json")


async def request_fields(request: Request) -> dict[str, Any]:
    """The fields of a request, from its query string or from its JSON body.

    Raises:
        RefusedError: If the body is too long or is not a JSON object.
    """
    if request.method != "POST":
        return _query_fields(request)
    if _media_type(request) != "application/json":
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Send JSON with Content-Type: application/json.")
    body = await _body(request, MAX_BYTES)
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise RefusedError(HTTPStatus.BAD_REQUEST, 'Send one JSON object, such as {"question": "..."}.')
    return fields


def _draft_name(request: Request) -> str:
    """What a draft that is sent as a file is called, with its suffix."""
    name = DRAFT_FILES.get(_media_type(request), "")
    if not name:
        raise RefusedError(HTTPStatus.BAD_REQUEST, _NOT_A_DRAFT)
    return name


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The request is longer than {most:,} bytes; send less."
            )
    return bytes(body)


def _query_fields(request: Request) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key in request.query_params:
        values = request.query_params.getlist(key)
        name, last = _SHORT_NAMES.get(key, key), values[-1]
        if name in _LISTS:
            fields[name] = values
        elif name in {"fast", "explain", "paraphrases", "on_its_own", "other_essays"}:
            fields[name] = _BOOLEANS.get(last.lower(), last)
        elif name in _NUMBERS and last.isascii() and last.isdigit():
            # Nine digits are out of bounds already, and more take long to convert.
            fields[name] = int(last[:9])
        else:
            fields[name] = last
    return fields


def is_loopback(host: str) -> bool:
    """Whether a host name or address means the machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class LoopbackOnly:
    """Middleware that refuses requests unless their Host is a name of this machine.

    A page elsewhere can let its own name point to this machine's address (DNS rebinding); the browser would
    then take the server for that page's own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] == "http" and not is_loopback(_host(scope)):
            await PlainTextResponse(_NOT_LOOPBACK, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class SameOriginOnly:
    """Middleware that refuses requests of pages of other origins.

    Gradio itself lets every page send requests and, unless it is called localhost, read the answers: any page
    open in the same browser could read the library or change it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] == "http" and _is_cross_origin(scope):
            await JSONResponse({"error": _CROSS_ORIGIN}, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class AccessGuard:
    """Admits other programs to the API: no pages of other origins, and only those who know a password.

    Args:
        accounts: Names and passwords, or ``None`` to admit everyone.
    """

    def __init__(self, accounts: Sequence[tuple[str, str]] | None) -> None:
        self._accounts = dict(accounts) if accounts is not None else None

    def admit(self, request: Request) -> None:
        """Admit a request.

        Raises:
            RefusedError: If it is not admitted.
        """
        site = request.headers.get("sec-fetch-site")
        if _is_cross_origin(request.scope) or site in {"cross-site", "same-site"}:
            raise RefusedError(HTTPStatus.FORBIDDEN, _CROSS_ORIGIN)
        self.require_login(request)

    def require_login(self, request: Request) -> None:
        """Ask for the cookie of the page's login, or for a name and a password, if there are accounts.

        Raises:
            RefusedError: If the request has neither.
        """
        if self._accounts is None or _is_logged_in(request):
            return
        name, password = _credentials(request.headers.get("authorization", ""))
        expected = self._accounts.get(name, "")
        # Compared for unknown names too, so that the time taken does not tell which names exist.
        if not (secrets.compare_digest(expected.encode(), password.encode()) and name in self._accounts):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "Give a name and a password that may enter.")


def _is_logged_in(request: Request) -> bool:
    """Whether the request has a cookie of the page's login, which holds one of Gradio's tokens."""
    app = request.app
    cookies = (request.cookies.get(f"access-token-{kind}{app.cookie_id}") for kind in ("", "unsecure-"))
    return any(cookie in app.tokens for cookie in cookies if cookie)


def _credentials(header: str) -> tuple[str, str]:
    """Name and password of an Authorization header; empty unless it is a valid Basic one."""
    scheme, _, encoded = header.partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    name, _, password = decoded.partition(":")
    return name, password


def _is_cross_origin(scope: Scope) -> bool:
    """Whether the request comes from a page of another origin, by the headers that browsers send.

    A proxy that calls the server by another name than its visitors use sends their name in
    ``X-Forwarded-Host``; no browser sends that header across origins without asking the server first.
    """
    origin = _header(scope, b"origin")
    try:
        hosts = {_header(scope, b"host"), _header(scope, b"x-forwarded-host")}
        return origin is not None and urlsplit(origin).netloc not in hosts
    except ValueError:
        return True


def _host(scope: Scope) -> str:
    """The name or address that the request asks for; empty if it is malformed."""
    match = _HOST.fullmatch(_header(scope, b"host") or "")
    return match["name"].strip("[]").lower() if match else ""


def _header(scope: Scope, name: bytes) -> str | None:
    value = next((value for key, value in scope["headers"] if key == name), None)
    return None if value is None else value.decode("latin-1")
