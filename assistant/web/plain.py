"""The plain route for programs: JSON in, JSON out, beside the page and behind the same door.

``/api/ask`` answers what ``assistant ask --json`` prints, and so on; ``docs/api.md`` describes it. Whatever
is wrong is told as ``{"error": "one sentence"}``.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from assistant.programs.calls import CALLS, RefusedError
from assistant.web.calls import given_in

if TYPE_CHECKING:
    from starlette.requests import Request

    from assistant.programs.programs import Programs
    from assistant.web.guard import Door


class Plain:
    """Answers programs.

    Args:
        programs: What answers them.
        door: Who may ask.
    """

    def __init__(self, programs: Programs, door: Door) -> None:
        self._programs = programs
        self._door = door

    def routes(self) -> list[Route]:
        """The routes, to stand before those of the page."""
        return [
            Route("/api/{name:path}", self._answered, methods=["GET", "POST"]),
            Route("/api/{name:path}", self._wrong_method, methods=["PUT", "PATCH", "DELETE", "OPTIONS"]),
        ]

    async def _answered(self, request: Request) -> Response:
        try:
            self._door.let_in(request)
            name = _known(request.path_params["name"])
            made = await self._programs.answer(name, await given_in(request))
        except RefusedError as refused:
            return refusal(refused)
        return _json(made.value)

    async def _wrong_method(self, _request: Request) -> Response:
        return refusal(RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "Ask with GET or POST."))


def refusal(refused: RefusedError) -> Response:
    """What whoever is refused gets to read."""
    return _json({"error": str(refused)}, refused.status)


def _known(name: str) -> str:
    if name not in CALLS:
        there = ", ".join(f"/api/{one}" for one in CALLS)
        raise RefusedError(HTTPStatus.NOT_FOUND, f"Nothing is asked of /api/{name}; there are {there}.")
    return name


def _json(made: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:  # noqa: ANN401 - any JSON value
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Basic realm="Essay Assistant"'
    text = json.dumps(made, ensure_ascii=False)
    # Half of a surrogate pair can be sent as a JSON escape, and is handed back as one.
    return Response(text.encode("utf-8", "backslashreplace"), status, headers, "application/json")
