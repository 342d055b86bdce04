"""Evaluates ranking methods on question sets, and saves reports in the user's folders."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.core.errors import AssistantError, DatasetError
from assistant.core.essay import SEARCHED_KINDS, Progress
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.evaluation.methods import Methods, PassagesByDocument, chosen_methods, needs_index
from assistant.evaluation.render import report_fragment, report_markdown, report_page
from assistant.evaluation.report import (
    compare,
    evaluation_object,
    is_report,
    question_objects,
    worst_questions,
)
from assistant.evaluation.runner import Evaluation, evaluate
from assistant.library.adding import essay_of_passages
from assistant.library.library import Library
from assistant.retrieval.finder import Finder

DATA = "report.json"


class OutputError(AssistantError):
    """A file cannot be written to, or read from, the folder that the user named."""


def prepare_folder(folder: Path) -> None:
    """Make a folder and try to write to it, before any work is done for it.

    Raises:
        OutputError: If it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _output_error(folder, error) from error


def earlier_report(folder: Path) -> dict[str, Any] | None:
    """The report that a folder holds, or ``None``.

    Raises:
        OutputError: If the file in its place is not a report.
    """
    path = folder / DATA
    if not path.exists():
        return None
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _no_report(path) from error
    if not is_report(data):
        raise _no_report(path)
    return dict(data)


def _no_report(path: Path) -> OutputError:
    return OutputError(f"{path} is not a report to compare with; delete it or name another folder.")


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts, by file name, to a folder that exists; each file replaces an older one whole.

    Raises:
        OutputError: If a file cannot be written.
    """
    new: dict[str, Path] = {}
    try:
        for name, text in files.items():
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            new[name] = Path(temporary)
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "replace"))
            # A temporary file is readable by this user only; a finished one as any other file.
            new[name].chmod(0o644)
        for name, path in new.items():
            path.replace(folder / name)
    except OSError as error:
        raise _output_error(folder, error) from error
    finally:
        for path in new.values():
            path.unlink(missing_ok=True)


def _output_error(folder: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"{folder} cannot be written to ({reason}); name a folder that can.")


SCHEMA = 1
WORST = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """The measurements of one question set.

    Attributes:
        dataset: The set.
        evaluations: One for each method, in the order in which they were named.
        data: Its figures, its worst questions, and the result of each question.
    """

    dataset: Dataset
    evaluations: tuple[Evaluation, ...]
    data: dict[str, Any]


class EvaluationReport:
    """The results of an evaluation.

    Args:
        sets: Figures of each set, as in ``Measured.data``.
        before: Data of an earlier report to compare with, or ``None``.
    """

    def __init__(self, sets: Sequence[Mapping[str, Any]], before: Mapping[str, Any] | None = None) -> None:
        now = datetime.now(UTC).isoformat(" ", "minutes").removesuffix("+00:00") + " UTC"
        self.data: dict[str, Any] = {"schema": SCHEMA, "made": now, "datasets": [*sets], "comparison": None}
        if before is not None:
            self.data["comparison"] = compare(before, self.data)

    @property
    def comparison(self) -> dict[str, Any] | None:
        """What changed since the earlier report."""
        comparison: dict[str, Any] | None = self.data["comparison"]
        return comparison

    @cached_property
    def html(self) -> str:
        """The report as an HTML element with its own style, for any page."""
        return report_fragment(self.data)

    @property
    def page(self) -> str:
        """The report as a whole HTML page."""
        return report_page(self.html)

    @property
    def markdown(self) -> str:
        """The report as Markdown."""
        return report_markdown(self.data)


def assess(
    library: Library,
    folders: Sequence[Path],
    methods: Sequence[str],
    progress: Progress,
) -> EvaluationReport:
    """Evaluate methods on question sets and report on it; arguments and errors as for ``measure``."""
    return EvaluationReport([measured.data for measured in measure(library, folders, methods, progress)])


def measure(
    library: Library,
    folders: Sequence[Path],
    methods: Sequence[str],
    progress: Progress,
    worst: int = WORST,
) -> Iterator[Measured]:
    """Evaluate methods on question sets.

    Args:
        library: Holds the essays of sets without passages of their own.
        folders: The sets; those in the library's ``data/eval`` if none is named.
        methods: Names of ranking methods; all if none is named.
        progress: Called as steps are done.
        worst: How many of the first method's worst questions to name.

    Yields:
        Each set as soon as it is measured.

    Raises:
        DatasetError: If a set or a method is not known, or an essay of a set is not in the library.
    """
    names = chosen_methods(methods)
    # All sets are read first: an error in the last is reported before the first has taken its minutes.
    datasets = [load_dataset(folder) for folder in folders or _own_sets(library)]
    for dataset in datasets:
        finder, corpus = opened(dataset, library, progress, indexed=needs_index(names))
        rankers = Methods(finder, corpus, progress)
        evaluations = tuple(_evaluated(dataset, rankers, corpus, name, progress) for name in names)
        data = evaluation_object(dataset, evaluations) | {
            "model": finder.searcher.encoder.info.name,
            "worst": worst_questions(evaluations[0], dataset, corpus, worst),
            "questions": question_objects(evaluations),
        }
        yield Measured(dataset, evaluations, data)


def _own_sets(library: Library) -> list[Path]:
    folders = [*library.question_sets().values()]
    if not folders:
        raise DatasetError("No question set was named, and the library has none of its own; name a folder.")
    return folders


def _evaluated(
    dataset: Dataset, methods: Methods, corpus: PassagesByDocument, method: str, progress: Progress
) -> Evaluation:
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(method, done, len(dataset.questions))

    return evaluate(dataset, methods.ranker(method), corpus, method, count)


def opened(
    dataset: Dataset, library: Library, progress: Progress, *, indexed: bool
) -> tuple[Finder, PassagesByDocument]:
    """The passages that a set asks about, and what finds them.

    A set's own passages are only indexed if a method needs that.
    """
    if dataset.corpus is not None:
        essays = [essay_of_passages(doc, doc, texts) for doc, texts in dataset.corpus.items()]
        finder = library.finder_of(essays if indexed else [], progress)
    else:
        docs = {question.doc for question in dataset.questions if question.doc}
        if missing := sorted(docs - set(library.ids())):
            raise DatasetError(
                f"{dataset.name} asks about {missing[0]!r}, which is not in {library.root}; "
                "add that essay first."
            )
        essays = library.essays()
        finder = library.finder()
    return finder, {
        essay.id: {passage.id: passage for passage in essay.passages if passage.kind in SEARCHED_KINDS}
        for essay in essays
    }
