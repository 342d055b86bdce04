"""Try many inputs in child processes whose processor time and memory are limited."""

from __future__ import annotations

import gc
import json
import math
import os
import resource
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Limits of one input.
SECONDS, MEGABYTES = 10, 1024
# Inputs that one child tries; it then gives back its memory by ending.
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an input.

    Attributes:
        number: Its number, from 0.
        name: The outcome in a few words, by which outcomes are counted.
        details: More about a failure; empty if all is well.
        seconds: Processor time that it took.
    """

    number: int
    name: str
    details: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class Tally:
    """The outcomes of a run.

    Attributes:
        counts: How often each outcome occurred.
        failures: The failures.
        slowest: The most processor time that an input took, in seconds.
        megabytes: The most memory that a child process had.
    """

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Outcome] = field(default_factory=list)
    slowest: float = 0.0
    megabytes: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self.counts[outcome.name] += 1
        self.slowest = max(self.slowest, outcome.seconds)
        if outcome.details:
            self.failures.append(outcome)


def run(attempt: Callable[[int], str], numbers: Sequence[int]) -> Tally:
    """Try inputs in child processes.

    Args:
        attempt: Tries the input of a number and returns the name of the outcome. An exception is a failure.
        numbers: The numbers.

    Returns:
        The outcomes. An input that exceeds its processor time or memory is a failure too.
    """
    tally, left = Tally(), list(numbers)
    while left:
        done = 0
        for outcome in _in_child(attempt, left[:_BATCH], tally):
            tally.add(outcome)
            done += 1
        left = left[done:]
    return tally


def _in_child(attempt: Callable[[int], str], numbers: Sequence[int], tally: Tally) -> Iterator[Outcome]:
    """Outcomes of the inputs that a child tried before it ended; one at least."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        os.close(reading)
        _child(attempt, numbers, writing)
    os.close(writing)
    done = 0
    with os.fdopen(reading, encoding="utf-8") as results:
        for line in results:
            yield Outcome(**json.loads(line))
            done += 1
    _, status, usage = os.wait4(child, 0)
    tally.megabytes = max(tally.megabytes, usage.ru_maxrss / 1024)
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        yield Outcome(numbers[done], f"killed by {name}", f"killed by {name}")
    elif done < len(numbers):
        yield Outcome(numbers[done], "ended", f"exit status {os.WEXITSTATUS(status)}")


def _child(attempt: Callable[[int], str], numbers: Sequence[int], writing: int) -> None:
    gc.freeze()
    _limit_memory()
    with os.fdopen(writing, "w", encoding="utf-8") as results:
        for number in numbers:
            outcome = _tried(attempt, number)
            results.write(json.dumps(vars_of(outcome)) + "\n")
            results.flush()
    os._exit(0)


def _tried(attempt: Callable[[int], str], number: int) -> Outcome:
    start = _processor_time()
    _limit_time(start)
    name, details = "", ""
    try:
        name = attempt(number)
    except BaseException as error:  # noqa: BLE001 - any exception is what is looked for
        name, details = type(error).__name__, traceback.format_exc()[-4000:]
    return Outcome(number, name, details, _processor_time() - start)


def vars_of(outcome: Outcome) -> dict[str, Any]:
    """The fields of an outcome."""
    return {name: getattr(outcome, name) for name in Outcome.__slots__}


def _processor_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _limit_time(start: float) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(start) + SECONDS, hard))


def _limit_memory() -> None:
    """Allow a gigabyte more than the process has already; ``VmSize`` counts in kilobytes."""
    if sys.platform == "linux":
        with Path("/proc/self/statm").open(encoding="ascii") as file:
            pages = int(file.read().split()[0])
        limit = pages * resource.getpagesize() + MEGABYTES * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
