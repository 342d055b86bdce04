"""Compute what a library of a hundred million windows takes from what was measured; prints Markdown.

    python benchmarks/cluster_sheet.py [--windows 100000000] [--shard 1000000] [--write docs/cluster.md]

The figures are those that ``cluster_measure.py`` wrote into ``cluster_figures.json``; nothing is measured
here. ``--write`` replaces what is between the marks in a document.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from measuring import table

FIGURES = Path(__file__).parent / "cluster_figures.json"
BEGIN, END = "<!-- cluster_sheet.py: begin -->", "<!-- cluster_sheet.py: end -->"
WINDOWS, SHARD = 100_000_000, 1_000_000
# A node, and the share of its memory that is left for the files that questions read.
CORES, MEMORY, FREE = 16, 128e9, 0.75
# Questions a second that are wanted, and the share of its cores that a node may be busy.
WANTED, BUSY = 50, 0.5
# Bytes of a window's vector in an inverted file: a third of what benchmarks/scale.py measures for a passage.
# The essays that are measured here are few and have vectors of four bytes a component.
INVERTED = 1_181 / 3


@dataclass(frozen=True)
class Sheet:
    """What a library takes.

    Attributes:
        figures: What was measured.
        windows: Number of its windows.
        shard: Number of the windows of a shard.
    """

    figures: Mapping[str, Any]
    windows: int
    shard: int

    @cached_property
    def shards(self) -> int:
        """Number of the shards."""
        return math.ceil(self.windows / self.shard)

    @cached_property
    def essays(self) -> int:
        """Number of the essays."""
        essays = self.figures["essays"]
        return round(float(self.windows * essays["essays"] / essays["windows"]))

    @cached_property
    def columns(self) -> dict[str, float]:
        """Bytes of a window in the files of an index."""
        return {**self.figures["essays"]["bytes a window on disk"], "window vectors": INVERTED}

    def disk(self) -> list[list[str]]:
        """Rows on disks and memory."""
        essays = self.figures["essays"]
        columns = self.columns
        stored = essays["bytes an essay on disk"]
        essay = stored["texts and sources"] + stored["manifest of the index"]
        index, texts = sum(columns.values()) * self.windows, essay * self.essays
        tokens = columns["token vectors"]
        each_hot = f"{self.hot / self.windows:,.0f} bytes a window"
        return [
            ["essays", f"{self.essays:,}", f"{essays['windows'] / essays['essays']:.0f} windows an essay"],
            ["shards", f"{self.shards:,}", f"of {self.shard:,} windows"],
            ["index on disk", _gb(index), f"{sum(columns.values()):,.0f} bytes a window"],
            ["of it token vectors", _gb(tokens * self.windows), f"{tokens:,.0f} bytes a window"],
            ["texts, sources, manifests of shards", _gb(texts), f"{essay:,.0f} bytes an essay"],
            ["disk for a shard", _gb((index + texts) / self.shards), "index and texts"],
            ["memory for what all questions read", _gb(self.hot), each_hot],
        ]

    @cached_property
    def hot(self) -> float:
        """Bytes of the window vectors and postings, of which each question reads some from every part."""
        columns = self.columns
        return float((columns["window vectors"] + columns["postings"]) * self.windows)

    def milliseconds(self, windows: float) -> float:
        """Milliseconds of the processor that a shard of so many windows takes for a question.

        A part grows with the windows, the rest does not; both are known from an index and its quarters.
        """
        size = self.figures["size"]
        whole, quarters = size["windows"], len(size["shards"])
        one, quarter = size["work of one index, ms"], size["work of four, ms"] / quarters
        grown = (one - quarter) / (whole - whole / quarters)
        return float(one + grown * (windows - whole))

    def nodes(self) -> list[list[str]]:
        """Rows on work and nodes."""
        size, embedding = self.figures["size"], self.figures["embedding"]
        shard = self.milliseconds(self.shard)
        work = shard * self.shards / 1e3
        by_memory = math.ceil(self.hot / (MEMORY * FREE))
        by_work = math.ceil(work * WANTED / (CORES * BUSY))
        embedded = embedding["ms of the processor a window"]
        hours = embedded * self.windows / 3.6e6
        here = f"{size['work of one index, ms']:.1f} ms at {size['windows']:,} windows"
        quarters = f"{size['work of four, ms'] / len(size['shards']):.1f} ms at a quarter of them"
        return [
            ["a shard's work for a question", f"{shard:,.0f} ms of a core", f"{here}, {quarters}"],
            ["work of all shards for a question", f"{work:,.1f} s of a core", "all shards are asked"],
            ["nodes for memory", f"{by_memory:,}", f"of {MEMORY / 1e9:.0f} GB, {FREE:.0%} of it free"],
            [f"nodes for {WANTED} questions a second", f"{by_work:,}", f"of {CORES} cores, {BUSY:.0%} busy"],
            ["embedding", f"{hours:,.0f} core-hours", f"{embedded} ms of a core a window"],
        ]

    def network(self) -> list[list[str]]:
        """Rows on what is sent."""
        essays = self.figures["essays"]
        each = essays["bytes a question"] / essays["shards"]
        rounds, calls = essays["rounds a question"], essays["calls a question"]
        return [
            ["sent for a question", f"{each * self.shards / 1e6:,.1f} MB", f"{each / 1e3:,.1f} kB a shard"],
            ["rounds of a question", f"{rounds:.0f}", f"{calls:.0f} calls of {essays['shards']} shards"],
        ]

    def asking(self) -> list[list[str]]:
        """Rows on what grows with the essays in one process."""
        essays, listed = self.figures["essays"], self.figures["manifest"][-1]
        memory = essays["bytes an essay in the memory of the asking process"]
        memory += 1e6 * listed["MB in memory"] / listed["essays"]
        rows = [["memory of an asking process", _gb(memory * self.essays), f"{memory:,.0f} bytes an essay"]]
        for name, size in essays["bytes an essay that one process handles"].items():
            rows.append([name, _gb(size * self.essays), f"{size:,} bytes an essay"])
        return rows

    def text(self) -> str:
        """The sheet, in Markdown."""
        rows = [*self.disk(), *self.nodes(), *self.network(), *self.asking()]
        days = self.figures["measured"].values()
        machines = sorted({f"{each['on']} ({each['day']})" for each in days})
        busy = max(each["processes that ran before"] for each in days)
        return "\n\n".join(
            [
                table(["what", f"{self.windows:,} windows", "measured"], rows),
                f"Measured on {'; '.join(machines)}, beside up to {busy:.0f} other running processes.",
            ]
        )


def _gb(size: float) -> str:
    return f"{size / 1e9:,.0f} GB" if size >= 1e10 else f"{size / 1e9:,.2f} GB"


def main() -> None:
    """Print the sheet, or write it into a document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--windows", type=int, default=WINDOWS)
    parser.add_argument("--shard", type=int, default=SHARD)
    parser.add_argument("--write", type=Path, metavar="FILE")
    options = parser.parse_args()
    text = Sheet(json.loads(FIGURES.read_text("utf-8")), options.windows, options.shard).text()
    if options.write is None:
        print(text)
        return
    before, _, rest = options.write.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    options.write.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
