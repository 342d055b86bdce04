"""Rich Text Format: paragraphs and what they are, notes, emphasis.

A file is a row of words, control words and groups in braces. What a program does not know it may leave out;
pictures, objects, heads and feet of pages, codes of fields and comments are left out here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from assistant.core.errors import ReadingError
from assistant.documents.archive import ParagraphWriter
from assistant.documents.document import Document
from assistant.documents.looks import ParagraphLook, Role, roles_of, with_tables
from assistant.documents.page_breaks import BreakCounter
from assistant.documents.rtf_words import (
    CHARSETS,
    ENCODINGS,
    ENDS,
    HALVES,
    KNOWN,
    LEFT_OUT,
    MOST_STYLES,
    NORMAL_SIZE,
    SETS,
    SIGNS,
    TWENTIETHS,
    RtfState,
    codec_named,
)

_TOKEN = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<byte>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\"
)
# So many control words and groups are the formatting of no text.
_LONGEST_MARK = 4
_MOST_TOKENS = 4_000_000
_DEEPEST = 5_000


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of one style, or the call of a note (its index in ``note``), or a page's end (``is_page``)."""

    text: str = ""
    italic: bool = False
    bold: bool = False
    raised: bool = False
    size: int = NORMAL_SIZE
    note: int = -1
    mark: str = ""
    is_page: bool = False


@dataclass(slots=True)
class _Paragraph:
    """A paragraph."""

    state: RtfState
    pieces: list[_Piece] = field(default_factory=list)
    table: int = 0
    inside: str = ""

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(slots=True)
class _Note:
    """A note, and whether it is an endnote."""

    paragraphs: list[_Paragraph] = field(default_factory=list)
    is_endnote: bool = False


