"""Debian's LibreOffice without windows, with the extension in a profile of its own, and a real server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[3]
# Where Debian's python3-uno is; the program's own environment does not have it.
_UNO = "/usr/lib/python3/dist-packages"
_SECONDS = 90
_ESSAY = """---
title: On Reading
author: Ann Gill
journal: Reading Quarterly
volume: 3
date: 1999
---

# On Reading

She read *Ulysses* twice in that long summer, and once more in the winter that followed it.
"""

sys.path.insert(0, str(ROOT / "editors" / "libreoffice"))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _until(ready: Callable[[], Any], process: subprocess.Popen[bytes]) -> Any:
    """What a function returns once it raises no error any more."""
    end = time.monotonic() + _SECONDS
    while True:
        try:
            return ready()
        except Exception:
            if time.monotonic() > end or process.poll() is not None:
                raise
            time.sleep(0.3)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the sample essay, and one with words in italics."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "gill.md").write_text(_ESSAY, "utf-8")
    files = ["data/sample/essay.txt", str(folder / "gill.md")]
    command = [sys.executable, "-m", "assistant", "add", *files, "--library", str(folder / "library")]
    subprocess.run(command, check=True, cwd=ROOT)
    return folder / "library"


@pytest.fixture(scope="session")
def server(library: Path) -> Iterator[str]:
    """Address of `assistant serve`."""
    address = f"http://127.0.0.1:{_free_port()}"
    port = address.rpartition(":")[2]
    command = [sys.executable, "-m", "assistant", "serve", "--library", str(library), "--port", port]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _until(lambda: urlopen(f"{address}/api/styles", timeout=5).read(), process)
        yield address
    finally:
        process.terminate()
        process.wait(_SECONDS)


class Office:
    """A running LibreOffice.

    Args:
        context: Its component context.
        profile: The folder of its profile.
    """

    def __init__(self, context: Any, profile: Path) -> None:
        self.context, self.profile = context, profile
        self.desktop = self.make("com.sun.star.frame.Desktop")

    def make(self, name: str) -> Any:
        """A service."""
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def load(self, address: str = "private:factory/swriter") -> Any:
        """A document in no window: an empty one, or a file."""
        return self.desktop.loadComponentFromURL(address, "_blank", 0, (named("Hidden", value=True),))

    def run(self, command: str, document: Any = None, **fields: Any) -> str:
        """Run a command of the extension without its dialogs."""
        job = self.make("org.essayassistant.Writer")
        values = {"command": command, "document": document, **fields}
        return str(
            job.execute(tuple(named(name, value=value, kind="NamedValue") for name, value in values.items()))
        )

    def save(self, document: Any, path: Path) -> Path:
        """Save a document in the format of the path's suffix."""
        names = {".odt": "writer8", ".docx": "MS Word 2007 XML", ".pdf": "writer_pdf_Export"}
        document.storeToURL(path.as_uri(), (named("FilterName", value=names[path.suffix]),))
        return path


def type_text(document: Any, words: str, *, at_cursor: bool = False) -> None:
    """Type at the end of a document, or at its cursor."""
    cursor = document.CurrentController.ViewCursor
    if not at_cursor:
        cursor.gotoEnd(False)
    for number, line in enumerate(words.split("\n")):
        if number:
            document.Text.insertControlCharacter(cursor, 0, False)
        cursor.Text.insertString(cursor, line, False)
        if not at_cursor:
            cursor.gotoEnd(False)


def note_texts(document: Any) -> list[str]:
    """The texts of the footnotes."""
    return [document.Footnotes.getByIndex(number).String for number in range(document.Footnotes.Count)]


def own_comments(document: Any) -> list[Any]:
    """The comments of the extension."""
    fields = document.TextFields
    return [
        each
        for each in fields
        if each.supportsService("com.sun.star.text.textfield.Annotation") and each.Author == "Essay Assistant"
    ]


def italics(text: Any) -> list[str]:
    """What is in italics in a text."""
    return [
        portion.String
        for paragraph in text
        for portion in paragraph
        if portion.TextPortionType == "Text" and portion.CharPosture.value == "ITALIC"
    ]


def named(name: str, *, value: Any, kind: str = "PropertyValue") -> Any:
    """A value with a name, as UNO takes options."""
    import uno

    struct = uno.createUnoStruct(f"com.sun.star.beans.{kind}")
    struct.Name, struct.Value = name, value
    return struct


@pytest.fixture(scope="session")
def office(server: str) -> Iterator[Office]:
    """LibreOffice with the extension, which asks the server."""
    sys.path.append(_UNO)
    uno = pytest.importorskip("uno", reason="python3-uno is not installed")
    from build import build

    folder = Path(tempfile.mkdtemp(prefix="essay-assistant-office-"))
    profile = f"-env:UserInstallation={folder.as_uri()}"
    package = build(folder / "essay-assistant.oxt")
    # The program installs nothing for root alone.
    other: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        other = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    command = ["unopkg", "add", "--suppress-license", profile, str(package)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    subprocess.run(command, check=True, cwd=folder, env=environment, **other)
    port = _free_port()
    accept = f"--accept=socket,host=127.0.0.1,port={port};urp;"
    command = ["soffice", "--headless", "--norestore", "--nologo", profile, accept]
    process = subprocess.Popen(command, env=environment)
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    address = f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext"
    running = Office(_until(lambda: resolver.resolve(address), process), folder)
    try:
        document = running.load()
        running.run("settings", document, address=server)
        document.close(False)
        yield running
    finally:
        running.desktop.terminate()
        process.wait(_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)
