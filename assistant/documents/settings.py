"""Settings as JSON: between the process that reads a PDF and the program, and in a library.

A library stores all that was read of a PDF beside its text, so that the file need not be read again.
"""

from __future__ import annotations

import json
from typing import Any

from assistant.core.setting import SetLine, SetPage, Setting
from assistant.documents.document import Document
from assistant.documents.numbering import FoundPages

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
        "recognised": setting.is_recognised,
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
        return _setting(json.loads(text))
    except (KeyError, TypeError, IndexError, RecursionError) as error:
        raise ValueError(str(error)) from error


def dump_reading(document: Document) -> str:
    """What was read of a PDF, but for its text, as JSON.

    Args:
        document: The document, which must have a setting.
    """
    if document.setting is None:
        raise ValueError(document.name)
    pages = document.pages
    value: dict[str, Any] = {
        "schema": _SCHEMA,
        "starts": pages.starts,
        "sign": pages.sign,
        "labels": pages.labels,
        "furniture": pages.furniture,
        "metadata": dict(document.metadata),
        "warnings": document.warnings,
    }
    head = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f'{head[:-1]},"setting":{dump_setting(document.setting).rstrip()}}}\n'


def load_reading(name: str, reader: str, text: str, reading: str) -> Document:
    """Make the document of a PDF again.

    Args:
        name: Name of the file.
        reader: Name of the reader.
        text: Its text.
        reading: What ``dump_reading`` gave.

    Raises:
        ValueError: If ``reading`` is damaged, of another version, or that of another text.
    """
    try:
        value = json.loads(reading)
        if value["schema"] != _SCHEMA:
            raise ValueError(value["schema"])
        pages = FoundPages(
            starts=tuple(map(int, value["starts"])),
            sign=str(value["sign"]),
            labels=tuple(map(str, value["labels"])),
            furniture=tuple((int(start), int(end), str(reason)) for start, end, reason in value["furniture"]),
        )
        setting = _setting(value["setting"])
        metadata = {str(key): str(entry) for key, entry in dict(value["metadata"]).items()}
        warnings = tuple(map(str, value["warnings"]))
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    ends = [0, *pages.starts, *(span[1] for span in pages.furniture), *(line.end for line in setting.lines)]
    if max(ends) > len(text) or any(line.page >= len(setting.pages) for line in setting.lines):
        raise ValueError(name)
    return Document(
        name=name, reader=reader, text=text, pages=pages, setting=setting, metadata=metadata,
        warnings=warnings,
    )  # fmt: skip


def _setting(value: Any) -> Setting:
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
        is_recognised=bool(value.get("recognised")),
    )


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
