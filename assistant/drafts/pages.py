"""The pages that citations name, compared with those on which the words are printed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from assistant.citations.locators import page_range
from assistant.core.essay import Span, StoredEssay
from assistant.core.quotation import QuotationLookup
from assistant.documents.document import Document
from assistant.drafts.citations import DraftCitation
from assistant.drafts.problems import ProblemLog
from assistant.quotations.essays import SourceEssays

_PREFIX = re.compile(
    r"(?P<word>par(?:a(?:graph)?)?s?\.?|¶{1,2}|Abs(?:\.|atz)|pp?\.?|pages?|Seiten?|S\.)(?P<space>\s*)",
    re.IGNORECASE,
)
_PLURAL = {
    "p.": "pp.", "p": "pp", "page": "pages", "Seite": "Seiten",
    "par.": "pars.", "para.": "paras.", "para": "paras", "paragraph": "paragraphs", "¶": "¶¶",
}  # fmt: skip
# Begins the label of a paragraph in an essay without pages.
_PARAGRAPH = "par. "
_SINGULAR = {plural: singular for singular, plural in _PLURAL.items()}


# First and last page.
PageRange = tuple[str, str]


@dataclass(slots=True)
class PageCitation:
    """A citation of pages of an essay.

    Attributes:
        citation: The citation.
        essay_id: The essay.
        quotations: The quotations that it belongs to: their words on one line, and their places in the essay.
    """

    citation: DraftCitation
    essay_id: str
    quotations: list[tuple[str, QuotationLookup]] = field(default_factory=list)


def _page_labels(essay: StoredEssay) -> list[str]:
    return [page.label for passage in essay.passages for page in passage.pages if page.label]


def _paragraph_labels(essay: StoredEssay) -> list[str]:
    return [each.locator for each in essay.passages if each.locator.startswith(_PARAGRAPH)]


def _is_alike(label: str, labels: Sequence[str]) -> bool:
    """Whether a citation names a page of an essay with pages, or a paragraph of one without them."""
    has_paragraphs = bool(labels) and labels[0].startswith(_PARAGRAPH)
    return label.startswith(_PARAGRAPH) == has_paragraphs


class EssayPages:
    """The pages of essays; an essay is read when its pages are first needed."""

    def __init__(self, essays: SourceEssays) -> None:
        self._essays = essays
        self._labels: dict[str, list[str]] = {}

    def labels(self, essay_id: str) -> list[str]:
        """Labels of an essay's pages in order, or of its paragraphs (``par. 14``) if its file shows none."""
        labels = self._labels.get(essay_id)
        if labels is None:
            essay = self._essays.essays[essay_id]
            labels = list(dict.fromkeys(_page_labels(essay) or _paragraph_labels(essay)))
            self._labels[essay_id] = labels
        return labels

    def pages_named(self, citation: DraftCitation, essay_id: str, year: str) -> tuple[PageRange, ...]:
        """The pages that a citation of an essay names; the essay's year is none."""
        labels = self.labels(essay_id)
        pages = tuple(
            (first, self._last(first, last, labels))
            for first, last in citation.pages
            if ((first, last) != (year, year) or year in labels) and _is_alike(first, labels)
        )
        if not pages and citation.year in labels and citation.year != year:
            return ((citation.year, citation.year),)
        return pages

    @staticmethod
    def _last(first: str, last: str, labels: Sequence[str]) -> str:
        """The last page of a range; ``f`` is the page after the first, and ``ff`` all after it."""
        if last not in {"f", "ff"}:
            return last
        if first not in labels:
            return first
        return labels[-1] if last == "ff" else labels[min(labels.index(first) + 1, len(labels) - 1)]

    def _is_recorded(self, label: str, essay_id: str) -> bool:
        """Whether an essay has a page by its record, on which the file has no words."""
        # Pages that records give and files may lack at their end.
        recorded = str(self._essays.records[essay_id].get("page", ""))
        ends = re.fullmatch(r"(\d+)\D+(\d+)", recorded)
        if not ends or not label.isdecimal():
            return False
        return int(ends[1]) <= int(label) <= int(ends[2])

    def missing(self, pages: Collection[PageRange], essay_id: str) -> list[str]:
        """The pages that the essay does not have."""
        labels = self.labels(essay_id)
        ends = dict.fromkeys(label for pair in pages for label in pair)
        return [
            label
            for label in ends
            if labels and label not in labels and not self._is_recorded(label, essay_id)
        ]

    def covered(self, pages: Collection[PageRange], essay_id: str) -> set[str]:
        """Labels of all pages of ranges whose ends the essay has."""
        labels = self.labels(essay_id)
        covered: set[str] = set()
        for first, last in pages:
            beyond = last not in labels and self._is_recorded(last, essay_id)
            end = labels[-1] if beyond and labels and first != last else last
            if first in labels and end in labels:
                covered.update(labels[labels.index(first) : labels.index(end) + 1])
        return covered

    def written(self, labels: Collection[str], essay_id: str, like: str, dash: str) -> str:
        """Pages as a locator of the writer's own form.

        Args:
            labels: The pages.
            essay_id: Their essay.
            like: The locator that they replace; its "p." remains, or becomes "pp." for several pages.
            dash: What joins the ends of a range.
        """
        order = self.labels(essay_id)
        runs: list[list[str]] = []
        for label in sorted(labels, key=order.index):
            if runs and order.index(label) == order.index(runs[-1][-1]) + 1:
                runs[-1].append(label)
            else:
                runs.append([label])
        runs = [[label.removeprefix(_PARAGRAPH) for label in run] for run in runs]
        prefix = _PREFIX.match(like)
        # With "pp." both ends are written in full, as APA and Harvard do; without it the last is shortened.
        ranges = [
            (run[0] if run[0] == run[-1] else f"{run[0]}-{run[-1]}") if prefix else page_range(run)
            for run in runs
        ]
        pages = ", ".join(ranges).replace("-", dash)
        if not prefix:
            return pages
        several = len(labels) > 1
        word = (_PLURAL if several else _SINGULAR).get(prefix["word"], prefix["word"])
        return f"{word}{prefix['space']}{pages}"


