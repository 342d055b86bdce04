"""Error messages as the page shows them: without paths of the server, which the terminal prints whole."""

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


def public_message(error: Exception | str, root: Path, upload: Path | None = None) -> str:
    """The sentence of an error that names files of the library, and no folder outside it.

    A visitor need not be at the machine that serves the page; the person who is has the whole sentence in the
    program's terminal.

    Args:
        error: The error, or its sentence.
        root: The library's folder.
        upload: An uploaded file, whose temporary folder means nothing to its owner.

    Returns:
        The sentence with paths relative to the library's folder, and only the last part of other paths.
    """
    sentence = str(error) if upload is None else str(error).replace(str(upload), upload.name)
    public = sentence
    folders = {str(folder) for folder in (root, root.resolve()) if folder.is_absolute()}
    for folder in sorted(folders, key=len, reverse=True):
        public = public.replace(f"{folder}/", "").replace(f"{folder}\\", "")
        public = re.sub(rf"(?:the library )?{re.escape(folder)}", _library, public, flags=re.IGNORECASE)
    for folder in (tempfile.gettempdir(), str(Path.home()), *site.getsitepackages(), sys.prefix):
        public = re.sub(rf"{re.escape(folder)}/{_FOLDERS}", "…/", public) if len(folder) > 1 else public
    public = _ABSOLUTE.sub("…/", public)
    if public != sentence:
        sys.stderr.write(f"assistant: {sentence}\n")
    return public


def _library(match: re.Match[str]) -> str:
    return "The library" if not match.start() else "the library"
