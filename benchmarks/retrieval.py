"""Remake the tables of ``docs/evaluation.md``, as Markdown on stdout.

    python benchmarks/retrieval.py [--library DIR] [--method M ...] [DATASET_DIR ...]
    python benchmarks/retrieval.py --anchor ../shared/bench/scifact

Sets that bring no passages of their own are asked of the essays in the library. The anchor shows that
the figures are those that others get: one vector of all-MiniLM-L6-v2 for each abstract of SciFact must
come to the nDCG@10 that MTEB has published.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.cli.terminal import Bar
from assistant.core.errors import AssistantError
from assistant.evaluation.assess import Measured, measure
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.evaluation.methods import METHODS
from assistant.evaluation.render import set_markdown
from assistant.evaluation.runner import answering, highest_judgement
from assistant.library.files import find_root
from assistant.library.library import Library

PUBLISHED = 0.64508
TOLERANCE = 0.01


def main() -> int:
    """Print the tables, or how far the anchor is from what was published; 1 if that is too far."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="DATASET_DIR")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--method", action="append", choices=METHODS, help="all if left out")
    parser.add_argument("--anchor", type=Path, metavar="FOLDER", help="SciFact in BEIR layout")
    options = parser.parse_args()
    library = Library(find_root(options.library), notify=lambda said: print(said, file=sys.stderr))
    try:
        if options.anchor:
            return anchored(library, options.anchor)
        for folder, one in zip(
            options.folders, measured(library, options.folders, options.method or ()), strict=True
        ):
            print(f"\n{set_markdown(one.data)}\n\n{ceiling(load_dataset(folder))}", flush=True)
    except AssistantError as error:
        sys.exit(f"{error}")
    return 0


def measured(library: Library, folders: Sequence[Path], methods: Sequence[str]) -> Iterator[Measured]:
    """Each set as soon as it is measured."""
    with Bar("questions") as bar:
        yield from measure(library, folders, methods, bar, worst=0)


def ceiling(dataset: Dataset) -> str:
    """The recall of a perfect ranking, which is below 1 where several passages answer a question."""
    highest = highest_judgement(dataset)
    counts = [len(answering(dataset, one, highest)) for one in dataset.questions if one.answerable]
    most = [np.mean([min(k, count) / count for count in counts if count]) for k in (1, 3, 5)]
    several = sum(count > 1 for count in counts)
    said = ", ".join(f"R@{k} {value:.3f}" for k, value in zip((1, 3, 5), most, strict=True))
    return f"A perfect ranking has {said}: several passages answer {several} of {len(counts)} questions."


def anchored(library: Library, folder: Path) -> int:
    """Print figure, difference and verdict; 0 if the figure is that published."""
    (one,) = measured(library, [folder], ["dense"])
    found = one.evaluations[0].means["ndcg@10"]
    print(f"{one.data['name']}, {one.data['queries']} questions, one vector a passage ({one.data['model']}):")
    if found is not None:
        print(f"nDCG@10 {found:.5f}, published {PUBLISHED:.5f}, difference {found - PUBLISHED:+.5f}")
    passed = found is not None and abs(found - PUBLISHED) <= TOLERANCE
    print("pass" if passed else f"fail: more than {TOLERANCE} apart")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
