"""What would steer a page, a terminal, a spreadsheet or the order of reading is shown as it was written.

An essay, its file name, title, heading, note and record, a question, a note of the user's, a draft and a
question set go through every part of the page, with a library on disk; what is copied and saved is read too.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import docx
import page_server
import pytest
from browser_steps import ask, unfold
from essay_library import Opened
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser

_PATIENCE = 30_000
_FLAG = "window.taken=1"
# What a file name could be, and more that it could not. Gradio leaves brackets out of the names of uploads.
_NAME = f"=1+1 <img src=x onerror={_FLAG}> 'q' &amp; ${{2}} \u202eturned \u2067set apart"
_WRITTEN = f'{_NAME} "q" </script><script>{_FLAG}</script> @SUM(B:B) \x1b[31m\x07\x9b5m'
_TITLE = 'On Lamps <img src=x> "q" &amp; \x1b[31m \u202eturned'
_RECORD = {
    "type": "book",
    "title": f"The Log {_WRITTEN}",
    "author": [{"family": "Marsh\u202e", "given": "Ada"}],
    "publisher": _WRITTEN,
    "issued": {"date-parts": [[1999]]},
}


def _essay(folder: Path) -> Path:
    path = folder / f"{_NAME}.txt"
    weather = " ".join(["The keeper lit the lamp at dusk and wrote of the weather in his log."] * 30)
    oil = " ".join(["Oil was dear and the nights were long on the rock."] * 30)
    parts = (
        _TITLE, "Ada Marsh", f"{weather} Then came {_WRITTEN} and he slept.[1]",
        f"\f\nOF OIL {_WRITTEN}", oil, "Notes", f"1. See {_WRITTEN} for more on lamps.",
    )  # fmt: skip
    path.write_text("\n\n".join(parts) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return Opened(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def address(opened: Opened) -> Iterator[str]:
    from assistant.cli.evaluate import report_html

    with page_server.served(opened.library, assess=partial(report_html, opened.library)) as server:
        yield server.address


@pytest.fixture
def page(visitor: BrowserContext, address: str) -> Iterator[Page]:
    """The page, on which nothing that was written may become markup or run."""
    page = visitor.new_page()
    page.goto(address)
    yield page
    page.wait_for_timeout(200)
    assert page.evaluate("window.taken") is None
    assert page.locator("[onerror], img[src=x]").count() == 0


@pytest.fixture
def added(opened: Opened, tmp_path: Path) -> str:
    """The id of the essay, with its record."""
    for held in opened.library.ids():
        opened.library.remove(held, for_good=True)
    essay_id = opened.library.add(_essay(tmp_path), essay_id="log").essay_id
    opened.library.edit(essay_id, reference=_RECORD, first_page="31")
    return essay_id


def _shown(text: str) -> re.Pattern[str]:
    """Matches what a page shows of a text, with any white space."""
    return re.compile(r"\s+".join(map(re.escape, text.split())))


def _saved(page: Page, form: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.locator(f".notebook-save [data-save={form}]").click()
    path = folder / f"saved.{form}"
    download.value.save_as(path)
    return path


def test_an_essay_is_added_shown_and_removed_as_its_file_is_named(page: Page, tmp_path: Path) -> None:
    expect(page.locator("#essay-file")).to_be_visible(timeout=_PATIENCE)
    page.locator("#essay-file input[type=file]").set_input_files(_essay(tmp_path))
    expect(page.locator("#essay-file")).to_contain_text("1+1", timeout=_PATIENCE)
    page.locator("#add-essay").click()
    expect(page.locator("#report li[data-state='added']")).to_have_count(1, timeout=_PATIENCE)
    row = page.locator("#shelf tr[data-essay]")
    expect(row.locator("th")).to_have_text(_shown(_TITLE))
    row.locator("[data-act=edit]").click()
    expect(page.locator("#sheet-title")).to_have_text(_shown(f"Edit “{_TITLE}”"))
    page.get_by_label("Publisher").fill(_NAME)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#library-said")).to_contain_text("is saved.")
    row.locator("[data-act=report]").click()
    expect(page.locator("#sheet")).to_be_visible()
    page.locator("#sheet .close").first.click()
    row.locator("[data-act=remove]").click()
    page.locator("#sheet .danger").click()
    page.get_by_text("Removed essays (1)").click()
    # The form leaves out characters that cannot be seen.
    expect(page.locator("#shelf .removed")).to_contain_text('On Lamps <img src=x> "q" &amp; [31m turned')
    page.get_by_role("button", name="Delete for good").click()
    page.locator("#sheet .danger").click()
    expect(page.locator("#library-said")).to_have_text("It is deleted for good.")


@pytest.mark.usefixtures("added")
def test_answers_copies_and_the_notebook_have_it_as_written(page: Page, tmp_path: Path) -> None:
    page.reload()
    expect(page.locator(".reader [data-passage]").first).to_be_visible(timeout=_PATIENCE)
    expect(page.locator(".reader")).to_contain_text(_shown(f"OF OIL {_WRITTEN}"))
    ask(page, "When was the lamp lit by the keeper?")
    page.fill("#question textarea", f"Who lit the lamp? {_WRITTEN}")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .asked").last).to_have_text(_shown(f"Who lit the lamp? {_WRITTEN}"))
    expect(page.locator(".turn:last-child .answer:not(.reading)")).to_be_visible(timeout=_PATIENCE)
    card = page.locator(".card", has_text="Then came").first
    expect(card).to_contain_text(_shown(f"Then came {_WRITTEN} and he slept"))
    # The name in the record turns no page: 31 would be read as 13.
    expect(card).to_contain_text("(Marsh 31)")
    unfold(card)
    copied = card.locator(".copy-passage")
    plain = str(copied.get_attribute("data-copy"))
    assert _WRITTEN in plain
    assert plain.rstrip(".").endswith("\u2069\u202c(Marsh 31)")
    card.locator(".pin").last.click()
    page.get_by_role("tab", name="Notebook").click()
    expect(page.locator(".pin-words").first).to_contain_text(_shown(f"Then came {_WRITTEN}"))
    page.locator(".pin-note").first.fill(_NAME)
    markdown = _saved(page, "markdown", tmp_path).read_text("utf-8")
    assert "<" not in markdown.replace("\\<", "")
    assert "(Marsh 31)" in markdown
    assert re.search("^Marsh, Ada\\. \\*The Log =1", markdown, re.MULTILINE)
    document = docx.Document(str(_saved(page, "docx", tmp_path)))
    words = [paragraph.text for paragraph in document.paragraphs]
    assert f"Note: {_NAME}" in words
    # XML has no place for what is no character.
    assert any(re.sub("[\x07\x1b]", "\ufffd", _WRITTEN) in line for line in words)
    assert "onerror" in _saved(page, "bibtex", tmp_path).read_text("utf-8")
    assert f"PB  - {_WRITTEN}" in _saved(page, "ris", tmp_path).read_text("utf-8")


@pytest.mark.usefixtures("added")
def test_a_draft_is_checked_as_written(page: Page, tmp_path: Path) -> None:
    draft = tmp_path / f"{_NAME}.md"
    ordinary = "He read the log and wrote of it. " * 60
    claim = f"He says that “the keeper lit the lamp at {_WRITTEN}” (Marsh 40)."
    draft.write_text(f"# {_WRITTEN}\n\n{claim}\n\n{ordinary}\n", "utf-8")
    page.get_by_role("tab", name="Check").click()
    page.set_input_files("#check-file input[type=file]", draft)
    expect(page.locator("#check-file .file-preview")).to_be_visible(timeout=_PATIENCE)
    page.click("#go-check")
    expect(page.locator("#checked h2").first).to_contain_text("1+1 img", timeout=_PATIENCE)
    expect(page.locator("#checked")).to_contain_text(_shown(_WRITTEN))


def test_a_question_set_is_measured_as_written(page: Page, tmp_path: Path) -> None:
    pytest.importorskip("ir_measures")
    path = tmp_path / f"{_NAME}.zip"
    lines = {"p1": f"The keeper lit the lamp. {_WRITTEN}", "p2": "Barrels of oil stood in the cellar."}
    corpus = [json.dumps({"_id": name, "doc": "log", "text": text}) for name, text in lines.items()]
    questions = [{"_id": "q1", "doc": "log", "text": f"Who stood there? {_WRITTEN}"}]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("queries.jsonl", "\n".join(map(json.dumps, questions)))
        archive.writestr("corpus.jsonl", "\n".join(corpus))
        archive.writestr("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\tp2\t1\n")
    page.get_by_role("tab", name="Measure").click()
    page.get_by_text("Upload a question set", exact=True).click()
    page.locator("#set-files input[type=file]").set_input_files(path)
    expect(page.locator("#set-files")).to_contain_text("1+1", timeout=_PATIENCE)
    page.locator("#run").click()
    report = page.locator("#figures .evaluation-report")
    expect(report.locator("h2").first).to_contain_text("1 1 img", timeout=60_000)
    expect(report).to_contain_text(_shown(f"Who stood there? {_WRITTEN}"))
