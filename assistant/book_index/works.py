"""The works that an essay names by title, each with its short forms, its author and all places.

A title is known by italics, by quotation marks around words with capitals, by the list of works cited, by a
citation, and in plain text by capitals on words that have none elsewhere (``the Remains of the Day``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.attribution.parentheticals import BRACKETS, parse
from assistant.attribution.quoted_spans import QuotedSpans, pairs
from assistant.book_index.capitals import FUNCTION_WORDS, WordUse
from assistant.book_index.lexicon import ANONYMOUS_WORKS, HONORIFICS, WORK_NOUNS
from assistant.book_index.titles import ARTICLE, SMALL_IN_TITLES, WORD, CapitalTitles, TitleInText
from assistant.core.answer import QuotedWords
from assistant.core.essay import Passage, Span

# The author of an entry of a list of works cited ends at a full stop that ends no initial, or at a year.
_AUTHOR_END = re.compile(r"(?<![ .][A-ZÀ-Þ])(?<!^[A-ZÀ-Þ])\.\s+|\s(?=\((?:1[0-9]|20)\d\d)|,?\s(?=[\"“])")
_ENTRY_YEAR = re.compile(r"\(?(?P<year>(?:1[0-9]|20)\d\d)[a-z]?\)?[.,:]?\s+")
_QUOTED_TITLE = re.compile(r"[\"“](?P<title>[^\"”]{2,300}?)[.,?!]?[\"”]")
_PLAIN_TITLE = re.compile(
    r"(?P<title>(?:[^.?!]|(?<=\bSt)\.|(?<=\bMr)\.|(?<=\bMrs)\.|(?<=\bDr)\.|(?<=\b[A-Z])\.){2,300}[?!]?)"
)
# Italics as plain text shows them.
_UNDERLINED = re.compile(r"(?<![\w_])_(?P<words>[^_]{2,200})_(?!\w)")
_MADE_BY = re.compile(r"(?:Dir|Directed|Prod|Produced|Perf|Written|Created)\b")
_YEAR = re.compile(r"(?:c\. ?)?\b(?:1[0-9]|20)\d\d\b|\bc\. ?\d{2,4}\b")
_ANONYMOUS = re.compile(rf"\b(?:{ANONYMOUS_WORKS})\b")
_TITLE_BEFORE = re.compile(
    rf"(?:\b(?:{WORK_NOUNS}|called|entitled|titled|[Ii]n|his|her|\d{{4}})|['’]s?)[,:]?\s+[\"“‘']?$"
)
_SAID = re.compile(r"[\"”’'],?\s+(?:he|she|they|we|I)\s+[a-z]")
_OF_PERSON = re.compile(r"[\"”’'],?\s+(?:of|by)\s+[A-ZÀ-Þ]")
_ENDING = " \n\t.,;:"


@dataclass(eq=False, slots=True)
class Work:
    """A work that an essay names.

    Attributes:
        title: Its title as an entry: the fullest form that the essay prints.
        authors: Family names that citations or the list of works cited give for it.
        year: Year in the list of works cited or after the title.
        mentions: Passage number, start and end of each place, in reading order.
    """

    title: str
    authors: list[str] = field(default_factory=list)
    year: str = ""
    mentions: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """The title as an index has it: ``Dunciad, The``."""
        article = ARTICLE.match(self.title)
        rest = self.title[article.end() :] if article else ""
        return f"{rest}, {article[0].strip()}" if article and rest else self.title


class Works:
    """The works of an essay.

    Args:
        passages: The passages that are indexed, in reading order.
        references: The entries of the list of works cited.
        record_titles: Titles in italics within the title of the essay's record.
        quoted: The words that each passage quotes, by passage id.
        use: How the essay writes its words.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        references: Sequence[str],
        record_titles: Sequence[str],
        quoted: Mapping[str, Sequence[QuotedWords]],
        use: WordUse,
    ) -> None:
        self._passages, self._quoted = passages, quoted
        self._use = use
        self._double = QuotedSpans(passages).double
        self._listed = _listed(references)
        self._has_emphasis = any(passage.emphasis for passage in passages)
        self.works = self._joined([*self._candidates(record_titles)])

    def spans(self) -> list[list[Span]]:
        """The spans of titles in each passage, in order and without overlap."""
        spans: list[list[Span]] = [[] for _ in self._passages]
        for work in self.works:
            for number, start, end in work.mentions:
                spans[number].append((start, end))
        return [sorted(each) for each in spans]

    def _candidates(self, record_titles: Sequence[str]) -> Iterator[TitleInText]:
        known = [title for title in record_titles if len(WORD.findall(title)) > 1]
        known += [title for title, _, _ in self._listed]
        capitals = CapitalTitles(self._passages, self._use, known)
        for number, passage in enumerate(self._passages):
            yield from self._set_off(number, passage)
            yield from self._cited(number, passage)
            yield from capitals.find(number)
        # Last, so that longer forms that the essay prints come first.
        yield from self._known(known)

    def _set_off(self, number: int, passage: Passage) -> Iterator[TitleInText]:
        """Titles in italics and between quotation marks."""
        text = passage.text
        for start, end in passage.emphasis or [match.span("words") for match in _UNDERLINED.finditer(text)]:
            words = WORD.findall(text[start:end])
            if words and _is_headline(words) and not _ends_sentence(text[start:end]) and not _is_word(words):
                yield _trimmed(number, text, start, end)
        if passage.kind in {"blockquote", "verse"}:
            return
        outer = pairs(text, double=self._double)[0]
        inner = [
            (start + low, start + high)
            for start, end in outer
            for low, high in pairs(text[start:end], double=not self._double)[0]
        ]
        for start, end in outer + inner:
            words = WORD.findall(text[start:end])
            if len(words) < 2 or not _is_headline(words) or self._is_speech(text, start, end):
                continue
            # "Culture Briefing" may be any words with capitals; a title is called one.
            named = _TITLE_BEFORE.search(text, max(0, start - 40), start) or _OF_PERSON.match(text, end)
            if len(words) > 2 or named:
                yield _trimmed(number, text, start, end)

    def _is_speech(self, text: str, start: int, end: int) -> bool:
        """Whether words between marks are somebody's and no title: a page or a full stop follows."""
        if _ends_sentence(text[start:end]):
            return True
        if text[end - 1] == "," and _SAID.match(text, end):
            return True
        return bool(re.match(r"[\"”’']\s?\((?:pp?\. ?)?\d+(?:[-–]\d+)?\)", text[end : end + 14]))

    def _cited(self, number: int, passage: Passage) -> Iterator[TitleInText]:
        """Titles in citations: ``(Goldberg, Threat 23)``, ``("Call and Response" 92)``."""
        text = passage.text
        for brackets in BRACKETS.finditer(text):
            citation = parse(brackets[0])
            if citation is None:
                continue
            title, author = citation.title, citation.names[0] if citation.names else ""
            if (
                citation.form == "named"
                and not title
                and self._is_title(number, brackets.start(), citation.names)
            ):
                title, author = citation.names[0], self._author_at(number, brackets.start())
            if not title:
                continue
            start = text.find(title, brackets.start())
            if start >= 0:
                candidate = _trimmed(number, text, start, start + len(title))
                yield TitleInText(number, candidate.start, candidate.end, candidate.text, author, short=True)

    def _is_title(self, number: int, offset: int, names: Sequence[str]) -> bool:
        """Whether what looks like an author in a citation is a title: ``(Interview 202)``."""
        if len(names) != 1 or self._is_named(names[0]):
            return False
        author = self._author_at(number, offset)
        if author and names[0] not in author:
            return True
        passage = self._passages[number]
        sentence = next((span for span in passage.sentences if span[0] <= offset < span[1]), None)
        # Films and programmes are cited by title.
        return (
            sentence is not None
            and not author
            and bool(_ANONYMOUS.search(passage.text, *sentence))
            and not any(
                character.isdigit() for character in passage.text[offset : offset + len(names[0]) + 8]
            )
        )

    def _is_named(self, family: str) -> bool:
        return self._use.inner(family) > 1 or family in {author for _, author, _ in self._listed}

    def _author_at(self, number: int, offset: int) -> str:
        """Whose words the citation at an offset follows, as the essay attributes them."""
        passage = self._passages[number]
        quoted = [words for words in self._quoted.get(passage.id, ()) if words.end <= offset <= words.end + 4]
        return quoted[-1].author if quoted else ""

    def _known(self, titles: Iterable[str]) -> Iterator[TitleInText]:
        """Titles of the list of works cited, in full and as far as a colon."""
        for title in titles:
            forms = {title, title.partition(":")[0].strip()}
            forms |= {ARTICLE.sub("", form) for form in forms}
            for form in sorted(forms, key=len, reverse=True):
                words = WORD.findall(form)
                if not words or (len(words) == 1 and (self._use.lower(form) or len(form) < 4)):
                    continue
                for number, passage in enumerate(self._passages):
                    for match in re.finditer(rf"(?<![\w]){re.escape(form)}(?![\w])", passage.text):
                        yield TitleInText(number, match.start(), match.end(), match[0], short=form != title)

    def _joined(self, candidates: list[TitleInText]) -> list[Work]:
        """One work for all forms of a title."""
        works: dict[str, Work] = {}
        for title, author, year in self._listed:
            works.setdefault(_key(title), Work(title, [author] if author else [], year))
        listed = set(works)
        kept = _longest(candidates)
        kept.sort(key=lambda each: (-len(_key(each.text).split()), each.number, each.start))
        for candidate in kept:
            key = _key(candidate.text)
            name = key if key in works else _full_title(key, candidate, works)
            if candidate.weak and name not in works:
                continue
            work = works.setdefault(name, Work(candidate.text))
            if key == name and len(candidate.text) > len(work.title):
                work.title = candidate.text
            work.mentions.append((candidate.number, candidate.start, candidate.end))
            if candidate.author and candidate.author not in work.authors:
                work.authors.append(candidate.author)
        found = [work for work in works.values() if work.mentions]
        for work in found:
            work.mentions.sort()
            self._date(work)
            if _key(work.title) in listed:
                work.title = self._printed(work)
        return self._also_listed_forms(found)

    def _printed(self, work: Work) -> str:
        """The title of a listed work as the essay prints it, which may be without its article."""
        forms = (self._passages[number].text[start:end] for number, start, end in work.mentions)
        return max((form for form in forms if _key(form) == _key(work.title)), key=len, default=work.title)

    def _also_listed_forms(self, works: list[Work]) -> list[Work]:
        """All works, with the other places of each title that was found only once by the words around it."""
        covered = self.spans_of(works)
        for work in works:
            forms = {self._passages[n].text[low:high] for n, low, high in work.mentions}
            forms = {
                form
                for form in forms
                if len(WORD.findall(form)) > 1 or (len(form) > 4 and not self._use.lower(form))
            }
            for form in sorted(forms, key=len, reverse=True):
                if form.split()[0].rstrip(".") in HONORIFICS:
                    # "Mr. Smith" is a title where it is marked as one, and elsewhere a person.
                    continue
                if len(WORD.findall(form)) == 1 and not any(
                    self._passages[n].text[low:high] == work.title
                    for n, low, high in work.mentions
                    if form == work.title
                ):
                    continue
                for number, passage in enumerate(self._passages):
                    for match in re.finditer(rf"(?<![\w]){re.escape(form)}(?![\w])", passage.text):
                        if all(match.end() <= low or high <= match.start() for low, high in covered[number]):
                            covered[number].append(match.span())
                            work.mentions.append((number, *match.span()))
            work.mentions.sort()
        return works

    def spans_of(self, works: Sequence[Work]) -> list[list[Span]]:
        """The spans of some works in each passage."""
        spans: list[list[Span]] = [[] for _ in self._passages]
        for work in works:
            for number, start, end in work.mentions:
                spans[number].append((start, end))
        return spans

    def _date(self, work: Work) -> None:
        if work.year:
            return
        for number, _, end in work.mentions:
            if dated := re.match(
                r"[\"”’']?\s+\((?P<year>(?:1[0-9]|20)\d\d)\)", self._passages[number].text[end : end + 12]
            ):
                work.year = dated["year"]
                return


def _longest(candidates: Iterable[TitleInText]) -> list[TitleInText]:
    """The candidates that no longer one overlaps."""
    covered: defaultdict[int, list[Span]] = defaultdict(list)
    kept = []
    for candidate in sorted(candidates, key=lambda each: (each.start - each.end, each.author == "")):
        spans = covered[candidate.number]
        if all(candidate.end <= low or high <= candidate.start for low, high in spans):
            spans.append((candidate.start, candidate.end))
            kept.append(candidate)
    return kept


def _key(title: str) -> str:
    """A title for comparison: without its article, its subtitle's colon, case and marks."""
    bare = ARTICLE.sub("", title.strip())
    return " ".join(WORD.findall(bare.casefold().replace("’", "'")))


def _full_title(key: str, candidate: TitleInText, works: Mapping[str, Work]) -> str:
    """The key of the only longer title that a form shortens; the form's own if there is none."""
    words = key.split()
    longer = [
        other
        for other, work in works.items()
        if len(other.split()) > len(words)
        and _shortens(words, other.split())
        and (len(words) > 1 or candidate.short or work.mentions)
    ]
    if candidate.author and len(longer) > 1:
        longer = [other for other in longer if candidate.author in works[other].authors] or longer
    return longer[0] if len(longer) == 1 else key


