"""The documents say what the program does: run this file to write ``docs/commands.md`` again."""

from __future__ import annotations

import re

import click
from essay_library import ROOT

from assistant.cli import cli

_COMMANDS = ROOT / "docs" / "commands.md"


def commands_page() -> str:
    """The help texts of all commands as one Markdown page."""
    parts = ["# Commands", "Made from the program's own help by `python tests/cli/test_docs.py`."]
    for name in (None, *sorted(cli.commands)):
        command = cli if name is None else cli.commands[name]
        title = "assistant" if name is None else f"assistant {name}"
        with click.Context(
            command,
            info_name=title,
            help_option_names=["-h", "--help"],
            max_content_width=88,
            terminal_width=88,
        ) as context:
            parts.append(f"## {title}\n\n```\n{command.get_help(context)}\n```")
    return "\n\n".join(parts) + "\n"


def test_the_page_of_commands_is_the_programs_help() -> None:
    assert _COMMANDS.read_text("utf-8") == commands_page()


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for name in cli.commands:
        assert f"assistant {name}" in text


def test_links_of_the_readme_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8")):
            assert target.startswith("http") or (ROOT / target).exists(), target


if __name__ == "__main__":
    _COMMANDS.write_text(commands_page(), "utf-8")
