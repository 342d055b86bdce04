"""Confidence comes from reading the first passages, unless a phrase, a heading or the structure decides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from essay_library import QUESTION, loader, sample_library
from fake_models import FakeEncoder
from handmade_essays import essay, passage

from assistant.library.library import Library
from assistant.retrieval import finder as finders
from assistant.retrieval.confidence import confidence_of
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.index import build_index
from assistant.retrieval.models.cross_encoder import DefaultReadingModel, is_available
from assistant.retrieval.questions import Question

COAST = essay(
    passage("coast/p01", "Guns were fired in fog. Marsh quotes a keeper:"),
    passage("coast/b01", "We rang until dawn.", "blockquote", introduced_by="coast/p01"),
    passage("coast/p02", "The lamp was lit at dusk. Oil was dear. Nobody slept."),
    passage("coast/p03", "Oil came by boat."),
    passage("coast/p04", "Bells are kinder.", section="Of Bells"),
)


class Reader:
    """A reading model with fixed logits."""

    def __init__(self, *logits: float) -> None:
        self._logits = logits
        self.read_of: list[tuple[str, list[str]]] = []

    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        """A logit for each excerpt."""
        self.read_of.append((question, [*excerpts]))
        return [*self._logits[: len(excerpts)]]


def finder(reader: Reader) -> Finder:
    encoder = FakeEncoder()
    return Finder(build_index(COAST.passages, {}, encoder), encoder, {"coast": COAST}, reader)


def test_the_first_three_passages_are_read_and_the_best_counts() -> None:
    reader = Reader(-3.0, 2.0, -1.0)
    ranking = finder(reader).find(Question("Who lit the lamp?"))
    ((question, excerpts),) = reader.read_of
    assert question == "Who lit the lamp?"
    assert len(excerpts) == 3
    assert excerpts[0] == "The lamp was lit at dusk. Oil was dear. Nobody slept."
    assert ranking.features is not None
    assert ranking.features.logits == (-3.0, 2.0, -1.0)
    assert ranking.confidence == confidence_of(ranking.features)


def test_reading_moves_no_passage() -> None:
    orders = [
        [
            ranked.passage
            for ranked in finder(Reader(*logits)).find(Question("Who lit the lamp with oil?")).ranked
        ]
        for logits in ((9.0, -9.0, -9.0), (-9.0, 9.0, 9.0))
    ]
    assert orders[0] == orders[1]


def test_a_quotation_is_read_with_the_sentence_that_introduces_it() -> None:
    reader = Reader(0.0, 0.0, 0.0)
    finder(reader).find(Question("Who rang until dawn?"))
    assert reader.read_of[0][1][0] == "Marsh quotes a keeper: We rang until dawn."


def test_fast_is_without_reading() -> None:
    reader = Reader(9.0, 9.0, 9.0)
    ranking = finder(reader).find(Question("Who lit the lamp?"), fast=True)
    assert reader.read_of == []
    assert ranking.features is not None
    assert ranking.features.logits == ()
    assert ranking.confidence == confidence_of(ranking.features)


@pytest.mark.parametrize(
    ("question", "basis", "confidence"),
    [
        ("Where is “oil was dear”?", "phrase", 1.0),
        ("What is in “Of Bells”?", "heading", 1.0),
        ("How does the essay begin?", "structure", 0.9),
        ("What is the thesis?", "structure", 0.5),
        # A part of the essay that is asked for decides more than the phrase which names it.
        ("How does the section “Of Bells” begin?", "structure", 0.9),
    ],
)
def test_what_a_phrase_a_heading_or_the_structure_decides_is_not_read(
    question: str, basis: str, confidence: float
) -> None:
    reader = Reader(-9.0, -9.0, -9.0)
    ranking = finder(reader).find(Question(question))
    assert reader.read_of == []
    assert (ranking.basis, ranking.confidence, ranking.features) == (basis, confidence, None)
    assert ranking.verdict == "answers"


def test_a_confidence_that_happens_to_be_that_of_the_features_is_not_taken_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finders, "confidence_of", lambda _features: 1.0)
    reader = Reader(-9.0, -9.0, -9.0)
    assert finder(reader).find(Question("Where is “oil was dear”?")).basis == "phrase"
    assert reader.read_of == []
    assert finder(reader).find(Question("Who lit the lamp?")).basis == "likeness"
    assert len(reader.read_of) == 1


def test_the_passages_that_are_shown_first_are_read() -> None:
    reader = Reader(-1.0, -2.0, -3.0)
    ranking = finder(reader).find(Question("Was the lamp lit at dusk when “oil came by boat”?"))
    assert [passage.passage for passage in ranking.ranked][:2] == ["coast/p03", "coast/p02"]
    ((_, excerpts),) = reader.read_of
    assert excerpts[:2] == ["Oil came by boat.", "The lamp was lit at dusk. Oil was dear. Nobody slept."]
    assert ranking.basis == "likeness"
    assert ranking.features is not None
    assert ranking.features.logits == (-1.0, -2.0, -3.0)


def test_a_reading_model_that_cannot_read_changes_nothing() -> None:
    reader = Reader()
    ranking = finder(reader).find(Question("Who lit the lamp?"))
    fast = finder(reader).find(Question("Who lit the lamp?"), fast=True)
    assert (ranking.features, ranking.confidence) == (fast.features, fast.confidence)


def test_without_its_graph_the_reading_model_is_silent(tmp_path: Path) -> None:
    messages: list[str] = []
    reader = DefaultReadingModel(messages.append, tmp_path / "none.onnx")
    assert not is_available(tmp_path / "none.onnx")
    assert reader.read("Who?", ["Marsh."]) == []
    assert messages == []


def test_a_graph_that_cannot_run_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"no graph")
    messages: list[str] = []
    reader = DefaultReadingModel(messages.append, tmp_path / "broken.onnx")
    assert [reader.read("Who?", ["Marsh."]) for _ in range(2)] == [[], []]
    assert len(messages) == 1
    assert all(fact in messages[0] for fact in ("model that reads passages", "cannot run", "confidence"))


def test_the_library_reads_unless_it_is_to_be_fast(tmp_path: Path) -> None:
    reader = Reader(-9.0, -9.0, -9.0)
    library = Library(
        sample_library(tmp_path / "shelf"), load_encoder=loader(FakeEncoder()), reading_model=reader
    )
    slow, fast = library.ask(QUESTION), library.ask(QUESTION, fast=True)
    assert len(reader.read_of) == 1
    assert slow.confidence < fast.confidence
    assert slow.hits == fast.hits


def test_passages_are_shown_before_they_are_read(tmp_path: Path) -> None:
    reader = Reader(-9.0, -9.0, -9.0)
    library = Library(
        sample_library(tmp_path / "shelf"), load_encoder=loader(FakeEncoder()), reading_model=reader
    )
    answers = library.answers(QUESTION)
    first = next(answers)
    assert reader.read_of == []
    (second,) = answers
    assert len(reader.read_of) == 1
    assert (first, second) == (library.ask(QUESTION, fast=True), library.ask(QUESTION))


@pytest.mark.real_model
def test_the_model_tells_an_answer_from_its_absence() -> None:
    reader = DefaultReadingModel(print)
    excerpts = [
        "The lighthouse was built by Robert Stevenson between 1807 and 1810.",
        "Gulls nest on the rocks in spring, and the keepers fed them bread.",
    ]
    right, wrong = reader.read("Who built the lighthouse?", excerpts)
    assert right > 0 > wrong
