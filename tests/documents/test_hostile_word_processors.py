"""Files of word processors made to harm: read in bounded time, or refused in one sentence."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from essay_library import one_sentence
from test_word_processors import LONG, odt, p, rtf, word

from assistant.core.errors import ReadingError
from assistant.documents.reading import read_essay_file

_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="R{number}"><w:basedOn w:val="R{number + 1}"/></w:style>'
    for number in range(20_000)
)
_STYLED = "".join(p("x", style=f"R{number}") for number in range(500))
_SPACES = '<text:s text:c="999999999"/>'
_CELL, _CELL_END = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
_TURN = '<w:r><w:br w:type="page"/></w:r>'
READ: dict[str, Callable[[Path], Path]] = {
    "tables-in-tables": lambda to: word(to, p(LONG) + _CELL * 50 + p("x") + _CELL_END * 50),
    "runs": lambda to: word(to, p(LONG) + "<w:p>" + "<w:r><w:t>word </w:t></w:r>" * 50_000 + "</w:p>"),
    "breaks": lambda to: word(to, p(LONG) + "<w:p>" + _TURN * 50_000 + "</w:p>"),
    "styles": lambda to: word(to, p(LONG) + _STYLED, styles=_STYLES),
    "calls": lambda to: word(
        to,
        p(LONG) + "<w:p>" + '<w:r><w:footnoteReference w:id="1"/></w:r>' * 50_000 + "</w:p>",
        notes={"footnotes": f'<w:footnote w:id="1">{p("A note.")}</w:footnote>'},
    ),
    "sections": lambda to: word(
        to,
        p(LONG)
        + "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>" * 5_000
        + '<w:sectPr><w:footnotePr><w:numRestart w:val="eachSect"/></w:footnotePr></w:sectPr>',
    ),
    "odt-spans": lambda to: odt(to, f"<text:p>{LONG}{'<text:span>' * 200}x{'</text:span>' * 200}</text:p>"),
    "odt-spaces": lambda to: odt(to, f"<text:p>{LONG}{_SPACES * 5_000}</text:p>"),
    "rtf-groups": lambda to: rtf(to, "{}" * 200_000 + LONG + r"\par"),
    "rtf-closed": lambda to: rtf(to, LONG + "}" * 100_000),
    "rtf-picture": lambda to: rtf(to, r"{\pict " + "ab" * 2_000_000 + "}" + LONG + r"\par"),
    "rtf-binary": lambda to: rtf(to, LONG + r"\par\bin999999999 x"),
    "rtf-notes": lambda to: rtf(to, LONG + r"{\footnote x" * 1_000 + "}" * 1_000 + r"\par"),
    "rtf-codes": lambda to: rtf(to, r"\u-10179?\u99999999?" * 20_000 + LONG + r"\par"),
    "rtf-unclosed": lambda to: rtf(to, LONG + r"\par{\footnote x"),
}  # fmt: skip


def _named(path: Path, suffix: str) -> Path:
    return path.rename(path.with_suffix(suffix))


def _with_parts(to: Path) -> Path:
    path = word(to, p(LONG))
    with zipfile.ZipFile(path, "a") as file:
        for name in ("../../essay", "/essay", "word/vbaProject.bin"):
            file.writestr(name, "x")
    return path


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


REFUSED: dict[str, Callable[[Path], Path]] = {
    "nesting": lambda to: word(to, p(LONG) + "<w:sdt>" * 5_000 + "</w:sdt>" * 5_000),
    "paragraphs": lambda to: word(to, "<w:p/>" * 1_000_000),
    "odt-nesting": lambda to: odt(to, "<text:section>" * 5_000 + "</text:section>" * 5_000),
    "odt-paragraphs": lambda to: odt(to, "<text:p>x</text:p>" * 200_000),
    "rtf-nesting": lambda to: rtf(to, "{" * 100_000),
    "rtf-paragraphs": lambda to: rtf(to, r"x\par " * 200_000),
    "odt-as-word": lambda to: _named(odt(to, f"<text:p>{LONG}</text:p>"), ".docx"),
    "word-as-odt": lambda to: _named(word(to, p(LONG)), ".odt"),
    "word-as-rtf": lambda to: _named(word(to, p(LONG)), ".rtf"),
    "rtf-as-word": lambda to: _named(rtf(to, LONG), ".docx"),
    "macros": lambda to: _named(word(to, p(LONG)), ".docm"),
    "older-word": lambda to: _written(to / "essay.doc", b"\xd0\xcf\x11\xe0" + bytes(5_000)),
    "encrypted": lambda to: _written(to / "essay.docx", b"\xd0\xcf\x11\xe0" + bytes(5_000)),
    "rtf-head": lambda to: _written(to / "essay.rtf", b"{\\rtf1"),
}


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_soon(name: str, tmp_path: Path) -> None:
    path = READ[name](tmp_path)
    start = time.process_time()
    document = read_essay_file(path)
    assert time.process_time() - start < 20
    assert LONG in document.text


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    path = REFUSED[name](tmp_path)
    with pytest.raises(ReadingError) as refused:
        read_essay_file(path)
    one_sentence(refused.value)


def test_names_of_parts_lead_nowhere_and_macros_are_not_run(tmp_path: Path) -> None:
    assert read_essay_file(_with_parts(tmp_path)).text == LONG
    assert sorted(path.name for path in tmp_path.iterdir()) == ["essay.docx"]
