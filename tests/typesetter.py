"""A small printing press: essays of random words in lines and pages, and where each word came to stand."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Literal, get_args

from hypothesis import strategies as st

Pages = Literal["none", "form feeds", "running heads", "both"]

TITLE = "Letters from a Small Harbour"
AUTHOR = "Ada Marsh"

# Everyday words, so that wherever one is divided there is one way to read it.
_EVERYDAY = """
    the of and in that was with under between light water morning harbour letters winter stone people window
    yesterday remember important different question children mountain history national companion beautiful
    together without another several certainly language evening government understanding character something
    possible distance interest practice attention knowledge experience material particular
"""
_UNUSUAL = """
    naïve café Brontë’s façade don’t “quoted” ‘single’ Dr. e.g., etc., pp. 1847 (217) 3.5 99.9% £250 [sic]
    well-known twenty-five Anglo-American able-bodied sea—or night—and Łódź Ὅμηρος дом 東京 (see U.S. et al.
"""
_WORDS, _ODD = _EVERYDAY.split(), _UNUSUAL.split()
_ENDS = (".", ".", ".", "?", "!", ".”", ".)")
_DIVISIBLE = re.compile(r"[A-Za-z]{6,}")
_OWN_BREAK = re.compile(r"(?<=[a-z])[-—](?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Setting:
    """How an essay is set.

    Attributes:
        width: Characters to a line.
        page_lines: Lines to a page.
        pages: What shows the pages in the file.
        newline: What ends a line.
        indented: Whether paragraphs begin with an indent, and not behind a blank line.
        hyphens: Share of the words at a line's end that are divided.
        trailing: What extraction left at the end of lines.
        first_page: Number of the first page where numbers are printed.
        seed: Of the words and of the divisions.
    """

    width: int
    page_lines: int
    pages: Pages
    newline: str = "\n"
    indented: bool = False
    hyphens: float = 0.0
    trailing: str = ""
    first_page: int = 1
    seed: int = 0


@dataclass(slots=True)
class Printed:
    """A printed essay and the truth about it.

    Attributes:
        source: The file's text.
        paragraphs: The words of title, author and each paragraph, undivided.
        pages: Labels of the pages of each word, in order; two for a word divided over a page end.
    """

    source: str
    paragraphs: list[list[str]]
    pages: list[tuple[str, ...]] = field(default_factory=list)


@dataclass(slots=True)
class _Line:
    """A line set: its text, and the numbers of the words that stand on it."""

    text: str = ""
    words: list[int] = field(default_factory=list)


def settings_of_type(*pages: Pages) -> st.SearchStrategy[Setting]:
    """Any way to set an essay, its pages shown in one of these ways."""
    return st.builds(
        Setting,
        width=st.integers(45, 95),
        page_lines=st.integers(10, 40),
        pages=st.sampled_from(pages or get_args(Pages)),
        newline=st.sampled_from(("\n", "\r\n")),
        indented=st.booleans(),
        hyphens=st.sampled_from((0.0, 0.3, 1.0)),
        trailing=st.sampled_from(("", " ")),
        first_page=st.integers(1, 900),
        # Words are drawn by a seed: Hypothesis would draw the same few again and again, and a short line
        # that comes back on page after page is a running head by any reading.
        seed=st.integers(0, 2**32 - 1),
    )


def print_essay(setting: Setting) -> Printed:
    """Write an essay and set it."""
    chance = random.Random(setting.seed)
    bodies = [_paragraph(chance) for _ in range(chance.randint(6, 12))]
    paragraphs = [TITLE.split(), AUTHOR.split(), *bodies]
    lines: list[_Line] = []
    first_word = 0
    for number, words in enumerate(paragraphs):
        if number < 3 or not setting.indented:
            lines.append(_Line())
        indent = 4 if setting.indented and number > 1 else 0
        lines.extend(_set(words, first_word, indent, setting, chance))
        first_word += len(words)
    return _bind(lines[1:], paragraphs, setting)


def _paragraph(chance: random.Random) -> list[str]:
    words: list[str] = []
    for _ in range(chance.randint(2, 7)):
        sentence = [
            chance.choice(_ODD) if chance.random() < 0.12 else chance.choice(_WORDS)
            for _ in range(chance.randint(5, 25))
        ]
        first, last = chance.choice(_WORDS).capitalize(), chance.choice(_WORDS) + chance.choice(_ENDS)
        words.extend([first, *sentence, last])
    return words


def _set(
    words: list[str], first_word: int, indent: int, setting: Setting, chance: random.Random
) -> list[_Line]:
    lines = [_Line(" " * indent)]
    for number, word in enumerate(words, first_word):
        rest = word
        while rest:
            line = lines[-1]
            gap = " " if line.text.strip() and rest == word else ""
            room = setting.width - len(line.text) - len(gap)
            length, hyphen = len(rest), ""
            if length > room and line.text.strip():
                length, hyphen = (
                    _division(rest, room, chance) if chance.random() < setting.hyphens else (0, "")
                )
            if length:
                line.text += gap + rest[:length] + hyphen
                line.words.append(number)
                rest = rest[length:]
            if rest:
                lines.append(_Line())
    return lines


def _division(word: str, room: int, chance: random.Random) -> tuple[int, str]:
    """Length of a word's part that goes on the line, and the hyphen to print behind it; 0 if none goes."""
    if _OWN_BREAK.search(word):
        return max((found.end() for found in _OWN_BREAK.finditer(word) if found.end() <= room), default=0), ""
    found = _DIVISIBLE.search(word)
    shortest, longest = (found.start() + 2, min(found.end() - 2, room - 1)) if found else (1, 0)
    return (chance.randint(shortest, longest), "-") if shortest <= longest else (0, "")


def _bind(lines: list[_Line], paragraphs: list[list[str]], setting: Setting) -> Printed:
    count = len(lines) if setting.pages == "none" else max(9, min(setting.page_lines, len(lines) // 4))
    sheets: list[list[_Line]] = [[]]
    for line in lines:
        if len(sheets[-1]) == count:
            sheets.append([])
        if line.text or sheets[-1]:
            sheets[-1].append(line)
    printed = Printed("", paragraphs, [() for words in paragraphs for _ in words])
    texts = []
    for number, sheet in enumerate(sheets):
        label = number + (setting.first_page if setting.pages in {"running heads", "both"} else 1)
        head = f"{label}  {AUTHOR}" if label % 2 == 0 else f"{TITLE}  {label}"
        heads = [head, ""] if setting.pages in {"running heads", "both"} else []
        texts.append([*heads, *(line.text + setting.trailing * bool(line.text) for line in sheet)])
        for word in dict.fromkeys(word for line in sheet for word in line.words):
            if setting.pages != "none":
                printed.pages[word] = (*printed.pages[word], str(label))
    between = setting.newline + ("\f" if setting.pages in {"form feeds", "both"} else "")
    printed.source = between.join(setting.newline.join(sheet) for sheet in texts) + setting.newline
    return printed
