"""Measure how well follow-ups are understood: the right passage first, and among the first three.

    python benchmarks/dialogues.py [--library DIR] [--half develop|test] [--misses] DIALOGUES_DIR ...
    python benchmarks/dialogues.py --sequences SET_DIR ... [--documents N]

The dialogues are question sets in BEIR layout whose questions name their ``history``. The sequences are made
by rule from other sets: a question that names somebody, the next question that names the same with the name
put as a pronoun (of the same passage, or of another), and a question of a third passage that "And" opens.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.core.errors import AssistantError
from assistant.evaluation.assess import opened
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.evaluation.runner import SHOWN, answering, highest_judgement
from assistant.evaluation.statistics import SEED
from assistant.library.files import find_root
from assistant.library.library import Library
from assistant.library.models import no_progress
from assistant.retrieval.finder import Finder

RESAMPLES = 2_000
# A name: capitalised words that are not the first of the question.
_NAME = re.compile(r"(?<=[a-z,] )(?:the )?([A-Z][\w.-]+(?: (?:of )?[A-Z][\w.-]+)*)(?P<of>['’]s)?(?!\w)")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a dialogue with the rank that its best passage has.

    Attributes:
        question: The question.
        rank: Rank of the first answering passage, from 1; ``None`` if none was ranked.
        read_as: What the question was read as, or the empty string.
        first: The passages shown.
    """

    question: DatasetQuestion
    rank: int | None
    read_as: str
    first: tuple[str, ...]


