"""Measure what a writer waits for: commands, keys in ``assistant pick``, and the editor after a pause.

    OPENBLAS_NUM_THREADS=1 python benchmarks/desk.py [--only commands keys checks] [--essays 1 10 1000]

**Commands** are processes of their own, by themselves and with a warm process (``serve --background``), in
turn. Questions that the warm process reads are new to it unless the table says otherwise. The processor's
time is that of the command and of the warm process: what it would take on a machine that does nothing else.
**Keys** are typed into ``assistant pick`` in a pseudo-terminal; the time is that from a key to the last byte
that is drawn. The libraries are the sample essay with generated ones (``many.py``).
**Checks**: a word is typed into the middle of a draft of 10,000 words, letter by letter, then words are
changed all over it. The time is that from the end of the pause to the problems as the protocol has them.
"""

from __future__ import annotations

import argparse
import fcntl
import gc
import json
import os
import pty
import random
import resource
import select
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import many
import numpy as np
from measuring import QUERIES, ROOT, SAMPLE, environment, resident, table, tail

sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from generated_drafts import a_draft  # noqa: E402 - the path is set above
from plain_prose import ENGLISH  # noqa: E402

from assistant.editor.analysis import Desks, OpenDraft  # noqa: E402
from assistant.editor.diagnostics import diagnostics  # noqa: E402
from assistant.editor.settings import EditorSettings  # noqa: E402
from assistant.editor.text import EditorText  # noqa: E402
from assistant.library.library import Library  # noqa: E402

_WORDS, _EDITS, _TYPED, _NAME = 10_000, 500, "remarkable ", "Essay Assistant Authors"
_QUOTATIONS = (50, 150, 300)
_QUESTION, _CUT = "who gave us the paragraph sign", 5
# Seconds without a byte after which a key has been answered, and in which pick must be there.
_QUIET, _PATIENCE = 0.4, 60.0


def questions() -> Iterator[str]:
    """Questions on the sample essay, again and again, each time in other words."""
    texts = [json.loads(line)["text"] for line in QUERIES.read_text("utf-8").splitlines()]
    for number, text in enumerate(cycle(texts)):
        yield text if number < len(texts) else f"{text} {ENGLISH[number % len(ENGLISH)].split()[0]}"


@contextmanager
def warm_process(library: Path) -> Iterator[tuple[dict[str, str], int]]:
    """Environment in which a warm process has the library loaded, and the process."""
    with tempfile.TemporaryDirectory(prefix="desk-") as runtime:
        Path(runtime).chmod(0o700)
        inherited = environment() | {"PYTHONPATH": str(ROOT), "ASSISTANT_LIBRARY": str(library)}
        there = inherited | {"XDG_RUNTIME_DIR": runtime}
        serve = [sys.executable, "-m", "assistant", "serve"]
        subprocess.run([*serve, "--background"], env=there, check=True)
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(f"{runtime}/essay-assistant/commands.sock")
                credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            yield there, struct.unpack("iii", credentials)[0]
        finally:
            subprocess.run([*serve, "--stop"], env=there, check=True)


def commands(library: Path, runs: int) -> str:
    """Milliseconds of commands, by themselves and with a warm process."""
    fresh = questions()
    cases: list[tuple[str, Callable[[], list[str]]]] = [
        ("an interpreter that does nothing", list),
        ("`list`", lambda: ["list"]),
        ("`quote`", lambda: ["quote", "numbered sections"]),
        ("`ask --fast`", lambda: ["ask", "--fast", next(fresh)]),
        ("`ask`", lambda: ["ask", next(fresh)]),
        ("`ask`, a question asked before", lambda: ["ask", _QUESTION]),
    ]
    took: dict[tuple[str, bool], list[float]] = {}
    busy: dict[tuple[str, bool], list[float]] = {}
    with warm_process(library) as (there, server):
        for number in range(runs + 1):
            for name, words in cases:
                for warm in (True, False):
                    if not warm and number > runs // 3:
                        continue  # they take long
                    given = words()
                    program = ["-m", "assistant", *given] if given else ["-c", "pass"]
                    cold = {} if warm else {"ASSISTANT_COLD": "1"}
                    before, start = _used(server), time.perf_counter()
                    subprocess.run(
                        [sys.executable, *program],
                        env=there | cold,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        check=False,
                    )
                    if number:
                        took.setdefault((name, warm), []).append(1000 * (time.perf_counter() - start))
                        busy.setdefault((name, warm), []).append(_used(server) - before)
    rows = [
        [
            name,
            f"{np.median(took[name, False]):.0f}",
            *tail(took[name, True], 0)[:2],
            f"{np.median(took[name, False]) / np.median(took[name, True]):.1f}",
            f"{np.mean(busy[name, False]):.0f}",
            f"{np.mean(busy[name, True]):.0f}",
        ]
        for name, _ in cases
    ]
    head = ["a command", "by itself, ms", "warm, p50", "warm, p95", "times as fast"]
    return table([*head, "of the processor by itself, ms", "warm"], rows)


