"""Small essays, each made after a fault seen in a real file, come out as their true structure says.

Each file of ``tests/data/reading`` has an ``.expected.md`` next to it. Its lines ``- kind | p. N | words |
links note N`` are the right passages in reading order; other lines say what must not become a passage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from assistant.core.essay import SEARCHED_KINDS, Passage, StoredEssay
from assistant.library.adding import read_essay

FOLDER = Path(__file__).parent.parent / "data" / "reading"
CASES = sorted(
    path for path in FOLDER.iterdir() if path.suffix in {".txt", ".md"} and ".expected" not in path.name
)

# Cases that are not read as they should be yet. One that is must leave this list.
NOT_YET: frozenset[str] = frozenset()

# The last words of a passage of which only the first ones are given.
OPEN = "…"

_KINDS = {"title", "author", "heading", "reference", *SEARCHED_KINDS}


def letters(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return re.sub(r"[\W_]+", "", text).lower()


@dataclass(frozen=True)
class Expected:
    """A passage that a case must have; empty attributes may be anything."""

    kind: str
    page: str
    first: str
    last: str
    links: frozenset[str]

    def fits(self, passage: Passage) -> bool:
        """Whether a passage is this one."""
        # Words may be given with or without the number that begins a note or a heading.
        texts = {letters(passage.text), re.sub(r"^\d+", "", letters(passage.text))}
        firsts = {self.first, re.sub(r"^\d+", "", self.first)}
        begins = any(text.startswith(first) for text in texts for first in firsts)
        is_open = self.last == OPEN
        whole = (letters(passage.text).endswith(self.last) if self.last else bool(texts & firsts)) or is_open
        return (
            passage.kind == self.kind
            and begins
            and whole
            and (not self.page or [page.label for page in passage.pages][:1] == [self.page])
            and (not self.links or {mark.mark for mark in passage.notes} == self.links)
        )


def read_expected(path: Path) -> tuple[list[Expected], bool]:
    """The passages that a case must have, and whether there may be other ones that are searched."""
    passages: list[Expected] = []
    others = False
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("- "):
            continue
        kind, *parts = [part.strip() for part in line[2:].split(" | ")]
        links = next((part for part in parts if part.startswith("links")), "")
        parts = [part for part in parts if not part.startswith(("links", "(no number"))]
        page = parts.pop(0).removeprefix("p. ") if parts and parts[0].startswith("p. ") else ""
        words = re.sub(
            r"\s*\((?:one note|one paragraph|or |from |pp?\.)[^)]*\)$", "", parts[0] if parts else ""
        )
        if (
            kind.split()[0] not in _KINDS
            or " or " in kind
            or re.match(r"(?:(?:all|each|any|the) |none$)", words)
        ):
            others = True
            continue
        first, _, last = words.removesuffix(", from the header").partition(" … ")
        marks = re.findall(r"[\w*†‡§]+", re.sub(r"^links(?: notes?)?|\(.*?\)", "", links))
        passages.append(
            Expected(
                kind.split()[0],
                page,
                letters(first),
                OPEN if first.endswith("…") else letters(last),
                frozenset(marks),
            )
        )
    return passages, others


@cache
def essay_at(path: Path) -> StoredEssay:
    return read_essay(path).essay


def problems(path: Path, essay: StoredEssay | None = None, truth: Path | None = None) -> list[str]:
    """What is missing in a case, and what is in it that should not be; reads the essay if none is given."""
    truth = truth or path.with_name(f"{path.stem}.expected.md")
    expected, others = read_expected(truth)
    found = list((essay or essay_at(path)).passages)
    missing, start = [], 0
    anyhow = "whatever their order" in truth.read_text("utf-8")
    for each in expected:
        at = next((at for at in range(start, len(found)) if each.fits(found[at])), None)
        if at is None:
            missing.append(f"missing: {each}")
        else:
            del found[at]
            start = 0 if anyhow else at
    extra = [] if others else [passage for passage in found if passage.kind in SEARCHED_KINDS]
    return [*missing, *(f"extra: {passage.kind} {passage.text[:60]}" for passage in extra)]


def test_there_are_cases() -> None:
    assert len(CASES) >= 35
    assert {path.stem for path in CASES} >= NOT_YET


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    if path.stem in NOT_YET:
        assert problems(path) != []
    else:
        assert problems(path) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_character_is_accounted_for(path: Path) -> None:
    report = essay_at(path).report
    assert report.unaccounted == 0
    assert report.kept + report.layout + sum(report.removed.values()) == report.characters
