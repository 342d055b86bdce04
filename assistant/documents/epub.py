"""EPUB: the files of the book in reading order as one page, its notes and page numbers, its record.

What is no part of the text is left out: cover, contents, imprint, advertisements. Paths lead nowhere but to
files within the archive.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from assistant.core.errors import ReadingError
from assistant.documents.archive import DAMAGE, check_archive, damaged
from assistant.documents.document import Document
from assistant.documents.html import read_tree
from assistant.documents.html_record import book_record, stated_of
from assistant.documents.html_tree import MOST_TAGS, StyleSheet, decode_html, parse_html, types_of, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
# These make fonts unreadable outside of the book, and hide no words.
_FONTS_ONLY = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")
_MOST_FILES = 5_000
_LARGEST_TEXT = 60_000_000
_LARGEST_SHEET = 1_000_000
_NOT_READ = frozenset(
    """cover toc nav landmarks copyright-page copyrightpage copyright imprint imprimatur colophon
    halftitlepage half-title-page halftitle frontispiece
    other-credits seriespage advertisement ads loi lot index-links
    backlink page-list cover-image also-by ebook-license""".split()
)
_TITLE_PAGE = frozenset({"titlepage", "title-page", "fulltitle"})
_NOT_READ_NAME = re.compile(
    r"(?:.{0,80}[/_.-])?(?:cover(?:page)?|toc|nav|contents|copyright|uncopyright|colophon|imprint"
    r"|halftitle(?:page)?|ads?|adcard|newsletter|also[-_]?by|next[-_]reads|insert)[-_]?\d{0,3}\.x?html?",
    re.IGNORECASE,
)
# A file with more words is no cover, whatever its name.
_MOST_LEFT_OUT = 3_000
_MARKUP_TYPES = frozenset(
    {"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"}
)


@dataclass(slots=True)
class _Package:
    """What the package of a book says.

    Attributes:
        root: Its XML.
        folder: Its folder in the archive.
        items: Path, type and properties of each file, by its id.
        spine: Ids of the files in reading order, and whether each is a part of it.
        kinds: What its guide says that files are, by their path.
    """

    root: _Element
    folder: str
    items: dict[str, tuple[str, str, frozenset[str]]] = field(default_factory=dict)
    spine: list[tuple[str, bool]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)

    def path(self, href: str) -> str:
        """The path in the archive that a reference leads to."""
        return posixpath.normpath(posixpath.join(self.folder, unquote(href.partition("#")[0])))


def read_epub(data: bytes, name: str) -> Document:
    """Read an EPUB.

    Raises:
        ReadingError: If it is none, damaged, encrypted, or has no text in it.
    """
    check_archive(data, name, _CONTAINER)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Book(archive, name).document()
    except DAMAGE as error:
        raise damaged(name) from error


class _Book:
    """A book in its archive.

    Args:
        archive: The archive.
        name: Name of the file.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name
        self._sizes = {info.filename: info.file_size for info in archive.infolist()}
        self._sheets: dict[str, str] = {}

    def document(self) -> Document:
        """The text of the book."""
        self._refuse_encrypted()
        package = self._package()
        pages = self._listed_pages(package)
        root, parts = self._joined(package, pages)
        if len(root.find("body")) == 0:
            raise damaged(self._name)
        record = book_record(package.root)
        sheet = StyleSheet([*self._sheets.values(), *(style.text or "" for style in root.iter("style"))])
        document = read_tree(
            root, sheet, self._name, reader="epub", is_page=False, title=record.get("title", "")
        )
        if not document.prose.strip():
            raise ReadingError(
                f"{self._name} holds pictures of pages and no text; give a PDF, which can be recognised."
            )
        return replace(
            document, metadata=stated_of(record), record=record, warnings=_warnings(package, parts, document)
        )

    def _refuse_encrypted(self) -> None:
        if _ENCRYPTION not in self._sizes:
            return
        stated = self._read(_ENCRYPTION)
        methods = re.findall(
            rb"EncryptionMethod[^<>]{0,300}Algorithm\s*=\s*[\"']([^\"'<>]{0,300})[\"']", stated
        )
        if any(method not in _FONTS_ONLY for method in methods):
            raise ReadingError(
                f"{self._name} is protected against other programs; get it without copy protection."
            )

    def _read(self, path: str) -> bytes:
        if self._sizes.get(path, 0) > _LARGEST_TEXT:
            raise ReadingError(
                f"{self._name} unpacks to more than a text can be; give its chapters as files."
            )
        return self._archive.read(path)

    def _xml(self, path: str) -> _Element:
        from lxml import etree

        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            recover=True,
            remove_comments=True,
            remove_pis=True,
        )
        root = etree.fromstring(self._read(path), parser) if path in self._sizes else None
        if root is None:
            raise damaged(self._name)
        for element in root.iter():
            if isinstance(element.tag, str):
                element.tag = element.tag.rpartition("}")[2]
        return root

    def _package(self) -> _Package:
        from lxml import etree

        try:
            rootfile = next(iter(self._xml(_CONTAINER).iter("rootfile")), None)
            path = (
                posixpath.normpath(unquote(rootfile.get("full-path") or "")) if rootfile is not None else ""
            )
            root = self._xml(path)
        except etree.XMLSyntaxError as error:
            raise damaged(self._name) from error
        package = _Package(root, posixpath.dirname(path))
        for item in root.iter("item"):
            properties = frozenset((item.get("properties") or "").split())
            package.items[item.get("id") or ""] = (
                package.path(item.get("href") or ""),
                item.get("media-type") or "",
                properties,
            )
        for reference in root.iter("itemref"):
            package.spine.append((reference.get("idref") or "", reference.get("linear") != "no"))
        for reference in root.iter("reference"):
            package.kinds[package.path(reference.get("href") or "")] = (reference.get("type") or "").lower()
        if len(package.spine) > _MOST_FILES:
            raise ReadingError(f"{self._name} has more files than a book has; give its chapters as files.")
        return package

    def _listed_pages(self, package: _Package) -> dict[str, str]:
        """Numbers of printed pages by the place where each begins, as lists of pages state them."""
        found: dict[str, str] = {}
        for path, kind, properties in package.items.values():
            if path not in self._sizes:
                continue
            if "nav" in properties:
                page = parse_html(decode_html(self._read(path), self._name)[0], self._name)
                for nav in page.iter("nav"):
                    if "page-list" in types_of(nav) or "pagelist" in types_of(nav):
                        for link in nav.iter("a"):
                            found.setdefault(_place(path, link.get("href") or ""), words_of(link))
            elif kind == "application/x-dtbncx+xml":
                for target in self._xml(path).iter("pageTarget"):
                    content, label = target.find("content"), target.find("navLabel")
                    if content is not None:
                        words = words_of(label) if label is not None else target.get("value") or ""
                        found.setdefault(
                            _place(path, content.get("src") or ""), words or target.get("value") or ""
                        )
        return found

    def _joined(self, package: _Package, pages: Mapping[str, str]) -> tuple[_Element, list[str]]:
        """All files of the book as one page, and the headings of its parts."""
        from lxml import etree

        root = etree.Element("html")
        body = etree.SubElement(root, "body")
        size = tags = 0
        parts: list[str] = []
        seen: set[str] = set()
        for item, is_linear in package.spine:
            path, kind, properties = package.items.get(item, ("", "", frozenset()))
            if path in seen or path not in self._sizes or (kind and kind not in _MARKUP_TYPES):
                continue
            seen.add(path)
            text, _ = decode_html(self._read(path), self._name)
            size, tags = size + len(text), tags + text.count("<")
            if size > _LARGEST_TEXT or tags > MOST_TAGS:
                raise ReadingError(f"{self._name} has more text than a book has; give its chapters as files.")
            if not text.strip():
                continue
            part = self._part(parse_html(text, self._name), path, package.kinds.get(path, ""), properties)
            if part is None:
                continue
            if not is_linear and not _has_notes(part):
                continue
            body.append(part)
            if heading := _heading_of(part):
                parts.append(heading)
        _mark_pages(body, pages)
        return root, parts

    def _part(self, page: _Element, path: str, kind: str, properties: frozenset[str]) -> _Element | None:
        """A file of the book as a part of the page; ``None`` if it is no part of the text."""
        body = page.find("body")
        if body is None:
            return None
        sections = [body, *body[:2]] if len(body) <= 3 else [body]
        types = frozenset().union(*(types_of(each) for each in sections), {kind})
        length = len(words_of(body))
        left_out = bool(types & _NOT_READ) or "nav" in properties or bool(_NOT_READ_NAME.fullmatch(path))
        if left_out and length <= (
            _MOST_LEFT_OUT if not types & _NOT_READ and "nav" not in properties else 30_000
        ):
            return None
        self._read_sheets(page, path)
        body.tag = "div"
        body.set("id", f"{path}#{body.get('id') or ''}".removesuffix("#"))
        for element in body.iter():
            if element is not body and (own := element.get("id")):
                element.set("id", f"{path}#{own}")
            if element.tag == "a":
                if own := element.get("name"):
                    element.set("name", f"{path}#{own}")
                if (
                    (href := element.get("href"))
                    and "://" not in href
                    and not href.startswith(("mailto:", "data:"))
                ):
                    element.set("href", f"#{_place(path, href)}")
        if types & _TITLE_PAGE and length <= _MOST_LEFT_OUT:
            _keep_title(body)
        return body

    def _read_sheets(self, page: _Element, path: str) -> None:
        for link in page.iter("link"):
            if "stylesheet" in (link.get("rel") or ""):
                sheet = _place(path, link.get("href") or "").partition("#")[0]
                if (
                    sheet in self._sizes
                    and sheet not in self._sheets
                    and self._sizes[sheet] <= _LARGEST_SHEET
                ):
                    self._sheets[sheet] = self._read(sheet).decode("utf-8", "replace")
        for index, style in enumerate(page.iter("style")):
            self._sheets[f"{path}#{index}"] = style.text or ""


