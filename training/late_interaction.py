"""Train an adapter for the token vectors of the embedding model: late interaction.

    python training/documents.py WORK_DIR SQUAD2_TRAIN FAIRYTALEQA_TRAIN
    python training/late_interaction.py WORK_DIR --layers 2 --steps 500 --rate 5e-4

Each step is what is done in use: the questions of one document are scored against all its windows, or
those of some of its passages, by the weighted mean of best cosines, a passage by its best window; and the
loss is the cross-entropy of the answering passages. What learns is a matrix on the token vectors and, if
asked for, low-rank adapters on the upper layers. Saves ``late.safetensors`` into WORK_DIR every few steps,
with the figures on documents that were kept out of training.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lora import adapted_body, arrays, learned
from safetensors.numpy import save_file
from torch import nn
from torch.nn.functional import normalize
from torch.nn.utils.rnn import pad_sequence

DEPTH, WIDTH = 6, 384
# The marks around a text, [CLS] and [SEP].
FIRST, LAST = 101, 102
WINDOWS, QUESTIONS, BATCH = 96, 48, 32
SEED = 7
# Every third story that the cross-encoder was not shown is kept out of this too, so that confidence can be
# fitted on documents that neither has seen.
KEPT = 3
MEASURED = 12
# Steps from one figure to the next.
EVERY = 50
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """Questions of a document and the windows that they are scored against.

    Attributes:
        document: The document.
        windows: Which of its windows.
        questions: Which of its questions.
    """

    document: Document
    windows: Sequence[int]
    questions: Sequence[int]


class LateInteraction(nn.Module):
    """The embedding model with adapters on its upper layers and a matrix on its token vectors.

    Args:
        layers: How many layers have adapters. What those below make of a text is kept.
    """

    def __init__(self, layers: int) -> None:
        super().__init__()
        self._from = DEPTH - layers
        self.body = adapted_body(range(self._from, DEPTH))
        self.head = nn.Linear(WIDTH, WIDTH, bias=False)
        nn.init.eye_(self.head.weight)
        self._below: dict[tuple[int, ...], torch.Tensor] = {}

    def forward(self, rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Unit vectors of texts and of their word pieces, and which pieces are none.

        Args:
            rows: Word pieces of each text.

        Returns:
            Shapes ``(texts, dimension)``, ``(texts, pieces, dimension)`` and ``(texts, pieces)``.
        """
        states = self._states([tuple(row) for row in rows])
        hidden = pad_sequence(states, batch_first=True)
        there = torch.arange(hidden.shape[1]) < torch.tensor([len(one) for one in states])[:, None]
        for layer in self.body.encoder.layer[self._from :]:
            hidden = layer(hidden, there[:, None, None, :])
        hidden = hidden.float()
        vectors = normalize((hidden * there[:, :, None]).sum(dim=1), dim=-1)
        # The last mark of each text is no word piece, nor is the first.
        return vectors, normalize(self.head(hidden[:, 1:-1]), dim=-1), ~there[:, 2:]

    def _states(self, rows: Sequence[tuple[int, ...]]) -> list[torch.Tensor]:
        """What the layers that do not change make of each text; kept."""
        new = list(dict.fromkeys(row for row in rows if row not in self._below))
        if new:
            texts = [torch.tensor([FIRST, *row, LAST]) for row in new]
            ids = pad_sequence(texts, batch_first=True)
            there = torch.arange(ids.shape[1]) < torch.tensor([len(one) for one in texts])[:, None]
            with torch.no_grad():
                hidden = self.body.embeddings(ids)
                for layer in self.body.encoder.layer[: self._from]:
                    hidden = layer(hidden, there[:, None, None, :])
            found = (one[: len(text)].clone() for one, text in zip(hidden, texts, strict=True))
            self._below.update(zip(new, found, strict=True))
        return [self._below[row] for row in rows]

    def met(self, questions: Sequence[Sequence[int]], windows: Sequence[Sequence[int]]) -> Met:
        """Best cosine of each word piece of each question in each window; and all vectors of texts."""
        vectors, tokens, none = self(questions)
        asked = tokens[~none]
        order = sorted(range(len(windows)), key=lambda at: len(windows[at]))
        best, texts = [], []
        for low in range(0, len(order), BATCH):
            found, tokens, none = self([windows[at] for at in order[low : low + BATCH]])
            cosines = torch.einsum("qd,wpd->qwp", asked, tokens).masked_fill(none, -1.0)
            best.append(cosines.amax(dim=-1))
            texts.append(found)
        back = torch.tensor(np.argsort(order))
        return Met(torch.cat(best, dim=1)[:, back], torch.cat([torch.cat(texts)[back], vectors]))


