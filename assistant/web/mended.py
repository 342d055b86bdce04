"""The mended copy of a checked draft: offered to be copied or downloaded, with what it changes.

Hooks for styles and tests: ``.mended``; in it ``button.download[data-bytes][data-name]`` (base64) and
``button.copy-mended[data-copy]``, ``.changed`` and ``.left``, lists of faults. The file is made in the
browser from what the page holds, so the server keeps none.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import PurePath
from typing import TYPE_CHECKING

from assistant.rendering.drafts import place_of
from assistant.web.markup import escape

if TYPE_CHECKING:
    from assistant.faults import Audit, Fault, FaultKind

# Bytes of a copy that is carried in the page.
LARGEST = 16_000_000
# What a pasted draft is called as a file.
_PASTED = "draft.md"
_TOO_LARGE = "The copy is too large to be given here; the command writes it: assistant check DRAFT --fix"
_NOTHING = "Nothing of this can be put right for certain, so there is no mended copy."

_LEFT: dict[FaultKind, str] = {
    "misquoted": "what was meant cannot be told for certain",
    "not found": "there are no printed words to put in its place",
    "wrong page": "the pages cannot be told for certain",
    "no such page": "the pages cannot be told for certain",
    "wrong source": "which source is meant is yours to say",
    "second-hand": "the citation is yours to word here",
    "uncited": "the citation is yours to set here",
    "unmarked": "whether to quote or to reword is yours to say",
}


def mended_html(audit: Audit, data: bytes, *, archive: bool) -> str:
    """The offer of a mended copy.

    Args:
        audit: The checked draft.
        data: The mended copy as its file has it; not looked at where there is nothing to mend.
        archive: Whether its file is more than its text, as .docx and .odt are.

    Returns:
        HTML of one ``section.mended``; nothing for a draft without faults.
    """
    if not audit.faults:
        return ""
    if not audit.mends:
        return f'<section class="mended"><p>{_NOTHING}</p></section>'
    mended = audit.mended
    count = f"{len(mended)} of {len(audit.faults)} faults"
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


def _offer(audit: Audit, data: bytes, *, archive: bool) -> str:
    if len(data) > LARGEST:
        return _TOO_LARGE
    name = escape(fixed_name(audit.draft))
    download = (
        f'<button type="button" class="download" data-name="{name}" '
        f'data-bytes="{b64encode(data).decode()}">Download {name}</button>'
    )
    if archive:
        return download
    text = escape(audit.mended_text)
    copy = f'<button type="button" class="copy copy-mended" data-copy="{text}">Copy mended text</button>'
    return copy + download


def _lists(audit: Audit, mended: list[Fault]) -> str:
    numbered = list(enumerate(audit.faults, 1))
    changed = [_item(audit, number, one, _change(audit, one)) for number, one in numbered if one in mended]
    left = [_item(audit, number, one, _LEFT[one.kind]) for number, one in numbered if one not in mended]
    rest = f"<h4>Left to you</h4><ul class=left>{''.join(left)}</ul>" if left else ""
    return f"<h4>Changed</h4><ul class=changed>{''.join(changed)}</ul>{rest}"


def _item(audit: Audit, number: int, fault: Fault, said: str) -> str:
    where = escape(place_of(audit, fault))
    return f'<li><a href="#f{number}">{number}: {fault.kind}, {where}</a> {said}</li>'


def _change(audit: Audit, fault: Fault) -> str:
    made = []
    for mend in fault.mends:
        gone = audit.text[mend.start : mend.end].strip()
        parts = [f"<del>{escape(gone)}</del>"] if gone else []
        parts += [f"<ins>{escape(mend.text.strip())}</ins>"] if mend.text.strip() else []
        made.append(" ".join(parts))
    return " · ".join(filter(None, made))
