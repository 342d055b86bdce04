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
from essay_library import ROOT
from running_office import Office
from written_drafts import add_written_about

from assistant.library.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    add_written_about(Library(folder / "library"))
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
