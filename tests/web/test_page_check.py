"""The part of the page that checks, and the choice of a citation style, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browser_steps import accessibility_violations, ask, open_page
from page_library import FakeLibrary, keepers_log, renamed
from page_server import served
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser

_PATIENCE = 30_000
_EXACT = "The keeper swears nothing, yet each line is signed by the light that others saw."
_ALTERED = _EXACT.replace("nothing", "something")
_HOSTILE = "</textarea><img src=x onerror=\"document.title='taken'\"> ${3} \u202eevil"
_DRAFT = f"As Marsh has it, “{_ALTERED[:-1]}” (Marsh 33).\n\nI <b>agree</b>.\n"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    library = FakeLibrary(keepers_log(), renamed(keepers_log(), "zeta"))
    with served(library, assess=lambda *_: pytest.fail("nothing is measured")) as server:
        yield server.address


def _opened(visitor: BrowserContext, address: str) -> Page:
    page = visitor.new_page()
    open_page(page, address)
    return page


def _check(page: Page, text: str) -> None:
    page.get_by_role("tab", name="Check").click()
    # The opened part is filled with what the tab has saved; on a busy machine this takes a moment.
    page.wait_for_timeout(1000)
    page.fill("#check-text textarea", text)
    page.click("#go-check")


def _clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_quotation_is_judged_copied_and_opened(visitor: BrowserContext, address: str) -> None:
    page, other = _opened(visitor, address), _opened(visitor, address)
    _check(page, _ALTERED)
    expect(page.locator(".judged")).to_have_text("Altered")
    expect(page.locator(".place del")).to_have_text("something,")
    page.click(".place .copy-quotation")
    expect(page.locator(".place .copy-quotation.copied")).to_be_visible()
    assert _EXACT[:-1] in _clipboard(page)
    page.click(".place .read-here")
    expect(page.locator(".reader .current")).to_have_attribute("data-passage", "log/p02")
    expect(page.locator(".reader .current")).to_be_focused()
    page.click("#back")
    expect(page.locator(".place .read-here")).to_be_focused()
    other.get_by_role("tab", name="Check").click()
    assert other.input_value("#check-text textarea") == ""
    assert other.locator(".judged").count() == 0


def test_a_draft_is_uploaded_and_shown_with_its_problems(
    visitor: BrowserContext, address: str, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text(_DRAFT, "utf-8")
    page = _opened(visitor, address)
    page.get_by_role("tab", name="Check").click()
    page.set_input_files("#check-file input[type=file]", draft)
    expect(page.locator("#check-file")).to_contain_text("draft")
    page.click("#go-check")
    expect(page.locator(".draft .text").first).to_contain_text("As Marsh has it, “The keeper swears")
    expect(page.locator(".draft .text del").first).to_have_text("something,")
    expect(page.locator(".draft .text").last).to_contain_text("I <b>agree</b>.")
    expect(page.locator("#checked h2")).to_be_focused()
    expect(page.locator("#checked h2")).to_be_in_viewport()
    expect(page.locator(".draft aside section")).to_have_count(1)
    assert page.locator(".draft aside").inner_text().count("p. 31, paragraph 2") == 1
    page.click(".draft .text .n >> nth=1")
    expect(page.locator("#f2")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Check", exact=True)).to_be_enabled()
    page.click("#go-check")
    expect(page.locator("#checked .fault")).to_contain_text("Paste a quotation")


def test_pasted_words_and_their_result_survive_a_reload(visitor: BrowserContext, address: str) -> None:
    page = _opened(visitor, address)
    _check(page, _ALTERED)
    expect(page.locator(".judged")).to_have_text("Altered")
    result = page.locator("#checked .checked").inner_text()
    page.fill("#check-text textarea", _HOSTILE)
    page.click("#check-essays input")
    page.get_by_role("option", name="The Keeper’s Log").last.click()
    page.keyboard.press("Escape")
    page.wait_for_function("sessionStorage.getItem('essay-assistant-check').includes('zeta')")
    page.reload()
    page.get_by_role("tab", name="Check").click()
    expect(page.locator(".judged")).to_have_text("Altered", timeout=_PATIENCE)
    assert page.input_value("#check-text textarea") == _HOSTILE
    assert page.locator("#checked .checked").inner_text() == result
    expect(page.locator("#check-essays .token")).to_have_count(1)
    page.fill("#check-text textarea", _EXACT)
    page.click("#go-check")
    expect(page.locator(".judged")).to_have_text("Exact")
    expect(page.locator(".place")).to_have_count(1)


def test_the_fixed_copy_is_saved_and_copied(visitor: BrowserContext, address: str, tmp_path: Path) -> None:
    draft = tmp_path / "my <b>draft.md"
    draft.write_text(_DRAFT, "utf-8")
    page = _opened(visitor, address)
    page.get_by_role("tab", name="Check").click()
    page.set_input_files("#check-file input[type=file]", draft)
    expect(page.locator("#check-file")).to_contain_text("draft")
    page.click("#go-check")
    with page.expect_download() as saving:
        page.click(".mended .download")
    assert saving.value.suggested_filename.endswith(".fixed.md")
    fixed = _DRAFT.replace("something", "nothing").replace("33", "31")
    assert Path(saving.value.path()).read_bytes() == fixed.encode()
    page.click(".mended .copy-mended")
    expect(page.locator(".mended .copied")).to_be_visible()
    assert _clipboard(page) == fixed
    page.reload()
    page.get_by_role("tab", name="Check").click()
    expect(page.locator("#checked .was")).to_contain_text("was checked before this page was loaded again")


def test_a_restart_of_the_server_loses_nothing_that_was_pasted(visitor: BrowserContext) -> None:
    with served(FakeLibrary(keepers_log())) as first:
        page, port = _opened(visitor, first.address), first.port
        _check(page, _ALTERED)
        expect(page.locator(".judged")).to_have_text("Altered")
        page.fill("#check-text textarea", _DRAFT)
    page.click("#go-check")
    expect(page.locator(".toast-wrap")).to_contain_text("Connection to the server was lost")
    with served(FakeLibrary(keepers_log()), port=port):
        expect(page.locator(".toast-wrap .error")).to_have_count(0, timeout=60_000)
        page.get_by_role("tab", name="Check").click()
        expect(page.locator("#check-text textarea")).to_have_value(_DRAFT, timeout=_PATIENCE)
        expect(page.locator(".draft .text del").first).to_have_text("something,", timeout=_PATIENCE)


def test_differences_are_announced_in_words_too_and_not_copied(visitor: BrowserContext, address: str) -> None:
    page = _opened(visitor, address)
    _check(page, _ALTERED)
    expect(page.locator(".place del")).to_have_text("something,")
    announced = page.locator(".place .passage-text").aria_snapshot()
    assert "not printed: something," in announced.replace('"', "")
    assert "printed: nothing," in announced.replace('"', "")
    assert "[" not in page.locator(".place .passage-text").inner_text()


def test_each_part_has_one_heading_of_its_own(visitor: BrowserContext, address: str) -> None:
    page = _opened(visitor, address)
    for name in ("Check", "Measure"):
        page.get_by_role("tab", name=name).click()
        expect(page.locator("h1:visible")).to_have_count(1)
        levels = page.locator(":is(h1, h2, h3, h4):visible").evaluate_all(
            "all => all.map(one => +one.tagName[1])"
        )
        assert levels[0] == 1
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_serious_violation_in_what_was_checked(
    browser: Browser,
    address: str,
    width: int,
    scheme: Any,
) -> None:
    visitor = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = _opened(visitor, address)
    for text, shown in ((_ALTERED, ".place"), (_DRAFT, ".draft")):
        _check(page, text)
        expect(page.locator(shown)).to_be_visible(timeout=_PATIENCE)
        expect(page.locator("#go-check")).to_be_enabled()
        for part in page.locator(".mended summary").all():
            part.click()
        assert accessibility_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.close()


def test_the_chosen_style_is_cited_in_and_kept(visitor: BrowserContext, address: str) -> None:
    page = _opened(visitor, address)
    ask(page, "Why are the shortest entries the proudest?")
    page.click("#style input")
    page.get_by_role("option", name="APA 7").click()
    ask(page, "Who is signed by the light that others saw?")
    turns = [page.locator(f".turn >> nth={number}").locator(".citation").first for number in (0, 1)]
    expect(turns[0]).to_have_text("(Marsh 32)")
    expect(turns[1]).to_have_text("(Marsh, in apa)")
    _copies_in(page, "(Marsh, in apa)")
    page.reload()
    expect(page.locator("#style input")).to_have_value("APA 7", timeout=_PATIENCE)
    _copies_in(page, "(Marsh, in apa)")
    other = _opened(visitor, address)
    expect(other.locator("#style input")).to_have_value("MLA 9")


def _copies_in(page: Page, citation: str) -> None:
    """A sentence of the essay is copied with this citation, once the server has sent it."""

    def copied() -> bool:
        page.locator(".reader [data-passage='log/b01'] .s").first.click()
        page.wait_for_timeout(400)
        return _clipboard(page).endswith(citation)

    assert any(copied() for _ in range(10))
