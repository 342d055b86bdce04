"""The page in a real browser, on the sample essay and the real model."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_steps import unfold
from essay_library import ROOT
from page_server import free_port
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.real_model]

_QUESTION = "Who numbered the leaves of a book printed in Cologne in 1470?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("library")


@pytest.fixture(scope="module")
def address(library: Path) -> Iterator[str]:
    """The program as a user starts it, with an empty library."""
    port = free_port()
    command = [sys.executable, "-m", "assistant", "serve", "--library", str(library), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(url: str, server: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(f"the server ended: {server.stderr.read() if server.stderr else ''}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the page did not open in two minutes")


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    yield context
    context.close()


@pytest.fixture
def outside(context: BrowserContext, address: str) -> list[str]:
    """Every request of the page to another address; all are blocked."""
    requests: list[str] = []

    def guard(route: Route) -> None:
        url = route.request.url
        if url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            requests.append(url)
            route.abort()

    context.route("**/*", guard)
    return requests


@pytest.fixture
def errors(context: BrowserContext) -> list[str]:
    """Every error that the browser's console shows."""
    shown: list[str] = []
    context.on("console", lambda message: shown.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda event: shown.append(str(event.error)))
    return shown


@pytest.fixture
def page(context: BrowserContext, outside: list[str], address: str) -> Page:
    assert outside == []
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    expect(page.locator(".reader [data-passage='sample/p01']")).to_be_attached(timeout=30_000)
    return page


def _ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.pending) .asked", has_text=question[:30])).to_be_visible(timeout=60_000)
    expect(page.locator(".answer.reading")).to_have_count(0, timeout=60_000)


def _passages(library: Path) -> dict[str, dict[str, object]]:
    lines = (library / "data" / "chunks" / "sample.jsonl").read_text("utf-8").splitlines()[1:]
    return {line["id"]: line for line in map(json.loads, lines)}


def test_a_question_shows_the_passage_word_for_word_with_page_and_copied_citation(
    page: Page, library: Path, outside: list[str]
) -> None:
    _ask(page, _QUESTION)
    card = page.locator(".card").first
    assert card.get_attribute("data-passage") == "sample/p13"
    shown = card.locator(".passage-text").evaluate("one => one.textContent")
    assert shown == _passages(library)["sample/p13"]["text"]
    assert card.locator(".pages").inner_text() == "p. 14"
    marked = card.locator("mark").evaluate_all("all => all.map(one => one.textContent).join('')")
    assert "1470" in marked
    assert marked in str(_passages(library)["sample/p13"]["text"])
    card.locator("button.copy-quotation").click()
    expect(card.locator("button.copy-quotation")).to_have_class(re.compile("copied"))
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("(Essay Assistant Authors 14).")
    assert copied.startswith(('"', "“"))
    assert outside == []


def test_a_card_opens_its_passage_in_the_reader(page: Page) -> None:
    _ask(page, _QUESTION)
    page.locator(".card").first.locator("button.read-here").click()
    place = page.locator(".reader [data-passage='sample/p13']")
    expect(place).to_be_in_viewport(timeout=5_000)
    expect(place).to_have_class(re.compile("current"))
    marked = page.evaluate("[...CSS.highlights.get('desk-hits')].map(String)")
    assert any(words in str(place.evaluate("one => one.textContent")) for words in marked)


def test_why_a_passage_was_found_is_unfolded_by_keyboard_and_stays_unfolded(
    page: Page, errors: list[str], outside: list[str]
) -> None:
    _ask(page, _QUESTION)
    why = page.locator(".card").first.locator(".why")
    unfold(page.locator(".card").first)
    assert why.evaluate("one => one.open") is False
    why.locator("summary").focus()
    page.keyboard.press("Enter")
    row = why.locator("tbody tr", has=page.locator("th", has_text="Cologne"))
    assert row.locator(".essay-word").inner_text() == "Cologne"
    assert row.locator(".near").inner_text() == "the same"
    _ask(page, "How many leaves has the book?")
    assert why.evaluate("one => one.open") is True
    assert (errors, outside) == ([], [])


_WATCH = """() => {
  window.steps = [];
  const pane = document.querySelector("#conversation");
  new MutationObserver(() => {
    const card = pane.querySelector(".card");
    if (!card) return;
    window.first ??= card;
    const top = Math.round(card.getBoundingClientRect().top + pane.scrollTop);
    const step = [pane.querySelector(".verdict").textContent, top, card === window.first].join();
    if (step !== window.steps.at(-1)) window.steps.push(step);
  }).observe(pane, { childList: true, subtree: true, characterData: true, attributes: true });
}"""


