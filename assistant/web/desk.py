"""What the page shows after each thing a scholar does: library and session in, component updates out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import gradio as gr
from gradio.blocks import Block

from assistant.errors import AssistantError
from assistant.rendering.copying import quotation_forms
from assistant.web import cards, reader, telling
from assistant.web.columns import EXAMPLES, Widgets
from assistant.web.kept import kept_of
from assistant.web.markup import copied
from assistant.web.naming import label_of
from assistant.web.shelf import scope_html, title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from assistant.answers import Answer, Quotation
    from assistant.types import StoredEssay
    from assistant.web.shelf import About

LEFT = "None of the essays chosen for asking is in the library any more; choose others, or ask all."

Updates = dict[Block, Any]
Turns = tuple[cards.Turn, ...]


class Library(Protocol):
    """What the page asks of a library; ``assistant.library.Library`` is one."""

    root: Path

    def ids(self) -> list[str]:
        """Ids of all essays."""

    def abouts(self) -> Mapping[str, About]:
        """What is known of each essay without reading it."""

    def essay(self, essay_id: str) -> StoredEssay:
        """One essay."""

    def styles(self) -> dict[str, str]:
        """What the citation styles are called, by name."""

    def quotable(self, essay_id: str, style: str = "mla") -> dict[str, list[Quotation]]:
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

    def __init__(self, library: Library, widgets: Widgets, focus: Sequence[str] = ()) -> None:
        self._library = library
        self._widgets = widgets
        self._focus = tuple(focus)

    @property
    def widgets(self) -> Widgets:
        """The components."""
        return self._widgets

    def opened(self, told: str | None) -> Updates:
        """A page was opened: show the library as it now is, and what the tab kept from before."""
        kept = kept_of(told)
        try:
            abouts = self._library.abouts()
        except AssistantError as fault:
            return {self._widgets.conversation: self._fault_html(fault)}
        focus = [essay_id for essay_id in self._focus if essay_id in abouts]
        reading = next((one for one in (kept.reading, *focus, *abouts) if one in abouts), "")
        return {
            **self._choosers(abouts, reading),
            **self._examples(None if kept.turns else self._essay(reading)),
            self._widgets.turns: kept.turns,
            self._widgets.conversation: cards.conversation_html(kept.turns)
            or cards.welcome_html(has_essay=bool(abouts)),
            self._widgets.question: kept.draft,
            self._widgets.style: kept.style if kept.style in self._library.styles() else gr.skip(),
        }

    def changed(self, reading: str | None, turns: Turns) -> Updates:
        """The library has changed: show what there is to choose, and read another essay if that one left."""
        try:
            abouts = self._library.abouts()
        except AssistantError as fault:
            return {self._widgets.conversation: self._fault_html(fault)}
        shown = reading if reading is not None and reading in abouts else next(iter(abouts), "")
        begun = {} if turns else self._begun(self._essay(shown))
        return {**self._choosers(abouts, shown), **begun}

    def ask(self, question: str, turns: Turns, scope: str | None, style: str) -> Iterator[Updates]:
        """A question was asked: show it at once, then its passages, then how far they answer it."""
        yield {
            self._widgets.conversation: cards.conversation_html(turns, pending=question),
            self._widgets.question: "",
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
        welcome = cards.welcome_html(has_essay=essay is not None)
        return {self._widgets.conversation: welcome, **self._examples(essay)}

    def _answers(self, question: str, turns: Turns, scope: str | None, style: str) -> Iterator[str]:
        """What is found, as HTML: the passages as soon as they are known, then with their verdict."""
        try:
            abouts = self._library.abouts()
            chosen = chosen_of(scope)
            known = [essay_id for essay_id in chosen if essay_id in abouts]
            if chosen and not known:
                yield cards.fault_html(LEFT)
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
                yield cards.answer_html(found, named, reading=True)
                found = next(answers)
            yield cards.answer_html(found, named)
        except AssistantError as fault:
            yield self._fault_html(fault)

    def _fault_html(self, fault: AssistantError) -> str:
        return cards.fault_html(telling.told(str(fault), self._library.root))

    def _essay(self, essay_id: str | None) -> StoredEssay | None:
        """The essay, or nothing where it has left the library since the page was drawn."""
        if not essay_id:
            return None
        try:
            return self._library.essay(essay_id)
        except AssistantError:
            return None

    def _choosers(self, abouts: Mapping[str, About], reading: str) -> Updates:
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
