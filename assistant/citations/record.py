"""CSL-JSON records: names and other fields as styles print them and as exchange formats have them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote

from assistant.citations.dates import csl_date
from assistant.core.essay import CSLItem

WorkKind = Literal["article", "periodical", "chapter", "book", "web", "thesis", "document"]
_KINDS: dict[str, WorkKind] = {
    "article": "article",
    "article-journal": "article",
    "review": "article",
    "review-book": "article",
    "article-magazine": "periodical",
    "article-newspaper": "periodical",
    "chapter": "chapter",
    "paper-conference": "chapter",
    "entry": "chapter",
    "entry-dictionary": "chapter",
    "entry-encyclopedia": "chapter",
    "book": "book",
    "report": "book",
    "pamphlet": "book",
    "webpage": "web",
    "post": "web",
    "post-weblog": "web",
    "thesis": "thesis",
}
_IN_DOI = "/:;().,_-+~!$&'*@=[]"
_ET_AL = re.compile(r"(?:(?:and|et) )?(?:others|alii|al\.?)", re.IGNORECASE)
# Han, kana and hangul: scripts in which family names come first.
_EAST_ASIAN = re.compile(r"[\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\s・]+")
# A name in a list of persons that stands for those who are not named.
ET_AL: Mapping[str, str] = {"literal": "et al."}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# Not the S of S12, a page of a supplement.
_PAGES_LABEL = re.compile(
    r"(?:[Pp]{1,2}(?:\.\s*|\s+)|pp(?=\d)|[Pp]ages?:?\s+|[Pp]gs?\.?\s*(?=\d)|(?:SS?\.|Seiten?)\s+)"
)
# Words of the names of institutions that no person is called by.
_INSTITUTION = re.compile(
    r"\b(?:Academy|Agency|Akademie|Archives?|Assembly|Association|Associates|Authority|Board|Bureau|Cent(?:er|re)|"
    r"Collective|Commission|Committee|Company|Consortium|Corporation|Council|Department|Dept|Directorate|"
    r"Federation|Fédération|Foundation|Fund|Gesellschaft|Inc|Initiative|Institut|Institute|Institution|Laboratory|"
    r"League|Library|Ltd|Ministerium|Ministry|Minist[eè]re|Museum|Nations|Office|Organi[sz]ation|Parliament|"
    r"Partnership|Press|Programme|Project|Secretariat|Senate|Service|Société|Society|Stiftung|Syndicate|Team|Trust|"
    r"Union|Universit(?:y|é|ät)|Verein|Verlag|Working Group)\b"
    r"|^The |(?<=\w) (?:of|for|and|&|für|pour) (?=\w)"
)
# Digits of a number that can be an edition's.
_LONGEST_NUMBER = 9
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_ROMAN_SUFFIX = re.compile(r"[IVX]+\.?")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, or a group's.

    Attributes:
        family: What the person is cited by, with a particle that belongs to it ("van den Berg"); all of a
            group's name.
        given: Given names or initials, as recorded; empty for a group.
        dropping: A particle left out in citations ("von" of Goethe).
        suffix: Such as "Jr." or "III".
        group: Whether it is the name of a group, or one that has no parts.
        ordered: Whether the family name always precedes the given name, without a comma: "Mori Ōgai".
    """

    family: str
    given: str = ""
    dropping: str = ""
    suffix: str = ""
    group: bool = False
    ordered: bool = False

    def direct(self, given: str | None = None, *, comma: bool = False) -> str:
        """``Josie Gill``.

        Args:
            given: Given names or initials to write; by default those recorded.
            comma: Whether a comma precedes "Jr."; a roman number never has one.
        """
        front = self.given if given is None else given
        if self._is_ordered():
            return self._in_order(front)
        name = " ".join(filter(None, (front, self.dropping, self.family)))
        if not self.suffix:
            return name
        return f"{name}{',' if comma and not _ROMAN_SUFFIX.fullmatch(self.suffix) else ''} {self.suffix}"

    def inverted(self, given: str | None = None) -> str:
        """``Gill, Josie``, or other given names or initials; a group loses its initial article."""
        if self.group:
            return cited_name(self)
        if self._is_ordered():
            return self._in_order(self.given if given is None else given)
        front = " ".join(filter(None, (self.given if given is None else given, self.dropping)))
        return ", ".join(filter(None, (self.family, front, self.suffix)))

    def _is_ordered(self) -> bool:
        return not self.group and (self.ordered or bool(_EAST_ASIAN.fullmatch(self.family)))

    def _in_order(self, given: str) -> str:
        between = "" if _EAST_ASIAN.fullmatch(self.family + given) else " "
        return between.join(filter(None, (self.family, given)))

    def initials(self, between: str = " ") -> str:
        """Initials of the given names, separated by ``between``: ``J. R.``; a hyphen remains: ``J.-P.``."""
        words = re.sub(r"\.(?=\w)", ". ", self.given).split()
        return between.join(filter(None, ("-".join(map(_initial, word.split("-"))) for word in words)))


