"""The warm process: it answers commands with models and library loaded, and ends by itself.

It runs one command after another, each with the streams, folder and environment of the program that asked.
Copies of itself (``fork``) would keep commands further apart, but the models' threads do not outlive a fork.
"""

from __future__ import annotations

import io
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assistant.cli.terminal import absolute, keep_open, open_library
from assistant.core import handover
from assistant.core.errors import AssistantError
from assistant.library.files import find_root

# Seconds within which a started process must answer; loading models takes some on a busy machine.
_START_S = 60.0
# Seconds between two looks at whether there is still something to do, and whether the user has interrupted.
_CHECK_S, _HEED_S = 1.0, 0.2
_STREAMS = 3
# The command is handed over here, since the package of commands imports this module. All commands are loaded.
_PROGRAM = """import sys
from pathlib import Path
from assistant.cli import cli, main
from assistant.cli.background import WarmProcess
list(cli.commands.values())
WarmProcess(Path(sys.argv[1]), float(sys.argv[2]), main).run()
"""
# Commands that load what commands need. After a second question, models have their weights laid out.
_FIRST_COMMANDS = (
    ("ask", "What is the essay about?"),
    ("ask", "Who wrote it?"),
    ("quote", "What is the essay about?"),
)


def start(root: Path | None, idle_minutes: float) -> str:
    """Start the warm process, unless one runs already.

    Returns:
        A sentence for the user.

    Raises:
        AssistantError: If it cannot be started.
    """
    if os.name != "posix":
        raise AssistantError(
            "A warm process needs Unix sockets, which this system lacks; leave --background out."
        )
    if _is_running():
        return "A warm process is answering already; end it with: assistant serve --stop"
    folder = Path(handover.socket_path()).parent
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    if not handover.is_private(str(folder)):
        raise AssistantError(f"{folder} may be entered by others; delete it and try again.")
    command = [
        sys.executable,
        "-P",  # the folder that the command was given in holds no part of the program
        "-c",
        _PROGRAM,
        str(absolute(find_root(root))),
        str(idle_minutes * 60),
    ]
    process = subprocess.Popen(  # noqa: S603 - this program's own module
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if _is_running():
            return (
                f"Commands are answered from a warm process until none has come for {idle_minutes:g} "
                "minutes; end it with: assistant serve --stop"
            )
        if process.poll() is not None:
            words = process.stderr.read().strip() if process.stderr else ""
            raise AssistantError(
                f"The warm process did not start: {words.splitlines()[-1] if words else 'no reason given'}."
            )
        time.sleep(0.05)
    process.terminate()
    raise AssistantError(f"The warm process did not answer within {_START_S:g} seconds; try again.")


def stop() -> str:
    """End the warm process; a sentence that says whether there was one."""
    connection = handover.connected() if os.name == "posix" else None
    if connection is None:
        return "No warm process is running."
    with connection:
        handover.send(connection, handover.request_of([]))
        connection.recv(1)
    return "The warm process has ended."


def _is_running() -> bool:
    """Whether a warm process of this program runs; one of another program gives way to it."""
    connection = handover.connected()
    if connection is None:
        return False
    with connection:
        try:
            return handover.is_accepted(connection, ["list"])
        except TimeoutError:
            return True  # it is busy with a command
        except OSError:
            return False


class WarmProcess:
    """Waits for commands and runs each as the command would run by itself.

    Args:
        root: The library that is kept loaded, named as by ``absolute``; commands on others load theirs.
        idle_s: Seconds without a command after which it ends.
        main: Runs the command that ``sys.argv`` says.
    """

    def __init__(self, root: Path, idle_s: float, main: Callable[[], None]) -> None:
        self._idle_s = idle_s
        self._path = Path(handover.socket_path())
        self._root, self._library = root, open_library(root)
        self._main = main
        self._stopping = False
        # That of the address, while it is this process's.
        self._inode = 0

    def run(self) -> None:
        """Load the library, then answer until there is nothing to do for long."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # The folder that it was started in may be deleted.
        os.chdir("/")
        self._warm()
        # An address without a process is left over from one that was killed.
        self._path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(self._path))
            self._path.chmod(0o600)
            listener.listen(64)
            listener.settimeout(_CHECK_S)
            self._inode = self._path.lstat().st_ino
            try:
                self._answer(listener)
            finally:
                if self._is_found():
                    self._path.unlink(missing_ok=True)

    def _is_found(self) -> bool:
        """Whether commands find this process by its address, and not another that was started since."""
        try:
            return self._path.lstat().st_ino == self._inode
        except OSError:
            return False

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _answer(self, listener: socket.socket) -> None:
        last = time.monotonic()
        while not self._stopping and time.monotonic() - last < self._idle_s and self._is_found():
            with suppress(TimeoutError):
                connection, _address = listener.accept()
                with connection:
                    self._accept(connection)
                last = time.monotonic()

    def _accept(self, connection: socket.socket) -> None:
        connection.settimeout(_CHECK_S)
        streams: list[int] = []
        try:
            request = handover.receive(connection)
            if not request.words:
                self._stopping = True
                return
            if request.program != handover.program_stamp():
                # Another version was installed in its place, which is to be started anew.
                self._stopping = request.program.startswith(handover.program_place())
                connection.sendall(handover.REFUSED)
                return
            connection.sendall(handover.ACCEPTED)
            _, streams, _, _ = socket.recv_fds(connection, len(handover.STREAMS), _STREAMS)
            if len(streams) != _STREAMS:
                return
            connection.settimeout(None)
            keep_open(self._root, self._library)
            code = _run_command(connection, request, streams, self._main)
            connection.sendall(f"{code}\n".encode())
        except (OSError, ValueError, KeyboardInterrupt):
            return  # whoever asked is gone, or is no command of ours
        finally:
            for stream in streams:
                os.close(stream)

    def _warm(self) -> None:
        """Load what commands need, by running some whose words nobody reads."""
        keep_open(self._root, self._library)
        with Path(os.devnull).open("r+b") as nowhere:
            streams = [nowhere.fileno()] * _STREAMS
            for words in _FIRST_COMMANDS:
                request = handover.request_of([*words, "--library", str(self._root)])
                with _standing_in(request, streams), suppress(SystemExit):
                    self._main()


def _run_command(
    connection: socket.socket,
    request: handover.HandedCommand,
    streams: list[int],
    main: Callable[[], None],
) -> int:
    """Run a command; its exit code."""
    ended = threading.Event()
    heeding = threading.Thread(target=_heed, args=(connection, ended), daemon=True)
    with _standing_in(request, streams):
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            heeding.start()
            try:
                main()
                code: object = 0
            except SystemExit as end:
                code = end.code
            sys.stdout.flush()
            sys.stderr.flush()
        except BrokenPipeError:
            code = 1
        except KeyboardInterrupt:
            code = handover.INTERRUPTED
        except Exception:  # noqa: BLE001 - printed as the interpreter prints it, for ASSISTANT_DEBUG
            traceback.print_exc()
            sys.stderr.flush()
            code = 1
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            ended.set()
    return code if isinstance(code, int) else int(code is not None)


@contextmanager
def _standing_in(request: handover.HandedCommand, streams: list[int]) -> Iterator[None]:
    """Take over streams, folder, environment and command line of the program that asks, for a while."""
    names = ("stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__", "argv")
    before = {name: getattr(sys, name) for name in names}
    environment, folder = dict(os.environ), Path.cwd()
    opened = [_opened(stream, mode) for stream, mode in zip(streams, "rww", strict=True)]
    try:
        os.environ.clear()
        os.environ.update(request.environment)
        time.tzset()
        os.chdir(request.folder)
        sys.argv = ["assistant", *request.words]
        for name, stream in zip(names, [*opened, *opened], strict=False):
            setattr(sys, name, stream)
        yield
    finally:
        for name, value in before.items():
            setattr(sys, name, value)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()


def _opened(stream: int, mode: str) -> io.TextIOWrapper:
    """A standard stream as the interpreter opens it at its start."""
    raw = io.FileIO(stream, mode, closefd=False)
    if mode == "r":
        return io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8")
    at_once = os.isatty(stream)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", line_buffering=at_once)


def _heed(connection: socket.socket, ended: threading.Event) -> None:
    """Interrupt the command when its user does, or is gone."""
    with suppress(OSError):
        while not ended.is_set():
            ready, _, _ = select.select([connection], [], [], _HEED_S)
            if ready and not ended.is_set():
                word = connection.recv(1)
                os.kill(os.getpid(), signal.SIGINT)
                if not word:
                    return
