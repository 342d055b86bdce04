"""Who is spoken to: names of this machine, pages of this address, and those who may enter."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse

from assistant.programs.calls import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

_NOT_OWN = "This page is open to its own machine only, as localhost; another --host opens it to others."
_FOREIGN = "Pages of other addresses may not ask here."


def is_own(host: str) -> bool:
    """Whether a host's name or address means the machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class OwnMachine:
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
        if scope["type"] == "http" and not is_own(_host(scope)):
            await PlainTextResponse(_NOT_OWN, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class OwnPages:
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


class Door:
    """Where programs enter: no pages of other addresses, and whoever has a name and its password.

    Args:
        accounts: Names and passwords of those who may enter, or nothing for everyone.
    """

    def __init__(self, accounts: Sequence[tuple[str, str]] | None) -> None:
        self._accounts = dict(accounts) if accounts is not None else None

    def let_in(self, request: Request) -> None:
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
