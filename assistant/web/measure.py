"""The part of the page that measures: takes question sets, shows progress and then the report."""

from __future__ import annotations

import threading
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.core.errors import AssistantError
from assistant.core.essay import Progress
from assistant.web.components import QUIET, Updates, Upload, plain_html
from assistant.web.messages import public_message
from assistant.web.question_sets import (
    JudgedQuestion,
    judged_questions,
    question_count,
    set_archive,
    unpacked,
    written_set,
)
from assistant.web.views import frame, render
from assistant.web.views.answer import error_html
from assistant.web.views.essays import labels_of

if TYPE_CHECKING:
    from assistant.library.library import Library

# Evaluates question sets by ranking methods of some names, and returns the report as HTML with its own style.
Assess = Callable[[Sequence[Path], Sequence[str], Progress], str]

METHODS = {
    "late": "late: the assistant’s own, word by word in context",
    "fusion": "fusion: windows and bm25, their scores added",
    "rrf": "rrf: windows and bm25, their ranks added",
    "windows": "windows: one vector for two sentences",
    "bm25": "bm25: shared words alone",
    "dense": "dense: one vector for a passage",
}
CHOSEN = ("late", "bm25")

FAILED = "The evaluation failed; the program's terminal says why; see also: assistant doctor."
BUSY = "Another evaluation is under way; try again when it has ended."
NO_SET = "Choose a question set, judge some questions of your own, or upload a set."
NO_METHOD = "Choose at least one method."
STOPPED = "Stopped; nothing was measured."

_ON_OWN = "window.desk.serveQuestions((sent) => server.question_set_file(sent));"

# Seconds between two updates of the progress.
_INTERVAL = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureWidgets:
    """The components of the part.

    Attributes:
        sets: The library's own question sets.
        none: Says that there are none.
        files: An uploaded set.
        own: The visitor's own judged questions, as the page's script sends them; empty to leave them out.
        methods: Ranking methods.
        run: Starts the evaluation.
        stop: Stops it.
        state: How far the run is, or what went wrong.
        figures: The report.
    """

    sets: gr.CheckboxGroup
    none: gr.HTML
    files: gr.File
    own: gr.Textbox
    methods: gr.CheckboxGroup
    run: gr.Button
    stop: gr.Button
    state: gr.HTML
    figures: gr.HTML


def measure_part(library: Library, assess: Assess, page: gr.Blocks, tab: gr.Tab) -> None:
    """Lay out the part in the context in which it is called, and wire its events.

    Args:
        library: The library.
        assess: Evaluates question sets.
        page: The whole page.
        tab: The tab that contains the part.
    """
    widgets = layout()
    handlers = MeasureHandlers(library, EvaluationRunner(assess), widgets)
    shown = [widgets.sets, widgets.none, widgets.state]
    gr.on([page.load, tab.select], handlers.refresh, None, shown, **QUIET)
    # Slots of its own, so that a run takes none from those who ask; many, so that others learn it is busy.
    slots: dict[str, Any] = {"concurrency_id": "measure", "concurrency_limit": 16}
    inputs = [widgets.sets, widgets.files, widgets.methods, widgets.own]
    outputs = [widgets.run, widgets.stop, widgets.state, widgets.figures]
    # The browser alone keeps the visitor's own questions.
    own = "(...given) => window.desk.measuring(...given)"
    widgets.run.click(handlers.run, inputs, outputs, js=own, **slots, **QUIET)
    widgets.stop.click(handlers.stop, None, [widgets.stop], **QUIET)


