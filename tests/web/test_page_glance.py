"""Outline, index, related passages and comparison on the page, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import accessibility_violations, ask, open_page
from essay_library import SAMPLE, SECOND, loader
from fake_models import FakeEncoder
from page_server import served
from playwright.sync_api import Page, expect

from assistant.library.library import Library
from assistant.web.glance import UNKNOWN, glances

pytestmark = pytest.mark.browser

_QUESTION = "Who divided the four Gospels into numbered sections?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library of two essays."""
    library = Library(tmp_path_factory.mktemp("glance"), load_encoder=loader(FakeEncoder()))
    library.add(SAMPLE)
    library.add(SECOND)
    return library


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    with served(library) as server:
        yield server.address


def read_sample(page: Page, address: str) -> None:
    """Open the page at the sample essay."""
    open_page(page, f"{address}/#sample/p01")
    expect(page.locator("#pane .reader")).to_have_attribute("data-essay", "sample")


def test_contents_have_lengths_and_what_is_announced(page: Page, address: str) -> None:
    read_sample(page, address)
    page.click("#place")
    announced = page.locator("#outline .announced-list button")
    expect(announced.first).to_contain_text("This essay argues that the signs")
    expect(page.locator("#outline .outline-length").first).to_have_text("657 words")
    assert accessibility_violations(page) == []
    announced.first.click()
    expect(page.locator("#outline")).to_be_hidden()
    expect(page.locator("#pane [data-passage='sample/p03']")).to_be_focused()


def test_an_entry_marks_its_places_and_is_stepped_through_by_key(page: Page, address: str) -> None:
    read_sample(page, address)
    page.click("#index-open")
    page.locator(".index-filter").fill("alypius")
    shown = page.locator("#index-panel .entry:visible")
    expect(shown).to_have_count(1)
    assert accessibility_violations(page) == []
    shown.press("Enter")
    expect(page.locator("#index-panel")).to_be_hidden()
    counter = page.locator("#find output")
    expect(counter).to_contain_text("Alypius: 1 of ")
    marked = page.evaluate("[...CSS.highlights.get('desk-found')].map(String)")
    assert set(marked) == {"Alypius"}
    assert page.locator("#ruler .tick.found").count() > 0
    page.keyboard.press("Enter")
    expect(counter).to_contain_text("Alypius: 2 of ")
    page.fill("#find input", "finger")
    expect(counter).not_to_contain_text("Alypius")


def test_an_entry_can_be_asked_about(page: Page, address: str) -> None:
    read_sample(page, address)
    page.click("#index-open")
    page.locator(".index-filter").fill("alypius")
    page.locator("#index-panel .ask-entry:visible").first.click()
    expect(page.locator("#question textarea")).to_have_value("What is said about “Alypius”?")
    expect(page.locator("#question textarea")).to_be_focused()
    page.locator("#index-open").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#index-open")).to_be_focused()


def test_related_passages_and_each_essays_answer(page: Page, address: str) -> None:
    open_page(page, address)
    ask(page, _QUESTION)
    card = page.locator(".card").first
    card.locator(".further input").check(force=True)
    card.locator(".show-related").click()
    expect(card.locator(".related-list li")).to_have_count(4)
    page.click("#compare-essays")
    compared = page.locator("#compare-sheet .compared")
    expect(compared).to_have_count(2)
    assert accessibility_violations(page) == []
    compared.first.locator("[data-note]").click()
    expect(page.locator("#compare-sheet")).to_be_hidden()


def test_the_library_has_a_joint_index(page: Page, address: str) -> None:
    open_page(page, address)
    page.click("#library-button")
    page.locator(".joint-index summary").click()
    expect(page.locator(".joint-body .book-index.joint")).to_be_visible()
    page.locator(".joint-body [data-note]").first.click()
    expect(page.locator("#pane .reader .current")).to_be_visible()


def test_anything_else_that_is_sent_is_refused(library: Library) -> None:
    glance = glances(library)
    for sent in (
        [],
        None,
        ["x"],
        ["index", "sample"],
        ["index", [1]],
        ["outline", "sample"],
        ["related", 1, "mla"],
    ):
        assert glance(sent) == {"fault": UNKNOWN}
    assert "no essay 'nobody'" in glance(["outline", "nobody", "mla"])["fault"]
    assert str(Path.cwd()) not in glance(["related", "nobody/p1", "mla"])["fault"]
    assert "announced-list" in glance(["outline", "sample", "no such style"])["html"]
