r"""A learned fusion of what is known of question and passage, beside the late score alone.

    pip install lightgbm
    python benchmarks/fusion.py --held-out training/held_out.json --train SQUAD2_TRAIN FAIRYTALEQA_TRAIN \
        [--library DIR] DATASET_DIR ...

LambdaMART (boosted trees, LightGBM) and a logistic regression learn from the first passages of each question
of the training sets, and put those of the others in order anew, as do the documents of the training sets
that were held out, which also tell how many trees to keep. Passages that were found by their words or
their place stay in front. Prints nDCG@10 and R@1 of each set, and the difference with its 95% interval.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ir_measures
import lightgbm
import numpy as np
from ir_measures import R, nDCG
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from variants import opened

from assistant.core.essay import Passage
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.evaluation.runner import highest_judgement
from assistant.evaluation.statistics import contrast
from assistant.retrieval import questions
from assistant.retrieval.finder import Finder
from assistant.retrieval.ranking import rank

SEED = 3
# Passages put in order anew.
FIRST = 20
# A cosine from which a word of the question counts as found.
FOUND = 0.6
FEATURES = (
    "late", "below the best", "place in the order", "windows", "windows below the best", "share of best BM25",
    "whole passage", "without framing", "weight found", "weight found in the passage", "least met",
    "lent by the host", "neighbours", "position", "characters", "note", "quotation", "kind asked for",
    "pieces of the question", "asks why or how",
)  # fmt: skip
TREES = {
    "objective": "lambdarank", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 50,
    "feature_fraction": 0.7, "bagging_fraction": 0.7, "bagging_freq": 1, "lambdarank_truncation_level": 5,
    "seed": SEED, "deterministic": True, "verbose": -1, "num_threads": 1, "metric": "ndcg", "eval_at": [10],
}  # fmt: skip
MOST_TREES, PATIENCE = 400, 40
Numbers = NDArray[np.float64]
Score = Callable[[Numbers], Numbers]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its first passages by likeness, and what is known of them.

    Attributes:
        question: The question.
        order: Passages as the assistant ranks them.
        kept: How many of them stay in front: those found by their words or their place.
        names: The passages that may change places.
        features: What is known of each, shape ``(names, features)``.
        labels: How each was judged.
    """

    question: DatasetQuestion
    order: Sequence[str]
    kept: int
    names: Sequence[str]
    features: Numbers
    labels: Sequence[int]


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="DATASET_DIR")
    parser.add_argument("--train", nargs="+", type=Path, required=True, metavar="DATASET_DIR")
    parser.add_argument("--held-out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--questions", type=int, default=1500)
    parser.add_argument("--documents", type=int, default=80)
    options = parser.parse_args()
    held_out = json.loads(options.held_out.read_text("utf-8"))
    learnt: list[Asked] = []
    held: dict[str, tuple[Dataset, list[Asked]]] = {}
    for folder in options.train:
        dataset = load_dataset(folder)
        asked = asked_of(dataset, None, options.questions, options.documents)
        kept = set(held_out[folder.name])
        learnt.extend(one for one in asked if one.question.doc not in kept)
        held[folder.name] = dataset, [one for one in asked if one.question.doc in kept]
    methods = {
        "logistic regression": logistic(learnt),
        "LambdaMART": lambdamart(learnt, [one for _, some in held.values() for one in some]),
    }
    print("\n| set | questions | method | nDCG@10 | R@1 | nDCG@10 less | R@1 less |\n" + "| --- " * 7 + "|")
    for name, (dataset, asked) in held.items():
        told(f"{name}, held out", dataset, asked, methods)
    for folder in options.folders:
        dataset = load_dataset(folder)
        # Of a whole library every passage is a candidate.
        asked = asked_of(dataset, options.library, len(dataset.questions), len(dataset.corpus or ()))
        told(folder.name, dataset, asked, methods)


def asked_of(dataset: Dataset, library: Path | None, count: int, documents: int) -> list[Asked]:
    """Some answerable questions of a set, with what is known of their first passages."""
    finder, docs = opened(dataset, library, documents)
    asked = [one for one in dataset.questions if one.answerable and (dataset.whole or one.doc in docs)]
    chance = random.Random(SEED)
    made = []
    for question in chance.sample(asked, min(count, len(asked))):
        pool = [one for some in docs.values() for one in some] if dataset.whole else docs[question.doc]
        passages = [one for one in pool if one.id not in question.exclude]
        made.append(looked_at(dataset, question, finder, passages))
    return made


def looked_at(
    dataset: Dataset, question: DatasetQuestion, finder: Finder, passages: Sequence[Passage]
) -> Asked:
    """What is known of the first passages of a question."""
    text, among = finder.read(question.text, question.history), {one.id for one in passages}
    ranking = finder.find(text, among, fast=True)
    order = [one.passage for one in ranking.ranked]
    kept = sum(name in ranking.spans for name in order)
    features = features_of(ranking.query.text, finder, passages)
    names = [name for name in order[kept : kept + FIRST] if name in features]
    judged = dataset.qrels.get(question.id, {})
    rows = np.array([features[name] for name in names], dtype=np.float64).reshape(-1, len(FEATURES))
    return Asked(question, order, kept, names, rows, [judged.get(name, 0) for name in names])


