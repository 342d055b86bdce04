"""How well it is told which questions lean on the one before, as Markdown tables on stdout.

    python benchmarks/followups.py [--library DIR] [--examples N] [DATASET_DIR ...]

Sets with follow-ups of their own (those of ``data/eval`` if none is named) show whether their
follow-ups are read as leaning and all others as standing alone, and with ``--library``, which must hold
their essays, what the questions before them are worth. Of other sets two things are asked. A question
that somebody wrote to be understood by itself must not be read as leaning, whatever was asked before
it. And where two questions that follow on each other share a name, the second with a pronoun in its
place must be; so must "What about NAME?".
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from assistant.evaluation.assess import opened
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.evaluation.methods import Methods
from assistant.evaluation.render import table_markdown
from assistant.evaluation.runner import evaluate
from assistant.evaluation.tables import Table, figure
from assistant.library.indexing import no_step
from assistant.library.library import Library
from assistant.retrieval.questions import FRAMING_WORDS, content_words, folded, in_context, is_elliptical

SEED = 7
# Questions of up to so many words that say what they are about say little; longer ones are told apart.
SHORT = 5
OWN_SETS = Path(__file__).resolve().parent.parent / "data" / "eval"

_NAME = re.compile(r"[A-Z][\w-]*(?: (?:(?:of|the|de|von|van) )?[A-Z][\w-]*)*")
_ARTICLE = re.compile(r"\b(?:the|an?)\s+$", re.IGNORECASE)
_INSIDE = re.compile(r"\b(?:in|at|near|into)\s+$", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|must|may|might)\s+$",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"\b(?:of|to|by|with|for|from|on|in|at|about|against|into|near)\s+$", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:after|before|than|like)\s+$", re.IGNORECASE)
_WORD = re.compile(r"[\w'’-]+")
# Subject, object and possessive.
_PRONOUNS = {
    "he": ("he", "him", "his"),
    "she": ("she", "her", "her"),
    "it": ("it", "it", "its"),
    "they": ("they", "them", "their"),
}


@dataclass(slots=True)
class Share:
    """How many questions were read in one way, and those that were not as they should be.

    Attributes:
        name: What the questions are.
        asked: Number of questions.
        right: Number of those read as they should be.
        short: The same two of the short ones alone.
        missed: The others, each behind the question before it.
    """

    name: str
    asked: int = 0
    right: int = 0
    short: list[int] = field(default_factory=lambda: [0, 0])
    missed: list[str] = field(default_factory=list)

    def count(self, question: str, before: str, *, right: bool) -> None:
        """Count a question."""
        self.asked, self.right = self.asked + 1, self.right + right
        if len(content_words(question)) <= SHORT:
            self.short = [self.short[0] + 1, self.short[1] + right]
        if not right:
            self.missed.append(f"{before} | {question}" if before else question)

    def row(self, name: str) -> list[str]:
        """A line of the table."""
        return [name, self.name, *_of(self.asked, self.right), *_of(*self.short)]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="DATASET_DIR")
    parser.add_argument(
        "--library", type=Path, metavar="DIR", help="holds the essays of sets with follow-ups"
    )
    parser.add_argument("--examples", type=int, default=0, metavar="N", help="misread questions to print")
    options = parser.parse_args()
    datasets = [load_dataset(folder) for folder in options.folders or sorted(OWN_SETS.glob("*"))]
    rows, missed, worth = [], [], []
    for dataset in datasets:
        own = any(question.history for question in dataset.questions)
        for share in read_as_meant(dataset) if own else [*read_as_fresh(dataset), *read_as_leaning(dataset)]:
            rows.append(share.row(dataset.name))
            missed.append((f"{dataset.name}, {share.name}", share.missed))
        if own and options.library:
            worth += worth_of_history(dataset, Library(options.library))
    heads = [
        "set",
        "questions",
        "number",
        "read as meant",
        f"of up to {SHORT} words of their own",
        "read as meant",
    ]
    print(table_markdown(Table("Reading", heads, rows)))
    if worth:
        heads = ["set", "follow-ups asked", "number", "nDCG@10", "Success@1"]
        print(f"\n{table_markdown(Table('Worth', heads, worth))}")
    chance = random.Random(SEED)
    for name, questions in missed if options.examples else ():
        shown = chance.sample(questions, min(options.examples, len(questions)))
        print("\n".join([f"\n{name}: {len(questions)} misread", *(f"- {one}" for one in shown)]))


def _of(count: int, right: int) -> tuple[str, str]:
    return f"{count:,}", f"{right / count:.1%}" if count else "–"


def read_as_meant(dataset: Dataset) -> list[Share]:
    """Whether a set's own follow-ups are read as leaning, and its other questions as standing alone."""
    leaning, alone = Share("follow-ups, must lean"), Share("others, must stand alone")
    for question in dataset.questions:
        elliptical = is_elliptical(question.text)
        if question.history:
            leaning.count(question.text, question.history[-1], right=elliptical)
        else:
            alone.count(question.text, "", right=not elliptical)
    return [leaning, alone]


