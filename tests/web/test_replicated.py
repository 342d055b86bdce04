"""A login that all replicas of the page know: what proves it, and what does not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.web import replicated
from assistant.web.replicated import SharedLogins, SharedSecret

SECRET = SharedSecret(b"k" * 32)
DAY = 24 * 3600


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        """Its time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(replicated, "time", clock)
    return clock


class Replica:
    """A process of the page with its logins; a request to ``/login`` gets a token, ``/logout`` ends it."""

    def __init__(self, secret: SharedSecret = SECRET) -> None:
        self.tokens: dict[str, str] = {}
        self._page = SimpleNamespace(cookie_id="x", tokens=self.tokens)
        self.logins = SharedLogins(self._answer, secret)
        self._token = ""

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        del receive
        headers = []
        if scope["path"] == "/login":
            self.tokens[self._token] = "reader"
            headers = [(b"set-cookie", f"access-token-x={self._token}; HttpOnly".encode())]
        elif scope["path"] == "/logout":
            self.tokens.pop(self._token, None)
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    def ask(self, path: str, token: str, cookies: str = "", **scope: Any) -> list[str]:
        """The cookies that a request sets."""
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        self._token = token
        headers = [(b"cookie", cookies.encode()), *scope.pop("headers", ())]
        asked = {"type": "http", "path": path, "app": self._page, "headers": headers, **scope}
        asyncio.run(self.logins(asked, None, send))  # type: ignore[arg-type]
        return [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]


def proof_of(cookies: list[str]) -> str:
    """The cookie that proves a login, as a browser sends it."""
    (found,) = [each for each in cookies if each.startswith("essay-assistant-login=")]
    return found.partition(";")[0]


def test_a_proof_names_its_user_for_a_day(clock: Clock) -> None:
    for user in ("reader", "Zoë; a=b. Ω", ""):
        proof = SECRET.proof("token", user)
        assert ";" not in proof
        assert SECRET.proven_user("token", proof) == user
    proof = SECRET.proof("token", "reader")
    clock.now += DAY - 1
    assert SECRET.proven_user("token", proof) == "reader"
    clock.now += 1
    assert SECRET.proven_user("token", proof) is None


def test_what_proves_nothing(clock: Clock) -> None:
    proof = SECRET.proof("token", "reader")
    claim, _, digest = proof.rpartition(".")
    at, _, user = claim.partition(".")
    clock.now += DAY
    later = SECRET.proof("token", "reader").partition(".")[0]
    clock.now -= DAY
    other = SECRET.proof("token", "editor").split(".")[1]
    forged = [
        f"{at}.{other}.{digest}",
        f"{later}.{user}.{digest}",
        f"{claim}.{'0' * len(digest)}",
        f"{claim}.",
        claim,
        digest,
        "",
        "..",
        "é.ü.ß",
    ]
    assert [SECRET.proven_user("token", each) for each in forged] == [None] * len(forged)
    # Another login, and another secret.
    assert SECRET.proven_user("another", proof) is None
    assert SharedSecret.new().proven_user("token", proof) is None
    assert SECRET.proven_user("token", proof) == "reader"


def test_a_secret_is_not_shown() -> None:
    assert "kkk" not in repr(SECRET)
    assert SECRET.name("logins") == SharedSecret(SECRET.key).name("logins") != SECRET.name("events")


def test_a_login_at_one_replica_holds_at_another() -> None:
    one, two, foreign = Replica(), Replica(), Replica(SharedSecret.new())
    proof = proof_of(one.ask("/login", "t"))
    for replica in (two, foreign):
        replica.ask("/", "", "access-token-x=t")
        replica.ask("/", "", f"access-token-x=another; {proof}")
        assert replica.tokens == {}
        replica.ask("/", "", f"access-token-x=t; {proof}")
    assert two.tokens == {"t": "reader"}
    assert foreign.tokens == {}


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


def test_a_login_that_was_ended_stays_ended_and_is_forgotten_with_its_proof(clock: Clock) -> None:
    replica = Replica()
    proof = proof_of(replica.ask("/login", "t"))
    replica.ask("/logout", "t", f"access-token-x=t; {proof}")
    for _ in range(2):
        replica.ask("/", "", f"access-token-x=t; {proof}")
        assert replica.tokens == {}
        clock.now += DAY - 1
    # By now the proof is too old by itself.
    for number in range(100):
        replica.ask("/login", f"t{number}")
        replica.ask("/logout", f"t{number}")
        replica.ask("/", "", f"access-token-x=t; {proof}")
        assert replica.tokens == {}
        clock.now += DAY / 10
    assert len(replica.logins._ended) <= 11  # noqa: SLF001 - what it remembers shows nowhere else
