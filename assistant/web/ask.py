"""The part of the page that asks: the conversation, and beside it the essay in the reading pane."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.core.errors import AssistantError
from assistant.library.citing import quote_words
from assistant.library.introducing import QUESTIONS, announced_thesis, opening_questions
from assistant.rendering.clipboard import quotation_forms
from assistant.web import notebook
from assistant.web.components import QUIET, Updates, plain_html
from assistant.web.glance import glances
from assistant.web.messages import public_message
from assistant.web.session import Asked, asked_with, notebook_pins, saved_session
from assistant.web.views import answer, frame, passage, welcome
from assistant.web.views.essays import MOST_LISTED, found_html, labels_of, scope_html, title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assistant.core.answer import Answer
    from assistant.core.essay import EssaySummary, StoredEssay
    from assistant.core.setting import PrintedPage
    from assistant.library.library import Library

CHOSEN_GONE = "None of the essays chosen for asking is in the library any more; choose others, or ask all."
FAILED = "The question could not be looked up; the program's terminal says why; see also: assistant doctor."

# Characters of the words by which essays are found.
_LONGEST_WORDS = 300

# Scripts of components: a passage of another essay was opened; an answer has arrived; the essays to choose
# from have arrived; the quotations of the essay that is read are wanted.
_ON_OPEN = "element.addEventListener('open-essay', (event) => trigger('click', event.detail));"
_ON_ANSWER = "watch('value', () => window.desk.answerArrived(props.value));"
_ON_SCOPE = (
    "const arrived = () => { window.desk.scopeArrived(); window.desk.filtersArrived(); }; "
    "watch('value', arrived); arrived();"
)
_ON_READING = (
    "window.desk.quoteWith((essay, style) => server.quotations(essay, style), "
    "(pins, style) => server.selected(pins, style)); "
    "window.desk.glanceWith((...sent) => server.glance(...sent)); "
    "window.desk.findEssaysWith((words) => server.find_essays(words));"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWidgets:
    """The components of the part.

    Attributes:
        conversation: What is shown before the first question.
        arrived: The answer that the server has sent last; the page's script draws it and keeps it.
        question: The box for the question.
        ask: Asks it.
        new: Starts a new conversation.
        sent: What the page's script sends with a question: see ``Asked``.
        session: What the browser's tab stored before the page was loaded again.
        scope: Shows which essays can be chosen for asking.
        style: Citation style.
        reading: The essay in the reading pane.
        pane: The reading pane.
    """

    conversation: gr.HTML
    arrived: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    new: gr.Button
    sent: gr.Textbox
    session: gr.Textbox
    scope: gr.HTML
    style: gr.Dropdown
    reading: gr.Dropdown
    pane: gr.HTML

    def everything(self) -> list[Any]:
        """All that an event may change."""
        return [self.conversation, self.question, self.scope, self.style, self.reading, self.pane]


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
    start_anew = "() => window.desk.startAnew()"
    widgets.new.click(handlers.restart, None, widgets.question, cancels=asked, js=start_anew, **QUIET)
    widgets.reading.change(handlers.read, widgets.reading, everything, **QUIET)
    widgets.conversation.click(handlers.follow, None, everything, **QUIET)
    return handlers


def _wire_questions(handlers: AskHandlers, widgets: AskWidgets) -> list[Any]:
    """Wire the question box; returns its events."""
    # The browser alone knows what was asked before, and which essays are chosen.
    conversation = [widgets.sent, widgets.style]
    options: dict[str, Any] = {
        "outputs": widgets.arrived,
        "js": "(...given) => window.desk.asking(...given)",
        # Otherwise Gradio drops what is asked while an answer arrives; the script sends one after the other.
        "trigger_mode": "multiple",
        **QUIET,
    }
    question = [widgets.question.submit, widgets.ask.click]
    asked = gr.on(question, handlers.ask, [widgets.question, *conversation], **options)
    asked.failure(handlers.fail, None, widgets.arrived, **QUIET)
    return [asked]


def layout(library: Library) -> AskWidgets:
    """Lay out the part in the context in which it is called."""
    plain_html(frame.VIEWS, elem_id="views-part")
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="chat", min_width=300):
            chat = _conversation_column(library)
        with gr.Column(elem_id="reading-side", min_width=300):
            reading, pane = _reading_column(library)
    return AskWidgets(reading=reading, pane=pane, **chat)


def _conversation_column(library: Library) -> dict[str, Any]:
    """Lay out the conversation; returns the components by their names in ``AskWidgets``."""
    new = gr.Button("New conversation", size="sm", scale=0, min_width=120, elem_id="new-conversation")
    with gr.Column(elem_id="conversation"):
        conversation = plain_html(elem_id="welcome", js_on_load=_ON_OPEN)
        plain_html(frame.CONVERSATION, elem_id="turns")
    # Its value is shown by the script, so that an answer is sent once and never drawn again.
    arrived = plain_html(html_template="", elem_id="arrived", js_on_load=_ON_ANSWER)
    session, sent = gr.Textbox(visible=False), gr.Textbox(visible=False)
    with gr.Row(elem_id="choosers"):
        scope = plain_html(elem_id="scope", min_width=200, js_on_load=_ON_SCOPE)
        style = _style_chooser(library.styles())
        notebook.copying_part(library)
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
        "arrived": arrived,
        "question": question,
        "ask": ask,
        "new": new,
        "sent": sent,
        "session": session,
        "scope": scope,
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
        server_functions=[
            sentence_quotations(library),
            selection_quotation(library),
            glances(library),
            essay_finder(library),
        ],
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
        """Show the library as it now is, and what the tab stored besides its conversation."""
        session = saved_session(sent)
        try:
            summaries = self.library.summaries()
        except AssistantError as error:
            return {self.widgets.conversation: self._error_html(error)}
        wanted = (session.reading, *self.focus, *summaries)
        reading = next((essay_id for essay_id in wanted if essay_id in summaries), "")
        return {
            **self._choosers(summaries, reading),
            self.widgets.conversation: welcome_html_of(self.library),
            self.widgets.question: session.draft,
            self.widgets.style: session.style if session.style in self.library.styles() else gr.skip(),
        }

    def library_changed(self, reading: str | None) -> Updates:
        """Show which essays there now are, and another one if the essay that was read is gone."""
        try:
            summaries = self.library.summaries()
        except AssistantError as error:
            return {self.widgets.conversation: self._error_html(error)}
        shown = reading if reading is not None and reading in summaries else next(iter(summaries), "")
        return {**self._choosers(summaries, shown), self.widgets.conversation: welcome_html_of(self.library)}

    def ask(self, question: str, sent: str | None, style: str) -> Iterator[Updates]:
        """Send the passages as soon as they are found, and when they have been read only what changes."""
        asked = asked_with(sent)
        first = sent = ""
        for html, done in self._answers(question, asked, style):
            # What begins with the value before is sent from its end on, so that the passages are sent once.
            sent += answer.sent_answer(asked.turn, first, html, done=done)
            first = first or html
            yield {self.widgets.arrived: sent}
        # Gradio sends the last values of a handler twice, so that they must be none.
        yield {self.widgets.arrived: gr.skip()}

    def _answers(self, question: str, asked: Asked, style: str) -> Iterator[tuple[str, bool]]:
        """The answer as HTML, and whether it is final: first the passages, then their verdict too."""
        try:
            summaries = self.library.summaries()
            known = [essay_id for essay_id in asked.essays if essay_id in summaries]
            if asked.essays and not known:
                yield answer.error_html(CHOSEN_GONE), True
                return
            options: dict[str, Any] = {"style": style, "history": asked.history, "where": asked.where}
            answers = self.library.answers(question, essays=known, **options)
            titles = {essay_id: title_of(essay_id, summary) for essay_id, summary in summaries.items()}
            named = titles if len(titles) > 1 else None
            result = next(answers)
            if result.hits:
                yield answer.answer_html(result, named, printed=self._printed(result), reading=True), False
                result = next(answers)
            yield answer.answer_html(result, named, printed=self._printed(result)), True
        except AssistantError as error:
            yield self._error_html(error), True

    def _printed(self, result: Answer) -> set[str]:
        """Ids of the essays with passages of an answer that were read from a PDF."""
        found = {hit.passage.essay_id for hit in result.hits}
        return {essay_id for essay_id in found if self.library.essay(essay_id).is_pdf}

    def fail(self) -> Updates:
        """Say in place of the pending question that the program itself failed."""
        html = answer.error_html(FAILED)
        return {self.widgets.arrived: answer.sent_answer("", "", html, done=True)}

    def restart(self) -> Updates:
        """Empty the question's box for a new conversation."""
        return {self.widgets.question: ""}

    def read(self, essay_id: str | None) -> Updates:
        """Show another essay in the reading pane."""
        essay = self._essay(essay_id)
        return {self.widgets.pane: gr.skip() if essay is None else self._reader(essay)}

    def follow(self, event: gr.EventData) -> Updates:
        """Read the essay of a card that was opened.

        Gradio finds ``event`` by its annotation, so every name in the signature is imported at run time.
        """
        if self._essay(str(event.essay)) is None:
            gr.Warning("The essay that holds this passage is not in the library.", title="Not found")
            return {self.widgets.reading: gr.skip()}
        essay_id, summaries = str(event.essay), self.library.summaries()
        if len(summaries) <= MOST_LISTED:
            return {self.widgets.reading: essay_id}
        return {self.widgets.reading: gr.update(choices=_choices(summaries, essay_id), value=essay_id)}

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
        essay = self._essay(reading)
        return {
            self.widgets.scope: scope_html(summaries, self.focus),
            self.widgets.reading: gr.update(
                choices=_choices(summaries, reading), value=reading or None, visible=len(summaries) > 1
            ),
            self.widgets.pane: self._reader(essay) if essay else passage.nothing_to_read_html(),
        }


