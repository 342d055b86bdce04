"""The facade: a folder of essays to which essays are added and which is asked, quoted and cited.

Other rooms use the library through this class alone. Each call takes one snapshot of the essays on disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from assistant.citations.styles import Style, list_title, style_titles
from assistant.core.answer import (
    Answer,
    Citation,
    InsertableQuotation,
    PreparedQuotation,
    QuotedWords,
    Voice,
    ZoteroLinks,
)
from assistant.core.draft_report import DraftReport
from assistant.core.errors import DamagedEssayError, LibraryError
from assistant.core.essay import Progress, StoredEssay
from assistant.core.notebook import Notebook, Section
from assistant.core.quotation import Verdict
from assistant.core.selection import EVERYTHING, Selection
from assistant.library import draft_files
from assistant.library.holdings import Holdings
from assistant.library.models import OutdatedError
from assistant.library.snapshot import Snapshot

if TYPE_CHECKING:
    from assistant.documents.document import Document
    from assistant.retrieval.finder import Finder

# Seconds for which a change by another program is waited for, and seconds between looks.
_CHANGING, _PAUSE = 30.0, 0.05


class Library(Holdings):
    """A library of essays; see ``Holdings`` for its arguments, what it holds and what changes it."""

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
        where: Selection = EVERYTHING,
        per_essay: int | None = None,
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
            where: Which of these essays, and which of their passages, to search.
            per_essay: Number of passages to show of an essay at most.

        Returns:
            The answer; ``answered`` is false when the essays do not seem to answer.

        Raises:
            AssistantError: If the question is empty, the library holds nothing, or cannot be used.
        """
        model = self._models.reranker(reranker) if reranker else None
        options = {"top": top, "history": history, "fast": fast, "reranker": model, "voice": voice}
        options["per_essay"] = per_essay
        *_, answer = self._answers(question, essays, style, options, where, explained=explained)
        return answer

    def answers(
        self,
        question: str,
        *,
        essays: Sequence[str] = (),
        style: str = "mla",
        history: Sequence[str] = (),
        where: Selection = EVERYTHING,
    ) -> Iterator[Answer]:
        """Answer as ``ask`` does, but twice: when passages are found, and when they have been read."""
        return self._answers(question, essays, style, {"top": None, "history": history}, where)

    def _answers(
        self,
        question: str,
        essays: Sequence[str],
        style: str,
        options: dict[str, Any],
        where: Selection,
        *,
        explained: bool = True,
    ) -> Iterator[Answer]:
        from assistant.answering.answer import Answerer

        while True:
            snapshot, finder = self.searchable([*essays, *where.essays])
            essays = snapshot.select(essays, where)
            options |= {"kinds": where.kinds, "only": snapshot.passages_of_sections(essays, where)}
            answerer = Answerer(finder, snapshot.voices, explained=explained)
            try:
                style_named = snapshot.style(style)
                for answer in answerer.answers(question, essays=essays, style=style_named, **options):
                    yield snapshot.linked.answer(answer)
            except DamagedEssayError:
                # The damage is found only when words are to be shown; the essay is left out from then on.
                if not snapshot.has_new_damage():
                    raise
            else:
                return

    def finder(self) -> Finder:
        """A finder whose index agrees with the essays; a ``LibraryError`` is raised if there are none."""
        return self.searchable()[1]

    def searchable(self, essays: Sequence[str] = ()) -> tuple[Snapshot, Finder]:
        """The current snapshot and its finder, if the library holds some essays, or any at all."""
        until = monotonic() + _CHANGING
        while True:
            snapshot = self._checked(essays)
            snapshot.require_any()
            self._report_damage(snapshot)
            try:
                return snapshot, snapshot.finder()
            except OutdatedError as error:  # another program has changed the essays since
                if monotonic() > until:
                    raise LibraryError(
                        f"Another program is changing {self.root}; ask again when it is done."
                    ) from error
                sleep(_PAUSE)

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

    def quote(
        self,
        text: str,
        *,
        essays: Sequence[str] = (),
        style: str = "mla",
        where: Selection = EVERYTHING,
    ) -> Verdict:
        """Judge a quotation; arguments as for ``QuotationChecker.verdict``, the style by its name.

        With ``where`` the words are looked for in these essays only, whatever the kind of their passages.

        Raises:
            AssistantError: If the text cannot be checked, or there is no such essay or style.
        """
        snapshot = self._checked(essays)
        essays = snapshot.select(essays, where) if where else essays
        quotations = snapshot.quotations()
        self._report_damage(snapshot)
        return snapshot.linked.verdict(quotations.verdict(text, snapshot.style(style), essays))

    def check_draft(
        self,
        draft: Path | str | Document,
        *,
        essays: Sequence[str] = (),
        style: str | None = "mla",
        where: Selection = EVERYTHING,
        **options: Any,
    ) -> DraftReport:
        """Check a draft as ``drafts.check.check_draft`` does; with ``paraphrases`` the model gives hints.

        With no ``style`` it is the one that the draft names, or else MLA's.

        Errors as for ``quote``, and if the draft cannot be read or there is no essay at all.
        """
        from assistant.drafts.check import check_draft

        snapshot = self.snapshot()
        essays = snapshot.select(essays, where) if where else essays
        sources = snapshot.sources(essays)
        self._report_damage(snapshot)
        near = (lambda: self.finder().nearest_words) if options.pop("paraphrases", False) else None
        chosen = snapshot.style(style) if style else partial(draft_files.own_style, snapshot, self._notify)
        return check_draft(draft, sources, chosen, nearest=near, **options)

    def check_draft_file(self, data: bytes, name: str, **options: Any) -> DraftReport:
        """Check the bytes of a draft's file, of the format that its name says, as ``check_draft`` does."""
        from assistant.documents.reading import read_draft_bytes

        return self.check_draft(read_draft_bytes(data, name), **options)

    def insertable(
        self, passage_id: str, start: int = 0, end: int | None = None, *, style: str, language: str = ""
    ) -> InsertableQuotation:
        """Words of a passage as a word processor inserts them; see ``citing.insertable_quotation``.

        Raises:
            AssistantError: If there is no such essay, passage, span or style.
        """
        from assistant.library.citing import insertable_quotation

        snapshot = self.snapshot()
        essay = snapshot.essay(passage_id.partition("/")[0])
        return insertable_quotation(essay, passage_id, start, end, snapshot.style(style), language)

    fixed_draft = staticmethod(draft_files.fixed_draft)
    write_fixed_draft = staticmethod(draft_files.write_fixed_draft)
    write_file = staticmethod(draft_files.write_file)

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

    def links(self, essay_id: str, page: str = "") -> ZoteroLinks | None:
        """Links to an essay in Zotero, at the first of some pages; ``None`` if it is not from there."""
        return self.snapshot().linked.of_essay(essay_id, page)

    def export(self, essay_id: str, form: str) -> str:
        """The record of an essay for reference managers: ``bibtex``, ``ris`` or ``csl-json``.

        Raises:
            AssistantError: If there is no such essay or format.
        """
        from assistant.citations.references import export_record

        return export_record(self.essay(essay_id).reference, form)

    def export_all(self, essay_ids: Sequence[str], form: str) -> str:
        """The records of several essays in one text, each once; errors as for ``export``."""
        from assistant.library.citing import export_records

        snapshot = self._checked(essay_ids)
        return export_records({name: snapshot.summaries[name].reference for name in essay_ids}, form)
