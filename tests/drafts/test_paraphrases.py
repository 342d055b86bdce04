"""Hints on pages cited for sentences that quote nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from handmade_essays import essay, passage

from assistant.citations.styles import style_named
from assistant.core.draft_report import NearWords
from assistant.core.essay import PageStart
from assistant.core.quotation import PrintedPlace
from assistant.documents.reading import read_draft_text
from assistant.drafts.check import Checker
from assistant.quotations.essays import SourceEssays
from assistant.rendering.draft_page import draft_page
from assistant.rendering.drafts import draft_object, hint_line, plain_draft, summary

if TYPE_CHECKING:
    from assistant.core.draft_report import DraftReport

_RECORD = {"title": "Tides of the North", "author": [{"family": "Marsh", "given": "Ada"}]}
_TEXTS = {
    "7": "The harbour is full of ships.",
    "8": "Lamps are lit at dusk.",
    "9": "Nobody counts the tides.",
    "11": "Bells ring in fog.",
}
_PASSAGES = [
    replace(passage(f"tides/p{page}", text), pages=(PageStart(page, 0),)) for page, text in _TEXTS.items()
]
_ESSAY = replace(essay(*_PASSAGES), reference=_RECORD)
_LAMPS = "Ships find their way in because someone lights lamps each evening"


@cache
def _checker() -> Checker:
    return Checker(SourceEssays.of([_ESSAY]), style_named("mla", [_RECORD]))


def _near(*scores: float) -> list[NearWords]:
    """The passages with these scores, the nearest first."""
    words = [
        NearWords(PrintedPlace.within(passage, 0, len(passage.text)), score)
        for passage, score in zip(_PASSAGES, scores, strict=True)
    ]
    return sorted(words, key=lambda near: -near.score)


def _report(text: str, *scores: float) -> tuple[DraftReport, list[str]]:
    """The report, and the sentences that were compared."""
    compared: list[str] = []

    def nearest(sentence: str, essay_id: str) -> list[NearWords]:
        assert essay_id == "tides"
        compared.append(sentence)
        return _near(*(scores or (0.2, 0.7, 0.3, 0.1)))

    return _checker().check(read_draft_text(text), nearest=lambda: nearest), compared


def test_a_hint_shows_the_nearest_words_and_is_no_problem() -> None:
    text = f"{_LAMPS} (Marsh 9).\n"
    report, compared = _report(text)
    assert (report.problems, compared) == ((), [_LAMPS])
    (hint,) = report.hints
    assert text[hint.start : hint.end] == hint.named == "9"
    assert (hint.sentence, hint.cited, hint.citation, hint.pages) == (_LAMPS, "Marsh 9", "(Marsh 8)", "8")
    assert hint.place.text == "Lamps are lit at dusk."
    line = hint_line(report, hint)
    assert (
        line
        == '-:1:74 hint: cites 9; the essay speaks of this nearest at 8: "Lamps are lit at dusk." (Marsh 8)'
    )
    assert summary(report).endswith("no problems, 1 hint.")
    assert plain_draft(report).startswith("1:74 hint: cites 9")
    assert draft_object(report)["hints"][0]["printed"] == "Lamps are lit at dusk."
    page = draft_page(report)
    assert 'class="n hint" href="#f1" aria-label="Hint 1"' in page
    assert "Every quotation that could be checked is as printed." in page
    assert "Lamps are lit at dusk." in page


def test_nothing_is_loaded_where_there_is_nothing_to_compare() -> None:
    assert (
        _checker()
        .check(read_draft_text("Nothing is cited here at all."), nearest=lambda: pytest.fail("loaded"))
        .hints
        == ()
    )


def test_no_hints_unless_asked_for() -> None:
    assert _checker().check(read_draft_text(f"{_LAMPS} (Marsh 9).")).hints == ()


@pytest.mark.parametrize(
    "text",
    [
        f"{_LAMPS} (Marsh 8).",
        f"{_LAMPS} (Marsh 7-8).",
        f"{_LAMPS} (Marsh 8, 11).",
        f"{_LAMPS} (Marsh).",
        f"{_LAMPS} (Marsh 99).",
        f"{_LAMPS} (Reed 9).",
        f"{_LAMPS} (Marsh 9; Reed 4).",
        "Lamps are lit (Marsh 9).",
        "He says of the harbour and its many ships “Nobody counts the tides” (Marsh 9).",
        f"> {_LAMPS} (Marsh 9)",
        f"# {_LAMPS} (Marsh 9)",
        f"{_LAMPS}.[^1]\n\n[^1]: He says “Nobody counts the tides” (Marsh 9).",
    ],
)
def test_where_there_is_no_hint(text: str) -> None:
    assert _report(text)[0].hints == ()


@pytest.mark.parametrize(
    ("scores", "hints"),
    [
        ((0.2, 0.7, 0.3, 0.1), 1),
        ((0.2, 0.7, 0.65, 0.1), 0),
        ((0.2, 0.3, 0.1, 0.1), 0),
        ((0.2, 0.6, 0.7, 0.1), 0),
    ],
)
def test_other_words_must_be_clearly_nearer(scores: tuple[float, ...], hints: int) -> None:
    assert len(_report(f"{_LAMPS} (Marsh 9).", *scores)[0].hints) == hints


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        (f"First. {_LAMPS} (Marsh 9).", [_LAMPS]),
        (f"Marsh says it well. {_LAMPS} (9).", [_LAMPS]),
        (f"{_LAMPS} (Marsh 9), and the bells of the town are rung in fog (Marsh 11).",
         [_LAMPS, ", and the bells of the town are rung in fog"]),
        (f"{_LAMPS}.[^1]\n\n[^1]: Marsh, *Tides*, 9.", [f"{_LAMPS}."]),
        (f"It is “dusk” and {_LAMPS} (Marsh 9).", [f"It is “dusk” and {_LAMPS}"]),
    ],
)  # fmt: skip
def test_the_words_before_a_citation_are_compared(text: str, compared: list[str]) -> None:
    assert _report(text)[1] == compared


def test_a_window_over_two_pages_is_on_both() -> None:
    both = replace(_PASSAGES[1], pages=(PageStart("8", 0), PageStart("9", 10)))
    place = PrintedPlace.within(both, 0, len(both.text))
    assert place.labels == ("8", "9")
    first = NearWords(place, 0.9, PrintedPlace.within(both, 0, 5))
    draft = read_draft_text(f"{_LAMPS} (Marsh 9).")

    def nearest(_sentence: str, _essay: str) -> list[NearWords]:
        return [first, *_near(0.1, 0.1, 0.1, 0.1)]

    assert _checker().check(draft, nearest=lambda: nearest).hints == ()
