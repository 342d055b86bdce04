"""Runs and judgements as the files that trec_eval, ir_measures and other tools read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from assistant.evaluation.datasets import Dataset
from assistant.evaluation.runner import Evaluation


def trec_files(name: str, dataset: Dataset, evaluations: Sequence[Evaluation]) -> dict[str, str]:
    """The files of a set.

    Args:
        name: Name of the set's files; see ``file_names``.
        dataset: The set.
        evaluations: The methods.

    Returns:
        Text of ``NAME.qrels`` and of a ``NAME.METHOD.run`` for each method, by file name. Judgements are
        those of the answerable questions; runs hold the first hundred passages of every question.
    """
    answerable = {one.id for one in dataset.questions if one.answerable}
    qrels = "".join(
        f"{trec_id(question)} 0 {trec_id(passage)} {score}\n"
        for question, judged in dataset.qrels.items()
        if question in answerable
        for passage, score in judged.items()
    )
    runs = {f"{name}.{one.method}.run": _run(one) for one in evaluations}
    return {f"{name}.qrels": qrels, **runs}


def trec_id(name: str) -> str:
    """An id as the formats can hold it: white space, and the sign that escapes it, as ``%20``."""
    return re.sub(r"[\s%]", lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), name)


def _run(evaluation: Evaluation) -> str:
    return "".join(
        f"{trec_id(one.question.id)} Q0 {trec_id(passage)} {rank} {score:.9g} {evaluation.method}\n"
        for one in evaluation.outcomes
        for rank, (passage, score) in enumerate(_falling(one.run), 1)
    )


def _falling(run: Mapping[str, float]) -> list[tuple[str, float]]:
    """Scores that fall from each to the next: tools sort by them anew, and order equal ones otherwise."""
    made: list[tuple[str, float]] = []
    for name, exact in run.items():
        # trec_eval reads single precision.
        score = np.float32(exact)
        if made and score >= made[-1][1]:
            score = np.nextafter(np.float32(made[-1][1]), np.float32(-np.inf))
        made.append((name, float(score)))
    return made


def file_names(names: Sequence[str]) -> list[str]:
    """Names of sets as file names, each another one, whatever the letter case."""
    made: list[str] = []
    for name in names:
        plain = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:80] or "set"
        numbers = (f"{plain}-{number}" for number in range(2, len(names) + 2))
        taken = {one.casefold() for one in made}
        made.append(next(one for one in (plain, *numbers) if one.casefold() not in taken))
    return made