def layout() -> MeasureWidgets:
    """Lay out the part in the context in which it is called."""
    plain_html(frame.MEASURE_INTRO)
    plain_html(
        frame.OWN_QUESTIONS,
        elem_id="own-questions",
        js_on_load=_ON_OWN,
        server_functions=[question_set_file],
    )
    own = gr.Textbox(visible=False)
    none = plain_html(
        frame.NO_QUESTION_SETS,
        visible=False,
        elem_id="no-sets",
    )
    sets = gr.CheckboxGroup([], label="Question sets of the library", visible=False, elem_id="sets")
    with gr.Accordion("Upload a question set", open=False, elem_id="set-upload"):
        files = Upload(
            label="One .zip, or queries.jsonl and qrels.tsv",
            file_count="multiple",
            file_types=[".jsonl", ".tsv", ".json", ".zip"],
            height=130,
            elem_id="set-files",
        )
        plain_html(frame.QUESTION_SET_FORMAT)
    methods = gr.CheckboxGroup(
        [(label, name) for name, label in METHODS.items()],
        value=list(CHOSEN),
        label="Methods (the others are compared with the first)",
        elem_id="methods",
    )
    with gr.Row(elem_id="run-row"):
        run = gr.Button("Run", variant="primary", scale=0, min_width=110, elem_id="run")
        stop = gr.Button("Stop", scale=0, min_width=90, visible=False, elem_id="stop")
        state = plain_html(elem_id="measure-state")
    figures = plain_html(elem_id="figures")
    return MeasureWidgets(
        sets=sets,
        none=none,
        files=files,
        own=own,
        methods=methods,
        run=run,
        stop=stop,
        state=state,
        figures=figures,
    )


def question_set_file(sent: object) -> dict[str, str]:
    """What the page's script calls to save the visitor's own questions as a question set.

    Args:
        sent: JSON of the questions; the script may send anything.

    Returns:
        The file (``name``, ``type``, ``content`` in base64), or one sentence as ``fault``.
    """
    try:
        content = set_archive(judged_questions(sent))
    except AssistantError as error:
        return {"fault": str(error)}
    return {"name": "question-set.zip", "type": "application/zip", "content": b64encode(content).decode()}


class _StoppedError(Exception):
    """Ends an evaluation from within: raised where it reports its progress."""


@dataclass(slots=True)
class MeasureRun:
    """An evaluation and how far it is.

    Attributes:
        stage: What is being done.
        done: Number of its steps done.
        total: Number of its steps; 0 before the first.
        html: The report, once it is there.
        error: One sentence about what went wrong, or the empty string.
        stopping: Set to end it.
        ended: Set once it has ended.
    """

    stage: str = ""
    done: int = 0
    total: int = 0
    html: str = ""
    error: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def step(self, stage: str, done: int, total: int) -> None:
        """Note progress; a run that is to stop stops here."""
        if self.stopping.is_set():
            raise _StoppedError
        self.stage, self.done, self.total = stage, done, total


class EvaluationRunner:
    """Runs one evaluation at a time for all visitors, on a thread of its own, so that asking goes on.

    Args:
        assess: Evaluates question sets.
    """

    def __init__(self, assess: Assess) -> None:
        self._assess = assess
        self._busy = threading.Lock()

    def start(
        self,
        folders: Sequence[Path],
        files: Sequence[Path],
        methods: Sequence[str],
        own: Sequence[JudgedQuestion] = (),
    ) -> MeasureRun | None:
        """Start a run.

        Args:
            folders: Question sets of the library.
            files: Uploaded files of one more, or none.
            methods: Names of ranking methods.
            own: Questions that the visitor has judged; one set more, if there are any.

        Returns:
            The run, which goes on by itself; ``None`` while another is under way.
        """
        if not self._busy.acquire(blocking=False):
            return None
        run = MeasureRun()
        given = (run, folders, files, methods, own)
        threading.Thread(target=self._work, args=given, daemon=True).start()
        return run

    def _work(
        self,
        run: MeasureRun,
        folders: Sequence[Path],
        files: Sequence[Path],
        methods: Sequence[str],
        own: Sequence[JudgedQuestion],
    ) -> None:
        try:
            with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
                try:
                    sets = [*folders, *([unpacked(files, Path(scratch))] if files else [])]
                    sets += [written_set(own, Path(scratch))] if own else []
                    run.html = self._assess(sets, methods, run.step)
                except _StoppedError:
                    pass
                except AssistantError as error:
                    # The folder into which the upload was unpacked means nothing to its owner.
                    run.error = str(error).replace(f"{scratch}/", "")
        except Exception:  # noqa: BLE001 - a runner that stays busy would keep everyone out
            traceback.print_exc()
            run.error = FAILED
        finally:
            self._busy.release()
            run.ended.set()


