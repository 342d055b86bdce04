"""Changes of a library: essays are added, edited, removed and restored.

A file is read, identified, divided into passages, and written together with an index that contains it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from assistant.chunking.chunk import chunk
from assistant.chunking.sentences import split_sentences
from assistant.citations.record import losses_of
from assistant.citations.references import (
    from_title_page,
    load_references,
    make_id,
    pasted_references,
    recognise,
    refuse_malformed,
    stated_title,
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
from assistant.documents.numbering import number_pages
from assistant.documents.pdf_image import PageImages
from assistant.library.files import replace_together, writing
from assistant.library.indexing import LibraryIndex, no_progress
from assistant.library.isolated import isolated
from assistant.library.originals import SourceFile, read_file
from assistant.library.snapshot import Snapshot
from assistant.library.store import EssayStore, PendingEssay, dump
from assistant.library.trash import Deletion, Trash

_FEWEST_WORDS = 3
# Characters within which a DOI is the essay's own.
_FIRST_PAGE = 4_000
_Result = TypeVar("_Result")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")


class LibraryWriter:
    """Changes a library, one writer at a time. A change is made as a whole or not at all.

    Args:
        store: The files of the essays.
        index: Their index.
        trash: The removed essays.
        snapshot: Gives the essays as they are on disk now.
        notify: Receives a sentence for the user when another writer must be waited for.
        isolates: Whether files are read in a process of their own, as a server must.
    """

    def __init__(
        self,
        store: EssayStore,
        index: LibraryIndex,
        trash: Trash,
        snapshot: Callable[[], Snapshot],
        notify: Callable[[str], None],
        *,
        isolates: bool = False,
    ) -> None:
        self._isolates = isolates
        self._store, self._index, self._trash = store, index, trash
        self._snapshot, self._notify = snapshot, notify
        self._deletion = Deletion(store, index, trash, snapshot)

    def add(
        self,
        path: Path,
        *,
        reference: Path | None,
        first_page: str | None,
        essay_id: str | None,
        model: str | None,
        ocr_language: str,
        progress: Progress,
    ) -> IngestReport:
        """Read an essay and add it; arguments as for ``Library.add``."""
        progress("reading", 0, 1)
        _refuse_bad_id(essay_id)
        record = None if reference is None else load_references(reference)[0]
        known = known_records(self._store.root)
        call = partial(isolated, str(path)) if self._isolates else _directly
        # The process that reads a file on its own tells nothing on the way.
        file = call(read_file, path, None if self._isolates else progress, ocr_language)

        def prepare(snapshot: Snapshot) -> PendingEssay:
            identity = _identify(file, snapshot, essay_id, record, known)
            # What the user stated earlier counts unless something else is stated now.
            overrides = self._store.overrides(identity.essay_id).updated(record, first_page)
            essay = call(
                divide,
                file,
                identity.essay_id,
                overrides.reference or identity.record,
                known,
                first_page=overrides.first_page or first_page,
            )
            _refuse_other_work(path, essay, identity, snapshot)
            return PendingEssay(essay, dump(essay), file.document.text, overrides, file.original)

        # Bad input is refused before anything is written, be it only the lock.
        before = self._snapshot()
        pending = prepare(before)
        self._index.encoder(model)
        with self._writing():
            snapshot = self._snapshot()
            if snapshot is not before:
                pending = prepare(snapshot)
            progress("reading", 1, 1)
            self._commit(pending, snapshot, model=model, progress=progress)
        return pending.essay.report

    def edit(
        self, essay_id: str, reference: CSLItem | Path | None, first_page: str | None, progress: Progress
    ) -> IngestReport:
        """Change the record or the first page of an essay; arguments as for ``Library.edit``."""
        with self._writing():
            snapshot = self._snapshot()
            old = snapshot.essay(essay_id)
            document = self._store.document(old)
            text = document.text
            file = SourceFile(old.source_name, old.source_sha256, old.source_name, document)
            known = known_records(self._store.root)
            overrides = self._store.overrides(essay_id).updated(_stated(reference, text), first_page)
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
        if not (for_good and essay_id in {*self._trash.removed(), *self._store.orphans()}):
            self._snapshot().require_file(essay_id)
        with self._writing():
            self._deletion.run(essay_id, for_good=for_good)
        if for_good:
            PageImages().clear()

    def restore(self, essay_id: str) -> IngestReport:
        """Restore a removed essay; arguments as for ``Library.restore``."""
        self._trash.pending(essay_id)  # an error need not wait for another writer
        with self._writing():
            pending = self._trash.pending(essay_id)
            self._commit(pending, self._snapshot())
        return pending.essay.report

    def finish_interrupted(self) -> None:
        """Undo or finish a change during which the program was killed, unless another program is making it.

        Raises:
            LibraryError: If another program is writing, or the library cannot be written to.
        """
        with writing(self._store.root, self._notify, wait=False):
            self._deletion.finish()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Keep other writers out, and tidy up before and after a change."""
        with writing(self._store.root, self._notify):
            self._deletion.finish()
            self._store.journal.sweep()
            self._index.sweep()
            self._trash.sweep()
            yield
            self._trash.sweep()
            self._store_digests()

    def _store_digests(self) -> None:
        """Store the digests of sources that earlier versions of the program stored without one."""
        snapshot = self._snapshot()
        for essay_id in snapshot.summaries:
            if not self._store.has_digest(essay_id):
                # A source that is damaged gets no digest; whoever needs it is told what to do.
                with suppress(LibraryError, OSError):
                    self._store.store_digest(snapshot.essay(essay_id))

    def _commit(
        self,
        pending: PendingEssay,
        snapshot: Snapshot,
        *,
        model: str | None = None,
        progress: Progress = no_progress,
    ) -> None:
        """Build an index that contains a new or changed essay, then replace files and index together.

        Raises:
            AssistantError: If the index cannot be built or the files cannot be written.
        """
        essay = pending.essay
        others = snapshot.without(essay.id)
        build = self._index.build(
            lambda name: essay if name == essay.id else others.essays[name],
            others.chunk_digests | {essay.id: hashlib.sha256(pending.chunks.encode()).hexdigest()},
            damaged=others.damaged,
            model=model,
            progress=progress,
            encodings=pending.encodings,
        )
        try:
            replace_together(
                self._store.files(pending),
                build.make_current if build else lambda: None,
                None if pending.encodings is None else self._trash.leaving(pending.encodings),
            )
        except BaseException:
            if build:
                build.discard()
            raise


