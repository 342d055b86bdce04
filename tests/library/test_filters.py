"""Filters by author, year, collection, tag, kind and section: which passages are asked, and what is said."""

from __future__ import annotations

from typing import Any

import pytest
from essay_library import Command, Opened
from fake_models import FakeEncoder

from assistant.chunking import chunk
from assistant.core.errors import AssistantError
from assistant.core.selection import LabelChanges, Selection, Years, parse_years
from assistant.library.walking import FileToAdd
from assistant.retrieval.passages import KIND_LETTERS

LAMP = "The keeper lit the lamp at dusk and wrote the hour into the log. "
LIGHT = "At dusk somebody lit the great lamp while the other keeper slept in the room below. "
ROPE = "A rope is made of strands that are twisted against each other. "
NOTE = "\n\nNotes\n\n1. The log of the lamp is in the harbour office.\n"
ESSAYS: dict[str, tuple[str, list[dict[str, str]], int, list[str], list[str]]] = {
    "marsh": (LAMP, [{"family": "Marsh", "given": "Ada"}], 1999, ["Coast/Lamps"], ["to read"]),
    "lefevre": (LIGHT, [{"family": "Lefèvre", "given": "Jean-Luc"}], 2012, ["Coast"], []),
    "board": (ROPE, [{"literal": "National Coast Board"}], 2014, ["Ropes"], ["to read", "knots"]),
}


def text_of(name: str, words: str) -> str:
    paragraphs = [f"{words}{name.capitalize()} says so in part {number}. {words}" for number in range(3)]
    return f"Title of {name}\n\nThe Lamp Room\n\n" + "\n\n".join(
        [*paragraphs[:2], "On Strands and Lamps", paragraphs[2]]
    )


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("filters")
    library = Opened(folder / "library")
    items = []
    for name, (words, authors, year, collections, tags) in ESSAYS.items():
        path = folder / f"{name}.txt"
        path.write_text(text_of(name, words), "utf-8")
        record: dict[str, Any] = {
            "id": name,
            "type": "chapter",
            "title": f"Title of {name}",
            "author": authors,
            "issued": {"date-parts": [[year]]},
        }
        labels = LabelChanges(collections=collections, tags=tags)
        items.append(FileToAdd(path=path, reference=record, labels=labels))
    assert [result.outcome for result in library.library.add_files(items)] == ["added"] * 3
    return library


def selected(opened: Opened, **where: Any) -> list[str]:
    return list(opened.library.selected(Selection(**where)))


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"authors": ("marsh",)}, ["marsh"]),
        ({"authors": ("Lefevre",)}, ["lefevre"]),
        ({"authors": ("Jean Luc Lefèvre",)}, ["lefevre"]),
        ({"authors": ("coast board", "Marsh")}, ["board", "marsh"]),
        ({"years": ("2010-2014",)}, ["board", "lefevre"]),
        ({"years": ("-2000",)}, ["marsh"]),
        ({"years": ("2013-",)}, ["board"]),
        ({"years": ("2012", "1999")}, ["lefevre", "marsh"]),
        ({"collections": ("coast",)}, ["lefevre", "marsh"]),
        ({"collections": ("Coast/Lamps",)}, ["marsh"]),
        ({"tags": ("To Read",)}, ["board", "marsh"]),
        ({"tags": ("to read",), "years": ("2014",)}, ["board"]),
        ({"tags": ("to read",), "essays": ("marsh", "lefevre")}, ["marsh"]),
        ({"sections": ("strands",)}, ["board", "lefevre", "marsh"]),
    ],
)
def test_essays_are_selected(opened: Opened, where: dict[str, Any], ids: list[str]) -> None:
    assert selected(opened, **where) == ids


@pytest.mark.parametrize(
    ("where", "facts"),
    [
        ({"authors": ("Marsch",)}, ["Marsch", "the nearest: Marsh"]),
        ({"years": ("1920-1930",)}, ["1920-1930", "1999 to 2014"]),
        ({"years": ("long ago",)}, ["long ago", "2010-2014"]),
        ({"collections": ("Coasts",)}, ["Coasts", "Coast"]),
        ({"tags": ("reads",)}, ["reads", "to read"]),
        ({"authors": ("Marsh",), "years": ("2014",)}, ["author “Marsh”", "1999"]),
        ({"authors": ("Lefèvre",), "tags": ("x",)}, ["author “Lefèvre” has a tag"]),
        ({"sections": ("Strand",)}, ["Strand", "On Strands and Lamps"]),
        ({"essays": ("nobody",)}, ["nobody", "marsh"]),
    ],
)
def test_a_filter_that_leaves_nothing_says_what_there_is(
    opened: Opened, where: dict[str, Any], facts: list[str]
) -> None:
    with pytest.raises(AssistantError) as refused:
        opened.library.ask("Who lit the lamp?", where=Selection(**where))
    assert all(fact in str(refused.value) for fact in facts), refused.value


