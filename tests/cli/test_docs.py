"""The documents say what the program does; ``make manual`` writes those that are made from its help."""

from __future__ import annotations

import re

import click
from essay_library import ROOT
from manual import COMMANDS, FOLDER, commands_page, man_pages

from assistant.cli import cli


def test_the_page_of_commands_is_the_programs_help() -> None:
    assert COMMANDS.read_text("utf-8") == commands_page(cli), "run: make manual"


def test_the_manual_pages_are_the_programs_help() -> None:
    written = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert written == man_pages(cli), "run: make manual"
    assert {"assistant.1", "assistant-ask.1", "assistant-cluster-join.1"} <= written.keys()


def test_signs_of_the_formatter_are_escaped_in_manual_pages() -> None:
    command = click.Command(
        "odd", help=".begins\n\n\b\n'kept\n  as it is\n\nC:\\n and 'quotes' --x", short_help="Odd."
    )
    page = man_pages(command, "odd")["odd.1"]
    described = page.partition(".SH DESCRIPTION\n")[2].partition("\n.SH OPTIONS")[0]
    assert described == (
        "\\&.begins\n.PP\n.nf\n\\(aqkept\n  as it is\n.fi\n.PP\nC:\\en and \\(aqquotes\\(aq \\-\\-x"
    )


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for name in cli.commands:
        assert f"assistant {name}" in text


def test_links_of_the_readme_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8")):
            assert target.startswith("http") or (ROOT / target).exists(), target
