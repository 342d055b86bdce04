"""Quotations as a word processor inserts them, and drafts that are sent as files of word processors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from essay_library import QUESTION, loader, sample_library
from fake_models import FakeEncoder
from starlette.applications import Starlette
from starlette.testclient import TestClient
from written_drafts import add_written_about, written_draft

from assistant.api.http import AccessGuard, HttpApi
from assistant.api.requests import DRAFT_FILES
from assistant.api.schema import RefusedError
from assistant.api.service import ApiService
from assistant.citations.language_marks import with_marks_of
from assistant.citations.titles import nested
from assistant.library.library import Library
from assistant.rendering.drafts import draft_object

ODT, DOCX = DRAFT_FILES
QUOTING, START, END = "sample/p01", 324, 492


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    root = sample_library(tmp_path_factory.mktemp("insert") / "library")
    library = Library(root, load_encoder=loader(FakeEncoder()))
    add_written_about(library)
    return library


@pytest.fixture(scope="module")
def client(library: Library) -> TestClient:
    return TestClient(Starlette(routes=HttpApi(ApiService(library), AccessGuard(None)).routes()))


def inserted(library: Library, **fields: Any) -> dict[str, Any]:
    value = anyio.run(ApiService(library).answer, "insert", fields).value
    assert isinstance(value, dict)
    return value


def plain(runs: list[dict[str, Any]]) -> str:
    return "".join(run["text"] for run in runs)


@pytest.mark.parametrize("style", ["mla", "chicago", "chicago-notes", "apa", "harvard", "ieee"])
def test_the_parts_are_what_ask_gives_as_a_whole(library: Library, style: str) -> None:
    for hit in library.ask(QUESTION, style=style, top=8).hits:
        for highlight in hit.highlights:
            span = {"start": highlight.start, "end": highlight.end}
            value = inserted(library, passage=hit.passage.id, style=style, **span)
            between = "¹\n\n1. " if value["note"] else " "
            whole = f"{plain(value['words'])}{between}{plain(value['citation'])}{value['stop']}"
            assert whole == value["quotation"] == highlight.quotation
            assert value["text"] == highlight.text
            assert value["block"] is highlight.block
        assert [(each["start"], each["end"]) for each in value["sentences"]] == list(hit.passage.sentences)


def test_the_form_is_the_styles(library: Library) -> None:
    forms = {
        style: (value["note"], value["block"])
        for style in ("mla", "chicago-notes", "apa")
        for value in [inserted(library, passage="sample/p10", style=style)]
    }
    assert forms == {"mla": (False, True), "chicago-notes": (True, True), "apa": (False, True)}
    short = inserted(library, passage="sample/p07", start=0, end=60, style="chicago-notes")
    assert (short["note"], short["block"]) == (True, False)
    assert plain(short["again"]) != plain(short["citation"])
    assert "again" not in inserted(library, passage="sample/p07", start=0, end=60, style="mla")


@pytest.mark.parametrize(
    ("language", "marks"),
    [
        *[("de", "„“‚‘"), ("de-AT", "„“‚‘"), ("de-CH", "«»‹›"), ("cs_CZ", "„“‚‘"), ("pl", "„”«»")],
        *[("it", "«»“”"), ("sv", "””’’"), ("pt-BR", "“”‘’"), ("pt-PT", "«»“”"), ("ru", "«»„“")],
    ],
)
@pytest.mark.parametrize("style", ["mla", "chicago-notes", "harvard"])
def test_the_marks_are_those_of_the_language_and_the_check_knows_them(
    library: Library, style: str, language: str, marks: str
) -> None:
    value = inserted(library, passage=QUOTING, start=START, end=END, style=style, language=language)
    words = plain(value["words"])
    assert words[0] + words[-1] == marks[:2]
    assert f"as he says, {marks[2]}I know not what other mark{marks[3]} (Augustine" in words
    citation = plain(value["citation"])
    draft = f"{words}[^1]\n\n[^1]: {citation}" if value["note"] else f"{words} {citation}."
    report = library.check_draft(f"Then this: {draft}", style=style)
    assert report.problems == ()
    assert report.quotations == report.exact > 0


def test_french_marks_have_their_space_and_english_is_left_to_the_style(library: Library) -> None:
    place = {"passage": QUOTING, "start": START, "end": END}
    words = plain(inserted(library, **place, language="fr-FR")["words"])
    assert words.startswith("«\u00a0Then he shuts")
    assert words.endswith("has happened\u00a0»")
    assert "“I know not what other mark”" in words
    for language in ("en-GB", "en", "xx", "not a tag!"):
        assert inserted(library, **place, language=language) == inserted(library, **place)
    assert library.check_draft(f"Then: {words} (Essay Assistant Authors 11).").problems == ()


def test_low_marks_are_pairs_and_apostrophes_are_none() -> None:
    assert nested("Er sagt „Wort“ und ‚mehr‘ hier", double=True) == "Er sagt ‘Wort’ und ‘mehr’ hier"
    assert nested("„Er sagt ‚mehr‘ hier“", double=False) == "“Er sagt ‘mehr’ hier”"
    assert with_marks_of("“The keeper’s ‘lamp’”", "de", in_marks=True) == "„The keeper’s ‚lamp‘“"
    assert with_marks_of("Er sagt „Wort“.", "fr", in_marks=False) == "Er sagt «\u00a0Wort\u00a0»."


def test_italics_are_as_printed_even_where_marks_change(tmp_path: Path) -> None:
    essay = tmp_path / "e.md"
    essay.write_text(
        "---\ntitle: On Reading\nauthor: Ann Gill\n---\n\n# On Reading\n\n"
        'She read *Ulysses* twice, and *a "modern" book* once more in the long summer of that year.\n',
        "utf-8",
    )
    library = Library(tmp_path / "library", load_encoder=loader(FakeEncoder()))
    library.add(essay)
    (essay_id,) = library.ids()
    passage = next(each for each in library.essay(essay_id).passages if "Ulysses" in each.text)
    for language, inner in (("en", "a 'modern' book"), ("de", "a ‚modern‘ book"), ("fr", "a “modern” book")):
        runs = inserted(library, passage=passage.id, language=language)["words"]
        assert [run["text"] for run in runs if run["italic"]] == ["Ulysses", inner]


@pytest.mark.parametrize(
    ("fields", "status", "fact"),
    [
        ({"passage": "nobody/p01"}, 404, "There is no essay 'nobody'"),
        ({"passage": "sample/p99"}, 400, "no passage 'sample/p99'"),
        ({"passage": "sample/p01", "start": 5, "end": 5}, 400, "774 characters"),
        ({"passage": "sample/p01", "start": -1}, 400, "774 characters"),
        ({"passage": "sample/p01", "end": 775}, 400, "774 characters"),
        ({"passage": "sample/p01", "style": "nothing-like-it"}, 400, "nothing-like-it"),
    ],
)
def test_what_is_not_printed_is_refused(
    library: Library, fields: dict[str, Any], status: int, fact: str
) -> None:
    with pytest.raises(RefusedError, match=fact) as refused:
        inserted(library, **fields)
    assert refused.value.status == status


@pytest.mark.parametrize(("name", "kind"), [("word.docx", DOCX), ("libreoffice.odt", ODT)])
def test_a_file_is_checked_as_by_the_command(
    library: Library, client: TestClient, name: str, kind: str, tmp_path: Path
) -> None:
    path = written_draft(name, tmp_path)
    response = client.post(
        "/api/check-file?style=mla", content=path.read_bytes(), headers={"Content-Type": kind}
    )
    assert response.status_code == 200
    value = response.json()
    paragraphs = value.pop("paragraphs")
    expected = json.loads(json.dumps(draft_object(library.check_draft(path, style="mla"))))
    assert value == expected | {"draft": "-"}
    assert value["faults"]
    for fault in value["faults"]:
        assert fault["quoted"] is None or fault["quoted"][:4] in paragraphs[fault["line"] - 1]
    lengths = [len(paragraph) + 1 for paragraph in paragraphs]
    for fault in value["faults"]:
        assert fault["start"] == sum(lengths[: fault["line"] - 1]) + fault["column"] - 1


@pytest.mark.parametrize(
    ("kind", "content", "address", "fact"),
    [
        ("text/plain", b"words", "", ".odt or .docx"),
        (ODT, b"words", "", "draft.odt"),
        (DOCX, b"", "", "draft.docx is empty"),
        (ODT, b"words", "?essay=nobody", "There is no essay 'nobody'"),
        (ODT, b"words", "?draft=x", "draft.odt"),
        (ODT, b"words", "?more=1", "There is no field 'more'"),
    ],
)
def test_a_file_that_cannot_be_checked_is_refused_without_paths(
    client: TestClient, kind: str, content: bytes, address: str, fact: str
) -> None:
    response = client.post(f"/api/check-file{address}", content=content, headers={"Content-Type": kind})
    assert response.status_code in {400, 404}
    assert fact in response.json()["error"]
    assert "/" not in response.json()["error"]
