"""Measure how well a pasted paragraph is looked up, idea by idea and, as before, as one long question.

    python benchmarks/paragraphs.py --library DIR data/eval/gill-2014 data/eval/sample

``paragraphs.jsonl`` has paragraphs in our own words with the passages that bear on each sentence, the best of
them first; ``null`` for a sentence that only leads on. A passage has 2 points for each sentence on which it
bears best and 1 for each other. The paragraphs marked ``develop`` were looked at when the rules were made,
those marked ``test`` only to measure.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from assistant.library.library import Library
from assistant.retrieval.questions import Question

DEPTH, SHOWN = 10, 5


def points_of(paragraph: Mapping[str, Any]) -> dict[str, int]:
    """Points of each judged passage."""
    points: dict[str, int] = {}
    for sentence in paragraph["sentences"]:
        for number, passage in enumerate(sentence["passages"] or ()):
            points[passage] = points.get(passage, 0) + (1 if number else 2)
    return points


def ndcg(ranked: Sequence[str], points: Mapping[str, int]) -> float:
    """nDCG@10."""

    def gain(values: Sequence[int]) -> float:
        return sum(value / math.log2(rank + 1) for rank, value in enumerate(values[:DEPTH], 1))

    ideal = sorted(points.values(), reverse=True)
    return gain([points.get(passage, 0) for passage in ranked]) / gain(ideal)


def measures(ranked: Sequence[str], paragraph: Mapping[str, Any]) -> list[float]:
    """nDCG@10, recall among the first five, and the share of sentences with a passage among them."""
    points = points_of(paragraph)
    shown = set(ranked[:SHOWN])
    sentences = [set(sentence["passages"]) for sentence in paragraph["sentences"] if sentence["passages"]]
    return [
        ndcg(ranked, points),
        len(shown & points.keys()) / min(SHOWN, len(points)),
        mean(bool(shown & passages) for passages in sentences),
    ]


def told(answer: Any, paragraph: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Of each sentence what the essay has for it, the verdict on it, and whether a right passage is named."""
    rows = []
    for number, sentence in enumerate(paragraph["sentences"], 1):
        ideas = [idea for idea in answer.ideas if idea.sentence == number]
        judged = sentence["passages"]
        has = "leads on" if judged is None else "something" if judged else "nothing"
        verdicts = [idea.verdict for idea in ideas]
        verdict = next((name for name in ("answers", "near", "none") if name in verdicts), "left out")
        named = {passage for idea in ideas for passage in idea.passages}
        rows.append((has, verdict, bool(named & set(judged or ()))))
    return rows


def told_of_another(answer: Any) -> list[tuple[str, str, bool]]:
    """The verdict on each idea, asked of an essay on another subject."""
    return [("another subject", idea.verdict, False) for idea in answer.ideas]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the measures of both ways, on both halves."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--library", type=Path, required=True, help="library with both essays")
    parser.add_argument("folders", type=Path, nargs="+", help="folders with paragraphs.jsonl")
    options = parser.parse_args(argv)
    library = Library(options.library)
    library.warm()
    finder = library.finder()
    texts = ((folder / "paragraphs.jsonl").read_text("utf-8") for folder in options.folders)
    lines = [line for text in texts for line in text.splitlines()]
    print("| half | paragraphs | looked up | nDCG@10 | recall among 5 | sentences met among 5 | seconds |")
    print("|---|---|---|---|---|---|---|")
    verdicts: list[str] = []
    for half in ("develop", "test"):
        paragraphs = [paragraph for paragraph in map(json.loads, lines) if paragraph["split"] == half]
        whole, ideas, rows = [], [], []
        seconds: tuple[list[float], list[float]] = ([], [])
        for paragraph in paragraphs:
            started = time.perf_counter()
            question = Question.of(paragraph["text"])
            ranking = finder.find(question, finder.among([paragraph["doc"]]))
            seconds[0].append(time.perf_counter() - started)
            whole.append(measures([ranked.passage for ranked in ranking.ranked], paragraph))
            started = time.perf_counter()
            answer = library.ask(paragraph["text"], top=DEPTH, essays=[paragraph["doc"]], explained=False)
            seconds[1].append(time.perf_counter() - started)
            ideas.append(measures([hit.passage.id for hit in answer.hits], paragraph))
            rows += told(answer, paragraph)
            others = [essay_id for essay_id in library.ids() if essay_id != paragraph["doc"]]
            rows += told_of_another(library.ask(paragraph["text"], essays=others, explained=False))
        for name, values, taken in (("as one question", whole, seconds[0]), ("by ideas", ideas, seconds[1])):
            figures = " | ".join(f"{mean(column):.3f}" for column in zip(*values, strict=True))
            print(f"| {half} | {len(paragraphs)} | {name} | {figures} | {median(taken):.2f} |")
        for has in ("something", "nothing", "another subject", "leads on"):
            of_kind = [row for row in rows if row[0] == has]
            counts = " | ".join(
                str(sum(row[1] == verdict for row in of_kind))
                for verdict in ("answers", "near", "none", "left out")
            )
            right = sum(row[2] for row in of_kind) if has == "something" else "–"
            verdicts.append(f"| {half} | {has} | {len(of_kind)} | {counts} | {right} |")
    print("\n| half | the essay has | sentences | bears | near | none | left out | a right passage named |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(verdicts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
