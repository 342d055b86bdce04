"""The one facade: a folder of essays that can be added, removed and asked.

Everything above this module speaks to it alone. The staircases ``add`` and ``ask`` begin here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers import Answer, Citation, Quoted, Wanted
from assistant.asking.answering import Answerer
from assistant.asking.finding import Finder
from assistant.citations import Citations
from assistant.citing.styles import Style, style_titles
from assistant.errors import LibraryError
from assistant.faults import Audit
from assistant.keeping.indexing import IndexKeeper, no_step
from assistant.keeping.shelf import Shelf, Snapshot
from assistant.keeping.storage import writing
from assistant.retrieval.cross_encoder import DefaultJudge, Judge
from assistant.retrieval.encoder import Encoder, default_loader
from assistant.retrieval.index import build_index
from assistant.types import IngestReport, Progress, StoredEssay
from assistant.verdicts import Verdict

if TYPE_CHECKING:
    from assistant.checking.quotations import Quotations


class Library:
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
        self.root = root
        self._shelf = Shelf(root)
        self._keeper = IndexKeeper(root, load_encoder or (lambda name: default_loader(name, notify)), notify)
        self._judge = judge or (None if load_encoder else DefaultJudge(notify))
        self._notify = notify
        self._finder: tuple[object, Finder] | None = None
        self._citations = Citations(self._shelf)
        # The page asks from several threads; one of them loads the model and the others wait for it.
        self._guard = threading.Lock()

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

    def quoted(self, essay_id: str) -> Mapping[str, tuple[Quoted, ...]]:
        """Words that an essay quotes, by passage id, with whoever wrote them where that can be told.

        Raises:
            LibraryError: As for ``essay``.
        """
        from assistant.citing.voices import voices_of  # noqa: PLC0415 - questions ask of few passages

        return voices_of(self.essay(essay_id).passages)

    def quotable(self, essay_id: str, style: str = "mla") -> dict[str, list[str]]:
        """Each sentence of an essay as it goes into a draft with its citation, by passage id.

        Raises:
            AssistantError: If there is no such essay or style.
        """
        from assistant.asking.quotable import quotable_sentences  # noqa: PLC0415 - questions quote few sentences

        return quotable_sentences(self.essay(essay_id), self.style(style))

    def engine(self) -> str:
        """How the index is searched, in words; empty if there is none."""
        return self._keeper.engine()

    def source_text(self, essay_id: str) -> str:
        """The decoded source that passages' source offsets count in.

        Raises:
            LibraryError: If there is no such essay or its source is not kept.
        """
        return self._shelf.source_text(essay_id)

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
        from assistant.keeping import adding, ingest  # noqa: PLC0415 - questions read no files

        step = progress or no_step
        step("reading", 0, 1)
        records = ingest.records(reference, self.root)
        made = ingest.read_essay(path, records, first_page=first_page, essay_id=essay_id)
        step("reading", 1, 1)
        with writing(self.root, self._notify):
            adding.refuse_other(made.essay, path, self._shelf)
            adding.commit(made, model, self._shelf, self._keeper, step)
        return made.essay.report

    def remove(self, essay_id: str) -> None:
        """Remove an essay.

        Raises:
            LibraryError: If there is none of that id.
        """
        if essay_id not in self.ids():
            self.essay(essay_id)
        with writing(self.root, self._notify):
            self._shelf.remove(essay_id)

    def ask(  # noqa: PLR0913 - the options of the command
        self,
        question: str,
        *,
        top: int = 3,
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
        for essay_id in essays:
            self.essay(essay_id)
        return Answerer(self.finder(), explained=explained).answer(
            question,
            top=top,
            essays=essays,
            style=self._citations.style(style, self._finder and self._finder[0]),
            history=history,
            fast=fast,
            reranker=self._keeper.reranker(reranker) if reranker else None,
            voice=voice,
        )

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

    def warm(self) -> None:
        """Load models and index, so that the first question need not wait for them; nothing if empty.

        Raises:
            AssistantError: If an index cannot be made.
        """
        if self.ids():
            self.finder().searcher.encoder.encode(["?", "?"], query=True)
            if self._judge is not None:
                self._judge.read("?", ["."])

    def finder(self) -> Finder:
        """What finds passages; its index agrees with the essays on disk.

        Raises:
            LibraryError: If the library holds no essay, or an index cannot be made.
        """
        if not self.ids():
            raise LibraryError(
                f"The library {self.root.resolve()} holds no essay yet; add one with: assistant add FILE"
            )
        with self._guard:
            abouts = self._shelf.abouts()
            sources = {essay_id: about.sha256 for essay_id, about in abouts.items()}
            if self._finder is None or self._finder[0] != (self._keeper.state(), sources):
                essays = Snapshot(self._shelf, abouts)
                index = self._keeper.current(essays, sources)
                found = Finder(index, self._keeper.encoder(index.model.name), essays, self._judge, abouts)
                self._finder = ((self._keeper.state(), sources), found)
            return self._finder[1]

    def finder_of(self, essays: Sequence[StoredEssay], progress: Progress) -> Finder:
        """What finds passages of essays that are in no library; ``progress`` as for ``add``."""
        encoder = self._keeper.encoder(None)
        passages = [passage for essay in essays for passage in essay.passages]
        index = build_index(passages, {}, encoder, progress=partial(progress, "embedding"))
        return Finder(index, encoder, {essay.id: essay for essay in essays}, self._judge)

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
