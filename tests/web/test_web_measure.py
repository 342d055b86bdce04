"""The part of the page that measures: one run at a time, which can be stopped; errors in one sentence."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import gradio as gr
import pytest
from page_library import FakeLibrary, keepers_log, words_of

from assistant.core.errors import AssistantError
from assistant.core.essay import Progress
from assistant.evaluation.datasets import load_dataset
from assistant.evaluation.methods import METHODS as KNOWN
from assistant.web import measure
from assistant.web.app import build
from assistant.web.measure import (
    BUSY,
    CHOSEN,
    FAILED,
    METHODS,
    NO_METHOD,
    NO_SET,
    STOPPED,
    EvaluationRunner,
    MeasureHandlers,
    MeasureRun,
    progress_html,
    question_set_file,
)
from assistant.web.question_sets import NONE_JUDGED, judged_questions, unpacked, written_set

QUERIES = '{"_id": "q1", "text": "Who lit the lamp?"}\n'
REPORT = "<div>Figures.</div>"


class Evaluation:
    """A fake evaluation: takes a step when it may, and records its arguments."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[Path], list[str]]] = []
        self.files: list[str] = []
        self.error: Exception | None = None
        self.go = threading.Event()
        self.go.set()

    def __call__(self, folders: Sequence[Path], methods: Sequence[str], progress: Progress) -> str:
        """Take two steps."""
        self.calls.append(([*folders], [*methods]))
        self.files = sorted(path.name for folder in folders for path in folder.rglob("*") if path.is_file())
        progress("late", 1, 2)
        assert self.go.wait(10)
        if self.error:
            raise self.error
        progress("late", 2, 2)
        return REPORT


@pytest.fixture
def evaluation() -> Evaluation:
    return Evaluation()


@pytest.fixture
def part(tmp_path: Path, evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch) -> MeasureHandlers:
    """The part, for a library with one question set."""
    monkeypatch.setattr(measure, "_INTERVAL", 0.01)
    library = FakeLibrary(keepers_log())
    library.root = tmp_path
    (tmp_path / "data" / "eval" / "log").mkdir(parents=True)
    (tmp_path / "data" / "eval" / "log" / "queries.jsonl").write_text(QUERIES)
    with gr.Blocks():
        return MeasureHandlers(library, EvaluationRunner(evaluation), measure.layout())


def visitor(name: str) -> gr.Request:
    """The request of a visitor."""
    return gr.Request(session_hash=name)


def run(part: MeasureHandlers, who: str = "ada", **asked: Any) -> Iterator[dict[Any, Any]]:
    """What the page shows, step by step."""
    values = {"names": ["log"], "files": None, "methods": ["bm25", "late"], "own": None, **asked}
    return part.run(values["names"], values["files"], values["methods"], values["own"], visitor(who))


def message(part: MeasureHandlers, steps: Sequence[dict[Any, Any]]) -> str:
    """What the last step says."""
    return words_of(steps[-1][part.widgets.state])


def test_the_page_offers_every_method() -> None:
    assert [*METHODS] == [*KNOWN]
    assert set(CHOSEN) <= set(KNOWN)


def test_a_run_shows_how_far_it_is_and_then_the_report(part: MeasureHandlers, evaluation: Evaluation) -> None:
    evaluation.go.clear()
    steps = run(part)
    started = next(steps)
    assert started[part.widgets.run]["interactive"] is False
    assert started[part.widgets.stop]["visible"] is True
    shown = next(step for step in steps if "late: 1 of 2" in step[part.widgets.state])
    assert '<progress aria-label="Measuring" value="1" max="2">' in shown[part.widgets.state]
    evaluation.go.set()
    *_, done = steps
    assert done[part.widgets.figures] == REPORT
    assert done[part.widgets.state] == ""
    assert done[part.widgets.run]["interactive"] is True
    # The assistant's own first, whatever was ticked first: the others are compared with it.
    assert evaluation.calls[0][1] == ["late", "bm25"]
    assert [folder.name for folder in evaluation.calls[0][0]] == ["log"]


