"""A language server and the client that speaks to it in tests."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pytest_lsp import LanguageClient, make_test_lsp_client

if TYPE_CHECKING:
    from pathlib import Path

CAPABILITIES = types.ClientCapabilities(
    general=types.GeneralClientCapabilities(position_encodings=["utf-16"]),
    text_document=types.TextDocumentClientCapabilities(
        document_symbol=types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True)
    ),
    window=types.WindowClientCapabilities(work_done_progress=True),
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    ),
)
# Seconds for an answer; a busy machine fails no test.
PATIENCE = 20


class Session:
    """A server, and one draft in it.

    Args:
        client: The client.
    """

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.version = 0

    async def open(self, uri: str, text: str, language: str = "markdown") -> list[types.Diagnostic]:
        """Open a draft, and wait for its problems."""
        self.version = 1
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.problems(uri)

    async def change(
        self, uri: str, words: str, start: tuple[int, int], end: tuple[int, int]
    ) -> list[types.Diagnostic]:
        """Replace words of a draft, and wait for its problems."""
        self.send_change(uri, words, start, end)
        return await self.problems(uri)

    def send_change(self, uri: str, words: str, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Replace words of a draft."""
        self.version += 1
        change = types.TextDocumentContentChangePartial(
            range=types.Range(types.Position(*start), types.Position(*end)), text=words
        )
        document = types.VersionedTextDocumentIdentifier(self.version, uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def problems(self, uri: str) -> list[types.Diagnostic]:
        """The next problems that the server sends."""
        waiting = self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        await asyncio.wait_for(waiting, PATIENCE)
        return list(self.client.diagnostics[uri])

    async def request(self, method: str, params: Any) -> Any:
        """The answer to a request, whose parameters are given as JSON has them."""
        kind = types.METHOD_TO_TYPES[method][2]
        client: Any = self.client
        structured = client.protocol._converter.structure(params, kind)  # noqa: SLF001 - its own way to make parameters
        answer = client.protocol.send_request_async(method, structured)
        return await asyncio.wait_for(answer, PATIENCE)


@asynccontextmanager
async def session(
    library: Path,
    options: dict[str, Any] | None = None,
    capabilities: types.ClientCapabilities = CAPABILITIES,
    environment: dict[str, str] | None = None,
) -> AsyncIterator[Session]:
    """A server with a library; at the end it must shut down in order."""
    client: Any = make_test_lsp_client()
    command = [sys.executable, "-m", "assistant", "lsp", "--library", str(library)]
    await client.start_io(*command, env=environment)
    params = types.InitializeParams(capabilities, initialization_options=options)
    await asyncio.wait_for(client.initialize_session(params), PATIENCE)
    try:
        yield Session(client)
        await asyncio.wait_for(client.shutdown_session(), PATIENCE)
    except BaseException:
        # The test's own error is the one to show.
        server = client._server  # noqa: SLF001 - the client has no other way to end it
        if server is not None and server.returncode is None:
            server.kill()
        raise
    finally:
        await client.stop()
