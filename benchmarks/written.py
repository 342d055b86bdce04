"""Judge quotations and paraphrases that were written by hand.

    python benchmarks/written.py [--essays DIR] [--write]

``benchmarks/written/quotations.jsonl`` has quotations of the sample and of a real essay: a span of the
source, the changes that the writer makes in it (start and end in the span, and what stands there instead),
what they are, and what is to be said of them. No word of the real essay is in it; its file is looked for in
``--essays``, and without it only the sample is judged. ``paraphrases.jsonl`` has sentences in words of their
own, with the pages that they are of and a page that is cited, which is wrong in half of them.

``--write`` puts the tables into docs/quoting.md and docs/checking.md.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.core.draft_report import DraftReport
from assistant.library.adding import read_essay
from assistant.library.library import Library
from assistant.quotations.corpus import Corpus

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ROOT / "benchmarks" / "written"
_SAMPLE = ROOT / "data" / "sample" / "essay.txt"
# What a quotation is said to be.
_VERDICTS = ("exact", "exact with a warning", "altered", "absent")


@dataclass(frozen=True, slots=True)
class WrittenQuotation:
    """A quotation that was written by hand.

    Attributes:
        essay: Id of the essay.
        what: What the writer does.
        text: The quotation.
        verdict: What is to be said of it: ``exact`` or ``altered``.
        warnings: Kinds of the warnings that are due.
    """

    essay: str
    what: str
    text: str
    verdict: str
    warnings: tuple[str, ...]

    @property
    def wanted(self) -> str:
        """What is to be said, as the table has it."""
        return _VERDICTS[1] if self.warnings else self.verdict


def rows_of(name: str) -> list[dict[str, Any]]:
    """The rows of a file in ``benchmarks/written/``."""
    return [json.loads(line) for line in (WRITTEN / name).read_text("utf-8").splitlines()]


def quotations(essay: str, source: str) -> Iterator[WrittenQuotation]:
    """The quotations of an essay, put together from its source."""
    for row in rows_of("quotations.jsonl"):
        if row["essay"] == essay:
            text = source[row["start"] : row["end"]]
            for start, end, words in reversed(row["edits"]):
                text = text[:start] + words + text[end:]
            yield WrittenQuotation(essay, row["what"], text, row["want"], tuple(row["warnings"]))


def said(corpus: Corpus, quotation: WrittenQuotation) -> tuple[str, tuple[str, ...]]:
    """What is said of a quotation, and the kinds of its warnings."""
    found = corpus.look_up(quotation.text)
    kinds = tuple(sorted({warning.kind for warning in found.warnings}))
    return (_VERDICTS[1] if kinds else found.verdict), kinds


def matrix(judged: Sequence[tuple[WrittenQuotation, str]]) -> str:
    """The confusion matrix: what is to be said, and what is."""
    lines = [f"| quotations | {' | '.join(_VERDICTS)} |", f"|---|{'---:|' * len(_VERDICTS)}"]
    groups: dict[str, Counter[str]] = {}
    for quotation, verdict in judged:
        groups.setdefault(f"{quotation.what} ({quotation.wanted})", Counter())[verdict] += 1
    order = {wanted: number for number, wanted in enumerate(_VERDICTS)}
    for name, counts in sorted(groups.items(), key=lambda item: order[item[0].rpartition("(")[2][:-1]]):
        lines.append(f"| {name} | {' | '.join(str(counts[verdict] or '') for verdict in _VERDICTS)} |")
    for wanted in _VERDICTS[:3]:
        counts = Counter(verdict for quotation, verdict in judged if quotation.wanted == wanted)
        cells = " | ".join(f"**{counts[verdict]}**" for verdict in _VERDICTS)
        lines.append(f"| **all that are to be {wanted}** | {cells} |")
    return "\n".join(lines)


def paraphrases(library: Library, essays: Sequence[str]) -> str:
    """How many hints there are at wrong pages and at right ones."""
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for row in rows_of("paraphrases.jsonl"):
        if row["essay"] not in essays:
            continue
        report = library.check_draft(
            f"{row['text'].rstrip('.')} ({_author(library, row['essay'])} {row['cited']}).\n",
            paraphrases=True,
        )
        is_right = row["cited"] in _pages(row["printed"])
        counts[is_right]["sentences"] += 1
        counts[is_right]["hints"] += bool(report.hints)
        counts[is_right]["to the page"] += _is_to_page(report, _pages(row["printed"]))
    lines = ["| page cited | sentences | hints | of these at the right page |", "|---|---:|---:|---:|"]
    for is_right, name in ((False, "wrong"), (True, "right")):
        total = counts[is_right]
        share = f"{total['hints']} ({total['hints'] / max(1, total['sentences']):.0%})"
        lines.append(
            f"| {name} | {total['sentences']} | {share} | {total['to the page'] if not is_right else ''} |"
        )
    return "\n".join(lines)


def _author(library: Library, essay: str) -> str:
    return re.sub(r"^\(|\)$", "", library.cite(essay)[0].in_text)


def _pages(printed: str) -> set[str]:
    first, _, last = printed.partition("-")
    return {first, first[: -len(last)] + last} if last else {first}


def _is_to_page(report: DraftReport, pages: set[str]) -> bool:
    return any(not pages.isdisjoint(hint.place.labels) for hint in report.hints)


def main() -> None:
    """Print the tables, and what is judged wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--essays", type=Path, default=ROOT.parent / "shared" / "essays")
    parser.add_argument("--write", action="store_true", help="write the tables into the documentation")
    options = parser.parse_args()
    files = {"sample": _SAMPLE, "gill-2014": options.essays / "gill-2014.txt"}
    files = {name: path for name, path in files.items() if path.is_file()}
    judged: list[tuple[WrittenQuotation, str]] = []
    with TemporaryDirectory() as folder:
        library = Library(Path(folder))
        for name, path in files.items():
            record = path.with_suffix(".json")
            library.add(path, essay_id=name, reference=record if record.is_file() else None)
            made = read_essay(path, record=library.essay(name).reference, essay_id=name)
            corpus = Corpus([made.essay])
            for quotation in quotations(name, made.source):
                verdict, kinds = said(corpus, quotation)
                judged.append((quotation, verdict))
                refused = quotation.wanted == "altered" and verdict == "absent"
                if not refused and (verdict, kinds) != (quotation.wanted, tuple(sorted(quotation.warnings))):
                    print(f"{name}: {quotation.what} is said to be {verdict} {', '.join(kinds)}")
        tables = {"quoting.md": matrix(judged), "checking.md": paraphrases(library, list(files))}
    print(f"\n{len(judged)} quotations")
    for name, table in tables.items():
        print(f"\n{table}")
        if options.write:
            path = ROOT / "docs" / name
            begun, ended = "<!-- written -->\n", "<!-- /written -->"
            before, _, rest = path.read_text("utf-8").partition(begun)
            _, _, after = rest.partition(ended)
            path.write_text(f"{before}{begun}{table}\n{ended}{after}", "utf-8")


if __name__ == "__main__":
    main()