def _initial(word: str) -> str:
    """``J.`` for Josie; words in lower case ("van") and scripts without capitals remain whole."""
    first = word[:1]
    return f"{first}." if first.isupper() else word


def name_from(item: Mapping[str, Any]) -> Name:
    """The name in a CSL name variable."""
    parts = {key: str(value).strip() for key, value in item.items() if isinstance(value, str)}
    if not parts.get("family"):
        return Name(parts.get("literal") or parts.get("given", ""), group=True)
    family = " ".join(filter(None, (parts.get("non-dropping-particle", ""), parts["family"])))
    return Name(
        family,
        parts.get("given", ""),
        parts.get("dropping-particle", ""),
        parts.get("suffix", ""),
        ordered=item.get("static-ordering") is True,
    )


def names_of(record: CSLItem, role: str = "author") -> list[Name]:
    """Names in a role of a record, without empty ones and without "et al."."""
    return [name for name in _all_names(record, role) if not _is_et_al(name)]


def has_others(record: CSLItem, role: str = "author") -> bool:
    """Whether a record names only some in a role, and "et al." or "others" replaces the rest."""
    names = _all_names(record, role)
    return len(names) > 1 and _is_et_al(names[-1])


def creators_are_cut(record: CSLItem) -> bool:
    """Whether the record names only some of those that the work is cited by."""
    return has_others(record, creators_of(record)[1])


def _all_names(record: CSLItem, role: str) -> list[Name]:
    names = (name_from(item) for item in record.get(role) or () if isinstance(item, Mapping))
    return [name for name in names if name.family]


def _is_et_al(name: Name) -> bool:
    return not name.given and bool(_ET_AL.fullmatch(name.family))


def creators_of(record: CSLItem) -> tuple[list[Name], str]:
    """Names that a work is cited by, and their role: authors, else editors or translators of a whole work.

    A work that is cited by its title has no names and the role ``author``.
    """
    for role in ("author",) if kind_of(record) == "chapter" else ("author", "editor", "translator"):
        if names := names_of(record, role):
            return names, role
    return [], "author"


def cited_name(name: Name) -> str:
    """What a name is cited by; a group's name loses its initial article."""
    return re.sub(r"^(?:The|An?)\s+", "", name.family) if name.group else name.family


def family_of(item: Mapping[str, str]) -> str:
    """What a CSL name is cited by; empty for "et al."."""
    name = name_from(item)
    return "" if _is_et_al(name) else cited_name(name)


def series(names: Sequence[str], conjunction: str, *, serial_comma: bool) -> str:
    """``A, B, and C``; with ``serial_comma``, a comma precedes the conjunction of three or more names."""
    if len(names) < 2:
        return "".join(names)
    comma = "," if serial_comma and len(names) > 2 else ""
    return f"{', '.join(names[:-1])}{comma} {conjunction} {names[-1]}"


def series_in(
    record: CSLItem, role: str, write: Callable[[Name], str], conjunction: str, *, serial_comma: bool
) -> str:
    """The names in a role as ``series`` has them; "et al." follows those of a list that is cut."""
    written = [write(name) for name in names_of(record, role)]
    if not has_others(record, role):
        return series(written, conjunction, serial_comma=serial_comma)
    return f"{', '.join(written)}{',' if len(written) > 1 else ''} et al."


