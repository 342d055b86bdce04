"""A question set made on the cards, in a browser: by somebody who never saw its files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from browser_steps import accessibility_violations, ask, open_page
from page_library import FakeLibrary, keepers_log
from page_server import served
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser

_QUESTION = "Why are the shortest entries the proudest?"
_OTHER = "What of the inspectors?"
_MEASURED: list[list[str]] = []


def _assess(folders: Sequence[Path], _methods: object, _progress: object) -> str:
    """A fake evaluation that notes the questions it is given."""
    for folder in folders:
        lines = (folder / "queries.jsonl").read_text("utf-8").splitlines()
        _MEASURED.append([json.loads(line)["text"] for line in lines])
    return '<div class="evaluation-report">Figures.</div>'


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(FakeLibrary(keepers_log()), assess=_assess) as server:
        yield server.address


def _judge(page: Page) -> None:
    page.get_by_role("tab", name="Measure").click()
    page.locator("#start-judging").click()
    expect(page.locator("#question textarea")).to_be_focused()


def test_questions_are_judged_measured_and_saved(page: Page, tmp_path: Path) -> None:
    page.get_by_role("tab", name="Measure").click()
    expect(page.locator(".own-empty")).to_contain_text("This answers it")
    page.locator("#start-judging").click()
    ask(page, _QUESTION)
    first, second = page.locator(".card").nth(0), page.locator(".card").nth(1)
    first.get_by_role("button", name="This answers it").click()
    second.get_by_role("button", name="This does not").click()
    expect(first.locator(".answers")).to_have_attribute("aria-pressed", "true")
    expect(second.locator(".answers-not")).to_have_attribute("aria-pressed", "true")
    ask(page, _OTHER)
    last = page.locator(".turn").last
    last.locator(".none-answers").click()
    # The right passage is not among the cards.
    last.locator(".mark-in-essay").click()
    page.locator(".reader [data-passage='log/p04'] .s").first.click()
    expect(last.locator(".none-answers")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#desk-voice")).to_contain_text("Marked as an answer: The second book")
    page.reload()
    page.get_by_role("tab", name="Measure").click()
    lines = page.locator("#judged li")
    expect(lines.nth(0)).to_contain_text("1 passage answers it, 1 does not")
    expect(lines.nth(1)).to_contain_text("1 passage answers it")
    page.locator("#run").click()
    expect(page.locator("#figures .evaluation-report")).to_have_text("Figures.", timeout=30_000)
    assert _MEASURED[-1] == [_QUESTION, _OTHER]
    with page.expect_download() as download:
        page.locator("#save-questions").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert "q1\tlog/" in archive.read("qrels.tsv").decode()
    page.get_by_role("button", name=f"Remove: {_QUESTION}").click()
    expect(lines).to_have_count(1)
    expect(page.get_by_role("button", name=f"Remove: {_OTHER}")).to_be_focused()
    page.locator("#use-own").uncheck()
    page.locator("#run").click()
    expect(page.locator("#measure-state")).to_contain_text("Choose a question set")


def test_a_judgement_is_taken_back_and_the_cards_stop_asking(page: Page) -> None:
    _judge(page)
    ask(page, _QUESTION)
    answers = page.locator(".card .answers").first
    answers.click()
    answers.click()
    expect(answers).to_have_attribute("aria-pressed", "false")
    page.locator(".turn .judge").click()
    expect(page.locator(".judged-card")).to_have_count(0)
    ask(page, _OTHER)
    expect(page.locator(".judged-card")).to_have_count(0)
    page.get_by_role("tab", name="Measure").click()
    expect(page.locator(".own-empty")).to_be_visible()


def test_a_passage_is_marked_by_key_and_the_marking_is_ended(page: Page) -> None:
    _judge(page)
    ask(page, _QUESTION)
    mark = page.locator(".mark-in-essay")
    mark.click()
    expect(mark).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(mark).to_have_attribute("aria-pressed", "false")
    page.locator(".reader [data-passage='log/p01'] .s").first.click()
    assert page.evaluate("localStorage.getItem('essay-assistant-questions')") is None
    mark.click()
    page.locator(".reader [data-passage='log/p01'] .s").first.evaluate(
        "one => (one.tabIndex = -1, one.focus())"
    )
    page.keyboard.press("Enter")
    expect(page.locator("#desk-voice")).to_contain_text("Marked as an answer: A lighthouse keeper")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_axe_finds_no_serious_violation(browser: Browser, address: str, width: int, scheme: Any) -> None:
    visitor: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = visitor.new_page()
    open_page(page, address)
    page.get_by_role("tab", name="Measure").click()
    assert accessibility_violations(page) == []
    page.locator("#start-judging").click()
    ask(page, _QUESTION)
    page.locator(".answers").first.click()
    page.locator(".answers-not").last.click()
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".to-questions").click()
    expect(page.locator("#judged li")).to_have_count(1)
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.close()
