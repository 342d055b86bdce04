"""What the elements of a page are: the kinds of block that their tags and names declare."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.core.declared import BlockKind
from assistant.documents.html_tree import tokens_of, types_of, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = frozenset(
    """address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre section summary
    table tbody td tfoot th thead tr ul menu""".split()
)
ITALIC_TAGS = frozenset("em i cite dfn var".split())
STRUCK_TAGS = frozenset("del s strike".split())
QUOTATION_NAMES = frozenset(
    """blockquote quote quotation quotations extract bq blockquot block-quotation msoquote msointensequote
    msoblocktext blocktext block-quote block-text block_quote block_text disp-quote citationbloc
    citation-bloc epigraph blockquotation longquote""".split()
)
VERSE_NAMES = frozenset(
    "poem poetry verse verses stanza lyrics lg line-group linegroup line-block lineblock".split()
)
LINE_NAMES = frozenset("line verse-line poem-line l".split())
CAPTION_NAMES = frozenset(
    "caption wp-caption-text figcaption image-caption credit imagecredit thumbcaption".split()
)
DATE_NAMES = frozenset(
    """date dateline published pubdate kicker reading-time readingtime post-meta entry-meta article-meta
    post-date entry-date timestamp eyebrow byline-date meta-item""".split()
)
AUTHOR_NAMES = frozenset(
    "author byline authors contributor msoauthor article-author post-author entry-author".split()
)
TITLE_NAMES = frozenset("msotitle title entry-title post-title article-title articletitle".split())
REFERENCE_NAMES = frozenset(
    """csl-entry bibliography-entry biblioentry msobibliography ref-item reference-entry references refs
    csl-bib-body bibliography ref-list workscited works-cited literaturecited""".split()
)
NUMBER_NAMES = frozenset("paranumber para-number parnum paragraphnumber".split())
BY = frozenset("by|von|par|de|di|por|av|door|written by|essay by|words by|posted by".split("|"))
LONGEST_AUTHOR, LONGEST_BOLD = 120, 120
# Of a named part of an essay: a longer one with headings in it is the essay.
_LONGEST_PART = 4_000
# What comes before a name in a byline.
BYLINE = re.compile(r"(?:by|von|par|por|di|door)\s+(?=\S)", re.IGNORECASE)
_WHOLE = frozenset("body article main".split())
_SHORT_TAGS = frozenset("p div span address".split())
# Lines of verse are short; so are those of a heading or an address, of which there are fewer.
LONGEST_LINE, FEWEST_LINES = 80, 3


_NAMES: Mapping[BlockKind, frozenset[str]] = {
    "caption": CAPTION_NAMES,
    "reference": REFERENCE_NAMES,
    "verse": VERSE_NAMES,
    "quotation": QUOTATION_NAMES,
}


@dataclass(slots=True)
class OpenElement:
    """An open element.

    Attributes:
        kind: What blocks in it are.
        note: Name of the note that it is a part of.
        level: Level of a heading.
        emphasis: Where in the prose its italics begin; -1 if it begins none.
        italic: Whether words in it are in italics.
        is_block: Whether it is on lines of its own.
        keeps: Whether white space in it is printed, as in <pre>.
        verse: Whether the lines in it are those of a poem.
        closing: What is written where it ends.
        line: Whether it is a line of verse.
        bold: Whether words in it are in bold.
        raised: Where in the prose its raised words begin; -1 if they are not raised.
        begun: What blocks in it were before the notes began that it lists; empty if it lists none.
    """

    kind: BlockKind
    note: str = ""
    level: int = 0
    emphasis: int = -1
    italic: bool = False
    is_block: bool = False
    keeps: bool = False
    verse: bool = False
    closing: str = ""
    line: bool = False
    bold: bool = False
    raised: int = -1
    begun: BlockKind | Literal[""] = ""


def heading_level(element: _Element) -> int:
    """Level of a heading, from 1; 0 if an element is none."""
    if element.get("role") == "heading":
        level = element.get("aria-level") or "2"
        return int(level) if level.isdecimal() and len(level) == 1 else 2
    return HEADINGS.get(str(element.tag), 0)


def kind_by_name(element: _Element) -> BlockKind | None:
    """The kind of block that the names of an element declare."""
    tag = str(element.tag)
    if tag in {"figcaption", "caption"}:
        return "caption"
    types = types_of(element)
    if types & {"biblioentry", "bibliography"}:
        return "reference"
    if tag in _WHOLE or not (element.get("class") or element.get("id") or types):
        return "quotation" if tag == "blockquote" else None
    tokens = tokens_of(element) | types
    for kind, names in _NAMES.items():
        if tokens & names and _is_part(element):
            return kind
    return "quotation" if tag == "blockquote" else None


def _is_part(element: _Element) -> bool:
    """Whether an element is a part of an essay rather than all of it, which may have the same names."""
    return len(words_of(element)) <= _LONGEST_PART or element.find(".//h2") is None


def kind_by_tag(element: _Element) -> BlockKind | None:
    """The kind of block that an element is for its tag."""
    tag = str(element.tag)
    if tag in {"dd", "ul"} and is_indent(element):
        return "quotation"
    if tag in {"li", "dd", "dt"}:
        return "list"
    return "caption" if tag == "table" and is_data(element) else None


def is_title(element: _Element) -> bool:
    """Whether a paragraph has the name of a title."""
    if element.tag not in _SHORT_TAGS or not element.get("class"):
        return False
    # The title of a journal has the word as a part of its name.
    names = frozenset((element.get("class") or "").lower().split())
    return bool(names & TITLE_NAMES) and not has_blocks(element)


def kind_above(element: _Element) -> BlockKind | None:
    """The kind of a short line above the essay: the name of the author, or a date."""
    if element.tag not in _SHORT_TAGS or has_blocks(element):
        return None
    tokens, words = tokens_of(element), words_of(element)
    if not 0 < len(words) <= LONGEST_AUTHOR:
        return None
    if tokens & DATE_NAMES:
        return "furniture"
    stated = tokens & AUTHOR_NAMES or element.get("itemprop") == "author"
    return "author" if stated and not words.endswith((".", "?", "!", ":")) else None


def is_author(element: _Element) -> bool:
    """Whether words within a line are declared as the name of the author."""
    named = element.tag in {"a", "span"} and bool(tokens_of(element) & {"author", "byline"})
    if not named and element.get("rel") != "author" and element.get("itemprop") != "author":
        return False
    words = words_of(element)
    return 0 < len(words) <= LONGEST_AUTHOR and not any(map(str.isdigit, words))


def without_byline(words: str) -> str:
    """The words of a byline without what comes before the name."""
    return (
        ""
        if words.strip(" :").casefold() in BY
        else BYLINE.sub("", words, count=1)
        if BYLINE.match(words)
        else words
    )


def may_head(words: str) -> bool:
    """Whether a paragraph in bold reads as a heading."""
    ends = words.endswith((".", ",", ";", ":", "”", '"', "?", "!"))
    return len(words) <= LONGEST_BOLD and not ends and any(map(str.isalpha, words))


def is_line(element: _Element) -> bool:
    """Whether an element is a line of verse."""
    tokens = tokens_of(element)
    return bool(tokens & LINE_NAMES) or any(token[:1] == "i" and token[1:].isdecimal() for token in tokens)


def has_blocks(element: _Element) -> bool:
    """Whether blocks are in an element."""
    return any(each is not element and str(each.tag) in BLOCKS for each in element.iter())


def is_indent(element: _Element) -> bool:
    """Whether a list has no items, as writers of old pages moved a quotation to the right."""
    if element.tag == "ul":
        return element.find("li") is None and bool(words_of(element))
    parent = element.getparent()
    return parent is not None and parent.find("dt") is None and len(words_of(element)) > LONGEST_LINE


def is_data(table: _Element) -> bool:
    """Whether a table has figures and names in it, and not the paragraphs of a page."""
    if table.find(".//table") is not None:
        return False
    rows = [[words_of(cell) for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    wide = sum(len(row) >= 2 for row in rows)
    return wide >= 2 and wide >= 0.6 * len(rows) and all(len(cell) <= 300 for row in rows for cell in row)


def are_verse(lines: Sequence[str], kind: BlockKind) -> bool:
    """Whether the lines of a block, divided by line breaks, are those of a poem."""
    lengths = sorted(map(len, lines))
    fewest = 2 if kind == "quotation" else FEWEST_LINES
    return len(lines) >= fewest and lengths[-1] <= LONGEST_LINE and lengths[len(lengths) // 2] <= 55
