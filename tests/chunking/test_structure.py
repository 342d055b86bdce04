"""The sample essay and the real one come out as their structure, read by eye, says."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import ROOT
from fake_models import essay_of

from assistant.chunking.chunk import chunk
from assistant.citations.references import load_references
from assistant.library.adding import EssayWithSource, read_essay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from assistant.core.essay import Kind, Passage

on_real_essay = pytest.mark.real_essay


@pytest.fixture(scope="module")
def sample(sample_path: Path) -> EssayWithSource:
    return _read(sample_path)


@pytest.fixture(scope="module")
def real(real_essay: Path) -> EssayWithSource:
    return _read(real_essay)


def test_sample_passages(sample: EssayWithSource) -> None:
    assert _made(sample) == _true("sample")


def test_sample_first_and_last_words(sample: EssayWithSource) -> None:
    segments = _structure("sample")["segments"]
    made = [_ends(passage.text) for passage in sample.essay.passages]
    assert made == [(segment["text_starts"], segment["text_ends"]) for segment in segments]


def test_sample_pages_begin_in_the_right_passage(sample: EssayWithSource) -> None:
    made: dict[str, str] = {}
    for passage in sample.essay.passages:
        for page in passage.pages:
            made.setdefault(page.label, passage.id)
    truth = _structure("sample")
    assert made == {start["page"]: start["segment"] for start in truth["page_starts"]}
    assert (sample.essay.report.first_page, sample.essay.report.last_page) == ("11", "22")
    assert sample.essay.report.page_provenance == (
        "12 pages by form feeds; first page 11, printed on the pages, within the record's range"
    )


def test_sample_line_end_hyphens(sample: EssayWithSource) -> None:
    truth, report = _structure("sample")["line_end_hyphens"], sample.essay.report
    lines = sample.source.split("\n")
    assert [word for _, word in report.hyphens_joined] == [one["word"] for one in truth["joined"]]
    assert list(report.hyphens_kept) == [one["word"] for one in truth["kept"]]
    for (printed, _), one in zip(report.hyphens_joined, truth["joined"], strict=True):
        assert lines[one["line"] - 1].rstrip().endswith(printed.split("/")[0])


def test_sample_account(sample: EssayWithSource) -> None:
    _assert_account(sample)
    # Every page but the first has a head, and a blank line under it.
    heads = [line for line, _, reason in sample.essay.report.dropped if reason == "running head"]
    assert heads == [start["line"] - 2 for start in _structure("sample")["page_starts"][1:]]
    assert sample.essay.report.warnings == ()


@pytest.mark.parametrize("line_break", ["\r\n", "\r"])
def test_sample_of_another_system_has_the_same_passages(
    line_break: str, sample: EssayWithSource, frequency: Callable[[str], float]
) -> None:
    source = sample.source.replace("\n", line_break)
    made = chunk(essay_of(source, reference=sample.essay.reference, essay_id="sample"), frequency)
    assert [(one.id, one.text, one.pages, one.sentences) for one in made.passages] == [
        (one.id, one.text, one.pages, one.sentences) for one in sample.essay.passages
    ]


@pytest.mark.parametrize("invisible", ["\u200b", "\ufeff", "\u00ad"])
def test_sample_with_invisible_lines_has_the_same_passages(
    invisible: str, sample: EssayWithSource, frequency: Callable[[str], float]
) -> None:
    source = f"{invisible}\n{sample.source}".replace("\n\n", f"\n{invisible}\n")
    made = chunk(essay_of(source, reference=sample.essay.reference, essay_id="sample"), frequency)
    assert [(one.id, one.text) for one in made.passages] == [
        (one.id, one.text) for one in sample.essay.passages
    ]


def test_paragraph_of_few_lines_is_one(frequency: Callable[[str], float]) -> None:
    """Too few lines to tell the width they are set to, and yet no sentence ends at the end of a line."""
    text = "The tide came in before noon, and with\nit the boats that had lain outside\nthe bar all night."
    passages = chunk(essay_of(f"On Tides\n\nAda Marsh\n\n{text}\n\n{text}\n"), frequency).passages
    assert [one.text for one in passages[2:]] == [text.replace("\n", " ")] * 2


def test_sample_without_its_pages_has_the_same_passages(
    sample: EssayWithSource, frequency: Callable[[str], float]
) -> None:
    source = re.sub(r"\n\f[^\n]*\n\n", "\n", sample.source)
    made = chunk(essay_of(source, reference=sample.essay.reference, essay_id="sample"), frequency)
    assert made.report.pages == 0
    assert [(one.id, one.text) for one in made.passages] == [
        (passage.id, passage.text) for passage in sample.essay.passages
    ]


@on_real_essay
def test_real_essay_is_the_one_that_was_read_by_eye(real: EssayWithSource) -> None:
    assert real.essay.source_sha256 == _structure("gill-2014")["source_sha256"]


@on_real_essay
def test_real_passages(real: EssayWithSource) -> None:
    assert _made(real) == _true("gill-2014")


@on_real_essay
def test_real_headings(real: EssayWithSource) -> None:
    made = {passage.id: passage.text for passage in real.essay.passages if passage.kind == "heading"}
    truth = _structure("gill-2014")["segments"]
    assert made == {segment["id"]: segment["text"] for segment in truth if segment["kind"] == "heading"}


@on_real_essay
def test_real_pages_and_account(real: EssayWithSource) -> None:
    report = real.essay.report
    assert (report.first_page, report.last_page, report.pages) == ("844", "861", 18)
    assert report.note_marks == 8
    assert report.warnings == ()
    _assert_account(real)


@on_real_essay
def test_real_essay_without_its_pages_has_the_same_headings_and_notes(
    real: EssayWithSource, frequency: Callable[[str], float]
) -> None:
    """Not the same paragraphs: two of them begin at a page's head, which alone shows it."""
    source = re.sub(r"(?m)^ (?=\S)", "", real.source)
    made = chunk(essay_of(source, reference=real.essay.reference, essay_id="gill-2014"), frequency)
    assert made.report.pages == 0
    assert _digests(made.passages, "heading", "note") == _digests(real.essay.passages, "heading", "note")


