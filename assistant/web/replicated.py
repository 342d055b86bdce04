"""What the page needs where many processes serve it: logins that all know, and one of them for each reader.

``app.serve`` needs none of it: there one process has the queue of events and knows who has logged in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Names the replica that a browser talks to.
SESSION_COOKIE = "essay-assistant-replica"
# What programs ask, of which any replica may answer each request.
WITHOUT_SESSION = ("/api/", "/mcp")
_PROOF_COOKIE = "essay-assistant-login"
# Seconds for which a login at one replica is taken over by others.
_LOGIN_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """What the replicas of a page have in common and nobody else knows."""

    key: bytes = field(repr=False)

    @staticmethod
    def new() -> SharedSecret:
        """A new one."""
        return SharedSecret(secrets.token_bytes(32))

    def name(self, purpose: str) -> str:
        """A name that is the same at all replicas, and tells nothing of the secret."""
        return self._digest(purpose.encode())[:32]

    def proof(self, token: str, user: str) -> str:
        """A text that proves that a user has got a token now."""
        claim = f"{int(time.time())}.{base64.urlsafe_b64encode(user.encode()).decode()}"
        return f"{claim}.{self._digest(f'{token}.{claim}'.encode())}"

    def proven_user(self, token: str, proof: str) -> str | None:
        """The user who has got a token, if a text proves it."""
        claim, _, digest = proof.rpartition(".")
        at, _, user = claim.partition(".")
        if not hmac.compare_digest(digest.encode(), self._digest(f"{token}.{claim}".encode()).encode()):
            return None
        try:
            is_recent = time.time() - int(at) < _LOGIN_SECONDS
            return base64.urlsafe_b64decode(user).decode() if is_recent else None
        except (ValueError, binascii.Error):
            return None

    def _digest(self, message: bytes) -> str:
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()


class SharedLogins:
    """Middleware by which a login at one replica holds at all of them.

    Gradio's process remembers the token in its cookie. A second cookie proves to the other processes, which
    have the same secret, who has got that token.

    Args:
        app: What answers.
        secret: The secret of the replicas.
    """

    def __init__(self, app: ASGIApp, secret: SharedSecret) -> None:
        self._app, self._secret = app, secret
        # When each token that was logged out here was; a proof of it counts no longer than a login.
        self._ended: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cookies = HTTPConnection(scope).cookies
        page = scope["app"]
        names = [f"access-token-{kind}{page.cookie_id}" for kind in ("", "unsecure-")]
        known: MutableMapping[str, str] = page.tokens
        for token in {cookies[name] for name in names if cookies.get(name)} - self._ended.keys():
            user = self._secret.proven_user(token, cookies.get(_PROOF_COOKIE, ""))
            if user is not None:
                known.setdefault(token, user)
        before, is_encrypted = set(known), _is_encrypted(scope)

        async def prove(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                for token in _set_tokens(headers, names):
                    if token in known:
                        proof = _cookie(_PROOF_COOKIE, self._secret.proof(token, known[token]))
                        headers.append("set-cookie", f"{proof}; Secure" if is_encrypted else proof)
                self._note_ended(before - set(known))
                message = {**message, "headers": headers.raw}
            await send(message)

        await self._app(scope, receive, prove)

    def _note_ended(self, tokens: set[str]) -> None:
        """Take no proof of some tokens any more, and forget those whose proof is too old by now."""
        now = time.time()
        if tokens:
            self._ended = {
                token: at for token, at in self._ended.items() if now - at < _LOGIN_SECONDS
            } | dict.fromkeys(tokens, now)


class SessionCookie:
    """Middleware by which a browser names the replica that has its session.

    Args:
        app: What answers.
        name: Name of this replica.
    """

    def __init__(self, app: ASGIApp, name: str) -> None:
        self._app, self._name = app, name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        has_session = scope["type"] == "http" and not scope["path"].startswith(WITHOUT_SESSION)
        if not has_session or HTTPConnection(scope).cookies.get(SESSION_COOKIE) == self._name:
            await self._app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                headers.append("set-cookie", _cookie(SESSION_COOKIE, self._name))
                message = {**message, "headers": headers.raw}
            await send(message)

        await self._app(scope, receive, with_cookie)


def _set_tokens(headers: MutableHeaders, names: list[str]) -> set[str]:
    """The tokens that a response gives to a browser."""
    cookies: SimpleCookie = SimpleCookie()
    for value in headers.getlist("set-cookie"):
        cookies.load(value)
    return {cookies[name].value for name in names if name in cookies}


def _is_encrypted(scope: Scope) -> bool:
    """Whether a browser has sent a request by https, perhaps to a web server in front of this one."""
    forwarded = HTTPConnection(scope).headers.get("x-forwarded-proto", "")
    return scope.get("scheme") == "https" or forwarded.partition(",")[0].strip() == "https"


def _cookie(name: str, value: str) -> str:
    return f"{name}={value}; HttpOnly; Path=/; SameSite=Lax"
