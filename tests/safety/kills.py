"""Kill a program while it changes a library, and look at what it left.

Each round starts a change in a child process and kills it after a random time or at a random step on the
disk. Every essay of the library must then be as it was before the change or as it is after it, and the next
change must succeed.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from essay_library import loader
from mutated_inputs import QuickEncoder

from assistant.core.errors import AssistantError
from assistant.library.library import Library
from assistant.library.store import EssayStore

# What a library holds: digest of words, source and stated page of each essay, and the ids of removed essays.
State = tuple[dict[str, str], frozenset[str]]
# Events of the interpreter at which files change, besides opening one to write.
_STEPS = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.utime"})
_Result = TypeVar("_Result")
CHANGES = ("add", "add again", "edit", "remove", "restore")
# An essay from a PDF, which has two files more.
_PDF, _PRINTED = Path(__file__).parent.parent / "data" / "pdf" / "ledger-footnotes.pdf", "printed"
_OF_PDFS = (".setting.json", ".pdf")
_NAMES = ("tides", "harbours", "letters", "lamps")
_WORDS = (
    "harbour tide letter lamp winter stone people window morning language garden interest distance evening"
).split()


@dataclass(slots=True)
class Kills:
    """What a run of kills showed.

    Attributes:
        before: Changes of each kind that were killed and left the library as it was.
        after: Changes that had been made when they were killed, or that were done before.
        failures: What was wrong, in sentences.
    """

    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    killed: int = 0
    failures: list[str] = field(default_factory=list)


def kill(count: int, seed: int, *, real_model: bool = False, folder: Path | None = None) -> Kills:
    """Make random changes and kill each at a random moment.

    Args:
        count: Number of changes.
        seed: Of changes and moments.
        real_model: Whether essays are embedded by the real model.
        folder: Where libraries are made; a temporary folder if ``None``.
    """
    kills = Kills()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        rounds = _Rounds(Path(scratch), random.Random(seed), kills, real_model=real_model)
        for _ in range(count):
            rounds.next()
    return kills


class _Rounds:
    """Changes of one library, one after the other."""

    def __init__(self, folder: Path, chance: random.Random, kills: Kills, *, real_model: bool) -> None:
        self._root, self._texts, self._copy = folder / "library", folder / "texts", folder / "copy"
        self._texts.mkdir()
        self._chance, self._kills, self._real = chance, kills, real_model
        self._encoder = QuickEncoder()
        self._add_first()

    def _add_first(self) -> None:
        path = self._text("first", 0)
        _in_child(lambda: self._library().add(path))
        _in_child(lambda: self._library().add(_PDF, essay_id=_PRINTED))

    def _library(self) -> Library:
        return Library(self._root) if self._real else Library(self._root, load_encoder=loader(self._encoder))

    def _text(self, name: str, version: int) -> Path:
        """A file with an essay; its versions share most of their words."""
        chance = random.Random(name)
        paragraphs = [" ".join(chance.choices(_WORDS, k=60)).capitalize() + "." for _ in range(6)]
        paragraphs[version % 6] += f" This is version {version} of the essay."
        path = self._texts / f"{name}.txt"
        path.write_text("\n\n".join([f"On {name.capitalize()}", "Ada Marsh", *paragraphs]) + "\n", "utf-8")
        return path

    def next(self) -> None:
        """Kill one change and look at the library."""
        library, change = self._library(), ""
        while not change:
            change = self._chance.choice(CHANGES)
            action = self._action(library, change)
            change = change if action else ""
        assert action is not None
        before = state_of(self._root)
        expected, seconds, steps = self._expected(action)
        run = partial(action, self._library())
        if self._chance.random() < 0.5:
            killed = _kill_after(run, self._chance.uniform(0, 1.2 * seconds))
        else:
            killed = _kill_at(run, self._chance.randint(1, steps))
        self._kills.killed += killed
        self._look(change, before, expected)

    def _action(self, library: Library, change: str) -> Callable[[Library], object] | None:
        """A change of a kind that is possible now."""
        held, removed = library.ids(), list(library.removed())
        new = [name for name in _NAMES if not any(name in essay_id for essay_id in held)]
        match change:
            case "add" if new:
                path = self._text(self._chance.choice(new), self._chance.randrange(99))
                return lambda library: library.add(path, essay_id=f"marsh-{path.stem}")
            case "add again" if held:
                essay_id = self._chance.choice(held)
                name = essay_id.removeprefix("marsh-") if essay_id.startswith("marsh-") else "first"
                path = _PDF if essay_id == _PRINTED else self._text(name, self._chance.randrange(99))
                return lambda library: library.add(path, essay_id=essay_id)
            case "edit" if held:
                essay_id, page = self._chance.choice(held), str(self._chance.randrange(1, 999))
                record = {"title": f"Edited {page}", "id": essay_id, "type": "book"}
                return lambda library: library.edit(essay_id, reference=record, first_page=page)
            case "remove" if len(held) > 1:
                essay_id = self._chance.choice(held)
                return lambda library: library.remove(essay_id)
            case "restore" if [essay_id for essay_id in removed if essay_id not in held]:
                essay_id = self._chance.choice([essay_id for essay_id in removed if essay_id not in held])
                return lambda library: library.restore(essay_id)
        return None

    def _expected(self, action: Callable[[Library], object]) -> tuple[State, float, int]:
        """The state after a change, which is made in a copy; the seconds and the steps that it takes."""
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self._root, self._copy)
        root, self._root = self._root, self._copy
        try:
            seconds, steps = _in_child(lambda: _measured(lambda: action(self._library())))
            return state_of(self._root), seconds, steps
        finally:
            self._root = root

    def _look(self, change: str, before: State, expected: State) -> None:
        wrong = []
        now = state_of(self._root)
        if now[0] == before[0]:
            self._kills.before[change] += 1
        elif now[0] == expected[0]:
            self._kills.after[change] += 1
        else:
            wrong.append(
                f"the library is neither as before nor as after: {_difference(now, before, expected)}"
            )
        # No essay may be lost: what is not in the library can be restored.
        gone = (before[0].keys() | before[1]) - now[0].keys() - now[1]
        if gone:
            wrong.append(f"{sorted(gone)} can neither be found nor restored")
        try:
            wrong += _in_child(lambda: faults_of(self._library()))
        except AssistantError as error:
            wrong.append(f"the library cannot be used: {error}")
        if wrong:
            self._kills.failures += [f"{change}: {sentence}" for sentence in wrong]
            shutil.rmtree(self._root)
            self._add_first()


def _in_child(action: Callable[[], _Result]) -> _Result:
    """The result of an action that a child process runs; after the real model a process cannot be forked.

    Raises:
        AssistantError: If the action raises one.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork"), _set_action, (action,)) as pool:
        result: _Result = pool.submit(_run_action).result()
        return result


