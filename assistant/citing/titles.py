"""Titles: their italics and quotation marks, set within marks or in italics, and cut short."""

from __future__ import annotations

import re

from assistant.citing.marks import nested
from assistant.rich import Rich, Text, joined, rich
from assistant.types import CSLItem

_ITALIC = re.compile(r"</?i>")
# Markup that CSL allows in a title and whose effect is not carried over.
_OTHER_MARKUP = re.compile(r'</?(?:b|sc|sub|sup)>|<span (?:class|style)="[^"<>]*">|</span>')
_CLOSERS = "”’\"'"
_ARTICLE = re.compile(r"(?:The|An?)\s+(?=\w|[“‘\"'])")


def marked_up(text: str) -> Rich:
    """Text of a record, with the italics that CSL marks by ``<i>``.

    Italics that do not pair are no markup: their signs are kept as text.
    """
    plain = _OTHER_MARKUP.sub("", text.strip())
    tags = _ITALIC.findall(plain)
    if not tags or not _pair(tags):
        return rich(plain)
    made, depth, at = Rich(), 0, 0
    for tag in _ITALIC.finditer(plain):
        made += rich(plain[at : tag.start()], italic=depth % 2 == 1)
        depth += 1 if tag[0] == "<i>" else -1
        at = tag.end()
    return made + plain[at:]


def _pair(tags: list[str]) -> bool:
    depth = 0
    for tag in tags:
        depth += 1 if tag == "<i>" else -1
        if depth < 0:
            return False
    return depth == 0


def title_of(record: CSLItem) -> Rich:
    """The title as recorded.

    Capitals stay as they are in every style. Some styles ask for sentence case (APA, IEEE, Harvard), but no
    program can tell "Never Let Me Go" from an ordinary run of words, and a damaged name is a worse
    fault than a capital too many; a record in sentence case is printed in sentence case.
    """
    return marked_up(str(record.get("title") or ""))


def short_title(record: CSLItem, *, article: bool = True) -> Rich:
    """The title as a second or a parenthetical citation has it.

    Args:
        record: The record; its ``title-short`` stands before the part of its title before the colon.
        article: Whether an initial article is kept.
    """
    short = marked_up(str(record.get("title-short") or record.get("shortTitle") or ""))
    made = short or _main(title_of(record))
    found = None if article else _ARTICLE.match(made.plain())
    return made[found.end() :] if found else made


def _main(title: Rich) -> Rich:
    """A title up to its colon, or to the question mark before its subtitle."""
    found = re.search(r"\s*:(?=\s)|(?<=[?!])\s", title.plain())
    return title[: found.start()] if found else title


def in_marks(title: Rich, *, double: bool = True, stop: str = "") -> Rich:
    """A title in quotation marks, its own marks nested.

    Args:
        title: The title.
        double: Whether American double marks stand outside, with the stop inside them; else single
            ones as in Britain, with the stop behind.
        stop: Full stop or comma that follows, or the empty string.
    """
    inner = title.rewritten(nested(title.plain(), double=double))
    if not inner:
        return inner
    return "“" + stopped(inner, stop) + "”" if double else "‘" + inner + "’" + stop


def stopped(text: Text, stop: str = ".") -> Rich:
    """Text with a stop at its end, within quotation marks there as Americans set it.

    A full stop is left out behind a question or exclamation mark, and any stop behind itself.
    """
    made = rich(text)
    plain = made.plain()
    inner = _before_closers(plain)
    silent = ("?", "!", ".") if stop == "." else (stop,)
    if not stop or not inner or inner.endswith(silent):
        return made
    return joined("", [made[: len(inner)], stop, made[len(inner) :]])


def _before_closers(plain: str) -> str:
    """Text without the quotation marks that close at its end; an apostrophe is none."""
    inner = plain.rstrip(_CLOSERS)
    tail = plain[len(inner) :]
    # An apostrophe behind a plural ("the Keepers'") closes no quotation.
    closes = set(tail) & {"”", '"'} or re.search(r"(?:^|[\s(“])['‘]", plain)
    return inner if closes else plain
