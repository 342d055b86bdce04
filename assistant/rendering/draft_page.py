"""A checked draft as a page of its own: the whole draft, its faults in place, the printed words beside.

The look of the report on a draft: light and dark, wide and narrow, on screen and on paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise
from pathlib import PurePath

from assistant.core.draft_report import DraftReport, Fix, Problem, ProblemKind
from assistant.core.quotation import Difference
from assistant.rendering.drafts import bracketed, place_of, summary
from assistant.rendering.terminal import page_words

STYLE = """
:root { --paper: #fff; --ink: #1d1d1f; --faint: #6a6a70; --line: #e3e3e6; --card: #f7f7f8;
  --words: #b3261e; --words-soft: #fdecea; --pages: #8a5a00; --pages-soft: #fdf3dc;
  --source: #2a56b9; --source-soft: #e8effc; --ins: #0b6b3a; --ins-soft: #dff5e7; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #17181a; --ink: #e6e6e8; --faint: #9a9aa2; --line: #303238; --card: #202226;
    --words: #ff9d94; --words-soft: #47211e; --pages: #f0c063; --pages-soft: #40310f;
    --source: #9dbcff; --source-soft: #1f2f52; --ins: #7bdba2; --ins-soft: #173b27; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 84rem; background: var(--paper);
  color: var(--ink); font: 16px/1.6 Georgia, "Times New Roman", serif; }
header, aside, .at, .n { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header { border-bottom: 1px solid var(--line); margin-bottom: 1.25rem; padding-bottom: 1rem; }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
header p { margin: 0; color: var(--faint); font-size: .95rem; }
header .clean { color: var(--ins); margin-top: .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: .75rem 0 0; padding: 0; }
.kind { display: inline-block; padding: .15rem .65rem; border-radius: 1rem; font-size: .85rem;
  text-decoration: none; }
.kind:hover, .kind:focus-visible { text-decoration: underline; }
.row { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 23rem); column-gap: 1.5rem;
  margin-bottom: 1rem; }
.lines { display: grid; grid-template-columns: 3.75rem minmax(0, 1fr); column-gap: 1rem;
  align-content: start; }
.at { color: var(--faint); font-size: .75rem; line-height: 1.6rem; text-align: right; user-select: none;
  font-variant-numeric: tabular-nums; white-space: nowrap; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; min-height: 1.6rem; }
mark { color: inherit; background: var(--soft); border-bottom: 2px solid var(--hue);
  -webkit-box-decoration-break: clone; box-decoration-break: clone; padding: .05em 0; }
del { text-decoration: line-through; text-decoration-thickness: 1.5px; color: var(--words); }
ins { text-decoration: none; color: var(--ins); background: var(--ins-soft); border-radius: .15rem;
  padding: 0 .15em; }
