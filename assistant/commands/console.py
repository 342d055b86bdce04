"""How the command speaks to a terminal, a file or a pipe."""

from __future__ import annotations

import io
import os
import re
import sys
from typing import Any

import click

# Bold and its end are our own; all else that steers a terminal, or turns the order of reading, is a text's.
_STEERING = re.compile(
    r"\x1b\[[01]m|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)
_OURS = frozenset({"\x1b[0m", "\x1b[1m"})
_SHOWN = "\ufffd"


def speak_utf8() -> None:
    """Read and write UTF-8 whatever the console's own encoding: essays have letters that it may lack.

    A file or a pipe gets every character as it is; what a terminal gets cannot steer it.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    for name, kept in (("stdout", ""), ("stderr", "\r")):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper) and stream.isatty():
            setattr(sys, name, Terminal(stream, kept))


def shown(text: str, kept: str = "") -> str:
    """Text as a terminal may show it: each character that would steer it is seen as a replacement sign.

    Args:
        text: The text.
        kept: Such characters that stay all the same.
    """
    return _STEERING.sub(lambda found: found[0] if found[0] in _OURS or found[0] in kept else _SHOWN, text)


class Terminal(io.TextIOWrapper):
    """A terminal that no essay, draft or name of a file can steer.

    Args:
        stream: Where the terminal was written to before.
        kept: Characters that it may be steered by all the same, as bars of progress do.
    """

    def __init__(self, stream: io.TextIOWrapper, kept: str = "") -> None:
        super().__init__(stream.buffer, encoding="utf-8", errors="replace", line_buffering=True)
        # The buffer would be closed with the stream that it came from.
        self._stream, self._kept = stream, kept

    def write(self, text: str) -> int:
        """Write text; gives its length."""
        super().write(shown(text, self._kept))
        return len(text)


class QuietGroup(click.Group):
    """A group whose commands end quietly when the reader of a pipe has gone."""

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401 - as in click
        """Run a command."""
        # Click would else take what looks like a colour out of an essay's words on their way into a pipe.
        context.color = True
        try:
            return super().invoke(context)
        except BrokenPipeError:
            # What is still in the buffer has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None
