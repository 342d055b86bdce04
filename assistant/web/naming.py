"""What essays are called where they are chosen, told from their records alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.records import plain_title
from assistant.web.markup import authors_of

if TYPE_CHECKING:
    from assistant.types import CSLItem


def label_of(essay_id: str, record: CSLItem) -> str:
    """Name of an essay in choosers: authors and title, or its id.

    Args:
        essay_id: The id.
        record: The bibliographic record.
    """
    return ", ".join(filter(None, [authors_of(record), plain_title(record)])) or essay_id
