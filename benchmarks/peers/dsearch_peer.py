"""dsearch with the same weights, on the essay as a PDF; see ``benchmarks/peers.py``.

    python dsearch_peer.py make | ask QUESTION | size | serve | rank

``rank`` reads one question per line and prints a line of JSON for each: the seconds that the three nearest
passages took, and all that it ranks, best first, each with the page that it cites and its words.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from command import FOLDER, MODEL, run

HOME = FOLDER / "dsearch"
# Read when dsearch and torch are imported.
os.environ |= {"DSEARCH_HOME": str(HOME), "CUDA_VISIBLE_DEVICES": ""}
from dsearch import index, search  # noqa: E402

index.TIERS[index.DEFAULT_TIER] = MODEL
# More than it ever ranks.
ALL = 1000


class Dsearch:
    """Its own passages of the PDF, found by one vector each and by BM25, fused."""

    def make(self) -> None:
        """Read the PDF and save the index."""
        shutil.rmtree(HOME, ignore_errors=True)
        index.add(FOLDER / "essay.pdf")

    def load(self) -> None:
        """Load the index and the model."""
        self._corpus = search.load_corpus()
        index.load_model(index.DEFAULT_TIER)

    def ask(self, question: str) -> list[str]:
        """The three nearest passages."""
        return [found.chunk.text for found in search.search(question, 3, corpus=self._corpus)]

    def ranked(self, question: str) -> list[tuple[str, str]]:
        """All passages that it ranks, each with its page."""
        found = search.search(question, ALL, corpus=self._corpus)
        return [(str(each.chunk.printed_page or each.chunk.pdf_page), each.chunk.text) for each in found]

    def size(self) -> list[Path]:
        """The files of its library."""
        return list(HOME.rglob("*"))


def rank() -> None:
    """Run the command ``rank``."""
    program = Dsearch()
    program.load()
    questions = sys.stdin.read().splitlines()
    program.ask(questions[0])
    for question in questions:
        start = perf_counter()
        program.ask(question)
        took = perf_counter() - start
        # Which sentence of a passage is shown does not change the ranking, and takes long for all of them.
        with patch.object(search, "_best_sentence", return_value=0):
            print(json.dumps([took, program.ranked(question)]))


if sys.argv[1] == "rank":
    rank()
else:
    run(Dsearch)
