"""The notebook in a browser: formatted copies, pins, notes, two tabs, saved files, deleted questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from browser_steps import accessibility_violations, ask, open_page, unfold
from page_library import FakeLibrary, keepers_log, passage, renamed, stored
from page_server import served
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser

_QUESTION = "Why are the shortest entries the proudest?"
_FIRST_SENTENCE = "That is why the entries are short, and why the shortest are the proudest."
_HOSTILE = '<img src=x onerror="document.title=\'taken\'"> <b>one</b> 𝒳 "Two" &amp; ${2}. Three.'
_PATIENCE = 30_000


@pytest.fixture(scope="module")
def library() -> FakeLibrary:
    nasty = replace(
        renamed(stored([passage(_HOSTILE)]), "nasty"), reference={"title": _HOSTILE, "id": "nasty"}
    )
    return FakeLibrary(keepers_log(), nasty)


@pytest.fixture(scope="module")
def address(library: FakeLibrary) -> Iterator[str]:
    with served(library) as server:
        yield server.address


def _clipboard(page: Page) -> dict[str, str]:
    copied: dict[str, str] = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const flavours = item.types.map(async (type) => [type, await (await item.getType(type)).text()]);
          return Object.fromEntries(await Promise.all(flavours));
        }"""
    )
    return copied


def _sentence(page: Page, number: int = 0) -> None:
    """Click a sentence on its last line: it may begin in the middle of one."""
    if page.locator(".views").is_visible():
        page.locator(".views [data-view=essay]").click()
    sentence = page.locator(".reader [data-passage$='/p01'] .s").nth(number)
    # Unlike scrolling alone, this is tried again if the essay is just being drawn anew.
    sentence.hover(force=True)
    x, y = sentence.evaluate(
        "one => { const box = [...one.getClientRects()].at(-1); return [box.x + 5, box.y + 9]; }"
    )
    page.mouse.click(x, y)
    expect(page.locator("#desk-voice")).to_contain_text(re.compile("Copied|are not there yet"))
    if "are not there yet" in page.locator("#desk-voice").inner_text():
        page.wait_for_timeout(1000)
        page.mouse.click(x, y)
    expect(sentence).to_have_class(re.compile("copied"))
    expect(page.locator("#pin-sentence")).to_be_visible()


def _notebook(page: Page) -> None:
    page.locator("#notebook-button").click()
    expect(page.locator("#notebook-title")).to_be_visible()


def _words(page: Page) -> list[str]:
    return page.locator(".pin-words").all_text_contents()


def _pinned(page: Page, *numbers: int) -> None:
    """Pin sentences of the essay and go to the notebook."""
    for number in numbers:
        _sentence(page, number)
        page.locator("#pin-sentence").click()
        expect(page.locator("#pin-sentence")).to_have_attribute("aria-pressed", "true")
    _notebook(page)
    expect(page.locator(".pinned")).to_have_count(len(numbers))
    # The server has sent how each is quoted.
    expect(page.locator(".pin-citation", has_text="(Marsh 31)")).to_have_count(len(numbers))


