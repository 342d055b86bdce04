"""Reading and dividing an essay in a process of its own, so that no file can hold up a server.

A long or hostile file keeps the interpreter busy, and everybody waits. The server therefore reads uploads in
a process that has limits of time and memory: ``python -m assistant.library.isolated``. It receives a call and
sends back what the call returns or raises.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from assistant.core.errors import DamagedEssayError, LibraryError, ReadingError

SECONDS, MEGABYTES = 120, 1_000
Result = TypeVar("Result")


def isolated(label: str, function: Callable[..., Result], *args: object, **options: object) -> Result:
    """Call a function in a process with limits.

    Args:
        label: What messages call the file that is read.
        function: A function of a module, whose arguments and result can be pickled.
        args: Its arguments.
        options: Its keyword arguments.

    Raises:
        ReadingError: If the process takes more time or memory than it may.
        Exception: If the function raises one.
    """
    try:
        process = subprocess.run(
            [sys.executable, "-m", "assistant.library.isolated"],
            input=pickle.dumps((function, args, options)),
            stdout=subprocess.PIPE,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much(label) from error
    if process.returncode:
        raise _too_much(label)
    # Both ends are this program: no file decides what is unpickled.
    value = pickle.loads(process.stdout)  # noqa: S301
    if isinstance(value, MemoryError):
        raise _too_much(label)
    if isinstance(value, Exception):
        raise value
    result: Result = value
    return result


def _too_much(label: str) -> ReadingError:
    return ReadingError(
        f"{label} takes more than {SECONDS} seconds or {MEGABYTES:,} MB of memory to read; divide it into "
        "files of one essay each."
    )


def main() -> None:
    """Make the call on standard input, and write its result, or its error, to standard output."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        memory = MEGABYTES * 1024**2
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    function, args, options = pickle.load(sys.stdin.buffer)  # noqa: S301 - the server sends it
    value: Any
    try:
        value = function(*args, **options)
    except DamagedEssayError as error:
        # It cannot be pickled, for it is made of a path and not of its message.
        value = LibraryError(str(error))
    except Exception as error:  # noqa: BLE001 - the other process raises it
        value = error
    pickle.dump(value, sys.stdout.buffer)


if __name__ == "__main__":
    main()