class PageCheck:
    """Checks the pages of all citations of a draft.

    Args:
        draft: The draft.
        pages: The pages of the essays.
        year: Year of an essay by its id.
        log: Records the problems.
    """

    def __init__(
        self, draft: Document, pages: EssayPages, year: Callable[[str], str], log: ProblemLog
    ) -> None:
        self._draft, self._pages, self._year, self._log = draft, pages, year, log
        self._entries: dict[Span, PageCitation] = {}

    def add(self, citation: DraftCitation, essay_id: str) -> PageCitation:
        """Add a citation to be checked, once if it is added several times."""
        span = citation.locator or (citation.start, citation.end)
        return self._entries.setdefault(span, PageCitation(citation, essay_id))

    def add_quotation(self, citation: DraftCitation, words: str, lookup: QuotationLookup) -> None:
        """Add a citation with a quotation that it belongs to."""
        essay_id = lookup.comparisons[0].place.essay_id
        entry = self.add(citation, essay_id)
        if entry.essay_id == essay_id:
            entry.quotations.append((words, lookup))

    def check(self) -> None:
        """Record the problems of all citations that were added."""
        named = {
            span: self._pages.pages_named(entry.citation, entry.essay_id, self._year(entry.essay_id))
            for span, entry in self._entries.items()
        }
        groups: dict[tuple[int, str], set[PageRange]] = {}
        for span, entry in self._entries.items():
            groups.setdefault((entry.citation.start, entry.essay_id), set()).update(named[span])
        wrong: set[Span] = set()
        for span, entry in self._entries.items():
            origin = entry.citation.origin
            if origin in wrong:
                # The page before is wrong itself, and the writer may mean another.
                wrong.add(span)
            elif named[span] and self._check(
                entry, named[span], groups[entry.citation.start, entry.essay_id]
            ):
                wrong.add(span)

    def _check(self, entry: PageCitation, pages: Collection[PageRange], group: Collection[PageRange]) -> bool:
        """Check the pages of a citation; ``group`` has those of others in the same brackets too.

        Returns:
            Whether there is a problem.
        """
        labels = self._pages.labels(entry.essay_id)
        correct = self._correct_pages(entry) if len(group) == len(pages) else None
        if self._pages.missing(pages, entry.essay_id):
            words = entry.quotations[0][0] if entry.quotations else ""
            self._log.no_such_page(words, entry.essay_id, labels, entry.citation, correct)
            return True
        covered = self._pages.covered(group, entry.essay_id) if labels and entry.quotations else set()
        wrong = False
        for words, lookup in entry.quotations:
            matches = [match for match in lookup.comparisons if match.place.essay_id == entry.essay_id]
            all_listed = lookup.places == len(lookup.comparisons)
            # Words of a note are in no paragraph.
            on_page = any(
                covered.issuperset(match.place.where) or not set(match.place.where) <= set(labels)
                for match in matches
            )
            if labels and all_listed and not on_page:
                self._log.wrong_page(words, matches[0], entry.citation, correct)
                wrong = True
        return wrong

    def _correct_pages(self, entry: PageCitation) -> str | None:
        """The pages of the quotations, if each of them is printed in one place only."""
        locator, lookups = entry.citation.locator, [lookup for _, lookup in entry.quotations]
        if not locator or not lookups or any(lookup.places != 1 for lookup in lookups):
            return None
        labels = {label for lookup in lookups for label in lookup.comparisons[0].place.where}
        if not labels or not labels <= set(self._pages.labels(entry.essay_id)):
            return None
        start, end = self._draft.span(*locator)
        like = self._draft.text[start:end]
        dash = "--" if self._draft.reader == "latex" else "-" if "-" in like else "–"
        return self._pages.written(labels, entry.essay_id, like, dash)
