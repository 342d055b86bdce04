"""Flip bits in the files of a library: no word may then be shown as the essay's that is not.

After each flip, the essays are read, asked and quoted. Whatever is shown must be what the undamaged library
shows, or a sentence must say what is wrong.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from essay_library import QUESTION, SAMPLE, SECOND, loader
from mutated_inputs import QuickEncoder

from assistant.core.errors import AssistantError
from assistant.library.library import Library

_QUESTIONS = (QUESTION, "At how many minutes after noon in London did noon in Bristol fall?")


@dataclass(slots=True)
class Flips:
    """What a run of flips showed.

    Attributes:
        counts: Outcomes by file.
        failures: What was wrong, in sentences.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def flip(count: int, seed: int) -> Flips:
    """Flip one bit after the other, each in an undamaged library."""
    flips, chance = Flips(), random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        whole, root = Path(scratch) / "whole", Path(scratch) / "library"
        library = _opened(whole)
        for path in (SAMPLE, SECOND):
            library.add(path)
        truth = _Truth(whole)
        shutil.copytree(whole, root)
        names = sorted(
            path.relative_to(whole) for path in whole.rglob("*") if path.is_file() and path.stat().st_size
        )
        for number in range(count):
            # Half of the flips are in the words themselves: they are a small part of all files.
            words = [name for name in names if name.parts[0] == "data"]
            name = chance.choice(words if chance.random() < 0.5 else names)
            data = bytearray((whole / name).read_bytes())
            place, bit = chance.randrange(len(data)), chance.randrange(8)
            data[place] ^= 1 << bit
            (root / name).write_bytes(data)
            outcome, wrong = truth.compare(root, number)
            flips.counts[_kind(name), outcome] += 1
            flips.failures += [f"{name}, byte {place}, bit {bit}: {sentence}" for sentence in wrong]
            _restore(whole, root, name)
    return flips


def _restore(whole: Path, root: Path, name: Path) -> None:
    """Restore the damaged file, or the whole library if an index has been made since."""
    manifest = Path("index") / "manifest.json"
    damaged = root / manifest
    if name != manifest and damaged.exists() and damaged.read_bytes() == (whole / manifest).read_bytes():
        shutil.copy2(whole / name, root / name)
        return
    shutil.rmtree(root)
    shutil.copytree(whole, root)


def _kind(name: Path) -> str:
    """What a file is, without the names of its essay and folder."""
    if name.parts[0] == "data":
        return ".".join(name.name.split(".")[1:])
    return name.name


def _opened(root: Path) -> Library:
    return Library(root, load_encoder=loader(QuickEncoder()))


class _Truth:
    """What an undamaged library shows.

    Args:
        root: Its folder.
    """

    def __init__(self, root: Path) -> None:
        library = _opened(root)
        self._texts = {passage.id: passage.text for essay in library.essays() for passage in essay.passages}
        self._pages = {passage.id: passage.pages for essay in library.essays() for passage in essay.passages}
        self._sources = {essay_id: library.source_text(essay_id) for essay_id in library.ids()}
        self._quotations = [
            text for passage_id, text in self._texts.items() if len(text) > 60 and "/p" in passage_id
        ]
        self._altered = [text[:30] + "zebras" + text[30:60] for text in self._quotations]
        self._citations = {essay_id: library.cite(essay_id) for essay_id in library.ids()}

    def compare(self, root: Path, number: int) -> tuple[str, list[str]]:
        """Whether a damaged library shows what the undamaged one does.

        Returns:
            The outcome in a word, and what is wrong.
        """
        wrong: list[str] = []
        library = _opened(root)
        outcomes = [
            self._read(library, wrong),
            self._ask(library, number, wrong),
            self._quote(library, number, wrong),
            self._cite(library, wrong),
        ]
        return ("refused" if "refused" in outcomes else "as before"), wrong

    def _read(self, library: Library, wrong: list[str]) -> str:
        outcome = "as before"
        for essay_id in self._sources:
            try:
                for passage in library.essay(essay_id).passages:
                    self._compare(passage.id, passage.text, wrong)
                    if passage.pages != self._pages.get(passage.id):
                        wrong.append(f"{passage.id} is on other pages")
            except AssistantError:
                outcome = "refused"
            try:
                if library.source_text(essay_id) != self._sources[essay_id]:
                    wrong.append(f"the source of {essay_id} is shown with other words")
            except AssistantError:
                outcome = "refused"
        return outcome

    def _ask(self, library: Library, number: int, wrong: list[str]) -> str:
        try:
            answer = library.ask(_QUESTIONS[number % len(_QUESTIONS)])
        except AssistantError:
            return "refused"
        for hit in answer.hits:
            self._compare(hit.passage.id, hit.passage.text, wrong)
        return "as before"

    def _quote(self, library: Library, number: int, wrong: list[str]) -> str:
        try:
            exact = library.quote(self._quotations[number % len(self._quotations)])
            altered = library.quote(self._altered[number % len(self._altered)])
        except AssistantError:
            return "refused"
        if altered.verdict == "exact":
            wrong.append("words that are not printed are called exact")
        for match in exact.matches if exact.verdict == "exact" else ():
            place = match.place
            self._compare_place(place.passages, place.start, place.end, place.text, wrong)
        return "as before"

    def _cite(self, library: Library, wrong: list[str]) -> str:
        outcome = "as before"
        for essay_id, citation in self._citations.items():
            try:
                if library.cite(essay_id) != citation:
                    wrong.append(f"{essay_id} is cited otherwise")
            except AssistantError:
                outcome = "refused"
        return outcome

    def _compare(self, passage_id: str, text: str, wrong: list[str]) -> None:
        if self._texts.get(passage_id) != text:
            wrong.append(f"{passage_id} is shown with other words")

    def _compare_place(
        self, passages: Sequence[str], start: int, end: int, text: str, wrong: list[str]
    ) -> None:
        if len(passages) == 1 and self._texts.get(passages[0], "")[start:end] != text:
            wrong.append(f"{passages[0]} is quoted with other words")