def _shortens(words: Sequence[str], title: Sequence[str]) -> bool:
    """Whether words are the beginning of a title, or its end after a lead such as ``The History of the``."""
    size = len(words)
    return list(title[:size]) == list(words) or (size > 2 and list(title[-size:]) == list(words))


def _is_word(words: Sequence[str]) -> bool:
    """Whether words in italics are one that is only stressed, or a name in the possessive."""
    return len(words) == 1 and (words[0].casefold() in FUNCTION_WORDS or words[0].endswith(("'s", "’s")))


def _is_headline(words: Sequence[str]) -> bool:
    """Whether words have capitals as titles do: all but articles, prepositions and the like."""
    if not (words[0][0].isupper() or words[0][0].isdigit()):
        return False
    lower = [word for word in words if word[0].islower()]
    return all(word in SMALL_IN_TITLES for word in lower) and 2 * len(lower) <= len(words)


def _ends_sentence(words: str) -> bool:
    return words.rstrip("'’” ").endswith((".", "!", ";"))


def _trimmed(number: int, text: str, start: int, end: int) -> TitleInText:
    end -= len(text[start:end]) - len(text[start:end].rstrip(_ENDING))
    while start < end and text[start] in "\"“‘'«„":
        start += 1
    while end > start and text[end - 1] in "\"”’'»“":
        end -= 1
    return TitleInText(number, start, end, text[start:end])


def _listed(references: Iterable[str]) -> list[tuple[str, str, str]]:
    """Title, author's family name and year of each entry of a list of works cited."""
    entries: list[tuple[str, str, str]] = []
    last = ""
    for reference in references:
        text = re.sub(r"^\W*(?:\d+[.\])]\s+)?", "", reference)
        end = _AUTHOR_END.search(text)
        if end is None:
            continue
        author, rest = text[: end.start()].strip(), text[end.end() :]
        if not author or set(reference[:4].strip()) <= set("-–—_."):
            author, rest = last, text if not author else rest
        year = ""
        if dated := _ENTRY_YEAR.match(rest):
            year, rest = dated["year"], rest[dated.end() :]
        match = _QUOTED_TITLE.match(rest) or _PLAIN_TITLE.match(rest)
        if match is None:
            continue
        last, title = author, match["title"]
        if _MADE_BY.match(rest):
            author, title = "", text[: end.start()]
        year = year or next(iter(_YEAR.findall(rest[match.end() :])), "")
        entries.append((title.strip().rstrip(_ENDING), author.partition(",")[0].strip(), year))
    return entries
