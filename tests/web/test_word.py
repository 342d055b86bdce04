"""The add-in for Word: what the server sends, and the task pane in a browser, with Word's API stubbed.

``tests/data/office-js/office.js`` stands in for Word. These tests show what Word is asked to do, exactly.
"""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from browser_steps import PATIENCE, accessibility_violations
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from essay_library import ROOT, SAMPLE, loader
from fake_models import FakeEncoder
from lxml import etree
from page_server import Served, served
from playwright.sync_api import Browser, BrowserContext, Page, expect
from written_drafts import write_word

from assistant.core.errors import AssistantError
from assistant.library.library import Library
from assistant.web.app import encryption
from assistant.web.word import office_js_folder

STUB = ROOT / "tests" / "data" / "office-js"
OFFICE = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
NOTEBOOK = """---
title: Notes on Margins
author: Ada Reader
date: 2020
---

Readers of the *Chronicle* wrote in its margins, and the *Annals* was left clean.

All stood under 📚 or 𝔄 once. The librarian of the lighthouse counted his 📚 and 𝑥 volumes at midnight!
Nobody else did.
"""
QUESTION = "Who divided the four Gospels into numbered sections?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library with the sample and a short essay with italics."""
    folder = tmp_path_factory.mktemp("word")
    library = Library(folder / "library", load_encoder=loader(FakeEncoder()))
    library.add(SAMPLE)
    (folder / "margins.md").write_text(NOTEBOOK, "utf-8")
    library.add(folder / "margins.md", essay_id="margins")
    return library


@pytest.fixture(scope="module")
def office_js(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as Microsoft's package has it, beside a file that is none of its."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "secret.js").write_text("secret")
    shutil.copytree(STUB, folder / "dist")
    (folder / "dist" / "en-us").mkdir()
    (folder / "dist" / "en-us" / "strings.js").write_text("/* strings */")
    (folder / "dist" / "office.d.ts").write_text("types")
    return folder / "dist"


@pytest.fixture(scope="module")
def server(library: Library, office_js: Path) -> Iterator[Served]:
    with served(library, office_js=office_js_folder(office_js)) as server:
        yield server


@pytest.fixture(scope="module")
def address(server: Served) -> str:
    return server.address


# What the server sends.


def test_the_pane_loads_nothing_from_elsewhere(server: Served) -> None:
    pane = server.get("/word/")
    assert pane.status == 200
    policy = dict(part.split(" ", 1) for part in pane.headers["content-security-policy"].split("; "))
    assert policy.pop("frame-ancestors") == policy.pop("base-uri") == policy.pop("default-src") == "'none'"
    assert policy.pop("form-action") == "'none'"
    assert set(policy.values()) == {"'self'"}
    assert "http" not in pane.text.replace("https, as", "").replace("https:", "", 1).replace("over https", "")
    for name in re.findall(r'"\.\./(page/[0-9a-f]{16}\.(?:css|js))"', pane.text):
        assert server.get(f"/{name}").status == 200
    assert 'src="office-js/office.js"' in pane.text
    assert server.get("/word").text == pane.text


def test_the_manifest_has_the_server_s_own_addresses_in_the_order_of_the_schema(server: Served) -> None:
    reply = server.get("/word/manifest.xml")
    assert reply.headers["content-type"].startswith("application/xml")
    root = etree.fromstring(reply.text.encode())
    assert [child.tag.removeprefix(OFFICE).rpartition("}")[2] for child in root] == (
        "Id Version ProviderName DefaultLocale DisplayName Description IconUrl HighResolutionIconUrl "
        "SupportUrl AppDomains Hosts Requirements DefaultSettings Permissions VersionOverrides"
    ).split()
    values = [element.get("DefaultValue") or "" for element in root.iter()]
    addresses = [value for value in values if value.startswith("http")]
    assert {value for value in addresses if not value.startswith(f"{server.address}/word/")} == set()
    assert len(addresses) == 8
    for value in addresses:
        assert server.get(value.removeprefix(server.address)).status == 200
    named = {element.get("resid") for element in root.iter() if element.get("resid")}
    defined = {element.get("id") for element in root.iter() if "officeappbasictypes" in element.tag}
    assert named == defined - {None}
    (needed,) = root.iter(f"{OFFICE}Sets")
    assert (needed.get("DefaultMinVersion"), needed[0].get("Name")) == ("1.4", "WordApi")


@pytest.mark.parametrize("size", [16, 32, 64, 80])
def test_icons_have_the_sizes_that_the_manifest_says(server: Served, size: int) -> None:
    assert server.get(f"/word/icon-{size}.png").headers["content-type"] == "image/png"
    data = (ROOT / "assistant" / "web" / "static" / f"word-icon-{size}.png").read_bytes()
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (size, size)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("office.js", 200),
        ("en-us/strings.js", 200),
        ("office.d.ts", 404),
        ("en-us", 404),
        ("other.js", 404),
        ("..%2Fsecret.js", 404),
        ("%2E%2E/secret.js", 404),
        ("a%00.js", 404),
    ],
)
def test_only_scripts_of_microsoft_s_folder_are_sent(server: Served, name: str, status: int) -> None:
    reply = server.get(f"/word/office-js/{name}")
    assert (reply.status, "secret" in reply.text) == (status, False)


