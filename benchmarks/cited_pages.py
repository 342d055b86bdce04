"""Ask the assistant and dsearch the questions of a set about the same PDF; prints Markdown.

    python benchmarks/cited_pages.py --work DIR [--runs 3] [ESSAY.txt --questions DIR [--record RECORD.json]]

Typesets an essay in a temporary folder, with the pages of its text (as ``benchmarks/reading.py agree``); the
sample essay if none is named. This needs LaTeX. Both programs read the PDF, and answer the set's questions
with the same weights. Whether a page is right is judged by the text, whose pages are known.

dsearch divides pages into passages of three sentences. Each stands for the essay's passage with which it has
most runs of three words in common; of several that stand for the same, the first counts. So nothing is lost
by ranking smaller pieces. Questions that refer to an earlier one have it put before them, for both programs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import peers
from measuring import QUERIES, ROOT, SAMPLE, Process, environment, in_turn, table
from start import add, afresh

from assistant.core.essay import Passage
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.evaluation.methods import MethodResult
from assistant.evaluation.runner import evaluate
from assistant.library.library import Library

# A process of its own: those that are measured inherit the peak memory of the one that started them, which
# must therefore not have loaded a model.
_TYPESET = """
import sys
from pathlib import Path
from assistant.core.errors import AssistantError
from typeset.real import libraries
text, folder, *record = map(Path, sys.argv[1:])
try:
    libraries(text, record[0] if record else None, folder)
except AssistantError as error:
    sys.exit(str(error))
"""
# Passages that a program shows, and that are measured.
SHOWN, DEPTH = 3, 10
_RUN = 3
HEAD = (
    "on the same PDF",
    "right page first",
    "R@1",
    "nDCG@10",
    "warm p50 / p95, ms",
    "a question, cold, s",
    "peak MB",
    "PDF added, s",
    "peak MB",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program found for a question.

    Attributes:
        passages: Ids of the essay's passages, best first.
        page: The page that it cites for the first.
        seconds: How long showing three took.
    """

    passages: tuple[str, ...]
    page: str
    seconds: float


class Words:
    """Tells which passage of an essay a text is taken from.

    Args:
        texts: The text of each passage, by id.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._runs = {name: self._of(text) for name, text in texts.items()}

    @staticmethod
    def _of(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.casefold())
        return {tuple(words[at : at + _RUN]) for at in range(max(len(words) - _RUN + 1, 1))}

    def passage(self, text: str) -> str:
        """The passage that shares most with a text; the text itself if none does."""
        runs = self._of(text)
        shared = {name: len(runs & theirs) for name, theirs in self._runs.items()}
        best = max(shared, key=shared.__getitem__)
        return best if shared[best] else text


def ask_assistant(library: Library, questions: Sequence[DatasetQuestion]) -> dict[str, Asked]:
    """The assistant's passages for each question."""
    library.warm()
    found = {}
    for question in (questions[0], *questions):
        start = perf_counter()
        library.ask(question.text, top=SHOWN, history=question.history, explained=False)
        took = perf_counter() - start
        hits = library.ask(question.text, top=DEPTH, history=question.history, explained=False).hits
        page = ""
        if hits:
            at = hits[0].highlights[0].start if hits[0].highlights else 0
            page = next(iter(hits[0].passage.pages_of(at, at + 1)), "")
        found[question.id] = Asked(tuple(hit.passage.id for hit in hits), page, took)
    return found


def ask_dsearch(
    work: Path, folder: Path, passages: Sequence[Passage], questions: Sequence[DatasetQuestion]
) -> dict[str, Asked]:
    """The passages that dsearch finds for each question, as passages of the essay."""
    words = Words({passage.id: passage.text for passage in passages})
    texts = [" ".join(" ".join([*question.history, question.text]).split()) for question in questions]
    output = subprocess.run(
        peers.DSEARCH.command(work, "rank"),
        check=True,
        text=True,
        input="\n".join(texts),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment() | {"PEER_FOLDER": str(folder)},
    ).stdout
    found = {}
    for question, line in zip(questions, output.splitlines(), strict=True):
        seconds, ranked = json.loads(line)
        names = dict.fromkeys(words.passage(text) for _, text in ranked)
        found[question.id] = Asked(tuple(names)[:DEPTH], ranked[0][0] if ranked else "", seconds)
    return found


