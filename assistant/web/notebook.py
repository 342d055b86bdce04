"""The notebook: quotations pinned in the browser; and the files made of it and of a conversation.

Hooks that the scripts, the styles and the browser tests rely on:

- ``#copy-as``: the form in which the page copies; ``#save-conversation button[data-save]``: saves the
  conversation;
- ``#notebook``: the part; in it ``#pin-count``, ``#pins > li.pinned[data-id]`` (drawn by ``pin_list.js``),
  each with ``.pin-note`` and ``.pin-tags``; ``#notebook-said`` (what was done, with ``.undo``),
  ``.notebook-save button[data-save]`` and ``.notebook-empty``; ``#pin-filter`` and ``#pin-tags button``: show
  some only; ``#notebook-kept``, ``#back-up``, ``#restore``, ``#restore-file``: where it is kept;
- ``button.pin[data-start][data-end]`` in a card, ``#pin-sentence`` beside a sentence: pin a quotation;
- ``.turn .forget``: deletes a question and its answer (see ``conversation.js``).
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from assistant.core.errors import AssistantError
from assistant.core.notebook import Entry, Notebook, Section
from assistant.rendering.clipboard import parts_of, quotation_forms
from assistant.rendering.notebook import notebook_markdown, notebook_outline, notebook_word
from assistant.web.components import plain_html
from assistant.web.messages import public_message
from assistant.web.session import notebook_pins, notebook_sections
from assistant.web.views import frame
from assistant.web.views.passage import copied

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.library.library import Library

NOTHING = "There is nothing to save yet."
GONE = "None of these essays is in the library any more, so there are no records to save."
SOME_GONE = "Essays that are no longer in the library are left out."
# The ending and the type of the file in each format.
_FORMATS = {
    "markdown": ("md", "text/markdown"),
    "outline": ("md", "text/markdown"),
    "docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "bibtex": ("bib", "application/x-bibtex"),
    "ris": ("ris", "application/x-research-info-systems"),
}
_TITLES = {"notebook": "Notebook", "conversation": "Conversation"}
# What the file is called, where that is not what is saved.
_NAMES = {"bibtex": "references", "ris": "references", "outline": "outline"}

_ON_COPYING = """
window.desk.serveNotebook({
  lookUp: (pins, style) => server.look_up(pins, style),
  save: (title, sections, form, style) => server.save(title, sections, form, style),
});
"""
_ON_NOTEBOOK = "window.desk.notebookArrived();"


def notebook_part() -> None:
    """Lay out the notebook in the context in which it is called; the page's script fills it."""
    plain_html(frame.NOTEBOOK, js_on_load=_ON_NOTEBOOK)


def copying_part(library: Library) -> None:
    """Lay out the form of copies and what saves the conversation, in the context in which it is called."""
    plain_html(
        frame.COPYING,
        elem_id="copying-part",
        js_on_load=_ON_COPYING,
        server_functions=[pin_lookup(library), saver(library)],
    )


def pin_lookup(library: Library) -> Callable[[object], list[dict[str, Any] | None]]:
    """What the page's script calls to show pins as they are now.

    Returns:
        ``look_up``, which takes JSON of pins and a style's name and returns what is known of each pin.
    """

    def look_up(sent: object) -> list[dict[str, Any] | None]:
        pins_json, style = _texts(sent, 2)
        if style not in library.styles():
            return []
        pins = notebook_pins(pins_json)
        try:
            notebook = library.notebook("", [Section(tuple(filter(None, pins)))], style)
        except AssistantError:
            return []
        entries = iter(notebook.entries)
        return [_entry_object(next(entries)) if pin else None for pin in pins]

    return look_up


def saver(library: Library) -> Callable[[object], dict[str, str]]:
    """What the page's script calls to save the notebook or the conversation.

    Returns:
        ``save``, which takes what is saved, JSON of its sections, a format and a style's name. It returns the
        file (``name``, ``type``, ``content`` in base64) and a sentence ``said`` about it, or one sentence as
        ``fault``.
    """

    def save(sent: object) -> dict[str, str]:
        title, sections_json, form, style = _texts(sent, 4)
        if title not in _TITLES or form not in _FORMATS or style not in library.styles():
            return {"fault": NOTHING}
        sections = notebook_sections(sections_json)
        if not any(section.pins or section.said for section in sections):
            return {"fault": NOTHING}
        try:
            content, said = _content(library, library.notebook(_TITLES[title], sections, style), form)
        except AssistantError as error:
            return {"fault": public_message(error, library.root)}
        ending, kind = _FORMATS[form]
        name = f"{_NAMES.get(form, title)}.{ending}"
        return {"name": name, "type": kind, "content": b64encode(content).decode(), "said": said}

    return save


def _content(library: Library, notebook: Notebook, form: str) -> tuple[bytes, str]:
    """The content of a file, and a sentence about it."""
    if form == "markdown":
        return notebook_markdown(notebook).encode(), ""
    if form == "outline":
        return notebook_outline(notebook).encode(), ""
    if form == "docx":
        return notebook_word(notebook), ""
    if not notebook.essays:
        raise AssistantError(GONE)
    gone = {entry.pin.essay for entry in notebook.entries} - {*notebook.essays}
    return library.export_all(notebook.essays, form).encode(), SOME_GONE if gone else ""


def _entry_object(entry: Entry) -> dict[str, Any]:
    parts = parts_of(entry.quotation)
    return {
        "current": entry.current,
        "title": entry.title.plain(),
        "words": parts.words,
        "block": entry.quotation.block,
        "citation": parts.citation.plain(),
        "reference": entry.reference.plain(),
        "quotation": copied(quotation_forms(entry.quotation)),
    }


def _texts(sent: object, number: int) -> Sequence[str]:
    """As many texts as the script should send; empty ones where it sent something else."""
    values = sent if isinstance(sent, list) and len(sent) == number else [""] * number
    return [value if isinstance(value, str) else "" for value in values]