def test_one_run_at_a_time_for_all(part: MeasureHandlers, evaluation: Evaluation) -> None:
    evaluation.go.clear()
    first = run(part)
    next(first)
    others = list(run(part, "bob"))
    assert message(part, others) == BUSY
    assert len(others) == 1
    evaluation.go.set()
    assert [*first][-1][part.widgets.figures] == REPORT
    assert [*run(part, "bob")][-1][part.widgets.figures] == REPORT


def test_a_run_can_be_stopped_by_its_own_visitor_alone(part: MeasureHandlers, evaluation: Evaluation) -> None:
    evaluation.go.clear()
    steps = run(part)
    next(steps)
    part.stop(visitor("bob"))
    assert "Stopping" not in next(steps)[part.widgets.state]
    part.stop(visitor("ada"))
    assert "Stopping" in next(steps)[part.widgets.state]
    evaluation.go.set()
    rest = [*steps]
    assert message(part, rest) == STOPPED
    assert rest[-1][part.widgets.figures] == ""
    assert [*run(part)][-1][part.widgets.figures] == REPORT


def test_a_visitor_who_leaves_stops_the_run(part: MeasureHandlers, evaluation: Evaluation) -> None:
    evaluation.go.clear()
    steps = run(part)
    next(steps)
    # As Gradio does.
    cast("Generator[dict[Any, Any]]", steps).close()
    evaluation.go.set()
    for _ in range(500):
        if (steps_of_bob := [*run(part, "bob")])[-1][part.widgets.figures] == REPORT:
            break
        time.sleep(0.01)
    assert steps_of_bob[-1][part.widgets.figures] == REPORT


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (AssistantError("Evaluation needs matplotlib."), "Evaluation needs matplotlib."),
        (KeyError("x"), FAILED),
    ],
)
def test_an_error_is_one_sentence(
    part: MeasureHandlers,
    evaluation: Evaluation,
    error: Exception,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    evaluation.error = error
    assert message(part, [*run(part)]) == sentence
    assert ("KeyError" in capsys.readouterr().err) is (sentence == FAILED)
    evaluation.error = None
    assert message(part, [*run(part)]) == ""


def test_an_upload_is_measured_and_leaves_nothing_behind(
    part: MeasureHandlers, evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (tmp_path / "queries.jsonl").write_text(QUERIES)
    assert message(part, [*run(part, names=[], files=[str(tmp_path / "queries.jsonl")])]) == ""
    assert evaluation.files == ["queries.jsonl"]
    assert [*scratch.iterdir()] == []
    evaluation.error = AssistantError(f"{evaluation.calls[0][0][0]}/queries.jsonl, line 3, is not JSON.")
    (tmp_path / "notes.jsonl").write_text(QUERIES)
    steps = [*run(part, names=[], files=[str(tmp_path / "notes.jsonl")])]
    assert message(part, steps).startswith("notes.jsonl is not part of a question set")
    assert [*scratch.iterdir()] == []


def test_the_folder_of_an_unpacked_upload_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text(QUERIES)

    def assess(folders: Sequence[Path], _methods: Sequence[str], _progress: Progress) -> str:
        raise AssistantError(f"{folders[0] / 'queries.jsonl'}, line 3, is not JSON; mend the line.")

    started = EvaluationRunner(assess).start([], [tmp_path / "queries.jsonl"], ["late"])
    assert started is not None
    assert started.ended.wait(10)
    assert started.error == "uploaded set/queries.jsonl, line 3, is not JSON; mend the line."


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [({"names": []}, NO_SET), ({"names": ["../../etc"]}, NO_SET), ({"methods": []}, NO_METHOD)],
)
def test_what_is_missing_gets_a_message(part: MeasureHandlers, asked: dict[str, Any], sentence: str) -> None:
    assert message(part, [*run(part, **asked)]) == sentence


def test_the_librarys_sets_are_offered_or_how_to_make_one(part: MeasureHandlers) -> None:
    offered = part.refresh()
    assert offered[part.widgets.sets]["choices"] == [("Ada Marsh, The Keeper’s Log (1 question)", "log")]
    assert offered[part.widgets.none]["visible"] is False
    part.library.root = Path("/nowhere")
    offered = part.refresh()
    assert offered[part.widgets.sets]["visible"] is False
    assert offered[part.widgets.none]["visible"] is True


def test_progress_in_words() -> None:
    assert "Preparing…" in progress_html(MeasureRun())
    assert "value=" not in progress_html(MeasureRun())
    done = progress_html(MeasureRun(stage="<late>", done=1200, total=1200))
    assert "&lt;late&gt;: 1,200 of 1,200" in done
    assert "value=" not in done


def test_measuring_takes_no_slot_from_asking(evaluation: Evaluation) -> None:
    page = build(FakeLibrary(keepers_log()), assess=evaluation)
    shared = {event.concurrency_id for event in page.fns.values() if event.name != "run"}
    (own,) = [event for event in page.fns.values() if event.name == "run"]
    assert own.concurrency_id == "measure"
    assert own.concurrency_id not in shared
    assert (own.concurrency_limit or 0) > 1


def test_without_an_evaluation_the_page_does_not_measure(evaluation: Evaluation) -> None:
    for assess, measures in ((None, False), (evaluation, True)):
        page = build(FakeLibrary(keepers_log()), assess=assess)
        tabs = {block.label for block in page.blocks.values() if isinstance(block, gr.Tab)}
        assert ("Measure" in tabs) is measures


OWN = [
    {"question": "Who lit the lamp?", "judged": {"log/p01": True, "log/p02": False}, "none": False},
    {"question": "Who  put\nit out? 𝒳", "judged": {"log/p03": False}, "none": True},
    {"question": "Who of both?", "judged": {"log/p01": True, "zeta/p01": False}, "none": False},
    {"question": "Unfinished?", "judged": {"log/p01": False}, "none": False},
]


def test_judged_questions_are_a_question_set(tmp_path: Path) -> None:
    dataset = load_dataset(written_set(judged_questions(json.dumps(OWN)), tmp_path))
    assert dataset.name == "Your questions"
    assert [(each.text, each.doc, each.answerable) for each in dataset.questions] == [
        ("Who lit the lamp?", "log", True),
        ("Who put it out? 𝒳", "log", False),
        ("Who of both?", "", True),
    ]
    assert dataset.qrels == {"q1": {"log/p01": 1, "log/p02": 0}, "q3": {"log/p01": 1, "zeta/p01": 0}}


def test_judged_questions_are_saved_as_a_file_that_can_be_uploaded(tmp_path: Path) -> None:
    saved = question_set_file(json.dumps(OWN))
    path = tmp_path / saved["name"]
    path.write_bytes(b64decode(saved["content"]))
    assert len(load_dataset(unpacked([path], tmp_path)).questions) == 3
    assert question_set_file("[]") == {"fault": NONE_JUDGED}


@pytest.mark.parametrize(
    "sent",
    [
        *(None, 7, "", "{", "null", '"x"', "[" * 100_000, "[7, null, []]", '[{"question": 7}]'),
        '[{"question": " ", "none": true}]',
        '[{"question": "x", "judged": {"log/p01": 1, "log": true, "../p01/x": true, "a b/p": true}}]',
        '[{"question": "x", "judged": [], "none": "yes"}]',
    ],
)
def test_other_judgements_are_left_out(sent: object) -> None:
    assert judged_questions(sent) == []


def test_ones_own_questions_are_measured(part: MeasureHandlers, evaluation: Evaluation) -> None:
    *_, last = run(part, names=[], own=json.dumps(OWN))
    assert last[part.widgets.figures] == REPORT
    ((folders, _),) = evaluation.calls
    assert [folder.name for folder in folders] == ["Your questions"]
    assert evaluation.files == ["meta.json", "qrels.tsv", "queries.jsonl"]
    assert message(part, [*run(part, names=[], own="[]")]) == NO_SET
