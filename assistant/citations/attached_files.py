"""Exports of reference managers: their records, and the files that they name in each dialect."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import unquote

from assistant.citations.bibtex import read_bibtex_fields
from assistant.citations.bibtex_fields import decoded
from assistant.citations.managed import Attachment, ManagedItem
from assistant.citations.references import tidied_csl
from assistant.citations.ris import read_ris_tags
from assistant.citations.zotero_records import Creator, record_of_item
from assistant.core.errors import RecordError
from assistant.core.essay import CSLItem

EXPORTED = (".bib", ".json", ".ris")
_ADDRESS = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+://", re.IGNORECASE)
# Characters that exports escape with a backslash; any other backslash is part of a Windows path.
_ESCAPED = re.compile(r"\\([\\:;{}_&%#$~^,=\"' ])")
_SEPARATORS = {sign: re.compile(rf"((?:[^\\{sign}]|\\.)*){sign}?", re.DOTALL) for sign in ";:"}
_DRIVE = re.compile(r"(?:file:/{1,3})?[A-Za-z]", re.IGNORECASE)
_URI = re.compile(r"https?://zotero\.org/(users|groups)/(?:local/)?(\w{1,40})/items/([A-Z0-9]{8})")
_STORAGE = re.compile(r"(?:^|[/\\])storage[/\\]([A-Z0-9]{8})[/\\]")
# Folders of an export with files; what an export names below one lies beside the export.
_FOLDERS = ("files", "storage")
_LONGEST, _DEEPEST = 100_000, 50


def read_export(path: Path) -> list[ManagedItem]:
    """The items of an export: BibTeX of Zotero, Better BibTeX, JabRef or Mendeley, JSON or RIS.

    Raises:
        RecordError: If the file cannot be read.
    """
    try:
        text = path.read_text("utf-8-sig")
        if path.suffix.lower() == ".bib":
            return [_of_bibtex(record, fields, path.parent) for record, fields in read_bibtex_fields(text)]
        if path.suffix.lower() == ".ris":
            return [_of_ris(record, tags, path.parent) for record, tags in read_ris_tags(text)]
        return list(_of_json(json.loads(text), path.parent))
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(
            f"{path} cannot be read as an export; check its name and that it is UTF-8 text."
        ) from error
    except Exception as error:  # every format's library raises its own exceptions
        raise RecordError(f"{path} is not a valid {path.suffix} export; export it again.") from error


def _item(
    record: CSLItem,
    attachments: Sequence[Attachment],
    *,
    key: str = "",
    library: str = "",
    tags: Sequence[str] = (),
    collections: Sequence[str] = (),
) -> ManagedItem:
    title = str(record.get("title") or "")
    return ManagedItem(
        key=key or str(record.get("citation-key") or record.get("id") or ""),
        library=library,
        record=record if title else None,
        title=title or f"an entry without a title ({record.get('id') or 'no key'})",
        collections=tuple(dict.fromkeys(collections)),
        tags=tuple(dict.fromkeys(tags)),
        attachments=tuple(attachments),
    )


# BibTeX.


def _of_bibtex(record: CSLItem, fields: Mapping[str, str], folder: Path) -> ManagedItem:
    key = str(record.get("id") or "")
    tags = _words(decoded(fields.get("keywords", ""))) + _words(decoded(fields.get("mendeley-tags", "")))
    return _item(
        {**record, **({"citation-key": key} if key and key != "nokey" else {})},
        list(_of_file_field(fields.get("file", ""), folder)),
        tags=tags,
        collections=[group.replace(" > ", "/") for group in _words(decoded(fields.get("groups", "")))],
    )


def _words(text: str) -> list[str]:
    return [bare for word in re.split(r"[;,]", re.sub(r"[{}]", "", text)) if (bare := " ".join(word.split()))]


def _of_file_field(value: str, folder: Path) -> Iterator[Attachment]:
    r"""The files of a ``file`` field: ``title:path:type`` or paths alone, separated by semicolons.

    A backslash escapes colons, semicolons and backslashes; Mendeley writes it as ``$\backslash$``.
    """
    value = value[:_LONGEST].replace(r"$\backslash$", "\\")
    for part in _divided(value, ";"):
        if not part.strip():
            continue
        pieces = _with_drives(_divided(part, ":"))
        # A path alone, a path with its type, or all three, with colons that were not escaped in the path.
        title, path = ("", pieces[0]) if len(pieces) < 3 else (pieces[0], ":".join(pieces[1:-1]))
        if len(pieces) == 2 and not pieces[0]:
            path = pieces[1]
        if path.strip():
            yield _attachment(path.strip(), _unescaped(title).strip(), folder)


def _divided(value: str, sign: str) -> list[str]:
    """The parts between signs that are not escaped."""
    parts, offset, pattern = list[str](), 0, _SEPARATORS[sign]
    while offset <= len(value):
        match = pattern.match(value, offset)
        if match is None or match.end() == offset:
            parts.append(value[offset:])
            break
        parts.append(match[1])
        offset = match.end()
        if offset == len(value) and not match[0].endswith(sign):
            break
    return parts


def _with_drives(parts: Sequence[str]) -> list[str]:
    r"""Parts in which ``C`` and ``\Users`` are one again; such a colon need not be escaped."""
    joined: list[str] = []
    for part in parts:
        is_path = part.startswith(("/", "\\"))
        if (
            joined
            and is_path
            and (_DRIVE.fullmatch(joined[-1]) or joined[-1].lower() in {"file", "http", "https"})
        ):
            joined[-1] += f":{part}"
        else:
            joined.append(part)
    return joined


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


# RIS.


def _of_ris(record: CSLItem, tags: Mapping[str, Sequence[str]], folder: Path) -> ManagedItem:
    files = [path for value in tags.get("L1", ()) for path in re.split(r";(?=\S)|;\s", value) if path.strip()]
    return _item(
        record,
        [_attachment(path.strip(), "", folder, is_escaped=False) for path in files],
        tags=[" ".join(word.split()) for word in tags.get("KW", ()) if word.strip()],
    )


# JSON.


def _of_json(content: Any, folder: Path) -> Iterator[ManagedItem]:
    """The items of CSL-JSON, or of Better BibTeX's own JSON, which has Zotero's fields."""
    collections = _collections_of(content)
    if isinstance(content, dict) and isinstance(content.get("items"), list):
        content = content["items"]
    for item in content if isinstance(content, list) else [content]:
        if not isinstance(item, dict) or item.get("itemType") in {"note", "attachment", "annotation"}:
            continue
        keys = _zotero_keys(item)
        keywords = item.get("keyword", "")
        yield _item(
            _of_zotero_fields(item) if "itemType" in item else _without_files(tidied_csl(item)),
            list(_of_json_files(item, folder)),
            **keys,
            tags=[*_words(keywords if isinstance(keywords, str) else ""), *_tags_of(item.get("tags"))],
            collections=collections.get(str(item.get("itemID", "")), ()),
        )


_FILE_KEYS = ("file", "files", "attachments")


def _without_files(record: Mapping[str, Any]) -> CSLItem:
    own = {key: value for key, value in record.items() if key not in {*_FILE_KEYS, "tags", "collections"}}
    key = own.get("citation-key") or own.get("id")
    is_key = isinstance(key, str) and re.fullmatch(r"[^\s/]{1,200}", key)
    return {**own, **({"citation-key": key, "id": key} if is_key else {})}


def _of_zotero_fields(item: Mapping[str, Any]) -> CSLItem:
    fields = {name: str(value) for name, value in item.items() if isinstance(value, (str, int))}
    fields.setdefault("citationKey", fields.get("citekey", ""))
    creators = item.get("creators")
    return record_of_item(
        str(item.get("itemType", "")),
        fields,
        [
            Creator(
                str(person.get("creatorType", "")),
                str(person.get("name") or person.get("lastName") or ""),
                str(person.get("firstName") or ""),
                whole=bool(person.get("name")),
            )
            for person in (creators if isinstance(creators, list) else ())
            if isinstance(person, dict)
        ],
    )


def _zotero_keys(item: Mapping[str, Any]) -> dict[str, str]:
    for name in ("uri", "id"):
        match = _URI.fullmatch(str(item.get(name, "")))
        if match:
            return {"key": match[3], "library": f"groups/{match[2]}" if match[1] == "groups" else "library"}
    return {}


def _tags_of(tags: Any) -> list[str]:
    words = (
        [tag.get("tag") if isinstance(tag, dict) else tag for tag in tags] if isinstance(tags, list) else []
    )
    return [" ".join(word.split()) for word in words if isinstance(word, str) and word.strip()]


def _collections_of(content: Any) -> dict[str, list[str]]:
    """Paths of collections by number of the item, as Better BibTeX's JSON has them."""
    stated = content.get("collections") if isinstance(content, dict) else None
    known: dict[str, Any] = stated if isinstance(stated, dict) else {}
    paths: dict[str, list[str]] = {}
    for key, collection in known.items():
        parts: list[str] = []
        above: Any = key
        while isinstance(above, str) and isinstance(known.get(above), dict) and len(parts) < _DEEPEST:
            parts.append(str(known[above].get("name", "")))
            above = known[above].get("parent")
        for item in collection.get("items", ()) if isinstance(collection, dict) else ():
            paths.setdefault(str(item), []).append("/".join(reversed(parts)))
    return paths


