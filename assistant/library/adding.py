"""Changes of a library: essays are added, edited, removed and restored.

A file is read, identified, divided into passages, and written together with an index that contains it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from assistant.chunking.chunk import chunk
from assistant.chunking.sentences import split_sentences
from assistant.citations.record import losses_of
from assistant.citations.references import (
    from_title_page,
    load_references,
    recognise,
    stated_title,
    with_stated,
)
from assistant.core.errors import AssistantError, LibraryError, ReadingError
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
from assistant.core.selection import LabelChanges
from assistant.documents.numbering import number_pages
from assistant.documents.pdf_image import PageImages
from assistant.library.backend import EssayFiles, SearchIndex
from assistant.library.changes import EssayChanges
from assistant.library.identifying import Identity, id_of, identify, refuse_bad_id, refuse_other_work
from assistant.library.isolated import isolated
from assistant.library.originals import SourceFile, read_file
from assistant.library.overrides import Overrides
from assistant.library.records import known_records, stated_record
from assistant.library.snapshot import Snapshot
from assistant.library.store import PendingEssay, dump
from assistant.library.walking import FileToAdd, WantedFiles

_FEWEST_WORDS = 3
# Digests of other files that are stored with an essay.
_MOST_ALSO = 50
# Characters within which a DOI is the essay's own.
_FIRST_PAGE = 4_000
_Result = TypeVar("_Result")


class FileReader:
    """Reads and divides the files of essays in this program, or each in a process with limits.

    Args:
        isolates: Whether to use such processes, as a server must.
    """

    def __init__(self, *, isolates: bool = False) -> None:
        self.isolates = isolates

    def ahead(self, items: Iterable[FileToAdd], wanted: WantedFiles) -> Iterator[FileToAdd]:
        """The files that are to be added, in order; those that are wanted may be read before their turn."""
        del wanted
        return iter(items)

    def read(self, path: Path, progress: Progress, ocr_language: str) -> SourceFile:
        """Read an essay's file; arguments as for ``originals.read_file``."""
        # A process of its own tells nothing on the way.
        return self._call(path, read_file, path, None if self.isolates else progress, ocr_language)

    def divide(
        self,
        path: Path,
        file: SourceFile,
        essay_id: str,
        record: CSLItem | None,
        known: Sequence[CSLItem],
        *,
        first_page: str | None,
    ) -> StoredEssay:
        """Divide a file that was read from a path; other arguments and errors as for ``divide``."""
        return self._call(path, divide, file, essay_id, record, known, first_page=first_page)

    def _call(
        self, path: Path, function: Callable[..., _Result], *args: object, **options: object
    ) -> _Result:
        if self.isolates:
            return isolated(str(path), function, *args, **options)
        return function(*args, **options)


