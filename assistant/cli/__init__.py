"""The command ``assistant``: results go to stdout, everything else to stderr.

Exit codes: 0 done; 1 the honest "no"; 2 the user's mistake, bad input, or an unexpected error;
130 interrupted.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module

import click

from assistant import __version__
from assistant.cli.terminal import QuietGroup, save_traceback, say, speak_utf8
from assistant.core.errors import AssistantError

# New objects between two runs of the garbage collector: most objects made at the start live until the end.
_GARBAGE = 50_000


# The file of each command, and its name there.
_COMMANDS = {
    "add": ("adding", "add"),
    "ask": ("ask", "ask"),
    "check": ("ask", "check"),
    "cite": ("library", "cite"),
    "cluster": ("cluster", "cluster"),
    "compare": ("glance", "compare"),
    "completion": ("completion", "completion"),
    "doctor": ("doctor", "doctor"),
    "edit": ("library", "edit"),
    "evaluate": ("evaluate", "evaluate"),
    "index": ("glance", "index"),
    "list": ("library", "list_"),
    "lsp": ("serve", "lsp"),
    "outline": ("glance", "outline"),
    "pick": ("pick", "pick"),
    "quote": ("ask", "quote"),
    "related": ("glance", "related"),
    "remove": ("library", "remove"),
    "restore": ("library", "restore"),
    "serve": ("serve", "serve"),
    "show": ("library", "show"),
    "watch": ("adding", "watch"),
}


class Commands(Mapping[str, click.Command]):
    """The commands by name. The file of one is imported when it is looked up, so that each starts quickly."""

    def __getitem__(self, name: str) -> click.Command:
        module, attribute = _COMMANDS[name]
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), attribute)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


@click.group(cls=QuietGroup, commands=Commands(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assistant")
def cli() -> None:
    """Ask an essay: its own words, word for word, with the pages they are on."""


def main() -> None:
    """Run the command; every error is reported in one sentence.

    The traceback of an unexpected error is saved in a file; with ASSISTANT_DEBUG=1 it is printed instead.
    """
    gc.set_threshold(_GARBAGE)
    # The system takes the memory back at once; otherwise the interpreter looks through all of it first.
    atexit.register(gc.freeze)
    speak_utf8()
    try:
        cli.main(prog_name="assistant", standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except AssistantError as error:
        say(f"assistant: {error}")
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        say("assistant: interrupted; each change was made whole or not at all; see: assistant list")
        sys.exit(130)
    except Exception as error:
        if os.environ.get("ASSISTANT_DEBUG"):
            raise
        path = save_traceback()
        saved = f", and {path}, which may have words of yours" if path else ""
        say(
            f"assistant: an unexpected error ({type(error).__name__}); please report it "
            f"with what this prints: assistant doctor{saved}"
        )
        sys.exit(2)
