"""The notebook: pinned quotations, kept in the browser alone; and what is saved of it and of a conversation.

Hooks that the scripts, the styles and the browser tests rely on:

- ``#copy-as``: in which form is copied; ``#save-conversation button[data-save]``: saves the conversation;
- ``#notebook``: the part; in it ``#pin-count``, ``#pins > li.pinned[data-id]`` (drawn by ``notebook.js``),
  ``#notebook-said`` (what was done, with ``.undo``), ``.notebook-save button[data-save]`` and
  ``.notebook-empty``;
- ``button.pin[data-start][data-end]`` in a card, ``#pin-sentence`` beside a sentence: what pins;
- ``.turn .forget``: deletes a question and its answer.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Protocol

import gradio as gr
from gradio.blocks import Block

from assistant.core.errors import AssistantError
from assistant.core.notebook import Entry, Notebook, Section
from assistant.rendering.clipboard import divided, quotation_forms
from assistant.rendering.notebook import notebook_markdown
from assistant.rendering.notebook_word import notebook_word
from assistant.web import messages
from assistant.web.session import pins_of, sections_of
from assistant.web.views import answer, frame
from assistant.web.views.passage import copied

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from assistant.web.ask import AskWidgets

NOTHING = "There is nothing to save yet."
GONE = "None of these essays is in the library any more, so there are no records to save."
SOME_GONE = "Essays that are no longer in the library are left out."
CHANGED = "This question is not in the conversation any more; load the page again."
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What is saved as what: the file's ending and its type.
_FORMS = {
    "markdown": ("md", "text/markdown"),
    "docx": ("docx", _WORD),
    "bibtex": ("bib", "application/x-bibtex"),
    "ris": ("ris", "application/x-research-info-systems"),
}
_TITLES = {"notebook": "Notebook", "conversation": "Conversation"}

_TALKS = """
window.desk.serveNotebook({
  lookUp: (pins, style) => server.look_up(pins, style),
  save: (title, sections, form, style) => server.save(title, sections, form, style),
  forget: (place, question) => trigger('click', { place, question }),
});
"""
_ARRIVES = "window.desk.notebookArrived();"


class Library(Protocol):
    """What is asked of a library here; ``assistant.library.library.Library`` is one."""

    root: Path

    def styles(self) -> dict[str, str]:
        """What the citation styles are called, by name."""

    def notebook(self, title: str, sections: Sequence[Section], style: str = "mla") -> Notebook:
        """What a browser kept, looked up again."""

    def export_all(self, essay_ids: Sequence[str], form: str) -> str:
        """Records of several essays: ``bibtex`` or ``ris``."""


def copying_part(library: Library) -> gr.HTML:
    """Lay out how is copied and what saves the conversation, in the context it is called in.

    Args:
        library: The library.

    Returns:
        What tells of a question to be deleted; ``forgetting`` wires it.
    """
    return gr.HTML(
        frame.COPYING,
        apply_default_css=False,
        elem_id="copying-part",
        elem_classes="plain",
        js_on_load=_TALKS,
        server_functions=[looking_up(library), saving(library)],
    )


def notebook_part() -> None:
    """Lay out the notebook, in the context it is called in; the script draws what is in it."""
    gr.HTML(frame.NOTEBOOK, apply_default_css=False, elem_classes="plain", js_on_load=_ARRIVES)


def forgetting(part: gr.HTML, widgets: AskWidgets) -> None:
    """Wire the deletion of questions.

    Args:
        part: What ``copying_part`` gave.
        widgets: The components of the part that asks.
    """

    # Gradio finds `event` by its annotation, so every name in the signature is imported at run time.
    def forget(turns: tuple[answer.Turn, ...], event: gr.EventData) -> dict[Block, Any]:
        left = without(turns, *(getattr(event, name, None) for name in ("place", "question")))
        if left is None:
            gr.Warning(CHANGED, title="Not deleted")
            return {widgets.turns: gr.skip()}
        html = answer.conversation_html(left) or answer.welcome_html(has_essay=True)
        return {widgets.turns: left, widgets.conversation: html}

    outputs = [widgets.turns, widgets.conversation]
    part.click(forget, widgets.turns, outputs, show_progress="hidden", api_visibility="private")


def without(
    turns: tuple[answer.Turn, ...], place: object, question: object
) -> tuple[answer.Turn, ...] | None:
    """A conversation without one of its questions.

    Args:
        turns: The conversation, oldest first.
        place: Where the question stands, from 0; anything a script may send.
        question: The question as it is shown there.

    Returns:
        The others, or nothing if the question does not stand there.
    """
    if type(place) is not int or not 0 <= place <= len(turns):
        return None
    if place == len(turns):
        # The sentence on a fault of the program is shown behind the conversation and is no part of it.
        return turns if question == "" else None
    if turns[place].question.split() != str(question).split():
        return None
    return (*turns[:place], *turns[place + 1 :])


def looking_up(library: Library) -> Callable[[object], list[dict[str, Any] | None]]:
    """What the page's script asks to show pins as they are now.

    Args:
        library: The library.

    Returns:
        ``look_up``: of JSON of pins and a style's name, what is known of each.
    """

    def look_up(asked: object) -> list[dict[str, Any] | None]:
        told, style = _texts(asked, 2)
        if style not in library.styles():
            return []
        pins = pins_of(told)
        try:
            found = library.notebook("", [Section(tuple(filter(None, pins)))], style)
        except AssistantError:
            return []
        entries = iter(found.entries)
        return [_shown(next(entries)) if pin else None for pin in pins]

    return look_up


def saving(library: Library) -> Callable[[object], dict[str, str]]:
    """What the page's script asks to save the notebook or the conversation.

    Args:
        library: The library.

    Returns:
        ``save``: of what is saved, JSON of its sections, a format and a style's name, the file: its ``name``,
        its ``type``, its ``content`` in base64 and a sentence ``said`` of it; or a ``fault`` in one sentence.
    """

    def save(asked: object) -> dict[str, str]:
        title, told, form, style = _texts(asked, 4)
        if title not in _TITLES or form not in _FORMS or style not in library.styles():
            return {"fault": NOTHING}
        sections = sections_of(told)
        if not any(section.pins or section.said for section in sections):
            return {"fault": NOTHING}
        try:
            content, said = _content(library, library.notebook(_TITLES[title], sections, style), form)
        except AssistantError as fault:
            return {"fault": messages.told(str(fault), library.root)}
        ending, kind = _FORMS[form]
        name = f"{title if form in {'markdown', 'docx'} else 'references'}.{ending}"
        return {"name": name, "type": kind, "content": b64encode(content).decode(), "said": said}

    return save


def _content(library: Library, notebook: Notebook, form: str) -> tuple[bytes, str]:
    if form == "markdown":
        return notebook_markdown(notebook).encode(), ""
    if form == "docx":
        return notebook_word(notebook), ""
    if not notebook.essays:
        raise AssistantError(GONE)
    gone = {entry.pin.essay for entry in notebook.entries} - {*notebook.essays}
    return library.export_all(notebook.essays, form).encode(), SOME_GONE if gone else ""


def _shown(entry: Entry) -> dict[str, Any]:
    parts = divided(entry.quotation)
    return {
        "current": entry.current,
        "title": entry.title.plain(),
        "words": parts.words,
        "block": entry.quotation.block,
        "citation": parts.citation.plain(),
        "reference": entry.reference.plain(),
        "quotation": copied(quotation_forms(entry.quotation)),
    }


def _texts(asked: object, number: int) -> Sequence[str]:
    """As many texts as a script was to send; empty ones where it sent something else."""
    given = asked if isinstance(asked, list) and len(asked) == number else []
    return [each if isinstance(each, str) else "" for each in given] or [""] * number
