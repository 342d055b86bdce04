"""A checked quotation or draft as HTML: what is printed, and the differences in their place.

Hooks for styles and tests: ``.checked``; in it ``.judged`` (the verdict in a word, also a class),
``.place`` (one printed place, with ``.passage-text``, ``.own``, ``.citation``, ``.copy-quotation``),
``.draft`` (see ``rendering.draft_page``), in it a ``.copy-quotation`` of what is printed, and
``button[data-note]``, which opens a passage in the reader.

The mended copy of a checked draft: offered to be copied or downloaded, with what it changes.

Hooks for styles and tests: ``.mended``; in it ``button.download[data-bytes][data-name]`` (base64) and
``button.copy-mended[data-copy]``, ``.changed`` and ``.left``, lists of faults. The file is made in the
browser from what the page holds, so the server keeps none.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import PurePath
from typing import TYPE_CHECKING

from assistant.core.quotation import Difference
from assistant.rendering.draft_page import difference_html, kinds_html, rows_html
from assistant.rendering.drafts import place_of, summary
from assistant.rendering.quotations import edit_words, sentence
from assistant.rendering.terminal import page_words
from assistant.web.views.answer import voice_html
from assistant.web.views.passage import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from assistant.core.draft_report import DraftReport, Problem, ProblemKind
    from assistant.core.quotation import CitedPlace, Verdict


# Bytes of a copy that is carried in the page.
LARGEST = 16_000_000
# What a pasted draft is called as a file.
_PASTED = "draft.md"
_TOO_LARGE = "The copy is too large to be given here; the command writes it: assistant check DRAFT --fix"
_NOTHING = "Nothing of this can be put right for certain, so there is no mended copy."

_LEFT: dict[ProblemKind, str] = {
    "misquoted": "what was meant cannot be told for certain",
    "not found": "there are no printed words to put in its place",
    "wrong page": "the pages cannot be told for certain",
    "no such page": "the pages cannot be told for certain",
    "wrong source": "which source is meant is yours to say",
    "second-hand": "the citation is yours to word here",
    "uncited": "the citation is yours to set here",
    "unmarked": "whether to quote or to reword is yours to say",
}


def mended_html(audit: DraftReport, data: bytes, *, archive: bool) -> str:
    """The offer of a mended copy.

    Args:
        audit: The checked draft.
        data: The mended copy as its file has it; not looked at where there is nothing to mend.
        archive: Whether its file is more than its text, as .docx and .odt are.

    Returns:
        HTML of one ``section.mended``; nothing for a draft without faults.
    """
    if not audit.problems:
        return ""
    if not audit.fixes:
        return f'<section class="mended"><p>{_NOTHING}</p></section>'
    mended = audit.fixed_problems
    count = f"{len(mended)} of {len(audit.problems)} faults"
    return (
        f'<section class="mended"><h3>Mended copy</h3><p>{count} put right; your draft stays as it is.</p>'
        f'<p class="mended-actions">{_offer(audit, data, archive=archive)}</p>'
        f"<details><summary>What it changes, and what is left to you</summary>{_lists(audit, mended)}"
        "</details></section>"
    )


def fixed_name(draft: str) -> str:
    """What the mended copy of a draft is called, as the command calls it."""
    path = PurePath(_PASTED if draft == "-" else draft)
    return f"{path.stem}.fixed{path.suffix}"


def _offer(audit: DraftReport, data: bytes, *, archive: bool) -> str:
    if len(data) > LARGEST:
        return _TOO_LARGE
    name = escape(fixed_name(audit.draft))
    download = (
        f'<button type="button" class="download" data-name="{name}" '
        f'data-bytes="{b64encode(data).decode()}">Download {name}</button>'
    )
    if archive:
        return download
    text = escape(audit.fixed_text)
    copy = f'<button type="button" class="copy copy-mended" data-copy="{text}">Copy mended text</button>'
    return copy + download


def _lists(audit: DraftReport, mended: list[Problem]) -> str:
    numbered = list(enumerate(audit.problems, 1))
    changed = [_item(audit, number, one, _change(audit, one)) for number, one in numbered if one in mended]
    left = [_item(audit, number, one, _LEFT[one.kind]) for number, one in numbered if one not in mended]
    rest = f"<h4>Left to you</h4><ul class=left>{''.join(left)}</ul>" if left else ""
    return f"<h4>Changed</h4><ul class=changed>{''.join(changed)}</ul>{rest}"


def _item(audit: DraftReport, number: int, fault: Problem, said: str) -> str:
    where = escape(place_of(audit, fault))
    return f'<li><a href="#f{number}">{number}: {fault.kind}, {where}</a> {said}</li>'


def _change(audit: DraftReport, fault: Problem) -> str:
    made = []
    for mend in fault.fixes:
        gone = audit.text[mend.start : mend.end].strip()
        parts = [f"<del>{escape(gone)}</del>"] if gone else []
        parts += [f"<ins>{escape(mend.text.strip())}</ins>"] if mend.text.strip() else []
        made.append(" ".join(parts))
    return " · ".join(filter(None, made))


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


def audit_html(audit: DraftReport, quotation: Callable[[str, str], str], mended: str = "") -> str:
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
    signs = _DRAFT_SIGNS if audit.fixes or any(fault.diff for fault in audit.problems) else ""

    def offered(fault: Problem) -> str:
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


def _place_html(match: CitedPlace, title: str, quotation: Callable[[str, str], str], *, altered: bool) -> str:
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


def _with_own_marks(match: CitedPlace) -> list[Difference]:
    """The comparison with the changes that the writer marked taken as right."""
    own = {(edit.quoted, edit.printed) for edit in match.edits}
    return [
        # A bracket that changes one letter of a word stands in a step of equal words.
        Difference("equal", step.quoted, step.quoted)
        if (step.quoted, step.printed) in own or (step.op == "equal" and "[" in step.quoted)
        else step
        for step in match.diff
    ]


def _own_html(match: CitedPlace) -> str:
    if not match.edits:
        return ""
    named = "; ".join(edit_words(edit) for edit in match.edits)
    return f'<p class="own">Marked as the writer’s own: {escape(named)}.</p>'


def _copy_fault_html(fault: Problem, quotation: Callable[[str, str], str]) -> str:
    if not fault.printed:
        return ""
    copied = escape(quotation(fault.printed, fault.citation))
    return f'<button type="button" class="copy copy-quotation" data-copy="{copied}">Copy as printed</button>'


def _open_fault_html(fault: Problem) -> str:
    return _open_html(fault.passages[0]) if fault.passages else ""


def _open_html(passage: str) -> str:
    return f'<button type="button" class="read-here" data-note="{escape(passage)}">Read in the essay</button>'
