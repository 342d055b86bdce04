"""What the page shows after each thing a scholar does: library and session in, component updates out.

The two columns of the page's part that asks: the conversation, and the essay beside it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import gradio as gr
from gradio.blocks import Block

from assistant.core.errors import AssistantError
from assistant.rendering.clipboard import quotation_forms
from assistant.web import messages
from assistant.web.session import kept_of
from assistant.web.views import answer, frame
from assistant.web.views import passage as reader
from assistant.web.views.essays import scope_html, title_of
from assistant.web.views.passage import copied, label_of, nothing_to_read_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from assistant.core.answer import Answer, PreparedQuotation
    from assistant.core.essay import EssaySummary, StoredEssay


EXAMPLES = 4

# The page's script tells the conversation that a passage of another essay was opened, and asks for the
# quotations of the one that is read.
_OPENS = "element.addEventListener('open-essay', (event) => trigger('click', event.detail));"
_CHOICE = "watch('value', () => window.desk.scopeArrived()); window.desk.scopeArrived();"
_QUOTES = "window.desk.quoteWith((essay, style) => server.quotations(essay, style));"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWidgets:
    """The components that events change.

    Attributes:
        turns: The session's conversation.
        conversation: Where it is shown.
        examples: Example questions, hidden once the conversation has begun.
        question: The box.
        kept: What the browser's tab kept from before it was loaded again.
        scope: Which essays can be chosen for asking.
        chosen: Which are, as the page's script tells.
        style: How is cited.
        reading: Which essay is in the reading pane.
        pane: The reading pane.
    """

    turns: gr.State
    conversation: gr.HTML
    examples: Sequence[gr.Button]
    question: gr.Textbox
    kept: gr.Textbox
    scope: gr.HTML
    chosen: gr.Textbox
    style: gr.Dropdown
    reading: gr.Dropdown
    pane: gr.HTML

    def answering(self) -> list[Any]:
        """Those that a question changes: Gradio takes its time for each output, changed or not."""
        return [self.turns, self.conversation, self.question]

    def everything(self) -> list[Any]:
        """All of them, as outputs of an event."""
        return [
            *(self.turns, self.conversation, *self.examples, self.question, self.scope, self.style),
            *(self.reading, self.pane),
        ]


def chat_column(styles: Mapping[str, str], beside_style: Callable[[], gr.HTML]) -> dict[str, Any]:
    """Lay out the conversation.

    Args:
        styles: What the citation styles are called, by name; the first is chosen.
        beside_style: Lays out what stands beside them.

    Returns:
        ``widgets`` by their names in ``AskWidgets``, ``buttons``, and as ``copying`` what
        ``beside_style`` gave.
    """
    with gr.Row(elem_id="top"):
        gr.HTML(frame.HEADER, apply_default_css=False, elem_id="masthead")
        gr.HTML(frame.SHOW_KEYS + frame.keys_html(), apply_default_css=False, elem_id="keys-part")
        new = gr.Button("New conversation", size="sm", scale=0, min_width=120, elem_id="new-conversation")
    conversation = gr.HTML("", apply_default_css=False, elem_id="conversation", js_on_load=_OPENS)
    with gr.Row(elem_id="examples"):
        examples = [gr.Button("", size="sm", visible=False, elem_classes="example") for _ in range(EXAMPLES)]
    kept, chosen = gr.Textbox(visible=False), gr.Textbox(visible=False)
    with gr.Row(elem_id="choosers"):
        scope = gr.HTML(
            "",
            apply_default_css=False,
            elem_id="scope",
            elem_classes="plain",
            min_width=200,
            js_on_load=_CHOICE,
        )
        style = gr.Dropdown(
            [(title, name) for name, title in styles.items()],
            value=next(iter(styles)),
            label="Cite in",
            filterable=False,
            elem_id="style",
            interactive=True,
            scale=2,
            min_width=200,
        )
        copying = beside_style()
    with gr.Row(elem_id="ask-row"):
        question = gr.Textbox(
            label="Question",
            placeholder="Ask the essay a question…",
            lines=1,
            max_lines=5,
            scale=6,
            container=False,
            autofocus=True,
            elem_id="question",
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
        )
        ask = gr.Button("Ask", variant="primary", scale=1, min_width=80, elem_id="ask")
    return {
        "widgets": {
            "conversation": conversation,
            "examples": examples,
            "kept": kept,
            "question": question,
            "scope": scope,
            "chosen": chosen,
            "style": style,
        },
        "buttons": {"ask": ask, "new": new},
        "copying": copying,
    }


def reading_column(
    quotations: Callable[[Sequence[str]], Mapping[str, Sequence[Mapping[str, str]]]],
) -> dict[str, Any]:
    """Lay out the essay, and above it what adds one.

    Args:
        quotations: Of an essay's id and a style's name, the quotations of the essay's sentences by
            passage id. Its name is the one by which the page's script calls it.

    Returns:
        ``widgets`` by their names in ``AskWidgets``, and ``buttons``.
    """
    with gr.Row(elem_id="reading-row"):
        reading = gr.Dropdown([], label="Read", elem_id="reading", visible=False, interactive=True)
        adding = gr.Button("Add an essay", size="sm", scale=0, min_width=110, elem_id="to-library")
    gr.HTML(
        frame.FIND,
        apply_default_css=False,
        elem_id="find",
        js_on_load=_QUOTES,
        server_functions=[quotations],
    )
    with gr.Row(elem_id="pages"):
        pane = gr.HTML(nothing_to_read_html(), apply_default_css=False, elem_id="pane", min_width=0)
        gr.HTML(frame.RULER, apply_default_css=False, elem_id="ruler-part", min_width=0)
    return {
        "widgets": {
            "reading": reading,
            "pane": pane,
        },
        "buttons": {"adding": adding},
    }


LEFT = "None of the essays chosen for asking is in the library any more; choose others, or ask all."

Updates = dict[Block, Any]
Turns = tuple[answer.Turn, ...]


class Library(Protocol):
    """What the page asks of a library; ``assistant.library.library.Library`` is one."""

    root: Path

    def ids(self) -> list[str]:
        """Ids of all essays."""

    def summaries(self) -> Mapping[str, EssaySummary]:
        """What is known of each essay without reading it."""

    def essay(self, essay_id: str) -> StoredEssay:
        """One essay."""

    def styles(self) -> dict[str, str]:
        """What the citation styles are called, by name."""

    def quotable(self, essay_id: str, style: str = "mla") -> dict[str, list[PreparedQuotation]]:
        """Each sentence of an essay as a quotation with its citation, by passage id."""

    def answers(
        self, question: str, *, essays: Sequence[str] = (), style: str = "mla", history: Sequence[str] = ()
    ) -> Iterator[Answer]:
        """Answer as soon as passages are found, and once more when they have been read for the verdict."""


class Desk:
    """The handlers of the page's events.

    Args:
        library: The library.
        widgets: The components.
        focus: Ids of essays preselected for asking; the first is the one opened for reading.
    """

    def __init__(self, library: Library, widgets: AskWidgets, focus: Sequence[str] = ()) -> None:
        self._library = library
        self._widgets = widgets
        self._focus = tuple(focus)

    @property
    def widgets(self) -> AskWidgets:
        """The components."""
        return self._widgets

    def opened(self, told: str | None) -> Updates:
        """A page was opened: show the library as it now is, and what the tab kept from before."""
        kept = kept_of(told)
        try:
            abouts = self._library.summaries()
        except AssistantError as fault:
            return {self._widgets.conversation: self._fault_html(fault)}
        focus = [essay_id for essay_id in self._focus if essay_id in abouts]
        reading = next((one for one in (kept.reading, *focus, *abouts) if one in abouts), "")
        return {
            **self._choosers(abouts, reading),
            **self._examples(None if kept.turns else self._essay(reading)),
            self._widgets.turns: kept.turns,
            self._widgets.conversation: answer.conversation_html(kept.turns)
            or answer.welcome_html(has_essay=bool(abouts)),
            self._widgets.question: kept.draft,
            self._widgets.style: kept.style if kept.style in self._library.styles() else gr.skip(),
        }

    def changed(self, reading: str | None, turns: Turns) -> Updates:
        """The library has changed: show what there is to choose, and read another essay if that one left."""
        try:
            abouts = self._library.summaries()
        except AssistantError as fault:
            return {self._widgets.conversation: self._fault_html(fault)}
        shown = reading if reading is not None and reading in abouts else next(iter(abouts), "")
        begun = {} if turns else self._begun(self._essay(shown))
        return {**self._choosers(abouts, shown), **begun}

    def ask(self, question: str, turns: Turns, scope: str | None, style: str) -> Iterator[Updates]:
        """A question was asked: show it at once, then its passages, then how far they answer it."""
        yield {
            self._widgets.conversation: answer.conversation_html(turns, pending=question),
            self._widgets.question: "",
        }
        shown = turns
        for html in self._answers(question, turns, scope, style):
            shown = (*turns, answer.Turn(question, html))
            yield {self._widgets.conversation: answer.conversation_html(shown)}
        # Remembered at the end alone: should the second step break, no turn waits for ever.
        yield {self._widgets.turns: shown}

    def broke(self, turns: Turns) -> Updates:
        """Asking ended in a fault of the program itself: say so in place of the pending question."""
        sentence = "The question could not be looked up; the program's terminal says why."
        shown = (*turns, answer.Turn("", answer.fault_html(sentence)))
        return {self._widgets.conversation: answer.conversation_html(shown)}

    def restart(self, reading: str | None) -> Updates:
        """A new conversation was begun."""
        essay = self._essay(reading)
        return {self._widgets.turns: (), self._widgets.question: "", **self._begun(essay)}

    def read(self, essay_id: str | None, turns: Turns) -> Updates:
        """An essay was chosen for the reading pane."""
        essay = self._essay(essay_id)
        if essay is None:
            return {self._widgets.pane: gr.skip()}
        examples = {} if turns else self._examples(essay)
        return {self._widgets.pane: reader.reader_html(essay), **examples}

    def follow(self, event: gr.EventData) -> Updates:
        """A card of an essay that is not in the reading pane was opened.

        Gradio finds ``event`` by its annotation, so every name in the signature is imported at run time.
        """
        if self._essay(str(event.essay)) is None:
            gr.Warning("The essay that holds this passage is not in the library.", title="Not found")
            return {self._widgets.reading: gr.skip()}
        return {self._widgets.reading: str(event.essay)}

    def _begun(self, essay: StoredEssay | None) -> Updates:
        welcome = answer.welcome_html(has_essay=essay is not None)
        return {self._widgets.conversation: welcome, **self._examples(essay)}

    def _answers(self, question: str, turns: Turns, scope: str | None, style: str) -> Iterator[str]:
        """What is found, as HTML: the passages as soon as they are known, then with their verdict."""
        try:
            abouts = self._library.summaries()
            chosen = chosen_of(scope)
            known = [essay_id for essay_id in chosen if essay_id in abouts]
            if chosen and not known:
                yield answer.fault_html(LEFT)
                return
            answers = self._library.answers(
                question,
                essays=known,
                style=style,
                history=[turn.question for turn in turns],
            )
            titles = {essay_id: title_of(essay_id, about) for essay_id, about in abouts.items()}
            named = titles if len(titles) > 1 else None
            found = next(answers)
            if found.hits:
                yield answer.answer_html(found, named, reading=True)
                found = next(answers)
            yield answer.answer_html(found, named)
        except AssistantError as fault:
            yield self._fault_html(fault)

    def _fault_html(self, fault: AssistantError) -> str:
        return answer.fault_html(messages.told(str(fault), self._library.root))

    def _essay(self, essay_id: str | None) -> StoredEssay | None:
        """The essay, or nothing where it has left the library since the page was drawn."""
        if not essay_id:
            return None
        try:
            return self._library.essay(essay_id)
        except AssistantError:
            return None

    def _choosers(self, abouts: Mapping[str, EssaySummary], reading: str) -> Updates:
        names = [
            (label_of(essay_id, about.reference) if about.reference else title_of(essay_id, about), essay_id)
            for essay_id, about in abouts.items()
        ]
        shown = self._essay(reading)
        return {
            self._widgets.scope: scope_html(abouts, self._focus),
            self._widgets.reading: gr.update(choices=names, value=reading or None, visible=len(abouts) > 1),
            self._widgets.pane: reader.reader_html(shown) if shown else reader.nothing_to_read_html(),
        }

    def _examples(self, essay: StoredEssay | None) -> Updates:
        questions = example_questions(essay) if essay else []
        padded = [*questions, *[""] * EXAMPLES][:EXAMPLES]
        return {
            button: gr.update(value=text, visible=bool(text))
            for button, text in zip(self._widgets.examples, padded, strict=True)
        }


def chosen_of(told: str | None) -> list[str]:
    """Ids of the essays that are to be asked, as the page's script tells them.

    Args:
        told: JSON; anything may stand in it.

    Returns:
        The ids; none for all.
    """
    try:
        chosen = json.loads(told or "[]")
    except (ValueError, RecursionError):
        return []
    return [one for one in chosen if isinstance(one, str)] if isinstance(chosen, list) else []


def quotations_of(library: Library) -> Callable[[Sequence[str]], dict[str, list[dict[str, str]]]]:
    """What the page's script asks when an essay came into the reading pane.

    Args:
        library: The library.

    Returns:
        ``quotations``: of an essay's id and a style's name, the essay's sentences as quotations by passage
        id; none of an essay or a style that is not there.
    """

    def quotations(asked: Sequence[str]) -> dict[str, list[dict[str, str]]]:
        # From the page's script, so anything may stand in it.
        known = isinstance(asked, list) and len(asked) == 2
        if not known or asked[0] not in library.ids() or asked[1] not in [*library.styles()]:
            return {}
        try:
            quotable = library.quotable(asked[0], asked[1])
        except AssistantError:
            return {}
        return {
            passage: [copied(quotation_forms(one)) for one in sentences]
            for passage, sentences in quotable.items()
        }

    return quotations


def example_questions(essay: StoredEssay) -> list[str]:
    """Questions to begin with, drawn from the essay's own headings.

    Args:
        essay: The essay.

    Returns:
        At most ``EXAMPLES`` questions; one general one where no heading has a paragraph under it.
    """
    headings = dict.fromkeys(
        passage.section for passage in essay.passages if passage.kind == "paragraph" and passage.section
    )
    questions = [f"What is said under “{heading}”?" for heading in headings]
    return questions[:EXAMPLES] or ["What does this essay argue?"]
