"""Trace the system calls of the program: it may connect to this machine only, and look up no name.

Needs strace. A look-up of a name is seen by its connection to port 53 or to the system's resolver.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_CALLS = "connect,sendto,sendmsg,sendmmsg,bind,open,openat"
_ADDRESS = re.compile(
    r"sin6?_port=htons\((\d+)\).*?(?:inet_addr\(\"([^\"]+)\"\)|inet_pton\(AF_INET6, \"([^\"]+)\")"
)
_LOCAL_SOCKET = re.compile(r'sun_path=@?"([^"]*)"')
_CALL = re.compile(r"\b(\w+)\(")
# Files that a program reads to look up a name on the network.
_RESOLVER_FILES = ("/etc/resolv.conf", "/run/nscd", "/var/run/nscd", "systemd/resolve")
_PATIENCE = 120


@dataclass(slots=True)
class Trace:
    """What a command did on the network.

    Attributes:
        counts: System calls by name and address.
        outside: Calls that name another machine or look up a name.
    """

    counts: Counter[str] = field(default_factory=Counter)
    outside: list[str] = field(default_factory=list)


def is_available() -> bool:
    """Whether this machine has strace."""
    return shutil.which("strace") is not None


def trace_command(arguments: Sequence[str], folder: Path) -> Trace:
    """Trace a command of the program until it ends."""
    log = folder / "trace.txt"
    process = subprocess.run([*_strace(log), *arguments], capture_output=True, text=True, check=False)
    if process.returncode not in {0, 1}:
        raise AssertionError(process.stderr)
    return read_trace(log)


def trace_server(arguments: Sequence[str], folder: Path, visit: Callable[[str], None]) -> Trace:
    """Trace a server while it is visited.

    Args:
        arguments: Those of the server, without its port.
        folder: Where the trace is written.
        visit: Visits the page at an address.
    """
    log = folder / "trace.txt"
    with _served([*_strace(log), *arguments]) as address:
        visit(address)
    return read_trace(log)


def visit_page(address: str) -> None:
    """Read the page, every file that it names on this server, an answer and a wrong address."""
    page = _read(address)
    files = set(re.findall(r'(?:src|href)="((?:\./|/)[^"#]+)"', page))
    for file in sorted(files):
        _read(address + file.removeprefix(".").removeprefix("/"))
    for path in ("config", "api/ask?q=What+is+a+verse", "nothing-here"):
        _read(address + path)
    outside = re.findall(r'(?:src|href)="(https?://[^"]+)"', page)
    if outside:
        raise AssertionError(f"the page names {outside}")


def read_trace(log: Path) -> Trace:
    """Read the log of strace."""
    trace = Trace()
    for line in log.read_text("utf-8", "replace").splitlines():
        call = _CALL.search(line)
        if call is None:
            continue
        if call[1] in {"open", "openat"}:
            if any(file in line for file in _RESOLVER_FILES):
                trace.counts["reads the resolver's settings"] += 1
                trace.outside.append(line)
        elif address := _ADDRESS.search(line):
            port, host = address[1], address[2] or address[3]
            local = host.startswith("127.") or host in {"::1", "::ffff:127.0.0.1", "0.0.0.0"}  # noqa: S104 - nothing is bound here
            trace.counts[f"{call[1]} {host}"] += 1
            if not local or port == "53":
                trace.outside.append(line)
        elif path := _LOCAL_SOCKET.search(line):
            trace.counts[f"{call[1]} {path[1]}"] += 1
            if any(file in path[1] for file in _RESOLVER_FILES):
                trace.outside.append(line)
    return trace


def _strace(log: Path) -> list[str]:
    strace = shutil.which("strace") or "strace"
    return [strace, "-f", "-qq", "-o", str(log), "-e", f"trace={_CALLS}", sys.executable, "-m", "assistant"]


def _read(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE) as response:
            return str(response.read().decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        return str(error)


@contextmanager
def _served(command: Sequence[str]) -> Iterator[str]:
    """Start a server on a free port; it is terminated on exit."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        [*command, "--port", str(port)], stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}/"
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the server does not start")


def trace_all(root: Path, folder: Path) -> dict[str, Trace]:
    """Trace ``ask``, ``quote`` and ``serve`` with one visit of its page."""
    library = ["--library", str(root)]
    return {
        "ask": trace_command(["ask", "What is a verse?", *library], folder),
        "ask --fast": trace_command(["ask", "--fast", "What is a verse?", *library], folder),
        "quote": trace_command(["quote", "broke the text into pieces", *library], folder),
        "list": trace_command(["list", *library], folder),
        "serve and one page": trace_server(["serve", *library], folder, visit_page),
    }