def read_rtf(data: bytes, name: str) -> Document:
    """Read a file in Rich Text Format.

    Raises:
        ReadingError: If it is none, or has more formatting than a text can have.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ReadingError(f"{name} is not an .rtf file or is damaged; save it once more.")
    reader = _Reader(name)
    reader.read(data)
    return reader.document()


class _Reader:
    """Reads the tokens of a file.

    Args:
        name: Its name, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._state, self._stack = RtfState(), list[RtfState]()
        self._encoding, self._fonts = "cp1252", dict[int, str]()
        self._styles: dict[int, tuple[str, int]] = {}
        self._metadata: dict[str, str] = {}
        self._paragraphs: list[_Paragraph] = []
        self._notes: list[_Note] = []
        # Where paragraphs go: the body's, or those of the note or the text box that is being read.
        self._open: list[tuple[int, list[_Paragraph], list[_Piece]]] = [(0, self._paragraphs, [])]
        # The state at the first words of each of them.
        self._first: list[RtfState | None] = [None]
        self._bytes = bytearray()
        self._units: list[int] = []
        self._to_skip = 0
        # The text of a style's or a font's name, or of a field of the file's description.
        self._named: list[str] = []
        self._entry = 0
        self._based = 0
        self._table = 0
        self._is_starred = False

    def read(self, data: bytes) -> None:
        """Read a file."""
        position, count = 0, 0
        while position < len(data) and (token := _TOKEN.match(data, position)):
            position = token.end() + self._token(token)
            count += 1
            if count > _MOST_TOKENS:
                raise ReadingError(
                    f"{self._name} has more formatting than a text can have; save it as .docx."
                )
        self._flush()
        if self._open[0][2]:
            self._end_paragraph()

    def _token(self, token: re.Match[bytes]) -> int:
        """Take up a token; the number of bytes after it that are no text."""
        starred, self._is_starred = self._is_starred, False
        if token["word"]:
            word, number = token["word"].decode(), int(token["number"]) if token["number"] else None
            if word == "bin":
                return max(number or 0, 0)
            if not self._skips():
                self._word(word, number, starred=starred)
        elif token["byte"]:
            if not self._skips():
                self._flush_units()
                self._bytes.append(int(token["byte"], 16))
        elif token["sign"]:
            sign = token["sign"].decode("latin-1")
            self._is_starred = sign == "*"
            if not self._is_starred and not self._skips():
                self._sign(sign)
        elif token["brace"]:
            self._brace(opens=token["brace"] == b"{")
        elif token["text"]:
            self._text(token["text"])
        return 0

    def _skips(self) -> bool:
        """Whether a token only stands for a character that was given by its code before."""
        if self._to_skip:
            self._to_skip -= 1
            return True
        return False

    def _text(self, text: bytes) -> None:
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        if text := text[skipped:]:
            self._flush_units()
            self._bytes += text

    def _flush(self) -> None:
        self._flush_units()
        if self._bytes:
            font = self._fonts.get(self._state.font, self._encoding)
            text = bytes(self._bytes).decode(font, "replace")
            self._bytes.clear()
            self._add(text)

    def _flush_units(self) -> None:
        if self._units:
            if self._bytes:
                # Bytes come before.
                font = self._fonts.get(self._state.font, self._encoding)
                text, self._bytes = bytes(self._bytes).decode(font, "replace"), bytearray()
                units, self._units = self._units, []
                self._add(text)
                self._units = units
            packed = b"".join(unit.to_bytes(2, "little") for unit in self._units)
            self._units = []
            self._add(packed.decode("utf-16-le", "replace"))

    def _add(self, text: str) -> None:
        """Write words where they belong."""
        state = self._state
        if state.place in {"style", "font", "title", "author"}:
            self._named.append(text)
        elif state.place in {"body", "note", "box"} and not state.hidden:
            piece = _Piece(text, state.italic, state.bold, state.raised, state.size)
            self._open[-1][2].append(piece)
            self._first[-1] = self._first[-1] or state

    def _brace(self, *, opens: bool) -> None:
        self._flush()
        self._to_skip = 0
        if opens:
            if len(self._stack) >= _DEEPEST:
                raise ReadingError(
                    f"{self._name} is damaged: its groups are nested too deeply; save it once more."
                )
            self._stack.append(self._state)
            if self._state.place == "stylesheet":
                self._state = replace(self._state, place="style")
                self._named, self._entry, self._based = [], 0, -1
            elif self._state.place == "fonttbl":
                self._state = replace(self._state, place="font")
                self._named, self._entry = [], 0
            return
        self._end_named()
        while len(self._open) > 1 and self._open[-1][0] >= len(self._stack):
            if self._open[-1][2]:
                self._end_paragraph()
            self._open.pop()
            self._first.pop()
        if self._stack:
            outer = self._stack.pop()
            # Formatting of a paragraph outlasts the group in which its end is.
            self._state = outer

    def _end_named(self) -> None:
        """End the name of a style, or a field of the file's description."""
        place = self._state.place
        words = "".join(self._named).strip()
        if place == "style" and self._stack and self._stack[-1].place == "stylesheet":
            self._styles[self._entry] = (words.rstrip(";").strip(), self._based)
            self._named = []
        elif place in {"title", "author"}:
            self._metadata.setdefault(place.capitalize(), words)
            self._named = []

    def _word(self, word: str, number: int | None, *, starred: bool) -> None:
        if word == "u" and number is not None:
            self._flush_bytes_before_unit()
            self._units.append(number % 65_536)
            self._to_skip = self._state.skipped
            return
        self._flush()
        if self._destination(word, starred=starred) or self._state.place == "none":
            return
        if word in SIGNS:
            self._add(SIGNS[word])
        elif word in ENDS:
            self._end_paragraph(word)
        elif word == "page":
            self._open[-1][2].append(_Piece(is_page=True))
        elif word == "chftn":
            pass
        else:
            self._property(word, -1 if number is None else number)

    def _flush_bytes_before_unit(self) -> None:
        if self._bytes:
            units, self._units = self._units, []
            self._flush()
            self._units = units

    def _destination(self, word: str, *, starred: bool) -> bool:
        """Begin what a group holds; whether the word says so."""
        place = self._state.place
        if place == "none":
            return True
        if word in {"fonttbl", "stylesheet", "info"}:
            self._state = replace(self._state, place=word)
        elif word in {"title", "author"} and place == "info":
            self._named = []
            self._state = replace(self._state, place=word)
        elif word in {"footnote", "shptxt"} and place in {"body", "note", "box"}:
            self._begin_inner(word)
        elif place == "info" or word in LEFT_OUT or (starred and word not in KNOWN and place != "style"):
            self._state = replace(self._state, place="none")
        else:
            return False
        return True

    def _begin_inner(self, word: str) -> None:
        """Begin a note or a text box, whose paragraphs are its own."""
        if word == "footnote":
            note, pieces = _Note(), self._open[-1][2]
            before = pieces[-1] if pieces else _Piece()
            # A mark of the writer's own is before the note.
            is_mark = before.raised and 0 < len(before.text.strip()) <= _LONGEST_MARK
            mark = pieces.pop().text.strip() if is_mark else ""
            pieces.append(_Piece(note=len(self._notes), mark=mark))
            self._notes.append(note)
            target, place = note.paragraphs, "note"
        else:
            target, place = self._paragraphs, "box"
        self._open.append((len(self._stack), target, []))
        self._first.append(None)
        plain = RtfState(place=place, skipped=self._state.skipped, font=self._state.font)
        self._state = plain

    def _sign(self, sign: str) -> None:
        self._flush()
        if sign in "\r\n":
            self._end_paragraph("par")
        elif self._state.place != "none":
            self._add(SIGNS.get(sign, sign))

    def _end_paragraph(self, word: str = "par") -> None:
        if self._state.place not in {"body", "note", "box"}:
            return
        _, target, pieces = self._open[-1]
        in_table = self._state.in_table or word in {"cell", "nestcell"}
        if word in {"row", "nestrow"} and not pieces:
            return
        if in_table and not self._table:
            self._table = len(self._paragraphs) + 1
        elif not in_table and self._state.place == "body":
            self._table = 0
        inside = "box" if self._state.place == "box" else "table" if in_table else ""
        table = self._table if inside == "table" else 0
        # Some programs end a paragraph after the group that has its words and says how it is set.
        first, self._first[-1] = self._first[-1], None
        state = first if first is not None and not self._state.is_set_apart else self._state
        target.append(_Paragraph(state, list(pieces), table, inside))
        pieces.clear()
        if self._state.breaks:
            self._state = replace(self._state, breaks=False)

    def _property(self, word: str, number: int) -> None:
        """Take up a control word that says how words or paragraphs look, or defines a style or a font."""
        place = self._state.place
        if word == "ansicpg":
            self._encoding = codec_named(f"cp{number}") or self._encoding
        elif word in ENCODINGS:
            self._encoding = ENCODINGS[word]
        elif place == "font" and word == "f":
            self._entry = number
        elif place == "font" and word == "fcharset":
            self._fonts[self._entry] = CHARSETS.get(number, self._encoding)
        elif place == "style" and word in {"s", "cs", "sbasedon"}:
            self._define(word, number)
        elif word == "ftnalt" and self._notes and place == "note":
            self._notes[-1].is_endnote = True
        elif word in SETS and place not in {"font", "style"}:
            self._state = replace(self._state, **SETS[word](number))

    def _define(self, word: str, number: int) -> None:
        if word == "sbasedon":
            self._based = number
        else:
            # The numbers of styles of characters are others.
            self._entry = number if word == "s" else -1 - number

    def document(self) -> Document:
        """What was read."""
        writer = ParagraphWriter(self._name)
        paragraphs = self._paragraphs
        writer.admit(len(paragraphs))
        looks = [self._look(paragraph) for paragraph in paragraphs]
        roles = with_tables([each.table for each in paragraphs], looks, roles_of(looks))
        pages = BreakCounter(is_laid_out=False)
        for number, (paragraph, role) in enumerate(zip(paragraphs, roles, strict=True), 1):
            pages.before(writer, begins=paragraph.state.breaks, number=0)
            writer.begin(f"¶{number}", role)
            self._write(writer, paragraph, pages)
        writer.end()
        for number, note in enumerate(self._notes):
            for paragraph in note.paragraphs:
                writer.begin(f"note {number + 1}", Role("note"))
                self._write(writer, paragraph, None)
                writer.end(f"note{number}", at_foot=not note.is_endnote)
        document = writer.document("rtf")
        return replace(
            document,
            metadata={key: value for key, value in self._metadata.items() if value},
            pages=pages.found(),
            page_breaks=document.page_breaks if pages.are_known else (),
        )

    @staticmethod
    def _write(writer: ParagraphWriter, paragraph: _Paragraph, pages: BreakCounter | None) -> None:
        for piece in paragraph.pieces:
            if piece.note >= 0:
                writer.call(f"note{piece.note}", piece.mark)
                continue
            if piece.is_page:
                if pages:
                    pages.turn(writer)
                continue
            start = writer.prose.length
            for part in re.split(r"([\n\t])", piece.text):
                if part == "\n":
                    writer.line()
                elif part == "\t":
                    writer.space()
                else:
                    writer.put(part)
            if piece.italic:
                writer.prose.emphasize(start)
            if piece.raised:
                writer.prose.superscript(start)

    def _look(self, paragraph: _Paragraph) -> ParagraphLook:
        state, text = paragraph.state, paragraph.text
        words = [piece for piece in paragraph.pieces if piece.text.strip()]
        sizes: dict[int, int] = {}
        for piece in words:
            sizes[piece.size] = sizes.get(piece.size, 0) + len(piece.text)
        return ParagraphLook(
            styles=tuple(self._names(state.style)),
            level=state.level,
            left=state.left / TWENTIETHS,
            first=state.first / TWENTIETHS,
            is_centred=state.centred,
            is_bold=bool(words) and all(piece.bold for piece in words),
            is_italic=bool(words) and all(piece.italic for piece in words),
            size=max(sizes, key=sizes.__getitem__) / HALVES if sizes else 0.0,
            inside=paragraph.inside,
            text=text,
        )

    def _names(self, style: int) -> Iterator[str]:
        """The names of a style and of those that it is based on, each once even if they form a ring."""
        seen: set[int] = set()
        while style in self._styles and style not in seen and len(seen) < MOST_STYLES:
            seen.add(style)
            name, style = self._styles[style]
            yield " ".join(name.casefold().split())
