"""The language server: speaks the protocol over standard input and output.

Drafts are checked in one thread of their own, so that the editor is answered meanwhile. Nothing that a draft
or a library does ends the server.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method
from pygls.uris import to_fs_path

from assistant import __version__
from assistant.core.errors import AssistantError
from assistant.editor.analysis import Analysis, Desks, OpenDraft, OpenLibrary
from assistant.editor.diagnostics import diagnostics
from assistant.editor.evidence import FoundEvidence
from assistant.editor.places import ServedPage, TextFiles
from assistant.editor.settings import SECTION, EditorSettings
from assistant.editor.text import ColumnUnit, EditorText

_Result = TypeVar("_Result")
# Seconds without a change after which a draft is checked, and between two looks at the library on disk.
PAUSE, _LOOK = 0.15, 2.0
# Seconds after which the editor shows that something is being done.
_SHOW_PROGRESS = 0.5
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class DraftState:
    """A draft that is open in the editor.

    Attributes:
        draft: As it is now.
        analysis: The last check; of an earlier text if the draft has changed since.
        check: The check that is waiting or running.
        said: The last sentence that the user was told of it.
        found: Evidence that was found last.
    """

    draft: OpenDraft
    analysis: Analysis | None = None
    check: asyncio.Task[None] | None = None
    said: str = ""
    found: FoundEvidence | None = field(default=None)


class DraftProtocol(LanguageServerProtocol):
    """The protocol, with the server's own texts: a form feed is no line break in them."""

    _server: WritingServer

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take a draft that is opened."""
        self._server.open(params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Take changes of a draft."""
        self._server.change(params.text_document.uri, params.text_document.version, params.content_changes)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a draft that is closed."""
        self._server.close(params.text_document.uri)


class WritingServer(LanguageServer):
    """The state of the server: open drafts, settings, libraries.

    Args:
        library: Folder of the library named on the command line; ``None`` for the default one.
        settings: The settings of the command line.
        open_library: Opens the library of a folder or of a name on a cluster.
    """

    def __init__(self, library: Path | None, settings: EditorSettings, open_library: OpenLibrary) -> None:
        super().__init__("essay-assistant", __version__, protocol_cls=DraftProtocol)
        self.settings = settings
        self.client_info: types.ClientInfo | None = None
        self.drafts: dict[str, DraftState] = {}
        self.desks = Desks(library, self._log, open_library)
        self.page, self.texts = ServedPage(), TextFiles()
        # One thread for all that reads libraries and checks drafts.
        self._worker = ThreadPoolExecutor(1, "check")
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    # Texts.

    @property
    def encoding(self) -> ColumnUnit:
        """The unit in which columns count."""
        agreed = self.server_capabilities.position_encoding
        # It is an enumeration or, as the client has sent it, a word.
        given = str(getattr(agreed, "value", agreed))
        return given if given in {"utf-8", "utf-32"} else "utf-16"  # type: ignore[return-value]

    def open(self, item: types.TextDocumentItem) -> None:
        """Take a draft, and check it."""
        name = to_fs_path(item.uri)
        suffix = self.settings.suffix_of(item.language_id, name or item.uri)
        if suffix:
            text = EditorText(item.text, self.encoding)
            draft = OpenDraft(item.uri, item.version, suffix, text, Path(name) if name else None)
            self.drafts[item.uri] = DraftState(draft)
            self._check_soon(item.uri, 0)

    def change(self, uri: str, version: int, changes: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        """Change a draft, and check it when there is a pause."""
        state = self.drafts.get(uri)
        if state is None:
            return
        text = state.draft.text
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = change.range.start, change.range.end
                text = text.replaced((start.line, start.character), (end.line, end.character), change.text)
            else:
                text = text.with_text(change.text)
        state.draft = replace(state.draft, version=version, text=text)
        self._check_soon(uri, PAUSE)

    def close(self, uri: str) -> None:
        """Forget a draft, and its problems."""
        state = self.drafts.pop(uri, None)
        if state is not None:
            if state.check:
                state.check.cancel()
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    # Checking.

    def _check_soon(self, uri: str, delay: float) -> None:
        state = self.drafts[uri]
        if state.check:
            state.check.cancel()
        state.check = self.start(self._check_after(uri, delay))

    def start(self, work: Coroutine[Any, Any, _Result]) -> asyncio.Task[_Result]:
        """Do something beside what the editor asks."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _check_after(self, uri: str, delay: float) -> None:
        await asyncio.sleep(delay)
        await self.analysis(uri)

    async def analysis(self, uri: str) -> Analysis | None:
        """The check of a draft as it is now; ``None`` if it is not open or cannot be checked."""
        state = self.drafts.get(uri)
        if state is None or not self.settings.checks(state.draft.suffix):
            return None
        draft = state.draft
        try:
            known = state.analysis
            if known is None or known.draft is not draft or not await self.run(known.desk.is_current):
                await self._analyse(state, draft)
        except AssistantError as error:
            self._failed(state, draft, str(error))
        except Exception as error:  # noqa: BLE001 - whatever a draft does, the server stays
            _LOG.exception("A draft could not be checked")
            kind = type(error).__name__
            self._failed(state, draft, f"This draft cannot be checked ({kind}); please report it.")
        return state.analysis

    async def _analyse(self, state: DraftState, draft: OpenDraft) -> None:
        work = self.run(self.desks.analyse, draft, self.settings)
        analysis, warning = await self.shown("Checking quotations", work)
        newest = state.analysis.draft.version if state.analysis else None
        if newest is not None and draft.version is not None and newest > draft.version:
            # A later text was checked meanwhile.
            return
        state.analysis = analysis
        if self.drafts.get(draft.uri) is state and state.draft is draft:
            self._tell(state, warning)
            found = diagnostics(analysis)
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(draft.uri, found, draft.version)
            )

    def _failed(self, state: DraftState, draft: OpenDraft, sentence: str) -> None:
        state.analysis = None
        if self.drafts.get(draft.uri) is state:
            self._tell(state, sentence)
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(draft.uri, []))

    def _tell(self, state: DraftState, sentence: str) -> None:
        """Tell the user a sentence on a draft, unless it was the last one."""
        others = {other.said for other in self.drafts.values()}
        if sentence and sentence != state.said and sentence not in others:
            self.say(sentence, types.MessageType.Error)
        state.said = sentence

    def check_all(self) -> None:
        """Check all open drafts again."""
        for uri, state in self.drafts.items():
            state.analysis = None
            if self.settings.checks(state.draft.suffix):
                self._check_soon(uri, 0)
            else:
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    async def watch(self) -> None:
        """Check drafts again when a library changes on disk, or can be used that could not be before."""
        while True:
            await asyncio.sleep(_LOOK)
            try:
                current = await self.run(self.desks.are_current)
            except AssistantError:
                current = False
            for uri, state in list(self.drafts.items()):
                waiting = state.check is not None and not state.check.done()
                if not waiting and (not current or state.analysis is None):
                    self._check_soon(uri, 0)

    # What everything uses.

    def run(self, function: Callable[..., _Result], *arguments: Any) -> Awaitable[_Result]:
        """Call a function in the thread that reads libraries and checks drafts."""
        return asyncio.get_running_loop().run_in_executor(self._worker, function, *arguments)

    async def shown(self, title: str, work: Awaitable[_Result]) -> _Result:
        """Await work; if it takes long, the editor shows that it is being done.

        Work that is not awaited any more is not begun, as on a text that has changed since.
        """
        future = asyncio.ensure_future(work)
        try:
            return await self._shown(title, future)
        except asyncio.CancelledError:
            future.cancel()
            raise

    async def _shown(self, title: str, future: asyncio.Future[_Result]) -> _Result:
        done, _ = await asyncio.wait([future], timeout=_SHOW_PROGRESS)
        window = self.client_capabilities.window
        if done or not (window and window.work_done_progress):
            return await future
        token = str(uuid.uuid4())
        # An editor that refuses to show it need not.
        created = asyncio.ensure_future(self.work_done_progress.create_async(token))
        both: list[asyncio.Future[Any]] = [created, future]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not created.done() or created.exception():
            return await future
        self.work_done_progress.begin(token, types.WorkDoneProgressBegin(title))
        try:
            return await future
        finally:
            self.work_done_progress.end(token, types.WorkDoneProgressEnd())

    def say(self, sentence: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show the user a sentence."""
        self.window_show_message(types.ShowMessageParams(kind, sentence))

    def _log(self, sentence: str) -> None:
        """Write a sentence into the editor's log; from any thread."""
        if self._loop is not None:
            params = types.LogMessageParams(types.MessageType.Info, sentence)
            self._loop.call_soon_threadsafe(self.window_log_message, params)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Write an unexpected error into the log; the editor gets it as the answer of its request."""
        _LOG.error("%s: %s", getattr(source, "__name__", source), error)

    # Settings.

    def take_settings(self, given: object) -> None:
        """Take settings of the editor, and check all drafts again if they have changed."""
        settings, faults = self.settings.changed(given)
        for fault in faults:
            self.say(fault, types.MessageType.Warning)
        if settings != self.settings:
            self.settings = settings
            self.check_all()

    async def pull_settings(self) -> None:
        """Ask the editor for its settings, if it answers such questions."""
        workspace = self.client_capabilities.workspace
        if workspace and workspace.configuration:
            item = types.ConfigurationItem(section=SECTION)
            given = await self.workspace_configuration_async(types.ConfigurationParams([item]))
            self.take_settings(given[0] if given else None)

    async def begin(self) -> None:
        """What is done when the editor is ready."""
        self._loop = asyncio.get_running_loop()
        self.start(self.watch())
        workspace = self.client_capabilities.workspace
        changes = workspace.did_change_configuration if workspace else None
        if changes and changes.dynamic_registration:
            name = types.WORKSPACE_DID_CHANGE_CONFIGURATION
            registration = types.Registration("settings", name, {"section": SECTION})
            await self.client_register_capability_async(types.RegistrationParams([registration]))
        await self.pull_settings()
