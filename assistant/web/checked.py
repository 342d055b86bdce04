"""A checked quotation or draft as HTML: what is printed, and the differences in their place.

Hooks for styles and tests: ``.checked``; in it ``.judged`` (the verdict in a word, also a class),
``.place`` (one printed place, with ``.passage-text``, ``.own``, ``.citation``, ``.copy-quotation``),
``.draft`` (see ``rendering.draft_page``), in it a ``.copy-quotation`` of what is printed, and
``button[data-note]``, which opens a passage in the reader.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from assistant.rendering.draft_page import difference_html, kinds_html, rows_html
from assistant.rendering.drafts import summary
from assistant.rendering.layout import page_words
from assistant.rendering.quotations import edit_words, sentence
from assistant.verdicts import Difference
from assistant.web.cards import voice_html
from assistant.web.markup import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from assistant.faults import Audit, Fault
    from assistant.verdicts import QuotedPlace, Verdict

# What a draft is called that came in no file.
_NO_FILE = "-"
_SIGNS = (
    '<p class="signs"><del>Struck out</del>: in the quotation, not printed. '
    "<ins>Underlined</ins>: printed, not in the quotation.</p>"
)
_DRAFT_SIGNS = (
    '<p class="signs"><del>Struck out</del>: goes, or is not printed. '
    "<ins>Underlined</ins>: comes, or is printed.</p>"
)


def verdict_html(verdict: Verdict, titles: Mapping[str, str], quotation: Callable[[str, str], str]) -> str:
    """A checked quotation.

    Args:
        verdict: The verdict.
        titles: Titles of the essays by their ids.
        quotation: Of words and their citation, both as they go into a draft.

    Returns:
        HTML of one ``section.checked``.
    """
    word, _, rest = sentence(verdict).partition(": ")
    altered = verdict.verdict == "altered"
    places = "".join(
        _place_html(match, titles.get(match.essay_id, ""), quotation, altered=altered)
        for match in verdict.matches
    )
    return (
        f'<section class="checked" role="status"><h2 class="judged {verdict.verdict}">{escape(word)}</h2>'
        f"<p>{escape(rest[:1].upper() + rest[1:])}</p>{_SIGNS if altered else ''}{places}</section>"
    )


def audit_html(audit: Audit, quotation: Callable[[str, str], str], mended: str = "") -> str:
    """A checked draft.

    Args:
        audit: The checked draft.
        quotation: Of words and their citation, both as they go into a draft.
        mended: HTML that offers the mended copy.

    Returns:
        HTML of one ``section.checked`` and the draft behind it.
    """
    name = PurePath(audit.draft).name
    told = summary(audit).removeprefix(f"{name}: ")
    called = "The draft" if audit.draft == _NO_FILE else name
    signs = _DRAFT_SIGNS if audit.mends or any(fault.diff for fault in audit.faults) else ""

    def offered(fault: Fault) -> str:
        return _copy_fault_html(fault, quotation) + _open_fault_html(fault)

    return (
        f'<section class="checked" role="status"><h2>{escape(called)}</h2><p>{escape(told)}</p>'
        f"{kinds_html(audit)}{signs}</section>{mended}"
        f'<div class="draft">{rows_html(audit, offered, level=3)}</div>'
    )


def forgotten_html(name: str) -> str:
    """What is said in place of a draft that was uploaded before the page was loaded again.

    Args:
        name: Name of its file.
    """
    return (
        f'<p class="was" role="status"><bdi>{escape(name)}</bdi> was checked before this page was loaded '
        "again. Nothing was kept of it; choose it once more to see what was found.</p>"
    )


def _place_html(
    match: QuotedPlace, title: str, quotation: Callable[[str, str], str], *, altered: bool
) -> str:
    steps = _with_own_marks(match)
    shown = difference_html(steps) if altered else escape(match.text)
    # Words without the writer's marks are one slice of the print; with them they are put together.
    right = " ".join(filter(None, (step.printed for step in steps))) if match.edits else match.text
    copied = escape(quotation(right, match.citation.in_text))
    label = "Copy as printed" if altered else "Copy quotation"
    essay = f'<span class="essay">{escape(title)}</span>' if title else ""
    pages = page_words(match.citation.pages) or "no page numbers"
    return (
        f'<article class="place"><header class="card-head">{essay}'
        f'<span class="pages">{escape(pages)}</span></header>'
        f'<blockquote class="passage-text">{shown}</blockquote>{_own_html(match)}'
        f'<footer class="card-actions"><span class="citation">{escape(match.citation.in_text)}</span>'
        f"{voice_html(match.quoted)}"
        f'<button type="button" class="copy copy-quotation" data-copy="{copied}">{label}</button>'
        f"{_open_html(match.passages[0])}</footer></article>"
    )


def _with_own_marks(match: QuotedPlace) -> list[Difference]:
    """The comparison with the changes that the writer marked taken as right."""
    own = {(edit.quoted, edit.printed) for edit in match.edits}
    return [
        # A bracket that changes one letter of a word stands in a step of equal words.
        Difference("equal", step.quoted, step.quoted)
        if (step.quoted, step.printed) in own or (step.op == "equal" and "[" in step.quoted)
        else step
        for step in match.diff
    ]


def _own_html(match: QuotedPlace) -> str:
    if not match.edits:
        return ""
    named = "; ".join(edit_words(edit) for edit in match.edits)
    return f'<p class="own">Marked as the writer’s own: {escape(named)}.</p>'


def _copy_fault_html(fault: Fault, quotation: Callable[[str, str], str]) -> str:
    if not fault.printed:
        return ""
    copied = escape(quotation(fault.printed, fault.citation))
    return f'<button type="button" class="copy copy-quotation" data-copy="{copied}">Copy as printed</button>'


def _open_fault_html(fault: Fault) -> str:
    return _open_html(fault.passages[0]) if fault.passages else ""


def _open_html(passage: str) -> str:
    return f'<button type="button" class="read-here" data-note="{escape(passage)}">Read in the essay</button>'
