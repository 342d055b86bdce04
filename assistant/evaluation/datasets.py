"""Question sets in BEIR layout: queries, judgements (qrels), and a corpus or the library's passages.

A question may name its evidence: which words of a passage answer it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.core.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which words answer a question, in the forms that a set may use; all are empty if it does not say.

    Attributes:
        spans: Passage, start and end of words in the passage's text.
        sentences: Sentences of an answering passage.
        answers: Short answers in an answering passage's own words.
    """

    spans: tuple[tuple[str, int, int], ...] = ()
    sentences: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class DatasetQuestion:
    """A question of a set.

    Attributes:
        id: Its id.
        text: Its words.
        doc: Essay or document it is asked of, or the empty string.
        answerable: Whether the document answers it.
        type: What sort of question it is, or the empty string.
        history: Questions asked before it.
        exclude: Passages left out of its candidates.
        evidence: Which words answer it.
    """

    id: str
    text: str
    doc: str
    answerable: bool
    type: str = ""
    history: tuple[str, ...] = ()
    exclude: frozenset[str] = frozenset()
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class Dataset:
    """A question set.

    Attributes:
        name: Name of the set.
        questions: Its questions, in order.
        qrels: Judgements: relevance of each judged passage, by question id.
        corpus: Text of the set's own passages by document and id; ``None`` if it uses the library's.
        whole: Whether a question is asked of all documents and not only of its own.
    """

    name: str
    questions: tuple[DatasetQuestion, ...]
    qrels: Mapping[str, Mapping[str, int]]
    corpus: Mapping[str, Mapping[str, str]] | None
    whole: bool


def load_dataset(folder: Path) -> Dataset:
    """Read a question set.

    Args:
        folder: Holds ``queries.jsonl``, ``qrels.tsv`` or ``qrels/test.tsv``, and ``corpus.jsonl`` if the set
            has passages of its own.

    Raises:
        DatasetError: If a file is missing or a line of it is malformed.
    """
    if not (folder / "queries.jsonl").is_file():
        raise DatasetError(
            f"{folder} is no question set: it has no queries.jsonl; name a folder in BEIR layout."
        )
    meta = _meta(folder / "meta.json")
    qrels = _qrels(folder)
    path = folder / "queries.jsonl"
    questions = tuple(_question(path, number, line, qrels) for number, line in _lines(path))
    if not questions:
        raise DatasetError(f"{path} holds no question; write one on each line.")
    corpus = _corpus(folder / "corpus.jsonl", use_title=bool(meta.get("use_title")))
    whole = meta.get("scope") == "library"
    return Dataset(str(meta.get("name", folder.name)), questions, qrels, corpus, whole)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read as UTF-8 text; check the file.") from error


def _meta(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        meta = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path} is not JSON; correct it.") from error
    if not isinstance(meta, dict):
        raise DatasetError(f"{path} is not a JSON object; correct it.")
    return meta


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    # Not splitlines: JSON may contain characters that it takes for line ends.
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            # Half of a surrogate pair in an id ends the program within pytrec_eval.
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise DatasetError(f"{path}, line {number}, is not JSON; correct the line.") from error
        if not isinstance(value, dict) or "_id" not in value or "text" not in value:
            raise DatasetError(f"{path}, line {number}, lacks _id or text; correct the line.")
        yield number, value


def _question(
    path: Path, number: int, line: Mapping[str, Any], qrels: Mapping[str, Mapping[str, int]]
) -> DatasetQuestion:
    lists = {}
    for key in ("history", "exclude"):
        lists[key] = line.get(key) or []
        if not isinstance(lists[key], list) or not all(isinstance(text, str) for text in lists[key]):
            raise DatasetError(f"{path}, line {number}: {key} is not a list of texts; correct the line.")
    return DatasetQuestion(
        str(line["_id"]),
        str(line["text"]),
        str(line.get("doc") or ""),
        bool(line.get("answerable", str(line["_id"]) in qrels)),
        str(line.get("type") or ""),
        tuple(lists["history"]),
        frozenset(lists["exclude"]),
        read_evidence(line),
    )


def read_evidence(line: Mapping[str, Any]) -> Evidence:
    """The evidence in a line of ``queries.jsonl``; forms that are not known are ignored."""
    entries = line.get("evidence")
    spans = [entry for entry in entries if _is_span(entry)] if isinstance(entries, list) else []
    return Evidence(
        tuple((span["passage"], span["start"], span["end"]) for span in spans),
        _texts(line.get("evidence_sentences")),
        _texts(line.get("answers")),
    )


def _is_span(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("passage"), str):
        return False
    start, end = entry.get("start"), entry.get("end")
    return type(start) is int and type(end) is int and 0 <= start < end


def _texts(values: object) -> tuple[str, ...]:
    texts = values if isinstance(values, list) else []
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str) and text.strip()))


def _qrels(folder: Path) -> dict[str, dict[str, int]]:
    paths = (folder / "qrels.tsv", folder / "qrels" / "test.tsv")
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise DatasetError(f"{folder} has no qrels.tsv or qrels/test.tsv; a question set needs judgements.")
    qrels: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(_text(path).split("\n")[1:], 2):
        if not line.strip():
            continue
        try:
            question, passage, score = line.rstrip("\r").split("\t")
            qrels[question][passage] = int(score)
        except ValueError as error:
            raise DatasetError(
                f"{path}, line {number}, is not question, passage and score; correct the line."
            ) from error
    return dict(qrels)


def _corpus(path: Path, *, use_title: bool) -> dict[str, dict[str, str]] | None:
    if not path.is_file():
        return None
    corpus: dict[str, dict[str, str]] = defaultdict(dict)
    for _, line in _lines(path):
        title = _title(str(line.get("title") or "")) if use_title else ""
        corpus[str(line.get("doc") or "")][str(line["_id"])] = f"{title}{line['text']}"
    return dict(corpus)


def _title(title: str) -> str:
    """A title as a sentence of its own before its passage."""
    title = title.strip()
    return f"{title}{'' if title[-1] in '.!?' else '.'} " if title else ""
