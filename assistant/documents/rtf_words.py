"""The control words of Rich Text Format: what they print, what they set, and which groups hold no text."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Groups without printed words of the text. Those that begin with ``\*`` are left out unless they are known.
LEFT_OUT = frozenset(
    """colortbl pict object objdata header headerl headerr headerf footer footerl footerr footerf ftnsep
    ftnsepc ftncn aftnsep aftnsepc aftncn fldinst annotation atnid atnauthor atntime atndate atnicn atnref
    atnparent atrfstart atrfend bkmkstart bkmkend listtable listoverridetable revtbl rsidtbl generator
    nonshppict themedata colorschememapping datastore latentstyles xmlnstbl filetbl private pntext listtext
    tc xe rxe template operator company category keywords comment doccomm hlinkbase manager subject
    password""".split()
)
# Known groups that begin with ``\*``.
KNOWN = frozenset("shpinst footnote cs ud fldrslt".split())
SIGNS = {
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "tab": "\t",
    "line": "\n",
    "~": "\u00a0",
    "_": "-",
    "-": "",
    "|": "",
    ":": "",
}
ENDS = frozenset({"par", "sect", "cell", "nestcell", "row", "nestrow"})
CHARSETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gb2312", 136: "big5", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
ENCODINGS = {"mac": "mac-roman", "pc": "cp437", "pca": "cp850"}
# Styles of which one is based on the next; no program makes as many.
MOST_STYLES = 50
TWENTIETHS, HALVES = 20, 2
NORMAL_SIZE = 24


@dataclass(frozen=True, slots=True)
class RtfState:
    """What holds until the end of a group."""

    place: str = "body"
    italic: bool = False
    bold: bool = False
    hidden: bool = False
    raised: bool = False
    size: int = NORMAL_SIZE
    font: int = -1
    skipped: int = 1
    style: int = 0
    left: int = 0
    first: int = 0
    centred: bool = False
    level: int = 0
    in_table: bool = False
    breaks: bool = False

    @property
    def is_set_apart(self) -> bool:
        """Whether anything is said of how the paragraph is set."""
        return bool(self.style or self.left or self.first or self.centred or self.level)


_PLAIN = {"italic": False, "bold": False, "hidden": False, "raised": False, "size": NORMAL_SIZE, "font": -1}
_OF_PARAGRAPH = {
    "style": 0, "left": 0, "first": 0, "centred": False, "level": 0, "in_table": False, "breaks": False
}  # fmt: skip
# What a control word and its number set; ``-1`` is the number of a word that has none.
SETS: dict[str, Callable[[int], dict[str, Any]]] = {
    "i": lambda number: {"italic": number != 0},
    "b": lambda number: {"bold": number != 0},
    "v": lambda number: {"hidden": number != 0},
    "deleted": lambda number: {"hidden": number != 0},
    "super": lambda number: {"raised": number != 0},
    "nosupersub": lambda _: {"raised": False},
    "sub": lambda _: {"raised": False},
    "up": lambda number: {"raised": number > 0},
    "fs": lambda number: {"size": min(max(number, 0), 3_000)},
    "f": lambda number: {"font": number},
    "plain": lambda _: _PLAIN,
    "pard": lambda _: _OF_PARAGRAPH,
    "s": lambda number: {"style": number},
    "li": lambda number: {"left": number},
    "lin": lambda number: {"left": number},
    "fi": lambda number: {"first": number},
    "qc": lambda _: {"centred": True},
    "ql": lambda _: {"centred": False},
    "qr": lambda _: {"centred": False},
    "qj": lambda _: {"centred": False},
    "outlinelevel": lambda number: {"level": number + 1 if 0 <= number < 9 else 0},
    "intbl": lambda _: {"in_table": True},
    "pagebb": lambda number: {"breaks": number != 0},
    "uc": lambda number: {"skipped": min(max(number, 0), 8)},
}


def codec_named(name: str) -> str | None:
    """A codec by its name, if there is one."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
