"""An essay's record and first page changed: it is read anew from its kept source, and keeps its id."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.citing.references import load_references, pasted_references, recognise, refuse_malformed
from assistant.keeping import ingest
from assistant.keeping.adding import Ready
from assistant.keeping.shelf import Shelf
from assistant.types import CSLItem


def edited(
    essay_id: str, reference: CSLItem | Path | None, first_page: str | None, shelf: Shelf, root: Path
) -> Ready:
    """An essay as it is with another record or another first page.

    Args:
        essay_id: Its id.
        reference: A new record, or the file of one; ``None`` to leave it as it is.
        first_page: Number of the first page; the empty string to have it found again in record or print,
            ``None`` to leave it as it is.
        shelf: The essays there are.
        root: The library's folder.

    Raises:
        AssistantError: If there is no such essay, its source is not kept, or record or page are malformed.
    """
    essay, text = shelf.load(essay_id)[1], shelf.source_text(essay_id)
    given = shelf.given(essay_id).updated(_record(reference, text), first_page)
    asked = given.first_page or None
    known = ingest.known_records(root)
    own = known if given.reference is None else given.reference
    made = ingest.read_again(essay, text, own, known=known, first_page=asked)
    if given.reference is None and made.essay.reference != essay.reference:
        # It was given in another way, such as in the essay's own file.
        made = ingest.read_again(essay, text, essay.reference, known=known, first_page=asked)
    return Ready.of(made, given)


def _record(reference: CSLItem | Path | None, text: str) -> CSLItem | None:
    if isinstance(reference, Path):
        return _chosen(load_references(reference), text)
    if reference is not None:
        refuse_malformed([reference], "The record")
    return reference


def pasted(text: str, source: str) -> CSLItem:
    """The record in a text.

    Args:
        text: CSL-JSON, BibTeX or RIS.
        source: The essay's source, which tells the essay's own among several.

    Raises:
        RecordError: If the text is none of the three, or holds no record with a title.
    """
    return _chosen(pasted_references(text), source)


def _chosen(records: Sequence[CSLItem], source: str) -> CSLItem:
    return recognise(source, records) or records[0]
