"""Measure how well and how quickly quotations are checked.

    python benchmarks/quotations.py [--each 200] [--essays 1000] [--seed 1]

Quotes the sample essay with every kind of change, by a seeded generator (``tests/quotation_changes.py``), and
counts the verdicts; quotes other texts, whose words are absent; then times the look-up in one essay and in a
generated library, whose essays are Markov chains of the sample's words. Times are processor times, so that
other work on the machine matters little.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import process_time

from assistant.core.essay import PageStart, Passage, SourceMap, StoredEssay
from assistant.documents.reading import read_essay_file
from assistant.library import store
from assistant.quotations.corpus import Corpus

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from misquotations import quotations  # noqa: E402 - the same
from quotation_changes import ALLOWED, FORBIDDEN  # noqa: E402 - in tests/, which use them too

_LENGTHS = (4, 6, 8, 12, 20, 40)
_CHARACTERS = 45_000


def verdicts(corpus: Corpus, essay: StoredEssay, each: int, seed: int) -> None:
    """Print the verdicts by kind of change, and precision and recall of ``exact`` and ``altered``."""
    exact, altered = Counter[str](), Counter[str]()
    print("| change | quotations | exact | altered | absent | right place |\n|---|---|---|---|---|---|")
    for wanted, changes, total in (("exact", ALLOWED, exact), ("altered", FORBIDDEN, altered)):
        for change in changes:
            quoted = list(quotations(random.Random(seed), essay.passages, [change], each))
            if not quoted:
                continue
            counts: Counter[str] = Counter()
            for quotation in quoted:
                found = corpus.look_up(quotation.quoted)
                counts[found.verdict] += 1
                texts = {near.place.text for near in found.comparisons}
                places = {name for near in found.comparisons for name in near.place.passages}
                counts["place"] += quotation.passage in places or quotation.printed in texts
            total.update(counts)
            total["all"] += len(quoted)
            row = " | ".join(str(counts[name]) for name in ("exact", "altered", "absent", "place"))
            print(f"| {change.__name__.replace('_', ' ')} ({wanted}) | {len(quoted)} | {row} |")
    all_exact = exact["exact"] + altered["exact"]
    print(
        f"\nexact: precision {exact['exact'] / all_exact:.4f}, recall {exact['exact'] / exact['all']:.4f}\n"
        f"altered: precision {altered['altered'] / (altered['altered'] + exact['altered']):.4f}, "
        f"recall {altered['altered'] / altered['all']:.4f}\n"
    )


def foreign(corpus: Corpus, essay: StoredEssay, seed: int) -> None:
    """Print how many word runs of other texts, and of the sample's words shuffled, count as altered."""
    rng = random.Random(seed)
    layouts = sorted((ROOT / "tests" / "layouts").glob("*.txt"))
    others = " ".join(read_essay_file(path).text for path in layouts)
    own = [word for passage in essay.passages for word in passage.text.split()]
    print("| words | other texts found altered | shuffled words found altered |\n|---|---|---|")
    for length in _LENGTHS:
        words = others.split()
        runs = [words[at : at + length] for at in rng.sample(range(len(words) - length), 200)]
        mixed = [rng.choices(own, k=length) for _ in range(200)]
        print(f"| {length} | {_wrong(corpus, runs)} | {_wrong(corpus, mixed)} |")
    print()


def _wrong(corpus: Corpus, runs: Sequence[Sequence[str]]) -> str:
    texts = [" ".join(run) for run in runs]
    # Other texts quote what the sample quotes; such runs are left out.
    texts = [text for text in texts if len(re.findall("[a-z]", text)) > 8 and not corpus.reused(text, 5)]
    verdicts = [corpus.look_up(text).verdict for text in texts]
    return f"{verdicts.count('altered')} of {len(verdicts)}"


def timed(essays: Sequence[StoredEssay], quoted: StoredEssay, seed: int) -> None:
    """Print the time to prepare a library and to look quotations up in it."""
    start = process_time()
    corpus = Corpus(essays)
    print(f"{len(essays)} essays prepared in {process_time() - start:.2f} s")
    rng = random.Random(seed)
    words = [word for passage in quoted.passages for word in passage.text.split()]
    texts = {
        "exact": [quotation.quoted for quotation in quotations(rng, quoted.passages, ALLOWED, 8)],
        "altered": [quotation.quoted for quotation in quotations(rng, quoted.passages, FORBIDDEN, 8)],
        "absent": [" ".join(rng.choices(words, k=rng.choice(_LENGTHS[1:]))) for _ in range(40)],
    }
    for name, quotes in texts.items():
        took = sorted(_took(corpus, quote) for quote in quotes)
        ninetieth = took[int(len(took) * 0.9)]
        print(f"  {name}: median {median(took):.1f} ms, 90% {ninetieth:.1f} ms, most {took[-1]:.1f} ms")
    draft = " ".join(rng.choices(words, k=10_000))
    for name in ("first draft", "later draft"):
        start = process_time()
        corpus.reused(draft)
        print(f"  words reused, {name} of 10,000 words: {1000 * (process_time() - start):.0f} ms")


def _took(corpus: Corpus, quote: str) -> float:
    start = process_time()
    corpus.look_up(quote)
    return 1000 * (process_time() - start)


def generated(count: int, pattern: StoredEssay, seed: int) -> list[StoredEssay]:
    """Essays generated from the sample's words, each with some words of its own."""
    rng = random.Random(seed)
    words = [word for passage in pattern.passages for word in passage.text.split()]
    follows: defaultdict[str, list[str]] = defaultdict(list)
    for word, after in pairwise(words):
        follows[word].append(after)
    return [_essay(f"made-{number}", pattern, follows, words, rng) for number in range(count)]


def _essay(
    name: str,
    pattern: StoredEssay,
    follows: dict[str, list[str]],
    words: Sequence[str],
    rng: random.Random,
) -> StoredEssay:
    own = ["".join(rng.choices("abcdefghilmnoprstu", k=7)) for _ in range(300)]
    passages: list[Passage] = []
    total, word = 0, words[0]
    while total < _CHARACTERS:
        run = []
        for _ in range(rng.randint(60, 160)):
            word = rng.choice(own) if rng.random() < 0.08 else rng.choice(follows.get(word) or words)
            run.append(word)
        text = " ".join(run)
        number = len(passages) + 1
        passages.append(
            Passage(
                f"{name}/p{number:02}",
                name,
                number,
                "paragraph",
                "",
                text,
                ((0, len(text)),),
                (PageStart(str(number), 0),),
                SourceMap(((0, total),), len(text)),
            )
        )
        total += len(text)
    return replace(pattern, id=name, passages=tuple(passages))


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=200, help="quotations for each change")
    parser.add_argument("--essays", type=int, default=1000, help="essays of the generated library")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sample = store.load(ROOT / "data" / "chunks" / "sample.jsonl")
    corpus = Corpus([sample])
    verdicts(corpus, sample, options.each, options.seed)
    foreign(corpus, sample, options.seed)
    timed([sample], sample, options.seed)
    timed([*generated(options.essays, sample, options.seed), sample], sample, options.seed)


if __name__ == "__main__":
    main()