def _place(path: str, href: str) -> str:
    """The file and the anchor that a reference in a file leads to."""
    file, _, anchor = href.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(file))) if file else path
    return f"{target}#{unquote(anchor)}" if anchor else target


def _keep_title(body: _Element) -> None:
    """Leave of a title page the title and the author."""
    for element in list(body.iter("p", "div", "img", "h3", "h4", "h5", "h6", "section", "figure")):
        named = f"{element.get('class') or ''} {element.get('epub:type') or ''}".lower()
        holds = (
            element.find(".//h1") is not None
            or element.find(".//h2") is not None
            or element.find(".//p") is not None
        )
        if element is body or holds or "author" in named or "title" in named or element.getparent() is None:
            continue
        element.drop_tree() if hasattr(element, "drop_tree") else element.getparent().remove(element)


def _has_notes(part: _Element) -> bool:
    """Whether notes are in a file that is not read in its turn."""
    names = {"footnotes", "endnotes", "rearnotes", "footnote", "endnote", "rearnote"}
    return any(
        types_of(element) & names for element in part.iter("div", "section", "aside", "ol", "li", "p")
    ) or bool(re.search(r"notes?\b", part.get("id") or "", re.IGNORECASE))


def _heading_of(part: _Element) -> str:
    heading = next(iter(part.iter("h1", "h2")), None)
    return "" if heading is None else words_of(heading)[:100]


