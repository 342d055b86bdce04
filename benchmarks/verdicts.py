"""Measure what questions are told: that the passages answer, come near, or that nothing answers.

    python benchmarks/verdicts.py [--library DIR] [--cache DIR] DATASET_DIR ...

Prints Markdown tables: the verdicts of each kind of question, how well the confidence separates questions
with an answer from those without, and how far it is from what happens. Each set is also measured with as many
questions without an answer as with one: its own unanswerable questions and, where these are too few,
answerable ones without the passages that answer (ablated). In brackets is the bootstrap 95% interval.
"""

from __future__ import annotations

import argparse
import pickle
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.cli.terminal import Bar
from assistant.core.answer import VERDICTS
from assistant.core.errors import AssistantError
from assistant.evaluation.assess import opened
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.evaluation.methods import MethodResult, Methods, PassagesByDocument
from assistant.evaluation.runner import SHOWN, answering, highest_judgement
from assistant.evaluation.statistics import area, calibrate
from assistant.library.files import find_root
from assistant.library.library import Library

SEED = 7
RESAMPLES = 1_000
COVERAGES = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Observation:
    """What a question was told.

    Attributes:
        kind: Type of an unanswerable question, ``answerable``, or ``ablated``.
        verdict: The verdict.
        confidence: The confidence.
        first: Whether the first passage answers.
        shown: Whether one of those shown answers.
    """

    kind: str
    verdict: str
    confidence: float
    first: bool
    shown: bool


