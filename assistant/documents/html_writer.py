"""The words of a page, written block by block."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.core.declared import BlockKind
from assistant.core.errors import ReadingError
from assistant.core.essay import letters_and_digits
from assistant.documents.document import NOTES, WORKS_CITED, Document, ProseWriter
from assistant.documents.html_content import is_wordless
from assistant.documents.html_kinds import (
    BLOCKS,
    BY,
    HEADINGS,
    ITALIC_TAGS,
    LONGEST_BOLD,
    NUMBER_NAMES,
    STRUCK_TAGS,
    VERSE_NAMES,
    OpenElement,
    are_verse,
    has_blocks,
    heading_level,
    is_author,
    is_line,
    is_title,
    kind_above,
    kind_by_name,
    kind_by_tag,
    may_head,
    without_byline,
)
from assistant.documents.html_notes import PageNotes, is_mark
from assistant.documents.html_tree import PageMarks, StyleSheet, tokens_of, words_of
from assistant.documents.numbering import NO_PAGES, FoundPages

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST_PARAGRAPHS = 100_000
_SPACE = re.compile(r"[ \t\n\r\f]+")


class PageWriter:
    """Writes the words of a page, block by block.

    Args:
        sheet: Its style sheets.
        notes: Its notes.
        left_out: Elements that are not read.
        marks: Where its pages begin.
        name: Name of the file.
        title: The title of a book, which its first heading need not be; empty if it is.
    """

    def __init__(
        self,
        sheet: StyleSheet,
        notes: PageNotes,
        left_out: set[_Element],
        marks: PageMarks,
        name: str,
        title: str,
    ) -> None:
        self._sheet, self._notes, self._marks, self._name = sheet, notes, marks, name
        self._left_out = left_out | notes.left_out
        self._prose = ProseWriter()
        self._texts: list[str] = []
        self._length = 0
        self._units: list[int] = []
        self._frames: list[OpenElement] = [OpenElement("prose")]
        # Of the block that is being written: its start in the prose, what it is in, its words.
        self._started = False
        self._start = 0
        self._frame = self._frames[0]
        self._block: list[str] = []
        # Whether the block holds only the number of a note so far.
        self._held = False
        # Whether a line of verse has ended, which a line break may show once more.
        self._line_ended = False
        self._pending = ""
        self._label = ""
        self._bold = 0
        self._section = ""
        # Whether it is a journal that prints the numbers of paragraphs; such have a class for quotations.
        self._is_numbered = False
        self._title = letters_and_digits(title)
        self._titled = self._has_prose = False
        self._inline_notes: list[tuple[str, _Element]] = []
        self._note_count = 0
        self._within_note = ""

    def document(self, reader: str) -> Document:
        """The document that was written."""
        self.end(is_last=True)
        labels = tuple(f"¶{number}" for number in range(1, len(self._units) + 1)) or ("¶1",)
        document = self._prose.document(
            self._name, reader, "".join(self._texts), tuple(self._units) or (0,), labels=labels
        )
        pages = (
            FoundPages((), "page breaks", origin="as the file states them")
            if self._marks.labels
            else NO_PAGES
        )
        return replace(document, pages=pages)

    def read(self, root: _Element, note: str = "") -> None:
        """Write an element, which may be the note of a name."""
        from lxml import etree

        self._frames.append(OpenElement("note", note=note) if note else self._base(root))
        walker = etree.iterwalk(root, events=("start", "end"))
        depth = len(self._frames)
        passed: list[_Element] = []
        for event, element in walker:
            if event == "start":
                if self._passes_over(element):
                    passed.append(element)
                    walker.skip_subtree()
                    continue
                self._open(element)
            else:
                if passed and passed[-1] is element:
                    passed.pop()
                else:
                    self._close()
                if element is not root and element.tail:
                    self._write(element.tail)
        del self._frames[depth - 1 :]
        self.end()

    def _base(self, root: _Element) -> OpenElement:
        """What is around an element that is read alone."""
        for ancestor in root.iterancestors():
            if ancestor in self._notes.bodies:
                return OpenElement("note", note=self._notes.bodies[ancestor])
        return OpenElement("prose")

    def _passes_over(self, element: _Element) -> bool:
        """Read what is no block and no words; returns whether the element is read with this."""
        if element in self._marks.labels:
            self._prose.page(self._marks.labels[element])
            return element not in self._marks.around
        if element in self._notes.calls:
            name, mark = self._notes.calls[element]
            self._call(name, words_of(element), mark)
            return True
        if element in self._notes.inline and not self._frames[-1].note:
            self._note_count += 1
            name = f"inline{self._note_count}"
            self._call(name, "", "")
            self._inline_notes.append((name, element))
            return True
        if element in self._left_out or is_wordless(element) or str(element.tag) in STRUCK_TAGS:
            return True
        tokens = element.get("class") or ""
        if tokens and NUMBER_NAMES & tokens_of(element):
            words = words_of(element)
            if len(words) <= 8:
                self.end()
                self._label = words.strip("[]().§¶ ")
                self._is_numbered = True
                return True
        return False

    def _open(self, element: _Element) -> None:
        tag, above = str(element.tag), self._frames[-1]
        self._begin_or_end_notes(element, above)
        look = self._sheet.look(element)
        italic = (above.italic or tag in ITALIC_TAGS) if look.italic is None else look.italic
        bold = (above.bold or tag in {"b", "strong"}) if look.bold is None else look.bold
        frame = OpenElement(
            above.kind,
            above.note,
            above.level,
            italic=italic,
            bold=bold,
            keeps=above.keeps,
            verse=above.verse,
        )
        if tag in BLOCKS or element in self._notes.bodies:
            self._open_block(element, frame, above)
        elif not self._has_prose and above.kind in {"prose", "furniture"} and is_author(element):
            self.end()
            frame.kind, frame.is_block = "author", True
        else:
            self._open_inline(element, frame, above)
        self._frames.append(frame)
        if tag == "sup" or look.raised:
            frame.raised = self._prose.length
        if italic and not above.italic:
            frame.emphasis = self._prose.length + self._is_due()
        elif above.italic and not italic:
            self._stop_italics()
        if element.text:
            self._write(element.text)

    def _begin_or_end_notes(self, element: _Element, above: OpenElement) -> None:
        """Begin a note within a paragraph of several, or end such a paragraph."""
        if element in self._notes.begins:
            self.end()
            above.begun = above.begun or above.kind
            above.kind, above.note = "note", self._notes.begins[element]
        elif str(element.tag) in HEADINGS or element.tag == "hr":
            if any(frame.begun for frame in self._frames):
                self.end()
            self._end_notes()

    def _end_notes(self) -> None:
        """End a paragraph of several notes."""
        for frame in self._frames:
            if frame.begun:
                frame.kind, frame.note, frame.begun = frame.begun, "", ""

    def _open_inline(self, element: _Element, frame: OpenElement, above: OpenElement) -> None:
        if element.tag == "br":
            self._break_line()
        elif element.tag == "q":
            self._write("“")
            frame.closing = "”"
        elif element in self._notes.labels:
            # Some programs set the number of a note without a space before its words.
            frame.closing = " "
        elif element.get("class"):
            if above.verse and is_line(element):
                frame.line = True
                self._new_line()
            frame.verse = frame.verse or bool(VERSE_NAMES & tokens_of(element))

    def _open_block(self, element: _Element, frame: OpenElement, above: OpenElement) -> None:
        tag = str(element.tag)
        if tag in {"td", "th"} and above.kind == "caption":
            self._pending = self._pending or " "
            return
        frame.is_block = True
        if above.verse and tag in {"div", "p", "li", "dd", "dt"} and not has_blocks(element):
            frame.line = True
            self._new_line()
        else:
            self.end()
        if element in self._notes.bodies:
            frame.note = self._notes.bodies[element]
        if frame.note:
            frame.kind = "note"
            frame.verse = False
        else:
            frame.kind, frame.level = self._kind(element, above)
            frame.verse = frame.kind == "verse"
        if tag == "pre":
            frame.keeps = True

    def end(self, *, is_last: bool = False) -> None:
        """End the block that is being written, and write the notes that are in it.

        Args:
            is_last: Whether nothing follows that may belong to it.
        """
        self._pending = ""
        if not self._started:
            return
        words = "".join(self._block)
        if self._frame.note and is_mark(words.strip()) and not is_last:
            # The number of a note is beside the block of its words.
            self._held, self._pending = True, " "
            return
        self._held = self._started = False
        if self._frame.note and words.strip(" :.").casefold() in WORKS_CITED:
            # A heading that is none by its tag, after notes within one paragraph.
            self._frame.kind, self._frame.note = "heading", ""
            self._end_notes()
        for open_frame in self._frames:
            if open_frame.emphasis >= 0:
                self._prose.emphasize(open_frame.emphasis)
                open_frame.emphasis = self._prose.length
        kind, level = self._kind_of_block(words)
        self._prose.close(kind, self._frame.note or None, level=level, label=self._label)
        self._label = ""
        waiting, self._inline_notes = self._inline_notes, []
        for name, element in waiting:
            self.read(element, name)

    def _kind(self, element: _Element, above: OpenElement) -> tuple[BlockKind, int]:
        """What a block is declared to be, and the level of a heading."""
        if level := heading_level(element):
            return "heading", level
        parent = element.getparent()
        if parent is not None and parent.tag == "hgroup" and element.tag == "p":
            return "heading", 3
        kind = kind_by_name(element)
        if kind is None and above.kind in {"verse", "quotation", "caption", "reference"}:
            kind = above.kind
        if kind is None and self._is_quotation(element):
            kind = "quotation"
        if kind is None:
            kind = kind_by_tag(element)
        if kind == "list" and self._section in WORKS_CITED:
            kind = "prose"
        if kind is None and not self._titled and is_title(element):
            kind = "title"
        if kind is None and not self._has_prose:
            kind = kind_above(element)
        if kind is not None:
            return kind, 0
        return above.kind if above.kind != "heading" else "prose", above.level

    def _is_quotation(self, element: _Element) -> bool:
        """Whether an element is set as a quotation, or named so by a journal that numbers paragraphs."""
        tag = str(element.tag)
        if tag == "p" and self._is_numbered and "citation" in tokens_of(element):
            return True
        # Works cited and lists hang: their first line is set to the left of the others.
        return tag in {"p", "div"} and self._sheet.look(element).is_indented and not has_blocks(element)

    def _kind_of_block(self, words: str) -> tuple[BlockKind, int]:
        """What the block is that was written, and the level of a heading."""
        kind, level = self._frame.kind, self._frame.level
        lines = [line.strip() for line in words.split("\n") if line.strip()]
        if kind == "heading":
            return self._heading(words, level)
        if kind == "title":
            self._titled = True
            return kind, 0
        if kind in {"prose", "quotation"} and are_verse(lines, kind):
            return "verse", 0
        if kind == "prose" and self._bold >= len("".join(words.split())) and may_head(words):
            return self._heading(words, 3)
        if kind == "prose" and not self._has_prose and words.strip(" :").casefold() in BY:
            return "furniture", 0
        if kind in {"prose", "quotation"} and len(words) > 2 * LONGEST_BOLD:
            self._titled = self._has_prose = True
        return kind, level

    def _heading(self, words: str, level: int) -> tuple[BlockKind, int]:
        self._section = words.strip(" :.").casefold()
        wanted = (
            not self._title
            or letters_and_digits(words) in self._title
            or self._title in letters_and_digits(words)
        )
        if self._titled and not self._has_prose and letters_and_digits(words) == self._title:
            # A book has its title on the title page and above the text.
            return "furniture", 0
        if level == 1 and not self._titled and wanted and self._section not in WORKS_CITED | NOTES:
            self._titled = True
            return "title", 0
        return "heading", level

    def _close(self) -> None:
        frame = self._frames.pop()
        if frame.closing == " ":
            self._pending = self._pending or " "
        elif frame.closing:
            self._write(frame.closing)
        if frame.raised >= 0:
            self._prose.superscript(frame.raised)
        if frame.emphasis >= 0:
            self._prose.emphasize(min(frame.emphasis, self._prose.length))
        elif self._frames[-1].italic and not frame.italic:
            self._resume_italics()
        if frame.line:
            self._new_line()
        elif frame.is_block:
            self.end()

    def _stop_italics(self) -> None:
        """End the italics around upright words."""
        for frame in reversed(self._frames):
            if frame.emphasis >= 0:
                self._prose.emphasize(frame.emphasis)
                frame.emphasis = -2
                return

    def _resume_italics(self) -> None:
        for frame in reversed(self._frames):
            if frame.emphasis == -2:
                frame.emphasis = self._prose.length + self._is_due()
                return

    def _is_due(self) -> bool:
        """Whether a space comes before the next words."""
        return bool(self._pending) and self._started and self._prose.length > self._start

    def _write(self, text: str) -> None:
        frame = self._frames[-1]
        if frame.keeps:
            self._write_lines(text)
            return
        words = _SPACE.sub(" ", text)
        if words[0] == " ":
            self._pending = self._pending or " "
            words = words[1:]
        if "\n" in self._pending or not self._started:
            # Such spaces move a line to the right.
            words = words.lstrip(" \xa0")
        if frame.kind == "author" and not self._started:
            words = without_byline(words)
        if not words:
            return
        self._begin()
        self._flush()
        trailing = words[-1] == " "
        self._copy(words[:-1] if trailing else words)
        self._pending = " " if trailing else ""

    def _write_lines(self, text: str) -> None:
        """Write words whose line breaks are printed; a blank line ends a paragraph."""
        for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
            if number:
                self._break_line()
            if line.strip():
                self._begin()
                self._flush()
                self._copy(" ".join(line.split()))
                self._pending = " " if line[-1:].isspace() else ""

    def _begin(self) -> None:
        """Begin a block, unless one is open."""
        if self._held and self._frames[-1].note != self._frame.note:
            self.end(is_last=True)
        self._held = False
        if self._started:
            return
        if len(self._units) >= _MOST_PARAGRAPHS:
            raise ReadingError(f"{self._name} has too many paragraphs; divide it into chapters.")
        if self._units:
            self._append("\n")
        self._units.append(self._length)
        self._block = []
        self._started, self._start, self._frame = True, self._prose.length, self._frames[-1]
        self._pending, self._bold = "", 0
        for frame in self._frames:
            if frame.emphasis >= 0:
                frame.emphasis = self._start

    def _append(self, text: str) -> None:
        self._texts.append(text)
        self._block.append(text)
        self._length += len(text)

    def _copy(self, words: str) -> None:
        self._prose.copy(words, self._length)
        self._append(words)
        self._bold += len(words) if self._frames[-1].bold else 0

    def _flush(self) -> None:
        """Write the space or the line break that is due before the next words."""
        if self._is_due():
            pending = self._pending[:2]
            self._copy("\n" if "\n" in pending else " ")
        self._pending = ""

    def _break_line(self) -> None:
        """A line break in the page; two of them end a paragraph."""
        if not self._started:
            return
        if self._pending.startswith("\n") and not self._line_ended:
            self.end()
        else:
            self._pending, self._line_ended = "\n", False

    def _new_line(self) -> None:
        """Begin a line of verse."""
        if self._started and not self._pending.startswith("\n"):
            self._pending, self._line_ended = "\n", True

    def _call(self, name: str, printed: str, mark: str) -> None:
        self._begin()
        pending, self._pending = self._pending, ""
        # A space before the number of a note is none between words.
        start = self._length
        self._append(printed)
        self._prose.call(name, start, self._length, mark)
        self._pending = pending
