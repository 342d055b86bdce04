"""Citations and bibliographic records of essays in the formats in which they are asked for."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.citations.locators import locator_of
from assistant.citations.references import export_record
from assistant.citations.styles import Style, format_citation
from assistant.core.answer import Citation
from assistant.core.essay import StoredEssay


def cite_essay(
    essay: StoredEssay, style: Style, page: str | None, form: str, *, again: bool
) -> tuple[Citation, str]:
    """In-text citation and full reference of an essay.

    Args:
        essay: The essay.
        style: Citation style.
        page: Page or pages to cite, or ``None``.
        form: ``text``, ``markdown`` or ``html``.
        again: Whether the essay was cited before; only styles of notes distinguish it.

    Raises:
        AssistantError: If there is no such format, or the essay has no such page.
    """
    labels = list(dict.fromkeys(start.label for passage in essay.passages for start in passage.pages))
    locator = "" if page is None else locator_of(page, labels, essay.id)
    in_text = (style.rich_again if again else style.rich_in_text)(essay.reference, locator)
    reference = format_citation(style.rich_reference(essay.reference), form)
    return Citation(locator, format_citation(in_text, form)), reference


def export_records(essays: Iterable[StoredEssay], form: str) -> str:
    """The records of several essays in one text: ``bibtex``, ``ris`` or ``csl-json``.

    Each record has its essay's id, so that no two have the same.

    Raises:
        AssistantError: If there is no such format.
    """
    return "\n".join(export_record(dict(essay.reference) | {"id": essay.id}, form) for essay in essays)
