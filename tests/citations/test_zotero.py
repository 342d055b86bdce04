"""Zotero's database as it is read: records, collections, tags and attachments, and nothing written."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zotero_library import GROUP, GROUP_ID, LAYOUTS, USER, ZoteroFolder, better_bibtex

from assistant.citations.managed import has_tags, in_collection
from assistant.citations.record import name_from
from assistant.citations.zotero_database import base_folder, collections_of, find_data_folder, read_zotero
from assistant.citations.zotero_records import Creator, record_of_item
from assistant.core.errors import LibraryError


def state(folder: Path) -> dict[str, tuple[str, int]]:
    """Digest and time of every file and folder below a folder."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.stat().st_mtime_ns,
        )
        for path in [folder, *folder.rglob("*")]
    }


@pytest.fixture
def zotero(tmp_path: Path) -> ZoteroFolder:
    return ZoteroFolder(tmp_path / "Zotero")


@pytest.mark.parametrize("version", LAYOUTS)
def test_every_layout_is_read_and_left_as_it_is(tmp_path: Path, version: int) -> None:
    zotero = ZoteroFolder(tmp_path / "Zotero ü 100%", version)
    novels = zotero.collection("Romane & Novellen")
    inner = zotero.collection("Dystopias", novels)
    shared = zotero.collection("Shared", library=GROUP)
    key = zotero.item(
        title="The Weight of <i>Ōgai</i>",
        creators=[("author", "Gill", "Josie"), ("editor", "van den Berg", "Jan"), ("author", "UNESCO", "")],
        date="2014-12-05",
        publicationTitle="Modern Studies",
        volume="60",
        pages="844–862",
        collections=[inner],
        tags=["race", "読書"],
    )
    pdf = zotero.attach(key, "Gill – 2014.pdf", b"%PDF-1.4")
    page = zotero.attach(key, "snapshot.html", b"<p>", mode=1, title="Snapshot")
    zotero.note(key)
    other = zotero.item(
        "thesis", title="A thesis", library=GROUP, university="Bristol", collections=[shared], date="2012"
    )
    zotero.trash(zotero.item(title="In the trash"))
    zotero.item("annotation")
    folder = zotero.save()
    zotero.close()
    before = state(folder)

    first, second = read_zotero(folder)

    assert state(folder) == before
    assert first.record == {
        "type": "article-journal",
        "title": "The Weight of <i>Ōgai</i>",
        "container-title": "Modern Studies",
        "volume": "60",
        "page": "844-862",
        "author": [{"family": "Gill", "given": "Josie"}, {"literal": "UNESCO"}],
        "editor": [{"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"}],
        "issued": {"date-parts": [[2014, 12, 5]]},
    }
    assert (first.key, first.library) == (key, "library")
    assert first.collections == ("Romane & Novellen/Dystopias",)
    assert first.tags == ("race", "読書")
    assert [(attachment.key, attachment.path) for attachment in first.attachments] == [
        (pdf, folder / "storage" / pdf / "Gill – 2014.pdf"),
        (page, folder / "storage" / page / "snapshot.html"),
    ]
    assert (second.key, second.library) == (other, f"groups/{GROUP_ID}")
    assert second.record is not None
    assert second.record["publisher"] == "Bristol"
    assert second.collections == ("Seminar/Shared",)


def test_collections_are_nested_and_those_in_the_trash_are_none(zotero: ZoteroFolder) -> None:
    novels, essays = zotero.collection("Novels"), zotero.collection("Essays")
    inner = zotero.collection("dystopias", novels)
    gone = zotero.collection("Old", essays)
    zotero.trash_collection(gone)
    zotero.item(title="One", collections=[inner, essays, gone], tags=["Race", "to read"])
    zotero.item(title="Two", collections=[novels])
    zotero.item(title="Three", library=GROUP)
    one, two, three = read_zotero(zotero.save())
    assert one.collections == ("Essays", "Novels/dystopias")
    assert three.collections == ("Seminar",)
    assert [(collection.path, collection.items) for collection in collections_of([one, two, three])] == [
        ("Essays", 1),
        ("Novels", 2),
        ("Novels/dystopias", 1),
        ("Seminar", 1),
    ]
    assert in_collection(one, "novels")
    assert in_collection(one, "Novels/Dystopias")
    assert in_collection(one, "Dystopias")
    assert not in_collection(two, "Dystopias")
    assert not in_collection(one, "Nov")
    assert has_tags(one, ("race", "To Read"))
    assert not has_tags(one, ("race", "other"))


