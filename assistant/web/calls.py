"""What programs send to the plain route: the fields of a call, from an address or from JSON."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from assistant.programs.calls import LONGEST, RefusedError

if TYPE_CHECKING:
    from starlette.requests import Request

_SHORT = {"q": "question", "essay": "essays"}
_TRUTH = {"1": True, "true": True, "0": False, "false": False}


async def given_in(request: Request) -> dict[str, Any]:
    """The fields of a request, from its address or from its body."""
    if request.method != "POST":
        return _queried(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Send JSON with Content-Type: application/json.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            longest = f"The request is longer than {LONGEST:,} bytes; send less."
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, longest)
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise RefusedError(HTTPStatus.BAD_REQUEST, 'Send one JSON object, such as {"question": "..."}.')
    return given


def _queried(request: Request) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for short in request.query_params:
        values = request.query_params.getlist(short)
        name = _SHORT.get(short, short)
        if name in {"essays", "history"}:
            made[name] = values
        elif name in {"fast", "explain"}:
            made[name] = _TRUTH.get(values[-1].lower(), values[-1])
        elif name == "top" and values[-1].isascii() and values[-1].isdigit():
            made[name] = int(values[-1][:9])
        else:
            made[name] = values[-1]
    return made
