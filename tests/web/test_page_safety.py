"""The page in a browser, with an essay, a conversation and drafts that all try to inject scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from page_library import FakeLibrary, keepers_log, passage, renamed, stored
from page_server import served
from playwright.sync_api import BrowserContext, Page, Route, expect

from assistant.core.essay import CSLItem, Kind

pytestmark = pytest.mark.browser

_PATIENCE = 30_000
_FLAG = "window.taken=1"
_HOSTILE = (
    f"<script>{_FLAG}</script><img src=x onerror='{_FLAG}'><svg/onload=\"{_FLAG}\"> "
    f"<a href='javascript:{_FLAG}'>link</a> \"><b onmouseover={_FLAG}> [link](javascript:{_FLAG}) "
    f"</textarea></style></script><script>{_FLAG}</script> ${{{_FLAG}}} {{{{{_FLAG}}}}} "
    "\u202eback\u202c \u0007\u009b31m\u0085 end."
)
_ACCOUNTS = [("ada", "a secret")]


def _library() -> FakeLibrary:
    """A library of an essay whose every part is hostile, and of one that is not."""
    passages = [
        passage(
            f"{_HOSTILE} Oil and weather.^1^",
            kind=kind,
            name=f"log/{kind[0]}{ordinal}",
            section=_HOSTILE,
            ordinal=ordinal,
        )
        for ordinal, kind in enumerate(get_args(Kind), 1)
    ]
    record: CSLItem = {"title": _HOSTILE, "author": [{"family": _HOSTILE, "given": _HOSTILE}]}
    return FakeLibrary(replace(renamed(stored(passages), "nasty"), reference=record), keepers_log())


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(_library(), assess=lambda *_: pytest.fail("nothing is measured")) as server:
        yield server.address


@pytest.fixture
def page(visitor: BrowserContext, address: str) -> Iterator[Page]:
    """The page, which must request nothing from another address and run no script of an essay."""
    outside: list[str] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    visitor.route("**/*", guard)
    page = visitor.new_page()
    page.on("dialog", lambda dialog: outside.append(dialog.message))
    page.goto(address)
    expect(page.locator(".reader [data-passage]").first).to_be_attached(timeout=_PATIENCE)
    yield page
    page.wait_for_timeout(200)
    assert page.evaluate("window.taken") is None
    assert page.locator("[onerror], [onload], [onmouseover], [href^=javascript]").count() == 0
    assert outside == []


def _check(page: Page, text: str) -> None:
    page.get_by_role("tab", name="Check").click()
    page.fill("#check-text textarea", text)
    page.click("#go-check")
    expect(page.locator("#checked :is(.judged, .draft, .fault)").first).to_be_visible(timeout=_PATIENCE)


def test_an_essay_and_a_question_inject_nothing(page: Page) -> None:
    page.fill("#question textarea", f"Oil and weather? {_HOSTILE}")
    page.keyboard.press("Enter")
    expect(page.locator(".turn:last-child .answer:not(.reading)")).to_be_visible(timeout=_PATIENCE)
    assert _FLAG in page.locator(".turn .asked").inner_text()
    assert _FLAG in page.locator(".card .passage-text").first.inner_text()
    page.locator(".card .read-here").first.click()
    expect(page.locator(".reader .current")).to_be_visible()
    page.reload()
    expect(page.locator(".turn .card").first).to_be_visible(timeout=_PATIENCE)


def test_a_draft_and_a_quotation_inject_nothing(page: Page) -> None:
    for text in (_HOSTILE, f"“{_HOSTILE} Oil and weather and more than that” (Marsh 31).\n\n{_HOSTILE}"):
        _check(page, text)
    page.reload()
    page.get_by_role("tab", name="Check").click()
    expect(page.locator("#checked :is(.judged, .draft, .fault)").first).to_be_visible(timeout=_PATIENCE)
    page.get_by_role("tab", name="Measure").click()
    page.click("#run")
    expect(page.locator("#measure-state")).to_contain_text("Choose a question set")


@pytest.mark.parametrize("name", [f"<img src=x onerror={_FLAG}>.md", "x" * 240 + ".md", "\u202edm.md"])
def test_a_file_of_any_name_injects_nothing(page: Page, tmp_path: Path, name: str) -> None:
    draft = tmp_path / name
    draft.write_text(f"“{_HOSTILE} was never printed” (Marsh 31).", "utf-8")
    page.get_by_role("tab", name="Check").click()
    page.set_input_files("#check-file input[type=file]", draft)
    expect(page.locator("#check-file .file-preview")).to_be_visible(timeout=_PATIENCE)
    page.click("#go-check")
    expect(page.locator("#checked h2").first).to_contain_text(".md", timeout=_PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_a_forged_session_injects_nothing(page: Page) -> None:
    checked = {"text": _HOSTILE, "html": _HOSTILE, "essays": [], "style": _HOSTILE}
    session = json.dumps({"text": _HOSTILE, "html": _HOSTILE, "essays": [_HOSTILE], "checked": checked})
    page.add_init_script(f"sessionStorage.setItem('essay-assistant-check', {json.dumps(session)})")
    page.reload()
    page.get_by_role("tab", name="Check").click()
    expect(page.locator("#checked :is(.judged, .draft, .fault)").first).to_be_visible(timeout=_PATIENCE)


def test_a_file_that_is_too_large_is_refused_with_a_sentence(page: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.md"
    large.write_bytes(b"x" * 53_000_000)
    page.get_by_role("tab", name="Check").click()
    page.set_input_files("#check-file input[type=file]", large)
    expect(page.locator(".toast-wrap")).to_contain_text("size", timeout=_PATIENCE)


def test_only_a_visitor_with_the_password_may_enter(visitor: BrowserContext) -> None:
    with served(FakeLibrary(keepers_log()), auth=_ACCOUNTS) as server:
        page = visitor.new_page()
        page.goto(server.address)
        page.get_by_label("username").fill("ada")
        page.get_by_label("password").fill("wrong")
        page.get_by_role("button", name="Login").click()
        expect(page.get_by_text("Incorrect Credentials")).to_be_visible(timeout=_PATIENCE)
        assert page.request.get(f"{server.address}/api/list").status == 401
        page.reload()
        page.get_by_label("username").fill("ada")
        page.get_by_label("password").fill("a secret")
        page.get_by_role("button", name="Login").click()
        expect(page.locator(".reader [data-passage]").first).to_be_visible(timeout=_PATIENCE)
        assert page.request.get(f"{server.address}/api/list").status == 200
