"""The problems of a draft, recorded with their places, citations and fixes.

A fix has printed words within the writer's own marks, and citations where they belong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.citations.locators import page_range
from assistant.core.answer import is_locator
from assistant.core.draft_report import Fix, Problem, ProblemKind
from assistant.core.essay import Span
from assistant.core.quotation import Comparison, Difference, Edit, PrintedPlace, QuotationLookup, ReusedWords
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


# Words whose likeness to print is below this cannot be corrected with certainty.
_CERTAIN = 0.75


class ProblemLog:
    """Records the problems of a draft.

    Args:
        draft: The draft.
        cite: In-text citation of an essay, by its id, or of the words of a place in it.
        look_up: Looks words up in the essays of some ids.
    """

    def __init__(
        self,
        draft: Document,
        cite: Callable[[str, PrintedPlace | None], str],
        look_up: Callable[[str, frozenset[str]], QuotationLookup],
    ) -> None:
        self._draft, self._cite, self._look_up = draft, cite, look_up
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, in the order of the draft."""
        return tuple(sorted(self._problems, key=lambda problem: (problem.start, problem.end, problem.kind)))

    def misquoted(
        self, quotation: DraftQuotation, lookup: QuotationLookup, citation: DraftCitation | None
    ) -> None:
        """Words that are not as printed."""
        nearest = lookup.comparisons[0]
        fixes = corrected_words(self._draft, quotation, nearest) if nearest.likeness >= _CERTAIN else []
        if not self._is_exact(quotation, fixes, nearest.place):
            fixes = []
        self._quotation("misquoted", quotation, nearest.place, citation, fixes, nearest.diff)

    def changed_sense(
        self, quotation: DraftQuotation, lookup: QuotationLookup, citation: DraftCitation | None
    ) -> None:
        """Words as printed, whose sense an omission or a bracket may change; nothing where none does."""
        if lookup.warnings:
            place = min(lookup.comparisons, key=lambda match: len(match.warnings))
            self._quotation("changed sense", quotation, place.place, citation, diff=place.diff)
            self._problems[-1] = replace(self._problems[-1], warnings=lookup.warnings)

    def _is_exact(self, quotation: DraftQuotation, fixes: Sequence[Fix], place: PrintedPlace) -> bool:
        """Whether the words with their fixes are as printed; only such fixes are certain."""
        if not fixes:
            return False
        words, offsets = words_of(self._draft, quotation.start, quotation.end)
        starts = [self._draft.starts[offset] for offset in offsets]
        pieces, index = [], 0
        for fix in fixes:
            first, last = (
                next((n for n, start in enumerate(starts) if start >= bound), len(starts))
                for bound in (fix.start, fix.end)
            )
            pieces += [words[index:first], fix.text]
            index = max(last, first)
        fixed = "".join([*pieces, words[index:]])
        return self._look_up(fixed, frozenset({place.essay_id})).verdict == "exact"

    def wrong_source(
        self, quotation: DraftQuotation, lookup: QuotationLookup, citation: DraftCitation
    ) -> None:
        """Words that are in another essay than cited."""
        self._quotation("wrong source", quotation, lookup.comparisons[0].place, citation)

    def second_hand(
        self, quotation: DraftQuotation, place: PrintedPlace, citation: DraftCitation, *, certain: bool
    ) -> None:
        """Words that the essay cited quotes from somebody else; the problem is at the citation.

        Args:
            quotation: The words.
            place: Where they are printed.
            citation: The citation.
            certain: Whether it cites these words alone, and they are printed in one place only.
        """
        span = self._draft.span(citation.start, citation.end)
        relayed = self._cite(place.essay_id, place)
        fixes = relayed_citation(self._draft, citation, relayed) if certain else []
        self._add("second-hand", span, self._words(quotation), place, citation, fixes)

    def uncited(self, quotation: DraftQuotation, lookup: QuotationLookup) -> None:
        """A quotation without a citation; one is added if the words are printed in one place only."""
        place = lookup.comparisons[0].place
        fixes: list[Fix] = []
        if lookup.places == 1:
            fixes = added_citation(self._draft, quotation, self._cite(place.essay_id, place))
        self._quotation("uncited", quotation, place, None, fixes)

    def not_found(self, quotation: DraftQuotation, essay_id: str, citation: DraftCitation) -> None:
        """Words that the essay cited does not have."""
        span = self._draft.span(*quotation.outer)
        self._add("not found", span, self._words(quotation), essay_id, citation)

    def unmarked(self, reused: ReusedWords) -> None:
        """An essay's words without quotation marks."""
        words = words_between(self._draft, reused.start, reused.end)
        span = self._draft.span(reused.start, reused.end)
        self._add("unmarked", span, words, reused.place, None)

    def wrong_page(
        self, words: str, nearest: Comparison, citation: DraftCitation, correct_pages: str | None
    ) -> None:
        """Words that are on another page than cited; the problem is at the pages of the citation.

        Args:
            words: The words.
            nearest: Where they are printed.
            citation: The citation.
            correct_pages: The pages in the writer's form, or ``None`` if they are not certain.
        """
        span = self._locator(citation)
        self._add("wrong page", span, words, nearest.place, citation, _replacement(span, correct_pages))

    def no_such_page(
        self,
        words: str,
        essay_id: str,
        labels: Sequence[str],
        citation: DraftCitation,
        correct_pages: str | None,
    ) -> None:
        """A page that the essay cited, which has pages of these labels, does not have."""
        span = self._locator(citation)
        ends = labels[0], labels[-1]
        fixes = _replacement(span, correct_pages)
        pages = page_range(ends) if is_locator(labels[0]) else "-".join(ends)
        self._add("no such page", span, words, essay_id, citation, fixes, pages=pages)

    def _words(self, quotation: DraftQuotation) -> str:
        return words_between(self._draft, quotation.start, quotation.end)

    def _locator(self, citation: DraftCitation) -> Span:
        return self._draft.span(*(citation.locator or (citation.start, citation.end)))

    def _as_written(self, citation: DraftCitation | None) -> str:
        """A citation as the draft has it; one by a key with its markup."""
        if citation is None or not citation.key:
            return citation.text if citation else ""
        start, end = self._draft.span(citation.start, citation.end)
        return self._draft.text[start:end].strip("~ ")

    def _quotation(
        self,
        kind: ProblemKind,
        quotation: DraftQuotation,
        place: PrintedPlace,
        citation: DraftCitation | None,
        fixes: Sequence[Fix] = (),
        diff: tuple[Difference, ...] = (),
    ) -> None:
        span = self._draft.span(*quotation.outer)
        self._add(kind, span, self._words(quotation), place, citation, fixes, diff)

    def _add(
        self,
        kind: ProblemKind,
        span: Span,
        words: str,
        where: PrintedPlace | str,
        citation: DraftCitation | None,
        fixes: Sequence[Fix] = (),
        diff: tuple[Difference, ...] = (),
        *,
        pages: str = "",
    ) -> None:
        """Record a problem of words that are printed in a place, or not printed in the essay of an id."""
        place = None if isinstance(where, str) else where
        essay_id = where if isinstance(where, str) else where.essay_id
        line, column = self._draft.position(span[0])
        problem = Problem(
            kind=kind, start=span[0], end=span[1], line=line, column=column, quoted=_one_line(words),
            printed=_one_line(place.text) if place else "", cited=_one_line(self._as_written(citation)),
            citation=self._cite(essay_id, place), essay=essay_id, passages=place.passages if place else (),
            pages=page_range(place.where) if place else pages, diff=diff, fixes=tuple(fixes),
            replacement=applied(self._draft.text, *span, fixes) if fixes else None,
        )  # fmt: skip
        self._problems.append(problem)


def _replacement(span: Span, words: str | None) -> list[Fix]:
    return [] if words is None else [Fix(*span, words)]


def _one_line(text: str) -> str:
    return " ".join(text.split())
