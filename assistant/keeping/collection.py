"""The essays that a library keeps: put in, taken out, and given whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.keeping.indexing import IndexKeeper, no_step
from assistant.keeping.shelf import Shelf
from assistant.keeping.storage import writing
from assistant.retrieval.encoder import Encoder, default_loader
from assistant.types import IngestReport, Progress, StoredEssay


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
