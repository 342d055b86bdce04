"""Quoted spans and their authors in two essays, compared with a reader's judgement."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import pytest
from essay_library import ROOT

from assistant.attribution.voices import voices_of
from assistant.core.answer import QuotedWords
from assistant.core.essay import Passage
from assistant.library import adding, records

JUDGED = ROOT / "data" / "eval"


@cache
def essay(path: Path) -> dict[str, Passage]:
    prepared = adding.read_essay(path, records.known_records(ROOT))
    return {passage.id: passage for passage in prepared.essay.passages}


def found_in(path: Path) -> dict[tuple[str, int, int], QuotedWords]:
    spans = voices_of(list(essay(path).values()))
    return {(name, words.start, words.end): words for name, quoted in spans.items() for words in quoted}


def judged(name: str) -> dict[tuple[str, int, int], dict[str, str]]:
    lines = (JUDGED / name / "voices.jsonl").read_text("utf-8").splitlines()
    return {(line["passage"], line["start"], line["end"]): line for line in map(json.loads, lines)}


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def assert_agrees(name: str, path: Path, *, spans: int, named: int, claimed: int) -> None:
    """Compare every span; no author is wrong, and ``claimed`` of the ``named`` authors are found."""
    found, truth = found_in(path), judged(name)
    assert len(truth) == spans
    assert list(found) == list(truth)
    passages = essay(path)
    for (passage, start, end), line in truth.items():
        assert digest(passages[passage].text[start:end]) == line["sha256"]
    assert {span: words.locator for span, words in found.items()} == {
        span: line["locator"] for span, line in truth.items()
    }
    claims = {span: words.author for span, words in found.items() if words.author}
    assert claims == {span: truth[span]["author"] for span in claims}
    assert (sum(bool(line["author"]) for line in truth.values()), len(claims)) == (named, claimed)


@pytest.mark.real_essay
def test_every_quoted_span_of_the_real_essay(real_essay: Path) -> None:
    assert_agrees("gill-2014", real_essay, spans=102, named=100, claimed=52)


@pytest.mark.real_essay
def test_most_sources_of_the_real_essay_are_named(real_essay: Path) -> None:
    # Half of the spans are from the novel, cited by page only, often near other sources.
    found, truth = found_in(real_essay), judged("gill-2014")
    sources = [span for span, line in truth.items() if line["author"] not in ("", "Ishiguro")]
    assert (sum(bool(found[span].author) for span in sources), len(sources)) == (33, 46)


def test_every_quoted_span_of_the_sample(sample_path: Path) -> None:
    assert_agrees("sample", sample_path, spans=5, named=5, claimed=5)
