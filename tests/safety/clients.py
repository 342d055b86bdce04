"""Many clients ask one server; its memory is measured as they go on."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from essay_library import ROOT

sys.path.append(str(ROOT / "benchmarks"))

import server
from measuring import resident
from mutated_inputs import sample_questions


@dataclass(frozen=True, slots=True)
class Load:
    """Memory of a server after some questions.

    Attributes:
        asked: Number of questions that have been answered.
        megabytes: Its resident memory.
    """

    asked: int
    megabytes: float


def load(count: int, clients: int, *, read: int = 5, steps: int = 5) -> list[Load]:
    """Ask questions and measure.

    Args:
        count: Number of questions.
        clients: Number of clients, each of which asks the next question when the last is answered.
        read: One question of so many has its passages read by the model; the others are asked with ``fast``.
        steps: How often memory is measured.
    """
    loads, questions = [], sample_questions()
    with tempfile.TemporaryDirectory() as folder, server.served(Path(folder)) as started:
        fast, full = server.plain(fast=True), server.plain(fast=False)
        for way in (fast, full):
            server.ask(started.port, way, questions, 4 * clients, clients)
        loads.append(Load(0, resident(started.process)))
        for step in range(1, steps + 1):
            number = count // steps
            server.ask(started.port, full, questions, number // read, clients)
            server.ask(started.port, fast, questions, number - number // read, clients)
            loads.append(Load(step * number, resident(started.process)))
    return loads
