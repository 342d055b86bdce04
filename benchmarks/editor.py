"""Measure how long the language server takes after a pause.

``python benchmarks/editor.py`` opens a draft of 10,000 words and types a word into its middle, letter by
letter. The time is that from the end of the pause to the problems as the protocol has them.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from generated_drafts import a_draft  # noqa: E402 - the path is set above
from plain_prose import ENGLISH  # noqa: E402

from assistant.editor.analysis import Desks, OpenDraft  # noqa: E402
from assistant.editor.diagnostics import diagnostics  # noqa: E402
from assistant.editor.settings import EditorSettings  # noqa: E402
from assistant.editor.text import EditorText  # noqa: E402

_WORDS, _TYPED, _NAME = 10_000, "remarkable ", "Essay Assistant Authors"


def _draft(desks: Desks, quotations: int) -> str:
    """A draft with so many paragraphs that quote, among paragraphs that do not."""
    essay = desks.desk(EditorSettings(), "mla").essays["sample"]
    items = [item.text for seed in range(100, 120) for item in a_draft(essay, _NAME, seed)][:quotations]
    chance, words = random.Random(1), sum(len(text.split()) for text in items)
    while words < _WORDS:
        items.insert(chance.randrange(len(items) + 1), chance.choice(ENGLISH))
        words += 55
    return "\n\n".join(items)


def _measure(quotations: int, library: Path) -> str:
    desks = Desks(library, print)
    text = EditorText(_draft(desks, quotations))
    opened = _check(desks, text, 0)
    middle = text.text.index(" ", len(text.text) // 2)
    times = []
    for number in range(1, len(_TYPED) + 1):
        changed = text.with_text(f"{text.text[:middle]} {_TYPED[:number]}{text.text[middle:]}")
        times.append(_check(desks, changed, number))
    words = len(text.text.split())
    return f"| {words:,} | {quotations} | {opened:.0f} | {median(times):.0f} | {max(times):.0f} |"


def _check(desks: Desks, text: EditorText, version: int) -> float:
    """Milliseconds of processor time for one check."""
    started = time.process_time()
    analysis, _ = desks.analyse(OpenDraft("file:///d.md", version, ".md", text, None), EditorSettings())
    diagnostics(analysis)
    return 1000 * (time.process_time() - started)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", type=Path, default=ROOT)
    library = parser.parse_args().library
    print(
        "| words | quotations | opened, ms | after a pause, median ms | most ms |\n|---:|---:|---:|---:|---:|"
    )
    for quotations in (50, 100, 290):
        print(_measure(quotations, library))


if __name__ == "__main__":
    main()
