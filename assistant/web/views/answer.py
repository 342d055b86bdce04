"""An answer as HTML: the passages as cards, word for word, with citations and copy buttons.

Hooks that the script, the styles and the browser tests rely on (keep them stable):

- ``#question`` (its ``textarea``), ``#ask``, ``#new-conversation``, ``#examples button``: asking;
- ``#conversation .turn``: one question with what came of it; ``.turn .asked``: the question;
  ``.turn.pending``: still being looked up; ``.turn .fault``: an error's sentence;
- ``.turn .forget``: deletes the question with its answer (see ``notebook.py``);
- ``.answer``; ``.answer .verdict``: likely or possible answer; ``.answer.not-answered`` and in it
  ``.verdict.not-answered-text``: nearest passages only; ``.answer .advice``: ``Answer.note``;
  ``.answer.reading``: the passages are there, the verdict is not yet; ``.answer details.legend``: what
  the verdicts mean;
- ``.card[data-passage="ID"][data-essay="ESSAY"]``, with ``.section``, ``.kind``, ``.pages``;
- ``.card .passage-text``: exactly the passage's characters; ``mark``: one per highlight;
  ``.page-turn[data-page]`` and ``.note-mark[data-mark]``: empty elements at the exact offset;
  ``.folded``: a part shown when ``.card .unfold input`` is ticked;
- ``.card .citation``: in-text citation of each highlight (of the passage when it has none);
  ``button.copy-quotation[data-copy]``: ``highlight.quotation``; ``.card .passage-citation`` and
  ``button.copy-passage[data-copy]``: the whole passage's; beside each ``button.pin[data-start][data-end]``,
  the words' offsets into the passage's text; ``button.read-here``: shows it in the reader;
- ``.card .voice``: whose words a highlight is, if they are quoted in the essay;
- ``.card details.why``: why it was found (see ``why.py``);
- ``.references .reference`` and ``button.copy-reference[data-copy]``: once at the answer's foot;
- ``[data-html]`` and ``[data-markdown]`` beside ``[data-copy]``: the same words in other forms, where they
  say more than the plain ones;
- ``.reader [data-passage="ID"]`` (see ``reader.py``); there ``.current`` is the passage shown.

Why a passage was found, in words that a reader can check against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.core.rich import rich
from assistant.rendering.clipboard import quotation_forms, reference_forms
from assistant.web.views.passage import browser_spans, copy_button, escape, marked_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.core.answer import Answer, Hit, Match, QuotedWords
    from assistant.core.essay import Kind, Passage


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
    shown = heavy or sorted(matches, key=lambda match: -round(match.weight, 4))[:_HEAVIEST]
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


NOT_ANSWERED = "The essay does not seem to answer this."
NEAREST = "Nearest passages"
PENDING = "Looking through the essay…"
READING = "Reading the passages…"

_LEGEND = (
    ("Likely answer", "The passages seem to hold the answer."),
    (
        "Possible answer",
        "They may hold it, or only stand close to it: read them before you rely on them.",
    ),
    (
        NEAREST,
        "Nothing in the essay seems to answer; these are the passages that stand closest to the question.",
    ),
)
_LEGEND_NOTE = (
    "A model on this machine estimates this from the question and the passages. It judges whether they "
    "answer, not whether the essay is right."
)

# From here on the page says "likely"; the number itself tells a reader nothing.
_LIKELY = 0.6

# A checkbox, because its state survives when the conversation is drawn again.
_UNFOLD = (
    '<label class="unfold"><input type="checkbox"><span class="more">Show whole passage</span>'
    '<span class="less">Show less</span></label>'
)

_KIND_LABELS: dict[Kind, str] = {
    "blockquote": "Block quotation",
    "note": "Note",
    "list": "List",
    "verse": "Verse",
    "reference": "Works cited",
    "heading": "Heading",
    "title": "Title",
    "author": "Author",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation and what came of it.

    Attributes:
        question: As asked.
        html: The answer, or the error's sentence, as HTML.
    """

    question: str
    html: str


