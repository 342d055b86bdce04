"""A checked draft as a page of its own: the whole draft, its faults in place, the printed words beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise
from pathlib import PurePath

from assistant.faults import Audit, Fault, FaultKind, Mend
from assistant.rendering.draft_style import STYLE
from assistant.rendering.drafts import bracketed, place_of, summary
from assistant.rendering.layout import page_words
from assistant.verdicts import Difference

_EXPLAINED: dict[FaultKind, str] = {
    "misquoted": "The words are not as printed.",
    "not found": "The essay cited does not have these words.",
    "wrong page": "The words stand on another page than cited.",
    "no such page": "The essay cited has no such page.",
    "wrong source": "The words stand in another essay than cited.",
    "second-hand": "The essay cited quotes these words from somebody else.",
    "uncited": "The words are an essay’s and have no citation.",
    "unmarked": "The words are an essay’s and have no quotation marks.",
}


def audit_page(audit: Audit) -> str:
    """The report as HTML that needs nothing else; all text of the draft is escaped.

    Args:
        audit: The checked draft.
    """
    name = escape(PurePath(audit.draft).name)
    told = escape(summary(audit).partition(": ")[2])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{name} – quotations checked</title>\n<style>{STYLE}</style></head>\n<body>\n"
        f"<header><h1>{name}</h1>\n<p>{told}</p>\n{kinds_html(audit)}</header>\n"
        f'<main class="draft">\n{rows_html(audit)}\n</main>\n</body></html>\n'
    )


def rows_html(audit: Audit, offered: Callable[[Fault], str] = lambda _fault: "", level: int = 2) -> str:
    """The whole draft with its faults in place, and beside each paragraph what is wrong in it.

    Args:
        audit: The checked draft.
        offered: Gives HTML that stands at the end of what is told of a fault.
        level: Of the headings of faults: one below that of the draft.
    """

    def note(fault: Fault, number: int) -> str:
        return _note(audit, fault, number, offered(fault), f"h{level}")

    return "\n".join(_row(audit, paragraph, note) for paragraph in _paragraphs(audit))


def kinds_html(audit: Audit) -> str:
    """A link to the first fault of each kind, with their number."""
    counts = Counter(fault.kind for fault in audit.faults)
    if not counts:
        return '<p class="clean">Every quotation that could be checked is as printed.</p>'
    first = {fault.kind: number for number, fault in reversed(list(enumerate(audit.faults, 1)))}
    items = [
        f'<li><a class="kind {_name(kind)}" href="#f{first[kind]}">{kind} <b>{counts[kind]}</b></a></li>'
        for kind in _EXPLAINED
        if kind in counts
    ]
    return f'<nav aria-label="Faults"><ul>{"".join(items)}</ul></nav>'


def _name(kind: str) -> str:
    return kind.replace(" ", "-")


def _paragraphs(audit: Audit) -> list[list[tuple[int, int, int]]]:
    """The units of the draft, each with its number and span; lines without a blank one between together."""
    made: list[list[tuple[int, int, int]]] = [[]]
    for number, (start, end) in enumerate(pairwise([*audit.units, len(audit.text)])):
        if audit.labels or not audit.text[start:end].strip():
            made.append([])
        if audit.text[start:end].strip():
            made[-1].append((number, start, end))
    return [paragraph for paragraph in made if paragraph]


def _row(audit: Audit, paragraph: Sequence[tuple[int, int, int]], note: Callable[[Fault, int], str]) -> str:
    """A paragraph of the draft with the faults that begin in it beside it."""
    lines = "".join(
        f'<span class="at">{escape(audit.labels[number] if audit.labels else str(number + 1))}</span>'
        f'<div class="text">{_text(audit, start, end)}</div>'
        for number, start, end in paragraph
    )
    begin, behind = paragraph[0][1], paragraph[-1][2]
    notes = [
        note(fault, count) for count, fault in enumerate(audit.faults, 1) if begin <= fault.start < behind
    ]
    beside = f"<aside>{''.join(notes)}</aside>" if notes else ""
    return f'<div class="row"><div class="lines">{lines}</div>{beside}</div>'


def _text(audit: Audit, start: int, end: int) -> str:
    """A span of the draft, faults marked and mends in place."""
    faults = [(n, one) for n, one in enumerate(audit.faults, 1) if one.start < end and start < one.end]
    mends = [mend for mend in audit.mends if mend.start < end and start <= mend.end]
    bounds = {start, end}
    for _, fault in faults:
        bounds |= {fault.start, fault.end}
    for mend in mends:
        bounds |= {mend.start, mend.end}
    cuts = sorted(one for one in bounds if start <= one <= end)
    made = []
    for first, last in pairwise(cuts):
        over = [fault for _, fault in faults if fault.start <= first and last <= fault.end]
        made.append(_marked(_mended(audit.text, first, last, mends), over))
        made += [_number(n, fault) for n, fault in faults if fault.end == last]
    return "".join(made).rstrip("\r\n\f")


def _mended(text: str, start: int, end: int, mends: Sequence[Mend]) -> str:
    """A piece of the draft: struck out if it goes, with what comes in its stead or behind it."""
    words = escape(text[start:end].rstrip("\r\n"))
    gone = next((mend for mend in mends if mend.start <= start and end <= mend.end), None)
    if gone:
        new = f"<ins>{escape(gone.text)}</ins>" if gone.end == end and gone.text else ""
        return f"<del>{words}</del>{new}" if words else new
    behind = [mend for mend in mends if mend.start == mend.end == end]
    return words + "".join(f"<ins>{escape(mend.text)}</ins>" for mend in behind)


def _marked(words: str, faults: Sequence[Fault]) -> str:
    if not faults or not words:
        return words
    # Of two faults in one place the first is what the colour tells; both have their number and note.
    return f'<mark class="{_name(faults[0].kind)}">{words}</mark>'


def _number(number: int, fault: Fault) -> str:
    return f'<a class="n {_name(fault.kind)}" href="#f{number}" aria-label="Fault {number}">{number}</a>'


def _note(audit: Audit, fault: Fault, number: int, offered: str, heading: str) -> str:
    """What is wrong at a place, and what is printed."""
    where = f"<small>{escape(place_of(audit, fault))}</small>"
    parts = [
        f'<{heading}><span class="n {_name(fault.kind)}">{number}</span> {fault.kind} {where}</{heading}>',
        f"<p>{_EXPLAINED[fault.kind]}</p>",
    ]
    if fault.diff:
        parts.append(f'<p class="words">{difference_html(fault.diff)}</p>')
    elif fault.printed and fault.kind != "unmarked":
        parts.append(f'<p class="words">{escape(fault.printed)}</p>')
    elif fault.quoted:
        parts.append(f'<p class="words">{escape(fault.quoted)}</p>')
    parts.append(f"<dl>{_facts(fault)}</dl>{offered}")
    return f'<section id="f{number}" class="{_name(fault.kind)}">{"".join(parts)}</section>'


def difference_html(diff: Sequence[Difference]) -> str:
    """A quotation beside print: words that are not printed in ``del``, printed ones in ``ins``.

    Args:
        diff: The quotation step by step.
    """
    made = []
    for step in diff:
        if step.op == "equal":
            made.append(escape(step.printed))
            continue
        old = f"<del>{escape(step.quoted)}</del>" if step.quoted else ""
        new = f"<ins>{escape(step.printed)}</ins>" if step.printed else ""
        made.append(f"{old} {new}".strip())
    return " ".join(made)


def _facts(fault: Fault) -> str:
    where = f"{fault.essay}, {page_words(fault.pages)}" if fault.pages else fault.essay
    facts = {
        "Cited": bracketed(fault.cited) if fault.cited else "",
        "Pages" if fault.kind == "no such page" else "Printed" if fault.printed else "Essay": where,
        "Cite": fault.citation if fault.printed else "",
        "Mended": fault.fix if fault.kind in {"wrong page", "no such page"} else "",
    }
    return "".join(
        f"<div><dt>{name}</dt><dd>{escape(said)}</dd></div>" for name, said in facts.items() if said
    )
