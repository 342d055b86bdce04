"""The part of the page that checks: a quotation or a draft in, what is printed and the differences out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gradio as gr
from gradio.blocks import Block

from assistant.errors import AssistantError
from assistant.faults import Audit
from assistant.records import plain_title
from assistant.types import StoredEssay
from assistant.verdicts import Verdict
from assistant.web.cards import fault_html
from assistant.web.checked import audit_html, verdict_html
from assistant.web.pasted import quotation_in

NOTHING = "Paste a quotation or a piece of a draft, or choose a file."
NO_ESSAY = "The library has no essay yet; add one under “Ask” first."
LONG = "This is too long to be pasted; save it as a file and choose that."
BROKE = "The checking broke off; the program's terminal says why."
_CHECKING = '<p class="wait" role="status">Comparing with what is printed…</p>'

# Characters; a long chapter.
LONGEST = 300_000
# Checks at once for all visitors; more would only take the processor from each other.
_AT_ONCE = 2
_ENDINGS = (".md", ".txt", ".docx", ".tex", ".odt")

_INTRO = (
    '<header class="check-head"><h2>Is it quoted as printed?</h2><p>Paste a quotation to see whether it '
    "stands in the library’s essays word for word, and on which page; or paste or upload a draft to have all "
    "its quotations and their citations checked. Nothing of it is kept.</p></header>"
)


class Style(Protocol):
    """A citation style, as far as is asked of it here."""

    def quotation(self, words: str, citation: str) -> str:
        """Printed words as they go into a draft."""


class Library(Protocol):
    """What is asked of a library here; ``assistant.library.Library`` is one."""

    def essays(self) -> list[StoredEssay]:
        """All essays."""

    def style(self, name: str) -> Style:
        """The citation style of a name."""

    def quote(self, text: str, *, essays: Sequence[str] = (), style: str = "mla") -> Verdict:
        """Judge a quotation."""

    def check_draft(self, draft: Path | str, *, essays: Sequence[str] = (), style: str = "mla") -> Audit:
        """Check a draft: a file, or Markdown or plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Widgets:
    """The components that events change.

    Attributes:
        text: What is pasted.
        file: A draft to upload.
        go: Begins.
        checked: What was found.
    """

    text: gr.Textbox
    file: gr.File
    go: gr.Button
    checked: gr.HTML


Updates = dict[Block, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """The handlers of the events.

    Attributes:
        library: The library.
        widgets: The components.
    """

    library: Library
    widgets: Widgets

    def check(self, text: str, file: str | None, style: str) -> Iterator[Updates]:
        """A check was asked for: say that it goes on, then show what it found."""
        yield {self.widgets.go: gr.update(interactive=False), self.widgets.checked: _CHECKING}
        yield self._ended(self._of_file(Path(file), style) if file else self._of_text(text, style))

    def broke(self) -> Updates:
        """Checking ended in a fault of the program itself."""
        return self._ended(fault_html(BROKE))

    def _ended(self, html: str) -> Updates:
        return {
            self.widgets.go: gr.update(interactive=True),
            self.widgets.file: None,
            self.widgets.checked: html,
        }

    def _of_file(self, path: Path, style: str) -> str:
        try:
            return self._audited(path, style)
        except AssistantError as fault:
            # Where the upload lay is of no use to its reader.
            return fault_html(str(fault).replace(str(path), path.name))
        finally:
            # The page keeps no copy of a draft.
            path.unlink(missing_ok=True)

    def _of_text(self, text: str, style: str) -> str:
        if not text.strip():
            return fault_html(NOTHING)
        if len(text) > LONGEST:
            return fault_html(LONG)
        quotation = quotation_in(text)
        try:
            return self._judged(quotation, style) if quotation else self._audited(text, style)
        except AssistantError as fault:
            return fault_html(str(fault))

    def _judged(self, quotation: str, style: str) -> str:
        titles = {essay.id: plain_title(essay.reference) or essay.report.title for essay in self._essays()}
        verdict = self.library.quote(quotation, style=style)
        return verdict_html(verdict, titles, self.library.style(style).quotation)

    def _audited(self, draft: Path | str, style: str) -> str:
        self._essays()
        return audit_html(self.library.check_draft(draft, style=style))

    def _essays(self) -> list[StoredEssay]:
        essays = self.library.essays()
        if not essays:
            raise AssistantError(NO_ESSAY)
        return essays


def checking_part(library: Library, style: gr.Dropdown) -> None:
    """Lay out the part, in the context it is called in, and wire its events.

    Args:
        library: The library.
        style: Where the citation style is chosen.
    """
    widgets = _laid_out()
    check = Check(library, widgets)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    outputs = [widgets.go, widgets.file, widgets.checked]
    asked = widgets.go.click(
        check.check,
        [widgets.text, widgets.file, style],
        outputs,
        concurrency_limit=_AT_ONCE,
        **quiet,
    )
    asked.failure(check.broke, None, outputs, **quiet)


def _laid_out() -> Widgets:
    gr.HTML(_INTRO, apply_default_css=False, elem_classes="plain")
    with gr.Row(elem_id="check-what"):
        text = gr.Textbox(
            label="Quotation, or piece of a draft",
            placeholder="Paste it here…",
            lines=6,
            max_lines=14,
            max_length=LONGEST,
            scale=3,
            min_width=280,
            elem_id="check-text",
        )
        file = gr.File(
            label=f"Or a draft ({', '.join(_ENDINGS)})",
            file_types=[*_ENDINGS],
            height=150,
            scale=1,
            min_width=240,
            elem_id="check-file",
        )
    with gr.Row(elem_id="check-row"):
        go = gr.Button("Check", variant="primary", scale=0, min_width=110, elem_id="go-check")
    checked = gr.HTML("", apply_default_css=False, elem_id="checked", elem_classes="plain")
    return Widgets(text=text, file=file, go=go, checked=checked)
