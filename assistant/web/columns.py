"""The two columns of the page's part that asks: the conversation, and the essay beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.web import frame
from assistant.web.reader import nothing_to_read_html

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

EXAMPLES = 4

# The page's script tells the conversation that a passage of another essay was opened, and asks for the
# quotations of the one that is read.
_OPENS = "element.addEventListener('open-essay', (event) => trigger('click', event.detail));"
_CHOICE = "watch('value', () => window.desk.scopeArrived()); window.desk.scopeArrived();"
_QUOTES = "window.desk.quoteWith((essay, style) => server.quotations(essay, style));"


@dataclass(frozen=True, slots=True, kw_only=True)
class Widgets:
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
        ``widgets`` by their names in ``Widgets``, ``buttons``, and as ``copying`` what ``beside_style`` gave.
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
        ``widgets`` by their names in ``Widgets``, and ``buttons``.
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