@on_real_essay
def test_real_text_is_the_source_without_its_layout(real: EssayWithSource) -> None:
    """Told without any offset: white space, line-end hyphens and note marks are all that goes."""
    lines = real.source.split("\n")
    passages = {passage.id: passage for passage in real.essay.passages}
    for segment in _structure("gill-2014")["segments"]:
        first, last = segment["lines"]
        text, printed = passages[segment["id"]].text, _run_on(lines[first - 1 : last])
        for mark in segment.get("note_marks", ()):
            printed = _without_mark(printed, mark, text)
        # Comparing in the assertion would print sentences of an essay that is in copyright.
        same = text == printed
        assert same, segment["id"]


@on_real_essay
def test_real_texts_have_the_digests_that_were_checked(real: EssayWithSource) -> None:
    path = ROOT / "data" / "eval" / "gill-2014" / "digests.json"
    made = _digests(real.essay.passages)
    assert made == json.loads(path.read_text(encoding="utf-8"))


def _read(path: Path) -> EssayWithSource:
    data = ROOT / "data"
    records = load_references(data / "references.json") + load_references(data / "sample" / "reference.json")
    return read_essay(path, records)


def _structure(name: str) -> dict[str, Any]:
    path = ROOT / "data" / "eval" / name / "structure.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _true(name: str) -> list[dict[str, Any]]:
    return [
        {
            "id": segment["id"],
            "kind": segment["kind"],
            "lines": segment["lines"],
            "pages": segment["pages"],
            "section": segment.get("section", ""),
            "notes": [(mark, f"{name}/n{mark}") for mark in segment.get("note_marks", ())],
            "continues": segment.get("continues"),
            "introduced_by": segment.get("introduced_by"),
        }
        for segment in _structure(name)["segments"]
    ]


def _made(read: EssayWithSource) -> list[dict[str, Any]]:
    return [
        {
            "id": passage.id,
            "kind": passage.kind,
            "lines": _lines(read.source, passage),
            "pages": [page.label for page in passage.pages],
            "section": passage.section,
            "notes": [(mark.mark, mark.passage) for mark in passage.notes],
            "continues": passage.continues,
            "introduced_by": passage.introduced_by,
        }
        for passage in read.essay.passages
    ]


def _lines(source: str, passage: Passage) -> list[int]:
    start, end = passage.source
    return [source.count("\n", 0, start) + 1, source.count("\n", 0, end) + 1]


def _digests(passages: Iterable[Passage], *kinds: Kind) -> dict[str, str]:
    """Digests in place of texts, which are in copyright, of the passages of some kinds or of all."""
    return {
        passage.id: hashlib.sha256(passage.text.encode()).hexdigest()[:16]
        for passage in passages
        if not kinds or passage.kind in kinds
    }


def _ends(text: str) -> tuple[str, str]:
    words = text.split()
    return " ".join(words[:5]), " ".join(words[-5:])


def _assert_account(read: EssayWithSource) -> None:
    report = read.essay.report
    assert report.unaccounted == 0
    assert report.characters == len(read.source)
    assert report.kept + report.layout + sum(report.removed.values()) == report.characters


def _run_on(lines: list[str]) -> str:
    """The lines as one; no compound in it is broken at its own hyphen, and its dashes are unspaced."""
    joined = "\n".join(line.strip() for line in lines if line.strip())
    return " ".join(re.sub(r"(?<=\w)-\n|(?<=—)\n", "", joined).split())


def _without_mark(printed: str, mark: str, wanted: str) -> str:
    """The printed line without the first such number glued to a word or a stop that is not wanted."""
    for found in re.finditer(rf"(?<=\S)(?<!\d){mark}(?!\d)", printed):
        without = printed[: found.start()] + printed[found.end() :]
        if without[: found.start() + 1] == wanted[: found.start() + 1]:
            return without
    return printed
