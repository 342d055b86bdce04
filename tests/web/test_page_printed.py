"""The pages of a PDF beside the text, in a browser: the switch, marks at the words, zoom, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browser_steps import accessibility_violations, ask, open_page, unfold
from essay_library import ROOT, loader, sample_library
from fake_models import FakeEncoder
from page_server import served
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.library.library import Library

pytestmark = pytest.mark.browser

CHAPTER = ROOT / "tests" / "data" / "pdf" / "sample-chapter.pdf"
_QUESTION = "Which concordance called the seven parts of a chapter by the letters A to G?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library with the sample as a chapter that begins on page 217, and as a text."""
    root = sample_library(tmp_path_factory.mktemp("printed") / "library")
    library = Library(root, load_encoder=loader(FakeEncoder()))
    library.add(CHAPTER, essay_id="chapter")
    return library


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with served(library) as server:
        yield server.address


def _answer(page: Page) -> Locator:
    """The card of the chapter's passage p09, once the question has been answered."""
    ask(page, _QUESTION)
    return page.locator('.card[data-passage="chapter/p09"]').last


def _see(page: Page) -> Locator:
    """The marks on the page, once the card's words are shown there."""
    card = _answer(page)
    unfold(card)
    card.locator(".see-page").click()
    marks = page.locator('.print figure[data-file="3"] .printed-mark.now')
    expect(marks.first).to_be_in_viewport()
    return marks


def _is_loaded(image: Locator) -> bool:
    return bool(image.evaluate("one => one.complete && one.naturalWidth > 0"))


def test_a_card_leads_to_its_words_on_the_page(page: Page, library: Library) -> None:
    marks = _see(page)
    passage = next(each for each in library.essay("chapter").passages if each.id == "chapter/p09")
    card = page.locator('.card[data-passage="chapter/p09"]').last
    spans = [tuple(map(int, span.split("-"))) for span in str(card.get_attribute("data-spans")).split()]
    (marked,) = library.printed_pages("chapter").marked(passage, [(start, end) for start, end in spans])
    styles = marks.evaluate_all(
        "all => all.map(one => ['left', 'top'].map(name => parseFloat(one.style[name]) / 100))"
    )
    assert [
        [pytest.approx(left, abs=1e-4), pytest.approx(top, abs=1e-4)] for left, top, _, _ in marked.marks
    ] == styles
    figure = page.locator('.print figure[data-file="3"]')
    expect(figure.locator("figcaption")).to_have_text("p. 219 (PDF 3)")
    expect(figure.locator("img")).to_have_attribute("alt", "p. 219 (PDF 3), as printed")
    page.wait_for_function("document.querySelector('.print figure[data-file=\"3\"] img').naturalWidth >= 600")
    expect(page.locator("#pane .reader")).to_be_hidden()
    # Pages far away are not drawn.
    assert not _is_loaded(page.locator('.print figure[data-file="9"] img'))
    assert page.locator("#pages .zoom output").inner_text() == "100%"


def test_text_and_pages_are_switched_by_button_and_key(page: Page) -> None:
    _see(page)
    text, printed = page.locator("#pane [data-as=text]"), page.locator("#pane [data-as=print]")
    expect(printed).to_have_attribute("aria-pressed", "true")
    text.click()
    expect(page.locator("#pane .reader")).to_be_visible()
    expect(page.locator("#pane .print")).to_be_hidden()
    expect(text).to_have_attribute("aria-pressed", "true")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("v")
    expect(page.locator("#pane .print")).to_be_visible()
    expect(page.locator(".printed-mark.now").first).to_be_in_viewport()
    page.keyboard.press("v")
    expect(page.locator("#pane .reader")).to_be_visible()
    # The hooks of the text are as they were.
    assert page.locator('#reading-side .reader [data-passage="chapter/p09"]').count() == 1


def test_pages_become_larger_and_smaller(page: Page) -> None:
    _see(page)
    figure = page.locator('.print figure[data-file="3"]')
    width = figure.evaluate("one => one.clientWidth")
    page.locator("#pane [data-zoom='1']").click()
    expect(page.locator("#pane .zoom output")).to_have_text("125%")
    assert figure.evaluate("one => one.clientWidth") == pytest.approx(1.25 * width, abs=2)
    page.keyboard.press("+")
    expect(page.locator("#pane .zoom output")).to_have_text("150%")
    expect(page.locator(".printed-mark.now").first).to_be_in_viewport()
    for _ in range(6):
        page.keyboard.press("-")
    expect(page.locator("#pane .zoom output")).to_have_text("50%")
    expect(page.locator("#pane [data-zoom='-1']")).to_be_disabled()
    page.keyboard.press("0")
    expect(page.locator("#pane .zoom output")).to_have_text("100%")


def test_a_phrase_is_found_on_the_page(page: Page) -> None:
    _see(page)
    page.fill("#find input", "a printer who had lately moved")
    expect(page.locator("#find output")).to_have_text(re.compile("1 of"))
    expect(page.locator(".printed-mark.now")).to_have_count(1)
    expect(page.locator(".printed-mark.now").first).to_be_in_viewport()


def test_both_page_numbers_stand_in_the_margin(page: Page) -> None:
    _see(page)
    page.locator("#pane [data-as=text]").click()
    turn = page.locator('.reader [data-page="219"]').first
    expect(turn).to_have_attribute("data-file", "PDF 3")
    expect(turn).to_have_attribute("aria-label", "page 219, page 3 of the PDF")


def test_an_essay_without_pages_has_no_switch(page: Page) -> None:
    ask(page, _QUESTION)
    card = page.locator('.card[data-passage="sample/p09"]').last
    unfold(card)
    expect(card.locator(".read-here")).to_be_visible()
    assert card.locator(".see-page").count() == 0
    _see(page)
    # The question has been asked again, and its card is another one.
    unfold(card)
    card.locator(".read-here").click()
    expect(page.locator('#pane .reader[data-essay="sample"]')).to_be_visible()
    assert page.locator("#pane .reading-as").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark"), (1920, "light")])
def test_axe_finds_no_serious_violation(browser: Browser, address: str, width: int, scheme: Any) -> None:
    visitor = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    visitor.set_default_timeout(30_000)
    page = visitor.new_page()
    open_page(page, address)
    _see(page)
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.close()
