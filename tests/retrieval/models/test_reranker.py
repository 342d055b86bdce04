"""Re-ranking with a model that the user names."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from essay_library import QUESTION, Opened, sample_library
from fake_models import FakeEncoder

from assistant.core.errors import ModelError
from assistant.library.adding import essay_of_passages
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.index import build_index
from assistant.retrieval.models.weights import default_folder
from assistant.retrieval.questions import Question

TEXTS = {f"p{number:02}": f"Keeper {number} lit the lamp." for number in range(1, 31)}


class Backwards:
    """Prefers the last text, with scores unlike cosines."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score for each text."""
        assert question == "Who lit the lamp?"
        self.read = list(texts)
        return [-500.0 + number for number in range(len(texts))]


def finder() -> Finder:
    encoder, essay = FakeEncoder(), essay_of_passages("coast", "Coast", TEXTS)
    return Finder(build_index(essay.passages, {}, encoder), encoder, {"coast": essay})


def test_the_first_twenty_are_reranked_and_the_rest_follow() -> None:
    reranker = Backwards()
    plain = [result.passage for result in finder().find(Question("Who lit the lamp?")).ranked]
    found = finder().find(Question("Who lit the lamp?"), reranker=reranker).ranked
    assert [result.passage for result in found] == plain[:20][::-1] + plain[20:]
    assert reranker.read == [TEXTS[name] for name in plain[:20]]
    scores = [result.score for result in found]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


class Doubtful(Backwards):
    """A model to which no passage is likely to answer, the last one least unlikely."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Scores that are all 0 to four decimals."""
        return [1e-6 * (500 + score) for score in super().scores(question, texts)]


def test_scores_that_are_all_near_zero_put_passages_in_order_too() -> None:
    found, wanted = (
        finder().find(Question("Who lit the lamp?"), reranker=model).ranked
        for model in (Doubtful(), Backwards())
    )
    assert [ranked.passage for ranked in found] == [ranked.passage for ranked in wanted]


def test_a_model_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    library = Opened(sample_library(tmp_path / "shelf")).library
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        ModelError, match=r"re-ranking model .*empty.* cannot be loaded .* leave --reranker out\.$"
    ):
        library.ask(QUESTION, reranker=str(tmp_path / "empty"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer with the default model's tokenizer and random weights."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = AutoTokenizer.from_pretrained(str(default_folder()))
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.real_model
def test_a_cross_encoder_puts_passages_in_order(tiny: Path, tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(tiny), num_labels=1, device="cpu")
    model.save_pretrained(str(tmp_path / "cross"))
    asked = Opened(sample_library(tmp_path / "shelf")).library
    hits = asked.ask(QUESTION, top=5, reranker=str(tmp_path / "cross")).hits
    wanted = model.predict([(QUESTION, hit.passage.text) for hit in hits if len(hit.passage.text) < 500])
    found = [hit.score for hit in hits if len(hit.passage.text) < 500]
    assert found == pytest.approx([float(score) for score in wanted], abs=1e-5)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.real_model
def test_a_multi_vector_encoder_puts_passages_in_order(tiny: Path, tmp_path: Path) -> None:
    from sentence_transformers import MultiVectorEncoder

    model = MultiVectorEncoder(str(tiny), device="cpu")
    model.save_pretrained(str(tmp_path / "late"))
    config = json.loads((tmp_path / "late" / "config_sentence_transformers.json").read_text("utf-8"))
    assert config["model_type"] == "MultiVectorEncoder"
    asked = Opened(sample_library(tmp_path / "shelf")).library
    hits = asked.ask(QUESTION, top=5, reranker=str(tmp_path / "late")).hits
    short = [hit for hit in hits if len(hit.passage.text) < 500]
    wanted = model.similarity(
        model.encode_query([QUESTION]), model.encode_document([hit.passage.text for hit in short])
    )[0]
    assert [hit.score for hit in short] == pytest.approx([float(score) for score in wanted], abs=1e-3)


@pytest.mark.real_model
def test_a_model_with_several_scores_for_a_passage_is_refused(tiny: Path, tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder

    CrossEncoder(str(tiny), num_labels=3, device="cpu").save_pretrained(str(tmp_path / "three"))
    library = Opened(sample_library(tmp_path / "shelf")).library
    with pytest.raises(ModelError, match="gives 3 figures for a passage where one is needed"):
        library.ask(QUESTION, reranker=str(tmp_path / "three"))
