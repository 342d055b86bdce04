"""Passages on disk: what is written is read again, in lines that people and other programs can read."""

from __future__ import annotations

import hashlib
import json
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from essay_library import ROOT, SAMPLE, sample_library
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.errors import LibraryError
from assistant.core.essay import IngestReport, Kind, NoteMark, PageStart, Passage, SourceMap, StoredEssay
from assistant.library import adding, records, store

if TYPE_CHECKING:
    from collections.abc import Mapping

# Everything but half characters, which no file can hold: line separators and controls too.
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
_COUNT = st.integers(min_value=0, max_value=10_000)


def _spans(length: int) -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    cuts = st.lists(st.integers(0, length), min_size=2, max_size=4).map(sorted)
    return cuts.map(lambda at: tuple(pairwise(at)))


@st.composite
def _passages(draw: st.DrawFn) -> Passage:
    text = draw(_WORDS)
    offset = draw(_COUNT)
    ordinal = draw(st.integers(1, 99))
    return Passage(
        id=f"essay/p{ordinal:02d}",
        essay_id="essay",
        ordinal=ordinal,
        kind=draw(st.sampled_from(get_args(Kind))),
        section=draw(_TEXT),
        text=text,
        sentences=draw(_spans(len(text))),
        pages=tuple(draw(st.lists(st.builds(PageStart, _TEXT, st.integers(0, len(text))), max_size=3))),
        source_map=SourceMap(((0, offset),), len(text)),
        continues=draw(st.none() | st.just("essay/p01")),
        introduced_by=draw(st.none() | st.just("essay/p02")),
        notes=tuple(draw(st.lists(st.builds(NoteMark, _TEXT, _COUNT, _TEXT), max_size=2))),
    )


_REPORTS = st.builds(
    IngestReport,
    essay_id=st.just("essay"),
    title=_TEXT,
    characters=_COUNT,
    kept=_COUNT,
    layout=_COUNT,
    hyphens_joined=st.lists(st.tuples(_TEXT, _TEXT), max_size=2).map(tuple),
    hyphens_kept=st.lists(_TEXT, max_size=2).map(tuple),
    dropped=st.lists(st.tuples(_COUNT, _TEXT, _TEXT), max_size=2).map(tuple),
    removed=st.dictionaries(_TEXT, _COUNT, max_size=2),
    unaccounted=_COUNT,
    note_marks=_COUNT,
    kinds=st.dictionaries(st.sampled_from(get_args(Kind)), _COUNT, max_size=2),
    pages=_COUNT,
    first_page=_TEXT,
    last_page=_TEXT,
    page_provenance=_TEXT,
    warnings=st.lists(_TEXT, max_size=2).map(tuple),
)
_ESSAYS = st.builds(
    StoredEssay,
    id=st.just("essay"),
    reference=st.dictionaries(_TEXT, _TEXT | st.integers() | st.lists(_TEXT, max_size=2), max_size=3),
    source_name=_TEXT,
    source_sha256=_TEXT,
    reader=_TEXT,
    report=_REPORTS,
    passages=st.lists(_passages(), max_size=3).map(tuple),
)


@given(_ESSAYS)
def test_what_is_written_is_read_again(essay: StoredEssay) -> None:
    text = store.dump(essay)
    assert text.endswith("\n")
    assert text.count("\n") == 1 + len(essay.passages)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "essay.jsonl"
        path.write_bytes(text.encode())
        read = store.load(path)
    assert read == essay
    assert read.passages == essay.passages
    assert store.dump(read) == text


@given(_ESSAYS, st.data())
def test_no_part_of_a_passage_can_be_changed_unseen(essay: StoredEssay, data: st.DataObject) -> None:
    text = store.dump(essay)
    start = text.index("\n") + 1
    if start == len(text):
        return
    at = data.draw(st.integers(start, len(text) - 1))
    other = data.draw(st.sampled_from('a\n" 0é'))
    if other == text[at]:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "essay.jsonl"
        path.write_bytes((text[:at] + other + text[at + 1 :]).encode())
        with pytest.raises(LibraryError, match="add the essay again"):
            store.load(path)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Lines of the sample essay's file in a library."""
    root = sample_library(tmp_path_factory.mktemp("store") / "library")
    text = (root / "data" / "chunks" / "sample.jsonl").read_bytes().decode()
    assert text.endswith("\n")
    return text.split("\n")[:-1]


def test_header_says_what_the_file_was_made_from(lines: list[str]) -> None:
    header: Mapping[str, Any] = json.loads(lines[0])
    assert (header["schema"], header["essay"]) == (store.SCHEMA, "sample")
    assert header["title"] == "Where the Words Stand: A Short History of Pointing at a Page"
    assert header["reference"] == json.loads((SAMPLE.parent / "reference.json").read_text("utf-8"))[0]
    assert header["source"] == {
        "name": "essay.txt",
        "sha256": hashlib.sha256(SAMPLE.read_bytes()).hexdigest(),
        "reader": "text",
    }
    assert header["passages"]["count"] == len(lines) - 1
    assert header["report"]["unaccounted"] == 0


def test_every_line_is_a_passage_as_the_contract_has_it(lines: list[str]) -> None:
    ids: set[str] = set()
    for ordinal, line in enumerate(lines[1:], 1):
        one = json.loads(line)
        assert list(one)[:8] == ["id", "ordinal", "kind", "section", "text", "sentences", "pages", "source"]
        assert set(one) - {"introduced_by"} == {*list(one)[:8], "map", "continues", "notes"}
        assert one["ordinal"] == ordinal
        assert one["kind"] in get_args(Kind)
        assert one["id"].startswith("sample/")
        assert one["id"] not in ids
        ids.add(one["id"])
        length = len(one["text"])
        assert all(0 <= start < end <= length for start, end in one["sentences"])
        assert all(set(page) == {"label", "start"} for page in one["pages"])
        assert all(isinstance(page["label"], str) and 0 <= page["start"] < length for page in one["pages"])
        assert one["pages"][0]["start"] == 0
        assert 0 <= one["source"]["start"] < one["source"]["end"]
        assert all(set(note) == {"mark", "at", "passage"} for note in one["notes"])
        assert all(0 < note["at"] <= length for note in one["notes"])
    named = {note["passage"] for line in lines[1:] for note in json.loads(line)["notes"]}
    assert named == {f"sample/n{number}" for number in range(1, 8)} <= ids
    continued = {json.loads(line)["continues"] for line in lines[1:]} - {None}
    assert {"sample/p22"} <= continued <= ids


def test_lines_are_for_people_too(lines: list[str]) -> None:
    assert "Niccolò Perotti" in "".join(lines)
    assert not any("\\u00" in line for line in lines)
    assert all(json.dumps(json.loads(line), ensure_ascii=False) == line for line in lines)


def test_shipped_sample_is_what_the_program_makes_of_the_essay() -> None:
    folder = ROOT / "data" / "chunks"
    path = folder / "sample.jsonl"
    if not path.exists():
        pytest.skip(f"{path.name} is not there yet; add data/sample/essay.txt to the checkout.")
    result = adding.read_essay(SAMPLE, records.known_records(ROOT))
    assert path.read_text("utf-8") == store.dump(result.essay)
    assert store.load(path) == result.essay
    assert (folder / "sample.source.txt").read_bytes() == SAMPLE.read_bytes() == result.source.encode()
