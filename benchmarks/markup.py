"""Write essays in markup formats by several programs, and measure how well they are read.

    python benchmarks/markup.py make DIR [--essay SLUG ...] [--writer NAME ...]
    python benchmarks/markup.py score [DIR] [--problems] [--write]

``make`` writes the sample essay and generated essays by each program, with the true structure of each file
(``NAME.expected.md``). It needs LibreOffice, pandoc and Chromium; ``tests/data/markup`` has what it made of
the sample. ``score`` prints the table of ``docs/reading.md``: passages of each file that are read right.
"""

from __future__ import annotations

import argparse
import sys
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from measuring import ROOT, table
from typeset.essay import TruePassage, WrittenEssay
from typeset.frames import PAGE_WRITERS
from typeset.generated import generated_essays
from typeset.markup import WRITERS as OFFICE_WRITERS
from typeset.markup import MarkupWriter
from typeset.readers import Reader
from typeset.sample import sample_essay
from typeset.scoring import GROUPS, ReadPassage, Score, score
from typeset.truth import expected, squash

WRITERS = (*OFFICE_WRITERS, *PAGE_WRITERS)
FILES = ROOT / "tests" / "data" / "markup"
DOCUMENT = ROOT / "docs" / "reading.md"
_START, _END = "<!-- table of benchmarks/markup.py -->", "<!-- end of the table -->"


def essays(slugs: Sequence[str] | None = None) -> list[WrittenEssay]:
    """The essays that are written."""
    made = [sample_essay(), *generated_essays()]
    return [essay for essay in made if not slugs or essay.slug in slugs]


def make_files(folder: Path, slugs: Sequence[str] | None, names: Sequence[str] | None) -> None:
    """Write essays and their truth to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for writer in WRITERS:
        for essay in essays(slugs):
            if names and writer.name not in names:
                continue
            path = writer.file(essay, folder)
            writer.write(essay, path)
            truth = expected(path.name, writer.passages(essay), {})
            path.with_name(f"{path.name}.expected.md").write_text(truth, encoding="utf-8")
            print(path.name)


def in_order(true: Sequence[TruePassage], read: Sequence[ReadPassage]) -> bool:
    """Whether the passages but for notes, which may stand elsewhere, are read in their order."""
    places = {squash(item.text): number for number, item in enumerate(read)}
    found = [places[key] for item in true if item.kind != "note" and (key := squash(item.text)) in places]
    tails: list[int] = []
    for place in found:
        tails[bisect_left(tails, place) : bisect_left(tails, place) + 1] = [place]
    return len(tails) == len(found)


def score_table(folder: Path, *, problems: bool) -> str:
    """The table of passages that are right, by writer."""
    rows = []
    for writer in WRITERS:
        sums, order, files = Score(), 0, 0
        for essay in essays():
            path = writer.file(essay, folder)
            if not path.exists():
                continue
            made, ordered = score_file(writer, essay, path)
            if problems and made.problems:
                print(*(f"{path.name}: {line}" for line in made.problems), sep="\n", file=sys.stderr)
            sums += made
            order, files = order + ordered, files + 1
        if files:
            rows.append(_row(writer, sums, order, files))
    head = ["file", *GROUPS, "all", "note calls", "each mark right", "not in the essay", "in order"]
    return table(head, rows)


def score_file(writer: MarkupWriter, essay: WrittenEssay, path: Path) -> tuple[Score, bool]:
    """How many passages of a file are right, and whether they are in order."""
    true, read = writer.passages(essay), Reader("assistant").read(path)
    return score(true, [""] * len(true), read), in_order(true, read)


def _row(writer: MarkupWriter, made: Score, order: int, files: int) -> list[str]:
    groups = [f"{made.right[name]} of {made.true[name]}" for name in GROUPS]
    share = f"{made.found} of {made.passages} ({made.found / made.passages:.1%})"
    calls, verbatim = f"{made.calls} of {made.calling}", f"{made.verbatim} of {made.passages}"
    return [writer.description, *groups, share, calls, verbatim, str(made.extra), f"{order} of {files}"]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="write essays")
    making.add_argument("folder", type=Path, metavar="DIR")
    making.add_argument("--essay", action="append", metavar="SLUG")
    making.add_argument("--writer", action="append", metavar="NAME")
    scoring = commands.add_parser("score", help="print the table")
    scoring.add_argument("folder", type=Path, metavar="DIR", nargs="?", default=FILES)
    scoring.add_argument("--problems", action="store_true", help="print each problem to stderr")
    scoring.add_argument("--write", action="store_true", help="write the table into docs/reading.md")
    arguments = parser.parse_args()
    if arguments.command == "make":
        make_files(arguments.folder, arguments.essay, arguments.writer)
        return
    made = score_table(arguments.folder, problems=arguments.problems)
    print(made)
    if arguments.write:
        before, _, rest = DOCUMENT.read_text("utf-8").partition(_START)
        DOCUMENT.write_text(f"{before}{_START}\n{made}\n{_END}{rest.partition(_END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