def figures(dataset: Dataset, passages: Mapping[str, Passage], found: Mapping[str, Asked]) -> list[str]:
    """Right page of the first passage, R@1, nDCG@10, and warm times."""

    def ranker(question: DatasetQuestion, _candidates: Collection[str]) -> MethodResult:
        names = found[question.id].passages
        return MethodResult([(name, -float(rank)) for rank, name in enumerate(names)])

    doc = dataset.questions[0].doc
    made = evaluate(dataset, ranker, {doc: passages}, "")
    right = [
        found[question.id].page
        in {
            label
            for name, start, end in question.evidence.spans
            for label in passages[name].pages_of(start, end)
        }
        for question in dataset.questions
        if question.answerable and question.evidence.spans
    ]
    milliseconds = [1000 * asked.seconds for asked in found.values()]
    middle, high = np.percentile(milliseconds, (50, 95))
    cells = [f"{sum(right)} of {len(right)} ({sum(right) / len(right):.3f})"]
    for name in ("r@1", "ndcg@10"):
        low, up = made.intervals[name]
        cells.append(f"{made.means[name]:.3f} ({low:.3f}–{up:.3f})")
    return [*cells, f"{middle:.0f} / {high:.0f}"]


def processes(
    folder: Path, question: str, available: Sequence[peers.Peer], work: Path, runs: int
) -> list[list[str]]:
    """Seconds and peak memory of a cold question, and of adding the PDF, for each program."""
    ask = (sys.executable, "-m", "assistant", "ask", question, "--library", str(folder / "built"))
    asking = [
        Process("", ask),
        *(Process("", peer.command(work, "ask", question), folder) for peer in available),
    ]
    adding = [
        Process("", afresh(add(folder, "built", folder / "essay.pdf"))),
        *(Process("", peer.command(work, "make"), folder) for peer in available),
    ]
    for ways in (adding, asking):
        for way in ways:
            way.run()  # compiles modules and reads files into memory
            way.seconds.clear()
            way.megabytes.clear()
        in_turn([way.run for way in ways], runs, float("inf"))
    return [
        [cell for way in pair for cell in (f"{median(way.seconds):.2f}", f"{median(way.megabytes):.0f}")]
        for pair in zip(asking, adding, strict=True)
    ]


def typeset(text: Path, doc: str, record: Path | None, folder: Path) -> None:
    """Typeset an essay as ``essay.pdf``, and make libraries of its text and its PDF."""
    copy = folder / f"{doc}.txt"
    shutil.copyfile(text, copy)
    words = [str(path) for path in (copy, folder, record) if path is not None]
    result = subprocess.run(
        [sys.executable, "-c", _TYPESET, *words],
        check=False,
        stderr=subprocess.PIPE,
        text=True,
        env=environment() | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent)))},
    )
    if result.returncode:
        sys.exit(result.stderr.strip())
    (folder / f"{doc}.pdf").rename(folder / "essay.pdf")


def measured(text: Path, record: Path | None, questions: Path, work: Path | None, runs: int) -> str:
    """The table of an essay."""
    dataset = load_dataset(questions)
    doc = dataset.questions[0].doc
    available, excluded = peers.prepare_peers(work, [peers.DSEARCH]) if work else ([], [])
    if work is None:
        excluded = ["dsearch is left out: name the folder of the peers' environments with --work."]
    work = work or Path()
    load = os.getloadavg()[0]
    with TemporaryDirectory() as name:
        folder = Path(name)
        typeset(text, doc, record, folder)
        cells = processes(folder, dataset.questions[0].text, available, work, runs)
        essay = Library(folder / "text").essay(doc)
        found = {"the assistant": ask_assistant(Library(folder / "pdf"), dataset.questions)}
        if available:
            found["dsearch"] = ask_dsearch(work, folder, essay.passages, dataset.questions)
        by_id = {passage.id: passage for passage in essay.passages}
        rows = [
            [program, *figures(dataset, by_id, asked), *cell]
            for (program, asked), cell in zip(found.items(), cells, strict=True)
        ]
    answerable = sum(question.answerable for question in dataset.questions)
    about = f"{dataset.name}: {len(dataset.questions)} questions, {answerable} answerable"
    about = f"{about}; {essay.report.pages} pages. Load of the machine: {load:.1f} before, "
    about = f"{about}{os.getloadavg()[0]:.1f} after."
    return "\n\n".join([about, table(HEAD, rows), *excluded])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", type=Path, nargs="?", default=SAMPLE, metavar="ESSAY.txt")
    parser.add_argument("--questions", type=Path, default=QUERIES.parent, metavar="DIR")
    parser.add_argument("--record", type=Path, metavar="RECORD.json")
    parser.add_argument("--work", type=Path, metavar="DIR", help="folder of the peers' environments")
    parser.add_argument("--runs", type=int, default=3, help="of the processes")
    options = parser.parse_args()
    record = options.record
    if options.text == SAMPLE and record is None:
        record = SAMPLE.with_name("reference.json")
    print(measured(options.text, record, options.questions, options.work, options.runs))


if __name__ == "__main__":
    main()
