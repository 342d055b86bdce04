"""Notes at the foot of pages, and their rests at the next foot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.chunking.layout import Layout
from assistant.chunking.marks import called_marks
from assistant.chunking.notes import (
    Note,
    NoteStart,
    has_section,
    note_start,
    take_last_notes,
    take_markdown,
    with_lone_marks,
)
from assistant.chunking.printed import PrintLine
from assistant.core.essay import Span

# Numbers of notes that extraction lost leave gaps of at most so many.
_MOST_LOST = 2
# Lines of a note on the next page; a longer rest is no rest of a note.
_LONGEST_REST = 25
# Lines at the foot that are set in smaller type hold more than a line of the body does.
_SMALLER_TYPE = 1.09
_PERHAPS_SMALLER = 1.05
# A line that is cut off by the end of the page is as full as this.
_FULL = 0.9


@dataclass(frozen=True, slots=True)
class FoundNotes:
    """What ``take_footnotes`` finds.

    Attributes:
        body: The layout without the lines of notes.
        notes: The notes, in order.
        numbers: Source spans of numbers that are not printed next to their notes.
        warnings: Sentences on what is uncertain.
    """

    body: Layout
    notes: list[Note] = field(default_factory=list)
    numbers: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()


def take_footnotes(layout: Layout) -> FoundNotes:
    """Take the notes at the foot of pages, and those of Markdown, out of the body.

    A line begins the notes of its page if it begins with a mark that is called further up on the page, and if
    this mark comes next: after the note before it, or as the first of a page on which marks begin again.
    Lines at the foot before the first mark can be the rest of the last page's note.
    """
    kept, notes = take_markdown(with_lone_marks(layout.lines))
    numbers: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
    if kept and kept[-1].page > 0:
        feet = _Feet(layout, notes, only_symbols=has_section(kept))
        pages = list(_pages(kept))
        for page, after in zip(pages, [*pages[1:], []], strict=True):
            feet.take(page, after[0] if after else None)
        kept, numbers, warnings = feet.body, tuple(feet.numbers), tuple(feet.warnings)
    if not notes and not has_section(kept):
        kept, notes = take_last_notes(kept)
    return FoundNotes(replace(layout, lines=tuple(kept)), notes, numbers, warnings)


def _pages(lines: Sequence[PrintLine]) -> Iterator[list[PrintLine]]:
    page: list[PrintLine] = []
    for line in lines:
        if page and line.page != page[0].page:
            yield page
            page = []
        page.append(line)
    yield page


class _Feet:
    """Takes the notes at the foot of one page after another.

    Args:
        layout: How the text is set.
        notes: Where the notes go.
        only_symbols: Whether numbers call notes at the end, so that only symbols call footnotes.
    """

    def __init__(self, layout: Layout, notes: list[Note], *, only_symbols: bool) -> None:
        self._layout, self._notes, self._only_symbols = layout, notes, only_symbols
        self._last_number: str | None = None
        self._widest = 0.0
        self.body: list[PrintLine] = []
        self.numbers: list[Span] = []
        self.warnings: list[str] = []

    def take(self, page: Sequence[PrintLine], after: PrintLine | None) -> None:
        """Divide a page into body and notes; ``after`` is the first line of the next page."""
        foot = self._foot(page)
        rest = self._rest(page, foot, after)
        if rest < foot:
            self._notes[-1].lines.extend(page[rest:foot])
        self.body.extend(page[:rest])
        self._divide(page[foot:], {mark for line in page[:foot] for mark in called_marks(line.text)})

    def _foot(self, page: Sequence[PrintLine]) -> int:
        """Index of the line that begins the notes of a page; the number of its lines if there are none."""
        called: set[str] = set()
        for index, line in enumerate(page):
            start = note_start(line.text)
            if (
                start is not None
                and start.mark in called
                and self._may_be_first(start)
                and not (start.is_alone and index + 1 == len(page))
                and _is_set_as_note(line, start, page[index - 1])
            ):
                return index
            called.update(called_marks(line.text))
        return len(page)

    def _may_be_first(self, start: NoteStart) -> bool:
        """Whether a mark can be the first of a page."""
        if not start.mark.isdecimal():
            return not start.is_layout
        if self._only_symbols:
            return False
        if self._last_number is None or start.mark == "1":
            return True
        return 0 < int(start.mark) - int(self._last_number) <= 1 + _MOST_LOST

    def _divide(self, foot: Sequence[PrintLine], called: Collection[str]) -> None:
        """Divide the foot of a page into its notes."""
        on_page: list[Note] = []
        # Extraction can put a raised number elsewhere at the foot than before its note.
        displaced: dict[str, PrintLine] = {}
        starts = [note_start(line.text) for line in foot]
        words = [index for index, start in enumerate(starts) if start is None or not start.is_alone]
        for index, (line, start) in enumerate(zip(foot, starts, strict=True)):
            has_words = bool(words) and index < words[-1]
            if start is not None and (
                not on_page
                or (
                    (has_words or not start.is_alone)
                    and _begins_footnote(start, on_page, called, line, foot[index - 1])
                )
            ):
                on_page.append(Note(start.mark, [line], at_foot=True))
            elif start is not None and start.is_alone and start.mark in called:
                displaced[start.mark] = line
            else:
                on_page[-1].lines.append(line)
        on_page = _with_displaced(_spread(on_page), displaced)
        self.numbers.extend((line.start, line.end) for line in displaced.values())
        if missing := sorted(displaced.keys() - {note.mark for note in on_page}):
            self.warnings.append(f"Which words are those of note {', '.join(missing)} is not shown.")
        self._notes.extend(on_page)
        self._widest = max((self._widest, *(self._layout.measure.share(line.text) for line in foot)))
        numbers = [note.mark for note in on_page if note.mark.isdecimal()]
        self._last_number = numbers[-1] if numbers else self._last_number

    def _rest(self, page: Sequence[PrintLine], foot: int, after: PrintLine | None) -> int:
        """Index of the line that begins the rest of the last page's note; ``foot`` if there is none."""
        note = self._notes[-1] if self._notes else None
        if note is None or not note.at_foot or note.lines[-1].page != page[0].page - 1:
            return foot
        first = max(1, foot - _LONGEST_REST)
        scores = [
            (self._score(note.lines[-1], page, (index, foot), after), index) for index in range(first, foot)
        ]
        score, index = max(scores, default=(0.0, foot))
        if score >= _SURE_REST:
            return index
        if not note.lines[-1].ends_sentence and (
            self._is_full(note.lines[-1]) or (after and not _joins(page[foot - 1], after))
        ):
            self.warnings.append(
                f"Note {note.mark} seems to go on on the next page, but where its rest begins was not found."
            )
        return foot

    def _score(
        self, note: PrintLine, page: Sequence[PrintLine], rest: tuple[int, int], after: PrintLine | None
    ) -> float:
        """How much shows that lines at the foot of a page are the rest of the last page's note.

        Args:
            note: Last line of that note on the last page.
            page: Lines of the page.
            rest: Index of the first line of the supposed rest, and of the line after it.
            after: First line of the next page.
        """
        start, end = rest
        before, first, last = page[start - 1], page[start], page[end - 1]
        if any(line.after_blank for line in page[start + 1 : end]):
            return 0.0
        flows = after is None or _joins(last, after)
        if note.ends_sentence and (flows or after is None or not _joins(before, after)):
            # Only a text that does not flow on without these lines shows that a finished note goes on.
            return 0.0
        score = 1.0 if _joins(note, first) else -1.5
        score += 1.5 if first.after_blank else 0.0
        # In running text, a line after a full stop does not begin in lower case, but others do.
        if not first.starts_sentence:
            score += 1.5 if before.ends_sentence else 0.0 if first.after_blank else -1.5
        if after is not None:
            score += 0.5 * (_joins(before, after) - _joins(last, after))
            score -= 1.5 if _goes_on(last, after) else 0.0
            # The text flows on only without one line, and a longer rest would begin with one in smaller type.
            is_between = _joins(before, after) and not _joins(last, after)
            is_last = start + 1 == end and self._layout.measure.share(before.text) <= 1
            score += 2.0 if is_between and is_last and self._widest >= _SMALLER_TYPE else 0.0
        return score + self._type_score(note, before, page[start:end])

    def _type_score(self, note: PrintLine, before: PrintLine, rest: Sequence[PrintLine]) -> float:
        """How much the width of lines shows that they are set in the type of the notes."""
        if not self._layout.measure.wrapped:
            return 0.0
        if self._widest < _SMALLER_TYPE:
            return 0.5 if self._is_full(note) else -1.0
        if self._layout.measure.share(before.text) > _PERHAPS_SMALLER:
            return -3.0
        if self._is_small(rest[0]):
            return 2.5
        return 0.0 if len(rest) == 1 else -3.0

    def _is_small(self, line: PrintLine) -> bool:
        return self._layout.measure.share(line.text) > _SMALLER_TYPE

    def _is_full(self, line: PrintLine) -> bool:
        return self._layout.measure.share(line.text) > _FULL


