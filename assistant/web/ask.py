"""The part of the page that asks: the conversation, and beside it the essay in the reading pane."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.core.errors import AssistantError
from assistant.rendering.clipboard import quotation_forms
from assistant.web import notebook
from assistant.web.components import QUIET, Updates, plain_html
from assistant.web.messages import public_message
from assistant.web.session import chosen_essays, saved_session
from assistant.web.views import answer, frame, passage
from assistant.web.views.essays import scope_html, title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assistant.core.answer import Answer
    from assistant.core.boxes import PrintedPage
    from assistant.core.essay import EssaySummary, StoredEssay
    from assistant.library.library import Library

    Turns = tuple[answer.Turn, ...]

EXAMPLES = 4
CHOSEN_GONE = "None of the essays chosen for asking is in the library any more; choose others, or ask all."
FAILED = "The question could not be looked up; the program's terminal says why; see also: assistant doctor."

# Scripts of components: a passage of another essay was opened; the essays to choose from have arrived; the
# quotations of the essay that is read are wanted.
_ON_OPEN = "element.addEventListener('open-essay', (event) => trigger('click', event.detail));"
_ON_SCOPE = "watch('value', () => window.desk.scopeArrived()); window.desk.scopeArrived();"
_ON_READING = "window.desk.quoteWith((essay, style) => server.quotations(essay, style));"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWidgets:
    """The components of the part.

    Attributes:
        turns: The conversation, which the server remembers for the session.
        conversation: The conversation as it is shown.
        examples: Example questions, hidden once there is a conversation.
        question: The box for the question.
        ask: Asks it.
        new: Starts a new conversation.
        session: What the browser's tab stored before the page was loaded again.
        scope: Shows which essays can be chosen for asking.
        chosen: The ids that are chosen, as the page's script sends them.
        style: Citation style.
        reading: The essay in the reading pane.
        pane: The reading pane.
    """

    turns: gr.State
    conversation: gr.HTML
    examples: Sequence[gr.Button]
    question: gr.Textbox
    ask: gr.Button
    new: gr.Button
    session: gr.Textbox
    scope: gr.HTML
    chosen: gr.Textbox
    style: gr.Dropdown
    reading: gr.Dropdown
    pane: gr.HTML

    def answering(self) -> list[Any]:
        """The outputs of a question: Gradio takes time for each output, changed or not."""
        return [self.turns, self.conversation, self.question]

    def everything(self) -> list[Any]:
        """All that an event may change."""
        return [*self.answering(), *self.examples, self.scope, self.style, self.reading, self.pane]


def ask_part(library: Library, page: gr.Blocks, focus: Sequence[str] = ()) -> AskHandlers:
    """Lay out the part in the context in which it is called, and wire its events.

    Args:
        library: The library that is asked.
        page: The whole page.
        focus: Ids of essays preselected for asking; the first is opened for reading.
    """
    widgets = layout(library)
    handlers = AskHandlers(library, widgets, tuple(focus))
    everything = widgets.everything()
    opened = page.load(handlers.load, widgets.session, everything, js="() => window.desk.kept()", **QUIET)
    store_style: dict[str, Any] = {"inputs": widgets.style, "js": "(style) => window.desk.keepStyle(style)"}
    opened.then(None, **store_style, **QUIET)
    widgets.style.change(None, **store_style, **QUIET)
    asked = _wire_questions(handlers, widgets)
    widgets.new.click(handlers.restart, widgets.reading, everything, cancels=asked, **QUIET)
    widgets.reading.change(handlers.read, [widgets.reading, widgets.turns], everything, **QUIET)
    widgets.conversation.click(handlers.follow, None, everything, **QUIET)
    return handlers


def _wire_questions(handlers: AskHandlers, widgets: AskWidgets) -> list[Any]:
    """Wire the box and the example questions; returns their events."""
    conversation = [widgets.turns, widgets.chosen, widgets.style]
    # The browser alone knows which essays are chosen.
    options: dict[str, Any] = {
        "outputs": widgets.answering(),
        "js": "(...given) => window.desk.asking(...given)",
        **QUIET,
    }
    question = [widgets.question.submit, widgets.ask.click]
    events = [
        gr.on(question, handlers.ask, [widgets.question, *conversation], **options),
        *(button.click(handlers.ask, [button, *conversation], **options) for button in widgets.examples),
    ]
    for event in events:
        event.failure(handlers.fail, widgets.turns, widgets.conversation, **QUIET)
    return events


def layout(library: Library) -> AskWidgets:
    """Lay out the part in the context in which it is called."""
    turns = gr.State(())
    plain_html(frame.VIEWS, elem_id="views-part")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="chat", min_width=300):
            chat = _conversation_column(library, turns)
        with gr.Column(elem_id="reading-side", min_width=300):
            reading, pane = _reading_column(library)
    return AskWidgets(turns=turns, reading=reading, pane=pane, **chat)


def _conversation_column(library: Library, turns: gr.State) -> dict[str, Any]:
    """Lay out the conversation; returns the components by their names in ``AskWidgets``."""
    new = gr.Button("New conversation", size="sm", scale=0, min_width=120, elem_id="new-conversation")
    conversation = gr.HTML("", apply_default_css=False, elem_id="conversation", js_on_load=_ON_OPEN)
    with gr.Row(elem_id="examples"):
        examples = [gr.Button("", size="sm", visible=False, elem_classes="example") for _ in range(EXAMPLES)]
    session, chosen = gr.Textbox(visible=False), gr.Textbox(visible=False)
    with gr.Row(elem_id="choosers"):
        scope = plain_html(elem_id="scope", min_width=200, js_on_load=_ON_SCOPE)
        style = _style_chooser(library.styles())
        notebook.copying_part(library, turns, conversation)
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
        "conversation": conversation,
        "examples": examples,
        "question": question,
        "ask": ask,
        "new": new,
        "session": session,
        "scope": scope,
        "chosen": chosen,
        "style": style,
    }


def _style_chooser(styles: Mapping[str, str]) -> gr.Dropdown:
    return gr.Dropdown(
        [(title, name) for name, title in styles.items()],
        value=next(iter(styles)),
        label="Cite in",
        filterable=False,
        elem_id="style",
        interactive=True,
        scale=2,
        min_width=200,
    )


def _reading_column(library: Library) -> tuple[gr.Dropdown, gr.HTML]:
    """Lay out the essay and what chooses it; the button that leads to the library is the script's."""
    with gr.Row(elem_id="reading-row"):
        reading = gr.Dropdown([], label="Read", elem_id="reading", visible=False, interactive=True)
        gr.Button("Add an essay", size="sm", scale=0, min_width=110, elem_id="to-library")
    gr.HTML(
        frame.FIND,
        apply_default_css=False,
        elem_id="find",
        js_on_load=_ON_READING,
        server_functions=[sentence_quotations(library)],
    )
    with gr.Row(elem_id="pages"):
        pane = gr.HTML(passage.nothing_to_read_html(), apply_default_css=False, elem_id="pane", min_width=0)
        gr.HTML(frame.RULER, apply_default_css=False, elem_id="ruler-part", min_width=0)
    return reading, pane