del::before, del::after, ins::before, ins::after { position: absolute; width: 1px; height: 1px;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
del::before { content: " [not printed: "; }
ins::before { content: " [printed: "; }
.text del::before { content: " [goes: "; }
.text ins::before { content: " [comes: "; }
del::after, ins::after { content: "] "; }
.n { display: inline-block; min-width: 1.15rem; padding: 0 .25rem; margin: 0 .15rem; border-radius: .6rem;
  background: var(--hue); color: var(--paper); font-size: .68rem; line-height: 1.15rem; text-align: center;
  text-decoration: none; vertical-align: super; font-weight: 600; }
.misquoted, .not-found { --hue: var(--words); --soft: var(--words-soft); }
.wrong-page, .no-such-page { --hue: var(--pages); --soft: var(--pages-soft); }
.wrong-source, .second-hand, .uncited, .unmarked { --hue: var(--source); --soft: var(--source-soft); }
.kind { background: var(--soft); color: var(--hue); }
section { background: var(--card); border: 1px solid var(--line); border-left: 3px solid var(--hue);
  border-radius: .4rem; padding: .5rem .75rem .6rem; margin: 0 0 .6rem; font-size: .85rem; line-height: 1.45;
  scroll-margin-top: 1rem; break-inside: avoid; }
section:target { outline: 2px solid var(--hue); }
section h2 { font-size: .85rem; margin: 0; color: var(--hue); }
section h2 .n { margin-left: 0; vertical-align: baseline; }
section small { color: var(--faint); font-weight: normal; margin-left: .25rem; }
section p { margin: .2rem 0 0; color: var(--faint); }
section .words { font-family: Georgia, "Times New Roman", serif; color: var(--ink); font-size: .95rem;
  max-height: 18rem; overflow: auto; overflow-wrap: anywhere; }
dl { margin: .35rem 0 0; }
dl div { display: flex; gap: .5rem; }
dt { color: var(--faint); flex: 0 0 3.75rem; }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
@media (max-width: 60rem) {
  body { padding: 1rem .75rem 3rem; }
  .row { grid-template-columns: minmax(0, 1fr); }
  .lines { grid-template-columns: 2.6rem minmax(0, 1fr); column-gap: .6rem; }
  aside { margin: .5rem 0 0 3.2rem; } }
@media print {
  :root { --paper: #fff; --ink: #000; --faint: #444; --line: #bbb; --card: #fff; --ins: #064; --words: #900;
    --pages: #630; --source: #039; --words-soft: #fff; --pages-soft: #fff; --source-soft: #fff;
    --ins-soft: #fff; }
  body { font-size: 11pt; max-width: none; padding: 0; }
  .row { grid-template-columns: minmax(0, 1fr) 6.2cm; column-gap: .5rem; }
  .lines { grid-template-columns: 2.5rem minmax(0, 1fr); column-gap: .5rem; }
  aside { margin: 0; }
  .n { background: none; color: var(--hue); border: 1px solid var(--hue); }
  ins { text-decoration: underline; }
  section .words { max-height: none; overflow: visible; } }
"""


_EXPLAINED: dict[ProblemKind, str] = {
    "misquoted": "The words are not as printed.",
    "not found": "The essay cited does not have these words.",
    "wrong page": "The words stand on another page than cited.",
    "no such page": "The essay cited has no such page.",
    "wrong source": "The words stand in another essay than cited.",
    "second-hand": "The essay cited quotes these words from somebody else.",
    "uncited": "The words are an essay’s and have no citation.",
    "unmarked": "The words are an essay’s and have no quotation marks.",
}


def draft_page(audit: DraftReport) -> str:
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


def rows_html(
    audit: DraftReport, offered: Callable[[Problem], str] = lambda _fault: "", level: int = 2
) -> str:
    """The whole draft with its faults in place, and beside each paragraph what is wrong in it.

    Args:
        audit: The checked draft.
        offered: Gives HTML that stands at the end of what is told of a fault.
        level: Of the headings of faults: one below that of the draft.
    """

    def note(fault: Problem, number: int) -> str:
        return _note(audit, fault, number, offered(fault), f"h{level}")

    return "\n".join(_row(audit, paragraph, note) for paragraph in _paragraphs(audit))


def kinds_html(audit: DraftReport) -> str:
    """A link to the first fault of each kind, with their number."""
    counts = Counter(fault.kind for fault in audit.problems)
    if not counts:
        return '<p class="clean">Every quotation that could be checked is as printed.</p>'
    first = {fault.kind: number for number, fault in reversed(list(enumerate(audit.problems, 1)))}
    items = [
        f'<li><a class="kind {_name(kind)}" href="#f{first[kind]}">{kind} <b>{counts[kind]}</b></a></li>'
        for kind in _EXPLAINED
        if kind in counts
    ]
    return f'<nav aria-label="Faults"><ul>{"".join(items)}</ul></nav>'


def _name(kind: str) -> str:
    return kind.replace(" ", "-")


def _paragraphs(audit: DraftReport) -> list[list[tuple[int, int, int]]]:
    """The units of the draft, each with its number and span; lines without a blank one between together."""
    made: list[list[tuple[int, int, int]]] = [[]]
    for number, (start, end) in enumerate(pairwise([*audit.units, len(audit.text)])):
        if audit.labels or not audit.text[start:end].strip():
            made.append([])
        if audit.text[start:end].strip():
            made[-1].append((number, start, end))
    return [paragraph for paragraph in made if paragraph]


def _row(
    audit: DraftReport, paragraph: Sequence[tuple[int, int, int]], note: Callable[[Problem, int], str]
) -> str:
    """A paragraph of the draft with the faults that begin in it beside it."""
    lines = "".join(
        f'<span class="at">{escape(audit.labels[number] if audit.labels else str(number + 1))}</span>'
        f'<div class="text">{_text(audit, start, end)}</div>'
        for number, start, end in paragraph
    )
    begin, behind = paragraph[0][1], paragraph[-1][2]
    notes = [
        note(fault, count) for count, fault in enumerate(audit.problems, 1) if begin <= fault.start < behind
    ]
    beside = f"<aside>{''.join(notes)}</aside>" if notes else ""
    return f'<div class="row"><div class="lines">{lines}</div>{beside}</div>'


def _text(audit: DraftReport, start: int, end: int) -> str:
    """A span of the draft, faults marked and mends in place."""
    faults = [(n, one) for n, one in enumerate(audit.problems, 1) if one.start < end and start < one.end]
    mends = [mend for mend in audit.fixes if mend.start < end and start <= mend.end]
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


def _mended(text: str, start: int, end: int, mends: Sequence[Fix]) -> str:
    """A piece of the draft: struck out if it goes, with what comes in its stead or behind it."""
    words = escape(text[start:end].rstrip("\r\n"))
    gone = next((mend for mend in mends if mend.start <= start and end <= mend.end), None)
    if gone:
        new = f"<ins>{escape(gone.text)}</ins>" if gone.end == end and gone.text else ""
        return f"<del>{words}</del>{new}" if words else new
    behind = [mend for mend in mends if mend.start == mend.end == end]
    return words + "".join(f"<ins>{escape(mend.text)}</ins>" for mend in behind)


def _marked(words: str, faults: Sequence[Problem]) -> str:
    if not faults or not words:
        return words
    # Of two faults in one place the first is what the colour tells; both have their number and note.
    return f'<mark class="{_name(faults[0].kind)}">{words}</mark>'


def _number(number: int, fault: Problem) -> str:
    return f'<a class="n {_name(fault.kind)}" href="#f{number}" aria-label="Fault {number}">{number}</a>'


def _note(audit: DraftReport, fault: Problem, number: int, offered: str, heading: str) -> str:
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


def _facts(fault: Problem) -> str:
    where = f"{fault.essay}, {page_words(fault.pages)}" if fault.pages else fault.essay
    facts = {
        "Cited": bracketed(fault.cited) if fault.cited else "",
        "Pages" if fault.kind == "no such page" else "Printed" if fault.printed else "Essay": where,
        "Cite": fault.citation if fault.printed else "",
        "Mended": fault.replacement if fault.kind in {"wrong page", "no such page"} else "",
    }
    return "".join(
        f"<div><dt>{name}</dt><dd>{escape(said)}</dd></div>" for name, said in facts.items() if said
    )
