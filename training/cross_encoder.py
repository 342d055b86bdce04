"""Train the adapter with which the embedding model reads a question and an excerpt together.

    python training/pairs.py WORK_DIR SQUAD2_TRAIN FAIRYTALEQA_TRAIN --prose ESSAYS.txt
    python training/cross_encoder.py WORK_DIR OUT_DIR --held-out training/held_out.json --minutes 60

A cross-encoder (Nogueira and Cho 2019) over the same MiniLM weights as retrieval, with low-rank adapters
(LoRA, Hu et al. 2022) and two heads: whether the excerpt answers, and which of its word pieces carry the
answer. ``--whole`` trains all layers instead, for teachers; ``--teacher`` names the folders of such models,
whose mean logit a student learns beside the labels (Hinton et al. 2015). Runs on a GPU where PyTorch finds
one. Writes ``adapter.safetensors`` (or ``whole.safetensors``) into OUT_DIR every few minutes and prints the
figures on held-out documents.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from candidates import installed_model
from lora import adapt, arrays, body_of, trainable
from safetensors.numpy import load_file, save_file
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

QUESTION, EXCERPT = 48, 128
SEED = 5
WARM_STEPS = 200
SAVED_AFTER = 480
# Of each question in an epoch: excerpts that answer, that do not, and altered questions.
RIGHT, WRONG, ALTERED = 2, 4, 3
_REWORDED, _FRAMED = 0.4, 0.2
# Share of documents without named held-out documents that are held out.
HELD_OUT = 0.1
_FRAMES = (
    "According to the author, {}", "According to the essay, {}", "In this text, {}", "In the essay, {}",
    "What does the essay say: {}",
)  # fmt: skip
_DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and an excerpt.

    Attributes:
        group: Number of the question that it belongs to.
        question: Words of the question.
        text: The excerpt.
        kind: ``gold``, or how it was made.
        answer: Where the answer is in the excerpt, if that is known.
        original: The answered pair of which this is an alteration, as a place in the batch.
    """

    group: int
    question: str
    text: str
    kind: str
    answer: tuple[int, int] | None = None
    original: int | None = None

    @property
    def label(self) -> float:
        """1 if the excerpt answers."""
        return float(self.kind in {"gold", "reworded"})


class CrossEncoder(nn.Module):
    """The embedding model with adapters, or trained as a whole, and two heads."""

    def __init__(self, model: Path, layers: Sequence[int], rank: int, dropout: float) -> None:
        super().__init__()
        self.body = body_of(model, dropout)
        if rank:
            adapt(self.body, layers, rank)
        else:
            self.body.encoder.requires_grad_(requires_grad=True)
        width = self.body.config.hidden_size
        self.classifier, self.span = nn.Linear(width, 1), nn.Linear(width, 1)

    def forward(self, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Logit of each pair and of each of its word pieces."""
        hidden = self.body(**batch).last_hidden_state
        with torch.autocast(_DEVICE.type, enabled=False):
            hidden = hidden.float()
            return self.classifier(hidden[:, 0]).squeeze(-1), self.span(hidden).squeeze(-1)


class Batches:
    """Pairs as batches of word pieces."""

    def __init__(self, model: Path) -> None:
        tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._encode = cache(lambda text: _pieces(tokenizer.encode(text, add_special_tokens=False)))
        first, last = (int(tokenizer.token_to_id(mark) or 0) for mark in ("[CLS]", "[SEP]"))
        self._marks = (first, last, last)

    def of(self, pairs: Sequence[Pair]) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Model input, and the share of the answer that each word piece has (rows of 0 if unknown)."""
        rows = []
        for pair in pairs:
            question = self._encode(pair.question)[0][:QUESTION]
            ids, spans = (part[:EXCERPT] for part in self._encode(pair.text))
            low, high = pair.answer or (0, 0)
            rows.append((question, ids, (spans[:, 0] < high) & (low < spans[:, 1])))
        width = max(len(question) + len(ids) + 3 for question, ids, _ in rows)
        inputs, types, mask = (np.zeros((len(rows), width), dtype=np.int64) for _ in range(3))
        shares = np.zeros((len(rows), width), dtype=np.float32)
        for number, (question, ids, inside) in enumerate(rows):
            start, end = len(question) + 2, len(question) + len(ids) + 3
            inputs[number, 1 : start - 1], inputs[number, start : end - 1] = question, ids
            inputs[number, [0, start - 1, end - 1]] = self._marks
            types[number, start:end], mask[number, :end] = 1, 1
            shares[number, start : end - 1] = inside / max(1, inside.sum())
        arrays_of = {"input_ids": inputs, "token_type_ids": types, "attention_mask": mask}
        return {name: torch.from_numpy(array) for name, array in arrays_of.items()}, torch.from_numpy(shares)


def _pieces(encoding: Any) -> tuple[np.ndarray, np.ndarray]:
    return np.array(encoding.ids, dtype=np.int32), np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)


