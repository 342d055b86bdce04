"""Reports: what they compare, what they escape, and that they load nothing else."""

from __future__ import annotations

import copy
import json
import re
import xml.etree.ElementTree as ET
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Literal

import pytest
from essay_library import ROOT
from handmade_question_sets import corpus_of

from assistant.evaluation import assess as folders
from assistant.evaluation.assess import EvaluationReport
from assistant.evaluation.datasets import Dataset, DatasetQuestion
from assistant.evaluation.methods import MethodResult
from assistant.evaluation.render import comparison_text, evaluation_json
from assistant.evaluation.report import compare, evaluation_object, question_objects, worst_questions
from assistant.evaluation.runner import evaluate

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from playwright.sync_api import Browser

HOSTILE = "</style></svg><script>document.title='taken'</script> | $x_1$ & <b>\"'`*"


def _measured(names: dict[str, str], *, kind: str = "", certain: float = 0.4) -> dict[str, Any]:
    """A set's figures: the passages that each question finds, in order; p01 is right for each."""
    kinds = {"none": "off-topic"}
    questions = tuple(
        DatasetQuestion(name, f"{name}?", "", name != "none", kinds.get(name, f"{kind}{number % 2}"))
        for number, name in enumerate(names)
    )
    qrels = {name: {"p01": 1} for name in names if name != "none"}
    dataset = Dataset(kind or "coast", questions, qrels, None, whole=True)
    corpus = corpus_of({"d": {f"p{number:02}": kind or "Fog came." for number in range(1, 5)}})

    def late(question: DatasetQuestion, candidates: Collection[str]) -> MethodResult:
        ranked = enumerate(names[question.id].split())
        scored = [(name, 1 - rank / 9) for rank, name in ranked if name in candidates]
        return MethodResult(scored, certain, lambda _place: ())

    def last(question: DatasetQuestion, candidates: Collection[str]) -> MethodResult:
        return MethodResult(late(question, candidates).scored[::-1])

    evaluations = [evaluate(dataset, late, corpus, "late"), evaluate(dataset, last, corpus, "bm25")]
    return evaluation_object(dataset, evaluations) | {
        "worst": worst_questions(evaluations[0], dataset, corpus, 5),
        "questions": question_objects(evaluations),
    }


BEFORE = {"a": "p01 p02", "b": "p01 p02", "c": "p02 p01", "none": "p03"}
NOW = {"a": "p01 p02", "b": "p02 p01", "c": "p01 p02", "d": "p01", "none": "p03"}


@cache
def _hostile() -> EvaluationReport:
    """A report whose names try to break out of a page; made once, because its plots take a second."""
    return _new_hostile()


def _new_hostile() -> EvaluationReport:
    names = {HOSTILE: "p02 p01", "b": "p02 p01", "none": "p03"}
    before = EvaluationReport([_measured({HOSTILE: "p01 p02"}, kind=HOSTILE)])
    return EvaluationReport([_measured(names, kind=HOSTILE)], before.data)


def test_a_comparison_says_what_got_worse_and_better() -> None:
    old, new = EvaluationReport([_measured(BEFORE)]), EvaluationReport([_measured(NOW, certain=0.6)])
    comparison = compare(old.data, new.data)
    late = {"dataset": "coast", "method": "late"}
    lost = late | {"id": "b", "text": "b?", "before": "p01", "now": "p02"}
    won = late | {"id": "c", "text": "c?", "before": "p02", "now": "p01"}
    assert [change for change in comparison["lost"] if change["method"] == "late"] == [lost]
    assert [change for change in comparison["won"] if change["method"] == "late"] == [won]
    rose = {change["measure"]: change for change in comparison["rose"] if change["method"] == "late"}
    # Two of three before, three of four now.
    assert rose["r@1"] == late | {"measure": "r@1", "before": 0.6667, "now": 0.75}
    # A lower error is a better one: 0.6 is nearer to four of five than 0.4 is to three of four.
    assert rose["ece"] == late | {"measure": "ece", "before": 0.35, "now": 0.2}
    assert not any("ms" in change["measure"] for change in comparison["fell"] + comparison["rose"])
    assert "no longer right: coast late b  b?  [first: p01 -> p02]" in comparison_text(comparison)


def test_a_report_does_not_differ_from_itself() -> None:
    data = EvaluationReport([_measured(NOW)]).data
    comparison = compare(data, copy.deepcopy(data))
    assert not any(comparison[key] for key in comparison if key != "before")
    assert comparison_text(comparison).endswith("  nothing has changed")


