"""The library of Zotero: where it is, and what a copy of its database says.

Nothing of Zotero's is written, nor a lock.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from assistant.citations.managed import Attachment, ManagedItem
from assistant.citations.zotero_records import Creator, record_of_item
from assistant.core.errors import LibraryError

DATABASE = "zotero.sqlite"
_PREFERENCE = re.compile(
    r'^user_pref\("extensions\.zotero\.(\w{1,40})", (?:"((?:[^"\\]|\\.){0,4000})"|(\w{1,20}))\);',
    re.MULTILINE,
)
_LARGEST_PREFERENCES = 20_000_000


def find_data_folder(given: Path | None = None) -> Path:
    """The folder in which Zotero keeps its database.

    Args:
        given: The folder that the user names, or the database in it; ``None`` to look for it.

    Raises:
        LibraryError: If there is no database.
    """
    if given is not None:
        folder = given.expanduser()
        folder = folder.parent if folder.name == DATABASE else folder
        if not (folder / DATABASE).is_file():
            raise LibraryError(
                f"{given} holds no {DATABASE}; give Zotero's data folder, which Zotero names in its settings "
                "under Advanced, Files and Folders."
            )
        return folder
    looked = list(dict.fromkeys(_data_folders()))
    for folder in looked:
        if (folder / DATABASE).is_file():
            return folder
    raise LibraryError(
        f"Zotero's data folder was not found (looked in {', '.join(map(str, looked))}); name it: "
        "assistant add --zotero FOLDER"
    )


def base_folder(data_folder: Path) -> Path | None:
    """The folder that linked files are relative to, as the profile that uses a data folder states it."""
    stated = None
    for preferences in _preferences():
        base = preferences.get("baseAttachmentPath", "")
        if base and _same(_data_folder_of(preferences), data_folder):
            return Path(base)
        stated = stated or (Path(base) if base else None)
    return stated


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _data_folders() -> Iterator[Path]:
    """Where the data folder may be, best first: as the profiles state it, then the usual place."""
    for preferences in _preferences():
        yield _data_folder_of(preferences)
    yield Path.home() / "Zotero"


def _data_folder_of(preferences: Mapping[str, str]) -> Path:
    stated = preferences.get("dataDir", "")
    if stated and preferences.get("useDataDir", "true") == "true":
        return Path(stated)
    return Path.home() / "Zotero"


def _preferences() -> Iterator[dict[str, str]]:
    """Zotero's own settings in each profile, the last used profile first."""
    files = [path for folder in _profile_folders() for path in folder.glob("*/prefs.js") if path.is_file()]
    for path in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        try:
            if path.stat().st_size < _LARGEST_PREFERENCES:
                yield _read_preferences(path.read_text("utf-8", errors="replace"))
        except OSError:
            continue


def _read_preferences(text: str) -> dict[str, str]:
    return {
        match[1]: match[3] if match[2] is None else _unescaped(match[2])
        for match in _PREFERENCE.finditer(text)
    }


def _unescaped(value: str) -> str:
    r"""A string of JavaScript: ``C:\\Users``."""
    return re.sub(
        r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))",
        lambda match: (
            chr(int(match[1] or match[2], 16)) if match[3] is None else _ESCAPES.get(match[3], match[3])
        ),
        value,
    )


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def _profile_folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "Zotero" / "Profiles"
    elif sys.platform == "win32":
        yield Path(os.environ.get("APPDATA", home / "AppData" / "Roaming")) / "Zotero" / "Zotero" / "Profiles"
    else:
        yield home / ".zotero" / "zotero"
        # Packages that keep a home folder of their own.
        yield home / ".var" / "app" / "org.zotero.Zotero" / ".zotero" / "zotero"
        yield home / "snap" / "zotero-snap" / "common" / ".zotero" / "zotero"


# The layout of Zotero 5.0; what is read has not changed since.
OLDEST_VERSION = 95
_KEY = re.compile(r"[A-Z0-9]{8}")
_NOT_ITEMS = frozenset({"attachment", "note", "annotation"})
_LINKED_FILE, _LINKED_ADDRESS = 2, 3
_STORED = (0, 1)
_DEEPEST = 50
# Times that a copy is tried while Zotero is writing, and the pause between them in seconds.
_TRIES, _PAUSE = 5, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoteroCollection:
    """A collection of Zotero.

    Attributes:
        path: Its path, such as ``Novels/Dystopias``; a group's begins with the group's name.
        items: Number of items in it and in those within it that are not in the trash.
    """

    path: str
    items: int


