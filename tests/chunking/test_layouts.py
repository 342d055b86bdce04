"""Essays in the layouts of real files come out as their true structure says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.chunking.chunk import Chunked, chunk
from assistant.core.essay import Essay, Passage
from assistant.documents.document import Document
from assistant.documents.numbering import Numbering, number_pages
from assistant.documents.reading import read_essay_file

if TYPE_CHECKING:
    from collections.abc import Callable

LAYOUTS = sorted((Path(__file__).parent.parent / "layouts").glob("*.json"))


class Layout:
    """One layout as the program reads it, beside its true structure.

    Args:
        path: The file of the true structure.
        frequency: How frequent a word is.
    """

    def __init__(self, path: Path, frequency: Callable[[str], float]) -> None:
        self.truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        asked = self.truth.get("reference_first_page")
        self.document: Document = read_essay_file(path.with_suffix(".txt"))
        self.numbering: Numbering = number_pages(
            self.document.pages, first_page=None if asked is None else str(asked), record=""
        )
        self.essay = Essay(
            path.stem, {}, self.document.text, self.numbering.pages, "", self.document.pages.furniture
        )
        self.chunked: Chunked = chunk(self.essay, frequency)


@pytest.fixture(scope="module", params=LAYOUTS, ids=lambda path: path.stem)
def layout(request: pytest.FixtureRequest, frequency: Callable[[str], float]) -> Layout:
    return Layout(request.param, frequency)


def test_there_are_nine_layouts() -> None:
    assert len(LAYOUTS) == 9


def test_passages_are_those_of_the_true_structure(layout: Layout) -> None:
    made = [_as_truth(passage) for passage in layout.chunked.passages]
    assert made == [_filled(segment) for segment in layout.truth["segments"]]


def test_printed_labels_of_notes_and_list_items(layout: Layout) -> None:
    passages = {passage.id.split("/")[1]: passage for passage in layout.chunked.passages}
    for segment in layout.truth["segments"]:
        if "label" in segment:
            # Markdown's [^1]: is a mark of the file; a number or bullet is printed and stays.
            label = "" if segment["label"].startswith("[^") else segment["label"]
            passage = passages[segment["id"]]
            assert passage.text[: passage.sentences[0][0]].strip() == label


def test_pages_and_their_labels(layout: Layout) -> None:
    truth, report = layout.truth, layout.chunked.report
    assert len(layout.numbering.pages) == report.pages == truth["pages"]
    assert report.first_page == (truth["first_page"] or "")
    assert report.last_page == (truth["last_page"] or "")


def test_furniture_is_left_out_and_named(layout: Layout) -> None:
    assert [line for _, line, _ in layout.chunked.report.dropped] == layout.truth["furniture"]


def test_encoding(layout: Layout) -> None:
    assert layout.document.encoding == layout.truth["encoding"]


def test_every_character_is_accounted_for(layout: Layout) -> None:
    report = layout.chunked.report
    assert report.unaccounted == 0
    assert report.kept + report.layout + sum(report.removed.values()) == len(layout.document.text)


def _as_truth(passage: Passage) -> dict[str, Any]:
    """A passage in the words of a layout's file, whose notes have no number in their text."""
    start = passage.sentences[0][0] if passage.kind == "note" else 0
    return {
        "id": passage.id.split("/")[1],
        "kind": passage.kind,
        "section": passage.section,
        "text": passage.text[start:],
        "pages": [[page.label, max(0, page.start - start)] for page in passage.pages],
        "notes": [[mark.mark, mark.at - start] for mark in passage.notes],
        "continues": passage.continues.split("/")[1] if passage.continues else None,
    }


def _filled(segment: dict[str, Any]) -> dict[str, Any]:
    keys = ("id", "kind", "section", "text", "pages", "notes")
    return {key: segment[key] for key in keys} | {"continues": segment.get("continues")}