class LibraryWriter:
    """Changes a library, one writer at a time. A change is made as a whole or not at all.

    Args:
        files: The files of the essays.
        index: Their index.
        changes: Changes both.
        reader: Reads the files that are added.
        snapshot: Gives the essays as they are on disk now.
    """

    def __init__(
        self,
        files: EssayFiles,
        index: SearchIndex,
        changes: EssayChanges,
        reader: FileReader,
        snapshot: Callable[[], Snapshot],
    ) -> None:
        self._files, self._index, self._changes, self._reader = files, index, changes, reader
        self._snapshot = snapshot

    def add(
        self,
        path: Path,
        *,
        reference: Path | None,
        first_page: str | None,
        essay_id: str | None,
        model: str | None,
        ocr_language: str,
        labels: LabelChanges,
        progress: Progress,
    ) -> IngestReport:
        """Read an essay and add it; arguments as for ``Library.add``."""
        progress("reading", 0, 1)
        refuse_bad_id(essay_id)
        record = None if reference is None else load_references(reference)[0]
        known = self.known_records()
        file = self.read(path, progress, ocr_language)

        def prepare(snapshot: Snapshot) -> PendingEssay:
            identity = identify(file, snapshot, essay_id, record, known)
            # What the user stated earlier counts unless something else is stated now.
            stated = self._files.overrides(identity.essay_id).updated(record, first_page).labelled(labels)
            pending = self.pending(path, file, identity, stated, known, first_page)
            refuse_other_work(path, pending.essay, identity, snapshot)
            return pending

        # Bad input is refused before anything is written, be it only the lock.
        before = self._snapshot()
        pending = prepare(before)
        self._index.encoder(model)
        with self._changes.writing():
            snapshot = self._snapshot()
            if snapshot is not before:
                pending = prepare(snapshot)
            progress("reading", 1, 1)
            self._commit(pending, snapshot, model=model, progress=progress)
        return pending.essay.report

    @property
    def parts(self) -> int:
        """Number of parts of the library that are written at the same time."""
        return self._changes.parts

    def known_records(self) -> list[CSLItem]:
        """All records among which essays are recognised; errors as for ``records.known_records``."""
        return known_records(self._files.root)

    def ahead(self, items: Iterable[FileToAdd], wanted: WantedFiles) -> Iterator[FileToAdd]:
        """The files that are to be added, some read before their turn; see ``FileReader.ahead``."""
        return self._reader.ahead(items, wanted)

    def read(self, path: Path, progress: Progress, ocr_language: str) -> SourceFile:
        """Read an essay's file; see ``FileReader.read``."""
        return self._reader.read(path, progress, ocr_language)

    def pending(
        self,
        path: Path,
        file: SourceFile,
        identity: Identity,
        stated: Overrides,
        known: Sequence[CSLItem],
        first_page: str | None,
    ) -> PendingEssay:
        """Divide a file into the passages of an essay, ready to be written.

        Args:
            path: The file.
            file: What was read of it.
            identity: Which essay it is.
            stated: What the user stated about it.
            known: All known records.
            first_page: Number of its first page, if nothing was stated.

        Raises:
            ReadingError: If there is no paragraph in it, or the first page is no page number.
        """
        record, first_page = stated.reference or identity.record, stated.first_page or first_page
        essay = self._reader.divide(path, file, identity.essay_id, record, known, first_page=first_page)
        # A server reads copies of uploads, whose paths mean nothing later.
        stated = replace(stated, file="" if self._reader.isolates else os.path.abspath(path))  # noqa: PTH100
        return PendingEssay(essay, dump(essay), file.document.text, stated, file.original)

    def commit(
        self,
        pending: Sequence[PendingEssay],
        before: Snapshot,
        *,
        model: str | None,
        progress: Progress,
    ) -> dict[str, AssistantError]:
        """Write several essays and an index with all of them, together.

        Args:
            pending: The essays, each of another id.
            before: The snapshot for which they were prepared.
            model: Embedding model for the whole library; otherwise the one it has.
            progress: Called with the stage, the number of steps done and the number there are.

        Returns:
            Why some were not written, by id: another program has changed an essay of that id meanwhile, or
            their shard cannot be written to.

        Raises:
            AssistantError: If the index cannot be built or the files cannot be written.
        """
        self._index.encoder(model)
        with self._changes.writing():
            snapshot = self._snapshot()
            left: dict[str, AssistantError] = {
                each.essay.id: LibraryError(
                    f"Another program has just changed {each.essay.id}; "
                    f"add {each.overrides.file or each.essay.source_name} again."
                )
                for each in pending
                if snapshot.stamps.get(each.essay.id) != before.stamps.get(each.essay.id)
            }
            if written := [each for each in pending if each.essay.id not in left]:
                left |= self._changes.commit(written, snapshot, model=model, progress=progress)
        return left

    def _commit(self, pending: PendingEssay, snapshot: Snapshot, **options: Any) -> None:
        """Write one essay; arguments and errors as for ``EssayChanges.commit``."""
        for error in self._changes.commit([pending], snapshot, **options).values():
            raise error

    def label(
        self,
        essay_id: str,
        labels: LabelChanges,
        facts: Mapping[str, Any],
        *,
        file: str | None = None,
        also: str = "",
    ) -> None:
        """Change what is stated about an essay besides its record, if that changes anything.

        Args:
            essay_id: The essay.
            labels: Changes of its tags and collections.
            facts: Further fields to store with it.
            file: Path of the file that it was read from, if that has changed.
            also: Digest of another file that has the same essay.
        """
        stated = self._files.overrides(essay_id)
        changed = replace(stated.labelled(labels), other=stated.other | dict(facts))
        changed = changed if file is None else replace(changed, file=file)
        if also and also not in changed.also:
            changed = replace(changed, also=(*changed.also, also)[-_MOST_ALSO:])
        if changed != stated:
            with self._changes.writing():
                self._snapshot().require_file(essay_id)
                self._changes.store_overrides(essay_id, changed)

    def overrides(self, essay_id: str) -> Overrides:
        """What the user stated about an essay."""
        return self._files.overrides(essay_id)

    def removed_overrides(self) -> Iterator[Overrides]:
        """What the user stated about each essay that was removed."""
        return self._changes.removed_overrides()

    def edit(
        self,
        essay_id: str,
        reference: CSLItem | Path | None,
        first_page: str | None,
        labels: LabelChanges,
        progress: Progress,
    ) -> IngestReport:
        """Change what the user stated about an essay; arguments as for ``Library.edit``."""
        with self._changes.writing():
            snapshot = self._snapshot()
            old = snapshot.essay(essay_id)
            stated = self._files.overrides(essay_id).labelled(labels)
            if reference is None and first_page is None:
                self._changes.store_overrides(essay_id, stated)
                return old.report
            document = self._files.document(old)
            text = document.text
            file = SourceFile(old.source_name, old.source_sha256, old.source_name, document)
            known = self.known_records()
            overrides = stated.updated(stated_record(reference, text), first_page)
            record = overrides.reference
            if record is None and recognise(text, known) is not None:
                record = old.reference
            page = overrides.first_page or None
            essay = divide(file, essay_id, record, known, first_page=page)
            if record is None and essay.reference != old.reference:
                # The record was not taken from the title page but edited in the chunk file.
                essay = divide(file, essay_id, old.reference, known, first_page=page)
            self._commit(PendingEssay(essay, dump(essay), text, overrides), snapshot, progress=progress)
        return essay.report

    def remove(self, essay_id: str, *, for_good: bool) -> None:
        """Remove an essay; arguments as for ``Library.remove``."""
        self._changes.remove(essay_id, for_good=for_good)
        if for_good:
            PageImages().clear()

    def restore(self, essay_id: str) -> IngestReport:
        """Restore a removed essay; arguments as for ``Library.restore``."""
        return self._changes.restore(essay_id)

    def finish_interrupted(self) -> None:
        """Undo or finish what a killed program has begun; see ``EssayChanges.finish_interrupted``."""
        self._changes.finish_interrupted()