def main() -> None:
    """Train for a number of minutes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--held-out", type=Path, required=True, help="documents held out of training, by set")
    parser.add_argument(
        "--model", type=Path, help="folder of the embedding model; the installed one if left out"
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--first-layer", type=int, default=0, help="lowest layer that has adapters")
    parser.add_argument("--whole", action="store_true", help="train all layers as a teacher")
    parser.add_argument("--teacher", type=Path, nargs="*", default=[], help="folders of teachers")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--groups", type=int, default=16, help="questions of a batch")
    parser.add_argument("--workers", type=int, default=0, help="processes that prepare batches")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    options.model = options.model or installed_model()
    torch.manual_seed(options.seed)
    train, held = questions_of(options.work, json.loads(options.held_out.read_text("utf-8")))
    print(f"{len(train)} questions to train on, {len(held)} held out", flush=True)
    rank = 0 if options.whole else options.rank
    model = CrossEncoder(options.model, range(options.first_layer, 6), rank, options.dropout).to(_DEVICE)
    print(sum(parameter.numel() for parameter in trainable(model)), "parameters", flush=True)
    teachers = [_teacher(folder, options.model) for folder in options.teacher]
    Training(model, Batches(options.model), held, teachers, options).run(train)


def _teacher(folder: Path, model: Path) -> CrossEncoder:
    teacher = CrossEncoder(model, (), 0, 0.0)
    trained = {
        name: torch.from_numpy(array).float()
        for name, array in load_file(folder / "whole.safetensors").items()
    }
    own = {name: name.removeprefix("body.") for name in teacher.state_dict()}
    state = {name: trained.get(short, teacher.state_dict()[name]) for name, short in own.items()}
    teacher.load_state_dict(state)
    return teacher.to(_DEVICE).train(mode=False)


def questions_of(work: Path, held_out: dict[str, list[str]]) -> tuple[list[Any], list[Any]]:
    """Questions of documents to train on, and those of held-out documents."""
    lines = [
        json.loads(line)
        for path in sorted(work.glob("*.jsonl"))
        for line in path.read_text("utf-8").split("\n")
        if line
    ]
    chance = random.Random(SEED)
    for name in sorted({line["set"] for line in lines} - held_out.keys()):
        docs = sorted({line["doc"] for line in lines if line["set"] == name})
        held_out[name] = chance.sample(docs, max(1, int(len(docs) * HELD_OUT)))
    held = [line for line in lines if line["doc"] in set(held_out[line["set"]])]
    train = [line for line in lines if line["doc"] not in set(held_out[line["set"]])]
    return train, chance.sample(held, min(600, len(held)))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch as tensors, and what its losses are about.

    Attributes:
        inputs: Input of the model, each of shape ``(pairs, pieces)``.
        shares: Share of the answer that each word piece has, shape ``(pairs, pieces)``.
        labels: 1 for pairs that answer, shape ``(pairs,)``. Some altered questions are answered all the same,
            so that theirs are a little above 0.
        lists: Numbers of a positive and of the negatives of its question, shape ``(positives, most)``.
        padding: Added to the logits of a list: a large negative number where it is shorter.
        contrasts: Numbers of the original and the alteration, shape ``(2, alterations)``.
    """

    inputs: dict[str, torch.Tensor]
    shares: torch.Tensor
    labels: torch.Tensor
    lists: torch.Tensor
    padding: torch.Tensor
    contrasts: torch.Tensor

    def on(self, device: torch.device) -> Prepared:
        """The same on a device."""
        inputs = {name: tensor.to(device, non_blocking=True) for name, tensor in self.inputs.items()}
        others = (self.shares, self.labels, self.lists, self.padding, self.contrasts)
        return Prepared(inputs, *(tensor.to(device, non_blocking=True) for tensor in others))


