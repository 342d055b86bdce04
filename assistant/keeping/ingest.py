"""From a file to a stored essay: reading, recognising, numbering, chunking."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.chunking.paragraphs import Chunked, chunk
from assistant.chunking.sentences import split_sentences
from assistant.citing.references import from_title_page, load_references, make_id, recognise
from assistant.errors import LibraryError, ReadingError
from assistant.reading import Source, read
from assistant.reading.numbering import number_pages
from assistant.reading.pages import find_pages
from assistant.records import plain_title
from assistant.resources import data_file
from assistant.types import (
    SEARCHED_KINDS,
    CSLItem,
    Essay,
    IngestReport,
    Passage,
    SourceMap,
    StoredEssay,
)

_FEWEST_WORDS = 3
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")


@dataclass(frozen=True, slots=True)
class Ingested:
    """A stored essay and the source it was read from."""

    essay: StoredEssay
    source: str


def records(asked: Path | None, root: Path) -> Sequence[CSLItem] | CSLItem:
    """The record that the user names, else all records that essays are recognised among.

    Args:
        asked: File of the essay's own record, or ``None``.
        root: The library.

    Raises:
        RecordError: If a file cannot be read.
    """
    return known_records(root) if asked is None else load_references(asked)[0]


def known_records(root: Path) -> Sequence[CSLItem]:
    """All records that essays are recognised among.

    Args:
        root: The library, which may have a ``data/references.json`` of its own.

    Raises:
        RecordError: If a file cannot be read.
    """
    own = root / "data" / "references.json"
    files = [data_file("references.json"), data_file("sample/reference.json")]
    return [
        item
        for file in dict.fromkeys([*([own] if own.is_file() else []), *files])
        for item in load_references(file)
    ]


def read_essay(
    path: Path,
    references: Sequence[CSLItem] | CSLItem,
    *,
    known: Sequence[CSLItem] = (),
    first_page: str | None = None,
    essay_id: str | None = None,
) -> Ingested:
    """Read a file as an essay.

    Args:
        path: The file.
        references: The essay's own record, or records of known essays to recognise it among.
        known: Records of known essays, whose printed titles tell the front matter where the own record's
            title is another.
        first_page: Number of its first page as the user gives it.
        essay_id: Its id as the user gives it.

    Returns:
        The essay with its passages and report.

    Raises:
        AssistantError: If it cannot be read as an essay.
    """
    if essay_id is not None and not _ID.fullmatch(essay_id):
        raise LibraryError(
            f"{essay_id!r} cannot be an id; use small letters, figures, hyphens and dots, such as gill-2014."
        )
    source = read(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    file = _File(path.name, digest, str(path))
    return _ingested(file, source, references, known, first_page, essay_id)


def read_again(
    essay: StoredEssay,
    text: str,
    references: Sequence[CSLItem] | CSLItem,
    *,
    known: Sequence[CSLItem] = (),
    first_page: str | None,
) -> Ingested:
    """Read an essay of the library anew from its kept source, as ``read_essay`` reads a file.

    Args:
        essay: The essay; it keeps its id.
        text: Its source.
        references: Its own record, or records of known essays to recognise it among.
        known: As for ``read_essay``.
        first_page: Number of its first page as the user gives it.

    Returns:
        The essay with its passages and report.

    Raises:
        AssistantError: If the first page is none.
    """
    file = _File(essay.source_name, essay.source_sha256, essay.source_name)
    source = Source(text, "utf-8", essay.reader, find_pages(text))
    return _ingested(file, source, references, known, first_page, essay.id)


@dataclass(frozen=True, slots=True)
class _File:
    """The file that a source was read from: its name, its digest, and what messages call it."""

    name: str
    sha256: str
    called: str

    @property
    def stem(self) -> str:
        return Path(self.name).stem


def _ingested(
    file: _File,
    source: Source,
    references: Sequence[CSLItem] | CSLItem,
    known: Sequence[CSLItem],
    first_page: str | None,
    essay_id: str | None,
) -> Ingested:
    record = references if isinstance(references, Mapping) else recognise(source.text, references)
    numbering = number_pages(source.pages, asked=first_page, record=str((record or {}).get("page", "")))
    name = essay_id or _own_id(record) or make_id(record or {}, file.stem)
    printed = record or {}
    if recognise(source.text, [printed]) is None:
        printed = recognise(source.text, known) or printed
    essay = Essay(name, printed, source.text, numbering.pages, numbering.provenance, source.pages.furniture)
    chunked = chunk(essay, _frequency(str((record or {}).get("language", "en"))))
    if not any(passage.kind in SEARCHED_KINDS and _has_words(passage) for passage in chunked.passages):
        raise ReadingError(
            f"{file.called} has no paragraph in it; give a file with the running text of an essay."
        )
    return Ingested(_stored(file, source.reader, record, chunked, numbering.warnings), source.text)


def _has_words(passage: Passage) -> bool:
    """Whether a passage is running text and not figures or ornaments."""
    return sum(any(ch.isalpha() for ch in word) for word in passage.text.split()) >= _FEWEST_WORDS


def _own_id(record: CSLItem | None) -> str | None:
    named = str((record or {}).get("id", ""))
    return named if _ID.fullmatch(named) else None


def _stored(
    file: _File, reader: str, record: CSLItem | None, chunked: Chunked, warnings: tuple[str, ...]
) -> StoredEssay:
    reference = record or from_title_page(chunked.title, chunked.author, file.stem)
    if record is None:
        warnings = (
            *warnings,
            "No record of the essay is known; its title page is cited; edit the essay to give one.",
        )
    report = replace(
        chunked.report,
        title=plain_title(reference),
        warnings=(*warnings, *chunked.report.warnings),
    )
    return StoredEssay(report.essay_id, reference, file.name, file.sha256, reader, report, chunked.passages)


def _frequency(language: str) -> Callable[[str], float]:
    from wordfreq import available_languages, zipf_frequency  # noqa: PLC0415 - half a second; only to add

    code = language.split("-", maxsplit=1)[0].lower()
    known = code if code in available_languages() else "en"
    return lambda word: float(zipf_frequency(word, known))


def given_passages(essay_id: str, title: str, texts: Mapping[str, str]) -> StoredEssay:
    """An essay of passages that somebody else has divided, as question sets come with them.

    Args:
        essay_id: Its id.
        title: Its title.
        texts: Text of each passage by its id, used as it is.
    """
    passages = tuple(
        Passage(
            name,
            essay_id,
            ordinal,
            "paragraph",
            "",
            text,
            split_sentences(text),
            (),
            SourceMap(((0, 0),), len(text)),
        )
        for ordinal, (name, text) in enumerate(texts.items(), 1)
        if text.strip()
    )
    report = IngestReport(
        essay_id=essay_id, title=title, characters=0, kept=0, layout=0, hyphens_joined=(), hyphens_kept=(),
        dropped=(), removed={}, unaccounted=0, note_marks=0, kinds={"paragraph": len(passages)}, pages=0,
        first_page="", last_page="",
        page_provenance="passages as given",
    )  # fmt: skip
    return StoredEssay(essay_id, {"title": title}, essay_id, "", "passages", report, passages)
