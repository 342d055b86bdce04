"""An answer as HTML: the passages as cards, word for word, with citations and copy buttons.

Hooks that the script, the styles and the browser tests rely on (keep them stable):

- ``#question`` (its ``textarea``), ``#ask``, ``#new-conversation``: asking;
- ``#conversation .turn``: one question with its answer; ``.turn .asked``: the question;
  ``.turn.pending``: still being looked up; ``.turn .fault``: an error's sentence;
- ``.turn .edit``, ``.link-question``, ``.forget``: asks the question again in other words, copies a link to
  it, deletes it with its answer; ``.turn .again``: asks a question whose answer was not kept;
- ``.answer``; ``.answer .verdict``: likely or possible answer; ``.answer.comes-near`` and in it
  ``.verdict.not-answered-text``: passages that come near; ``.answer.not-answered`` and in it
  ``.verdict.not-answered-text``: nearest passages only, greyed; ``.answer .advice``: ``Answer.remark``;
  ``.answer.reading``: the passages are there, the verdict is not yet; ``.answer details.legend``: what
  the verdicts mean;
- ``.card[data-passage="ID"][data-essay="ESSAY"]``, with ``.section``, ``.kind``, ``.pages``;
- ``.card .passage-text``: exactly the passage's characters; ``mark``: one per highlight;
  ``.page-turn[data-page]`` and ``.note-mark[data-mark]``: empty elements at the exact offset;
  ``.folded``: a part shown when ``.card .unfold input`` is ticked;
- ``.card .opener input``: opens a card that shows two lines of what is marked;
  ``.card .further input``: shows ``.more-panel``, with what is needed less often;
- ``.card .citation``: in-text citation of each highlight (of the passage when it has none);
  ``button.copy-quotation[data-copy]``: ``highlight.quotation``; ``.card .passage-citation`` and
  ``button.copy-passage[data-copy]``: the whole passage's; after each a ``button.pin[data-start][data-end]``,
  the words' offsets into the passage's text; ``button.read-here``: shows it in the reader;
- ``.card .meets``: a sentence of a pasted paragraph on which the passage bears; ``.answer .unmet-ideas``:
  the sentences that no passage shown meets;
- ``.card .zotero-links a``: open Zotero at the cited page, and at the item;
- ``.card .voice``: whose words a highlight is, if they are quoted in the essay;
- ``.card details.why``: which words of the question met which words of the essay;
- ``.references .reference`` and ``button.copy-reference[data-copy]``: once, after the cards;
- ``[data-html]`` and ``[data-markdown]`` on an element with ``[data-copy]``: the same words in other forms,
  where they say more than the plain ones.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from assistant.core.answer import Answer, Hit, Match, Reason, is_locator
from assistant.core.essay import Kind, Passage
from assistant.core.rich import rich
from assistant.rendering.answers import ideas_elsewhere, met_ideas
from assistant.rendering.clipboard import Forms, quotation_forms, reference_forms
from assistant.web.views import PAGE, render
from assistant.web.views.passage import browser_spans, marked_stretches, utf16_length

NOT_ANSWERED = "The essay does not seem to answer this."
NEAR = "No passage says this outright; these come nearest."
EVIDENCE = "Passages that bear on your paragraph, those on most of it first."
NO_EVIDENCE = "Nothing in the essay seems to bear on this paragraph."
PENDING = "Looking through the essay…"
READING = "Reading the passages…"

# From here on the page says "likely"; the number itself tells a reader nothing.
_LIKELY = 0.75

# From these cosines on, two words in their sentences are called the same, or near; below, far.
_SAME = 0.85
_NEAR = 0.5
# A word that is a smaller share of a long question tells little.
_LIGHT = 0.04
# Words shown of a question so long that every word is a small share of it.
_HEAVIEST = 5

# Why nothing answers, where that is known; the remark above it says of which word or place it is true.
_NOT_ANSWERED_BECAUSE: dict[Reason, str] = {
    "absent-word": "Not answered: a word of the question does not occur.",
    "absent-phrase": "Not answered: the quoted words do not occur.",
    "language": "Not answered: the question is in another language.",
    "no-such-place": "Not answered: there is no such place.",
    "outside": "Not answered: this lies outside the text.",
    "no-question": "Not answered: there is nothing to look for.",
}

_KIND_LABELS: dict[Kind, str] = {
    "blockquote": "Block quotation",
    "note": "Note",
    "list": "List",
    "verse": "Verse",
    "reference": "Works cited",
    "caption": "Caption",
    "heading": "Heading",
    "title": "Title",
    "author": "Author",
}

PAGE.define(NEARNESS=f"the same: likeness of {_SAME} or more, 1 being full; near: {_NEAR} or more; far: less")
for function in (quotation_forms, marked_stretches, browser_spans, met_ideas, ideas_elsewhere):
    PAGE.filter(function)


def conversation_html() -> str:
    """The empty conversation, and the form of one ``section.turn``, which the page's script fills."""
    return render("answer.conversation", PENDING)


