"""Drafts on disk: read by the ending of their name, and written corrected beside the original."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.core.errors import DraftError
from assistant.documents.document import Document
from assistant.documents.latex import read_latex
from assistant.documents.markdown import read_markdown, read_plain
from assistant.documents.opendocument import read_opendocument, write_opendocument
from assistant.documents.word import read_word, write_word

# Some two million words of prose; longer than any draft, shorter than what fills the memory.
_LARGEST_TEXT = 12_000_000
_LARGEST_FILE = 200_000_000

_TEXTS: dict[str, Callable[[str, str], Document]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain,
    ".text": read_plain,
    ".tex": read_latex,
    ".latex": read_latex,
}
_ARCHIVES = {".docx": (read_word, write_word), ".odt": (read_opendocument, write_opendocument)}
SUFFIXES = (*_TEXTS, *_ARCHIVES)


def read_draft(path: Path) -> Document:
    """Read a draft.

    Args:
        path: A file that ends as one of ``SUFFIXES``.

    Raises:
        DraftError: If there is none, or it is not what its name says.
    """
    suffix, data = path.suffix.lower(), _bytes(path)
    if suffix in _ARCHIVES:
        draft = _ARCHIVES[suffix][0](data, path)
    else:
        if len(data) > _LARGEST_TEXT:
            raise DraftError(f"{path} is too large for a draft; check it chapter by chapter.")
        draft = _TEXTS[suffix](_decoded(data, path)[0], str(path))
    if not draft.prose.strip():
        raise DraftError(f"{path} holds no words; give the draft that is to be checked.")
    return draft


def read_stream(text: str) -> Document:
    """Read a draft that is not in a file, in Markdown or plain text.

    Raises:
        DraftError: If it holds no words.
    """
    if not text.strip():
        raise DraftError("The draft on standard input holds no words; pipe one in.")
    return read_markdown(text.removeprefix("\ufeff"), "-")


def _bytes(path: Path) -> bytes:
    if path.suffix.lower() not in SUFFIXES:
        raise DraftError(f"{path} is of no format known here; give one that ends in {', '.join(SUFFIXES)}.")
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise DraftError(f"{path} is too large for a draft; give one without its pictures.")
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DraftError(f"{path} cannot be read ({reason}); check its name and your rights.") from error
    if not data:
        raise DraftError(f"{path} is empty; give the draft that is to be checked.")
    return data


def _decoded(data: bytes, path: Path) -> tuple[str, str]:
    """The text of a file and its encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise DraftError(f"{path} is no text; give one that is saved as UTF-8.")


def write_copy(
    target: Path, original: Path | None, source: str, mends: Sequence[tuple[int, int, str]]
) -> None:
    """Write a corrected copy, whole or not at all.

    Args:
        target: A file that is not there yet.
        original: The draft's file, which stays as it is; ``None`` for one that came in no file.
        source: The draft's source as it was read.
        mends: Spans of the source with the words that replace them; none overlaps another.

    Raises:
        DraftError: If there is a file already, or it cannot be written.
    """
    if target.exists():
        raise DraftError(f"{target} is there already; remove it or name another file with --fix FILE.")
    data = mended(original, source, mends)
    with _whole(target, data) as made:
        if original:
            made.chmod(original.stat().st_mode & 0o777)
        try:
            os.link(made, target)
        except FileExistsError:
            raise
        except OSError:
            # A disk without hard links.
            made.rename(target)


def write_whole(target: Path, data: bytes) -> None:
    """Write a file, whole or not at all; one that is there is replaced.

    Raises:
        DraftError: If it cannot be written.
    """
    with _whole(target, data) as made:
        made.replace(target)


@contextmanager
def _whole(target: Path, data: bytes) -> Iterator[Path]:
    """A file beside the target with its contents, for as long as it has not been moved there."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        made = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            made.chmod(0o644)
            yield made
        finally:
            made.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DraftError(f"{target} cannot be written ({reason}); name another file.") from error


def mended(original: Path | None, source: str, mends: Sequence[tuple[int, int, str]]) -> bytes:
    """A corrected draft as its file has it: in its format and encoding; arguments as for ``write_copy``.

    Raises:
        DraftError: If the original cannot be read or has changed since.
    """
    mends = sorted(mends)
    if original and original.suffix.lower() in _ARCHIVES:
        return _ARCHIVES[original.suffix.lower()][1](_bytes(original), original, mends)
    text, encoding = source, "utf-8"
    if original:
        text, encoding = _decoded(_bytes(original), original)
    if text != source:
        raise DraftError(f"{original} has changed while it was checked; check it once more.")
    for start, end, words in reversed(mends):
        text = text[:start] + words + text[end:]
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8")
