"""Typeset essays in many layouts, and measure how well PDFs are read.

    python benchmarks/reading.py make DIR [--essay SLUG ...] [--layout NAME ...]
    python benchmarks/reading.py agree ESSAY.txt [--record RECORD.json] [--questions DIR]
    python benchmarks/reading.py score [DIR] [--pypdf PYTHON] [--reader NAME] [--problems] [--write]

``make`` sets the sample essay and generated essays, and writes each PDF with its true structure
(``NAME.expected.md``). It needs LaTeX, LibreOffice, Chromium, tesseract and poppler; ``tests/data/pdf`` has
what it made of two essays. ``score`` prints the tables of ``docs/reading.md``: passages that are read right,
by layout and reader. ``agree`` typesets an essay of the user in a temporary folder, with the pages of its
text, reads text and PDF, and prints how far the passages, their ids and pages, and the retrieval figures on a
set of questions agree. It needs LaTeX.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from measuring import ROOT, table
from typeset.essay import WrittenEssay
from typeset.generated import BOOK, generated_essay, generated_essays
from typeset.layouts import LAYOUTS, Layout, make
from typeset.readers import Reader, readers
from typeset.real import MEASURES, agreement, libraries, measured
from typeset.sample import sample_essay
from typeset.scoring import GROUPS, Score, expected_pages, score

from assistant.core.errors import AssistantError

# How far retrieval figures may differ.
_CLOSE = 0.01
DOCUMENT = ROOT / "docs" / "reading.md"
_START, _END = "<!-- tables of benchmarks/reading.py -->", "<!-- end of the tables -->"
FILES = ROOT / "tests" / "data" / "pdf"


def essays(slugs: Sequence[str] | None = None) -> tuple[WrittenEssay, ...]:
    """The essays that are set; the longest only if it is named."""
    book = (generated_essay(BOOK),) if slugs and BOOK.slug in slugs else ()
    return (sample_essay(), *generated_essays(), *book)


def chosen(slugs: Sequence[str] | None, names: Sequence[str] | None) -> list[tuple[WrittenEssay, Layout]]:
    """Essays and layouts by their names; all of them if none is named."""
    made = essays(slugs)
    return [
        (essay, layout)
        for layout in LAYOUTS
        for essay in made
        if (not slugs or essay.slug in slugs) and (not names or layout.name in names)
    ]


def make_files(folder: Path, slugs: Sequence[str] | None, names: Sequence[str] | None) -> None:
    """Set essays; PDFs and their truth are written to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for essay, layout in chosen(slugs, names):
        pages = len(make(essay, layout, folder).printed.labels)
        print(f"{essay.slug}-{layout.name}: {pages} pages")


def score_file(folder: Path, essay: WrittenEssay, layout: Layout, reader: Reader) -> Score:
    """Score a reader on a file."""
    pdf = folder / f"{essay.slug}-{layout.name}.pdf"
    true = layout.press.passages(essay)
    pages = expected_pages(pdf.with_suffix(".expected.md").read_text("utf-8"))
    return score(true, pages, reader.read(pdf), layout.likeness)


def tables(
    folder: Path, pairs: Sequence[tuple[WrittenEssay, Layout]], compared: Sequence[Reader], *, problems: bool
) -> tuple[str, str]:
    """The table by layout, and the sums.

    Args:
        folder: Where the files are.
        pairs: Essays and layouts.
        compared: The readers.
        problems: Whether each problem is printed to stderr.
    """
    sums = {reader.name: Score() for reader in compared}
    rows = []
    for layout in LAYOUTS:
        here = [essay for essay, other in pairs if other is layout]
        here = [essay for essay in here if (folder / f"{essay.slug}-{layout.name}.pdf").exists()]
        if not here:
            continue
        scores = {reader.name: Score() for reader in compared}
        for reader in compared:
            for essay in here:
                made = score_file(folder, essay, layout, reader)
                if problems:
                    lines = [f"{essay.slug}-{layout.name}, {reader.name}: {line}" for line in made.problems]
                    print(*lines, sep="\n", file=sys.stderr)
                scores[reader.name] += made
            sums[reader.name] += scores[reader.name]
        first = next(iter(scores.values()))
        true = [*map(str, first.true.values()), str(first.paged)]
        rows.append([layout.description, " / ".join(true), *map(_cell, scores.values())])
    head = ["layout", "in the essays", *(reader.name for reader in compared)]
    return table(head, rows), table(["", *sums], _sums(list(sums.values())))


