"""The conversation in a browser: what a question sends, what the tab keeps, editing, links to questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browser_steps import ask, open_page
from page_library import FakeLibrary, keepers_log, renamed
from page_server import served
from playwright.sync_api import BrowserContext, Page, expect

from assistant.core.answer import Answer
from assistant.core.essay import StoredEssay

pytestmark = pytest.mark.browser

_QUESTION = "Why are the shortest entries the proudest?"
_OTHER = "What of the inspectors?"
_PATIENCE = 30_000


class _Held(FakeLibrary):
    """A library whose answers wait as long as they are told to."""

    def __init__(self, *essays: StoredEssay) -> None:
        super().__init__(*essays)
        self._may_answer = Event()
        self._may_answer.set()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Let answers wait until the end of the block."""
        self._may_answer.clear()
        try:
            yield
        finally:
            self._may_answer.set()

    def answers(self, question: str, **options: Any) -> Iterator[Answer]:
        """The answers."""
        self._may_answer.wait()
        yield from super().answers(question, **options)


@pytest.fixture(scope="module")
def library() -> _Held:
    log = keepers_log()
    return _Held(log, renamed(log, "zeta"))


@pytest.fixture(scope="module")
def address(library: _Held) -> Iterator[str]:
    with served(library) as server:
        yield server.address


def _asked(page: Page) -> list[str]:
    return page.locator(".turn .asked").all_text_contents()


def _answered(page: Page, number: int) -> None:
    expect(page.locator(".turn .answer:not(.reading)")).to_have_count(number, timeout=_PATIENCE)


def test_the_twenty_fourth_question_sends_and_stores_no_more_than_the_second(
    visitor: BrowserContext, page: Page
) -> None:
    moved = {"received": 0, "sent": 0}
    network = visitor.new_cdp_session(page)
    network.send("Network.enable")

    def received(event: dict[str, int]) -> None:
        moved["received"] += event["dataLength"]

    def sent(event: dict[str, dict[str, str]]) -> None:
        moved["sent"] += len(event["request"].get("postData") or "")

    network.on("Network.dataReceived", received)
    network.on("Network.requestWillBeSent", sent)
    by_question: list[tuple[int, int]] = []
    for number in range(1, 25):
        moved.update(received=0, sent=0)
        ask(page, f"{_QUESTION} ({number})")
        if number in {1, 2, 23, 24}:
            # Nothing that belongs to another question is counted to those that are compared.
            page.wait_for_timeout(200)
        by_question.append((moved["received"], moved["sent"]))
    (second, asked), (last, asked_last) = by_question[1], by_question[-1]
    answer = page.locator(".turn .answer").last.evaluate("one => new Blob([one.outerHTML]).size")
    assert 0 < last < 1.1 * second
    # One answer and the little around it; with it go the earlier questions, and nothing else.
    assert second < 1.6 * answer + 4000
    assert asked_last < asked + 25 * 60
    stored = page.evaluate("Object.keys(sessionStorage).filter(key => key.includes('answer-')).length")
    assert stored == 24


def test_two_enters_ask_once(page: Page) -> None:
    page.fill("#question textarea", _QUESTION)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    _answered(page, 1)
    page.wait_for_timeout(300)
    assert page.locator(".turn").count() == 1
    ask(page, _OTHER)
    assert _asked(page) == [_QUESTION, _OTHER]


def test_questions_asked_while_an_answer_arrives_are_answered_in_their_order(
    library: _Held, page: Page
) -> None:
    with library.holding():
        for question in (_QUESTION, "And the inspectors?", "And the keeper?"):
            page.fill("#question textarea", question)
            page.keyboard.press("Enter")
        expect(page.locator(".turn.waiting")).to_have_count(2)
        page.fill("#question textarea", "Not asked yet")
        page.get_by_role("button", name="Delete the question “And the keeper?”").click()
        expect(page.locator(".turn .asked")).to_have_text([_QUESTION, "And the inspectors?"])
    _answered(page, 2)
    assert _asked(page) == [_QUESTION, "And the inspectors?"]
    expect(page.locator(".turn:last-child .read-as-text")).to_have_text(f"{_QUESTION} the inspectors?")
    expect(page.locator("#question textarea")).to_have_value("Not asked yet")
    page.press("#question textarea", "Enter")
    _answered(page, 3)
    assert _asked(page)[-1] == "Not asked yet"


def test_questions_that_wait_when_the_page_is_loaded_again_are_asked_once_more(
    library: _Held, page: Page
) -> None:
    with library.holding():
        for question in (_QUESTION, _OTHER):
            page.fill("#question textarea", question)
            page.keyboard.press("Enter")
        page.fill("#question textarea", "Not asked yet")
        expect(page.locator(".turn")).to_have_count(2)
        page.reload()
        expect(page.locator(".turn.waiting")).to_have_count(1, timeout=_PATIENCE)
    _answered(page, 2)
    assert _asked(page) == [_QUESTION, _OTHER]
    expect(page.locator("#question textarea")).to_have_value("Not asked yet")


def test_a_question_is_edited_and_its_answer_replaced_in_place(page: Page) -> None:
    ask(page, _QUESTION)
    ask(page, _OTHER)
    page.fill("#question textarea", "Not asked yet")
    edit = page.get_by_role("button", name=f"Edit the question “{_QUESTION}” and ask again")
    edit.click()
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#question textarea")).to_have_value(_QUESTION)
    page.keyboard.press("Escape")
    expect(edit).to_be_focused()
    expect(page.locator("#question textarea")).to_have_value("Not asked yet")
    edit.click()
    page.fill("#question textarea", "What did the keeper write?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn:first-child .asked")).to_have_text("What did the keeper write?")
    _answered(page, 2)
    assert _asked(page) == ["What did the keeper write?", _OTHER]
    page.wait_for_timeout(500)
    page.reload()
    _answered(page, 2)
    assert _asked(page) == ["What did the keeper write?", _OTHER]


