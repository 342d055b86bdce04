"""Make the documents that late interaction learns from: their windows, and what is asked of them.

    python training/documents.py WORK_DIR SQUAD2_TRAIN FAIRYTALEQA_TRAIN

Writes ``documents.jsonl``, a document a line: the word pieces of its windows and the passage that each is
of; the word pieces of each answerable question, their weights as in use, the passages that answer and,
of these, the windows that miss an answer that is known. And ``vectors.npy``: the plain model's vector of
every window and every question, in the same order.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.library.adding import given_passages
from assistant.library.library import Library
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.windows import Window
from assistant.retrieval.models.encoder import Floats


def main() -> None:
    """Write the documents of all question sets named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    vectors: list[Floats] = []
    with (options.work / "documents.jsonl").open("w", encoding="utf-8") as out:
        for folder in options.folders:
            for made, own in documents_of(folder):
                out.write(json.dumps(made) + "\n")
                vectors.append(own)
            print(folder.name, "done", flush=True)
    np.save(options.work / "vectors.npy", np.concatenate(vectors).astype(np.float16))


def documents_of(folder: Path) -> Iterator[tuple[dict[str, Any], Floats]]:
    """Each document of a question set, and its vectors."""
    dataset = load_dataset(folder)
    answers = {
        one["_id"]: [answer for answer in one.get("answers") or () if answer.strip()]
        for line in (folder / "queries.jsonl").read_text("utf-8").split("\n")
        if line
        for one in (json.loads(line),)
    }
    corpus = dataset.corpus or {}
    essays = [given_passages(doc, doc, texts) for doc, texts in corpus.items()]
    finder = Library(Path()).finder_of(essays, lambda _stage, done, total: _told(done, total))
    for doc, texts in corpus.items():
        asked = [one for one in dataset.questions if one.doc == doc and one.answerable]
        yield _document(folder.name, doc, list(texts), asked, finder, dataset, answers)


def _told(done: int, total: int) -> None:
    if done % 2048 == 0:
        print("embedded", done, "of", total, flush=True)


def _document(
    name: str, doc: str, passages: Sequence[str], asked: Sequence[DatasetQuestion], finder: Finder,
    dataset: Dataset, answers: Mapping[str, Sequence[str]],
) -> tuple[dict[str, Any], Floats]:  # fmt: skip
    searcher = finder.searcher
    rows, index = searcher.rows(set(passages)), searcher.index
    windows = [index.windows[row] for row in rows]
    vectors = list(index.vectors.part(0, len(index.vectors))[rows])
    questions = []
    for question in asked:
        query = searcher.query(question.text)
        gold = set(dataset.qrels[question.id])
        questions.append(
            {
                "id": question.id,
                "ids": query.ids.tolist(),
                "weights": [round(float(one), 5) for one in searcher.weights(query, rows)],
                "gold": [at for at, passage in enumerate(passages) if passage in gold],
                "beside": _beside(windows, gold, answers[question.id]),
            }
        )
        vectors.append(query.vector)
    owners = {passage: at for at, passage in enumerate(passages)}
    made = {
        "set": name,
        "doc": doc,
        "windows": [index.ids[index.offsets[row] : index.offsets[row + 1]].tolist() for row in rows],
        "owners": [owners[window.passage] for window in windows],
        "questions": questions,
    }
    return made, np.array(vectors, dtype=np.float32)


def _beside(windows: Sequence[Window], gold: set[str], answers: Sequence[str]) -> list[int]:
    """Windows of the answering passages that miss the answer, if it stands in others of them."""
    inside = [at for at, window in enumerate(windows) if window.passage in gold]
    found = {at for at in inside if any(_stands(answer, windows[at].text) for answer in answers)}
    return [at for at in inside if at not in found] if found else []


def _stands(answer: str, text: str) -> bool:
    """Whether an answer stands in a text, whole words in any case."""
    return bool(re.search(rf"(?<!\w){re.escape(answer.strip().rstrip('.'))}(?!\w)", text, re.IGNORECASE))


if __name__ == "__main__":
    main()
