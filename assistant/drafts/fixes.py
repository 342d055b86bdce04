"""What corrects a problem: printed words within the writer's own marks, and citations where they belong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.core.draft_report import Fix
from assistant.core.quotation import Comparison, Difference, Edit
from assistant.documents.document import NOTE_CALL, Document
from assistant.drafts.citations import DraftCitation
from assistant.drafts.quotations import DraftQuotation

_SINGLE = str.maketrans('“”"«»„', "‘’'‹›‚")
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")


def words_between(draft: Document, start: int, end: int) -> str:
    """The words of a span of the prose without the calls of notes."""
    return draft.prose[start:end].replace(NOTE_CALL, "")


def words_of(draft: Document, start: int, end: int) -> tuple[str, list[int]]:
    """The words of a span of the prose without the calls of notes, and the offset of each character."""
    offsets = [offset for offset in range(start, end) if draft.prose[offset] != NOTE_CALL]
    return words_between(draft, start, end), offsets


def corrected_words(draft: Document, quotation: DraftQuotation, comparison: Comparison) -> list[Fix]:
    """Make a quotation as printed, but keep the writer's editing marks.

    Returns:
        The fixes, in order; empty if the words compared cannot be found in the draft again.
    """
    words, offsets = words_of(draft, quotation.start, quotation.end)
    edits, index, fixes = list(comparison.edits), 0, list[Fix]()
    for step in comparison.diff:
        # The comparison has single spaces where the draft may break a line.
        match = re.compile(r"\s*" + r"\s+".join(map(re.escape, step.quoted.split()))).match(words, index)
        if not match:
            return []
        start = match.end() - len(match[0].lstrip()) if step.quoted else index
        index = match.end() if step.quoted else index
        if step.op != "equal" and not _is_edit(step, edits):
            fixes.append(_correction(draft, quotation, step, (words, offsets), start, index))
    return fixes


def _is_edit(step: Difference, edits: list[Edit]) -> bool:
    """Whether a step is the next of the writer's editing marks; if so, it is removed from them.

    Marks before it are removed too: one that changes a single letter may be within a step of equal words.
    """
    marks = [edit.quoted.strip() for edit in edits]
    if step.quoted.strip() not in marks:
        return False
    del edits[: marks.index(step.quoted.strip()) + 1]
    return True


def _correction(
    draft: Document,
    quotation: DraftQuotation,
    step: Difference,
    content: tuple[str, Sequence[int]],
    start: int,
    end: int,
) -> Fix:
    """What makes a step of the comparison, which is ``start`` to ``end`` of the words, as printed."""
    words, offsets = content
    printed = draft.escape(_in_marks(step.printed, draft, quotation))
    if step.op == "delete":
        return _insertion(draft, printed, offsets, start)
    first, last = draft.span(offsets[start], offsets[end - 1] + 1)
    if step.op == "replace":
        return Fix(first, last, printed)
    # Words too many: the space before them goes too, or the one after them if they are the first.
    if start and words[start - 1].isspace():
        first = draft.starts[offsets[start - 1]]
    elif words[end : end + 1].isspace():
        last = draft.ends[offsets[end]]
    return Fix(first, last, "")


def _insertion(draft: Document, printed: str, offsets: Sequence[int], index: int) -> Fix:
    """Words that the quotation lacks, after the last character before them that is not a space."""
    before = next((offset for offset in reversed(offsets[:index]) if not draft.prose[offset].isspace()), None)
    if before is None:
        start = draft.starts[offsets[0]]
        return Fix(start, start, f"{printed} ")
    end = draft.ends[before]
    # A comma or stop joins the word before it.
    return Fix(end, end, printed if re.match(r"[,.;:!?)’”]", printed) else f" {printed}")


def _in_marks(printed: str, draft: Document, quotation: DraftQuotation) -> str:
    """Printed words on one line, with nested marks that are curly or straight as the writer's are."""
    words = " ".join(printed.split())
    opening = draft.prose[quotation.outer[0]] if quotation.outer[0] < quotation.start else ""
    if opening and opening in '“"„«':
        words = words.translate(_SINGLE)
    quoted = draft.prose[quotation.outer[0] : quotation.outer[1]]
    straight = opening in {'"', "'"} or (not opening and not re.search("[“”‘’]", quoted))
    return words.translate(_STRAIGHT) if straight else words


def added_citation(draft: Document, quotation: DraftQuotation, citation: str) -> list[Fix]:
    """Add a citation to a quotation; a full stop before the closing mark moves after the citation.

    Returns:
        The fixes, in order; empty where a citation is not text, as in LaTeX or in styles of notes.
    """
    if draft.reader == "latex" or not citation.startswith(("(", "[")):
        return []
    added = draft.escape(citation) if citation.startswith("(") else citation
    _, end = draft.span(*quotation.outer)
    stop = quotation.end - 1
    has_stop = draft.prose[stop] in ".," and draft.prose[stop - 1] != "."
    if quotation.set_off or not has_stop or quotation.outer[1] == quotation.end:
        return [Fix(end, end, f" {added}")]
    return [Fix(*draft.span(stop, stop + 1), ""), Fix(end, end, f" {added}{draft.prose[stop]}")]


def relayed_citation(draft: Document, citation: DraftCitation, relayed: str) -> list[Fix]:
    """Replace a citation by one of the person whom the essay cited quotes.

    Returns:
        One fix; none where a citation is not text, as in LaTeX, notes or styles of notes, nor where the
        brackets hold more than a source and its pages, which would be lost.
    """
    written = draft.prose[citation.start : citation.end]
    if citation.key or draft.reader == "latex":
        return []
    if not (written.startswith("(") and written.endswith(")") and relayed.startswith("(")):
        return []
    pages = draft.prose[slice(*citation.locator)] if citation.locator else ""
    rest = written
    for part in (citation.who, citation.year, pages):
        rest = rest.replace(part, " ", 1)
    if any(map(str.isalnum, rest)):
        return []
    return [Fix(*draft.span(citation.start, citation.end), draft.escape(relayed))]


def applied(text: str, start: int, end: int, fixes: Sequence[Fix]) -> str:
    """A span of a text with its fixes applied."""
    for fix in reversed(fixes):
        text = text[: fix.start] + fix.text + text[fix.end :]
        end += len(fix.text) - (fix.end - fix.start)
    return text[start:end]
