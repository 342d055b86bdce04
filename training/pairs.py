"""Make the pairs of question and excerpt that the cross-encoder learns from.

    python training/pairs.py WORK_DIR SQUAD2_TRAIN FAIRYTALEQA_TRAIN --questions 4719 4222

Writes ``pairs.jsonl``: one pair a line with its label (does the excerpt answer the question?) and, where
it is known, the span of the answer. Negatives are hard: the next-best windows, other sentences of the
answering passage, the same excerpt under a question that has been altered, and other documents.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from alterations import Altering

from assistant.core.essay import Passage
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.library.adding import given_passages
from assistant.library.library import Library
from assistant.retrieval.explain import excerpt
from assistant.retrieval.finder import Finder

SEED = 11
NEXT = 3
_FOREIGN = 0.25
# Longer than what is read in use too, so that what is learnt does not hang on one length.
_ROOMS = (48, 80, 112, 112)


@dataclass(frozen=True, slots=True)
class Source:
    """A question set, its passages and what answers from them."""

    dataset: Dataset
    answers: Mapping[str, list[str]]
    passages: Mapping[str, Passage]
    docs: Mapping[str, Sequence[str]]
    finder: Finder
    altering: Altering


def main() -> None:
    """Write the pairs of all question sets named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, nargs="*", help="questions of each set; all if left out")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    chance = random.Random(SEED)
    count = 0
    with (options.work / "pairs.jsonl").open("w", encoding="utf-8") as out:
        for number_of, folder in zip_longest(options.questions or [], options.folders):
            source = opened(folder, chance)
            for number, question in enumerate(source.dataset.questions[:number_of]):
                for pair in pairs_of(question, source, chance):
                    line = {"set": folder.name, "doc": question.doc, "id": question.id, **pair}
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")
                    count += 1
                if number % 500 == 0:
                    print(folder.name, number, count, flush=True)


def opened(folder: Path, chance: random.Random) -> Source:
    """Read a set and index its passages."""
    dataset = load_dataset(folder)
    lines = (folder / "queries.jsonl").read_text("utf-8").split("\n")
    answers = {line["_id"]: line.get("answers", []) for line in map(json.loads, filter(None, lines))}
    corpus = dataset.corpus or {}
    essays = [given_passages(doc, doc, texts) for doc, texts in corpus.items()]
    finder = Library(Path()).finder_of(essays, lambda _stage, done, total: _told(done, total))
    passages = {one.id: one for essay in essays for one in essay.passages}
    docs = {doc: list(texts) for doc, texts in corpus.items()}
    return Source(dataset, answers, passages, docs, finder, Altering(dataset.questions, corpus, chance))


def _told(done: int, total: int) -> None:
    if done % 512 == 0:
        print("embedded", done, "of", total, flush=True)


def pairs_of(question: DatasetQuestion, source: Source, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Pairs of one question, positive and negative."""
    gold = [name for name in source.dataset.qrels.get(question.id, {}) if name in source.passages]
    ranked = source.finder.find(question.text, set(source.docs[question.doc])).ranked
    windows = source.finder.searcher.index.windows
    spans = {one.passage: (windows[one.window].start, windows[one.window].end) for one in ranked}
    known = [answer for answer in source.answers[question.id] if answer.strip()]
    if not question.answerable:
        for one in ranked[:2]:
            yield _pair(question.text, source, one.passage, spans[one.passage], "native", chance)
        return
    for name in gold[:2]:
        yield from _of_gold(question.text, source, name, spans[name], known, chance)
    others = [one.passage for one in ranked if one.passage not in gold][:NEXT]
    for name in others:
        made = _pair(question.text, source, name, spans[name], "next", chance)
        # A short answer that stands in another passage too may well answer there.
        if not any(_found(answer, made["text"]) for answer in known):
            yield made
    if chance.random() < _FOREIGN and len(source.docs) > 1:
        doc = chance.choice([doc for doc in source.docs if doc != question.doc])
        ranked = source.finder.find(question.text, set(source.docs[doc])).ranked[:1]
        for one in ranked:
            window = windows[one.window]
            yield _pair(question.text, source, one.passage, (window.start, window.end), "foreign", chance)


def _of_gold(
    text: str, source: Source, name: str, best: tuple[int, int], known: Sequence[str], chance: random.Random
) -> Iterator[dict[str, Any]]:
    passage = source.passages[name]
    made = _pair(text, source, name, best, "gold", chance)
    places = [found for answer in known if (found := _found(answer, passage.text))]
    if places and not any(_found(answer, made["text"]) for answer in known):
        # The best window misses the answer: a negative by itself, and the answer's own place a positive.
        yield {**made, "kind": "beside", "label": 0}
        made = _pair(text, source, name, places[0], "gold", chance)
    inside = [found for answer in known if (found := _found(answer, made["text"]))]
    made["answer"] = inside[0] if inside else None
    yield made
    altered = source.altering.altered(text, made["text"])
    if altered is not None:
        yield {**made, "question": altered, "kind": "altered", "label": 0, "answer": None}


def _pair(
    text: str, source: Source, name: str, span: tuple[int, int], kind: str, chance: random.Random
) -> dict[str, Any]:
    passage = source.passages[name]
    encoder = source.finder.searcher.encoder
    lengths = [len(encoder.pieces(passage.text[start:end])) for start, end in passage.sentences]
    start, end = excerpt(passage.sentences, lengths, span, chance.choice(_ROOMS))
    return {
        "question": text,
        "text": passage.text[start:end],
        "kind": kind,
        "label": int(kind == "gold"),
        "answer": None,
    }


def _found(answer: str, text: str) -> tuple[int, int] | None:
    """Span of an answer in a text, whole words in any case."""
    match = re.search(rf"(?<!\w){re.escape(answer.strip().rstrip('.'))}(?!\w)", text, re.IGNORECASE)
    return match.span() if match else None


if __name__ == "__main__":
    main()
