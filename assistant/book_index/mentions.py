"""Where an essay may name a person, and what speaks for it and against it at each place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.attribution.parentheticals import BRACKETS, parse
from assistant.book_index.capitals import (
    FUNCTION_WORDS,
    CapitalRun,
    CapitalWord,
    WordUse,
    is_english,
    runs_of,
)
from assistant.book_index.lexicon import (
    ALONE,
    BELONGINGS,
    CALENDAR,
    GIVEN_NAMES,
    HONORIFICS,
    NO_PERSONS,
    PEOPLES,
    PERSON_NOUNS,
    PERSON_VERBS,
    PLACES,
    SINGLE_NAMES,
    WORK_NOUNS,
)
from assistant.core.essay import Passage, Span

_INITIAL = re.compile(r"[^\W\d_]\.")
_PARTICLES = frozenset(
    "de der den van von vom zu du di da del della la le les ter ther ibn bin ben al el af av y".split()
)
# Particles that some names have with a capital.
_PREFIXES = frozenset("de du di da la le van von del della".split())
_SUFFIX = re.compile(r",? (?:[JS]r\.|II|III|IV)(?!\w)")
_CONTRACTED = re.compile(r"(?:I|He|She|It|We|You|They|That|There|Who|What)['’](?:m|ve|ll|d|re|s)$|I$|[A-Z]$")
_MIXED = re.compile(
    r"(?:Mac|Mc|O['’]|D['’]|L['’]|Fitz|De|Du|La|Le|Van|Von|Di|[^\W\d_]+[-‐]|al[-‐]|el[-‐]|"
    r"[dl]['’])?[^\W\d_][^\W\d_]*$"
)
# "Benjamins Essay"
_WORK = re.compile(WORK_NOUNS)
_PREFIX = re.compile(r"^(?:Mac|Mc|Fitz|De|Du|La|Le|Van|Von|Di)(?=[A-ZÀ-Þ])")
_ARTICLE = re.compile(
    r"\b(?:[Tt]he|[Aa]n?|[Tt]hese|[Tt]hose|[Tt]heir|[Ii]ts|[Ee]very|[Ee]ach|[Aa]ny|[Nn]o|[Ss]ome|[Oo]ur|"
    r"[Mm]any|[Mm]ost|[Aa]ll|[Oo]ther)\s+$"
)
# "the ignorant Southerner"
_DESCRIBED_BEFORE = re.compile(r"\b(?:[Tt]he|[Aa]n?)\s+(?:[a-z-]+\s+)?(?P<last>[a-z-]+)\s+$")
# "the songs of Phyllis", "the accomplishments of Banneker"
_DOING_OF = re.compile(
    rf"\b(?:{BELONGINGS}|songs?|martyrdom|accomplishments?|genius|influence|doctrines?|teachings?|"
    r"followers?|disciples?|admirers?|contemporar(?:y|ies)|rivals?|"
    r"reign|fate|paintings?|pictures?|music|speech(?:es)?) of\s+$"
)
_IN = re.compile(r"\b(?:[Ii]n|[Aa]t|[Nn]ear|[Aa]cross|[Tt]hroughout|[Oo]utside|[Ii]nside|[Aa]round)\s+$")
_FROM = re.compile(
    r"\b(?:[Ff]rom|[Tt]o|[Tt]owards?|[Ii]nto|[Tt]hrough|north of|south of|east of|west of)\s+$"
)
_ROLE = re.compile(rf"\b(?:{PERSON_NOUNS}),?\s+$")
_OF_PLACE = re.compile(
    r"\b(?:battle|siege|city|town|village|port|port|streets?|county|kingdom|republic|university|people|men|citizens|"
    r"[Mm]aster|"
    r"king|queen|duke|duchess|prince|princess|earl|count|bishop|archbishop|capital|coast|shores?|"
    r"suburbs?|outskirts) of\s+$"
)
_BY = re.compile(r"\b(?:by|according to|[Aa]ccording to|[Ff]or|[Ww]ith|like|unlike)\s+$")
# "Thamus, king of Egypt", "Chrissie was a tall girl", "Alypius, who".
_DESCRIBED = re.compile(
    r",?\s+(?:\([^()]{0,40}\),?\s+)?(?:who|whose|whom)\b"
    r"|(?:,\s+[\"“‘]?(?:an?\s+|the\s+|this\s+|his\s+|her\s+)?|\s+(?:is|was)\s+(?:an?|the)\s+)"
    rf"(?:[a-z-]+\s+){{0,3}}?(?:{PERSON_NOUNS}|guy)\b"
)
_VERB = re.compile(
    r",?\s+(?:\([^()]{0,60}\)\s+)?(?:(?:has|had|have|is|was|would|could|will|does|did|also|not|never|"
    r"himself|herself|\w+ly)\s+){0,3}(?P<verb>[^\W\d_]+)"
)
_OWNS = re.compile(rf"\s+(?:\w+\s+){{0,2}}?(?:{BELONGINGS})\b")
_BORN = re.compile(r"\s+\((?:(?:c\.|ca\.|b\.|d\.)\s?)?\d{3,4}(?:\s?[-–—]\s?(?:c\.\s?)?\d{2,4})?\)")
_PRONOUN = re.compile(r"\b(?:he|she|his|her|him|himself|herself|He|She|its)\b")
_NEXT_NAME = re.compile(r"(?<=[\w,'’\"”] )(?!I\b|He\b|She\b|His\b|Her\b)[A-ZÀ-Þ]|;")
_NOUN_AFTER = re.compile(r"\s+(?P<word>[a-zß-ÿ][^\W\d_]+)")
_VERSE_LOCATOR = re.compile(r"\s+\d{1,3}:\d")
_KIND_ENDING = re.compile(r"(?:[ie]an|ese|ish|ists?|isms?|ians)$")
# More capitals than this within sentences are no accident of a plural that looks like one.
_OFTEN = 2
# Characters before and after a name that are looked at.
_BEFORE, _AFTER = 40, 90


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMention:
    """A place at which a person may be named.

    Attributes:
        number: Number of the passage among those indexed.
        start: Offset of the first word of the name.
        end: Offset after its last word, without a possessive ending.
        honorific: A title before the name, or the empty string.
        given: The words before the family name.
        family: The family name with its particles, or the only word of the name.
        suffix: ``Jr.`` or ``the Elder``; ``of Caesarea`` of a name that has no family name.
        prior: What the words of the name themselves say for a person, less what they say against one.
        context: What the words around them say.
        opens_common: Whether the word may be capitalised only because a sentence begins with it.
        cited: Whether a citation in brackets names it as an author.
    """

    number: int
    start: int
    end: int
    honorific: str
    given: tuple[str, ...]
    family: str
    suffix: str
    prior: float
    context: float
    opens_common: bool
    cited: bool

    @property
    def is_full(self) -> bool:
        """Whether it has a given name and a family name."""
        return bool(self.given)


def mentions_of(
    number: int, passage: Passage, use: WordUse, titles: Sequence[Span], surnames: frozenset[str]
) -> Iterator[PersonMention]:
    """The places of a passage that may name persons, in order.

    Args:
        number: The passage's number.
        passage: The passage.
        use: How the essay writes its words.
        titles: Spans of titles, in which nobody is named.
        surnames: Family names that are common words too.
    """
    cited = _cited_spans(passage.text)
    for run in runs_of(passage, titles):
        for words, possessive, opens in _names_in(run, passage.text, use, surnames):
            mention = _mention(
                number,
                passage.text,
                words,
                use,
                cited,
                possessive=possessive,
                opens=opens,
                is_verse=passage.kind == "verse",
            )
            if mention is not None:
                yield mention


def _cited_spans(text: str) -> list[tuple[int, int, bool]]:
    """Spans in which citations name authors, and whether the citation names a page or others too."""
    spans = []
    for brackets in BRACKETS.finditer(text):
        inner, offset = brackets[0][1:-1], brackets.start() + 1
        for part in re.split(r"(?<=;)", inner):
            citation = parse(f"({part.rstrip(';').strip()})")
            if citation is not None and citation.names and (citation.form in {"named", "secondary"}):
                last = max(part.find(name) + len(name) for name in citation.names)
                spans.append((offset, offset + last, bool(citation.locator or citation.others)))
            offset += len(part)
    return spans


def _names_in(
    run: CapitalRun, text: str, use: WordUse, surnames: frozenset[str]
) -> Iterator[tuple[list[CapitalWord], bool, bool]]:
    """The words of each name in a run, whether it is possessive, and whether a sentence begins with it."""
    words = list(run.words)
    opens = run.opens
    while words and _is_lead(words, text, use, surnames, opens=opens):
        words = words[1:]
        opens = False
    parts: list[list[CapitalWord]] = [[]]
    for index, word in enumerate(words):
        if _divides(word.text, parts[-1], ends=index == len(words) - 2) or _is_genitive(words, index):
            parts.append([])
        else:
            parts[-1].append(word)
    for number, part in enumerate(parts):
        while part and part[-1].text in _PARTICLES:
            part.pop()
        while part and part[0].text in _PARTICLES:
            part.pop(0)
        if part:
            yield part, run.possessive and number == len(parts) - 1, opens and number == 0


def _is_genitive(words: Sequence[CapitalWord], index: int) -> bool:
    """Whether an article joins German nouns, which have capitals (``Leser des Romans``), and no name."""
    article = words[index].text in {"der", "des", "den"}
    return article and (not index or words[index - 1].text not in {"van", "von", "op", "in", "aus"})


def _divides(word: str, before: Sequence[CapitalWord], *, ends: bool) -> bool:
    """Whether a word divides names: ``of`` and ``the`` except in ``Hugh of Cluny``, ``Pliny the Elder``."""
    if word in {"of", "the"}:
        joins = len(before) == 1 + sum(each.text.rstrip(".") in HONORIFICS for each in before[:1]) and ends
        return not joins or (word == "of" and not _can_have_origin(before[-1].text))
    return bool(_CONTRACTED.match(word)) and not _INITIAL.fullmatch(word)


def _is_lead(
    words: Sequence[CapitalWord], text: str, use: WordUse, surnames: frozenset[str], *, opens: bool
) -> bool:
    """Whether the first word of a run is no part of the name: ``As`` in ``As Gates``."""
    word = words[0].text
    if word in {"of", "the"} or word in _PARTICLES:
        return True
    if len(words) == 1:
        return False
    if word in HONORIFICS or _INITIAL.fullmatch(word):
        return False
    if word.casefold() in _PREFIXES and len(words) == 2 and not is_english(words[1].text):
        return use.lower(words[1].text) > 0
    after_article = bool(_ARTICLE.search(text, max(0, words[0].start - _BEFORE), words[0].start))
    if word in PEOPLES or (after_article and len(words) > 2 and word not in GIVEN_NAMES):
        return True
    if not opens:
        return False
    if len(words) == 2 and words[1].text in surnames and word not in FUNCTION_WORDS:
        return word.casefold() in FUNCTION_WORDS
    return use.is_common(word) and word not in GIVEN_NAMES


def _can_have_origin(word: str) -> bool:
    return word not in NO_PERSONS and word not in HONORIFICS and word not in PEOPLES and not is_english(word)


def _mention(
    number: int,
    text: str,
    words: Sequence[CapitalWord],
    use: WordUse,
    cited_spans: Sequence[tuple[int, int, bool]],
    *,
    possessive: bool,
    opens: bool,
    is_verse: bool,
) -> PersonMention | None:
    start, end = words[0].start, words[-1].end
    plain = [word.text for word in words]
    honorific, suffix = "", ""
    while len(plain) > 1 and plain[0].rstrip(".") in HONORIFICS:
        honorific = f"{honorific} {plain.pop(0)}".strip()
    if len(plain) == 3 and plain[1] in {"of", "the"}:
        suffix, plain = " ".join(plain[1:]), plain[:1]
    if len(plain) > 1 and plain[-1] in {"Jr.", "Sr.", "II", "III", "IV", "V"}:
        suffix = plain.pop()
    elif suffix == "" and (following := _SUFFIX.match(text, end)):
        suffix, end = following[0].lstrip(", "), following.end()
    if not all(map(_is_name_word, plain)) or all(map(_INITIAL.fullmatch, plain)):
        return None
    if len(plain) == 1 and not honorific and _is_nobody(plain[0]):
        return None
    first = len(plain) - 1
    while first > 0 and plain[first - 1].casefold() in (
        _PARTICLES if plain[first - 1].islower() else _PREFIXES
    ):
        first -= 1
    given, family = tuple(plain[:first]), " ".join(plain[first:])
    inside = [known for low, high, known in cited_spans if low <= start and end <= high]
    context = _context(text, start, end, single=len(plain) == 1, possessive=possessive)
    context += 6 if any(inside) else 2 if inside else 2 if suffix.startswith(("of ", "the ")) else 0
    return PersonMention(
        number=number,
        start=start,
        end=end,
        honorific=honorific,
        given=given,
        family=family,
        suffix=suffix,
        prior=_by_itself(plain, honorific, use) - 3 * (is_verse and len(plain) == 1),
        context=context,
        opens_common=opens and len(plain) == 1 and use.is_common(plain[0]),
        cited=bool(inside),
    )


def _is_nobody(word: str) -> bool:
    """Whether a word alone is never a name: ``He``, ``Nigerian``, ``Europeans``, ``May``."""
    folded = word.casefold()
    if folded in FUNCTION_WORDS or word in CALENDAR:
        return True
    return word in PEOPLES or word.removesuffix("s") in PEOPLES


def _is_name_word(word: str) -> bool:
    if word in _PARTICLES or _INITIAL.fullmatch(word):
        return True
    return (
        bool(_MIXED.match(word)) and not (len(word) > 1 and word.isupper()) and not _has_inner_capital(word)
    )


def _has_inner_capital(word: str) -> bool:
    """``BiDil``, but not ``McKay``, ``O'Brien``, ``DuBois`` and ``Saint-Cher``."""
    parts = re.split(r"['’‐-]", _PREFIX.sub("", word))
    return any(any(map(str.isupper, part[1:])) for part in parts) or bool(
        re.search(r"[‐-][a-zß-ÿ]", word[1:])
    )