def test_what_only_one_report_has_is_not_compared() -> None:
    old, new = EvaluationReport([_measured(BEFORE)]).data, EvaluationReport([_measured(NOW)]).data
    old["datasets"][0]["methods"].pop()
    # A question in other words is another question.
    new["datasets"][0]["questions"][1]["text"] = "Which b?"
    comparison = compare(old, new)
    assert (comparison["only_before"], comparison["only_now"]) == ([], ["coast bm25"])
    assert [change["id"] for change in comparison["lost"] if change["method"] == "late"] == []
    assert "not measured before: coast bm25" in comparison_text(comparison)


def test_json_has_what_changed_and_not_each_question() -> None:
    report = EvaluationReport([_measured(NOW)])
    assert list(evaluation_json(report.data)) == ["datasets"]
    assert "questions" not in evaluation_json(report.data)["datasets"][0]
    second = EvaluationReport([_measured(NOW)], report.data)
    assert evaluation_json(second.data)["comparison"] == second.comparison
    assert json.loads(json.dumps(second.data, allow_nan=False)) == second.data


class _Tags(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.tags.append((tag, dict(attrs)))


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = _hostile().page
    assert not re.search(r"https?:|//[a-z]|@import|src=|url\((?!#)", page)
    parser = _Tags()
    parser.feed(page)
    names = [tag for tag, _ in parser.tags]
    assert {"script", "link", "img", "iframe", "object", "b"}.isdisjoint(names)
    assert not [key for _, attributes in parser.tags for key in attributes if key.startswith("on")]
    ids = [attributes["id"] for _, attributes in parser.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    # The plots name neither the machine nor the time.
    assert str(ROOT) not in page
    assert "matplotlib" not in page.replace("matplotlib.axis", "").lower()
    assert names.count("svg") == len(re.findall("</svg>", page)) > 5


def test_plots_are_whole_and_the_same_each_time() -> None:
    reports = (_hostile(), _new_hostile())
    html, second = (re.sub(r"\d\d:\d\d UTC|[\d.]+ / [\d.]+", "", report.html) for report in reports)
    assert html == second
    for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        ET.fromstring(svg)  # noqa: S314 - made here
        assert "#0" not in svg


def test_markdown_shows_hostile_words_as_written() -> None:
    markdown = _hostile().markdown
    assert "<script" not in markdown
    for row in (line for line in markdown.splitlines() if line.startswith("| ")):
        assert row.endswith(" |")
    for table in re.findall(r"(?:^\|.*\n?)+", markdown, re.MULTILINE):
        # As many cells in each row, so that no name has broken out of its own.
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table
    assert "Compared with the report of" in markdown


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "scheme", "ground"),
    [(1280, "light", "rgb(253, 252, 249)"), (390, "dark", "rgb(27, 26, 24)")],
)
def test_the_page_opens_in_a_browser_without_a_request(
    browser: Browser, tmp_path: Path, width: int, scheme: Literal["light", "dark"], ground: str
) -> None:
    path = tmp_path / "report.html"
    path.write_text(_hostile().page, "utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    assert requests == [path.as_uri()]
    assert page.title() == "Evaluation"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert HOSTILE in page.locator(".worst li").first.inner_text()
    report = page.locator(".evaluation-report")
    assert report.evaluate("element => getComputedStyle(element).backgroundColor") == ground
    page.close()


def test_files_are_replaced_whole(tmp_path: Path) -> None:
    folders.prepare_folder(tmp_path / "deep" / "down")
    folder = tmp_path / "deep" / "down"
    folders.write_files(folder, {"a.txt": "one", "b.txt": "two \ud800"})
    folders.write_files(folder, {"a.txt": "three"})
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == {
        "a.txt": "three",
        "b.txt": "two ?",
    }
    (folder / "c.txt").mkdir()
    with pytest.raises(folders.OutputError, match=r"cannot be written to \(.*\); name a folder that can\.$"):
        folders.write_files(folder, {"c.txt": "four"})
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "b.txt", "c.txt"]


def test_a_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("file", "file/below"):
        with pytest.raises(folders.OutputError, match="cannot be written to"):
            folders.prepare_folder(tmp_path / name)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"made": "now", "datasets": [{"name": "x"}]}', '{"datasets": []}']
)
def test_what_is_no_report_is_not_compared_with(tmp_path: Path, text: str) -> None:
    assert folders.earlier_report(tmp_path) is None
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(folders.OutputError, match=r"report\.json is not a report to compare with; delete it"):
        folders.earlier_report(tmp_path)


def test_a_report_is_read_again(tmp_path: Path) -> None:
    data = EvaluationReport([_measured(NOW)]).data
    folders.write_files(tmp_path, {"report.json": json.dumps(data)})
    assert folders.earlier_report(tmp_path) == data
