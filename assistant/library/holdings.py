"""What a library holds, and what changes it. ``Library`` is this and what is asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.core.errors import AssistantError
from assistant.core.essay import CSLItem, EssaySummary, IngestReport, Progress, RemovedEssay, StoredEssay
from assistant.core.selection import LabelChanges, Selection
from assistant.library import files
from assistant.library.folder import Backend, FolderBackend
from assistant.library.glances import Glances
from assistant.library.models import Models, no_progress
from assistant.library.snapshot import Snapshot
from assistant.retrieval.models.cross_encoder import DefaultReadingModel, ReadingModel
from assistant.retrieval.models.loading import default_loader

if TYPE_CHECKING:
    from assistant.core.items import ItemOutcome
    from assistant.library.adding import LibraryWriter
    from assistant.library.diagnosis import Diagnosis
    from assistant.library.importing import FileOutcome
    from assistant.library.item_files import FoundItems
    from assistant.library.printed_pages import PrintedPages
    from assistant.library.walking import FileToAdd
    from assistant.retrieval.models.encoder import Encoder


class Holdings(Glances):
    """What a library holds, and what changes it.

    Args:
        root: Its folder; made when the first essay is added.
        load_encoder: Loads the embedding model of a name, or the default one for ``None``.
        reading_model: Reads questions and excerpts together; none by default if an encoder is given.
        notify: Receives sentences for the user about what is being done.
        isolates: Whether files are read in a process of their own, as by a server.
        backend: Makes the place where the essays are, given the models; otherwise that is the folder.
    """

    def __init__(
        self,
        root: Path,
        *,
        load_encoder: Callable[[str | None], Encoder] | None = None,
        reading_model: ReadingModel | None = None,
        notify: Callable[[str], None] = lambda _sentence: None,
        isolates: bool = False,
        backend: Callable[[Models], Backend] | None = None,
    ) -> None:
        self.root, self._notify, self._isolates = root, notify, isolates
        if load_encoder is None:
            reading_model = reading_model or DefaultReadingModel(notify)
        self._models = Models(load_encoder or (lambda name: default_loader(name, notify)), reading_model)
        self._backend = backend(self._models) if backend else FolderBackend(root, self._models, notify)
        self._latest: Snapshot | None = None
        self._reported: dict[str, str] = {}
        self._lock = threading.Lock()

    def snapshot(self) -> Snapshot:
        """The essays as they are on disk; the same object until a chunk file changes.

        Raises:
            LibraryError: If the folder cannot be read.
        """
        if self._backend.is_interrupted():
            # A killed program left it, or another one is just writing; then nothing is done here.
            with suppress(AssistantError):
                self._writer.finish_interrupted()
        return self._as_on_disk()

    def _as_on_disk(self) -> Snapshot:
        with self._lock:
            stamps, latest = self._backend.files.stamps(), self._latest
            changed = latest is None or (latest.stamps is not stamps and latest.stamps != stamps)
            if latest is None or changed or latest.has_new_damage() or latest.can_read_more():
                self._latest = latest = Snapshot(
                    self._backend.files, lambda: self._backend.index, stamps, latest
                )
            return latest

    def _report_damage(self, snapshot: Snapshot) -> None:
        """Name the essays that are left out because they are damaged, each once."""
        for essay_id, error in snapshot.damaged.items():
            if self._reported.get(essay_id) != str(error):
                self._reported[essay_id] = str(error)
                self._notify(f"The essay {essay_id!r} is left out: {error}")

    def report_again(self) -> None:
        """Name damaged essays once more when they are next left out, for a user who has not been told."""
        self._reported.clear()

    def _checked(self, essays: Sequence[str]) -> Snapshot:
        """The current snapshot, if the essays named are in it and not damaged."""
        snapshot = self.snapshot()
        for essay_id in essays:
            snapshot.require(essay_id)
        return snapshot

    # What the library holds.

    def ids(self) -> list[str]:
        """Ids of all essays, in alphabetical order."""
        return list(self.snapshot().stamps)

    def essays(self) -> list[StoredEssay]:
        """All essays but those that ``damaged`` names."""
        return self.snapshot().all_essays()

    def damaged(self) -> dict[str, str]:
        """Sentences that say what is wrong with damaged essays and how to repair them, by id."""
        return {essay_id: error.public for essay_id, error in self.snapshot().damaged.items()}

    def diagnosis(self) -> Diagnosis:
        """The state of the library, for ``assistant doctor``; nothing is changed."""
        return self._backend.diagnosis(self._as_on_disk())

    def essay(self, essay_id: str) -> StoredEssay:
        """One essay; a ``LibraryError`` is raised if there is none of that id, or if it is damaged."""
        return self.snapshot().essay(essay_id)

    def summaries(self) -> dict[str, EssaySummary]:
        """A summary of each essay by id but the damaged ones; the essays need not be read for it."""
        return self.snapshot().summaries

    def selected(self, where: Selection) -> dict[str, EssaySummary]:
        """Summaries of the essays that a selection means; ``AssistantError`` if there is none."""
        snapshot = self._checked(where.essays)
        return {name: snapshot.summaries[name] for name in snapshot.select((), where)}

    def references(self) -> dict[str, CSLItem]:
        """The record of each essay by id; errors as for ``summaries``."""
        return {essay_id: summary.reference for essay_id, summary in self.summaries().items()}

    def question_sets(self) -> dict[str, Path]:
        """Folders of the library's own question sets by id of the essay that each asks about."""
        return files.question_sets(self.root, self.ids())

    def source_text(self, essay_id: str) -> str:
        """The decoded source that source offsets count in; a ``LibraryError`` is raised if it was changed."""
        return self.snapshot().source_text(essay_id)

    def printed_pages(self, essay_id: str) -> PrintedPages:
        """The pages of an essay's PDF; a ``LibraryError`` is raised if it has none, or they are damaged."""
        return self.snapshot().printed_pages(essay_id)

    def engine(self) -> str:
        """A sentence on how the index is searched; empty if there is none."""
        return self._backend.engine()

    # What changes it.

    @cached_property
    def _writer(self) -> LibraryWriter:
        return self._backend.writer(self._as_on_disk, isolates=self._isolates)

    def add(
        self,
        path: Path,
        *,
        reference: Path | None = None,
        first_page: str | None = None,
        essay_id: str | None = None,
        model: str | None = None,
        ocr_language: str = "",
        labels: LabelChanges | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Read an essay and add it; an essay that is in the library already is brought up to date.

        Args:
            path: The essay's file.
            reference: File of its bibliographic record; otherwise it is recognised by its title.
            first_page: Number of its first page, arabic or roman; otherwise the record's or the printed one.
            essay_id: Its id; otherwise the record's or one made of author and year.
            model: Embedding model for the whole library; otherwise the one it has.
            ocr_language: Language in which tesseract recognises a scan, such as ``eng``; empty for not.
            labels: Tags and collections that it gets; it keeps those that it has.
            progress: Called with the stage, the number of steps done and the number there are.

        Raises:
            AssistantError: If file, record or library cannot be used; the library is then as it was.
        """
        self.snapshot()  # finishes what was interrupted
        report = self._writer.add(
            path,
            reference=reference,
            first_page=first_page,
            essay_id=essay_id,
            model=model,
            ocr_language=ocr_language,
            labels=labels or LabelChanges(),
            progress=progress or no_progress,
        )
        self._report_damage(self.snapshot())
        return report

    def add_files(
        self, files: Iterable[Path | FileToAdd], *, labels: LabelChanges | None = None, **options: Any
    ) -> Iterator[FileOutcome]:
        """Add files and folders, and yield what became of each file; a failure stops none of the others.

        Args:
            files: Files, folders, patterns, or files with what is stated about them.
            labels: Tags and collections for those that are given as paths.
            options: As for ``importing.Importer``.

        Raises:
            AssistantError: If the library cannot be written to; what was yielded is in it.
        """
        from assistant.library.importing import Importer
        from assistant.library.walking import files_to_add

        self.snapshot()  # finishes what was interrupted
        items = files_to_add(files, self.root, labels or LabelChanges())
        yield from Importer(self._writer, self._as_on_disk, **options).run(items)
        self._report_damage(self.snapshot())

    def add_items(self, found: FoundItems, **options: Any) -> Iterator[ItemOutcome]:
        """Add what a reference manager holds; arguments as for ``managed.ItemImporter``."""
        from assistant.library.managed import ItemImporter

        self.snapshot()  # finishes what was interrupted
        yield from ItemImporter(self, self._writer, **options).run(found)
        self._report_damage(self.snapshot())

    def edit(
        self,
        essay_id: str,
        *,
        reference: CSLItem | Path | None = None,
        first_page: str | None = None,
        labels: LabelChanges | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Change the record, first page, tags or collections of an essay; nothing is embedded again.

        What is stated here is kept when the essay's file is added again.

        Args:
            essay_id: Its id, which stays.
            reference: Its record, or the file of one; ``None`` to leave it as it is.
            first_page: Number of its first page, arabic or roman; the empty string to find it again in the
                record or the print, ``None`` to leave it as it is.
            labels: Changes of its tags and collections.
            progress: As for ``add``.

        Raises:
            AssistantError: If there is no such essay, or record or number cannot be used; nothing changes.
        """
        self._report_damage(self._checked([essay_id]))
        stated = reference, first_page, labels or LabelChanges()
        return self._writer.edit(essay_id, *stated, progress or no_progress)

    def remove(self, essay_id: str, *, for_good: bool = False) -> None:
        """Remove an essay; ``restore`` brings it back for as long as the trash keeps it.

        With ``for_good`` it is deleted, and so are essays of this id that were removed before.

        Raises:
            LibraryError: If there is none of that id.
        """
        self.snapshot()
        self._writer.remove(essay_id, for_good=for_good)

    def removed(self) -> dict[str, RemovedEssay]:
        """Essays that can be restored, by id; the most recently removed comes first."""
        self.snapshot()
        return self._backend.removed()

    def restore(self, essay_id: str) -> IngestReport:
        """Restore a removed essay; a ``LibraryError`` is raised if none is saved, or the id is taken."""
        self.snapshot()
        report = self._writer.restore(essay_id)
        self._report_damage(self.snapshot())
        return report

    def form(self, essay_id: str, text: str = "") -> dict[str, str]:
        """The fields of a form that shows an essay's record, or the one in a text that the user pasted.

        ``first-page`` is the number of the first page if the user stated one; see ``citations.form.form_of``.

        Raises:
            AssistantError: If there is no such essay, or the text is no record.
        """
        from assistant.citations.form import form_of

        record = self._record(essay_id, text)
        return form_of(record) | {"first-page": self._backend.files.overrides(essay_id).first_page}

    def record_from_form(self, essay_id: str, form: Mapping[str, str], text: str = "") -> CSLItem:
        """The record in a form that ``form`` gave with the same arguments and the user filled in.

        Raises:
            AssistantError: If there is no such essay, the text is no record, or a field is malformed.
        """
        from assistant.citations.form import record_of

        return record_of(form, self._record(essay_id, text))

    def _record(self, essay_id: str, text: str) -> CSLItem:
        from assistant.library.records import pasted_record

        essay = self.essay(essay_id)
        if not text.strip():
            return essay.reference
        return pasted_record(text, self.source_text(essay_id))
