"""Citations of a library's essays, each told from the others, and their bibliographic records."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citations.locators import locator_of
from assistant.citations.styles import Style, style_named
from assistant.core.answer import Citation
from assistant.library.store import EssayStore


class Citations:
    """Cites the essays of a shelf.

    Args:
        shelf: The shelf.
    """

    def __init__(self, shelf: EssayStore) -> None:
        self._shelf = shelf
        self._kept: tuple[object, Style] | None = None

    def style(self, name: str, state: object = None) -> Style:
        """A citation style that tells the essays from each other.

        Args:
            name: Name of a style, or a ``.csl`` file.
            state: What differs when the essays do, if it is known: looking at a thousand files takes longer
                than a citation may.

        Raises:
            AssistantError: If there is no such style, or a chunk file is damaged.
        """
        abouts = None
        if state is None:
            abouts = self._shelf.summaries()
            state = {essay_id: about.sha256 for essay_id, about in abouts.items()}
        if self._kept is None or self._kept[0] != (name, state):
            records = [about.reference for about in (abouts or self._shelf.summaries()).values()]
            self._kept = ((name, state), style_named(name, records))
        return self._kept[1]

    def cite(
        self, essay_id: str, style: str, page: str | None, form: str, *, again: bool
    ) -> tuple[Citation, str]:
        """In-text citation and full reference of an essay.

        Args:
            essay_id: Its id.
            style: Citation style.
            page: Page or pages to cite, or ``None``.
            form: ``text``, ``markdown`` or ``html``.
            again: Whether the essay was cited before, which only styles of notes tell.

        Raises:
            AssistantError: If there is no such essay, style or format, or the essay has no such page.
        """
        from assistant.citations.export import written

        essay = self._shelf.load(essay_id)[1]
        labels = list(dict.fromkeys(start.label for passage in essay.passages for start in passage.pages))
        locator = locator_of(page, labels, essay_id) if page is not None else ""
        chosen = self.style(style)
        in_text = (chosen.rich_again if again else chosen.rich_in_text)(essay.reference, locator)
        reference = written(chosen.rich_reference(essay.reference), form)
        return Citation(locator, written(in_text, form)), reference

    def export(self, essay_id: str, form: str) -> str:
        """The record of an essay for reference managers: ``bibtex``, ``ris`` or ``csl-json``."""
        from assistant.citations.export import exported

        return exported(self._shelf.load(essay_id)[1].reference, form)

    def export_all(self, essay_ids: Sequence[str], form: str) -> str:
        """Records of several essays, each called after its essay's id, by which no two are called alike."""
        from assistant.citations.export import exported

        records = [dict(self._shelf.load(essay_id)[1].reference) | {"id": essay_id} for essay_id in essay_ids]
        return "\n".join(exported(record, form) for record in records)
