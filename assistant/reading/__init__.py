"""From a file to its decoded source and pages; one module a format, one registry of them.

To read another format, write a module with a function from a path to ``(text, encoding)``, pages
divided by form feeds, and name its suffixes in ``READERS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ReadingError
from assistant.reading.pages import FoundPages, find_pages
from assistant.reading.text import read_text

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