def hits(
    opened: Opened, question: str = "Who lit the lamp at dusk?", **options: Any
) -> list[tuple[str, float]]:
    return [(hit.passage.id, round(hit.score, 4)) for hit in opened.library.ask(question, **options).hits]


def test_an_answer_is_that_of_a_library_with_these_essays_only(opened: Opened, tmp_path: Any) -> None:
    where = Selection(collections=("Coast",))
    found = hits(opened, where=where, top=10)
    assert {name.partition("/")[0] for name, _ in found} == {"marsh", "lefevre"}
    alone = Opened(tmp_path / "alone", FakeEncoder())
    for name in ("marsh", "lefevre"):
        path = tmp_path / f"{name}.txt"
        path.write_text(text_of(name, ESSAYS[name][0]), "utf-8")
        alone.library.add(path, essay_id=name)
    assert hits(alone, top=10) == found
    assert hits(opened, essays=["marsh", "lefevre"], top=10) == found


def test_candidates_are_restricted_before_they_are_ranked(opened: Opened) -> None:
    found = hits(opened, where=Selection(authors=("National Coast Board",)), top=3)
    assert [name.partition("/")[0] for name, _ in found] == ["board"] * 3


def test_sections_and_kinds(opened: Opened) -> None:
    found = hits(opened, where=Selection(sections=("lamp room",), essays=("marsh",)), top=10)
    assert sorted(name for name, _ in found) == ["marsh/p01", "marsh/p02"]
    answer = opened.library.ask("Who lit the lamp?", where=Selection(kinds=("note",)))
    assert (answer.hits, answer.verdict) == ((), "none")
    assert "of that kind" in answer.remark
    assert len(hits(opened, where=Selection(kinds=("paragraph",)), top=20)) == 9


def test_so_many_passages_of_an_essay_at_most(opened: Opened) -> None:
    found = hits(opened, per_essay=1, top=3)
    assert len({name.partition("/")[0] for name, _ in found}) == 3
    everything = [name for name, _ in hits(opened, top=20)]
    assert found[0][0] == everything[0]
    assert len(hits(opened, per_essay=2, top=10)) == 6
    with pytest.raises(AssistantError):
        hits(opened, per_essay=0)


def test_paragraphs_of_drafts_are_filtered_too(opened: Opened) -> None:
    draft = " ".join(["The keeper lit the lamp at dusk and wrote the hour into the log of the tower."] * 4)
    found = hits(opened, draft, where=Selection(authors=("Marsh",)))
    assert {name.partition("/")[0] for name, _ in found} == {"marsh"}
    assert len(hits(opened, draft, per_essay=1, top=5)) <= 3


def test_quotations_and_drafts_are_checked_in_selected_essays(opened: Opened) -> None:
    words = "twisted against each other"
    assert opened.library.quote(words, where=Selection(years=("2014",))).verdict == "exact"
    assert opened.library.quote(words, where=Selection(years=("1999",))).verdict != "exact"
    report = opened.library.check_draft(f"He says “{words}” (Board).", where=Selection(years=("2014",)))
    assert report.quotations


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2014", Years(2014, 2014)),
        (" 2010-2014 ", Years(2010, 2014)),
        ("2010–2014", Years(2010, 2014)),
        ("2010..2014", Years(2010, 2014)),
        ("2010-", Years(2010, None)),
        ("-2014", Years(None, 2014)),
        ("", None),
        ("-", None),
        ("2014-2010", None),
        ("20145", None),
        ("2014 2015", None),
        ("MCM", None),
    ],
)
def test_years(text: str, years: Years | None) -> None:
    assert parse_years(text) == years


def test_the_letters_of_kinds_are_those_of_ids() -> None:
    letters = {kind: letter for kind, (letter, _) in chunk._LETTERS.items()}  # noqa: SLF001 - there is no other
    assert KIND_LETTERS.items() <= letters.items()


def test_commands_filter(command: Command, opened: Opened) -> None:
    shelf = ["--library", str(opened.root)]
    assert command("list", "--year", "2012-", *shelf) == 0
    assert [line.split()[0] for line in command.out.splitlines()] == ["board", "lefevre"]
    assert command("list", "--tag", "knots", "--json", *shelf) == 0
    assert [essay["id"] for essay in command.json()] == ["board"]
    question = ["ask", "Who lit the lamp at dusk?", "--json", *shelf]
    command(*question, "--per-essay", "1", "--author", "marsh", "--author", "lefevre")
    assert sorted(passage["essay"] for passage in command.json()["passages"]) == ["lefevre", "marsh"]
    assert command(*question, "--collection", "Nowhere") == 2
    assert "Nowhere" in command.err
    assert command("quote", "twisted against each other", "--author", "Marsh", *shelf) == 1
    assert command("quote", "twisted against each other", "--tag", "knots", *shelf) == 0
