"""Items of Zotero as CSL-JSON records, mapped as Zotero maps fields, persons and dates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.citations.dates import csl_date
from assistant.citations.record import csl_item
from assistant.core.essay import CSLItem

_TYPES = {
    "artwork": "graphic",
    "audioRecording": "song",
    "bill": "bill",
    "blogPost": "post-weblog",
    "book": "book",
    "bookSection": "chapter",
    "case": "legal_case",
    "computerProgram": "software",
    "conferencePaper": "paper-conference",
    "dataset": "dataset",
    "dictionaryEntry": "entry-dictionary",
    "document": "document",
    "email": "personal_communication",
    "encyclopediaArticle": "entry-encyclopedia",
    "film": "motion_picture",
    "forumPost": "post",
    "hearing": "hearing",
    "instantMessage": "personal_communication",
    "interview": "interview",
    "journalArticle": "article-journal",
    "letter": "personal_communication",
    "magazineArticle": "article-magazine",
    "manuscript": "manuscript",
    "map": "map",
    "newspaperArticle": "article-newspaper",
    "patent": "patent",
    "podcast": "broadcast",
    "preprint": "article",
    "presentation": "speech",
    "radioBroadcast": "broadcast",
    "report": "report",
    "standard": "standard",
    "statute": "legislation",
    "thesis": "thesis",
    "tvBroadcast": "broadcast",
    "videoRecording": "motion_picture",
    "webpage": "webpage",
}
# Zotero's fields for each CSL variable, the first that has a value counts; fields of one type of item only
# follow the field that they stand for.
_FIELDS = {
    "title": "title subject nameOfAct caseName",
    "title-short": "shortTitle",
    "container-title": (
        "publicationTitle dictionaryTitle websiteTitle proceedingsTitle sessionTitle blogTitle bookTitle "
        "forumTitle programTitle encyclopediaTitle reporter code"
    ),
    "container-title-short": "journalAbbreviation",
    "collection-title": "seriesTitle series",
    "collection-number": "seriesNumber",
    "volume": "volume codeVolume reporterVolume codeNumber",
    "issue": "issue priorityNumbers",
    "number": (
        "number billNumber patentNumber identifier publicLawNumber reportNumber archiveID episodeNumber "
        "documentNumber docketNumber"
    ),
    "number-of-volumes": "numberOfVolumes",
    "number-of-pages": "numPages",
    "page": "pages codePages firstPage",
    "edition": "edition",
    "part-number": "partNumber",
    "part-title": "partTitle",
    "publisher": "publisher network distributor repository company label studio institution university",
    "publisher-place": "place repositoryLocation",
    "original-publisher": "originalPublisher",
    "original-publisher-place": "originalPlace",
    "event-title": "meetingName conferenceName",
    "event-place": "eventPlace",
    "authority": "authority court issuingAuthority organization legislativeBody",
    "genre": (
        "type postType presentationType mapType letterType websiteType genre thesisType manuscriptType "
        "reportType programmingLanguage"
    ),
    "medium": (
        "medium audioRecordingFormat interviewMedium videoRecordingFormat format artworkMedium "
        "audioFileType system"
    ),
    "dimensions": "artworkSize runningTime",
    "section": "section committee",
    "chapter-number": "session",
    "references": "history references",
    "scale": "scale",
    "status": "status legalStatus",
    "version": "versionNumber version",
    "archive": "archive",
    "archive_location": "archiveLocation",
    "call-number": "callNumber applicationNumber",
    "source": "libraryCatalog",
    "license": "rights",
    "language": "language",
    "DOI": "DOI",
    "ISBN": "ISBN",
    "ISSN": "ISSN",
    "PMID": "PMID",
    "PMCID": "PMCID",
    "URL": "url",
    "citation-key": "citationKey",
}
_DATES = {
    "issued": "date issueDate dateEnacted dateDecided",
    "accessed": "accessDate",
    "submitted": "filingDate",
    "original-date": "originalDate priorityDate",
}
# The last ones are the first persons of their types of items, who are cited as authors.
_ROLES = {
    "author": "author",
    "bookAuthor": "container-author",
    "chair": "chair",
    "castMember": "performer",
    "composer": "composer",
    "contributor": "contributor",
    "creator": "author",
    "director": "director",
    "editor": "editor",
    "executiveProducer": "executive-producer",
    "guest": "guest",
    "host": "host",
    "interviewer": "interviewer",
    "narrator": "narrator",
    "organizer": "organizer",
    "originalCreator": "original-author",
    "podcaster": "host",
    "producer": "producer",
    "recipient": "recipient",
    "reviewedAuthor": "reviewed-author",
    "scriptwriter": "script-writer",
    "seriesCreator": "series-creator",
    "seriesEditor": "collection-editor",
    "translator": "translator",
    "artist": "author",
    "cartographer": "author",
    "interviewee": "author",
    "inventor": "author",
    "performer": "author",
    "presenter": "author",
    "programmer": "author",
    "sponsor": "author",
}
# Items whose place is that of an event.
_EVENTS = {"audioRecording", "presentation", "videoRecording"}
# Variables that only Extra can have.
_ONLY_EXTRA = {
    *"annote container-title-short original-title page-first reviewed-title reviewed-genre event".split(),
    *"title-short publisher-place archive-place jurisdiction keyword year-suffix".split(),
}
_DATE_NAMES = {*_DATES, "event-date", "publication-date", "available-date"}
_ROLE_NAMES = {*_ROLES.values(), "editorial-director", "illustrator", "original-author"}
_LONGEST_EXTRA = 20_000
_LINE = re.compile(r"(?:\{:)?([A-Za-z][A-Za-z _-]{0,40}):[^\S\n]{0,9}(\S[^\n]{0,2000})")
_STORED_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d) (.{1,2000})", re.DOTALL)
_FIRST_ISBN = re.compile(r"(?:97[89][-\s]?)?(?:\d[-\s]?){9}[\dXx](?![\d-])")
_OLD_KEYS = (
    re.compile(r"^bibtex\*?:[^\S\n]{0,9}([^\s,{}]{1,200})", re.MULTILINE | re.IGNORECASE),
    re.compile(r"biblatexcitekey\[([^\s\]]{1,200})\]", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class Creator:
    """A person, or a group, of an item.

    Attributes:
        role: What Zotero calls the role: ``author``, ``bookAuthor``.
        last: Family name, or the whole name of a group.
        first: Given names.
        whole: Whether the name is in one field.
    """

    role: str
    last: str
    first: str = ""
    whole: bool = False


def record_of_item(kind: str, fields: Mapping[str, str], creators: Sequence[Creator]) -> CSLItem:
    """The CSL-JSON record of an item.

    Args:
        kind: Its type as Zotero names it: ``journalArticle``.
        fields: Values by name of the field; dates as Zotero stores them or as they are shown.
        creators: Persons in their order.
    """
    extra = _Extra(fields.get("extra", ""))
    texts = _texts(kind, fields)
    # A line of Extra fills a field that is empty; only type and dates replace what the item has.
    texts = extra.texts | texts
    people = _people(creators)
    dates = {name: _date(name, value) for name, names in _DATES.items() if (value := _first(fields, names))}
    record = csl_item(
        texts | {"type": extra.kind or _TYPES.get(kind, "document"), "id": texts.get("citation-key", "")},
        people=extra.people | people,
        dates={},
    )
    return {**record, **{name: date for name, date in (dates | extra.dates).items() if date}}


def _texts(kind: str, fields: Mapping[str, str]) -> dict[str, str]:
    texts = {name: value for name, names in _FIELDS.items() if (value := _first(fields, names))}
    if kind in _EVENTS and "publisher-place" in texts:
        texts["event-place"] = texts.pop("publisher-place")
    if isbn := _FIRST_ISBN.match(texts.get("ISBN", "")):
        texts["ISBN"] = isbn[0]
    return texts


def _first(fields: Mapping[str, str], names: str) -> str:
    return next((text for name in names.split() if (text := _unquoted(fields.get(name, "")))), "")


def _unquoted(value: str) -> str:
    """A value without quotation marks around all of it, by which Zotero is kept from reading it."""
    text = value.strip()
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"' and text.count('"') == 2
    return text[1:-1].strip() if is_quoted else text


def _people(creators: Sequence[Creator]) -> dict[str, list[str | Mapping[str, str]]]:
    people: dict[str, list[str | Mapping[str, str]]] = {}
    for creator in creators:
        role, name = _ROLES.get(creator.role), _name(creator)
        if role and name:
            people.setdefault(role, []).append(name)
    return people


def _name(creator: Creator) -> dict[str, str]:
    last, first = " ".join(creator.last.split()), " ".join(creator.first.split())
    if creator.whole or not first:
        name = last or first
        return {"literal": name} if name else {}
    if len(last) > 1 and last[0] == last[-1] == '"':
        return {"family": last[1:-1], "given": first}
    given, _, suffix = first.partition(",")
    words, given_words = last.split(), given.split()
    small = next((index for index, word in enumerate(words) if not word[0].islower()), 0)
    dropped = next((number for number, word in enumerate(reversed(given_words)) if not word[0].islower()), 0)
    kept = len(given_words) - dropped
    parts = {
        "family": " ".join(words[small:]),
        "given": " ".join(given_words[:kept]),
        "non-dropping-particle": " ".join(words[:small]),
        "dropping-particle": " ".join(given_words[kept:]),
        "suffix": suffix.strip(" !"),
    }
    return {key: part for key, part in parts.items() if part}


def _date(name: str, value: str) -> dict[str, Any]:
    """A date as Zotero stores it: in numbers for sorting, then as the user wrote it."""
    if name == "accessed":
        return csl_date(value[:10])
    stored = _STORED_DATE.fullmatch(value.strip())
    written = _unquoted(stored[4] if stored else value)
    date = csl_date(written)
    numbers = [int(part) for part in stored.groups()[:3]] if stored else [0]
    while numbers and not numbers[-1]:
        numbers.pop()
    says_more = len(date.get("date-parts", ())) > 1 or "season" in date or "circa" in date
    if not numbers or 0 in numbers or says_more:
        return date
    # Zotero knows whether the user writes the day or the month first.
    return {"date-parts": [numbers]}


class _Extra:
    """What lines such as ``Original Date: 1818`` in Extra say.

    Attributes:
        kind: A CSL type, or the empty string.
        texts: Values by CSL variable, the citation key included.
        dates: Dates by CSL variable.
        people: Names by CSL role.
    """

    def __init__(self, extra: str) -> None:
        extra = extra[:_LONGEST_EXTRA]
        self.kind = ""
        self.texts: dict[str, str] = {}
        self.dates: dict[str, dict[str, Any]] = {}
        self.people: dict[str, list[str | Mapping[str, str]]] = {}
        for line in extra.splitlines():
            if match := _LINE.match(line):
                value = match[2].strip()
                self._read(match[1], value.removesuffix("}") if line.startswith("{:") else value)
        for pattern in _OLD_KEYS:
            if match := pattern.search(extra):
                self.texts.setdefault("citation-key", match[1])

    def _read(self, label: str, value: str) -> None:
        name = _VARIABLES.get(_normal(label), "")
        if name == "type":
            kind = _TYPES.get(value, value)
            self.kind = kind if kind in _KNOWN_TYPES else self.kind
        elif name in _DATE_NAMES:
            self.dates.setdefault(name, csl_date(_unquoted(value)))
        elif name in _ROLE_NAMES:
            last, divided, first = value.partition("||")
            person = _name(Creator("author", last, first, whole=not divided))
            if person:
                self.people.setdefault(name, []).append(person)
        elif name:
            self.texts.setdefault(name, _unquoted(value))


def _normal(label: str) -> str:
    """A label of Extra in one form: ``Original Date`` and ``originalDate`` are ``original-date``."""
    return re.sub(r"[\s_-]+", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", label.strip())).lower()


_KNOWN_TYPES = {
    *_TYPES.values(),
    *"article classic collection figure entry pamphlet performance periodical regulation review".split(),
    *"review-book treaty musical_score event".split(),
}
_VARIABLES = {
    _normal(label): name
    for table in (_FIELDS, _DATES)
    for name, fields in table.items()
    for label in fields.split()
}
_VARIABLES |= {_normal(role): name for role, name in _ROLES.items() if role != "performer"}
_VARIABLES |= {_normal(name): name for name in (*_FIELDS, *_ONLY_EXTRA, *_DATE_NAMES, *_ROLE_NAMES, "type")}
_VARIABLES |= {"genre": "genre", "doi": "DOI", "url": "URL"}