def conversation_html(turns: Sequence[Turn], pending: str | None = None) -> str:
    """The whole conversation.

    Args:
        turns: Questions and answers, oldest first.
        pending: A question that is being looked up.

    Returns:
        HTML, one ``section.turn`` a question.
    """
    sections = [_turn_html(turn.question, turn.html) for turn in turns]
    if pending is not None:
        sections.append(_turn_html(pending, f'<p class="wait">{PENDING}</p>', extra=" pending"))
    return "".join(sections)


def welcome_html(*, has_essay: bool) -> str:
    """What stands in place of a conversation before the first question."""
    if not has_essay:
        return (
            '<div class="welcome"><h2>No essay yet.</h2>'
            "<p>Upload one under “Add an essay”; then ask it a question.</p></div>"
        )
    return (
        '<div class="welcome"><h2>Ask the essay</h2><p>You get the essay’s own words: the passages that '
        "bear on your question, word for word, with the page they stand on and a citation to copy.</p></div>"
    )


def fault_html(message: str) -> str:
    """An error's sentence as it stands in the conversation."""
    return f'<p class="fault" role="alert">{escape(message)}</p>'


def answer_html(answer: Answer, titles: Mapping[str, str] | None = None, *, reading: bool = False) -> str:
    """An answer: verdict, cards, and the references once.

    Args:
        answer: The answer.
        titles: Titles by essay id, named on the cards; give it when there are several essays.
        reading: Whether the passages are still being read, so that a line in the verdict's place says so.

    Returns:
        HTML of one ``div.answer``.
    """
    cards = "".join(_card_html(hit, (titles or {}).get(hit.passage.essay_id, "")) for hit in answer.hits)
    advice = f'<p class="advice">{escape(answer.note)}</p>' if answer.note else ""
    state = "" if answer.answered or not answer.hits else " not-answered"
    verdict = f'<p class="verdict">{READING}</p>' if reading else _verdict_html(answer) + _legend_html(answer)
    # One element whatever it says: the cards behind it are then not drawn anew when the verdict comes.
    head = f'<div class="standing">{advice}{verdict}</div>'
    return (
        f'<div class="answer{" reading" if reading else state}">{head}{cards}'
        f"{_references_html(answer.hits)}</div>"
    )


def pages_text(passage: Passage, locator: str) -> str:
    """Pages in words, such as ``p. 850`` or ``pp. 849–50``.

    Args:
        passage: The passage cited.
        locator: Its locator, with a hyphen.

    Returns:
        The locator in typographic form, or ``no page numbers``.
    """
    if not locator:
        return "no page numbers"
    return f"{'pp.' if len(passage.pages) > 1 else 'p.'} {locator.replace('-', '–')}"


def _turn_html(question: str, content: str, extra: str = "") -> str:
    asked = f'<h2 class="asked">{escape(question)}</h2>' if question.strip() else ""
    name = escape(f"Delete the question “{question.strip()}”" if question.strip() else "Delete this message")
    forget = "" if extra else f'<button type="button" class="forget" aria-label="{name}">Delete</button>'
    return f'<section class="turn{extra}"><div class="turn-head">{asked}{forget}</div>{content}</section>'


def _verdict_html(answer: Answer) -> str:
    if answer.answered:
        words = "Likely answer" if answer.confidence >= _LIKELY else "Possible answer"
        return f'<p class="verdict">{words}</p>'
    if answer.note and not answer.hits:
        return ""
    nearest = f'<h3 class="nearest">{NEAREST}</h3>' if answer.hits else ""
    return f'<p class="verdict not-answered-text">{NOT_ANSWERED}</p>{nearest}'


def _legend_html(answer: Answer) -> str:
    if not answer.hits:
        return ""
    terms = "".join(f"<div><dt>{name}</dt><dd>{meaning}</dd></div>" for name, meaning in _LEGEND)
    return (
        '<details class="legend"><summary aria-label="What this means" title="What this means">?</summary>'
        f"<dl>{terms}</dl><p>{_LEGEND_NOTE}</p></details>"
    )


