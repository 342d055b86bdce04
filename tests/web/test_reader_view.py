"""The reading pane shows the whole essay in its own characters, pages in the margin, notes at the end."""

from __future__ import annotations

import dataclasses
import re
from itertools import pairwise

import pytest
from page_library import Tags, keepers_log, passage, stored, words_of

from assistant.core.essay import Kind
from assistant.web.views.passage import label_of, reader_html, sentence_text


def test_every_passage_is_there_word_for_word() -> None:
    essay = keepers_log()
    html = reader_html(essay)
    for each in essay.passages:
        assert words_of(html, each.id) == each.text


def test_nothing_but_the_passages_is_added_to_a_printed_essay() -> None:
    essay = keepers_log()
    words = "".join(each.text for each in essay.passages)
    assert words_of(reader_html(essay)).replace("Notes", "", 1) == words


def test_hostile_text_is_shown_as_written() -> None:
    text = "</p><script>alert(1)</script> <b>& ${x} **y** $z$"
    html = reader_html(stored([passage(text, page='"><i>')]))
    assert words_of(html, "log/p01") == text
    assert "<script" not in html
    assert "<i>" not in html


@pytest.mark.parametrize("kind", ["heading", "title", "verse", "note", "reference"])
def test_hostile_words_of_every_kind_are_shown_as_written(kind: Kind) -> None:
    text = '</h3><img src=x onerror="alert(1)"> " onmouseover="x </span></a><style>*{}</style>'
    nasty = passage(text, kind=kind, name='log/p01" onclick="alert(1)', page="<b>9</b>")
    html = reader_html(stored([nasty]))
    assert words_of(html, nasty.id) == text
    attributes = {name for _, values, _ in Tags(html).found for name in values}
    assert {tag for tag, _, _ in Tags(html).found} <= set("article section h2 h3 p div span a".split())
    assert attributes <= {
        *("class", "id", "role", "href", "tabindex", "aria-label"),
        *("data-essay", "data-passage", "data-page", "data-mark"),
    }
    assert 'href="#log/p01%22%20onclick%3D%22alert%281%29"' in html


def test_each_sentence_is_an_element_with_its_page_turns_and_note_marks() -> None:
    for each in keepers_log().passages:
        html = sentence_text(each)
        assert words_of(html) == each.text
        starts = [at for _, at in Tags(html).of("s")]
        assert starts == [start for start, _ in each.sentences]
        assert words_of(html, "s") == each.text[slice(*each.sentences[0])]
    crossing = keepers_log().passages[4]
    assert 'data-page="32"' in sentence_text(crossing)
    assert 'data-mark="1"' in sentence_text(crossing)


def test_each_passage_offers_its_link_and_headings_are_named_by_their_words_first() -> None:
    essay = keepers_log()
    html = reader_html(essay)
    assert re.findall(r'href="#([^"]+)"', html) == [each.id for each in essay.passages]
    assert re.search(r'data-passage="log/h01" tabindex="-1"><span class="s">', html)


def test_headings_descend_by_one_level() -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", reader_html(keepers_log()))]
    assert levels[0] == 2
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_kinds_are_set_as_what_they_are() -> None:
    html = reader_html(keepers_log())
    for start in (
        '<h2 class="part-title" data-passage="log/t01"',
        '<h3 class="part-heading" data-passage="log/h01"',
        '<blockquote class="part-blockquote" data-passage="log/b01"',
        '<div class="part-verse" data-passage="log/v01"',
    ):
        assert start in html


def test_notes_are_at_the_end_with_their_numbers() -> None:
    essay = keepers_log()
    notes = [each for each in essay.passages if each.kind == "note"]
    others = [each for each in essay.passages if each.kind != "note"]
    html = reader_html(stored([*notes, *others]))
    assert html.index('data-passage="log/n1"') > html.index('data-passage="log/v01"')
    assert 'data-passage="log/n2" data-mark="2"' in html


def test_notes_are_under_the_heading_that_the_essay_prints_for_them() -> None:
    essay = keepers_log()
    notes = [each for each in essay.passages if each.kind == "note"]
    others = [each for each in essay.passages if each.kind != "note"]
    heading = passage("NOTES", kind="heading", name="log/h09")
    works = passage("Works Cited", kind="heading", name="log/h10")
    html = reader_html(stored([*others, heading, *notes, works]))
    assert re.findall(r'data-passage="([^"]+)"', html)[-4:] == ["log/h09", "log/n1", "log/n2", "log/h10"]
    assert "notes-head" not in html


def test_a_note_that_prints_its_number_is_not_numbered_twice() -> None:
    essay = keepers_log()
    note = dataclasses.replace(essay.passages[-1], text="2. The ink is analysed.")
    assert 'data-passage="log/n2" data-mark' not in reader_html(stored([*essay.passages[:-1], note]))


def test_each_page_number_is_shown_once_where_its_page_begins() -> None:
    essay = keepers_log()
    body = reader_html(stored([each for each in essay.passages if each.kind != "note"]))
    labels = re.findall(r'class="page-(?:start|turn)"[^>]*data-page="(\d+)"', body)
    assert labels == ["31", "32", "33"]
    assert re.search(r'forty miles <span class="page-turn"[^>]*data-page="32"></span>away', body)


def test_title_and_author_come_from_the_record_where_the_text_has_none() -> None:
    bare = reader_html(stored([passage("Words.")]))
    assert words_of(bare, "part-title") == "The Keeper’s Log"
    assert words_of(bare, "part-author") == "Ada Marsh"
    assert reader_html(keepers_log()).count("part-title") == 1


def test_an_essay_is_called_by_author_and_title() -> None:
    assert label_of("log", keepers_log().reference) == "Ada Marsh, The Keeper’s Log"
    assert label_of("log", {}) == "log"


def test_a_title_is_shown_as_the_record_writes_it_and_stays_as_printed() -> None:
    essay = keepers_log()
    printed = dataclasses.replace(essay.passages[0], text="the keeper’s log", sentences=((0, 16),))
    html = reader_html(dataclasses.replace(essay, passages=(printed, *essay.passages[1:])))
    assert words_of(html, printed.id) == "the keeper’s log"
    assert [title["data-title"] for title, _ in Tags(html).of("part-title")] == ["The Keeper’s Log"]
    assert "data-title" not in reader_html(essay)
    other = dataclasses.replace(essay, reference={**essay.reference, "title": "Another Log"})
    assert "data-title" not in reader_html(other)
