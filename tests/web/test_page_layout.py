"""The layout in a browser, as numbers: margins, cards in sight, what the essay shows, what is touched."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from browser_steps import PATIENCE, ask, open_page, unfold
from essay_library import loader, sample_library
from fake_models import FakeEncoder
from page_library import FakeLibrary, keepers_log, passage, renamed, stored
from page_server import served
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant.library.library import Library

pytestmark = pytest.mark.browser

_QUESTION = "Why are the shortest entries the proudest?"
_SIZES = ((390, 844), (768, 1024), (1280, 800), (1920, 1080), (2560, 1440))
_SAMPLE_QUESTION = "Which concordance called the seven parts of a chapter by the letters A to G?"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Two essays, of which the other one answers questions about herons."""
    words = "A heron stands where the river bends. It waits for eels. The eels wait for rain, as herons know."
    herons = renamed(stored([passage(words)]), "herons")
    with served(FakeLibrary(keepers_log(), herons)) as server:
        yield server.address


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = sample_library(tmp_path_factory.mktemp("layout") / "library")
    with served(Library(root, load_encoder=loader(FakeEncoder()))) as server:
        yield server.address


def _box(page: Page, selector: str) -> Any:
    return page.locator(selector).first.evaluate("one => one.getBoundingClientRect().toJSON()")


def _settled(page: Page) -> None:
    """Wait until nothing scrolls any more."""
    page.evaluate("""async () => {
      const pane = document.querySelector("#pane");
      for (let before = -1; before !== pane.scrollTop; ) {
        before = pane.scrollTop;
        await new Promise((done) => setTimeout(done, 250));
      }
    }""")


def test_the_page_stands_in_the_middle_at_any_width(page: Page) -> None:
    ask(page, _QUESTION)
    for width, height in _SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for selector in ("#parts", "#desk"):
            box = _box(page, selector)
            assert abs(box["left"] - (width - box["right"])) <= 2, (width, selector)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_cut_off_at_twice_the_size(browser: Browser, address: str, dark: bool) -> None:  # noqa: FBT001 - a parameter of the test
    # A window of 1280 by 800 at 200 percent.
    context = browser.new_context(
        viewport={"width": 640, "height": 400}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    open_page(page, address)
    ask(page, _QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert _box(page, "#ask-row")["bottom"] <= 400
    assert _box(page, "#conversation")["height"] >= 150
    context.close()


def test_three_cards_are_in_sight(browser: Browser, sample: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    open_page(page, sample)
    ask(page, _SAMPLE_QUESTION)
    column = _box(page, "#conversation")
    cards = page.locator(".card").evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
    assert len(cards) == 3
    assert all(column["top"] <= card["top"] and card["bottom"] <= column["bottom"] + 1 for card in cards)
    # Rank, section and page are on one line; the second and third show two lines of words.
    heads = page.locator(".card-head").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert max(heads) < 30
    shut = page.locator(".card .passage-text").nth(1)
    lines = "one => one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight)"
    assert shut.evaluate(lines) == pytest.approx(2, abs=0.2)
    unfold(page.locator(".card").nth(1))
    assert shut.evaluate(lines) > 2
    context.close()


def test_the_column_of_the_reader_holds_about_66_characters(browser: Browser, sample: str) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    open_page(page, sample)
    characters = page.locator(".reader .part-paragraph").evaluate_all("""all => {
      const long = all.find((one) => one.textContent.length > 400);
      const lines = long.offsetHeight / parseFloat(getComputedStyle(long).lineHeight);
      return long.textContent.length / Math.round(lines);
    }""")
    assert 56 <= characters <= 76
    context.close()


def test_the_essay_follows_the_answer_into_another_essay_with_its_marks(page: Page) -> None:
    assert page.locator(".reader").get_attribute("data-essay") == "log"
    ask(page, "Where does the heron stand and wait for eels?")
    expect(page.locator(".reader[data-essay='herons']")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".reader .current")).to_have_attribute("data-passage", "herons/p01")
    assert page.evaluate("[...CSS.highlights.get('desk-hits')].length") == 1
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_the_essay_stays_where_it_is_read_and_offers_to_follow(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 400})
    ask(page, "What of the second book behind the stove?")
    expect(page.locator(".reader .current")).to_have_attribute("data-passage", "log/p04")
    _settled(page)
    page.hover("#pane")
    page.mouse.wheel(0, -5000)
    page.fill("#question textarea", _QUESTION)
    page.keyboard.press("Enter")
    offer = page.locator("#show-in-essay")
    expect(offer).to_be_visible(timeout=PATIENCE)
    _settled(page)
    assert page.locator("#pane").evaluate("one => one.scrollTop") == 0
    offer.click()
    expect(offer).to_be_hidden()
    first = page.locator(".turn").last.locator(".card").first.get_attribute("data-passage")
    expect(page.locator(".reader .current")).to_have_attribute("data-passage", str(first))
    _settled(page)
    assert page.locator("#pane").evaluate("one => one.scrollTop") > 0


def test_the_page_in_sight_is_named_and_contents_lead_to_headings_and_pages(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 400})
    place = page.locator("#place")
    expect(place).to_have_text("p. 31of 31–33")
    place.click()
    outline = page.locator("#outline")
    expect(outline.locator(".outline-text")).to_have_text(
        ["Oil, Weather, Ships", "The Second Book", "31", "32", "33"]
    )
    assert outline.locator(".outline-page").all_text_contents() == ["31", "32"]
    outline.get_by_role("button", name="page 33").click()
    expect(outline).to_be_hidden()
    expect(place).to_have_text("p. 33of 31–33")
    assert page.locator("#ruler .ruler-page").all_text_contents() == ["31", "32", "33"]
    page.locator("#show-keys").focus()
    page.keyboard.press("o")
    expect(outline).to_be_visible()
    page.keyboard.press("Escape")
    expect(outline).to_be_hidden()
    expect(place).to_be_focused()


