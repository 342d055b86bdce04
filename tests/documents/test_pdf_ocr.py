"""Scans: what tesseract recognises becomes lines with places, and a missing tesseract is one sentence."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from assistant.core.errors import ReadingError
from assistant.documents.pdf import read_pdf
from assistant.documents.pdf_ocr import _lines, _run

SCAN = Path(__file__).parents[3] / "shared" / "cases" / "pdf-odd" / "ocr-skew.pdf"
HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
ROWS = [
    HEAD,
    "1\t1\t0\t0\t0\t0\t0\t0\t2550\t3300\t-1\t",
    "4\t1\t1\t1\t1\t0\t300\t400\t900\t40\t-1\t",
    "5\t1\t1\t1\t1\t1\t300\t400\t200\t29\t96.5\tThe",
    "5\t1\t1\t1\t1\t2\t520\t400\t300\t38\t91\tpaged",
    "5\t1\t1\t1\t2\t1\t300\t470\t250\t29\t40\tleaf.",
    "5\t1\t1\t1\t2\t2\t600\t470\t90\t29\t-1\t ",
]
TABLE = "\n".join(ROWS)


def test_words_of_one_line_are_a_run_with_the_edges_of_each_letter() -> None:
    lines = _lines(TABLE)
    assert [[word.text for word in line] for line in lines] == [["The", "paged"], ["leaf."]]
    run = _run(lines[0], 792.0, 0)
    assert run.text == "The paged"
    assert run.left == pytest.approx(300 * 72 / 300, abs=0.01)
    assert run.right == pytest.approx(820 * 72 / 300, abs=0.01)
    assert list(run.lefts) == sorted(run.lefts)
    # Both words stand on one line although one descends below it.
    assert run.baseline == pytest.approx(792 - 429 * 72 / 300, abs=0.6)


def test_a_missing_tesseract_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReadingError, match=r"^scan.pdf needs tesseract for --ocr"):
        read_pdf(SCAN.read_bytes(), "scan.pdf", ocr_language="eng")


def test_a_scan_is_read_with_what_tesseract_recognises(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = tmp_path / "table.tsv"
    table.write_text(TABLE, "utf-8")
    program = tmp_path / "tesseract"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.stdin.buffer.read()\nprint(open({str(table)!r}).read())\n",
        "utf-8",
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    document = read_pdf(SCAN.read_bytes(), "scan.pdf", ocr_language="eng")
    assert document.text == "The paged\nleaf."
    assert document.setting is not None
    assert document.setting.is_recognised
    assert (
        "Tesseract recognised 3 words, is 76% sure of a word on average, and doubts 1." in document.warnings
    )