class Stream(IterableDataset[Prepared]):
    """Batches of random pairs of random questions, endlessly."""

    def __init__(self, train: list[Any], batches: Batches, groups: int, seed: int) -> None:
        super().__init__()
        self._train, self._batches, self._groups, self._seed = train, batches, groups, seed

    def __iter__(self) -> Iterator[Prepared]:
        worker = get_worker_info()
        chance = random.Random(self._seed * 100 + (worker.id if worker else 0))
        while True:
            order = list(self._train)
            chance.shuffle(order)
            for at in range(0, len(order) - self._groups, self._groups):
                pairs: list[Pair] = []
                for number, line in enumerate(order[at : at + self._groups]):
                    pairs.extend(drawn(line, number, chance, before=len(pairs)))
                yield prepared(pairs, self._batches)


def prepared(pairs: Sequence[Pair], batches: Batches) -> Prepared:
    """Pairs as a batch."""
    inputs, shares = batches.of(pairs)
    labels = torch.tensor([pair.label or 0.05 * (pair.original is not None) for pair in pairs])
    lists = _lists(pairs)
    width = max(map(len, lists), default=1)
    contrasts = [(pair.original, number) for number, pair in enumerate(pairs) if pair.original is not None]
    return Prepared(
        inputs,
        shares,
        labels,
        torch.tensor([row + [row[0]] * (width - len(row)) for row in lists]).reshape(-1, width),
        torch.tensor([[0.0] * len(row) + [-1e4] * (width - len(row)) for row in lists]).reshape(-1, width),
        torch.tensor(contrasts, dtype=torch.long).reshape(-1, 2).T,
    )


class Training:
    """One run of training.

    Args:
        model: The model.
        batches: Makes its inputs.
        held: Held-out questions, on which the figures are.
        teachers: Models whose mean logit is learned too.
        options: The command's options.
    """

    def __init__(
        self,
        model: CrossEncoder,
        batches: Batches,
        held: list[Any],
        teachers: list[CrossEncoder],
        options: Any,
    ) -> None:
        self._model, self._batches, self._teachers, self._options = model, batches, teachers, options
        chance = random.Random(SEED)
        self._held = [drawn(line, number, chance, fixed=True) for number, line in enumerate(held)]

    def run(self, train: list[Any]) -> None:
        """Train until the time is over; the learning rate falls to zero by then."""
        options = self._options
        optimizer = torch.optim.AdamW(
            trainable(self._model), lr=options.rate, weight_decay=0.01, fused=_DEVICE.type == "cuda"
        )
        stream = Stream(train, self._batches, options.groups, options.seed)
        loader = DataLoader(
            stream, batch_size=None, num_workers=options.workers, pin_memory=_DEVICE.type == "cuda"
        )
        start = last_saved = perf_counter()
        losses: list[float] = []
        self._model.train()
        for step, batch in enumerate(loader):
            passed = (perf_counter() - start) / (60 * options.minutes)
            if passed >= 1:
                break
            warm = min(1.0, (step + 1) / WARM_STEPS)
            for part in optimizer.param_groups:
                part["lr"] = options.rate * warm * 0.5 * (1 + math.cos(math.pi * passed))
            loss = self._loss(batch.on(_DEVICE))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(trainable(self._model), 1.0)
            optimizer.step()
            if step % 10 == 0:
                losses.append(float(loss.detach()))
            if step % 500 == 0:
                epochs = step * options.groups / len(train)
                print(
                    f"{step} steps, {epochs:.1f} epochs, {passed:.0%}, loss {np.mean(losses[-50:]):.4f}",
                    flush=True,
                )
            if perf_counter() - last_saved > SAVED_AFTER:
                self.save()
                last_saved = perf_counter()
        self.save()

    def _loss(self, batch: Prepared) -> torch.Tensor:
        """Loss of whether an excerpt answers, which one answers best, and where the answer is."""
        with torch.autocast(_DEVICE.type, torch.bfloat16):
            answers, carries = self._model(batch.inputs)
            with torch.no_grad():
                taught = [teacher(batch.inputs)[0] for teacher in self._teachers]
        weights = 1 + 0.5 * (batch.labels == 1)
        loss: torch.Tensor = nn.functional.binary_cross_entropy_with_logits(answers, batch.labels, weights)
        in_excerpt = (batch.inputs["token_type_ids"] * batch.inputs["attention_mask"]).bool()
        location = -(batch.shares * carries.masked_fill(~in_excerpt, -1e4).log_softmax(dim=1)).sum(dim=1)
        known = batch.shares.sum(dim=1) > 0
        loss = loss + 0.2 * (location * known).sum() / known.sum().clamp(min=1)
        if len(batch.lists):
            # Each positive among the negatives of its question.
            loss = loss - 0.5 * (answers[batch.lists] + batch.padding).log_softmax(dim=1)[:, 0].mean()
        if batch.contrasts.numel():
            # An altered question is less answered by the excerpt than the question itself.
            better, worse = batch.contrasts
            loss = loss + 0.3 * nn.functional.softplus(answers[worse] - answers[better]).mean()
        if taught:
            target = torch.stack(taught).mean(dim=0)
            soft = nn.functional.binary_cross_entropy_with_logits(answers, target.sigmoid())
            loss = 0.3 * loss + soft + 0.02 * nn.functional.mse_loss(answers, target)
        return loss

    @torch.no_grad()
    def save(self) -> None:
        """Save what was trained and print the figures on held-out questions."""
        name = "whole.safetensors" if self._options.whole else "adapter.safetensors"
        save_file(arrays(self._model), str(self._options.out / name))
        self._model.train(mode=False)
        scores: list[float] = []
        pairs = [pair for group in self._held for pair in group]
        for start in range(0, len(pairs), 256):
            batch = prepared(pairs[start : start + 256], self._batches).on(_DEVICE)
            with torch.autocast(_DEVICE.type, torch.bfloat16):
                scores.extend(self._model(batch.inputs)[0].tolist())
        self._model.train()
        print("held out:", figures(pairs, scores), flush=True)


