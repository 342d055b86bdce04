"""Handing a command to the warm process: its place, the messages, and the asking side.

Both sides are programs of one user on one machine, joined by a Unix socket in a folder that only this user
may enter. The command's standard streams are handed over as they are, so that it prints as it would by
itself. Only what costs next to nothing to load is imported here.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

# Commands that only read. Others change the library, last long, or need the terminal to themselves.
HANDED_OVER = frozenset(
    ("ask", "check", "cite", "compare", "index", "list", "outline", "quote", "related", "show")
)
# Longer than any command line with its environment that a system accepts by default.
LONGEST_REQUEST = 4 * 1024**2
_HEADER = 4
# A socket's address has at most 104 bytes on some systems.
_LONGEST_ADDRESS = 100
INTERRUPT, STREAMS = b"i", b"s"
REFUSED = b"refused\n"
ACCEPTED = b"accepted\n"
# Seconds within which the process must begin; it may be busy with another command, and loading takes about as
# long.
_PATIENCE_S = 0.7


def socket_path() -> Path:
    """Address of the warm process of this user."""
    folder = os.environ.get("XDG_RUNTIME_DIR") or ""
    if folder and len(folder) < _LONGEST_ADDRESS - 30 and Path(folder).is_dir():
        return Path(folder, "essay-assistant", "commands.sock")
    return Path("/tmp", f"essay-assistant-{os.getuid()}", "commands.sock")  # noqa: S108 - see is_private


def is_private(folder: Path) -> bool:
    """Whether a folder is this user's own, and nobody else may enter it."""
    try:
        state = folder.lstat()
    except OSError:
        return False
    mine = state.st_uid == os.getuid()
    return mine and stat.S_ISDIR(state.st_mode) and not stat.S_IMODE(state.st_mode) & 0o077


def program_stamp() -> list[str]:
    """What both sides must agree on: the interpreter and the program's files."""
    from assistant import __version__

    return [sys.executable, str(Path(__file__).resolve()), __version__]


def send(connection: socket.socket, request: Mapping[str, object]) -> None:
    """Send a request."""
    body = json.dumps(request).encode("utf-8", "surrogateescape")
    connection.sendall(len(body).to_bytes(_HEADER, "big") + body)


def receive(connection: socket.socket) -> dict[str, object]:
    """Receive a request.

    Raises:
        ValueError: If it is no request.
    """
    header = connection.recv(_HEADER)
    length = int.from_bytes(header, "big")
    if len(header) < _HEADER or length > LONGEST_REQUEST:
        raise ValueError("not a request")
    body = bytearray()
    while len(body) < length:
        part = connection.recv(length - len(body))
        if not part:
            raise ValueError("an incomplete request")
        body += part
    request = json.loads(body.decode("utf-8", "surrogateescape"))
    if not isinstance(request, dict):
        raise ValueError("not a request")  # noqa: TRY004 - whatever is wrong with it, it is none
    return request


def connected() -> socket.socket | None:
    """A connection to the warm process of this user, if one runs."""
    path = socket_path()
    if not is_private(path.parent) or not path.exists():
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        return None
    return connection


def answer(words: list[str]) -> int | None:
    """Have the warm process run a command.

    Args:
        words: The words after ``assistant``.

    Returns:
        The command's exit code; ``None`` if there is no such process, or it is not its kind of command.
    """
    if not words or words[0] not in HANDED_OVER or "--batch" in words or "ASSISTANT_COLD" in os.environ:
        return None
    connection = connected()
    if connection is None:
        return None
    with connection:
        try:
            return _run(connection, words)
        except (OSError, ValueError):
            return None  # it is busy, or ended just now


def _run(connection: socket.socket, words: list[str]) -> int | None:
    request = {
        "words": words,
        "folder": os.getcwd(),  # noqa: PTH109 - pathlib is slower, and this is text
        "environment": dict(os.environ),
        "program": program_stamp(),
    }
    connection.settimeout(_PATIENCE_S)
    send(connection, request)
    if _line(connection) != ACCEPTED:
        return None
    # Sent earlier they would stay open on the way to a process that is busy, long after this one has ended.
    socket.send_fds(connection, [STREAMS], [0, 1, 2])
    connection.settimeout(None)
    signal.signal(signal.SIGINT, lambda *_: connection.sendall(INTERRUPT))
    line = _line(connection)
    if not line:
        sys.stderr.write("assistant: the warm process ended; give the command once more\n")
        return 2
    return int(line)


def _line(connection: socket.socket) -> bytes:
    """The next line, unless the other side has gone: then what there is of it."""
    line = b""
    while not line.endswith(b"\n"):
        letter = connection.recv(1)
        if not letter:
            break
        line += letter
    return line
