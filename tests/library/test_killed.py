"""The program is killed before each file operation of a change: the next commands undo or finish the change.

Each case runs in a process of its own, which this file is too: it loads the program once and forks a child
for every step, which ends without any tidying up.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from essay_library import ROOT, SAMPLE, SECOND, Opened
from fake_models import FakeEncoder, essay_of
from wordfreq import zipf_frequency

from assistant.chunking.chunk import chunk
from assistant.library.library import Library
from assistant.library.store import EssayStore

# Words that only the sample has: in its text, its headings and its title.
_WORDS = (b"Augustine", b"Numbering the Leaf", b"Where the Words Stand")
_SECOND = "running-heads"
PDF = ROOT / "tests" / "data" / "pdf" / "sample-footnotes.pdf"
_EVENTS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate"}
_KILLED = 9


def changed_sample(root: Path) -> Path:
    """Another edition of the sample's file."""
    path = root.with_name("edition") / "essay.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(SAMPLE.read_bytes().replace(b"an intervention", b"an act"))
    return path


def prepare(library: Library) -> None:
    """Add both essays."""
    library.add(SAMPLE)
    library.add(SECOND)


def prepare_removed(library: Library) -> None:
    """Add both essays and remove the sample."""
    prepare(library)
    library.remove("sample")


def prepare_twice(library: Library) -> None:
    """Add both essays, the sample having been removed before too."""
    prepare_removed(library)
    library.add(SAMPLE)


def prepare_pdf(library: Library) -> None:
    """Add both essays, the sample as a PDF."""
    library.add(SECOND)
    library.add(PDF, essay_id="sample")


def prepare_removed_pdf(library: Library) -> None:
    """Add both essays, the sample as a PDF, and remove it."""
    prepare_pdf(library)
    library.remove("sample")


CASES: dict[str, tuple[Callable[[Library], Any], Callable[[Library], Any]]] = {
    "remove": (prepare, lambda library: library.remove("sample")),
    "remove for good": (prepare_twice, lambda library: library.remove("sample", for_good=True)),
    "delete what was removed": (prepare_removed, lambda library: library.remove("sample", for_good=True)),
    "restore": (prepare_removed, lambda library: library.restore("sample")),
    "bring up to date": (prepare, lambda library: library.add(changed_sample(library.root))),
    "add": (lambda library: library.add(SECOND), lambda library: library.add(SAMPLE)),
    "edit": (prepare, lambda library: library.edit("sample", first_page="844")),
    "remove a PDF": (prepare_pdf, lambda library: library.remove("sample")),
    "restore a PDF": (prepare_removed_pdf, lambda library: library.restore("sample")),
    "edit a PDF": (prepare_pdf, lambda library: library.edit("sample", first_page="844")),
}


def leftovers(root: Path) -> list[str]:
    """Files and folders that belong to nothing."""
    chunks, index = root / "data" / "chunks", root / "index"
    manifest = json.loads((index / "manifest.json").read_text("utf-8"))
    used = {manifest["build"], manifest["rows"], "manifest.json", "catalogue.json", ".lock"}
    ids = [path.stem for path in chunks.glob("*.jsonl")]
    endings = [".jsonl", ".source.txt", ".given.json"]
    used |= {f"{name}{ending}" for name in ids for ending in endings}
    pdfs = [name for name in ids if (chunks / f"{name}.jsonl").read_bytes().count(b'"reader": "pdf"') == 1]
    used |= {f"{name}{ending}" for name in pdfs for ending in (".pdf", ".setting.json")}
    used |= {path.name for path in (root / "removed").glob("2*-*")}
    folders = (chunks, index, root / "removed")
    return [
        path.name
        for folder in folders
        if folder.exists()
        for path in folder.iterdir()
        if path.name not in used
    ]


def states(library: Library) -> list[str]:
    """Where the sample is: in the library, in the trash, or both."""
    return ["library"] * ("sample" in library.ids()) + ["trash"] * ("sample" in library.removed())


def words_left(root: Path) -> list[str]:
    """Files that have words of the sample."""
    return [
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in _WORDS)
    ]


