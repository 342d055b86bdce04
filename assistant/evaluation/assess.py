"""The evaluation of a library or of question sets with passages of their own: ``assess`` does it all.

Reports and runs in folders of the user's: an earlier report is read, files are whole or not there.
"""

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
from assistant.evaluation.methods import Corpus, Methods, chosen, needs_index
from assistant.evaluation.render import report_markdown
from assistant.evaluation.report import evaluation_object, question_objects, worst_questions
from assistant.evaluation.runner import Evaluation, evaluate
from assistant.evaluation.tables import compare, is_report
from assistant.library.adding import essay_of_passages
from assistant.library.library import Library
from assistant.retrieval.finder import Finder

DATA = "report.json"


class OutputError(AssistantError):
    """What was asked for cannot be written where it was asked for."""


def prepare(folder: Path) -> None:
    """Make a folder and see that it can be written to, before work is done for it.

    Raises:
        OutputError: If it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _output_error(folder, error) from error


def earlier(folder: Path) -> dict[str, Any] | None:
    """The report that a folder holds, or ``None``.

    Raises:
        OutputError: If what stands in its place is none.
    """
    path = folder / DATA
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _no_report(path) from error
    if not is_report(found):
        raise _no_report(path)
    return dict(found)


def _no_report(path: Path) -> OutputError:
    return OutputError(f"{path} is no report to compare with; delete it or name another folder.")


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, each in the place of an older one at once and whole.

    Args:
        folder: Where to; it exists.
        files: Text by file name.

    Raises:
        OutputError: If one cannot be written.
    """
    new: dict[str, Path] = {}
    try:
        for name, text in files.items():
            handle, path = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            new[name] = Path(path)
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "replace"))
            # Made for this user alone until it is whole; then as any other file is.
            new[name].chmod(0o644)
        for name, one in new.items():
            one.replace(folder / name)
    except OSError as error:
        raise _output_error(folder, error) from error
    finally:
        for one in new.values():
            one.unlink(missing_ok=True)


def _output_error(folder: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"{folder} cannot be written to ({reason}); name a folder that can.")


SCHEMA = 1
WORST = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One question set, measured.

    Attributes:
        dataset: The set.
        evaluations: One a method, in the order asked for.
        data: Its figures, worst questions, and what became of each question.
    """

    dataset: Dataset
    evaluations: tuple[Evaluation, ...]
    data: dict[str, Any]


class EvaluationReport:
    """What an evaluation found.

    Args:
        sets: Figures of each set, as in ``Measured.data``.
        before: Data of an earlier report to compare with, or ``None``.
    """

    def __init__(self, sets: Sequence[Mapping[str, Any]], before: Mapping[str, Any] | None = None) -> None:
        made = datetime.now(UTC).isoformat(" ", "minutes").removesuffix("+00:00") + " UTC"
        self.data: dict[str, Any] = {"schema": SCHEMA, "made": made, "datasets": [*sets], "comparison": None}
        if before is not None:
            self.data["comparison"] = compare(before, self.data)

    @property
    def comparison(self) -> dict[str, Any] | None:
        """What changed since the earlier report."""
        found: dict[str, Any] | None = self.data["comparison"]
        return found

    @cached_property
    def html(self) -> str:
        """The report as an element of a page, with a style of its own."""
        from assistant.evaluation.render import report_fragment

        return report_fragment(self.data)

    @property
    def page(self) -> str:
        """The report as a page of its own."""
        from assistant.evaluation.render import report_page

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
    return EvaluationReport([one.data for one in measure(library, folders, methods, progress)])


def measure(
    library: Library,
    folders: Sequence[Path],
    methods: Sequence[str],
    progress: Progress,
    worst: int = WORST,
) -> Iterator[Measured]:
    """Evaluate methods on question sets.

    Args:
        library: Holds the essays of sets that bring no passages of their own.
        folders: The sets; those of the library's own ``data/eval`` if none is named.
        methods: Names of ranking methods; all if none is named.
        progress: Told about steps done.
        worst: How many of the first method's worst questions to name.

    Yields:
        Each set as soon as it is measured.

    Raises:
        DatasetError: If a set or a method is not known, or an essay of a set is not in the library.
    """
    named = chosen(methods)
    # A fault in the last set is told before the first has taken its minutes.
    datasets = [load_dataset(folder) for folder in folders or _own_sets(library)]
    for dataset in datasets:
        finder, corpus = opened(dataset, library, progress, indexed=needs_index(named))
        ranked = Methods(finder, corpus, progress)
        found = tuple(_evaluated(dataset, ranked, corpus, name, progress) for name in named)
        data = evaluation_object(dataset, found) | {
            "model": finder.searcher.encoder.info.name,
            "worst": worst_questions(found[0], dataset, corpus, worst),
            "questions": question_objects(found),
        }
        yield Measured(dataset, found, data)


def _own_sets(library: Library) -> list[Path]:
    folders = [*library.question_sets().values()]
    if not folders:
        raise DatasetError("No question set was named, and the library has none of its own; name a folder.")
    return folders


def _evaluated(
    dataset: Dataset, methods: Methods, corpus: Corpus, method: str, progress: Progress
) -> Evaluation:
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(method, done, len(dataset.questions))

    return evaluate(dataset, methods.ranker(method), corpus, method, count)


def opened(dataset: Dataset, library: Library, progress: Progress, *, indexed: bool) -> tuple[Finder, Corpus]:
    """What a set is asked of.

    Args:
        dataset: The set.
        library: Holds the essays of a set that brings no passages of its own.
        progress: Told about windows embedded.
        indexed: Whether a set's own passages are indexed, which not every method needs.

    Returns:
        What finds passages, and the passages themselves.

    Raises:
        DatasetError: If an essay of the set is not in the library.
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
        essay.id: {one.id: one for one in essay.passages if one.kind in SEARCHED_KINDS} for essay in essays
    }
