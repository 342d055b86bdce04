"""What the language server answers: each request of the protocol, and its commands."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

from lsprotocol import types

from assistant.core.errors import AssistantError
from assistant.editor import completion, evidence, places
from assistant.editor.analysis import Analysis, OpenLibrary
from assistant.editor.diagnostics import corrections
from assistant.editor.server import WritingServer
from assistant.editor.settings import EditorSettings

# Editors that look up definitions while the mouse moves; a page must not open then.
_LOOK_UP_ON_HOVER = ("visual studio code", "vscodium", "cursor", "windsurf", "code - oss")


async def _initialized(ls: WritingServer, _params: types.InitializedParams) -> None:
    await ls.begin()


def _initialize(ls: WritingServer, params: types.InitializeParams) -> None:
    ls.client_info = params.client_info
    ls.take_settings(params.initialization_options)


async def _settings(ls: WritingServer, params: types.DidChangeConfigurationParams) -> None:
    if params.settings:
        ls.take_settings(params.settings)
    else:
        await ls.pull_settings()


def _is_versioned(ls: WritingServer) -> bool:
    workspace = ls.client_capabilities.workspace
    edit = workspace.workspace_edit if workspace else None
    return bool(edit and edit.document_changes)


async def _hover(ls: WritingServer, params: types.HoverParams) -> types.Hover | None:
    analysis = await ls.analysis(params.text_document.uri)
    if analysis is None:
        return None
    text = ls.client_capabilities.text_document
    formats = text.hover.content_format if text and text.hover else None
    markdown = not formats or types.MarkupKind.Markdown in formats

    def hover() -> types.Hover | None:
        offset = analysis.offset(params.position)
        place = analysis.place_at(offset)
        page = ls.page.address(ls.settings.page, place) if place else ""
        return places.hover(analysis, offset, page, markdown=markdown)

    return await ls.run(hover)


async def _definition(ls: WritingServer, params: types.DefinitionParams) -> types.Location | None:
    analysis = await ls.analysis(params.text_document.uri)
    if analysis is None:
        return None
    place = await ls.run(analysis.place_at, analysis.offset(params.position))
    if place is None:
        return None
    page = await ls.run(ls.page.address, ls.settings.page, place) if _shows_pages(ls) else ""
    if page:
        shown = await ls.window_show_document_async(types.ShowDocumentParams(page, external=True))
        if shown.success:
            return None
    try:
        return await ls.run(ls.texts.location, analysis, place, ls.encoding)
    except AssistantError as error:
        ls.say(str(error), types.MessageType.Error)
        return None


def _shows_pages(ls: WritingServer) -> bool:
    """Whether "go to definition" opens the page in a browser."""
    window = ls.client_capabilities.window
    info = ls.client_info
    on_hover = info.name.lower().startswith(_LOOK_UP_ON_HOVER) if info else False
    shows = bool(window and window.show_document and window.show_document.support)
    return ls.settings.definition == "page" and shows and not on_hover


async def _completion(ls: WritingServer, params: types.CompletionParams) -> types.CompletionList | None:
    state = ls.drafts.get(params.text_document.uri)
    if state is None:
        return None
    text, position = state.draft.text, params.position
    offset = text.offset(position.line, position.character)
    if not completion.may_complete(text, offset, state.draft.suffix):
        # Most words are neither in a quotation nor in a citation; a check is not waited for.
        return None
    # The last check tells keys and pages well enough, whatever was typed since.
    analysis = state.analysis or await ls.analysis(params.text_document.uri)
    if analysis is None:
        return None
    return await ls.run(completion.completions, analysis, text, offset)


async def _code_action(ls: WritingServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    analysis = await ls.analysis(params.text_document.uri)
    if analysis is None:
        return []
    wanted, versioned = params.context.only, _is_versioned(ls)
    state = ls.drafts.get(params.text_document.uri)
    found = state.found if state else None

    def actions() -> list[types.CodeAction]:
        made = list(corrections(analysis, params.range, wanted, versioned=versioned))
        if wanted is None or any(
            types.CodeActionKind.RefactorRewrite.startswith(kind) for kind in map(_value, wanted)
        ):
            made += evidence.actions(analysis, params.range, found, versioned=versioned)
        return made

    return await ls.run(actions)


def _value(kind: str) -> str:
    return str(getattr(kind, "value", kind))


async def _symbols(
    ls: WritingServer, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    analysis = await ls.analysis(params.text_document.uri)
    if analysis is None:
        return []
    text = ls.client_capabilities.text_document
    symbols = text.document_symbol if text else None
    if symbols and symbols.hierarchical_document_symbol_support:
        return await ls.run(places.symbols, analysis)
    return await ls.run(lambda: list(places.flat_symbols(analysis)))


async def _find(
    ls: WritingServer, uri: str, numbers: list[int]
) -> tuple[Analysis, Any, evidence.FoundEvidence] | None:
    """Evidence for the sentence of a draft; what prevents it is said."""
    analysis = await ls.analysis(uri)
    sentence = await ls.run(evidence.sentence_of, analysis, evidence.range_of(numbers)) if analysis else None
    if analysis is None or sentence is None:
        ls.say("There is no sentence here.")
        return None
    try:
        found = await ls.shown("Finding evidence", ls.run(evidence.find, analysis, sentence))
    except AssistantError as error:
        ls.say(str(error), types.MessageType.Error)
        return None
    if uri in ls.drafts:
        ls.drafts[uri].found = found
    return analysis, sentence, found


async def _list_evidence(ls: WritingServer, uri: str, numbers: list[int]) -> list[dict[str, Any]]:
    """Passages for a sentence, each with the edit that quotes it, for editors that let the user choose."""
    result = await _find(ls, uri, numbers)
    if result is None:
        return []
    analysis, sentence, found = result
    versioned = _is_versioned(ls)
    return [
        {
            "title": evidence.title(analysis, each),
            "citation": analysis.desk.cite(each.place),
            "text": each.place.text,
            "passage": each.place.passages[0],
            "edit": evidence.insertion(analysis, sentence, each, versioned=versioned),
        }
        for each in found.evidence
    ]


async def _find_evidence(ls: WritingServer, uri: str, numbers: list[int]) -> None:
    """Find passages for a sentence, let the user choose one, and put it in."""
    result = await _find(ls, uri, numbers)
    if result is None:
        return
    analysis, sentence, found = result
    if not found.evidence:
        ls.say("No passage was found for this sentence.")
        return
    titles = await ls.run(lambda: [evidence.title(analysis, each) for each in found.evidence])
    choices = [types.MessageActionItem(title) for title in titles]
    request = types.ShowMessageRequestParams(
        types.MessageType.Info, "Which passage is to be quoted?", choices
    )
    chosen = await ls.window_show_message_request_async(request)
    if chosen is None or chosen.title not in titles:
        return
    each = found.evidence[titles.index(chosen.title)]
    edit = evidence.insertion(analysis, sentence, each, versioned=_is_versioned(ls))
    label = "Quote a passage"
    applied = await ls.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, label))
    if not applied.applied:
        ls.say("The draft has changed meanwhile; find evidence once more.")


def register(server: WritingServer) -> None:
    """Have the server answer."""
    kinds = types.CodeActionKind
    actions = types.CodeActionOptions([kinds.QuickFix, kinds.RefactorRewrite, kinds.SourceFixAll])
    features: list[tuple[str, Any, Any]] = [
        (types.INITIALIZE, _initialize, None),
        (types.INITIALIZED, _initialized, None),
        (types.WORKSPACE_DID_CHANGE_CONFIGURATION, _settings, None),
        (types.TEXT_DOCUMENT_HOVER, _hover, None),
        (types.TEXT_DOCUMENT_DEFINITION, _definition, None),
        (types.TEXT_DOCUMENT_COMPLETION, _completion, types.CompletionOptions(completion.TRIGGERS)),
        (types.TEXT_DOCUMENT_CODE_ACTION, _code_action, actions),
        (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, _symbols, None),
    ]
    for name, handler, options in features:
        server.feature(name, options)(handler)
    server.command(evidence.FIND)(_find_evidence)
    server.command(evidence.LIST)(_list_evidence)


def serve(library: Path | None, settings: EditorSettings, open_library: OpenLibrary) -> None:
    """Answer an editor on standard input and output until it ends; arguments as for ``WritingServer``."""
    server = WritingServer(library, settings, open_library)
    register(server)
    output = sys.stdout.buffer
    # What is printed by mistake must not get between the messages.
    sys.stdout = sys.stderr
    gc.set_threshold(50_000)
    code = 1
    try:
        server.start_io(sys.stdin.buffer, output)
        code = 0 if server.protocol._shutdown else 1  # noqa: SLF001 - the protocol asks for this exit code
    finally:
        server.texts.delete()
        sys.stderr.flush()
        # A model may still be loading; native code that is cut off at exit aborts.
        os._exit(code)