def _saved(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_copies_are_rich_plain_or_markdown_as_chosen_and_it_is_remembered(page: Page) -> None:
    ask(page, _QUESTION)
    # The fake library quotes the whole passage; what matters here is the form of the copy.
    button = page.locator(".card .copy-passage").first
    unfold(page.locator(".card").first)
    button.click()
    expect(button).to_have_class(re.compile("copied"))
    plain = button.get_attribute("data-copy")
    copied = _clipboard(page)
    assert copied["text/plain"] == plain
    assert "The official log has no first person." in copied["text/html"]
    page.evaluate(
        "one => Object.assign(one.dataset, {html: '<i>Log</i>', markdown: '*Log*'})", button.element_handle()
    )
    button.click()
    page.wait_for_timeout(300)
    assert "<i" in _clipboard(page)["text/html"]
    page.select_option("#copy-as", "markdown")
    button.click()
    page.wait_for_timeout(300)
    assert _clipboard(page) == {"text/plain": "*Log*"}
    page.reload()
    expect(page.locator("#copy-as")).to_have_value("markdown")
    page.select_option("#copy-as", "plain")
    unfold(page.locator(".card").first)
    button.click()
    page.wait_for_timeout(300)
    assert _clipboard(page) == {"text/plain": plain}


def test_without_a_clipboard_both_forms_are_copied_the_old_way(page: Page) -> None:
    page.evaluate("delete window.ClipboardItem; navigator.clipboard.write = undefined")
    _sentence(page)
    page.keyboard.press("c")
    expect(page.locator("#desk-voice")).to_contain_text("Copied: “A lighthouse keeper")
    copied = _clipboard(page)
    assert copied["text/plain"] == "“A lighthouse keeper wrote two books at once.” (Marsh 31)"
    assert "A lighthouse keeper wrote two books at once." in copied["text/html"]


def test_quotations_are_pinned_from_cards_and_the_essay_by_pointer_and_key(page: Page) -> None:
    ask(page, _QUESTION)
    pins = page.locator(".card").first.locator(".pin")
    pins.first.click()
    expect(pins.first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#desk-voice")).to_contain_text(re.compile("Pinned.* 1\\."))
    pins.first.click()
    expect(pins.first).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    page.locator(".card").first.focus()
    page.keyboard.press("p")
    expect(pins.first).to_have_attribute("aria-pressed", "true")
    _sentence(page)
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator("#pin-sentence")).to_have_attribute("aria-pressed", "true")
    assert page.locator("#notebook-button").get_attribute("data-count") == " 2"
    _notebook(page)
    expect(page.locator("#pin-count")).to_have_text("(2)")
    first, second = page.locator(".pinned").all()
    expect(first.locator(".pin-words")).to_have_text(f"“{_FIRST_SENTENCE[:-1]}”")
    expect(first.locator(".pin-citation")).to_have_text("(Marsh 32)")
    expect(first.locator(".pin-question")).to_have_text(f"Found by asking: {_QUESTION}")
    expect(first.locator(".pin-title")).to_have_text("The Keeper’s Log")
    expect(second.locator(".pin-words")).to_contain_text("“In the first he set down")
    expect(second.locator(".pin-question")).to_have_text("")
    first.locator(".copy-pin").click()
    expect(first.locator(".copy-pin")).to_have_class(re.compile("copied"))
    assert _clipboard(page)["text/plain"] == f"“{_FIRST_SENTENCE[:-1]}” (Marsh 32)."
    page.locator("#asking-button").click()
    page.locator("#style input").click()
    page.get_by_role("option", name="APA 7").click()
    _notebook(page)
    expect(page.locator(".pin-citation").first).to_have_text("(Marsh, n.d., p. 32)")


def test_notes_are_kept_and_survive_a_reload(page: Page) -> None:
    _pinned(page, 0, 1)
    page.locator(".pin-note").first.fill(_HOSTILE)
    page.locator(".pin-note").last.press_sequentially("Two\nlines")
    page.reload()
    _notebook(page)
    expect(page.locator(".pin-note").first).to_have_value(_HOSTILE)
    expect(page.locator(".pin-note").last).to_have_value("Two\nlines")
    # A note is not lost when its quotation is pinned again.
    page.locator("#asking-button").click()
    _sentence(page)
    page.locator("#pin-sentence").click()
    expect(page.locator("#desk-voice")).to_contain_text("with a note of yours")
    _notebook(page)
    expect(page.locator(".pinned")).to_have_count(2)
    assert page.title() == "Essay Assistant"


def test_pins_are_moved_removed_and_restored_by_keyboard(page: Page) -> None:
    _pinned(page, 0, 1, 2)
    first, second, third = _words(page)
    down = page.get_by_role("button", name="Move down: “A lighthouse")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-voice")).to_have_text("Number 2 of 3.")
    assert _words(page) == [second, first, third]
    expect(down).to_be_focused()
    page.keyboard.press("Enter")
    assert _words(page) == [second, third, first]
    expect(down).to_be_focused()
    expect(down).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    assert _words(page) == [second, third, first]
    up = page.get_by_role("button", name="Move up: “A lighthouse")
    up.focus()
    page.keyboard.press("Space")
    assert _words(page) == [second, first, third]
    expect(up).to_be_focused()
    page.get_by_role("button", name="Remove: “A lighthouse").press("Enter")
    assert _words(page) == [second, third]
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    assert _words(page) == [second, first, third]
    expect(page.get_by_role("button", name="Remove: “A lighthouse")).to_be_focused()
    page.reload()
    _notebook(page)
    expect(page.locator(".pinned")).to_have_count(3)
    assert [words[:12] for words in _words(page)] == [words[:12] for words in (second, first, third)]


def test_a_pin_is_opened_in_the_essay_and_back(page: Page) -> None:
    _pinned(page, 0)
    page.get_by_role("button", name="Read: ").click()
    expect(page.locator(".reader .current")).to_have_attribute("data-passage", "log/p01")
    expect(page.locator(".reader .current")).to_be_in_viewport()
    page.get_by_role("button", name="Back to the notebook").click()
    expect(page.get_by_role("button", name="Read: ")).to_be_focused()


def test_two_tabs_show_the_same_and_lose_nothing(visitor: BrowserContext, page: Page, address: str) -> None:
    other = visitor.new_page()
    open_page(other, address)
    _notebook(other)
    expect(other.locator(".notebook-empty")).to_be_visible()
    _pinned(page, 0)
    expect(other.locator(".pinned")).to_have_count(1)
    other.locator(".pin-note").fill("From the other tab")
    expect(page.locator(".pin-note")).to_have_value("From the other tab")
    other.locator("#asking-button").click()
    _sentence(other, 2)
    other.keyboard.press("p")
    expect(page.locator(".pinned")).to_have_count(2)
    # What is being written here stays, whatever happens in the other tab.
    page.locator(".pin-note").first.press_sequentially("!")
    expect(other.locator(".pin-note").first).to_have_value("From the other tab!")
    other.evaluate("localStorage.setItem('essay-assistant-notebook', '{\"pins\": [7, {\"id\": 1}]}')")
    expect(page.locator(".pinned")).to_have_count(0)
    other.evaluate("localStorage.setItem('essay-assistant-notebook', '[[')")
    expect(page.locator(".notebook-empty")).to_be_visible()


def test_a_storage_that_is_full_or_blocked_is_reported(page: Page) -> None:
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }"
    )
    _sentence(page)
    page.keyboard.press("p")
    expect(page.locator("#desk-voice")).to_have_text(
        "The notebook is full: save it, then remove what you do not need."
    )
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('', 'SecurityError'); }; }"
    )
    page.keyboard.press("p")
    expect(page.locator("#desk-voice")).to_contain_text("no notebook")
    expect(page.locator("#pin-sentence")).to_have_attribute("aria-pressed", "false")