def _choices(summaries: Mapping[str, EssaySummary], reading: str) -> list[tuple[str, str]]:
    """What can be chosen to be read: of very many essays the first, and the one that is read."""
    labels = labels_of(summaries)
    return labels[:MOST_LISTED] + [label for label in labels[MOST_LISTED:] if label[1] == reading]


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


def selection_quotation(library: Library) -> Callable[[object], dict[str, str]]:
    """What the page's script calls when words of an essay are selected.

    Returns:
        ``selected``, which takes JSON of pins (one for each passage, in reading order) and a style's name.
        It returns the words with their citation as one quotation, and the citation alone as ``citation``;
        nothing where the essay does not have these words.
    """

    def selected(sent: object) -> dict[str, str]:
        if not isinstance(sent, list) or len(sent) != 2 or sent[1] not in [*library.styles()]:
            return {}
        pins = [pin for pin in notebook_pins(sent[0]) if pin]
        if not pins or len({pin.essay for pin in pins}) > 1:
            return {}
        try:
            essay = library.essay(pins[0].essay)
            words = [(pin.passage, (pin.start, pin.end)) for pin in pins]
            quotation = quote_words(essay, words, library.style(sent[1]))
        except AssistantError:
            return {}
        texts = {passage.id: passage.text for passage in essay.passages}
        if any(texts[pin.passage][pin.start : pin.end] != pin.words for pin in pins):
            return {}
        return {**passage.copied(quotation_forms(quotation)), "citation": quotation.citation.in_text}

    return selected


