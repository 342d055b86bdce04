"""Build the pairs of question and excerpt on which the cross-encoder is trained.

    python training/pairs.py WORK_DIR SQUAD2_TRAIN FAIRYTALEQA_TRAIN --questions 4719 4222

Writes ``pairs.jsonl``: one pair per line with its label (does the excerpt answer the question?) and, where it
is known, the span of the answer. Negatives are hard: the next-best windows, other sentences of the answering
passage, the same excerpt with an altered question, and other documents.
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

from alterations import QuestionAlterer

from assistant.core.essay import Passage
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.library.adding import essay_of_passages
from assistant.library.library import Library
from assistant.retrieval.explain import excerpt
from assistant.retrieval.finder import Finder
from assistant.retrieval.questions import Question

SEED = 11
NEXT = 3
_FOREIGN = 0.25
# Some are longer than in use, so that the model does not depend on one length.
_ROOMS = (48, 80, 112, 112)


@dataclass(frozen=True, slots=True)
class Source:
    """A question set, its passages, and the finder that ranks them."""

    dataset: Dataset
    answers: Mapping[str, list[str]]
    passages: Mapping[str, Passage]
    docs: Mapping[str, Sequence[str]]
    finder: Finder
    alterer: QuestionAlterer


def main() -> None:
    """Write the pairs of all question sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument(
        "--questions", type=int, nargs="*", help="number of questions of each set; all if left out"
    )
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    chance = random.Random(SEED)
    count = 0
    with (options.work / "pairs.jsonl").open("w", encoding="utf-8") as out:
        for limit, folder in zip_longest(options.questions or [], options.folders):
            source = load_source(folder, chance)
            for number, question in enumerate(source.dataset.questions[:limit]):
                for pair in pairs_of(question, source, chance):
                    line = {"set": folder.name, "doc": question.doc, "id": question.id, **pair}
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")
                    count += 1
                if number % 500 == 0:
                    print(folder.name, number, count, flush=True)


def load_source(folder: Path, chance: random.Random) -> Source:
    """Load a set and index its passages."""
    dataset = load_dataset(folder)
    lines = (folder / "queries.jsonl").read_text("utf-8").split("\n")
    answers = {line["_id"]: line.get("answers", []) for line in map(json.loads, filter(None, lines))}
    corpus = dataset.corpus or {}
    essays = [essay_of_passages(doc, doc, texts) for doc, texts in corpus.items()]
    finder = Library(Path()).finder_of(essays, lambda _stage, done, total: _report(done, total))
    passages = {passage.id: passage for essay in essays for passage in essay.passages}
    docs = {doc: list(texts) for doc, texts in corpus.items()}
    return Source(
        dataset, answers, passages, docs, finder, QuestionAlterer(dataset.questions, corpus, chance)
    )


def _report(done: int, total: int) -> None:
    if done % 512 == 0:
        print("embedded", done, "of", total, flush=True)


def pairs_of(question: DatasetQuestion, source: Source, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Positive and negative pairs of one question."""
    gold = [name for name in source.dataset.qrels.get(question.id, {}) if name in source.passages]
    ranked = source.finder.find(Question(question.text), set(source.docs[question.doc])).ranked
    windows = source.finder.searcher.index.windows
    spans = {result.passage: (windows[result.window].start, windows[result.window].end) for result in ranked}
    known = [answer for answer in source.answers[question.id] if answer.strip()]
    if not question.answerable:
        for result in ranked[:2]:
            yield _pair(question.text, source, result.passage, spans[result.passage], "native", chance)
        return
    for name in gold[:2]:
        yield from _of_gold(question.text, source, name, spans[name], known, chance)
    others = [result.passage for result in ranked if result.passage not in gold][:NEXT]
    for name in others:
        pair = _pair(question.text, source, name, spans[name], "next", chance)
        # An answer that occurs in another passage too may well be one there.
        if not any(_find(answer, pair["text"]) for answer in known):
            yield pair
    if chance.random() < _FOREIGN and len(source.docs) > 1:
        doc = chance.choice([doc for doc in source.docs if doc != question.doc])
        ranked = source.finder.find(Question(question.text), set(source.docs[doc])).ranked[:1]
        for result in ranked:
            window = windows[result.window]
            yield _pair(question.text, source, result.passage, (window.start, window.end), "foreign", chance)


def _of_gold(
    text: str, source: Source, name: str, best: tuple[int, int], known: Sequence[str], chance: random.Random
) -> Iterator[dict[str, Any]]:
    passage = source.passages[name]
    pair = _pair(text, source, name, best, "gold", chance)
    places = [span for answer in known if (span := _find(answer, passage.text))]
    if places and not any(_find(answer, pair["text"]) for answer in known):
        # The best window lacks the answer and is a negative; the window with the answer is the positive.
        yield {**pair, "kind": "beside", "label": 0}
        pair = _pair(text, source, name, places[0], "gold", chance)
    inside = [span for answer in known if (span := _find(answer, pair["text"]))]
    pair["answer"] = inside[0] if inside else None
    yield pair
    altered = source.alterer.altered(text, pair["text"])
    if altered is not None:
        yield {**pair, "question": altered, "kind": "altered", "label": 0, "answer": None}


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


def _find(answer: str, text: str) -> tuple[int, int] | None:
    """Span of an answer in a text, whole words in any case."""
    match = re.search(rf"(?<!\w){re.escape(answer.strip().rstrip('.'))}(?!\w)", text, re.IGNORECASE)
    return match.span() if match else None


if __name__ == "__main__":
    main()
