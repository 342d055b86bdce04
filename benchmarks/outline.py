"""Measure whether the sentences of an outline are what they are called, and how long an outline takes.

    python benchmarks/outline.py --library DIR data/eval/gill-2014 data/eval/sample

``outline.json`` has, for each kind, the sentences that a reader would expect (``sure``) and those that one
may call so (``arguable``), as passage and number of the sentence. A sentence shown is right if it is either;
recall is that of the sure ones.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from assistant.core.outline import ANNOUNCEMENT_KINDS
from assistant.library.library import Library


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DATASET_DIR")
    parser.add_argument("--library", type=Path, required=True, metavar="DIR")
    arguments = parser.parse_args()
    library = Library(arguments.library)
    print("| essay | kind | shown | right | precision | sure | of these shown | recall |")
    print("|---|---|---|---|---|---|---|---|")
    for folder in arguments.folders:
        facts = json.loads((folder / "outline.json").read_text("utf-8"))
        start = time.perf_counter()
        outline = library.outline(facts["essay"])
        seconds = time.perf_counter() - start
        for kind in ANNOUNCEMENT_KINDS:
            shown = {
                (each.passage.id, each.passage.sentences.index((each.start, each.end)) + 1)
                for each in outline.announcements
                if each.kind == kind
            }
            sure, arguable = ({tuple(place) for place in facts[kind][name]} for name in ("sure", "arguable"))
            right, found = len(shown & (sure | arguable)), len(shown & sure)
            cells = [facts["essay"], kind, len(shown), right, f"{right / (len(shown) or 1):.2f}"]
            cells += [len(sure), found, f"{found / len(sure):.2f}"]
            print("| " + " | ".join(map(str, cells)) + " |")
        print(f"{facts['essay']}: {seconds * 1000:.0f} ms")


if __name__ == "__main__":
    main()
