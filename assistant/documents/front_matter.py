"""Front matter of Markdown: title, authors and the like, as a CSL-JSON record.

Only the simple forms of YAML are read that writers use for these; everything else is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_BLOCK = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<body>(?:(?!(?:---|\.\.\.)[ \t]*\r?$)[^\n]*\n){1,400})(?:---|\.\.\.)[ \t]*"
    r"(?:\r?\n|\Z)",
    re.MULTILINE,
)
_MORE = r"[^\n]*(?:\n[ \t]+[^\n]*)*"
_TITLE_BLOCK = re.compile(
    rf"\ufeff?%[ \t]*(?P<title>{_MORE})\n(?:%[ \t]*(?P<author>{_MORE})\n)?(?:%[ \t]*(?P<date>[^\n]*)\n)?"
)
_KEY = re.compile(r"(?P<key>[A-Za-z][\w-]{0,40})[ \t]*:[ \t]*(?P<value>[^\n]*)")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?:(?P<key>name|literal)[ \t]*:[ \t]*)?(?P<value>[^\n]*)")
_NAME = re.compile(r"[ \t]+(?P<key>name|literal|family|given)[ \t]*:[ \t]*(?P<value>[^\n]*)")
_PARTS = re.compile(r"\s*(\"[^\"]{0,300}\"|'[^']{0,300}'|[^,]+)")
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")
_FIELDS: Mapping[str, str] = {
    "title": "title", "journal": "container-title", "container-title": "container-title",
    "publication": "container-title", "volume": "volume", "issue": "issue", "number": "issue", "page": "page",
    "pages": "page", "publisher": "publisher", "doi": "DOI", "url": "URL", "lang": "language",
    "language": "language",
}  # fmt: skip


def take_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The record that stands above a text, and the text after it."""
    if block := _BLOCK.match(text):
        record = _record(block["body"])
        # A rule above the first paragraph looks like it, and says nothing.
        return (record, text[block.end() :]) if _KEY.search(block["body"]) else ({}, text)
    if text.startswith(("%", "\ufeff%")) and (block := _TITLE_BLOCK.match(text)):
        fields = {"title": [" ".join(block["title"].split())]}
        names = re.split(r";|\n", block["author"] or "")
        fields["author"] = [" ".join(name.split()) for name in names if name.strip()]
        fields["date"] = [block["date"] or ""]
        return _of_fields(fields), text[block.end() :]
    return {}, text


def _record(body: str) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    key = ""
    folded = False
    for line in body.splitlines():
        if match := _KEY.match(line):
            key, value = match["key"].lower(), _plain(match["value"])
            folded = value in {"|", ">", "|-", ">-"}
            fields[key] = [] if folded or not value else _listed(match["value"].strip())
        elif match := _ITEM.match(line):
            fields.setdefault(key, []).append(_plain(match["value"]))
        elif match := _NAME.match(line):
            values = fields.setdefault(key, [])
            if match["key"] == "given" and values:
                values[-1] = f"{values[-1]}, {_plain(match['value'])}"
            else:
                values.append(_plain(match["value"]))
        elif folded and line.startswith((" ", "\t")) and key:
            fields[key] = [" ".join([*fields[key], line.strip()])]
    return _of_fields(fields)


def _of_fields(fields: Mapping[str, list[str]]) -> dict[str, Any]:
    """A record of what front matter states."""
    record: dict[str, Any] = {"type": "document"}
    for key, field in _FIELDS.items():
        value = next(iter(fields.get(key, [])), "")
        if value:
            record.setdefault(field, value)
    subtitle = next(iter(fields.get("subtitle", [])), "")
    if subtitle and record.get("title"):
        record["title"] = f"{record['title']}: {subtitle}"
    authors = [name for key in ("author", "authors", "by") for name in fields.get(key, []) if name]
    if authors:
        record["author"] = [_person(name) for name in authors]
    dates = (fields.get(key, []) for key in ("date", "year", "published"))
    date = _DATE.search(next((values[0] for values in dates if values), ""))
    if date:
        record["issued"] = {"date-parts": [[int(part) for part in date.groups() if part]]}
    if "container-title" in record and "volume" in record:
        record["type"] = "article-journal"
    return record if record.get("title") else {}


def _person(name: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in name.partition(","))
    return {"family": family, "given": given} if comma and given else {"literal": name}


def _listed(value: str) -> list[str]:
    if value.startswith("[") and value.endswith("]"):
        return [_plain(part) for part in _PARTS.findall(value[1:-1]) if part.strip()]
    return [_plain(value)]


def _plain(value: str) -> str:
    """A value without quotation marks and without the emphasis of Markdown."""
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        quoted = value[1:-1]
        single = value[0] == "'"
        value = quoted.replace("''", "'") if single else quoted.replace('\\"', '"').replace("\\\\", "\\")
    return re.sub(r"\*([^*]{1,200})\*", r"\1", value)