def bylined(
    names: Sequence[Name], write: Callable[[Name], str], conjunction: str, *, comma_of_two: bool = False
) -> str:
    """Names of a list entry: ``Marsh, Ada, and Bo Lee``.

    Args:
        names: One or more names.
        write: Writes the first name; the others are not inverted.
        conjunction: Such as ``and``.
        comma_of_two: Whether a comma separates two names, as it always separates three or more.
    """
    written = [write(names[0]), *(name.direct() for name in names[1:])]
    if len(written) == 2:
        return f"{written[0]}{',' if comma_of_two else ''} {conjunction} {written[1]}"
    return series(written, conjunction, serial_comma=True)


def kind_of(record: CSLItem) -> WorkKind:
    """What kind of work a record describes.

    A work of unknown type with a container is an article, and an article without a container is a document.
    """
    kind = _KINDS.get(str(record.get("type", "")))
    if kind is None or kind in {"article", "periodical"}:
        return (kind or "article") if field(record, "container-title") else "document"
    return kind


def field(record: CSLItem, key: str) -> str:
    """A field as text; empty if the record has none."""
    value = record.get(key)
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def issue_of(record: CSLItem) -> str:
    """The issue with the en dash of several: ``1–2``."""
    return re.sub(r" ?(?:-+|–) ?", "–", field(record, "issue"))


def numbered_issue(record: CSLItem) -> str:
    """``no. 4``, or ``nos. 1–2``; empty without an issue."""
    issue = issue_of(record)
    several = re.search(r"\d ?[–,&/] ?\d| and ", issue)
    return f"{'nos.' if several else 'no.'} {issue}" if issue else ""


def article_number(record: CSLItem) -> str:
    """The number of an article in a journal that counts no pages."""
    is_article = kind_of(record) == "article" and not field(record, "page")
    return field(record, "number") if is_article else ""


def report_of(record: CSLItem, *, capitals: bool = False) -> str:
    """Genre and number of a report: ``Technical report CB-18``; with ``capitals`` as a name, if numbered."""
    if record.get("type") != "report":
        return ""
    genre, number = field(record, "genre"), field(record, "number")
    if capitals and number:
        genre = " ".join(f"{word[:1].upper()}{word[1:]}" for word in genre.split())
    return " ".join(filter(None, (genre, number)))


def doi_url(record: CSLItem) -> str:
    """The address of a DOI, however it is recorded; empty without one."""
    match = re.fullmatch(
        r"(https?://(?:dx\.)?doi\.org/)?(?:doi:\s*)?(.*)", field(record, "DOI"), re.IGNORECASE | re.DOTALL
    )
    if not match or not match[2]:
        return ""
    bare = unquote(match[2]) if match[1] else match[2]
    return f"https://doi.org/{quote(bare, safe=_IN_DOI)}"


def link_of(record: CSLItem) -> str:
    """Address of a work: that of its DOI, else its URL."""
    return doi_url(record) or field(record, "URL")


def _ordinal(number: str) -> str:
    """``2nd`` for 2; words remain."""
    if not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        return number
    value = int(number)
    return f"{value}{'th' if value % 100 in {11, 12, 13} else _ENDINGS.get(value % 10, 'th')}"


def _is_first_edition(number: str) -> bool:
    """Whether an edition is the first, which is not printed."""
    return number.casefold() in {"", "1", "1st", "first", "first edition"}


def edition_of(record: CSLItem, word: str) -> str:
    """``2nd ed.``, with the style's word for edition; empty for a first edition."""
    edition = field(record, "edition")
    if _is_first_edition(edition):
        return ""
    bare = re.sub(r"(?:ed\.?|edn\.?|edition)$", "", edition, flags=re.IGNORECASE).rstrip()
    return f"{_ordinal(bare)} {word}"


def csl_item(
    fields: Mapping[str, str],
    *,
    people: Mapping[str, Sequence[str | Mapping[str, str]]],
    dates: Mapping[str, str],
    losses: Sequence[str] = (),
) -> CSLItem:
    """Make a CSL-JSON item.

    Args:
        fields: Texts by CSL field; empty ones are left out.
        people: Names by role, as printed or as CSL names.
        dates: Dates by CSL field, in ISO 8601 or in words.
        losses: Sentences on what was in the source and is not in the record.
    """
    item: dict[str, Any] = {key: tidy_text(value) for key, value in fields.items() if value.strip()}
    if page := tidy_pages(item.pop("page", "")):
        item["page"] = page
    for role, names in people.items():
        if names:
            item[role] = [parse_name(name) if isinstance(name, str) else dict(name) for name in names]
    for key, printed in dates.items():
        if date := csl_date(printed):
            item[key] = date
    if losses:
        item["custom"] = {"lost": list(dict.fromkeys(losses))}
    return item


