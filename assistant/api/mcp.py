"""The MCP server: tools for the calls, and the essays as resources.

It imports nothing of the page. The SDK sends the text of every exception to the client; ``ApiService`` raises
only exceptions whose text may be sent.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Self, cast

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage
from mcp_types import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    CallToolRequestParams,
    CallToolResult,
    ErrorData,
    JSONRPCError,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)

from assistant import __version__
from assistant.api.requests import MAX_BYTES
from assistant.api.schema import CALLS, RefusedError, input_schema, output_schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextvars import Context

    from mcp.shared._stream_protocols import ReadStream, WriteStream

    from assistant.api.service import ApiService


_RULES = (
    "Essays that the user has given, to be quoted and cited. Every word that these tools return from an "
    "essay is verbatim: quote it exactly, change no letter, and mark what you leave out by an ellipsis. Cite "
    "as given: pages are those on which the words stand. An answer with `answered: false` means that the "
    "essays do not answer the question; say so, and do not fill the gap. `verdict` tells whether passages "
    "come near it, and `note` why nothing answers, where that is known. Check quotations with `quote` and "
    "finished text with `check`. The tools change nothing and ask nothing outside this machine."
)
_NO_MESSAGE = "{}\n"
_SCHEME = "essay:///"
_PLAIN = "text/plain"
_WORDS = "word for word, each passage under its id and pages; `quote` tells how words of it are cited"


def server(service: ApiService) -> Server[Any]:
    """The MCP server, not yet connected."""
    handlers = _Handlers(service)
    mcp_server: Server[Any] = Server(
        "essay-assistant",
        version=__version__,
        title="Essay Assistant",
        instructions=_RULES,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_resource_templates,
        on_read_resource=handlers.read_resource,
    )
    # The SDK's own middleware would report every call to a telemetry exporter, if one is installed.
    mcp_server.middleware.clear()
    return mcp_server


def serve_stdio(service: ApiService) -> None:
    """Serve over standard input and output until the input ends."""
    try:
        anyio.run(_serve_streams, server(service))
    except* BrokenPipeError:
        # The client has gone, which ends the server just as the end of its input does.
        pass


async def _serve_streams(mcp_server: Server[Any]) -> None:
    lines = cast("anyio.AsyncFile[str]", _Lines(anyio.wrap_file(sys.stdin)))
    async with stdio_server(lines) as (received, sent):
        messages = _WellFormed(received, sent)
        await mcp_server.run(messages, sent, mcp_server.create_initialization_options())


class _Lines:
    """The lines of a client; a request whose id is none becomes a line that is no message.

    The SDK takes it for a notification, which nobody answers.
    """

    def __init__(self, lines: anyio.AsyncFile[Any]) -> None:
        self._lines = lines

    async def __aiter__(self) -> AsyncIterator[str]:
        async for line in self._lines:
            yield _NO_MESSAGE if _has_bad_id(line) else line


def _has_bad_id(line: str) -> bool:
    """Whether a line is a request whose id is neither a string nor a whole number."""
    if '"id"' not in line:
        return False
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return False  # the SDK says what is wrong
    if not isinstance(message, dict) or "method" not in message or "id" not in message:
        return False
    return isinstance(message["id"], bool) or not isinstance(message["id"], str | int)


class _WellFormed:
    """The messages of a client; what is none is answered with an error, as JSON-RPC asks.

    The SDK itself drops lines that are no JSON or no message, and the client waits for ever.
    """

    def __init__(
        self, received: ReadStream[SessionMessage | Exception], sent: WriteStream[SessionMessage]
    ) -> None:
        self._received, self._sent = received, sent

    @property
    def last_context(self) -> Context | None:
        """The context in which the last message was sent, which the SDK restores."""
        return getattr(self._received, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        """The next message."""
        while isinstance(item := await self._received.receive(), Exception):
            if (error := _protocol_error(item)) is not None:
                await self._sent.send(SessionMessage(JSONRPCError(jsonrpc="2.0", id=None, error=error)))
        return item

    async def aclose(self) -> None:
        """Receive no more."""
        await self._received.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.aclose()


def _protocol_error(error: Exception) -> ErrorData | None:
    """The error that answers a line, by the reason why it is no message; none for an empty line."""
    reasons = error.errors(include_url=False) if hasattr(error, "errors") else []
    if not any(reason["type"] == "json_invalid" for reason in reasons):
        return ErrorData(code=INVALID_REQUEST, message="Send messages of JSON-RPC 2.0, one a line.")
    if not str(reasons[0]["input"]).strip():
        return None
    return ErrorData(code=PARSE_ERROR, message="This line is not JSON; send one message a line.")


def http_manager(service: ApiService) -> StreamableHTTPSessionManager:
    """The server over HTTP, without sessions; run it as long as its ``handle_request`` is called."""
    return StreamableHTTPSessionManager(
        server(service), json_response=True, stateless=True, max_request_body_size=MAX_BYTES
    )


class _Handlers:
    """Answers the requests of the protocol."""

    def __init__(self, service: ApiService) -> None:
        self._service = service

    async def list_tools(self, _context: object, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[_tool(name) for name in CALLS])

    async def call_tool(self, _context: object, params: CallToolRequestParams) -> CallToolResult:
        """Call a tool; a refusal is a result too, so that the model can correct its call."""
        if params.name not in CALLS:
            tools = ", ".join(CALLS)
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name!r}; there are: {tools}.")
        fields = {name: value for name, value in (params.arguments or {}).items() if value is not None}
        try:
            result = await self._service.answer(params.name, fields)
        except RefusedError as refused:
            return CallToolResult(content=[TextContent(text=str(refused))], is_error=True)
        value = result.value if isinstance(result.value, dict) else {"essays": result.value}
        return CallToolResult(content=[TextContent(text=result.text)], structured_content=value)

    async def list_resources(
        self, _context: object, _params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        try:
            essays = await self._service.essays()
        except RefusedError as refused:
            raise MCPError(INVALID_PARAMS, str(refused)) from refused
        resources = [
            Resource(
                uri=f"{_SCHEME}{essay_id}",
                name=essay_id,
                title=summary.title,
                description=f"The essay, {_WORDS}.",
                mime_type=_PLAIN,
            )
            for essay_id, summary in essays.items()
        ]
        return ListResourcesResult(resources=resources)

    async def list_resource_templates(
        self, _context: object, _params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        passage = ResourceTemplate(
            uri_template=f"{_SCHEME}{{essay}}/{{passage}}",
            name="passage",
            title="A passage of an essay",
            description=f"A passage, {_WORDS}. Its id (gill-2014/p09) is the end of its address.",
            mime_type=_PLAIN,
        )
        return ListResourceTemplatesResult(resource_templates=[passage])

    async def read_resource(self, _context: object, params: ReadResourceRequestParams) -> ReadResourceResult:
        uri = params.uri
        if not uri.startswith(_SCHEME):
            raise MCPError(INVALID_PARAMS, f"Essays are read as {_SCHEME}ID; {uri!r} is none.")
        try:
            text = await self._service.read(uri.removeprefix(_SCHEME))
        except RefusedError as refused:
            raise MCPError(INVALID_PARAMS, str(refused)) from refused
        return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=_PLAIN, text=text)])


def _tool(name: str) -> Tool:
    call = CALLS[name]
    return Tool(
        name=name,
        title=call.title,
        description=call.description,
        input_schema=input_schema(call),
        output_schema=output_schema(call),
        annotations=ToolAnnotations(
            title=call.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )
