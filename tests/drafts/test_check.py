"""The check of drafts: known faults at their places, no false alarm, and corrections that hold."""

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
from assistant.library.adding import known_records, read_essay

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
    return Checker([essay], style_named("mla", [essay.reference]))


@pytest.fixture(scope="module")
def check(checker: Checker) -> Callable[[str], DraftReport]:
    return lambda text: checker.check(read_draft_text(text))


def mended(audit: DraftReport) -> str:
    text = audit.text
    for mend in reversed(audit.fixes):
        text = text[: mend.start] + mend.text + text[mend.end :]
    return text


def faults(audit: DraftReport) -> list[tuple[str, int, int]]:
    return [(fault.kind, fault.line, fault.column) for fault in audit.problems]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
# Its quotation from a wrong source has two long words, both capitalised, as a title has.
@example(seed=504343)
# A quotation in single marks begins with the verse 13:13, which is no year without its century.
@example(seed=401868)
def test_each_fault_is_found_at_its_place_and_nothing_else(
    seed: int, essay: StoredEssay, checker: Checker
) -> None:
    text, expected = "", set()
    for item in a_draft(essay, NAME, seed):
        if item.kind:
            expected.add((item.kind, len(text) + item.at))
        text += f"{item.text}\n\n"
    audit = checker.check(read_draft_text(text))
    assert {(fault.kind, fault.start) for fault in audit.problems} == expected
    # All but unmarked words are quotations; a foreign source's are exact all the same.
    assert audit.quotations == 23
    assert audit.exact == 21


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_right_quotations_raise_no_alarm(seed: int, essay: StoredEssay, checker: Checker) -> None:
    items = [item for item in a_draft(essay, NAME, seed, clean=3) if not item.kind]
    audit = checker.check(read_draft_text("\n\n".join(item.text for item in items)))
    assert audit.problems == ()
    assert audit.exact == audit.quotations == 3 * len(KINDS)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_what_is_mended_is_no_fault_any_more(seed: int, essay: StoredEssay, checker: Checker) -> None:
    text = "\n\n".join(item.text for item in a_draft(essay, NAME, seed, faults=2, clean=0))
    audit = checker.check(read_draft_text(text))
    again = checker.check(read_draft_text(mended(audit)))
    left = [(fault.kind, fault.quoted) for fault in audit.problems if not fault.fixes]
    assert [(fault.kind, fault.quoted) for fault in again.problems] == left
    # A citation with more than a source and its pages in it is the writer's to change.
    assert {kind for kind, _ in left} <= {"not found", "wrong source", "second-hand", "unmarked"}


def test_a_fault_tells_all(check: Callable[[str], DraftReport]) -> None:
    audit = check(f"They\nsay “broke the text into short numbred pieces” ({NAME} 14).")
    wrong, page = audit.problems
    assert (wrong.kind, wrong.line, wrong.column) == ("misquoted", 2, 5)
    assert wrong.quoted == "broke the text into short numbred pieces"
    assert wrong.printed == "broke the text into short numbered pieces"
    assert (wrong.citation, wrong.pages, wrong.cited) == (f"({NAME} 13)", "13", f"{NAME} 14")
    assert wrong.passages == ("sample/p10",)
    assert audit.text[wrong.start : wrong.end] == "“broke the text into short numbred pieces”"
    assert wrong.replacement == "“broke the text into short numbered pieces”"
    assert [(step.quoted, step.printed) for step in wrong.diff if step.op != "equal"] == [
        ("numbred", "numbered")
    ]
    assert (page.kind, page.pages, page.replacement) == ("wrong page", "13", "13")
    assert audit.text[page.start : page.end] == "14"


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
    assert (faults(right), right.exact) == ([], 1)
    wrong = check(f"One reads “broke the text into short numbred pieces” {cited.format(n=NAME)}.")
    assert [fault.kind for fault in wrong.problems] == ["misquoted"]


@pytest.mark.parametrize(
    ("cited", "fix"),
    [
        ("({n} 14)", "13"), ("({n}, 2026, p. 14)", "p. 13"), ("({n}, 2026, pp. 14–15)", "p. 13"),
        ("({n} 14-15)", "13"), ("[@sample, p. 14]", "p. 13"), ("[@sample, 14]", "13"), ("({n} 99)", "13"),
    ],
)  # fmt: skip
def test_pages_are_mended_in_the_form_of_the_writer(
    cited: str, fix: str, check: Callable[[str], DraftReport]
) -> None:
    audit = check(f"One reads “broke the text into short numbered pieces” {cited.format(n=NAME)}.")
    assert [fault.replacement for fault in audit.problems] == [fix]
    assert check(mended(audit)).problems == ()