def test_a_collection_that_is_its_own_parent_is_none(zotero: ZoteroFolder) -> None:
    collection = zotero.collection("Circle")
    zotero.item(title="One", collections=[collection])
    zotero.save()
    zotero.close()
    with closing(sqlite3.connect(zotero.database)) as connection:
        connection.execute("UPDATE collections SET parentCollectionID = collectionID")
        connection.commit()
    assert read_zotero(zotero.folder)[0].collections == ()


def test_attachments_that_have_no_file_say_why(zotero: ZoteroFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: zotero.folder.parent)
    key = zotero.item(title="One")
    zotero.attach(key, "", None, mode=3, path="", title="Publisher")
    zotero.attach(key, "", mode=2, path="attachments:Essays/one.pdf")
    zotero.attach(key, "", mode=2, path="/elsewhere/two.pdf")
    zotero.attach(key, "", mode=2, path=r"C:\Users\me\three.pdf")
    zotero.attach(key, "", mode=0, path="storage:../../../four.pdf")
    zotero.attach(key, "", mode=0, path="storage:")
    (item,) = read_zotero(zotero.save())
    address, relative, linked, windows, climbing, empty = item.attachments
    assert (address.path, address.missing) == (None, "only an address is linked")
    assert relative.path is None
    assert "attachments:Essays/one.pdf" in relative.missing
    assert linked.path == Path("/elsewhere/two.pdf")
    assert windows.path == Path(r"C:\Users\me\three.pdf")
    assert climbing.path == zotero.folder / "storage" / climbing.key / "four.pdf"
    assert (empty.path, empty.missing) == (None, "Zotero states no file for it")