def test_a_link_to_a_question_asks_it_once(visitor: BrowserContext, page: Page, address: str) -> None:
    question = "Is it true / false, & why? 100%"
    page.locator("#scope summary").click()
    page.locator("#scope input[value=log]").check()
    page.keyboard.press("Escape")
    ask(page, question)
    page.get_by_role("button", name=re.compile("^Copy a link to the question")).click()
    expect(page.locator("#desk-voice")).to_have_text("Link copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{address}/#q=")
    other = visitor.new_page()
    other.goto(link)
    _answered(other, 1)
    assert _asked(other) == [question]
    expect(other.locator("#scope summary")).to_contain_text("Asking 1 of 2")
    assert {card.get_attribute("data-essay") for card in other.locator(".card").all()} == {"log"}
    other.wait_for_timeout(500)
    other.reload()
    _answered(other, 1)
    expect(other.locator(".asked")).to_be_focused()
    assert _asked(other) == [question]


def test_what_a_follow_up_was_read_as_is_shown_and_it_can_be_asked_on_its_own(page: Page) -> None:
    ask(page, _QUESTION)
    expect(page.locator(".read-as")).to_have_count(0)
    ask(page, "And the inspectors?")
    read_as = page.locator(".turn:last-child .read-as")
    expect(read_as.locator(".read-as-text")).to_have_text(f"{_QUESTION} the inspectors?")
    page.locator(".turn:last-child .link-question").click()
    expect(page.locator("#desk-voice")).to_have_text("Link copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(link).fragment)["q"] == [f"{_QUESTION} the inspectors?"]
    read_as.get_by_role("button", name="Ask on its own").click()
    expect(page.locator(".read-as")).to_have_count(0)
    _answered(page, 2)
    assert _asked(page) == [_QUESTION, "And the inspectors?"]
    # The next question goes on from the conversation again.
    ask(page, "And the keeper?")
    expect(page.locator(".turn:last-child .read-as-text")).to_have_text("And the inspectors? the keeper?")


def test_what_the_browser_cannot_keep_is_said_and_asked_again(page: Page) -> None:
    ask(page, _QUESTION)
    # A browser with room for one answer.
    page.evaluate(
        """() => {
          const put = Storage.prototype.setItem;
          Storage.prototype.setItem = function (key, value) {
            const others = Object.keys(this).filter((each) => each.includes("answer-") && each !== key);
            if (key.includes("answer-") && others.length) throw new DOMException("", "QuotaExceededError");
            put.call(this, key, value);
          };
        }"""
    )
    expect(page.locator(".not-kept-note")).to_be_hidden()
    ask(page, _OTHER)
    expect(page.locator(".not-kept-note")).to_contain_text("The first answer is on this page only")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn:last-child .card").first).to_be_visible()
    page.locator(".turn:first-child .again").click()
    _answered(page, 2)
    assert _asked(page) == [_QUESTION, _OTHER]


def test_a_browser_that_stores_nothing_says_so(visitor: BrowserContext, address: str) -> None:
    page = visitor.new_page()
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('', 'SecurityError'); }")
    open_page(page, address)
    ask(page, _QUESTION)
    expect(page.locator(".not-kept-note")).to_contain_text("This conversation is on this page only")


def test_a_new_conversation_forgets_what_was_stored(page: Page) -> None:
    ask(page, _QUESTION)
    page.locator("#new-conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator(".welcome")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.includes('answer-')).length") == 0
    ask(page, _OTHER)
    assert _asked(page) == [_OTHER]


def test_the_links_of_the_essay_are_one_stop_and_the_arrows_go_through_them(page: Page) -> None:
    stops = page.locator("#pane .anchor").evaluate_all("all => all.filter(one => one.tabIndex === 0).length")
    assert (stops, page.locator("#pane .anchor").count() > 8) == (1, True)
    page.locator("#pane .anchor").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#pane .anchor").nth(2)).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#pane .anchor").last).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator("#pane .anchor").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    # Whoever leaves the essay and comes back is where they were.
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#pane .anchor").nth(1)).to_be_focused()
    page.locator(".reader [data-passage='log/p03'] .s").first.evaluate(
        "one => (one.tabIndex = -1, one.focus())"
    )
    page.keyboard.press("l")
    expect(page.locator("#desk-voice")).to_have_text("Link copied.")
    assert str(page.evaluate("navigator.clipboard.readText()")).endswith("/#log/p03")


def test_passages_and_verdict_are_announced_and_the_focus_stays(page: Page) -> None:
    expect(page.locator("#desk-voice[role=status]")).to_be_attached()
    page.evaluate(
        """() => {
          window.said = [];
          const voice = document.getElementById("desk-voice");
          new MutationObserver(() => window.said.push(voice.textContent)).observe(voice, { childList: true });
        }"""
    )
    ask(page, _QUESTION)
    expect(page.locator("#question textarea")).to_be_focused()
    said = page.evaluate("window.said.filter(Boolean)")
    assert any("Passages shown: 3." in words for words in said)
    assert page.locator(".turn .verdict").inner_text() in said[-1]
    pin = page.locator(".card .pin").first
    pin.press("Enter")
    expect(pin).to_be_focused()
    help_of_verdict = page.locator(".legend summary")
    assert help_of_verdict.get_attribute("aria-label") == "What the verdict means"
