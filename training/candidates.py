"""Rank the passages of each question's document by late interaction, for the hard negatives of ``pairs.py``.

    python training/candidates.py WORK_DIR SQUAD2_TRAIN FAIRYTALEQA_TRAIN [--model DIR]

Writes ``WORK_DIR/candidates/NAME.jsonl``: for each question the best passages of its document, each with its
best window, and the best of one other document. The ranking is the program's, less its rules, on PyTorch; it
runs on a GPU where PyTorch finds one.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lora import body_of
from tokenizers import Tokenizer
from torch import nn

from assistant.chunking.sentences import split_sentences
from assistant.core.essay import Passage, SourceMap
from assistant.retrieval.index.windows import Window, windows_of
from assistant.retrieval.models.encoder import Piece

SEED = 11
KEPT = 12
_MOST_PIECES = 254
_BATCH = 256
_DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(frozen=True, slots=True)
class _Info:
    max_tokens: int = _MOST_PIECES


class TokenModel:
    """The embedding model, for the vector of each word piece.

    Args:
        folder: The model's folder.
    """

    info = _Info()

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._open, self._close = (self._tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))
        body: nn.Module = body_of(folder, 0.0)
        self._body = body.to(_DEVICE).train(mode=False)

    def pieces(self, text: str) -> list[Piece]:
        """Word pieces of a text; see ``Encoder.pieces``."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return [Piece(number, *span) for number, span in zip(encoding.ids, encoding.offsets, strict=True)]

    @torch.no_grad()
    def encode(self, texts: Sequence[str]) -> list[tuple[list[int], torch.Tensor]]:
        """Ids and unit vectors of the word pieces of each text, shape ``(pieces, 384)``."""
        ids = [
            encoding.ids[:_MOST_PIECES]
            for encoding in self._tokenizer.encode_batch(texts, add_special_tokens=False)
        ]
        encoded: dict[int, tuple[list[int], torch.Tensor]] = {}
        order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            width = max(len(ids[number]) for number in batch) + 2
            rows = [[self._open, *ids[number], self._close] for number in batch]
            inputs = torch.tensor([row + [0] * (width - len(row)) for row in rows], device=_DEVICE)
            mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=_DEVICE)
            hidden = self._body(input_ids=inputs, attention_mask=mask).last_hidden_state
            vectors = torch.nn.functional.normalize(hidden, dim=-1)
            for number, row in zip(batch, vectors, strict=True):
                encoded[number] = ids[number], row[1 : len(ids[number]) + 1]
        return [encoded[number] for number in range(len(ids))]


class Document:
    """The windows of a document, ready to be ranked.

    Args:
        doc: Its id.
        texts: Its passages by id.
        model: The model.
    """

    def __init__(self, doc: str, texts: Mapping[str, str], model: TokenModel) -> None:
        self._windows = [
            window
            for name, text in texts.items()
            for window in windows_of(_passage(doc, name, text), model)  # type: ignore[arg-type]
        ]
        encoded = model.encode([window.text for window in self._windows])
        width = max(len(ids) for ids, _ in encoded)
        self._vectors = torch.zeros(len(encoded), width, encoded[0][1].shape[1], device=_DEVICE)
        for number, (ids, vectors) in enumerate(encoded):
            self._vectors[number, : len(ids)] = vectors
        counts = Counter(piece for ids, _ in encoded for piece in set(ids))
        self._idf = defaultdict(
            lambda: math.log(1 + len(encoded)), {p: math.log(1 + len(encoded) / n) for p, n in counts.items()}
        )

    def ranked(self, ids: Sequence[int], vectors: torch.Tensor) -> list[Window]:
        """Best window of each of the best passages."""
        weights = torch.tensor([self._idf[piece] for piece in ids], device=_DEVICE)
        cosines = torch.einsum("qd,wtd->wqt", vectors, self._vectors).amax(dim=2)
        scores = (cosines @ weights).tolist()
        best: dict[str, Window] = {}
        for number in sorted(range(len(scores)), key=lambda number: -scores[number]):
            window = self._windows[number]
            best.setdefault(window.passage, window)
            if len(best) == KEPT:
                break
        return list(best.values())


def _passage(doc: str, name: str, text: str) -> Passage:
    spans = split_sentences(text)
    return Passage(name, doc, 1, "paragraph", "", text, spans, (), SourceMap(((0, 0),), len(text)))


def main() -> None:
    """Write the candidates of all sets."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument(
        "--model", type=Path, help="folder of the embedding model; the installed one if left out"
    )
    options = parser.parse_args()
    model = TokenModel(options.model or installed_model())
    (options.work / "candidates").mkdir(parents=True, exist_ok=True)
    for folder in options.folders:
        path = options.work / "candidates" / f"{folder.name}.jsonl"
        with path.open("w", encoding="utf-8") as out:
            for line in candidates(folder, model):
                out.write(json.dumps(line, ensure_ascii=False) + "\n")


def installed_model() -> Path:
    """Folder of the model that is installed."""
    from assistant.retrieval.models.weights import default_folder

    return default_folder()


def candidates(folder: Path, model: TokenModel) -> Iterator[dict[str, Any]]:
    """Candidates of each question of a set."""
    chance = random.Random(SEED)
    corpus: dict[str, dict[str, str]] = defaultdict(dict)
    for line in _lines(folder / "corpus.jsonl"):
        corpus[line["doc"]][line["_id"]] = line["text"]
    documents = {doc: Document(doc, texts, model) for doc, texts in corpus.items()}
    print(folder.name, len(documents), "documents", flush=True)
    questions = _lines(folder / "queries.jsonl")
    encoded = model.encode([question["text"] for question in questions])
    for question, (ids, vectors) in zip(questions, encoded, strict=True):
        other = chance.choice([doc for doc in corpus if doc != question["doc"]])
        yield {
            "id": question["_id"],
            "own": [_place(window) for window in documents[question["doc"]].ranked(ids, vectors)],
            "foreign": [_place(window) for window in documents[other].ranked(ids, vectors)[:1]],
        }


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def _place(window: Window) -> list[Any]:
    return [window.passage, window.start, window.end]


if __name__ == "__main__":
    main()
