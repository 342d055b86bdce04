"""Questions by the set: ``ask --batch`` and ``evaluate``, and what is wrong with their files."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import FOUND, QUESTION, ROOT, Command

if TYPE_CHECKING:
    from collections.abc import Callable

UNRELATED = "Does photosynthesis in chloroplasts need magnesium?"
SET = ROOT / "data" / "eval" / "sample"


def _batch(*lines: object, ascii_only: bool = False) -> Path:
    path = Path("batch.jsonl")
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=ascii_only)}\n" for line in lines), "utf-8")
    return path


def test_batch_is_answered_in_order_with_its_ids(command: Command) -> None:
    path = _batch(
        {"id": "b", "question": QUESTION},
        {"id": 7, "question": UNRELATED, "history": []},
        {"id": "a", "question": "And why?", "history": [UNRELATED, QUESTION]},
        {"id": "b", "question": "what is it?", "remark": "not read"},
    )
    assert command("ask", "--batch", path, "--top", "2") == 0
    assert command.err == ""
    result = [json.loads(line) for line in command.out.splitlines()]
    assert [one["id"] for one in result] == ["b", 7, "a", "b"]
    assert [one["answered"] for one in result] == [True, False, True, False]
    assert [len(one["passages"]) for one in result] == [2, 2, 2, 2]
    assert result[0]["passages"][0]["id"] == result[2]["passages"][0]["id"] == FOUND


def test_batch_line_is_the_answer_object_and_its_id(command: Command) -> None:
    assert command("ask", QUESTION, "--json") == 0
    alone: dict[str, Any] = command.json()
    for extra in ([], ["--json"]):
        assert command("ask", "--batch", _batch({"id": "a", "question": QUESTION}), *extra) == 0
        assert command.json() == {"id": "a", **alone}


def test_batch_without_questions(command: Command) -> None:
    assert command("ask", "--batch", _batch()) == 0
    assert (command.out, command.err) == ("", "")


@pytest.mark.parametrize("extra", ["\u2028", "\x85", "\u2029", "\x0c"])
def test_batch_line_ends_at_line_feeds_only(command: Command, extra: str) -> None:
    """JSON allows these marks in a string as they are; ``str.splitlines`` divides lines at them."""
    assert command("ask", "--batch", _batch({"id": "a", "question": f"{QUESTION} {extra} Why?"})) == 0
    assert command.out.count("\n") == 1


def test_batch_file_with_a_byte_order_mark_and_windows_line_ends(command: Command) -> None:
    lines = json.dumps({"id": "a", "question": QUESTION}) + "\r\n\r\n"
    Path("batch.jsonl").write_bytes(b"\xef\xbb\xbf" + lines.encode() * 2)
    assert command("ask", "--batch", "batch.jsonl") == 0
    assert command.out.count("\n") == 2


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        '{"id": "b"}',
        '{"question": "Why?"}',
        '{"id": "b", "question": 7}',
        '{"id": "b", "question": "  "}',
        '{"id": "b", "question": "Why?", "history": "What?"}',
        '{"id": "b", "question": "Why?", "history": [7]}',
    ],
)
def test_bad_batch_line_is_named_before_anything_is_asked(command: Command, line: str) -> None:
    path = _batch({"id": "a", "question": QUESTION})
    path.write_text(f"{path.read_text()}\n{line}\n")
    assert command("ask", "--batch", path) == 2
    assert command.out == ""
    assert command.err.startswith("assistant: batch.jsonl, line 3, is not")
    assert command.err.count("\n") == 1


def test_batch_file_that_cannot_be_read(command: Command) -> None:
    Path("batch.jsonl").write_bytes(b'{"id": "a", "question": "\xff"}\n')
    for name in ("batch.jsonl", "missing.jsonl", "."):
        assert command("ask", "--batch", name) == 2
        assert command.out == ""
        assert command.err.startswith(f"assistant: {name} cannot be read")


def test_evaluate(command: Command) -> None:
    assert command("evaluate", SET, "--method", "late", "--method", "bm25", "--json") == 0
    (dataset,) = command.json()["datasets"]
    assert (dataset["name"], dataset["queries"]) == ("sample", 42)
    assert [one["name"] for one in dataset["methods"]] == ["late", "bm25"]
    for one in dataset["methods"]:
        figures = {"ndcg@10", "r@1", "r@3", "r@5", "mrr@10", "auroc", "ci95", "p50_ms"}
        assert figures <= set(one)
        assert set(one["auroc"]) == {"native", "ablated", "foreign"}
        assert one["auroc"]["foreign"] is None
        assert all(0 <= one[name] <= 1 for name in figures - {"auroc", "ci95", "p50_ms"})
    assert command("evaluate", SET, "--method", "bm25", "--worst", "2") == 0
    assert command.out.startswith("sample: 42 questions\n")
    assert command.out.splitlines()[3] == "worst questions:"
    assert len(command.out.splitlines()) == 3 + 1 + 2 + 1
    assert command("evaluate", SET, "--method", "late", "--worst", "0") == 0
    lines = command.out.splitlines()[3:]
    assert lines[0].startswith("confidence of late: ECE 0.")
    assert lines[1].startswith("highlights of late: the answering words 0.")
    pattern = r"answers / near / none: right passage first \d+ / \d / \d, factual \d / \d / \d, "
    assert re.match(pattern, lines[2])


def test_evaluate_writes_a_report_and_compares_it_with_the_one_before(command: Command) -> None:
    run = ("evaluate", SET, "--method", "bm25", "--report", "out/deep")
    assert command(*run) == 0
    assert command.err == f"The report is {Path('out/deep/report.html')}\n"
    assert "compared with" not in command.out
    files = {path.name: path.read_text("utf-8") for path in Path("out/deep").iterdir()}
    assert set(files) == {"report.html", "report.md", "report.json"}
    assert files["report.html"].startswith("<!doctype html>")
    assert files["report.md"].startswith("# Evaluation\n")
    data = json.loads(files["report.json"])
    assert data["comparison"] is None
    (dataset,) = data["datasets"]
    right = next(one for one in dataset["questions"] if one["answerable"] and not one["right"]["bm25"])
    right["right"]["bm25"] = True
    dataset["methods"][0]["r@1"] = 0.9999
    Path("out/deep/report.json").write_text(json.dumps(data), "utf-8")
    assert command(*run) == 0
    figure = dataset["methods"][0]["ndcg@10"]
    assert figure < 0.9999
    assert f"no longer right: sample bm25 {right['id']}" in command.out
    assert "got worse: sample bm25 r@1 0.9999 -> " in command.out
    for name in ("report.html", "report.md"):
        result = Path("out/deep", name).read_text("utf-8")
        assert "Questions whose first passage was right and no longer is" in result
    assert command(*run, "--json") == 0
    assert command.json()["comparison"]["fell"] == []


def test_evaluate_writes_runs_and_judgements(command: Command) -> None:
    assert command("evaluate", SET, "--method", "bm25", "--method", "rrf", "--trec", "runs", "--json") == 0
    assert sorted(path.name for path in Path("runs").iterdir()) == [
        "sample.bm25.run",
        "sample.qrels",
        "sample.rrf.run",
    ]
    assert command.err == ""


@pytest.mark.parametrize("option", ["--report", "--trec"])
def test_evaluate_into_a_place_that_cannot_be_written(command: Command, option: str) -> None:
    Path("file").write_text("")
    assert command("evaluate", SET, option, "file") == 2
    assert command.out == ""
    assert command.err.startswith("assistant: file cannot be written to (")
    assert command.err.count("\n") == 1


def test_evaluate_does_not_write_over_what_is_no_report(command: Command) -> None:
    Path("report.json").write_text("{}")
    assert command("evaluate", SET, "--report", ".") == 2
    assert command.err.startswith("assistant: report.json is not a report to compare with")
    assert Path("report.json").read_text() == "{}"


@pytest.mark.parametrize(("module", "package"), [("matplotlib", "matplotlib"), ("sklearn", "scikit-learn")])
def test_evaluate_where_what_it_needs_is_not_installed(
    command: Command, monkeypatch: pytest.MonkeyPatch, module: str, package: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert command("evaluate", SET, "--method", "bm25", "--report", "out") == 2
    assert command.err == (
        f"assistant: Evaluation needs {package}, which is not installed; install it with: "
        f"pip install {package}\n"
    )
    assert not Path("out").exists()


def test_evaluate_without_a_report_needs_no_plots(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert command("evaluate", SET, "--method", "bm25") == 0


def test_evaluate_own_sets_of_the_library(command: Command) -> None:
    shutil.copytree(SET, Path("shelf/data/eval/sample"))
    shutil.copytree(SET, Path("shelf/data/eval/of-another-essay"))
    assert command("evaluate", "--method", "bm25", "--json") == 0
    assert [one["name"] for one in command.json()["datasets"]] == ["sample"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing"], "missing is no question set"),
        ([], "No question set"),
        ([str(SET), "--method", "luck"], "'luck' is no ranking method"),
    ],
)
def test_set_or_method_that_is_not_known(command: Command, words: list[str], message: str) -> None:
    assert command("evaluate", *words) == 2
    assert command.out == ""
    assert command.err.startswith("assistant: ")
    assert message in command.err


def test_set_about_an_essay_that_is_not_there(command: Command) -> None:
    assert command("remove", "sample") == 0
    assert command("evaluate", SET) == 2
    assert "'sample', which is not in" in command.err


def _spoiled(folder: Path, change: Callable[[Path], object]) -> Path:
    shutil.copytree(SET, folder)
    change(folder)
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda at: (at / "queries.jsonl").unlink(), "no queries.jsonl"),
        (lambda at: (at / "queries.jsonl").write_text("\n{\n"), "line 2, is not JSON"),
        (lambda at: (at / "queries.jsonl").write_text('{"_id": "s01"}\n'), "line 1, lacks _id or text"),
        (lambda at: (at / "queries.jsonl").write_bytes(b'{"_id": "s01", "text": "\xff"}\n'), "queries.jsonl"),
        (lambda at: (at / "qrels" / "test.tsv").unlink(), "no qrels.tsv"),
        (lambda at: (at / "qrels" / "test.tsv").write_text("q\tp\ts\ns01\tsample/p13\n"), "line 2"),
        (lambda at: (at / "qrels" / "test.tsv").write_bytes(b"q\tp\ts\n\xff\tp\t1\n"), "test.tsv"),
        (lambda at: (at / "meta.json").write_text("{"), "meta.json"),
        (lambda at: (at / "queries.jsonl").write_text(""), "question"),
    ],
)
def test_damaged_question_set(
    command: Command, tmp_path: Path, change: Callable[[Path], object], message: str
) -> None:
    assert command("evaluate", _spoiled(tmp_path / "set", change), "--method", "bm25") == 2
    assert command.err.count("\n") == 1
    assert message in command.err
