"""What a reader finds in a file, compared with the truth."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from rapidfuzz import fuzz

from typeset.essay import TruePassage
from typeset.truth import squash

SEARCHED = frozenset({"paragraph", "blockquote", "note", "list", "verse"})
# The columns of the table: what is counted together.
GROUPS: Mapping[str, frozenset[str]] = {
    "paragraphs": frozenset({"paragraph"}),
    "quotations": frozenset({"blockquote", "verse"}),
    "notes": frozenset({"note"}),
    "references": frozenset({"reference"}),
}
_NUMBER = re.compile(r"^[\W_]*\d+[\W_]*")
_LINE = re.compile(r"^- (?P<kind>\w+) \| (?:p\. (?P<page>\w+) \| )?(?P<words>.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPassage:
    """A passage that a reader found.

    Attributes:
        kind: Its kind.
        text: Its words.
        page: The page on which it begins; empty if the reader names none.
        calls: Marks of the notes that it calls.
    """

    kind: str
    text: str
    page: str = ""
    calls: tuple[str, ...] = ()


@dataclass(slots=True)
class Score:
    """How many passages are right.

    Attributes:
        true: Passages that there are, by column.
        right: Passages that were found, by column: of the right kind, with all their letters and digits.
        pages: Found passages that begin on the right page.
        paged: Passages whose page is known.
        verbatim: Found passages with each space, hyphen and mark as well.
        calls: Passages whose note calls are all found, and nothing else.
        calling: Passages that call notes.
        extra: Searched passages that are not in the essay.
        problems: A line for each passage that is missed, on another page, or not in the essay.
    """

    true: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))
    right: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))
    pages: int = 0
    paged: int = 0
    verbatim: int = 0
    calls: int = 0
    calling: int = 0
    extra: int = 0
    problems: list[str] = field(default_factory=list)

    def __iadd__(self, other: Score) -> Self:
        for name in GROUPS:
            self.true[name] += other.true[name]
            self.right[name] += other.right[name]
        for name in ("pages", "paged", "verbatim", "calls", "calling", "extra"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.problems += other.problems
        return self

    @property
    def passages(self) -> int:
        """Passages that there are, in all columns."""
        return sum(self.true.values())

    @property
    def found(self) -> int:
        """Passages that were found, in all columns."""
        return sum(self.right.values())


def expected_pages(text: str) -> list[str]:
    """The page of each passage of a ``NAME.expected.md``, in its order; empty where none is stated."""
    lines = (_LINE.match(line) for line in text.splitlines() if line.startswith("- "))
    return [match["page"] or "" for match in lines if match is not None]


def score(
    true: Sequence[TruePassage], pages: Sequence[str], read: Sequence[ReadPassage], likeness: float = 1.0
) -> Score:
    """Compare what was read with the truth; the order of passages does not count.

    Args:
        true: The passages that there are.
        pages: The page of each.
        read: The passages that were found.
        likeness: Share of letters that must be right.
    """
    made = Score()
    unused = dict(enumerate(read))
    for passage, page in zip(true, pages, strict=True):
        group = next((name for name, kinds in GROUPS.items() if passage.kind in kinds), None)
        number = _found(passage, unused, likeness)
        found = None if number is None else unused.pop(number)
        if group is None:
            continue
        made.true[group] += 1
        made.paged += bool(page)
        made.calling += bool(passage.calls)
        if found is None:
            made.problems.append(f"missed {passage.kind}: {passage.text[:70]}")
            continue
        made.right[group] += 1
        made.pages += bool(page) and found.page == page
        if page and found.page != page:
            made.problems.append(f"on page {found.page or '-'}, not {page}: {passage.text[:70]}")
        made.calls += bool(passage.calls) and set(found.calls) == set(passage.calls)
        made.verbatim += _printed(found.text, passage.kind) == _printed(passage.text, passage.kind)
    extra = [item for item in unused.values() if item.kind in SEARCHED]
    made.extra = len(extra)
    made.problems += [f"extra {item.kind} on page {item.page or '-'}: {item.text[:70]}" for item in extra]
    return made


def _found(passage: TruePassage, unused: Mapping[int, ReadPassage], likeness: float) -> int | None:
    """The number of the passage that has the kind and the words of a true one."""
    wanted = _letters(passage.text, passage.kind)
    best, share = None, likeness
    for number, candidate in _alike(passage, unused):
        letters = _letters(candidate.text, candidate.kind)
        if letters == wanted:
            return number
        if likeness < 1 and (ratio := fuzz.ratio(letters, wanted) / 100) >= share:
            best, share = number, ratio
    return best


def _alike(passage: TruePassage, unused: Mapping[int, ReadPassage]) -> Iterator[tuple[int, ReadPassage]]:
    """The passages of the kind of a true one; quotations in prose and in verse are one kind."""
    kinds = next((kinds for kinds in GROUPS.values() if passage.kind in kinds), frozenset({passage.kind}))
    return ((number, item) for number, item in unused.items() if item.kind in kinds)


def _letters(text: str, kind: str) -> str:
    return squash(_without_mark(text, kind))


def _printed(text: str, kind: str) -> str:
    """A text as printed, but for the width of spaces and the arrow that a browser sets behind a note."""
    text = unicodedata.normalize("NFC", _without_mark(text, kind)).replace("↩", "")
    return " ".join(text.split())


def _without_mark(text: str, kind: str) -> str:
    return _NUMBER.sub("", text) if kind == "note" else text