def figures(pairs: Sequence[Pair], scores: Sequence[float]) -> dict[str, float]:
    """AUROC of answering excerpts against each kind of others."""
    by_kind: dict[str, list[float]] = defaultdict(list)
    for pair, score in zip(pairs, scores, strict=True):
        by_kind[pair.kind].append(score)
    right = by_kind.pop("gold")
    areas = {
        kind: round(float(roc_auc_score([1] * len(right) + [0] * len(wrong), right + wrong)), 3)
        for kind, wrong in sorted(by_kind.items())
    }
    all_altered = [
        score for pair, score in zip(pairs, scores, strict=True) if pair.kind.startswith("altered")
    ]
    areas["all altered"] = round(
        float(roc_auc_score([1] * len(right) + [0] * len(all_altered), right + all_altered)), 3
    )
    return areas


def drawn(
    line: Any, group: int, chance: random.Random, *, before: int = 0, fixed: bool = False
) -> list[Pair]:
    """Some of the pairs of a question.

    Args:
        line: A line that ``pairs.py`` wrote.
        group: Number of the question.
        chance: Source of random choices.
        before: Number of pairs in the batch before these.
        fixed: Whether to leave its words as they are, for figures.
    """
    frame = "{}" if fixed or chance.random() > _FRAMED else chance.choice(_FRAMES)
    pairs: list[Pair] = []
    right = chance.sample(line["right"], min(RIGHT, len(line["right"])))
    for made in right:
        answer = tuple(made["answer"]) if made.get("answer") else None
        question, kind = line["question"], "gold"
        if line["reworded"] and not fixed and chance.random() < _REWORDED:
            question, kind = chance.choice(line["reworded"]), "reworded"
        pairs.append(Pair(group, _framed(frame, question), made["text"], kind, answer))
    wrong = chance.sample(line["wrong"], min(WRONG, len(line["wrong"])))
    pairs.extend(Pair(group, _framed(frame, line["question"]), made["text"], made["kind"]) for made in wrong)
    if line["altered"] and right:
        for number, kind, question in chance.sample(line["altered"], min(ALTERED, len(line["altered"]))):
            text = line["right"][number]["text"]
            places = [before + at for at, pair in enumerate(pairs) if pair.text == text and pair.label]
            original = places[0] if places else None
            pairs.append(Pair(group, _framed(frame, question), text, f"altered-{kind}", None, original))
    return pairs


def _framed(frame: str, question: str) -> str:
    return question if frame == "{}" else frame.format(question[:1].lower() + question[1:])


def _lists(pairs: Sequence[Pair]) -> list[list[int]]:
    """Numbers of each positive and of the negatives of its own question."""
    members: dict[int, list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        if not pair.kind.startswith("altered"):
            members[pair.group].append(number)
    return [
        [number, *negatives]
        for group in members.values()
        if (negatives := [number for number in group if not pairs[number].label])
        for number in group
        if pairs[number].label
    ]


if __name__ == "__main__":
    main()
