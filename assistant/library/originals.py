"""An essay's file as it was read, and what is stored of it beside its text: the file, and its setting.

The setting is how a PDF is set, or what a file in a markup format declares. The text is divided again by it,
so that a new first page or a new record reads no file again, and the pages of a PDF can be shown as they are
printed. Essays in plain text have neither.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.errors import DamagedEssayError
from assistant.core.essay import Progress, StoredEssay

# A question reads no document: what reads one is imported where it is needed.
if TYPE_CHECKING:
    from assistant.documents.document import Document

_ADD_AGAIN = "add the essay again from its own file: assistant add FILE"


@dataclass(frozen=True, slots=True)
class Original:
    """What is stored of a file that is not plain text.

    Attributes:
        data: The file.
        setting: Text of the file with its setting: its lines or blocks, pages and page numbers, as read.
    """

    data: bytes = field(repr=False)
    setting: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An essay's file as it was read.

    Attributes:
        name: Its name.
        sha256: Its digest.
        label: What messages call it.
        document: Its text and pages.
        original: What is stored of it beside its text; ``None`` for plain text.
    """

    name: str
    sha256: str
    label: str
    document: Document
    original: Original | None = None

    @property
    def stem(self) -> str:
        """Its name without the ending."""
        return Path(self.name).stem


def read_file(path: Path, progress: Progress | None = None, ocr_language: str = "") -> SourceFile:
    """Read an essay's file.

    Args:
        path: The file.
        progress: Called with ``reading``, the number of pages read and that of all pages of a PDF.
        ocr_language: Language in which a scan is recognised, as tesseract names it; empty for not.

    Raises:
        ReadingError: If it cannot be read.
    """
    from assistant.documents.reading import read_essay_file

    def page_read(done: int, pages: int) -> None:
        if progress is not None:
            progress("reading", done, pages)

    document = read_essay_file(path, page_read, ocr_language)
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return SourceFile(path.name, digest, str(path), document, _original_of(document, data))


def _original_of(document: Document, data: bytes) -> Original | None:
    """What is to be stored of a file beside its text; ``None`` for plain text."""
    from assistant.documents.settings import dump_reading

    plain = document.setting is None and document.declared is None
    return None if plain else Original(data, dump_reading(document))


def document_of(essay: StoredEssay, text: str, setting: str | None) -> Document:
    """A stored essay as the document that its file was read as.

    Args:
        essay: The essay.
        text: Its source.
        setting: Its setting, as ``read_setting`` gives it; ``None`` for an essay that has none.
    """
    from assistant.documents.document import Document
    from assistant.documents.pages import find_pages
    from assistant.documents.settings import load_reading

    if setting is None:
        return Document(name=essay.source_name, reader=essay.reader, text=text, pages=find_pages(text))
    return load_reading(essay.source_name, essay.reader, text, setting)


def read_setting(path: Path, essay: StoredEssay, text: str, digest: str) -> str:
    """Read the stored setting of an essay, and check that it is the one that was stored.

    Args:
        path: Its file.
        essay: The essay.
        text: The essay's source.
        digest: sha256 of the setting. If it is empty, the setting must at least fit the source.

    Raises:
        DamagedEssayError: If the setting is missing, damaged or changed.
    """
    from assistant.documents.settings import load_reading

    try:
        setting = path.read_bytes().decode("utf-8")
        load_reading(essay.source_name, essay.reader, text, setting)
    except OSError as error:
        raise DamagedEssayError(path, "cannot be read", _ADD_AGAIN) from error
    except ValueError as error:
        raise DamagedEssayError(path, "is damaged", _ADD_AGAIN) from error
    if digest and setting_digest(setting) != digest:
        raise DamagedEssayError(path, "was changed after the essay was added", _ADD_AGAIN)
    return setting


def read_stored_file(path: Path, essay: StoredEssay) -> bytes:
    """Read the stored file of an essay, and check that it is the file that the essay was read from.

    Raises:
        DamagedEssayError: If it is missing or changed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamagedEssayError(path, "cannot be read", _ADD_AGAIN) from error
    if hashlib.sha256(data).hexdigest() != essay.source_sha256:
        raise DamagedEssayError(path, "was changed after the essay was added", _ADD_AGAIN)
    return data


def read_original(setting: Path, file: Path, essay: StoredEssay, text: str, digest: str) -> Original | None:
    """Read the stored file of an essay and its setting; ``None`` if it has none.

    Raises:
        DamagedEssayError: If one of the two is missing, damaged or changed.
    """
    if not essay.stored_ending:
        return None
    return Original(read_stored_file(file, essay), read_setting(setting, essay, text, digest))


def setting_digest(setting: str) -> str:
    """sha256 of a setting as it is stored."""
    return hashlib.sha256(setting.encode("utf-8")).hexdigest()
