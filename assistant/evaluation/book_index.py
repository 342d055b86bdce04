"""Compare the index of an essay with one made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.core.book_index import BookIndex, EntryKind, IndexEntry

# The lists that are made by hand.
JUDGED: tuple[EntryKind, ...] = ("names", "works", "quoted")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexScore:
    """How far a list of an index agrees with the one made by hand.

    Attributes:
        kind: The list.
        entries: Entries that are right.
        found: Entries that were found, without those that may be there or not.
        wanted: Entries made by hand.
        right_places: Pages of entries that are right.
        found_places: Pages that were found, without those that may be there or not.
        wanted_places: Pages of the entries made by hand.
        problems: What is wrong or missing, a line each.
    """

    kind: EntryKind
    entries: int
    found: int
    wanted: int
    right_places: int
    found_places: int
    wanted_places: int
    problems: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        """Share of the entries found that are right."""
        return self.entries / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the entries made by hand that were found."""
        return self.entries / self.wanted if self.wanted else 1.0

    @property
    def place_precision(self) -> float:
        """Share of the pages found that are right."""
        return self.right_places / self.found_places if self.found_places else 1.0

    @property
    def place_recall(self) -> float:
        """Share of the pages of the entries made by hand that were found."""
        return self.right_places / self.wanted_places if self.wanted_places else 1.0


def load_index(file: Path) -> dict[str, Any]:
    """An index made by hand, as ``data/eval`` has it."""
    value: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return value


def score(index: BookIndex, by_hand: Mapping[str, Any]) -> list[IndexScore]:
    """Compare each list of an index with the one made by hand."""
    lists = dict(index.kinds())
    return [
        _score(kind, lists[kind], by_hand[kind], by_hand.get("optional", {}).get(kind, ())) for kind in JUDGED
    ]


def _score(
    kind: EntryKind,
    entries: Sequence[IndexEntry],
    wanted: Sequence[Mapping[str, Any]],
    optional: Sequence[str],
) -> IndexScore:
    names = {name: item for item in wanted for name in (item["entry"], *item.get("also", ()))}
    problems: list[str] = []
    seen: set[str] = set()
    found = right_places = found_places = 0
    for entry in entries:
        item = names.get(entry.entry)
        if item is None:
            if entry.entry not in optional:
                found += 1
                found_places += len(entry.pages)
                problems.append(f"{entry.entry}: not in the index made by hand")
            continue
        found += 1
        seen.add(item["entry"])
        pages, right = set(entry.pages), set(item["pages"])
        wrong = pages - right - set(item.get("optional_pages", ()))
        right_places += len(pages & right)
        found_places += len(pages & right) + len(wrong)
        problems += [f"{entry.entry}: {page} is wrong" for page in sorted(wrong)]
        problems += [f"{entry.entry}: {page} is missing" for page in sorted(right - pages)]
        if list(entry.secondhand) != item.get("secondhand", []):
            problems.append(f"{entry.entry}: at second hand on {', '.join(entry.secondhand) or 'no page'}")
    problems += [f"{item['entry']}: missing" for item in wanted if item["entry"] not in seen]
    return IndexScore(
        kind=kind,
        entries=len(seen),
        found=found,
        wanted=len(wanted),
        right_places=right_places,
        found_places=found_places,
        wanted_places=sum(len(item["pages"]) for item in wanted),
        problems=tuple(problems),
    )
