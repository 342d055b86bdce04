"""The evaluation of a library or of question sets with passages of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.answering import Answerer
from assistant.errors import DatasetError
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.evaluation.report import evaluation_object, worst_questions
from assistant.evaluation.runner import DEFAULT_METHODS, Evaluation, evaluate
from assistant.ingest import given_passages
from assistant.library import Library
from assistant.types import SEARCHED_KINDS, Progress


def evaluate_folders(
    library: Library, folders: Sequence[Path], methods: Sequence[str], worst: int, progress: Progress
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Evaluate methods on question sets.

    Args:
        library: Holds the essays of sets that bring no passages of their own.
        folders: The sets; those of the library's own ``data/eval`` if none is named.
        methods: Names of ranking methods; all if none is named.
        worst: How many of the worst questions to name.
        progress: Told about steps done.

    Yields:
        For each set its figures and lines on the first method's worst questions.

    Raises:
        DatasetError: If a set or a method is not known, or an essay of a set is not in the library.
    """
    for folder in folders or _own_sets(library):
        dataset = load_dataset(folder)
        answerer, passages = _answerer(dataset, library, progress)
        named = list(dict.fromkeys(methods)) or list(DEFAULT_METHODS)
        if unknown := [name for name in named if name not in answerer.searcher.methods]:
            raise DatasetError(
                f"{unknown[0]!r} is no ranking method; choose among {', '.join(answerer.searcher.methods)}."
            )
        found = [_evaluated(dataset, answerer, passages, name, progress) for name in named]
        yield evaluation_object(dataset, found), worst_questions(found[0], dataset.qrels, worst)


def _own_sets(library: Library) -> list[Path]:
    known = library.ids()
    folders = [
        folder for folder in sorted((library.root / "data" / "eval").glob("*")) if folder.name in known
    ]
    if not folders:
        raise DatasetError("No question set was named, and the library has none of its own; name a folder.")
    return folders


def _evaluated(
    dataset: Dataset,
    answerer: Answerer,
    passages: Mapping[str, Sequence[str]],
    method: str,
    progress: Progress,
) -> Evaluation:
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(method, done, len(dataset.questions))

    return evaluate(dataset, answerer, passages, method, count)


def _answerer(
    dataset: Dataset, library: Library, progress: Progress
) -> tuple[Answerer, Mapping[str, Sequence[str]]]:
    if dataset.corpus is not None:
        essays = [given_passages(doc, doc, texts) for doc, texts in dataset.corpus.items()]
        return library.answerer_of(essays, progress), {
            doc: list(texts) for doc, texts in dataset.corpus.items()
        }
    docs = {question.doc for question in dataset.questions if question.doc}
    if missing := sorted(docs - set(library.ids())):
        raise DatasetError(
            f"{dataset.name} asks about {missing[0]!r}, which is not in {library.root}; add that essay first."
        )
    passages = {
        essay.id: [passage.id for passage in essay.passages if passage.kind in SEARCHED_KINDS]
        for essay in library.essays()
    }
    return library.answerer(), passages
