"""What is served beside the page: the plain route and MCP, and who is kept out of all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware

from assistant.web.fetching import FetchesNothing
from assistant.web.guard import Door, OwnMachine, OwnPages, is_own
from assistant.web.mcp_route import McpRoute
from assistant.web.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.programs.programs import Programs


def beside(programs: Programs, host: str, accounts: Sequence[tuple[str, str]] | None) -> dict[str, Any]:
    """What the page's application is made with, so that programs are answered too and strangers are not.

    Args:
        programs: What answers programs.
        host: Address that is listened on.
        accounts: Names and passwords of those who may enter, or nothing for everyone.

    Returns:
        Keyword arguments of ``fastapi.FastAPI``.
    """
    door = Door(accounts)
    mcp = McpRoute(programs, door)
    guards = [Middleware(OwnMachine)] if is_own(host) else []
    return {
        "routes": [*Plain(programs, door).routes(), *mcp.routes()],
        "middleware": [*guards, Middleware(OwnPages), Middleware(FetchesNothing)],
        "lifespan": mcp.lifespan,
    }
