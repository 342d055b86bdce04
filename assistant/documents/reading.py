"""The formats that can be read, and reading a file as an essay or as a draft.

To read another format, write a module with a parser and name its suffixes in the tables below. A parser whose
format declares what its blocks are serves drafts as it is, and essays through ``essay_reader``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from assistant.core.errors import DraftError, ReadingError
from assistant.core.lines import strip
from assistant.documents.declared import essay_reader
from assistant.documents.document import Document
from assistant.documents.epub import read_epub
from assistant.documents.html import read_html
from assistant.documents.latex import read_latex
from assistant.documents.latex_essay import read_latex_essay
from assistant.documents.markdown import read_markdown
from assistant.documents.markdown_essay import read_markdown_essay
from assistant.documents.opendocument import read_opendocument
from assistant.documents.org import read_org
from assistant.documents.pdf import PageProgress, read_pdf
from assistant.documents.plain_notes import with_plain_notes
from assistant.documents.rtf import read_rtf
from assistant.documents.text import decode, read_pages, read_text
from assistant.documents.typst import read_typst
from assistant.documents.word import read_word

# Makes a document of a file's bytes and its name.
Parser = Callable[[bytes, str], Document]


def _decoded(parse: Callable[[str, str], Document]) -> Parser:
    def parser(data: bytes, name: str) -> Document:
        text, encoding = decode(data, name)
        return replace(parse(text, name), encoding=encoding)

    return parser


PDF = ".pdf"
_ARCHIVE_PARSERS: dict[str, Parser] = {".docx": read_word, ".odt": read_opendocument, ".epub": read_epub}
_PAGE_PARSERS: dict[str, Parser] = dict.fromkeys((".html", ".htm", ".xhtml"), read_html)
# A name without a suffix is that of a text file.
ESSAY_PARSERS: dict[str, Parser] = {
    **dict.fromkeys((".txt", ".text", ""), _decoded(read_pages)),
    **dict.fromkeys((".md", ".markdown"), _decoded(read_markdown_essay)),
    **dict.fromkeys((".tex", ".latex"), _decoded(read_latex_essay)),
    ".pdf": read_pdf,
    **{suffix: essay_reader(parser) for suffix, parser in (_ARCHIVE_PARSERS | _PAGE_PARSERS).items()},
    ".rtf": essay_reader(read_rtf),
}
# Drafts that are text, in which an editor can be at work.
_TEXT_PARSERS: dict[str, Callable[[str, str], Document]] = {
    **dict.fromkeys((".md", ".markdown"), read_markdown),
    **dict.fromkeys((".txt", ".text"), read_text),
    **dict.fromkeys((".tex", ".latex"), read_latex),
    ".typ": read_typst,
    ".org": read_org,
}
DRAFT_PARSERS: dict[str, Parser] = {
    **{suffix: _decoded(parser) for suffix, parser in _TEXT_PARSERS.items()},
    **_ARCHIVE_PARSERS,
    **_PAGE_PARSERS,
    ".rtf": read_rtf,
}

# About 1.7 million words, twenty long books: a larger file is not an essay and would take an hour to index.
LARGEST_ESSAY = 10 * 1024**2
# About two million words: longer than any draft, and read without filling the memory.
LARGEST_DRAFT = 12_000_000
# Files that may hold pictures; a page of the web may have them within it.
_WITH_PICTURES = frozenset({*_ARCHIVE_PARSERS, *_PAGE_PARSERS, PDF, ".rtf"})
# Pictures included; what an archive may unpack to is limited by its reader.
LARGEST_ARCHIVE = 200_000_000


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What a file is read as, with the sizes and sentences that depend on it."""

    noun: str
    parsers: Mapping[str, Parser]
    largest_text: int
    too_large: str


def read_essay_file(path: Path, progress: PageProgress | None = None, ocr_language: str = "") -> Document:
    """Read an essay's file, of a format in ``ESSAY_PARSERS``.

    Args:
        path: The file.
        progress: Called with the number of pages read and that of all pages; only a PDF is read by pages.
        ocr_language: Language in which a scanned PDF is recognised; empty for not.

    Raises:
        ReadingError: If there is no such file, or it cannot be read as an essay.
    """
    too_large = "divide it into files of one essay each"
    parsers = ESSAY_PARSERS | {PDF: partial(read_pdf, progress=progress, ocr_language=ocr_language)}
    return _read(path, _Purpose("essay", parsers, LARGEST_ESSAY, too_large))


