"""What is shown is the essay's own words, whole and in order, in a form that is pinned here."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.answer import Answer, AnswerVerdict, Citation, Highlight, Hit
from assistant.core.essay import (
    EssaySummary,
    IngestReport,
    Kind,
    NoteMark,
    PageStart,
    Passage,
    SourceMap,
    StoredEssay,
)
from assistant.rendering.answers import NEAR, NOT_ANSWERED, answer_object, answer_text, plain_answer
from assistant.rendering.essays import (
    essay_object,
    essays_text,
    passage_object,
    passages_text,
    report_object,
    report_text,
    summary_object,
)

TEXT = "The lamp burns all night. Nobody — so Marsh’s diary says — has seen it go out. Ships pass."
# The second sentence, and the place in it at which page 850 begins.
START, TURN, END = 26, 33, 78
REFERENCE = "Marsh, Ada. “The Lamp.” Coast Studies, vol. 60, no. 4, 2014, pp. 844–62."
PAGES = (PageStart("849", 0), PageStart("850", TURN))


def passage(
    name: str = "marsh-2014/p09",
    kind: Kind = "paragraph",
    section: str = "The Tower",
    pages: tuple[PageStart, ...] = PAGES,
) -> Passage:
    spans = ((0, 25), (START, END), (END + 1, len(TEXT)))
    source = SourceMap(((0, 500),), len(TEXT))
    note = NoteMark("4", 25, "marsh-2014/n4")
    return Passage(name, "marsh-2014", 12, kind, section, TEXT, spans, pages, source, notes=(note,))


def hit(found_passage: Passage, pages: str, *, highlighted: bool = True) -> Hit:
    """A hit whose second sentence is marked."""
    citation = Citation(pages, f"(Marsh {pages.replace('-', '–')})" if pages else "(Marsh)")
    words = found_passage.text[START:END]
    marked = Highlight(START, END, words, citation, f"“{words[:-1]}” {citation.in_text}.")
    quotation = f"“{found_passage.text[:-1]}” {citation.in_text}."
    return Hit(found_passage, 0.71239, (marked,) if highlighted else (), citation, REFERENCE, quotation)


def answer(*hits: Hit, verdict: AnswerVerdict = "answers", remark: str = "") -> Answer:
    return Answer("Has the lamp gone out?", verdict, 0.930049, hits, remark)


PLAIN = """1.  marsh-2014/p09 · pp. 849–50 · The Tower

    The lamp burns all night. ⟦Nobody — so Marsh’s diary says —
    has seen it go out.⟧ Ships pass.

    Cite: marked words (Marsh 849–50), whole passage (Marsh 849–50)"""
CITED = """Marsh, Ada. “The Lamp.” Coast Studies, vol. 60, no. 4, 2014, pp.
    844–62."""


def test_an_answer_for_a_terminal() -> None:
    assert answer_text(answer(hit(passage(), "849-50")), width=66) == f"{PLAIN}\n\n{CITED}"


def test_an_answer_for_a_terminal_with_bold() -> None:
    shown_text = answer_text(answer(hit(passage(), "849-50")), width=200, styled=True)
    assert "    The lamp burns all night. \x1b[1mNobody — so" in shown_text
    assert "go out.\x1b[0m Ships pass." in shown_text
    assert "⟦" not in shown_text
    assert shown_text.count("\x1b[1m") == shown_text.count("\x1b[0m") == 1


def test_what_is_not_answered_says_so_first() -> None:
    shown_text = answer_text(answer(hit(passage(), "849-50"), verdict="none"), width=66)
    assert shown_text == f"{NOT_ANSWERED}\n\n{PLAIN}\n\n{CITED}"


def test_what_comes_near_says_so_first() -> None:
    found = answer(hit(passage(), "849-50"), verdict="near")
    assert answer_text(found, width=66) == f"{NEAR}\n\n{PLAIN}\n\n{CITED}"
    assert plain_answer(found).startswith(f"{NEAR}\n\n1. ")
    assert NEAR == "No passage says this outright; these come nearest:"


def test_a_reason_and_what_decided_are_in_the_object() -> None:
    found = replace(answer(verdict="none", remark="Name it."), reason="no-such-place", basis="place")
    value = answer_object(found)
    assert (value["reason"], value["note"], value["basis"]) == ("no-such-place", "Name it.", "place")
    assert (value["answered"], value["verdict"]) == (False, "none")
    near = answer_object(answer(hit(passage(), "849-50"), verdict="near"))
    assert (near["answered"], near["verdict"]) == (False, "near")


def test_a_note_stands_before_everything() -> None:
    shown_text = answer_text(answer(hit(passage(), "849-50"), verdict="none", remark="Name it."), width=66)
    assert shown_text.startswith(f"Name it.\n\n{NOT_ANSWERED}\n\n1.  ")
    assert answer_text(answer(verdict="none", remark="Name it.")) == "Name it."
    assert answer_text(answer(verdict="none")) == ""


@pytest.mark.parametrize(
    ("found_passage", "pages", "head"),
    [
        (passage(), "849", "1.  marsh-2014/p09 · p. 849 · The Tower"),
        (passage(), "", "1.  marsh-2014/p09 · The Tower"),
        (passage(section=""), "", "1.  marsh-2014/p09"),
        (passage("m/b01", "blockquote"), "9", "1.  m/b01 · block quotation · p. 9 · The Tower"),
        (passage("m/n1", "note", ""), "xii-xiv", "1.  m/n1 · note · pp. xii–xiv"),
    ],
)
def test_the_head_of_a_passage(found_passage: Passage, pages: str, head: str) -> None:
    assert answer_text(answer(hit(found_passage, pages))).splitlines()[0] == head


def test_passages_are_numbered_and_their_reference_named_once() -> None:
    shown_text = answer_text(answer(hit(passage(), "849"), hit(passage("marsh-2014/p10"), "850")))
    assert [line for line in shown_text.splitlines() if re.match(r"\d\. ", line)] == [
        "1.  marsh-2014/p09 · p. 849 · The Tower",
        "2.  marsh-2014/p10 · p. 850 · The Tower",
    ]
    assert shown_text.count("Marsh, Ada.") == 1


@given(
    st.lists(st.from_regex(r"[A-Za-z’—.,“”-]{1,50}", fullmatch=True), min_size=1, max_size=60),
    st.integers(1, 140),
)
def test_wrapped_words_are_the_passages_words(words: list[str], width: int) -> None:
    text = " ".join(words)
    long_passage = Passage(
        "e/p01", "e", 1, "paragraph", "", text, ((0, len(text)),), (), SourceMap(((0, 0),), len(text))
    )
    bare = Hit(long_passage, 1.0, (), Citation("", "(E)"), "", "")
    body = answer_text(answer(bare), width=width).split("\n\n")[1]
    assert body.split() == text.split()
    assert all(line.startswith("    ") and line == line.rstrip() for line in body.splitlines())
    longest = max(map(len, words))
    assert all(len(line) <= max(40, width, longest + 4) for line in body.splitlines())
    assert passages_text([long_passage], width=width).split("\n", 1)[1].split() == text.split()


def test_an_answer_as_an_object() -> None:
    value = answer_object(answer(hit(passage(), "849-50")))
    assert json.loads(json.dumps(value)) == value
    words = TEXT[START:END]
    assert value == {
        "question": "Has the lamp gone out?",
        "answered": True,
        "verdict": "answers",
        "confidence": 0.93,
        "basis": "likeness",
        "passages": [
            {
                "id": "marsh-2014/p09",
                "essay": "marsh-2014",
                "kind": "paragraph",
                "section": "The Tower",
                "text": TEXT,
                "pages": "849-50",
                "score": 0.7124,
                "source": {"start": 500, "end": 500 + len(TEXT)},
                "highlights": [
                    {
                        "start": START,
                        "end": END,
                        "text": words,
                        "pages": "849-50",
                        "citation": "(Marsh 849-50)",
                        "quotation": f"“{words[:-1]}” (Marsh 849–50).",
                        "quoted": None,
                    }
                ],
                "citation": "(Marsh 849-50)",
                "reference": REFERENCE,
                "quotation": f"“{TEXT[:-1]}” (Marsh 849–50).",
                "quoted": None,
            }
        ],
    }


def test_an_answer_without_pages_and_with_a_note_as_an_object() -> None:
    value = answer_object(
        answer(hit(passage(pages=()), "", highlighted=False), verdict="none", remark="Name it.")
    )
    assert (value["answered"], value["verdict"], value["note"]) == (False, "none", "Name it.")
    assert "reason" not in value
    (unmarked,) = value["passages"]
    assert (unmarked["pages"], unmarked["citation"], unmarked["highlights"]) == ("", "(Marsh)", [])


REPORT = IngestReport(
    essay_id="marsh-2014",
    title="The Lamp: A History",
    characters=12_345,
    kept=12_000,
    layout=300,
    hyphens_joined=(("light-\nhouse", "lighthouse"),),
    hyphens_kept=("well-kept", "so-called"),
    dropped=(
        (41, "COAST STUDIES", "running head"),
        (81, "850", "page number"),
        (82, "MARSH", "running head"),
    ),
    removed={"note mark": 5, "page furniture": 40},
    unaccounted=0,
    note_marks=4,
    kinds={"title": 1, "paragraph": 20, "blockquote": 2, "note": 5},
    pages=18,
    first_page="844",
    last_page="861",
    page_provenance="printed in the running heads",
    warnings=("A note has no mark.", "A page is missing."),
)
KEPT = "12,000 kept; 300 of line breaks and spacing"


def test_an_ingest_report_for_a_terminal() -> None:
    assert report_text(REPORT).splitlines() == [
        "marsh-2014: The Lamp: A History",
        "  Pages:         844–861 (printed in the running heads)",
        "  Passages:      1 title, 20 paragraphs, 2 block quotations, 5 notes",
        "  Notes linked:  4 of 5",
        "  Hyphens:       1 undone at line ends, 2 kept (well-kept, so-called)",
        "  Lines dropped: 2 running heads, 1 page number (the first on line 41: COAST STUDIES)",
        f"  Characters:    12,345: {KEPT}; taken out: note mark 5, page furniture 40; 0 unaccounted for",
        "  Please note: A note has no mark.",
        "  Please note: A page is missing.",
    ]


def test_an_ingest_report_with_nothing_in_it() -> None:
    bare = replace(
        REPORT,
        hyphens_joined=(),
        hyphens_kept=(),
        dropped=(),
        removed={},
        pages=0,
        first_page="",
        warnings=(),
    )
    lines = report_text(bare).splitlines()
    assert lines[1] == "  Pages:         none (printed in the running heads)"
    assert lines[4] == "  Hyphens:       none at line ends"
    assert lines[5] == "  Lines dropped: none"
    assert lines[6].endswith(f"12,345: {KEPT}; 0 unaccounted for")
    assert len(lines) == 7
    assert json.loads(json.dumps(report_object(bare)))["title"] == "The Lamp: A History"


HEADING = passage("marsh-2014/h1", "heading")
ESSAY = StoredEssay("marsh-2014", {"title": "The Lamp"}, "l.txt", "0", "text", REPORT, (HEADING, passage()))


def test_essays_for_a_terminal() -> None:
    other = replace(
        ESSAY, id="lee", report=replace(REPORT, title="Bells", pages=0), passages=(passage(),) * 12
    )
    summaries = {
        "marsh-2014": EssaySummary.of(ESSAY),
        "lee": replace(
            EssaySummary.of(other), tags=("to read", "coast"), collections=("Lamps/Northern", "Thesis")
        ),
    }
    assert essays_text(summaries).splitlines() == [
        "marsh-2014  pp. 844–861  1 passages   The Lamp: A History",
        "lee         no pages     12 passages  Bells                [Lamps/Northern; Thesis] #to read #coast",
    ]


def test_an_essay_as_an_object() -> None:
    value = summary_object(ESSAY.id, EssaySummary.of(ESSAY))
    assert (value["id"], value["pages"], value["passages"]) == ("marsh-2014", ["844", "861"], 1)
    full: dict[str, Any] = json.loads(json.dumps(essay_object(ESSAY)))
    assert [item["id"] for item in full["passages"]] == ["marsh-2014/h1", "marsh-2014/p09"]
    assert full["passages"][1] == passage_object(passage())
    assert full["passages"][1]["pages"] == [{"label": "849", "start": 0}, {"label": "850", "start": TURN}]
    assert full["passages"][1]["notes"] == [{"mark": "4", "at": 25, "passage": "marsh-2014/n4"}]


def test_passages_for_a_terminal_with_their_page_turns() -> None:
    shown_text = passages_text([passage(), replace(passage("marsh-2014/h1", "heading"), pages=())], width=200)
    assert TEXT[START:TURN] == "Nobody "
    turned = f"{TEXT[:TURN]}[p. 850] {TEXT[TURN:]}"
    assert (
        shown_text
        == f"marsh-2014/p09 · paragraph · pp. 849–850\n    {turned}\n\nmarsh-2014/h1 · heading\n    {TEXT}"
    )


def test_a_page_turn_inside_a_word_is_marked_before_the_word() -> None:
    # In print three letters of the word stood on either page.
    broken = passage(pages=(PageStart("849", 0), PageStart("850", START + 3)))
    assert f"night. [p. 850] {TEXT[START:TURN]}" in passages_text([broken], width=200)


@pytest.mark.parametrize(("name", "label"), [("one page", "p. 849"), ("none", "")])
def test_the_pages_of_a_passage_for_a_terminal(name: str, label: str) -> None:
    shown = passage(pages=PAGES[:1] if name == "one page" else ())
    assert passages_text([shown]).splitlines()[0] == " · ".join(
        filter(None, ["marsh-2014/p09", "paragraph", label])
    )
