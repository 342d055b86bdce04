"""The part of the page that checks: takes a quotation or a draft, shows how it differs from print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.core.errors import AssistantError, LibraryError
from assistant.core.essay import plain_title
from assistant.rendering.drafts import short_names
from assistant.web.components import QUIET, Updates, Upload, plain_html
from assistant.web.messages import public_message
from assistant.web.session import LONGEST_CHECK, saved_check
from assistant.web.views import frame
from assistant.web.views.answer import error_html
from assistant.web.views.draft import (
    checked_draft_html,
    checking_html,
    corrected_copy_html,
    forgotten_html,
    verdict_html,
)
from assistant.web.views.essays import labels_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.library.library import Library

NOTHING = "Paste a quotation or a piece of a draft, or choose a file."
NO_ESSAY = "The library has no essay yet; add one first."
GONE = "None of the essays chosen is in the library any more; choose others."
TOO_LONG = "This is too long to be pasted; save it as a file and choose that."
FAILED = "The check failed; the program's terminal says why; see also: assistant doctor."

_ON_CHECKED = "watch('value', () => window.desk.checkArrived());"

# Checks that run at once for all visitors; more would only take the processor from each other.
_AT_ONCE = 2
_ENDINGS = (".md", ".txt", ".docx", ".tex", ".odt", ".rtf", ".typ", ".org")
_ARCHIVES = (".docx", ".odt")

# Words; a longer text without quotation marks is a paragraph of a draft rather than a quotation.
_SHORT = 60
_PAIRS = (
    ("“", "”"), ('"', '"'), ("‘", "’"), ("'", "'"), ("«", "»"), ("»", "«"), ("„", "“"), ("„", "”"), ("›", "‹")
)  # fmt: skip
# Quotation marks, those of LaTeX, and Markdown's sign for a block quotation.
_MARKED = re.compile(r"[\"“”„«»‘]|``|^\s*>", re.MULTILINE)
# A mark that was copied along.
_STRAY = re.compile(r"^[\"“„«»]|[\"”“«»][.,]?$")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_PARAGRAPHS = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWidgets:
    """The components of the part.

    Attributes:
        session: What the browser's tab stored before the page was loaded again.
        text: What is pasted.
        file: A draft to upload.
        essays: The essays that it is checked against; all if none is chosen.
        go: Starts the check.
        checked: The result.
    """

    session: gr.Textbox
    text: gr.Textbox
    file: gr.File
    essays: gr.Dropdown
    go: gr.Button
    checked: gr.HTML


def check_part(library: Library, style: gr.Dropdown, page: gr.Blocks, tab: gr.Tab) -> None:
    """Lay out the part in the context in which it is called, and wire its events.

    Args:
        library: The library.
        style: The component in which the citation style is chosen.
        page: The whole page.
        tab: The tab that contains the part.
    """
    widgets = layout()
    handlers = CheckHandlers(library, widgets)
    checks: dict[str, Any] = {"concurrency_id": "check", "concurrency_limit": _AT_ONCE, **QUIET}
    session: dict[str, Any] = {"inputs": widgets.session, "js": "() => window.desk.keptCheck()"}
    results = [widgets.go, widgets.file, widgets.checked]
    opened = page.load(
        handlers.load, outputs=[widgets.text, widgets.essays, widgets.checked], **session, **QUIET
    )
    tab.select(handlers.offer_essays, outputs=[widgets.essays, widgets.checked], **session, **QUIET)
    widgets.essays.change(
        None, widgets.essays, None, js="(essays) => window.desk.keepCheckedEssays(essays)", **QUIET
    )
    asked = widgets.go.click(
        handlers.check,
        [widgets.text, widgets.file, widgets.essays, style],
        results,
        js="(...given) => window.desk.checkBegins(...given)",
        **checks,
    )
    repeated = opened.then(handlers.repeat, outputs=results, **session, **checks)
    for event in (asked, repeated):
        event.failure(handlers.fail, None, results, **QUIET)


def layout() -> CheckWidgets:
    """Lay out the part in the context in which it is called."""
    plain_html(frame.CHECK_INTRO)
    session = gr.Textbox(visible=False)
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
    checked = plain_html(elem_id="checked", js_on_load=_ON_CHECKED)
    return CheckWidgets(session=session, text=text, file=file, essays=essays, go=go, checked=checked)


@dataclass(frozen=True, slots=True)
class CheckHandlers:
    """The handlers of the part's events.

    Attributes:
        library: The library.
        widgets: The components.
    """

    library: Library
    widgets: CheckWidgets

    def load(self, sent: str | None) -> Updates:
        """Show the text and the choice that the tab stored."""
        session = saved_check(sent)
        return {self.widgets.text: session.text, **self._essays(session.essays)}

    def offer_essays(self, sent: str | None) -> Updates:
        """Offer the essays that there now are.

        The tab sends which are chosen, for the component may not have been filled yet.
        """
        return self._essays(saved_check(sent).essays)

    def _essays(self, chosen: Sequence[str]) -> Updates:
        try:
            essays = self.library.summaries()
        except AssistantError as error:
            return {self.widgets.checked: self._error_html(error)}
        choices = labels_of(essays)
        value = [essay_id for essay_id in chosen if essay_id in essays]
        return {self.widgets.essays: gr.update(choices=choices, value=value, visible=len(choices) > 1)}

    def repeat(self, sent: str | None) -> Iterator[Updates]:
        """Check again, after the page was loaded again, the text of the tab's last check."""
        last = saved_check(sent).checked
        if last is None:
            yield {self.widgets.checked: gr.skip()}
        elif last.file:
            yield {self.widgets.checked: forgotten_html(last.file)}
        else:
            styles = self.library.styles()
            style = last.style if last.style in styles else next(iter(styles))
            yield from self.check(last.text, None, last.essays, style)

    def check(
        self, text: str, file: str | None, essays: Sequence[str] | None, style: str
    ) -> Iterator[Updates]:
        """Say that the check is under way, then show its result."""
        yield {self.widgets.go: gr.update(interactive=False), self.widgets.checked: checking_html()}
        chosen = list(essays or ())
        yield self._ended(
            self._file_html(Path(file), chosen, style) if file else self._text_html(text, chosen, style)
        )

    def fail(self) -> Updates:
        """Say that the program itself failed."""
        return self._ended(error_html(FAILED))

    def _ended(self, html: str) -> Updates:
        return {
            self.widgets.go: gr.update(interactive=True),
            self.widgets.file: None,
            self.widgets.checked: html,
        }

    def _error_html(self, error: AssistantError, upload: Path | None = None) -> str:
        return error_html(public_message(error, self.library.root, upload))

    def _file_html(self, path: Path, essays: list[str], style: str) -> str:
        try:
            return self._draft_html(path, essays, style)
        except AssistantError as error:
            return self._error_html(error, path)
        finally:
            # The page keeps no copy of a draft.
            path.unlink(missing_ok=True)

    def _text_html(self, text: str, essays: list[str], style: str) -> str:
        if not text.strip():
            return error_html(NOTHING)
        if len(text) > LONGEST_CHECK:
            return error_html(TOO_LONG)
        quotation = single_quotation(text)
        try:
            if quotation:
                return self._quotation_html(quotation, essays, style)
            return self._draft_html(text, essays, style)
        except AssistantError as error:
            return self._error_html(error)

    def _quotation_html(self, quotation: str, essays: list[str], style: str) -> str:
        chosen = self._existing(essays)
        titles = {essay_id: plain_title(record) for essay_id, record in self.library.references().items()}
        verdict = self.library.quote(quotation, essays=chosen, style=style)
        return verdict_html(verdict, titles, self.library.style(style).quotation)

    def _draft_html(self, draft: Path | str, essays: list[str], style: str) -> str:
        existing = self._existing(essays)
        try:
            report = self.library.check_draft(draft, essays=existing, style=style, paraphrases=True)
        except LibraryError:
            # Quotations can be checked without the index, which hints need.
            report = self.library.check_draft(draft, essays=existing, style=style)
        path = draft if isinstance(draft, Path) else None
        data = self.library.fixed_draft(report, path) if report.fixes else b""
        archive = path is not None and path.suffix.lower() in _ARCHIVES
        return checked_draft_html(
            report,
            self.library.style(style).quotation,
            corrected_copy_html(report, data, archive=archive),
            short_names(self.library.references()),
        )

    def _existing(self, essays: list[str]) -> list[str]:
        """The essays chosen that are in the library; empty for all of them."""
        known = self.library.ids()
        if not known:
            raise AssistantError(NO_ESSAY)
        existing = [essay_id for essay_id in essays if essay_id in known]
        if essays and not existing:
            raise AssistantError(GONE)
        return existing


def single_quotation(text: str) -> str | None:
    """The quotation, with its marks, where a pasted text is one; ``None`` where it is part of a draft."""
    text = text.strip()
    # A writer copies the full stop after the closing mark along.
    closed = text.rstrip(".,;: ")
    if _is_in_marks(closed):
        return closed
    short = len(text.split()) <= _SHORT and not _PARAGRAPHS.search(text)
    unmarked = not _MARKED.search(text) or (len(_MARKED.findall(text)) == 1 and _STRAY.search(text))
    return text if short and unmarked else None


def _is_in_marks(text: str) -> bool:
    """Whether one pair of quotation marks encloses the whole of a text."""
    plain = _APOSTROPHE.sub("", text)
    return any(
        len(plain) > len(opening + closing)
        and plain.startswith(opening)
        and plain.endswith(closing)
        and not {opening, closing} & set(plain[1:-1])
        for opening, closing in _PAIRS
    )
