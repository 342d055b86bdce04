"""Compare the ranking methods on question sets and print the table of ``docs/evaluation.md``.

    python benchmarks/methods.py [--library DIR] [DATASET_DIR ...]

Sets that bring no passages of their own are asked of the essays in the library.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.evaluation.command import evaluate_folders
from assistant.library import Library
from assistant.progress import Bar
from assistant.storage import find_root

COLUMNS = ("ndcg@10", "r@1", "r@3", "mrr@10", "success@1", "success@3")
CONDITIONS = ("native", "ablated", "foreign")


def main() -> None:
    """Print a Markdown table for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--library", type=Path)
    options = parser.parse_args()
    library = Library(find_root(options.library))
    for data, _ in evaluate_folders(library, options.folders, (), 0, Bar("questions")):
        print(f"\n{data['name']}, {data['queries']} questions\n\n{table(data['methods'])}")
        offered = data["methods"][0]["answered"] or {}
        print("\n| questions | " + " | ".join(offered) + " |")
        print("| --- " * (len(offered) + 1) + "|")
        print(
            "| offered an answer | "
            + " | ".join(f"{one} of {total}" for one, total in offered.values())
            + " |"
        )


def table(methods: Sequence[Mapping[str, Any]]) -> str:
    """Markdown of some methods' figures, nDCG@10 with its 95% interval."""
    heads = ["method", *COLUMNS, *(f"AUROC {one}" for one in CONDITIONS)]
    rows = [[one["name"], *(cell(one, name) for name in COLUMNS), *areas(one)] for one in methods]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows))


def cell(method: Mapping[str, Any], name: str) -> str:
    """One figure, a dash where the set has no answerable question; the first shows its interval."""
    if method[name] is None:
        return "-"
    if name != COLUMNS[0]:
        return f"{method[name]:.3f}"
    low, high = method["ci95"][name]
    return f"{method[name]:.3f} ({low:.3f}-{high:.3f})"


def areas(method: Mapping[str, Any]) -> list[str]:
    """Areas under the ROC curve, a dash where the set has no such questions."""
    return ["-" if method["auroc"][one] is None else f"{method['auroc'][one]:.3f}" for one in CONDITIONS]


if __name__ == "__main__":
    main()