def worth_of_history(dataset: Dataset, library: Library) -> list[list[str]]:
    """What is found for a set's follow-ups alone, and with the questions before them."""
    asked = [question for question in dataset.questions if question.history and question.answerable]
    finder, corpus = opened(dataset, library, no_step, indexed=True)
    late, made = Methods(finder, corpus, no_step).ranker("late"), []
    for name, questions in (
        ("alone", [replace(question, history=()) for question in asked]),
        ("with the questions before", asked),
    ):
        means = evaluate(replace(dataset, questions=tuple(questions)), late, corpus, "late").means
        made.append(
            [dataset.name, name, str(len(asked)), figure(means["ndcg@10"]), figure(means["success@1"])]
        )
    return made


def by_document(dataset: Dataset) -> dict[str, list[str]]:
    """The questions of each document, in order."""
    made: dict[str, list[str]] = defaultdict(list)
    for question in dataset.questions:
        made[question.doc].append(question.text)
    return made


def leans(question: str, before: str) -> bool:
    """Whether a question is read with the one before it."""
    return in_context(question, [before]) != question


def read_as_fresh(dataset: Dataset) -> list[Share]:
    """Whether fresh questions are read as such behind one of their own document and of another."""
    chance = random.Random(SEED)
    same, other = Share("fresh, same document before"), Share("fresh, another document before")
    documents = by_document(dataset)
    for doc, asked in documents.items():
        for before, question in pairwise(asked):
            same.count(question, before, right=not leans(question, before))
        others = [name for name in documents if name != doc]
        for question in asked if others else ():
            before = chance.choice(documents[chance.choice(others)])
            other.count(question, before, right=not leans(question, before))
    return [same, other]


def read_as_leaning(dataset: Dataset) -> list[Share]:
    """Whether questions are read as leaning that name only by a pronoun whom the one before named."""
    pronouns, about = Share("a pronoun for a shared name, must lean"), Share("What about NAME?, must lean")
    for doc, asked in by_document(dataset).items():
        texts = (dataset.corpus or {}).get(doc, {})
        person = _person(texts)
        for before, question in pairwise(asked):
            known = {word for name in names_of(before) for word in name.split()}
            shared = [name for name in names_of(question) if known & set(name.split())]
            made = with_pronoun(question, max(shared, key=len), person) if shared else question
            if made != question:
                pronouns.count(made, before, right=leans(made, before))
            fresh = [name for name in names_of(question) if not known & set(name.split())]
            if fresh:
                made = f"What about {fresh[0]}?"
                about.count(made, before, right=leans(made, before))
    return [pronouns, about]


def _person(texts: Mapping[str, str]) -> str:
    """The pronoun of most of the persons that a document speaks of."""
    words = " ".join(texts.values()).casefold().split()
    return "she" if words.count("she") > words.count("he") else "he"


def names_of(question: str) -> list[str]:
    """Runs of capitalised words in a question, without the words that questions begin with."""
    made = []
    for match in _NAME.finditer(question):
        words = match.group().split()
        while words and (_is_plain(words[0]) or folded(words[0]) in FRAMING_WORDS):
            words.pop(0)
        if words:
            made.append(" ".join(words))
    return list(dict.fromkeys(made))


def _is_plain(word: str) -> bool:
    return not content_words(word)


def with_pronoun(question: str, name: str, person: str) -> str:
    """A question with a name exchanged for a pronoun.

    Args:
        question: The question.
        name: A run of words in it.
        person: Pronoun of a name that is no thing's.

    Returns:
        The question; a name behind an article or within a place is taken for a thing's or, if it ends
        like a plural, for several. The question as it is where the name is only part of what is spoken
        of ("the European Union law", "the old Fairy").
    """
    made, at = "", 0
    for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(['’]s?(?!\w))?(?![\w-]|\. )", question):
        before, behind = question[at : match.start()], question[match.end() :]
        article = _ARTICLE.search(before)
        bare = before[: article.start()] if article else before
        case = _case(bare, behind, possessive=bool(match.group(1)))
        if case is None:
            return question
        thing = article or _INSIDE.search(before)
        made += (
            bare + _PRONOUNS["they" if article and name.endswith("s") else "it" if thing else person][case]
        )
        at = match.end()
    return made + question[at:]


def _case(before: str, behind: str, *, possessive: bool) -> int | None:
    """Which form a pronoun between two parts of a question has; ``None`` where none can stand."""
    words = _WORD.findall(before)
    adjective = words and not _is_plain(words[-1])
    if adjective and _ARTICLE.search(" ".join(words[:-1]) + " "):
        return None
    if possessive:
        return 2
    following = _WORD.match(behind.strip())
    if _AUXILIARY.search(before):
        return 0
    if following and not _is_plain(following.group()):
        # A verb can follow only where a clause begins; else the name belongs to the noun behind it.
        return 0 if _CLAUSE.search(before) else None
    return 1 if adjective or _OBJECT.search(before) or not following else 0


if __name__ == "__main__":
    main()
