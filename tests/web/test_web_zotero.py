"""The page adds what Zotero has, for the user of the serving computer alone, and leads back to Zotero."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from essay_library import ROOT, Command, Opened
from zotero_library import ZoteroFolder

from assistant.core.items import ItemOutcome
from assistant.library.item_files import zotero_folder
from assistant.web.app import build
from assistant.web.views.answer import answer_html
from assistant.web.views.items import items_html
from assistant.web.zotero import ZoteroJob

TEXT = (ROOT / "data" / "sample" / "essay.txt").read_bytes()


@pytest.fixture
def zotero(tmp_path: Path) -> ZoteroFolder:
    folder = ZoteroFolder(tmp_path / "Zotero")
    tables = folder.collection("Tables")
    key = folder.item(
        title="Canon <Tables>", creators=[("author", "Marsh", "Ada")], date="2019", collections=[tables]
    )
    folder.attach(key, "marsh.txt", TEXT)
    folder.attach(folder.item(title="Broken"), "broken.pdf", b"%PDF-1.4 nothing")
    folder.save()
    return folder


def test_items_are_added_and_what_became_of_each_is_shown(empty: Opened, zotero: ZoteroFolder) -> None:
    *_, last = ZoteroJob(empty.library, zotero.folder, "").steps()
    assert "2 items: 1 added, 1 failed." in last
    assert re.findall(r'data-outcome="([\w-]+)"', last) == ["failed", "added"]
    assert "Canon &lt;Tables&gt;" in last
    assert str(zotero.folder) not in last
    assert empty.library.ids() == ["marsh-2019"]


def test_a_collection_alone_is_added_and_an_unknown_one_is_named(empty: Opened, zotero: ZoteroFolder) -> None:
    *_, last = ZoteroJob(empty.library, zotero.folder, "Nothing").steps()
    assert "Tables" in last
    assert 'role="alert"' in last
    *_, last = ZoteroJob(empty.library, zotero.folder, "Tables").steps()
    assert "1 item: 1 added." in last


def test_a_damaged_database_is_one_sentence(empty: Opened, zotero: ZoteroFolder) -> None:
    zotero.close()
    zotero.database.write_bytes(b"nothing" * 1000)
    *_, last = ZoteroJob(empty.library, zotero.folder, "").steps()
    assert "zotero.sqlite" in last
    assert 'role="alert"' in last


def test_cards_have_links_back_to_zotero(empty: Opened, zotero: ZoteroFolder) -> None:
    [*ZoteroJob(empty.library, zotero.folder, "Tables").steps()]
    html = answer_html(empty.library.ask("Who divided the four Gospels into numbered sections?"))
    links = re.findall(r'<a href="(zotero:[^"]+)"', html)
    assert links
    assert all(re.fullmatch(r"zotero://select/library/items/[A-Z0-9]{8}", link) for link in links)


def test_cards_of_other_essays_have_none(opened: Opened) -> None:
    assert "zotero" not in answer_html(opened.library.ask("Who divided the four Gospels?"))


def test_the_part_is_there_only_if_there_is_a_data_folder(opened: Opened, zotero: ZoteroFolder) -> None:
    def ids(folder: Path | None) -> set[str]:
        page = build(opened.library, zotero=folder)
        return {str(getattr(block, "elem_id", "")) for block in page.blocks.values()}

    assert {"zotero", "add-zotero", "zotero-collection"} <= ids(zotero.folder)
    assert not {"zotero", "add-zotero", "zotero-collection"} & ids(None)


def test_the_folder_is_none_if_it_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    assert zotero_folder() is None


@pytest.mark.parametrize("words", [("--host", "0.0.0.0"), ("--mcp",)])  # noqa: S104 - it is refused
def test_other_computers_are_never_offered_zotero(
    command: Command, zotero: ZoteroFolder, words: tuple[str, ...]
) -> None:
    assert command("serve", "--zotero", zotero.folder, *words) == 2
    assert "--zotero" in command.err


def test_of_many_items_the_failed_ones_come_first_and_the_rest_is_counted() -> None:
    outcomes = [ItemOutcome(item=str(n), library="", title=f"T{n}", outcome="added") for n in range(300)]
    outcomes.append(
        ItemOutcome(item="x", library="", title="Bad", outcome="failed", message="It is <broken>.")
    )
    html = items_html(outcomes, 301, "", "")
    assert html.index("Bad") < html.index("T0")
    assert "It is &lt;broken&gt;." in html
    assert "And 101 more." in html
