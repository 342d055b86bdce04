"""What a page or a book says of itself, as a CSL-JSON record.

Pages say it in meta elements (Highwire's ``citation_*``, Dublin Core, PRISM), in JSON-LD, or as Open Graph
for previews; books in their package. What several of them say is taken from the first of these.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.documents.html_tree import attribute_text, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

Record = dict[str, Any]
_DATE = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]{1,200}")
_LARGEST_JSON, _MOST_FIELD = 200_000, 1_000
_ARTICLES = frozenset(
    """article newsarticle scholarlyarticle blogposting opinionnewsarticle reportagenewsarticle
    report""".split()
)
# Fields of a record, with the meta elements that state it, the surest first.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": ("citation_title", "dc.title", "dcterms.title", "og:title", "twitter:title"),
    "container-title": (
        "citation_journal_title", "citation_inbook_title", "citation_conference_title",
        "prism.publicationname",
    ),
    "volume": ("citation_volume", "prism.volume", "dc.source.volume"),
    "issue": ("citation_issue", "prism.number", "dc.source.issue"),
    "publisher": ("citation_publisher", "dc.publisher", "dcterms.publisher"),
    "DOI": ("citation_doi", "dc.identifier.doi", "prism.doi", "dc.identifier"),
    "ISSN": ("citation_issn", "prism.issn"),
    "language": ("citation_language", "dc.language"),
    "URL": ("citation_public_url", "citation_abstract_html_url", "og:url"),
}  # fmt: skip
_AUTHORS = (
    "citation_author",
    "citation_authors",
    "dc.creator",
    "dc.creator.personalname",
    "dcterms.creator",
    "author",
    "article:author",
    "parsely-author",
)
_DATES = (
    "citation_publication_date", "citation_date", "citation_cover_date", "citation_year", "dc.date",
    "dc.date.issued",
    "dcterms.issued", "prism.publicationdate", "article:published_time", "date",
)  # fmt: skip


def page_record(page: _Element) -> Record:
    """The record that a page states of itself; empty if it states no title."""
    metas: dict[str, list[str]] = defaultdict(list)
    for meta in page.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        content = attribute_text(meta.get("content"))[:_MOST_FIELD]
        if name and content:
            metas[name].append(content)
    linked = _linked_data(page)
    record: Record = {}
    for field, names in _FIELDS.items():
        if value := next((metas[name][0] for name in names if name in metas), ""):
            record[field] = value
    if "DOI" in record:
        found = _DOI.search(record["DOI"])
        record["DOI"] = found[0] if found else ""
    authors = next((metas[name] for name in _AUTHORS if name in metas), [])
    record["author"] = _people(authors) or linked.get("author", [])
    date = next((metas[name][0] for name in _DATES if name in metas), "")
    record["issued"] = _date(date) or linked.get("issued")
    record["title"] = _without_site(record.get("title") or linked.get("title", "") or _title(page), metas)
    if first := next(iter(metas.get("citation_firstpage", metas.get("prism.startingpage", []))), ""):
        last = next(iter(metas.get("citation_lastpage", metas.get("prism.endingpage", []))), "")
        record["page"] = f"{first}-{last}" if last and last != first else first
    if "container-title" not in record:
        site = next(iter(metas.get("og:site_name", [])), "") or linked.get("container-title", "")
        if site:
            record["container-title"] = site
    record["type"] = (
        "article-journal" if "citation_journal_title" in metas or "volume" in record else "webpage"
    )
    if not record.get("language"):
        record["language"] = (page.get("lang") or "").strip()
    return {field: value for field, value in record.items() if value}


def book_record(package: _Element) -> Record:
    """The record that the package of an EPUB states; empty if it states nothing."""
    refined: dict[str, dict[str, str]] = defaultdict(dict)
    for meta in package.iter("meta"):
        if (refers := meta.get("refines") or "").startswith("#"):
            refined[refers[1:]][meta.get("property") or ""] = words_of(meta)
    titles = [
        (refined[e.get("id") or ""].get("title-type", ""), words_of(e)[:_MOST_FIELD])
        for e in package.iter("title")
    ]
    main = next((title for kind, title in titles if kind in {"main", ""} and title), "")
    subtitle = next((title for kind, title in titles if kind == "subtitle" and title), "")
    people = []
    for creator in package.iter("creator"):
        roles = refined[creator.get("id") or ""].get("role") or _attribute(creator, "role") or "aut"
        filed = refined[creator.get("id") or ""].get("file-as") or _attribute(creator, "file-as")
        if roles == "aut" and (words := words_of(creator)[:_MOST_FIELD]):
            people.append(filed if filed.count(",") == 1 and _same_words(filed, words) else words)
    record: Record = {"type": "book"}
    record["title"] = f"{main}: {subtitle}" if subtitle and subtitle not in main else main
    record["author"] = _people(people)
    record["issued"] = next((date for e in package.iter("date") if (date := _date(words_of(e)))), None)
    record["publisher"] = next((words_of(e)[:_MOST_FIELD] for e in package.iter("publisher")), "")
    record["language"] = next((words_of(e)[:20] for e in package.iter("language")), "")
    for identifier in package.iter("identifier"):
        words = words_of(identifier)[:_MOST_FIELD]
        if doi := _DOI.search(words):
            record["DOI"] = doi[0]
        elif isbn := re.search(r"97[89][\d-]{10,14}", words):
            record["ISBN"] = isbn[0]
    return {field: value for field, value in record.items() if value} if record["title"] else {}


def stated_of(record: Mapping[str, Any]) -> dict[str, str]:
    """Title and authors of a record, as a title page names them."""
    names = (
        " ".join(filter(None, (person.get("given", ""), person.get("family") or person.get("literal", ""))))
        for person in record.get("author", [])
    )
    stated = {"Title": str(record.get("title", "")), "Author": ", ".join(names)}
    return {name: value for name, value in stated.items() if value}


def _attribute(element: _Element, name: str) -> str:
    return next(
        (str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), ""
    )


def _same_words(one: str, other: str) -> bool:
    return sorted(re.findall(r"\w+", one.casefold())) == sorted(re.findall(r"\w+", other.casefold()))


def _title(page: _Element) -> str:
    element = page.find(".//title")
    return "" if element is None else words_of(element)[:_MOST_FIELD]


def _without_site(title: str, metas: Mapping[str, Sequence[str]]) -> str:
    """A title without the name of the site that follows it."""
    site = next(iter(metas.get("og:site_name", [])), "")
    for sign in (" | ", " – ", " — ", " - ", " :: ", " · "):
        head, found, tail = title.rpartition(sign)
        if (
            found
            and head
            and (tail.casefold() == site.casefold() or (sign != " - " and len(tail) <= 30 and not site))
        ):
            return head
    return title


def _date(text: str) -> dict[str, Any] | None:
    match = _DATE.search(text[:40])
    if match is None:
        return None
    parts = [int(match["year"])]
    for name, most in (("month", 12), ("day", 31)):
        if not match[name] or not 1 <= int(match[name]) <= most:
            break
        parts.append(int(match[name]))
    return {"date-parts": [parts]}


def _people(names: Sequence[str]) -> list[dict[str, str]]:
    """Names as a record has them; one that is a web address is none."""
    if len(names) == 1 and ";" in names[0]:
        names = names[0].split(";")
    people = []
    for name in (name.strip() for name in names):
        if not name or "://" in name or "@" in name:
            continue
        family, comma, given = (part.strip() for part in name.partition(","))
        if comma and given:
            people.append({"family": family, "given": given})
            continue
        people.append({"literal": " ".join(name.removeprefix("By ").removeprefix("by ").split())})
    return people


def _linked_data(page: _Element) -> Record:
    """What JSON-LD says of the article on a page."""
    for script in page.iter("script"):
        if (script.get("type") or "").lower() != "application/ld+json" or len(
            script.text or ""
        ) > _LARGEST_JSON:
            continue
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for item in _items(data):
            kinds = item.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(str(kind).lower() in _ARTICLES for kind in kinds):
                return _article(item)
    return {}


def _items(data: object) -> Iterator[Mapping[str, Any]]:
    """The objects of JSON-LD on the first two levels."""
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            yield item
            graph = item.get("@graph")
            if isinstance(graph, list):
                yield from (each for each in graph if isinstance(each, dict))


def _article(item: Mapping[str, Any]) -> Record:
    authors = item.get("author")
    names = [
        str(author.get("name", "")) if isinstance(author, dict) else str(author)
        for author in (authors if isinstance(authors, list) else [authors])
        if author
    ]
    held = item.get("isPartOf") or item.get("publisher")
    return {
        "title": attribute_text(str(item.get("headline") or item.get("name") or ""))[:_MOST_FIELD],
        "author": _people([attribute_text(name)[:_MOST_FIELD] for name in names]),
        "issued": _date(str(item.get("datePublished") or "")),
        "container-title": str(held.get("name", ""))[:_MOST_FIELD] if isinstance(held, dict) else "",
    }
