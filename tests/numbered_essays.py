"""A folder of small essays, each of its own words, and what becomes of them when they are added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.library.library import Library
    from assistant.library.walking import FileToAdd

WORDS = "lamps ropes tides bells salts maps inks gulls knots oars fogs locks".split()
NO_ESSAY = "tides.txt"


def essays(folder: Path) -> list[Path]:
    """A file for each word, so many that they go in several tasks; one has no paragraph."""
    folder.mkdir()
    for number, word in enumerate(WORDS):
        text = f"Of the {word.title()}\n\nby Ada {word.title()}\n\n"
        text += "\n\n".join(
            f"The {word} of part {part} are {number} in number, and nobody counts the {word} twice a day. "
            * 9
            for part in range(8)
        )
        path = folder / f"{word}.txt"
        path.write_text("1\n2\n" if path.name == NO_ESSAY else text, "utf-8")
    return sorted(folder.iterdir())


def outcomes(library: Library, items: Sequence[Path | FileToAdd], **options: Any) -> list[tuple[str, ...]]:
    """Name, outcome, essay and message of each file."""
    results = library.add_files(items, **options)
    return [(each.path.name, each.outcome, each.essay, each.message) for each in results]
