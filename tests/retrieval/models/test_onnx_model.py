"""The default model on ONNX Runtime compared with sentence-transformers on the same weights."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from essay_library import ROOT
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.errors import ModelError
from assistant.core.essay import SEARCHED_KINDS
from assistant.evaluation.datasets import load_dataset
from assistant.library import store
from assistant.library.library import Library
from assistant.retrieval.index.windows import windows_of
from assistant.retrieval.models.encoder import ModelInfo
from assistant.retrieval.models.loading import default_loader
from assistant.retrieval.models.onnx import GRAPH, OnnxEncoder
from assistant.retrieval.models.weights import (
    DEFAULT_DIGEST,
    DEFAULT_MODEL,
    WEIGHTS,
    check_default_weights,
    default_folder,
    sample_digest,
)
from assistant.retrieval.questions import Question

if TYPE_CHECKING:
    from assistant.retrieval.models.sentence_transformers import SentenceTransformerEncoder

CLOSE = 1e-5

ODD = [
    "",
    " \t\n",
    "Incunabula",
    "?",
    "word " * 254,
    "An 📚 emoji, a family 👩‍👩‍👧 and a flag 🇬🇧.",
    "Façade, naïve, Brontë, cafe\u0301, ﬁnd, ǅ, ß, İstanbul.",
    "漢字とかな, Ελληνικά, العربية, עברית.",
    "A mark [SEP] of the model's and one more [MASK] in the text.",
    "zero\u200bwidth, a\u00a0space, soft\u00adhyphen, \ufeffmark, nul\x00byte, \ufffd and \u2028 line.",
    "“Curly”—dashes… and ‘such’; 3.14%, x_y, a/b.",
    "unbreakable" * 12,
]


@pytest.fixture(scope="module")
def quick() -> OnnxEncoder:
    return OnnxEncoder()


@pytest.fixture(scope="module")
def reference() -> SentenceTransformerEncoder:
    from assistant.retrieval.models.sentence_transformers import SentenceTransformerEncoder

    return SentenceTransformerEncoder()


def sample_windows(encoder: OnnxEncoder) -> list[str]:
    essay = store.load(ROOT / "data" / "chunks" / "sample.jsonl")
    searched = [passage for passage in essay.passages if passage.kind in SEARCHED_KINDS]
    return [window.text for passage in searched for window in windows_of(passage, encoder)]


def questions(folder: str) -> list[str]:
    return [question.text for question in load_dataset(ROOT / "data" / "eval" / folder).questions]


def test_the_graph_is_the_one_that_the_weights_give() -> None:
    from minilm_graph import build_graph, read_places

    assert GRAPH.read_bytes() == build_graph(read_places(default_folder() / WEIGHTS))


def test_it_is_the_default_model_and_says_so(quick: OnnxEncoder) -> None:
    notices: list[str] = []
    for name in (None, DEFAULT_MODEL):
        assert isinstance(default_loader(name, notices.append), OnnxEncoder)
    assert notices == []
    assert quick.info == ModelInfo("all-MiniLM-L6-v2", DEFAULT_DIGEST, 384, 254)


def test_pieces_are_those_that_are_encoded(quick: OnnxEncoder) -> None:
    for text, encoded in zip(ODD, quick.encode(ODD), strict=True):
        pieces = quick.pieces(text)
        assert encoded.ids.tolist() == [piece.id for piece in pieces]
        assert encoded.tokens.shape == (len(pieces), 384)
        assert all(0 <= piece.start <= piece.end <= len(text) for piece in pieces)
        np.testing.assert_allclose(np.linalg.norm(encoded.tokens, axis=1), 1, atol=CLOSE)


def test_a_text_has_the_same_vectors_alone_and_among_longer_ones(quick: OnnxEncoder) -> None:
    texts = [" ".join(["Leaves were numbered."] * count) for count in (1, 9, 3, 25, 2, 14, 7, 30, 1, 5)]
    counts: list[int] = []
    together = quick.encode(texts, progress=counts.append)
    assert counts == [8, 2]
    for text, one in zip(texts, together, strict=True):
        (alone,) = quick.encode([text], query=True)
        assert np.abs(alone.vector - one.vector).max() < CLOSE
        assert np.abs(alone.tokens - one.tokens).max() < CLOSE


def test_no_text_is_no_encoding(quick: OnnxEncoder) -> None:
    assert quick.encode([]) == []


def test_a_text_that_is_too_long_is_read_as_far_as_the_model_reads(quick: OnnxEncoder) -> None:
    (encoded,) = quick.encode(["word " * 600], query=True)
    assert encoded.tokens.shape == (254, 384)


@pytest.mark.real_model
def test_pieces_are_those_of_sentence_transformers(
    quick: OnnxEncoder, reference: SentenceTransformerEncoder
) -> None:
    assert quick.info == reference.info
    for text in [*ODD, *sample_windows(quick), *questions("sample"), *questions("gill-2014")]:
        assert quick.pieces(text) == reference.pieces(text)


@pytest.mark.real_model
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_pieces_of_any_text_are_those_of_sentence_transformers(
    quick: OnnxEncoder, reference: SentenceTransformerEncoder, text: str
) -> None:
    assert quick.pieces(text) == reference.pieces(text)


@pytest.mark.real_model
@pytest.mark.parametrize("query", [True, False])
def test_vectors_are_those_of_sentence_transformers(
    quick: OnnxEncoder,
    reference: SentenceTransformerEncoder,
    query: bool,  # noqa: FBT001 - the test's parameter
) -> None:
    texts = [*ODD, *(questions("sample") if query else sample_windows(quick))]
    for ours, theirs in zip(
        quick.encode(texts, query=query), reference.encode(texts, query=query), strict=True
    ):
        assert ours.ids.tolist() == theirs.ids.tolist()
        assert ours.tokens.shape == theirs.tokens.shape
        assert np.abs(ours.vector - theirs.vector).max() < CLOSE
        assert np.abs(ours.tokens - theirs.tokens).max(initial=0) < CLOSE


def assert_same_rankings(
    essay: Path, asked: list[str], tmp_path: Path, quick: OnnxEncoder, reference: SentenceTransformerEncoder
) -> None:
    """Both runtimes, each with its own index, rank the passages in the same order."""
    searchers = []
    for name, encoder in (("quick", quick), ("reference", reference)):
        library = Library(
            tmp_path / name, load_encoder=dict.fromkeys((None, DEFAULT_MODEL), encoder).__getitem__
        )
        library.add(essay)
        searchers.append(library.finder().searcher)
    for question in asked:
        for method in ("late", "windows"):
            ours, theirs = (dict(searcher.ranking(Question(question), method)) for searcher in searchers)
            assert list(ours)[:10] == list(theirs)[:10], question
            assert max(abs(ours[name] - theirs[name]) for name in theirs) < 1e-3


@pytest.mark.real_model
def test_the_sample_is_ranked_as_by_sentence_transformers(
    tmp_path: Path, sample_path: Path, quick: OnnxEncoder, reference: SentenceTransformerEncoder
) -> None:
    assert_same_rankings(sample_path, questions("sample"), tmp_path, quick, reference)


@pytest.mark.real_model
@pytest.mark.real_essay
def test_the_real_essay_is_ranked_as_by_sentence_transformers(
    tmp_path: Path, real_essay: Path, quick: OnnxEncoder, reference: SentenceTransformerEncoder
) -> None:
    assert_same_rankings(real_essay, questions("gill-2014"), tmp_path, quick, reference)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names for which the sentence-transformers model was asked."""
    asked: list[str] = []
    monkeypatch.setattr(
        "assistant.retrieval.models.sentence_transformers.SentenceTransformerEncoder", asked.append
    )
    return asked


