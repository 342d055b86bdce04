"""Drafts made of a real essay's sentences: no false alarm; only ids, pages and counts are here."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.citations.locators import page_range
from assistant.citations.styles import style_named
from assistant.documents.reading import read_draft_text
from assistant.drafts.check import Checker
from assistant.library.adding import read_essay
from assistant.quotations.essays import SourceEssays

if TYPE_CHECKING:
    from assistant.core.essay import StoredEssay

pytestmark = pytest.mark.real_essay
NESTED = str.maketrans({"“": "‘", "”": "’"})
# Passages whose sentences are at second hand throughout, and whose words they are.
QUOTED = Counter({"Ishiguro": 9, "Gates": 3, "Darwin": 2, "Essed and Goldberg": 1, "Mullan": 1})


@pytest.fixture(scope="module")
def essay(real_essay: Path) -> StoredEssay:
    record = json.loads(real_essay.with_suffix(".json").read_text("utf-8"))
    record = record[0] if isinstance(record, list) else record
    return read_essay(real_essay, record=record, essay_id="gill-2014").essay


@pytest.mark.parametrize("marks", ["“”", '""', "“ ”"])
def test_every_sentence_in_marks_is_right(marks: str, essay: StoredEssay) -> None:
    """In curly marks with single ones inside, in straight ones as printed, and in curly ones as printed."""
    checker = Checker(SourceEssays.of([essay]), style_named("mla", [essay.reference]))
    sentences, authors = 0, Counter[str]()
    for passage in essay.passages:
        for start, end in passage.sentences:
            words = passage.text[start:end]
            words = words.translate(NESTED) if marks == "“”" else words
            cited = page_range(passage.pages_of(start, end))
            draft = f"The essay says {marks[0]}{words}{marks[-1]} (Gill {cited})."
            report = checker.check(read_draft_text(draft))
            assert {problem.kind for problem in report.problems} <= {"second-hand"}, (passage.id, start)
            assert report.exact == report.quotations - report.not_checked, (passage.id, start)
            authors.update(problem.citation[1:].partition(", qtd. in ")[0] for problem in report.problems)
            sentences += 1
    assert sentences == 228
    assert not authors - QUOTED
    if marks != '""':
        assert authors == QUOTED
