"""The MCP server: writing assistants call the tools ask, quote, check, cite and list, and read essays.

It imports nothing of the page. The SDK sends the text of every exception to the client; ``ApiService`` raises
only exceptions whose text may be sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
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
from assistant.api.schema import CALLS, LONGEST, OUTPUTS, RefusedError, input_schema

if TYPE_CHECKING:
    from assistant.api.service import ApiService


_RULES = (
    "Essays that the user has given, to be quoted and cited. Every word that these tools return from an "
    "essay is verbatim: quote it exactly, change no letter, and mark what you leave out by an ellipsis. Cite "
    "as given: pages are those on which the words stand. An answer with `answered: false` means that the "
    "essays do not answer the question; say so, and do not fill the gap. Check quotations with `quote` and "
    "finished text with `check`. The tools change nothing and ask nothing outside this machine."
)
_SCHEME = "essay:///"
_PLAIN = "text/plain"
_WORDS = "word for word, each passage under its id and pages; `quote` tells how words of it are cited"


def server(programs: ApiService) -> Server[Any]:
    """The server, not yet spoken to.

    Args:
        programs: What answers.

    Returns:
        The server.
    """
    spoken = _Spoken(programs)
    made: Server[Any] = Server(
        "essay-assistant",
        version=__version__,
        title="Essay Assistant",
        instructions=_RULES,
        on_list_tools=spoken.tools,
        on_call_tool=spoken.call,
        on_list_resources=spoken.essays,
        on_list_resource_templates=spoken.templates,
        on_read_resource=spoken.read,
    )
    # The SDK's own would tell every call to a telemetry exporter, where one is installed.
    made.middleware.clear()
    return made


def serve_stdio(programs: ApiService) -> None:
    """Speak over standard input and output until the input ends."""
    try:
        anyio.run(_spoken_to, server(programs))
    except* BrokenPipeError:
        # Whoever listened has gone, which ends the server as the end of its input does.
        pass


def http_manager(programs: ApiService) -> StreamableHTTPSessionManager:
    """What speaks over HTTP, each request for itself: nothing is remembered between two.

    Returns:
        The manager, to be run as long as its ``handle_request`` is called.
    """
    return StreamableHTTPSessionManager(
        server(programs), json_response=True, stateless=True, max_request_body_size=LONGEST
    )


async def _spoken_to(made: Server[Any]) -> None:
    async with stdio_server() as (heard, said):
        await made.run(heard, said, made.create_initialization_options())


class _Spoken:
    """Answers the requests of the protocol.

    Args:
        programs: What answers.
    """

    def __init__(self, programs: ApiService) -> None:
        self._programs = programs

    async def tools(self, _context: object, _params: PaginatedRequestParams | None) -> ListToolsResult:
        """All tools."""
        return ListToolsResult(tools=[_tool(name) for name in CALLS])

    async def call(self, _context: object, params: CallToolRequestParams) -> CallToolResult:
        """Call a tool; whatever is wrong with the call is an answer too, so that it can be mended."""
        if params.name not in CALLS:
            there = ", ".join(CALLS)
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name!r}; there are: {there}.")
        given = {name: value for name, value in (params.arguments or {}).items() if value is not None}
        try:
            made = await self._programs.answer(params.name, given)
        except RefusedError as refused:
            return CallToolResult(content=[TextContent(text=str(refused))], is_error=True)
        value = made.value if isinstance(made.value, dict) else {"essays": made.value}
        return CallToolResult(content=[TextContent(text=made.text)], structured_content=value)

    async def essays(self, _context: object, _params: PaginatedRequestParams | None) -> ListResourcesResult:
        """All essays, to be read."""
        try:
            there = await self._programs.essays()
        except RefusedError as refused:
            raise MCPError(INVALID_PARAMS, str(refused)) from refused
        resources = [
            Resource(
                uri=f"{_SCHEME}{one.id}",
                name=one.id,
                title=one.report.title,
                description=f"The essay, {_WORDS}.",
                mime_type=_PLAIN,
            )
            for one in there
        ]
        return ListResourcesResult(resources=resources)

    async def templates(
        self, _context: object, _params: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        """How a passage is read."""
        passage = ResourceTemplate(
            uri_template=f"{_SCHEME}{{essay}}/{{passage}}",
            name="passage",
            title="A passage of an essay",
            description=f"A passage, {_WORDS}. Its id (gill-2014/p09) is the end of its address.",
            mime_type=_PLAIN,
        )
        return ListResourceTemplatesResult(resource_templates=[passage])

    async def read(self, _context: object, params: ReadResourceRequestParams) -> ReadResourceResult:
        """Read an essay or a passage."""
        uri = params.uri
        if not uri.startswith(_SCHEME):
            raise MCPError(INVALID_PARAMS, f"Essays are read as {_SCHEME}ID; {uri!r} is none.")
        try:
            text = await self._programs.read(uri.removeprefix(_SCHEME))
        except RefusedError as refused:
            raise MCPError(INVALID_PARAMS, str(refused)) from refused
        return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=_PLAIN, text=text)])


def _tool(name: str) -> Tool:
    call = CALLS[name]
    return Tool(
        name=name,
        title=call.title,
        description=call.said,
        input_schema=input_schema(call),
        output_schema=OUTPUTS[name],
        annotations=ToolAnnotations(
            title=call.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )
