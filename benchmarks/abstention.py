"""Remake the figures of ``assistant.retrieval.abstention`` from question sets kept for tuning.

    python benchmarks/abstention.py ../shared/bench/squad2-train ../shared/bench/fairytaleqa-train

Each answerable question is asked three times: as it is, with its answering passages taken out
(ablated), and of another document (foreign); the sets' own unanswerable questions are added. The
threshold is the probability that nineteen of twenty questions reach whose answer is among the passages.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.answering import Answerer, Ranking
from assistant.evaluation.datasets import Dataset, Question, load_dataset
from assistant.ingest import given_passages
from assistant.library import Library

SEED = 7
SHOWN = 3
# The share of questions with an answer among the passages shown that must not be refused: a wrong "no"
# keeps an answer from its reader, a wrong "yes" still shows what the essay says.
KEPT = 0.95


def main() -> None:
    """Print intercept, slope, threshold and areas under the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=600, help="questions of each set")
    parser.add_argument("--documents", type=int, default=40, help="documents of each set")
    options = parser.parse_args()
    found = [
        row for folder in options.folders for row in observe(folder, options.questions, options.documents)
    ]
    scores = np.array([[row[0]] for row in found])
    answered = np.array([row[1] for row in found])
    conditions = np.array([row[2] for row in found])
    # Questions with an answer and questions without weigh the same, whatever their number.
    model = LogisticRegression(C=100, class_weight="balanced").fit(scores, answered)
    chances = model.predict_proba(scores)[:, 1]
    print(f"INTERCEPT, SLOPE = {model.intercept_[0]:.2f}, {model.coef_[0][0]:.2f}")
    threshold = float(np.quantile(chances[answered], 1 - KEPT))
    print(f"THRESHOLD = {threshold:.2f}")
    known = chances[conditions == "asked"]
    for condition in ("native", "ablated", "foreign"):
        unknown = chances[conditions == condition]
        labels = [1] * len(known) + [0] * len(unknown)
        area, refused = roc_auc_score(labels, [*known, *unknown]), np.mean(unknown < threshold)
        print(f"{condition}: AUROC {area:.3f}, refused {refused:.2f} of {len(unknown)} questions")


def observe(folder: Path, questions: int, documents: int) -> list[tuple[float, bool, str]]:
    """How well each question is met, whether its answer was among those shown, and its condition."""
    chance = random.Random(SEED)  # noqa: S311 - chooses questions, guards nothing
    dataset = load_dataset(folder)
    corpus = {doc: dict(texts) for doc, texts in list((dataset.corpus or {}).items())[:documents]}
    essays = [given_passages(doc, doc, texts) for doc, texts in corpus.items()]
    answerer = Library(Path()).answerer_of(essays, lambda _stage, _done, _total: None)
    asked = [question for question in dataset.questions if question.doc in corpus]
    rows = []
    for question in chance.sample(asked, min(questions, len(asked))):
        rows.extend(observations(dataset, answerer, question, corpus, chance))
    return rows


def observations(
    dataset: Dataset,
    answerer: Answerer,
    question: Question,
    corpus: dict[str, dict[str, str]],
    chance: random.Random,
) -> list[tuple[float, bool, str]]:
    """What is seen of one question under each condition."""
    own, gold = set(corpus[question.doc]) - question.exclude, set(dataset.qrels.get(question.id, {}))
    ranking = answerer.ranking(question.text, own)
    if not question.answerable:
        return [(ranking.met, False, "native")]
    other = chance.choice([doc for doc in corpus if doc != question.doc])
    return [
        (ranking.met, shown(ranking, gold), "asked"),
        (answerer.ranking(question.text, own - gold).met, False, "ablated"),
        (answerer.ranking(question.text, set(corpus[other])).met, False, "foreign"),
    ]


def shown(ranking: Ranking, gold: set[str]) -> bool:
    """Whether an answering passage is among the first."""
    return any(one.passage in gold for one in ranking.ranked[:SHOWN])


if __name__ == "__main__":
    main()
