"""A fault's sentence as the page tells it: without paths of the server, which its terminal has."""

from __future__ import annotations

import re
import site
import sys
import tempfile
from pathlib import Path

# Folders of a path, but for the one that it begins with; then a whole path up to its last part.
_FOLDERS = r"(?:[^\s/'\"“”‘’]+/)*"
_ABSOLUTE = re.compile(
    rf"(?<![\w:/\\.~…-])(?:/[^\s/'\"“”‘’]+/{_FOLDERS}|[A-Za-z]:[\\/](?:[^\s\\/'\"“”‘’]+[\\/])*)"
)


def told(sentence: str, root: Path) -> str:
    """A fault's sentence that names files within the library, and no folder outside.

    Whoever looks at the page need not be at the machine that serves it, and whoever is has the whole
    sentence in the program's terminal.

    Args:
        sentence: The sentence of the fault.
        root: The library's folder.

    Returns:
        The sentence with paths from the library's folder on, and of others the last part.
    """
    said = sentence
    folders = {str(one) for one in (root, root.resolve()) if one.is_absolute()}
    for folder in sorted(folders, key=len, reverse=True):
        said = said.replace(f"{folder}/", "").replace(f"{folder}\\", "")
        said = re.sub(rf"(?:the library )?{re.escape(folder)}", _library, said, flags=re.IGNORECASE)
    for folder in (tempfile.gettempdir(), str(Path.home()), *site.getsitepackages(), sys.prefix):
        said = re.sub(rf"{re.escape(folder)}/{_FOLDERS}", "…/", said) if len(folder) > 1 else said
    said = _ABSOLUTE.sub("…/", said)
    if said != sentence:
        sys.stderr.write(f"assistant: {sentence}\n")
    return said


def _library(found: re.Match[str]) -> str:
    return "The library" if not found.start() else "the library"