def sent_answer(turn: str, first: str, now: str, *, done: bool) -> str:
    """What is sent of an answer, as one line of JSON.

    Args:
        turn: The script's name for the question; empty for the one that is pending.
        first: The answer's HTML as it was sent first, or the empty string.
        now: Its HTML now.
        done: Whether it will not change any more.

    Returns:
        ``turn``, ``done``, and ``change``: a start and an end in ``first``, in UTF-16 units, and the HTML
        that now stands between them.
    """
    start = _same_length(first, now)
    end = _same_length(first[start:][::-1], now[start:][::-1])
    before = first[: len(first) - end]
    change = [utf16_length(first[:start]), utf16_length(before), now[start : len(now) - end]]
    return json.dumps({"turn": turn, "done": done, "change": change}, ensure_ascii=False) + "\n"


def error_html(message: str) -> str:
    """An error's sentence as the conversation shows it."""
    return render("answer.error", message)


def answer_html(
    answer: Answer,
    titles: Mapping[str, str] | None = None,
    *,
    printed: Collection[str] = (),
    reading: bool = False,
) -> str:
    """An answer: verdict, cards, and each reference once, in one ``div.answer``.

    Args:
        answer: The answer.
        titles: Titles by essay id, named on the cards; for libraries of several essays.
        printed: Ids of essays whose pages can be shown as they are printed.
        reading: Whether the passages are still being read, so that the verdict says this instead.
    """
    verdict = READING if reading else _verdict(answer)
    return render("answer.answer", answer, titles or {}, printed, verdict, _references(answer.hits), reading)


def why_html(hit: Hit) -> str:
    """Which words of the question met which words of the essay.

    Returns:
        One closed ``details.why``, or nothing where no match is known.
    """
    return render("answer.why", informative(hit.matches), hit.passage.id)


def _same_length(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))


@PAGE.filter
def nearness(cosine: float) -> str:
    """How near two words are (-1 to 1), in a word."""
    return "the same" if cosine >= _SAME else "near" if cosine >= _NEAR else "far"


@PAGE.filter
def percent(cosine: float) -> int:
    """How full the bar of a cosine is."""
    return round(100 * min(max(cosine, 0), 1))


@PAGE.filter
def informative(matches: Sequence[Match]) -> list[Match]:
    """The matches that tell a reader something, each once; none of a word that only frames the question."""
    telling = [match for match in matches if not match.framing]
    heavy = [match for match in telling if match.weight >= _LIGHT]
    shown = heavy or sorted(telling, key=lambda match: -round(match.weight, 4))[:_HEAVIEST]
    return list({(match.word.casefold(), match.passage, match.start): match for match in shown}.values())


@PAGE.filter
def kind_label(kind: Kind) -> str:
    """What a card calls a kind of passage; empty for paragraphs."""
    return _KIND_LABELS.get(kind, "")


@PAGE.filter
def pages_text(passage: Passage, locator: str) -> str:
    """Pages in words, such as ``p. 850`` or ``pp. 849–50``.

    Args:
        passage: The passage cited.
        locator: Its locator, with a hyphen.
    """
    if not locator:
        return "no page numbers"
    if is_locator(locator):
        return locator.replace("-", "–")
    return f"{'pp.' if len(passage.pages_of(0, len(passage.text))) > 1 else 'p.'} {locator.replace('-', '–')}"


def _verdict(answer: Answer) -> str:
    if answer.ideas:
        return NO_EVIDENCE if answer.verdict == "none" else EVIDENCE if answer.answered else NEAR
    if answer.answered:
        return "Likely answer" if answer.confidence >= _LIKELY else "Possible answer"
    # A note on the question itself says enough where nothing was found.
    if answer.remark and not answer.hits:
        return ""
    if answer.verdict == "near":
        return NEAR
    return _NOT_ANSWERED_BECAUSE.get(answer.reason, NOT_ANSWERED) if answer.reason else NOT_ANSWERED


def _references(hits: Sequence[Hit]) -> dict[str, Forms]:
    return {
        hit.reference: reference_forms(hit.reference_rich or rich(hit.reference))
        for hit in hits
        if hit.reference
    }
