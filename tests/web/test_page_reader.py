"""The reading pane and the conversation in a browser: keys, find, copies, links, reloads, printing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browser_steps import accessibility_violations, ask, open_page
from page_library import FakeLibrary, keepers_log, passage, renamed, stored
from page_server import served
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

pytestmark = pytest.mark.browser

_QUESTION = "Why are the shortest entries the proudest?"
_HOSTILE = '</h3><img src=x onerror="document.title=\'taken\'"> <b>one</b>. "Two" &amp; ${2}.'
_PATIENCE = 30_000


def _library() -> FakeLibrary:
    hostile = stored([passage(_HOSTILE, kind="heading", name="log/h01"), passage(_HOSTILE, ordinal=2)])
    return FakeLibrary(keepers_log(), renamed(hostile, "nasty"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(_library()) as server:
        yield server.address


def _clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def _marked(page: Page, name: str) -> list[str]:
    return list(page.evaluate("(name) => [...(CSS.highlights.get(name) || [])].map(String)", name))


def _focused(page: Page) -> Any:
    return page.evaluate("document.activeElement.dataset.passage || document.activeElement.tagName")


def _count(page: Page) -> Locator:
    return page.locator("#find output")


def test_cards_are_moved_between_copied_and_opened_by_key(page: Page) -> None:
    page.keyboard.type("c?")
    assert page.input_value("#question textarea") == "c?"
    ask(page, _QUESTION)
    names = page.locator(".card").evaluate_all("all => all.map(one => one.dataset.passage)")
    page.keyboard.press("Escape")
    assert _focused(page) == names[0]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert _focused(page) == names[2]
    page.keyboard.press("ArrowUp")
    expect(page.locator(".card.current")).to_have_attribute("data-passage", names[1])
    assert page.locator(".card.current").evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("c")
    expect(page.locator(".card.current .copy-quotation")).to_have_class(re.compile("copied"))
    assert _clipboard(page) == page.locator(".card.current .copy-quotation").get_attribute("data-copy")
    page.keyboard.press("Alt+r")
    # The essay has followed the answer; the key with Alt opens nothing else.
    expect(page.locator(".reader .current")).to_have_attribute("data-passage", names[0])
    page.keyboard.press("r")
    expect(page.locator(".reader .current")).to_have_attribute("data-passage", names[1])
    page.keyboard.press("/")
    assert _focused(page) == "TEXTAREA"


def test_the_list_of_keys_opens_closes_and_turns_letters_off(page: Page) -> None:
    keys = page.locator("#keys")
    page.locator("#show-keys").focus()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "show-keys"
    page.keyboard.press("Enter")
    expect(keys).to_be_visible()
    page.locator("#letters-on").uncheck()
    keys.get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(keys).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "show-keys"


def test_a_phrase_is_found_across_page_turns_and_note_marks(page: Page) -> None:
    page.locator("#show-keys").focus()
    page.keyboard.press("f")
    page.keyboard.type("FORTY  miles away")
    expect(_count(page)).to_have_text("1 of 1")
    assert _marked(page, "desk-found-now") == ["forty miles away"]
    page.fill("#find input", 'out at dawn." Historians')
    expect(_count(page)).to_have_text("1 of 1")
    page.fill("#find input", "the keeper")
    expect(_count(page)).to_have_text(re.compile(r"\d of 4"))
    assert [words.lower() for words in _marked(page, "desk-found")] == ["the keeper"] * 4
    number = int(_count(page).inner_text()[0])
    page.keyboard.press("Enter")
    expect(_count(page)).to_have_text(f"{number % 4 + 1} of 4")
    for _ in range(4):
        page.keyboard.press("Shift+Enter")
    expect(_count(page)).to_have_text(f"{number % 4 + 1} of 4")
    page.keyboard.press("Shift+Enter")
    expect(_count(page)).to_have_text(f"{number} of 4")
    expect(page.locator("#ruler .tick.found").first).to_be_attached()
    page.fill("#find input", "inspectors came daily")
    expect(_count(page)).to_have_text("Not in this essay")
    page.keyboard.press("Escape")
    assert page.input_value("#find input") == ""
    assert _marked(page, "desk-found") == []


def test_hits_are_marked_in_the_essay_and_on_the_ruler(page: Page) -> None:
    ask(page, _QUESTION)
    marks = page.locator(".card[data-essay='log'] mark")
    in_cards = marks.evaluate_all("all => all.map(one => one.textContent)")
    assert sorted(_marked(page, "desk-hits")) == sorted(in_cards) != []
    expect(_count(page)).to_have_text(f"Marked: {len(in_cards)}")
    ticks = page.locator("#ruler .tick.hit")
    expect(ticks).to_have_count(len(in_cards))
    page.locator("#pane").evaluate("one => one.scrollTo(0, 0)")
    last = ticks.last.bounding_box()
    assert last is not None
    page.mouse.click(last["x"] + 5, last["y"] + 2)
    assert page.locator("#pane").evaluate("one => one.scrollTop") > 0
    page.get_by_role("button", name="Next place").click()
    expect(_count(page)).to_have_text(re.compile(rf"Marked: \d of {len(in_cards)}"))


def test_a_sentence_is_copied_by_a_click_or_a_key_and_not_by_selecting(page: Page) -> None:
    sentences = page.locator(".reader [data-passage='log/p01'] .s")
    page.evaluate("navigator.clipboard.writeText('before')")
    sentences.nth(0).dblclick(position={"x": 60, "y": 12})
    page.wait_for_timeout(600)
    assert _clipboard(page) == "before"
    page.evaluate("getSelection().removeAllRanges()")
    sentences.nth(0).click(position={"x": 60, "y": 12})
    expect(page.locator("#desk-voice")).to_contain_text("Copied: “A lighthouse keeper")
    assert _clipboard(page) == "“A lighthouse keeper wrote two books at once.” (Marsh 31)"
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(sentences.nth(1)).to_have_class(re.compile("copied"))
    assert _clipboard(page).startswith("“In the first he set down")


def test_a_link_opens_its_passage_and_every_passage_offers_its_own(
    visitor: BrowserContext, page: Page, address: str
) -> None:
    link = page.get_by_role("link", name="Link to p03")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-voice")).to_have_text("Link copied.")
    assert _clipboard(page) == f"{address}/#log/p03"
    other = visitor.new_page()
    other.goto(f"{address}/#nasty/p01")
    expect(other.locator(".reader .current")).to_have_attribute("data-passage", "nasty/p01")
    assert other.locator(".reader .current").evaluate("one => one.textContent") == _HOSTILE
    assert other.title() == "Essay Assistant"
    other.evaluate("location.hash = '#log/p03'")
    expect(other.locator(".reader .current")).to_have_attribute("data-passage", "log/p03")
    expect(other.locator(".reader .current")).to_be_in_viewport()
    other.evaluate("location.hash = '#log/p99'")
    expect(other.locator("#desk-voice")).to_have_text("The essay has no passage “log/p99”.")
    other.evaluate("location.hash = '#gone/p01'")
    expect(other.locator(".toast-wrap")).to_contain_text("is not in the library")


def test_a_tab_keeps_its_conversation_over_a_reload_and_no_other_tab_has_it(
    visitor: BrowserContext, page: Page, address: str
) -> None:
    ask(page, _QUESTION)
    shown = page.locator(".turn").inner_html()
    page.locator(".card").first.locator(".read-here").click()
    page.fill("#question textarea", "And then?")
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    assert page.locator(".turn .passage-text").first.inner_html() in shown
    expect(page.locator("#question textarea")).to_have_value("And then?")
    ask(page, "What of the inspectors?")
    expect(page.locator(".turn")).to_have_count(2)
    other = visitor.new_page()
    open_page(other, address)
    assert other.locator(".turn").count() == 0
    page.locator("#new-conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    page.wait_for_timeout(600)
    page.reload()
    expect(page.locator(".welcome")).to_be_visible()


def test_a_restart_of_the_server_is_reported_and_survived(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    with served(_library()) as server:
        open_page(page, server.address)
        ask(page, _QUESTION)
    page.fill("#question textarea", "Are you there?")
    page.keyboard.press("Enter")
    expect(page.locator(".toast-wrap")).to_contain_text("Connection to the server was lost")
    with served(_library(), port=server.port):
        expect(page.locator(".toast-wrap .error")).to_have_count(0, timeout=60_000)
        expect(page.locator(".turn .card").first).to_be_visible(timeout=_PATIENCE)
        # The question that the server did not get is asked by itself.
        expect(page.locator(".turn")).to_have_count(2)
        expect(page.locator(".turn .answer")).to_have_count(2, timeout=_PATIENCE)
        ask(page, "What of the inspectors?")
        asked = [_QUESTION, "Are you there?", "What of the inspectors?"]
        expect(page.locator(".turn .asked")).to_contain_text(asked)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_axe_finds_no_serious_violation(browser: Browser, address: str, width: int, scheme: Any) -> None:
    visitor = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = visitor.new_page()
    open_page(page, address)
    ask(page, _QUESTION)
    page.locator(".legend summary").click()
    assert accessibility_violations(page) == []
    page.locator(".card").first.locator(".read-here").click()
    page.fill("#find input", "the")
    assert accessibility_violations(page) == []
    page.locator("#show-keys").click()
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.close()


def test_questions_passages_citations_and_references_are_printed_and_nothing_else(page: Page) -> None:
    ask(page, _QUESTION)
    page.emulate_media(media="print")
    expect(page.locator(".references .reference")).to_be_visible()
    for part in (".asked", ".verdict", ".card >> nth=0", ".folded >> nth=0", ".card .citation >> nth=0"):
        expect(page.locator(part)).to_be_visible()
    for part in ("button:not(.note-mark)", "summary", "input", "textarea", "#reading-side", ".unfold"):
        assert page.locator(part).locator("visible=true").count() == 0, part
    assert page.evaluate("document.body.scrollHeight") > page.locator(".turn").bounding_box()["height"]  # type: ignore[index]
    assert len(page.pdf(format="A4")) > 1000
