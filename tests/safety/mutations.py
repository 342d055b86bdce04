"""Changes that make a bad input of a good one: of bytes, of JSON, and of the parts of an archive."""

from __future__ import annotations

import copy
import io
import json
import random
import re
import zipfile
from typing import Any

from lxml import etree

# Texts that programs are known to stumble over.
TOKENS = (
    "\0", "\x1b[2J\x1b[31m", "\x1b]0;title\x07", "\x9b31m", "\r", "\r\n", "\n\n\n", "\f", "\v",
    "\x1c", "\x85",
    "\u2028", "\u2029", "\u200b", "\u00ad", "\u202e", "\u2066", "\ufeff", "\ufffd", "\uffff", "\U0010ffff",
    "e\u0301", "\u0130", "ß", "ﬁ", "ﬃ", "²", "١٢", "Ⅻ", "𝟙", "“", "”", "‘", "’", '"', "'", "«",
    "»", "„", "“ ",
    ". . .", "…", "[…]", "[", "]", "[sic]", "(", ")", "(12)", "(Gill 846)", "{", "}", "{" * 50,
    "[" * 3000, "(" * 300,
    "<" * 100, "> " * 200, "\\", "\\begin{quote}", "\\footnote{", "\\def\\x{\\x\\x}\\x", "$", "%",
    "&amp;", "&#x0;",
    "<script>alert(1)</script>", "<b>", "</b>", "<!--", "]]>", "=HYPERLINK(1)", "@", "#", "##",
    "# " * 20, "*" * 400,
    "_" * 400, "`" * 300, "~" * 10, "-" * 300, "- " * 100, "|" * 100, "[^1]", "[^1]: ", "0", "-1",
    "1e999", "NaN",
    "Infinity", "9" * 5000, "0x10", "null", "true", "[]", "{}", "\\ud800", "\\u0000", "%00",
    "%s%n", "../../x", "~",
    " " * 2000, "\t" * 100, "a" * 20_000, "a " * 5_000, "“" * 500, "'" * 500, "-\n" * 200, "\n1\n" * 100,
    "TY  - ", "ER  - \n", "@article{", "@string{", "@comment{", "#", ",", ";", ":", "==", "--", "—",
    "http://[::1", "10.1000/", "1999-99-99", "844-", "xii-", "mmmmmm", "ő" * 500,
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, 1e308, float("inf"), float("nan"), "", " ", "\0",
    "\ud800", "x" * 5000, [],
    {}, [[]], [None], [{}], {"": None}, [[[[[[]]]]]], {"date-parts": [[]]}, {"date-parts": [["x",
    None]]}, "<i>", "</i>",
    "\x1b[2J", "=1+1", "\u202e", "title", ["title"], {"family": None}, {"family": 7},
    {"literal": []}, 2**63, "9" * 400,
)  # fmt: skip


def mutate_text(data: bytes, chance: random.Random) -> bytes:
    """Change some places of a text in UTF-8; it mostly stays UTF-8."""
    if chance.random() < 0.2:
        return mutate_bytes(data, chance)
    text = data.decode("utf-8", "replace")
    for _ in range(chance.choice((1, 1, 2, 3, 6, 20))):
        start = chance.randrange(len(text) + 1)
        end = start + chance.choice((0, 0, 1, 2, 7, 40, 400))
        new = chance.choice(
            (
                "",
                text[start:end] * 3,
                *[chance.choice(TOKENS)] * 3,
                chr(chance.randrange(0xD800)),
                text[start:end].upper(),
            )
        )
        text = text[:start] + new + text[end:]
    return text.encode("utf-8", "replace")


