"""Which essay a citation key means: by the draft's bibliography, or by the ways in which keys are made.

A key that shows neither cannot be told; it is never taken for a work that the library does not have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.citations.record import family_of
from assistant.core.essay import CSLItem, letters_and_digits, plain_title
from assistant.drafts.wording import without_case_and_accents

# An entry of a bibliography: a record, or the text of it that a draft prints.
WorkEntry = CSLItem | str

_TOKEN = re.compile(r"[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+|[A-ZÀ-ÖØ-Þ]+(?![a-zß-öø-ÿ])|\d+")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_FEWEST_LETTERS = 8
# Letters of a name by which a key that begins with it and has a year is of some other work.
_SHORTEST_NAME = 3
_PARTICLES = frozenset("the a an of on in and or to for der die das von und le la les de du des et".split())
# Characters of a key; a longer one is none.
_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class _Known:
    """What keys are made of, for one essay: letters without case and accents.

    Attributes:
        ids: Its id, that of its record, its citation key and its DOI.
        names: What it may be cited by, the longest first.
        others: Family names of its other authors.
        year: The year, or the empty string.
        title: The words of its title.
        letters: The title's letters and digits, those before its colon, and the family name.
    """

    ids: frozenset[str]
    names: tuple[str, ...]
    others: tuple[str, ...]
    year: str
    title: tuple[str, ...]
    letters: tuple[str, str, str]


class CitationKeys:
    """Tells which essays keys mean.

    Args:
        records: The record of each essay by id.
    """

    def __init__(self, records: Mapping[str, CSLItem]) -> None:
        self._known = {essay_id: _known(essay_id, record) for essay_id, record in records.items()}

    def essays(self, key: str, entry: WorkEntry | None = None) -> frozenset[str] | None:
        """Ids of the essays that a key may mean.

        Args:
            key: The key.
            entry: The entry that it has in the draft's bibliography, if one is known.

        Returns:
            An empty set if it is another work's; ``None`` if that cannot be told.
        """
        if entry is not None:
            meant = frozenset(name for name, known in self._known.items() if _is_entry_of(entry, known))
            # A printed entry may give a title in another form.
            return None if not meant and self._names_author(entry) else meant
        if len(key) > _LONGEST_KEY:
            return None
        letters = letters_and_digits(without_case_and_accents(key))
        named = {name for name, known in self._known.items() if letters in known.ids}
        named |= {name for name, known in self._known.items() if _is_made_of(key, known)}
        if named:
            return frozenset(named)
        return frozenset() if self.is_readable(key) else None

    def _names_author(self, entry: WorkEntry) -> bool:
        """Whether the printed text of an entry names an author of the essays."""
        if not isinstance(entry, str):
            return False
        letters = letters_and_digits(without_case_and_accents(entry))
        return any(known.letters[2] and known.letters[2] in letters for known in self._known.values())

    def is_readable(self, key: str) -> bool:
        """Whether a key shows the name and the year of a work, which no essay has."""
        tokens = _tokens(key)
        years = [token for token in tokens if _YEAR.fullmatch(token)]
        if not years or not tokens[0].isalpha() or len(tokens[0]) < _SHORTEST_NAME:
            return False
        return not any(
            years[0] == known.year or _has_part(tokens[0], known) for known in self._known.values()
        )


def _known(essay_id: str, record: CSLItem) -> _Known:
    authors = [without_case_and_accents(family_of(name)) for name in record.get("author", ())]
    dates = record.get("issued", {}).get("date-parts") or [[]]
    title = without_case_and_accents(plain_title(record))
    words = tuple(re.findall(r"[^\W_]+", re.sub(r"[’']", "", title)))
    ids = {essay_id, *(str(record.get(name, "")) for name in ("id", "citation-key", "DOI"))} - {""}
    names: list[str] = []
    if authors:
        parts = [part for part in re.findall(r"[^\W_]+", authors[0]) if part not in _PARTICLES]
        whole = re.findall(r"[^\W_]+", authors[0])
        names = ["".join(whole), "".join(parts), *parts[:1], *parts[-1:], *(part[:3] for part in parts[:1])]
    names += [acronym for acronym in _acronyms(record) if len(acronym) >= _SHORTEST_NAME]
    return _Known(
        frozenset(letters_and_digits(without_case_and_accents(each)) for each in ids),
        tuple(sorted({name for name in names if len(name) > 1}, key=len, reverse=True)),
        tuple(letters_and_digits(author) for author in authors[1:]),
        str(dates[0][0]) if dates[0] else "",
        words,
        (
            letters_and_digits(title),
            letters_and_digits(re.split(r"[:.?!]", title)[0]),
            letters_and_digits(authors[0]) if authors else "",
        ),
    )


def _tokens(key: str) -> list[str]:
    """Words and numbers of a key, divided at marks and at capitals."""
    return [without_case_and_accents(token) for token in _TOKEN.findall(key)]


def _is_made_of(key: str, known: _Known) -> bool:
    """Whether a key is made of an essay's name, year and title as reference managers make keys."""
    tokens = _tokens(key)
    if any(len(token) == 4 and _YEAR.fullmatch(token) and token != known.year for token in tokens):
        return not known.year and _is_made_of(_YEAR.sub("", key), known)
    letters = "".join(tokens)
    for name in known.names:
        # "gill" in "gilligan2014" is not Gill; a capital or a mark divides in "GillWritten".
        if not letters.startswith(name):
            continue
        rest = _after(tokens, len(name))
        if rest is not None and all(_is_part(token, known) for token in rest):
            return len(name) > _SHORTEST_NAME or bool(rest)
    words = [token for token in tokens if token.isalpha()]
    titled = bool(words) and all(_is_of_title(token, known.title) for token in words)
    return (
        titled and sum(map(len, words)) >= _FEWEST_LETTERS and all(_is_part(each, known) for each in tokens)
    )


