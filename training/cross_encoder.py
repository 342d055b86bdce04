"""Train the adapter with which the embedding model reads a question and an excerpt together.

    python training/pairs.py WORK_DIR SQUAD2_TRAIN FAIRYTALEQA_TRAIN --questions 4719 4222
    python training/cross_encoder.py WORK_DIR --minutes 60

A cross-encoder (Nogueira and Cho 2019) over the same MiniLM weights as retrieval, with low-rank adapters
(LoRA, Hu et al. 2022) and two heads: whether the excerpt answers, and which of its word pieces carry the
answer. Saves ``adapter.safetensors`` into WORK_DIR every few minutes and prints the figures on held-out
documents.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from lora import adapted_body, arrays, trainable
from safetensors.numpy import save_file
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from torch import nn

from assistant.retrieval.models.weights import DEFAULT_MODEL, model_folder

RATE = 1e-3
# Adapters on lower layers gain nothing, and without them these layers need no gradient.
LAYERS = range(2, 6)
GROUPS = 8
QUESTION, EXCERPT = 48, 128
SEED = 5
# Share of documents held out of training; figures on them show when to stop.
HELD_OUT = 0.1
_FRAMES = (
    "According to the author, {}", "According to the essay, {}", "In this text, {}", "In the essay, {}",
    "What does the essay say: {}",
)  # fmt: skip
Pair = dict[str, Any]


class CrossEncoder(nn.Module):
    """The embedding model with adapters and two heads."""

    def __init__(self) -> None:
        super().__init__()
        self.body = adapted_body(LAYERS)
        width = self.body.config.hidden_size
        self.classifier, self.span = nn.Linear(width, 1), nn.Linear(width, 1)

    def forward(self, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Logit of each pair and of each of its word pieces."""
        hidden = self.body(**batch).last_hidden_state.float()
        return self.classifier(hidden[:, 0]).squeeze(-1), self.span(hidden).squeeze(-1)


class Batches:
    """Pairs as batches of word pieces."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(Path(str(model_folder(DEFAULT_MODEL))) / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._open, self._close = (self._tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))

    def of(self, pairs: Sequence[Pair]) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Model input, and the share of the answer that each word piece has (rows of 0 if unknown)."""
        rows, types, shares = [], [], []
        for pair in pairs:
            question = self._tokenizer.encode(pair["question"], add_special_tokens=False).ids[:QUESTION]
            excerpt = self._tokenizer.encode(pair["text"], add_special_tokens=False)
            ids, spans = excerpt.ids[:EXCERPT], excerpt.offsets[:EXCERPT]
            rows.append([self._open, *question, self._close, *ids, self._close])
            types.append([0] * (len(question) + 2) + [1] * (len(ids) + 1))
            low, high = pair["answer"] or (0, 0)
            inside = [float(start < high and low < end) for start, end in spans]
            shares.append([0.0] * (len(question) + 2) + inside + [0.0])
        width = max(map(len, rows))
        batch = {
            "input_ids": torch.tensor([row + [0] * (width - len(row)) for row in rows]),
            "token_type_ids": torch.tensor([row + [0] * (width - len(row)) for row in types]),
            "attention_mask": torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows]),
        }
        share = torch.tensor([row + [0.0] * (width - len(row)) for row in shares])
        return batch, share / share.sum(dim=1, keepdim=True).clamp(min=1)


def main() -> None:
    """Train for a number of minutes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(os.cpu_count() or 1)
    train, held = groups_of(options.work / "pairs.jsonl")
    print(f"{len(train)} questions to train on, {len(held)} held out", flush=True)
    model, batches = CrossEncoder(), Batches()
    print(sum(parameter.numel() for parameter in trainable(model)), "parameters", flush=True)
    fit(model, batches, train, held, options.work, options.minutes)


def groups_of(path: Path) -> tuple[list[list[Pair]], list[list[Pair]]]:
    """Pairs grouped by question: those of documents to train on, and those of held-out documents."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for line in path.read_text("utf-8").split("\n"):
        if line:
            pair = json.loads(line)
            groups[pair["id"]].append(pair)
    chance = random.Random(SEED)
    docs = sorted({(group[0]["set"], group[0]["doc"]) for group in groups.values()})
    # At least one document of each set, however few it has.
    held_docs: set[tuple[str, str]] = set()
    for name in sorted({name for name, _ in docs}):
        of_set = [doc for doc in docs if doc[0] == name]
        held_docs.update(chance.sample(of_set, max(1, int(len(of_set) * HELD_OUT))))
    train = [group for group in groups.values() if (group[0]["set"], group[0]["doc"]) not in held_docs]
    held = [group for group in groups.values() if (group[0]["set"], group[0]["doc"]) in held_docs]
    return train, chance.sample(held, min(200, len(held)))