@dataclass(frozen=True, slots=True)
class Met:
    """What the model makes of a step.

    Attributes:
        cosines: Best cosine of each word piece of the questions in each window.
        vectors: Vectors of the windows, then of the questions.
    """

    cosines: torch.Tensor
    vectors: torch.Tensor


def main() -> None:
    """Train for the steps given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--temperature", type=float, default=0.03)
    parser.add_argument("--near", type=float, default=1.0, help="weight of staying near the plain vectors")
    parser.add_argument("--layers", type=int, default=0, help="upper layers with adapters")
    parser.add_argument("--documents", type=int, default=1000, help="the most to learn from")
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    train, held = documents_of(options.work)
    train = train[: options.documents]
    model = LateInteraction(options.layers)
    counts = [sum(len(one["questions"]) for one in some) for some in (train, held)]
    print(f"{counts[0]} questions to train on, {counts[1]} held out;", end=" ")
    print(sum(one.numel() for one in learned(model)), "parameters", flush=True)
    fit(model, train, held, options)


def documents_of(work: Path) -> tuple[list[Document], list[Document]]:
    """Documents to train on, and those that tell when to stop."""
    documents = [json.loads(line) for line in (work / "documents.jsonl").read_text("utf-8").splitlines()]
    vectors, low = np.load(work / "vectors.npy"), 0
    for one in documents:
        high = low + len(one["windows"]) + len(one["questions"])
        one["vectors"], low = vectors[low:high], high
    chance = random.Random(SEED)
    names = json.loads(Path(__file__).with_name("held_out.json").read_text("utf-8"))
    # The article whole: it is the only one of its set.
    kept = {(name, doc) for name, docs in names.items() for doc in docs[:: KEPT if len(docs) >= KEPT else 1]}
    train = [one for one in documents if (one["set"], one["doc"]) not in kept]
    held = [
        one
        for name in names
        if (own := [one for one in documents if one["set"] == name and (name, one["doc"]) in kept])
        for one in chance.sample(own, min(MEASURED, len(own)))
    ]
    return train, held


def fit(
    model: LateInteraction, train: Sequence[Document], held: Sequence[Document], options: argparse.Namespace
) -> None:
    """Train; the rate falls to nothing with the last step."""
    saved(model, held, options.work)
    optimizer = torch.optim.AdamW(learned(model), lr=options.rate, weight_decay=0.0)
    losses: list[tuple[float, float]] = []
    for number, step in enumerate(islice(steps(train), options.steps)):
        passed, warm = number / options.steps, min(1.0, (number + 1) / 30)
        for part in optimizer.param_groups:
            part["lr"] = options.rate * warm * 0.5 * (1 + math.cos(math.pi * passed))
        right, near = loss_of(model, step, options.temperature)
        optimizer.zero_grad()
        (right + options.near * near).backward()
        nn.utils.clip_grad_norm_(learned(model), 1.0)
        optimizer.step()
        losses.append((right.item(), near.item()))
        if number % 20 == 0:
            said = ", ".join(f"{one:.4f}" for one in np.mean(losses[-20:], axis=0))
            print(f"{number} steps, loss {said}", flush=True)
        if number % EVERY == EVERY - 1:
            saved(model, held, options.work)
    saved(model, held, options.work)


def steps(train: Sequence[Document]) -> Iterator[Step]:
    """Parts of documents in chance order, over and over."""
    chance = random.Random(SEED)
    while True:
        made = [step for document in train for step in _parts(document, chance)]
        chance.shuffle(made)
        yield from made


def _parts(document: Document, chance: random.Random) -> Iterator[Step]:
    """A document's questions, each once, among the passages that fit into a step."""
    owners = document["owners"]
    passages = sorted(set(owners))
    chance.shuffle(passages)
    left = set(range(len(document["questions"])))
    for low in range(0, len(passages), size := _fitting(owners)):
        # The last part is filled up with passages of the first.
        own = set((passages[low:] + passages)[:size])
        windows = [at for at, owner in enumerate(owners) if owner in own]
        asked = [at for at in sorted(left) if own.issuperset(document["questions"][at]["gold"])]
        left.difference_update(asked)
        chance.shuffle(asked)
        for start in range(0, len(asked), QUESTIONS):
            yield Step(document, windows, asked[start : start + QUESTIONS])


