"""What a reference manager holds: items with record, collections, tags and attached files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.core.essay import CSLItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that is attached to an item.

    Attributes:
        key: Its key in Zotero, or the empty string.
        path: Where the file is; ``None`` if that is not known or it is only an address.
        title: What the reference manager calls it.
        missing: Why there is no path, as the end of a sentence; empty if there is one.
    """

    key: str = ""
    path: Path | None = None
    title: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedItem:
    """An item of a reference manager.

    Attributes:
        key: Its key: that of Zotero, or the citation key of an export.
        library: Zotero's library that it is in: ``library`` for the user's own, ``groups/12`` for a group's;
            empty for an export that does not tell.
        record: Its record; ``None`` for a file that belongs to no item.
        title: What to call it.
        collections: Paths of the collections that it is in, such as ``Novels/Dystopias``.
        tags: Its tags.
        attachments: Its files, in the order in which they were attached.
    """

    key: str
    library: str = ""
    record: CSLItem | None = None
    title: str = ""
    collections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def in_collection(item: ManagedItem, name: str) -> bool:
    """Whether an item is in a collection or in one within it.

    Args:
        item: The item.
        name: The collection's own name, or its path such as ``Novels/Dystopias``, in any case.
    """
    wanted = name.strip("/ ").casefold()
    for collection in item.collections:
        path = f"/{collection.casefold()}/"
        if f"/{wanted}/" in path:
            return True
    return False


def has_tags(item: ManagedItem, tags: tuple[str, ...]) -> bool:
    """Whether an item has all of some tags, in any case."""
    own = {tag.casefold() for tag in item.tags}
    return all(tag.strip().casefold() in own for tag in tags)
