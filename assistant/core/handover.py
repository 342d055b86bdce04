"""Handing a command to the warm process: its place, the messages, and the asking side.

Both sides are programs of one user on one machine, joined by a Unix socket in a folder that only this user
may enter. The command's standard streams are handed over as they are, so that it prints as it would by
itself. Only what costs next to nothing to load is imported here: neither pathlib nor json.
"""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys

# Commands that leave the library as it is. Others change it, last long, or need the terminal to themselves.
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
# Exit code of a command that its user has interrupted.
INTERRUPTED = 130
# Seconds within which the process must begin; it may be busy with another command, and loading takes about as
# long.
_PATIENCE_S = 0.7


def socket_path() -> str:
    """Address of the warm process of this user."""
    folder = os.environ.get("XDG_RUNTIME_DIR") or ""
    if folder and len(folder) < _LONGEST_ADDRESS - 30 and os.path.isdir(folder):
        return f"{folder}/essay-assistant/commands.sock"
    return f"/tmp/essay-assistant-{os.getuid()}/commands.sock"  # noqa: S108 - see is_private


def is_private(folder: str) -> bool:
    """Whether a folder is this user's own, and nobody else may enter it."""
    try:
        state = os.lstat(folder)
    except OSError:
        return False
    mine = state.st_uid == os.getuid()
    return mine and stat.S_ISDIR(state.st_mode) and not stat.S_IMODE(state.st_mode) & 0o077


def program_stamp() -> str:
    """What both sides must agree on: the interpreter, the program's files and their version."""
    from assistant import __version__

    return f"{program_place()}{__version__}"


def program_place() -> str:
    """The interpreter and the program's files; if another version follows, the program was replaced."""
    return f"{sys.executable}:{os.path.realpath(__file__)}:"


class HandedCommand:
    """A command for the warm process, or the wish that it ends.

    Args:
        words: The words after ``assistant``; none to end the process.
        program: The ``program_stamp`` of the program that asks.
        folder: The folder that it is in.
        environment: Its environment.
    """

    # A dataclass would take longer to load than all the rest.
    __slots__ = ("environment", "folder", "program", "words")

    def __init__(self, words: list[str], program: str, folder: str, environment: dict[str, str]) -> None:
        self.words, self.program = words, program
        self.folder, self.environment = folder, environment

    def encoded(self) -> bytes:
        """The request as bytes, its parts apart by a character that no word and no name can have."""
        names = [f"{name}={value}" for name, value in self.environment.items()]
        parts = [self.program, self.folder, str(len(self.words)), *self.words, *names]
        return "\0".join(parts).encode("utf-8", "surrogateescape")

    @classmethod
    def decoded(cls, body: bytes) -> HandedCommand:
        """The request that bytes stand for.

        Raises:
            ValueError: If they stand for none.
        """
        program, folder, count, *parts = body.decode("utf-8", "surrogateescape").split("\0")
        words, names = parts[: int(count)], parts[int(count) :]
        return cls(words, program, folder, dict(name.split("=", 1) for name in names))


def request_of(words: list[str]) -> HandedCommand:
    """The request of this process to run a command."""
    return HandedCommand(words, program_stamp(), os.getcwd(), dict(os.environ))


def send(connection: socket.socket, request: HandedCommand) -> None:
    """Send a request."""
    body = request.encoded()
    connection.sendall(len(body).to_bytes(_HEADER, "big") + body)


def receive(connection: socket.socket) -> HandedCommand:
    """Receive a request.

    Raises:
        ValueError: If it is no request.
    """
    header = connection.recv(_HEADER, socket.MSG_WAITALL)
    length = int.from_bytes(header, "big")
    if len(header) < _HEADER or length > LONGEST_REQUEST:
        raise ValueError("not a request")
    body = bytearray()
    while len(body) < length:
        part = connection.recv(length - len(body))
        if not part:
            raise ValueError("an incomplete request")
        body += part
    return HandedCommand.decoded(bytes(body))


def connected() -> socket.socket | None:
    """A connection to the warm process of this user, if one runs."""
    path = socket_path()
    if not is_private(os.path.dirname(path)) or not os.path.exists(path):
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Without a limit it would wait for ever for a process at which as many wait as it lets wait.
    connection.settimeout(_PATIENCE_S)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        return None
    connection.settimeout(None)
    return connection


def answer(words: list[str]) -> int | None:
    """Have the warm process run a command.

    Args:
        words: The words after ``assistant``.

    Returns:
        The command's exit code; ``None`` if there is no such process, or it is not its kind of command.
    """
    if not words or words[0] not in HANDED_OVER or "ASSISTANT_COLD" in os.environ:
        return None
    if any(word.partition("=")[0] == "--batch" for word in words):
        return None
    connection = connected()
    if connection is None:
        return None
    with connection:
        try:
            if not is_accepted(connection, words):
                return None
            # Sent earlier they would stay open on the way to a busy process, long after this one has ended.
            socket.send_fds(connection, [STREAMS], [0, 1, 2])
        except (OSError, ValueError):
            return None  # it is busy, or ended just now
        return _code(connection)


def is_accepted(connection: socket.socket, words: list[str]) -> bool:
    """Ask whether the process will run a command; it does so when it gets the streams.

    Raises:
        OSError: If it is busy, or has ended.
    """
    connection.settimeout(_PATIENCE_S)
    send(connection, request_of(words))
    return _line(connection) == ACCEPTED


def _code(connection: socket.socket) -> int:
    """The exit code of a command that is under way; it may have printed already, so it is not run again."""
    connection.settimeout(None)
    signal.signal(signal.SIGINT, lambda *_: _interrupt(connection))
    try:
        line = _line(connection)
    except OSError:
        line = b""
    if not line:
        sys.stderr.write("assistant: the warm process ended; give the command once more\n")
        return 2
    return int(line)


def _interrupt(connection: socket.socket) -> None:
    """Interrupt the command; who does so twice does not wait for its end."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    connection.sendall(INTERRUPT)


def _line(connection: socket.socket) -> bytes:
    """The next line, unless the other side has gone: then what there is of it."""
    line = b""
    while not line.endswith(b"\n"):
        letter = connection.recv(1)
        if not letter:
            break
        line += letter
    return line
