"""The pages that citations name, held against those that words stand on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from assistant.citations.locators import page_range
from assistant.core.essay import StoredEssay
from assistant.core.quotation import QuotationLookup
from assistant.documents.document import Document
from assistant.drafts.citations import Cited
from assistant.drafts.problems import Findings

_PREFIX = re.compile(r"(?P<word>pp?\.?|pages?|Seiten?|S\.)(?P<space>\s*)", re.IGNORECASE)
_SEVERAL = {"p.": "pp.", "p": "pp", "page": "pages", "Seite": "Seiten"}
_ONE = {several: one for one, several in _SEVERAL.items()}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the words of a quotation stand.

    Attributes:
        words: The words, on one line.
        found: Their places in the essay cited.
    """

    words: str
    found: QuotationLookup


@dataclass(slots=True)
class PageClaim:
    """A citation of pages of an essay.

    Attributes:
        cited: The citation.
        essay_id: The essay.
        stands: The quotations that it belongs to.
    """

    cited: Cited
    essay_id: str
    stands: list[Stand] = field(default_factory=list)


class Pages:
    """The pages of essays.

    Args:
        essays: The essays.
    """

    def __init__(self, essays: Sequence[StoredEssay]) -> None:
        self._labels = {
            essay.id: list(dict.fromkeys(page.label for passage in essay.passages for page in passage.pages))
            for essay in essays
        }

    def labels(self, essay_id: str) -> list[str]:
        """Labels of an essay's pages in order; empty if its file shows none."""
        return self._labels[essay_id]

    def cited(self, cited: Cited, essay_id: str, year: str) -> tuple[tuple[str, str], ...]:
        """First and last page of the ranges that a citation names.

        Args:
            cited: The citation.
            essay_id: The essay that it means.
            year: The essay's year, which is no page.
        """
        labels = self._labels[essay_id]
        pages = tuple(pair for pair in cited.pages if pair != (year, year) or year in labels)
        if not pages and cited.year in labels and cited.year != year:
            return ((cited.year, cited.year),)
        return pages

    def missing(self, pages: Collection[tuple[str, str]], essay_id: str) -> list[str]:
        """The pages that the essay does not have."""
        labels = self._labels[essay_id]
        ends = dict.fromkeys(label for pair in pages for label in pair)
        return [label for label in ends if label not in labels] if labels else []

    def covered(self, pages: Collection[tuple[str, str]], essay_id: str) -> set[str]:
        """Labels of all pages of ranges whose ends the essay has."""
        labels = self._labels[essay_id]
        return {
            label
            for first, last in pages
            if first in labels and last in labels
            for label in labels[labels.index(first) : labels.index(last) + 1]
        }

    def written(self, labels: Collection[str], essay_id: str, like: str, dash: str) -> str:
        """Pages as a locator of the writer's own form.

        Args:
            labels: The pages.
            essay_id: Their essay.
            like: The locator that they replace; its "p." stays, and becomes "pp." for several.
            dash: What stands between the ends of a range.
        """
        order = self._labels[essay_id]
        runs: list[list[str]] = []
        for label in sorted(labels, key=order.index):
            if runs and order.index(label) == order.index(runs[-1][-1]) + 1:
                runs[-1].append(label)
            else:
                runs.append([label])
        prefix = _PREFIX.match(like)
        # With "pp." both ends are written out, as APA and Harvard do; without it the last is shortened.
        ranges = [
            (run[0] if run[0] == run[-1] else f"{run[0]}-{run[-1]}") if prefix else page_range(run)
            for run in runs
        ]
        pages = ", ".join(ranges).replace("-", dash)
        if not prefix:
            return pages
        several = len(labels) > 1
        word = (_SEVERAL if several else _ONE).get(prefix["word"], prefix["word"])
        return f"{word}{prefix['space']}{pages}"


class PageCheck:
    """Checks the pages of all citations of a draft.

    Args:
        draft: The draft.
        pages: The pages of the essays.
        findings: Takes the faults.
    """

    def __init__(self, draft: Document, pages: Pages, findings: Findings) -> None:
        self._draft, self._pages, self._findings = draft, pages, findings
        self._claims: dict[tuple[int, int], PageClaim] = {}

    def claim(self, cited: Cited, essay_id: str, stand: Stand | None = None) -> None:
        """Take a citation down, with a quotation that it belongs to."""
        where = cited.locator or (cited.start, cited.end)
        claim = self._claims.setdefault(where, PageClaim(cited, essay_id))
        if stand and claim.essay_id == essay_id:
            claim.stands.append(stand)

    def check(self, year: Callable[[str], str]) -> None:
        """Find the faults of all citations taken down.

        Args:
            year: Year of an essay by its id.
        """
        groups: dict[tuple[int, str], set[tuple[str, str]]] = {}
        for claim in self._claims.values():
            pages = self._pages.cited(claim.cited, claim.essay_id, year(claim.essay_id))
            groups.setdefault((claim.cited.start, claim.essay_id), set()).update(pages)
        for claim in self._claims.values():
            own = self._pages.cited(claim.cited, claim.essay_id, year(claim.essay_id))
            if own:
                self._check(claim, own, groups[claim.cited.start, claim.essay_id])

    def _check(self, claim: PageClaim, own: Collection[tuple[str, str]], group: set[tuple[str, str]]) -> None:
        labels = self._pages.labels(claim.essay_id)
        missing = self._pages.missing(own, claim.essay_id)
        right = self._right(claim) if len(group) == len(own) else None
        if missing:
            words = claim.stands[0].words if claim.stands else ""
            self._findings.no_such_page(words, claim.essay_id, labels, claim.cited, right)
            return
        covered = self._pages.covered(group, claim.essay_id)
        for stand in claim.stands:
            places = [one for one in stand.found.comparisons if one.place.essay_id == claim.essay_id]
            listed = stand.found.places == len(stand.found.comparisons)
            if labels and listed and not any(covered.issuperset(one.place.labels) for one in places):
                self._findings.wrong_page(stand.words, places[0], claim.cited, right)

    def _right(self, claim: PageClaim) -> str | None:
        """The pages as they must be, if each of the quotations stands in one place only."""
        if not claim.stands or any(stand.found.places != 1 for stand in claim.stands):
            return None
        labels = {label for stand in claim.stands for label in stand.found.comparisons[0].place.labels}
        start, end = self._draft.span(*(claim.cited.locator or (claim.cited.start, claim.cited.end)))
        like = self._draft.text[start:end]
        if not labels or not claim.cited.locator:
            return None
        latex = self._draft.reader == "latex"
        dash = "--" if latex else "-" if "-" in like else "–"
        return self._pages.written(labels, claim.essay_id, like, dash)
