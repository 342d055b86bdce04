"""Corrected copies of drafts: in the format and encoding of the original, and written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.core.draft_report import DraftReport
from assistant.core.errors import DraftError
from assistant.documents.archive import DAMAGE
from assistant.documents.opendocument import OpenDocumentFile
from assistant.documents.reading import draft_errors, read_bytes
from assistant.documents.text import byte_order, decode
from assistant.documents.word import WordFile

_ARCHIVES: dict[str, type[WordFile | OpenDocumentFile]] = {".docx": WordFile, ".odt": OpenDocumentFile}

# Formats of drafts that are read and not written.
_UNWRITTEN = {
    ".rtf": "RTF",
    ".epub": "an EPUB",
    **dict.fromkeys((".html", ".htm", ".xhtml"), "a web page"),
}


def corrected_copy(report: DraftReport, original: Path | None) -> bytes:
    """A draft with its fixes applied, in the format and encoding of its file; UTF-8 if it came in none.

    Raises:
        DraftError: If the original cannot be read, is damaged or has changed since it was checked.
    """
    if original is None:
        return report.fixed_text.encode()
    if (kind := _UNWRITTEN.get(original.suffix.lower())) is not None:
        raise DraftError(f"{original} is {kind}, of which no corrected copy can be made; save it as .docx.")
    with draft_errors():
        data, archive = read_bytes(original), _ARCHIVES.get(original.suffix.lower())
        if archive is None:
            text, encoding = decode(data, str(original))
        else:
            file = archive(data, str(original))
            text = file.document.text
    if text != report.text:
        raise DraftError(f"{original} has changed while it was checked; check it once more.")
    if archive is not None:
        try:
            return file.edited([(fix.start, fix.end, fix.text) for fix in report.fixes])
        except DAMAGE as error:
            # Its words could be read; another part of the archive, such as a picture, is copied only now.
            raise DraftError(f"{original} is damaged and cannot be copied; save it once more.") from error
    mark, codec = byte_order(data, encoding)
    try:
        return mark + report.fixed_text.encode(codec)
    except UnicodeEncodeError:
        return report.fixed_text.encode()


def write_corrected_copy(target: Path, original: Path | None, report: DraftReport) -> None:
    """Write a corrected copy of a draft to a file that does not exist yet.

    Raises:
        DraftError: If there is such a file, it cannot be written, or the original has changed.
    """
    if target.exists():
        raise DraftError(f"{target} is there already; remove it or name another file with --fix FILE.")
    with _temporary_file(target, corrected_copy(report, original)) as file:
        if original:
            file.chmod(original.stat().st_mode & 0o777)
        try:
            os.link(file, target)
        except FileExistsError:
            raise
        except OSError:
            # A disk without hard links.
            file.rename(target)


def write_whole(target: Path, data: bytes) -> None:
    """Write a file; one that exists is replaced.

    Raises:
        DraftError: If it cannot be written.
    """
    with _temporary_file(target, data) as file:
        file.replace(target)


@contextmanager
def _temporary_file(target: Path, data: bytes) -> Iterator[Path]:
    """A file with the target's contents in its folder, which is removed unless it is moved."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            path.chmod(0o644)
            yield path
        finally:
            path.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DraftError(f"{target} cannot be written ({reason}); name another file.") from error
