"""Who is spoken to where a page is served to its own machine alone."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_REFUSED = "This page is open to its own machine only, as localhost; another --host opens it to others."


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
            await PlainTextResponse(_REFUSED, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _host(scope: Scope) -> str:
    named = next((value for name, value in scope["headers"] if name == b"host"), b"")
    try:
        return urlsplit(f"//{named.decode('latin-1')}").hostname or ""
    except ValueError:
        return ""