def test_hostile_words_are_pinned_shown_and_saved_as_written(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.goto(f"{address}/#nasty/p01")
    page.reload()
    expect(page.locator(".reader")).to_have_attribute("data-essay", "nasty")
    # After a character that scripts count as two.
    _sentence(page, 1)
    page.keyboard.press("p")
    _sentence(page, 0)
    page.keyboard.press("p")
    _notebook(page)
    expect(page.locator(".pin-citation").first).to_contain_text("31")
    assert page.locator(".pin-gone:visible").count() == 0
    expect(page.locator(".pin-words").first).to_have_text("“Three”")
    expect(page.locator(".pin-words").last).to_contain_text("<b>one</b> 𝒳")
    page.locator(".pin-note").first.fill(_HOSTILE)
    assert page.locator("#pins :is(img, b)").count() == 0
    document = docx.Document(str(_saved(page, ".notebook-save [data-save=docx]", tmp_path)))
    assert f"Note: {_HOSTILE}" in [paragraph.text for paragraph in document.paragraphs]
    assert page.title() == "Essay Assistant"


def test_the_notebook_is_saved_in_every_format(page: Page, tmp_path: Path) -> None:
    _pinned(page, 0)
    page.locator(".pin-note").fill("Mine")
    markdown = _saved(page, ".notebook-save [data-save=markdown]", tmp_path)
    assert markdown.name == "notebook.md"
    assert (
        "“A lighthouse keeper wrote two books at once” (Marsh 31).\n\n**Note:** Mine\n"
        in markdown.read_text("utf-8")
    )
    expect(page.locator("#desk-voice")).to_have_text("Saved as notebook.md.")
    assert "{The Keeper’s Log}" in _saved(page, ".notebook-save [data-save=bibtex]", tmp_path).read_text(
        "utf-8"
    )
    assert "TI  - The Keeper’s Log" in _saved(page, ".notebook-save [data-save=ris]", tmp_path).read_text(
        "utf-8"
    )


def _tag(page: Page, number: int, tags: str) -> None:
    page.locator(".pin-tags").nth(number).fill(tags)
    page.locator(".pin-tags").nth(number).press("Tab")


def test_tags_and_words_filter_the_list_and_what_is_saved(page: Page, tmp_path: Path) -> None:
    _pinned(page, 0, 1, 2)
    first, second, third = _words(page)
    _tag(page, 0, " two  books, Oil ,oil")
    expect(page.locator(".pin-tags").nth(0)).to_have_value("two books, Oil")
    _tag(page, 2, "oil")
    page.locator(".pin-note").nth(2).fill("The nights")
    tags = page.locator("#pin-tags button")
    expect(tags).to_have_text(["two books 1", "Oil 2"])
    tags.nth(1).click()
    expect(tags.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".pinned:visible")).to_have_count(2)
    expect(page.locator("#desk-voice")).to_have_text("2 of 3 quotations shown.")
    # Among those shown the last becomes the first, and the hidden one stays in the middle.
    page.get_by_role("button", name="Move up: ").last.click()
    assert _words(page) == [third, second, first]
    outline = _saved(page, ".notebook-save [data-save=outline]", tmp_path)
    assert outline.name == "outline.md"
    expect(page.locator("#desk-voice")).to_contain_text("Only the quotations that are shown are in it.")
    lines = outline.read_text("utf-8").splitlines()
    assert lines[:5] == ["# Notebook", "", "- **oil**", "  - The nights", f"    - {third[:-1]}” (Marsh 31)."]
    assert lines[5:8] == [
        f"  - {first[:-1]}” (Marsh 31).",
        "- **two books**",
        f"  - {first[:-1]}” (Marsh 31).",
    ]
    page.locator("#pin-tags [data-tag='two books']").click()
    page.fill("#pin-filter", "LIGHTHOUSE mine")
    expect(page.locator(".pinned:visible")).to_have_count(0)
    page.fill("#pin-filter", "LIGHTHOUSE")
    expect(page.locator(".pinned:visible")).to_have_count(1)
    page.fill("#pin-filter", "nothing like it")
    expect(page.locator(".none-shown")).to_be_visible()
    page.reload()
    _notebook(page)
    expect(page.locator(".pinned:visible")).to_have_count(3)
    expect(page.locator(".pin-tags").last).to_have_value("two books, Oil")


