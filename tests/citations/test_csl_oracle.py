"""Our styles write what citeproc-js does in the official styles, except where a rule says otherwise.

``tests/data/csl_oracle.json`` holds what citeproc-js writes; ``benchmarks/csl_oracle.py`` made it. Run this
file to update the table in docs/citing.md.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from csl_differences import DIFFERENCES
from generated_works import works

from assistant.citations.styles import STYLES, style_named
from assistant.core.rich import Rich

_PAGE = Path(__file__).parent.parent.parent / "docs" / "citing.md"
_START, _END = "<!-- table: python tests/citations/test_csl_oracle.py -->\n", "<!-- end of differences -->"
_ORACLE = Path(__file__).parent.parent / "data" / "csl_oracle.json"


@cache
def oracle() -> dict[str, list[tuple[str, str]]]:
    """Citation and reference of each work, by style, with italics between asterisks."""
    content: dict[str, list[tuple[str, str]]] = json.loads(_ORACLE.read_text("utf-8"))
    return content


def _marked(text: Rich) -> str:
    return "".join(f"*{run.text}*" if run.italic else run.text for run in text.runs)


def _compared(style: str) -> list[tuple[dict[str, Any], str, str]]:
    """Each work with a text of ours and the one of citeproc-js; two for a work."""
    rows = []
    for (record, locator), theirs in zip(works(), oracle()[style], strict=True):
        written = style_named(style, [record])
        ours = written.rich_in_text(record, locator), written.rich_reference(record)
        rows += [(record, _marked(text), other) for text, other in zip(ours, theirs, strict=True)]
    return rows


@pytest.mark.parametrize("style", STYLES)
def test_every_difference_from_citeproc_js_has_a_rule(style: str) -> None:
    unexplained = []
    for record, ours, theirs in _compared(style):
        expected = theirs
        for difference in DIFFERENCES:
            if style in difference.styles:
                expected = difference.change(record, expected)
        if ours != expected:
            unexplained.append((record["id"], ours, theirs))
    assert unexplained == []


def _counts() -> dict[str, tuple[int, list[int]]]:
    """For each style how many texts are the same, and how many each difference changes."""
    counts = {}
    for style in STYLES:
        same, changed = 0, [0] * len(DIFFERENCES)
        for record, ours, theirs in _compared(style):
            same += ours == theirs
            text = theirs
            for index, difference in enumerate(DIFFERENCES):
                if style in difference.styles:
                    after = difference.change(record, text)
                    changed[index] += after != text
                    text = after
        counts[style] = same, changed
    return counts


def table() -> str:
    """How many texts are the same in each style, and the differences, as Markdown."""
    counts = _counts()
    total = 2 * len(works())
    lines = ["| Style | Same | Different by a rule below | Unexplained |", "|---|---|---|---|"]
    lines += [f"| `{style}` | {same} | {total - same} | 0 |" for style, (same, _) in counts.items()]
    lines += ["", "| Style | citeproc-js writes | We write | Rule | Texts |", "|---|---|---|---|---|"]
    for index, difference in enumerate(DIFFERENCES):
        styles = ", ".join(f"`{style}`" for style in difference.styles)
        texts = sum(counts[style][1][index] for style in difference.styles)
        cells = (styles, difference.theirs, difference.ours, difference.rule, str(texts))
        lines.append(f"| {' | '.join(cells)} |".replace("[Online]", "\\[Online\\]").replace("[1]", "\\[1\\]"))
    return "\n".join(lines) + "\n"


def test_every_difference_is_found_in_a_work() -> None:
    counts = _counts()
    for index, difference in enumerate(DIFFERENCES):
        assert all(counts[style][1][index] for style in difference.styles), difference.theirs


def test_the_table_lists_every_difference() -> None:
    assert _PAGE.read_text("utf-8").partition(_START)[2].partition(_END)[0] == table()


def test_the_works_are_of_all_kinds() -> None:
    records = [record for record, _ in works()]
    assert len(records) == 300
    assert len({record["type"] for record in records}) == 9
    for field in ("translator", "original-date", "number", "edition", "volume"):
        assert sum(field in record for record in records) >= 10


if __name__ == "__main__":
    before, _, rest = _PAGE.read_text("utf-8").partition(_START)
    _PAGE.write_text(f"{before}{_START}{table()}{_END}{rest.partition(_END)[2]}", "utf-8")
