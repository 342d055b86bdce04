"""Measure ranking by the kinds of questions that it used to miss.

    python benchmarks/kinds.py --library DIR data/eval/gill-2014 data/eval/sample

``kinds.jsonl`` has twenty questions of each kind with the passages that answer (2) or help (1). R@1 and R@3
are the shares of questions with a passage that answers first and among the first three. ``--misses`` lists
the questions of the half for development whose first passage does not answer.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

from assistant.library.library import Library
from assistant.retrieval.questions import Question

DEPTH, SHOWN = 10, 3


def measures(ranked: Sequence[str], grades: Mapping[str, int]) -> list[float]:
    """R@1, R@3 and nDCG@10."""
    best = [grades.get(passage, 0) == max(grades.values()) for passage in ranked[:SHOWN]]

    def gain(values: Sequence[int]) -> float:
        return sum(value / math.log2(rank + 1) for rank, value in enumerate(values[:DEPTH], 1))

    ideal = gain(sorted(grades.values(), reverse=True))
    return [best[0], any(best), gain([grades.get(passage, 0) for passage in ranked]) / ideal]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the measures of each kind, on both halves."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--library", type=Path, required=True, help="library with both essays")
    parser.add_argument("--misses", action="store_true", help="list what is missed in the half to develop")
    parser.add_argument("folders", type=Path, nargs="+", help="folders with kinds.jsonl")
    options = parser.parse_args(argv)
    finder = Library(options.library).finder()
    rows: dict[tuple[str, str], list[list[float]]] = {}
    for folder in options.folders:
        for question in map(json.loads, (folder / "kinds.jsonl").read_text("utf-8").splitlines()):
            among = finder.among([question["doc"]])
            ranking = finder.find(Question.of(question["text"]), among, fast=True)
            ranked = [passage.passage for passage in ranking.ranked]
            values = measures(ranked, question["passages"])
            rows.setdefault((question["kind"], question["split"]), []).append(values)
            if options.misses and question["split"] == "develop" and not values[0]:
                wanted = ", ".join(passage.rpartition("/")[2] for passage in question["passages"])
                first = ", ".join(passage.rpartition("/")[2] for passage in ranked[:SHOWN])
                print(
                    f"{question['_id']}: {question['text']}\n    {first}; wanted {wanted} ({ranking.basis})"
                )
    print("| kind | half | questions | R@1 | R@3 | nDCG@10 |")
    print("|---|---|---|---|---|---|")
    for half in ("develop", "test"):
        values_of_half: list[list[float]] = []
        for (kind, split), of_kind in rows.items():
            if split == half:
                print(_row(kind, half, of_kind))
                values_of_half += of_kind
        print(_row("all", half, values_of_half))
    return 0


def _row(kind: str, half: str, values: Sequence[Sequence[float]]) -> str:
    figures = " | ".join(f"{mean(column):.3f}" for column in zip(*values, strict=True))
    return f"| {kind} | {half} | {len(values)} | {figures} |"


if __name__ == "__main__":
    sys.exit(main())