def essay_finder(library: Library) -> Callable[[object], dict[str, str]]:
    """What the page's script calls for essays that its lists do not have, because there are too many.

    Returns:
        ``find_essays``, which takes words and returns ``found_html``. The script calls it by its name.
    """

    def find_essays(words: object) -> dict[str, str]:
        # The script may send anything.
        if not isinstance(words, str) or len(words) > _LONGEST_WORDS:
            return {"rows": "", "choices": ""}
        try:
            return found_html(library.summaries(), words)
        except AssistantError:
            return {"rows": "", "choices": ""}

    return find_essays


def welcome_html_of(library: Library) -> str:
    """What is shown before the first question."""
    summaries = library.summaries()
    try:
        if len(summaries) == 1:
            essay = library.essay(next(iter(summaries)))
            return welcome.essay_welcome_html(essay, announced_thesis(essay), opening_questions(essay))
        # One question from each of the first essays, so that no more of them are read.
        first = [library.essay(essay_id) for essay_id in [*summaries][:QUESTIONS]]
    except AssistantError:
        # What is damaged costs the reader the examples; the library's own part says what it is.
        first = []
    by_essay = [opening_questions(essay) for essay in first]
    questions = dict.fromkeys(filter(None, chain.from_iterable(zip_longest(*by_essay))))
    shown = [*questions][:QUESTIONS]
    return welcome.shelf_welcome_html(summaries, shown) if summaries else welcome.no_essay_html()
