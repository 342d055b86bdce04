"""Where Zotero keeps its library: its data folder, and the folder that linked files are relative to."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from assistant.core.errors import LibraryError

DATABASE = "zotero.sqlite"
_PREFERENCE = re.compile(
    r'^user_pref\("extensions\.zotero\.(\w{1,40})", (?:"((?:[^"\\]|\\.){0,4000})"|(\w{1,20}))\);',
    re.MULTILINE,
)
_LARGEST_PREFERENCES = 20_000_000


def find_data_folder(given: Path | None = None) -> Path:
    """The folder in which Zotero keeps its database.

    Args:
        given: The folder that the user names, or the database in it; ``None`` to look for it.

    Raises:
        LibraryError: If there is no database.
    """
    if given is not None:
        folder = given.expanduser()
        folder = folder.parent if folder.name == DATABASE else folder
        if not (folder / DATABASE).is_file():
            raise LibraryError(
                f"{given} holds no {DATABASE}; give Zotero's data folder, which Zotero names in its settings "
                "under Advanced, Files and Folders."
            )
        return folder
    looked = list(dict.fromkeys(_data_folders()))
    for folder in looked:
        if (folder / DATABASE).is_file():
            return folder
    raise LibraryError(
        f"Zotero's data folder was not found (looked in {', '.join(map(str, looked))}); name it: "
        "assistant add --zotero FOLDER"
    )


def base_folder(data_folder: Path) -> Path | None:
    """The folder that linked files are relative to, as the profile that uses a data folder states it."""
    stated = None
    for preferences in _preferences():
        base = preferences.get("baseAttachmentPath", "")
        if base and _same(_data_folder_of(preferences), data_folder):
            return Path(base)
        stated = stated or (Path(base) if base else None)
    return stated


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _data_folders() -> Iterator[Path]:
    """Where the data folder may be, best first: as the profiles state it, then the usual place."""
    for preferences in _preferences():
        yield _data_folder_of(preferences)
    yield Path.home() / "Zotero"


def _data_folder_of(preferences: Mapping[str, str]) -> Path:
    stated = preferences.get("dataDir", "")
    if stated and preferences.get("useDataDir", "true") == "true":
        return Path(stated)
    return Path.home() / "Zotero"


def _preferences() -> Iterator[dict[str, str]]:
    """Zotero's own settings in each profile, the last used profile first."""
    files = [path for folder in _profile_folders() for path in folder.glob("*/prefs.js") if path.is_file()]
    for path in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        try:
            if path.stat().st_size < _LARGEST_PREFERENCES:
                yield _read_preferences(path.read_text("utf-8", errors="replace"))
        except OSError:
            continue


def _read_preferences(text: str) -> dict[str, str]:
    return {
        match[1]: match[3] if match[2] is None else _unescaped(match[2])
        for match in _PREFERENCE.finditer(text)
    }


def _unescaped(value: str) -> str:
    r"""A string of JavaScript: ``C:\\Users``."""
    return re.sub(
        r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))",
        lambda match: (
            chr(int(match[1] or match[2], 16)) if match[3] is None else _ESCAPES.get(match[3], match[3])
        ),
        value,
    )


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def _profile_folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "Zotero" / "Profiles"
    elif sys.platform == "win32":
        yield Path(os.environ.get("APPDATA", home / "AppData" / "Roaming")) / "Zotero" / "Zotero" / "Profiles"
    else:
        yield home / ".zotero" / "zotero"
        # Packages that keep a home folder of their own.
        yield home / ".var" / "app" / "org.zotero.Zotero" / ".zotero" / "zotero"
        yield home / "snap" / "zotero-snap" / "common" / ".zotero" / "zotero"
