"""The part of the page that measures: question sets in, progress, then figures, plots and worst questions.

The bench: one evaluation at a time for all visitors, on a thread of its own, so that asking goes on.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import gradio as gr
from gradio.blocks import Block

from assistant.core.errors import AssistantError
from assistant.core.essay import CSLItem, Progress
from assistant.web.messages import told
from assistant.web.question_sets import question_count, unpacked
from assistant.web.uploading import Upload
from assistant.web.views import frame
from assistant.web.views.answer import fault_html
from assistant.web.views.passage import escape, label_of

BROKE = "The measuring broke off; the program's terminal says why."


class ReportView(Protocol):
    """What an evaluation gives; ``assistant.evaluation.assess.EvaluationReport`` is one."""

    @property
    def html(self) -> str:
        """The report as an element with its own style."""


# Evaluates question sets by ranking methods of some names.
Assess = Callable[[Sequence[Path], Sequence[str], Progress], ReportView]


class _StoppedError(Exception):
    """Ends an evaluation from within: raised where it tells of its progress."""


@dataclass(slots=True)
class MeasureRun:
    """An evaluation, as it stands.

    Attributes:
        stage: What is being done.
        done: Number of its steps done.
        total: Number there are; 0 before the first step.
        html: The report, once it is there.
        fault: One sentence on what went wrong, or the empty string.
        stopping: Set to end it.
        ended: Set once it has ended.
    """

    stage: str = ""
    done: int = 0
    total: int = 0
    html: str = ""
    fault: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def step(self, stage: str, done: int, total: int) -> None:
        """Note progress; this is where a run that is to stop does."""
        if self.stopping.is_set():
            raise _StoppedError
        self.stage, self.done, self.total = stage, done, total


class Bench:
    """Runs evaluations.

    Args:
        assess: Does the work.
    """

    def __init__(self, assess: Assess) -> None:
        self._assess = assess
        self._busy = threading.Lock()

    def start(
        self, folders: Sequence[Path], files: Sequence[Path], methods: Sequence[str]
    ) -> MeasureRun | None:
        """Begin a run.

        Args:
            folders: Question sets of the library.
            files: Uploaded files of one more, or none.
            methods: Names of ranking methods.

        Returns:
            The run, which goes on by itself; ``None`` while another is under way.
        """
        if not self._busy.acquire(blocking=False):
            return None
        run = MeasureRun()
        threading.Thread(target=self._work, args=(run, folders, files, methods), daemon=True).start()
        return run

    def _work(
        self, run: MeasureRun, folders: Sequence[Path], files: Sequence[Path], methods: Sequence[str]
    ) -> None:
        try:
            with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
                self._measure(run, Path(scratch), folders, files, methods)
        except Exception:  # noqa: BLE001 - a bench that stays taken would keep out everyone
            traceback.print_exc()
            run.fault = BROKE
        finally:
            self._busy.release()
            run.ended.set()

    def _measure(
        self,
        run: MeasureRun,
        scratch: Path,
        folders: Sequence[Path],
        files: Sequence[Path],
        methods: Sequence[str],
    ) -> None:
        try:
            sets = [*folders, *([unpacked(files, scratch)] if files else [])]
            run.html = self._assess(sets, methods, run.step).html
        except _StoppedError:
            pass
        except AssistantError as fault:
            # Where the upload was unpacked is of no use to its reader.
            run.fault = str(fault).replace(f"{scratch}/", "")


METHODS = {
    "late": "late: the assistant’s own, word by word in context",
    "fusion": "fusion: windows and bm25, their scores added",
    "rrf": "rrf: windows and bm25, their ranks added",
    "windows": "windows: one vector for two sentences",
    "bm25": "bm25: shared words alone",
    "dense": "dense: one vector for a passage",
}
CHOSEN = ("late", "bm25")

BUSY = "Another evaluation is under way; try again when it has ended."
NO_SET = "Choose a question set, or upload one."
NO_METHOD = "Choose at least one method."
STOPPED = "Stopped; nothing was measured."
_STOPPING = "Stopping…"
_STARTING = "Preparing…"

# Seconds between two looks at how far a run is.
_LOOK = 0.3


class Library(Protocol):
    """What is asked of a library here; ``assistant.library.library.Library`` is one."""

    root: Path

    def references(self) -> dict[str, CSLItem]:
        """Bibliographic records by the essays' ids."""

    def question_sets(self) -> dict[str, Path]:
        """Folders of the library's own question sets by id of the essay that each asks about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureWidgets:
    """The components that events change.

    Attributes:
        sets: The library's own sets.
        none: Says that there are none.
        files: An uploaded set.
        methods: Ranking methods.
        run: Begins.
        stop: Ends before the end.
        state: How far the run is, or what went wrong.
        figures: The report.
    """

    sets: gr.CheckboxGroup
    none: gr.HTML
    files: gr.File
    methods: gr.CheckboxGroup
    run: gr.Button
    stop: gr.Button
    state: gr.HTML
    figures: gr.HTML


Updates = dict[Block, Any]


@dataclass(slots=True)
class MeasureHandlers:
    """The handlers of the events.

    Attributes:
        library: The library.
        bench: Where evaluations run.
        widgets: The components.
    """

    library: Library
    bench: Bench
    widgets: MeasureWidgets
    _runs: dict[str | None, MeasureRun] = field(default_factory=dict)

    def opened(self) -> Updates:
        """The part was opened: show the question sets that there now are."""
        try:
            sets, records = self.library.question_sets(), self.library.references()
        except AssistantError as fault:
            return {self.widgets.state: fault_html(told(str(fault), self.library.root))}
        choices = [
            (f"{label_of(name, records[name])} ({_questions(question_count(folder))})", name)
            for name, folder in sets.items()
            if name in records
        ]
        return {
            self.widgets.sets: gr.update(
                choices=choices, value=[name for _, name in choices], visible=bool(choices)
            ),
            self.widgets.none: gr.update(visible=not choices),
        }

    def run(
        self, names: Sequence[str], files: Sequence[str] | None, methods: Sequence[str], request: gr.Request
    ) -> Iterator[Updates]:
        """A run was asked for: show how far it is until it has ended, then what it found.

        Gradio finds ``request`` by its annotation, so every name in the signature is imported at run time,
        and closes this when its visitor leaves.
        """
        known = self.library.question_sets()
        folders = [known[name] for name in names if name in known]
        if not folders and not files:
            yield self._ended(fault_html(NO_SET))
            return
        if not methods:
            yield self._ended(fault_html(NO_METHOD))
            return
        # The first method is the one that the others are compared with.
        ordered = [name for name in METHODS if name in methods]
        run = self.bench.start(folders, [Path(file) for file in files or ()], ordered)
        if run is None:
            yield self._ended(fault_html(BUSY))
            return
        self._runs[request.session_hash] = run
        try:
            yield self._begun()
            while not run.ended.wait(_LOOK):
                yield {self.widgets.state: progress_html(run)}
            yield self._ended(_outcome_html(run, self.library.root), run.html)
        finally:
            run.stopping.set()
            del self._runs[request.session_hash]

    def stop(self, request: gr.Request) -> Updates:
        """The visitor's run is to end."""
        run = self._runs.get(request.session_hash)
        if run is None:
            return {self.widgets.stop: gr.update(visible=False)}
        run.stopping.set()
        return {self.widgets.stop: gr.update(interactive=False)}

    def _begun(self) -> Updates:
        return {
            self.widgets.run: gr.update(interactive=False),
            self.widgets.stop: gr.update(visible=True, interactive=True),
            self.widgets.state: progress_html(MeasureRun()),
            self.widgets.figures: "",
        }

    def _ended(self, said: str, figures: str | None = None) -> Updates:
        return {
            self.widgets.run: gr.update(interactive=True),
            self.widgets.stop: gr.update(visible=False),
            self.widgets.state: said,
            self.widgets.figures: gr.skip() if figures is None else figures,
        }


