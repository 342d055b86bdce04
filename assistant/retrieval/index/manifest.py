"""The manifest of an index, which can be read without loading what searches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCHEMA = 4
MANIFEST = "manifest.json"
# The engine that compares all windows.
FLAT = "Flat"


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read a library's manifest; ``None`` if there is none or it is of another version."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        return None
    kinds = dict.fromkeys(("model", "essays", "segments", "files", "counts"), dict) | {
        "build": str,
        "rows": str,
    }
    return manifest if all(isinstance(manifest.get(key), kind) for key, kind in kinds.items()) else None


def windows_and_engine(folder: Path) -> tuple[int, str]:
    """Number of the windows of the index in a folder, and how they are searched; 0 if there is none."""
    manifest = read_manifest(folder)
    if manifest is None:
        return 0, ""
    runs = (segment["windows"] for segment in manifest["segments"].values())
    return sum(high - low for low, high in runs), str(manifest["engine"])


def how_searched(windows: int, engines: list[str], where: str = "") -> str:
    """A sentence on how windows are searched; empty if there is no index."""
    if not engines:
        return ""
    how = "all compared" if engines == [FLAT] else "the nearest lists compared"
    return f"{windows:,} windows{where}, {how} (FAISS {', '.join(engines)})."
