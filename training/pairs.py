"""Make the questions and excerpts on which the reading model is trained.

    python training/candidates.py WORK_DIR SQUAD2_TRAIN FAIRYTALEQA_TRAIN
    python training/pairs.py WORK_DIR SQUAD2_TRAIN FAIRYTALEQA_TRAIN [--prose ESSAYS.txt ...]

Writes ``WORK_DIR/NAME.jsonl`` for each set: one question per line, with excerpts that answer it, excerpts
that do not, and altered questions that its answering excerpt does not answer. ``cross_encoder.py`` draws from
these in each epoch. Negatives are hard: the next-best windows, the answering passage without the sentence
that answers, windows of other documents, and altered questions (``alterations.py``).

``--prose`` names plain texts of essays that have no questions, paragraphs divided by blank lines. A sentence
becomes a question such as "Why does the author say that ...?".
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alterations import QuestionAlterer
from candidates import installed_model
from tokenizers import Tokenizer

from assistant.chunking.sentences import split_sentences
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.retrieval.explain import excerpt

SEED = 11
NEXT = 6
# Number of times that each kind of alteration is tried.
ROUNDS = 2
_FOREIGN = 0.35
Span = tuple[int, int]
# Word pieces of an excerpt: some are longer than in use, so that the model does not depend on one length.
_ROOMS = (48, 80, 112, 112)
_FRAMES = (
    "Why does the author say that {}?", "Why does the essay claim that {}?",
    "Where does the author say that {}?", "What does the author mean by saying that {}?",
    "Does the author think that {}?", "How does the essay show that {}?",
    "What follows from the fact that {}?", "{}",
)  # fmt: skip
_CLAUSE_WORDS = range(5, 26)
_PARAGRAPH_WORDS = range(40, 260)
_ESSAY_PARAGRAPHS = 40
# Questions made of each paragraph, at most.
_CLAUSES = 3

Excerpt = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SplitPassage:
    """A passage with its sentences and the number of word pieces of each."""

    text: str
    sentences: Sequence[Span]
    lengths: Sequence[int]


@dataclass(frozen=True, slots=True)
class Source:
    """A question set, its passages, and its candidates as ``candidates.py`` ranked them.

    Attributes:
        dataset: The set.
        answers: Answers of each question.
        passages: Passages by id.
        candidates: Best passages of each question with their best windows, of its own document and another.
        alterer: What alters questions.
        chance: Source of random choices.
    """

    dataset: Dataset
    answers: Mapping[str, list[str]]
    passages: Mapping[str, SplitPassage]
    candidates: Mapping[str, Mapping[str, list[tuple[str, int, int]]]]
    alterer: QuestionAlterer
    chance: random.Random


def main() -> None:
    """Write the questions of all sets."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", type=Path)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--prose", nargs="*", type=Path, default=[], metavar="FILE")
    parser.add_argument("--questions", type=int, help="questions of each set; all if left out")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    for folder in options.folders:
        source = source_of_set(folder, options.work)
        _write(
            options.work,
            folder.name,
            (_of_question(q, source) for q in source.dataset.questions[: options.questions]),
        )
    for path in options.prose:
        _write(options.work, path.stem, of_prose(path))


def _write(work: Path, name: str, lines: Iterator[dict[str, Any]]) -> None:
    with (work / f"{name}.jsonl").open("w", encoding="utf-8") as out:
        for number, line in enumerate(lines, 1):
            out.write(json.dumps({"set": name, **line}, ensure_ascii=False) + "\n")
            if number % 500 == 0:
                print(name, number, flush=True)


def source_of_set(folder: Path, work: Path) -> Source:
    """Load a set and its candidates."""
    answers = {line["_id"]: line.get("answers", []) for line in _lines(folder / "queries.jsonl")}
    candidates = {line["id"]: line for line in _lines(work / "candidates" / f"{folder.name}.jsonl")}
    return _source(load_dataset(folder), answers, candidates)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def _source(dataset: Dataset, answers: Mapping[str, list[str]], candidates: Mapping[str, Any]) -> Source:
    chance = random.Random(SEED)
    tokenizer = Tokenizer.from_file(str(installed_model() / "tokenizer.json"))
    tokenizer.no_truncation()
    corpus = dataset.corpus or {}
    passages = {name: _split(text, tokenizer) for texts in corpus.values() for name, text in texts.items()}
    alterer = QuestionAlterer(dataset.questions, corpus, chance)
    return Source(dataset, answers, passages, candidates, alterer, chance)


def _split(text: str, tokenizer: Tokenizer) -> SplitPassage:
    spans = split_sentences(text)
    return SplitPassage(
        text, spans, [len(tokenizer.encode(text[a:b], add_special_tokens=False).ids) for a, b in spans]
    )


def _of_question(question: DatasetQuestion, source: Source) -> dict[str, Any]:
    """A question with its excerpts and its altered questions."""
    gold = [name for name in source.dataset.qrels.get(question.id, {}) if name in source.passages]
    known = [answer for answer in source.answers[question.id] if answer.strip()]
    ranked = [(name, (start, end)) for name, start, end in source.candidates[question.id]["own"]]
    line: dict[str, Any] = {"doc": question.doc, "id": question.id, "question": question.text}
    if not question.answerable:
        unanswered = [_excerpt(source, name, span, "native") for name, span in ranked[:3]]
        return {**line, "right": [], "wrong": unanswered, "altered": [], "reworded": []}
    spans = dict(ranked)
    right: list[Excerpt] = []
    wrong: list[Excerpt] = []
    for name in gold[:2]:
        for made in _of_gold(source, name, spans.get(name), known):
            (right if made["kind"] == "gold" else wrong).append(made)
    for name, span in [pair for pair in ranked if pair[0] not in gold][:NEXT]:
        made = _excerpt(source, name, span, "next")
        # An answer that occurs in another passage too may well be one there.
        if not any(_find(answer, made["text"]) for answer in known):
            wrong.append(made)
    if source.chance.random() < _FOREIGN:
        foreign = source.candidates[question.id]["foreign"]
        wrong.extend(_excerpt(source, name, (start, end), "foreign") for name, start, end in foreign)
    return {**line, "right": right, "wrong": wrong, **_altered(question.text, question.doc, right, source)}


def _of_gold(source: Source, name: str, best: Span | None, known: Sequence[str]) -> Iterator[Excerpt]:
    """Windows of an answering passage: those that have the answer, and those that lack it."""
    passage = source.passages[name]
    places = [span for answer in known if (span := _find(answer, passage.text))]
    if best is not None:
        first = _excerpt(source, name, best, "gold")
        if places and not any(_find(answer, first["text"]) for answer in known):
            yield {**first, "kind": "beside"}
        else:
            yield _with_answer(first, known)
    for place in places[:2]:
        yield _with_answer(_excerpt(source, name, place, "gold"), known)
    yield from _without(passage, places, known)


def _with_answer(made: Excerpt, known: Sequence[str]) -> Excerpt:
    inside = [span for answer in known if (span := _find(answer, made["text"]))]
    return {**made, "answer": inside[0] if inside else None}


def _without(passage: SplitPassage, places: Sequence[Span], known: Sequence[str]) -> Iterator[Excerpt]:
    """An answering passage without the sentences that answer: all else that it says of the same matter."""
    if not places:
        return
    sentences = [passage.text[start:end] for start, end in passage.sentences]
    rest = [
        sentence
        for sentence, (start, end) in zip(sentences, passage.sentences, strict=True)
        if not any(low < end and start < high for low, high in places)
        and not any(_find(answer, sentence) for answer in known)
    ]
    if len(rest) >= 2:
        yield {"text": " ".join(rest)[:700], "kind": "without"}


