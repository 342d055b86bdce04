#!/usr/bin/env python3
"""Install the project into .venv; say what is fetched, how far it is and, in one sentence, what went wrong.

`make install` runs this; without make, run `python3 tools/install.py` (on Windows `py tools/install.py`).
It needs only the standard library, and its syntax is that of Python 3.6: a Python that is too old gets a
sentence, not a syntax error.
"""

import argparse
import contextlib
import hashlib
import json
import os
import queue
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(".venv")
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOG = VENV / "install.log"
STAMP = VENV / ".installed"
OLDEST_PYTHON = (3, 11)

# Measured on Linux with Python 3.11 and the versions of constraints.txt, with the CPU build of torch.
PACKAGES, FETCHED_MB, TORCH_MB, DISK_GB = 171, 770, 190, 2.6
FULL_BYTES = 10_000_000  # venv does not say that the disk is full; with less than this, it is
LARGE_MB = 20  # where there is no terminal, files of this size get a line of their own

CUDA_NOTE = (
    "Note: this torch brings CUDA, about 3 GB that nothing here uses; to avoid that, press Ctrl-C and take "
    "PyTorch's CPU build (README, Start)."
)
# What pip and venv print, in lower case.
_DISK_FULL = ("no space left on device", "errno 28", "disk quota exceeded", "not enough space on the disk")
_OFFLINE = (
    *(
        "failed to establish a new connection",
        "name resolution",
        "getaddrinfo failed",
        "network is unreachable",
    ),
    *(
        "connection refused",
        "connection reset",
        "connection aborted",
        "connection broken",
        "cannot connect to proxy",
        "timed out",
    ),
    *("could not fetch url", "sslerror"),
)
_MISSING = re.compile(
    r"(?:No matching distribution found for|Cannot install) (.+?)(?: because|$)", re.MULTILINE
)
_LINE_END = re.compile(rb"(?:[\r\n]|\x1b\[[0-9;?]*[A-Zhl])+")  # pip's bar moves the cursor
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_FILE = re.compile(
    r"(?:Downloading|Using cached) (?:\S*/)?([^\s/]+\.(?:whl|tar\.gz|zip))(?: \(([\d.]+) ([kMG]?B)\))?"
)
_BAR = re.compile(r"([\d.]+)/[\d.]+ ([kMG]?B)\b")
_MB = {"B": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3}


class InstallError(Exception):
    """What went wrong and what to do about it, in one sentence."""


def main() -> int:
    """Install what is missing; exit code 2 means that a sentence on standard error says why that failed."""
    parser = argparse.ArgumentParser(description="Install the project into .venv.")
    parser.add_argument(
        "--torch",
        default=os.environ.get("TORCH", ""),
        help="the torch to install, in pip's words: a version, a file, or a version with an index ($TORCH)",
    )
    torch = parser.parse_args().torch.strip()
    os.chdir(str(ROOT))
    try:
        check_python()
        if not is_installed(torch):
            install(torch)
    except InstallError as error:
        message, code = str(error), 2
    except OSError as error:
        message, code = explain(str(error)), 2
    except KeyboardInterrupt:
        message, code = "Stopped; the same command goes on from here.", 130
    else:
        return 0
    sys.stderr.write(message + "\n")
    return code


def check_python() -> None:
    """Refuse a Python that is too old, and name a newer one if there is one."""
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return
    newer = next((name for name in ("python3.11", "python3.12", "python3.13") if runs(name)), None)
    version = ".".join(map(str, sys.version_info[:3]))
    cure = (
        f"{newer} is on this machine: `make serve PYTHON={newer}`" if newer else "install one and try again"
    )
    raise InstallError(
        f"Python 3.{OLDEST_PYTHON[1]} or newer is needed, and {sys.executable} is {version}; {cure}."
    )