def test_a_pin_is_dragged_to_another_place(page: Page) -> None:
    _pinned(page, 0, 1, 2)
    first, second, third = _words(page)
    handle = page.locator(".pin-handle").first
    handle.scroll_into_view_if_needed()
    grip, goal = handle.bounding_box(), page.locator(".pinned").nth(1).bounding_box()
    assert grip is not None
    assert goal is not None
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, goal["y"] + 0.65 * goal["height"], steps=8)
    expect(page.locator(".pinned.dragged")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("#desk-voice")).to_have_text("Number 2 of 3.")
    assert _words(page) == [second, first, third]
    handle = page.locator(".pin-handle").first
    handle.hover()
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, 690, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert _words(page) == [second, first, third]
    page.reload()
    _notebook(page)
    assert [words[:12] for words in _words(page)] == [words[:12] for words in (second, first, third)]


def test_the_notebook_is_backed_up_and_restored_in_another_browser(
    page: Page, browser: Browser, address: str, tmp_path: Path
) -> None:
    _pinned(page, 0, 1)
    page.locator(".pin-note").first.fill(_HOSTILE)
    _tag(page, 0, "oil")
    expect(page.locator("#notebook-kept")).to_contain_text("There is no backup yet.")
    backup = _saved(page, "#back-up", tmp_path)
    assert re.fullmatch(r"notebook-\d{4}-\d\d-\d\d\.json", backup.name)
    expect(page.locator("#notebook-kept")).to_contain_text(re.compile("Backed up on .*\\d\\.$"))
    page.locator(".pin-note").last.fill("More")
    expect(page.locator("#notebook-kept")).to_contain_text("it has changed since")
    other = browser.new_context()
    elsewhere = other.new_page()
    open_page(elsewhere, address)
    _notebook(elsewhere)
    elsewhere.set_input_files("#restore-file", backup)
    expect(elsewhere.locator("#desk-voice")).to_have_text("2 quotations restored; 0 were there already.")
    expect(elsewhere.locator(".pin-note").first).to_have_value(_HOSTILE)
    expect(elsewhere.locator(".pin-tags").first).to_have_value("oil")
    # A note of one's own stays; what is there is not there twice.
    elsewhere.locator(".pin-note").last.fill("Mine")
    elsewhere.set_input_files("#restore-file", backup)
    expect(elsewhere.locator("#desk-voice")).to_have_text("0 quotations restored; 2 were there already.")
    expect(elsewhere.locator(".pin-note").last).to_have_value("Mine")
    for name, content in {"notes.json": '{"pins": []}', "x.json": "[[", "image.json": "\0"}.items():
        (tmp_path / name).write_text(content, "utf-8")
        elsewhere.set_input_files("#restore-file", tmp_path / name)
        expect(elsewhere.locator("#desk-voice")).to_contain_text(f"{name} is no backup of a notebook")
    assert elsewhere.locator(".pinned").count() == 2
    assert elsewhere.title() == "Essay Assistant"
    other.close()