def _after(tokens: Sequence[str], length: int) -> list[str] | None:
    """The tokens after the first letters; ``None`` if they end within a token, unless a title follows."""
    rest = list(tokens)
    while rest and length >= len(rest[0]):
        length -= len(rest.pop(0))
    if length:
        rest[0] = rest[0][length:]
    return rest


def _is_part(token: str, known: _Known) -> bool:
    """Whether what follows the name in a key is the year, a number, words of the title or another name."""
    if token.isdecimal():
        return token == known.year or (len(token) < 4 and (len(token) < 2 or token == known.year[-2:]))
    if len(token) == 1 or token in {"etal", "et", "al", *known.others}:
        return True
    return _is_of_title(token, known.title)


def _is_of_title(token: str, title: Sequence[str]) -> bool:
    """Whether letters are words of a title in their order, the last of them perhaps cut off."""
    reached = {0}
    for word in title:
        if any(len(token) - place >= 3 and word.startswith(token[place:]) for place in reached):
            return True
        reached |= {place + len(word) for place in reached if token.startswith(word, place)}
    return len(token) in reached


def _has_part(token: str, known: _Known) -> bool:
    """Whether the first letters of a key may be from an essay's name or title, or its initials."""
    initials = "".join(word[0] for word in known.title)
    parts = {*known.names, *known.title, *known.others, *known.ids, initials}
    return any(part.startswith(token) or token.startswith(part) for part in parts if len(part) > 2)


def _is_entry_of(entry: WorkEntry, known: _Known) -> bool:
    return _is_text_of(entry, known) if isinstance(entry, str) else _is_record_of(entry, known)


def _is_record_of(record: CSLItem, known: _Known) -> bool:
    """Whether a record of a bibliography is that of an essay."""
    doi = letters_and_digits(str(record.get("DOI", "")))
    if len(doi) >= _FEWEST_LETTERS and doi in known.ids:
        return True
    title = letters_and_digits(without_case_and_accents(plain_title(record)))
    whole, main, _ = known.letters
    if not title or not (title in {whole, main} or (len(main) >= _FEWEST_LETTERS and title.startswith(main))):
        return False
    authors = [
        letters_and_digits(without_case_and_accents(family_of(name))) for name in record.get("author", ())
    ]
    return not authors or not known.names or any(_is_name(author, known) for author in authors)


def _is_name(author: str, known: _Known) -> bool:
    return author in known.names or author in known.others or author.endswith(known.letters[2])


def _is_text_of(text: str, known: _Known) -> bool:
    """Whether the printed text of an entry is that of an essay."""
    letters = letters_and_digits(without_case_and_accents(text))
    whole, main, name = known.letters
    title = main if len(main) >= _FEWEST_LETTERS else whole
    return bool(title) and title in letters and name in letters


def by_acronym(short: str, records: Mapping[str, CSLItem]) -> frozenset[str]:
    """Ids of the essays whose author's name or title has these initials."""
    letters = letters_and_digits(without_case_and_accents(short))
    return frozenset(name for name, record in records.items() if letters in _acronyms(record))


def _acronyms(record: CSLItem) -> set[str]:
    title = without_case_and_accents(plain_title(record)).replace("’", "").replace("'", "")
    texts = [title, re.split(r"[:.?!]", title)[0]]
    # Only an institution is cited by its initials.
    authors = record.get("author", ())
    texts += [without_case_and_accents(str(name["literal"])) for name in authors if "literal" in name]
    acronyms = set()
    for text in texts:
        words = re.findall(r"[^\W_]+", text)
        main = [word for word in words if word not in _PARTICLES]
        acronyms |= {"".join(word[0] for word in several) for several in (words, words[1:], main)}
    return {acronym for acronym in acronyms if len(acronym) > 1}
