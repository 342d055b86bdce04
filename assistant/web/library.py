"""The part of the page that manages the library: its table, uploads, records, removed essays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.core.errors import AssistantError
from assistant.web import uploading
from assistant.web.components import QUIET, Updates, Upload, plain_html
from assistant.web.messages import public_message
from assistant.web.uploading import NO_FILE, ONE_PAGE, UploadJob
from assistant.web.views import essays, frame
from assistant.web.views.answer import error_html
from assistant.web.zotero import zotero_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assistant.library.library import Library
    from assistant.web.ask import AskHandlers

# The id of the part's tab.
PART = "library"

GONE = "This essay is no longer in the library; it may have been removed in another window."
NOT_RESTORABLE = "This essay can no longer be put back; add it again from its file."
TOO_LONG = "The record is too long; give that of the essay alone."
UNKNOWN = "The page asked for something that does not exist; load it again."
# Characters of a record that is pasted, and of all fields of a form.
_LONGEST = 200_000

# The page's script calls the library's actions, and reports that something has changed.
_ON_TABLE = (
    "window.desk.serveLibrary((...asked) => server.library_act(...asked), "
    "(detail) => trigger('submit', detail)); watch('value', () => window.desk.shelfArrived());"
)

# What the page's script gets: ``html`` to show, a ``form`` to fill in, what is ``said``, or a ``fault``.
Reply = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryWidgets:
    """The components of the part.

    Attributes:
        files: Files to add.
        first_page: Number of the first page, for one file only.
        add: Adds the files.
        uploads: What became of each file.
        shelf: The table.
        zotero: The place of what adds Zotero's library.
    """

    files: gr.File
    first_page: gr.Textbox
    add: gr.Button
    uploads: gr.HTML
    shelf: gr.HTML
    zotero: gr.Column


def library_part(
    library: Library,
    asking: AskHandlers,
    page: gr.Blocks,
    *,
    tabs: gr.Tabs,
    tab: gr.Tab,
    zotero: Path | None = None,
) -> None:
    """Lay out the part in the context in which it is called, and wire its events.

    Args:
        library: The library.
        asking: The part that asks, which shows changes of the library too.
        page: The whole page.
        tabs: Its parts.
        tab: The tab that contains this part.
        zotero: Zotero's data folder, if its library may be added.
    """
    widgets = layout(library)
    handlers = LibraryHandlers(library, widgets, asking)
    reading = asking.widgets.reading
    everything = handlers.everything()
    page.load(handlers.open_if_empty, None, [tabs], **QUIET)
    tab.select(handlers.refresh, None, [widgets.shelf], **QUIET)
    widgets.shelf.submit(handlers.changed, reading, everything, **QUIET)
    added = widgets.add.click(handlers.add, [widgets.files, widgets.first_page, reading], everything, **QUIET)
    added.failure(handlers.fail, None, [widgets.add, widgets.uploads], **QUIET)
    if zotero is not None:
        with widgets.zotero:
            zotero_part(library, zotero, handlers.changed, reading, everything)


def layout(library: Library) -> LibraryWidgets:
    """Lay out the part in the context in which it is called."""

    # The page's script calls it by its name.
    def library_act(sent: Sequence[Any]) -> Reply:
        return LibraryActions(library).run(sent)

    plain_html(frame.LIBRARY_INTRO)
    with gr.Row(elem_id="upload"):
        files = Upload(
            label="Essays (.pdf, .docx, .odt, .rtf, .epub, .html, .md, .txt)",
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
    uploads = plain_html(elem_id="report")
    zotero = gr.Column(elem_id="zotero-part")
    plain_html(frame.LIBRARY_STATUS, elem_id="said-part")
    shelf = plain_html(elem_id="shelf", js_on_load=_ON_TABLE, server_functions=[library_act])
    plain_html(frame.LIBRARY_DIALOG, elem_id="sheet-part")
    return LibraryWidgets(
        files=files, first_page=first_page, add=add, uploads=uploads, shelf=shelf, zotero=zotero
    )


@dataclass(frozen=True, slots=True)
class LibraryHandlers:
    """The handlers of the part's events.

    Attributes:
        library: The library.
        widgets: The components.
        asking: The part that asks, which shows changes of the library too.
    """

    library: Library
    widgets: LibraryWidgets
    asking: AskHandlers

    def everything(self) -> list[Any]:
        """All that a change of the library may change, here and in the part that asks."""
        widgets = self.widgets
        own = [widgets.files, widgets.first_page, widgets.add, widgets.uploads, widgets.shelf]
        return [*own, *self.asking.widgets.everything()]

    def refresh(self) -> Updates:
        """Show the library as it now is."""
        try:
            html = essays.shelf_html(
                self.library.summaries(), self.library.removed().values(), self.library.damaged()
            )
        except AssistantError as error:
            html = error_html(public_message(error, self.library.root))
        return {self.widgets.shelf: html}

    def open_if_empty(self) -> gr.Tabs | dict[str, Any]:
        """Open this part for a visitor whose library has no essay yet."""
        try:
            empty = not self.library.ids()
        except AssistantError:
            return gr.skip()
        return gr.Tabs(selected=PART) if empty else gr.skip()

    def changed(self, reading: str | None) -> Updates:
        """Show a changed library here and in the part that asks."""
        return self.refresh() | self.asking.library_changed(reading)

    def add(self, files: Sequence[str] | None, first_page: str, reading: str | None) -> Iterator[Updates]:
        """Add uploaded files one after the other, and show how far each is."""
        if not files or (first_page.strip() and len(files) > 1):
            yield {self.widgets.uploads: error_html(ONE_PAGE if files else NO_FILE)}
            return
        job = UploadJob(self.library, [Path(file) for file in files], first_page.strip() or None)
        yield {self.widgets.add: gr.update(interactive=False), self.widgets.files: None}
        for html in job.steps():
            yield {self.widgets.uploads: html}
        added = [line.report.essay_id for line in job.lines if line.report is not None]
        yield {
            self.widgets.add: gr.update(interactive=True),
            **({self.widgets.first_page: ""} if added else {}),
            **self.changed(added[0] if len(added) == 1 else reading),
        }

    def fail(self) -> Updates:
        """Say that the program itself failed."""
        return {
            self.widgets.add: gr.update(interactive=True),
            self.widgets.uploads: error_html(uploading.FAILED),
        }


class LibraryActions:
    """What the page's script may do with the library: one method for each action.

    Args:
        library: The library.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        # Each action, with the types of what it needs besides the essay's id.
        self._actions: dict[str, tuple[Callable[..., Reply], tuple[type, ...]]] = {
            "edit": (self._edit, ()),
            "read": (self._read, (str,)),
            "save": (self._save, (dict, str)),
            "report": (self._report, ()),
            "remove": (self._confirm_removal, ()),
            "remove-now": (self._remove, (bool,)),
        }
        self._actions_on_removed: dict[str, Callable[[str], Reply]] = {
            "forget": self._confirm_deletion,
            "forget-now": self._delete,
            "restore": self._restore,
        }

    def run(self, sent: Sequence[Any]) -> Reply:
        """Run an action.

        Args:
            sent: Name of the action, an essay's id, and what else the action needs. It comes from the page's
                script, which may send anything.

        Returns:
            What the script is to show; or one sentence as ``fault``.
        """
        if (
            not isinstance(sent, list)
            or len(sent) < 2
            or not all(isinstance(value, str) for value in sent[:2])
        ):
            return {"fault": UNKNOWN}
        (name, essay_id), values = sent[:2], sent[2:]
        try:
            if name in self._actions_on_removed and not values:
                return self._actions_on_removed[name](essay_id)
            action, types = self._actions.get(name, (None, ()))
            if action is None or [type(value) for value in values] != [*types]:
                return {"fault": UNKNOWN}
            if essay_id not in self._library.ids():
                return {"fault": GONE}
            return action(essay_id, *values)
        except AssistantError as error:
            return {"fault": public_message(error, self._library.root)}

    def _title(self, essay_id: str) -> str:
        summary = self._library.summaries().get(essay_id)
        return essay_id if summary is None else essays.title_of(essay_id, summary)

    def _edit(self, essay_id: str) -> Reply:
        pages = self._library.essay(essay_id).report.page_provenance
        return {"html": essays.form_html(self._title(essay_id), self._library.form(essay_id), pages)}

    def _read(self, essay_id: str, text: str) -> Reply:
        """Fill the form from a record that was pasted."""
        if len(text) > _LONGEST:
            return {"fault": TOO_LONG}
        form = self._library.form(essay_id, text)
        del form["first-page"]
        return {"form": form}

    def _save(self, essay_id: str, form: Mapping[str, str], text: str) -> Reply:
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        if len(text) + sum(map(len, texts.values())) > _LONGEST:
            return {"fault": TOO_LONG}
        first_page = texts.pop("first-page", "").strip()
        known = self._library.form(essay_id)
        record = self._library.record_from_form(essay_id, texts, text)
        same = not text.strip() and record == self._library.summaries()[essay_id].reference
        report = self._library.edit(
            essay_id,
            reference=None if same else record,
            first_page=None if first_page == known["first-page"] else first_page,
        )
        return {"said": f"“{report.title}” is saved.", "warnings": list(report.warnings)}

    def _report(self, essay_id: str) -> Reply:
        return {"html": essays.report_dialog_html(self._library.essay(essay_id).report)}

    def _confirm_removal(self, essay_id: str) -> Reply:
        return {"html": essays.confirm_html(self._title(essay_id), kept=False)}

    def _remove(self, essay_id: str, for_good: bool) -> Reply:  # noqa: FBT001 - a tick of the dialog
        title = self._title(essay_id)
        self._library.remove(essay_id, for_good=for_good)
        if for_good:
            return {"said": f"“{title}” is removed for good."}
        return {"said": f"“{title}” is removed.", "html": essays.removed_html(essay_id, title)}

    def _confirm_deletion(self, essay_id: str) -> Reply:
        removed = self._library.removed().get(essay_id)
        if removed is None:
            return {"fault": NOT_RESTORABLE}
        return {"html": essays.confirm_html(removed.title, kept=True)}

    def _delete(self, essay_id: str) -> Reply:
        if essay_id in self._library.ids():
            return {"fault": f"An essay {essay_id!r} is in the library again; remove that one first."}
        self._library.remove(essay_id, for_good=True)
        return {"said": "It is deleted for good."}

    def _restore(self, essay_id: str) -> Reply:
        return {"said": f"“{self._library.restore(essay_id).title}” is back."}
