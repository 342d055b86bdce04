"""What a PDF says of its passages beside their words: italics and uncertain ends, stored and shown."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.answer import Citation, PreparedQuotation
from assistant.core.essay import Passage, SourceMap, StoredEssay
from assistant.core.rich import rich
from assistant.library.adding import read_essay
from assistant.library.store import dump, load
from assistant.rendering.clipboard import quotation_forms
from assistant.web.views.passage import marked_text, reader_html, sentence_text

DATA = Path(__file__).parent.parent / "data" / "pdf"


@pytest.fixture(scope="module")
def essay() -> StoredEssay:
    return read_essay(DATA / "sample-footnotes.pdf").essay


def words(passage: Passage) -> list[str]:
    return [passage.text[start:end] for start, end in passage.emphasis]


def test_titles_in_italics_are_spans_of_the_passage(essay: StoredEssay) -> None:
    passages = {passage.id.split("/")[1]: passage for passage in essay.passages}
    assert words(passages["p01"]) == ["Confessions", "Confessions"]
    assert words(passages["p02"]) == []
    emphasized = {word for passage in essay.passages for word in words(passage)}
    assert {"Hamlet", "inter equitandum", "Nicomachean Ethics", "Paradise Lost"} <= emphasized


def test_italics_over_the_end_of_a_line_are_one_span() -> None:
    browser = read_essay(DATA / "sample-browser.pdf").essay
    emphasized = {word for passage in browser.passages for word in words(passage)}
    assert "A Tale of a Tub" in emphasized
    assert "Tub" not in emphasized


def test_they_are_stored(essay: StoredEssay, tmp_path: Path) -> None:
    path = tmp_path / "essay.jsonl"
    path.write_text(dump(essay), "utf-8")
    assert load(path).passages == essay.passages


def test_a_copied_quotation_has_them() -> None:
    citation = Citation("7", "(Marsh 7)", rich("(Marsh 7)"))
    text = '"He read Emma, then Emma again" (Marsh 7)'
    quotation = PreparedQuotation(text, citation, block=False, emphasis=("Emma", "Emma"))
    forms = quotation_forms(quotation)
    assert forms.text == text
    assert forms.markdown == '"He read *Emma*, then *Emma* again" (Marsh 7)'
    assert forms.html == '"He read <i>Emma</i>, then <i>Emma</i> again" (Marsh 7)'


@given(
    text=st.text("ab <&\n*", min_size=1, max_size=30),
    edges=st.lists(st.integers(0, 30), max_size=6, unique=True),
)
def test_what_is_shown_has_the_words_of_the_passage(text: str, edges: list[int]) -> None:
    bounds = sorted(edge for edge in edges if edge <= len(text))
    spans = tuple(zip(bounds[::2], bounds[1::2], strict=False))
    passage = Passage(
        "e/p01", "e", 1, "paragraph", "", text, ((0, len(text)),), (), SourceMap(((0, 0),), len(text))
    )
    shown = replace(passage, emphasis=spans)
    for page in (marked_text(shown), sentence_text(shown)):
        assert html.unescape(re.sub(r"<[^>]*>", "", page)) == text
        assert page.count("<em>") == len(spans)


def test_a_guessed_end_is_marked_in_the_reader_without_a_word_more(essay: StoredEssay) -> None:
    passage = next(passage for passage in essay.passages if passage.kind == "paragraph")
    places = ((passage.id, 20), (passage.id, len(passage.text)))
    guessed = replace(essay, report=replace(essay.report, guessed_ends=places))
    page = reader_html(guessed)
    assert page.count('class="guessed-end"') == 2
    assert re.sub(r"<[^>]*>", "", page) == re.sub(r"<[^>]*>", "", reader_html(essay))


def test_guessed_ends_of_a_pdf_are_full_lines_at_the_end_of_a_page() -> None:
    word = read_essay(DATA / "sample-word-footnotes.pdf").essay
    passages = {passage.id: passage for passage in word.passages}
    for passage_id, offset in word.report.guessed_ends:
        passage = passages[passage_id]
        assert passage.text[:offset].rstrip()[-1] in ".!?”’)"
    indented = read_essay(DATA / "sample-footnotes.pdf").essay
    assert indented.report.guessed_ends == ()