def _directly(function: Callable[..., _Result], *args: object, **options: object) -> _Result:
    """Call a function in this process."""
    return function(*args, **options)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which essay a file is.

    Attributes:
        essay_id: Its id.
        record: The record stated for it or recognised by its title; ``None`` if there is none.
    """

    essay_id: str
    record: CSLItem | None


def _identify(
    file: SourceFile,
    snapshot: Snapshot,
    essay_id: str | None,
    record: CSLItem | None,
    known: Sequence[CSLItem],
) -> Identity:
    """Tell which essay a file is. Unless the user states id or record, a file that is held keeps its id."""
    identified = record or recognise(file.document.text, known)
    name = essay_id or _id_of(identified, file.stem)
    if essay_id is None and record is None and name not in snapshot.stamps:
        same_file = (held for held, summary in snapshot.summaries.items() if summary.source == file.sha256)
        name = next(same_file, name)
    return Identity(name, identified)


def _refuse_other_work(path: Path, essay: StoredEssay, identity: Identity, snapshot: Snapshot) -> None:
    """Refuse an essay that would replace another work.

    Its title is that of the record before overrides, which are those of the essay that it would replace.
    """
    if essay.id not in snapshot.stamps:
        return
    try:
        held = snapshot.essay(essay.id)
    except LibraryError:
        return  # a damaged chunk file is repaired by adding its essay again
    record = identity.record or from_title_page(_printed_title(essay), "", Path(essay.source_name).stem)
    titles = {plain_title(record), _printed_title(essay)} - {""}
    same_work = held.source_name == essay.source_name and not titles.isdisjoint(
        {held.report.title, _printed_title(held)}
    )
    if held.source_sha256 != essay.source_sha256 and not same_work:
        raise LibraryError(
            f"{path} would take the id {essay.id!r} of another essay ({held.source_name}); give it its "
            f"own with --id, or remove the other with: assistant remove {essay.id}"
        )


def known_records(root: Path) -> list[CSLItem]:
    """All records among which essays are recognised: those shipped, and those of a library.

    Args:
        root: The library, which may have a ``data/references.json`` of its own.

    Raises:
        RecordError: If a file cannot be read.
    """
    own = root / "data" / "references.json"
    shipped = [data_file("references.json"), data_file("sample/reference.json")]
    files = dict.fromkeys([own, *shipped] if own.is_file() else shipped)
    return [record for file in files for record in load_references(file)]


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
    essay = divide(file, essay_id or _id_of(record, file.stem), record, known, first_page=first_page)
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
        cited = from_title_page(
            chunked.title or stated_title(stated.get("Title", "")),
            chunked.author or stated.get("Author", ""),
            file.stem,
            first_page=text[:_FIRST_PAGE],
        )
        warnings.insert(
            len(numbering.warnings),
            "No record of the essay is known; its title page is cited; edit the essay to give one.",
        )
    report = replace(chunked.report, title=plain_title(cited), warnings=tuple(warnings))
    return StoredEssay(
        essay_id, cited, file.name, file.sha256, file.document.reader, report, chunked.passages
    )


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


def pasted_record(text: str, source: str) -> CSLItem:
    """The record in a text that the user pasted.

    Args:
        text: CSL-JSON, BibTeX, RIS, PubMed or EndNote XML.
        source: The essay's source, by which its own record is recognised among several.

    Raises:
        RecordError: If the text is none of the three, or holds no record with a title.
    """
    return _own(pasted_references(text), source)


def _stated(reference: CSLItem | Path | None, source: str) -> CSLItem | None:
    """The record that the user states, by itself or in a file."""
    if isinstance(reference, Path):
        return _own(load_references(reference), source)
    if reference is not None:
        refuse_malformed([reference], "The record")
    return reference


def _own(records: Sequence[CSLItem], source: str) -> CSLItem:
    return recognise(source, records) or records[0]


def _refuse_bad_id(essay_id: str | None) -> None:
    if essay_id is not None and not _ID.fullmatch(essay_id):
        raise LibraryError(
            f"{essay_id!r} cannot be an id; use small letters, figures, hyphens and dots, such as gill-2014."
        )


def _id_of(record: CSLItem | None, stem: str) -> str:
    """The id of a record if it can be an essay's, else one made of author and year or the file's name."""
    own = str((record or {}).get("id", ""))
    return own if _ID.fullmatch(own) else make_id(record or {}, stem)


def _printed_title(essay: StoredEssay) -> str:
    """The title as the essay prints it, which no new record changes."""
    return " ".join(passage.text for passage in essay.passages if passage.kind == "title")


def _has_words(passage: Passage) -> bool:
    """Whether a passage is running text and not figures or ornaments."""
    words = passage.text.split()
    return sum(any(map(str.isalpha, word)) for word in words) >= _FEWEST_WORDS


def _word_frequency(language: str) -> Callable[[str], float]:
    from wordfreq import available_languages, zipf_frequency

    code = language.split("-", maxsplit=1)[0].lower()
    known = code if code in available_languages() else "en"
    return lambda word: float(zipf_frequency(word, known))
