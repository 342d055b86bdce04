"""Files of essays changed at random: each is read, or refused in one sentence, and no word is made up.

``ESSAY_FUZZ=60`` mutates each format for a minute instead of a few seconds.
"""

from __future__ import annotations

import os
import random
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from essay_library import one_sentence

from assistant.core.errors import ReadingError
from assistant.documents.reading import ESSAY_PARSERS

DATA = Path(__file__).parent.parent / "data" / "markup"
SECONDS = float(os.environ.get("ESSAY_FUZZ", "3"))
FILES = {
    ".html": ("sample-wordpress.html", "sample-word.html", "sample-gutenberg.html"),
    ".epub": ("sample-pandoc.epub", "sample-office.epub"),
    ".md": ("sample-pandoc.md", "sample-bare.md"),
    ".tex": ("sample-pandoc.tex",),
}
# What is put into a file: ends of elements and commands, entities, links, beginnings of long constructs.
PIECES = (
    *b"< > </p> <p> </blockquote> &#x0; &nbsp <!-- ]]> <script> </body>".split(),
    *b"} { [^1] ^[ ``` | ::: % $ [[ ]](".split(),
    *(
        b"<table><tr><td>",
        b'<a href="#fn1">',
        b'<sup><a href="#',
        b"> ",
        b"---\n",
        b"\x00",
        b"\xff\xfe",
        b"\xe2",
    ),
    *(b"\\begin{quote}", b"\\end{document}", b"\\footnote{", b"\\\\"),
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with some of its bytes changed, left out, repeated, or others put in."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(changed) or 1)
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[at : at + chance.randint(1, 400)]
            case 2:
                changed[at:at] = changed[at : at + chance.randint(1, 400)] * chance.randint(1, 9)
            case _:
                changed[at:at] = chance.choice(PIECES) * chance.choice((1, 1, 1, 60))
    return bytes(changed)


@pytest.mark.parametrize("ending", FILES)
def test_changed_files_are_read_or_refused(ending: str, tmp_path: Path) -> None:
    originals = [(DATA / name).read_bytes() for name in FILES[ending]]
    end, seed, read = time.monotonic() + SECONDS, 0, 0
    while time.monotonic() < end:
        seed += 1
        chance = random.Random(seed)
        data = mutated(chance.choice(originals), chance)
        try:
            document = ESSAY_PARSERS[ending](data, str(tmp_path / f"essay{ending}"))
        except ReadingError as error:
            one_sentence(error)
            continue
        read += 1
        if declared := document.declared:
            spans = [(block.start, block.end) for block in declared.blocks]
            assert all(0 <= start < end <= len(document.text) for start, end in spans), seed
            assert all(before[1] <= after[0] for before, after in pairwise(spans)), seed
            covered = "".join(document.text[start:end] for start, end in spans)
            assert re.sub(r"\s", "", covered) == re.sub(r"\s", "", document.text), seed
    assert seed > 3
    assert read or ending == ".epub"