@dataclass(frozen=True, slots=True)
class AskHandlers:
    """The handlers of the part's events.

    Attributes:
        library: The library that is asked.
        widgets: The components.
        focus: Ids of essays preselected for asking; the first is opened for reading.
    """

    library: Library
    widgets: AskWidgets
    focus: Sequence[str] = ()

    def load(self, sent: str | None) -> Updates:
        """Show the library as it now is, and the conversation that the tab stored."""
        session = saved_session(sent)
        try:
            summaries = self.library.summaries()
        except AssistantError as error:
            return {self.widgets.conversation: self._error_html(error)}
        wanted = (session.reading, *self.focus, *summaries)
        reading = next((essay_id for essay_id in wanted if essay_id in summaries), "")
        return {
            **self._choosers(summaries, reading),
            **self._examples(None if session.turns else self._essay(reading)),
            self.widgets.turns: session.turns,
            self.widgets.conversation: answer.conversation_html(session.turns)
            or answer.welcome_html(has_essay=bool(summaries)),
            self.widgets.question: session.draft,
            self.widgets.style: session.style if session.style in self.library.styles() else gr.skip(),
        }

    def library_changed(self, reading: str | None, turns: Turns) -> Updates:
        """Show which essays there now are, and another one if the essay that was read is gone."""
        try:
            summaries = self.library.summaries()
        except AssistantError as error:
            return {self.widgets.conversation: self._error_html(error)}
        shown = reading if reading is not None and reading in summaries else next(iter(summaries), "")
        welcome = {} if turns else self._welcome(self._essay(shown))
        return {**self._choosers(summaries, shown), **welcome}

    def ask(self, question: str, turns: Turns, chosen: str | None, style: str) -> Iterator[Updates]:
        """Show the question at once, then its passages, then how far they answer it."""
        yield {
            self.widgets.conversation: answer.conversation_html(turns, pending=question),
            self.widgets.question: "",
        }
        answered = turns
        for html in self._answers(question, turns, chosen_essays(chosen), style):
            answered = (*turns, answer.Turn(question, html))
            yield {self.widgets.conversation: answer.conversation_html(answered)}
        # Remembered only at the end: if the second step fails, no turn waits for ever.
        yield {self.widgets.turns: answered}

    def _answers(self, question: str, turns: Turns, chosen: list[str], style: str) -> Iterator[str]:
        """The answer as HTML: the passages as soon as they are found, then with their verdict."""
        try:
            summaries = self.library.summaries()
            known = [essay_id for essay_id in chosen if essay_id in summaries]
            if chosen and not known:
                yield answer.error_html(CHOSEN_GONE)
                return
            history = [turn.question for turn in turns]
            answers = self.library.answers(question, essays=known, style=style, history=history)
            titles = {essay_id: title_of(essay_id, summary) for essay_id, summary in summaries.items()}
            named = titles if len(titles) > 1 else None
            result = next(answers)
            if result.hits:
                yield answer.answer_html(result, named, printed=self._printed(result), reading=True)
                result = next(answers)
            yield answer.answer_html(result, named, printed=self._printed(result))
        except AssistantError as error:
            yield self._error_html(error)

    def _printed(self, result: Answer) -> set[str]:
        """Ids of the essays with passages of an answer that were read from a PDF."""
        found = {hit.passage.essay_id for hit in result.hits}
        return {essay_id for essay_id in found if self.library.essay(essay_id).is_pdf}

    def fail(self, turns: Turns) -> Updates:
        """Say in place of the pending question that the program itself failed."""
        shown = (*turns, answer.Turn("", answer.error_html(FAILED)))
        return {self.widgets.conversation: answer.conversation_html(shown)}

    def restart(self, reading: str | None) -> Updates:
        """Start a new conversation."""
        return {self.widgets.turns: (), self.widgets.question: "", **self._welcome(self._essay(reading))}

    def read(self, essay_id: str | None, turns: Turns) -> Updates:
        """Show another essay in the reading pane."""
        essay = self._essay(essay_id)
        if essay is None:
            return {self.widgets.pane: gr.skip()}
        examples = {} if turns else self._examples(essay)
        return {self.widgets.pane: self._reader(essay), **examples}

    def follow(self, event: gr.EventData) -> Updates:
        """Read the essay of a card that was opened.

        Gradio finds ``event`` by its annotation, so every name in the signature is imported at run time.
        """
        if self._essay(str(event.essay)) is None:
            gr.Warning("The essay that holds this passage is not in the library.", title="Not found")
            return {self.widgets.reading: gr.skip()}
        return {self.widgets.reading: str(event.essay)}

    def _welcome(self, essay: StoredEssay | None) -> Updates:
        welcome = answer.welcome_html(has_essay=essay is not None)
        return {self.widgets.conversation: welcome, **self._examples(essay)}

    def _error_html(self, error: AssistantError) -> str:
        return answer.error_html(public_message(error, self.library.root))

    def _essay(self, essay_id: str | None) -> StoredEssay | None:
        """The essay, or nothing where it has left the library since the page was shown."""
        if not essay_id:
            return None
        try:
            return self.library.essay(essay_id)
        except AssistantError:
            return None

    def _reader(self, essay: StoredEssay) -> str:
        """The essay for the reading pane, with its pages as they are printed if it has some."""
        pages: Sequence[PrintedPage] = ()
        if essay.is_pdf:
            # What is damaged costs the reader the pages, not the words.
            with suppress(AssistantError):
                pages = self.library.printed_pages(essay.id).pages
        return passage.reader_html(essay, pages)

    def _choosers(self, summaries: Mapping[str, EssaySummary], reading: str) -> Updates:
        labels = [
            (
                passage.label_of(essay_id, summary.reference)
                if summary.reference
                else title_of(essay_id, summary),
                essay_id,
            )
            for essay_id, summary in summaries.items()
        ]
        essay = self._essay(reading)
        return {
            self.widgets.scope: scope_html(summaries, self.focus),
            self.widgets.reading: gr.update(
                choices=labels, value=reading or None, visible=len(summaries) > 1
            ),
            self.widgets.pane: self._reader(essay) if essay else passage.nothing_to_read_html(),
        }

    def _examples(self, essay: StoredEssay | None) -> Updates:
        questions = example_questions(essay) if essay else []
        padded = [*questions, *[""] * EXAMPLES][:EXAMPLES]
        return {
            button: gr.update(value=question, visible=bool(question))
            for button, question in zip(self.widgets.examples, padded, strict=True)
        }


