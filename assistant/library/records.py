"""The records of essays that a library knows, and those that the user states."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.citations.references import (
    load_references,
    pasted_references,
    recognise,
    refuse_malformed,
)
from assistant.core.errors import data_file
from assistant.core.essay import CSLItem


def known_records(root: Path) -> list[CSLItem]:
    """All records among which essays are recognised: those shipped, and those of a library.

    Args:
        root: The library, which may have a ``data/references.json`` of its own.

    Raises:
        RecordError: If a file cannot be read.
    """
    own = root / "data" / "references.json"
    shipped = [data_file("references.json"), data_file("sample/reference.json")]
    files = dict.fromkeys([own, *shipped] if own.is_file() else shipped)
    return [record for file in files for record in load_references(file)]


def pasted_record(text: str, source: str) -> CSLItem:
    """The record in a text that the user pasted.

    Args:
        text: CSL-JSON, BibTeX, RIS, PubMed or EndNote XML.
        source: The essay's source, by which its own record is recognised among several.

    Raises:
        RecordError: If the text is none of these, or holds no record with a title.
    """
    return _own(pasted_references(text), source)


def stated_record(reference: CSLItem | Path | None, source: str) -> CSLItem | None:
    """The record that the user states, by itself or in a file."""
    if isinstance(reference, Path):
        return _own(load_references(reference), source)
    if reference is not None:
        refuse_malformed([reference], "The record")
    return reference


def _own(records: Sequence[CSLItem], source: str) -> CSLItem:
    return recognise(source, records) or records[0]
