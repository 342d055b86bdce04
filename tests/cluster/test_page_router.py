"""Which replica of the page has the session of a request."""

from __future__ import annotations

from typing import Any

import pytest

COOKIE, API = "essay-assistant-replica", ["/api/", "/mcp"]


@pytest.fixture
def router() -> Any:
    """A router with the settings of the deployment, and no replicas."""
    pytest.importorskip("ray")
    from assistant.cluster.page_router import PageRouter

    router = object.__new__(PageRouter)
    router._cookie, router._without_session = COOKIE, tuple(API)
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