def test_without_office_js_the_page_says_how_to_get_it(library: Library, tmp_path: Path) -> None:
    with served(library) as server:
        text = server.get("/word/").text
        assert "assistant serve --office-js FOLDER" in text
        assert "--certificate FILE --key FILE" in text
        assert "<script src=" not in text
        assert server.get("/word/office-js/office.js").status == 404
        assert server.get("/word/", {"Host": "word.example"}).status == 403
    with pytest.raises(AssistantError, match="@microsoft/office-js"):
        office_js_folder(tmp_path)


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Files of a certificate for this machine, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "own.pem", folder / "own-key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def test_the_page_is_served_over_https_with_a_certificate(library: Library, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with served(library, ssl=encryption(certificate)) as server:
        trust = ssl.create_default_context(cafile=str(certificate[0]))
        address = f"https://localhost:{server.port}"
        with urllib.request.urlopen(f"{address}/word/manifest.xml", context=trust, timeout=PATIENCE) as reply:
            assert f'<SourceLocation DefaultValue="{address}/word/"/>' in reply.read().decode()
        with urllib.request.urlopen(f"{address}/word/", context=trust, timeout=PATIENCE) as reply:
            assert "--certificate" not in reply.read().decode()
    assert encryption(None) == {}
    for files in ((certificate[1], certificate[0]), (tmp_path / "none", certificate[1])):
        with pytest.raises(AssistantError, match="cannot be read as a certificate"):
            encryption(files)


# The pane in Word.

Opener = Callable[..., Page]


