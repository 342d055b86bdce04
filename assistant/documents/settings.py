"""Settings as JSON: between the process that reads a PDF and the program, and in a library."""

from __future__ import annotations

import json
from typing import Any

from assistant.core.setting import SetLine, SetPage, Setting

_SCHEMA = 1


def dump_setting(setting: Setting) -> str:
    """A setting as JSON, one line of print a row."""
    value: dict[str, Any] = {
        "schema": _SCHEMA,
        "pages": [
            {
                "width": page.width,
                "height": page.height,
                "label": page.label,
                "rules": page.rules,
                "cover": page.is_cover,
            }
            for page in setting.pages
        ],
        "raised": setting.raised,
        "italic": setting.italic,
    }
    head = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    rows = ",\n".join(json.dumps(_row(line), separators=(",", ":")) for line in setting.lines)
    return f'{head[:-1]},"lines":[\n{rows}\n]}}\n'


def load_setting(text: str) -> Setting:
    """Read a setting from JSON.

    Raises:
        ValueError: If the text is damaged or of another version.
    """
    try:
        value = json.loads(text)
        if value["schema"] != _SCHEMA:
            raise ValueError(value["schema"])
        return Setting(
            pages=tuple(
                SetPage(
                    width=float(page["width"]),
                    height=float(page["height"]),
                    label=str(page["label"]),
                    rules=tuple((float(left), float(right), float(y)) for left, right, y in page["rules"]),
                    is_cover=bool(page["cover"]),
                )
                for page in value["pages"]
            ),
            lines=tuple(_line(row) for row in value["lines"]),
            raised=tuple((int(start), int(end)) for start, end in value["raised"]),
            italic=tuple((int(start), int(end)) for start, end in value["italic"]),
        )
    except (KeyError, TypeError, IndexError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _row(line: SetLine) -> list[Any]:
    style = line.bold + 2 * line.italic + 4 * line.capitals
    place = [line.left, line.bottom, line.right, line.size]
    return [line.start, line.end, line.page, line.column, style, *place, *line.words]


def _line(row: list[Any]) -> SetLine:
    start, end, page, column, style = map(int, row[:5])
    left, bottom, right, size, *words = map(float, row[5:])
    return SetLine(
        start=start, end=end, page=page, column=column, bold=bool(style & 1), italic=bool(style & 2),
        capitals=bool(style & 4), left=left, bottom=bottom, right=right, size=size, words=tuple(words),
    )  # fmt: skip