def _context(text: str, start: int, end: int, *, single: bool, possessive: bool) -> float:
    before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
    value = 0.0
    if _ARTICLE.search(before):
        value -= 3
    elif _IN.search(before):
        value -= 2
    elif _FROM.search(before):
        value -= 1
    elif _BY.search(before):
        value += 1
    elif _OF_PLACE.search(before):
        value -= 2
    described = _DESCRIBED_BEFORE.search(before)
    value -= described is not None and described["last"] not in FUNCTION_WORDS
    value += 2 * bool(_DOING_OF.search(before))
    value += 2 * bool(_ROLE.search(before)) + 2 * bool(_DESCRIBED.match(after) or _BORN.match(after))
    value -= 4 * bool(_VERSE_LOCATOR.match(after))
    pronoun = _PRONOUN.search(_NEXT_NAME.split(after, maxsplit=1)[0])
    value += pronoun is not None and pronoun[0] != "its"
    if possessive:
        return value + (2 if _OWNS.match(re.sub(r"^['’]s?", "", after)) else 0.5)
    verb = _VERB.match(after)
    if verb is not None and verb["verb"] in PERSON_VERBS:
        # "When Amazon introduced its Kindle".
        return value - 1 if pronoun is not None and pronoun[0] == "its" else value + 2
    noun = _NOUN_AFTER.match(after)
    return value - 1.5 if single and noun and _is_noun(noun["word"]) else value