def _measured(action: Callable[[], object]) -> tuple[float, int]:
    """Take an action, and tell how many seconds and steps on the disk it took."""
    steps, start = [0], time.monotonic()

    def count(event: str, arguments: tuple[object, ...]) -> None:
        steps[0] += _is_step(event, arguments)

    # Python never forgets a hook, so a process of its own is measured.
    sys.addaudithook(count)
    action()
    return time.monotonic() - start, steps[0]


_action: Callable[[], object] | None = None


def _set_action(action: Callable[[], object]) -> None:
    global _action  # noqa: PLW0603 - a function that is made here cannot be sent to the child
    _action = action


def _run_action() -> Any:
    assert _action is not None
    return _action()


def _kill_after(action: Callable[[], object], delay: float) -> bool:
    """Run an action in a child process and kill that after some seconds; false if it was done before."""
    child = _started(action)
    deadline = time.monotonic() + delay
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return _was_killed(status)
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    return _was_killed(os.waitpid(child, 0)[1])


def _kill_at(action: Callable[[], object], step: int) -> bool:
    """Run an action in a child process that is killed before a step; false if it has fewer steps."""

    def counted() -> None:
        steps = 0

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal steps
            if _is_step(event, arguments):
                steps += 1
                if steps == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        action()

    return _was_killed(os.waitpid(_started(counted), 0)[1])


def _is_step(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether an event of the interpreter changes files or opens one to write."""
    if event != "open":
        return event in _STEPS
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def _started(action: Callable[[], object]) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        action()
    except BaseException as error:  # noqa: BLE001 - the child must end here
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)


def _was_killed(status: int) -> bool:
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        raise AssertionError("a change that was not killed failed")
    return False


def state_of(root: Path) -> State:
    """What a library holds, read from its files."""
    library = Library(root, load_encoder=lambda _name: QuickEncoder())
    essays = {}
    for essay_id in library.ids():
        folder = root / "data" / "chunks"
        files = [folder / f"{essay_id}{ending}" for ending in (".jsonl", ".source.txt", *_OF_PDFS)]
        parts = [file.read_bytes() for file in files if file.exists()]
        stated = json.loads((folder / f"{essay_id}.given.json").read_bytes())
        stated.pop("added", None)
        essays[essay_id] = "/".join(
            hashlib.sha256(part).hexdigest()[:8] for part in (*parts, json.dumps(stated).encode())
        )
    return essays, frozenset(library.removed())


def faults_of(library: Library) -> list[str]:
    """What is wrong with a library, in sentences."""
    wrong = []
    for essay in library.essays():
        EssayStore(library.root).check(essay)
        source = library.source_text(essay.id)
        for passage in essay.passages:
            start, end = passage.source
            if (passage.text[0], passage.text[-1]) != (source[start : start + 1], source[end - 1 : end]):
                wrong.append(f"{passage.id} is not at its place in the source")
                break
        words = next(passage.text for passage in essay.passages if passage.kind == "paragraph")
        hits = library.ask(words[:200], essays=[essay.id], top=1, fast=True).hits
        if not hits or hits[0].passage.essay_id != essay.id:
            wrong.append(f"a question does not find {essay.id}")
    if library.ids():
        manifest = json.loads((library.root / "index" / "manifest.json").read_text("utf-8"))
        if set(manifest["essays"]) != set(library.ids()):
            wrong.append("the index has other essays than the library")
    return wrong


def leftovers_of(root: Path) -> list[str]:
    """Files that no essay and no index uses."""
    library = Library(root, load_encoder=lambda _name: QuickEncoder())
    held = set(library.ids())
    chunks = [
        path.name for path in (root / "data" / "chunks").iterdir() if path.name.split(".")[0] not in held
    ]
    return sorted(chunks)


def _difference(now: State, before: State, expected: State) -> str:
    parts: Mapping[str, tuple[str | None, ...]] = {
        essay_id: (before[0].get(essay_id), now[0].get(essay_id), expected[0].get(essay_id))
        for essay_id in before[0].keys() | now[0].keys() | expected[0].keys()
    }
    return "; ".join(
        f"{essay_id} {' -> '.join(map(str, digests))}"
        for essay_id, digests in parts.items()
        if len(set(digests)) > 1
    )
