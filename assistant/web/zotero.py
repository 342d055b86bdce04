"""The part of the page that adds what Zotero has on this computer."""

from __future__ import annotations

import os
import threading
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.core.errors import AssistantError
from assistant.library.item_files import collection_counts, find_items
from assistant.web.components import QUIET, Updates, plain_html
from assistant.web.messages import public_message
from assistant.web.uploading import lower_priority
from assistant.web.views.answer import error_html
from assistant.web.views.items import items_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.core.items import ItemOutcome
    from assistant.library.library import Library

FAILED = "Zotero's library could not be added; the program's terminal says why; see also: assistant doctor."
_ALL = ""
# Seconds between two updates of the progress.
_INTERVAL = 0.3


@dataclass(slots=True)
class ZoteroJob:
    """Adds items of Zotero; it goes on if the visitor leaves.

    Attributes:
        library: The library.
        folder: Zotero's data folder.
        collection: The only collection to add; all if empty.
        outcomes: What became of each item so far.
        total: Number of the items.
        stage: What is being done.
        error: The sentence on why it ended, or nothing.
    """

    library: Library
    folder: Path
    collection: str
    outcomes: deque[ItemOutcome] = field(default_factory=deque)
    total: int = 0
    stage: str = "reading Zotero's library"
    error: str = ""
    _ended: threading.Event = field(default_factory=threading.Event)

    def steps(self) -> Iterator[str]:
        """Start, and yield the progress as HTML whenever it changes, until all is done."""
        threading.Thread(target=self._work).start()
        shown = ""
        while not self._ended.wait(_INTERVAL):
            if (html := self._html(done=False)) != shown:
                yield html
            shown = html
        yield error_html(self.error) if self.error and not self.outcomes else self._html(done=True)

    def _html(self, *, done: bool) -> str:
        # Its own folder is no news to whoever has it open.
        told = [
            replace(each, message=each.message.replace(f"{self.folder}{os.sep}", ""))
            for each in self.outcomes
        ]
        return items_html(told, self.total, "" if done else self.stage, self.error)

    def _work(self) -> None:
        def progress(stage: str, _done: int, _total: int) -> None:
            self.stage = stage

        lower_priority()
        try:
            found = find_items(self.folder, self.collection)
            self.total = len(found.items)
            for outcome in self.library.add_items(found, progress=progress):
                self.outcomes.append(outcome)
        except AssistantError as error:
            self.error = public_message(error, self.library.root)
        except BaseException:
            self.error = FAILED
            raise
        finally:
            self._ended.set()


def zotero_part(
    library: Library,
    folder: Path,
    changed: Callable[[str | None], Updates],
    reading: Any,
    everything: list[Any],
) -> None:
    """Lay out the part in the context in which it is called, and wire its events.

    Args:
        library: The library.
        folder: Zotero's data folder.
        changed: Shows a changed library, given the essay that is read.
        reading: The component that knows which essay is read.
        everything: All components that a change of the library may change.
    """
    with gr.Accordion("Add from Zotero", open=False, elem_id="zotero") as section:
        with gr.Row(elem_id="zotero-row"):
            collection = gr.Dropdown(
                [("All items", _ALL)],
                value=_ALL,
                label="Collection",
                allow_custom_value=True,
                scale=3,
                min_width=240,
                elem_id="zotero-collection",
            )
            add = gr.Button("Add from Zotero", scale=1, min_width=200, elem_id="add-zotero")
        outcome = plain_html(elem_id="zotero-report")

    def choices() -> Updates:
        """Offer the collections with their numbers of items."""
        try:
            found = find_items(folder)
        except AssistantError as error:
            return {outcome: error_html(public_message(error, library.root))}
        named = [(f"All items ({len(found.items):,})", _ALL)]
        named += [(f"{name} ({count:,})", name) for name, count in collection_counts(found)]
        return {collection: gr.Dropdown(choices=named, value=_ALL), outcome: ""}

    def run(chosen: str | None, essay: str | None) -> Iterator[Updates]:
        """Add the items of a collection, and show how far it is."""
        job = ZoteroJob(library, folder, (chosen or _ALL).strip())
        yield {add: gr.update(interactive=False)}
        for html in job.steps():
            yield {outcome: html}
        yield {add: gr.update(interactive=True), **changed(essay)}

    def fail() -> Updates:
        """Say that the program itself failed."""
        return {add: gr.update(interactive=True), outcome: error_html(FAILED)}

    section.expand(choices, None, [collection, outcome], **QUIET)
    added = add.click(run, [collection, reading], [add, outcome, *everything], **QUIET)
    added.failure(fail, None, [add, outcome], **QUIET)
