"""Remake the coefficients of ``assistant.retrieval.confidence`` from question sets reserved for tuning.

    python benchmarks/abstention.py --held-out training/held_out.json SQUAD2_TRAIN FAIRYTALEQA_TRAIN

Uses only documents on which the reading model was not trained. Each answerable question is asked four times:
as it is, with its answering passages removed (ablated), of another document (foreign), and altered like the
questions that the reading model is trained on (``training/alterations.py``, which needs WordNet). The sets'
own unanswerable questions are added.

The fit is for a mixture of these: of four questions, the first passages answer three. A question asked as it
is whose answering passage is not shown has the weight of one whose passage is; the conditions without an
answer share the rest equally, and so do the sets.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold

from assistant.evaluation import runner
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.library.adding import essay_of_passages
from assistant.library.library import Library
from assistant.library.models import no_progress
from assistant.retrieval.confidence import ANSWERS, NEAR, ConfidenceFeatures
from assistant.retrieval.finder import Finder, Ranking
from assistant.retrieval.index.bm25 import term_of, words_of
from assistant.retrieval.questions import Question

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
from alterations import QuestionAlterer

SEED = 7
FOLDS = 5
# The share of questions that the first passages answer, in the world that the fit is for.
ANSWERED = 0.75
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
CONDITIONS = (*runner.CONDITIONS, "altered")


@dataclass(frozen=True, slots=True)
class Observation:
    """The confidence features of a question under one condition.

    Attributes:
        question: The question's id, with the set's name.
        condition: ``asked`` or one of ``CONDITIONS``.
        features: The confidence features.
        shown: Whether an answering passage is among the first shown.
        first: Whether it is the first.
        share: The share of the question's idf whose words the first passage has.
    """

    question: str
    condition: str
    features: ConfidenceFeatures
    shown: bool
    first: bool
    share: float


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
    parser.add_argument("--questions", type=int, default=700, help="questions of each set, at most")
    parser.add_argument("--cache", type=Path, help="folder for the observations, which take minutes to make")
    options = parser.parse_args()
    held_out = json.loads(options.held_out.read_text("utf-8"))
    observed = [
        observation
        for folder in options.folders
        for observation in cached(folder, held_out[folder.name], options.questions, options.cache)
    ]
    fast = [replace(seen, features=replace(seen.features, logits=())) for seen in observed]
    for name, seen in (("COEFFICIENTS_WITHOUT_READING", fast), ("COEFFICIENTS_WITH_READING", observed)):
        report(name, seen, [one.features.values for one in seen])
        # What was tried and gained nothing.
        report(f"{name}, with the share", seen, [[*one.features.values, one.share] for one in seen])


def cached(folder: Path, held_out: Sequence[str], questions: int, cache: Path | None) -> list[Observation]:
    """Observations of a set, from the cache if they are there."""
    file = cache / f"{folder.name}-{questions}.pickle" if cache else None
    if file is not None and file.exists():
        observations_of_set: list[Observation] = pickle.loads(file.read_bytes())  # noqa: S301 - written below
        return observations_of_set
    observed = list(observe(folder, held_out, questions))
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pickle.dumps(observed))
    return observed


def report(name: str, observed: Sequence[Observation], rows: Sequence[Sequence[float]]) -> None:
    """Print cross-validated figures, then the coefficients of a fit on all questions.

    All observations of a question are in the same fold; else a fit would know half the answers.
    """
    figures, weights = np.array(rows), weights_of(observed)
    answered = np.array([seen.shown for seen in observed])
    folds = GroupKFold(FOLDS).split(figures, groups=[seen.question for seen in observed])
    probabilities = np.zeros(len(observed))
    for train, test in folds:
        model = fitted(figures[train], answered[train], weights[train])
        probabilities[test] = model.predict_proba(figures[test])[:, 1]
    loss = log_loss(answered, probabilities, sample_weight=weights)
    brier = brier_score_loss(answered, probabilities, sample_weight=weights)
    print(f"\n{name}: log loss {loss:.4f}, Brier score {brier:.4f}")
    known = np.array([seen.condition == "asked" for seen in observed])
    for condition in CONDITIONS:
        unknown = np.array([seen.condition == condition for seen in observed])
        if unknown.any():
            area = roc_auc_score(known[known | unknown], probabilities[known | unknown])
            print(f"  {condition}: AUROC {area:.3f}, {verdicts(probabilities[unknown])}")
    first = np.array([seen.first for seen in observed])
    print(f"  right passage first: {verdicts(probabilities[first])}")
    for least in THRESHOLDS:
        offered = probabilities >= least
        right = np.average(offered == answered, weights=weights)
        missed = np.average(answered[~offered], weights=weights[~offered])
        kept = np.mean(probabilities[first] >= least)
        print(f"   from {least:.2f}: {right:.3f} right, {missed:.3f} answered below, {kept:.3f} first kept")
    model = fitted(figures, answered, weights)
    print("  ", ", ".join(f"{number:.2f}" for number in [*model.intercept_, *model.coef_[0]]))


def verdicts(probabilities: np.ndarray) -> str:
    """The share of questions of each verdict."""
    near, answers = (float(np.mean(probabilities >= least)) for least in (NEAR, ANSWERS))
    return f"answers {answers:.3f}, near {near - answers:.3f}, none {1 - near:.3f} of {len(probabilities)}"


def weights_of(observed: Sequence[Observation]) -> np.ndarray:
    """Weights that make the mixture that is described above."""
    sets = np.array([seen.question.partition("/")[0] for seen in observed])
    conditions = np.array([seen.condition for seen in observed])
    shown = np.array([seen.shown for seen in observed])
    weights = np.zeros(len(observed))
    for name in np.unique(sets):
        asked = (sets == name) & (conditions == "asked")
        weights[asked] = ANSWERED / (asked & shown).sum()
        rest = 1 - weights[asked].sum()
        others = np.unique(conditions[(sets == name) & ~asked])
        for condition in others:
            members = (sets == name) & (conditions == condition)
            weights[members] = rest / len(others) / members.sum()
    return np.asarray(weights / weights.mean())


def fitted(figures: np.ndarray, answered: np.ndarray, weights: np.ndarray) -> LogisticRegression:
    """A logistic regression of weighted observations."""
    return LogisticRegression(C=100, max_iter=5000).fit(figures, answered, sample_weight=weights)


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
            names = [result.passage for result in ranking.ranked[: runner.SHOWN]]
            answered = [condition == "asked" and name in gold for name in names]
            yield Observation(
                f"{folder_name(source)}/{question.id}",
                condition,
                ranking.features,
                any(answered),
                answered[0],
                share_of(ranking, source.finder, among),
            )


def folder_name(source: Source) -> str:
    """Name of a set without a slash."""
    return source.dataset.name.replace("/", "-")


def share_of(ranking: Ranking, finder: Finder, among: set[str]) -> float:
    """The share of a question's idf, over its content words, whose stems the first passage has."""
    _, weights = finder.searcher.weights_with_content(ranking.query, finder.searcher.rows(among))
    text = finder.passages[ranking.ranked[0].passage].text
    stems = {term_of(word) for word in words_of(text)}
    has = [stems.issuperset(map(term_of, words_of(word))) for word in ranking.query.words]
    return float(weights @ np.array(has, dtype=np.float32))


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
