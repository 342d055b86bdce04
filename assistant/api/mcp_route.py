"""The MCP server beside the page: ``/mcp``, by streamable HTTP, behind the same door as the plain route."""

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
        programs: What answers.
        door: Who may ask.
    """

    def __init__(self, programs: ApiService, door: AccessGuard) -> None:
        self._programs = programs
        self._door = door
        self._tasks: TaskGroup
        self._manager: Any = None
        self._starting = anyio.Lock()

    def routes(self) -> list[Route]:
        """The routes, to stand before those of the page."""
        return [Route(path, self) for path in ("/mcp", "/mcp/")]

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncIterator[None]:
        """As long as the page is served."""
        async with anyio.create_task_group() as self._tasks:
            yield
            self._tasks.cancel_scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        try:
            self._let_in(Request(scope))
        except RefusedError as refused:
            await refusal(refused)(scope, receive, send)
            return
        manager = await self._started()
        await manager.handle_request(scope, receive, send)

    def _let_in(self, request: Request) -> None:
        self._door.admit(request)
        if request.method != "POST":
            # Nothing is sent unasked, and nothing is remembered that could be ended.
            raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "Send MCP messages with POST.")

    async def _started(self) -> Any:
        """What answers; the SDK takes its time to import, for which no page should wait."""
        async with self._starting:
            if self._manager is None:
                self._manager = await self._tasks.start(self._run)
        return self._manager

    async def _run(self, *, task_status: TaskStatus[Any]) -> None:
        speaking = await run_sync(import_module, "assistant.api.mcp")
        manager = speaking.http_manager(self._programs)
        async with manager.run():
            task_status.started(manager)
            await anyio.sleep_forever()
