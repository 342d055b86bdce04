"""Each sentence of an essay as it goes into a draft: its own words with the citation of its own pages."""

from __future__ import annotations

import re

import pytest
from essay_library import FOUND, QUESTION, Opened

from assistant.core.errors import LibraryError


def test_every_sentence_has_its_quotation(opened: Opened) -> None:
    quotations = opened.library.quotable("sample")
    passages = opened.library.essay("sample").passages
    assert {name: len(each) for name, each in quotations.items()} == {
        each.id: len(each.sentences) for each in passages
    }
    for each in passages:
        for span, quotation in zip(each.sentences, quotations[each.id], strict=True):
            words = re.findall(r"\w+", each.text[slice(*span)])
            # The citation by way of the essay replaces what the essay prints after words that it quotes.
            whole = len(words) if "qtd. in" not in quotation.text else 1
            assert re.findall(r"\w+", quotation.text)[:whole] == words[:whole]
            pages = each.pages_of(*span)
            cited = re.search(r"\(([^()]*)\)\.?$", quotation.text)
            assert cited, quotation.text
            assert f" {pages[0]}" in f" {cited[1]}"
            assert ("–" in cited[1].rpartition(" ")[2]) is (len(pages) > 1)


def test_a_sentence_is_quoted_as_an_answer_quotes_it(opened: Opened) -> None:
    found = opened.library.ask(QUESTION).hits[0]
    assert found.passage.id == FOUND
    quotations = opened.library.quotable("sample")[FOUND]
    by_span = dict(zip(found.passage.sentences, quotations, strict=True))
    alone = [each for each in found.highlights if (each.start, each.end) in by_span]
    assert alone
    assert [by_span[each.start, each.end] for each in alone] == [each.prepared_quotation for each in alone]


def test_words_quoted_in_the_essay_are_cited_by_way_of_it(opened: Opened) -> None:
    blocks = {
        each.id: opened.library.quotable("sample")[each.id]
        for each in opened.library.essay("sample").passages
        if each.kind == "blockquote"
    }
    assert blocks
    assert all("qtd. in" in quotation.text for all_of in blocks.values() for quotation in all_of)


def test_an_essay_that_is_not_there(opened: Opened) -> None:
    with pytest.raises(LibraryError):
        opened.library.quotable("nobody")


def test_other_styles_cite_in_their_own_way(opened: Opened) -> None:
    mla, apa = (opened.library.quotable("sample", style)["sample/p01"] for style in ("mla", "apa"))
    assert len(mla) == len(apa)
    assert all("p. " in quotation.text for quotation in apa)
    assert not any("p. " in quotation.text for quotation in mla)
