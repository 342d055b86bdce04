"""Remake the figures of ``assistant.retrieval.abstention`` from question sets kept for tuning.

    python benchmarks/abstention.py --held-out training/held_out.json SQUAD2_TRAIN FAIRYTALEQA_TRAIN

Only documents on which the model that reads was not trained are looked at. Each answerable question is asked
four times: as it is, with its answering passages taken out (ablated), of another document (foreign), and
with one telling word exchanged (altered); the sets' own unanswerable questions are added. Questions with
and without an answer weigh the same. The threshold is the lowest at which the stated share of questions
that are offered an answer have one.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.evaluation.datasets import Dataset, Question, load_dataset
from assistant.finding import Finder
from assistant.ingest import given_passages
from assistant.library import Library
from assistant.retrieval.abstention import PRECISION

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
from alterations import Altering

SEED = 7
SHOWN = 3
PRECISIONS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
CONDITIONS = ("native", "ablated", "foreign", "altered")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a question under one condition.

    Attributes:
        condition: ``asked`` or one of ``CONDITIONS``.
        met: How well the best passage meets it.
        read: Highest logit of the model that reads.
        shown: Whether an answering passage is among the first.
    """

    condition: str
    met: float
    read: float
    shown: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Documents that were held out, with what asks of them."""

    dataset: Dataset
    docs: dict[str, set[str]]
    finder: Finder
    altering: Altering
    chance: random.Random


def main() -> None:
    """Print the figures of both models, the one that reads and the one that does not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--held-out", type=Path, required=True, help="documents kept out of training, by set")
    parser.add_argument("--questions", type=int, default=400, help="questions of each set")
    options = parser.parse_args()
    held = json.loads(options.held_out.read_text("utf-8"))
    seen = [
        one for folder in options.folders for one in observe(folder, held[folder.name], options.questions)
    ]
    met = np.array([[one.met] for one in seen])
    report("without reading: INTERCEPT, MET", seen, met)
    report("READ_INTERCEPT, READ_MET, READ_LOGIT", seen, np.hstack([met, [[one.read] for one in seen]]))


def report(name: str, seen: Sequence[Seen], features: np.ndarray) -> None:
    """Fit on the even questions and print figures on the odd ones, then fit on all and print the model."""
    answered = np.array([one.shown for one in seen])
    even = np.arange(len(seen)) % 2 == 0
    chances = fitted(features[even], answered[even]).predict_proba(features)[:, 1]
    print(f"\n{name}")
    known = chances[~even & answered]
    for condition in CONDITIONS:
        unknown = chances[~even & np.array([one.condition == condition for one in seen])]
        if len(unknown):
            labels = [1] * len(known) + [0] * len(unknown)
            area = roc_auc_score(labels, [*known, *unknown])
            print(f"  {condition}: AUROC {area:.3f} ({len(unknown)} questions)")
    model = fitted(features, answered)
    print("  ", ", ".join(f"{one:.2f}" for one in [*model.intercept_, *model.coef_[0]]))
    chances = model.predict_proba(features)[:, 1]
    for precision in sorted({*PRECISIONS, PRECISION}):
        value = threshold(chances, answered, precision)
        kept = np.mean(chances[answered] >= value)
        named = "THRESHOLD" if precision == PRECISION else "threshold"
        print(f"   {named} {value:.2f} for a precision of {precision:.2f}, {kept:.2f} of the answers kept")


def fitted(features: np.ndarray, answered: np.ndarray) -> LogisticRegression:
    """A logistic regression in which both outcomes weigh the same."""
    return LogisticRegression(C=100, class_weight="balanced").fit(features, answered)


def threshold(chances: np.ndarray, answered: np.ndarray, precision: float) -> float:
    """The lowest chance from which a share of those above have an answer, both kinds weighed alike."""
    for value in np.unique(np.round(chances, 3)):
        right, wrong = np.mean(chances[answered] >= value), np.mean(chances[~answered] >= value)
        if right / (right + wrong) >= precision:
            return float(value)
    return 1.0


def observe(folder: Path, held: Sequence[str], questions: int) -> Iterator[Seen]:
    """What is seen of some questions on the held-out documents of a set."""
    chance = random.Random(SEED)  # noqa: S311 - chooses questions, guards nothing
    dataset = load_dataset(folder)
    corpus = {doc: dict(texts) for doc, texts in (dataset.corpus or {}).items() if doc in held}
    essays = [given_passages(doc, doc, texts) for doc, texts in corpus.items()]
    finder = Library(Path()).finder_of(essays, lambda _stage, _done, _total: None)
    docs = {doc: set(texts) for doc, texts in corpus.items()}
    asked = [question for question in dataset.questions if question.doc in corpus]
    source = Source(dataset, docs, finder, Altering(asked, corpus, chance), chance)
    for question in chance.sample(asked, min(questions, len(asked))):
        yield from observations(question, source)


def observations(question: Question, source: Source) -> Iterator[Seen]:
    """What is seen of one question under each condition."""
    own = source.docs[question.doc] - question.exclude
    gold = set(source.dataset.qrels.get(question.id, {}))
    if not question.answerable:
        yield look("native", question.text, own, set(), source)
        return
    yield look("asked", question.text, own, gold, source)
    yield look("ablated", question.text, own - gold, set(), source)
    others = [doc for doc in source.docs if doc != question.doc]
    if others:
        yield look("foreign", question.text, source.docs[source.chance.choice(others)], set(), source)
    texts = source.dataset.corpus or {}
    answer = " ".join(texts[question.doc][name] for name in sorted(gold) if name in texts[question.doc])
    if altered := source.altering.altered(question.text, answer):
        yield look("altered", altered, own, set(), source)


def look(condition: str, text: str, among: set[str], gold: set[str], source: Source) -> Seen:
    """Ask one question among some passages."""
    ranking = source.finder.find(text, among)
    shown = any(one.passage in gold for one in ranking.ranked[:SHOWN])
    return Seen(condition, ranking.met, 0.0 if ranking.read is None else ranking.read, shown)


if __name__ == "__main__":
    main()