def sentence_quotations(library: Library) -> Callable[[Sequence[str]], dict[str, list[dict[str, str]]]]:
    """What the page's script calls when an essay is shown in the reading pane.

    Returns:
        ``quotations``, which takes an essay's id and a style's name and returns the essay's sentences as
        quotations by passage id; none for an essay or a style that does not exist. The script calls it by its
        name.
    """

    def quotations(sent: Sequence[str]) -> dict[str, list[dict[str, str]]]:
        # The script may send anything.
        if not isinstance(sent, list) or len(sent) != 2:
            return {}
        essay_id, style = sent
        if essay_id not in library.ids() or style not in [*library.styles()]:
            return {}
        try:
            quotable = library.quotable(essay_id, style)
        except AssistantError:
            return {}
        return {
            passage_id: [passage.copied(quotation_forms(sentence)) for sentence in sentences]
            for passage_id, sentences in quotable.items()
        }

    return quotations


def example_questions(essay: StoredEssay) -> list[str]:
    """Up to ``EXAMPLES`` questions from the essay's own headings; one general question if it has none."""
    headings = dict.fromkeys(
        part.section for part in essay.passages if part.kind == "paragraph" and part.section
    )
    questions = [f"What is said under “{heading}”?" for heading in headings]
    return questions[:EXAMPLES] or ["What does this essay argue?"]