def progress_html(run: MeasureRun) -> str:
    """How far a run is.

    Args:
        run: The run.

    Returns:
        HTML of one ``div.measuring``.
    """
    if run.stopping.is_set():
        said = _STOPPING
    elif not run.total:
        said = _STARTING
    else:
        said = f"{run.stage}: {run.done:,} of {run.total:,}"
        said += "; working out what comes of it…" if run.done >= run.total else ""
    full = f' value="{run.done}" max="{run.total}"' if run.total and run.done < run.total else ""
    bar = f'<progress aria-label="Measuring"{full}></progress>'
    return f'<div class="measuring"><p>{escape(said)}</p>{bar}</div>'


def measuring_part(library: Library, bench: Bench, page: gr.Blocks, tab: gr.Tab) -> None:
    """Lay out the part, in the context it is called in, and wire its events.

    Args:
        library: The library.
        bench: Where evaluations run.
        page: The whole page.
        tab: The tab in which the part stands.
    """
    widgets = _laid_out()
    measure = MeasureHandlers(library, bench, widgets)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    gr.on([page.load, tab.select], measure.opened, None, [widgets.sets, widgets.none, widgets.state], **quiet)
    outputs = [widgets.run, widgets.stop, widgets.state, widgets.figures]
    # Slots of its own, so that a run takes none from those who ask; many, so that all hear it is busy.
    own: dict[str, Any] = {"concurrency_id": "measure", "concurrency_limit": 16}
    inputs = [widgets.sets, widgets.files, widgets.methods]
    widgets.run.click(measure.run, inputs, outputs, **own, **quiet)
    widgets.stop.click(measure.stop, None, [widgets.stop], **quiet)


def _laid_out() -> MeasureWidgets:
    gr.HTML(frame.MEASURE_INTRO, apply_default_css=False, elem_classes="plain")
    none = gr.HTML(
        f'<div class="set-layout">{frame.NO_QUESTION_SETS}{frame.QUESTION_SET_FORMAT}</div>',
        apply_default_css=False,
        visible=False,
        elem_id="no-sets",
        elem_classes="plain",
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
        gr.HTML(
            "<details class='set-layout'><summary>How a question set looks</summary>"
            f"{frame.QUESTION_SET_FORMAT}</details>",
            apply_default_css=False,
            elem_classes="plain",
        )
    methods = gr.CheckboxGroup(
        [(label, name) for name, label in METHODS.items()],
        value=list(CHOSEN),
        label="Methods (the others are compared with the first)",
        elem_id="methods",
    )
    with gr.Row(elem_id="run-row"):
        run = gr.Button("Run", variant="primary", scale=0, min_width=110, elem_id="run")
        stop = gr.Button("Stop", scale=0, min_width=90, visible=False, elem_id="stop")
        state = gr.HTML("", apply_default_css=False, elem_id="measure-state", elem_classes="plain")
    figures = gr.HTML("", apply_default_css=False, elem_id="figures", elem_classes="plain")
    return MeasureWidgets(
        sets=sets, none=none, files=files, methods=methods, run=run, stop=stop, state=state, figures=figures
    )


def _questions(number: int) -> str:
    return f"{number:,} {'question' if number == 1 else 'questions'}"


def _outcome_html(run: MeasureRun, root: Path) -> str:
    if run.fault:
        return fault_html(told(run.fault, root))
    return "" if run.html else f'<p class="measured" role="status">{STOPPED}</p>'