def _cell(made: Score) -> str:
    extra = f" (+{made.extra})" if made.extra else ""
    return " / ".join([*map(str, made.right.values()), str(made.pages)]) + extra


def _sums(scores: Sequence[Score]) -> list[list[str]]:
    def share(part: int, whole: int) -> str:
        return f"{part} of {whole} ({part / whole:.1%})" if whole else "-"

    rows = [[name, *(share(made.right[name], made.true[name]) for made in scores)] for name in GROUPS]
    rows.append(["all passages", *(share(made.found, made.passages) for made in scores)])
    rows.append(["begin on the right page", *(share(made.pages, made.paged) for made in scores)])
    rows.append(["note calls right", *(share(made.calls, made.calling) for made in scores)])
    rows.append(["each mark and space right", *(share(made.verbatim, made.passages) for made in scores)])
    rows.append(["searched, but not in the essays", *(str(made.extra) for made in scores)])
    return rows


def agree(text: Path, record: Path | None, questions: Path | None) -> bool:
    """Print how far an essay's text and its PDF agree, and tell whether they do."""
    with tempfile.TemporaryDirectory() as folder:
        by_text, by_pdf = libraries(text, record, Path(folder))
        made = agreement(by_text.essay(text.stem).passages, by_pdf.essay(text.stem).passages)
        print(f"{made.same} of {made.passages} passages agree in id, kind, words, notes and pages")
        print(*made.differences, sep="\n")
        if questions is None:
            return not made.differences
        figures = [measured(library, questions) for library in (by_text, by_pdf)]
    rows = [[name, *(f"{figure[name]:.4f}" for figure in figures)] for name in MEASURES]
    print(table(["", "text", "PDF"], rows))
    close = all(abs(figures[0][name] - figures[1][name]) <= _CLOSE for name in MEASURES)
    return close and not made.differences


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="set essays")
    making.add_argument("folder", type=Path, metavar="DIR")
    scoring = commands.add_parser("score", help="print the table")
    scoring.add_argument("folder", type=Path, metavar="DIR", nargs="?", default=FILES)
    scoring.add_argument("--pypdf", type=Path, metavar="PYTHON", help="a Python that has pypdf")
    scoring.add_argument("--reader", action="append", metavar="NAME", help="only this reader")
    scoring.add_argument("--problems", action="store_true", help="print each problem to stderr")
    agreeing = commands.add_parser("agree", help="compare an essay's text with its PDF")
    agreeing.add_argument("text", type=Path, metavar="ESSAY.txt")
    agreeing.add_argument("--record", type=Path, metavar="RECORD.json")
    agreeing.add_argument("--questions", type=Path, metavar="DIR", help="a set of questions in BEIR layout")
    scoring.add_argument("--write", action="store_true", help="write the tables into docs/reading.md")
    for command in (making, scoring):
        command.add_argument("--essay", action="append", metavar="SLUG")
        command.add_argument("--layout", action="append", metavar="NAME")
    arguments = parser.parse_args()
    if arguments.command == "make":
        make_files(arguments.folder, arguments.essay, arguments.layout)
        return
    if arguments.command == "agree":
        try:
            sys.exit(0 if agree(arguments.text, arguments.record, arguments.questions) else 1)
        except AssistantError as error:
            sys.exit(str(error))
    compared = [item for item in readers(arguments.pypdf) if item.name in (arguments.reader or [item.name])]
    if not compared:
        sys.exit("there is no such reader")
    pairs = chosen(arguments.essay, arguments.layout)
    by_layout, sums = tables(arguments.folder, pairs, compared, problems=arguments.problems)
    made = f"{by_layout}\n\n{sums}"
    print(made)
    if arguments.write:
        before, _, rest = DOCUMENT.read_text("utf-8").partition(_START)
        after = rest.partition(_END)[2]
        DOCUMENT.write_text(f"{before}{_START}\n{made}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
