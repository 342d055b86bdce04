"""The bibliographies of a draft: files that it names or that are beside it, and entries that it prints."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.citations.bibtex import read_bibtex
from assistant.core.errors import DraftError
from assistant.documents.document import Document
from assistant.drafts.keys import WorkEntry

_SUFFIXES = frozenset({".bib", ".bibtex", ".json"})
# Larger files are databases and no list of works.
_LARGEST = 50_000_000
# All works of larger files are not listed: to read them takes a second or more.
_LARGEST_LISTED = 2_000_000
# Files beside a draft that are read, if it names none.
_MOST_BESIDE = 5
_ENTRY = re.compile(r"^[ \t]*@[ \t]*(?P<kind>\w+)[ \t]*[{(][ \t]*(?P<key>[^\s,{}()]*)", re.MULTILINE)
_PARENT = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]\s*([^}\"]+)", re.IGNORECASE)


def bibliography_of(
    draft: Document, keys: Collection[str], files: Sequence[Path] | None
) -> Mapping[str, WorkEntry]:
    """The entries of the keys that a draft cites.

    Args:
        draft: The draft.
        keys: The keys.
        files: Bibliographies that the writer names; ``None`` reads no files at all, not even those that
            the draft names.

    Raises:
        DraftError: If a file that the writer names cannot be read.
    """
    entries: dict[str, WorkEntry] = dict(draft.entries)
    if files is None or not keys:
        return entries
    for file in files:
        if not file.is_file():
            raise DraftError(f"{file} does not exist; check the name of the bibliography.")
        try:
            entries |= _read(file, keys)
        except (OSError, ValueError) as error:
            raise DraftError(f"{file} cannot be read as BibTeX or CSL-JSON; export it again.") from error
    for file in () if files else _beside(draft):
        try:
            entries |= _read(file, keys)
        except (OSError, ValueError):
            continue
    return entries


def all_keys(draft: Document, files: Sequence[Path] | None) -> Mapping[str, WorkEntry]:
    """The entries of all keys that a draft may cite; files that cannot be read are left out.

    Args:
        draft: The draft.
        files: As for ``bibliography_of``.
    """
    entries: dict[str, WorkEntry] = dict(draft.entries)
    for file in files or (() if files is None else _beside(draft)):
        with suppress(OSError, ValueError):
            if file.stat().st_size <= _LARGEST_LISTED:
                entries |= _read(file, _keys_in(file))
    return entries


def _keys_in(path: Path) -> set[str]:
    """All keys of a file."""
    text = path.read_text("utf-8-sig", errors="replace")
    if path.suffix.lower() != ".json" and not text.lstrip().startswith(("[", "{")):
        return {match["key"] for match in _ENTRY.finditer(text)}
    value = json.loads(text)
    items = value.get("items", value.get("references", [])) if isinstance(value, dict) else value
    names = ("citation-key", "citationKey", "id")
    listed = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {str(item[name]) for item in listed for name in names if name in item}


def _beside(draft: Document) -> Iterator[Path]:
    """The files that a draft names as its bibliography, or else those in its folder."""
    if draft.name == "-":
        return
    folder = Path(draft.name).parent
    named = [folder / name for name in draft.bibliographies]
    for path in named:
        yield from (each for each in (path, path.with_name(f"{path.name}.bib")) if _is_readable(each))
    if not named:
        try:
            files = sorted(folder.iterdir())
        except OSError:
            return
        yield from [path for path in files if _is_readable(path)][:_MOST_BESIDE]


def _is_readable(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES and path.is_file() and path.stat().st_size <= _LARGEST


def _read(path: Path, keys: Collection[str]) -> Mapping[str, WorkEntry]:
    status = path.stat()
    return _read_once(path, status.st_mtime_ns, status.st_size, frozenset(keys))


@lru_cache(16)
def _read_once(path: Path, _changed: int, _size: int, keys: frozenset[str]) -> Mapping[str, WorkEntry]:
    """The entries of a file as it is now: a draft that is being written asks for them again and again."""
    text = path.read_text("utf-8-sig", errors="replace")
    if path.suffix.lower() == ".json" or text.lstrip().startswith(("[", "{")):
        return _read_json(json.loads(text), keys)
    try:
        items = read_bibtex(_cited(text, keys))
    except Exception as error:  # the library raises its own exceptions
        raise ValueError(str(error)) from error
    return {str(item.get("id", "")): item for item in items if item.get("id") in keys}


def _read_json(value: Any, keys: Collection[str]) -> dict[str, WorkEntry]:
    items = value.get("items", value.get("references", [])) if isinstance(value, dict) else value
    entries: dict[str, WorkEntry] = {}
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict) or not isinstance(item.get("title"), str):
            continue
        for name in ("citation-key", "citationKey", "id"):
            if item.get(name) in keys:
                entries[str(item[name])] = _well_formed(item)
    return entries


def _well_formed(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """A record of which only well-formed names are kept."""
    names = [name for name in item.get("author") or () if isinstance(name, dict)]
    return {**item, "author": names}


def _cited(text: str, keys: Collection[str]) -> str:
    """The entries of some keys, with the strings and parents that they need: a whole library takes long."""
    matches = list(_ENTRY.finditer(text))
    ends = [match.start() for match in matches[1:]] + [len(text)]
    wanted, parts = set(keys), dict[str, str]()
    strings = []
    for match, end in zip(matches, ends, strict=True):
        if match["kind"].lower() == "string":
            strings.append(text[match.start() : end])
        else:
            parts.setdefault(match["key"], text[match.start() : end])
    for key in keys:
        wanted.update(parent.strip() for parent in _PARENT.findall(parts.get(key, "")))
    return "\n".join([*strings, *(part for key, part in parts.items() if key in wanted)])
