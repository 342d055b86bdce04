"""Measure what the check of drafts finds in twelve written drafts, its false alarms, and its time.

python benchmarks/drafts.py [--details]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

from assistant.citations.styles import style_named
from assistant.documents.reading import read_draft_file, read_draft_text
from assistant.drafts.check import Checker
from assistant.library.store import EssayStore
from assistant.quotations.essays import SourceEssays
from assistant.rendering.drafts import problem_line

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from generated_drafts import KINDS, a_draft  # noqa: E402 - in tests/, which use it too
from written_drafts import DRAFTS, rates, score, truth_of, written_about, written_draft  # noqa: E402 - as above

NAME = "Essay Assistant Authors"


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description="Check drafts with known problems.")
    options.add_argument("--details", action="store_true", help="Print what is missed, and false alarms.")
    details = options.parse_args().details
    essays = written_about()
    checker = Checker(SourceEssays.of(essays), style_named("mla", [essay.reference for essay in essays]))
    scores = []
    planted, found, false = Counter[str](), Counter[str](), Counter[str]()
    print("| draft | quotations | faults | found | false alarms |\n|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for name, what in DRAFTS.items():
            report = checker.check(read_draft_file(written_draft(name, Path(folder))), ())
            truth = truth_of(name)
            result = score(report, truth)
            scores.append((truth, result))
            planted.update(kind for kind, _ in truth.faults)
            found.update(kind for kind, _ in result.found)
            false.update(problem.kind for problem in result.false)
            counts = (truth.quotations, len(truth.faults), len(result.found), len(result.false))
            print(f"| {what} | {' | '.join(map(str, counts))} |")
            if details:
                for kind, words in result.missed:
                    print(f"  missed: {kind}: {words}")
                for problem in result.false:
                    print(f"  false: {problem_line(report, problem)}")
    print(f"| all | {' | '.join(map(str, rates(scores)))} |\n")
    print("| problem | planted | found | false alarms |\n|---|---:|---:|---:|")
    for kind in KINDS:
        print(f"| {kind} | {planted[kind]} | {found[kind]} | {false[kind]} |")
    _print_time()


def _print_time() -> None:
    essay = EssayStore(ROOT).load("sample").essay
    checker = Checker(SourceEssays.of([essay]), style_named("mla", [essay.reference]))
    text = "".join(f"{item.text}\n\n" for seed in range(100, 116) for item in a_draft(essay, NAME, seed))
    text = " ".join(text.split(" ")[:10_000])
    times = []
    for _ in range(5):
        started = time.process_time()
        checker.check(read_draft_text(text))
        times.append(time.process_time() - started)
    print(f"\nA draft of {len(text.split()):,} words: {median(times):.2f} s of processor time")


if __name__ == "__main__":
    main()
