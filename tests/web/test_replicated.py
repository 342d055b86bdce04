"""A login that all replicas of the page know: what proves it, and what does not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.web import replicated
from assistant.web.replicated import Login, Logouts, SharedLogins, SharedSecret, most_logouts

SECRET = SharedSecret(b"k" * 32)
ACCOUNTS = {"reader": "word"}
DAY = 24 * 3600


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        """Its time."""
        return self.now

    monotonic = time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(replicated, "time", clock)
    return clock


class Shared:
    """What replicas know of logouts together."""

    def __init__(self) -> None:
        self.logouts: dict[str, int] = {}
        self.is_lost = False

    async def exchange(self, known: dict[str, int]) -> dict[str, int]:
        """Note and tell, unless nobody answers."""
        if self.is_lost:
            raise OSError
        self.logouts = most_logouts(self.logouts, known)
        return self.logouts


class Replica:
    """A process of the page with its logins; a request to ``/login`` gets a token, ``/logout`` ends all.

    Args:
        shared: What it shares with others.
        secret: The secret.
        accounts: The accounts.
    """

    def __init__(self, shared: Shared | None = None, secret: SharedSecret = SECRET, **accounts: str) -> None:
        self.tokens: dict[str, str] = {}
        self._page = SimpleNamespace(cookie_id="x", tokens=self.tokens)
        logouts = Logouts((shared or Shared()).exchange)
        self.logins = SharedLogins(self._answer, secret, accounts or ACCOUNTS, logouts)
        self._token = ""

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        del receive
        headers = []
        if scope["path"] == "/login":
            self.tokens[self._token] = "reader"
            headers = [(b"set-cookie", f"access-token-x={self._token}; HttpOnly".encode())]
        elif scope["path"] == "/logout":
            self.tokens.clear()
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    def ask(self, path: str, token: str = "", cookies: str = "", **scope: Any) -> list[str]:
        """The cookies that a request sets."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        self._token = token
        headers = [(b"cookie", cookies.encode()), *scope.pop("headers", ())]
        asked = {"type": "http", "path": path, "app": self._page, "headers": headers, **scope}
        asyncio.run(self.logins(asked, None, send))  # type: ignore[arg-type]
        return [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]

    def enter(self, token: str) -> str:
        """Log in; the cookies that the browser then sends."""
        return f"access-token-x={token}; {proof_of(self.ask('/login', token))}"


def proof_of(cookies: list[str]) -> str:
    """The cookie that proves a login, as a browser sends it."""
    (found,) = [each for each in cookies if each.startswith("essay-assistant-login=")]
    return found.partition(";")[0]


def login(clock: Clock, user: str = "reader") -> Login:
    """A login just now."""
    return Login("token", user, clock.now, 3)


def test_a_proof_names_its_login_for_a_day(clock: Clock) -> None:
    for user in ("reader", "Zoë; a=b. Ω", ""):
        proof = SECRET.prove(login(clock, user), "word")
        assert ";" not in proof
        assert SECRET.proven("token", proof, {user: "word"}) == login(clock, user)
    made = login(clock)
    proof = SECRET.prove(made, "word")
    clock.now += DAY - 1
    assert SECRET.proven("token", proof, ACCOUNTS) == made
    clock.now += 1
    assert SECRET.proven("token", proof, ACCOUNTS) is None


def test_what_proves_nothing(clock: Clock) -> None:
    proof = SECRET.prove(login(clock), "word")
    claim, _, digest = proof.rpartition(".")
    at, logouts, user = claim.split(".")
    other = SECRET.prove(login(clock, "editor"), "word").split(".")[2]
    forged = [
        f"{at}.{logouts}.{other}.{digest}",
        f"{int(at) + 1}.{logouts}.{user}.{digest}",
        f"{at}.{int(logouts) + 1}.{user}.{digest}",
        f"{claim}.{'0' * len(digest)}",
        f"{claim}.",
        claim,
        digest,
        "",
        "..",
        "...",
        "é.ü.ß.ø",
    ]
    accounts = ACCOUNTS | {"editor": "word"}
    assert [SECRET.proven("token", each, accounts) for each in forged] == [None] * len(forged)
    # Another login, another secret, another password, and a user who may no longer enter.
    assert SECRET.proven("another", proof, accounts) is None
    assert SharedSecret.new().proven("token", proof, accounts) is None
    assert SECRET.proven("token", proof, {"reader": "words"}) is None
    assert SECRET.proven("token", proof, {"editor": "word"}) is None
    assert SECRET.proven("token", proof, accounts) == login(clock)


