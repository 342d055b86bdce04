"""Recognise the language of a text by its function words, and say in it that an essay is in another.

A short question in the essay's own language must never be taken for another: at least two function words of a
language are needed, or one that asks and that no other language has, and clearly more than of English.
"""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
# Function words of a language that are rare or unknown in the others, or that decide together.
_FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": (
            "the of and to in is are was were that this these what which who whom whose why how where "
            "when does do did for with on by from as it its his her their they he she not be been has "
            "have had about between according there or an at but a say says than i you your my"
        ),
        "de": (
            "der die das den geht worum um dem des ein eine einen einem einer und oder ist sind war waren "
            "wird werden was wer wen wem wie wo wann warum weshalb welche welcher welches mit von zu zum "
            "zur im in auf für über nach bei aus als auch nicht sich es er sie hat haben ich wir dass "
            "durch zwischen sagt diese dieser dieses"
        ),
        "fr": (
            "le la les un une des du de et ou est sont était que qui quoi quel quelle quels quelles "
            "pourquoi comment où quand dans sur pour avec par ne pas ce cet cette ces son sa ses leur "
            "leurs il elle ils elles on au aux en à se qu d l c n s j selon entre dit a ont plus"
        ),
        "es": (
            "a el la los las un una unos unas de del y o es son era qué que quién quien cuál cual cómo como "
            "dónde donde cuándo cuando por para con sin en al se su sus lo le les no más entre según dice "
            "este esta estos estas hay ha han porqué sobre"
        ),
        "it": (
            "a il lo la gli le i un uno una di del dello della dei degli delle e o è sono era che chi cosa "
            "quale quali come dove quando perché per con senza in nel nella nei nelle al alla ai alle da "
            "dal dalla si suo sua suoi sue non più tra fra secondo dice questo questa questi ha hanno su "
            "sul sulla"
        ),
        "pt": (
            "a o os as um uma uns umas de do da dos das e ou é são era que quem qual quais como onde quando "
            "por porquê para com sem em no na nos nas ao à se seu sua seus suas não mais entre segundo "
            "diz este esta isso há foi sobre pelo pela"
        ),
        "nl": (
            "de het een en of is zijn was waren wat wie welke welk hoe waar wanneer waarom met van te tot "
            "in op voor over naar bij uit als ook niet zich er hij zij ze heeft hebben ik wij dat die dit "
            "deze door tussen zegt wordt worden volgens"
        ),
    }.items()
}
# Words that ask and are of one language only; each counts as two.
_ASKING: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "de": "warum weshalb worum wieso wozu woher welche welcher welches",
        "fr": "pourquoi quoi quel quelle quels quelles",
        "es": "qué quién quiénes cuál cuáles cómo dónde cuándo",
        "it": "cosa quale perché dov",
        "pt": "quem quais porquê",
        "nl": "waarom welk wanneer",
    }.items()
}
# A question has at least so many function words of its language, and so many more than of English and than of
# any other.
_FEWEST, _LEAD_OVER_ENGLISH, _LEAD = 2, 2, 1
# Characters of an essay that show its language.
_SAMPLE = 4_000

# The names of the languages in each of them, as they follow "in", in one order.
_CODES = "en de fr es it pt nl".split()
_NAMES = {
    language: dict(zip(_CODES, names.split(), strict=True))
    for language, names in {
        "en": "English German French Spanish Italian Portuguese Dutch",
        "de": "Englisch Deutsch Französisch Spanisch Italienisch Portugiesisch Niederländisch",
        "fr": "anglais allemand français espagnol italien portugais néerlandais",
        "es": "inglés alemán francés español italiano portugués neerlandés",
        "it": "inglese tedesco francese spagnolo italiano portoghese olandese",
        "pt": "inglês alemão francês espanhol italiano português neerlandês",
        "nl": "Engels Duits Frans Spaans Italiaans Portugees Nederlands",
    }.items()
}
_SENTENCES = {
    "en": "The question is in {question}, but the essay is in {essay}; ask it in {essay}.",
    "de": "Die Frage ist auf {question}, der Essay aber auf {essay}; fragen Sie auf {essay}.",
    "fr": "La question est en {question}, mais l’essai est en {essay} ; posez-la en {essay}.",
    "es": "La pregunta está en {question}, pero el ensayo está en {essay}; hágala en {essay}.",
    "it": "La domanda è in {question}, ma il saggio è in {essay}; la ponga in {essay}.",
    "pt": "A pergunta está em {question}, mas o ensaio está em {essay}; faça-a em {essay}.",
    "nl": "De vraag is in het {question}, maar het essay is in het {essay}; stel de vraag in het {essay}.",
}


def language_of(text: str) -> str | None:
    """Code of the language of a text; ``None`` where its function words leave a doubt."""
    words = _WORD.findall(text)
    # A capital within a sentence begins a name, as in La Bruyère.
    counts = Counter(word.casefold() for number, word in enumerate(words) if not number or word.islower())
    found = {
        language: sum(counts[word] for word in known)
        + sum(counts[word] for word in _ASKING.get(language, ()))
        for language, known in _FUNCTION_WORDS.items()
    }
    language, second = sorted(found, key=found.__getitem__, reverse=True)[:2]
    least = max(_FEWEST, found[second] + _LEAD, found["en"] + _LEAD_OVER_ENGLISH if language != "en" else 0)
    return language if found[language] >= least else None


def language_of_essay(texts: list[str]) -> str | None:
    """Code of the language of an essay, from the beginning of its paragraphs."""
    return language_of(" ".join(texts)[:_SAMPLE])


def other_language_sentence(question: str, essay: str) -> str:
    """Say in the language of a question that the essay is in another; both are codes of ``language_of``."""
    names = _NAMES[question]
    return _SENTENCES[question].format(question=names[question], essay=names[essay])
