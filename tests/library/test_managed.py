"""Zotero's library and exports added to a library: new and changed items only, links back, citation keys."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from essay_library import ROOT, Command, Opened
from zotero_library import GROUP, GROUP_ID, ZoteroFolder

from assistant.citations.managed import Attachment, ManagedItem
from assistant.core.errors import LibraryError
from assistant.core.items import ItemOutcome
from assistant.core.selection import LabelChanges
from assistant.library.item_files import choose, find_items
from assistant.library.zotero_links import zotero_links

PDF = ROOT / "tests" / "data" / "pdf" / "sample-mla.pdf"
_WORDS = (
    "archive ledger margin scribe canon table letter binding reader page volume column shelf print ink paper "
    "catalogue index folio quire vellum gloss copy editor press proof type spine seal cipher record entry"
).split()


def essay(name: str, paragraphs: int = 6) -> bytes:
    """The text of an essay that no other one is like."""
    words = random.Random(name)
    lines = [f"The {name} of Books"]
    for _ in range(paragraphs):
        sentence = " ".join(words.choice(_WORDS) for _ in range(40))
        lines.append(f"The {name} {sentence} {name}.")
    return "\n\n".join(lines).encode()


@pytest.fixture
def zotero(tmp_path: Path) -> ZoteroFolder:
    return ZoteroFolder(tmp_path / "Zotero")


def added(opened: Opened, zotero: ZoteroFolder, **options: Any) -> dict[str, ItemOutcome]:
    """What became of each item, by title."""
    chosen = {name: options.pop(name) for name in ("collection", "tags") if name in options}
    outcomes = opened.library.add_items(find_items(zotero.save(), **chosen), **options)
    return {outcome.title: outcome for outcome in outcomes}


def results(outcomes: dict[str, ItemOutcome]) -> dict[str, str]:
    return {title: outcome.outcome for title, outcome in outcomes.items()}


def item(zotero: ZoteroFolder, title: str, name: str = "", **options: Any) -> str:
    """An item with a text file."""
    key = zotero.item(title=title, creators=[("author", options.pop("author", "Roe"), "Al")], **options)
    zotero.attach(key, f"{name or title}.txt", essay(name or title), library=options.get("library", 1))
    return key


def stated(opened: Opened, essay_id: str) -> dict[str, Any]:
    path = opened.root / "data" / "chunks" / f"{essay_id}.given.json"
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def test_records_labels_and_keys_come_along_and_the_next_run_does_nothing(
    empty: Opened, zotero: ZoteroFolder
) -> None:
    inner = zotero.collection("Dystopias", zotero.collection("Novels"))
    one = item(
        zotero, "One", date="2014", collections=[inner], tags=["race"], extra="Citation Key: roe2014one"
    )
    two = item(zotero, "Two", date="2014", library=GROUP)
    three = item(zotero, "Three", date="2014", author="Lee")
    outcomes = added(empty, zotero)
    assert {title: (outcome.outcome, outcome.essay) for title, outcome in outcomes.items()} == {
        "One": ("added", "roe2014one"),
        "Two": ("added", "roe-2014"),
        "Three": ("added", "lee-2014"),
    }
    summary = empty.library.summaries()["roe2014one"]
    assert summary.reference["title"] == "One"
    assert (summary.tags, summary.collections) == (("race",), ("Novels/Dystopias",))
    assert empty.library.summaries()["roe-2014"].collections == ("Seminar",)
    facts = stated(empty, "roe2014one")["zotero"]
    assert (facts["library"], facts["item"]) == ("library", one)
    assert stated(empty, "roe-2014")["zotero"]["library"] == f"groups/{GROUP_ID}"
    assert two != three
    encoded = len(empty.encoder.encoded)
    assert set(results(added(empty, zotero)).values()) == {"unchanged"}
    assert len(empty.encoder.encoded) == encoded


def test_two_works_of_one_author_and_year_get_ids_of_their_own(empty: Opened, zotero: ZoteroFolder) -> None:
    item(zotero, "One", "first", date="2014")
    item(zotero, "One", "second", date="2014")
    outcomes = list(empty.library.add_items(find_items(zotero.save())))
    assert [(outcome.outcome, outcome.essay) for outcome in outcomes] == [
        ("added", "roe-2014"),
        ("added", "roe-2014-2"),
    ]


def test_a_changed_record_is_taken_over_without_reading_the_file(empty: Opened, zotero: ZoteroFolder) -> None:
    key = item(zotero, "One", date="2014", tags=["old", "both"])
    added(empty, zotero)
    empty.library.edit("roe-2014", labels=LabelChanges(tags=["mine"], untag=["both"]))
    zotero.set(key, title="One, revised")
    zotero.untag(key, "old")
    encoded = len(empty.encoder.encoded)
    assert results(added(empty, zotero)) == {"One, revised": "changed"}
    assert len(empty.encoder.encoded) == encoded
    summary = empty.library.summaries()["roe-2014"]
    assert summary.reference["title"] == "One, revised"
    assert summary.tags == ("mine",)
    assert results(added(empty, zotero)) == {"One, revised": "unchanged"}


def test_a_record_that_was_edited_by_hand_is_kept(empty: Opened, zotero: ZoteroFolder) -> None:
    key = item(zotero, "One", date="2014")
    added(empty, zotero)
    own = dict(empty.library.summaries()["roe-2014"].reference) | {"title": "My own title"}
    empty.library.edit("roe-2014", reference=own, first_page="7")
    zotero.set(key, title="Their title")
    outcome = added(empty, zotero)["Their title"]
    assert outcome.outcome == "unchanged"
    assert "by hand" in outcome.message
    file = next((zotero.folder / "storage").rglob("One.txt"))
    file.write_bytes(essay("One", 9))
    assert added(empty, zotero)["Their title"].outcome == "replaced"
    assert empty.library.summaries()["roe-2014"].reference["title"] == "My own title"
    assert stated(empty, "roe-2014")["first_page"] == "7"


def test_a_changed_file_is_read_again(empty: Opened, zotero: ZoteroFolder) -> None:
    item(zotero, "One", date="2014")
    item(zotero, "Two", date="2015")
    added(empty, zotero)
    before = empty.library.summaries()["roe-2014"].passages
    file = next((zotero.folder / "storage").rglob("One.txt"))
    file.write_bytes(essay("One", 9))
    assert results(added(empty, zotero)) == {"One": "replaced", "Two": "unchanged"}
    assert empty.library.summaries()["roe-2014"].passages == before + 3
    os.utime(file)
    assert results(added(empty, zotero))["One"] == "unchanged"


def test_collection_and_tags_choose_what_is_added(empty: Opened, zotero: ZoteroFolder) -> None:
    novels = zotero.collection("Novels")
    item(zotero, "One", collections=[zotero.collection("Dystopias", novels)], tags=["race", "read"])
    item(zotero, "Two", collections=[novels], tags=["race"])
    item(zotero, "Three", tags=["race", "read"])
    assert results(added(empty, zotero, collection="Novels/Dystopias", dry_run=True)) == {"One": "added"}
    assert empty.library.ids() == []
    assert results(added(empty, zotero, tags=["Race", "read"], dry_run=True)) == {
        "One": "added",
        "Three": "added",
    }
    assert results(added(empty, zotero, collection="novels")) == {"One": "added", "Two": "added"}
    with pytest.raises(LibraryError, match="Novels"):
        added(empty, zotero, collection="Novel")
    with pytest.raises(LibraryError, match="race"):
        added(empty, zotero, tags=["racing"])


def test_an_item_that_is_gone_is_said_and_removed_only_if_asked(empty: Opened, zotero: ZoteroFolder) -> None:
    key = item(zotero, "One", date="2014")
    item(zotero, "Two", date="2015")
    added(empty, zotero)
    zotero.trash(key)
    outcomes = added(empty, zotero)
    assert len(outcomes) == 2
    assert [(each.outcome, each.essay) for each in outcomes.values() if each.item == key] == [
        ("gone", "roe-2014")
    ]
    assert "roe-2014" in empty.library.ids()
    added(empty, zotero, prune=True, dry_run=True)
    assert "roe-2014" in empty.library.ids()
    added(empty, zotero, prune=True)
    assert empty.library.ids() == ["roe-2015"]
    assert list(empty.library.removed()) == ["roe-2014"]


def test_what_another_data_folder_lacks_is_not_gone(
    empty: Opened, zotero: ZoteroFolder, tmp_path: Path
) -> None:
    item(zotero, "One", date="2014")
    added(empty, zotero)
    other = ZoteroFolder(tmp_path / "Other")
    item(other, "Two", date="2015", key="ABCD2345")
    assert results(added(empty, other, prune=True)) == {"Two": "added"}
    assert empty.library.ids() == ["roe-2014", "roe-2015"]


def test_an_essay_that_the_user_removed_is_not_added_again(empty: Opened, zotero: ZoteroFolder) -> None:
    item(zotero, "One", date="2014")
    added(empty, zotero)
    empty.library.remove("roe-2014")
    assert results(added(empty, zotero)) == {"One": "removed"}
    empty.library.restore("roe-2014")
    assert results(added(empty, zotero)) == {"One": "unchanged"}


def test_items_without_a_file_and_broken_files_stop_nothing(empty: Opened, zotero: ZoteroFolder) -> None:
    bare = zotero.item(title="Bare")
    gone = zotero.item(title="Gone")
    zotero.attach(gone, "gone.txt", None)
    image = zotero.item(title="Image")
    zotero.attach(image, "scan.png", b"x")
    broken = zotero.item(title="Broken")
    zotero.attach(broken, "broken.pdf", b"%PDF-1.4 nothing")
    item(zotero, "One")
    outcomes = added(empty, zotero)
    assert results(outcomes) == {
        "Bare": "no-file",
        "Gone": "no-file",
        "Image": "no-file",
        "Broken": "failed",
        "One": "added",
    }
    assert "nothing is attached" in outcomes["Bare"].message
    assert "gone.txt is not on this computer" in outcomes["Gone"].message
    assert "scan.png is of a format that is not read" in outcomes["Image"].message
    assert "broken.pdf" in outcomes["Broken"].message
    assert bare


def test_another_file_is_read_if_the_best_is_broken(empty: Opened, zotero: ZoteroFolder) -> None:
    key = zotero.item(title="One")
    zotero.attach(key, "broken.pdf", b"%PDF-1.4 nothing")
    text = zotero.attach(key, "whole.txt", essay("One"))
    outcome = added(empty, zotero)["One"]
    assert (outcome.outcome, outcome.path) == ("added", zotero.folder / "storage" / text / "whole.txt")
    assert "broken.pdf" in outcome.message


def test_two_items_with_the_same_essay_are_one(empty: Opened, zotero: ZoteroFolder) -> None:
    first = zotero.item(title="One", creators=[("author", "Roe", "Al")], date="2014")
    zotero.attach(first, "a.txt", essay("One"))
    second = zotero.item(title="One (copy)", creators=[("author", "Roe", "Al")], date="2014")
    zotero.attach(second, "b.txt", essay("One"))
    assert results(added(empty, zotero)) == {"One": "added", "One (copy)": "same"}
    assert stated(empty, "roe-2014")["zotero"]["item"] == first
    assert empty.library.ids() == ["roe-2014"]
    assert results(added(empty, zotero)) == {"One": "unchanged", "One (copy)": "same"}


def test_an_essay_that_was_added_by_hand_keeps_what_was_stated(empty: Opened, zotero: ZoteroFolder) -> None:
    item(zotero, "One", date="2014", tags=["race"])
    zotero.save()
    file = next((zotero.folder / "storage").rglob("One.txt"))
    record = empty.root / "own.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text('[{"id": "mine", "type": "book", "title": "My title"}]', "utf-8")
    empty.library.add(file, reference=record)
    outcome = added(empty, zotero)["One"]
    assert outcome.essay == "mine"
    assert empty.library.ids() == ["mine"]
    assert empty.library.summaries()["mine"].reference["title"] == "My title"
    assert empty.library.summaries()["mine"].tags == ("race",)
    assert results(added(empty, zotero)) == {"One": "unchanged"}


def test_standalone_files_are_added_by_their_title_page(empty: Opened, zotero: ZoteroFolder) -> None:
    key = zotero.attach(None, "loose.txt", essay("loose"), title="Loose pages")
    outcome = added(empty, zotero)["Loose pages"]
    assert outcome.outcome == "added"
    assert empty.library.summaries()[outcome.essay].title == "The loose of Books"
    assert stated(empty, outcome.essay)["zotero"]["item"] == key
    assert results(added(empty, zotero)) == {"Loose pages": "unchanged"}


def test_odd_tags_are_made_storable(empty: Opened, zotero: ZoteroFolder) -> None:
    item(zotero, "One", date="2014", tags=["x" * 500, "a\u200db", "  spaced   out ", "\u2028"])
    assert results(added(empty, zotero)) == {"One": "added"}
    assert set(empty.library.summaries()["roe-2014"].tags) == {"x" * 200, "ab", "spaced out"}


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (["a.txt", "b.pdf"], "b.pdf"),
        (["supplement.pdf", "article.pdf"], "article.pdf"),
        (["Appendix A.pdf", "b.txt"], "Appendix A.pdf"),
        (["first.pdf", "second.pdf"], "first.pdf"),
        (["x.docx", "y.PDF"], "y.PDF"),
        (["x.txt", "y.docx"], "y.docx"),
    ],
)
def test_one_attachment_of_several_is_chosen_by_format_and_order(
    tmp_path: Path, names: list[str], best: str
) -> None:
    attachments = []
    for name in names:
        (tmp_path / name).write_bytes(b"x")
        attachments.append(Attachment(path=tmp_path / name, title=name))
    choice = choose(ManagedItem(key="A", attachments=tuple(attachments)))
    assert choice.best is not None
    assert choice.best.title == best
    assert all(name in choice.message for name in names)


# Links and citation keys.


def test_links_lead_to_the_item_and_to_the_page_of_the_cited_words(
    empty: Opened, zotero: ZoteroFolder
) -> None:
    key = zotero.item(title="Canon Tables", creators=[("author", "Marsh", "Ada")], date="2019", library=GROUP)
    pdf = zotero.attach(key, "marsh.pdf", PDF.read_bytes(), library=GROUP)
    added(empty, zotero)
    library = f"groups/{GROUP_ID}"
    printed = empty.library.printed_pages("marsh-2019")
    passages = {passage.id: passage for passage in empty.library.essay("marsh-2019").passages}
    answer = empty.library.ask("Who divided the four Gospels into numbered sections?")
    assert answer.hits
    for hit in answer.hits:
        assert hit.zotero is not None
        assert hit.zotero.select == f"zotero://select/{library}/items/{key}"
        first = printed.file_pages(passages[hit.passage.id])[0]
        assert hit.zotero.open == f"zotero://open-pdf/{library}/items/{pdf}?page={first}"
        for highlight in hit.highlights:
            pages = hit.passage.pages_of(highlight.start, highlight.end)
            labels = {page.label: page.number for page in printed.pages if page.label}
            assert highlight.zotero is not None
            assert highlight.zotero.open == f"zotero://open-pdf/{library}/items/{pdf}?page={labels[pages[0]]}"
    words = answer.hits[0].highlights[0]
    (match,) = empty.library.quote(words.text).matches
    assert match.zotero == words.zotero
    for near in empty.library.related(answer.hits[0].passage.id).passages:
        first = printed.file_pages(near.hit.passage)[0]
        assert near.hit.zotero is not None
        assert near.hit.zotero.open.endswith(f"?page={first}")
    last = printed.pages[-1]
    links = empty.library.links("marsh-2019", last.label)
    assert links is not None
    assert links.open.endswith(f"?page={last.number}")
    whole = empty.library.links("marsh-2019")
    assert whole is not None
    assert whole.open == f"zotero://open-pdf/{library}/items/{pdf}"


def test_essays_that_are_not_from_zotero_have_no_links(opened: Opened) -> None:
    assert opened.library.links("sample") is None
    assert all(hit.zotero is None for hit in opened.library.ask("Who divided the Gospels?").hits)


@pytest.mark.parametrize(
    "facts",
    [
        None,
        [],
        "x",
        {"library": "library"},
        {"library": "library", "item": "SHORT"},
        {"library": "javascript:alert(1)//", "item": "ABCD2345"},
        {"library": "groups/1/../..", "item": "ABCD2345"},
        {"library": "", "item": "ABCD2345"},
        {"library": "library", "item": 'ABCD"><b'},
        {"library": "library\n", "item": "ABCD2345"},
    ],
)
def test_nothing_but_keys_gets_into_a_link(facts: object) -> None:
    assert zotero_links(facts, 3, is_pdf=True) is None


def test_damaged_facts_are_no_reason_to_fail(empty: Opened, zotero: ZoteroFolder) -> None:
    item(zotero, "One", date="2014")
    added(empty, zotero)
    path = empty.root / "data" / "chunks" / "roe-2014.given.json"
    for facts in ("x", {"item": 3}, {"library": "library", "item": "A", "tags": "x", "also": [1, ["a"]]}):
        fields = json.loads(path.read_text("utf-8")) | {"zotero": facts}
        path.write_text(json.dumps(fields), "utf-8")
        assert empty.library.links("roe-2014") is None
        assert results(added(empty, zotero))["One"] in {"unchanged", "same", "gone"}


def test_citation_keys_are_known_to_check_and_to_cite(
    empty: Opened, zotero: ZoteroFolder, tmp_path: Path
) -> None:
    key = zotero.item(
        title="Canon Tables", creators=[("author", "Marsh", "Ada")], date="2019", citationKey="xq:Tables19"
    )
    zotero.attach(key, "marsh.txt", (ROOT / "data" / "sample" / "essay.txt").read_bytes())
    item(zotero, "Other", date="2001", author="Lee")
    outcomes = added(empty, zotero)
    essay_id = outcomes["Canon Tables"].essay
    assert empty.library.export(essay_id, "bibtex").splitlines()[0] == "@article{xq:Tables19,"
    assert "@article{xq:Tables19," in empty.library.export_all([essay_id], "bibtex")
    assert json.loads(empty.library.export_all([essay_id], "csl-json"))[0]["citation-key"] == "xq:Tables19"
    sentence = next(
        passage.text[slice(*passage.sentences[0])]
        for passage in empty.library.essay(essay_id).passages
        if passage.kind == "paragraph"
    )
    for name, before, citation in (
        ("draft.md", "", "[@xq:Tables19, 11]"),
        ("draft.tex", "\\documentclass{article}\\begin{document}", "\\cite[11]{xq:Tables19}"),
    ):
        draft = tmp_path / name
        text = f"{before}It is said that “{sentence}” {citation}.\n"
        draft.write_text(text, "utf-8")
        report = empty.library.check_draft(draft)
        assert (report.quotations, report.exact, report.problems) == (1, 1, ())
        draft.write_text(
            f"{before}It is said that “{sentence}” {citation}.\n".replace("xq:Tables19", "lee2001"), "utf-8"
        )
        assert empty.library.check_draft(draft).problems


# The command.


def test_the_command_prints_a_line_an_item_and_a_summary(command: Command, zotero: ZoteroFolder) -> None:
    item(zotero, "One", date="2014", tags=["race"])
    zotero.item(title="Bare")
    folder = zotero.save()
    assert command("add", "--zotero", folder, "--dry-run") == 0
    assert "to add  “One”" in command.out
    assert "2 items: 1 to add, 1 without a file to read. Nothing was changed." in command.err
    assert command("add", "--zotero", folder) == 0
    assert "added  roe-2014  “One”" in command.out
    assert command("add", "--zotero", folder, "--json") == 0
    one, bare = map(json.loads, command.out.splitlines())
    assert (one["outcome"], one["essay"], one["library"]) == ("unchanged", "roe-2014", "library")
    assert (bare["outcome"], bare["title"]) == ("no-file", "Bare")
    assert command("cite", "roe-2014", "--links") == 0
    assert "zotero://select/library/items/" in command.out
    assert command("cite", "roe-2014", "--json") == 0
    assert list(json.loads(command.out)["zotero"]) == ["select"]
    assert command("add", "--zotero", folder, "--tag", "nothing") == 2
    assert "race" in command.err
    assert command("add", "--dry-run") == 2
    assert command("add") == 2
    assert command("add", "--zotero", folder, "x.pdf") == 2


def test_the_command_reads_an_export_with_its_files(command: Command, tmp_path: Path) -> None:
    (tmp_path / "files" / "12").mkdir(parents=True)
    (tmp_path / "files" / "12" / "One.txt").write_bytes(essay("One"))
    export = tmp_path / "export.bib"
    export.write_text(
        "@article{Roe_one_2014, title={One}, author={Roe, Al}, year={2014}, keywords={race}, "
        "file={Full Text:files/12/One.txt:text/plain}}\n@book{none, title={None}}\n",
        "utf-8",
    )
    assert command("add", "--zotero", export) == 0
    assert "added  roe-2014  “One”" in command.out
    assert command("cite", "roe-2014", "--format", "bibtex") == 0
    assert command.out.startswith("@article{Roe_one_2014,")
    assert command("list", "--json") == 0
    essays = {each["id"]: each for each in json.loads(command.out)}
    assert essays["roe-2014"]["tags"] == ["race"]
    assert command("add", "--zotero", export) == 0
    assert "1 unchanged" in command.err


@pytest.mark.parametrize("name", ["zotero.sqlite", "export.bib", "export.json", "export.ris"])
def test_what_cannot_be_read_is_named_in_one_sentence(command: Command, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\xff{[ nothing" * 50)
    source = tmp_path / name if name != "zotero.sqlite" else tmp_path
    assert command("add", "--zotero", source) == 2
    assert name in command.err
    assert "Traceback" not in command.err
    assert command("add", "--zotero", tmp_path / "nowhere") == 2
    assert command.err.count("\n") == 1
