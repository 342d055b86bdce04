"""What the proxies do for the page: which replica has a session, and what if one is lost."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from assistant.web.replicated import SESSION_COOKIE as COOKIE
from assistant.web.replicated import WITHOUT_SESSION


@pytest.fixture
def router() -> Any:
    """A router with the settings of the deployment, and no replicas."""
    pytest.importorskip("ray")
    from assistant.cluster.page_router import PageRouter

    router = object.__new__(PageRouter)
    router._cookie = COOKIE
    return router


def session(router: Any, path: str, *cookies: str, client: Any = ("192.0.2.7", 4711)) -> str:
    """The replica that a request names."""
    headers = [(b"host", b"page.example"), *((b"cookie", cookie.encode("latin-1")) for cookie in cookies)]
    scope = {"path": path, "headers": headers, "client": client}
    return str(router._session_of(scope))  # noqa: SLF001 - what Ray calls is this with its own requests


@pytest.mark.parametrize("path", ["/", "/queue/join", "/config"])
def test_the_cookie_names_the_replica(router: Any, path: str) -> None:
    assert session(router, path, f"{COOKIE}=abc") == "abc"
    assert session(router, path, f"a=b; {COOKIE}=abc; c=d") == "abc"
    assert session(router, path, "a=b", f"{COOKIE}=abc") == "abc"


@pytest.mark.parametrize("path", ["/api/ask", "/mcp", "/mcp/"])
def test_any_replica_answers_programs(router: Any, path: str) -> None:
    assert session(router, path, f"{COOKIE}=abc") == ""


def test_a_browser_without_cookies_is_known_by_its_address_once_it_has_the_page(router: Any) -> None:
    assert session(router, "/") == ""
    assert session(router, "/queue/join") == "192.0.2.7"
    assert session(router, "/queue/join", "other=\xe9", f"{COOKIE}=") == "192.0.2.7"
    assert session(router, "/queue/join", client=None) == ""
    assert router._session_of({}) == ""  # noqa: SLF001 - a request of another kind


class Replicas:
    """What sends requests to replicas, some of which are lost; as Ray Serve it sends nothing then.

    Args:
        lost: How many are lost before one answers.
        status: The status of its answer.
    """

    def __init__(self, lost: int, status: int = 200) -> None:
        self._lost, self._status = lost, status
        self.bodies: list[bytes] = []

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        if len(self.bodies) > self._lost:
            await send({"type": "http.response.start", "status": self._status, "headers": []})
            await send({"type": "http.response.body", "body": b"answered"})


def sent_by(replicas: Replicas, method: str, path: str, *body: bytes, leaves: bool = False) -> list[Any]:
    """The messages that a client gets for a request."""
    page_router = pytest.importorskip("assistant.cluster.page_router")
    parts = [{"type": "http.request", "body": part, "more_body": part != body[-1]} for part in body]
    messages = iter([*parts, {"type": "http.disconnect"}] if leaves else parts)
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    (middleware,) = page_router.middlewares()
    scope = {"type": "http", "method": method, "path": path}
    asyncio.run(middleware.cls(replicas)(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/api/ask"), ("POST", "/api/check"), ("POST", "/mcp")]
)
def test_what_only_reads_is_sent_once_more(method: str, path: str) -> None:
    replicas = Replicas(lost=1)
    started, body = sent_by(replicas, method, path, b"two ", b"parts")
    assert (started["status"], body["body"]) == (200, b"answered")
    assert replicas.bodies == [b"two parts"] * 2


@pytest.mark.parametrize(
    ("method", "path", "asked", "sentence"),
    [
        ("POST", "/api/ask", 2, "Nothing is changed; ask again."),
        ("POST", "/gradio_api/queue/join", 1, "Look whether it is done before you ask for it again."),
        ("POST", "/", 1, "Look whether it is done before you ask for it again."),
    ],
)
def test_what_no_replica_answers_is_told_in_a_sentence(
    method: str, path: str, asked: int, sentence: str
) -> None:
    replicas = Replicas(lost=9)
    started, body = sent_by(replicas, method, path, b"{}")
    assert started["status"] == 500
    assert json.loads(body["body"])["error"].endswith(sentence)
    assert len(replicas.bodies) == asked


def test_an_error_of_a_replica_is_its_answer() -> None:
    replicas = Replicas(lost=0, status=500)
    assert sent_by(replicas, "POST", "/api/ask", b"{}")[0]["status"] == 500
    assert len(replicas.bodies) == 1


def test_a_body_that_is_too_long_to_be_kept_is_sent_once() -> None:
    replicas = Replicas(lost=1)
    started, _ = sent_by(replicas, "POST", "/api/check-file", b"a" * 6_000_000, b"b" * 6_000_000)
    assert (started["status"], [len(body) for body in replicas.bodies]) == (500, [12_000_000])


def test_programs_are_those_that_have_no_sessions() -> None:
    assert pytest.importorskip("assistant.cluster.page_router").PROGRAMS == WITHOUT_SESSION
