"""What the page shows after each thing a scholar does: library and session in, component updates out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import gradio as gr
from gradio.blocks import Block

from assistant.errors import AssistantError
from assistant.records import plain_title
from assistant.web import cards, reader
from assistant.web.columns import EXAMPLES, Widgets
from assistant.web.kept import kept_of
from assistant.web.report import report_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assistant.answers import Answer
    from assistant.types import IngestReport, StoredEssay

ALL_ESSAYS = ""
# No essay id can be this: ids hold no star.
_FOCUS = "*focus"

Updates = dict[Block, Any]
Turns = tuple[cards.Turn, ...]


class Library(Protocol):
    """What the page asks of a library; ``assistant.library.Library`` is one."""

    def ids(self) -> list[str]:
        """Ids of all essays."""

    def essays(self) -> list[StoredEssay]:
        """All essays."""

    def essay(self, essay_id: str) -> StoredEssay:
        """One essay."""

    def styles(self) -> dict[str, str]:
        """What the citation styles are called, by name."""

    def quotable(self, essay_id: str, style: str = "mla") -> dict[str, list[str]]:
        """Each sentence of an essay as a quotation with its citation, by passage id."""

    def add(
        self,
        path: Path,
        *,
        first_page: str | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> IngestReport:
        """Read an essay into the library."""

    def ask(
        self,
        question: str,
        *,
        essays: Sequence[str] = (),
        style: str = "mla",
        history: Sequence[str] = (),
        fast: bool = False,
    ) -> Answer:
        """Answer a question; ``fast`` leaves out the model that reads the passages for the verdict."""


class Desk:
    """The handlers of the page's events.

    Args:
        library: The library.
        widgets: The components.
        focus: Ids of essays preselected for asking; the first is the one opened for reading.
    """

    def __init__(self, library: Library, widgets: Widgets, focus: Sequence[str] = ()) -> None:
        self._library = library
        self._widgets = widgets
        self._focus = tuple(focus)

    def opened(self, told: str | None) -> Updates:
        """A page was opened: show the library as it now is, and what the tab kept from before."""
        kept = kept_of(told)
        try:
            essays = self._library.essays()
        except AssistantError as fault:
            return {self._widgets.conversation: cards.fault_html(str(fault))}
        known = [essay.id for essay in essays]
        focus = self._known_focus(essays)
        scope = focus[0] if len(focus) == 1 else _FOCUS if focus else ALL_ESSAYS
        reading = next((one for one in (kept.reading, *focus, *known) if one in known), "")
        shown = next((essay for essay in essays if essay.id == reading), None)
        return {
            **self._choosers(
                essays,
                scope=kept.scope if kept.scope in {ALL_ESSAYS, _FOCUS, *known} else scope,
                reading=reading,
            ),
            **self._examples(None if kept.turns else shown),
            self._widgets.turns: kept.turns,
            self._widgets.conversation: cards.conversation_html(kept.turns)
            or cards.welcome_html(has_essay=bool(essays)),
            self._widgets.question: kept.draft,
            self._widgets.style: kept.style if kept.style in self._library.styles() else gr.skip(),
            self._widgets.upload: gr.update(open=not essays),
        }

    def ask(self, question: str, turns: Turns, scope: str | None, style: str) -> Iterator[Updates]:
        """A question was asked: show it at once, then its passages, then how far they answer it."""
        yield {
            self._widgets.conversation: cards.conversation_html(turns, pending=question),
            self._widgets.question: "",
            **{button: gr.update(visible=False) for button in self._widgets.examples},
        }
        shown = turns
        for html in self._answers(question, turns, scope, style):
            shown = (*turns, cards.Turn(question, html))
            yield {self._widgets.conversation: cards.conversation_html(shown)}
        # Remembered at the end alone: should the second step break, no turn waits for ever.
        yield {self._widgets.turns: shown}

    def broke(self, turns: Turns) -> Updates:
        """Asking ended in a fault of the program itself: say so in place of the pending question."""
        sentence = "The question could not be looked up; the program's terminal says why."
        shown = (*turns, cards.Turn("", cards.fault_html(sentence)))
        return {self._widgets.conversation: cards.conversation_html(shown)}

    def restart(self, reading: str | None) -> Updates:
        """A new conversation was begun."""
        essay = self._essay(reading)
        return {
            self._widgets.turns: (),
            self._widgets.conversation: cards.welcome_html(has_essay=essay is not None),
            self._widgets.question: "",
            **self._examples(essay),
        }

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

    def scoped(self, scope: str | None) -> Updates:
        """It was chosen which essays are asked; a single one is opened for reading too."""
        return {self._widgets.reading: scope if scope not in {None, ALL_ESSAYS, _FOCUS} else gr.skip()}

    def add(
        self,
        file: str | None,
        first_page: str,
        turns: Turns,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - gradio finds it by its default value
    ) -> Updates:
        """An essay was uploaded: read it in, report, and switch to it."""
        if not file:
            return {self._widgets.report: cards.fault_html("Choose a file first.")}
        try:
            report = self._library.add(
                Path(file),
                first_page=first_page.strip() or None,
                progress=lambda stage, done, total: progress((done, total), desc=stage),
            )
            essays = self._library.essays()
        except AssistantError as fault:
            return {self._widgets.report: cards.fault_html(str(fault))}
        # The library has what it needs; the page keeps no copy of the essay.
        Path(file).unlink(missing_ok=True)
        return {
            self._widgets.report: report_html(report),
            self._widgets.file: None,
            self._widgets.first_page: "",
            **self._choosers(essays, scope=report.essay_id, reading=report.essay_id),
            **({} if turns else self._begun(report.essay_id)),
        }

    def _begun(self, essay_id: str) -> Updates:
        welcome = cards.welcome_html(has_essay=True)
        return {self._widgets.conversation: welcome, **self._examples(self._essay(essay_id))}

    def _answers(self, question: str, turns: Turns, scope: str | None, style: str) -> Iterator[str]:
        """What is found, as HTML: the passages as soon as they are known, then with their verdict."""
        try:
            essays = self._library.essays()
            ask = partial(
                self._library.ask,
                question,
                essays=self._known_focus(essays) if scope == _FOCUS else [scope] if scope else [],
                style=style,
                history=[turn.question for turn in turns],
            )
            titles = {essay.id: plain_title(essay.reference) or essay.report.title for essay in essays}
            named = titles if len(titles) > 1 else None
            found = ask(fast=True)
            if found.hits:
                yield cards.answer_html(found, named, reading=True)
                found = ask()
            yield cards.answer_html(found, named)
        except AssistantError as fault:
            yield cards.fault_html(str(fault))

    def _essay(self, essay_id: str | None) -> StoredEssay | None:
        """The essay, or nothing where it has left the library since the page was drawn."""
        if not essay_id:
            return None
        try:
            return self._library.essay(essay_id)
        except AssistantError:
            return None

    def _known_focus(self, essays: Sequence[StoredEssay]) -> list[str]:
        known = {essay.id for essay in essays}
        return [essay_id for essay_id in self._focus if essay_id in known]

    def _choosers(self, essays: Sequence[StoredEssay], *, scope: str, reading: str) -> Updates:
        names = [(reader.essay_label(essay), essay.id) for essay in essays]
        focus = self._known_focus(essays)
        opened = [(f"The {len(focus)} essays just opened", _FOCUS)] if 1 < len(focus) < len(essays) else []
        scope = ALL_ESSAYS if scope == _FOCUS and not opened else scope
        several = len(essays) > 1
        shown = next((essay for essay in essays if essay.id == reading), None)
        return {
            self._widgets.scope: gr.update(
                choices=[("All essays", ALL_ESSAYS), *opened, *names], value=scope, visible=several
            ),
            self._widgets.reading: gr.update(choices=names, value=reading or None, visible=several),
            self._widgets.pane: reader.reader_html(shown) if shown else reader.nothing_to_read_html(),
        }

    def _examples(self, essay: StoredEssay | None) -> Updates:
        questions = example_questions(essay) if essay else []
        padded = [*questions, *[""] * EXAMPLES][:EXAMPLES]
        return {
            button: gr.update(value=text, visible=bool(text))
            for button, text in zip(self._widgets.examples, padded, strict=True)
        }


def quotations_of(library: Library) -> Callable[[Sequence[str]], dict[str, list[str]]]:
    """What the page's script asks when an essay came into the reading pane.

    Args:
        library: The library.

    Returns:
        ``quotations``: of an essay's id and a style's name, the essay's sentences as quotations by passage
        id; none of an essay or a style that is not there.
    """

    def quotations(asked: Sequence[str]) -> dict[str, list[str]]:
        # From the page's script, so anything may stand in it.
        known = isinstance(asked, list) and len(asked) == 2
        if not known or asked[0] not in library.ids() or asked[1] not in [*library.styles()]:
            return {}
        try:
            return library.quotable(asked[0], asked[1])
        except AssistantError:
            return {}

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
