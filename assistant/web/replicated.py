"""What the page needs where many processes serve it: logins that all know, and one of them for each reader.

``app.serve`` needs none of it: there one process has the queue of events and knows who has logged in.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Names the replica that a browser talks to.
SESSION_COOKIE = "essay-assistant-replica"
# What programs ask, of which any replica may answer each request.
WITHOUT_SESSION = ("/api/", "/mcp")
_PROOF_COOKIE = "essay-assistant-login"
# Seconds for which a login holds that is not used, and after which the proof of one that is used is renewed.
_LOGIN_SECONDS, _RENEWED_AFTER = 24 * 3600, 12 * 3600
# Seconds after which a replica asks who has logged out at others, and in which it must be told.
_ASKED_AFTER, _TOLD_WITHIN = 1.0, 2.0


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

    def prove(self, login: Login, password: str) -> str:
        """A text that proves a login to whoever has the secret and the user's password."""
        user = base64.urlsafe_b64encode(login.user.encode()).decode()
        claim = f"{int(login.at)}.{login.logouts}.{user}"
        return f"{claim}.{self._digest(f'{login.token}.{claim}.{password}'.encode())}"

    def proven(self, token: str, proof: str, accounts: Mapping[str, str]) -> Login | None:
        """The login in which a user has got a token, if a text proves it and it is not too old.

        Args:
            token: The token.
            proof: The text.
            accounts: The passwords of the users who may enter.
        """
        claim, _, digest = proof.rpartition(".")
        try:
            at, logouts, encoded = claim.split(".")
            user = base64.urlsafe_b64decode(encoded).decode()
            login = Login(token, user, int(at), int(logouts))
        except (ValueError, binascii.Error):
            return None
        expected = self._digest(f"{token}.{claim}.{accounts.get(user, '')}".encode())
        is_proven = hmac.compare_digest(digest.encode(), expected.encode()) and user in accounts
        return login if is_proven and time.time() - login.at < _LOGIN_SECONDS else None

    def _digest(self, message: bytes) -> str:
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Login:
    """A login of a user.

    Attributes:
        token: What Gradio has given to the browser.
        user: The user's name.
        at: When, in seconds.
        logouts: How often the user had logged out before.
    """

    token: str = field(repr=False)
    user: str
    at: float
    logouts: int


class Logouts:
    """How often each user has logged out, at whichever replica.

    Args:
        exchange: Tells the other replicas what this one knows, and returns what they know.
    """

    def __init__(self, exchange: Callable[[dict[str, int]], Awaitable[dict[str, int]]]) -> None:
        self._exchange = exchange
        self._known: dict[str, int] = {}
        self._at = -_ASKED_AFTER

    async def of(self, user: str, *, now: bool = False) -> int:
        """How often a user has logged out, as others knew it at most a second ago, or now."""
        if now or time.monotonic() - self._at >= _ASKED_AFTER:
            await self._update()
        return self._known.get(user, 0)

    async def add(self, user: str) -> None:
        """Note that a user logs out."""
        self._known[user] = await self.of(user, now=True) + 1
        await self._update()

    async def _update(self) -> None:
        self._at = time.monotonic()
        # Where nobody answers, what is known here counts.
        with suppress(Exception):
            told = await asyncio.wait_for(self._exchange(self._known), _TOLD_WITHIN)
            self._known = most_logouts(self._known, told)


def most_logouts(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """How often each user has logged out, from what two know of it."""
    return {user: max(one.get(user, 0), other.get(user, 0)) for user in one.keys() | other.keys()}


class SharedLogins:
    """Middleware by which a login at one replica holds at all of them, and a logout too.

    Gradio's process remembers the token in its cookie. A second cookie proves to all processes, which have
    the same secret, who has got that token. Whoever logs out ends all logins of the same user, as in Gradio.

    Args:
        app: What answers.
        secret: The secret of the replicas.
        accounts: The passwords of the users who may enter.
        logouts: Who has logged out.
    """

    def __init__(
        self, app: ASGIApp, secret: SharedSecret, accounts: Mapping[str, str], logouts: Logouts
    ) -> None:
        self._app, self._secret, self._accounts, self._logouts = app, secret, accounts, logouts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cookies = HTTPConnection(scope).cookies
        page = scope["app"]
        names = [f"access-token-{kind}{page.cookie_id}" for kind in ("", "unsecure-")]
        known: MutableMapping[str, str] = page.tokens
        logins = []
        for token in {cookies[name] for name in names if cookies.get(name)}:
            login = await self._login(token, cookies.get(_PROOF_COOKIE, ""))
            if login is None:
                known.pop(token, None)
            else:
                known[token] = login.user
                logins.append(login)
        secure = "; Secure" if _is_encrypted(scope) else ""

        async def prove(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                for cookie in await self._cookies(scope["path"], logins, _set_tokens(headers, names), known):
                    headers.append("set-cookie", f"{cookie}{secure}")
                message = {**message, "headers": headers.raw}
            await send(message)

        await self._app(scope, receive, prove)

    async def _login(self, token: str, proof: str) -> Login | None:
        """The login of a token, unless its user has logged out since."""
        login = self._secret.proven(token, proof, self._accounts)
        is_ended = login is not None and login.logouts < await self._logouts.of(login.user)
        return None if is_ended else login

    async def _cookies(
        self, path: str, logins: list[Login], given: set[str], known: Mapping[str, str]
    ) -> list[str]:
        """The cookies that prove what a request has changed.

        Args:
            path: The path of the request.
            logins: Those that came with it.
            given: The tokens that the response gives.
            known: The user of each token.
        """
        if path == "/logout" and logins:
            for user in {login.user for login in logins}:
                await self._logouts.add(user)
            return [_cookie(_PROOF_COOKIE, "", "; Max-Age=0")]
        now = time.time()
        users = {login.token: login.user for login in logins if now - login.at >= _RENEWED_AFTER}
        users |= {token: known[token] for token in given if token in known}
        return [
            _cookie(_PROOF_COOKIE, self._secret.prove(login, self._accounts.get(login.user, "")))
            for token, user in users.items()
            for login in [Login(token, user, now, await self._logouts.of(user, now=True))]
        ]


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


def _cookie(name: str, value: str, ending: str = "") -> str:
    return f"{name}={value}; HttpOnly; Path=/; SameSite=Lax{ending}"
