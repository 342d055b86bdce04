"""Write the page of commands and the manual pages from the program's own help: ``make manual``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
COMMANDS, FOLDER = ROOT / "docs" / "commands.md", ROOT / "docs" / "man"
_HELP_NAMES = ["-h", "--help"]
_WIDTH = 88
_LONGEST = 200
_TYPED = re.compile(r"-{1,2}[a-z][a-z-]*,?|[a-z]+|[0-9]+|[A-Z]+_[A-Z]+")

# What the shell gets, as ``assistant.cli`` says.
_EXIT_STATUS = (
    ("0", "Done."),
    ("1", "The honest no: not answered, a quotation that is not exact, a draft with problems."),
    ("2", "A mistake in what was asked, bad input, or an unexpected error; one sentence says which."),
    ("130", "Interrupted; each change was made whole or not at all."),
)
_ENVIRONMENT = (
    ("ASSISTANT_LIBRARY", "The library's folder, unless --library names another."),
    ("ASSISTANT_DEBUG", "With 1, the traceback of an unexpected error is printed and not saved in a file."),
)


def commands_page(program: click.Group) -> str:
    """The help texts of all commands as one Markdown page."""
    parts = ["# Commands", "Made from the program's own help by `make manual`."]
    for name in (None, *sorted(program.commands)):
        command = program if name is None else program.commands[name]
        title = "assistant" if name is None else f"assistant {name}"
        with click.Context(
            command,
            info_name=title,
            help_option_names=_HELP_NAMES,
            max_content_width=_WIDTH,
            terminal_width=_WIDTH,
        ) as context:
            parts.append(f"## {title}\n\n```\n{command.get_help(context)}\n```")
    return "\n\n".join(parts) + "\n"


def man_pages(program: click.Command, name: str = "assistant") -> dict[str, str]:
    """The manual pages of a command and of those below it, by the names of their files."""
    return {f"{title.replace(' ', '-')}.1": _page(title, command) for title, command in _tree(program, name)}


def _tree(command: click.Command, title: str) -> Iterator[tuple[str, click.Command]]:
    yield title, command
    if isinstance(command, click.Group):
        for name, below in sorted(command.commands.items()):
            if not below.hidden:
                yield from _tree(below, f"{title} {name}")


def _page(title: str, command: click.Command) -> str:
    with click.Context(command, info_name=title, help_option_names=_HELP_NAMES) as context:
        usage = " ".join(command.collect_usage_pieces(context))
        options = [
            record
            for each in command.get_params(context)
            if isinstance(each, click.Option) and (record := each.get_help_record(context))
        ]
    below = [
        (f"{title} {name}", inner.get_short_help_str(limit=_LONGEST))
        for name, inner in sorted(command.commands.items() if isinstance(command, click.Group) else ())
        if not inner.hidden
    ]
    file_name = title.replace(" ", "-")
    summary = command.get_short_help_str(limit=_LONGEST).rstrip(".")
    above = [title.rpartition(" ")[0]] if " " in title else []
    others = [other.replace(" ", "-") for other in (*above, *(name for name, _ in below))]
    lines = [
        f'.TH "{_escaped(file_name.upper())}" "1" "" "Essay Assistant" "Essay Assistant"',
        ".SH NAME",
        f"{_escaped(file_name)} \\- {_escaped(summary)}",
        ".SH SYNOPSIS",
        f"\\fB{_escaped(title)}\\fR {_escaped(usage)}",
        ".SH DESCRIPTION",
        *_paragraphs(command.help or ""),
        *_entries("OPTIONS", options),
        *_entries("COMMANDS", below),
        *_entries("EXIT STATUS", _EXIT_STATUS),
        *_entries("ENVIRONMENT", _ENVIRONMENT),
        ".SH SEE ALSO",
        ", ".join(f"\\fB{_escaped(other)}\\fR(1)" for other in others),
    ]
    return "\n".join(lines) + "\n"


def _entries(heading: str, entries: Sequence[tuple[str, str]]) -> list[str]:
    """A section with a meaning for each term; nothing if there is none."""
    lines = [f".SH {heading}"] if entries else []
    for term, meaning in entries:
        words = re.split(r"(\s+|/)", term)
        # What a reader types as it is stands out from the names of values.
        bold = (f"\\fB{_escaped(word)}\\fR" if _TYPED.fullmatch(word) else _escaped(word) for word in words)
        lines += [".TP", "".join(bold), *_paragraphs(meaning)]
    return lines


def _paragraphs(text: str) -> list[str]:
    """Paragraphs of a help text; those that begin with a backspace keep their lines."""
    lines: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines += [".PP"] if lines else []
        if paragraph.startswith("\b"):
            lines += [".nf", *(_escaped(line) for line in paragraph.split("\n")[1:]), ".fi"]
        else:
            lines.append(_escaped(" ".join(paragraph.split())))
    return lines


def _escaped(text: str) -> str:
    """A text whose signs mean nothing to the formatter."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def main() -> None:
    """Write the pages, and delete those of commands that are gone."""
    sys.path.insert(0, str(ROOT))
    from assistant.cli import cli

    COMMANDS.write_text(commands_page(cli), "utf-8")
    FOLDER.mkdir(exist_ok=True)
    pages = man_pages(cli)
    for path in FOLDER.glob("*.1"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
