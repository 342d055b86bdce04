"""The part of the page that keeps the library: its table, files in, records mended, essays out and back.

What the page's script may do with the library: each act asked for by name, answered or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gradio as gr
from gradio.blocks import Block

from assistant.core.errors import AssistantError
from assistant.core.essay import CSLItem, IngestReport, RemovedEssay, StoredEssay
from assistant.web import messages, uploading
from assistant.web.ask import Desk
from assistant.web.uploading import NO_FILE, ONE_PAGE, Upload, Uploading
from assistant.web.views import essays, frame
from assistant.web.views.answer import Turn, fault_html
from assistant.web.views.essays import form_html

GONE = "This essay is no longer in the library; it may have been removed in another window."
NOT_KEPT = "This essay is not kept any more; add it again from its file."
# Characters of a record that is pasted, and of all fields of a form.
_LONGEST = 200_000
LONG = "The record is too long; give that of the essay alone."
UNKNOWN = "The page asked for what there is not; load it again."

Answer = dict[str, Any]


class Library(uploading.Library, Protocol):
    """What is asked of a library here; ``assistant.library.library.Library`` is one."""

    def essay(self, essay_id: str) -> StoredEssay:
        """One essay."""

    def form(self, essay_id: str, text: str = "") -> dict[str, str]:
        """What a form shows of a record."""

    def record_from_form(self, essay_id: str, form: Mapping[str, str], text: str = "") -> CSLItem:
        """The record that a form was filled in with."""

    def edit(
        self, essay_id: str, *, reference: CSLItem | None = None, first_page: str | None = None
    ) -> IngestReport:
        """Change record and first page."""

    def remove(self, essay_id: str, *, for_good: bool = False) -> None:
        """Remove an essay."""

    def removed(self) -> Mapping[str, RemovedEssay]:
        """What can be put back."""

    def restore(self, essay_id: str) -> IngestReport:
        """Put a removed essay back."""


class Acts:
    """What the page's script asks for, one method an act; a fault is one sentence.

    Args:
        library: The library.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        # What each needs besides the essay's id.
        self._acts: dict[str, tuple[Callable[..., Answer], tuple[type, ...]]] = {
            "edit": (self._form, ()),
            "read": (self._read, (str,)),
            "save": (self._save, (dict, str)),
            "report": (self._report, ()),
            "remove": (self._asked, ()),
            "remove-now": (self._remove, (bool,)),
        }
        self._acts_on_removed: dict[str, Callable[[str], Answer]] = {
            "forget": self._asked_again,
            "forget-now": self._forget,
            "restore": self._restore,
        }

    def act(self, asked: Sequence[Any]) -> Answer:
        """Do what is asked.

        Args:
            asked: Name of the act, an essay's id, and what else the act needs. It comes from the page's
                script, so anything may stand in it.

        Returns:
            ``html`` to show, ``form`` to fill in or what is ``said``; or the sentence of a ``fault``.
        """
        if (
            not isinstance(asked, list)
            or len(asked) < 2
            or not all(isinstance(one, str) for one in asked[:2])
        ):
            return {"fault": UNKNOWN}
        (name, essay_id), rest = asked[:2], asked[2:]
        try:
            if name in self._acts_on_removed and not rest:
                return self._acts_on_removed[name](essay_id)
            act, needed = self._acts.get(name, (None, ()))
            if act is None or [type(one) for one in rest] != [*needed]:
                return {"fault": UNKNOWN}
            if essay_id not in self._library.summaries():
                return {"fault": GONE}
            return act(essay_id, *rest)
        except AssistantError as fault:
            return {"fault": messages.told(str(fault), self._library.root)}

    def _title(self, essay_id: str) -> str:
        return essays.title_of(essay_id, self._library.summaries()[essay_id])

    def _form(self, essay_id: str) -> Answer:
        now = self._library.essay(essay_id).report.page_provenance
        return {"html": form_html(self._title(essay_id), self._library.form(essay_id), now)}

    def _read(self, essay_id: str, text: str) -> Answer:
        if len(text) > _LONGEST:
            return {"fault": LONG}
        form = self._library.form(essay_id, text)
        del form["first-page"]
        return {"form": form}

    def _save(self, essay_id: str, form: Mapping[str, str], text: str) -> Answer:
        texts = {key: one for key, one in form.items() if isinstance(one, str)}
        if len(text) + sum(map(len, texts.values())) > _LONGEST:
            return {"fault": LONG}
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

    def _report(self, essay_id: str) -> Answer:
        return {"html": essays.report_dialog_html(self._library.essay(essay_id).report)}

    def _asked(self, essay_id: str) -> Answer:
        return {"html": essays.confirm_html(self._title(essay_id), kept=False)}

    def _asked_again(self, essay_id: str) -> Answer:
        kept = self._library.removed().get(essay_id)
        return {"html": essays.confirm_html(kept.title, kept=True)} if kept else {"fault": NOT_KEPT}

    def _remove(self, essay_id: str, for_good: bool) -> Answer:  # noqa: FBT001 - a tick of the dialog
        title = self._title(essay_id)
        self._library.remove(essay_id, for_good=for_good)
        if for_good:
            return {"said": f"“{title}” is removed for good."}
        return {"said": f"“{title}” is removed.", "html": essays.removed_html(essay_id, title)}

    def _forget(self, essay_id: str) -> Answer:
        if essay_id in self._library.summaries():
            return {"fault": f"An essay {essay_id!r} is in the library again; remove that one first."}
        self._library.remove(essay_id, for_good=True)
        return {"said": "It is deleted for good."}

    def _restore(self, essay_id: str) -> Answer:
        return {"said": f"“{self._library.restore(essay_id).title}” is back."}


# The part, for the tabs.
PART = "library"
# What the page's script does with the library, and how it says that something has changed.
_ACTS = (
    "window.desk.serveLibrary((...asked) => server.library_act(...asked), "
    "(detail) => trigger('submit', detail)); watch('value', () => window.desk.shelfArrived());"
)

Updates = dict[Block, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryWidgets:
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
    widgets: LibraryWidgets
    desk: Desk

    def shown(self) -> Updates:
        """The part was opened: show the library as it now is."""
        try:
            html = essays.shelf_html(self.library.summaries(), self.library.removed().values())
        except AssistantError as fault:
            html = fault_html(messages.told(str(fault), self.library.root))
        return {self.widgets.shelf: html}

    def landed(self) -> gr.Tabs | dict[str, Any]:
        """The page was opened: whoever has no essay yet is led to where one is added."""
        try:
            empty = not self.library.summaries()
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


def _laid_out(library: Library) -> LibraryWidgets:
    def library_act(asked: Sequence[Any]) -> Answer:
        return Acts(library).act(asked)

    gr.HTML(frame.LIBRARY_INTRO, apply_default_css=False, elem_classes="plain")
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
    gr.HTML(frame.LIBRARY_STATUS, apply_default_css=False, elem_id="said-part", elem_classes="plain")
    table = gr.HTML(
        "",
        apply_default_css=False,
        elem_id="shelf",
        elem_classes="plain",
        js_on_load=_ACTS,
        server_functions=[library_act],
    )
    gr.HTML(frame.LIBRARY_DIALOG, apply_default_css=False, elem_id="sheet-part", elem_classes="plain")
    return LibraryWidgets(files=files, first_page=first_page, add=add, uploads=uploads, shelf=table)
