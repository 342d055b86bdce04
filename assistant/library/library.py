"""The facade: a folder of essays to which essays are added and which is asked, quoted and cited.

Other rooms use the library through this class alone. Each call takes one snapshot of the essays on disk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answering.answer import Answerer
from assistant.citations.styles import Style, list_title, style_titles
from assistant.core.answer import Answer, Citation, PreparedQuotation, QuotedWords, Voice
from assistant.core.draft_report import DraftReport
from assistant.core.errors import AssistantError, DamagedEssayError
from assistant.core.essay import CSLItem, EssaySummary, IngestReport, Progress, RemovedEssay, StoredEssay
from assistant.core.notebook import Notebook, Section
from assistant.core.quotation import Verdict
from assistant.library import files
from assistant.library.folder import Backend, FolderBackend
from assistant.library.glances import Glances
from assistant.library.indexing import Models, OutdatedError, no_progress
from assistant.library.snapshot import Snapshot
from assistant.retrieval.models.cross_encoder import DefaultReadingModel, ReadingModel
from assistant.retrieval.models.encoder import Encoder
from assistant.retrieval.models.loading import default_loader

if TYPE_CHECKING:
    from assistant.library.adding import LibraryWriter
    from assistant.library.diagnosis import Diagnosis
    from assistant.library.printed_pages import PrintedPages
    from assistant.retrieval.finder import Finder


class Library(Glances):
    """A library of essays.

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
                self._latest = latest = Snapshot(self._backend.files, self._backend.index, stamps, latest)
            return latest

    def _report_damage(self, snapshot: Snapshot) -> None:
        """Name the essays that are left out because they are damaged, each once."""
        for essay_id, error in snapshot.damaged.items():
            if self._reported.get(essay_id) != str(error):
                self._reported[essay_id] = str(error)
                self._notify(f"The essay {essay_id!r} is left out: {error}")

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
        return self._backend.index.engine()

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
            progress=progress or no_progress,
        )
        self._report_damage(self.snapshot())
        return report

    def edit(
        self,
        essay_id: str,
        *,
        reference: CSLItem | Path | None = None,
        first_page: str | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Change the record of an essay or the number of its first page; nothing is embedded again.

        What is stated here is kept when the essay's file is added again.

        Args:
            essay_id: Its id, which stays.
            reference: Its record, or the file of one; ``None`` to leave it as it is.
            first_page: Number of its first page, arabic or roman; the empty string to find it again in the
                record or the print, ``None`` to leave it as it is.
            progress: As for ``add``.

        Raises:
            AssistantError: If there is no such essay, or record or number cannot be used; nothing changes.
        """
        self._report_damage(self._checked([essay_id]))
        return self._writer.edit(essay_id, reference, first_page, progress or no_progress)

    def remove(self, essay_id: str, *, for_good: bool = False) -> None:
        """Remove an essay; ``restore`` brings it back for as long as the trash keeps it.

        Args:
            essay_id: Its id.
            for_good: Whether to delete it, and essays of this id that were removed before.

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
        """The fields of a form that shows an essay's record; see ``citations.form.form_of``.

        Args:
            essay_id: Id of the essay.
            text: Another record to show instead: CSL-JSON, BibTeX, RIS, PubMed or EndNote XML.

        Returns:
            The record's fields, and ``first-page``: the number of the first page if the user stated one.

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
        from assistant.library.adding import pasted_record

        essay = self.essay(essay_id)
        if not text.strip():
            return essay.reference
        return pasted_record(text, self.source_text(essay_id))

    # What is asked of it.

    def ask(  # noqa: PLR0913 - the options of the command
        self,
        question: str,
        *,
        top: int | None = None,
        essays: Sequence[str] = (),
        style: str = "mla",
        history: Sequence[str] = (),
        fast: bool = False,
        reranker: str | None = None,
        explained: bool = True,
        voice: Voice | None = None,
    ) -> Answer:
        """Find the passages that answer a question, or that bear on the ideas of a paragraph.

        Args:
            question: The question, or a paragraph of a draft; see ``answering.ideas``.
            top: Number of passages to show; 3 by default, 5 for a paragraph.
            essays: Ids of the essays to ask; all if empty.
            style: Citation style.
            history: Earlier questions of the conversation, oldest first.
            fast: Whether to leave out the reading model; the confidence then follows from likeness alone.
            reranker: Folder or name of a model that orders the first passages.
            explained: Whether to explain why each passage was found.
            voice: Whose words alone to show: those of the essays' own authors (``author``) or those that
                they quote (``quoted``); all if ``None``.

        Returns:
            The answer; ``answered`` is false when the essays do not seem to answer.

        Raises:
            AssistantError: If the question is empty, the library holds nothing, or cannot be used.
        """
        model = self._models.reranker(reranker) if reranker else None
        options = {"top": top, "history": history, "fast": fast, "reranker": model, "voice": voice}
        *_, answer = self._answers(question, essays, style, options, explained=explained)
        return answer

    def answers(
        self, question: str, *, essays: Sequence[str] = (), style: str = "mla", history: Sequence[str] = ()
    ) -> Iterator[Answer]:
        """Answer as ``ask`` does, but twice: when passages are found, and when they have been read."""
        return self._answers(question, essays, style, {"top": None, "history": history})

    def _answers(
        self,
        question: str,
        essays: Sequence[str],
        style: str,
        options: dict[str, Any],
        *,
        explained: bool = True,
    ) -> Iterator[Answer]:
        while True:
            snapshot, finder = self._searchable(essays)
            answerer = Answerer(finder, snapshot.voices, explained=explained)
            try:
                yield from answerer.answers(question, essays=essays, style=snapshot.style(style), **options)
            except DamagedEssayError:
                # The damage is found only when words are to be shown; the essay is left out from then on.
                if not snapshot.has_new_damage():
                    raise
            else:
                return

    def finder(self) -> Finder:
        """A finder whose index agrees with the essays; a ``LibraryError`` is raised if there are none."""
        return self._searchable()[1]

    def _checked(self, essays: Sequence[str]) -> Snapshot:
        """The current snapshot, if the essays named are in it and not damaged."""
        snapshot = self.snapshot()
        for essay_id in essays:
            snapshot.require(essay_id)
        return snapshot

    def _searchable(self, essays: Sequence[str] = ()) -> tuple[Snapshot, Finder]:
        """The current snapshot and its finder, if the library holds some essays, or any at all."""
        while True:
            snapshot = self._checked(essays)
            snapshot.require_any()
            self._report_damage(snapshot)
            try:
                return snapshot, snapshot.finder()
            except OutdatedError:  # another program has changed the essays since
                continue

    def finder_of(self, essays: Sequence[StoredEssay], progress: Progress) -> Finder:
        """A finder of essays that are in no library; ``progress`` as for ``add``."""
        return self._models.finder_of(essays, progress)

    def warm(self) -> None:
        """Load models and index, so that the first question need not wait; nothing if there is no essay."""
        if self.ids():
            self._models.warm(self.finder().searcher.encoder)

    def quoted(self, essay_id: str) -> Mapping[str, tuple[QuotedWords, ...]]:
        """Words that an essay quotes, by passage id, with their author if known; errors as for ``essay``."""
        from assistant.attribution.voices import voices_of

        return voices_of(self.essay(essay_id).passages)

    def quotable(self, essay_id: str, style: str = "mla") -> dict[str, list[PreparedQuotation]]:
        """Each sentence of an essay as a quotation with citation, by passage id; errors as for ``cite``."""
        from assistant.answering.quotable import quotable_sentences

        snapshot = self.snapshot()
        return quotable_sentences(snapshot.essay(essay_id), snapshot.style(style))

    def notebook(self, title: str, sections: Sequence[Section], style: str = "mla") -> Notebook:
        """The pins that a browser saved, looked up again; see ``answering.notebook.notebook_of``."""
        from assistant.answering.notebook import notebook_of

        snapshot = self.snapshot()
        return notebook_of(title, sections, snapshot.essay, snapshot.style(style), list_title(style))

    def quote(self, text: str, *, essays: Sequence[str] = (), style: str = "mla") -> Verdict:
        """Judge a quotation; arguments as for ``QuotationChecker.verdict``, the style by its name.

        Raises:
            AssistantError: If the text cannot be checked, or there is no such essay or style.
        """
        snapshot = self._checked(essays)
        quotations = snapshot.quotations()
        self._report_damage(snapshot)
        return quotations.verdict(text, snapshot.style(style), essays)

    def check_draft(
        self, draft: Path | str, *, essays: Sequence[str] = (), style: str = "mla", **options: Any
    ) -> DraftReport:
        """Check a draft, as ``drafts.check.check_draft`` does; with ``paraphrases`` the model gives hints.

        Errors as for ``quote``, and if the draft cannot be read or there is no essay at all.
        """
        from assistant.drafts.check import check_draft

        snapshot = self.snapshot()
        checked = [snapshot.essay(essay_id) for essay_id in essays] or snapshot.all_essays()
        self._report_damage(snapshot)
        corpus = snapshot.quotations().corpus if checked and not essays else None
        near = (lambda: self.finder().nearest_words) if options.pop("paraphrases", False) else None
        return check_draft(draft, checked, snapshot.style(style), corpus, nearest=near, **options)

    @staticmethod
    def fixed_draft(audit: DraftReport, draft: Path | None = None) -> bytes:
        """A checked draft with its fixes made; as ``drafts.files.corrected_copy``."""
        from assistant.drafts.files import corrected_copy

        return corrected_copy(audit, draft)

    @staticmethod
    def write_fixed_draft(target: Path, report: DraftReport, draft: Path | None = None) -> None:
        """Write a checked draft with its fixes made to a new file, whole or not at all.

        Raises:
            DraftError: If the file exists or cannot be written, or the draft has changed since.
        """
        from assistant.drafts.files import write_corrected_copy

        write_corrected_copy(target, draft, report)

    @staticmethod
    def write_file(target: Path, content: str | bytes) -> None:
        """Write a report or an image, whole or not at all; a ``DraftError`` is raised if that fails."""
        from assistant.drafts.files import write_whole

        write_whole(target, content.encode("utf-8") if isinstance(content, str) else content)

    # Citations and records.

    styles = staticmethod(style_titles)

    def style(self, name: str) -> Style:
        """The style of a name, or of a ``.csl`` file, that keeps the library's works apart."""
        return self.snapshot().style(name)

    def cite(
        self,
        essay_id: str,
        *,
        style: str = "mla",
        page: str | None = None,
        form: str = "text",
        again: bool = False,
    ) -> tuple[Citation, str]:
        """In-text citation and full reference of an essay; arguments as for ``cite_essay``.

        Raises:
            AssistantError: If there is no such essay, style or format, or the essay has no such page.
        """
        from assistant.library.citing import cite_essay

        snapshot = self.snapshot()
        essay = snapshot.essay(essay_id)
        self._report_damage(snapshot)
        return cite_essay(essay, snapshot.style(style), page, form, again=again)

    def export(self, essay_id: str, form: str) -> str:
        """The record of an essay for reference managers: ``bibtex``, ``ris`` or ``csl-json``.

        Raises:
            AssistantError: If there is no such essay or format.
        """
        from assistant.citations.references import export_record

        return export_record(self.essay(essay_id).reference, form)

    def export_all(self, essay_ids: Sequence[str], form: str) -> str:
        """The records of several essays in one text, each with its essay's id; errors as for ``export``."""
        from assistant.library.citing import export_records

        snapshot = self.snapshot()
        return export_records(map(snapshot.essay, essay_ids), form)
