"""Quotations copied out of a real PDF's text as they stand in the file; only ids, pages, counts are here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant.core.essay import Passage, StoredEssay
from assistant.core.quotation import QuotationLookup
from assistant.library.adding import read_essay
from assistant.quotations.corpus import Corpus

pytestmark = pytest.mark.real_essay


class Gill(NamedTuple):
    """The essay, its source and what quotations are looked up in."""

    essay: StoredEssay
    source: str
    corpus: Corpus

    def passage(self, name: str) -> Passage:
        """A passage by the second part of its id."""
        return next(one for one in self.essay.passages if one.id == f"gill-2014/{name}")


@pytest.fixture(scope="module")
def gill(real_essay: Path) -> Gill:
    record = json.loads(real_essay.with_suffix(".json").read_text("utf-8"))
    record = record[0] if isinstance(record, list) else record
    made = read_essay(real_essay, record=record, essay_id="gill-2014")
    return Gill(made.essay, made.source, Corpus([made.essay]))


def _exactly(found: QuotationLookup, name: str) -> bool:
    return found.verdict == "exact" and any(
        one.place.passages[0] == f"gill-2014/{name}" and not one.edits for one in found.comparisons
    )


def test_every_sentence_is_exact_as_the_file_has_it(gill: Gill) -> None:
    """With its line breaks, line-end hyphens, page breaks and glued note numbers."""
    copied = divided = broken = 0
    for passage in gill.essay.passages:
        for start, end in passage.sentences:
            first, last = passage.source_map.span(start, end)
            raw = gill.source[first:last]
            assert _exactly(gill.corpus.look_up(raw), passage.id.split("/")[1]), (passage.id, start)
            copied += 1
            divided += "-\n" in raw
            broken += len(passage.pages_of(start, end)) > 1
    assert copied > 200
    assert divided > 20
    assert broken >= 5


def test_every_line_end_hyphen_may_be_kept(gill: Gill) -> None:
    checked = 0
    for passage in gill.essay.passages:
        for (text, source), (after, then) in zip(
            passage.source_map.runs, passage.source_map.runs[1:], strict=False
        ):
            gap = gill.source[source + after - text : then]
            if gap.startswith("-") and passage.text[after - 1].isalpha():
                begin = passage.text.rfind(" ", 0, max(0, after - 40)) + 1
                end = passage.text.find(" ", after + 30)
                words = passage.text[begin : end if end > 0 else None]
                kept = f"{words[: after - begin]}-{words[after - begin :]}"
                assert _exactly(gill.corpus.look_up(kept), passage.id.split("/")[1])
                elsewhere = f"{words[: after - begin + 1]}-{words[after - begin + 1 :]}"
                assert gill.corpus.look_up(elsewhere).verdict != "exact"
                checked += 1
    assert checked == 69


def test_a_note_number_may_be_kept_at_its_place_only(gill: Gill) -> None:
    marked = [(passage, note) for passage in gill.essay.passages for note in passage.notes]
    assert len(marked) == 8
    for passage, note in marked:
        begin = passage.text.rfind(" ", 0, note.at - 30) + 1
        head, tail = passage.text[begin : note.at], passage.text[note.at : note.at + 40].rpartition(" ")[0]
        name = passage.id.split("/")[1]
        for mark in (note.mark, "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(note.mark)], f" {note.mark}"):
            assert _exactly(gill.corpus.look_up(head + mark + tail), name)
        other = str(int(note.mark) % 9 + 1)
        assert gill.corpus.look_up(head + other + tail).verdict == "altered"
        moved = head.split(" ")
        moved[1] += note.mark
        assert gill.corpus.look_up(" ".join(moved) + tail).verdict == "altered"


@pytest.mark.parametrize(
    ("first", "second", "pages"),
    [
        ("p01", "p02", ("844", "845")),
        ("p05", "h1", ("847",)),
        ("p13", "b01", ("851",)),
        ("p13", "p14", ("851",)),
        ("p16", "p17", ("852", "853")),
        ("p26", "p27", ("857", "858")),
        ("b04", "p27", ("858",)),
        ("n6", "n7", ("861",)),
    ],
)
def test_words_over_the_end_of_a_passage(gill: Gill, first: str, second: str, pages: tuple[str, ...]) -> None:
    before, after = gill.passage(first), gill.passage(second)
    quoted = before.text[-40:].partition(" ")[2] + " " + after.text[:40].rpartition(" ")[0]
    found = gill.corpus.look_up(quoted)
    assert _exactly(found, first)
    place = found.comparisons[0].place
    assert place.passages == (before.id, after.id)
    assert place.labels == pages


def test_a_page_break_gives_both_pages(gill: Gill) -> None:
    breaks = [(one, page) for one in gill.essay.passages for page in one.pages[1:]]
    assert len(breaks) == 15
    for passage, page in breaks:
        start = passage.text.rfind(" ", 0, page.start - 30) + 1
        end = passage.text.find(" ", page.start + 30)
        place = gill.corpus.look_up(passage.text[start:end]).comparisons[0].place
        assert len(place.labels) == 2
        assert place.labels[1] == page.label