def test_words_over_a_page_end_need_both_pages(
    essay: StoredEssay, check: Callable[[str], DraftReport]
) -> None:
    passage = next(one for one in essay.passages if one.kind == "paragraph" and len(one.pages) == 2)
    at = passage.pages[1].start
    start, end = passage.text.rindex(" ", 0, at - 30) + 1, passage.text.index(" ", at + 30)
    first, second = (page.label for page in passage.pages)
    words = passage.text[start:end].rstrip(".,;:")
    assert check(f"He says “{words}” ({NAME} {first}–{second}).").problems == ()
    audit = check(f"He says “{words}” ({NAME} {first}).")
    assert [(fault.kind, fault.replacement) for fault in audit.problems] == [
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
def test_what_is_no_fault(text: str, check: Callable[[str], DraftReport]) -> None:
    assert check(text).problems == ()


def test_editing_marks_are_allowed_and_kept(check: Callable[[str], DraftReport]) -> None:
    text = f"They say “[w]hoever divides a text . . . helps to decide what they [the parts] are” ({NAME} 11)."
    assert check(text).problems == ()
    audit = check(text.replace("decide", "deside"))
    assert [fault.kind for fault in audit.problems] == ["misquoted"]
    assert mended(audit) == text


def test_a_page_alone_is_of_the_source_named_last(check: Callable[[str], DraftReport]) -> None:
    named = f"The {NAME} begin so. "
    assert faults(check(f"{named}They say “wholly other words than theirs stand here” (13).")) == [
        ("not found", 1, len(named) + 10)
    ]
    other = check(f"{named}But see (Smith 4). They say “wholly other words than theirs stand here” (13).")
    assert (other.problems, other.not_checked) == ((), 1)
    far = check(f"{named}\n\nThey say “wholly other words than theirs stand here” (4000).")
    assert [fault.kind for fault in far.problems] == []


def test_two_quotations_share_a_citation(check: Callable[[str], DraftReport]) -> None:
    first = "broke the text into short numbered pieces"
    second = "New Testament in Greek between two Latin versions"
    audit = check(f"They “{first}” and “{second}” there ({NAME} 13).")
    assert (audit.exact, audit.problems) == (2, ())


def test_a_block_quotation_is_checked_with_its_citation(check: Callable[[str], DraftReport]) -> None:
    words = "> The verse is the youngest of these divisons. In 1551 Robert\n> Estienne, a printer"
    audit = check(f"They write:\n\n{words} ({NAME} 13)\n")
    assert faults(audit) == [("misquoted", 3, 3)]
    assert "> The verse is the youngest of these divisions. In 1551 Robert\n> Estienne" in mended(audit)


def test_a_missing_citation_is_put_where_the_style_has_it(check: Callable[[str], DraftReport]) -> None:
    audit = check('He read, "A finger was all that Augustine had." Then he slept.')
    assert mended(audit) == f'He read, "A finger was all that Augustine had" ({NAME} 11). Then he slept.'
    assert check(mended(audit)).problems == ()


def test_words_lifted_go_on_to_the_quotation_marks(check: Callable[[str], DraftReport]) -> None:
    seven, eight = "No locator was ever cheaper. It cost", "No locator was ever cheaper. It cost no"
    assert faults(check(f"As I see it: {seven}, in brief.")) == []
    assert faults(check(f"As I see it: {eight}, in brief.")) == [("unmarked", 1, 14)]


def test_a_library_of_nothing_checks_nothing() -> None:
    with pytest.raises(AssistantError, match="no essay"):
        check_draft("Words.", [], style_named("mla"))


@pytest.mark.real_essay
def test_the_real_essay_quoted_rightly_and_wrongly(real_essay: Path) -> None:
    essay = _stored(real_essay)
    checker = Checker([essay], style_named("mla", [essay.reference]))
    items = [item for seed in range(4) for item in a_draft(essay, "Gill", seed, clean=3)]
    # The records say 2014 and the made citations 2026.
    text = (
        "\n\n".join(item.text for item in items)
        .replace("Gill 2026", "Gill 2014")
        .replace("Gill, 2026", "Gill, 2014")
    )
    audit = checker.check(read_draft_text(text))
    assert sorted(fault.kind for fault in audit.problems) == sorted(KINDS * 4)
    for fault in audit.problems:
        relayed = r"[A-Z][\w ]+, qtd\. in " if fault.kind == "second-hand" else ""
        assert re.fullmatch(rf"\({relayed}Gill(?: \d{{3}}(?:–\d{{2,3}})?)?\)", fault.citation)