def test_any_other_model_is_one_of_sentence_transformers(slow: list[str]) -> None:
    notices: list[str] = []
    default_loader("another/model", notices.append)
    assert (slow, notices) == (["another/model"], [])


def test_where_the_runtime_is_missing_sentence_transformers_takes_over(
    slow: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "assistant.retrieval.models.onnx")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    notices: list[str] = []
    default_loader(None, notices.append)
    assert slow == [DEFAULT_MODEL]
    (sentence,) = notices
    assert all(fact in sentence for fact in (DEFAULT_MODEL, "ModuleNotFoundError", "sentence-transformers"))


def test_where_the_graph_cannot_run_sentence_transformers_takes_over(
    slow: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(GRAPH.read_bytes()[:-500])
    monkeypatch.setattr("assistant.retrieval.models.onnx.GRAPH", broken)
    notices: list[str] = []
    default_loader(None, notices.append)
    assert slow == [DEFAULT_MODEL]
    assert len(notices) == 1
    # The runtime itself prints nothing.
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A copy of the default model's weights."""
    return Path(shutil.copy(default_folder() / WEIGHTS, tmp_path / WEIGHTS))


def test_the_weights_are_the_upstream_ones() -> None:
    for whole in (True, False):
        check_default_weights(default_folder(), whole=whole)


def test_one_changed_byte_is_found_when_all_weights_are_read(weights: Path) -> None:
    with weights.open("r+b") as file:
        file.seek(20_000_001)
        file.write(b"\xff")
    with pytest.raises(ModelError, match="install the package again"):
        check_default_weights(weights.parent, whole=True)


@pytest.mark.parametrize("harm", ["cut off", "other weights", "gone"])
def test_weights_of_another_model_are_found_at_once(weights: Path, harm: str) -> None:
    if harm == "cut off":
        with weights.open("r+b") as file:
            file.truncate(90_000_000)
    elif harm == "other weights":
        # As another training leaves them: nearly every number a little different.
        numbers = np.memmap(weights, dtype=np.uint8, mode="r+", offset=11_416)
        numbers[::4] ^= 1
        numbers.flush()
    else:
        weights.unlink()
    with pytest.raises(ModelError, match="install the package again"):
        check_default_weights(weights.parent, whole=False)


def test_other_weights_are_refused_rather_than_run_another_way(
    slow: list[str], weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights.write_bytes(b"no weights")
    monkeypatch.setattr("assistant.retrieval.models.onnx.default_folder", lambda: weights.parent)
    with pytest.raises(ModelError, match="not those of all-MiniLM-L6-v2"):
        default_loader(None)
    assert slow == []


def test_an_index_is_built_only_from_weights_that_were_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = OnnxEncoder()
    monkeypatch.setattr("assistant.retrieval.models.weights.DEFAULT_DIGEST", "another")
    encoder.encode(["What is printed?"], query=True)
    with pytest.raises(ModelError, match="install the package again"):
        encoder.encode(["What is printed."])


def test_a_sample_of_a_small_file_is_all_of_it(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"weights")
    other.write_bytes(b"weighty")
    assert sample_digest(one) != sample_digest(other)
