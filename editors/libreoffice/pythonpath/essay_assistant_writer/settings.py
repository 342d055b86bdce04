"""The settings of a user: which server is asked, with which login, and the style of new documents."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from essay_assistant_writer.client import DEFAULT_ADDRESS, Client

FILE = "essay-assistant.json"


@dataclass(frozen=True)
class Settings:
    """The settings.

    Attributes:
        address: Address of `assistant serve`.
        name: Name of its login; empty without one.
        password: Its password.
        style: Citation style of documents that have none yet.
    """

    address: str = DEFAULT_ADDRESS
    name: str = ""
    password: str = ""
    style: str = "mla"

    def client(self) -> Client:
        """What asks the server."""
        return Client(self.address, self.name, self.password)


def read_settings(folder: Path) -> Settings:
    """The settings in a user's profile; the defaults where there are none that can be read."""
    try:
        stored = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return Settings()
    if not isinstance(stored, dict):
        return Settings()
    names = [field.name for field in fields(Settings)]
    return Settings(**{name: stored[name] for name in names if isinstance(stored.get(name), str)})


def write_settings(folder: Path, settings: Settings) -> None:
    """Store the settings where only the user can read them, whole or not at all."""
    temporary = folder / f"{FILE}.new"
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(settings), file, indent=1)
    temporary.replace(folder / FILE)
