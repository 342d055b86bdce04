"""Variants of late interaction, measured beside the one that is used.

    python benchmarks/variants.py [--library DIR] [--questions N] [--documents N] DATASET_DIR ...

Prints nDCG@10 and Success@1 for: windows of one, two or three sentences or the whole passage, their words
encoded once in contexts of up to 128 or 250 word pieces (late chunking) in place of window by window; a
share of BM25, of the windows' cosine or of the neighbouring passages' scores added to late interaction;
and the heading that a passage stands under (in sets that name none, the title of its document) put before
each window when its words are encoded, or lent to it: what is met in the heading counts at a share.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from assistant.core.essay import SEARCHED_KINDS, Passage
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.library.adding import given_passages
from assistant.library.files import find_root
from assistant.library.library import Library
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.tokens import TokenStore
from assistant.retrieval.models.encoder import Encoder, Floats, Integers, unit
from assistant.retrieval.ranking import rank
from assistant.retrieval.search import Searcher

SEED = 3
CONTEXTS = (128, 250)
SIZES = {1: "1 sentence", 2: "2 sentences", 3: "3 sentences", 0: "whole passage"}
SHARES = {"bm25": (0.02, 0.05, 0.1), "windows": (0.05, 0.1, 0.2), "neighbours": (0.05, 0.1)}
LENT = (0.5, 0.7, 0.85)
Scores = dict[str, float]


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings that passages stand under.

    Attributes:
        searcher: A searcher whose windows were encoded behind them.
        tokens: Unit vectors of a heading's word pieces, by the passage's id.
    """

    searcher: Searcher
    tokens: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Turned:
    """Late interaction on token vectors that a matrix has turned.

    Attributes:
        searcher: A searcher whose windows' token vectors are turned.
        matrix: The matrix, for the questions'.
    """

    searcher: Searcher
    matrix: Floats

    @classmethod
    def of(cls, finder: Finder, matrix: Floats) -> Turned:
        """Turn the token vectors of an index."""
        index = finder.searcher.index
        plain = np.asarray(index.tokens.codes, dtype=np.float32) * np.asarray(index.tokens.scales)[:, None]
        tokens = TokenStore.of(unit((plain @ matrix.T).astype(np.float32)))
        return cls(
            Finder(replace(index, tokens=tokens), finder.searcher.encoder, finder.essays).searcher, matrix
        )

    def scores(self, text: str, names: Sequence[str]) -> Scores:
        """Scores of some passages for a question."""
        query, rows = self.searcher.query(text), self.searcher.rows(set(names))
        query = replace(query, tokens=unit((query.tokens @ self.matrix.T).astype(np.float32)))
        found = self.searcher.late(query, self.searcher.weights(query, rows), rows)
        return {one.passage: one.score for one in found}


