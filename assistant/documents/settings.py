"""Settings and declarations as JSON: between the process that reads a PDF and the program, and in a library.

A library stores all that was read of a PDF, or of a file in a markup format, beside its text, so that the
file need not be read again.
"""

from __future__ import annotations

import json
from typing import Any, get_args

from assistant.core.declared import BlockKind, Declaration, DeclaredBlock, DeclaredCall
from assistant.core.setting import SetLine, SetPage, Setting
from assistant.documents.document import Document
from assistant.documents.numbering import PRINTED, FoundPages

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
    """What was read of a file, but for its text, as JSON.

    Args:
        document: The document, which must have a setting or a declaration.
    """
    pages = document.pages
    value: dict[str, Any] = {
        "schema": _SCHEMA,
        "starts": pages.starts,
        "sign": pages.sign,
        "labels": pages.labels,
        "furniture": pages.furniture,
        "origin": pages.origin,
        "metadata": dict(document.metadata),
        "warnings": document.warnings,
        "record": dict(document.record),
    }
    head = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if document.setting is not None:
        return f'{head[:-1]},"setting":{dump_setting(document.setting).rstrip()}}}\n'
    if document.declared is None:
        raise ValueError(document.name)
    return f'{head[:-1]},"declared":{_dump_declaration(document.declared)}}}\n'


def load_reading(name: str, reader: str, text: str, reading: str) -> Document:
    """Make the document of a file again.

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
            origin=str(value.get("origin", PRINTED)),
        )
        setting = _setting(value["setting"]) if "setting" in value else None
        declared = _declaration(value["declared"]) if setting is None else None
        metadata = {str(key): str(entry) for key, entry in dict(value["metadata"]).items()}
        record = dict(value.get("record", {}))
        warnings = tuple(map(str, value["warnings"]))
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    ends = [0, *pages.starts, *(span[1] for span in pages.furniture)]
    if setting is not None:
        ends += [line.end for line in setting.lines]
        fits = all(line.page < len(setting.pages) for line in setting.lines)
    else:
        blocks, calls = (declared.blocks, declared.calls) if declared else ((), ())
        ends += [*(block.end for block in blocks), *(call.end for call in calls)]
        fits = all(0 <= call.note < len(blocks) for call in calls)
        fits = fits and all(-1 <= block.page < max(len(pages.starts), 1) for block in blocks)
    if max(ends) > len(text) or not fits:
        raise ValueError(name)
    return Document(
        name=name, reader=reader, text=text, pages=pages, setting=setting, declared=declared,
        metadata=metadata, record=record, warnings=warnings,
    )  # fmt: skip


_KINDS: frozenset[str] = frozenset(get_args(BlockKind))


def _dump_declaration(declared: Declaration) -> str:
    """A declaration as JSON, one block a row."""
    value = {
        "schema": _SCHEMA,
        "calls": [[call.start, call.end, call.note] for call in declared.calls],
        "italic": declared.italic,
        "raised": declared.raised,
    }
    head = json.dumps(value, separators=(",", ":"))
    rows = (
        [block.start, block.end, block.kind, block.level, block.mark, block.label, block.resumes, block.page]
        for block in declared.blocks
    )
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return f'{head[:-1]},"blocks":[\n{lines}\n]}}'


def _declaration(value: Any) -> Declaration:
    if value["schema"] != _SCHEMA:
        raise ValueError(value["schema"])
    return Declaration(
        tuple(map(_block, value["blocks"])),
        tuple(DeclaredCall(int(start), int(end), int(note)) for start, end, note in value["calls"]),
        *(tuple((int(start), int(end)) for start, end in value[key]) for key in ("italic", "raised")),
    )


def _block(row: list[Any]) -> DeclaredBlock:
    start, end, kind, level, mark, label, resumes, page = row
    if kind not in _KINDS or resumes not in {True, False, None}:
        raise ValueError(kind)
    return DeclaredBlock(
        start=int(start), end=int(end), kind=kind, level=int(level), mark=str(mark), label=str(label),
        resumes=resumes, page=int(page),
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