def features_of(text: str, finder: Finder, passages: Sequence[Passage]) -> dict[str, list[float]]:
    """What is known of each passage that a question may be answered by; see ``FEATURES``."""
    searcher, among = finder.searcher, {one.id for one in passages}
    rows, query = searcher.rows(among), searcher.query(text)
    weights, bare = searcher.weighed(query, rows)
    late = searcher.late(query, weights, rows)
    scores = {one.passage: one.score for one in late}
    alone = {one.passage: one.score for one in rank(query, weights, searcher.index, rows, lambda: rows)}
    windows, bm25 = (dict(searcher.ranking(text, name, among)) for name in ("windows", "bm25"))
    nearest, most = max(windows.values(), default=0.0), max(bm25.values(), default=0.0) or 1.0
    kind, reasons = questions.kind_asked(text), float(text.lower().startswith(("why", "how")))
    place = {one.id: at for at, one in enumerate(passages)}
    own: dict[str, list[int]] = {}
    for row in rows:
        own.setdefault(searcher.index.windows[row].passage, []).append(row)
    made = {}
    for at, one in enumerate(late[: 2 * FIRST]):
        passage, here = finder.passages[one.passage], place[one.passage]
        low, high = own[passage.id][0], own[passage.id][-1]
        tokens = slice(searcher.index.offsets[low], searcher.index.offsets[high + 1])
        met = searcher.index.tokens.cosines(tokens, query.tokens).max(axis=0)
        beside = [passages[other].id for other in (here - 1, here + 1) if 0 <= other < len(passages)]
        made[passage.id] = [
            one.score, one.score - late[0].score, at, windows[passage.id], windows[passage.id] - nearest,
            bm25.get(passage.id, 0.0) / most, met @ weights, one.met @ bare, (one.met > FOUND) @ weights,
            (met > FOUND) @ weights, one.met[bare > bare.mean()].min(initial=1.0),
            one.score - alone.get(passage.id, one.score),
            np.mean([scores.get(other, 0.0) for other in beside] or [0.0]), here / len(passages),
            len(passage.text), passage.kind == "note", passage.kind in ("blockquote", "verse"),
            passage.kind == kind, len(query.ids), reasons,
        ]  # fmt: skip
    return made


def logistic(learnt: Sequence[Asked]) -> Score:
    """A logistic regression on the same."""
    features = np.vstack([one.features for one in learnt])
    labels = np.concatenate([one.labels for one in learnt]) > 0
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
    model.fit(features, labels)
    return lambda rows: np.asarray(model.decision_function(rows), dtype=np.float64)


def lambdamart(learnt: Sequence[Asked], held: Sequence[Asked]) -> Score:
    """Boosted trees for the order; as many as are best on what was held out."""
    data, other = (
        lightgbm.Dataset(
            np.vstack([one.features for one in some]),
            np.concatenate([one.labels for one in some]),
            group=[len(one.names) for one in some],
            feature_name=[name.replace(" ", "_") for name in FEATURES],
        )
        for some in (learnt, held)
    )
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    model = lightgbm.train(TREES, data, MOST_TREES, valid_sets=[other], callbacks=[stop])
    gains = sorted(zip(model.feature_importance("gain"), FEATURES, strict=True), reverse=True)
    print(f"{model.best_iteration} trees; what they go by: " + ", ".join(name for _, name in gains[:8]))
    return lambda rows: np.asarray(model.predict(rows), dtype=np.float64)


def told(name: str, dataset: Dataset, asked: Sequence[Asked], methods: dict[str, Score]) -> None:
    """Print the rows of a set."""
    plain = measured(dataset, asked, lambda rows: -np.arange(len(rows), dtype=np.float64))
    first = " | ".join(f"{one:.3f}" for one in plain.mean(axis=0))
    print(f"| {name} | {len(asked)} | late | {first} | | |", flush=True)
    for method, score in methods.items():
        found = measured(dataset, asked, score)
        said = [f"{one:.3f}" for one in found.mean(axis=0)]
        for at in range(found.shape[1]):
            less = contrast(found[:, at].tolist(), plain[:, at].tolist())
            low, high = less.interval
            said.append(f"{less.difference:+.3f} ({low:+.3f} to {high:+.3f})")
        print(f"| | | {method} | " + " | ".join(said) + " |", flush=True)


def measured(dataset: Dataset, asked: Sequence[Asked], score: Score) -> Numbers:
    """nDCG@10 and R@1 of each question, its first passages in the order of a score."""
    run = {}
    for one in asked:
        scores = score(one.features) if one.names else np.zeros(0)
        anew = [one.names[at] for at in np.argsort(-scores, kind="stable")]
        order = [*one.order[: one.kept], *anew]
        order += [name for name in one.order if name not in set(order)]
        run[one.question.id] = {passage: float(-at) for at, passage in enumerate(order[:100])}
    qrels = {one.question.id: dict(dataset.qrels[one.question.id]) for one in asked}
    measures = (nDCG @ 10, R(rel=highest_judgement(dataset)) @ 1)
    values = {(one.query_id, one.measure): one.value for one in ir_measures.iter_calc(measures, qrels, run)}
    return np.array([[values[one.question.id, measure] for measure in measures] for one in asked])


if __name__ == "__main__":
    main()
