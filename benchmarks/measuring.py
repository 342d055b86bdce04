"""What the benchmarks share: processes measured from outside, runs that take turns, tables."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, perf_counter

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample" / "essay.txt"
QUERIES = ROOT / "data" / "eval" / "sample" / "queries.jsonl"
# ru_maxrss counts kilobytes, on macOS bytes.
_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10


def environment() -> dict[str, str]:
    """The environment of a measured process: as users have it, but offline.

    Modules are compiled once, as in an installed package, and no variable of this process sets the number of
    threads.
    """
    dropped = {"PYTHONDONTWRITEBYTECODE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}
    inherited = {name: value for name, value in os.environ.items() if name not in dropped}
    return inherited | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


@dataclass
class Process:
    """A command that runs as a process of its own, and what its runs took.

    Attributes:
        name: Its name in the tables.
        command: The command.
        folder: Where a peer finds its files; see ``benchmarks/peers/command.py``.
        seconds: Wall clock of each run.
        megabytes: Peak of resident memory of each run.
    """

    name: str
    command: Sequence[str]
    folder: Path = ROOT
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Run once."""
        start = perf_counter()
        process = subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment() | {"PEER_FOLDER": str(self.folder)},
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        # ``assistant ask`` exits with 1 if it offers no answer.
        if process.returncode not in {0, 1}:
            sys.exit(f"{self.name} failed with {process.returncode}")
        self.seconds.append(perf_counter() - start)
        self.megabytes.append(usage.ru_maxrss / _MEGABYTE)


def in_turn(ways: Sequence[Callable[[], object]], runs: int, end: float) -> None:
    """Run all ways in turn, so that other work on the machine slows all of them alike.

    Args:
        ways: What to run.
        runs: How often to run each; at least once.
        end: Time after which no further turn starts, by the monotonic clock.
    """
    for number in range(runs):
        if number and monotonic() > end:
            return
        for way in ways:
            way()


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, first and third quartile."""
    low, middle, high = np.percentile(values, (25, 50, 75))
    return float(middle), float(low), float(high)


def spread(values: Sequence[float], digits: int) -> str:
    """Median, and the quartiles in brackets."""
    middle, low, high = quartiles(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}-{high:,.{digits}f})"


def tail(values: Sequence[float], digits: int) -> list[str]:
    """p50, p95 and p99."""
    return [f"{value:,.{digits}f}" for value in np.percentile(values, (50, 95, 99))]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def resident(process: int) -> float:
    """Resident memory of a process, in MB."""
    output = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process)],  # noqa: S607 - found on the path
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return int(output) / 1024


def machine() -> str:
    """A description of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())
