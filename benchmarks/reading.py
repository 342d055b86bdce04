"""Typeset essays in many layouts, and measure how well PDFs are read.

python benchmarks/reading.py make DIR [--essay SLUG] [--layout NAME]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from typeset.essay import WrittenEssay
from typeset.generated import generated_essays
from typeset.layouts import LAYOUTS, make
from typeset.sample import sample_essay


def essays() -> tuple[WrittenEssay, ...]:
    """The essays that are set."""
    return (sample_essay(), *generated_essays())


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="set essays; PDFs and their truth are written to a folder")
    making.add_argument("folder", type=Path, metavar="DIR")
    making.add_argument("--essay", action="append", metavar="SLUG")
    making.add_argument("--layout", action="append", metavar="NAME")
    arguments = parser.parse_args()
    if arguments.command == "make":
        arguments.folder.mkdir(parents=True, exist_ok=True)
        for essay in essays():
            for layout in LAYOUTS:
                if essay.slug in (arguments.essay or [essay.slug]) and layout.name in (
                    arguments.layout or [layout.name]
                ):
                    made = make(essay, layout, arguments.folder)
                    print(essay.slug, layout.name, len(made.printed.labels), "pages")


if __name__ == "__main__":
    main()
