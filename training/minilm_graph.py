"""Build the network of all-MiniLM-L6-v2 as an ONNX graph; the only module that imports onnx.

``graphs.py`` uses it; the program never does. A graph refers to the weights by their position in
``model.safetensors`` and contains only what was trained on top of them: low-rank adapters and heads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from assistant.retrieval.models.weights import WEIGHTS

_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_EPSILON = 1e-12
# Versions of the format that ONNX Runtime has supported since 2023, so that older releases work too.
_OPSET, _IR = 17, 9
_MICROSOFT = "com.microsoft"

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Position of a single-precision weight in the file of weights.

    Attributes:
        shape: Its shape.
        offset: Byte at which it starts.
        length: Its size in bytes.
    """

    shape: tuple[int, ...]
    offset: int
    length: int


def read_places(path: Path) -> dict[str, Place]:
    """Positions of all weights in a safetensors file, by name."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    return {
        name: Place(tuple(entry["shape"]), 8 + length + start, end - start)
        for name, entry in header.items()
        if entry.get("dtype") == "F32"
        for start, end in (entry["data_offsets"],)
    }


def build_graph(places: Mapping[str, Place], adapter: Mapping[str, Array] | None = None) -> bytes:
    """Build the graph of the model, or of the cross-encoder over the same weights.

    Args:
        places: Positions of the weights.
        adapter: ``encoder.layer.{0..5}.{module}.lora_A`` of shape ``(rank, in)`` and ``.lora_B`` of shape
            ``(out, rank)``, already scaled; ``classifier.weight`` and ``classifier.bias``. Their precision
            is preserved. Others, such as the head that training alone uses, are left out.

    Returns:
        The serialised graph. Without an adapter it has the inputs ``input_ids`` and ``attention_mask``
        and the output ``hidden``, shape ``(texts, pieces, 384)``; with one the additional input
        ``token_type_ids`` and the output ``answers``, shape ``(texts,)``.
    """
    network = _Network(places, adapter or {})
    names = ["input_ids", "attention_mask"]
    outputs: dict[str, list[str | int]]
    if adapter is None:
        network.hidden()
        outputs = {"hidden": ["texts", "pieces", _WIDTH]}
    else:
        names.append("token_type_ids")
        network.answers("token_type_ids")
        outputs = {"answers": ["texts"]}
    graph = helper.make_graph(
        network.nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "pieces"]) for name in names],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        network.initializers,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR, producer_name="essay-assistant")
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised


class _Network:
    """A graph under construction.

    Attributes:
        nodes: Its nodes, in order.
        initializers: Its weights and constants.
    """

    def __init__(self, places: Mapping[str, Place], adapter: Mapping[str, Array]) -> None:
        self._places, self._adapter = places, adapter
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self._constants: dict[str, str] = {}

    def node(
        self,
        kind: str,
        inputs: Sequence[str],
        *,
        name: str = "",
        domain: str = "",
        **attributes: Any,
    ) -> str:
        """Add a node with one output; return the output's name."""
        output = name or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def hidden(self) -> None:
        """Add the hidden states as an output."""
        self.node("Reshape", [self._layers(None, _LAYERS), "shape3"], name="hidden")

    def answers(self, types: str) -> None:
        """Add the cross-encoder's head: on the first special token, which stands for the pair.

        Of the last layer only this token's row is computed; the others would be used by nothing.
        """
        rows = self._layers(types, _LAYERS - 1)
        first = self.node("Reshape", [self._first(rows), self._constant("rows", [-1, _WIDTH])])
        last = self._layer(rows, f"encoder.layer.{_LAYERS - 1}.", first)
        head = [self._trained(f"classifier.{name}") for name in ("weight", "bias")]
        logits = self.node("Gemm", [last, *head], transB=1)
        self.node("Reshape", [logits, self._constant("flat", [-1])], name="answers")

    def _first(self, rows: str) -> str:
        """The row of the first piece of each text."""
        hidden = self.node("Reshape", [rows, "shape3"])
        return self.node("Gather", [hidden, self._constant("zero", 0)], axis=1)

    def _layers(self, types: str | None, count: int) -> str:
        """Add embeddings and layers; return the name of the hidden states, one row per piece."""
        self.node("Shape", ["input_ids"], name="shape2")
        self.node("Concat", ["shape2", self._constant("width", [_WIDTH])], name="shape3", axis=0)
        self.node("Cast", ["attention_mask"], name="mask", to=TensorProto.INT32)
        rows = self._embeddings(types)
        for number in range(count):
            rows = self._layer(rows, f"encoder.layer.{number}.", rows)
        return rows

    def _embeddings(self, types: str | None) -> str:
        words = self.node("Gather", [self._weight("embeddings.word_embeddings.weight"), "input_ids"])
        length = self.node("Gather", ["shape2", self._constant("one", [1])])
        start, axis = self._constant("start", [0]), self._constant("axis", [0])
        table = self._weight("embeddings.position_embeddings.weight")
        positions = self.node("Slice", [table, start, length, axis])
        kinds = self._weight("embeddings.token_type_embeddings.weight")
        kind = self.node("Gather", [kinds, types or self._constant("zero", 0)])
        added = self.node("Add", [self.node("Add", [words, positions]), kind])
        normed = self._norm(added, "embeddings.LayerNorm")
        # Rows of pieces, regardless of their text, as the layers' products need them.
        return self.node("Reshape", [normed, self._constant("rows", [-1, _WIDTH])])

    def _layer(self, rows: str, layer: str, own: str) -> str:
        """Add a layer.

        Args:
            rows: Hidden states of all pieces, which attention sees.
            layer: Prefix of the names of its weights.
            own: Those of ``rows`` that are computed further: all, or the first of each text.
        """
        shape = "shape3" if own == rows else self._constant("one_each", [-1, 1, _WIDTH])
        query = self.node("Reshape", [self._linear(own, f"{layer}attention.self.query"), shape])
        parts = [
            self.node("Reshape", [self._linear(rows, f"{layer}attention.self.{part}"), "shape3"])
            for part in ("key", "value")
        ]
        seen = self.node(
            "MultiHeadAttention", [query, *parts, "", "mask"], domain=_MICROSOFT, num_heads=_HEADS
        )
        flat = self.node("Reshape", [seen, self._constant("rows", [-1, _WIDTH])])
        attended = self._linear(flat, f"{layer}attention.output.dense")
        own = self._norm(self.node("Add", [attended, own]), f"{layer}attention.output.LayerNorm")
        wide = self.node("Gelu", [self._linear(own, f"{layer}intermediate.dense")], domain=_MICROSOFT)
        narrow = self._linear(wide, f"{layer}output.dense")
        return self._norm(self.node("Add", [narrow, own]), f"{layer}output.LayerNorm")

    def _linear(self, rows: str, module: str) -> str:
        """``rows W^T + b``, with ``W + B A`` for ``W`` where the module has an adapter.

        ONNX Runtime computes the sum once, on loading, so that an adapter of any rank costs nothing later.
        """
        weight = self._weight(f"{module}.weight")
        if f"{module}.lora_A" in self._adapter:
            matrices = [self._trained(f"{module}.{name}") for name in ("lora_B", "lora_A")]
            weight = self.node("Add", [weight, self.node("MatMul", matrices)])
        return self.node("Gemm", [rows, weight, self._weight(f"{module}.bias")], transB=1)

    def _norm(self, rows: str, module: str) -> str:
        weights = [self._weight(f"{module}.weight"), self._weight(f"{module}.bias")]
        return self.node("LayerNormalization", [rows, *weights], axis=-1, epsilon=_EPSILON)

    def _weight(self, name: str) -> str:
        """Add a weight of the model, by its position in the file."""
        place = self._places[name]
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=place.shape)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", WEIGHTS), ("offset", place.offset), ("length", place.length)):
            tensor.external_data.add(key=key, value=str(value))
        self.initializers.append(tensor)
        return name

    def _trained(self, name: str) -> str:
        """Add a weight of the adapter to the graph itself; ONNX Runtime converts it once, on loading."""
        array = self._adapter[name]
        tensor = helper.make_tensor(
            name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape, array.tobytes(), raw=True
        )
        self.initializers.append(tensor)
        return name if array.dtype == np.float32 else self.node("Cast", [name], to=TensorProto.FLOAT)

    def _constant(self, name: str, value: int | list[int]) -> str:
        if name not in self._constants:
            array = np.array(value, dtype=np.int64)
            tensor = helper.make_tensor(name, TensorProto.INT64, array.shape, array.flatten().tolist())
            self.initializers.append(tensor)
            self._constants[name] = name
        return name
