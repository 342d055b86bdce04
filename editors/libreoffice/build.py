"""Builds ``essay-assistant.oxt``, the same bytes from the same files."""

from __future__ import annotations

import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE / "essay-assistant.oxt"
_PARTS = ("META-INF/manifest.xml", "description.xml", "component.py", "LICENSE")
# Earlier times cannot be written in an archive.
_TIME = (1980, 1, 1, 0, 0, 0)


def build(target: Path = TARGET) -> Path:
    """Write the extension's archive; its version is that of the program."""
    files = [
        *(HERE / name for name in _PARTS),
        *sorted(HERE.glob("*.xcu")),
        *sorted(HERE.rglob("pythonpath/**/*.py")),
    ]
    version = (
        (HERE / "../../assistant/__init__.py")
        .read_text("utf-8")
        .partition('__version__ = "')[2]
        .partition('"')[0]
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            data = file.read_bytes()
            if file.name == "description.xml":
                data = data.replace(b"VERSION", version.encode())
            archive.writestr(
                zipfile.ZipInfo(file.relative_to(HERE).as_posix(), _TIME), data, zipfile.ZIP_DEFLATED
            )
    return target


if __name__ == "__main__":
    build()
