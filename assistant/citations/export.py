"""Citations as text, Markdown and HTML; records in the formats that reference managers read."""

from __future__ import annotations

import json

from assistant.citations.bibtex import write_bibtex
from assistant.citations.ris import write_ris
from assistant.core.errors import RecordError
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich


def write_csl_json(record: CSLItem) -> str:
    """A record as CSL-JSON, all its fields kept."""
    return json.dumps([dict(record)], ensure_ascii=False, indent=2) + "\n"


# Formats of a citation, and formats of the record itself.
WRITERS = {"text": Rich.plain, "markdown": Rich.markdown, "html": Rich.html}
EXPORTS = {"bibtex": write_bibtex, "ris": write_ris, "csl-json": write_csl_json}


def written(text: Rich, form: str) -> str:
    """A citation as text in a format.

    Args:
        text: The citation.
        form: One of ``WRITERS``.

    Raises:
        RecordError: If there is no such format.
    """
    if form not in WRITERS:
        raise RecordError(f"{form!r} is no format of a citation; choose one of {', '.join(WRITERS)}.")
    return WRITERS[form](text)


def exported(record: CSLItem, form: str) -> str:
    """A record as text in an exchange format, ending in a line break.

    Args:
        record: The record.
        form: One of ``EXPORTS``.

    Raises:
        RecordError: If there is no such format.
    """
    if form not in EXPORTS:
        raise RecordError(f"{form!r} is no format of a record; choose one of {', '.join(EXPORTS)}.")
    return EXPORTS[form](record)
