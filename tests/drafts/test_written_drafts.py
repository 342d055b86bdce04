"""Drafts as people write them: what is wrong is found and rightly named, and what is right is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from written_drafts import DRAFTS, score, truth_of, written_about, written_draft

from assistant.citations.styles import style_named
from assistant.documents.reading import read_draft_file, read_draft_text
from assistant.drafts.check import Checker
from assistant.quotations.essays import SourceEssays
from assistant.rendering.drafts import problem_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.core.draft_report import DraftReport

NAME = "Essay Assistant Authors"
RIGHT, PAGE = "broke the text into short numbered pieces", 13
WRONG = RIGHT.replace("numbered", "numbred")


@pytest.fixture(scope="module")
def checker() -> Checker:
    essays = written_about()
    return Checker(SourceEssays.of(essays), style_named("mla", [essay.reference for essay in essays]))


def kinds(report: DraftReport) -> list[str]:
    return [problem.kind for problem in report.problems]


def check(checker: Checker, text: str) -> list[str]:
    return kinds(checker.check(read_draft_text(text)))


@pytest.mark.parametrize("name", DRAFTS)
def test_every_planted_fault_is_found_and_nothing_else(name: str, checker: Checker, tmp_path: Path) -> None:
    report = checker.check(read_draft_file(written_draft(name, tmp_path)), ())
    truth = truth_of(name)
    result = score(report, truth)
    assert result.missed == ()
    assert [problem_line(report, problem) for problem in result.false] == []
    assert report.quotations == truth.quotations


@pytest.mark.parametrize(
    "key",
    [
        "essayassistantauthors_where_2026", "essayassistantauthorsWhereWordsStand2026",
        "EssayAssistantAuthors2026", "essayassistantauthors:2026", "essayassistantauthors2026where",
        "essay_assistant_authors_2026", "eaa26", "WhereTheWordsStand", "essayassistantauthors2026a",
    ],
)  # fmt: skip
def test_keys_of_reference_managers_show_their_work(key: str, checker: Checker) -> None:
    assert check(checker, f"They say “{RIGHT}” [@{key}, p. 13].") == []
    assert check(checker, f"They say “{RIGHT}” [@{key}, p. 99].") == ["no such page"]
    assert check(checker, f"They say “{WRONG}” [@{key}, p. 13].") == ["misquoted"]


@pytest.mark.parametrize("key", ["src1", "x", "wws", "locators", "Chapter3", "key:7", "zotero-1234567"])
def test_a_key_that_shows_nothing_is_never_a_wrong_source(key: str, checker: Checker) -> None:
    assert check(checker, f"They say “{RIGHT}” [@{key}, p. 13].") == []
    assert check(checker, f"They say “{RIGHT}” [@{key}, p. 249].") == []


def test_a_key_is_learned_from_words_on_the_page_that_it_cites(checker: Checker) -> None:
    known = f"They say “{RIGHT}” [@src1, p. 13].\n\n"
    assert check(checker, f"{known}And “No locator was ever cheaper” [@src1, p. 15].") == ["wrong page"]
    assert check(checker, f"{known}And “these words stand nowhere at all” [@src1, p. 15].") == ["not found"]


def test_a_bibliography_tells_what_a_key_means(checker: Checker, tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text(f"They say “{WRONG}” [@one, p. 13], and “{RIGHT}” [@two, p. 13].")
    assert kinds(checker.check(read_draft_file(draft), ())) == ["misquoted"]
    records = (
        "@misc{one, title={Where the Words Stand}, author={{The Essay Assistant Authors}}, year=2026}\n"
        "@book{two, title={The Saddle Bible}, author={Roe, Anna}, year=1998}\n"
    )
    (tmp_path / "works.bib").write_text(records)
    assert kinds(checker.check(read_draft_file(draft), ())) == ["misquoted", "wrong source"]
    # Text that came in no file reads none.
    assert kinds(checker.check(read_draft_file(draft))) == ["misquoted"]
    (tmp_path / "works.bib").rename(tmp_path / "other.txt")
    named = tmp_path / "named.bib"
    named.write_text(records)
    draft.write_text(f"---\nbibliography: [named]\n---\n\nThey say “{RIGHT}” [@two, p. 13].")
    assert kinds(checker.check(read_draft_file(draft), ())) == ["wrong source"]


@pytest.mark.parametrize(
    "quoted",
    [
        "« {w} »", "«\u00a0{w}\u00a0»", "«\u202f{w}\u202f»", "«{w}»", "»{w}«", "„{w}“", "„{w}”", "‚{w}‘",
        "‹{w}›", "<q>{w}</q>",
    ],
)  # fmt: skip
def test_marks_of_all_countries(quoted: str, checker: Checker) -> None:
    for words, found in ((RIGHT, []), (WRONG, ["misquoted"])):
        assert check(checker, f"On lit {quoted.format(w=words)} ({NAME} 13). Puis il dort.") == found


@pytest.mark.parametrize(
    "cited",
    [
        "({n} 2026, S. 13)", "(vgl. {n} 2026, S. 13)", "({n} 2026, S. 11–22, hier S. 13)", "({n} 12f.)",
        "({n}, S. 12 ff.)", "(siehe {n} 13)", "(voir {n} 13)", "({n} 13, my emphasis)", "(EAA 13)",
        "(WWS 13)", "(“Where the Words” 13)", "(Where the Words 13)",
        "(Roe 4; {n} 13)", "({n} 11–22)",
    ],
)  # fmt: skip
def test_citations_in_other_forms_and_languages(cited: str, checker: Checker) -> None:
    assert check(checker, f"One reads “{RIGHT}” {cited.format(n=NAME)}.") == []
    assert check(checker, f"One reads “{WRONG}” {cited.format(n=NAME)}.") == ["misquoted"]


@pytest.mark.parametrize(
    "text",
    [
        "In {n} one gets “as far as Dover” and no further. Such as London, it has “{w}” (13).",
        "The {n} begin so (12). As far as Dover, “{w}” (13).",
        "“Where the Words Stand” is on this too: “{w}” (13).",
        "Roe says “No such journey took place” (Roe 44). The essay says “{w}” (13).",
        "The “locomotive” ({n} 13) is gone.",
        "Its “nettle soup” (cf. {n} 13) is mine.",
        "“Das steht nirgends in diesem Aufsatz” ({n} 13; Übers. d. Verf.).",
        "“Das steht nirgends in diesem Aufsatz” ({n} 13, my translation).",
        "« Cela n’est nulle part dans cet essai » ({n} 13, traduction de l’auteur).",
        "“Das steht nirgends in diesem Aufsatz”[^1]\n\n[^1]: {n} 13 (meine Übersetzung).",
        "I like *The History of the Decline and Fall of the Roman Empire* by Gibbon.",
        "It is “{w}.”[^1]\n\n[^1]: {n}, “Where the Words Stand,” 11–22 (13).",
        "It is “{w}.”[^1]\n\n[^1]: {n}, “Where the Words Stand,” 13. Cf. Roe, *Saddle Bible*, 45, on Dover.",
        "It is “{w}.”[^1]\n\n[^1]: Cf. Roe, *Saddle Bible*, 45; {n}, “Where the Words Stand,” 13.",
        "Wexcombe (2011, 33–37) is on clocks.",
        "~~They say “{v}” ({n} 99).~~ Gone.",
        "%%They say “{v}” ({n} 99).%% Gone.",
        "Roe (*Saddle Bible* 45) differs from the {n}, for whom it “{w}” (13).",
        "It “{w}”^[Compare Roe, *Saddle Bible*, 45.] [@eaa26, 13].",
        "{n} 2026: 13: “{w}”",
        "“{w}” — {n} 2026, 13",
        "“{w}” [{n} 13].",
        "“{w}” ({n} 13 and Roe 45).",
        "“{w}” ({n} 13, Roe 45).",
        "“{w}” ({n} 13, n. 2).",
        "“{w}” (for a discussion see {n} 13).",
        "On page 13 the {n} say that it “{w}.”",
        "Die Verse der Wexcombes sind anders. Lockes Wort ist „chopped and minced“ ({n} 13).",
        "| words | source |\n|---|---|\n| “{w}” | {n} 13 |",
        "Roe says “No such journey took place” (Roe 44). The essay says it “{w}” (13).",
    ],
)
def test_what_is_no_fault(text: str, checker: Checker) -> None:
    assert check(checker, text.format(n=NAME, w=RIGHT, v=WRONG)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wexcombes Uhren: „Trains made the difference visable“ (34).", ["misquoted"]),
        ("Roe says “No such thing” (Roe 44). The essay says it “{w}” (17).", ["wrong page"]),
        (("So the verse is the youngest of these divisions. In 1551 Robert Estienne, an old printer who had "
          "lately moved from Paris to Geneva, rode."), ["unmarked"]),
        ("{n} 2026: 14: “{w}”", ["wrong page"]),
        ("<blockquote>The verse is the eldest of these divisions.<footer>{n}, 13</footer></blockquote>",
         ["misquoted"]),
        ("Readers hold “the eel of science by the tail” (vgl. {n} 18).", ["second-hand"]),
        ("“{w}” (Authors 14).", ["wrong page"]),
    ],
)  # fmt: skip
def test_what_is_a_fault(text: str, found: list[str], checker: Checker) -> None:
    assert check(checker, text.format(n=NAME, w=RIGHT)) == found


def test_works_cited_with_numbers(checker: Checker, tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text(
        f"They “{RIGHT}” [1, p. 14]. Noon was “when the shadow on the dial was shortest” [2, p. 33].\n\n"
        f"It “{RIGHT}” [3].\n\nReferences\n\n"
        "[1] The Essay Assistant Authors, “Where the Words Stand,” 2026.\n\n"
        "[2] T. Wexcombe, “Ten minutes behind London,” Harbour Quarterly, vol. 12, pp. 33–37, 2011.\n\n"
        "[3] A. Roe, The Saddle Bible. Quay Press, 1998.\n"
    )
    report = checker.check(read_draft_file(path))
    assert kinds(report) == ["wrong page", "wrong source"]
    assert [problem.replacement for problem in report.problems] == ["p. 13", None]


def test_remarks_that_were_exported_with_a_draft_are_not_its_words(checker: Checker, tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text(
        f"They “broke the text[a] into short numbered pieces” ({NAME} 13).[b] “[A] finger was all” "
        f"({NAME} 11).\n\n[a]Check “{WRONG}” ({NAME} 99)\n[b]And this?\n"
    )
    report = checker.check(read_draft_file(path))
    assert (kinds(report), report.exact) == ([], 2)


def test_numbers_of_works_listed_line_by_line(checker: Checker, tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text(
        "Roe has “a rope of five strands” [1, p. 3]. "
        f"They “{RIGHT}” [2, p. 13]. They “{RIGHT}” [2, p. 14].\n\nReferences\n\n"
        f"[1] A. Roe, The Saddle Bible. Quay Press, 1998.\n[2] {NAME}, “Where the Words Stand,” 2026.\n"
    )
    assert kinds(checker.check(read_draft_file(path))) == ["wrong page"]


def test_a_page_before_the_work_that_quotes_is_not_its_own(checker: Checker) -> None:
    cited = "(226; cited in Essay Assistant Authors {})"
    assert check(checker, f"Roe “{RIGHT}” {cited.format(13)}.") == []
    assert check(checker, f"Roe “{RIGHT}” {cited.format(14)}.") == ["wrong page"]


@pytest.mark.parametrize(
    "form", ["> {}\n\n{}", "<blockquote>{}</blockquote>\n{}", "<blockquote>{}</blockquote> {}"]
)
@pytest.mark.parametrize("cited", ["({} {}).", "[@essayassistantauthors_where_2026, p. {1}]"])
def test_a_citation_alone_after_a_block_quotation_is_its_own(form: str, cited: str, checker: Checker) -> None:
    words = "No locator was ever cheaper. It cost no ink, and it asked of the reader only a good eye."
    for page, found in ((13, []), (14, ["wrong page"])):
        text = form.format(words, cited.format(NAME, page))
        assert check(checker, f"They say:\n\n{text}\n\nThis is so.\n") == found
    # A paragraph that goes on has a citation of its own.
    assert check(checker, f"They say:\n\n> {words}\n\n({NAME} 14) is another matter.\n") == ["uncited"]


@pytest.mark.parametrize("ibid", ["Ibid.", "Ebd.", "ibid.", "Ebenda."])
def test_ibid_is_the_work_and_the_page_of_the_note_before(ibid: str, checker: Checker) -> None:
    notes = f"\n\n[^1]: {NAME}, “Where the Words Stand,” 13.\n[^2]: {ibid}\n"
    first = f"It “{RIGHT}.”[^1] "
    assert check(checker, f"{first}“No locator was ever cheaper.”[^2]{notes}") == []
    assert check(checker, f"{first}“A roll has no pages to number.”[^2]{notes}") == ["wrong page"]
    paged = notes.replace(f"[^2]: {ibid}", f"[^2]: {ibid.rstrip('.')}, 12.")
    assert check(checker, f"{first}“A roll has no pages to number.”[^2]{paged}") == []
    assert check(checker, f"{first}“A roll has no page to number.”[^2]{paged}") == ["misquoted"]


@pytest.mark.parametrize(
    ("calls", "heading", "labels"),
    [
        (("[1]", "[2]"), "Notes", ("[1]", "[2]")), (("¹", "²"), "Anmerkungen", ("¹", "²")),
        (("¹", "²"), "NOTES", ("1.", "2.")), (("[1]", "[2]"), "Notes", ("1.", "2.")),
        (("1", "2"), "Notes", ("1.", "2.")), (("[1]", "[2]"), "", ("[1]", "[2]")),
        (("1", "2."), "Notes", ("1.", "2.")),
        (("[1]", "[2]"), "________________", ("[1]", "[2]")), (("1", "2"), "Endnotes", ("1", "2")),
    ],
)  # fmt: skip
def test_notes_numbered_by_hand(
    calls: Sequence[str], heading: str, labels: Sequence[str], checker: Checker, tmp_path: Path
) -> None:
    text = (
        f"They “{RIGHT}.”{calls[0]} And so on.\n\nThey say “A roll has no pages to numbr.”{calls[1]}\n\n"
        f"{heading}\n\n{labels[0]} {NAME}, “Where the Words Stand,” 13.\n{labels[1]} Ibid., 15.\n\n"
        "Works Cited\n\nThe Essay Assistant Authors. “Where the Words Stand.” 2026.\n"
    )
    path = tmp_path / "draft.txt"
    path.write_text(text)
    report = checker.check(read_draft_file(path))
    assert kinds(report) == ["misquoted", "wrong page"]
    assert report.fixed_text == text.replace("numbr.", "number.").replace("Ibid., 15", "Ibid., 12")
