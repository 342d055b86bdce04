"""The one facade: a folder of essays that can be added, removed and asked.

Everything above this module speaks to it alone. The staircase ``ask`` begins here, ``add`` in
``keeping.collection``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers import Answer, Citation, Quotation, Quoted, Wanted
from assistant.asking.answering import Answerer
from assistant.asking.finders import Finders
from assistant.citations import Citations
from assistant.citing.styles import Style, list_title, style_titles
from assistant.errors import LibraryError
from assistant.faults import Audit
from assistant.keeping.collection import Collection
from assistant.notebook import Notebook, Section
from assistant.retrieval.cross_encoder import DefaultJudge, Judge
from assistant.retrieval.encoder import Encoder
from assistant.types import Progress, StoredEssay
from assistant.verdicts import Verdict

if TYPE_CHECKING:
    from assistant.asking.finding import Finder
    from assistant.checking.quotations import Quotations

# Passages that are shown unless more or fewer are asked for.
TOP = 3


class Library(Collection):
    """A library of essays.

    Args:
        root: Its folder; made by the first essay that is added.
        load_encoder: Gives the model of a name, or the default one for ``None``; the real one unless a
            test gives its own.
        judge: Reads questions and excerpts together; the real one unless a test gives its own, or its own
            encoder.
        notify: Takes sentences for the user about what goes on.
    """

    def __init__(
        self,
        root: Path,
        *,
        load_encoder: Callable[[str | None], Encoder] | None = None,
        judge: Judge | None = None,
        notify: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        super().__init__(root, load_encoder, notify)
        self._finders = Finders(
            self._shelf, self._keeper, judge or (None if load_encoder else DefaultJudge(notify))
        )
        self._citations = Citations(self._shelf)

    def quoted(self, essay_id: str) -> Mapping[str, tuple[Quoted, ...]]:
        """Words that an essay quotes, by passage id, with whoever wrote them where that can be told.

        Raises:
            LibraryError: As for ``essay``.
        """
        from assistant.citing.voices import voices_of  # noqa: PLC0415 - questions ask of few passages

        return voices_of(self.essay(essay_id).passages)

    def quotable(self, essay_id: str, style: str = "mla") -> dict[str, list[Quotation]]:
        """Each sentence of an essay as it goes into a draft with its citation, by passage id.

        Raises:
            AssistantError: If there is no such essay or style.
        """
        from assistant.asking.quotable import quotable_sentences  # noqa: PLC0415 - questions quote few sentences

        return quotable_sentences(self.essay(essay_id), self.style(style))

    def notebook(self, title: str, sections: Sequence[Section], style: str = "mla") -> Notebook:
        """What a browser kept of these essays, looked up again, as ``asking.pinned.notebook_of`` does.

        Raises:
            AssistantError: If there is no such style, or a chunk file is damaged.
        """
        from assistant.asking.pinned import notebook_of  # noqa: PLC0415 - questions look up nothing pinned

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

    def check_draft(self, draft: Path | str, *, essays: Sequence[str] = (), style: str = "mla") -> Audit:
        """Check the quotations and citations of a draft, as ``checking.audit.check_draft`` does."""
        from assistant.checking.audit import check_draft  # noqa: PLC0415 - questions check no drafts

        checked = [self.essay(one) for one in essays or self.ids()]
        corpus = self._quotations.corpus() if checked and not essays else None
        return check_draft(draft, checked, self.style(style), corpus)

    @staticmethod
    def mended(audit: Audit, draft: Path | None = None) -> bytes:
        """A checked draft with its mends made, in the format of its file; UTF-8 if it came in none.

        Raises:
            DraftError: If the file has changed since.
        """
        from assistant.drafts.files import mended  # noqa: PLC0415 - questions mend no drafts

        return mended(draft, audit.text, [(one.start, one.end, one.text) for one in audit.mends])

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
        from assistant.checking.quotations import Quotations  # noqa: PLC0415 - questions check no quotations

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
