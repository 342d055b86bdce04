"""Try to break the program, and print what was tried with its outcomes; docs/safety.md has the results.

    python tests/safety/run.py mutate [--kind KIND]... [--count N] [--keep DIR]
    python tests/safety/run.py kill [--count N] [--real-model]
    python tests/safety/run.py flips [--count N]
    python tests/safety/run.py map [--count N]
    python tests/safety/run.py load [--count N] [--clients N]
    python tests/safety/run.py trace

Each has a ``--seed``; the same seed tries the same again. The exit code is 1 if something was wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

# ruff: noqa: E402 - the imports that follow are found on the path that is set here
_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / "tests"), str(_ROOT)]

import clients
import flips
import kills
import mutated_inputs
import network
from essay_library import SAMPLE
from fake_models import essay_of
from typesetter import Setting, print_essay
from undoings import UnnamedError, undoings

from assistant.chunking.chunk import chunk
from assistant.library.library import Library

# More memory than this after the questions than before them is too much, in MB.
_FLAT = 40
# Kills or flips after which figures are printed.
_PART = 50


def main() -> None:
    """Run what the user names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)

    def add(
        name: str, run: Callable[[argparse.Namespace], int], count: int, text: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text)
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--count", type=int, default=count)
        command.set_defaults(run=run)
        return command

    mutate = add("mutate", _mutate, 1000, "give mutated files and texts to the commands, COUNT of each kind")
    mutate.add_argument("--kind", action="append", choices=list(mutated_inputs.KINDS))
    mutate.add_argument("--first", type=int, default=0, help="number of the first input")
    mutate.add_argument("--keep", type=Path, help="folder for inputs that fail")
    kill = add("kill", _kill, 1000, "kill changes of a library at random moments")
    kill.add_argument("--real-model", action="store_true", help="embed with the real model")
    add("flips", _flips, 10_000, "flip bits in the files of a library")
    add("map", _map, 1000, "name every difference between passages and source")
    load = add("load", _load, 5000, "ask a server from many clients and measure its memory")
    load.add_argument("--clients", type=int, default=16)
    add("trace", _trace, 1, "trace the system calls of commands and server")
    options = parser.parse_args()
    sys.exit(options.run(options))


def _mutate(options: argparse.Namespace) -> int:
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    failures = []
    for kind in options.kind or mutated_inputs.KINDS:
        tally = mutated_inputs.mutate(kind, options.count, options.seed, options.keep, options.first)
        outcomes = ", ".join(f"{name}: {count:,}" for name, count in tally.counts.most_common())
        _print(f"{kind}: {outcomes}; {tally.slowest:.1f} s at most, {tally.megabytes:.0f} MB at most")
        failures += [f"{kind}, input {failure.number}: {failure.details}" for failure in tally.failures]
    return _failed(failures)


def _kill(options: argparse.Namespace) -> int:
    total, done = kills.Kills(), 0
    for part, count in enumerate(_parts(options.count)):
        result = kills.kill(count, 1_000 * options.seed + part, real_model=options.real_model)
        done += count
        total.before += result.before
        total.after += result.after
        total.killed += result.killed
        total.failures += result.failures
        _print(f"{total.killed:,} of {done:,} changes killed, {len(total.failures):,} failures")
    for change in kills.CHANGES:
        _print(f"{change}: {total.before[change]:,} as before, {total.after[change]:,} made")
    return _failed(total.failures)


def _flips(options: argparse.Namespace) -> int:
    total, done = flips.Flips(), 0
    for part, count in enumerate(_parts(options.count)):
        result = flips.flip(count, 1_000 * options.seed + part)
        done += count
        total.counts += result.counts
        total.failures += result.failures
        _print(f"{done:,} flips, {len(total.failures):,} failures")
    for (name, outcome), count in sorted(total.counts.items()):
        _print(f"{name}: {outcome}: {count:,}")
    return _failed(total.failures)


def _parts(count: int) -> Iterator[int]:
    """Parts of a long run, after each of which its figures so far are printed."""
    for done in range(0, count, _PART):
        yield min(_PART, count - done)


def _map(options: argparse.Namespace) -> int:
    from wordfreq import zipf_frequency

    @cache
    def frequency(word: str) -> float:
        return float(zipf_frequency(word, "en"))

    counts: Counter[str] = Counter()
    failures = []
    for number in range(options.count):
        chance = random.Random(f"map {options.seed} {number}")
        if number % 2:
            text = print_essay(_setting(chance)).source
        else:
            text = mutated_inputs.mutated_essay(chance).decode("utf-8", "replace")
        essay = essay_of(text)
        try:
            counts += undoings(essay, chunk(essay, frequency))
        except UnnamedError as error:
            failures.append(f"text {number}: {error}")
    _print("\n".join(f"{name}: {count:,}" for name, count in counts.most_common()))
    return _failed(failures)


def _setting(chance: random.Random) -> Setting:
    return Setting(
        width=chance.randint(45, 95),
        page_lines=chance.randint(10, 40),
        pages=chance.choice(("none", "form feeds", "running heads", "both")),
        newline=chance.choice(("\n", "\r\n")),
        indented=chance.random() < 0.5,
        hyphens=chance.choice((0.0, 0.3, 1.0)),
        trailing=chance.choice(("", " ")),
        first_page=chance.randint(1, 900),
        seed=chance.randrange(2**32),
    )


def _load(options: argparse.Namespace) -> int:
    loads = clients.load(options.count, options.clients)
    for load in loads:
        _print(f"after {load.asked:,} questions: {load.megabytes:.0f} MB")
    grown = loads[-1].megabytes - loads[1].megabytes
    return _failed([f"the server has grown by {grown:.0f} MB"] if grown > _FLAT else [])


def _trace(_options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "library"
        Library(root).add(SAMPLE)
        traces = network.trace_all(root, Path(folder))
    for name, trace in traces.items():
        calls = ", ".join(f"{call}: {count}" for call, count in trace.counts.items()) or "no address at all"
        _print(f"{name}: {calls}")
    return _failed(line for trace in traces.values() for line in trace.outside)


def _failed(failures: Iterable[str]) -> int:
    sentences = list(failures)
    for sentence in sentences:
        _print(sentence)
    return int(bool(sentences))


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
