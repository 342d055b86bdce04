"""Remake the tables of ``docs/evaluation.md``, as Markdown on stdout.

    python benchmarks/retrieval.py [--library DIR] [--method M ...] [DATASET_DIR ...]
    python benchmarks/retrieval.py --anchor SCIFACT_DIR

Sets without passages of their own use the essays in the library. The anchor verifies that the measures agree
with those of others: one vector of all-MiniLM-L6-v2 for each abstract of SciFact must reach the nDCG@10 that
MTEB has published.
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
    """Print the tables, or the anchor's difference from the published figure; 1 if it is too large."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="DATASET_DIR")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--method", action="append", choices=METHODS, help="all if left out")
    parser.add_argument("--anchor", type=Path, metavar="FOLDER", help="SciFact in BEIR layout")
    options = parser.parse_args()
    library = Library(find_root(options.library), notify=lambda sentence: print(sentence, file=sys.stderr))
    try:
        if options.anchor:
            return anchored(library, options.anchor)
        for folder, result in zip(
            options.folders, measured(library, options.folders, options.method or ()), strict=True
        ):
            print(f"\n{set_markdown(result.data)}\n\n{ceiling(load_dataset(folder))}", flush=True)
    except AssistantError as error:
        sys.exit(f"{error}")
    return 0


def measured(library: Library, folders: Sequence[Path], methods: Sequence[str]) -> Iterator[Measured]:
    """Measure the sets, one after the other."""
    with Bar("questions") as bar:
        yield from measure(library, folders, methods, bar, worst=0)


def ceiling(dataset: Dataset) -> str:
    """The recall of a perfect ranking, which is below 1 where several passages answer a question."""
    highest = highest_judgement(dataset)
    counts = [
        len(answering(dataset, question, highest)) for question in dataset.questions if question.answerable
    ]
    recalls = [np.mean([min(k, count) / count for count in counts if count]) for k in (1, 3, 5)]
    several = sum(count > 1 for count in counts)
    listed = ", ".join(f"R@{k} {value:.3f}" for k, value in zip((1, 3, 5), recalls, strict=True))
    return f"A perfect ranking has {listed}: several passages answer {several} of {len(counts)} questions."


def anchored(library: Library, folder: Path) -> int:
    """Print figure, difference and verdict; 0 if the figure agrees with the published one."""
    (result,) = measured(library, [folder], ["dense"])
    ndcg = result.evaluations[0].means["ndcg@10"]
    data = result.data
    print(f"{data['name']}, {data['queries']} questions, one vector per passage ({data['model']}):")
    if ndcg is not None:
        print(f"nDCG@10 {ndcg:.5f}, published {PUBLISHED:.5f}, difference {ndcg - PUBLISHED:+.5f}")
    passed = ndcg is not None and abs(ndcg - PUBLISHED) <= TOLERANCE
    print("pass" if passed else f"fail: more than {TOLERANCE} apart")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
