"""Rank all questions of sets in one index and in shards, and compare the runs byte for byte; prints Markdown.

    OPENBLAS_NUM_THREADS=1 python benchmarks/cluster_sets.py [--shards 1 2 3 8] [--large] [--sample N] \
        [--library DIR] [--encoded DIR] DATASET_DIR ...

A run has, for each question, all passages with their scores by every method, and for late interaction the
confidence, the verdict and what is highlighted of the first three. Sets without passages of their own use the
essays in the library. Passages are encoded once; the reading model, which reads what was found in either
case, is left out. With ``--large`` the numbers from which on an index is searched in part are small, so that
the inverted file and the choice of candidates are compared too. ``--sample`` asks so many questions of each
set, always the same; ``--encoded`` keeps the encodings for the next run. Exits with 1 if a run differs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from measuring import table
from sharded import ShardsHere, sharded_search

from assistant.cluster.placement import by_shard
from assistant.cluster.shard_index import ShardIndex
from assistant.core.essay import SEARCHED_KINDS, StoredEssay
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.library.adding import essay_of_passages
from assistant.library.files import find_root
from assistant.library.library import Library
from assistant.retrieval import ranking
from assistant.retrieval.finder import Finder
from assistant.retrieval.index import vectors
from assistant.retrieval.index.index import Index, build_index
from assistant.retrieval.index.storage import load_index, save_index
from assistant.retrieval.models.encoder import Encoder
from assistant.retrieval.questions import Question

SHOWN, SEED = 3, 20


def essays_of(dataset: Dataset, library: Library) -> tuple[list[StoredEssay], Mapping[str, str]]:
    """The essays that a set asks about, and the id of each by that of its document."""
    if dataset.corpus is None:
        return library.essays(), {essay_id: essay_id for essay_id in library.ids()}
    names = {doc: f"d{number:05}" for number, doc in enumerate(dataset.corpus)}
    essays = [
        # An index looks for a passage in the essay that its id begins with.
        essay_of_passages(
            names[doc], doc, {f"{names[doc]}/p{at:05}": text for at, text in enumerate(texts.values())}
        )
        for doc, texts in dataset.corpus.items()
    ]
    return essays, names


def built(essays: Sequence[StoredEssay], encoder: Encoder, previous: Index | None = None) -> Index:
    """The index of some essays."""
    passages = [passage for essay in essays for passage in essay.passages]
    return build_index(passages, {essay.id: "" for essay in essays}, encoder, previous=previous)


def in_shards(essays: Sequence[StoredEssay], whole: Index, encoder: Encoder, count: int) -> Finder:
    """A finder of the same essays in so many shards."""
    by_id = {essay.id: essay for essay in essays}
    placed = by_shard(by_id, [f"{number:03}" for number in range(count)])
    files: dict[str, Any] = {}
    indexes = {
        name: ShardIndex(
            name, built([by_id[essay] for essay in own], encoder, whole), encoder, by_id, files.__getitem__
        )
        for name, own in placed.items()
        if own
    }
    fleet = ShardsHere(indexes)
    return Finder(lambda ignored: sharded_search(fleet, encoder, ignored), encoder, by_id)


def run(
    finder: Finder,
    dataset: Dataset,
    names: Mapping[str, str],
    essays: Sequence[StoredEssay],
    questions: Sequence[DatasetQuestion],
) -> Iterator[bytes]:
    """The lines of a run."""
    searched = {
        essay.id: frozenset(passage.id for passage in essay.passages if passage.kind in SEARCHED_KINDS)
        for essay in essays
    }
    everything = frozenset().union(*searched.values())
    for asked in questions:
        is_whole = dataset.whole or not asked.doc
        among = everything if is_whole else searched[names[asked.doc]]
        question = (
            finder.understood(asked.text, asked.history, among) if asked.history else Question.of(asked.text)
        )
        found = finder.with_reason(finder.find(question, among), among)
        shown = [finder.highlights(found, ranked) for ranked in found.ranked[:SHOWN]]
        first = [[ranked.passage, ranked.score] for ranked in found.ranked]
        line: list[object] = [asked.id, first, found.confidence, str(found.verdict), shown]
        line += [finder.searcher.ranking(question, method, among) for method in finder.searcher.methods]
        yield json.dumps(line).encode() + b"\n"


def sampled(dataset: Dataset, most: int | None) -> Sequence[DatasetQuestion]:
    """The questions of a set, or so many of them, in order."""
    questions = dataset.questions
    if most is None or len(questions) <= most:
        return questions
    return [questions[at] for at in sorted(random.Random(SEED).sample(range(len(questions)), most))]


def encoded(essays: Sequence[StoredEssay], encoder: Encoder, folder: Path | None) -> Index:
    """The index of all essays; what an earlier run has left in a folder is not encoded again."""
    index = built(essays, encoder, None if folder is None else load_index(folder))
    if folder is not None:
        save_index(index, folder).make_current()
    return index


def compared(
    dataset: Dataset,
    library: Library,
    encoder: Encoder,
    counts: Sequence[int],
    most: int | None,
    work: Path | None,
) -> list[str]:
    """A row of the table."""
    essays, names = essays_of(dataset, library)
    whole = encoded(essays, encoder, None if work is None else work / dataset.name)
    questions = sampled(dataset, most)
    finder = Finder(whole, encoder, {essay.id: essay for essay in essays})
    wanted = list(run(finder, dataset, names, essays, questions))
    differing = []
    for count in counts:
        others = run(in_shards(essays, whole, encoder, count), dataset, names, essays, questions)
        differing.append(sum(line != other for line, other in zip(wanted, others, strict=True)))
    digest = hashlib.sha256(b"".join(wanted)).hexdigest()[:12]
    asked = f"{len(wanted):,} of {len(dataset.questions):,}"
    sizes = f"{len(essays):,}", f"{len(whole.windows):,}", asked
    return [dataset.name, *sizes, f"{sum(map(len, wanted)):,}", digest, *map(str, differing)]


def main() -> int:
    """Print a row for each set; 1 if a run differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DATASET_DIR")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 2, 3, 8])
    parser.add_argument("--sample", type=int, metavar="N", help="ask only N questions of a set")
    parser.add_argument("--encoded", type=Path, metavar="DIR", help="keep encodings there")
    parser.add_argument("--large", action="store_true", help="search as in a library of many windows")
    options = parser.parse_args()
    if options.large:
        vectors.MOST_FLAT, ranking.SCORE_ALL, ranking.BY_VECTOR = 500, 100, 40
    library = Library(find_root(options.library), notify=lambda sentence: print(sentence, file=sys.stderr))
    encoder = library.finder_of([], lambda *_step: None).searcher.encoder
    # The first time, the model's last bits are others.
    for _ in range(2):
        encoder.encode(["?", "?"], query=True)
    rows = []
    for folder in options.folders:
        dataset = load_dataset(folder)
        rows.append(compared(dataset, library, encoder, options.shards, options.sample, options.encoded))
        print(rows[-1], file=sys.stderr, flush=True)
    head = ["set", "essays", "windows", "questions", "bytes of the run", "sha256"]
    print(table([*head, *(f"differing, {count} shards" for count in options.shards)], rows))
    return int(any(figure != "0" for row in rows for figure in row[len(head) :]))


if __name__ == "__main__":
    sys.exit(main())
