"""HTML as a tree: decoding, and parsing with limits. Nothing that a page names is fetched or run."""

from __future__ import annotations

import codecs
import html
import re
from typing import TYPE_CHECKING

from assistant.core.errors import ReadingError
from assistant.documents.text import decode

if TYPE_CHECKING:
    from lxml.etree import _Element

# More than a book has; each takes a hundred times its letters in memory.
MOST_TAGS = 1_000_000
_LARGEST_TEXT = 30_000_000
# Pictures and fonts that a program saved within the page.
_EMBEDDED = re.compile(r"data:[a-z]{1,20}/[^\"'<>()\s]*", re.IGNORECASE)
# An element with more attributes was made to take time.
_LONG_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]{0,40})([^<>]{2000,})")
_MOST_ATTRIBUTES = 400
# Where a page states its encoding, among its first bytes.
_HEAD = 4_096
_STATED = re.compile(
    r"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_XHTML = re.compile(r"<\?xml|http://www\.w3\.org/1999/xhtml")
_DECLARATION = re.compile(r"<\?[^<>]{0,2000}\?>")
# Every rule for names of its own; a page needs none, and some were made to fill the memory.
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]{0,2000}(?:\[(?:[^\]]|\][^>])*\]\s{0,99})?>", re.IGNORECASE)
_CLOSED = re.compile(r"<([A-Za-z][A-Za-z0-9:]{0,40})((?:\s[^<>]{0,4000})?)/>")
_NONE: frozenset[str] = frozenset()
_EMPTY = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def decode_html(data: bytes, name: str) -> tuple[str, str]:
    """Decode a page: by its byte order mark, the encoding that it states, or as plain text.

    Returns:
        The text and the name of its encoding.

    Raises:
        ReadingError: If the bytes are not text.
    """
    marked = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    stated = None if marked else _STATED.search(data[:_HEAD].decode("latin-1"))
    encoding = stated[1].lower() if stated else ""
    # Browsers read these as Windows-1252, which has what writers mean by the characters between.
    encoding = "cp1252" if encoding in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"} else encoding
    if encoding and not encoding.startswith(("utf-16", "utf-32")):
        try:
            text = data.decode(encoding)
        except (LookupError, ValueError):
            # A page that was saved again, or that states a wrong encoding.
            return decode(data, name)
        if "\0" not in text:
            return text, encoding
    return decode(data, name)


def parse_html(text: str, name: str) -> _Element:
    """Parse a page.

    Raises:
        ReadingError: If it has no elements, more than a text has, or more within each other.
    """
    from lxml import etree

    text = _EMBEDDED.sub("", text)
    if text.count("<") > MOST_TAGS or len(text) > _LARGEST_TEXT:
        raise ReadingError(f"{name} has more elements than a text can have; save the essay alone.")
    text = _LONG_TAG.sub(_with_few_attributes, text)
    text = _DOCTYPE.sub("", text, count=1) if "<!" in text[:_HEAD] else text
    if _XHTML.search(text[:_HEAD]):
        text = _CLOSED.sub(_opened_and_closed, text)
    # It states an encoding that the text no longer has.
    text = _DECLARATION.sub("", text)
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadingError(f"{name} is not a page of HTML; save it once more from the browser.") from error
    if any("RESOURCE" in str(fault.type_name) for fault in parser.error_log):
        raise ReadingError(
            f"{name} nests more elements than a page can have; save its text in another format."
        )
    if root is None:
        raise ReadingError(f"{name} is not a page of HTML; save it once more from the browser.")
    return root


def _with_few_attributes(match: re.Match[str]) -> str:
    attributes = match[2]
    many = max(attributes.count("="), attributes.count("/"), len(attributes.split())) > _MOST_ATTRIBUTES
    return f"<{match[1]}" if many else match[0]


def _opened_and_closed(match: re.Match[str]) -> str:
    """An XHTML element without content, as HTML has it."""
    tag, attributes = match[1], match[2]
    if tag.lower() in _EMPTY:
        return match[0]
    return f"<{tag}{attributes}></{tag}>"


def tokens_of(element: _Element) -> frozenset[str]:
    """The class names and the id of an element, and the words that they consist of, in small letters."""
    if not element.attrib:
        return _NONE
    named = f"{element.get('class') or ''} {element.get('id') or ''}"[:500].lower()
    whole = named.split()
    return frozenset([*whole, *(part for token in whole for part in re.split(r"[-_:]+", token))])


def types_of(element: _Element) -> frozenset[str]:
    """What an element says that it is, as a role or a type of EPUB, in small letters."""
    if not element.attrib:
        return _NONE
    said = f"{element.get('role') or ''} {element.get('epub:type') or ''} {element.get('type') or ''}"
    return frozenset(said.lower().replace("doc-", "").split())


def words_of(element: _Element) -> str:
    """All words in an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def attribute_text(value: str | None) -> str:
    """The words of an attribute, with single spaces."""
    return " ".join(html.unescape(value or "").split())