def test_the_first_sight_of_one_essay_has_its_record_thesis_outline_and_questions(
    browser: Browser, sample: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    open_page(page, sample)
    expect(page.locator(".welcome .record-title")).to_be_visible()
    expect(page.locator(".welcome .ask-this")).to_have_count(3)
    assert page.locator(".welcome .outline button").count() > 1
    empty = _box(page, "#ask-row")["top"] - _box(page, ".welcome")["bottom"]
    assert empty < 330
    question = page.locator(".ask-this").first.inner_text()
    page.locator(".ask-this").first.click()
    expect(page.locator(".turn:not(.pending) .asked")).to_have_text(question, timeout=PATIENCE)
    expect(page.locator(".welcome")).to_be_hidden()
    context.close()


# -- words that are selected


def _select(page: Page, first: str, start: int, last: str, end: int) -> None:
    page.evaluate(
        """([first, start, last, end]) => {
          const place = (holder, offset) => {
            const nodes = document.createTreeWalker(document.querySelector(holder), NodeFilter.SHOW_TEXT);
            let node = nodes.nextNode();
            for (; offset > node.length; node = nodes.nextNode()) offset -= node.length;
            return [node, offset];
          };
          const range = document.createRange();
          range.setStart(...place(first, start));
          range.setEnd(...place(last, end));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        [first, start, last, end],
    )


def _reader(name: str) -> str:
    return f".reader [data-passage='{name}']"


def _clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_words_over_a_page_break_are_copied_with_both_pages(page: Page) -> None:
    text = page.locator(_reader("log/p02")).evaluate("one => one.textContent")
    start, end = text.index("A ship’s master"), text.index("No diary")
    _select(page, _reader("log/p02"), start, _reader("log/p02"), end)
    copy = page.locator("#selected [data-do=copy]")
    expect(copy).to_have_text("Copy with (Marsh 31–32)")
    copy.click()
    expect(page.locator("#desk-voice")).to_contain_text("Copied:")
    assert _clipboard(page) == f"“{text[start:end].strip().removesuffix('.')}” (Marsh 31–32)."
    # The browser's own copy has the words alone.
    page.keyboard.press("Control+c")
    page.wait_for_function("async () => !(await navigator.clipboard.readText()).includes('Marsh')")
    assert _clipboard(page).split() == text[start:end].split()


def test_words_of_a_card_are_pinned_asked_about_and_checked(page: Page) -> None:
    ask(page, _QUESTION)
    card = ".card[data-passage='log/p02'] .passage-text"
    text = str(page.locator(card).evaluate("one => one.textContent"))
    start = text.index("the shortest are the proudest")
    _select(page, card, start, card, start + len("the shortest are the proudest"))
    bar = page.locator("#selected")
    expect(bar).to_be_visible()
    bar.get_by_role("button", name="Pin").click()
    expect(page.locator("#desk-voice")).to_contain_text("Pinned")
    (pin,) = json.loads(page.evaluate("localStorage.getItem('essay-assistant-notebook')"))["pins"]
    assert (pin["passage"], pin["words"], text[pin["start"] : pin["end"]]) == (
        *("log/p02", "the shortest are the proudest", "the shortest are the proudest"),
    )
    bar.get_by_role("button", name="Ask about this").click()
    expect(page.locator("#question textarea")).to_be_focused()
    assert page.input_value("#question textarea") == "What is said about “the shortest are the proudest”?"
    expect(bar).to_be_hidden()
    _select(page, card, start, card, start + len("the shortest are the proudest"))
    bar.get_by_role("button", name="Check it is exact").click()
    expect(page.locator("#checked")).to_contain_text("xact", timeout=PATIENCE)


def test_sentences_are_selected_and_copied_by_key(page: Page) -> None:
    page.locator("#show-keys").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+K")
    expect(page.locator("#selected [data-do=copy]")).to_have_text("Copy with (Marsh 31)")
    page.keyboard.press("s")
    expect(page.locator("#selected [data-do=copy]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#selected [data-do=pin]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#selected")).to_be_hidden()


# -- a telephone


def test_on_a_phone_the_question_is_always_in_reach_and_answer_and_essay_are_tabs(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_page(page, address)
    ask(page, _QUESTION)
    expect(page.locator("#reading-side")).to_be_hidden()
    page.locator(".card").first.locator(".read-here").tap()
    expect(page.locator(".reader .current")).to_be_in_viewport()
    expect(page.locator("#question textarea")).to_be_in_viewport()
    page.locator("#back").tap()
    expect(page.locator(".card").first).to_be_in_viewport()
    expect(page.locator("#question textarea")).to_be_in_viewport()
    small = page.locator(
        "[role=tab]:visible, .views button:visible, .card-actions button:visible, #ask:visible, "
        ".turn-actions button:visible, .further:visible, .unfold:visible"
    ).evaluate_all("""all => all
      .map((one) => [one.textContent, one.getBoundingClientRect().height])
      .filter(([_, height]) => height < 43.5)""")
    assert small == []
    context.close()


# -- how the page arrives


def test_the_frame_comes_first_and_files_are_kept_by_the_browser(address: str) -> None:
    with urllib.request.urlopen(address) as answer:
        html = answer.read().decode()
    assert html.index("<body") < html.index('id="skeleton"') < html.index("<gradio-app")
    name = html.partition('href="./page/')[2].partition('"')[0]
    request = urllib.request.Request(f"{address}/page/{name}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"


def test_the_login_page_is_not_covered_by_the_frame(browser: Browser) -> None:
    with served(FakeLibrary(keepers_log()), auth=[("ada", "secret")]) as server:
        context = browser.new_context()
        page = context.new_page()
        page.goto(server.address)
        expect(page.locator("input[type=password]")).to_be_visible(timeout=PATIENCE)
        expect(page.locator("#skeleton")).to_be_hidden()
        page.locator("input:not([type=password])").first.fill("ada")
        page.locator("input[type=password]").fill("secret")
        page.get_by_role("button", name="Login").click()
        expect(page.locator(".welcome .record-title")).to_be_visible(timeout=PATIENCE)
        context.close()


def test_on_a_slow_line_the_frame_is_painted_before_the_scripts_have_come(
    visitor: BrowserContext, address: str
) -> None:
    page = visitor.new_page()
    line = visitor.new_cdp_session(page)
    # 1.6 megabits a second, with the delay of a telephone; benchmarks/first_paint.py times it.
    limits = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", limits)
    page.goto(address, wait_until="commit")
    expect(page.locator("#skeleton .wordmark")).to_be_visible()
    painted = "performance.getEntriesByName('first-contentful-paint').length > 0"
    assert page.wait_for_function(f"{painted} && !document.getElementById('parts')")
    expect(page.locator("#parts")).to_be_attached(timeout=PATIENCE)
    expect(page.locator("#skeleton")).to_be_hidden(timeout=PATIENCE)
