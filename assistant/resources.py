"""Files that come with the program: the known references and the sample essay."""

from __future__ import annotations

from pathlib import Path


def data_file(name: str) -> Path:
    """Path of a file of the project's ``data/``, in a checkout or in an installed package.

    Args:
        name: Path inside ``data/``, such as ``sample/essay.txt``.
    """
    package = Path(__file__).parent
    installed = package / "data" / name
    return installed if installed.exists() else package.parent / "data" / name
