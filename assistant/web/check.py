"""The part of the page that checks: a quotation or a draft in, what is printed and the differences out.

What was pasted to be checked: one quotation, or a piece of a draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gradio as gr
from gradio.blocks import Block

from assistant.core.draft_report import DraftReport
from assistant.core.errors import AssistantError
from assistant.core.essay import CSLItem, plain_title
from assistant.core.quotation import Verdict
from assistant.web.messages import told
from assistant.web.session import LONGEST_CHECK, KeptCheck, kept_check_of
from assistant.web.uploading import Upload
from assistant.web.views import frame
from assistant.web.views.answer import fault_html
from assistant.web.views.draft import audit_html, forgotten_html, mended_html, verdict_html
from assistant.web.views.passage import label_of

# Words; what is longer and has no quotation marks is a paragraph of a draft rather than a quotation.
_SHORT = 60

_PAIRS = (("“", "”"), ('"', '"'), ("‘", "’"), ("'", "'"), ("«", "»"), ("„", "“"), ("„", "”"))
# Quotation marks, those of LaTeX, and the sign of Markdown for a block quotation.
_MARKED = re.compile(r"[\"“”„«»‘]|``|^\s*>", re.MULTILINE)
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_PARAGRAPHS = re.compile(r"\n\s*\n")


def quotation_in(text: str) -> str | None:
    """The quotation, where a text is one.

    Args:
        text: As pasted, with or without quotation marks around the whole.

    Returns:
        The quotation with its marks, or ``None`` where the text is to be read as a draft.
    """
    text = text.strip()
    # A writer copies the stop behind the closing mark along.
    closed = text.rstrip(".,;: ")
    if _is_in_marks(closed):
        return closed
    short = len(text.split()) <= _SHORT and not _PARAGRAPHS.search(text)
    return text if short and not _MARKED.search(text) else None


def _is_in_marks(text: str) -> bool:
    """Whether one pair of quotation marks stands around the whole of a text."""
    plain = _APOSTROPHE.sub("", text)
    return any(
        len(plain) > len(opening + closing)
        and plain.startswith(opening)
        and plain.endswith(closing)
        and not {opening, closing} & set(plain[1:-1])
        for opening, closing in _PAIRS
    )


NOTHING = "Paste a quotation or a piece of a draft, or choose a file."
NO_ESSAY = "The library has no essay yet; add one first."
GONE = "None of the essays chosen is in the library any more; choose others."
LONG = "This is too long to be pasted; save it as a file and choose that."
BROKE = "The checking broke off; the program's terminal says why."
_CHECKING = '<p class="wait" role="status">Comparing with what is printed…</p>'

# Checks at once for all visitors; more would only take the processor from each other.
_AT_ONCE = 2
_ENDINGS = (".md", ".txt", ".docx", ".tex", ".odt")
_ARCHIVES = (".docx", ".odt")


class Style(Protocol):
    """A citation style, as far as is asked of it here."""

    def quotation(self, words: str, citation: str) -> str:
        """Printed words as they go into a draft."""


class Library(Protocol):
    """What is asked of a library here; ``assistant.library.library.Library`` is one."""

    root: Path

    def ids(self) -> list[str]:
        """Ids of all essays."""

    def references(self) -> dict[str, CSLItem]:
        """Bibliographic records by the essays' ids."""

    def styles(self) -> dict[str, str]:
        """What the citation styles are called, by name."""

    def style(self, name: str) -> Style:
        """The citation style of a name."""

    def quote(self, text: str, *, essays: Sequence[str] = (), style: str = "mla") -> Verdict:
        """Judge a quotation."""

    def check_draft(
        self, draft: Path | str, *, essays: Sequence[str] = (), style: str = "mla"
    ) -> DraftReport:
        """Check a draft: a file, or Markdown or plain text."""

    def fixed_draft(self, audit: DraftReport, draft: Path | None = None) -> bytes:
        """A checked draft with its mends made, in the format of its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWidgets:
    """The components that events change.

    Attributes:
        kept: What the browser's tab kept from before it was loaded again.
        text: What is pasted.
        file: A draft to upload.
        essays: The essays that it is checked against; all if none is chosen.
        go: Begins.
        checked: What was found.
    """

    kept: gr.Textbox
    text: gr.Textbox
    file: gr.File
    essays: gr.Dropdown
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
    widgets: CheckWidgets

    def opened(self, kept: str | None) -> Updates:
        """A page was opened: show what the tab kept from before."""
        made = kept_check_of(kept)
        return {self.widgets.text: made.text, **self._offered(made.essays)}

    def shown(self, kept: str | None) -> Updates:
        """The part was opened: offer the essays that there now are.

        Which are chosen the tab tells: what the page shows may not have been filled in yet.
        """
        return self._offered(kept_check_of(kept).essays)

    def _offered(self, chosen: Sequence[str]) -> Updates:
        try:
            records = self.library.references()
        except AssistantError as fault:
            return {self.widgets.checked: self._fault(fault)}
        choices = [(label_of(essay_id, record), essay_id) for essay_id, record in sorted(records.items())]
        value = [one for one in chosen if one in records]
        return {self.widgets.essays: gr.update(choices=choices, value=value, visible=len(choices) > 1)}

    def again(self, kept: str | None) -> Iterator[Updates]:
        """A page was opened: find once more what had been found in the text that the tab kept."""
        made: KeptCheck = kept_check_of(kept)
        if made.checked is None:
            yield {self.widgets.checked: gr.skip()}
        elif made.checked.file:
            yield {self.widgets.checked: forgotten_html(made.checked.file)}
        else:
            known = made.checked.style in self.library.styles()
            style = made.checked.style if known else next(iter(self.library.styles()))
            yield from self.check(made.checked.text, None, made.checked.essays, style)

    def check(
        self, text: str, file: str | None, essays: Sequence[str] | None, style: str
    ) -> Iterator[Updates]:
        """A check was asked for: say that it goes on, then show what it found."""
        yield {self.widgets.go: gr.update(interactive=False), self.widgets.checked: _CHECKING}
        asked = list(essays or ())
        yield self._ended(
            self._of_file(Path(file), asked, style) if file else self._of_text(text, asked, style)
        )

    def broke(self) -> Updates:
        """Checking ended in a fault of the program itself."""
        return self._ended(fault_html(BROKE))

    def _ended(self, html: str) -> Updates:
        return {
            self.widgets.go: gr.update(interactive=True),
            self.widgets.file: None,
            self.widgets.checked: html,
        }

    def _fault(self, fault: AssistantError, upload: Path | None = None) -> str:
        # Where the upload lay is of no use to its reader.
        sentence = str(fault) if upload is None else str(fault).replace(str(upload), upload.name)
        return fault_html(told(sentence, self.library.root))

    def _of_file(self, path: Path, essays: list[str], style: str) -> str:
        try:
            return self._audited(path, essays, style)
        except AssistantError as fault:
            return self._fault(fault, path)
        finally:
            # The page keeps no copy of a draft.
            path.unlink(missing_ok=True)

    def _of_text(self, text: str, essays: list[str], style: str) -> str:
        if not text.strip():
            return fault_html(NOTHING)
        if len(text) > LONGEST_CHECK:
            return fault_html(LONG)
        quotation = quotation_in(text)
        try:
            if quotation:
                return self._judged(quotation, essays, style)
            return self._audited(text, essays, style)
        except AssistantError as fault:
            return self._fault(fault)

    def _judged(self, quotation: str, essays: list[str], style: str) -> str:
        asked = self._there(essays)
        titles = {one: plain_title(record) for one, record in self.library.references().items()}
        verdict = self.library.quote(quotation, essays=asked, style=style)
        return verdict_html(verdict, titles, self.library.style(style).quotation)

    def _audited(self, draft: Path | str, essays: list[str], style: str) -> str:
        audit = self.library.check_draft(draft, essays=self._there(essays), style=style)
        path = draft if isinstance(draft, Path) else None
        data = self.library.fixed_draft(audit, path) if audit.fixes else b""
        archive = path is not None and path.suffix.lower() in _ARCHIVES
        return audit_html(
            audit, self.library.style(style).quotation, mended_html(audit, data, archive=archive)
        )

    def _there(self, essays: list[str]) -> list[str]:
        """The essays chosen that are in the library; empty for all of them."""
        known = self.library.ids()
        if not known:
            raise AssistantError(NO_ESSAY)
        there = [one for one in essays if one in known]
        if essays and not there:
            raise AssistantError(GONE)
        return there


def checking_part(library: Library, style: gr.Dropdown, page: gr.Blocks, tab: gr.Tab) -> None:
    """Lay out the part, in the context it is called in, and wire its events.

    Args:
        library: The library.
        style: Where the citation style is chosen.
        page: The whole page.
        tab: The tab in which the part stands.
    """
    widgets = _laid_out()
    check = Check(library, widgets)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    own: dict[str, Any] = {"concurrency_id": "check", "concurrency_limit": _AT_ONCE, **quiet}
    outputs = [widgets.go, widgets.file, widgets.checked]
    offered = [widgets.text, widgets.essays, widgets.checked]
    kept = "() => window.desk.keptCheck()"
    opened = page.load(check.opened, widgets.kept, offered, js=kept, **quiet)
    tab.select(check.shown, widgets.kept, [widgets.essays, widgets.checked], js=kept, **quiet)
    widgets.essays.change(
        None, widgets.essays, None, js="(essays) => window.desk.keepCheckedEssays(essays)", **quiet
    )
    asked = widgets.go.click(
        check.check,
        [widgets.text, widgets.file, widgets.essays, style],
        outputs,
        js="(...given) => window.desk.checkBegins(...given)",
        **own,
    )
    for event in (asked, opened.then(check.again, widgets.kept, outputs, js=kept, **own)):
        event.failure(check.broke, None, outputs, **quiet)


def _laid_out() -> CheckWidgets:
    gr.HTML(frame.CHECK_INTRO, apply_default_css=False, elem_classes="plain")
    kept = gr.Textbox(visible=False)
    with gr.Row(elem_id="check-what"):
        text = gr.Textbox(
            label="Quotation, or piece of a draft",
            placeholder="Paste it here…",
            lines=6,
            max_lines=14,
            max_length=LONGEST_CHECK,
            scale=3,
            min_width=280,
            elem_id="check-text",
        )
        file = Upload(
            label=f"Or a draft ({', '.join(_ENDINGS)})",
            file_types=[*_ENDINGS],
            height=150,
            scale=1,
            min_width=240,
            elem_id="check-file",
        )
    with gr.Row(elem_id="check-row"):
        essays = gr.Dropdown(
            [],
            value=[],
            multiselect=True,
            label="Check against (all essays, unless you choose some)",
            visible=False,
            interactive=True,
            scale=3,
            min_width=280,
            elem_id="check-essays",
        )
        go = gr.Button("Check", variant="primary", scale=0, min_width=110, elem_id="go-check")
    checked = gr.HTML("", apply_default_css=False, elem_id="checked", elem_classes="plain")
    return CheckWidgets(kept=kept, text=text, file=file, essays=essays, go=go, checked=checked)
