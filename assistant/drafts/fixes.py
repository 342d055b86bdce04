"""What puts a fault right: printed words in the writer's own marks, and citations where they belong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.core.draft_report import Fix
from assistant.core.quotation import Comparison, Difference, Edit
from assistant.documents.document import NOTE_CALL, Document
from assistant.drafts.citations import Cited
from assistant.drafts.quotations import DraftQuotation

_SINGLE = str.maketrans('“”"«»„', "‘’'‹›‚")
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")


def words_of(draft: Document, start: int, end: int) -> tuple[str, list[int]]:
    """The words of a span of the prose without calls of notes, and the offset of each character."""
    places = [at for at in range(start, end) if draft.prose[at] != NOTE_CALL]
    return "".join(draft.prose[at] for at in places), places


def corrections(draft: Document, quotation: DraftQuotation, comparison: Comparison) -> list[Fix]:
    """What makes the printed words of a quotation, the writer's editing marks kept.

    Args:
        draft: The draft.
        quotation: The quotation.
        comparison: It beside print.

    Returns:
        The mends, in order; empty if the words cannot be led back to the draft.
    """
    words, places = words_of(draft, quotation.start, quotation.end)
    edits, at, made = list(comparison.edits), 0, list[Fix]()
    for step in comparison.diff:
        # The comparison has single spaces where the draft may break a line.
        found = re.compile(r"\s*" + r"\s+".join(map(re.escape, step.quoted.split()))).match(words, at)
        if not found:
            return []
        start = found.end() - len(found[0].lstrip()) if step.quoted else at
        at = found.end() if step.quoted else at
        if step.op != "equal" and not _is_edit(step, edits):
            made.append(_mend(draft, quotation, step, places[start:at], (words, places, start)))
    return made


def _is_edit(step: Difference, edits: list[Edit]) -> bool:
    """Whether a step is the next of the writer's editing marks; those up to it are then behind us.

    Marks that change one letter of a word may stand in a step of equal words, and are passed over.
    """
    marks = [edit.quoted.strip() for edit in edits]
    if step.quoted.strip() not in marks:
        return False
    del edits[: marks.index(step.quoted.strip()) + 1]
    return True


def _mend(
    draft: Document,
    quotation: DraftQuotation,
    step: Difference,
    places: Sequence[int],
    around: tuple[str, Sequence[int], int],
) -> Fix:
    words, all_places, at = around
    printed = draft.escape(_in_marks(step.printed, draft, quotation))
    if step.op == "delete":
        return _insertion(draft, printed, all_places, at)
    start, end = draft.span(places[0], places[-1] + 1)
    if step.op == "insert":
        # The space before the words goes with them, or that behind the first.
        if at and words[at - 1].isspace():
            start = draft.starts[all_places[at - 1]]
        elif words[at + len(places) : at + len(places) + 1].isspace():
            end = draft.ends[all_places[at + len(places)]]
        return Fix(start, end, "")
    return Fix(start, end, printed)


def _insertion(draft: Document, printed: str, places: Sequence[int], at: int) -> Fix:
    """Words that the quotation lacks, behind the last character before them that is no space."""
    before = next((place for place in reversed(places[:at]) if not draft.prose[place].isspace()), None)
    if before is None:
        start = draft.starts[places[0]]
        return Fix(start, start, f"{printed} ")
    end = draft.ends[before]
    # A comma or stop stands at the word before it.
    return Fix(end, end, printed if re.match(r"[,.;:!?)’”]", printed) else f" {printed}")


def _in_marks(printed: str, draft: Document, quotation: DraftQuotation) -> str:
    """Printed words as they stand within the writer's marks: one line, nested marks, straight or curly."""
    words = " ".join(printed.split())
    opening = draft.prose[quotation.start - 1] if quotation.outer[0] < quotation.start else ""
    if opening and opening in '“"„«':
        words = words.translate(_SINGLE)
    quoted = draft.prose[quotation.outer[0] : quotation.outer[1]]
    straight = opening in {'"', "'"} or (not opening and not re.search("[“”‘’]", quoted))
    return words.translate(_STRAIGHT) if straight else words


def citing(draft: Document, quotation: DraftQuotation, citation: str) -> list[Fix]:
    """What adds a citation to a quotation; a full stop before the closing mark moves behind it.

    Args:
        draft: The draft.
        quotation: The quotation.
        citation: The citation in brackets.

    Returns:
        The mends, in order; empty where a citation is no text, as in LaTeX or in styles of notes.
    """
    if draft.reader == "latex" or not citation.startswith(("(", "[")):
        return []
    added = draft.escape(citation) if citation.startswith("(") else citation
    _, end = draft.span(*quotation.outer)
    if quotation.set_off:
        return [Fix(end, end, f" {added}")]
    stop = quotation.end - 1
    if draft.prose[stop] in ".," and quotation.outer[1] > quotation.end and draft.prose[stop - 1] != ".":
        at = draft.span(stop, stop + 1)
        return [Fix(*at, ""), Fix(end, end, f" {added}{draft.prose[stop]}")]
    return [Fix(end, end, f" {added}")]


def relayed(draft: Document, cited: Cited, citation: str) -> list[Fix]:
    """What puts a citation by way of an essay in the place of one of its author.

    Args:
        draft: The draft.
        cited: The citation as it stands.
        citation: The one that belongs there.

    Returns:
        One mend; none where a citation is no text, as in LaTeX, notes or styles of notes, and where the
        brackets hold more than a source and its pages, which would be lost.
    """
    held = draft.prose[cited.start : cited.end]
    if cited.key or draft.reader == "latex":
        return []
    if not (held.startswith("(") and held.endswith(")") and citation.startswith("(")):
        return []
    pages = draft.prose[slice(*cited.locator)] if cited.locator else ""
    for part in (cited.who, cited.year, pages):
        held = held.replace(part, " ", 1)
    if any(map(str.isalnum, held)):
        return []
    return [Fix(*draft.span(cited.start, cited.end), draft.escape(citation))]


def applied(text: str, start: int, end: int, mends: Sequence[Fix]) -> str:
    """A span of a text with its mends made."""
    for mend in reversed(mends):
        text = text[: mend.start] + mend.text + text[mend.end :]
        end += len(mend.text) - (mend.end - mend.start)
    return text[start:end]
