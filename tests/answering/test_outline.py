"""An outline counts what is printed and shows only what is printed, cited by page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from essay_library import ROOT, sample_library
from handmade_essays import essay, passage

from assistant.answering.outline import outline_of, sections_of
from assistant.citations.styles import style_named
from assistant.core.errors import AssistantError
from assistant.core.outline import Outline
from assistant.library.library import Library
from assistant.rendering.outlines import outline_object, outline_text, plain_outline


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Outline:
    """The outline of the sample essay."""
    return Library(sample_library(tmp_path_factory.mktemp("outline") / "shelf")).outline("sample")


def test_sections_have_their_pages_and_lengths(sample: Outline) -> None:
    assert [
        (
            section.heading.text if section.heading else "",
            section.level,
            section.pages,
            section.words,
            section.paragraphs,
        )
        for section in sample.sections
    ] == [
        ("", 1, "11-12", 520, 5),
        ("Dividing the Text", 1, "12-14", 657, 6),
        ("Numbering the Leaf", 1, "14-16", 711, 6),
        ("The Eel by the Tail", 1, "16-18", 843, 5),
        ("The Foot of the Page", 1, "18-20", 508, 4),
        ("Conclusion: Text without a Page", 1, "20-21", 379, 4),
        ("Notes", 1, "21", 183, 0),
        ("Works Cited", 1, "22", 84, 0),
    ]
    assert (sample.words, sample.paragraphs) == (3618, 30)
    assert [section.first for section in sample.sections][:2] == ["sample/p01", "sample/p06"]


def test_announcements_are_cited_slices(sample: Outline) -> None:
    shown = [
        (each.kind, each.passage.id, each.worded, each.citation.in_text) for each in sample.announcements
    ]
    cited = "(Essay Assistant Authors {})".format
    assert shown == [
        ("thesis", "sample/p03", True, cited(11)),
        ("plan", "sample/p05", True, cited(12)),
        ("plan", "sample/p05", True, cited(12)),
        ("plan", "sample/p05", True, cited(12)),
        ("turn", "sample/p24", True, cited(18)),
        ("turn", "sample/p30", True, cited(20)),
        ("conclusion", "sample/p31", True, cited(20)),
        ("conclusion", "sample/p32", False, cited(21)),
        ("conclusion", "sample/p32", False, cited(21)),
    ]
    for each in sample.announcements:
        assert each.text == each.passage.text[each.start : each.end]


def shares(essay_id: str, announced: list[dict[str, object]]) -> dict[str, tuple[float, float]]:
    """Precision and recall of each kind by what was written down by hand."""
    facts = json.loads((ROOT / "data" / "eval" / essay_id / "outline.json").read_text("utf-8"))
    result = {}
    for kind in ("thesis", "plan", "turn", "conclusion"):
        sure, arguable = ({tuple(place) for place in facts[kind][name]} for name in ("sure", "arguable"))
        shown = {(str(each["passage"]), each["sentence"]) for each in announced if each["kind"] == kind}
        result[kind] = (len(shown & (sure | arguable)) / (len(shown) or 1), len(shown & sure) / len(sure))
    return result


def numbered(outline: Outline) -> list[dict[str, object]]:
    """The announcements with the numbers of their sentences."""
    return [
        {
            "kind": each.kind,
            "passage": each.passage.id,
            "sentence": each.passage.sentences.index((each.start, each.end)) + 1,
        }
        for each in outline.announcements
    ]


def test_the_sample_announces_what_was_written_down_by_hand(sample: Outline) -> None:
    assert shares("sample", numbered(sample)) == dict.fromkeys(
        ("thesis", "plan", "turn", "conclusion"), (1.0, 1.0)
    )


def test_the_real_essay_announces_what_was_written_down_by_hand(real_essay: Path, tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(real_essay)
    found = shares("gill-2014", numbered(library.outline("gill-2014")))
    assert found == dict.fromkeys(("thesis", "plan", "turn", "conclusion"), (1.0, 1.0))


def test_sections_below_a_heading_count_with_it() -> None:
    passages = (
        passage("e/h1", "1 One", "heading"),
        passage("e/p1", "Two words."),
        passage("e/h2", "1.1 Below", "heading"),
        passage("e/p2", "Three more words."),
        passage("e/n1", "1. A note.", "note"),
        passage("e/h3", "Notes", "heading"),
        passage("e/n2", "2. Another note here.", "note"),
    )
    sections = sections_of(passages, [1, 2, 1])
    assert [(section.level, section.words, section.paragraphs) for section in sections] == [
        (1, 5, 2),
        (2, 3, 1),
        (1, 4, 0),
    ]


def test_an_essay_without_headings_has_one_section_and_no_pages_where_none_are() -> None:
    outline = outline_of(essay(passage("e/p1", "Bells ring. They are kind.")), [], style_named("mla"))
    assert [(s.heading, s.pages, s.words, s.paragraphs) for s in outline.sections] == [(None, "", 5, 1)]
    assert outline.announcements == ()
    assert "announces neither" in outline_text(outline)
    assert outline_object(outline)["pages"] == []


def test_json_and_text_show_the_same_sentences(sample: Outline) -> None:
    value = outline_object(sample)
    assert list(value) == [
        *"id title record reference citation pages words paragraphs sections announcements".split(),
    ]  # fmt: skip
    assert value["pages"] == ["11", "22"]
    assert value["sections"][0] | {"words": 0} == {
        "heading": "", "passage": None, "level": 1, "pages": "11-12", "first": "sample/p01", "words": 0,
        "paragraphs": 5,
    }  # fmt: skip
    thesis = value["announcements"][0]
    assert thesis["kind"] == "thesis"
    assert thesis["basis"] == "words"
    assert thesis["quoted"] is None
    for text in (outline_text(sample, width=10_000), plain_outline(sample)):
        assert all(each["text"] in text for each in value["announcements"])


def test_an_essay_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match="has no essay 'nobody'"):
        Library(sample_library(tmp_path / "shelf")).outline("nobody")