def losses_of(record: CSLItem) -> list[str]:
    """What the source of a record has and the record has not, a sentence each."""
    custom = record.get("custom")
    lost = custom.get("lost") if isinstance(custom, Mapping) else ()
    return [str(sentence) for sentence in lost] if isinstance(lost, (list, tuple)) else []


def without_losses(record: CSLItem) -> CSLItem:
    """A record that a user has looked through, without the sentences on what was lost."""
    custom = record.get("custom")
    if not isinstance(custom, Mapping) or "lost" not in custom:
        return record
    rest = {key: value for key, value in custom.items() if key != "lost"}
    kept = {key: value for key, value in record.items() if key != "custom"}
    return kept | ({"custom": rest} if rest else {})


def tidy_text(text: str) -> str:
    """A text on one line, with the characters that its HTML entities (``&amp;``) name."""
    return re.sub(r"[^\S\u00a0\u202f]+", " ", tidy_entities(text)).strip()


def tidy_entities(text: str) -> str:
    """A text with the characters that its HTML entities name."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def tidy_pages(pages: str) -> str:
    """Pages without the label that some exports write: ``201-219`` of ``pp. 201–219``."""
    bare = (
        _PAGES_LABEL.sub("", " ".join(pages.split()), count=1) if _PAGES_LABEL.match(pages.strip()) else pages
    )
    bare = re.sub(r"(?<=\d) (?:to|bis|à) (?=\d)", "-", re.sub(r"[\[\]]", "", " ".join(bare.split())))
    return re.sub(r" ?(?:-+|–|—|‐|−) ?(?:pp?\. ?(?=\d))?", "-", bare).rstrip(".,;")


def parse_listed_name(printed: str, *, inverts: bool = False) -> dict[str, str]:
    """A name of a list of authors, which can be an institution's.

    Args:
        printed: The name.
        inverts: Whether the list writes persons as ``Gill, Josie``, so that three words or more without a
            comma are an institution's name.
    """
    name = tidy_entities(" ".join(printed.split()))
    if _is_et_al(Name(name)):
        return dict(ET_AL)
    words = name.split()
    is_group = "," not in name and len(words) > 1 and bool(_INSTITUTION.search(name))
    if name.endswith((", The", ", the")):
        return {"literal": f"The {name[:-5]}"}
    if inverts and "," not in name and len(words) > 2:
        is_group = is_group or not any(len(word.strip(".")) < 2 or word[0].islower() for word in words)
    return {"literal": name} if is_group else parse_name(name)


def parse_name(printed: str) -> dict[str, str]:
    """A printed name as a CSL name: ``Gill, Josie``, ``Gates, Henry Louis, Jr.`` or ``Josie Gill``."""
    if "," in printed:
        family, given, *suffix = (part.strip() for part in printed.split(",", 2))
        if not given:
            return {"literal": family}
        return {"family": family, "given": given} | ({"suffix": suffix[0]} if suffix and suffix[0] else {})
    words = printed.split()
    if len(words) < 2:
        return {"literal": printed.strip()}
    # "van den Berg" begins with its first small word.
    small = (index for index, word in enumerate(words[1:-1], 1) if word[0].islower())
    split = next(small, len(words) - 1)
    return {"family": " ".join(words[split:]), "given": " ".join(words[:split])}


def people_of(record: CSLItem, role: str) -> list[dict[str, str]]:
    """Names in a role as exchange formats have them: family, given and suffix, or one undivided name."""
    people = []
    for name in names_of(record, role):
        given = " ".join(filter(None, (name.given, name.dropping)))
        parts = {"family": name.family, "given": given, "suffix": name.suffix}
        undivided = name.group or not given
        people.append(
            {"literal": name.family} if undivided else {key: part for key, part in parts.items() if part}
        )
    return people