# What must at least show that lines are the rest of a note.
_SURE_REST = 2.0


def _joins(before: PrintLine, after: PrintLine) -> bool:
    """Whether one sentence can go on from one line to another, or end with the first one."""
    return before.ends_sentence == after.starts_sentence


def _goes_on(before: PrintLine, after: PrintLine) -> bool:
    """Whether a sentence visibly goes on from one line to another."""
    return not before.ends_sentence and not after.starts_sentence


def _is_set_as_note(line: PrintLine, start: NoteStart, before: PrintLine) -> bool:
    """Whether a line that begins with a number does not only go on with a sentence of the text."""
    word = line.text[start.length : start.length + 1]
    return not word.islower() or before.ends_sentence or line.after_blank or not start.mark.isdecimal()


def _begins_footnote(
    start: NoteStart, on_page: Sequence[Note], called: Collection[str], line: PrintLine, before: PrintLine
) -> bool:
    """Whether a line begins another note of the page."""
    if not start.mark.isdecimal():
        return start.mark in called and all(note.mark != start.mark for note in on_page)
    last = next((note.mark for note in reversed(on_page) if note.mark.isdecimal()), None)
    if last is None:
        return start.mark in called
    lost = int(start.mark) - int(last) - 1
    if lost == 0:
        # A mark that extraction lost is no reason to join two notes.
        return start.mark in called or (before.ends_sentence and line.starts_sentence)
    return 0 < lost <= _MOST_LOST and start.mark in called and before.ends_sentence