def main() -> None:
    """Print a Markdown table for each set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DATASET_DIR")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--questions", type=int, default=600)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--matrix", type=Path, help="what training/late_interaction.py learnt with no layers")
    options = parser.parse_args()
    matrix = load_file(options.matrix)["head.weight"] if options.matrix else None
    for folder in options.folders:
        found = measured(folder, options.library, options.questions, options.documents, matrix)
        print(f"\n{folder.name}\n\n| variant | nDCG@10 | Success@1 |\n| --- | --- | --- |")
        for name, rows in found.items():
            print(f"| {name} | " + " | ".join(f"{one:.3f}" for one in np.mean(rows, axis=0)) + " |")


def measured(
    folder: Path, library: Path | None, count: int, documents: int, matrix: Floats | None
) -> Mapping[str, list[tuple[float, float]]]:
    """nDCG@10 and Success@1 of each question under each variant."""
    dataset = load_dataset(folder)
    finder, docs = opened(dataset, library, documents)
    passages = {one.id: one for some in docs.values() for one in some}
    encoder = finder.searcher.encoder
    contexts = {room: encoded(list(passages.values()), encoder, room) for room in CONTEXTS}
    headings = headed(finder, headings_of(folder, passages))
    turned = None if matrix is None else Turned.of(finder, matrix)
    asked = [one for one in dataset.questions if one.answerable and (one.doc in docs or dataset.whole)]
    chance = random.Random(SEED)
    rows: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for question in chance.sample(asked, min(count, len(asked))):
        pool = passages.values() if dataset.whole else docs[question.doc]
        names = [one.id for one in pool if one.id not in question.exclude]
        made = variants(question, finder, names, contexts, headings)
        if turned is not None:
            made["token vectors by the matrix"] = turned.scores(
                finder.read(question.text, question.history), names
            )
        for name, scores in made.items():
            rows[name].append(figures(scores, dataset.qrels[question.id]))
    return rows


def opened(dataset: Dataset, library: Path | None, documents: int) -> tuple[Finder, dict[str, list[Passage]]]:
    """What answers, and the searched passages of each document."""
    if dataset.corpus is None:
        shelf = Library(find_root(library))
        return shelf.finder(), {
            essay.id: [one for one in essay.passages if one.kind in SEARCHED_KINDS]
            for essay in shelf.essays()
        }
    corpus = list(dataset.corpus.items())[:documents]
    essays = [given_passages(doc, doc, texts) for doc, texts in corpus]
    finder = Library(Path()).finder_of(essays, lambda _stage, _done, _total: None)
    return finder, {essay.id: list(essay.passages) for essay in essays}


def encoded(passages: Sequence[Passage], encoder: Encoder, room: int) -> dict[str, list[Floats]]:
    """Token vectors of each sentence of each passage, encoded once among its neighbours."""
    runs: list[tuple[Passage, list[tuple[int, int]]]] = []
    for passage in passages:
        length = room + 1
        for span in passage.sentences:
            own = len(encoder.pieces(passage.text[slice(*span)]))
            if length + own > room:
                runs.append((passage, []))
                length = 0
            runs[-1][1].append(span)
            length += own
    texts = [passage.text[spans[0][0] : spans[-1][1]] for passage, spans in runs]
    made: dict[str, list[Floats]] = defaultdict(list)
    for (passage, spans), text, found in zip(runs, texts, encoder.encode(texts), strict=True):
        starts = np.array([piece.start for piece in encoder.pieces(text)][: len(found.tokens)]) + spans[0][0]
        for low, high in spans:
            made[passage.id].append(found.tokens[(starts >= low) & (starts < high)])
    return made


def headings_of(folder: Path, passages: Mapping[str, Passage]) -> dict[str, str]:
    """The heading of each passage that has one."""
    corpus = folder / "corpus.jsonl"
    if not corpus.is_file():
        return {name: one.section for name, one in passages.items() if one.section}
    lines = [json.loads(line) for line in corpus.read_text("utf-8").split("\n") if line]
    found = {line["_id"]: line.get("section") or line.get("title") for line in lines}
    return {name: found[name] for name in passages if found[name]}


def headed(finder: Finder, headings: Mapping[str, str]) -> Headings:
    """Windows encoded behind the headings of their passages, their own words kept; and the headings alone."""
    index, encoder = finder.searcher.index, finder.searcher.encoder
    texts = [
        f"{headings[one.passage]}. {one.text}" if one.passage in headings else one.text
        for one in index.windows
    ]
    # A window that fills the model by itself has no room for a heading.
    texts = [
        text if len(encoder.pieces(text)) <= encoder.info.max_tokens else window.text
        for text, window in zip(texts, index.windows, strict=True)
    ]
    counts = np.diff(index.offsets)
    stores = [
        TokenStore.of(one.tokens[-count:]) for one, count in zip(encoder.encode(texts), counts, strict=True)
    ]
    tokens = TokenStore.joined(stores, index.model.dimension)
    distinct = list(dict.fromkeys(headings.values()))
    alone = dict(zip(distinct, (one.tokens for one in encoder.encode(distinct)), strict=True))
    searcher = Finder(replace(index, tokens=tokens), encoder, finder.essays).searcher
    return Headings(searcher, {name: alone[heading] for name, heading in headings.items()})


def variants(
    question: DatasetQuestion,
    finder: Finder,
    names: Sequence[str],
    contexts: Mapping[int, Mapping[str, Sequence[Floats]]],
    headings: Headings,
) -> dict[str, Scores]:
    """Scores of some passages under each variant."""
    searcher = finder.searcher
    text = finder.read(question.text, question.history)
    query, rows = searcher.query(text), searcher.rows(set(names))
    weights = searcher.weights(query, rows)
    late = {one.passage: one.score for one in searcher.late(query, weights, rows)}
    made = {"late, as used": late}
    for room, sentences in contexts.items():
        best = {name: met(sentences[name], query.tokens) for name in names if sentences.get(name)}
        for size, said in SIZES.items():
            made[f"{said}, context {room}"] = {
                name: float((runs(rows, size) @ weights).max()) for name, rows in best.items()
            }
    for method in ("bm25", "windows"):
        found = dict(searcher.ranking(text, method, set(names)))
        top = max(found.values()) if method == "bm25" else 1.0
        for share in SHARES[method]:
            made[f"late + {share} {method}"] = {
                name: score + share * found.get(name, 0.0) / (top or 1) for name, score in late.items()
            }
    order = [name for name in names if name in late]
    for share in SHARES["neighbours"]:
        made[f"late + {share} neighbours"] = {
            name: late[name]
            + share
            * float(
                np.mean([late[one] for one in order[max(0, at - 1) : at] + order[at + 1 : at + 2]] or [0])
            )
            for at, name in enumerate(order)
        }
    behind = headings.searcher.late(query, weights, rows)
    made["behind headings"] = {one.passage: one.score for one in behind}
    for share in LENT:
        lent = rank(query, weights, searcher.index, rows, lambda: rows, lending(searcher, headings, share))
        made[f"headings lent at {share}"] = {one.passage: one.score for one in lent}
    return made


def lending(
    searcher: Searcher, headings: Headings, share: float
) -> Callable[[Floats, Integers, Floats], Floats]:
    """What lends windows the words of their hosts, as in use, and of their headings."""

    def lend(tokens: Floats, rows: Integers, met: Floats) -> Floats:
        made = searcher.lend(tokens, rows, met).copy()
        known: dict[str, Floats] = {}
        for at, row in enumerate(rows):
            name = searcher.index.windows[row].passage
            if name in headings.tokens:
                if name not in known:
                    known[name] = share * (headings.tokens[name] @ tokens.T).max(axis=0)
                made[at] = np.maximum(made[at], known[name])
        return made

    return lend


def met(sentences: Sequence[Floats], tokens: Floats) -> Floats:
    """Best cosine of each word piece of a question in each sentence."""
    none = np.full(len(tokens), -1.0, dtype=np.float32)
    return np.array([(one @ tokens.T).max(axis=0) if len(one) else none for one in sentences])


def runs(sentences: Floats, size: int) -> Floats:
    """The same in each run of some sentences, or in all together."""
    if not size or len(sentences) <= size:
        return np.asarray(sentences.max(axis=0, keepdims=True))
    parts = [sentences[at : len(sentences) - size + 1 + at] for at in range(size)]
    return np.asarray(np.max(parts, axis=0))


def figures(scores: Scores, judged: Mapping[str, int]) -> tuple[float, float]:
    """nDCG@10 and Success@1 of one question."""
    order = sorted(scores, key=lambda name: -scores[name])
    discounts = 1 / np.log2(np.arange(2, 12))
    gains = np.array([judged.get(name, 0) for name in order[:10]])
    ideal = np.array(sorted(judged.values(), reverse=True)[:10])
    best = float((ideal * discounts[: len(ideal)]).sum()) or 1.0
    first = judged.get(order[0], 0) == max(judged.values())
    return float((gains * discounts[: len(gains)]).sum()) / best, float(first)


if __name__ == "__main__":
    main()
