"""Changed files in every markup format: read as an essay, each passage a slice, or refused in one sentence.

``ESSAY_FUZZ=60`` tries each format for so many seconds, and with other changes each time.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from essay_library import one_sentence
from lxml import etree
from mutations import mutate_archive, mutate_bytes

from assistant.core.errors import ReadingError
from assistant.library.adding import read_essay

DATA = Path(__file__).parent.parent / "data" / "markup"
SECONDS = float(os.environ.get("ESSAY_FUZZ", "0"))
TRIES = 25
FILES = {
    path.suffix: path for path in sorted(DATA.glob("*-*")) if not path.name.endswith(".expected.md")
}  # one file a format


@pytest.mark.parametrize("suffix", FILES)
def test_changed_files_are_read_or_refused(suffix: str, tmp_path: Path) -> None:
    original, path = FILES[suffix].read_bytes(), tmp_path / f"essay{suffix}"
    change = mutate_archive if original.startswith(b"PK") else mutate_bytes
    chance = random.Random(time.time_ns() if SECONDS else 7)
    until, tries = time.monotonic() + SECONDS, 0
    while time.monotonic() < until or tries < (1 if SECONDS else TRIES):
        tries += 1
        try:
            path.write_bytes(change(original, chance))
        except etree.XMLSyntaxError:
            # A part of the archive that is empty cannot be changed.
            continue
        try:
            read = read_essay(path)
        except ReadingError as error:
            one_sentence(error)
            continue
        assert read.essay.report.unaccounted == 0
        for passage in read.essay.passages:
            source = (read.source[passage.source_map.source(at)] for at in range(len(passage.text)))
            differ = [
                (letter, printed)
                for letter, printed in zip(passage.text, source, strict=True)
                if letter != printed
            ]
            assert all(
                (letter == " " and printed.isspace()) or printed in "ﬀﬁﬂﬃﬄﬅﬆ" for letter, printed in differ
            )