def _fitting(owners: Sequence[int]) -> int:
    """How many passages of a document have together as many windows as a step takes."""
    return max(2, WINDOWS * len(set(owners)) // len(owners))


def loss_of(model: LateInteraction, step: Step, temperature: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross-entropy of the answering passages, and how far vectors of texts are from the plain model's."""
    document = step.document
    asked = [document["questions"][at] for at in step.questions]
    met = model.met([one["ids"] for one in asked], [document["windows"][at] for at in step.windows])
    scores = passage_scores(met, step, asked) / temperature
    owned = sorted({document["owners"][at] for at in step.windows})
    gold = torch.tensor([[owner in one["gold"] for owner in owned] for one in asked])
    right = scores.logsumexp(dim=1) - scores.masked_fill(~gold, -math.inf).logsumexp(dim=1)
    rows = [*step.windows, *(len(document["windows"]) + at for at in step.questions)]
    plain = torch.from_numpy(document["vectors"][rows]).float()
    return right.mean(), (1 - (met.vectors * plain).sum(dim=-1)).mean()


def passage_scores(met: Met, step: Step, asked: Sequence[dict[str, Any]]) -> torch.Tensor:
    """Score of each passage for each question: that of its best window that may count."""
    lengths = [len(one["ids"]) for one in asked]
    # One row a question, its weights in the columns of its own word pieces.
    weights = torch.block_diag(*(torch.tensor([one["weights"]]) for one in asked))  # type: ignore[no-untyped-call]
    scores = weights[:, : sum(lengths)] @ met.cosines
    beside = torch.tensor([[at in one["beside"] for at in step.windows] for one in asked])
    owners = [step.document["owners"][at] for at in step.windows]
    places = {owner: at for at, owner in enumerate(sorted(set(owners)))}
    owner = torch.tensor([places[one] for one in owners]).expand(len(asked), -1)
    none = torch.full((len(asked), len(places)), -math.inf)
    return none.scatter_reduce(1, owner, scores.masked_fill(beside, -1.0), "amax")


def saved(model: LateInteraction, held: Sequence[Document], work: Path) -> None:
    """Save the adapter and print the figures on what was held out, of each set."""
    save_file(arrays(model), str(work / "late.safetensors"))
    rows: dict[str, list[tuple[float, float, float]]] = {}
    with torch.no_grad():
        for document in held:
            questions = [{**one, "beside": []} for one in document["questions"]]
            step = Step(document, range(len(document["windows"])), range(len(questions)))
            met = model.met([one["ids"] for one in questions], document["windows"])
            scores = passage_scores(met, step, questions)
            order = scores.argsort(dim=1, descending=True)[:, :10].tolist()
            near = (met.vectors.numpy() * document["vectors"]).sum(axis=1).mean()
            for one, first in zip(questions, order, strict=True):
                rows.setdefault(document["set"], []).append((*figures(first, one["gold"]), float(near)))
    for name, found in rows.items():
        ndcg, first, near = np.mean(found, axis=0)
        print(f"held out, {name}: nDCG@10 {ndcg:.4f}, R@1 {first:.4f}, near {near:.4f}", flush=True)


def figures(order: Sequence[int], gold: Sequence[int]) -> tuple[float, float]:
    """nDCG@10 and R@1 of one question."""
    discounts = 1 / np.log2(np.arange(2, 12))
    gain = sum(discount for one, discount in zip(order, discounts, strict=False) if one in gold)
    return float(gain / discounts[: len(gold)].sum()), float(order[0] in gold) / len(gold)


if __name__ == "__main__":
    main()