def test_the_verdict_comes_to_the_passages_without_moving_them(page: Page) -> None:
    page.evaluate(_WATCH)
    _ask(page, "What is the boiling point of liquid helium?")
    page.wait_for_timeout(300)
    reading, verdict = (step.split(",") for step in page.evaluate("window.steps"))
    assert (reading[0], verdict[0]) == ("Reading the passages…", "The essay does not seem to answer this.")
    assert reading[1:] == verdict[1:] == [reading[1], "true"]


def test_what_the_essay_does_not_answer_is_said_and_set_apart(page: Page) -> None:
    _ask(page, "What is the boiling point of liquid helium?")
    answer = page.locator(".answer").last
    expect(answer).to_have_class("answer not-answered")
    expect(answer.locator(".not-answered-text")).to_have_text("The essay does not seem to answer this.")
    assert answer.locator(".card").count() == 3


def test_hostile_words_show_as_written(page: Page) -> None:
    words = "<script>document.title='taken'</script> <b>$x_1$</b> {{7*7}} *chapters*?"
    page.fill("#question textarea", words)
    page.keyboard.press("Enter")
    asked = page.locator(".turn:not(.pending) .asked").last
    expect(asked).to_have_text(words, timeout=60_000)
    assert page.title() == "Essay Assistant"


def test_two_tabs_do_not_disturb_each_other(context: BrowserContext, page: Page, address: str) -> None:
    other = context.new_page()
    other.goto(address)
    other.wait_for_selector("#question textarea")
    _ask(page, _QUESTION)
    assert other.locator(".card").count() == 0


def _question_set(path: Path) -> Path:
    lines = {"p1": "The keeper lit the lamp at dusk.", "p2": "Barrels of oil stood in the cellar."}
    corpus = [json.dumps({"_id": name, "doc": "log", "text": text}) for name, text in lines.items()]
    question = json.dumps({"_id": "q1", "doc": "log", "text": "Who lit the lamp?"})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("queries.jsonl", question)
        archive.writestr("corpus.jsonl", "\n".join(corpus))
        archive.writestr("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\tp1\t1\n")
    return path


def test_an_uploaded_question_set_is_measured(
    page: Page, errors: list[str], outside: list[str], tmp_path: Path
) -> None:
    page.get_by_role("tab", name="Measure").click()
    expect(page.locator("#no-sets")).to_contain_text("no question set of its own")
    page.locator("#run").click()
    expect(page.locator("#measure-state")).to_contain_text("Choose a question set")
    page.get_by_text("Upload a question set", exact=True).click()
    page.locator("#set-files input[type=file]").set_input_files(_question_set(tmp_path / "Lamp.zip"))
    expect(page.locator("#set-files")).to_contain_text("Lamp", timeout=10_000)
    page.locator("#run").click()
    report = page.locator("#figures .evaluation-report")
    expect(report.locator("h2")).to_have_text("Lamp", timeout=60_000)
    assert report.locator("svg").count() > 3
    expect(page.locator("#run")).to_be_enabled()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (errors, outside) == ([], [])


def test_an_uploaded_essay_is_reported_and_a_bad_one_leaves_things_as_they_were(
    page: Page, library: Path
) -> None:
    page.get_by_role("button", name="Add an essay").click()
    upload = page.locator("#essay-file input[type=file]")
    upload.set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"\x89PNG\0\0\0\1\0\2"})
    page.locator("#add-essay").click()
    expect(page.locator("#report .fault")).to_contain_text("is not a text file", timeout=30_000)
    assert not (library / "data" / "chunks" / "notes.jsonl").exists()
    page.reload()
    page.wait_for_selector("#question textarea")
    page.get_by_role("tab", name="Library").click()
    layout = ROOT / "tests" / "layouts" / "form_feeds.txt"
    page.locator("#essay-file input[type=file]").set_input_files(layout)
    expect(page.locator("#essay-file")).to_contain_text("form_feeds")
    page.locator("#add-essay").click()
    expect(page.locator("#report .ingest")).to_contain_text("201", timeout=60_000)
    page.locator("#report").get_by_role("button", name="Open").click()
    expect(page.locator(".reader[data-essay='form-feeds']")).to_be_visible()
    assert (library / "data" / "chunks" / "form-feeds.jsonl").exists()


def test_the_page_fits_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    _ask(page, _QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