def read_draft_file(path: Path) -> Document:
    """Read a draft's file, of a format in ``DRAFT_PARSERS``.

    Raises:
        DraftError: If there is no such file, or it cannot be read as a draft.
    """
    with draft_errors():
        document = _read(path, _Purpose("draft", DRAFT_PARSERS, LARGEST_DRAFT, "check it chapter by chapter"))
        if not document.prose.strip():
            raise _empty(path, "draft")
    return with_plain_notes(document)


def read_draft(draft: Path | str | Document) -> Document:
    """Read a draft: a file, or text in Markdown or plain text; one that has been read is returned as it is.

    Raises:
        DraftError: As for ``read_draft_file`` and ``read_draft_text``.
    """
    if isinstance(draft, str):
        return read_draft_text(draft)
    return read_draft_file(draft) if isinstance(draft, Path) else draft


def read_draft_bytes(data: bytes, name: str) -> Document:
    """Read a draft whose bytes came in no file, such as an upload.

    Args:
        data: The bytes of a file of a format in ``DRAFT_PARSERS``.
        name: What messages call it, with the suffix of its format.

    Raises:
        DraftError: If it cannot be read as a draft.
    """
    with draft_errors():
        document = DRAFT_PARSERS[Path(name).suffix](data, name) if data.strip() else None
        if document is None or not document.prose.strip():
            raise _empty(Path(name), "draft")
    return with_plain_notes(document)


def read_draft_text(text: str) -> Document:
    """Read a draft in Markdown or plain text that is in no file.

    Raises:
        DraftError: If it holds no words.
    """
    if not text.strip():
        raise DraftError("The draft on standard input holds no words; pipe one in.")
    return with_plain_notes(read_markdown(text.removeprefix("\ufeff"), "-"))


def read_open_draft(text: str, suffix: str, name: str = "-") -> Document:
    """Read a draft as it is in an editor, whether or not it has been saved; it may have no words yet.

    Args:
        text: Its text.
        suffix: Suffix of the format, such as ``.md``.
        name: Its file; ``-`` for a draft that is in none.
    """
    return with_plain_notes(_TEXT_PARSERS[suffix](text, name))


@contextmanager
def draft_errors() -> Iterator[None]:
    """Raise a ``ReadingError`` as a ``DraftError``."""
    try:
        yield
    except ReadingError as error:
        raise DraftError(str(error)) from error


def read_bytes(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        ReadingError: If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadingError(
            f"{path} cannot be read ({error.strerror}); check that the file is there and may be read."
        ) from error


def _read(path: Path, purpose: _Purpose) -> Document:
    size = _size(path, purpose)
    suffix = path.suffix.lower()
    if suffix not in purpose.parsers:
        ending = f"the unknown ending {path.suffix!r}" if suffix else "no ending"
        known = ", ".join(filter(None, purpose.parsers))
        raise ReadingError(f"{path} has {ending}; save the {purpose.noun} as one of {known}.")
    archive = suffix in _WITH_PICTURES
    largest = LARGEST_ARCHIVE if archive else purpose.largest_text
    if size > largest:
        cure = "save it without its pictures" if archive else purpose.too_large
        raise ReadingError(
            f"{path} has {size / 1024**2:.0f} MB, more than the {largest // 1024**2} MB of the "
            f"longest {purpose.noun}; {cure}."
        )
    data = read_bytes(path)
    document = purpose.parsers[suffix](data, str(path)) if data.strip() else None
    if document is None or not strip(document.text):
        raise _empty(path, purpose.noun)
    return document


def _size(path: Path, purpose: _Purpose) -> int:
    """Size of a file, if there is one of that name."""
    try:
        exists, is_folder = path.exists(), path.is_dir()
    except OSError as error:
        raise ReadingError(f"{path} cannot be a file ({error.strerror}); check the name.") from error
    if not exists:
        raise ReadingError(f"{path} does not exist; check the name of the file.")
    if is_folder:
        raise ReadingError(f"{path} is a folder; name the {purpose.noun}'s file in it.")
    return path.stat().st_size


def _empty(path: Path, noun: str) -> ReadingError:
    return ReadingError(f"{path} is empty; give a file with the text of the {noun}.")