def test_a_pin_outlives_its_essay(page: Page, library: FakeLibrary, tmp_path: Path) -> None:
    _pinned(page, 0)
    page.wait_for_timeout(500)
    log = library.held.pop("log")
    try:
        page.locator("#asking-button").click()
        _notebook(page)
        expect(page.locator(".pin-gone")).to_contain_text("no longer in the library")
        expect(page.locator(".pin-citation")).to_have_text("(Marsh 31)")
        saved = _saved(page, ".notebook-save [data-save=markdown]", tmp_path).read_text("utf-8")
        assert "“A lighthouse keeper wrote two books at once” (Marsh 31).\n\n*The essay is no longer" in saved
        assert "## Works Cited\n\nMarsh, Ada. “The Keeper’s Log.”\n" in saved
        page.locator(".notebook-save [data-save=ris]").click()
        expect(page.locator("#desk-voice")).to_contain_text("there are no records to save")
    finally:
        library.held["log"] = log


def test_the_conversation_is_saved_and_its_questions_deleted(page: Page, tmp_path: Path) -> None:
    ask(page, _QUESTION)
    ask(page, "What of the inspectors?")
    page.locator("#save-conversation summary").click()
    saved = _saved(page, "#save-conversation [data-save=markdown]", tmp_path).read_text("utf-8")
    assert (
        saved.index(f"## {_QUESTION}")
        < saved.index(f"**{_FIRST_SENTENCE}**")
        < saved.index("## What of the inspectors?")
    )
    assert "*Likely answer*" in saved
    assert "## Works Cited\n\nMarsh, Ada. “The Keeper’s Log.”" in saved
    page.locator("#save-conversation summary").click()
    page.keyboard.press("Escape")
    expect(page.locator("#save-conversation summary")).to_be_focused()
    expect(page.locator("#save-conversation [data-save]").first).to_be_hidden()
    page.get_by_role("button", name=f"Delete the question “{_QUESTION}”").click()
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".asked")).to_have_text("What of the inspectors?")
    expect(page.locator(".forget")).to_be_focused()
    page.wait_for_timeout(600)
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    page.locator(".forget").click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator("#question textarea")).to_be_focused()
    ask(page, "And the second book?")
    expect(page.locator(".turn")).to_have_count(1)


def test_follow_ups_do_not_use_a_deleted_question(page: Page, library: FakeLibrary, monkeypatch: Any) -> None:
    asked: list[list[str]] = []
    answers = library.answers

    def listening(question: str, **options: Any) -> Any:
        asked.append([question, *options["history"]])
        return answers(question, **options)

    monkeypatch.setattr(library, "answers", listening)
    ask(page, _QUESTION)
    page.locator(".forget").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "And what of wicks?")
    assert asked[-1] == ["And what of wicks?"]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_serious_violation(browser: Browser, address: str, width: int, scheme: Any) -> None:
    visitor = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = visitor.new_page()
    open_page(page, address)
    ask(page, _QUESTION)
    page.locator(".card .pin").first.click()
    _sentence(page)
    page.keyboard.press("p")
    if page.locator("#show-options").is_visible():
        page.locator("#show-options").click()
    page.locator("#save-conversation summary").click()
    assert accessibility_violations(page) == []
    _notebook(page)
    page.locator(".remove-pin").first.click()
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    expect(page.locator(".pin-words").first).to_be_visible()
    assert page.locator("button:visible").count() == 0
    visitor.close()
