"""Titles as readers see them: without the markup of the record."""

from __future__ import annotations

from pathlib import Path

import pytest
from essay_library import Opened

from assistant.core.essay import plain_title


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Keeping <i>The Lamp</i>", "Keeping The Lamp"),
        ('<span class="nocase">pH</span> and H<sub>2</sub>O', "pH and H2O"),
        ("Where a < b and b > c", "Where a < b and b > c"),
        ("<script>", "<script>"),
        ("", ""),
    ],
)
def test_markup_is_not_shown(title: str, shown: str) -> None:
    assert plain_title({"title": title}) == shown


def test_a_record_without_a_title_has_none() -> None:
    assert plain_title({}) == ""


def test_a_marked_title_is_listed_plain_and_cited_in_italics(opened: Opened, tmp_path: Path) -> None:
    record, essay = tmp_path / "lamp.json", tmp_path / "lamp.txt"
    record.write_text('{"id": "lamp", "title": "Keeping <i>The Lamp</i>", "author": [{"family": "Marsh"}]}')
    essay.write_text(
        "Keeping The Lamp\n\nMarsh\n\nThe lamp was lit at dusk. Oil was dear, and fog came in.\n"
    )
    report = opened.library.add(essay, reference=record, essay_id="lamp")
    assert report.title == "Keeping The Lamp"
    assert report.kinds["title"] == 1
    assert "<i>The Lamp</i>" in opened.library.cite("lamp", form="html")[1]
