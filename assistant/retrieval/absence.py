"""Tell why nothing answers a question, where a fact about the question or the essays tells it.

A word that no essay has, another language, a place that does not exist: each is a fact, and said as one.
Whether an essay says something is never concluded here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.core.answer import AnswerVerdict, Reason
from assistant.core.essay import SEARCHED_KINDS, StoredEssay, plain_title
from assistant.retrieval.index.bm25 import term_of, words_of
from assistant.retrieval.index.index import vocabulary_of
from assistant.retrieval.languages import language_of, language_of_essay, other_language_sentence
from assistant.retrieval.questions import (
    Question,
    casefolded_word,
    only_frames,
    phrase_pattern,
)
from assistant.retrieval.spelling import Speller

# Words that are named in one sentence, and essays whose every word is looked at.
_MOST_WORDS, _MOST_ESSAYS = 3, 20
# A capital within a sentence, or a figure.
_NAME = re.compile(r"[A-Z][\w’'-]*|\d[\d,.]*\d|\d")
_COURTESIES = frozenset(
    (
        "hello hi hey hallo hola ciao bonjour salut thanks thank thx cheers danke merci gracias grazie bye "
        "goodbye ok okay yes no please sorry test testing help good great nice morning afternoon evening day "
        "night there you very much so a lot again everyone all cool wow lol"
    ).split()
)
# An adjective as of a people or a school ("American", "Freudian") names nobody in particular.
_PEOPLE = re.compile(r"(?:an|ish|ese|ic)$")
# What is asked about the life of an author, or about how a text was received; no essay need tell either.
_LIFE = frozenset(
    (
        "age award awards biography birth birthday birthplace books born buried career childhood children "
        "contact dead death degree degrees die died dies education educated email employed family famous "
        "father gender graduate hobbies home husband job live lived lives living marriage married mother "
        "nationality old parents prize prizes professor profession religion salary studied study taught "
        "teach teaches university wife won written wrote works"
    ).split()
)
_AUTHOR_WORDS = frozenset("author authors writer writers essayist critic".split())
_RECEPTION = frozenset(
    (
        "acclaim bestseller citations cited criticised criticized critics impact influence influential liked "
        "peer popular praised rating ratings readers received reception respond responded responses review "
        "reviewed reviewer reviewers reviews sold success successful"
    ).split()
)
_ESSAY_WORDS = frozenset("essay article paper piece chapter".split())

NO_QUESTION = "This asks nothing of the essay; name what you are looking for."
RECEPTION = "The question is about how the essay was received, which its own text cannot tell."


@dataclass(frozen=True, slots=True)
class Absence:
    """Why nothing answers.

    Attributes:
        reason: The kind of reason.
        sentence: The fact, in one sentence.
        most: The best verdict that the fact leaves possible.
    """

    reason: Reason
    sentence: str
    most: AnswerVerdict = "near"


class AbsenceSearch:
    """Finds facts that tell why nothing answers.

    Args:
        essays: The essays, by id; may load each essay when it is looked up.
        authors: Casefolded parts of their authors' names.
        is_common: Whether a word is so common that its absence tells nothing.
        is_searched: Whether a word, in some form, occurs in a passage that questions search.
    """

    def __init__(
        self,
        essays: Mapping[str, StoredEssay],
        authors: Collection[str],
        is_common: Callable[[str], bool],
        is_searched: Callable[[str], bool],
    ) -> None:
        self._essays = essays
        self._authors = frozenset(authors)
        self._is_common = is_common
        self._is_searched = is_searched
        self._languages: dict[str, str | None] = {}

    def of_question(self, question: Question, first: Sequence[str]) -> Absence | None:
        """A fact that holds whatever is found: no question is asked, or it is in another language.

        Args:
            question: The question.
            first: Ids of the essays whose passages come first.
        """
        if self._is_courtesy(question, first):
            return Absence("no-question", NO_QUESTION, "none")
        language = language_of(question.unquoted)
        if language is None or not first:
            return None
        nearest = self._language(first[0])
        # The other essays are read only if the question is not in the language of the first.
        if nearest in {language, None} or any(self._language(essay_id) == language for essay_id in first[1:]):
            return None
        return Absence("language", other_language_sentence(language, str(nearest)))

    def of_answer(
        self, question: Question, essay_ids: Sequence[str], verdict: AnswerVerdict
    ) -> Absence | None:
        """A fact about the essays that explains why nothing answers.

        Args:
            question: The question.
            essay_ids: All essays that were searched.
            verdict: What the passages would be offered as. If as an answer, only a name counts that no essay
                has in any form.
        """
        if len(essay_ids) > _MOST_ESSAYS:
            return None
        if verdict == "answers":
            return self._absent_words(essay_ids, self._names(question), unrelated=True)
        words = set(question.content_words)
        if words & _RECEPTION and words <= _RECEPTION | _ESSAY_WORDS | _AUTHOR_WORDS | self._authors:
            return Absence("outside", RECEPTION, "none")
        return (
            self._authors_life(words, essay_ids)
            or self._absent_phrase(question, essay_ids)
            or self._absent_words(essay_ids, self._rare(question), unrelated=False)
        )

    def _is_courtesy(self, question: Question, first: Sequence[str]) -> bool:
        """Whether a question is a greeting, and not one of which the essays speak."""
        words = [casefolded_word(question.text[start:end]) for start, end in question.words]
        if not words or not _COURTESIES.issuperset(words) or _FIRM.isdisjoint(words):
            return False
        pattern = phrase_pattern(question.text)
        return not any(pattern.search(text) for text in self._texts(first))

    def _texts(self, essay_ids: Iterable[str]) -> Iterator[str]:
        """Texts of all passages of some essays, headings and references included."""
        return (passage.text for essay_id in essay_ids for passage in self._essays[essay_id].passages)

    def _language(self, essay_id: str) -> str | None:
        if essay_id not in self._languages:
            passages = self._essays[essay_id].passages
            texts = [passage.text for passage in passages if passage.kind == "paragraph"]
            self._languages[essay_id] = language_of_essay(texts)
        return self._languages[essay_id]

    def _authors_life(self, words: set[str], essay_ids: Sequence[str]) -> Absence | None:
        """That no passage names the author whose life is asked about."""
        known = _LIFE | _AUTHOR_WORDS | _ESSAY_WORDS | self._authors
        about_author = words & (_AUTHOR_WORDS | self._authors)
        if not about_author or not words & _LIFE or not words <= known or len(essay_ids) != 1:
            return None
        essay = self._essays[essay_ids[0]]
        authors = [name for name in essay.reference.get("author", ()) if name.get("family")]
        searched = [passage.text for passage in essay.passages if passage.kind in SEARCHED_KINDS]
        patterns = [phrase_pattern(str(name["family"])) for name in authors]
        if not patterns or any(pattern.search(text) for pattern in patterns for text in searched):
            return None
        names = _listed([f"{name.get('given', '')} {name['family']}".strip() for name in authors], "or")
        sentence = f"The question is about the author’s life, and no passage of the essay names {names}."
        return Absence("outside", sentence, "none")

    def _absent_phrase(self, question: Question, essay_ids: Sequence[str]) -> Absence | None:
        """That a quoted phrase does not occur."""
        for phrase, pattern in zip(question.quoted_phrases, question.phrase_patterns, strict=True):
            if len(words_of(phrase)) > 1 and not any(map(pattern.search, self._texts(essay_ids))):
                sentence = f"The words “{phrase}” do not occur so in {_these(essay_ids)}."
                return Absence("absent-phrase", sentence)
        return None

    def _absent_words(
        self, essay_ids: Sequence[str], words: Iterable[str], *, unrelated: bool
    ) -> Absence | None:
        """That some words do not occur.

        Args:
            essay_ids: The essays.
            words: The words.
            unrelated: Whether to leave out those that are like a word of the essays.
        """
        # Most words occur in a passage of the index; if all essays are searched, none need then be read.
        if len(essay_ids) == len(self._essays):
            words = [word for word in words if not self._is_searched(word)]
        words = [word for word in words if not any(map(phrase_pattern(word).search, self._texts(essay_ids)))]
        if not words:
            return None
        titles = [plain_title(self._essays[essay_id].reference) for essay_id in essay_ids]
        vocabulary = vocabulary_of([*self._texts(essay_ids), *titles])
        terms = {term_of(word) for word in words_of(" ".join(vocabulary))}
        speller = Speller(vocabulary)
        absent: dict[str, str | None] = {}
        for word in words:
            if terms.issuperset(map(term_of, words_of(word))):
                continue
            nearest = speller.similar(word)
            if not unrelated or nearest is None:
                absent[word] = nearest
        return _absence_of(absent, _these(essay_ids)) if absent else None

    def _rare(self, question: Question) -> list[str]:
        """Names, numbers and rare words of a question, as printed in it, each once."""
        rare: dict[str, str] = {}
        for number, (start, end) in enumerate(question.words):
            word = _bare(question.text[start:end])
            key = casefolded_word(word)
            if only_frames(key) or key in self._authors or "'" in key:
                continue
            is_name = number > 0 and _NAME.fullmatch(word) is not None
            if is_name or not self._is_common(word):
                rare.setdefault(key, word)
        return list(rare.values())

    def _names(self, question: Question) -> list[str]:
        """Names of a question, each once: words with a capital within a sentence."""
        words = [_bare(question.text[start:end]) for start, end in question.words][1:]
        # In a title or a line of capitals a capital means nothing.
        if any(word[0].isupper() and only_frames(word.casefold()) and word != "I" for word in words):
            return []
        names = [
            word
            for word in words
            if len(word) > 2 and word[0].isupper() and not word.isupper() and not _PEOPLE.search(word)
        ]
        return [name for name in dict.fromkeys(names) if casefolded_word(name) not in self._authors]


def _bare(word: str) -> str:
    """A word without a possessive ending."""
    return word.removesuffix("'s").removesuffix("’s")


def _these(essay_ids: Sequence[str]) -> str:
    return "this essay" if len(essay_ids) == 1 else "these essays"


def _absence_of(absent: Mapping[str, str | None], where: str) -> Absence:
    """That some words do not occur, with the nearest word that does if it is only one."""
    words = list(absent)[:_MOST_WORDS]
    quoted = _listed([f"“{word}”" for word in words], "and")
    if len(words) > 1:
        return Absence("absent-word", f"The words {quoted} do not occur in {where}.")
    kind = "number" if words[0].isdecimal() else "word"
    nearest = absent[words[0]]
    spelt = f"; the nearest that does is “{nearest}”" if nearest else ""
    return Absence("absent-word", f"The {kind} {quoted} does not occur in {where}{spelt}.")


# At least one of them makes a courtesy of the others.
_FIRM = _COURTESIES - set("there you very much so a lot again all good great day night no".split())


def _listed(words: Sequence[str], conjunction: str) -> str:
    """Words as a list in prose."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"
