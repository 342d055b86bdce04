"""Words of citations in English, German and French: pages, "see", "quoted in", "ibid.", "my translation"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_ROMAN = r"(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})\b"
NUMBER = rf"(?:\d{{1,5}}|{_ROMAN})"
# "34f." and "34 ff." are the pages from 34 on.
_FOLLOWING = r"(?:\s?(?:ff?\b\.?|sqq?\b\.?))"
RANGE = rf"{NUMBER}(?:\s*(?:-{{1,3}}|[–—])\s*{NUMBER}|{_FOLLOWING})?"
# Names the page of a quotation after the pages of the whole essay.
HERE = r"(?:(?:here|hier|ici|at|esp\.|especially|bes\.|dort)\s+(?:at\s+|auf\s+|p\.\s*)?)"
# A paragraph is cited in an essay without pages.
PARAGRAPHS = r"(?:para(?:graph)?s?\s+|paras?\.\s*|pars?\.\s*|¶¶?\s*|Abs(?:atz\s+|\.\s*))"
PREFIX = rf"(?:pp?\.?\s*|pages?\s+|Seiten?\s+|S\.\s*|{PARAGRAPHS})"
PAGES = rf"{PREFIX}?{RANGE}(?:\s*(?:[,;]\s*{HERE}{PREFIX}?|,|and|&|und|et)\s*{RANGE})*"
# The pages in a locator that are those of the quotation.
PRECISE = re.compile(rf"\b{HERE}(?={PREFIX}?{NUMBER})")
YEAR = r"(?:1[5-9]|20)\d\d[a-z]?"

# A note of the work cited, after the page: "848, n. 3", "860n2".
IN_NOTE_OF_WORK = r"(?:,?\s?(?:nn?|fn|notes?|Anm|Fn)\.?\s?\d{1,3})?"
# What a remark says before its source: "for a discussion see Gill 848".
REMARK = re.compile(
    r"[^\d(“\"«„;A-ZÀ-ÖØ-Þ]{1,80}\b(?:see(?:\s+also)?|cf\.|compare|vgl\.|siehe|voir|as)\s+(?=[A-ZÀ-ÖØ-Þ])"
)
# Divides two sources that no semicolon divides: "Gill 846, Black 797".
ANOTHER_SOURCE = re.compile(
    r"(?<=\d)(?:,|,?\s+(?:and|und|et)|\s*&)(?=\s+[A-ZÀ-ÖØ-Þ][\w'’-]+(?:\s+[A-ZÀ-ÖØ-Þ][\w'’-]+){0,2},?\s+\d)"
)
LEAD = re.compile(
    r"\s*(?:(?:see(?:\s+also)?|but\s+see|cf\.?|compare|e\.g\.,?|for example,?|from|in|"
    r"vgl\.?|vergleiche|siehe|so|dazu|auch|etwa|z\.\s?B\.|voir(?:\s+aussi)?|comparer|par exemple,?)\s+)*",
    re.IGNORECASE,
)
# Begins a citation of what is not quoted from it.
COMPARED = re.compile(
    r"\s*(?:cf|compare|see|vgl|vergleiche|siehe|voir|comparer)\b|"
    r".{0,80}[;.]\s*(?:cf|compare|vgl|vergleiche|comparer)\b",
    re.IGNORECASE,
)
VIA = re.compile(
    r"\b(?:(?:as\s+)?(?:qtd\.?|quoted|cited)\s+(?:in|by)|(?:zit\.?|zitiert)\s+(?:n\.|nach|bei|in)|"
    r"cit(?:\.|ée?s?)\s+(?:dans|par|in|d[’']après)|apud)\s+",
    re.IGNORECASE,
)
ACKNOWLEDGED = re.compile(
    r"\b(?:qtd|quot(?:es?|ed|ing|ations?)|cit(?:es?|ed|ing|ée?s?|ant|ations?)|zit|zitiert\w*|Zitat\w*|apud)\b",
    re.IGNORECASE,
)
IBID = re.compile(
    r"\b(?:(?:ders|dies)\.(?=,?\s*(?:S\.\s*)?(?:\d|$))|ibid(?:em)?|op\.\s*cit|loc\.\s*cit|idem|id\.|ebd|ebda|ebenda|a\.\s?a\.\s?O)(?:\b\.?|(?<=\.)),?",
    re.IGNORECASE,
)
# The writer's translation, of which the essay has no word.
TRANSLATED = re.compile(
    r"\b(?:my\s+(?:own\s+)?translations?|(?:own\s+)?translations?\s+(?:is\s+|are\s+)?(?:mine|my\s+own|by\s+the\s+author)|"
    r"trans(?:l)?\.\s+(?:mine|by\s+the\s+author)|author[’']s\s+translation|translated\s+by\s+(?:me|the\s+author)|"
    r"[ÜU]bers(?:\.|etzung(?:en)?|etzt)\s+(?:(?:d|v)\.\s?(?:d\.\s?)?Verf|(?:der|des|vom)\s+Verf|von\s+mir|"
    r"durch\s+(?:den|die)\s+Verf|d\.\s?A)|"
    r"(?:[ÜU]bers(?:etzung)?|trans(?:lation)?|trad)\b[.:]{0,2}\s*(?:by\s+|von\s+)?(?-i:(?:[A-Z]\.\s?){2,3})|"
    r"(?:meine|eigene)\s+[ÜU]bers|ma\s+traduction|(?:notre|nos)\s+traductions?|mes\s+traductions|"
    r"traduction\s+(?:de\s+l[’']aute|personnelle|libre)|je\s+traduis|nous\s+traduisons|trad(?:\.|uit)\s+(?:par\s+(?:moi|nos)|pers)|"
    r"traduction\s+par\s+nos\s+soins)",
    re.IGNORECASE,
)
ALL_TRANSLATED = re.compile(
    rf"\b(?:[Aa]ll|[Aa]lle|[Tt]outes|[Uu]nless)\b[^.\n]{{0,80}}?{TRANSLATED.pattern}", re.IGNORECASE
)
# Characters after words or their citation in which a remark says whose translation they are.
_REMARK = 60
# What follows a source in its brackets and is none.
ADDED = re.compile(
    r"[,;]\s*(?:(?:my\s+|author[’']s\s+|original\s+|with\s+|own\s+)*(?:emphas[ie]s|italics|translations?|trans\.)|"
    r"(?:meine\s+|eigene\s+)?(?:Übers|Hervorh|Herv\.|Kursiv)|(?:ma\s+|notre\s+)?traduction|trad\.|je\s+(?:souligne|traduis)|"
    r"nous\s+(?:soulignons|traduisons)|souligné|italiques|hereafter|hereinafter|henceforth|fortan|"
    r"im\s+Folgenden|nachfolgend|ci-après|désormais|dorénavant|abbreviated)[^;]*$",
    re.IGNORECASE,
)
# Introduces the short form by which a source is cited later.
HEREAFTER = re.compile(
    r"\b(?:hereafter|hereinafter|henceforth|fortan|im\s+Folgenden|nachfolgend|ci-après|désormais|dorénavant|"
    r"abbreviated)\b(?:\s+(?:cited|abbreviated|referred\s+to|quoted|zitiert|abgekürzt|abrégé|cité))?"
    r"(?:\s+parenthetically)?(?:\s+(?:in|dans)\s+(?:the\s+|le\s+)?texte?)?(?:\s+(?:as|als|to|simply))?\s*:?\s*"
    r"[“\"‘«„*(]*\s?(?P<short>[A-ZÀ-ÖØ-Þ][\w.&’'-]{0,24})",
)
_SIGNALS = (
    r"(?:Cf|See|But see|Compare|Vgl|Siehe|Vergleiche|Voir|Comparer|Similarly|On|For|For an?|Also|Zu|Zum|Zur|"
    r"Dagegen|Anders|Ähnlich|Sur|Contra|Pace)"
)
# Where another work begins in a note: after a semicolon, or in a sentence of its own.
ANOTHER_WORK = re.compile(rf"[;]|(?<=[\w)”\"’»]\.)\s+(?={_SIGNALS}\b)|(?<=[\d)]\.)\s+(?=[A-ZÀ-ÖØ-Þ“\"‘«„])")


def without_case_and_accents(text: str) -> str:
    """A text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def says_translated(prose: str, starts: Iterable[int], end: int) -> bool:
    """Whether a remark that begins at one of some places, before an end, says that words are translated."""
    remarks = (prose[start : min(end, start + _REMARK)].lstrip("()[],;. ") for start in starts)
    return any(map(TRANSLATED.match, remarks))
