"""The cross-encoder compared with PyTorch, on a random adapter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from minilm_graph import build_graph, read_places
from numpy.typing import NDArray

from assistant.retrieval.models import cross_encoder
from assistant.retrieval.models.cross_encoder import EXCERPT, QUESTION, OnnxCrossEncoder, is_available
from assistant.retrieval.models.onnx import WordPieceTokenizer
from assistant.retrieval.models.weights import WEIGHTS, default_folder

RANK = 4
CLOSE = 1e-4
WIDE = 1536
MODULES = {
    "attention.self.query": (384, 384),
    "attention.self.key": (384, 384),
    "attention.self.value": (384, 384),
    "attention.output.dense": (384, 384),
    "intermediate.dense": (WIDE, 384),
    "output.dense": (384, WIDE),
}
ASKED = "Who numbered the leaves of a book?"
EXCERPTS = [
    "The leaves of a book were numbered in Cologne in 1470, and nobody knows by whom.",
    "Yes.",
    "",
    "A café — “quoted” — and 📚 besides. " * 30,
]

Adapter = dict[str, NDArray[Any]]


def random_adapter(dtype: type[np.floating[Any]], modules: list[str] | None = None) -> Adapter:
    """A random adapter, large enough to change every answer."""
    generator = np.random.default_rng(7)
    adapter: Adapter = {}
    for layer in range(6):
        for module in modules if modules is not None else list(MODULES):
            wide, narrow = MODULES[module]
            name = f"encoder.layer.{layer}.{module}"
            adapter[f"{name}.lora_A"] = 0.05 * generator.standard_normal((RANK, narrow))
            adapter[f"{name}.lora_B"] = 0.05 * generator.standard_normal((wide, RANK))
    for name in ("classifier", "span"):
        adapter[f"{name}.weight"] = 0.1 * generator.standard_normal((1, 384))
        adapter[f"{name}.bias"] = generator.standard_normal(1)
    return {name: array.astype(dtype) for name, array in adapter.items()}


def graph_of(adapter: Adapter, folder: Path) -> Path:
    path = folder / "cross_encoder.onnx"
    path.write_bytes(build_graph(read_places(default_folder() / WEIGHTS), adapter))
    return path


def expected(adapter: Adapter, question: str, excerpt: str) -> float:
    """PyTorch's logit with the adapter merged into the weights."""
    import torch
    from transformers import BertModel

    model = BertModel.from_pretrained(str(default_folder()), add_pooling_layer=False).train(mode=False)
    weights = {name: torch.from_numpy(array.astype(np.float32)) for name, array in adapter.items()}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            module = name.removesuffix(".weight")
            if f"{module}.lora_A" in weights:
                parameter.add_(weights[f"{module}.lora_B"] @ weights[f"{module}.lora_A"])
        tokenizer = WordPieceTokenizer(default_folder())
        first = tokenizer.of(question).ids[:QUESTION]
        second = tokenizer.of(excerpt).ids[:EXCERPT]
        ids = [tokenizer.first, *first, tokenizer.last, *second, tokenizer.last]
        types = [0] * (len(first) + 2) + [1] * (len(second) + 1)
        output = model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types]))
        hidden = output.last_hidden_state[0]
    return float(hidden[0] @ weights["classifier.weight"][0] + weights["classifier.bias"][0])


@pytest.mark.real_model
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_readings_are_those_of_pytorch(tmp_path: Path, dtype: type[np.floating[Any]]) -> None:
    adapter = random_adapter(dtype)
    logits = OnnxCrossEncoder(graph_of(adapter, tmp_path)).read(ASKED, EXCERPTS)
    assert len({round(logit, 3) for logit in logits}) == len(EXCERPTS)
    assert logits == pytest.approx([expected(adapter, ASKED, excerpt) for excerpt in EXCERPTS], abs=CLOSE)


@pytest.mark.real_model
def test_a_module_may_have_no_adapter(tmp_path: Path) -> None:
    adapter = random_adapter(np.float32, ["attention.self.query", "output.dense"])
    (logit,) = OnnxCrossEncoder(graph_of(adapter, tmp_path)).read(ASKED, EXCERPTS[:1])
    assert logit == pytest.approx(expected(adapter, ASKED, EXCERPTS[0]), abs=CLOSE)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> OnnxCrossEncoder:
    return OnnxCrossEncoder(graph_of(random_adapter(np.float16), tmp_path_factory.mktemp("graph")))


def test_an_excerpt_has_the_same_bits_alone_and_among_others(reader: OnnxCrossEncoder) -> None:
    alone = [reader.read(ASKED, [excerpt])[0] for excerpt in EXCERPTS]
    again = OnnxCrossEncoder(reader._path)  # noqa: SLF001 - one that remembers nothing
    assert again.read(ASKED, EXCERPTS) == alone
    assert again.read(ASKED, EXCERPTS[::-1]) == alone[::-1]


@pytest.mark.parametrize("processors", [1, 2, 8])
def test_excerpts_have_the_same_bits_on_any_number_of_processors(
    reader: OnnxCrossEncoder, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    alone = [reader.read(ASKED, [excerpt])[0] for excerpt in EXCERPTS]
    again = OnnxCrossEncoder(reader._path)  # noqa: SLF001 - as above
    monkeypatch.setattr(cross_encoder, "_workers", lambda: ThreadPoolExecutor(processors))
    assert again.read(ASKED, EXCERPTS) == alone


def test_a_question_of_any_length_is_read(reader: OnnxCrossEncoder) -> None:
    for question in ("", "word " * 64, "word " * 500):
        assert len(reader.read(question, EXCERPTS)) == len(EXCERPTS)
    long, cut = (reader.read("word " * count, EXCERPTS[:1])[0] for count in (500, QUESTION))
    assert long == pytest.approx(cut, abs=CLOSE)


def test_no_excerpt_is_no_reading(tmp_path: Path) -> None:
    assert OnnxCrossEncoder(tmp_path / "none.onnx").read(ASKED, []) == []


def test_it_says_whether_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_available(tmp_path / "none.onnx")
    graph = graph_of(random_adapter(np.float16), tmp_path)
    assert is_available(graph)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert not is_available(graph)


def test_a_graph_holds_the_adapter_in_its_own_precision(tmp_path: Path) -> None:
    # Of 2 bytes a number and the graph's own 30 KB; none of the model's weights.
    adapter = random_adapter(np.float16)
    numbers = sum(array.size for array in adapter.values())
    assert 0 < graph_of(adapter, tmp_path).stat().st_size - 2 * numbers < 60_000
