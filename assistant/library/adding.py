"""From a file to a stored essay: reading, recognising, numbering, chunking.

An essay that was read is put on the shelf together with the index that knows it.

An essay's record and first page changed: it is read anew from its kept source, and keeps its id.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.chunking.chunk import Chunked, chunk
from assistant.chunking.sentences import split_sentences
from assistant.citations.references import (
    from_title_page,
    load_references,
    make_id,
    pasted_references,
    recognise,
    refuse_malformed,
)
from assistant.core.errors import LibraryError, ReadingError, data_file
from assistant.core.essay import (
    SEARCHED_KINDS,
    CSLItem,
    Essay,
    IngestReport,
    Passage,
    Progress,
    SourceMap,
    StoredEssay,
    plain_title,
)
from assistant.documents import Source, read
from assistant.documents.pages import find_pages, number_pages
from assistant.library import store
from assistant.library.files import replace_together
from assistant.library.indexing import LibraryIndex
from assistant.library.store import EssayStore, Overrides, Snapshot

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
    from wordfreq import available_languages, zipf_frequency

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


@dataclass(frozen=True, slots=True)
class Ready:
    """An essay that is ready to be put on the shelf.

    Attributes:
        essay: The essay.
        chunks: Its chunk file, as text.
        source: Its source.
        given: What the user gave of it.
        encodings: A folder in which its windows may be encoded already, or ``None``.
    """

    essay: StoredEssay
    chunks: str
    source: str
    given: Overrides
    encodings: Path | None = None

    @classmethod
    def of(cls, made: Ingested, given: Overrides) -> Ready:
        """What was read, with what is given of it."""
        return cls(made.essay, store.dump(made.essay), made.source, given)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user gives now of an essay that is added.

    Attributes:
        reference: Its record, or ``None``.
        first_page: Its first page, or ``None``.
        essay_id: Its id, or ``None``.
    """

    reference: CSLItem | None
    first_page: str | None
    essay_id: str | None


def settled(made: Ingested, path: Path, asked: Asked, known: Sequence[CSLItem], shelf: EssayStore) -> Ready:
    """An essay as it was read, or read anew with what the user gave of it before.

    A file that is there already keeps its id, its record and its first page where the user gave them once
    and gives no others now.

    Args:
        made: The essay as it was read.
        path: Its file.
        asked: What is given now.
        known: Records of known essays.
        shelf: The essays there are.

    Raises:
        AssistantError: If the id is that of another work.
    """
    new = asked.essay_id is None and asked.reference is None
    name = _held_as(made.essay, shelf) if new else made.essay.id
    _refuse_other(made.essay, name, path, shelf)
    given = shelf.given(name).updated(asked.reference, asked.first_page)
    page = given.first_page or None
    if (name, given.reference, page) != (made.essay.id, asked.reference, asked.first_page):
        own = known if given.reference is None else given.reference
        made = read_essay(path, own, known=known, first_page=page, essay_id=name)
    return Ready.of(made, given)


def _held_as(essay: StoredEssay, shelf: EssayStore) -> str:
    """Id under which the library has an essay's very file, else the one that it was given."""
    if essay.id in shelf.ids():
        return essay.id
    abouts = shelf.summaries()
    same = (name for name, about in abouts.items() if about.source == essay.source_sha256)
    return next(same, essay.id)


def _refuse_other(essay: StoredEssay, name: str, path: Path, shelf: EssayStore) -> None:
    """Refuse an essay that would take the place of another work."""
    if name not in shelf.ids():
        return
    try:
        known = shelf.load(name)[1]
    except LibraryError:
        return  # a damaged file is mended by adding its essay again
    same_work = known.source_name == essay.source_name and bool(_titles(known) & _titles(essay))
    if known.source_sha256 != essay.source_sha256 and not same_work:
        raise LibraryError(
            f"{path} would take the id {name!r} of another essay ({known.source_name}); give it its "
            f"own with --id, or remove the other with: assistant remove {name}"
        )


def _titles(essay: StoredEssay) -> set[str]:
    """The title on record, and the printed one, which no new record changes."""
    printed = " ".join(passage.text for passage in essay.passages if passage.kind == "title")
    return {essay.report.title, printed} - {""}


def commit(ready: Ready, model: str | None, shelf: EssayStore, keeper: LibraryIndex, step: Progress) -> None:
    """Build the index with an essay new or changed, then make files and index current together.

    Args:
        ready: The essay.
        model: Embedding model for the whole library; else the one it has.
        shelf: The essays there are.
        keeper: Keeps their index.
        step: Told how far the work is.

    Raises:
        AssistantError: If the index cannot be made or the files cannot be written.
    """
    essay = ready.essay
    abouts = shelf.summaries(but=essay.id)
    sources = {name: about.sha256 for name, about in abouts.items()}
    sources[essay.id] = hashlib.sha256(ready.chunks.encode()).hexdigest()
    essays = Snapshot(shelf, abouts, essay)
    build = keeper.build(essays, sources, model, step, encodings=ready.encodings)
    files = shelf.files(essay.id, ready.chunks, ready.source, ready.given)
    try:
        replace_together(files, build.make_current if build else _nothing)
    except BaseException:
        if build:
            build.discard()
        raise


def _nothing() -> None:
    """What is done where the index is right already."""


def edited(
    essay_id: str, reference: CSLItem | Path | None, first_page: str | None, shelf: EssayStore, root: Path
) -> Ready:
    """An essay as it is with another record or another first page.

    Args:
        essay_id: Its id.
        reference: A new record, or the file of one; ``None`` to leave it as it is.
        first_page: Number of the first page; the empty string to have it found again in record or print,
            ``None`` to leave it as it is.
        shelf: The essays there are.
        root: The library's folder.

    Raises:
        AssistantError: If there is no such essay, its source is not kept, or record or page are malformed.
    """
    essay, text = shelf.load(essay_id)[1], shelf.source_text(essay_id)
    given = shelf.given(essay_id).updated(_record(reference, text), first_page)
    asked = given.first_page or None
    known = known_records(root)
    own = known if given.reference is None else given.reference
    made = read_again(essay, text, own, known=known, first_page=asked)
    if given.reference is None and made.essay.reference != essay.reference:
        # It was given in another way, such as in the essay's own file.
        made = read_again(essay, text, essay.reference, known=known, first_page=asked)
    return Ready.of(made, given)


def _record(reference: CSLItem | Path | None, text: str) -> CSLItem | None:
    if isinstance(reference, Path):
        return _chosen(load_references(reference), text)
    if reference is not None:
        refuse_malformed([reference], "The record")
    return reference


def pasted(text: str, source: str) -> CSLItem:
    """The record in a text.

    Args:
        text: CSL-JSON, BibTeX or RIS.
        source: The essay's source, which tells the essay's own among several.

    Raises:
        RecordError: If the text is none of the three, or holds no record with a title.
    """
    return _chosen(pasted_references(text), source)


def _chosen(records: Sequence[CSLItem], source: str) -> CSLItem:
    return recognise(source, records) or records[0]
