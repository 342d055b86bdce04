"""The command ``assistant evaluate``: its options, and what it prints and writes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.terminal import Bar, Command, common, open_library
from assistant.core.errors import AssistantError
from assistant.core.essay import Progress

if TYPE_CHECKING:
    from assistant.evaluation.assess import EvaluationReport, Measured
    from assistant.library.library import Library

# What an evaluation needs beyond what the assistant itself needs: modules, and what installs them.
_NEEDED = {"ir_measures": "ir_measures", "sklearn": "scikit-learn"}
_NEEDED_BY_REPORTS = {**_NEEDED, "matplotlib": "matplotlib"}


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be evaluated, and what is to be written.

    Attributes:
        folders: Question sets; those of the library's own if there are none.
        methods: Names of ranking methods; all if there are none.
        worst: How many of the worst questions of each set to name.
        report: Folder for the report, or ``None``.
        trec: Folder for run files and judgements, or ``None``.
    """

    folders: Sequence[Path]
    methods: Sequence[str]
    worst: int
    report: Path | None
    trec: Path | None


def options(command: Command) -> Command:
    """Arguments and options of the command, named as the attributes of ``Request``."""
    folder = click.Path(path_type=Path)
    added = [
        click.argument("folders", nargs=-1, type=folder, metavar="[DATASET_DIR]..."),
        click.option(
            "--method", "methods", multiple=True, metavar="M",
            help="Ranking method: late, fusion, rrf, windows, bm25 or dense (may be repeated; all if left "
            "out). The others are compared with the first.",
        ),
        click.option(
            "--worst", default=5, type=click.IntRange(min=0), show_default=True, metavar="N",
            help="Number of worst questions to name.",
        ),
        click.option(
            "--report", type=folder, metavar="DIR",
            help="Write report.html, report.md and report.json, compared with the report that is there.",
        ),
        click.option("--trec", type=folder, metavar="DIR", help="Write TREC run files and judgements."),
    ]  # fmt: skip
    for one in reversed(added):
        command = one(command)
    return command


def run(library: Library, request: Request, *, as_json: bool) -> None:
    """Evaluate, print the figures of each set as soon as they are there, and write what was asked for.

    Raises:
        AssistantError: If a set, a method or a folder cannot be used.
    """
    _need(_NEEDED_BY_REPORTS if request.report else _NEEDED)
    from assistant.evaluation import assess as command
    from assistant.evaluation import render

    for one in filter(None, (request.report, request.trec)):
        command.prepare(one)
    before = command.earlier(request.report) if request.report else None
    made = []
    with Bar("questions") as bar:
        for measured in command.measure(library, request.folders, request.methods, bar, request.worst):
            made.append(measured)
            if not as_json:
                click.echo(f"{render.evaluation_text(measured.data)}\n")
    report = command.EvaluationReport([one.data for one in made], before)
    if as_json:
        click.echo(json.dumps(render.evaluation_object(report.data), ensure_ascii=False))
    elif report.comparison:
        click.echo(render.comparison_text(report.comparison))
    _write(request, made, report)


def report_html(library: Library, folders: Sequence[Path], methods: Sequence[str], progress: Progress) -> str:
    """Evaluate question sets for the page, which gets the report as HTML with its own style.

    Raises:
        AssistantError: If a set or a method cannot be used, or what an evaluation needs is not installed.
    """
    _need(_NEEDED_BY_REPORTS)
    from assistant.evaluation import assess as command

    return command.assess(library, folders, methods, progress).html


def _write(request: Request, made: Sequence[Measured], report: EvaluationReport) -> None:
    from assistant.evaluation import assess as command
    from assistant.evaluation import render

    if request.trec:
        for name, one in zip(render.file_names([one.dataset.name for one in made]), made, strict=True):
            command.write(request.trec, render.trec_files(name, one.dataset, one.evaluations))
    if request.report:
        data = json.dumps(report.data, ensure_ascii=False, indent=1)
        # The data last: it is what the next report is compared with.
        files = {"report.html": report.page, "report.md": report.markdown, command.DATA: f"{data}\n"}
        command.write(request.report, files)
        click.echo(f"The report is {request.report / 'report.html'}", err=True)


def _need(packages: Mapping[str, str]) -> None:
    for module, package in packages.items():
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            raise AssistantError(
                f"Evaluation needs {package}, which is not installed; install it with: pip install {package}"
            ) from error


@click.command()
@options
@common
def evaluate(root: Path | None, as_json: bool, **asked: Any) -> None:
    """Measure retrieval on question sets in BEIR layout."""
    run(open_library(root), Request(**asked), as_json=as_json)
