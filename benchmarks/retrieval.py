"""Remake the tables of ``docs/evaluation.md``, as Markdown on stdout.

    python benchmarks/retrieval.py [--library DIR] [--method M ...] [DATASET_DIR ...]
    python benchmarks/retrieval.py --anchor SCIFACT_DIR
    python benchmarks/retrieval.py --bytes [--every N] DATASET_DIR ...

Sets without passages of their own use the essays in the library. The anchor verifies that the measures agree
with those of others: one vector of all-MiniLM-L6-v2 for each abstract of SciFact must reach the nDCG@10 that
MTEB has published. ``--bytes`` compares ways to store the vectors of tokens, by what they lose against a
byte a component for each token of each window.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from measuring import table

from assistant.cli.terminal import Bar
from assistant.core.errors import AssistantError
from assistant.core.essay import SEARCHED_KINDS, Passage
from assistant.evaluation.assess import Measured, measure
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.evaluation.methods import METHODS, Methods
from assistant.evaluation.render import set_markdown
from assistant.evaluation.runner import answering, evaluate, highest_judgement
from assistant.library.adding import essay_of_passages
from assistant.library.files import find_root
from assistant.library.library import Library
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.index import Index, build_index
from assistant.retrieval.index.tokens import PRECISE, TokenStore
from assistant.retrieval.models.encoder import Encoder

PUBLISHED = 0.64508
TOLERANCE = 0.01


def main() -> int:
    """Print the tables, or the anchor's difference from the published figure; 1 if it is too large."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="DATASET_DIR")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--method", action="append", choices=METHODS, help="all if left out")
    parser.add_argument("--anchor", type=Path, metavar="FOLDER", help="SciFact in BEIR layout")
    parser.add_argument("--bytes", action="store_true", help="compare ways to store token vectors")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask every Nth question (--bytes)")
    options = parser.parse_args()
    library = Library(find_root(options.library), notify=lambda sentence: print(sentence, file=sys.stderr))
    try:
        if options.anchor:
            return anchored(library, options.anchor)
        if options.bytes:
            for folder in options.folders:
                print(stored(library, folder, options.every), flush=True)
            return 0
        for folder, result in zip(
            options.folders, measured(library, options.folders, options.method or ()), strict=True
        ):
            print(f"\n{set_markdown(result.data)}\n\n{ceiling(load_dataset(folder))}", flush=True)
    except AssistantError as error:
        sys.exit(f"{error}")
    return 0


def measured(library: Library, folders: Sequence[Path], methods: Sequence[str]) -> Iterator[Measured]:
    """Measure the sets, one after the other."""
    with Bar("questions") as bar:
        yield from measure(library, folders, methods, bar, worst=0)


def ceiling(dataset: Dataset) -> str:
    """The recall of a perfect ranking, which is below 1 where several passages answer a question."""
    highest = highest_judgement(dataset)
    counts = [
        len(answering(dataset, question, highest)) for question in dataset.questions if question.answerable
    ]
    recalls = [np.mean([min(k, count) / count for count in counts if count]) for k in (1, 3, 5)]
    several = sum(count > 1 for count in counts)
    listed = ", ".join(f"R@{k} {value:.3f}" for k, value in zip((1, 3, 5), recalls, strict=True))
    return f"A perfect ranking has {listed}: several passages answer {several} of {len(counts)} questions."


def stored(library: Library, folder: Path, every: int) -> str:
    """A table of the ways to store token vectors on a set: bytes, losses with 95% intervals, and time."""
    dataset = load_dataset(folder)
    questions = tuple(question for question in dataset.questions if question.answerable)[::every]
    docs = {question.doc for question in questions}
    texts = dataset.corpus or {}
    if texts and not dataset.whole:
        texts = {doc: texts[doc] for doc in sorted(docs)}
    essays = (
        [essay_of_passages(doc, doc, passages) for doc, passages in texts.items()]
        if texts
        else [essay for essay in library.essays() if essay.id in docs]
    )
    dataset = replace(dataset, questions=questions)
    corpus = {
        essay.id: {passage.id: passage for passage in essay.passages if passage.kind in SEARCHED_KINDS}
        for essay in essays
    }
    encoder = library.finder_of([], lambda *_step: None).searcher.encoder
    searched = [passage for essay in essays for passage in essay.passages]
    # Both are built with a byte a component; one without windows that share tokens, as a reference.
    shared, apart = (
        build_with(searched, {essay.id: "" for essay in essays}, encoder, share=share)
        for share in (True, False)
    )
    precise = shared.tokens.vectors
    ways = {"a byte, each window its own": apart} | {
        f"{bits} bits, windows share": replace(shared, tokens=TokenStore.of(precise, bits))
        for bits in (8, 4, 3, 2, 1)
    }
    rows, reference = [], None
    for name, index in ways.items():
        finder = Finder(index, encoder, {essay.id: essay for essay in essays})
        ranker = Methods(finder, corpus, lambda *_step: None).ranker("late")
        evaluation = evaluate(dataset, ranker, corpus, "late")
        outcomes = [[one.measures["ndcg@10"], one.measures["success@1"]] for one in evaluation.outcomes]
        scores = np.array(outcomes)
        reference = scores if reference is None else reference
        loss = scores - reference
        margin = 1.96 * loss[:, 0].std() / np.sqrt(len(loss))
        size = (index.tokens.codes.nbytes + index.tokens.scales.nbytes) / len(index.windows)
        rows.append(
            [
                name,
                f"{size:,.0f}",
                f"{scores[:, 0].mean():.4f}",
                f"{loss[:, 0].mean():+.4f} (±{margin:.4f})",
                f"{scores[:, 1].mean():.3f}",
                f"{evaluation.milliseconds(50):.1f}",
            ]
        )
    head = (
        "token vectors",
        "bytes a window",
        "nDCG@10",
        "difference (95%)",
        "first is right",
        "ranking p50, ms",
    )
    return f"{dataset.name}, {len(questions)} questions:\n\n{table(head, rows)}\n"


def build_with(
    passages: Sequence[Passage], digests: Mapping[str, str], encoder: Encoder, *, share: bool
) -> Index:
    """Index passages with a byte a component, with or without windows that share tokens."""
    with (
        patch("assistant.retrieval.index.encoding.bits_of", lambda _dimension: PRECISE),
        patch("assistant.retrieval.index.index.bits_of", lambda _dimension: PRECISE),
        nullcontext() if share else patch("assistant.retrieval.index.encoding._shared", lambda *_tokens: 0),
    ):
        return build_index(passages, digests, encoder)


def anchored(library: Library, folder: Path) -> int:
    """Print figure, difference and verdict; 0 if the figure agrees with the published one."""
    (result,) = measured(library, [folder], ["dense"])
    ndcg = result.evaluations[0].means["ndcg@10"]
    data = result.data
    print(f"{data['name']}, {data['queries']} questions, one vector per passage ({data['model']}):")
    if ndcg is not None:
        print(f"nDCG@10 {ndcg:.5f}, published {PUBLISHED:.5f}, difference {ndcg - PUBLISHED:+.5f}")
    passed = ndcg is not None and abs(ndcg - PUBLISHED) <= TOLERANCE
    print("pass" if passed else f"fail: more than {TOLERANCE} apart")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