def runs(python: str) -> bool:
    """Whether there is a Python of this name that starts; version managers have names that do not."""
    if not shutil.which(python):
        return False
    command = [python, "-c", ""]
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def fingerprint() -> str:
    """A digest of the files that say what to install."""
    files = (Path("pyproject.toml"), Path("constraints.txt"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def is_installed(torch: str) -> bool:
    """Whether the last installation had the same files and the torch that is asked for, if any is."""
    if not STAMP.exists() or not VENV_PYTHON.exists():
        return False
    files, _, last_torch = STAMP.read_text(encoding="utf-8").partition("\n")
    return files == fingerprint() and torch in ("", last_torch)


def install(torch: str) -> None:
    """Make the virtual environment, install torch, then everything else.

    torch comes first, so that packages that need it do not choose another build. A torch that is there stays.
    """
    start = time.monotonic()
    installed = installed_versions()
    print(announcement(installed, torch), flush=True)
    if "pip" not in installed:
        make_environment()
    if torch or "torch" not in installed:
        pip_install(
            "torch",
            shlex.split(torch, posix=os.name != "nt") if torch else ["-c", "constraints.txt", "torch"],
        )
    # The tested torch must not replace the one that is there now.
    pin = f"torch=={installed_versions()['torch']}"
    constraints = VENV / "constraints.txt"
    tested = Path("constraints.txt").read_text(encoding="utf-8")
    constraints.write_text(re.sub(r"(?m)^torch==.*$", pin, tested), encoding="utf-8")
    pip_install("the other packages", ["-c", str(constraints), "-e", ".[dev]"])
    STAMP.write_text(f"{fingerprint()}\n{torch}", encoding="utf-8")
    print(f"Done in {time.monotonic() - start:.0f} s.", flush=True)


def installed_versions() -> "dict[str, str]":
    """The packages in .venv with their versions; none if there is no .venv."""
    if not os.path.lexists(str(VENV_PYTHON)):
        return {}
    code = (
        "import importlib.metadata as m, json, sys; "
        "print(json.dumps([sys.version_info[:2], {d.name.lower(): d.version for d in m.distributions()}]))"
    )
    try:
        output = subprocess.check_output([str(VENV_PYTHON), "-I", "-c", code], stderr=subprocess.DEVNULL)
        version, packages = json.loads(output.decode("utf-8"))
    except (OSError, subprocess.CalledProcessError):
        version, packages = [], {}
    if tuple(version) < OLDEST_PYTHON:
        raise InstallError(
            f"The Python in {VENV} is too old or damaged; remove the folder {VENV} and try again."
        )
    return dict(packages)


def announcement(installed: "dict[str, str]", torch: str) -> str:
    """What is going to be fetched and how much, in one line."""
    missing = PACKAGES - len(installed)
    kept = (
        "" if torch or "torch" not in installed else f"torch {installed['torch']} is there and is left alone"
    )
    if missing < PACKAGES / 2:
        changes = f"torch becomes {torch}" if torch else kept
        return f"Bringing {VENV} up to date with pyproject.toml and constraints.txt; {changes}."
    if kept or torch:
        size = f"{FETCHED_MB - TORCH_MB} MB to fetch; {kept or 'torch besides: ' + torch}"
    else:
        size = f"{FETCHED_MB} MB to fetch (torch is {TORCH_MB} MB of it), {DISK_GB} GB on disk"
    return f"Installing into {VENV}: about {missing} packages, {size}; this takes a few minutes."


def make_environment() -> None:
    """Make .venv with pip in it."""
    command = [sys.executable, "-m", "venv", str(VENV)]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode:
        output = result.stdout.decode("utf-8", "replace")
        if "python3-venv" in output:
            raise InstallError(
                "This Python cannot make a virtual environment with pip in it; on Debian and Ubuntu, install "
                "the package python3-venv and try again."
            )
        raise InstallError(explain(output))


def pip_install(what: str, arguments: "list[str]") -> None:
    """Run pip and show its progress; what pip itself prints goes to the log."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    if os.name != "nt":
        environment.update(
            FORCE_COLOR="1", TERM="xterm", COLUMNS="100"
        )  # pip then draws its bar into a pipe, too
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--no-input", "--progress-bar", "on", *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    progress = Progress(what)
    try:
        output = "".join(line + "\n" for line in lines_of(process, progress.show) if progress.read(line))
    finally:
        progress.clear()
        process.terminate()
    details = ""
    with contextlib.suppress(OSError):
        LOG.write_text(output, encoding="utf-8")
        details = f" Details: {LOG}"
    if process.wait():
        raise InstallError(explain(output) + details)


def lines_of(process: "subprocess.Popen[bytes]", idle: "Callable[[], None]") -> "Iterator[str]":
    """Yield what a process prints, without terminal codes; call ``idle`` in every second without a line."""
    pieces: "queue.Queue[bytes]" = queue.Queue()

    def read() -> None:
        descriptor = process.stdout.fileno() if process.stdout else -1
        for piece in iter(lambda: os.read(descriptor, 65536), b""):
            pieces.put(piece)
        pieces.put(b"")

    threading.Thread(target=read, daemon=True).start()
    rest, piece = b"", b"\n"
    while piece:
        try:
            piece = pieces.get(timeout=1)
        except queue.Empty:
            idle()
            continue
        *lines, rest = _LINE_END.split(rest + (piece or b"\n"))
        for line in lines:
            yield _COLOUR.sub("", line.decode("utf-8", "replace")).rstrip()
    process.wait()


class Progress:
    """What pip is doing: a line for each stage, and on a terminal a last line that changes."""

    def __init__(self, what: str) -> None:
        """Begin with the stage of fetching ``what``."""
        self._what = what
        self._start = time.monotonic()
        self._terminal = sys.stdout.isatty()
        self._doing = "asking which versions there are"
        # Megabytes: of the files before this one, of this one, and what there is of this one.
        self._fetched = self._file = self._part = 0.0
        self._installing = self._before = 0
        self._cuda = False
        self._say(f"Fetching {what} ...")

    def read(self, line: str) -> bool:
        """Show what a line of pip's means; return whether it is for the log, as a mere bar is not."""
        file, bar = _FILE.search(line), _BAR.search(line)
        if file:
            self._start_file(file.group(1), float(file.group(2) or 0) * _MB[file.group(3) or "MB"])
        elif bar:
            self._part = float(bar.group(1)) * _MB[bar.group(2)]
        elif line.startswith("Collecting "):
            self._doing = line.split(maxsplit=2)[1]
            if re.match(r"(nvidia|cuda)-", self._doing) and not self._cuda:
                self._cuda = True
                self._say(CUDA_NOTE)
        elif line.startswith("Installing collected packages: "):
            self._installing, self._before = line.count(",") + 1, count_installed()
            self._say(f"Installing {self._what} ({self._installing}) ...")
        elif "Retrying (" in line:
            self._doing = "no answer from the package index, trying again"
        self.show()
        return bool(line) and (
            not bar or "ERROR" in line
        )  # pip appends an error to the bar that it interrupts

    def _start_file(self, name: str, megabytes: float) -> None:
        self._fetched, self._file, self._part = self._fetched + self._file, megabytes, 0.0
        self._doing = "-".join(name.split("-")[:2]) + (f" ({megabytes:.0f} MB)" if megabytes >= 1 else "")
        if megabytes >= LARGE_MB and not self._terminal:
            self._say(f"  {self._doing}")

    def show(self) -> None:
        """Rewrite the last line of a terminal."""
        if not self._terminal:
            return
        if self._installing:
            done = min(max(count_installed() - self._before, 0), self._installing)
            state = f"{done} of {self._installing} installed"
        else:
            state = f"{self._fetched + self._part:.0f} MB fetched; {self._doing}"
        width = shutil.get_terminal_size().columns - 1
        text = f"  {time.monotonic() - self._start:.0f} s: {state}"[:width]
        sys.stdout.write("\r" + text.ljust(width) + "\r")
        sys.stdout.flush()

    def clear(self) -> None:
        """Empty the last line of a terminal."""
        if self._terminal:
            sys.stdout.write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")
            sys.stdout.flush()

    def _say(self, line: str) -> None:
        self.clear()
        print(line, flush=True)


def count_installed() -> int:
    """How many packages are in .venv."""
    return sum(1 for _ in VENV.glob("**/site-packages/*.dist-info"))


def explain(output: str) -> str:
    """What went wrong according to what pip, venv or the system printed, and what to do, in one sentence."""
    again = "then run the same command again, which goes on from here."
    free = min(shutil.disk_usage(folder).free for folder in (".", tempfile.gettempdir()))
    if free < FULL_BYTES or any(words in output.lower() for words in _DISK_FULL):
        return (
            f"The disk is full: {VENV} needs about {DISK_GB} GB, and the folder for temporary files "
            f"({tempfile.gettempdir()}) room for the largest package; free some space, {again}"
        )
    if any(words in output.lower() for words in _OFFLINE):
        return f"The package index does not answer: check the network, the proxy and pip's settings, {again}"
    missing = _MISSING.search(output)
    if missing:
        version = ".".join(map(str, sys.version_info[:2]))
        return (
            f"pip finds no version of {missing.group(1)} for Python {version}, this machine and what is "
            "wanted (constraints.txt, TORCH); the tested Python is 3.11: PYTHON=python3.11."
        )
    lines = output.strip().splitlines() or ["no reason given"]
    reason = next((line for line in lines if "error: " in line.lower()), lines[-1])
    return f"The installation failed: {re.sub('(?i).*?error: ', '', reason).strip().rstrip('.')}."


if __name__ == "__main__":
    sys.exit(main())