def _altered(text: str, doc: str, right: Sequence[Excerpt], source: Source) -> dict[str, Any]:
    """Questions that the answering excerpts do not answer, with the number of the excerpt, and rewordings."""
    altered = {
        (number, kind, new)
        for number, made in enumerate(right[:2])
        for _ in range(ROUNDS)
        for kind, new in source.alterer.alterations(text, made["text"], doc)
    }
    reworded = {new for _ in range(ROUNDS) if (new := source.alterer.reworded(text))}
    return {"altered": sorted(altered), "reworded": sorted(reworded)}


def _excerpt(source: Source, name: str, span: Span, kind: str) -> Excerpt:
    passage = source.passages[name]
    start, end = excerpt(passage.sentences, passage.lengths, span, source.chance.choice(_ROOMS))
    return {"text": passage.text[start:end], "kind": kind}


def _find(answer: str, text: str) -> Span | None:
    """Span of an answer in a text, whole words in any case."""
    match = re.search(rf"(?<!\w){re.escape(answer.strip().rstrip('.'))}(?!\w)", text, re.IGNORECASE)
    return match.span() if match else None


def of_prose(path: Path) -> Iterator[dict[str, Any]]:
    """Questions made of the sentences of essays."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", path.read_text("utf-8"))]
    # Emphasis and notes of plain texts.
    paragraphs = [re.sub(r"[_*]|\[[^\]]*\]", "", text) for text in paragraphs]
    paragraphs = [text for text in paragraphs if len(text.split()) in _PARAGRAPH_WORDS]
    corpus: dict[str, dict[str, str]] = {}
    for number, text in enumerate(paragraphs):
        doc = f"{path.stem}-{number // _ESSAY_PARAGRAPHS}"
        corpus.setdefault(doc, {})[f"{doc}#{number}"] = text
    dataset = Dataset(path.stem, (), {}, corpus, whole=False)
    source = _source(dataset, {}, {})
    for doc, texts in corpus.items():
        for name in texts:
            yield from _of_paragraph(doc, name, [other for other in texts if other != name], source)


def _of_paragraph(doc: str, name: str, others: Sequence[str], source: Source) -> Iterator[dict[str, Any]]:
    passage = source.passages[name]
    sentences = [passage.text[start:end] for start, end in passage.sentences]
    clauses = [(number, clause) for number, text in enumerate(sentences) if (clause := _clause(text))]
    for number, clause in source.chance.sample(clauses, min(_CLAUSES, len(clauses))):
        frame = source.chance.choice(_FRAMES)
        altered = source.alterer.alterations(f"It is so: {clause}", sentences[number], doc)
        reworded = source.alterer.reworded(clause)
        right = [_excerpt(source, name, passage.sentences[number], "gold") for _ in range(2)]
        rest = " ".join(sentences[:number] + sentences[number + 1 :])[:700]
        wrong = [
            _excerpt(source, other, source.chance.choice(source.passages[other].sentences), "other")
            for other in source.chance.sample(others, min(NEXT, len(others)))
        ]
        yield {
            "doc": doc,
            "id": f"{name}/{number}",
            # Seldom in its own words: the model would learn to look for these only.
            "question": frame.format(reworded or clause),
            "right": right,
            "wrong": [*wrong, *([{"text": rest, "kind": "without"}] if len(rest) > 80 else [])],
            "altered": [(0, kind, frame.format(new.removeprefix("It is so: "))) for kind, new in altered],
            "reworded": [
                frame.format(new) for _ in range(ROUNDS) if (new := source.alterer.reworded(clause))
            ],
        }


def _clause(sentence: str) -> str | None:
    """A sentence as a clause within a question; ``None`` if it is not fit for one."""
    text = sentence.strip().rstrip(".;:")
    if not re.fullmatch(r"[A-Z][\w ,’'-]+", text) or len(text.split()) not in _CLAUSE_WORDS:
        return None
    # "I" and names keep their capitals.
    return text if re.match(r"I\b|[A-Z]\w+ [A-Z]", text) else text[0].lower() + text[1:]


if __name__ == "__main__":
    main()
