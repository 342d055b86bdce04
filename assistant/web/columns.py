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
        scope: Which essays are asked.
        style: How is cited.
        reading: Which essay is in the reading pane.
        pane: The reading pane.
        report: What became of an upload.
        file: The file to upload.
        first_page: Its first page's number.
        upload: The part of the page that holds the upload.
    """

    turns: gr.State
    conversation: gr.HTML
    examples: Sequence[gr.Button]
    question: gr.Textbox
    kept: gr.Textbox
    scope: gr.Dropdown
    style: gr.Dropdown
    reading: gr.Dropdown
    pane: gr.HTML
    report: gr.HTML
    file: gr.File
    first_page: gr.Textbox
    upload: gr.Accordion

    def everything(self) -> list[Any]:
        """All of them, as outputs of an event."""
        return [
            *(self.turns, self.conversation, *self.examples, self.question, self.scope, self.style),
            *(self.reading, self.pane, self.report, self.file, self.first_page, self.upload),
        ]


def chat_column(styles: Mapping[str, str]) -> dict[str, Any]:
    """Lay out the conversation.

    Args:
        styles: What the citation styles are called, by name; the first is chosen.

    Returns:
        ``widgets`` by their names in ``Widgets``, and ``buttons``.
    """
    with gr.Row(elem_id="top"):
        gr.HTML(frame.HEADER, apply_default_css=False, elem_id="masthead")
        gr.HTML(frame.SHOW_KEYS + frame.keys_html(), apply_default_css=False, elem_id="keys-part")
        new = gr.Button("New conversation", size="sm", scale=0, min_width=120, elem_id="new-conversation")
    conversation = gr.HTML("", apply_default_css=False, elem_id="conversation", js_on_load=_OPENS)
    with gr.Row(elem_id="examples"):
        examples = [gr.Button("", size="sm", visible=False, elem_classes="example") for _ in range(EXAMPLES)]
    kept = gr.Textbox(visible=False)
    with gr.Row(elem_id="choosers"):
        scope = gr.Dropdown(
            [], label="Ask", elem_id="scope", visible=False, interactive=True, scale=3, min_width=200
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
            "style": style,
        },
        "buttons": {"ask": ask, "new": new},
    }


def reading_column(quotations: Callable[[Sequence[str]], Mapping[str, Sequence[str]]]) -> dict[str, Any]:
    """Lay out the essay, and above it what adds one.

    Args:
        quotations: Of an essay's id and a style's name, the quotations of the essay's sentences by
            passage id. Its name is the one by which the page's script calls it.

    Returns:
        ``widgets`` by their names in ``Widgets``, and ``buttons``.
    """
    with gr.Accordion("Add an essay", open=False, elem_id="upload") as upload:
        file = gr.File(
            label="Essay as text (.txt, .text, .md)",
            file_types=[".txt", ".text", ".md"],
            height=130,
            elem_id="essay-file",
        )
        with gr.Row(elem_id="add-row"):
            first_page = gr.Textbox(
                label="Number of the first page (if you know it)", max_lines=1, scale=3, elem_id="first-page"
            )
            add = gr.Button("Add essay", variant="primary", scale=1, min_width=110, elem_id="add-essay")
        report = gr.HTML("", apply_default_css=False, elem_id="report")
    reading = gr.Dropdown([], label="Read", elem_id="reading", visible=False, interactive=True)
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
            "report": report,
            "file": file,
            "first_page": first_page,
            "upload": upload,
        },
        "buttons": {"add": add},
    }
