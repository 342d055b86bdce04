"""The command ``doctor``: what a report of a bug needs, and what is damaged; nothing private."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from assistant import __version__
from assistant.cli.terminal import common, open_library, print_json, traceback_file
from assistant.core.errors import AssistantError

# The packages on which what the program does depends.
_PACKAGES = (
    "click faiss-cpu filelock gradio lxml mcp numpy onnxruntime pydantic PyStemmer rapidfuzz "
    "sentence-transformers tokenizers torch wordfreq"
).split()


@click.command(short_help="Say what is installed, what is damaged, and how to repair it.")
@common
def doctor(root: Path | None, as_json: bool) -> None:
    """Say what is installed, what is damaged, and how to repair it; nothing is changed.

    Send the output with a report of a bug. It has no words and no titles of essays, and your home folder is
    written as ~. The ids of essays that are damaged are named. Exit code 1: something is damaged.
    """
    result = _result(root)
    print_json(result) if as_json else click.echo(_text(result))
    if result["damaged"]:
        sys.exit(1)


def _result(root: Path | None) -> dict[str, Any]:
    from assistant.library.diagnosis import Diagnosis, Trouble, without_home

    library = open_library(root)
    try:
        diagnosis = library.diagnosis()
    except AssistantError as error:
        trouble = Trouble("library", without_home(str(error)))
        folder = without_home(str(library.root.absolute()))
        diagnosis = Diagnosis(folder=folder, essays=0, removed=0, damaged=(trouble,))
    state = diagnosis.as_object()
    log = traceback_file()
    return {
        "version": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": {name: _version(name) for name in _PACKAGES},
        "browser": _browser(),
        "library": {name: state[name] for name in ("folder", "essays", "removed")},
        "index": state["index"],
        "model": state["model"],
        "last_error": without_home(str(log)) if log.is_file() else None,
        "damaged": [*state["damaged"]],
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _browser() -> str | None:
    """The kind of browser that ``assistant serve --open`` opens."""
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return None
    return Path(getattr(browser, "name", "")).name or type(browser).__name__


def _text(result: dict[str, Any]) -> str:
    library, index, model = result["library"], result["index"], result["model"]
    packages = ", ".join(f"{name} {number}" for name, number in result["packages"].items() if number)
    missing = [name for name, number in result["packages"].items() if number is None]
    rows = [
        ("Program", f"essay-assistant {result['version']}, Python {result['python']}, {result['system']}"),
        ("Packages", packages),
        *([("Not installed", ", ".join(missing))] if missing else []),
        ("Browser", result["browser"] or "none"),
        ("Library", f"{library['folder']}: {library['essays']} essays, {library['removed']} removed ones"),
        ("Index", _index_text(index) if index else "none yet"),
        ("Model", f"{model['name']}, sha256 {model['sha256'] or 'unknown'}" if model else "unknown"),
        *([("Last error", result["last_error"])] if result["last_error"] else []),
    ]
    lines = [f"{name + ':':<15}{value}" for name, value in rows]
    troubles = [f"  {trouble['what']}: {trouble['problem']}" for trouble in result["damaged"]]
    return "\n".join([*lines, *(["Damaged:", *troubles] if troubles else ["Nothing is damaged."])])


def _index_text(index: dict[str, Any]) -> str:
    windows = f"{index['windows']:,} windows, FAISS {index['engine']}"
    return f"{windows}, made with {index['model']} ({str(index['sha256'])[:16]})"
