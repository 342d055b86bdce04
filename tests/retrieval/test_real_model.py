"""The whole way with the real model: exact passages, pages and citations; nothing cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from essay_library import SAMPLE

from assistant.library.library import Library
from assistant.retrieval.index.storage import load_index
from assistant.retrieval.models.encoder import Encoder
from assistant.retrieval.models.loading import default_loader

pytestmark = pytest.mark.real_model


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return default_loader(None)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("sample"), load_encoder=default_loader)
    library.add(SAMPLE)
    return library


@pytest.fixture(scope="module")
def gill(tmp_path_factory: pytest.TempPathFactory, real_essay: Path) -> Library:
    library = Library(tmp_path_factory.mktemp("gill"), load_encoder=default_loader)
    library.add(real_essay)
    return library


def test_the_model_is_the_upstream_one(encoder: Encoder) -> None:
    assert encoder.info.digest == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert encoder.info.dimension == 384
    assert encoder.info.max_tokens == 254


def test_token_vectors_belong_to_the_word_pieces(encoder: Encoder) -> None:
    text = "Stephanus numbers, in the margin."
    (encoded,) = encoder.encode([text])
    pieces = encoder.pieces(text)
    assert [piece.id for piece in pieces] == encoded.ids.tolist()
    assert encoded.tokens.shape == (len(pieces), 384)
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text.replace(" ", "")


@pytest.mark.parametrize("name", ["sample", pytest.param("gill", marks=pytest.mark.real_essay)])
def test_no_window_is_longer_than_the_model_reads(
    name: str, encoder: Encoder, request: pytest.FixtureRequest
) -> None:
    library: Library = request.getfixturevalue(name)
    index = load_index(library.root / "index")
    assert index is not None
    assert max(len(encoder.pieces(window.text)) for window in index.windows) <= encoder.info.max_tokens


@pytest.mark.parametrize(
    ("question", "passage", "pages", "citation"),
    [
        (
            "Who numbered the leaves of a book printed in Cologne in 1470?",
            "sample/p13",
            "14",
            "(Essay Assistant Authors 14)",
        ),
        ("What was printed from 1974 onwards?", "sample/p24", "18", "(Essay Assistant Authors 18)"),
    ],
)
def test_the_sample_answers(sample: Library, question: str, passage: str, pages: str, citation: str) -> None:
    answer = sample.ask(question)
    assert answer.answered
    first = answer.hits[0]
    assert (first.passage.id, first.highlights[0].citation.pages) == (passage, pages)
    assert first.highlights[0].citation.in_text == citation


def test_a_section_asked_for_by_its_heading_answers(sample: Library) -> None:
    answer = sample.ask("What is said under “The Eel by the Tail”?")
    assert answer.answered
    assert {hit.passage.section for hit in answer.hits} == {"The Eel by the Tail"}


@pytest.mark.real_essay
@pytest.mark.parametrize(
    ("question", "passage", "pages"),
    [
        ("What is BiDil?", "gill-2014/p02", "845"),
        ('"told and not told"', "gill-2014/p20", "854"),
        ("Who is the poet whose master promised him freedom?", "gill-2014/p14", "851"),
        ("What does Miss Lucy scrawl over?", "gill-2014/p27", "858"),
    ],
)
def test_the_real_essay_answers_on_the_right_page(
    gill: Library, question: str, passage: str, pages: str
) -> None:
    answer = gill.ask(question)
    assert answer.answered
    first = answer.hits[0]
    assert (first.passage.id, first.highlights[0].citation.pages) == (passage, pages)
    text = first.passage.text
    assert all(one.text == text[one.start : one.end] for one in first.highlights)


@pytest.mark.real_essay
@pytest.mark.parametrize(
    "question", ["What is the boiling point of helium?", "How do I bake sourdough bread?"]
)
def test_what_the_real_essay_does_not_answer_is_said(gill: Library, question: str) -> None:
    answer = gill.ask(question)
    assert not answer.answered
    assert len(answer.hits) == 3
