"""What every command prints as JSON for the sample essay is what it printed before."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests" / "golden"
FILE = GOLDEN / "commands.jsonl"

STYLES = "mla chicago chicago-notes apa harvard ieee".split()
QUESTIONS = [
    "Who numbered the leaves?",
    "In which city did the first printed book to count its leaves come out?",
    "Where is the phrase “cannot tell them apart” printed?",
    "What does the essay say about “cannot tell them apart” and pagination?",
    "What does the essay argue?",
    "How does the essay end?",
    "What does the section Numbering the Leaf say?",
    "Which block quotation speaks of a finger?",
    "What do the notes say about Eusebius?",
    "Who printed the Plato whose page numbes we still cite?",
    "What is the boiling point of helium?",
    "How did Eusebius number the plays of Shakespeare?",
]
FOLLOW_UP = {"id": "f1", "question": "And what does he do there?", "history": ["Who was Eusebius?"]}
QUOTATIONS = [
    "The tool cannot tell them apart",
    "The tool cannot tell them appart",
    "[a] finger . . . that Augustin had",
    "[a] finger . . . that Augustine had",
    "to number both sides of every leaf is called pagination",
    "nothing of the kind was ever printed in this essay",
]


def commands(folder: Path) -> list[list[str]]:
    """The commands in the order in which they are run, in a library in a new folder."""
    questions = folder / "questions.jsonl"
    lines = [{"id": f"q{number}", "question": text} for number, text in enumerate(QUESTIONS, 1)]
    questions.write_text("\n".join(map(json.dumps, [*lines, FOLLOW_UP])), "utf-8")
    quotations = folder / "quotations.jsonl"
    quoted = [{"id": f"t{number}", "text": text} for number, text in enumerate(QUOTATIONS, 1)]
    quotations.write_text("\n".join(map(json.dumps, quoted)), "utf-8")
    return [
        ["add", str(ROOT / "data" / "sample" / "essay.txt"), "--json"],
        ["show", "sample", "--json"],
        ["show", "sample/p15", "--json"],
        ["ask", "--batch", str(questions), "--json"],
        ["ask", "--batch", str(questions), "--fast", "--json"],
        ["ask", QUESTIONS[0], "--explain", "--top", "1", "--json"],
        ["ask", QUESTIONS[0], "--voice", "quoted", "--fast", "--json"],
        ["ask", QUESTIONS[0], "--voice", "author", "--fast", "--json"],
        *(["ask", QUESTIONS[0], "--fast", "--top", "1", "--style", style, "--json"] for style in STYLES),
        ["quote", "--batch", str(quotations), "--json"],
        ["check", str(GOLDEN / "draft.md"), "--json"],
        *(["cite", "sample", "--page", "14-15", "--style", style, "--json"] for style in STYLES),
        ["outline", "sample", "--json"],
        ["related", "sample/p15", "--top", "2", "--json"],
        ["compare", QUESTIONS[0], "--json"],
        ["edit", "sample", "--first-page", "111", "--json"],
        ["ask", QUESTIONS[0], "--fast", "--top", "1", "--json"],
        ["edit", "sample", "--first-page", "auto", "--json"],
        ["index", "sample", "--json"],
        ["remove", "sample", "--json"],
        ["restore", "sample", "--json"],
        ["evaluate", str(ROOT / "data" / "eval" / "sample"), "--method", "late", "--json"],
        ["list", "--json"],
    ]


def run(words: list[str]) -> tuple[int, str]:
    """Exit code and standard output of a command, run in this process with the real model."""
    from assistant.cli import main

    out = io.StringIO()
    with mock.patch("sys.argv", ["assistant", *words]), contextlib.redirect_stdout(out):
        try:
            main()
        except SystemExit as exit_:
            return int(exit_.code or 0), out.getvalue()
    return 0, out.getvalue()


def record(folder: Path) -> list[dict[str, Any]]:
    """Command, exit code and printed objects of every command."""
    results = []
    for words in commands(folder):
        code, printed = run([*words, "--library", str(folder / "library")])
        objects = [without_chance(json.loads(line)) for line in printed.splitlines()]
        shown = [str(Path(word).name) if "/" in word and Path(word).exists() else word for word in words]
        results.append({"command": shown, "exit": code, "printed": objects})
    return results


def without_chance(value: Any) -> Any:
    """An object without times, dates, paths and the wording of messages, with numbers to four decimals."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {
            key: without_chance(item)
            for key, item in value.items()
            if not key.endswith("_ms") and key not in {"added", "ci95", "draft", "file", "message"}
        }
    return [without_chance(item) for item in value] if isinstance(value, list) else value


def differences(old: Any, new: Any, path: str = "") -> list[str]:
    """Where two objects differ; numbers may differ in the third decimal."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        return [line for key in old for line in differences(old[key], new[key], f"{path}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [line for number, pair in pairs for line in differences(*pair, f"{path}[{number}]")]
    if isinstance(old, float) and isinstance(new, int | float):
        return [] if abs(old - new) < 0.005 else [f"{path}: {old} is now {new}"]
    return [] if old == new else [f"{path}: {old!r} is now {new!r}"]


@pytest.mark.real_model
def test_every_command_prints_what_it_printed_before(tmp_path: Path) -> None:
    golden = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    now = record(tmp_path)
    assert [item["command"] for item in now] == [item["command"] for item in golden]
    for before, after in zip(golden, now, strict=True):
        assert differences(before, after, " ".join(before["command"])) == []


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        lines = [json.dumps(item, ensure_ascii=False) for item in record(Path(scratch))]
    FILE.write_text("\n".join([*lines, ""]), "utf-8")
    sys.stdout.write(f"{FILE} is written.\n")
