"""The items of a reference manager that are to be added, and the file of each that is its essay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from assistant.citations.managed import Attachment, ManagedItem, has_tags, in_collection
from assistant.core.errors import LibraryError

# Formats from which an essay is read, best first: those with pages come before those without.
_FORMATS = (
    ".pdf",
    ".epub",
    ".html",
    ".htm",
    ".xhtml",
    ".docx",
    ".odt",
    ".rtf",
    ".md",
    ".tex",
    ".text",
    ".txt",
)
_SUPPLEMENT = re.compile(
    r"\b(?:supp(?:l|lement\w*|orting)?|appendi(?:x|ces)|slides|handout|errat(?:um|a)|corrigend(?:um|a)|cover|toc)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItems:
    """The items of a reference manager.

    Attributes:
        source: The data folder of Zotero, or the export.
        items: Those that are to be added.
        everything: All that it has.
        is_library: Whether ``everything`` is all of Zotero's libraries, so that what is not in it is gone.
    """

    source: Path
    items: Sequence[ManagedItem]
    everything: Sequence[ManagedItem]
    is_library: bool

    @property
    def sentence(self) -> str:
        """How many items there are, and where."""
        chosen = "" if len(self.items) == len(self.everything) else f", {len(self.items):,} of them chosen"
        total = len(self.everything)
        return f"{self.source}: {total:,} item{'s' * (total != 1)}{chosen}."


def find_items(source: Path | None, collection: str = "", tags: Sequence[str] = ()) -> FoundItems:
    """Read the items of a reference manager.

    Args:
        source: Zotero's data folder or an export; ``None`` to look for the data folder.
        collection: The only collection to add, with those in it; all if empty.
        tags: Tags that items must have.

    Raises:
        AssistantError: If nothing can be read, or there is no such collection or tag.
    """
    from assistant.citations.attached_files import EXPORTED, read_export
    from assistant.citations.zotero_database import collections_of, find_data_folder, read_zotero

    is_export = source is not None and source.suffix.lower() in EXPORTED and not source.is_dir()
    if source is not None and is_export:
        everything = read_export(source)
    else:
        source = find_data_folder(source)
        everything = read_zotero(source)
    items = [item for item in everything if not collection or in_collection(item, collection)]
    if collection and not items:
        names = [each.path for each in collections_of(everything)]
        raise LibraryError(
            f"{source} has no item in a collection {collection!r}; {_near(collection, names)}."
        )
    for tag in tags:
        if not any(has_tags(item, (tag,)) for item in items):
            names = sorted({name for item in items for name in item.tags}, key=str.casefold)
            raise LibraryError(f"{source} has no item with the tag {tag!r}; {_near(tag, names)}.")
    chosen = [item for item in items if has_tags(item, tuple(tags))]
    return FoundItems(source=source, items=chosen, everything=everything, is_library=not is_export)


def collection_counts(found: FoundItems) -> list[tuple[str, int]]:
    """The collections of some items, each with the number of items in it and in those within it."""
    from assistant.citations.zotero_database import collections_of

    return [(each.path, each.items) for each in collections_of(found.everything)]


def zotero_folder(given: Path | None = None) -> Path | None:
    """Zotero's data folder; ``None`` if none was named and none is found.

    Raises:
        LibraryError: If one was named in which there is no database.
    """
    from assistant.citations.zotero_database import find_data_folder

    try:
        return find_data_folder(given)
    except LibraryError:
        if given is not None:
            raise
        return None


def _near(name: str, names: Sequence[str]) -> str:
    """Names that are like one that does not exist, or the first ones."""
    by_key = {each.casefold(): each for each in names}
    near = get_close_matches(name.casefold(), list(by_key), n=5, cutoff=0.5)
    listed = [by_key[key] for key in near] or list(names[:10])
    return f"there are: {', '.join(listed)}" if listed else "there are none"


@dataclass(frozen=True, slots=True)
class Choice:
    """The attachment of an item that its essay is read from, and those to try if it cannot be read."""

    best: Attachment | None
    others: tuple[Attachment, ...]
    message: str


def choose(item: ManagedItem) -> Choice:
    """The attachment of an item that is its essay.

    A PDF comes before an EPUB, that before a web page, and that before other texts; of several of one format,
    one that is not called a supplement comes first, then the one that was attached first.
    """
    from assistant.documents.reading import ESSAY_PARSERS

    usable: list[tuple[tuple[int, bool, int], Attachment]] = []
    problems: list[str] = []
    for number, attachment in enumerate(item.attachments):
        path = attachment.path
        if path is None:
            problems.append(f"{attachment.title or 'an attachment'}: {attachment.missing}")
            continue
        suffix = path.suffix.lower()
        if suffix not in ESSAY_PARSERS:
            problems.append(f"{path.name} is of a format that is not read")
        elif not _is_file(path):
            problems.append(f"{path} is not on this computer")
        else:
            rank = _FORMATS.index(suffix) if suffix in _FORMATS else len(_FORMATS)
            is_supplement = bool(_SUPPLEMENT.search(f"{attachment.title} {path.stem}".replace("_", " ")))
            usable.append(((rank, is_supplement, number), attachment))
    if not usable:
        reason = "; ".join(problems) or "nothing is attached"
        return Choice(None, (), f"It has no file that can be read ({reason}).")
    best, *others = (attachment for _, attachment in sorted(usable, key=lambda pair: pair[0]))
    message = ""
    if others and best.path is not None:
        names = ", ".join(other.path.name for other in others if other.path is not None)
        message = f"It is read from {best.path.name}, not from {names}."
    return Choice(best, tuple(others), message)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
