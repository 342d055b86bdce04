"""Low-rank adapters (LoRA, Hu et al. 2022) on the linear layers of the embedding model.

The weights themselves stay frozen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import BertModel

SCALE = 2.0
MODULES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class AdaptedLinear(nn.Module):
    """A frozen linear layer with a low-rank addition in single precision."""

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        self.layer = layer
        self.lora_A = nn.Parameter(torch.empty(rank, layer.in_features))
        self.lora_B = nn.Parameter(torch.zeros(layer.out_features, rank))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """The layer's output plus the addition."""
        low = nn.functional.linear(hidden, self.lora_A.to(hidden.dtype))
        added = nn.functional.linear(low, (SCALE * self.lora_B).to(hidden.dtype))
        output: torch.Tensor = self.layer(hidden) + added
        return output


def body_of(model: Path, dropout: float) -> BertModel:
    """The embedding model, frozen."""
    body: BertModel = BertModel.from_pretrained(
        str(model),
        add_pooling_layer=False,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        dtype=torch.float32,
    )
    body.requires_grad_(requires_grad=False)
    return body


def adapt(body: BertModel, layers: Iterable[int], rank: int) -> None:
    """Add adapters to some layers."""
    for number in layers:
        for name in MODULES:
            parent = body.encoder.layer[number]
            *path, last = name.split(".")
            for part in path:
                parent = getattr(parent, part)
            setattr(parent, last, AdaptedLinear(getattr(parent, last), rank))


def trainable(model: nn.Module) -> list[nn.Parameter]:
    """The parameters that training changes."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def arrays(model: nn.Module) -> dict[str, NDArray[np.float16]]:
    """The trained parameters in half precision; the second matrix of each pair is multiplied by the scale."""
    trained = {}
    for name, value in model.named_parameters():
        if value.requires_grad:
            scale = SCALE if name.endswith("lora_B") else 1
            trained[name.removeprefix("body.")] = (scale * value.detach()).half().cpu().numpy()
    return trained