@pytest.fixture
def pane(browser: Browser, address: str) -> Iterator[Opener]:
    """Opens the pane on a document; nothing else is asked, and no script breaks."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def opened(*, path: str = address, width: int = 360, ready: bool = True, **draft: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 720}, reduced_motion="reduce")
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("request", lambda request: broken.extend({request.url} if path not in request.url else ()))
        page.add_init_script(f"window.draft = {json.dumps(draft)}")
        page.goto(f"{path}/word/")
        if ready:
            expect(page.locator("#parts")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert broken == []


def find(page: Page, question: str) -> None:
    page.fill("#question", question)
    page.keyboard.press("Enter")
    expect(page.locator(".passage").first).to_be_visible()


def use_style(page: Page, style: str, language: str = "") -> None:
    page.click("#tab-settings")
    page.select_option("#style", style)
    page.select_option("#language", language)
    page.click("#tab-quote")


def insert(page: Page, card: int = 0) -> None:
    page.locator(".passage .primary").nth(card).click()
    expect(page.locator("#status")).to_have_text(re.compile("^(Inserted|This Word)"))


@pytest.mark.browser
def test_a_quotation_is_inserted_with_marks_of_the_document_s_language(
    pane: Opener, library: Library
) -> None:
    page = pane(paragraphs=["He says "], language="de-DE")
    find(page, QUESTION)
    marked = page.locator(".passage mark").first.inner_text()
    answer = library.ask(QUESTION, top=5)
    best = answer.hits[0].highlights[0]
    assert marked == answer.hits[0].passage.text[best.start : best.end]
    insert(page)
    (text,) = page.evaluate("word.paragraphs()")
    assert text == f"He says „{marked.rstrip('.')}“ {best.citation.in_text}."
    assert page.evaluate("word.selected()") == {"paragraph": 0, "on": ".", "where": "End"}


@pytest.mark.browser
def test_words_in_italics_stay_so(pane: Opener) -> None:
    page = pane(language="en-GB")
    find(page, "Readers of the Chronicle wrote in its margins")
    insert(page)
    runs = page.evaluate("word.runs(0)")
    words = [run for run in runs if run[0] in {"Chronicle", "Annals"}]
    assert words == [["Chronicle", True], ["Annals", True]]
    assert [text for text, italic in runs if italic] == ["Chronicle", "Annals"]
    assert "".join(text for text, _ in runs) == (
        '"Readers of the Chronicle wrote in its margins, and the Annals was left clean" (Reader, par. 1).'
    )


@pytest.mark.browser
def test_characters_that_scripts_count_as_two_move_nothing(pane: Opener, library: Library) -> None:
    question = "Who counted his volumes at midnight in the lighthouse?"
    hit = next(hit for hit in library.ask(question, top=5).hits if "📚" in hit.passage.text)
    best = hit.highlights[0]
    page = pane(language="en-GB")
    find(page, question)
    card = page.locator(".passage", has_text="lighthouse")
    assert card.locator("mark").inner_text() == hit.passage.text[best.start : best.end]
    card.locator(".primary").click()
    expect(page.locator("#status")).to_have_text("Inserted, cited (Reader, par. 2).")
    assert hit.passage.text[best.start : best.end].rstrip(".") in page.evaluate("word.paragraphs()")[0]


@pytest.mark.browser
def test_a_style_with_notes_gets_a_footnote_and_a_short_one_the_second_time(
    pane: Opener, library: Library
) -> None:
    page = pane(paragraphs=["First."])
    use_style(page, "chicago-notes")
    find(page, QUESTION)
    insert(page)
    insert(page)
    (text,) = page.evaluate("word.paragraphs()")
    assert re.fullmatch(r'First\.("[^"]+\.")\[1\]\1\[2\]', text)
    hit = library.ask(QUESTION, style="chicago-notes").hits[0]
    first, second = page.evaluate("word.notes()")
    assert "".join(run[0] for run in first) == hit.highlights[0].citation.in_text
    page_cited = hit.highlights[0].citation.pages
    later = library.cite("sample", style="chicago-notes", page=page_cited, again=True)[0]
    assert "".join(run[0] for run in second) == later.in_text
    assert [run for run in first if run[1]] == []


@pytest.mark.browser
def test_word_without_footnotes_for_add_ins_gets_the_note_in_brackets(pane: Opener) -> None:
    page = pane(paragraphs=["First."], version="1.4")
    use_style(page, "chicago-notes")
    find(page, QUESTION)
    insert(page)
    expect(page.locator("#status")).to_contain_text("no footnotes")
    (text,) = page.evaluate("word.paragraphs()")
    assert re.fullmatch(r'First\."[^"]+\." \(.+\)', text)
    assert page.evaluate("word.notes()") == []


@pytest.mark.browser
def test_chosen_sentences_follow_each_other_and_long_ones_are_a_block(pane: Opener, library: Library) -> None:
    page = pane(paragraphs=["Before.", "After."], cursor=0)
    find(page, QUESTION)
    card = page.locator(".passage").first
    card.locator("summary").click()
    boxes = card.locator("input")
    passage = library.ask(QUESTION).hits[0].passage
    expect(boxes).to_have_count(len(passage.sentences))
    boxes.first.check()
    boxes.last.check()
    assert boxes.evaluate_all("all => all.every((box) => box.checked)")
    insert(page)
    before, block, following, after = page.evaluate("word.paragraphs()")
    assert (before, following, after) == ("Before.", "", "After.")
    assert block.startswith(passage.text[:40])
    assert block.endswith(")")
    assert page.evaluate("word.looks(1)") == {
        "styleBuiltIn": "Normal",
        "leftIndent": 36,
        "firstLineIndent": 0,
    }
    assert page.evaluate("word.looks(2).leftIndent") == 0
    assert page.evaluate("word.selected().paragraph") == 2
    boxes.nth(1).uncheck()
    assert boxes.evaluate_all("all => all.map((box) => box.checked)") == [True] + [False] * (
        len(passage.sentences) - 1
    )
    card.locator("summary").click()
    assert card.locator("mark").inner_text() == passage.text[slice(*passage.sentences[0])]
    card.locator("summary").click()
    boxes.first.uncheck()
    expect(card.locator(".primary")).to_be_disabled()


@pytest.mark.browser
def test_lines_of_verse_stay_lines_of_one_paragraph(pane: Opener) -> None:
    page = pane(paragraphs=["See "])
    words = [{"text": "“One line,\nthe ", "italic": False}, {"text": "next\nand last", "italic": True}]
    quotation = {
        "words": [*words, {"text": "”", "italic": False}],
        "citation": [{"text": "(Gill 8)", "italic": False}],
        "stop": ".",
        "note": False,
        "block": False,
    }
    assert page.evaluate("(quotation) => addin.insert(quotation)", quotation) == ""
    assert page.evaluate("word.paragraphs()") == ["See “One line,\nthe next\nand last” (Gill 8)."]
    italic = [text for text, is_italic in page.evaluate("word.runs(0)") if is_italic]
    assert italic == ["next", "and last"]


def written(paragraphs: list[str]) -> str:
    """A Word file with these paragraphs, as the stub hands it over."""
    draft, data = docx.Document(), io.BytesIO()
    for text in paragraphs:
        draft.add_paragraph(text)
    draft.save(data)
    return base64.b64encode(data.getvalue()).decode()


@pytest.mark.browser
def test_problems_get_comments_at_their_words_and_earlier_ones_are_replaced(
    pane: Opener, library: Library
) -> None:
    passage = library.ask(QUESTION).hits[0].passage
    words = passage.text[slice(*passage.sentences[0])].rstrip(".")
    page_cited = library.ask(QUESTION).hits[0].citation.pages
    altered = words.replace(" made ", " done ")
    right = f"It is said: “{words}” (Essay Assistant Authors {page_cited})."
    wrong_page = f"On 21 pages: “{words}” (Essay Assistant Authors 21)."
    misquoted = f"📚 And: “{altered}” (Essay Assistant Authors {page_cited})."
    paragraphs = [right, "Nothing is quoted here.", wrong_page, misquoted]
    old = [
        {"on": 0, "content": "Essay Assistant: misquoted. It was mended since."},
        {"on": 0, "content": "Essay Assistant: misquoted. Somebody answered.", "answered": True},
        {"on": 1, "content": "Is this so?"},
    ]
    page = pane(paragraphs=paragraphs, file=written(paragraphs), comments=old)
    page.click("#tab-check")
    page.click("#check-now")
    expect(page.locator("#status")).to_have_text("Checked.")
    expected = library.check_draft("\n\n".join(paragraphs)).problems
    assert [problem.kind for problem in expected] == ["wrong page", "misquoted"]
    kept, question, page_comment, words_comment = page.evaluate("word.comments()")
    assert (kept["content"], question["content"]) == (old[1]["content"], old[2]["content"])
    assert page_comment["on"] == "21"
    assert page_comment["content"].startswith("Essay Assistant: wrong page. ")
    assert page_comment["content"].endswith(f"Correction: {expected[0].replacement}")
    assert words_comment["on"] == altered
    expect(page.locator("#problems li")).to_have_count(2)
    expect(page.locator("#checked")).to_have_text("3 quotations, 2 as printed, 0 not checkable; 2 problems.")
    page.locator("#problems button").first.click()
    page.wait_for_function("word.selected()?.on === '21'")
    assert page.evaluate("word.open") == 0
    page.click("#check-now")
    expect(page.locator("#status")).to_have_text("Checked.")
    assert len(page.evaluate("word.comments()")) == 4
    page.click("#clear-comments")
    expect(page.locator("#status")).to_have_text("2 comments removed.")
    assert [comment["content"] for comment in page.evaluate("word.comments()")] == [
        old[1]["content"],
        old[2]["content"],
    ]


@pytest.mark.browser
def test_problems_in_notes_in_long_words_and_beside_tracked_deletions_have_their_place(
    pane: Opener, library: Library, tmp_path: Path
) -> None:
    hit = library.ask(QUESTION).hits[0]
    first, second = (hit.passage.text[slice(*span)] for span in hit.passage.sentences[:2])
    altered = second.replace("ten tables", "nine tables").rstrip(".")
    misquoted = first.replace(" made ", " done ").rstrip(".")
    source = [
        "A word{^“" + misquoted + "” (Essay Assistant Authors 12).^} here.",
        f"Once: “{altered}” (Essay Assistant Authors 12).",
        "Then{- and then and once more-}: “" + misquoted + "” (Essay Assistant Authors 12).",
        "Then: “" + misquoted + "” (Essay Assistant Authors 12).",
    ]
    write_word(tmp_path / "draft.docx", "\n\n".join(source))
    file = base64.b64encode((tmp_path / "draft.docx").read_bytes()).decode()
    page = pane(paragraphs=source, file=file)
    page.click("#tab-check")
    page.click("#check-now")
    expect(page.locator("#status")).to_have_text("Checked.")
    comments = page.evaluate("word.comments()")
    assert [(comment["on"], comment["note"]) for comment in comments] == [
        (altered, 0),
        (misquoted, 0),
        (misquoted, 0),
        ("", 1),
    ]
    assert comments[-1]["content"].startswith("Essay Assistant: misquoted, in a note. ")
    assert page.locator("#problems .kind").all_inner_texts() == [*["misquoted"] * 3, "misquoted, in a note"]


@pytest.mark.browser
def test_choices_are_stored_in_the_document(pane: Opener) -> None:
    page = pane()
    use_style(page, "apa", "fr")
    page.click("#tab-settings")
    page.get_by_label("Notes on Margins").check()
    stored = {"style": "apa", "language": "fr", "essays": ["margins"]}
    page.wait_for_function("word.settings()?.essays.length")
    assert page.evaluate("word.settings()") == stored
    again = pane(settings=stored)
    again.click("#tab-settings")
    assert again.input_value("#style") == "apa"
    assert again.input_value("#language") == "fr"
    assert again.get_by_label("Notes on Margins").is_checked()
    again.click("#tab-quote")
    find(again, "Readers of the Chronicle wrote in its margins")
    insert(again)
    assert again.evaluate("word.paragraphs()") == [
        (
            "«\u00a0Readers of the Chronicle wrote in its margins, and the Annals was left clean\u00a0» "
            "(Reader, 2020, para. 1)."
        )
    ]


@pytest.mark.browser
def test_what_fails_is_one_sentence(pane: Opener) -> None:
    page = pane(paragraphs=["One."], file=base64.b64encode(b"no file of Word").decode())
    page.click("#tab-check")
    page.click("#check-now")
    expect(page.locator("#fault")).to_contain_text("draft.docx")
    expect(page.locator("#check-now")).to_be_enabled()
    page.route("**/api/**", lambda route: route.abort())
    page.click("#tab-quote")
    page.fill("#question", "Who?")
    page.keyboard.press("Enter")
    expect(page.locator("#fault")).to_have_text("The server does not answer; start it with: assistant serve.")


@pytest.mark.browser
def test_a_server_with_accounts_asks_for_the_login(pane: Opener, library: Library, office_js: Path) -> None:
    with served(library, auth=[("ada", "secret")], office_js=office_js) as locked:
        page = pane(path=locked.address, ready=False)
        expect(page.locator("#login")).to_be_visible()
        assert page.locator("#essays label").count() == 0
        page.fill("#login-name", "ada")
        page.fill("#login-password", "wrong")
        page.keyboard.press("Enter")
        expect(page.locator("#fault")).to_contain_text("no such name")
        page.fill("#login-password", "secret")
        page.keyboard.press("Enter")
        expect(page.locator("#parts")).to_be_visible()
        find(page, QUESTION)


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 400])
def test_all_parts_can_be_used_in_a_narrow_pane(pane: Opener, *, dark: bool, width: int) -> None:
    page = pane(
        width=width, theme={"isDarkTheme": dark}, paragraphs=["One."], file=written(["“Words of nobody”."])
    )
    assert ("dark" in (page.get_attribute("html", "class") or "")) is dark
    find(page, QUESTION)
    page.locator("summary").first.click()
    expect(page.locator(".passage input").first).to_be_visible()
    for tab in ("quote", "check", "settings"):
        expect(page.locator(f"#{tab}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert accessibility_violations(page) == []
        page.locator(f"#tab-{tab}").focus()
        page.keyboard.press("ArrowRight")


@pytest.mark.browser
def test_outside_word_the_page_says_what_it_is(pane: Opener) -> None:
    page = pane(host="", ready=False)
    expect(page.locator("#outside")).to_be_visible()
    expect(page.locator("#parts")).to_be_hidden()
    assert page.get_by_role("link", name="manifest.xml").get_attribute("href") == "manifest.xml"
    assert accessibility_violations(page) == []
