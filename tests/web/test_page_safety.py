"""The page in a browser, on an essay, a conversation and drafts that would all take it over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from page_library import FakeLibrary, keepers_log, passage, renamed, stored
from page_server import served
from playwright.sync_api import BrowserContext, Page, Route, expect

from assistant.core.essay import Kind

pytestmark = pytest.mark.browser

_PATIENCE = 30_000
_FLAG = "window.taken=1"
_HOSTILE = (
    f"<script>{_FLAG}</script><img src=x onerror='{_FLAG}'><svg/onload=\"{_FLAG}\"> "
    f"<a href='javascript:{_FLAG}'>link</a> \"><b onmouseover={_FLAG}> [link](javascript:{_FLAG}) "
    f"</textarea></style></script><script>{_FLAG}</script> ${{{_FLAG}}} {{{{{_FLAG}}}}} "
    "\u202eback\u202c \u0007\u009b31m\u0085 end."
)
_DOOR = [("ada", "a secret")]


def _library() -> FakeLibrary:
    """An essay whose every part is hostile, beside one that is not."""
    passages = [
        passage(
            f"{_HOSTILE} Oil and weather.^1^",
            kind=kind,
            name=f"log/{kind[0]}{at}",
            section=_HOSTILE,
            ordinal=at,
        )
        for at, kind in enumerate(get_args(Kind), 1)
    ]
    made = renamed(stored(passages), "nasty")
    record = {"title": _HOSTILE, "author": [{"family": _HOSTILE, "given": _HOSTILE}]}
    made = type(made)(**{name: getattr(made, name) for name in made.__slots__} | {"reference": record})
    return FakeLibrary(made, keepers_log())


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(_library(), assess=lambda *_: pytest.fail("nothing is measured")) as one:
        yield one.address


@pytest.fixture
def page(visitor: BrowserContext, address: str) -> Iterator[Page]:
    """The page, from which nothing is asked of another address and on which no script of an essay runs."""
    outside: list[str] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    visitor.route("**/*", guard)
    one = visitor.new_page()
    one.on("dialog", lambda box: outside.append(box.message))
    one.goto(address)
    expect(one.locator(".reader [data-passage]").first).to_be_attached(timeout=_PATIENCE)
    yield one
    one.wait_for_timeout(200)
    assert one.evaluate("window.taken") is None
    assert one.locator("[onerror], [onload], [onmouseover], [href^=javascript]").count() == 0
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


def test_what_a_tab_was_made_to_keep_injects_nothing(page: Page) -> None:
    checked = {"text": _HOSTILE, "html": _HOSTILE, "essays": [], "style": _HOSTILE}
    kept = json.dumps({"text": _HOSTILE, "html": _HOSTILE, "essays": [_HOSTILE], "checked": checked})
    page.add_init_script(f"sessionStorage.setItem('essay-assistant-check', {json.dumps(kept)})")
    page.reload()
    page.get_by_role("tab", name="Check").click()
    expect(page.locator("#checked :is(.judged, .draft, .fault)").first).to_be_visible(timeout=_PATIENCE)


def test_a_file_that_is_too_large_is_refused_with_a_sentence(page: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.md"
    large.write_bytes(b"x" * 53_000_000)
    page.get_by_role("tab", name="Check").click()
    page.set_input_files("#check-file input[type=file]", large)
    expect(page.locator(".toast-wrap")).to_contain_text("size", timeout=_PATIENCE)


def test_the_door_lets_in_who_has_the_password(visitor: BrowserContext) -> None:
    with served(FakeLibrary(keepers_log()), auth=_DOOR) as one:
        page = visitor.new_page()
        page.goto(one.address)
        page.get_by_label("username").fill("ada")
        page.get_by_label("password").fill("wrong")
        page.get_by_role("button", name="Login").click()
        expect(page.get_by_text("Incorrect Credentials")).to_be_visible(timeout=_PATIENCE)
        assert page.request.get(f"{one.address}/api/list").status == 401
        page.reload()
        page.get_by_label("username").fill("ada")
        page.get_by_label("password").fill("a secret")
        page.get_by_role("button", name="Login").click()
        expect(page.locator(".reader [data-passage]").first).to_be_visible(timeout=_PATIENCE)
        assert page.request.get(f"{one.address}/api/list").status == 200
