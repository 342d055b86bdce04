"""Remake the figures of ``assistant.retrieval.confidence`` from question sets kept for tuning.

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
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from assistant.evaluation import runner
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.library.adding import given_passages
from assistant.library.indexing import no_step
from assistant.library.library import Library
from assistant.retrieval.confidence import PRECISION, Signs, features
from assistant.retrieval.finder import Finder

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
from alterations import Altering

SEED = 7
FOLDS = 5
PRECISIONS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9)
CONDITIONS = (*runner.CONDITIONS, "altered")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a question under one condition.

    Attributes:
        question: The question's id, with the set's name.
        condition: ``asked`` or one of ``CONDITIONS``.
        signs: What the program sees.
        shown: Whether an answering passage is among the first.
    """

    question: str
    condition: str
    signs: Signs
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
    parser.add_argument("--questions", type=int, default=327, help="questions of each set")
    options = parser.parse_args()
    held = json.loads(options.held_out.read_text("utf-8"))
    seen = [
        one for folder in options.folders for one in observe(folder, held[folder.name], options.questions)
    ]
    report("FAST", seen, np.array([features(replace(one.signs, reads=())) for one in seen]))
    report("READ", seen, np.array([features(one.signs) for one in seen]))


def report(name: str, seen: Sequence[Seen], figures: np.ndarray) -> None:
    """Print figures of each fifth of the questions by a fit on the others, then the model of all.

    Whatever was seen of one question stays together: fits would else know half the answers.
    """
    answered = np.array([one.shown for one in seen])
    folds = GroupKFold(FOLDS).split(figures, groups=[one.question for one in seen])
    chances = np.zeros(len(seen))
    for fitting, judged in folds:
        chances[judged] = fitted(figures[fitting], answered[fitting]).predict_proba(figures[judged])[:, 1]
    print(f"\n{name}")
    known = chances[answered]
    for condition in CONDITIONS:
        unknown = chances[np.array([one.condition == condition for one in seen])]
        if len(unknown):
            labels = [1] * len(known) + [0] * len(unknown)
            area = roc_auc_score(labels, [*known, *unknown])
            print(f"  {condition}: AUROC {area:.3f} ({len(unknown)} questions)")
    model = fitted(figures, answered)
    print("  ", ", ".join(f"{one:.2f}" for one in [*model.intercept_, *model.coef_[0]]))
    chances = model.predict_proba(figures)[:, 1]
    for precision in sorted({*PRECISIONS, PRECISION}):
        value = threshold(chances, answered, precision)
        kept = np.mean(chances[answered] >= value)
        named = "THRESHOLD" if precision == PRECISION else "threshold"
        print(f"   {named} {value:.2f} for a precision of {precision:.2f}, {kept:.2f} of the answers kept")


def fitted(figures: np.ndarray, answered: np.ndarray) -> LogisticRegression:
    """A logistic regression in which both outcomes weigh the same."""
    return LogisticRegression(C=100, class_weight="balanced", max_iter=1000).fit(figures, answered)


def threshold(chances: np.ndarray, answered: np.ndarray, precision: float) -> float:
    """The lowest chance from which a share of those above have an answer, both kinds weighed alike."""
    for value in np.unique(np.round(chances, 3)):
        right, wrong = np.mean(chances[answered] >= value), np.mean(chances[~answered] >= value)
        if right / (right + wrong) >= precision:
            return float(value)
    return 1.0


def observe(folder: Path, held: Sequence[str], questions: int) -> Iterator[Seen]:
    """What is seen of some questions on the held-out documents of a set."""
    chance = random.Random(SEED)
    dataset = load_dataset(folder)
    corpus = {doc: dict(texts) for doc, texts in (dataset.corpus or {}).items() if doc in held}
    essays = [given_passages(doc, doc, texts) for doc, texts in corpus.items()]
    finder = Library(Path()).finder_of(essays, no_step)
    docs = {doc: set(texts) for doc, texts in corpus.items()}
    asked = [question for question in dataset.questions if question.doc in corpus]
    source = Source(dataset, docs, finder, Altering(asked, corpus, chance), chance)
    for question in chance.sample(asked, min(questions, len(asked))):
        yield from observations(question, source)


def observations(question: DatasetQuestion, source: Source) -> Iterator[Seen]:
    """What is seen of one question under each condition; nothing where its words or its place tell."""
    own = source.docs[question.doc] - question.exclude
    gold = set(source.dataset.qrels.get(question.id, {}))
    for condition, text, among in conditions(question, own, gold, source):
        ranking = source.finder.find(text, among)
        if ranking.signs is not None and ranking.signs.reads:
            first = {one.passage for one in ranking.ranked[: runner.SHOWN]}
            shown = condition == "asked" and not gold.isdisjoint(first)
            yield Seen(f"{source.dataset.name}/{question.id}", condition, ranking.signs, shown)


def conditions(
    question: DatasetQuestion, own: set[str], gold: set[str], source: Source
) -> Iterator[tuple[str, str, set[str]]]:
    """Name, question and passages of each condition under which a question is asked."""
    if not question.answerable:
        yield "native", question.text, own
        return
    yield "asked", question.text, own
    yield "ablated", question.text, own - gold
    others = [doc for doc in source.docs if doc != question.doc]
    if others:
        yield "foreign", question.text, source.docs[source.chance.choice(others)]
    texts = source.dataset.corpus or {}
    answer = " ".join(texts[question.doc][name] for name in sorted(gold) if name in texts[question.doc])
    if altered := source.altering.altered(question.text, answer):
        yield "altered", altered, own


if __name__ == "__main__":
    main()
