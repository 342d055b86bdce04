"""Question sets made by hand: their passages in memory, or all of their files in a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.evaluation.methods import PassagesByDocument
from assistant.library.adding import essay_of_passages

Texts = Mapping[str, Mapping[str, str]]


def corpus_of(texts: Texts) -> PassagesByDocument:
    """Passages from their texts, by document and id."""
    return {doc: {one.id: one for one in essay_of_passages(doc, doc, texts[doc]).passages} for doc in texts}


def written(folder: Path, texts: Texts, asked: Sequence[Mapping[str, Any]], gold: Mapping[str, str]) -> Path:
    """Write a set that brings its own passages into a new folder.

    Args:
        folder: The folder.
        texts: Text of each passage, by document and id.
        asked: Lines of ``queries.jsonl``.
        gold: The passage that answers each answerable question.
    """
    folder.mkdir()
    lines = [{"_id": name, "doc": doc, "text": text} for doc in texts for name, text in texts[doc].items()]
    for name, found in (("corpus.jsonl", lines), ("queries.jsonl", asked)):
        (folder / name).write_text("\n".join(map(json.dumps, found)), "utf-8")
    judged = "".join(f"{question}\t{passage}\t1\n" for question, passage in gold.items())
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", "utf-8")
    return folder