@dataclass(frozen=True, slots=True)
class EssayWithSource:
    """An essay and the source that its passages' offsets count in."""

    essay: StoredEssay
    source: str


def read_essay(
    path: Path,
    known: Sequence[CSLItem] = (),
    *,
    record: CSLItem | None = None,
    first_page: str | None = None,
    essay_id: str | None = None,
) -> EssayWithSource:
    """Read a file as an essay that is in no library.

    Args:
        path: The file.
        known: Records of known essays among which it is recognised.
        record: Its own record, if that is known.
        first_page: Number of its first page; otherwise the record's or the printed one.
        essay_id: Its id; otherwise the record's or one made of author and year.

    Raises:
        ReadingError: If it cannot be read as an essay.
    """
    file = read_file(path)
    record = record or recognise(file.document.text, known)
    essay = divide(file, essay_id or id_of(record, file.stem), record, known, first_page=first_page)
    return EssayWithSource(essay, file.document.text)


def divide(
    file: SourceFile,
    essay_id: str,
    record: CSLItem | None,
    known: Sequence[CSLItem],
    *,
    first_page: str | None,
) -> StoredEssay:
    """Divide a file into the passages of an essay.

    Args:
        file: The file.
        essay_id: The essay's id.
        record: Its record; ``None`` to make one of its title page.
        known: Records of known essays. If the essay's own record has another title than the one printed,
            its front matter is recognised by one of them.
        first_page: Number of the first page; otherwise the record's or the printed one.

    Raises:
        ReadingError: If there is no paragraph in it, or the first page is no page number.
    """
    text = file.document.text
    cited: CSLItem = record or {}
    document = file.document
    numbering = number_pages(
        document.pages,
        first_page=first_page,
        record=str(cited.get("page", "")),
        declared=document.setting.declared_labels() if document.setting else (),
        is_print=document.setting is not None or document.declared is not None,
    )
    printed = recognise(text, [cited]) or recognise(text, known) or cited
    chunked = chunk(
        Essay(
            essay_id,
            printed,
            text,
            numbering.pages,
            numbering.provenance,
            document.pages.furniture,
            document.setting,
            document.declared,
        ),
        _word_frequency(str(cited.get("language", "en"))),
    )
    if not any(passage.kind in SEARCHED_KINDS and _has_words(passage) for passage in chunked.passages):
        raise ReadingError(
            f"{file.label} has no paragraph in it; give a file with the running text of an essay."
        )
    warnings = [*document.warnings, *numbering.warnings, *chunked.report.warnings, *losses_of(cited)]
    if record is None:
        stated = document.metadata
        made = from_title_page(
            chunked.title or stated_title(stated.get("Title", "")),
            chunked.author or stated.get("Author", ""),
            file.stem,
            first_page=text[:_FIRST_PAGE],
        )
        cited = with_stated(made, document.record, printed_title=chunked.title)
        source = "its title page is cited" if cited == made else "what its file states of it is cited"
        warnings.insert(
            len(numbering.warnings), f"No record of the essay is known; {source}; edit the essay to give one."
        )
    report = replace(chunked.report, title=plain_title(cited), warnings=tuple(warnings))
    return StoredEssay(
        essay_id, cited, file.name, file.sha256, file.document.reader, report, chunked.passages
    )


