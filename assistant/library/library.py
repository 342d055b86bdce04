"""The one facade: a folder of essays that can be added, removed and asked.

Everything above this module speaks to it alone. The staircase ``ask`` begins here, ``add`` in
``keeping.collection``.

The question sets that lie in a library beside its essays.

The essays that a library keeps: put in, taken out, and given whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.answer import Answerer
from assistant.citations.styles import Style, list_title, style_titles
from assistant.core.answer import Answer, Citation, PreparedQuotation, QuotedWords, Wanted
from assistant.core.draft_report import DraftReport
from assistant.core.errors import LibraryError
from assistant.core.essay import CSLItem, EssaySummary, IngestReport, Progress, RemovedEssay, StoredEssay
from assistant.core.notebook import Notebook, Section
from assistant.core.quotation import Verdict
from assistant.library.citations import Citations
from assistant.library.files import writing
from assistant.library.indexing import Finders, LibraryIndex, no_step
from assistant.library.store import EssayStore
from assistant.retrieval.models.cross_encoder import DefaultReadingModel, ReadingModel
from assistant.retrieval.models.encoder import Encoder
from assistant.retrieval.models.loading import default_loader

if TYPE_CHECKING:
    from assistant.library.quotations import Quotations
    from assistant.library.trash import Trash
    from assistant.retrieval.finder import Finder


# Without this file a folder is no question set.
QUESTIONS = "queries.jsonl"


def question_sets(root: Path, essays: Iterable[str]) -> dict[str, Path]:
    """A library's own question sets on essays that it holds.

    Args:
        root: The library's folder.
        essays: Ids of its essays.

    Returns:
        Folders by the id of the essay that each asks about, in the order of the ids.
    """
    folders = {name: root / "data" / "eval" / name for name in essays}
    return {name: folder for name, folder in folders.items() if (folder / QUESTIONS).is_file()}


# Passages that are shown unless more or fewer are asked for.
TOP = 3


class Library:
    """A library of essays.

    Args:
        root: Its folder; made by the first essay that is added.
        load_encoder: Gives the model of a name, or the default one for ``None``; the real one unless a
            test gives its own.
        reading_model: Reads questions and excerpts together; the real one unless a test gives its own, or
            its own encoder.
        notify: Takes sentences for the user about what goes on.
    """

    def __init__(
        self,
        root: Path,
        *,
        load_encoder: Callable[[str | None], Encoder] | None = None,
        reading_model: ReadingModel | None = None,
        notify: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self.root = root
        self._notify = notify
        self._shelf = EssayStore(root)
        self._keeper = LibraryIndex(root, load_encoder or (lambda name: default_loader(name, notify)), notify)
        self._finders = Finders(
            self._shelf,
            self._keeper,
            reading_model or (None if load_encoder else DefaultReadingModel(notify)),
        )
        self._citations = Citations(self._shelf)

    @cached_property
    def _removals(self) -> Trash:
        from assistant.library.trash import Trash

        return Trash(self.root, self._shelf, self._keeper)

    def ids(self) -> list[str]:
        """Ids of all essays, in alphabetical order."""
        return self._shelf.ids()

    def essays(self) -> list[StoredEssay]:
        """All essays; a ``LibraryError`` is raised where a chunk file is damaged."""
        return [self.essay(essay_id) for essay_id in self.ids()]

    def essay(self, essay_id: str) -> StoredEssay:
        """One essay.

        Raises:
            LibraryError: If there is none of that id or its file is damaged.
        """
        return self._shelf.load(essay_id)[1]

    def references(self) -> dict[str, CSLItem]:
        """Bibliographic records by id of their essays, none of which need be read for it.

        Raises:
            LibraryError: If a chunk file that has changed is damaged.
        """
        return {essay_id: about.reference for essay_id, about in self._shelf.summaries().items()}

    def summaries(self) -> dict[str, EssaySummary]:
        """What is known of each essay without reading it, by id.

        Raises:
            LibraryError: If a chunk file that has changed is damaged.
        """
        return self._shelf.summaries()

    def question_sets(self) -> dict[str, Path]:
        """Folders of the library's own question sets by id of the essay that each asks about."""
        return question_sets(self.root, self.ids())

    def source_text(self, essay_id: str) -> str:
        """The decoded source that passages' source offsets count in.

        Raises:
            LibraryError: If there is no such essay or its source is not kept.
        """
        return self._shelf.source_text(essay_id)

    def engine(self) -> str:
        """How the index is searched, in words; empty if there is none."""
        return self._keeper.engine()

    def add(
        self,
        path: Path,
        *,
        reference: Path | None = None,
        first_page: str | None = None,
        essay_id: str | None = None,
        model: str | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Read an essay and add it; an essay that is there already is brought up to date.

        Args:
            path: The essay's file.
            reference: File of its bibliographic record; else it is recognised by its title.
            first_page: Number of its first page, arabic or roman; else the record's or the printed one.
            essay_id: Its id; else the record's or one made of author and year.
            model: Embedding model for the whole library; else the one it has.
            progress: Called with the stage, the number of steps done and the number there are.

        Returns:
            The ingest report.

        Raises:
            AssistantError: If the file, the record or the library cannot be used; the library is
                then as it was.
        """
        from assistant.library import adding
        from assistant.library.adding import Asked

        step = progress or no_step
        step("reading", 0, 1)
        records, known = adding.records(reference, self.root), adding.known_records(self.root)
        made = adding.read_essay(path, records, known=known, first_page=first_page, essay_id=essay_id)
        step("reading", 1, 1)
        with writing(self.root, self._notify):
            asked = Asked(records if isinstance(records, Mapping) else None, first_page, essay_id)
            ready = adding.settled(made, path, asked, known, self._shelf)
            adding.commit(ready, model, self._shelf, self._keeper, step)
            self._removals.sweep()
        return ready.essay.report

    def form(self, essay_id: str, text: str = "") -> dict[str, str]:
        """What a form shows of an essay's record: see ``keeping.forms.form_of``.

        Args:
            essay_id: Id of the essay.
            text: Another record to show in its place: CSL-JSON, BibTeX or RIS.

        Returns:
            The record's fields, and ``first-page``: the number of the first page if the user gave one.

        Raises:
            AssistantError: If there is no such essay, or the text is no record.
        """
        from assistant.citations import form as forms

        given = self._shelf.given(essay_id).first_page
        return forms.form_of(self._record(essay_id, text)) | {"first-page": given}

    def record_from_form(self, essay_id: str, form: Mapping[str, str], text: str = "") -> CSLItem:
        """The record that a form was filled in with, which ``form`` gave with the same arguments.

        Raises:
            AssistantError: If there is no such essay, the text is no record, or a field is malformed.
        """
        from assistant.citations import form as forms

        return forms.record_of(form, self._record(essay_id, text))

    def _record(self, essay_id: str, text: str) -> CSLItem:
        from assistant.library import adding

        essay = self.essay(essay_id)
        return adding.pasted(text, self.source_text(essay_id)) if text.strip() else essay.reference

    def edit(
        self,
        essay_id: str,
        *,
        reference: CSLItem | Path | None = None,
        first_page: str | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Change the record of an essay and the number of its first page; nothing is embedded anew.

        What is given here outlives adding the essay's file again.

        Args:
            essay_id: Its id, which stays.
            reference: Its record, or the file of one; ``None`` to leave it as it is.
            first_page: Number of its first page, arabic or roman; the empty string to have the record or the
                print tell it again, ``None`` to leave it as it is.
            progress: As for ``add``.

        Returns:
            The new ingest report.

        Raises:
            AssistantError: If there is no such essay, or record or number cannot be used; the library is
                then as it was.
        """
        from assistant.library import adding

        self.essay(essay_id)
        with writing(self.root, self._notify):
            ready = adding.edited(essay_id, reference, first_page, self._shelf, self.root)
            adding.commit(ready, None, self._shelf, self._keeper, progress or no_step)
        return ready.essay.report

    def remove(self, essay_id: str, *, for_good: bool = False) -> None:
        """Remove an essay; ``restore`` puts it back, until it is swept away (see ``keeping.removing``).

        Args:
            essay_id: Its id.
            for_good: Whether to keep nothing, neither of an essay that was removed before.

        Raises:
            LibraryError: If there is none of that id.
        """
        if essay_id not in self.ids() and not (for_good and essay_id in self.removed()):
            self.essay(essay_id)
        with writing(self.root, self._notify):
            if for_good:
                self._removals.remove_for_good(essay_id)
            else:
                self._removals.remove(essay_id)

    def removed(self) -> dict[str, RemovedEssay]:
        """What can be put back, by id; what was removed last comes first."""
        return {one.id: one for one in self._removals.kept()}

    def restore(self, essay_id: str) -> IngestReport:
        """Put a removed essay back as it was; nothing is embedded anew.

        Args:
            essay_id: Its id.

        Returns:
            Its ingest report.

        Raises:
            LibraryError: If none of that id is kept, or an essay of that id has been added since.
        """
        from assistant.library import adding

        ready = self._removals.ready(essay_id)
        with writing(self.root, self._notify):
            ready = self._removals.ready(essay_id)
            adding.commit(ready, None, self._shelf, self._keeper, no_step)
            self._removals.forget(ready)
        return ready.essay.report

    def quoted(self, essay_id: str) -> Mapping[str, tuple[QuotedWords, ...]]:
        """Words that an essay quotes, by passage id, with whoever wrote them where that can be told.

        Raises:
            LibraryError: As for ``essay``.
        """
        from assistant.attribution.voices import voices_of

        return voices_of(self.essay(essay_id).passages)

    def quotable(self, essay_id: str, style: str = "mla") -> dict[str, list[PreparedQuotation]]:
        """Each sentence of an essay as it goes into a draft with its citation, by passage id.

        Raises:
            AssistantError: If there is no such essay or style.
        """
        from assistant.answering.quotable import quotable_sentences

        return quotable_sentences(self.essay(essay_id), self.style(style))

    def notebook(self, title: str, sections: Sequence[Section], style: str = "mla") -> Notebook:
        """What a browser kept of these essays, looked up again, as ``asking.pinned.notebook_of`` does.

        Raises:
            AssistantError: If there is no such style, or a chunk file is damaged.
        """
        from assistant.answering.notebook import notebook_of

        return notebook_of(title, sections, self.essay, self.style(style), list_title(style))

    def ask(  # noqa: PLR0913 - the options of the command
        self,
        question: str,
        *,
        top: int = TOP,
        essays: Sequence[str] = (),
        style: str = "mla",
        history: Sequence[str] = (),
        fast: bool = False,
        reranker: str | None = None,
        explained: bool = True,
        voice: Wanted | None = None,
    ) -> Answer:
        """Find the passages that answer a question.

        Args:
            question: The question.
            top: Number of passages to show.
            essays: Ids of the essays to ask; all if empty.
            style: Citation style.
            history: Earlier questions of the conversation, oldest first.
            fast: Whether to leave out the model that reads passages: confidence is then told by likeness.
            reranker: Folder or name of a model that puts the first passages in order anew.
            explained: Whether to say why each passage was found.
            voice: Whose words alone to show: those of the essays' own authors (``author``) or those that
                they quote (``quoted``); all if ``None``.

        Returns:
            The answer; ``answered`` is false when the essays do not seem to answer.

        Raises:
            AssistantError: If the question is empty, the library holds nothing, or cannot be used.
        """
        *_, answer = self._answerer(essays, explained=explained).answers(
            question,
            top=top,
            essays=essays,
            style=self._citations.style(style, self._finders.state),
            history=history,
            fast=fast,
            reranker=self._keeper.reranker(reranker) if reranker else None,
            voice=voice,
        )
        return answer

    def answers(
        self, question: str, *, essays: Sequence[str] = (), style: str = "mla", history: Sequence[str] = ()
    ) -> Iterator[Answer]:
        """Answer as ``ask`` does, but as soon as passages are found, and once more when they have been read.

        Raises:
            AssistantError: As for ``ask``.
        """
        answerer = self._answerer(essays)
        made = self._citations.style(style, self._finders.state)
        yield from answerer.answers(question, top=TOP, essays=essays, style=made, history=history)

    def _answerer(self, essays: Sequence[str], *, explained: bool = True) -> Answerer:
        """What answers questions to some essays, all of which are there."""
        for essay_id in essays:
            self.essay(essay_id)
        return Answerer(self.finder(), explained=explained)

    def style(self, name: str) -> Style:
        """The style of a name, or of a ``.csl`` file, that tells the library's essays from each other.

        Raises:
            AssistantError: If there is no such style, or a chunk file is damaged.
        """
        return self._citations.style(name)

    styles = staticmethod(style_titles)

    def check_draft(
        self, draft: Path | str, *, essays: Sequence[str] = (), style: str = "mla"
    ) -> DraftReport:
        """Check the quotations and citations of a draft, as ``checking.audit.check_draft`` does."""
        from assistant.drafts.check import check_draft

        checked = [self.essay(one) for one in essays or self.ids()]
        corpus = self._quotations.corpus() if checked and not essays else None
        return check_draft(draft, checked, self.style(style), corpus)

    @staticmethod
    def fixed_draft(audit: DraftReport, draft: Path | None = None) -> bytes:
        """A checked draft with its mends made, in the format of its file; UTF-8 if it came in none.

        Raises:
            DraftError: If the file has changed since.
        """
        from assistant.drafts.files import mended

        return mended(draft, audit.text, [(one.start, one.end, one.text) for one in audit.fixes])

    def warm(self) -> None:
        """Load models and index, so that the first question need not wait for them; nothing if empty.

        Raises:
            AssistantError: If an index cannot be made.
        """
        if self.ids():
            self._finders.warm()

    def finder(self) -> Finder:
        """What finds passages; its index agrees with the essays on disk.

        Raises:
            LibraryError: If the library holds no essay, or an index cannot be made.
        """
        if not self.ids():
            raise LibraryError(
                f"The library {self.root.resolve()} holds no essay yet; add one with: assistant add FILE"
            )
        return self._finders.current()

    def finder_of(self, essays: Sequence[StoredEssay], progress: Progress) -> Finder:
        """What finds passages of essays that are in no library; ``progress`` as for ``add``."""
        return self._finders.of(essays, progress)

    @cached_property
    def _quotations(self) -> Quotations:
        from assistant.library.quotations import Quotations

        return Quotations(self._shelf)

    def quote(self, text: str, *, essays: Sequence[str] = (), style: str = "mla") -> Verdict:
        """Judge a quotation as ``Quotations.verdict`` does, with ids of essays and a style by its name.

        Raises:
            AssistantError: If the text cannot be checked, or there is no such essay or style.
        """
        return self._quotations.verdict(text, self.style(style), essays)

    def cite(
        self,
        essay_id: str,
        *,
        style: str = "mla",
        page: str | None = None,
        form: str = "text",
        again: bool = False,
    ) -> tuple[Citation, str]:
        """In-text citation and full reference of an essay, as ``Citations.cite`` makes them.

        Raises:
            AssistantError: If there is no such essay, style or format, or the essay has no such page.
        """
        return self._citations.cite(essay_id, style, page, form, again=again)

    def export(self, essay_id: str, form: str) -> str:
        """The record of an essay for reference managers: ``bibtex``, ``ris`` or ``csl-json``.

        Raises:
            AssistantError: If there is no such essay or format.
        """
        return self._citations.export(essay_id, form)

    def export_all(self, essay_ids: Sequence[str], form: str) -> str:
        """The records of several essays in one file, each under its essay's id; else as ``export``."""
        return self._citations.export_all(essay_ids, form)