def _card_html(hit: Hit, essay_title: str) -> str:
    passage = hit.passage
    text = marked_text(passage, hit.highlights, fold=True)
    # Quotation marks of the essay are escaped, so its words cannot be taken for this class.
    unfold = _UNFOLD if 'class="folded"' in text else ""
    name = escape(" ".join(filter(None, [_KIND_LABELS.get(passage.kind, "Passage"), hit.citation.in_text])))
    return (
        f'<article class="card kind-{passage.kind}" data-passage="{escape(passage.id)}" '
        f'data-essay="{escape(passage.essay_id)}" data-spans="{browser_spans(passage.text, hit.highlights)}" '
        f'aria-label="{name}">{_head_html(hit, essay_title)}'
        f'<blockquote class="passage-text">{text}</blockquote>'
        f"{unfold}{_actions_html(hit)}{why_html(hit)}</article>"
    )


def _head_html(hit: Hit, essay_title: str) -> str:
    passage = hit.passage
    kind = _KIND_LABELS.get(passage.kind, "")
    pieces = [
        f'<span class="essay">{escape(essay_title)}</span>' if essay_title else "",
        f'<span class="section">{escape(passage.section)}</span>' if passage.section else "",
        f'<span class="kind">{kind}</span>' if kind else "",
        f'<span class="pages">{escape(pages_text(passage, hit.citation.pages))}</span>',
    ]
    return f'<header class="card-head">{"".join(pieces)}</header>'


def _actions_html(hit: Hit) -> str:
    rows = [
        f'<span class="quote"><span class="citation">{escape(highlight.citation.in_text)}</span>'
        f"{voice_html(highlight.quoted)}"
        f"{copy_button('copy-quotation', quotation_forms(highlight.drafted), _copy_label(hit, number))}"
        f"{_pin_button(highlight.start, highlight.end, _numbered('quotation', hit, number))}</span>"
        for number, highlight in enumerate(hit.highlights, start=1)
    ]
    own = "passage-citation" if rows else "citation"
    rows.append(
        f'<span class="quote whole"><span class="{own}">{escape(hit.citation.in_text)}</span>'
        f"{copy_button('copy-passage', quotation_forms(hit.drafted), 'Copy passage')}"
        f"{_pin_button(0, len(hit.passage.text), 'passage')}</span>"
    )
    read = '<button type="button" class="read-here">Read in the essay</button>'
    return f'<footer class="card-actions">{"".join(rows)}{read}</footer>'


def voice_html(quoted: QuotedWords | None) -> str:
    """Whose words an essay quotes, behind their citation; nothing for its author's own."""
    if quoted is None:
        return ""
    words = f"{escape(quoted.author)}, quoted in the essay" if quoted.author else "Quoted in the essay"
    return f' <span class="voice">{words}</span>'


def _copy_label(hit: Hit, number: int) -> str:
    return f"Copy {_numbered('quotation', hit, number)}"


def _numbered(name: str, hit: Hit, number: int) -> str:
    return name if len(hit.highlights) == 1 else f"{name} {number}"


def _pin_button(start: int, end: int, what: str) -> str:
    return (
        f'<button type="button" class="pin" data-start="{start}" data-end="{end}" '
        f'aria-label="Pin {what}" aria-pressed="false">Pin</button>'
    )


def _references_html(hits: Sequence[Hit]) -> str:
    references = {hit.reference: hit.listed or rich(hit.reference) for hit in hits if hit.reference}
    if not references:
        return ""
    items = "".join(
        f'<p class="reference-row"><span class="reference">{escape(reference)}</span> '
        f"{copy_button('copy-reference', reference_forms(listed), 'Copy reference')}</p>"
        for reference, listed in references.items()
    )
    return f'<div class="references">{items}</div>'