def main() -> int:
    """Print a table for each folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--half", choices=("develop", "test"))
    parser.add_argument("--sequences", action="store_true", help="make dialogues by rule from the sets")
    parser.add_argument("--documents", type=int, default=10, help="documents of a set, at most")
    parser.add_argument(
        "--misses", action="store_true", help="list the turns without the right passage first"
    )
    options = parser.parse_args()
    library = Library(find_root(options.library), notify=lambda sentence: print(sentence, file=sys.stderr))
    try:
        turns: list[Turn] = []
        for folder in options.folders:
            dataset = load_dataset(folder)
            if options.sequences:
                dataset = sequences(dataset, options.documents)
            turns += asked(dataset, library, options.half)
    except AssistantError as error:
        sys.exit(f"{error}")
    print(table(turns))
    if options.misses:
        for turn in turns:
            if turn.question.answerable and turn.rank != 1:
                print(f"{turn.question.id} [{turn.rank}] {turn.question.text} => {turn.read_as} {turn.first}")
    return 0


def asked(dataset: Dataset, library: Library, half: str | None) -> Iterator[Turn]:
    """Ask the questions of a set, or of one half of it."""
    finder, corpus = opened(dataset, library, no_progress, indexed=True)
    highest = highest_judgement(dataset)
    for question in dataset.questions:
        if question.id.startswith(half or ""):
            among = [name for name in corpus[question.doc] if name not in question.exclude]
            yield _turn(finder, question, among, set(answering(dataset, question, highest)))


def _turn(finder: Finder, question: DatasetQuestion, among: Collection[str], right: set[str]) -> Turn:
    parsed = finder.understood(question.text, question.history, among)
    names = [ranked.passage for ranked in finder.find(parsed, among, fast=True).ranked]
    rank = next((number for number, name in enumerate(names, 1) if name in right), None)
    return Turn(question, rank, parsed.text if parsed.follows else "", tuple(names[:SHOWN]))


def sequences(dataset: Dataset, documents: int) -> Dataset:
    """Dialogues made by rule from some documents of a set."""
    corpus = dict(list((dataset.corpus or {}).items())[:documents])
    by_doc: dict[str, list[DatasetQuestion]] = defaultdict(list)
    for question in dataset.questions:
        if question.answerable and question.doc in corpus:
            by_doc[question.doc].append(question)
    made = [
        turn
        for doc, questions in by_doc.items()
        for turn in _sequences(questions, dataset.qrels, corpus[doc])
    ]
    qrels = {turn.id: dataset.qrels[turn.id.rpartition(":")[0]] for turn in made}
    return replace(dataset, questions=tuple(made), qrels=qrels, corpus=corpus)


def _sequences(
    questions: list[DatasetQuestion], qrels: Mapping[str, Mapping[str, int]], texts: Mapping[str, str]
) -> Iterator[DatasetQuestion]:
    used: set[str] = set()
    for number, first in enumerate(questions):
        names = set(_names(first.text))
        if first.id in used or not names:
            continue
        # Every other sequence stays in the passage of its first question, and every other leaves it.
        stays = len(used) % 2 == 0
        second = _second(first, questions[number + 1 :], used, qrels, stays=stays)
        gender = _gender([texts[name] for name in qrels[first.id]])
        if second is None or not gender:
            continue
        name, follow_up = second
        third = next(
            (
                other
                for other in questions[number + 1 :]
                if other.id not in used
                and qrels[other.id].keys().isdisjoint({*qrels[first.id], *qrels[follow_up.id]})
                and re.match(r"(?:Who|What|When|Where|Why|How|Which)\b", other.text)
                and set(_names(other.text)) - names - set(_names(follow_up.text))
            ),
            None,
        )
        used |= {first.id, follow_up.id}
        text = _with_pronoun(follow_up.text, name, gender)
        yield replace(first, id=f"{first.id}:1", type="first")
        kind = "same passage" if qrels[first.id].keys() & qrels[follow_up.id].keys() else "another passage"
        yield replace(
            follow_up, id=f"{follow_up.id}:2", text=text, type=f"follow-up, {kind}", history=(first.text,)
        )
        if third is not None:
            used.add(third.id)
            opened = f"And {third.text[0].lower()}{third.text[1:]}"
            yield replace(third, id=f"{third.id}:3", text=opened, type="switch", history=(first.text, text))


def _second(
    first: DatasetQuestion,
    others: Iterable[DatasetQuestion],
    used: Collection[str],
    qrels: Mapping[str, Mapping[str, int]],
    *,
    stays: bool,
) -> tuple[str, DatasetQuestion] | None:
    """The next question that names the same and no other, with the name."""
    names = _names(first.text)
    if len(set(names)) != 1:
        return None
    for other in others:
        shares = bool(qrels[first.id].keys() & qrels[other.id].keys())
        if other.id not in used and shares == stays and set(_names(other.text)) == set(names):
            return names[0], other
    return None


def _names(text: str) -> list[str]:
    return [match[1] for match in _NAME.finditer(text)]


def _gender(texts: Iterable[str]) -> str:
    """Which of "he" and "she" some passages use, or the empty string if neither is clear."""
    words = re.findall(r"\b(?:he|his|him|she|hers?)\b", " ".join(texts).casefold())
    male = sum(word.startswith("h") and word not in {"her", "hers"} for word in words)
    female = len(words) - male
    return "he" if male > 2 * female else "she" if female > 2 * male else ""


def _with_pronoun(text: str, name: str, gender: str) -> str:
    """A question with a pronoun for a name."""
    subject, oblique, possessive = {"he": ("he", "him", "his"), "she": ("she", "her", "her")}[gender]

    def pronoun(match: re.Match[str]) -> str:
        if match[1] != name:
            return match[0]
        if match["of"]:
            return possessive
        is_oblique = re.search(
            r"\b(?:by|for|to|with|of|about|than|from|on|against)\s$", text[: match.start()]
        )
        return oblique if is_oblique or not text[match.end() :].strip(" ?.") else subject

    return _NAME.sub(pronoun, text)


def table(turns: Iterable[Turn]) -> str:
    """Share of the answerable turns of each type with the right passage first, and among three."""
    by_type: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        if turn.question.answerable:
            by_type[turn.question.type].append(turn)
            if turn.question.type.startswith(("follow-up, ", "correction")):
                by_type["follow-up"].append(turn)
    lines = [
        "| turns | questions | right first | among three | read as something else |",
        "|---|---|---|---|---|",
    ]
    for name, group in sorted(by_type.items()):
        shares = [_share([turn.rank is not None and turn.rank <= k for turn in group]) for k in (1, SHOWN)]
        read = sum(bool(turn.read_as) for turn in group)
        lines.append(f"| {name} | {len(group)} | {' | '.join(shares)} | {read} |")
    return "\n".join(lines)


def _share(hits: list[bool]) -> str:
    """A share with its bootstrap 95% interval."""
    chance = np.random.default_rng(SEED)
    values = np.array(hits, dtype=float)
    means = values[chance.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():.3f} ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    sys.exit(main())
