"""How the command speaks to a terminal, a file or a pipe."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

import click


def speak_utf8() -> None:
    """Read and write UTF-8 whatever the console's own encoding: essays have letters that it may lack."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


class QuietGroup(click.Group):
    """A group whose commands end quietly when the reader of a pipe has gone."""

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401 - as in click
        """Run a command."""
        try:
            return super().invoke(context)
        except BrokenPipeError:
            # What is still in the buffer has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None