def test_a_secret_is_not_shown() -> None:
    assert "kkk" not in repr(SECRET)
    assert SECRET.name("logins") == SharedSecret(SECRET.key).name("logins") != SECRET.name("events")


def test_a_login_at_one_replica_holds_at_another() -> None:
    one, two = Replica(), Replica()
    others = [Replica(secret=SharedSecret.new()), Replica(reader="another word"), Replica(editor="word")]
    proof = proof_of(one.ask("/login", "t"))
    for replica in (two, *others):
        replica.ask("/", "", "access-token-x=t")
        replica.ask("/", "", f"access-token-x=another; {proof}")
        assert replica.tokens == {}
        replica.ask("/", "", f"access-token-x=t; {proof}")
    assert two.tokens == {"t": "reader"}
    assert [replica.tokens for replica in others] == [{}] * 3


@pytest.mark.parametrize(
    ("scope", "ending"),
    [
        ({}, ""),
        ({"scheme": "http"}, ""),
        ({"scheme": "https"}, "; Secure"),
        ({"scheme": "http", "headers": [(b"x-forwarded-proto", b"https")]}, "; Secure"),
        ({"scheme": "http", "headers": [(b"x-forwarded-proto", b"http")]}, ""),
    ],
)
def test_a_proof_that_came_by_https_is_sent_by_https_only(scope: dict[str, Any], ending: str) -> None:
    cookies = Replica().ask("/login", "t", **scope)
    (proof,) = [each for each in cookies if each.startswith("essay-assistant-login=")]
    assert proof.partition(";")[2] == f" HttpOnly; Path=/; SameSite=Lax{ending}"


def test_a_login_that_is_used_holds_on(clock: Clock) -> None:
    one, two = Replica(), Replica()
    cookies = one.enter("t")
    clock.now += DAY / 2 - 1
    assert one.ask("/", "", cookies) == []
    clock.now += 1
    renewed = f"access-token-x=t; {proof_of(one.ask('/', '', cookies))}"
    clock.now += DAY - 1
    two.ask("/", "", renewed)
    assert two.tokens == {"t": "reader"}
    clock.now += 1
    for replica in (one, two):
        replica.ask("/", "", renewed)
        assert replica.tokens == {}


def test_a_logout_at_one_replica_is_one_at_all(clock: Clock) -> None:
    shared = Shared()
    one, two = Replica(shared), Replica(shared)
    cookies, elsewhere = one.enter("t"), two.enter("u")
    two.ask("/", "", cookies)
    assert two.tokens == {"t": "reader", "u": "reader"}
    # The browser forgets the proof; a copy of it is none any more, nor is that of another browser.
    assert one.ask("/logout", "", cookies) == [
        "essay-assistant-login=; HttpOnly; Path=/; SameSite=Lax; Max-Age=0"
    ]
    clock.now += 1
    for replica in (one, two, Replica(shared)):
        replica.ask("/", "", cookies)
        replica.ask("/", "", elsewhere)
        assert replica.tokens == {}
    # A new login holds at all of them.
    again = two.enter("v")
    for replica in (one, two):
        replica.ask("/", "", again)
        assert replica.tokens == {"v": "reader"}


def test_a_logout_is_remembered_by_the_replicas_when_what_they_share_is_lost(clock: Clock) -> None:
    shared = Shared()
    one, two = Replica(shared), Replica(shared)
    cookies = one.enter("t")
    one.ask("/logout", "", cookies)
    shared.logouts, shared.is_lost = {}, True
    one.ask("/", "", cookies)
    assert one.tokens == {}
    shared.is_lost = False
    clock.now += 1
    one.ask("/", "", cookies)
    two.ask("/", "", cookies)
    assert (one.tokens, two.tokens, shared.logouts) == ({}, {}, {"reader": 1})
