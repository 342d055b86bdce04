"""The command ``evaluate``: its options, and what it prints and writes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.terminal import Bar, common, open_library, print_json, say
from assistant.core.errors import AssistantError
from assistant.core.essay import Progress

if TYPE_CHECKING:
    from assistant.evaluation.assess import EvaluationReport, Measured
    from assistant.library.library import Library

# Packages that only an evaluation needs: the module of each, and what installs it.
_NEEDED = {"ir_measures": "ir_measures", "sklearn": "scikit-learn"}
_NEEDED_BY_REPORTS = {**_NEEDED, "matplotlib": "matplotlib"}
_FOLDER = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be evaluated, and what is to be written.

    Attributes:
        folders: Question sets; the library's own if there are none.
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


@click.command()
@click.argument("folders", nargs=-1, type=_FOLDER, metavar="[DATASET_DIR]...")
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="M",
    help="Ranking method: late, fusion, rrf, windows, bm25 or dense (may be repeated; all if left out). "
    "The others are compared with the first.",
)
@click.option(
    "--worst",
    default=5,
    type=click.IntRange(min=0),
    show_default=True,
    metavar="N",
    help="Number of worst questions to name.",
)
@click.option(
    "--report",
    type=_FOLDER,
    metavar="DIR",
    help="Write report.html, report.md and report.json, compared with the report that is there.",
)
@click.option("--trec", type=_FOLDER, metavar="DIR", help="Write TREC run files and judgements.")
@common
def evaluate(root: Path | None, as_json: bool, **options: Any) -> None:
    """Measure retrieval on question sets in BEIR layout."""
    run(open_library(root), Request(**options), as_json=as_json)


def run(library: Library, request: Request, *, as_json: bool) -> None:
    """Evaluate, print the figures of each set as soon as they are known, and write the files asked for.

    Raises:
        AssistantError: If a set, a method or a folder cannot be used.
    """
    _require(_NEEDED_BY_REPORTS if request.report else _NEEDED)
    from assistant.evaluation import assess, render

    for folder in filter(None, (request.report, request.trec)):
        assess.prepare_folder(folder)
    earlier = assess.earlier_report(request.report) if request.report else None
    results = []
    with Bar("questions") as bar:
        for measured in assess.measure(library, request.folders, request.methods, bar, request.worst):
            results.append(measured)
            if not as_json:
                click.echo(f"{render.evaluation_text(measured.data)}\n")
    report = assess.EvaluationReport([measured.data for measured in results], earlier)
    if as_json:
        print_json(render.evaluation_json(report.data))
    elif report.comparison:
        click.echo(render.comparison_text(report.comparison))
    _write(request, results, report)


def report_html(library: Library, folders: Sequence[Path], methods: Sequence[str], progress: Progress) -> str:
    """Evaluate question sets for the page, which gets the report as HTML with its own style.

    Raises:
        AssistantError: If a set or a method cannot be used, or what an evaluation needs is not installed.
    """
    _require(_NEEDED_BY_REPORTS)
    from assistant.evaluation import assess

    return assess.assess(library, folders, methods, progress).html


def _write(request: Request, results: Sequence[Measured], report: EvaluationReport) -> None:
    from assistant.evaluation import assess, render

    if request.trec:
        names = render.file_names([measured.dataset.name for measured in results])
        for name, measured in zip(names, results, strict=True):
            assess.write_files(request.trec, render.trec_files(name, measured.dataset, measured.evaluations))
    if request.report:
        data = json.dumps(report.data, ensure_ascii=False, indent=1)
        # The data last: the next report is compared with it.
        files = {"report.html": report.page, "report.md": report.markdown, assess.DATA: f"{data}\n"}
        assess.write_files(request.report, files)
        say(f"The report is {request.report / 'report.html'}")


def _require(packages: Mapping[str, str]) -> None:
    for module, package in packages.items():
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            raise AssistantError(
                f"Evaluation needs {package}, which is not installed; install it with: pip install {package}"
            ) from error