@dataclass(frozen=True, slots=True)
class DividedFile:
    """An essay, and what it was divided with.

    Attributes:
        essay: The essay.
        record: Its record.
        first_page: Number of its first page, if that was stated.
    """

    essay: StoredEssay
    record: CSLItem | None
    first_page: str | None


def divide_new(item: FileToAdd, file: SourceFile, known: Sequence[CSLItem]) -> DividedFile:
    """Divide a file as ``Importer`` does if the library has no such essay; errors as for ``divide``."""
    record = item.record(file.document.text) or recognise(file.document.text, known)
    essay_id = item.essay_id or id_of(record, file.stem)
    essay = divide(file, essay_id, record, known, first_page=item.first_page)
    return DividedFile(essay, record, item.first_page)


def essay_of_passages(essay_id: str, title: str, texts: Mapping[str, str]) -> StoredEssay:
    """An essay whose passages are divided already, as in a question set.

    Args:
        essay_id: Its id.
        title: Its title.
        texts: Text of each passage by its id, used as it is.
    """
    passages = tuple(
        Passage(
            passage_id,
            essay_id,
            ordinal,
            "paragraph",
            "",
            text,
            split_sentences(text),
            (),
            SourceMap(((0, 0),), len(text)),
        )
        for ordinal, (passage_id, text) in enumerate(texts.items(), 1)
        if text.strip()
    )
    report = IngestReport(
        essay_id=essay_id, title=title, characters=0, kept=0, layout=0, hyphens_joined=(), hyphens_kept=(),
        dropped=(), removed={}, unaccounted=0, note_marks=0, kinds={"paragraph": len(passages)}, pages=0,
        first_page="", last_page="", page_provenance="passages as given",
    )  # fmt: skip
    return StoredEssay(essay_id, {"title": title}, essay_id, "", "passages", report, passages)


def _has_words(passage: Passage) -> bool:
    """Whether a passage is running text and not figures or ornaments."""
    return sum(any(map(str.isalpha, word)) for word in passage.text.split()) >= _FEWEST_WORDS


@cache
def _word_frequency(language: str) -> Callable[[str], float]:
    from wordfreq import available_languages, zipf_frequency

    code = language.split("-", maxsplit=1)[0].lower()
    known = code if code in available_languages() else "en"
    return lambda word: float(zipf_frequency(word, known))
