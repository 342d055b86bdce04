"""The essays that a library keeps: put in, taken out, and given whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.keeping.catalogue import About
from assistant.keeping.indexing import IndexKeeper, no_step
from assistant.keeping.question_sets import question_sets
from assistant.keeping.shelf import Shelf
from assistant.keeping.storage import writing
from assistant.retrieval.encoder import Encoder, default_loader
from assistant.types import CSLItem, IngestReport, Progress, StoredEssay

if TYPE_CHECKING:
    from assistant.keeping.removing import Removals, Removed


class Collection:
    """What a library is without anybody who asks it.

    Args:
        root: Its folder; made by the first essay that is added.
        load_encoder: Gives the model of a name, or the default one for ``None``; the real one unless a
            test gives its own.
        notify: Takes sentences for the user about what goes on.
    """

    def __init__(
        self,
        root: Path,
        load_encoder: Callable[[str | None], Encoder] | None = None,
        notify: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self.root = root
        self._shelf = Shelf(root)
        self._keeper = IndexKeeper(root, load_encoder or (lambda name: default_loader(name, notify)), notify)
        self._notify = notify

    @cached_property
    def _removals(self) -> Removals:
        from assistant.keeping.removing import Removals  # noqa: PLC0415 - questions remove nothing

        return Removals(self.root, self._shelf, self._keeper)

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
        return {essay_id: about.reference for essay_id, about in self._shelf.abouts().items()}

    def abouts(self) -> dict[str, About]:
        """What is known of each essay without reading it, by id.

        Raises:
            LibraryError: If a chunk file that has changed is damaged.
        """
        return self._shelf.abouts()

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
        from assistant.keeping import adding, ingest  # noqa: PLC0415 - questions read no files
        from assistant.keeping.adding import Asked  # noqa: PLC0415 - the same

        step = progress or no_step
        step("reading", 0, 1)
        records, known = ingest.records(reference, self.root), ingest.known_records(self.root)
        made = ingest.read_essay(path, records, known=known, first_page=first_page, essay_id=essay_id)
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
        from assistant.keeping import forms  # noqa: PLC0415 - questions fill in no forms

        given = self._shelf.given(essay_id).first_page
        return forms.form_of(self._record(essay_id, text)) | {"first-page": given}

    def filled(self, essay_id: str, form: Mapping[str, str], text: str = "") -> CSLItem:
        """The record that a form was filled in with, which ``form`` gave with the same arguments.

        Raises:
            AssistantError: If there is no such essay, the text is no record, or a field is malformed.
        """
        from assistant.keeping import forms  # noqa: PLC0415 - the same

        return forms.record_of(form, self._record(essay_id, text))

    def _record(self, essay_id: str, text: str) -> CSLItem:
        from assistant.keeping import editing  # noqa: PLC0415 - the same

        essay = self.essay(essay_id)
        return editing.pasted(text, self.source_text(essay_id)) if text.strip() else essay.reference

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
        from assistant.keeping import adding, editing  # noqa: PLC0415 - the same

        self.essay(essay_id)
        with writing(self.root, self._notify):
            ready = editing.edited(essay_id, reference, first_page, self._shelf, self.root)
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

    def removed(self) -> dict[str, Removed]:
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
        from assistant.keeping import adding  # noqa: PLC0415 - the same

        ready = self._removals.ready(essay_id)
        with writing(self.root, self._notify):
            ready = self._removals.ready(essay_id)
            adding.commit(ready, None, self._shelf, self._keeper, no_step)
            self._removals.forget(ready)
        return ready.essay.report