def _spread(notes: Sequence[Note]) -> list[Note]:
    """Notes whose numbers extraction put above all their words, with the words divided among them."""
    spread: list[Note] = []
    empty: list[Note] = []
    for note in notes:
        start = note_start(note.lines[0].text)
        if len(note.lines) == 1 and start is not None and start.is_alone:
            empty.append(note)
            continue
        parts = _parts(note.lines[1:]) if start is not None and start.is_alone else []
        if empty and len(parts) == len(empty) + 1:
            for each, part in zip((*empty, note), parts, strict=True):
                spread.append(replace(each, lines=[each.lines[0], *part]))
        else:
            spread.extend((*empty, note))
        empty = []
    return [*spread, *empty]


def _with_displaced(notes: Sequence[Note], displaced: Collection[str]) -> list[Note]:
    """Notes, and those whose numbers are displaced, if it is plain where they begin."""
    result: list[Note] = []
    for at, note in enumerate(notes):
        last = notes[at + 1].mark if at + 1 < len(notes) else ""
        missing = _between(note.mark, last, displaced)
        start = 1 if (first := note_start(note.lines[0].text)) and first.is_alone else 0
        parts = _parts(note.lines[start:])
        if not missing or len(parts) != len(missing) + 1:
            result.append(note)
            continue
        result.append(replace(note, lines=[*note.lines[:start], *parts[0]]))
        result += [Note(mark, part, at_foot=True) for mark, part in zip(missing, parts[1:], strict=True)]
    return result


def _between(mark: str, last: str, displaced: Collection[str]) -> list[str]:
    """The displaced numbers that follow a mark, up to another one or without an end."""
    if not mark.isdecimal() or (last and not last.isdecimal()):
        return []
    number, missing = int(mark) + 1, []
    while str(number) in displaced and str(number) != last:
        missing.append(str(number))
        number += 1
    return missing if not last or str(number) == last else []


def _parts(lines: Sequence[PrintLine]) -> list[list[PrintLine]]:
    """Lines divided wherever one sentence ends with a line and another begins with the next."""
    parts: list[list[PrintLine]] = []
    for line in lines:
        if not parts or (parts[-1][-1].ends_sentence and line.starts_sentence):
            parts.append([])
        parts[-1].append(line)
    return parts
