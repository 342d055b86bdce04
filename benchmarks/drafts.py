"""Measure precision, recall and time of the draft check, on drafts with known problems.

python benchmarks/drafts.py [--drafts 60]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

from assistant.citations.styles import style_named
from assistant.documents.reading import read_draft_text
from assistant.drafts.check import Checker
from assistant.library.store import EssayStore

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from generated_drafts import KINDS, a_draft  # noqa: E402 - in tests/, which use it too

NAME = "Essay Assistant Authors"


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description="Check drafts with known problems.")
    options.add_argument("--drafts", type=int, default=60, help="Number of drafts.")
    count = options.parse_args().drafts
    essay = EssayStore(ROOT).load("sample").essay
    checker = Checker([essay], style_named("mla", [essay.reference]))
    right, missed, false = Counter[str](), Counter[str](), Counter[str]()
    for seed in range(count):
        expected, text = set(), ""
        for item in a_draft(essay, NAME, seed):
            if item.kind:
                expected.add((item.kind, len(text) + item.problem_start))
            text += f"{item.text}\n\n"
        found = {(problem.kind, problem.start) for problem in checker.check(read_draft_text(text)).problems}
        right.update(kind for kind, _ in expected & found)
        missed.update(kind for kind, _ in expected - found)
        false.update(kind for kind, _ in found - expected)
    print(f"{count} drafts, {count * 3 * len(KINDS)} quotations, {count * len(KINDS)} problems\n")
    print("| problem | precision | recall |\n|---|---:|---:|")
    for kind in KINDS:
        precision = right[kind] / max(1, right[kind] + false[kind])
        print(f"| {kind} | {precision:.3f} | {right[kind] / max(1, right[kind] + missed[kind]):.3f} |")
    text = "".join(f"{item.text}\n\n" for seed in range(100, 116) for item in a_draft(essay, NAME, seed))
    text = " ".join(text.split(" ")[:10_000])
    times = []
    for _ in range(5):
        started = time.perf_counter()
        checker.check(read_draft_text(text))
        times.append(time.perf_counter() - started)
    print(f"\nA draft of {len(text.split()):,} words: {median(times):.2f} s")


if __name__ == "__main__":
    main()