def _of_json_files(item: Mapping[str, Any], folder: Path) -> Iterator[Attachment]:
    for name in _FILE_KEYS:
        value = item.get(name)
        for file in value if isinstance(value, list) else [value]:
            if isinstance(file, str) and file.strip():
                if Path(file.strip()).suffix and not re.search(r"[;:].*[;:]", file):
                    yield _attachment(file.strip(), "", folder, is_escaped=False)
                else:
                    yield from _of_file_field(file, folder)
            elif isinstance(file, dict):
                path = file.get("path") or file.get("localPath") or file.get("url")
                if isinstance(path, str) and path.strip():
                    title = file.get("title")
                    yield _attachment(
                        path.strip(), title if isinstance(title, str) else "", folder, is_escaped=False
                    )


# Paths.


def _attachment(path: str, title: str, folder: Path, *, is_escaped: bool = True) -> Attachment:
    """The file that an export names, looked for beside the export if it is not where it was."""
    if _ADDRESS.match(path):
        return Attachment(title=title or path, missing="only an address is linked")
    stored = _STORAGE.search(path)
    key = stored[1] if stored else ""
    candidates = list(dict.fromkeys(_candidates(path, folder, is_escaped=is_escaped)))
    file = next((candidate for candidate in candidates if _is_file(candidate)), candidates[0])
    return Attachment(key=key, path=file, title=title or file.name)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False  # too long, or no name of a file


def _candidates(path: str, folder: Path, *, is_escaped: bool) -> Iterator[Path]:
    """Where a named file may be, best first."""
    names = [_unescaped(path), re.sub(r"[{}]", "", decoded(path)), path] if is_escaped else [path]
    for name in names:
        if name.lower().startswith("file:"):
            name = unquote(re.sub(r"^file:/*", "/", name, flags=re.IGNORECASE))  # noqa: PLW2901
            name = re.sub(r"^/(?=[A-Za-z]:)", "", name)  # noqa: PLW2901
        # On this computer a backslash may be part of a name.
        for form in dict.fromkeys((name, name.replace("\\", "/"))):
            if PurePosixPath(form).is_absolute() or PureWindowsPath(form).is_absolute():
                yield Path(form)
            else:
                yield folder / form
                # Mendeley leaves the first slash out.
                yield Path(f"/{form}")
            parts = re.split(r"[/\\]", form)
            for name_of_folder in _FOLDERS:
                if name_of_folder in parts:
                    yield folder.joinpath(*parts[parts.index(name_of_folder) :])
