"""Tell which essay a file is, and refuse one that would replace another work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.citations.references import from_title_page, make_id, recognise
from assistant.core.errors import LibraryError
from assistant.core.essay import CSLItem, StoredEssay, plain_title
from assistant.library.originals import SourceFile
from assistant.library.snapshot import Snapshot

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which essay a file is.

    Attributes:
        essay_id: Its id.
        record: The record stated for it or recognised by its title; ``None`` if there is none.
    """

    essay_id: str
    record: CSLItem | None


def identify(
    file: SourceFile,
    snapshot: Snapshot,
    essay_id: str | None,
    record: CSLItem | None,
    known: Sequence[CSLItem],
) -> Identity:
    """Tell which essay a file is. Unless the user states id or record, a file that is held keeps its id."""
    identified = record or recognise(file.document.text, known)
    name = essay_id or id_of(identified, file.stem)
    if essay_id is None and record is None and name not in snapshot.stamps:
        same_file = (held for held, summary in snapshot.summaries.items() if summary.source == file.sha256)
        name = next(same_file, name)
    return Identity(name, identified)


def refuse_other_work(path: Path, essay: StoredEssay, identity: Identity, snapshot: Snapshot) -> None:
    """Refuse an essay that would replace another work.

    Its title is that of the record before overrides, which are those of the essay that it would replace.
    """
    if essay.id not in snapshot.stamps:
        return
    try:
        held = snapshot.essay(essay.id)
    except LibraryError:
        return  # a damaged chunk file is repaired by adding its essay again
    record = identity.record or from_title_page(printed_title(essay), "", Path(essay.source_name).stem)
    titles = {plain_title(record), printed_title(essay)} - {""}
    same_work = held.source_name == essay.source_name and not titles.isdisjoint(
        {held.report.title, printed_title(held)}
    )
    if held.source_sha256 != essay.source_sha256 and not same_work:
        raise LibraryError(
            f"{path} would take the id {essay.id!r} of another essay ({held.source_name}); give it its "
            f"own with --id, or remove the other with: assistant remove {essay.id}"
        )


def refuse_bad_id(essay_id: str | None) -> None:
    """Refuse an id that could not be a file's name everywhere.

    Raises:
        LibraryError: If it is one.
    """
    if essay_id is not None and not _ID.fullmatch(essay_id):
        raise LibraryError(
            f"{essay_id!r} cannot be an id; use small letters, figures, hyphens and dots, such as gill-2014."
        )


def id_of(record: CSLItem | None, stem: str) -> str:
    """The id of a record if it can be an essay's, else one made of author and year or the file's name."""
    own = str((record or {}).get("id", ""))
    return own if _ID.fullmatch(own) else make_id(record or {}, stem)


def printed_title(essay: StoredEssay) -> str:
    """The title as the essay prints it, which no new record changes."""
    return " ".join(passage.text for passage in essay.passages if passage.kind == "title")
