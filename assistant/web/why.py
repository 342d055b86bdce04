"""Why a passage was found, in words that a reader can check against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.web.markup import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.answers import Hit, Match

# From these cosines on, two words in their sentences are called the same, or near; below, far.
_SAME = 0.85
_NEAR = 0.5
# A word that is a smaller share of the question only frames it ("who", "did", "the").
_FRAMING = 0.04
# Shown of a question so long that every word is a small share of it.
_HEAVIEST = 5

_NEARNESS = f"the same: likeness of {_SAME} or more, 1 being full; near: {_NEAR} or more; far: less"
_NOTE = (
    "Words are compared as they are used in their sentences, so the same word in another sense is less "
    "near. Words that only frame the question are left out."
)
_HEAD = (
    '<thead><tr><th scope="col">your word</th><th scope="col">the essay’s word</th>'
    f'<th scope="col" title="{_NEARNESS}">how near</th></tr></thead>'
)


def why_html(hit: Hit) -> str:
    """Which words of the question met which words of the essay.

    Args:
        hit: The passage found, and its matches.

    Returns:
        HTML of one closed ``details.why``, or nothing where no match is known.
    """
    rows = "".join(_row_html(match, hit.passage.id) for match in _telling(hit.matches))
    if not rows:
        return ""
    return (
        '<details class="why"><summary>Why this passage?</summary>'
        f'<table class="why-words">{_HEAD}<tbody>{rows}</tbody></table>'
        f'<p class="why-note">{_NOTE}</p></details>'
    )


def nearness(cosine: float) -> str:
    """How near two words are, in a word.

    Args:
        cosine: How near they are, -1 to 1.
    """
    return "the same" if cosine >= _SAME else "near" if cosine >= _NEAR else "far"


def _telling(matches: Sequence[Match]) -> list[Match]:
    """The matches that tell a reader something, each once."""
    heavy = [match for match in matches if match.weight >= _FRAMING]
    shown = heavy or sorted(matches, key=lambda match: -match.weight)[:_HEAVIEST]
    return list({(match.word.casefold(), match.passage, match.start): match for match in shown}.values())


def _row_html(match: Match, found: str) -> str:
    word = f'<th scope="row">{escape(match.word)}</th>'
    if not match.met:
        return f'<tr class="unmet">{word}<td colspan="2">met nothing here</td></tr>'
    where = "" if match.passage == found else _elsewhere_html(match.passage)
    width = round(100 * min(max(match.cosine, 0), 1))
    bar = f'<span class="near-bar" aria-hidden="true"><span style="width: {width}%"></span></span>'
    return (
        f'<tr>{word}<td><span class="essay-word">{escape(match.text)}</span>{where}</td>'
        f'<td class="near" title="{_NEARNESS}">{bar}{nearness(match.cosine)}</td></tr>'
    )


def _elsewhere_html(passage: str) -> str:
    """Where a word stands that is not in the passage found but in the sentence that brings it in."""
    place = (
        f'<button type="button" data-note="{escape(passage)}">{escape(passage.rpartition("/")[2])}</button>'
    )
    return f' <span class="elsewhere">in {place}, which brings it in</span>'