def _is_noun(word: str) -> bool:
    """Whether a word after a capitalised one makes that an adjective: ``Latin translation``."""
    if word in FUNCTION_WORDS or word in PERSON_VERBS:
        return False
    return not re.search(r"(?:ly|ed|ing)$", word) and len(word) > 3


def _by_itself(plain: Sequence[str], honorific: str, use: WordUse) -> float:
    """What the words of a name say for a person, less what they say against one."""
    value = _single(plain[0], use) if len(plain) == 1 else _several(plain, use)
    return value + 3 * bool(honorific)


def _single(word: str, use: WordUse) -> float:
    is_known = word in GIVEN_NAMES or word in SINGLE_NAMES
    value = 2.0 * is_known + 2 * (word in ALONE) - 3 * (word in PLACES and word not in GIVEN_NAMES)
    if word in NO_PERSONS or word in CALENDAR or word in PEOPLES or word.casefold() in FUNCTION_WORDS:
        value -= 5
    if word.rstrip(".") in HONORIFICS and word not in ALONE:
        value -= 5
    if use.lower(word) and word not in ALONE:
        value -= 2 if use.inner(word) > use.lower(word) else 4
    elif is_english(word) and not is_known:
        value -= 2
    return value - (0 if is_known else _of_many(word, use))


def _of_many(word: str, use: WordUse) -> float:
    """What the ending says against a person: of ``Europeans``, ``Darwinian``, ``feminists``."""
    value = 0.0
    singular = word.removesuffix("s")
    if singular in PEOPLES:
        value += 6
    elif singular != word and (use.lower(singular) or use.inner(singular)):
        value += 3 if use.inner(word) <= _OFTEN else 6
    return value + 2 * bool(_KIND_ENDING.search(word))


def _several(plain: Sequence[str], use: WordUse) -> float:
    value = 1.0 + 3 * any(_INITIAL.fullmatch(word) for word in plain[:-1]) + 3 * (plain[0] in GIVEN_NAMES)
    if any(word in NO_PERSONS or word in CALENDAR for word in plain):
        value -= 3 if plain[0] in GIVEN_NAMES else 6
    value -= 4 * any(word in PEOPLES for word in plain) + 6 * bool(_WORK.fullmatch(plain[-1]))
    value -= 3 * (plain[0] in PLACES and plain[0] not in GIVEN_NAMES)
    words = [word for word in plain if not _INITIAL.fullmatch(word)]
    return value - 3 * all(is_english(word) or use.lower(word) > 0 for word in words)