def test_linked_files_are_relative_to_the_folder_that_the_profile_states(
    zotero: ZoteroFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    profile = tmp_path / ".zotero" / "zotero" / "abc.default"
    profile.mkdir(parents=True)
    (profile / "prefs.js").write_text(
        "// Mozilla User Preferences\n"
        f'user_pref("extensions.zotero.dataDir", "{zotero.folder}");\n'
        'user_pref("extensions.zotero.useDataDir", true);\n'
        'user_pref("extensions.zotero.baseAttachmentPath", "/home/m\\u00fcller/Papers");\n',
        encoding="utf-8",
    )
    key = zotero.item(title="One")
    zotero.attach(key, "", mode=2, path="attachments:Essays/one.pdf")
    zotero.attach(key, "", mode=2, path="attachments:../../etc/passwd")
    (item,) = read_zotero(zotero.save())
    assert item.attachments[0].path == Path("/home/müller/Papers/Essays/one.pdf")
    assert item.attachments[1].path is None
    assert find_data_folder() == zotero.folder
    assert base_folder(zotero.folder) == Path("/home/müller/Papers")


@pytest.mark.parametrize(
    ("platform", "profiles"),
    [
        ("linux", ".zotero/zotero"),
        ("darwin", "Library/Application Support/Zotero/Profiles"),
        ("win32", "AppData/Roaming/Zotero/Zotero/Profiles"),
    ],
)
def test_the_data_folder_is_where_the_profile_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, profiles: str
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delenv("APPDATA", raising=False)
    elsewhere = ZoteroFolder(tmp_path / "Else where").save()
    profile = tmp_path / profiles / "x.default"
    profile.mkdir(parents=True)
    (profile / "prefs.js").write_text(f'user_pref("extensions.zotero.dataDir", "{elsewhere}");\n', "utf-8")
    assert find_data_folder() == elsewhere
    (profile / "prefs.js").write_text("", "utf-8")
    with pytest.raises(LibraryError, match="--zotero FOLDER"):
        find_data_folder()
    usual = ZoteroFolder(tmp_path / "Zotero").save()
    assert find_data_folder() == usual
    assert find_data_folder(usual / "zotero.sqlite") == usual
    with pytest.raises(LibraryError, match=r"zotero\.sqlite"):
        find_data_folder(tmp_path)


def test_citation_keys_come_from_zotero_extra_and_better_bibtex(zotero: ZoteroFolder) -> None:
    own = zotero.item(title="One", citationKey="own2014")
    extra = zotero.item(title="Two", extra="Citation Key: extra2015")
    old = zotero.item(title="Three", extra="bibtex: old2016")
    plugin = zotero.item(title="Four")
    group = zotero.item(title="Five", library=GROUP)
    zotero.item(title="Six")
    better_bibtex(
        zotero.folder, {(USER, own): "other", (USER, plugin): "plugin2017", (GROUP, group): "group2018"}
    )
    items = read_zotero(zotero.save())
    keys = [item.record and item.record.get("citation-key", "") for item in items]
    assert keys == ["own2014", "extra2015", "old2016", "plugin2017", "group2018", ""]
    assert [item.key for item in items][:5] == [own, extra, old, plugin, group]


def test_a_damaged_database_of_citation_keys_spoils_nothing(zotero: ZoteroFolder) -> None:
    zotero.item(title="One")
    (zotero.folder / "better-bibtex.sqlite").write_bytes(b"no database" * 100)
    assert len(read_zotero(zotero.save())) == 1


def test_standalone_attachments_are_items_without_a_record(zotero: ZoteroFolder) -> None:
    collection = zotero.collection("Loose")
    key = zotero.attach(None, "loose.pdf", b"%PDF", title="Loose pages", collections=[collection])
    zotero.attach(None, "", None, mode=3, path="")
    (item,) = read_zotero(zotero.save())
    assert (item.key, item.record, item.title, item.collections) == (key, None, "Loose pages", ("Loose",))
    assert [attachment.key for attachment in item.attachments] == [key]


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA journal_mode={sys.argv[2]}")
connection.execute("PRAGMA cache_size=2")
if sys.argv[2] == "WAL":
    connection.execute("INSERT INTO tags (name) VALUES ('committed')")
    connection.execute("INSERT INTO itemTags SELECT 1, tagID, 0 FROM tags WHERE name = 'committed'")
else:
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
connection.execute("BEGIN EXCLUSIVE")
connection.execute("UPDATE itemDataValues SET value = 'unfinished ' || value")
connection.executemany("INSERT INTO tags (name) VALUES (?)", [(f"{number} " * 50,) for number in range(2000)])
print("open", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_database_in_the_middle_of_a_change_is_read_as_it_was(zotero: ZoteroFolder, mode: str) -> None:
    zotero.item(title="One")
    folder = zotero.save()
    zotero.close()
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(zotero.database), mode]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        assert {path.suffix for path in folder.iterdir()} - {".sqlite"}  # what is not written yet
        before = state(folder)
        (item,) = read_zotero(folder)
        assert state(folder) == before
        writer.communicate("\n")
    assert item.title == "One"
    assert item.tags == (("committed",) if mode == "WAL" else ())


def test_a_database_that_keeps_changing_is_not_read(
    zotero: ZoteroFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import assistant.citations.zotero_database as module

    zotero.save()
    stamps = iter(range(100))
    monkeypatch.setattr(module, "_PAUSE", 0)
    monkeypatch.setattr(module, "_stamps", lambda _database: {"": (next(stamps), 0)})
    with pytest.raises(LibraryError, match="being changed"):
        read_zotero(zotero.folder)


@pytest.mark.parametrize("damage", ["cut", "noise", "text", "empty", "other", "old"])
def test_a_database_that_cannot_be_read_is_named_in_one_sentence(zotero: ZoteroFolder, damage: str) -> None:
    for number in range(300):
        zotero.item(title=f"Item {number}", publicationTitle=f"Journal {number}")
    folder = zotero.save()
    zotero.close()
    data = zotero.database.read_bytes()
    if damage == "cut":
        zotero.database.write_bytes(data[: len(data) // 2])
    elif damage == "noise":
        zotero.database.write_bytes(data[:100] + bytes(range(256)) * (len(data) // 256))
    elif damage == "text":
        zotero.database.write_bytes(b"This is no database. " * 500)
    elif damage == "empty":
        zotero.database.write_bytes(b"")
    else:
        with closing(sqlite3.connect(zotero.database)) as connection:
            statement = "DROP TABLE items" if damage == "other" else "UPDATE version SET version = 78"
            connection.execute(statement)
            connection.commit()
    before = state(folder)
    with pytest.raises(LibraryError) as error:
        read_zotero(folder)
    assert str(zotero.database) in str(error.value)
    assert str(error.value).count(". ") == 0
    assert "\n" not in str(error.value)
    assert state(folder) == before


def test_a_library_of_5000_items_is_read_in_bounded_memory(zotero: ZoteroFolder) -> None:
    collections = [zotero.collection(f"Shelf {number}") for number in range(20)]
    for number in range(5_000):
        key = zotero.item(
            title=f"Essay number {number}",
            abstractNote="An abstract of some length. " * 60 + str(number),
            creators=[("author", f"Author{number % 700}", "Ada")],
            date=f"{1950 + number % 70}",
            publicationTitle=f"Journal {number % 50}",
            collections=[collections[number % 20]],
            tags=[f"tag {number % 100}"],
        )
        zotero.attach(key, "essay.pdf", None)
    folder = zotero.save()
    tracemalloc.start()
    items = read_zotero(folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(items) == 5_000
    assert items[4_999].title == "Essay number 4999"
    assert sum(in_collection(item, "Shelf 3") for item in items) == 250
    assert peak < 60_000_000


# Records.


def test_types_with_fields_of_their_own_are_mapped_by_the_field_that_they_stand_for() -> None:
    case = record_of_item(
        "case", {"caseName": "A v. B", "court": "High Court", "dateDecided": "1999-01-02 1999-01-02"}, []
    )
    assert case == {
        "type": "legal_case",
        "title": "A v. B",
        "authority": "High Court",
        "issued": {"date-parts": [[1999, 1, 2]]},
    }
    talk = record_of_item(
        "presentation", {"title": "Talk", "place": "Vienna"}, [Creator("presenter", "Lee", "Bo")]
    )
    assert talk["event-place"] == "Vienna"
    assert "publisher-place" not in talk
    assert talk["author"] == [{"family": "Lee", "given": "Bo"}]
    section = record_of_item(
        "bookSection",
        {
            "title": "Ch",
            "bookTitle": "Bk",
            "series": "S",
            "seriesTitle": "ST",
            "ISBN": "9780000000002 0000000000",
        },
        [Creator("bookAuthor", "Roe", "Al"), Creator("seriesEditor", "Poe", "Ed")],
    )
    assert (section["type"], section["container-title"], section["collection-title"]) == (
        "chapter",
        "Bk",
        "ST",
    )
    assert section["ISBN"] == "9780000000002"
    assert section["container-author"] == [{"family": "Roe", "given": "Al"}]
    assert section["collection-editor"] == [{"family": "Poe", "given": "Ed"}]
    preprint = record_of_item("preprint", {"title": "P", "repository": "arXiv", "archiveID": "2101.1"}, [])
    assert (preprint["type"], preprint["publisher"], preprint["number"]) == ("article", "arXiv", "2101.1")


@pytest.mark.parametrize(
    ("last", "first", "name"),
    [
        ("van den Berg", "Jan", {"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"}),
        ("Goethe", "Johann von", {"family": "Goethe", "given": "Johann", "dropping-particle": "von"}),
        ("Gates", "Henry Louis, Jr.", {"family": "Gates", "given": "Henry Louis", "suffix": "Jr."}),
        ('"van Gogh"', "Vincent", {"family": "van Gogh", "given": "Vincent"}),
        ("d'Alembert", "Jean", {"family": "d'Alembert", "given": "Jean"}),
        ("hooks", "bell", {"family": "hooks", "given": "bell"}),
        ("森", "鷗外", {"family": "森", "given": "鷗外"}),
        ("Plato", "", {"literal": "Plato"}),
    ],
)
def test_names_are_divided_as_zotero_divides_them(last: str, first: str, name: dict[str, str]) -> None:
    record = record_of_item("book", {"title": "T"}, [Creator("author", last, first)])
    assert record["author"] == [name]
    assert name_from(record["author"][0]).family


@pytest.mark.parametrize(
    ("stored", "date"),
    [
        ("2014-12-05 5 December 2014", {"date-parts": [[2014, 12, 5]]}),
        ("2014-05-12 12/5/2014", {"date-parts": [[2014, 5, 12]]}),
        ("2014-00-00 2014", {"date-parts": [[2014]]}),
        ("2012-00-00 Spring 2012", {"date-parts": [[2012]], "season": 1}),
        ("1931-00-00 1931/1938", {"date-parts": [[1931], [1938]]}),
        ("1890-00-00 1890~", {"date-parts": [[1890]], "circa": True}),
        ("0000-00-00 in press", {"literal": "in press"}),
        ("0000-00-00 44 BCE", {"date-parts": [[-44]]}),
        ('0000-00-00 "forthcoming"', {"literal": "forthcoming"}),
        ("2014", {"date-parts": [[2014]]}),
    ],
)
def test_dates_are_read_as_zotero_stores_them(stored: str, date: dict[str, object]) -> None:
    assert record_of_item("book", {"title": "T", "date": stored}, [])["issued"] == date


EXTRA = """tex.note: not read
Original Date: 1818
original-publisher: Lackington
DOI: 10.1/extra
Publication Title: Extra journal
{:event-place: Geneva}
Issued: 2001-02
type: review-book
Reviewed Author: Shelley || Mary
Translator: Some Body
A sentence: that is no field
original-title:
"""


def test_lines_of_extra_are_read_as_zotero_reads_them() -> None:
    fields = {"title": "T", "publicationTitle": "Own journal", "date": "2000-00-00 2000", "extra": EXTRA}
    record = record_of_item("journalArticle", fields, [Creator("translator", "Own", "An")])
    assert record == {
        "type": "review-book",
        "title": "T",
        "container-title": "Own journal",
        "DOI": "10.1/extra",
        "event-place": "Geneva",
        "original-publisher": "Lackington",
        "original-date": {"date-parts": [[1818]]},
        "issued": {"date-parts": [[2001, 2]]},
        "reviewed-author": [{"family": "Shelley", "given": "Mary"}],
        "translator": [{"family": "Own", "given": "An"}],
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=30), st.text(max_size=30), st.text(max_size=40), st.text(max_size=60)
        ),
        max_size=4,
    )
)
def test_whatever_is_stored_is_read_and_nothing_is_written(rows: list[tuple[str, str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        zotero = ZoteroFolder(Path(temporary) / "Zotero")
        for title, name, date, extra in rows:
            texts = [
                text.encode("utf-8", "ignore").decode().replace("\0", "")
                for text in (title, name, date, extra)
            ]
            zotero.item(
                title=texts[0],
                date=texts[2],
                extra=texts[3],
                creators=[("author", texts[1] or "A", texts[2])],
            )
        folder = zotero.save()
        zotero.close()
        before = state(folder)
        items = read_zotero(folder)
        assert len(items) == len(rows)
        assert state(folder) == before
