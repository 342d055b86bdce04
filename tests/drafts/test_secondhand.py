"""Words that an essay quotes, cited as its author's own: found where it is certain, and put right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.citations.styles import style_named
from assistant.documents.reading import read_draft_file, read_draft_text
from assistant.drafts.check import Checker
from assistant.library.adding import read_essay
from assistant.library.records import known_records
from assistant.quotations.essays import SourceEssays
from assistant.rendering.drafts import message, problem_object

if TYPE_CHECKING:
    from assistant.core.essay import StoredEssay

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "Essay Assistant Authors"
PLATO = "“not for memory, but for reminding”"
BACON = "“Some books are to be tasted, others to be swallowed”"


@pytest.fixture(scope="module")
def essay(sample_path: Path) -> StoredEssay:
    return read_essay(sample_path, known_records(ROOT)).essay


@pytest.fixture(scope="module")
def checker(essay: StoredEssay) -> Checker:
    return Checker(SourceEssays.of([essay]), style_named("mla", [essay.reference]))


def pages(checker: Checker, words: str) -> str:
    return checker.look_up(words).comparisons[0].place.labels[0]


def test_the_problem_is_at_the_citation_and_names_both(checker: Checker) -> None:
    page = pages(checker, PLATO)
    draft = f"Writing is a drug, {PLATO} ({NAME} {page})."
    report = checker.check(read_draft_text(draft))
    (problem,) = report.problems
    assert (problem.kind, report.exact, report.quotations) == ("second-hand", 1, 1)
    assert draft[problem.start : problem.end] == f"({NAME} {page})"
    assert problem.citation == problem.replacement == f"(Plato, qtd. in {NAME} {page})"
    assert (problem.essay, problem.passages, problem.pages) == ("sample", ("sample/p28",), page)
    assert report.fixed_text == f"Writing is a drug, {PLATO} (Plato, qtd. in {NAME} {page})."
    assert checker.check(read_draft_text(report.fixed_text)).problems == ()
    assert message(problem) == (
        f'"not for memory, but for reminding" is quoted by sample from another; '
        f"cite (Plato, qtd. in {NAME} {page}), not ({NAME} {page})"
    )
    assert problem_object(report, problem)["kind"] == "second-hand"


@pytest.mark.parametrize(
    "draft",
    [
        "Plato has it that writing serves {w} ({n} {p}).",
        "Writing serves {w}, as Plato has it ({n} {p}).",
        "Writing serves {w} (Plato, qtd. in {n} {p}).",
        "Writing serves {w} (qtd. in {n} {p}).",
        "Writing serves {w} (quoted in {n} {p}).",
        "Writing serves {w} (cited in {n} {p}).",
        "The essay quotes a dialogue, {w} ({n} {p}).",
        "Writing serves {w} (Plato 275a).",
        "Plato distrusts books. He says they serve {w} ({n} {p}).",
        "Writing serves {w} [qtd. in @sample, p. {p}].",
    ],
)
def test_a_draft_that_says_so_has_no_problem(draft: str, checker: Checker) -> None:
    page = pages(checker, PLATO)
    assert checker.check(read_draft_text(draft.format(w=PLATO, n=NAME, p=page))).problems == ()


@pytest.mark.parametrize(
    "words",
    [
        # Words of the essay's author, and such with a quotation among them.
        "broke the text into short numbered pieces",
        "was a drug “not for memory, but for reminding”",
        # A title, and a single word.
        "History of the Decline and Fall",
        "plagued",
    ],
)
def test_what_is_not_certain_is_no_problem(words: str, checker: Checker) -> None:
    assert checker.look_up(words).verdict == "exact"
    page = pages(checker, words)
    assert checker.check(read_draft_text(f'One reads "{words}" ({NAME} {page}).')).problems == ()


def test_a_short_phrase_is_its_author_s_if_a_citation_ends_the_sentence(checker: Checker) -> None:
    assert (
        checker.check(read_draft_text(f"Locke finds them “chopped and minced” ({NAME} 13).")).problems == ()
    )
    report = checker.check(read_draft_text(f"They are “chopped and minced” ({NAME} 13)."))
    assert [(problem.kind, problem.replacement) for problem in report.problems] == [
        ("second-hand", f"(Locke, qtd. in {NAME} 13)")
    ]


def test_words_of_a_block_quotation(checker: Checker) -> None:
    page = pages(checker, BACON)
    report = checker.check(read_draft_text(f"Reading is eating.\n\n> {BACON[1:-1]} ({NAME} {page})\n"))
    assert [problem.citation for problem in report.problems] == [f"(Bacon, qtd. in {NAME} {page})"]
    named = f"Bacon says of reading:\n\n> {BACON[1:-1]} ({NAME} {page})\n"
    assert checker.check(read_draft_text(named)).problems == ()


@pytest.mark.parametrize(
    "draft",
    [
        "It is {w} ({n} {p}, emphasis added).",
        "It is {w} (see also {n} {p}).",
        "It is {w} ({n} {p}; Smith 4).",
        "It is {w} and {w} ({n} {p}).",
        "It is {w} [@sample, p. {p}].",
        "The {n} have on page {p} the words {w}.",
        "It is {w}.^[{n}, {p}.]",
    ],
)
def test_only_a_bare_citation_of_these_words_is_replaced(draft: str, checker: Checker) -> None:
    page = pages(checker, PLATO)
    report = checker.check(read_draft_text(draft.format(w=PLATO, n=NAME, p=page)))
    assert {problem.kind for problem in report.problems} <= {"second-hand"}
    assert [problem.replacement for problem in report.problems] == [None] * len(report.problems)


def test_a_wrong_page_is_put_right_with_it(checker: Checker) -> None:
    page = pages(checker, PLATO)
    report = checker.check(read_draft_text(f"It is {PLATO} ({NAME} 11)."))
    assert [problem.kind for problem in report.problems] == ["second-hand", "wrong page"]
    assert report.fixed_text == f"It is {PLATO} (Plato, qtd. in {NAME} {page})."


def test_latex_is_left_to_the_writer(checker: Checker, tmp_path: Path) -> None:
    page = pages(checker, PLATO)
    path = tmp_path / "draft.tex"
    path.write_text(
        f"\\begin{{document}}\nIt is ``not for memory, but for reminding'' \\cite[{page}]{{sample}}.\n"
        f"It is ``not for memory, but for reminding'' \\cite[qtd. in][{page}]{{sample}}.\n\\end{{document}}\n"
    )
    assert [
        (problem.kind, problem.line, problem.replacement)
        for problem in checker.check(read_draft_file(path)).problems
    ] == [("second-hand", 2, None)]


def test_words_that_the_essay_has_from_others_may_be_cited_to_them(checker: Checker) -> None:
    assert checker.check(read_draft_text(f"It is {BACON} (Bacon 4).")).problems == ()
    wrong = checker.check(read_draft_text("It “broke the text into short numbered pieces” (Bacon 4)."))
    assert [problem.kind for problem in wrong.problems] == ["wrong source"]


def test_a_citation_that_is_added_or_offered_says_so_too(checker: Checker) -> None:
    by_way = checker.cite("sample", checker.look_up(BACON).comparisons[0].place)
    assert "qtd. in" in by_way
    report = checker.check(read_draft_text(f"{BACON}.\n\nAnd no more."))
    assert [(problem.kind, problem.citation) for problem in report.problems] == [("uncited", by_way)]
    assert checker.check(read_draft_text(report.fixed_text)).problems == ()
    altered = checker.check(read_draft_text(f"He says {BACON.replace('tasted', 'wasted')} ({NAME} 17)."))
    assert ("misquoted", by_way) in {(problem.kind, problem.citation) for problem in altered.problems}
