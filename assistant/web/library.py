"""The part of the page that keeps the library: its table, files in, records mended, essays out and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.blocks import Block

from assistant.errors import AssistantError
from assistant.web import shelf, telling, uploading
from assistant.web.acts import Acts, Answer, Library
from assistant.web.cards import Turn, fault_html
from assistant.web.desk import Desk
from assistant.web.uploading import NO_FILE, ONE_PAGE, Uploading
from assistant.web.uploads import Upload

# The part, for the tabs.
PART = "library"
_INTRO = (
    '<header class="library-head"><h1>Your essays</h1><p>Add essays as plain text, as PDF extraction leaves '
    "it; they stay on this machine. Each is asked, read and cited from here.</p></header>"
)
_SAID = '<div id="library-said" role="status"></div>'
_DIALOG = '<dialog id="sheet" aria-labelledby="sheet-title"><div class="sheet"></div></dialog>'
# What the page's script does with the library, and how it says that something has changed.
_ACTS = (
    "window.desk.serveLibrary((...asked) => server.library_act(...asked), "
    "(detail) => trigger('submit', detail)); watch('value', () => window.desk.shelfArrived());"
)

Updates = dict[Block, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Widgets:
    """The components that events change.

    Attributes:
        files: Files to add.
        first_page: Number of the first page, of one file alone.
        add: Begins.
        uploads: What became of each file.
        shelf: The table.
    """

    files: gr.File
    first_page: gr.Textbox
    add: gr.Button
    uploads: gr.HTML
    shelf: gr.HTML


@dataclass(frozen=True, slots=True)
class Keep:
    """The handlers of the events.

    Attributes:
        library: The library.
        widgets: The components.
        desk: The part that asks, which is told what has changed.
    """

    library: Library
    widgets: Widgets
    desk: Desk

    def shown(self) -> Updates:
        """The part was opened: show the library as it now is."""
        try:
            html = shelf.shelf_html(self.library.abouts(), self.library.removed().values())
        except AssistantError as fault:
            html = fault_html(telling.told(str(fault), self.library.root))
        return {self.widgets.shelf: html}

    def landed(self) -> gr.Tabs | dict[str, Any]:
        """The page was opened: whoever has no essay yet is led to where one is added."""
        try:
            empty = not self.library.abouts()
        except AssistantError:
            return gr.skip()
        return gr.Tabs(selected=PART) if empty else gr.skip()

    def changed(self, reading: str | None, turns: tuple[Turn, ...]) -> Updates:
        """The library has changed: show it here and in the part that asks."""
        return self.shown() | self.desk.changed(reading, turns)

    def add(
        self, files: Sequence[str] | None, first_page: str, reading: str | None, turns: tuple[Turn, ...]
    ) -> Iterator[Updates]:
        """Files were uploaded: add one after the other and say how far each is."""
        if not files or (first_page.strip() and len(files) > 1):
            yield {self.widgets.uploads: fault_html(ONE_PAGE if files else NO_FILE)}
            return
        work = Uploading(self.library, [Path(file) for file in files], first_page.strip() or None)
        yield {self.widgets.add: gr.update(interactive=False), self.widgets.files: None}
        for html in work.steps():
            yield {self.widgets.uploads: html}
        new = [line.report.essay_id for line in work.lines if line.report is not None]
        yield {
            self.widgets.add: gr.update(interactive=True),
            **({self.widgets.first_page: ""} if new else {}),
            **self.changed(new[0] if len(new) == 1 else reading, turns),
        }

    def broke(self) -> Updates:
        """Adding ended in a fault of the program itself."""
        return {
            self.widgets.add: gr.update(interactive=True),
            self.widgets.uploads: fault_html(uploading.BROKE),
        }

    def everything(self) -> list[Block]:
        """All components that events change, as outputs of an event."""
        own = self.widgets
        mine = [own.files, own.first_page, own.add, own.uploads, own.shelf]
        return [*mine, *self.desk.widgets.everything()]


def library_part(library: Library, desk: Desk, page: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab) -> None:
    """Lay out the part, in the context it is called in, and wire its events.

    Args:
        library: The library.
        desk: The part that asks.
        page: The whole page.
        tabs: Its parts.
        tab: The tab in which this part stands.
    """
    keep = Keep(library, _laid_out(library), desk)
    widgets, asking = keep.widgets, desk.widgets
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    state = [asking.reading, asking.turns]
    page.load(keep.landed, None, [tabs], **quiet)
    tab.select(keep.shown, None, [widgets.shelf], **quiet)
    widgets.shelf.submit(keep.changed, state, keep.everything(), **quiet)
    added = widgets.add.click(
        keep.add, [widgets.files, widgets.first_page, *state], keep.everything(), **quiet
    )
    added.failure(keep.broke, None, [widgets.add, widgets.uploads], **quiet)


def _laid_out(library: Library) -> Widgets:
    def library_act(asked: Sequence[Any]) -> Answer:
        return Acts(library).act(asked)

    gr.HTML(_INTRO, apply_default_css=False, elem_classes="plain")
    with gr.Row(elem_id="upload"):
        files = Upload(
            label="Essays as text (.txt, .text, .md)",
            file_count="multiple",
            height=145,
            scale=3,
            min_width=260,
            elem_id="essay-file",
        )
        with gr.Column(scale=2, min_width=240, elem_id="add-row"):
            first_page = gr.Textbox(
                label="Number of the first page (of one file, if you know it)",
                max_lines=1,
                elem_id="first-page",
            )
            add = gr.Button("Add to the library", variant="primary", elem_id="add-essay")
    uploads = gr.HTML("", apply_default_css=False, elem_id="report", elem_classes="plain")
    gr.HTML(_SAID, apply_default_css=False, elem_id="said-part", elem_classes="plain")
    table = gr.HTML(
        "",
        apply_default_css=False,
        elem_id="shelf",
        elem_classes="plain",
        js_on_load=_ACTS,
        server_functions=[library_act],
    )
    gr.HTML(_DIALOG, apply_default_css=False, elem_id="sheet-part", elem_classes="plain")
    return Widgets(files=files, first_page=first_page, add=add, uploads=uploads, shelf=table)
