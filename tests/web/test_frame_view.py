"""The fixed parts of the page: every key that is heard is listed, and each part is put into the page."""

from __future__ import annotations

import gzip
import re
from hashlib import sha256
from importlib import resources

from page_library import words_of

from assistant.web.delivery import page_files, with_frame, word_files
from assistant.web.views.frame import FIND, HEADER, RULER, VIEWS, keys_html

STATIC = resources.files("assistant.web").joinpath("static")
NOTEBOOK = tuple(f"{name}.js" for name in "notebook pin_buttons pin_list saving".split())


def _script(name: str) -> str:
    return STATIC.joinpath(name).read_text("utf-8")


def test_every_key_that_is_heard_is_listed() -> None:
    table = _script("keys.js").split("const KEYS = {")[1].split("};\n", maxsplit=1)[0]
    heard = set(re.findall(r'^    "?([^\s":]+)"?: \(\) =>', table, re.MULTILINE))
    assert heard == {"ArrowDown", "ArrowUp", *"crpjkJKsoilfv/?+-0"}
    listed = set(re.findall(r"<kbd>(.+?)</kbd>", keys_html()))
    assert listed == {"Enter", "Esc", "↓", "↑", *"crpjkJKsoilfv/?+-0"}


def test_what_letters_do_can_be_turned_off() -> None:
    rows = re.findall(r'<div class="letter"><dt>(.+?)</dt>', keys_html())
    assert set("".join(rows).replace("<kbd>", "").replace("</kbd>", "").replace(" ", "")) == set(
        "crpjkJKsoilfv/?+-0"
    )
    assert '<input type="checkbox" id="letters-on"' in keys_html()


def test_buttons_have_names() -> None:
    for html in (HEADER, VIEWS, FIND, keys_html()):
        for attributes, words in re.findall(r"<button([^>]*)>(.*?)</button>", html):
            assert "aria-label" in attributes or words_of(words).strip()
    assert 'aria-hidden="true"' in RULER


def test_all_scripts_and_styles_are_files_of_the_page() -> None:
    names = [file.name for file in STATIC.iterdir() if file.name.endswith((".js", ".css"))]
    assert len(names) > 10
    files = (*page_files(), *word_files())
    for name in names:
        kind = "text/javascript" if name.endswith(".js") else "text/css"
        holders = [
            file for file in files if file.media_type == kind and _script(name).encode() in file.content
        ]
        assert holders
        # The pane in Word has its own, besides some of the page's.
        assert not name.startswith("word") or set(holders) <= set(word_files())
    for file in files:
        assert gzip.decompress(file.compressed) == file.content
        assert sha256(file.content).hexdigest()[:16] in file.name


def test_the_frame_is_in_the_page_before_any_script_has_run() -> None:
    link = '<link rel="stylesheet" crossorigin href="./x.css">'
    script = '<script type="module" src="x.js"></script>'
    page = f'<head><meta charset="utf-8">{script}{link}</head><body\n>App</body>'
    html = with_frame(page.encode()).decode()
    styles, scripts = page_files()
    order = (
        scripts.name,
        "x.js",
        "#skeleton {",
        "</head><body",
        '<div id="skeleton"',
        "x.css",
        styles.name,
        "App",
    )
    assert [html.index(part) for part in order] == sorted(html.index(part) for part in order)
    assert html.count("x.css") == 1


def test_interface_text_has_real_quotation_marks() -> None:
    for name in (
        "page.js",
        "navigation.js",
        "sentences.js",
        "finding.js",
        "keys.js",
        "copying.js",
        *NOTEBOOK,
    ):
        for said in re.findall(r'desk\.say\((["`])(.*?)\1', _script(name)):
            assert '"' not in said[1]
            assert "'" not in said[1]


def test_no_script_or_style_is_long() -> None:
    for file in STATIC.iterdir():
        if file.name.endswith((".js", ".css")):
            assert len(file.read_text("utf-8").splitlines()) <= 300
