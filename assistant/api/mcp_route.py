"""The route ``/mcp`` beside the page: MCP by streamable HTTP, admitted by the same guard as ``/api``.

It loads the MCP SDK with the first request, since that takes time that the page should not wait for.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.routing import Route

from assistant.api.http import refusal
from assistant.api.schema import RefusedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.abc import TaskGroup, TaskStatus
    from starlette.types import Receive, Scope, Send

    from assistant.api.http import AccessGuard
    from assistant.api.service import ApiService


class McpRoute:
    """Answers MCP over HTTP.

    Args:
        service: Answers the calls.
        guard: Who may call.
    """

    def __init__(self, service: ApiService, guard: AccessGuard) -> None:
        self._service = service
        self._guard = guard
        self._tasks: TaskGroup
        self._manager: Any = None
        self._starting = anyio.Lock()

    def routes(self) -> list[Route]:
        """The routes, to be tried before those of the page."""
        return [Route(path, self) for path in ("/mcp", "/mcp/")]

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncIterator[None]:
        """Keep the server running as long as the application does."""
        async with anyio.create_task_group() as self._tasks:
            yield
            self._tasks.cancel_scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        try:
            self._admit(Request(scope))
        except RefusedError as refused:
            await refusal(refused)(scope, receive, send)
            return
        async with self._starting:
            if self._manager is None:
                self._manager = await self._tasks.start(self._run)
        await self._manager.handle_request(scope, receive, send)

    def _admit(self, request: Request) -> None:
        self._guard.admit(request)
        if request.method != "POST":
            # The server sends nothing unasked, and has no sessions that could be ended.
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "Send MCP messages with POST.")

    async def _run(self, *, task_status: TaskStatus[Any]) -> None:
        mcp = await run_sync(import_module, "assistant.api.mcp")
        manager = mcp.http_manager(self._service)
        async with manager.run():
            task_status.started(manager)
            await anyio.sleep_forever()
