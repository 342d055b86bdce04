"""Recognise an essay that the library holds already, as another file or in another format.

A sketch of an essay is the smallest of the digests of all runs of its words. The share of digests that two
sketches have in common estimates the share of runs that the essays have in common (Broder, "On the
Resemblance and Containment of Documents", 1997).
"""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zlib import crc32

from assistant.core.essay import (
    SEARCHED_KINDS,
    CSLItem,
    EssaySummary,
    Passage,
    letters_and_digits,
    plain_title,
)

# Words of a run, and digests of a sketch, each of which is written as eight hexadecimal digits.
_RUN, _SKETCH, _DIGITS = 5, 48, 8
# Two essays are the same with so large a share of digests in common; and with this one if their records say
# so too, for a scan whose words were recognised has errors in many runs.
_SAME, _SAME_RECORD = 0.6, 0.12
# Essays whose sketches are compared, of those with the most digests in common.
_COMPARED = 5
# Titles this short, such as "Preface", name nothing.
_SHORT_TITLE = 12
_WORD = re.compile(r"[^\W_]+")
_DOI = re.compile(r"10\.\d{4,9}/\S+", re.IGNORECASE)


def sketch_of(passages: Iterable[Passage]) -> str:
    """The sketch of an essay."""
    words = [
        word
        for passage in passages
        if passage.kind in SEARCHED_KINDS
        for word in _WORD.findall(passage.text.casefold())
    ]
    runs = zip(*(words[start:] for start in range(_RUN)), strict=False)
    digests = {crc32(" ".join(run).encode()) for run in runs} or {crc32(" ".join(words).encode())}
    return "".join(f"{digest:0{_DIGITS}x}" for digest in heapq.nsmallest(_SKETCH, digests))


def likeness(first: str, second: str) -> float:
    """Estimated share of runs of words that two essays have in common, by their sketches."""
    one, other = set(_digests(first)), set(_digests(second))
    smallest = sorted(one | other)[:_SKETCH]
    return sum(digest in one and digest in other for digest in smallest) / max(1, len(smallest))


def _digests(sketch: str) -> Iterator[str]:
    return (sketch[start : start + _DIGITS] for start in range(0, len(sketch), _DIGITS))


class KnownEssays:
    """The essays of a library, among which the same essay is looked for.

    Args:
        summaries: Their summaries by id.
    """

    def __init__(self, summaries: Mapping[str, EssaySummary]) -> None:
        self._summaries: dict[str, EssaySummary] = {}
        self._by_digest: dict[str, list[str]] = defaultdict(list)
        self.become(summaries)

    def become(self, summaries: Mapping[str, EssaySummary]) -> None:
        """Know these essays and no others; only those that have changed are looked at."""
        for essay_id in self._summaries.keys() - summaries.keys():
            self._forget(essay_id)
        for essay_id, summary in summaries.items():
            if self._summaries.get(essay_id) is not summary:
                self.add(essay_id, summary)

    def _forget(self, essay_id: str) -> None:
        for digest in _digests(self._summaries.pop(essay_id).sketch):
            self._by_digest[digest].remove(essay_id)

    def add(self, essay_id: str, summary: EssaySummary) -> None:
        """Count an essay among the known ones."""
        if essay_id in self._summaries:
            self._forget(essay_id)
        self._summaries[essay_id] = summary
        for digest in _digests(summary.sketch):
            self._by_digest[digest].append(essay_id)

    def same(self, essay: EssaySummary) -> str | None:
        """Id of the essay that is the same, the most similar of several; ``None`` if there is none."""
        shared = Counter(
            essay_id for digest in _digests(essay.sketch) for essay_id in self._by_digest.get(digest, ())
        )
        best = max(
            (
                (likeness(essay.sketch, self._summaries[name].sketch), name)
                for name, _ in shared.most_common(5)
            ),
            default=(0.0, ""),
        )
        share, essay_id = best
        least = _SAME_RECORD if same_record(essay, self._summaries.get(essay_id)) else _SAME
        return essay_id if essay_id and share >= least else None


def same_record(first: EssaySummary, second: EssaySummary | None) -> bool:
    """Whether the records of two essays name the same work: by DOI, or by title and an author."""
    if second is None:
        return False
    if (doi := doi_of(first.reference)) and doi == doi_of(second.reference):
        return True
    titles = [letters_and_digits(plain_title(record)) for record in (first.reference, second.reference)]
    authors = [_families(record) for record in (first.reference, second.reference)]
    return len(titles[0]) >= _SHORT_TITLE and titles[0] == titles[1] and not authors[0].isdisjoint(authors[1])


def doi_of(record: CSLItem) -> str:
    """The DOI of a record in one spelling; empty if it has none."""
    match = _DOI.search(str(record.get("DOI") or ""))
    return match[0].casefold().rstrip(".") if match else ""


def _families(record: CSLItem) -> set[str]:
    authors = record.get("author")
    names: Sequence[object] = authors if isinstance(authors, list) else []
    families = (
        str(name.get("family") or name.get("literal") or "") for name in names if isinstance(name, dict)
    )
    return {letters_and_digits(family) for family in families} - {""}