def _mark_pages(body: _Element, pages: Mapping[str, str]) -> None:
    """Put a page break at each place that a list of pages names, unless one is there."""
    if not pages:
        return
    anchors = {element.get("id"): element for element in body.iter() if element.get("id")}
    for place, label in pages.items():
        element = anchors.get(place)
        if element is None or "pagebreak" in types_of(element):
            continue
        if not words_of(element) and len(element) == 0:
            element.set("role", "doc-pagebreak")
            element.set("title", label)
            continue
        mark = element.makeelement("span", {"role": "doc-pagebreak", "title": label})
        if element.getparent() is body or str(element.tag) in {"div", "section", "body"}:
            mark.tail, element.text = element.text, None
            element.insert(0, mark)
        else:
            element.addprevious(mark)


def _warnings(package: _Package, parts: list[str], document: Document) -> tuple[str, ...]:
    metas = (
        (meta.get("property") or meta.get("name") or "", meta.text or meta.get("content") or "")
        for meta in package.root.iter("meta")
    )
    fixed = any(
        name in {"rendition:layout", "fixed-layout"} and value.strip() in {"pre-paginated", "true"}
        for name, value in metas
    )
    warnings = []
    if fixed:
        warnings.append("Its pages have a fixed layout; check that the words follow each other.")
    authors = {
        document.prose[block.start : block.end].casefold()
        for block in document.blocks
        if block.kind == "author"
    }
    if len(parts) >= 2 and len(authors) >= 2:
        warnings.append(
            f"It has {len(parts)} parts, from “{parts[0]}” to “{parts[-1]}”, which name {len(authors)} "
            "authors; all are read as one essay, so save each in a file of its own to cite it by itself."
        )
    return tuple(warnings)
