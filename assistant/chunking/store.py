"""Passages on disk: one JSON Lines file an essay, a header first, then a passage a line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.errors import LibraryError
from assistant.types import IngestReport, NoteMark, PageStart, Passage, SourceMap, StoredEssay

SCHEMA = 1


def dump(essay: StoredEssay) -> str:
    """The file of an essay, as text."""
    lines = [json.dumps(_line(passage), ensure_ascii=False) for passage in essay.passages]
    header = {
        "schema": SCHEMA,
        "essay": essay.id,
        "title": essay.report.title,
        "reference": dict(essay.reference),
        "source": {"name": essay.source_name, "sha256": essay.source_sha256, "reader": essay.reader},
        "passages": {"count": len(lines), "sha256": _digest(lines)},
        "report": asdict(essay.report),
    }
    return "\n".join([json.dumps(header, ensure_ascii=False), *lines, ""])


def load(path: Path) -> StoredEssay:
    """Read an essay's file.

    Args:
        path: ``data/chunks/ID.jsonl``.

    Returns:
        The essay.

    Raises:
        LibraryError: If the file is of another version, cut short, or its passages were changed: they
            would no longer be the essay's words.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise _damaged(path, "is damaged") from error
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be read ({error.strerror}); give yourself the right to read it."
        ) from error
    try:
        header = json.loads(lines[0])
        if header["schema"] != SCHEMA:
            raise _damaged(path, f"is of version {header['schema']}, not {SCHEMA}")
        if lines[-1] != "" or header["passages"] != {"count": len(lines) - 2, "sha256": _digest(lines[1:-1])}:
            raise _damaged(path, "was cut short or changed by hand")
        return _essay(header, [json.loads(line) for line in lines[1:-1]])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise _damaged(path, "is damaged") from error


def _damaged(path: Path, fault: str) -> LibraryError:
    return LibraryError(
        f"{path} {fault}; add the essay again from its own file "
        f"(assistant remove {path.stem}, then assistant add)."
    )


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _line(passage: Passage) -> dict[str, Any]:
    start, end = passage.source
    line: dict[str, Any] = {
        "id": passage.id,
        "ordinal": passage.ordinal,
        "kind": passage.kind,
        "section": passage.section,
        "text": passage.text,
        "sentences": [list(span) for span in passage.sentences],
        "pages": [{"label": page.label, "start": page.start} for page in passage.pages],
        "source": {"start": start, "end": end},
        "map": [list(run) for run in passage.source_map.runs],
        "continues": passage.continues,
        "notes": [{"mark": note.mark, "at": note.at, "passage": note.passage} for note in passage.notes],
    }
    if passage.introduced_by is not None:
        line["introduced_by"] = passage.introduced_by
    return line


def _essay(header: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> StoredEssay:
    essay_id, source = header["essay"], header["source"]
    report = dict(header["report"])
    for key in ("hyphens_joined", "dropped"):
        report[key] = tuple(tuple(one) for one in report[key])
    for key in ("hyphens_kept", "warnings"):
        report[key] = tuple(report[key])
    return StoredEssay(
        essay_id,
        header["reference"],
        source["name"],
        source["sha256"],
        source["reader"],
        IngestReport(**report),
        tuple(_passage(essay_id, line) for line in lines),
    )


def _passage(essay_id: str, line: Mapping[str, Any]) -> Passage:
    return Passage(
        id=line["id"],
        essay_id=essay_id,
        ordinal=line["ordinal"],
        kind=line["kind"],
        section=line["section"],
        text=line["text"],
        sentences=tuple((start, end) for start, end in line["sentences"]),
        pages=tuple(PageStart(page["label"], page["start"]) for page in line["pages"]),
        source_map=SourceMap(tuple((at, offset) for at, offset in line["map"]), len(line["text"])),
        continues=line["continues"],
        introduced_by=line.get("introduced_by"),
        notes=tuple(NoteMark(note["mark"], note["at"], note["passage"]) for note in line["notes"]),
    )
