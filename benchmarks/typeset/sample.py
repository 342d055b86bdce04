"""The bundled sample essay as its author wrote it, from its stored passages."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from typeset.essay import Block, Note, WrittenEssay, words_of

ROOT = Path(__file__).resolve().parent.parent.parent
PASSAGES = ROOT / "data" / "chunks" / "sample.jsonl"

# What print would set in italics.
_ITALIC = """
    Confessions; Natural History; Paradise Lost; Phaedrus; The Dunciad; A Tale of a Tub; Euthydemus;
    Statesman; Decline and Fall of the Roman Empire; Historical and Critical Dictionary; Nicomachean
    Ethics; pharmakon; inter equitandum; Hamlet; Dictionnaire historique et critique; Essays; Pandectae;
    The History of the Decline and Fall of the Roman Empire; Le diverse et artificiose machine; A
    Paraphrase and Notes on the Epistles of St. Paul
"""
ITALIC = sorted((" ".join(title.split()) for title in _ITALIC.split(";")), key=len, reverse=True)


def sample_essay() -> WrittenEssay:
    """The sample essay."""
    rows = [json.loads(line) for line in PASSAGES.read_text("utf-8").splitlines()[1:]]
    title, author = (next(row["text"] for row in rows if row["kind"] == kind) for kind in ("title", "author"))
    body = [row for row in rows if row["kind"] in {"paragraph", "blockquote", "verse"} or _divides(row)]
    blocks = [
        Block(kind=row["kind"], words=words_of(_markup(row)), resumes=row.get("continues") is not None)
        for row in body
    ]
    notes = [
        Note(mark, words_of(_italics(text)))
        for mark, _, text in (row["text"].partition(". ") for row in rows if row["kind"] == "note")
    ]
    references = [words_of(_italics(row["text"])) for row in rows if row["kind"] == "reference"]
    return WrittenEssay(
        slug="sample",
        title=title,
        author=author,
        short=title.partition(":")[0],
        blocks=tuple(blocks),
        notes=tuple(notes),
        references=tuple(references),
        first_page=11,
    )


def _divides(row: dict[str, Any]) -> bool:
    """Whether a passage is a heading of the running text."""
    return row["kind"] == "heading" and row["text"] not in {"Notes", "Works Cited"}


def _markup(row: dict[str, Any]) -> str:
    """The text of a passage with its note calls and emphasis."""
    text: str = row["text"]
    calls = row["notes"]
    ends = [0, *(call["at"] for call in calls), len(text)]
    pieces = [text[start:end] for start, end in pairwise(ends)]
    marks = [f"^{call['mark']}^" for call in calls] + [""]
    return "".join(_italics(piece) + mark for piece, mark in zip(pieces, marks, strict=True))


def _italics(text: str) -> str:
    """Text with the titles of works emphasised."""
    at = 0
    made: list[str] = []
    while at < len(text):
        start = at == 0 or not text[at - 1].isalnum()
        title = next((name for name in ITALIC if start and text.startswith(name, at)), None)
        if title and not text[at + len(title) : at + len(title) + 1].isalnum():
            made.append(f"*{title}*")
            at += len(title)
        else:
            made.append(text[at])
            at += 1
    return "".join(made)
