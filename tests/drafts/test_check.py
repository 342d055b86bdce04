"""The check of drafts: known problems at their places, no false alarm, and corrections that hold."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from generated_drafts import KINDS, a_draft
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.citations.styles import style_named
from assistant.core.errors import AssistantError
from assistant.documents.reading import read_draft_text
from assistant.drafts.check import Checker, check_draft
from assistant.library.adding import read_essay
from assistant.library.records import known_records
from assistant.quotations.essays import SourceEssays

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.core.draft_report import DraftReport
    from assistant.core.essay import StoredEssay

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "Essay Assistant Authors"


def _stored(path: Path) -> StoredEssay:
    return read_essay(path, known_records(ROOT)).essay


@pytest.fixture(scope="module")
def essay(sample_path: Path) -> StoredEssay:
    return _stored(sample_path)


@pytest.fixture(scope="module")
def checker(essay: StoredEssay) -> Checker:
    return Checker(SourceEssays.of([essay]), style_named("mla", [essay.reference]))


@pytest.fixture(scope="module")
def check(checker: Checker) -> Callable[[str], DraftReport]:
    return lambda text: checker.check(read_draft_text(text))


def problems_of(report: DraftReport) -> list[tuple[str, int, int]]:
    return [(problem.kind, problem.line, problem.column) for problem in report.problems]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
# Its quotation from a wrong source has two long words, both capitalised, as a title has.
@example(seed=504343)
# A quotation in single marks begins with the verse 13:13, which is no year without its century.
@example(seed=401868)
def test_each_problem_is_found_at_its_place_and_nothing_else(
    seed: int, essay: StoredEssay, checker: Checker
) -> None:
    text, expected = "", set()
    for item in a_draft(essay, NAME, seed):
        if item.kind:
            expected.add((item.kind, len(text) + item.problem_start))
        text += f"{item.text}\n\n"
    report = checker.check(read_draft_text(text))
    assert {(problem.kind, problem.start) for problem in report.problems} == expected
    # All but unmarked words are quotations; a foreign source's are exact all the same.
    assert report.quotations == 23
    assert report.exact == 21


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_right_quotations_raise_no_alarm(seed: int, essay: StoredEssay, checker: Checker) -> None:
    items = [item for item in a_draft(essay, NAME, seed, clean=3) if not item.kind]
    report = checker.check(read_draft_text("\n\n".join(item.text for item in items)))
    assert report.problems == ()
    assert report.exact == report.quotations == 3 * len(KINDS)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_what_is_fixed_is_no_problem_any_more(seed: int, essay: StoredEssay, checker: Checker) -> None:
    text = "\n\n".join(item.text for item in a_draft(essay, NAME, seed, problems=2, clean=0))
    report = checker.check(read_draft_text(text))
    second = checker.check(read_draft_text(report.fixed_text))
    left = [(problem.kind, problem.quoted) for problem in report.problems if not problem.fixes]
    assert [(problem.kind, problem.quoted) for problem in second.problems] == left
    # A citation with more than a source and its pages in it is the writer's to change.
    assert {kind for kind, _ in left} <= {"not found", "wrong source", "second-hand", "unmarked"}


def test_a_problem_has_all_facts(check: Callable[[str], DraftReport]) -> None:
    report = check(f"They\nsay “broke the text into short numbred pieces” ({NAME} 14).")
    wrong, page = report.problems
    assert (wrong.kind, wrong.line, wrong.column) == ("misquoted", 2, 5)
    assert wrong.quoted == "broke the text into short numbred pieces"
    assert wrong.printed == "broke the text into short numbered pieces"
    assert (wrong.citation, wrong.pages, wrong.cited) == (f"({NAME} 13)", "13", f"{NAME} 14")
    assert wrong.passages == ("sample/p10",)
    assert report.text[wrong.start : wrong.end] == "“broke the text into short numbred pieces”"
    assert wrong.replacement == "“broke the text into short numbered pieces”"
    assert [(step.quoted, step.printed) for step in wrong.diff if step.op != "equal"] == [
        ("numbred", "numbered")
    ]
    assert (page.kind, page.pages, page.replacement) == ("wrong page", "13", "13")
    assert report.text[page.start : page.end] == "14"


@pytest.mark.parametrize(
    "cited",
    [
        "({n} 13)", "({n}, “Where the Words Stand” 13)", "(“Where the Words Stand” 13)", "({n} 2026, 13)",
        "({n} 2026: 13)", "({n}, 2026, p. 13)", "({n}, 2026, pp. 13–14)", "({n} 12-14)", "(see {n} 13)",
        "({n} 13; emphasis added)", "({n} 13, my emphasis)", "(Smith 4; {n} 13)",
        "(Estienne, qtd. in {n} 13)",
        "({n})", "({n} 2026)", "[@sample, p. 13]",
        "[see @sample, 13; @other, 4]", "@sample [13]",
        "^[{n}, “Where,” 13.]",
    ],
)  # fmt: skip
def test_citations_of_all_forms_are_read(cited: str, check: Callable[[str], DraftReport]) -> None:
    right = check(f"One reads “broke the text into short numbered pieces” {cited.format(n=NAME)}.")
    assert (problems_of(right), right.exact) == ([], 1)
    wrong = check(f"One reads “broke the text into short numbred pieces” {cited.format(n=NAME)}.")
    assert [problem.kind for problem in wrong.problems] == ["misquoted"]


@pytest.mark.parametrize(
    ("cited", "fix"),
    [
        ("({n} 14)", "13"), ("({n}, 2026, p. 14)", "p. 13"), ("({n}, 2026, pp. 14–15)", "p. 13"),
        ("({n} 14-15)", "13"), ("[@sample, p. 14]", "p. 13"), ("[@sample, 14]", "13"), ("({n} 99)", "13"),
    ],
)  # fmt: skip
def test_pages_are_corrected_in_the_form_of_the_writer(
    cited: str, fix: str, check: Callable[[str], DraftReport]
) -> None:
    report = check(f"One reads “broke the text into short numbered pieces” {cited.format(n=NAME)}.")
    assert [problem.replacement for problem in report.problems] == [fix]
    assert check(report.fixed_text).problems == ()


def test_words_over_a_page_end_need_both_pages(
    essay: StoredEssay, check: Callable[[str], DraftReport]
) -> None:
    passage = next(
        passage for passage in essay.passages if passage.kind == "paragraph" and len(passage.pages) == 2
    )
    page_end = passage.pages[1].start
    start, end = passage.text.rindex(" ", 0, page_end - 30) + 1, passage.text.index(" ", page_end + 30)
    first, second = (page.label for page in passage.pages)
    words = passage.text[start:end].rstrip(".,;:")
    assert check(f"He says “{words}” ({NAME} {first}–{second}).").problems == ()
    report = check(f"He says “{words}” ({NAME} {first}).")
    assert [(problem.kind, problem.replacement) for problem in report.problems] == [
        ("wrong page", f"{first}–{second}")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “Bible” is a “footnote” of its time.",
        "In “Where the Words Stand” nothing is said of “The Garden of Forking Paths and Other Works of Art”.",
        "Smith argues that “this sentence stands in no essay of the library at all” (12).",
        "“This sentence stands in no essay of the library at all” (Smith 12).",
        "“This sentence stands in no essay of the library at all.” Nobody knows whose it is.",
        "As Augustine says, “I know not what other mark” (Augustine, *Confessions* 8.12).",
        "`broke the text into short numbered pieces`\n\n```\nbroke the text into short numbered pieces\n```",
        "---\ntitle: broke the text into short numbered pieces, each beginning a line of\n---\nProse.",
        "<!-- broke the text into short numbered pieces, each beginning a line of its own -->\n\nProse.",
        "# Works Cited\n\nAuthors. “Where the Words Stand: A Short History of Pointing at a Page.” 2026.",
    ],
)
def test_what_is_no_problem(text: str, check: Callable[[str], DraftReport]) -> None:
    assert check(text).problems == ()


def test_editing_marks_are_allowed_and_kept(check: Callable[[str], DraftReport]) -> None:
    text = f"They say “[w]hoever divides a text . . . helps to decide what they [the parts] are” ({NAME} 11)."
    assert check(text).problems == ()
    report = check(text.replace("decide", "deside"))
    assert [problem.kind for problem in report.problems] == ["misquoted"]
    assert report.fixed_text == text


def test_a_page_alone_is_of_the_source_named_last(check: Callable[[str], DraftReport]) -> None:
    named = f"The {NAME} begin so. "
    assert problems_of(check(f"{named}They say “wholly other words than theirs stand here” (13).")) == [
        ("not found", 1, len(named) + 10)
    ]
    other = check(f"{named}But see (Smith 4). They say “wholly other words than theirs stand here” (13).")
    assert (other.problems, other.not_checked) == ((), 1)
    far = check(f"{named}\n\nThey say “wholly other words than theirs stand here” (4000).")
    assert [problem.kind for problem in far.problems] == []


def test_two_quotations_share_a_citation(check: Callable[[str], DraftReport]) -> None:
    first = "broke the text into short numbered pieces"
    second = "New Testament in Greek between two Latin versions"
    report = check(f"They “{first}” and “{second}” there ({NAME} 13).")
    assert (report.exact, report.problems) == (2, ())


def test_a_block_quotation_is_checked_with_its_citation(check: Callable[[str], DraftReport]) -> None:
    words = "> The verse is the youngest of these divisons. In 1551 Robert\n> Estienne, a printer"
    report = check(f"They write:\n\n{words} ({NAME} 13)\n")
    assert problems_of(report) == [("misquoted", 3, 3)]
    assert "> The verse is the youngest of these divisions. In 1551 Robert\n> Estienne" in report.fixed_text


def test_a_missing_citation_is_put_where_the_style_has_it(check: Callable[[str], DraftReport]) -> None:
    report = check('He read, "A finger was all that Augustine had." Then he slept.')
    assert report.fixed_text == f'He read, "A finger was all that Augustine had" ({NAME} 11). Then he slept.'
    assert check(report.fixed_text).problems == ()


def test_reused_words_go_on_to_the_quotation_marks(check: Callable[[str], DraftReport]) -> None:
    seven, eight = "No locator was ever cheaper. It cost", "No locator was ever cheaper. It cost no"
    assert problems_of(check(f"As I see it: {seven}, in brief.")) == []
    assert problems_of(check(f"As I see it: {eight}, in brief.")) == [("unmarked", 1, 14)]


def test_a_library_of_nothing_checks_nothing() -> None:
    with pytest.raises(AssistantError, match="no essay"):
        check_draft("Words.", SourceEssays.of([]), style_named("mla"))


@pytest.mark.real_essay
def test_the_real_essay_quoted_rightly_and_wrongly(real_essay: Path) -> None:
    essay = _stored(real_essay)
    checker = Checker(SourceEssays.of([essay]), style_named("mla", [essay.reference]))
    items = [item for seed in range(4) for item in a_draft(essay, "Gill", seed, clean=3)]
    # The records say 2014 and the generated citations 2026.
    text = (
        "\n\n".join(item.text for item in items)
        .replace("Gill 2026", "Gill 2014")
        .replace("Gill, 2026", "Gill, 2014")
    )
    report = checker.check(read_draft_text(text))
    assert sorted(problem.kind for problem in report.problems) == sorted(KINDS * 4)
    for problem in report.problems:
        relayed = r"[A-Z][\w ]+, qtd\. in " if problem.kind == "second-hand" else ""
        assert re.fullmatch(rf"\({relayed}Gill(?: \d{{3}}(?:–\d{{2,3}})?)?\)", problem.citation)
