"""The question sets that lie in a library beside its essays."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

# Without this file a folder is no question set.
QUESTIONS = "queries.jsonl"


def question_sets(root: Path, essays: Iterable[str]) -> dict[str, Path]:
    """A library's own question sets on essays that it holds.

    Args:
        root: The library's folder.
        essays: Ids of its essays.

    Returns:
        Folders by the id of the essay that each asks about, in the order of the ids.
    """
    folders = {name: root / "data" / "eval" / name for name in essays}
    return {name: folder for name, folder in folders.items() if (folder / QUESTIONS).is_file()}
