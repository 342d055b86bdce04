"""Libraries of Zotero for tests: a data folder with a database in the layout that a version of Zotero has."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

# Versions of the layout (``userdata``) and the versions of Zotero that write them.
LAYOUTS = {95: "5.0", 111: "5.0.96", 121: "6.0", 123: "7.0 and 8.0", 125: "9.0", 129: "after 9.0"}
NEWEST = 129
_TYPES = (
    "note book bookSection journalArticle magazineArticle newspaperArticle thesis letter interview "
    "film webpage attachment report case presentation conferencePaper document encyclopediaArticle "
    "annotation preprint blogPost "
).split()
_FIELDS = (
    "title abstractNote url rights series volume issue edition place publisher pages ISBN "
    "publicationTitle ISSN date extra journalAbbreviation DOI accessDate seriesTitle seriesNumber "
    "institution reportType university thesisType bookTitle proceedingsTitle encyclopediaTitle "
    "blogTitle websiteTitle shortTitle language caseName dateDecided court archiveID repository "
    "citationKey originalDate numPages conferenceName "
).split()
_CREATORS = (
    "author contributor editor translator seriesEditor interviewee interviewer director bookAuthor presenter "
).split()
_DATES = {"date", "dateDecided", "originalDate"}
USER, GROUP, FEED = 1, 2, 3
GROUP_ID = 4711


# The tables that hold what users enter, without their foreign keys. Lines that end in a comment are in the
# layouts of that version and later.
_TABLES = """
CREATE TABLE version (schema TEXT PRIMARY KEY, version INT NOT NULL);
CREATE TABLE itemTypes (
    itemTypeID INTEGER PRIMARY KEY, typeName TEXT, templateItemTypeID INT, display INT DEFAULT 1
);
CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT, fieldFormatID INT);
CREATE TABLE creatorTypes (creatorTypeID INTEGER PRIMARY KEY, creatorType TEXT);
CREATE TABLE items (
    itemID INTEGER PRIMARY KEY,
    itemTypeID INT NOT NULL,
    dateAdded TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    dateModified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    clientDateModified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    libraryID INT NOT NULL,
    key TEXT NOT NULL,
    version INT NOT NULL DEFAULT 0,
    clientVersion INT NOT NULL DEFAULT 0, -- 129
    synced INT NOT NULL DEFAULT 0,
    UNIQUE (libraryID, key)
);
CREATE TABLE itemDataValues (
    valueNormalized TEXT, -- 126
    valueID INTEGER PRIMARY KEY,
    value UNIQUE
);
CREATE TABLE itemData (itemID INT, fieldID INT, valueID, PRIMARY KEY (itemID, fieldID));
CREATE TABLE itemNotes (itemID INTEGER PRIMARY KEY, parentItemID INT, note TEXT, title TEXT);
CREATE TABLE itemAttachments (
    lastProcessedModificationTime INT, -- 112
    lastRead INT, -- 124
    itemID INTEGER PRIMARY KEY,
    parentItemID INT,
    linkMode INT,
    contentType TEXT,
    charsetID INT,
    path TEXT,
    syncState INT DEFAULT 0,
    storageModTime INT,
    storageHash TEXT
);
CREATE TABLE itemAnnotations (itemID INTEGER PRIMARY KEY, parentItemID INT NOT NULL, text TEXT); -- 112
CREATE TABLE tags (
    nameNormalized TEXT, -- 126
    tagID INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE itemTags (
    itemID INT NOT NULL, tagID INT NOT NULL, type INT NOT NULL,
    PRIMARY KEY (itemID, tagID)
);
CREATE TABLE creators (
    firstNameNormalized TEXT, -- 126
    lastNameNormalized TEXT, -- 126
    creatorID INTEGER PRIMARY KEY,
    firstName TEXT,
    lastName TEXT,
    fieldMode INT,
    UNIQUE (lastName, firstName, fieldMode)
);
CREATE TABLE itemCreators (
    itemID INT NOT NULL,
    creatorID INT NOT NULL,
    creatorTypeID INT NOT NULL DEFAULT 1,
    orderIndex INT NOT NULL DEFAULT 0,
    PRIMARY KEY (itemID, creatorID, creatorTypeID, orderIndex),
    UNIQUE (itemID, orderIndex)
);
CREATE TABLE collections (
    collectionID INTEGER PRIMARY KEY,
    collectionName TEXT NOT NULL,
    parentCollectionID INT DEFAULT NULL,
    clientDateModified TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    libraryID INT NOT NULL,
    key TEXT NOT NULL,
    version INT NOT NULL DEFAULT 0,
    clientVersion INT NOT NULL DEFAULT 0, -- 129
    synced INT NOT NULL DEFAULT 0,
    UNIQUE (libraryID, key)
);
CREATE TABLE collectionItems (
    collectionID INT NOT NULL, itemID INT NOT NULL, orderIndex INT NOT NULL DEFAULT 0,
    PRIMARY KEY (collectionID, itemID)
);
CREATE TABLE deletedCollections (collectionID INTEGER PRIMARY KEY, dateDeleted TIMESTAMP); -- 111
CREATE TABLE deletedItems (itemID INTEGER PRIMARY KEY, dateDeleted DEFAULT CURRENT_TIMESTAMP NOT NULL);
CREATE TABLE libraries (
    libraryID INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    editable INT NOT NULL,
    filesEditable INT NOT NULL,
    version INT NOT NULL DEFAULT 0,
    clientVersion INT NOT NULL DEFAULT 0, -- 129
    storageVersion INT NOT NULL DEFAULT 0,
    lastSync INT NOT NULL DEFAULT 0,
    isAdmin INT NOT NULL DEFAULT 0, -- 125
    archived INT NOT NULL DEFAULT 0
);
CREATE TABLE groups (
    groupID INTEGER PRIMARY KEY, libraryID INT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT NOT NULL,
    version INT NOT NULL
);
CREATE TABLE feeds (libraryID INTEGER PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL UNIQUE);
CREATE TABLE feedItems (itemID INTEGER PRIMARY KEY, guid TEXT NOT NULL UNIQUE);
"""


def _layout(version: int) -> str:
    """Statements that make the tables that Zotero of a version has."""
    lines = [line.partition(" -- ") for line in _TABLES.splitlines()]
    return "\n".join(line for line, _, since in lines if version >= int(since or 0))


class ZoteroFolder:
    """A data folder of Zotero that a test fills; it is written when ``save`` is called.

    Args:
        folder: The data folder, which is made.
        version: Version of the layout.
    """

    def __init__(self, folder: Path, version: int = NEWEST) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = folder / "zotero.sqlite"
        self._connection = sqlite3.connect(self.database)
        self._connection.executescript(_layout(version))
        self._execute("INSERT INTO version VALUES ('userdata', ?)", version)
        for statement, names in (
            ("INSERT INTO itemTypes (itemTypeID, typeName) VALUES (?, ?)", _TYPES),
            ("INSERT INTO fields (fieldID, fieldName) VALUES (?, ?)", _FIELDS),
            ("INSERT INTO creatorTypes (creatorTypeID, creatorType) VALUES (?, ?)", _CREATORS),
        ):
            for number, name in enumerate(names, 1):
                self._execute(statement, number, name)
        for library, kind in ((USER, "user"), (GROUP, "group"), (FEED, "feed")):
            self._execute(
                "INSERT INTO libraries (libraryID, type, editable, filesEditable) VALUES (?, ?, 1, 1)",
                library,
                kind,
            )
        self._execute("INSERT INTO groups VALUES (?, ?, 'Seminar', '', 1)", GROUP_ID, GROUP)
        self._last = 0
        self._keys: dict[str, int] = {}

    def _execute(self, statement: str, *values: object) -> int:
        return self._connection.execute(statement, values).lastrowid or 0

    def _number(self, select: str, insert: str, value: str) -> int:
        known = self._connection.execute(select, (value,)).fetchone()
        return int(known[0]) if known else self._execute(insert, value)

    def _tag(self, name: str) -> int:
        return self._number(
            "SELECT tagID FROM tags WHERE name = ?", "INSERT INTO tags (name) VALUES (?)", name
        )

    def _value(self, value: str) -> int:
        return self._number(
            "SELECT valueID FROM itemDataValues WHERE value = ?",
            "INSERT INTO itemDataValues (value) VALUES (?)",
            value,
        )

    def _new_key(self) -> str:
        self._last += 1
        letters, number = "", self._last
        for _ in range(8):
            number, digit = divmod(number, 32)
            letters = "23456789ABCDEFGHIJKLMNPQRSTUVWXZ"[digit] + letters
        return letters

    def _add(self, kind: str, library: int, key: str) -> tuple[int, str]:
        key = key or self._new_key()
        added = str(datetime(2026, 1, 1) + timedelta(seconds=self._last))  # noqa: DTZ001 - as Zotero has it
        number = self._execute(
            "INSERT INTO items (itemTypeID, libraryID, key, dateAdded) VALUES (?, ?, ?, ?)",
            _TYPES.index(kind) + 1, library, key, added,
        )  # fmt: skip
        self._keys[key] = number
        return number, key

    def item(
        self,
        kind: str = "journalArticle",
        *,
        creators: Sequence[tuple[str, str, str]] = (),
        library: int = USER,
        key: str = "",
        collections: Sequence[int] = (),
        tags: Sequence[str] = (),
        **fields: str,
    ) -> str:
        """Add an item; creators are (role, family, given), a group's given name being ``None``-like empty."""
        number, key = self._add(kind, library, key)
        self.set(key, **fields)
        for order, (role, last, first) in enumerate(creators):
            mode = 0 if first else 1
            person = self._execute(
                "INSERT OR IGNORE INTO creators (firstName, lastName, fieldMode) VALUES (?, ?, ?)",
                first,
                last,
                mode,
            )
            row = self._connection.execute(
                "SELECT creatorID FROM creators WHERE lastName = ? AND firstName = ? AND fieldMode = ?",
                (last, first, mode),
            ).fetchone()
            person = row[0]
            self._execute(
                "INSERT INTO itemCreators VALUES (?, ?, ?, ?)",
                number,
                person,
                _CREATORS.index(role) + 1,
                order,
            )
        for collection in collections:
            self._execute(
                "INSERT INTO collectionItems (collectionID, itemID) VALUES (?, ?)", collection, number
            )
        for tag in tags:
            self._execute("INSERT INTO itemTags VALUES (?, ?, 0)", number, self._tag(tag))
        return key

    def set(self, key: str, **fields: str) -> None:
        """Set fields of an item; dates are stored as Zotero stores them if they begin with a year."""
        for name, value in fields.items():
            if name in _DATES and value[:4].isdecimal() and not value[4:5].isdecimal():
                parts = [*value.split(" ")[0].split("-"), "00", "00"][:3]
                stored = f"{'-'.join(part if part.isdecimal() else '00' for part in parts)} {value}"
            else:
                stored = value
            number = self._value(stored)
            self._execute(
                "REPLACE INTO itemData VALUES (?, ?, ?)", self._keys[key], _FIELDS.index(name) + 1, number
            )
        self._execute(
            "UPDATE items SET dateModified = CURRENT_TIMESTAMP, version = version + 1 WHERE key = ?", key
        )

    def attach(
        self,
        parent: str | None,
        name: str,
        content: bytes | None = b"",
        *,
        mode: int = 0,
        title: str = "",
        path: str | None = None,
        library: int = USER,
        collections: Sequence[int] = (),
    ) -> str:
        """Attach a file to an item, or to none; its content is written unless it is ``None``."""
        number, key = self._add("attachment", library, "")
        if title:
            self.set(key, title=title)
        stored = f"storage:{name}" if path is None else path
        self._execute(
            "INSERT INTO itemAttachments (itemID, parentItemID, linkMode, path) VALUES (?, ?, ?, ?)",
            number, self._keys[parent] if parent else None, mode, stored,
        )  # fmt: skip
        for collection in collections:
            self._execute(
                "INSERT INTO collectionItems (collectionID, itemID) VALUES (?, ?)", collection, number
            )
        if content is not None and path is None:
            file = self.folder / "storage" / key / name
            file.parent.mkdir(parents=True)
            file.write_bytes(content)
        return key

    def collection(self, name: str, parent: int | None = None, library: int = USER) -> int:
        """Add a collection."""
        return self._execute(
            "INSERT INTO collections (collectionName, parentCollectionID, libraryID, key) "
            "VALUES (?, ?, ?, ?)",
            name, parent, library, self._new_key(),
        )  # fmt: skip

    def note(self, parent: str) -> None:
        """Add a note to an item."""
        number, _ = self._add("note", USER, "")
        self._execute("INSERT INTO itemNotes VALUES (?, ?, 'A note', 'A note')", number, self._keys[parent])

    def trash(self, key: str) -> None:
        """Put an item into the trash."""
        self._execute("INSERT INTO deletedItems (itemID) VALUES (?)", self._keys[key])

    def trash_collection(self, collection: int) -> None:
        """Put a collection into the trash."""
        self._execute("INSERT INTO deletedCollections (collectionID) VALUES (?)", collection)

    def untag(self, key: str, tag: str) -> None:
        """Take a tag from an item."""
        self._execute(
            "DELETE FROM itemTags WHERE itemID = ? AND tagID = (SELECT tagID FROM tags WHERE name = ?)",
            self._keys[key],
            tag,
        )

    def save(self) -> Path:
        """Write what was added; the data folder."""
        self._connection.commit()
        return self.folder

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def better_bibtex(folder: Path, keys: Mapping[tuple[int, str], str]) -> None:
    """Write the database in which Better BibTeX keeps citation keys by library and key of the item."""
    with closing(sqlite3.connect(folder / "better-bibtex.sqlite")) as connection:
        connection.execute(
            "CREATE TABLE citationkey (itemID NUMBER NOT NULL, itemKey TEXT NOT NULL, libraryID NUMBER "
            "NOT NULL, citationKey TEXT NOT NULL, pinned CHECK (pinned IN (0, 1)), PRIMARY KEY (itemID))"
        )
        for number, ((library, item), key) in enumerate(keys.items(), 1):
            connection.execute("INSERT INTO citationkey VALUES (?, ?, ?, ?, 0)", (number, item, library, key))
        connection.commit()
