"""From a file to its decoded source and pages; one module a format, one registry of them.

To read another format, write a module with a function from a path to ``(text, encoding)``, pages
divided by form feeds, and name its suffixes in ``READERS``.

Plain text files: from bytes to the decoded source.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.core.errors import ReadingError
from assistant.core.lines import strip
from assistant.documents.pages import FoundPages, find_pages

# Some 1.7 million words, twenty long books: what is larger is no essay, and would take an hour to index.
LARGEST_FILE = 10 * 1024 * 1024

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = frozenset("\t\n\r\f\v\x1a\x85")


def read_text(path: Path) -> tuple[str, str]:
    """Decode a text file.

    UTF-8 is tried first, after the byte order mark; a file that is not UTF-8 is read as Windows-1252,
    the encoding of older Western European files.

    Args:
        path: The file.

    Returns:
        The decoded text with its line breaks as they are in the file, and the encoding's name.

    Raises:
        ReadingError: If the file is empty, too large, or not text.
    """
    data = _bytes(path)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding, path), encoding
    for encoding in ("utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _checked(text, path), encoding
    raise _not_text(path)


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise ReadingError(
                f"{path} has {size / 1024**2:.0f} MB, more than the {LARGEST_FILE // 1024**2} MB of the "
                "longest essay; divide it into files of one essay each."
            )
        data = path.read_bytes()
    except OSError as error:
        raise ReadingError(
            f"{path} cannot be read ({error.strerror}); check that the file is there and may be read."
        ) from error
    if not data.strip():
        raise _empty(path)
    return data


def _decoded(data: bytes, encoding: str, path: Path) -> str:
    try:
        return _checked(data.decode(encoding), path)
    except UnicodeDecodeError as error:
        raise ReadingError(
            f"{path} begins as {encoding} but is damaged at byte {error.start}; save it again as UTF-8."
        ) from error


def _checked(text: str, path: Path) -> str:
    # Text has next to no control characters; images, archives and word processor files are full of them.
    controls = sum(ch < " " and ch not in _TEXT_CONTROLS for ch in text[:100_000])
    if not strip(text):
        raise _empty(path)
    if "\0" in text or controls > max(3, len(text[:100_000]) // 200):
        raise _not_text(path)
    return text


def _empty(path: Path) -> ReadingError:
    return ReadingError(f"{path} is empty; give a file with the text of an essay.")


def _not_text(path: Path) -> ReadingError:
    return ReadingError(f"{path} is not a text file; save the essay as plain text in UTF-8 and add that.")


READERS: dict[str, Callable[[Path], tuple[str, str]]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_text,
    ".markdown": read_text,
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read.

    Attributes:
        text: The decoded text, untouched.
        encoding: Name of its encoding.
        reader: Name of the reader.
        pages: The pages found in it.
    """

    text: str
    encoding: str
    reader: str
    pages: FoundPages


def read(path: Path) -> Source:
    """Read an essay's file.

    Args:
        path: A file of a format in ``READERS``; the suffix tells which.

    Returns:
        The decoded text and its pages.

    Raises:
        ReadingError: If there is no such file, or it cannot be read as an essay.
    """
    try:
        known = path.exists()
    except OSError as error:
        raise ReadingError(f"{path} cannot be a file ({error.strerror}); check the name.") from error
    if not known:
        raise ReadingError(f"{path} does not exist; check the name of the file.")
    if path.is_dir():
        raise ReadingError(f"{path} is a folder; name the essay's file in it.")
    reader = READERS.get(path.suffix.lower(), None if path.suffix else read_text)
    if reader is None:
        raise ReadingError(
            f"{path} has the unknown ending {path.suffix!r}; save the essay as one of {', '.join(READERS)}."
        )
    text, encoding = reader(path)
    return Source(text, encoding, reader.__name__.removeprefix("read_"), find_pages(text))