def main() -> None:
    """Print the tables of each set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DATASET_DIR")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="folder that keeps what was observed")
    parser.add_argument("--questions", type=int, default=600, help="questions of each set, at most")
    options = parser.parse_args()
    library = Library(find_root(options.library), notify=lambda sentence: print(sentence, file=sys.stderr))
    observed: dict[str, list[Observation]] = {}
    try:
        for folder in options.folders:
            file = options.cache / f"{folder.name}.pickle" if options.cache else None
            if file is not None and file.exists():
                observed[folder.name] = pickle.loads(file.read_bytes())  # noqa: S301 - written below
                continue
            observed[folder.name] = list(observations(load_dataset(folder), library, options.questions))
            if file is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(pickle.dumps(observed[folder.name]))
    except AssistantError as error:
        sys.exit(f"{error}")
    print(verdict_table(observed), separation_table(observed), calibration_table(observed), sep="\n\n")


def observations(dataset: Dataset, library: Library, most: int) -> Iterator[Observation]:
    """Ask the questions of a set, and the answerable ones again without the passages that answer."""
    with Bar("questions") as bar:
        finder, corpus = opened(dataset, library, bar, indexed=True)
        ranker = Methods(finder, corpus, bar).ranker("late")
        highest = highest_judgement(dataset)
        questions = random.Random(SEED).sample(dataset.questions, min(most, len(dataset.questions)))
        for number, question in enumerate(questions, 1):
            bar(dataset.name, number, len(questions))
            candidates = candidates_of(question, dataset, corpus)
            gold = set(answering(dataset, question, highest))
            kind = "answerable" if question.answerable else question.type or "unanswerable"
            yield observed_as(kind, ranker(question, candidates), gold)
            if question.answerable:
                judged = set(dataset.qrels.get(question.id, {}))
                yield observed_as("ablated", ranker(question, candidates - judged), set())


def candidates_of(question: DatasetQuestion, dataset: Dataset, corpus: PassagesByDocument) -> frozenset[str]:
    """Ids of the passages that a question is asked of."""
    docs = list(corpus) if dataset.whole or not question.doc else [question.doc]
    return frozenset(name for doc in docs for name in corpus[doc]) - question.exclude


def observed_as(kind: str, result: MethodResult, gold: set[str]) -> Observation:
    """What a question of a kind was told."""
    names = [name for name, _ in result.scored[:SHOWN]]
    return Observation(
        kind=kind,
        verdict=result.verdict or "none",
        confidence=result.confidence or 0.0,
        first=bool(names) and names[0] in gold,
        shown=not gold.isdisjoint(names),
    )


def of_the_set(observed: Sequence[Observation]) -> list[Observation]:
    """The questions of a set as they are."""
    return [seen for seen in observed if seen.kind != "ablated"]


def half_unanswerable(observed: Sequence[Observation]) -> list[Observation]:
    """As many questions without an answer as with one; ablated ones fill up, drawn with a fixed seed."""
    answerable = [seen for seen in observed if seen.kind == "answerable"]
    unanswerable = [seen for seen in observed if seen.kind not in {"answerable", "ablated"}]
    ablated = [seen for seen in observed if seen.kind == "ablated"]
    chance = random.Random(SEED)
    if len(unanswerable) > len(answerable):
        return [*answerable, *chance.sample(unanswerable, len(answerable))]
    return [*answerable, *unanswerable, *chance.sample(ablated, len(answerable) - len(unanswerable))]


def verdict_table(observed: dict[str, list[Observation]]) -> str:
    """Share of each verdict, by kind of question."""
    rows = []
    for name, all_seen in observed.items():
        kinds = {"right passage first": [seen for seen in all_seen if seen.first]}
        for seen in all_seen:
            if seen.kind != "answerable":
                kinds.setdefault(seen.kind, []).append(seen)
        kinds["ablated"] = kinds.pop("ablated", [])
        for kind, members in kinds.items():
            if members:
                shares = [share(members, verdict) for verdict in VERDICTS]
                rows.append([name, kind, str(len(members)), *shares])
    return table(["set", "questions", "number", *VERDICTS], rows)


def share(members: Sequence[Observation], verdict: str) -> str:
    """The share of questions with a verdict."""
    return with_interval(members, lambda drawn: float(np.mean([seen.verdict == verdict for seen in drawn])))


def separation_table(observed: dict[str, list[Observation]]) -> str:
    """AUROC of the confidence of answerable questions against each kind without an answer."""
    rows = []
    for name, all_seen in observed.items():
        kinds = sorted({seen.kind for seen in all_seen} - {"answerable", "unanswerable", "ablated"})
        groups = {"all unanswerable": {seen.kind for seen in of_the_set(all_seen)} - {"answerable"}}
        groups |= {kind: {kind} for kind in [*kinds, "ablated"]}
        for group, members in groups.items():
            chosen = [seen for seen in all_seen if seen.kind == "answerable" or seen.kind in members]
            rows.append([name, group, with_interval(chosen, separation)])
    return table(["set", "answerable against", "AUROC"], rows)


def separation(observed: Sequence[Observation]) -> float:
    """AUROC of the confidence."""
    known = [seen.confidence for seen in observed if seen.kind == "answerable"]
    unknown = [seen.confidence for seen in observed if seen.kind != "answerable"]
    found = area(known, unknown)
    return float("nan") if found is None else found


def calibration_table(observed: dict[str, list[Observation]]) -> str:
    """ECE, Brier score and risk at some coverages, of the sets as they are and half unanswerable."""
    rows = []
    for name, all_seen in observed.items():
        for label, members in (("as it is", of_the_set(all_seen)), ("half", half_unanswerable(all_seen))):
            risks = [f"{risk(members, coverage):.3f}" for coverage in COVERAGES]
            rows.append(
                [
                    name,
                    label,
                    f"{np.mean([seen.shown for seen in members]):.3f}",
                    with_interval(members, calibration_error),
                    with_interval(members, brier_score),
                    *risks,
                ]
            )
    heads = ["set", "unanswerable", "answer shown", "ECE", "Brier score"]
    return table([*heads, *(f"risk at {coverage:.0%}" for coverage in COVERAGES)], rows)


def calibration_error(observed: Sequence[Observation]) -> float:
    """ECE of the confidence that an answering passage is shown."""
    return calibrate([seen.confidence for seen in observed], [seen.shown for seen in observed]).ece


def brier_score(observed: Sequence[Observation]) -> float:
    """Brier score of that confidence."""
    return float(np.mean([(seen.confidence - seen.shown) ** 2 for seen in observed]))


def risk(observed: Sequence[Observation], coverage: float) -> float:
    """Share without an answer among the most confident questions."""
    curve = calibrate([seen.confidence for seen in observed], [seen.shown for seen in observed]).curve
    return curve[max(0, round(coverage * len(curve)) - 1)][1]


def with_interval(observed: Sequence[Observation], figure: Callable[[Sequence[Observation]], float]) -> str:
    """A figure with its bootstrap interval."""
    chance = np.random.default_rng(SEED)
    count = len(observed)
    drawn = [figure([observed[i] for i in chance.integers(0, count, count)]) for _ in range(RESAMPLES)]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return f"{figure(observed):.3f} ({low:.3f}–{high:.3f})"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows])


if __name__ == "__main__":
    main()