def fit(
    model: CrossEncoder, batches: Batches, train: list[list[Pair]], held: list[list[Pair]], work: Path,
    minutes: float,
) -> None:  # fmt: skip
    """Train until the time is over; the learning rate falls to zero by then."""
    optimizer = torch.optim.AdamW(trainable(model), lr=RATE)
    start, last_saved, losses = perf_counter(), perf_counter(), []
    for step, groups in enumerate(shuffled(train)):
        passed = (perf_counter() - start) / (60 * minutes)
        if passed >= 1:
            break
        warm = min(1.0, (step + 1) / 100)
        for part in optimizer.param_groups:
            part["lr"] = RATE * warm * 0.5 * (1 + math.cos(math.pi * passed))
        loss = loss_of(model, batches, groups)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(trainable(model), 1.0)
        optimizer.step()
        losses.append(float(loss))
        if step % 25 == 0:
            print(f"{step} steps, {100 * passed:.1f}%, loss {np.mean(losses[-25:]):.4f}", flush=True)
        if perf_counter() - last_saved > 480:
            save(model, batches, held, work)
            last_saved = perf_counter()
    save(model, batches, held, work)


def shuffled(train: list[list[Pair]]) -> Iterator[list[list[Pair]]]:
    """Batches of questions of similar length, endlessly."""
    chance = random.Random(SEED)
    while True:
        order = list(train)
        chance.shuffle(order)
        for start in range(0, len(order), GROUPS * 16):
            part = sorted(order[start : start + GROUPS * 16], key=lambda group: len(group[0]["text"]))
            cuts = [part[at : at + GROUPS] for at in range(0, len(part), GROUPS)]
            chance.shuffle(cuts)
            yield from ([framed(group, chance) for group in cut] for cut in cuts)


def framed(group: list[Pair], chance: random.Random) -> list[Pair]:
    """Sometimes rephrase the questions of a group as questions about an essay."""
    if chance.random() > 0.2:
        return group
    frame = chance.choice(_FRAMES)
    return [
        {**pair, "question": frame.format(pair["question"][:1].lower() + pair["question"][1:])}
        for pair in group
    ]


def loss_of(model: CrossEncoder, batches: Batches, groups: list[list[Pair]]) -> torch.Tensor:
    """Loss of whether an excerpt answers, which one answers best, and where the answer is."""
    pairs = [pair for group in groups for pair in group]
    batch, shares = batches.of(pairs)
    answers, carries = model(batch)
    labels = torch.tensor([float(pair["label"]) for pair in pairs])
    weights = torch.tensor([1.5 if pair["label"] else 1.0 for pair in pairs])
    loss = nn.functional.binary_cross_entropy_with_logits(answers, labels, weights)
    in_excerpt = (batch["token_type_ids"] * batch["attention_mask"]).bool()
    location = -(shares * carries.masked_fill(~in_excerpt, -1e4).log_softmax(dim=1)).sum(dim=1)
    known = shares.sum(dim=1) > 0
    if known.any():
        loss = loss + 0.2 * location[known].mean()
    return loss + 0.5 * _listwise(answers, pairs)


def _listwise(answers: torch.Tensor, pairs: Sequence[Pair]) -> torch.Tensor:
    """Cross-entropy of each positive among the negatives of its own question."""
    losses: list[torch.Tensor] = []
    by_question: dict[str, list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        if pair["kind"] != "altered":
            by_question[pair["id"]].append(number)
    for group in by_question.values():
        negatives = [number for number in group if not pairs[number]["label"]]
        losses.extend(
            -answers[[number, *negatives]].log_softmax(dim=0)[0]
            for number in group
            if pairs[number]["label"] and negatives
        )
    return torch.stack(losses).mean() if losses else answers.sum() * 0


def save(model: CrossEncoder, batches: Batches, held: list[list[Pair]], work: Path) -> None:
    """Save the adapter and print the figures on held-out questions."""
    save_file(arrays(model), str(work / "adapter.safetensors"))
    pairs = [pair for group in held for pair in group]
    scores: list[float] = []
    located: list[bool] = []
    with torch.no_grad():
        for start in range(0, len(pairs), 64):
            batch, shares = batches.of(pairs[start : start + 64])
            answers, carries = model(batch)
            scores.extend(answers.tolist())
            in_excerpt = (batch["token_type_ids"] * batch["attention_mask"]).bool()
            best = carries.masked_fill(~in_excerpt, -1e4).argmax(dim=1)
            located.extend(
                bool(row[piece] > 0) for row, piece in zip(shares, best, strict=True) if row.sum() > 0
            )
    figures = {"place": float(np.mean(located))}
    right = [score for score, pair in zip(scores, pairs, strict=True) if pair["label"]]
    for kind in sorted({pair["kind"] for pair in pairs if not pair["label"]}):
        wrong = [score for score, pair in zip(scores, pairs, strict=True) if pair["kind"] == kind]
        figures[kind] = float(roc_auc_score([1] * len(right) + [0] * len(wrong), right + wrong))
    print("held out:", {name: round(value, 3) for name, value in figures.items()}, flush=True)


if __name__ == "__main__":
    main()
