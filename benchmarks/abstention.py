"""Remake the figures of ``assistant.retrieval.confidence`` from question sets reserved for tuning.

    python benchmarks/abstention.py --held-out training/held_out.json SQUAD2_TRAIN FAIRYTALEQA_TRAIN

Uses only documents on which the reading model was not trained. Each answerable question is asked four times:
as it is, with its answering passages removed (ablated), of another document (foreign), and with one
characteristic word exchanged (altered); the sets' own unanswerable questions are added. Questions with and
without an answer have the same weight. The threshold is the lowest at which the stated share of questions
that are offered an answer have one.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from assistant.evaluation import runner
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.library.adding import essay_of_passages
from assistant.library.indexing import no_progress
from assistant.library.library import Library
from assistant.retrieval.confidence import PRECISION, ConfidenceFeatures
from assistant.retrieval.finder import Finder
from assistant.retrieval.questions import Question

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
from alterations import QuestionAlterer

SEED = 7
FOLDS = 5
PRECISIONS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
CONDITIONS = (*runner.CONDITIONS, "altered")


@dataclass(frozen=True, slots=True)
class Observation:
    """The confidence features of a question under one condition.

    Attributes:
        question: The question's id, with the set's name.
        condition: ``asked`` or one of ``CONDITIONS``.
        features: The confidence features.
        shown: Whether an answering passage is among the first shown.
    """

    question: str
    condition: str
    features: ConfidenceFeatures
    shown: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Held-out documents of a set, and what is needed to ask them."""

    dataset: Dataset
    docs: dict[str, set[str]]
    finder: Finder
    alterer: QuestionAlterer
    chance: random.Random


def main() -> None:
    """Print the figures with and without the reading model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--held-out", type=Path, required=True, help="documents held out of training, by set")
    parser.add_argument("--questions", type=int, default=327, help="questions of each set")
    options = parser.parse_args()
    held_out = json.loads(options.held_out.read_text("utf-8"))
    observed = [
        observation
        for folder in options.folders
        for observation in observe(folder, held_out[folder.name], options.questions)
    ]
    report(
        "COEFFICIENTS_WITHOUT_READING",
        observed,
        np.array([replace(seen.features, logits=()).values for seen in observed]),
    )
    report("COEFFICIENTS_WITH_READING", observed, np.array([seen.features.values for seen in observed]))


def report(name: str, observed: Sequence[Observation], figures: np.ndarray) -> None:
    """Print cross-validated figures, then the coefficients of a fit on all questions.

    All observations of a question are in the same fold; else a fit would know half the answers.
    """
    answered = np.array([seen.shown for seen in observed])
    folds = GroupKFold(FOLDS).split(figures, groups=[seen.question for seen in observed])
    probabilities = np.zeros(len(observed))
    for train, test in folds:
        model = fitted(figures[train], answered[train])
        probabilities[test] = model.predict_proba(figures[test])[:, 1]
    print(f"\n{name}")
    positive = probabilities[answered]
    for condition in CONDITIONS:
        negative = probabilities[np.array([seen.condition == condition for seen in observed])]
        if len(negative):
            labels = [1] * len(positive) + [0] * len(negative)
            area = roc_auc_score(labels, [*positive, *negative])
            print(f"  {condition}: AUROC {area:.3f} ({len(negative)} questions)")
    model = fitted(figures, answered)
    print("  ", ", ".join(f"{number:.2f}" for number in [*model.intercept_, *model.coef_[0]]))
    probabilities = model.predict_proba(figures)[:, 1]
    for precision in sorted({*PRECISIONS, PRECISION}):
        value = threshold(probabilities, answered, precision)
        share = np.mean(probabilities[answered] >= value)
        label = "THRESHOLD" if precision == PRECISION else "threshold"
        print(f"   {label} {value:.2f} for a precision of {precision:.2f}, {share:.2f} of the answers kept")


def fitted(figures: np.ndarray, answered: np.ndarray) -> LogisticRegression:
    """A logistic regression in which both outcomes have the same weight."""
    return LogisticRegression(C=100, class_weight="balanced", max_iter=1000).fit(figures, answered)


def threshold(probabilities: np.ndarray, answered: np.ndarray, precision: float) -> float:
    """The lowest probability above which ``precision`` of the questions have an answer, equally weighted."""
    for value in np.unique(np.round(probabilities, 3)):
        right, wrong = np.mean(probabilities[answered] >= value), np.mean(probabilities[~answered] >= value)
        if right / (right + wrong) >= precision:
            return float(value)
    return 1.0


def observe(folder: Path, held_out: Sequence[str], questions: int) -> Iterator[Observation]:
    """Observations of random questions on the held-out documents of a set."""
    chance = random.Random(SEED)
    dataset = load_dataset(folder)
    corpus = {doc: dict(texts) for doc, texts in (dataset.corpus or {}).items() if doc in held_out}
    essays = [essay_of_passages(doc, doc, texts) for doc, texts in corpus.items()]
    finder = Library(Path()).finder_of(essays, no_progress)
    docs = {doc: set(texts) for doc, texts in corpus.items()}
    asked = [question for question in dataset.questions if question.doc in corpus]
    source = Source(dataset, docs, finder, QuestionAlterer(asked, corpus, chance), chance)
    for question in chance.sample(asked, min(questions, len(asked))):
        yield from observations(question, source)


def observations(question: DatasetQuestion, source: Source) -> Iterator[Observation]:
    """Observations of one question; none if a quoted phrase or the essay's structure decides the ranking."""
    passages = source.docs[question.doc] - question.exclude
    gold = set(source.dataset.qrels.get(question.id, {}))
    for condition, text, among in conditions(question, passages, gold, source):
        ranking = source.finder.find(Question(text), among)
        if ranking.features is not None and ranking.features.logits:
            first = {result.passage for result in ranking.ranked[: runner.SHOWN]}
            shown = condition == "asked" and not gold.isdisjoint(first)
            yield Observation(f"{source.dataset.name}/{question.id}", condition, ranking.features, shown)


def conditions(
    question: DatasetQuestion, passages: set[str], gold: set[str], source: Source
) -> Iterator[tuple[str, str, set[str]]]:
    """Name, question and passages of each condition under which a question is asked."""
    if not question.answerable:
        yield "native", question.text, passages
        return
    yield "asked", question.text, passages
    yield "ablated", question.text, passages - gold
    others = [doc for doc in source.docs if doc != question.doc]
    if others:
        yield "foreign", question.text, source.docs[source.chance.choice(others)]
    texts = source.dataset.corpus or {}
    answer = " ".join(texts[question.doc][name] for name in sorted(gold) if name in texts[question.doc])
    if altered := source.alterer.altered(question.text, answer):
        yield "altered", altered, passages


if __name__ == "__main__":
    main()