def read_zotero(folder: Path) -> list[ManagedItem]:
    """All items of Zotero's libraries that are not in the trash, in the order in which they were added.

    Args:
        folder: Zotero's data folder.

    Raises:
        LibraryError: If the database cannot be read.
    """
    try:
        with _copy(folder / DATABASE) as database, _opened(database) as connection:
            keys = _citation_keys(folder)
            return _Reader(connection, folder, keys).items()
    except sqlite3.DatabaseError as error:
        raise LibraryError(
            f"{folder / DATABASE} is damaged or no database of Zotero ({error}); start Zotero, which checks "
            "and repairs it, and try again."
        ) from error


def collections_of(items: Sequence[ManagedItem]) -> list[ZoteroCollection]:
    """The collections of some items and of those above them, in alphabetical order."""
    counts: dict[str, int] = defaultdict(int)
    for item in items:
        paths = {
            "/".join(parts[:length])
            for parts in (path.split("/") for path in item.collections)
            for length in range(1, len(parts) + 1)
        }
        for path in paths:
            counts[path] += 1
    return [
        ZoteroCollection(path=path, items=count)
        for path, count in sorted(counts.items(), key=lambda pair: pair[0].casefold())
    ]


@contextmanager
def _copy(database: Path) -> Iterator[Path]:
    """A copy of a database and of what is not yet written into it, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="assistant-zotero-") as folder:
        copy = Path(folder) / database.name
        for _ in range(_TRIES):
            before = _stamps(database)
            for suffix in _SUFFIXES:
                copy.with_name(copy.name + suffix).unlink(missing_ok=True)
            try:
                for suffix in before:
                    shutil.copyfile(f"{database}{suffix}", f"{copy}{suffix}")
            except FileNotFoundError:
                before = {}
            except OSError as error:
                raise LibraryError(
                    f"{database} cannot be copied ({error.strerror}); check that you may read it and that "
                    "the disk of temporary files has room."
                ) from error
            if before and before == _stamps(database):
                yield copy
                return
            time.sleep(_PAUSE)
    raise LibraryError(f"{database} is being changed all the time; try again when Zotero is idle.")


# The database, and the two files in which SQLite keeps changes that it has not finished.
_SUFFIXES = ("", "-wal", "-journal")


def _stamps(database: Path) -> dict[str, tuple[int, int]]:
    stamps = {}
    for suffix in _SUFFIXES:
        with suppress(FileNotFoundError):
            status = Path(f"{database}{suffix}").stat()
            if status.st_size or not suffix:
                stamps[suffix] = status.st_mtime_ns, status.st_size
    return stamps


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    """The copy, read-only. Changes that were not finished are first taken into it, or undone."""
    if any(Path(f"{database}{suffix}").exists() for suffix in _SUFFIXES[1:]):
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        # A text that is not UTF-8 spoils one value, not the whole.
        connection.text_factory = lambda data: data.decode("utf-8", errors="replace")
        yield connection


def _citation_keys(folder: Path) -> dict[tuple[int, str], str]:
    """Citation keys that Better BibTeX keeps in a database of its own, by library and key of the item."""
    database = folder / "better-bibtex.sqlite"
    if not database.is_file():
        return {}
    # Without it, the keys that Zotero itself has are known.
    with (
        suppress(sqlite3.DatabaseError, LibraryError),
        _copy(database) as copy,
        _opened(copy) as connection,
    ):
        rows = connection.execute("SELECT libraryID, itemKey, citationKey FROM citationkey")
        return {(library, item): key for library, item, key in rows if isinstance(key, str) and key}
    return {}


class _Reader:
    """Reads the tables of a database."""

    def __init__(
        self, connection: sqlite3.Connection, folder: Path, keys: Mapping[tuple[int, str], str]
    ) -> None:
        self._connection, self._folder, self._keys = connection, folder, keys
        self._tables = {name for (name,) in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        self._refuse_other_layouts()
        self._base: Path | None = None
        self._base_known = False

    def _rows(self, query: str) -> list[tuple]:  # type: ignore[type-arg]
        return self._connection.execute(query).fetchall()

    def _refuse_other_layouts(self) -> None:
        database = self._folder / DATABASE
        if not {"items", "itemData", "itemAttachments", "collections", "version"} <= self._tables:
            raise LibraryError(f"{database} is no database of Zotero; give Zotero's data folder.")
        rows = self._rows("SELECT version FROM version WHERE schema = 'userdata'")
        version = rows[0][0] if rows else 0
        if not isinstance(version, int) or version < OLDEST_VERSION:
            raise LibraryError(
                f"{database} is of a version of Zotero before 5.0; open it in a newer Zotero, which "
                "converts it."
            )

    def items(self) -> list[ManagedItem]:
        """All items but those in the trash, notes, annotations and items of feeds."""
        libraries = self._libraries()
        trash = {item for (item,) in self._rows("SELECT itemID FROM deletedItems")}
        kinds = self._item_kinds()
        fields, creators = self._fields(), self._creators()
        collections, tags = self._collections(libraries), self._tags()
        keys: dict[int, str] = {}
        owners: dict[int, int] = {}
        rows = self._rows("SELECT itemID, itemTypeID, libraryID, key FROM items ORDER BY dateAdded, itemID")
        for item, _, library, key in rows:
            # A key becomes part of a path.
            if item not in trash and library in libraries and isinstance(key, str) and _KEY.fullmatch(key):
                keys[item], owners[item] = key, library
        attachments = self._attachments(keys, fields)
        items = []
        for item, kind, _, _ in rows:
            name = kinds.get(kind, "")
            if item not in keys:
                continue
            own = fields.get(item, {})
            library, group = libraries[owners[item]]
            shared = {
                "key": keys[item],
                "library": library,
                "collections": tuple(collections.get(item, ())) or tuple(filter(None, [group])),
                "tags": tuple(tags.get(item, ())),
            }
            if name == "attachment":
                if item in attachments.alone:
                    attachment = attachments.alone[item]
                    items.append(
                        ManagedItem(**shared, title=attachment.title, attachments=(attachment,))  # type: ignore[arg-type]
                    )
                continue
            if name in _NOT_ITEMS or not name:
                continue
            citation_key = self._keys.get((owners[item], keys[item]), "")
            if citation_key:
                own = own | {"citationKey": own.get("citationKey") or citation_key}
            record = record_of_item(name, own, creators.get(item, ()))
            items.append(
                ManagedItem(
                    **shared,  # type: ignore[arg-type]
                    record=record if record.get("title") else None,
                    title=str(record.get("title", "")) or f"an item without a title ({keys[item]})",
                    attachments=tuple(attachments.of_items.get(item, ())),
                )
            )
        return items

    def _libraries(self) -> dict[int, tuple[str, str]]:
        """What links call each library, and a group's name; feeds are left out."""
        groups = {
            library: (group, name)
            for group, library, name in self._rows("SELECT groupID, libraryID, name FROM groups")
        }
        libraries = {}
        for library, kind in self._rows("SELECT libraryID, type FROM libraries"):
            if kind == "user":
                libraries[library] = ("library", "")
            elif kind == "group" and library in groups:
                group, name = groups[library]
                libraries[library] = (f"groups/{int(group)}", str(name))
        return libraries

    def _item_kinds(self) -> dict[int, str]:
        return dict(self._rows("SELECT itemTypeID, typeName FROM itemTypes"))

    def _fields(self) -> dict[int, dict[str, str]]:
        fields: dict[int, dict[str, str]] = defaultdict(dict)
        query = (
            "SELECT itemData.itemID, fields.fieldName, itemDataValues.value FROM itemData "
            "JOIN fields USING (fieldID) JOIN itemDataValues USING (valueID) "
            # The longest field, which no record has.
            "WHERE fields.fieldName <> 'abstractNote'"
        )
        for item, name, value in self._connection.execute(query):
            if value is not None:
                fields[item][name] = str(value)
        return fields

    def _creators(self) -> dict[int, list[Creator]]:
        creators: dict[int, list[Creator]] = defaultdict(list)
        query = (
            "SELECT itemCreators.itemID, creatorTypes.creatorType, creators.lastName, creators.firstName, "
            "creators.fieldMode FROM itemCreators JOIN creators USING (creatorID) "
            "JOIN creatorTypes USING (creatorTypeID) ORDER BY itemCreators.itemID, itemCreators.orderIndex"
        )
        for item, role, last, first, mode in self._connection.execute(query):
            creators[item].append(Creator(role, str(last or ""), str(first or ""), whole=mode == 1))
        return creators

    def _tags(self) -> dict[int, list[str]]:
        tags: dict[int, list[str]] = defaultdict(list)
        query = "SELECT itemTags.itemID, tags.name FROM itemTags JOIN tags USING (tagID) ORDER BY tags.name"
        for item, name in self._connection.execute(query):
            if text := " ".join(str(name).split()):
                tags[item].append(text)
        return tags

    def _collections(self, libraries: Mapping[int, tuple[str, str]]) -> dict[int, list[str]]:
        deleted = set()
        if "deletedCollections" in self._tables:
            deleted = {row[0] for row in self._rows("SELECT collectionID FROM deletedCollections")}
        query = "SELECT collectionID, collectionName, parentCollectionID, libraryID FROM collections"
        known = {row[0]: row[1:] for row in self._rows(query) if row[0] not in deleted}
        paths: dict[int, str] = {}
        for collection in known:
            parts, above = list[str](), collection
            while above in known and len(parts) <= _DEEPEST:
                name, parent, _ = known[above]
                parts.append(" ".join(str(name).split()) or "untitled")
                above = parent
            group = libraries.get(known[collection][2], ("", ""))[1]
            # One whose parent is in the trash, or that is its own parent, is in no collection.
            if above is None:
                paths[collection] = "/".join(filter(None, [group, *reversed(parts)]))
        members: dict[int, list[str]] = defaultdict(list)
        for collection, item in self._rows("SELECT collectionID, itemID FROM collectionItems"):
            if collection in paths:
                members[item].append(paths[collection])
        return {item: sorted(names, key=str.casefold) for item, names in members.items()}

    def _attachments(self, keys: Mapping[int, str], fields: Mapping[int, Mapping[str, str]]) -> _Attachments:
        """The attachments that are not in the trash, those of items and those that are alone."""
        result = _Attachments(defaultdict(list), {})
        query = (
            "SELECT itemAttachments.itemID, parentItemID, linkMode, path FROM itemAttachments "
            "JOIN items USING (itemID) ORDER BY items.dateAdded, itemID"
        )
        for item, parent, mode, path in self._rows(query):
            if item not in keys or mode not in {*_STORED, _LINKED_FILE, _LINKED_ADDRESS}:
                continue
            title = fields.get(item, {}).get("title", "")
            attachment = self._attachment(keys[item], title, mode, str(path or ""))
            if parent is not None:
                result.of_items[parent].append(attachment)
            elif mode != _LINKED_ADDRESS:
                result.alone[item] = attachment
        return result

    def _attachment(self, key: str, title: str, mode: int, path: str) -> Attachment:
        name = re.split(r"[/\\]", path.removeprefix("storage:"))[-1]
        title = title or name
        if mode == _LINKED_ADDRESS:
            return Attachment(key=key, title=title, missing="only an address is linked")
        if mode in _STORED:
            if not name or name in {".", ".."}:
                return Attachment(key=key, title=title, missing="Zotero states no file for it")
            file: Path | None = self._folder / "storage" / key / name
        else:
            file = self._linked(path)
            if file is None:
                return Attachment(
                    key=key,
                    title=title,
                    missing=f"the folder that {path} is relative to is not known on this computer",
                )
        return Attachment(key=key, path=file, title=title)

    def _linked(self, path: str) -> Path | None:
        """The file that a path of Zotero means; ``None`` if it is relative to a folder that is not known."""
        if not path.startswith("attachments:"):
            absolute = PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()
            return Path(path) if absolute else None
        if not self._base_known:
            self._base, self._base_known = base_folder(self._folder), True
        relative = re.split(r"[/\\]", path.removeprefix("attachments:"))
        return (
            None if self._base is None or ".." in relative else self._base.joinpath(*filter(None, relative))
        )


@dataclass(frozen=True, slots=True)
class _Attachments:
    """Attachments by number of their item, and those without one by their own number."""

    of_items: dict[int, list[Attachment]]
    alone: dict[int, Attachment]