def look(case: str, root: Path) -> list[str]:
    """What is wrong after the interruption, in words; first reading commands are given, then a change."""
    wrong, library = [], Opened(root).library
    found = states(library)
    good = {"remove for good": [[], ["library", "trash"]], "delete what was removed": [[], ["trash"]]}
    good |= {
        "remove": [["library"], ["trash"]],
        "restore": [["library"], ["trash"]],
        "remove a PDF": [["library"], ["trash"]],
        "restore a PDF": [["library"], ["trash"]],
        "add": [[], ["library"]],
    }
    if found not in good.get(case, [["library"]]):
        wrong.append(f"the sample is in {found}")
    if not found and case != "add" and (files := words_left(root)):
        wrong.append(f"words are left in {files}")
    library.edit(_SECOND, first_page="7")
    library.ask("At how many minutes after noon in London did noon in Bristol fall?", fast=True)
    if states(library) != found:
        wrong.append(f"the sample moved from {found} to {states(library)}")
    if files := leftovers(root):
        wrong.append(f"left over: {files}")
    if found == ["trash"]:
        library.restore("sample")
    texts = {path.read_text("utf-8") for path in (SAMPLE, changed_sample(root))}
    is_text = found and library.essay("sample").reader == "text"
    if is_text and library.source_text("sample") not in texts:
        wrong.append("the source is neither the old nor the new one")
    if found:
        EssayStore(root).check(library.essay("sample"))
    if library.damaged():
        wrong.append("an essay is damaged")
    return wrong


def in_child(act: Callable[[], Any], root: Path, step: int = 0) -> int:
    """Do something in a child process that is killed before a file operation, and return its exit code."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    operations = 0

    def kill(event: str, values: tuple[Any, ...]) -> None:
        nonlocal operations
        writes = event == "open" and isinstance(values[2], int) and values[2] & (os.O_WRONLY | os.O_RDWR)
        if not writes and event not in _EVENTS:
            return
        if not str(values[0]).startswith(str(root)) or str(values[0]).endswith(".lock"):
            return
        operations += 1
        if operations == step:
            os._exit(_KILLED)

    try:
        sys.addaudithook(kill)
        act()
    except BaseException as error:  # noqa: BLE001 - a child must not go on with the parent's work
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(1)
    os._exit(0)


def load_everything() -> None:
    """Load and work out what every child needs, but start no thread, for a fork would lose it."""
    for name in ("adding", "trash", "citing", "diagnosis"):
        import_module(f"assistant.library.{name}")
    for name in ("faiss", "Stemmer", "filelock", "assistant.documents.text"):
        with suppress(ImportError):
            import_module(name)
    for path in (SAMPLE, SECOND):
        text = path.read_text("utf-8")
        chunk(essay_of(text), lambda word: zipf_frequency(word, "en"))
        FakeEncoder().encode([text])


def run(case: str, folder: Path) -> None:
    """Kill a change at each of its steps, look at what became of it, and print what is wrong."""
    load_everything()
    # A kill loses nothing that the system was given to write, so no child waits for the disk.
    patch("os.fsync").start()
    before, change = CASES[case]
    template, root, report = folder / "template", folder / "library", folder / "wrong.json"
    changed_sample(root)
    assert in_child(lambda: before(Opened(template).library), template) == 0
    wrong: dict[str, list[str]] = {}
    step, code = 0, _KILLED
    while code == _KILLED:
        step += 1
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(template, root)
        code = in_child(lambda: change(Opened(root).library), root, step)
        if step % 3 == 0:
            # The command that finishes the change is killed as well, sooner or later.
            in_child(lambda: states(Opened(root).library), root, step % 7 + 1)
        report.unlink(missing_ok=True)
        looked = in_child(lambda: report.write_text(json.dumps(look(case, root))), folder / "nothing")
        faults = json.loads(report.read_text()) if looked == 0 else ["the next commands fail"]
        if faults:
            wrong[f"step {step}"] = faults
    sys.stdout.write(json.dumps({"steps": step, "code": code, "wrong": wrong}))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no child can be forked here")
@pytest.mark.parametrize("case", CASES)
def test_a_change_that_is_killed_at_any_step_is_undone_or_finished(case: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        process = subprocess.run(
            [sys.executable, __file__, case, folder],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
            check=False,
        )
    assert process.returncode == 0, process.stderr
    result = json.loads(process.stdout)
    assert result["wrong"] == {}, process.stderr
    assert result["code"] == 0
    assert result["steps"] > 5


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]))