def _used(server: int) -> float:
    """Milliseconds of the processor that all commands and the warm process have used."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (children.ru_utime + children.ru_stime + many.processor(server))


def keys(library: Path, size: tuple[int, int] = (24, 80)) -> list[str]:
    """Milliseconds from a key to the last byte that is drawn for it, p50 and p95; those of the processor."""
    process, terminal = pty.fork()
    if process == 0:
        given = environment() | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
        command = [sys.executable, "-m", "assistant", "pick", "--library", str(library)]
        os.execvpe(sys.executable, command, given)  # noqa: S606 - this program's own command
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    try:
        _answered(terminal, _PATIENCE)
        took, before = [], many.processor(process)
        for key in [*_QUESTION, *["\x7f"] * _CUT, *_QUESTION[-_CUT:]]:
            start = time.perf_counter()
            os.write(terminal, key.encode())
            took.append(1000 * (_answered(terminal, _PATIENCE) - start))
        busy = 1000 * (many.processor(process) - before) / len(took)
        os.write(terminal, b"\x03")
    finally:
        _answered(terminal, 0)
        os.close(terminal)
        os.waitpid(process, 0)
    return [*tail(took, 0)[:2], f"{busy:.0f}"]


def _answered(terminal: int, patience: float) -> float:
    """Wait until something was drawn and no more follows; when its last byte came."""
    last = time.perf_counter()
    while select.select([terminal], [], [], patience)[0]:
        try:
            data = os.read(terminal, 65_536)
        except OSError:
            break
        last, patience = time.perf_counter(), _QUIET
        if b"\x1b[6n" in data:
            os.write(terminal, b"\x1b[1;1R")  # it asks where the cursor is
    return last


def libraries(counts: Sequence[int], work: Path) -> Iterator[tuple[int, Path]]:
    """Libraries of so many essays, of which the first is the sample."""
    for count in counts:
        root = work / f"library-{count}"
        if not root.exists():
            Library(root).add(SAMPLE)
            if count > 1:
                many.build(root, work / f"texts-{count}", count - 1)
        yield count, root


def _draft(desks: Desks, quotations: int) -> str:
    """A draft with so many paragraphs that quote, among paragraphs that do not."""
    essay = desks.desk(EditorSettings(), "mla").essays["sample"]
    items = [item.text for seed in range(100, 120) for item in a_draft(essay, _NAME, seed)][:quotations]
    chance, words = random.Random(1), sum(len(text.split()) for text in items)
    while words < _WORDS:
        items.insert(chance.randrange(len(items) + 1), chance.choice(ENGLISH))
        words += 55
    return "\n\n".join(items)


def checks(library: Path, quotations: int) -> list[str]:
    """A row: times of checks after edits, and the memory before and after all of them."""
    desks = Desks(library, print, lambda root, notify: Library(root, notify=notify))
    text = EditorText(_draft(desks, quotations))
    opened, _ = _check(desks, text, 0)
    before, chance, times = resident(os.getpid()), random.Random(2), []
    middle = text.text.index(" ", len(text.text) // 2)
    for number in range(1, _EDITS + 1):
        if number <= len(_TYPED):
            edited = text.with_text(f"{text.text[:middle]} {_TYPED[:number]}{text.text[middle:]}")
        else:
            start = text.text.find(" ", chance.randrange(len(text.text) - 100)) + 1
            end = text.text.find(" ", start)
            text = edited = text.with_text(
                f"{text.text[:start]}{chance.choice(ENGLISH).split()[0]}{text.text[end:]}"
            )
        times.append(_check(desks, edited, number))
    after = resident(os.getpid())
    wall, busy = np.array(times).T
    middle_row = [f"{np.median(busy):.0f}", f"{np.percentile(busy, 95):.0f}"]
    walls = [f"{np.median(wall):.0f}", f"{np.percentile(wall, 95):.0f}"]
    size = [f"{len(text.text.split()):,}", str(quotations), f"{opened:.0f}"]
    return [*size, *walls, *middle_row, f"{before:.0f}", f"{after:.0f}"]


def _check(desks: Desks, text: EditorText, version: int) -> tuple[float, float]:
    """Milliseconds, and those of the processor, for one check."""
    busy, started = time.process_time(), time.perf_counter()
    analysis, _ = desks.analyse(OpenDraft("file:///d.md", version, ".md", text, None), EditorSettings())
    diagnostics(analysis)
    return 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - busy)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=("commands", "keys", "checks"), nargs="*")
    parser.add_argument("--essays", type=int, nargs="*", default=(1, 10, 1_000), help="sizes of libraries")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--work", type=Path, metavar="DIR", help="a folder for the libraries, used again")
    options = parser.parse_args()
    only = options.only or ("commands", "keys", "checks")
    # As the language server has it.
    gc.set_threshold(50_000)
    with tempfile.TemporaryDirectory(prefix="desk-") as name:
        work = options.work or Path(name)
        _, sample = next(libraries([1], work))
        if "commands" in only:
            print(commands(sample, options.runs), end="\n\n", flush=True)
        if "keys" in only:
            rows = [[f"{count:,}", *keys(root)] for count, root in libraries(options.essays, work)]
            head = ["essays", "a key, p50, ms", "p95", "of the processor, mean"]
            print(table(head, rows), end="\n\n", flush=True)
        if "checks" in only:
            head = ["words", "quotations", "opened, ms", "after a pause, p50", "p95"]
            head += ["processor, p50", "p95", "memory, MB", "after 500 edits"]
            print(table(head, [checks(sample, quotations) for quotations in _QUOTATIONS]))


if __name__ == "__main__":
    main()
