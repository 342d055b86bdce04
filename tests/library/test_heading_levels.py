"""The levels of headings follow what the file declares, its marks, its numbers or its print."""

from __future__ import annotations

from pathlib import Path

import pytest
from essay_library import loader
from fake_models import FakeEncoder

from assistant.library.library import Library

TEXT = " ".join(["The lamp was lit at dusk, and ships lay off the rock all night."] * 3)


def levels(tmp_path: Path, name: str, text: str) -> list[tuple[str, int]]:
    """Heading and level of each section of an essay in a file."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    library = Library(tmp_path / "shelf", load_encoder=loader(FakeEncoder()))
    essay_id = library.add(file).essay_id
    sections = library.outline(essay_id).sections
    return [(section.heading.text if section.heading else "", section.level) for section in sections]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"# Lamps\n\n{TEXT}\n\n## Oil\n\n{TEXT}\n\n### Whales\n\n{TEXT}\n\n## Gas\n\n{TEXT}\n",
            [("", 1), ("Oil", 1), ("Whales", 2), ("Gas", 1)],
        ),
        (
            f"# Lamps\n\n## 1. Oil\n\n{TEXT}\n\n## 1.1 Whales\n\n{TEXT}\n\n## 2. Gas\n\n{TEXT}\n",
            [("1. Oil", 1), ("1.1 Whales", 2), ("2. Gas", 1)],
        ),
        (f"# Lamps\n\n## Oil\n\n{TEXT}\n\n## Gas\n\n{TEXT}\n", [("Oil", 1), ("Gas", 1)]),
        # No level is left out.
        (
            f"# Lamps\n\n## Oil\n\n{TEXT}\n\n#### Whales\n\n{TEXT}\n\n### Seals\n\n{TEXT}\n",
            [("Oil", 1), ("Whales", 2), ("Seals", 2)],
        ),
        (f"Lamps\n\n{TEXT}\n\n{TEXT}\n", [("", 1)]),
    ],
)
def test_levels_of_headings(tmp_path: Path, text: str, expected: list[tuple[str, int]]) -> None:
    assert levels(tmp_path, "lamps.md", text) == expected