@dataclass(slots=True)
class MeasureHandlers:
    """The handlers of the part's events.

    Attributes:
        library: The library.
        runner: Runs evaluations.
        widgets: The components.
    """

    library: Library
    runner: EvaluationRunner
    widgets: MeasureWidgets
    _runs: dict[str | None, MeasureRun] = field(default_factory=dict)

    def refresh(self) -> Updates:
        """Show the question sets that there now are."""
        try:
            sets, essays = self.library.question_sets(), self.library.summaries()
        except AssistantError as error:
            return {self.widgets.state: error_html(public_message(error, self.library.root))}
        choices = [
            (f"{label} ({_questions(question_count(sets[name]))})", name)
            for label, name in labels_of(essays)
            if name in sets
        ]
        return {
            self.widgets.sets: gr.update(
                choices=choices, value=[name for _, name in choices], visible=bool(choices)
            ),
            self.widgets.none: gr.update(visible=not choices),
        }

    def run(
        self,
        names: Sequence[str],
        files: Sequence[str] | None,
        methods: Sequence[str],
        own: str | None,
        request: gr.Request,
    ) -> Iterator[Updates]:
        """Run an evaluation: show how far it is until it has ended, then its report.

        Gradio finds ``request`` by its annotation, so every name in the signature is imported at run time.
        It closes this generator when the visitor leaves.
        """
        known = self.library.question_sets()
        folders = [known[name] for name in names if name in known]
        judged = judged_questions(own)
        if not folders and not files and not judged:
            yield self._ended(error_html(NO_SET))
            return
        if not methods:
            yield self._ended(error_html(NO_METHOD))
            return
        # The first method is the one that the others are compared with.
        ordered = [name for name in METHODS if name in methods]
        run = self.runner.start(folders, [Path(file) for file in files or ()], ordered, judged)
        if run is None:
            yield self._ended(error_html(BUSY))
            return
        self._runs[request.session_hash] = run
        try:
            yield self._started()
            while not run.ended.wait(_INTERVAL):
                yield {self.widgets.state: progress_html(run)}
            yield self._ended(_outcome_html(run, self.library.root), run.html)
        finally:
            run.stopping.set()
            del self._runs[request.session_hash]

    def stop(self, request: gr.Request) -> Updates:
        """Stop the visitor's own run."""
        run = self._runs.get(request.session_hash)
        if run is None:
            return {self.widgets.stop: gr.update(visible=False)}
        run.stopping.set()
        return {self.widgets.stop: gr.update(interactive=False)}

    def _started(self) -> Updates:
        return {
            self.widgets.run: gr.update(interactive=False),
            self.widgets.stop: gr.update(visible=True, interactive=True),
            self.widgets.state: progress_html(MeasureRun()),
            self.widgets.figures: "",
        }

    def _ended(self, state: str, figures: str | None = None) -> Updates:
        return {
            self.widgets.run: gr.update(interactive=True),
            self.widgets.stop: gr.update(visible=False),
            self.widgets.state: state,
            self.widgets.figures: gr.skip() if figures is None else figures,
        }


def progress_html(run: MeasureRun) -> str:
    """How far a run is, as HTML of one ``div.measuring``."""
    if run.stopping.is_set():
        message = "Stopping…"
    elif not run.total:
        message = "Preparing…"
    else:
        message = f"{run.stage}: {run.done:,} of {run.total:,}"
        message += "; calculating the figures…" if run.done >= run.total else ""
    return render("measure.progress", message, run.done, run.total)


def _outcome_html(run: MeasureRun, root: Path) -> str:
    if run.error:
        return error_html(public_message(run.error, root))
    return "" if run.html else render("measure.stopped", STOPPED)


def _questions(number: int) -> str:
    return f"{number:,} {'question' if number == 1 else 'questions'}"
