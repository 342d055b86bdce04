"""Models on sentence-transformers: a folder on this machine, with prompts for questions and passages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.core.errors import ModelError
from assistant.library.library import Library
from assistant.retrieval.models.loading import default_loader
from assistant.retrieval.models.sentence_transformers import SentenceTransformerEncoder
from assistant.retrieval.models.weights import DEFAULT_DIGEST, DEFAULT_MODEL, default_folder

pytestmark = pytest.mark.real_model

TEXT = "Stephanus numbers [SEP] stand in the margin."


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEncoder:
    """The default model's weights with prompts, as many models have them."""
    folder = tmp_path_factory.mktemp("models") / "prompted"
    folder.mkdir()
    for path in default_folder().iterdir():
        (folder / path.name).symlink_to(path)
    config = folder / "config_sentence_transformers.json"
    config.unlink()
    config.write_text(json.dumps({"prompts": {"query": "question: ", "document": "an excerpt: "}}))
    encoder = default_loader(str(folder))
    assert isinstance(encoder, SentenceTransformerEncoder)
    return encoder


def test_a_prompt_reduces_the_room_for_the_text(prompted: SentenceTransformerEncoder) -> None:
    assert prompted.info.digest == DEFAULT_DIGEST
    assert (prompted.info.dimension, prompted.info.max_tokens) == (384, 251)


@pytest.mark.parametrize("query", [True, False])
@pytest.mark.parametrize("text", [TEXT, "", "word " * 251])
def test_a_prompt_is_encoded_and_is_not_part_of_the_text(
    prompted: SentenceTransformerEncoder,
    text: str,
    query: bool,  # noqa: FBT001 - the test's parameter
) -> None:
    (encoded,) = prompted.encode([text], query=query)
    pieces = prompted.pieces(text)
    assert encoded.ids.tolist() == [piece.id for piece in pieces]
    assert encoded.tokens.shape == (len(pieces), 384)
    (plain,) = default_loader(None).encode([text], query=query)
    assert np.abs(encoded.vector - plain.vector).max() > 1e-3


def test_the_default_model_runs_on_sentence_transformers_too() -> None:
    assert SentenceTransformerEncoder().info == default_loader(DEFAULT_MODEL).info


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        default_loader(str(tmp_path))


def test_a_library_tells_the_user_what_the_loader_says(
    tmp_path: Path, sample_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr("assistant.retrieval.models.onnx.OnnxEncoder", broken)
    notices: list[str] = []
    library = Library(tmp_path, notify=notices.append)
    library.add(sample_path)
    assert library.ask("What was printed from 1974 onwards?").hits[0].passage.id == "sample/p24"
    assert len(notices) == 1
    assert notices[0].startswith("ONNX Runtime cannot run all-MiniLM-L6-v2 here (RuntimeError); ")
