"""The library's part of the page in a browser: uploads, the table, records, removed essays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import page_server
import pytest
from browser_steps import accessibility_violations
from essay_library import ROOT, SAMPLE, SECOND, Opened
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from assistant.web.views.essays import in_order

pytestmark = pytest.mark.browser

_PATIENCE = 30_000
_LAYOUTS = ROOT / "tests" / "layouts"
_THIRD = _LAYOUTS / "form_feeds.txt"
_HOSTILE = "</td><img src=x onerror=\"document.title='taken'\"> <u>one</u> ${2}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Opened, str]]:
    """A page with a library of its own and a fake model."""
    opened = Opened(tmp_path_factory.mktemp("library"))
    with page_server.served(opened.library) as server:
        yield opened, server.address


@pytest.fixture(autouse=True)
def _patient() -> Iterator[None]:
    expect.set_options(timeout=_PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def address(served: tuple[Opened, str]) -> str:
    return served[1]


@pytest.fixture
def opened(served: tuple[Opened, str]) -> Opened:
    """The library, with three essays as they are when they have just been added."""
    library = served[0].library
    for essay_id in library.ids():
        library.remove(essay_id, for_good=True)
    for essay_id in library.removed():
        library.remove(essay_id, for_good=True)
    for path in (SAMPLE, SECOND, _THIRD):
        library.add(path)
    return served[0]


@pytest.fixture
def page(visitor: BrowserContext, opened: Opened, address: str) -> Iterator[Page]:
    errors: list[str] = []
    assert opened.library.ids() == ["form-feeds", "running-heads", "sample"]
    page = visitor.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    expect(page.locator(".reader [data-passage]").first).to_be_visible()
    yield page
    assert errors == []


def _library(page: Page) -> None:
    page.get_by_role("tab", name="Library").click()
    expect(page.locator("#shelf tr[data-essay]").first).to_be_visible(timeout=_PATIENCE)


def _row(page: Page, essay_id: str) -> Locator:
    return page.locator(f"#shelf tr[data-essay='{essay_id}']")


def _order(page: Page) -> list[str]:
    rows = page.locator("#shelf tbody tr:not([hidden])")
    return list(rows.evaluate_all("all => all.map(one => one.dataset.essay)"))


def _act(page: Page, essay_id: str, act: str) -> None:
    _row(page, essay_id).locator(f"[data-act='{act}']").click()
    expect(page.locator("#sheet")).to_be_visible()


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.dataset.act || document.activeElement.name"))


def test_an_empty_library_leads_to_where_essays_are_added(
    visitor: BrowserContext, opened: Opened, address: str
) -> None:
    for essay_id in opened.library.ids():
        opened.library.remove(essay_id, for_good=True)
    page = visitor.new_page()
    page.goto(address)
    expect(page.locator("#essay-file")).to_be_visible()
    expect(page.get_by_role("tab", name="Library")).to_have_attribute("aria-selected", "true")
    page.locator("#add-essay").click()
    expect(page.locator("#report .fault")).to_have_text("Choose a file first.")
    page.locator("#essay-file input[type=file]").set_input_files([SAMPLE, _THIRD])
    expect(page.locator("#essay-file")).to_contain_text("form_feeds")
    page.locator("#add-essay").click()
    expect(page.locator("#report li[data-state='added']")).to_have_count(2)
    expect(page.locator("#shelf tbody tr")).to_have_count(2)
    page.get_by_role("tab", name="Ask").click()
    expect(page.locator(".reader [data-passage]").first).to_be_visible()
    expect(page.locator(".welcome")).to_contain_text("2 essays")


def test_files_are_added_one_by_one_each_with_its_line(page: Page, opened: Opened, tmp_path: Path) -> None:
    page.get_by_role("button", name="Add an essay").click()
    picture, empty = tmp_path / "picture.png", tmp_path / "<img src=x onerror=alert(1)>.txt"
    picture.write_bytes(b"\x89PNG")
    empty.write_bytes(b" ")
    new = next(path for path in sorted(_LAYOUTS.glob("*.txt")) if path not in {SECOND, _THIRD})
    page.locator("#essay-file input[type=file]").set_input_files([SAMPLE, picture, empty, new])
    expect(page.locator("#essay-file")).to_contain_text("picture")
    page.locator("#add-essay").click()
    lines = page.locator("#report li")
    expect(lines.nth(3)).to_have_attribute("data-state", "added")
    assert lines.evaluate_all("all => all.map(one => one.dataset.state)") == [
        "there",
        "fault",
        "fault",
        "added",
    ]
    expect(lines.nth(1).locator(".fault")).to_contain_text("picture.png has the unknown ending")
    expect(lines.nth(2).locator(".fault")).to_contain_text("is empty")
    lines.nth(3).get_by_role("button", name="Report").click()
    expect(page.locator("#sheet .ingest")).to_be_visible()
    page.keyboard.press("Escape")
    assert _focused(page) == "report"
    expect(page.locator("#shelf tbody tr")).to_have_count(4)
    lines.nth(3).get_by_role("button", name="Open").click()
    expect(page.locator(f".reader[data-essay='{_new(opened)}']")).to_be_visible()
    assert page.title() == "Essay Assistant"


def _new(opened: Opened) -> str:
    (new,) = set(opened.library.ids()) - {"form-feeds", "running-heads", "sample"}
    return new


def test_the_table_is_sorted_by_its_headers_and_filtered(page: Page, opened: Opened) -> None:
    for number in range(6):
        opened.library.add(_THIRD, essay_id=f"copy-{number}")
    _library(page)
    heads = page.locator("#shelf thead th[aria-sort]")
    assert heads.evaluate_all("all => all.map(one => one.ariaSort)") == [
        *("none", "ascending"),
        *["none"] * 4,
    ]
    assert _order(page) == in_order(opened.library.summaries())
    passages = page.get_by_role("button", name="Passages")
    passages.focus()
    page.keyboard.press("Enter")
    assert _order(page)[0] == "running-heads"
    assert _order(page)[-1] == "sample"
    page.keyboard.press("Enter")
    assert _order(page)[0] == "sample"
    expect(page.locator("#shelf thead th[aria-sort='descending']")).to_have_text("Passages")
    # An essay without a year comes last, whichever way.
    for _ in range(2):
        page.get_by_role("button", name="Year").click()
        assert _order(page)[0] == "sample"
    page.locator("#shelf .filter").fill("wexcombe TEN")
    assert _order(page) == ["running-heads"]


def test_which_essays_are_asked_is_one_choice_in_both_parts(page: Page, opened: Opened) -> None:
    summary = page.locator("#scope summary")
    expect(summary).to_have_text("Asking all 3 essays")
    _library(page)
    asked = page.locator("#shelf .asked-what")
    expect(asked).to_have_text("All 3 essays are asked; tick some to ask only those.")
    _row(page, "sample").get_by_role("checkbox").check()
    _row(page, "form-feeds").get_by_role("checkbox").check()
    expect(asked).to_have_text("2 of 3 essays are asked.")
    page.get_by_role("tab", name="Ask").click()
    expect(summary).to_have_text("Asking 2 of 3 essays")
    page.wait_for_timeout(500)
    page.reload()
    expect(summary).to_have_text("Asking 2 of 3 essays")
    page.fill("#question textarea", "At how many minutes after noon in London did noon in Bristol fall?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .answer:not(.reading)")).to_be_visible()
    essays = page.locator(".turn .card").evaluate_all("all => all.map(one => one.dataset.essay)")
    assert set(essays) <= {"sample", "form-feeds"}
    summary.click()
    page.locator("#scope input[value='form-feeds']").uncheck()
    expect(summary).to_contain_text("Asking 1 of 3 essays: The Essay Assistant Authors")
    page.keyboard.press("Escape")
    expect(page.locator("#scope .scope-list")).to_be_hidden()
    opened.library.remove("sample")
    page.fill("#question textarea", "And then?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn:last-child .fault")).to_contain_text("None of the essays chosen")
    page.reload()
    expect(summary).to_have_text("Asking all 2 essays")


def test_record_and_first_page_are_edited(page: Page, opened: Opened) -> None:
    _library(page)
    _act(page, "form-feeds", "edit")
    sheet = page.locator("#sheet")
    page.get_by_label("Number of the first page", exact=True).fill("844")
    page.get_by_label("Title", exact=True).fill(_HOSTILE)
    page.get_by_label("Date").fill("2014-13")
    page.get_by_role("button", name="Save").click()
    expect(sheet.get_by_role("alert")).to_contain_text("“2014-13” is not a date")
    page.get_by_label("Date").fill("2014-12")
    page.keyboard.press("Enter")
    expect(sheet).to_be_hidden()
    expect(page.locator("#library-said")).to_contain_text("is saved.")
    expect(_row(page, "form-feeds").locator("th")).to_have_text(_HOSTILE)
    expect(_row(page, "form-feeds")).to_contain_text("844–847")
    expect(_row(page, "form-feeds").locator("[data-act=edit]")).to_be_focused()
    assert page.title() == "Essay Assistant"
    assert opened.library.essay("form-feeds").reference["issued"] == {"date-parts": [[2014, 12]]}
    expect(page.locator("#scope .scope-list")).to_contain_text(_HOSTILE)


def test_a_pasted_record_is_shown_before_it_is_saved(page: Page, opened: Opened) -> None:
    _library(page)
    _act(page, "form-feeds", "edit")
    page.get_by_text("Take it from a record").click()
    record = page.get_by_label("Paste the record")
    record.fill("nothing")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#sheet").get_by_role("alert")).to_contain_text("is not a record")
    record.fill(
        "@article{x, title = {On Eels}, author = {Marsh, Ada}, journal = {Coast}, issn = {0026-7724}}"
    )
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("On Eels")
    expect(page.get_by_label("Kind of work")).to_have_value("article-journal")
    assert opened.library.summaries()["form-feeds"].title != "On Eels"
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#sheet")).to_be_hidden()
    assert opened.library.essay("form-feeds").reference["ISSN"] == "0026-7724"


def test_an_essay_is_removed_by_keyboard_and_put_back(page: Page, opened: Opened) -> None:
    before = opened.library.summaries()["sample"]
    _library(page)
    _row(page, "sample").locator("[data-act=open]").click()
    expect(page.locator(".reader[data-essay='sample']")).to_be_visible()
    _library(page)
    _row(page, "sample").locator("[data-act=remove]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet h2")).to_contain_text("Remove “Where the Words Stand")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    assert _focused(page) == "remove"
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    undo = page.locator("#library-said").get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(_row(page, "sample")).to_have_count(0)
    expect(page.locator(".reader[data-essay='sample']")).to_have_count(0)
    opened.encoder.encoded.clear()
    page.keyboard.press("Enter")
    expect(_row(page, "sample")).to_be_visible()
    expect(_row(page, "sample").locator("[data-act=open]")).to_be_focused()
    assert opened.encoder.encoded == []
    assert opened.library.summaries()["sample"] == before


def test_a_removed_essay_can_be_deleted_for_good(page: Page, opened: Opened) -> None:
    _library(page)
    _act(page, "sample", "remove")
    page.locator("#sheet .danger").click()
    page.get_by_text("Removed essays (1)").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator("#sheet h2")).to_contain_text("for good?")
    page.locator("#sheet .danger").click()
    expect(page.locator("#library-said")).to_have_text("It is deleted for good.")
    expect(page.locator("#shelf .removed")).to_have_count(0)
    assert opened.library.removed() == {}


def test_an_essay_removed_in_another_window_is_one_sentence(
    visitor: BrowserContext, page: Page, opened: Opened, address: str
) -> None:
    _library(page)
    other = visitor.new_page()
    other.goto(address)
    _library(other)
    _act(other, "sample", "remove")
    other.locator("#sheet .danger").click()
    expect(_row(other, "sample")).to_have_count(0)
    _row(page, "sample").locator("[data-act=edit]").click()
    expect(page.locator("#desk-voice")).to_contain_text("is no longer in the library")
    expect(_row(page, "sample")).to_have_count(0)
    opened.library.remove("running-heads")
    _row(page, "running-heads").locator("[data-act=open]").click()
    expect(page.locator(".toast-wrap")).to_contain_text("is not in the library")


def test_thousands_of_essays_are_shown_sorted_and_filtered(
    visitor: BrowserContext, opened: Opened, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = opened.library.summaries()["form-feeds"]
    names = (f"essay-{number:04d}" for number in range(1999))
    record = {"type": "book", "title": "Of Anvils", "author": [{"family": "Zwingli", "given": "Ada"}]}
    other = replace(summary, reference=record)
    many = {"zz": other, "form-feeds": summary} | dict.fromkeys(names, summary)
    monkeypatch.setattr(opened.library, "summaries", lambda: many)
    page = visitor.new_page()
    page.goto(address)
    _library(page)
    rows = page.locator("#shelf tbody tr")
    expect(rows).to_have_count(2000)
    expect(page.locator("#shelf tbody tr:visible")).to_have_count(100)
    expect(page.locator(".shelf-shown")).to_have_text("100 of 2,000 essays.")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    page.locator("[data-sort=added]").click()
    expect(page.locator("#shelf th:has([data-sort=added])")).to_have_attribute("aria-sort", "ascending")
    expect(rows).to_have_count(2000)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("#shelf tbody tr:visible")).to_have_count(200)
    expect(page.locator("#shelf tbody tr:visible input").nth(100)).to_be_focused()
    # What is not drawn is found all the same.
    page.locator("#shelf .filter").fill("no such title")
    expect(page.locator("#shelf tbody tr:visible")).to_have_count(0)
    page.locator("#shelf .filter").fill("")
    expect(page.locator("#shelf tbody tr:visible")).to_have_count(200)
    # The page sorts the rows that it has, without the server, and is told of those that it has not.
    assert [request for request in sent if "/queue/join" in request or "library_act" in request] == []
    page.locator("#shelf .filter").fill("anvils zwingli")
    found = page.locator("#shelf tbody tr:visible")
    expect(found).to_have_count(1)
    expect(found.locator("th")).to_have_text("Of Anvils")
    found.locator("input.chosen").check()
    expect(page.locator("#shelf .asked-what")).to_have_text("1 of 2,001 essays are asked.")
    page.get_by_role("tab", name="Ask").click()
    page.locator("#scope summary").click()
    page.locator("#scope .filter").fill("zwingli")
    expect(page.locator("#scope li:visible")).to_have_text("Ada Zwingli, Of Anvils")
    expect(page.locator("#scope li:visible input")).to_be_checked()
    # The choice outlives a reload, although its essay is in no list.
    page.reload()
    expect(page.locator("#scope summary")).to_have_text("Asking 1 of 2,001 essays")


_DROP = """async ([target, names]) => {
  const give = (name) => (done) => done(new File(["x"], name));
  const file = (name) => ({ isFile: true, isDirectory: false, name, file: give(name) });
  const folder = (name, inner) => {
    let batches = [inner, []];
    const createReader = () => ({ readEntries: (done) => done(batches.shift()) });
    return { isFile: false, isDirectory: true, name, createReader };
  };
  const inner = folder("more", names.slice(2).map(file));
  const entry = folder("essays", [...names.slice(0, 2).map(file), inner]);
  const event = new DragEvent("drop", { bubbles: true, cancelable: true });
  const value = { items: [{ webkitGetAsEntry: () => entry }], files: [] };
  Object.defineProperty(event, "dataTransfer", { value });
  document.querySelector(target).dispatchEvent(event);
}"""


def test_a_folder_is_dropped_with_the_folders_in_it(page: Page) -> None:
    _library(page)
    page.evaluate(_DROP, ["#essay-file button, #essay-file", ["b.txt", "a.PDF", "c.md", "picture.png"]])
    expect(page.locator("#desk-voice")).to_have_text("3 files are chosen. 1 other file is left out.")
    # Gradio writes a file's ending apart.
    expect(page.locator("#essay-file")).to_contain_text(re.compile(r"a\s*\.PDF"))
    expect(page.locator("#essay-file")).to_contain_text(re.compile(r"c\s*\.md"))


def test_a_folder_is_chosen(page: Page, tmp_path: Path) -> None:
    _library(page)
    for name in ("one.txt", "two.txt", "data.csv"):
        (tmp_path / name).write_text("x", "utf-8")
    page.set_input_files("#essay-folder", tmp_path)
    expect(page.locator("#desk-voice")).to_have_text("2 files are chosen. 1 other file is left out.")
    expect(page.locator("#essay-file")).to_contain_text("two")


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)
def test_axe_finds_no_serious_violation(
    browser: Browser,
    opened: Opened,
    address: str,
    width: int,
    scheme: Any,
) -> None:
    opened.library.remove("running-heads")
    visitor = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = visitor.new_page()
    page.goto(address)
    if width < 900:
        page.locator("#show-options").click()
    page.locator("#scope summary").click()
    assert accessibility_violations(page) == []
    _library(page)
    page.get_by_text("Removed essays (1)").click()
    _row(page, "sample").get_by_role("checkbox").check()
    assert accessibility_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for act in ("edit", "report", "remove"):
        _act(page, "sample", act)
        assert accessibility_violations(page) == []
        page.keyboard.press("Escape")
    visitor.close()


def test_filters_are_chips_that_restrict_what_is_asked(page: Page, opened: Opened) -> None:
    page.locator("#scope summary").click()
    form = page.locator("#scope .filter-form")
    form.get_by_label("Filter by").select_option("sections")
    form.get_by_label("Value").fill("numbering")
    form.get_by_label("Value").press("Enter")
    form.get_by_label("Filter by").select_option("kinds")
    form.get_by_label("Value").fill("Paragraphs")
    form.get_by_role("button", name="Add filter").click()
    chips = page.locator("#scope .chips .chip")
    expect(chips).to_have_text(["Section: numbering", "Kind: paragraphs"])
    expect(page.locator("#scope summary")).to_contain_text("filtered")
    assert accessibility_violations(page) == []
    page.keyboard.press("Escape")
    page.locator("#question textarea").fill("Who lit the lamp in the harbour?")
    page.locator("#question textarea").press("Enter")
    first = page.locator("#turns .turn:not(.pending) [data-passage]").first
    expect(first).to_be_visible()
    found = page.locator("#turns .turn .hit[data-passage]")
    passages = {passage.id: passage for passage in opened.library.essay("sample").passages}
    for name in found.evaluate_all("parts => parts.map(part => part.dataset.passage)"):
        assert "Numbering" in passages[name].section
    # They stay when the page is loaded again, and a press takes one away.
    page.reload()
    expect(chips).to_have_text(["Section: numbering", "Kind: paragraphs"])
    chips.first.click()
    expect(chips).to_have_text(["Kind: paragraphs"])
    # On a phone they are in sight.
    page.set_viewport_size({"width": 390, "height": 844})
    expect(chips.first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_filter_that_leaves_nothing_says_what_there_is(page: Page) -> None:
    page.locator("#scope summary").click()
    page.locator("#scope .filter-form").get_by_label("Value").fill("Nobody Nowhere")
    page.locator("#scope .filter-form").get_by_label("Value").press("Enter")
    page.keyboard.press("Escape")
    page.locator("#question textarea").fill("Who lit the lamp?")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#turns .turn").last).to_contain_text("No essay has the author “Nobody Nowhere”")