def mutate_bytes(data: bytes, chance: random.Random, tokens: tuple[str, ...] = TOKENS) -> bytes:
    """Change some bytes."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 6, 20))):
        start = chance.randrange(len(changed) + 1)
        length = min(chance.choice((1, 2, 7, 40, 400)), len(changed) - start)
        end = start + length
        match chance.randrange(9):
            case 0:
                changed[start:end] = b""
            case 1 if start < len(changed):
                changed[start] ^= 1 << chance.randrange(8)
            case 2:
                changed[start:start] = changed[start:end] * chance.choice((1, 2, 50))
            case 3:
                changed[start:end] = chance.randbytes(length)
            case 4:
                place = chance.randrange(len(changed) + 1)
                changed[place:place] = changed[start:end]
            case 5 if chance.random() < 0.2:
                del changed[start:]
            case _:
                token = chance.choice(tokens).encode("utf-8", "surrogatepass")
                changed[start:start] = token
    return bytes(changed)


def mutate_json(value: Any, chance: random.Random) -> Any:
    """Replace, remove or add a value somewhere in a value of JSON."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        changed = dict(value)
        match chance.randrange(6):
            case 0:
                del changed[key]
            case 1:
                changed[chance.choice(TOKENS)] = chance.choice(_VALUES)
            case 2:
                changed[key] = _value(chance)
            case _:
                changed[key] = mutate_json(value[key], chance)
        return changed
    if isinstance(value, list) and value and chance.random() < 0.8:
        position = chance.randrange(len(value))
        changed_list = list(value)
        if chance.random() < 0.2:
            changed_list.insert(position, _value(chance))
        elif chance.random() < 0.2:
            del changed_list[position]
        else:
            changed_list[position] = mutate_json(value[position], chance)
        return changed_list
    if isinstance(value, str) and chance.random() < 0.6:
        position = chance.randrange(len(value) + 1)
        return value[:position] + chance.choice(TOKENS) + value[position:]
    return _value(chance)


def _value(chance: random.Random) -> Any:
    if chance.random() < 0.02:
        value: Any = []
        for _ in range(chance.choice((100, 900))):
            value = [value] if chance.random() < 0.5 else {"a": value}
        return value
    return chance.choice(_VALUES) if chance.random() < 0.7 else chance.choice(TOKENS)


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8; a half of a surrogate pair is written as an escape."""
    text = json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace")


def mutate_archive(data: bytes, chance: random.Random) -> bytes:
    """Change a part of a ZIP archive, or the archive itself."""
    if chance.random() < 0.15:
        return mutate_bytes(data, chance, tokens=("\0", "PK\x03\x04", "PK\x01\x02", "PK\x05\x06"))
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        parts = [info for info in old.infolist() if info.filename.endswith((".xml", ".rels"))]
        content = [info for info in parts if "document" in info.filename or "content" in info.filename]
        chosen = chance.choice(content if content and chance.random() < 0.7 else parts)
        for info in old.infolist():
            part = old.read(info)
            if info is chosen:
                part = mutate_markup(part, chance)
            if info is not chosen or chance.random() > 0.02:
                new.writestr(info.filename, part)
    return changed.getvalue()


def mutate_markup(data: bytes, chance: random.Random) -> bytes:
    """Change the elements and words of XML, which stays well formed; now and then its bytes."""
    if chance.random() < 0.15:
        return mutate_bytes(data, chance)
    root = etree.fromstring(data)
    for _ in range(chance.choice((1, 2, 5, 20))):
        elements = list(root.iter(etree.Element))
        element, other = chance.choice(elements), chance.choice(elements)
        if chance.random() < 0.4 and element is not root:
            _move(element, other, chance)
        else:
            _reword(element, other, chance)
    return bytes(etree.tostring(root, encoding="utf-8"))


def _move(element: Any, other: Any, chance: random.Random) -> None:
    """Remove an element, repeat it, or copy it into another."""
    parent = element.getparent()
    match chance.randrange(3):
        case 0:
            parent.remove(element)
        case 1:
            for _ in range(chance.choice((1, 1, 200))):
                parent.insert(parent.index(element), copy.deepcopy(element))
        case _:
            other.append(copy.deepcopy(element))


def _reword(element: Any, other: Any, chance: random.Random) -> None:
    """Change the name, an attribute or the words of an element, or nest elements in it."""
    match chance.randrange(6):
        case 0:
            element.tag = other.tag
        case 1 if element.attrib:
            element.set(chance.choice(list(element.attrib)), _printable(chance.choice(TOKENS)))
        case 2:
            nested = element
            for _ in range(chance.choice((3, 200))):
                nested = etree.SubElement(nested, other.tag)
            nested.text = "deep"
        case 3:
            element.tail = _inserted(element.tail or "", chance)
        case _:
            element.text = _inserted(element.text or "", chance)


def _inserted(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + _printable(chance.choice(TOKENS)) + text[place:]


def _printable(token: str) -> str:
    """What XML allows of a text."""
    return re.sub("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]", "\ufffd", token)
