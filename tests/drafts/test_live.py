"""A draft that is checked again and again has the problems that it would have if it were checked anew."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from written_drafts import DRAFTS, FOLDER, written_about

from assistant.citations.styles import style_named
from assistant.documents.reading import read_open_draft
from assistant.drafts.check import Checker
from assistant.drafts.live import LiveChecker
from assistant.quotations.essays import SourceEssays

if TYPE_CHECKING:
    from assistant.citations.styles import Style

_NAMES = [name for name in DRAFTS if name.endswith((".md", ".tex", ".txt"))]
# What a writer puts in: words, marks, citations, notes, and what divides paragraphs.
_PIECES = (
    "so",
    "“",
    "”",
    '"',
    " (12)",
    " (Ibid. 3)",
    "[^1]",
    "\n\n[^1]: See p. 9.\n\n",
    "\n\n",
    "> ",
    "😀",
    "",
)
_EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 60), st.sampled_from(_PIECES)), min_size=1, max_size=5
)


@cache
def _prepared() -> tuple[SourceEssays, Style, dict[str, LiveChecker]]:
    """The essays, and a checker for each draft, which remembers all edits of it."""
    essays = written_about()
    style = style_named("mla", [essay.reference for essay in essays])
    sources = SourceEssays.of(essays)
    return sources, style, {name: LiveChecker(sources, style) for name in _NAMES}


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(_NAMES), _EDITS)
def test_a_check_after_edits_is_the_check_of_the_text(name: str, edits: list[tuple[float, int, str]]) -> None:
    sources, style, live = _prepared()
    text = (FOLDER / name).read_text("utf-8")
    suffix = f".{name.rpartition('.')[2]}"
    for place, length, piece in edits:
        start = int(place * len(text))
        text = text[:start] + piece + text[start + length :]
        draft = read_open_draft(text, suffix, name)
        checked = live[name].check_live(draft)
        assert checked.report == Checker(sources, style).check(draft)
        fresh = LiveChecker(sources, style).check_live(draft)
        assert (checked.quotations, checked.citations) == (fresh.quotations, fresh.citations)
