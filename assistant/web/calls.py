"""What programs send: the fields of a call, from an address or from JSON, and what is refused."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

# Bytes of a request's body: a long question with its conversation takes a hundredth of it.
LONGEST_BODY = 1_000_000
MOST_PASSAGES = 100
# Style names only: a style may be a file too, and files are not for whoever asks from outside.
_STYLE = re.compile(r"[a-z0-9-]+", re.IGNORECASE)
_SHORT = {"q": "question", "essay": "essays"}
_TRUTH = {"1": True, "true": True, "0": False, "false": False}
_SAID = {str: "a text", int: "a whole number", bool: "true or false", list: "a list of texts"}


class RefusedError(Exception):
    """A request that is not answered.

    Args:
        status: The HTTP status.
        sentence: What is wrong and what to do.
    """

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """Something that programs may ask.

    Attributes:
        answer: Gives the answer as JSON from the request's fields.
        fields: Type of each field that a request may have, by name.
        needed: The field without which there is nothing to answer, or the empty string.
    """

    answer: Callable[..., Any]
    fields: Mapping[str, type]
    needed: str = ""


async def given_in(request: Request) -> dict[str, Any]:
    """The fields of a request, from its address or from its body."""
    if request.method != "POST":
        return _queried(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Send JSON with Content-Type: application/json.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            longest = f"The request is longer than {LONGEST_BODY:,} bytes; send less."
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


def check(given: Mapping[str, Any], call: Call) -> None:
    """Refuse fields that are unknown, missing, of another type or out of bounds."""
    for name, value in given.items():
        kind = call.fields.get(name)
        if kind is None:
            there = ", ".join(call.fields) or "none"
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"There is no field {name!r}; there is: {there}.")
        # A truth value is a whole number to Python alone.
        if type(value) is not kind or (isinstance(value, list) and not _are_texts(value)):
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field {name!r} must be {_SAID[kind]}.")
    if call.needed and call.needed not in given:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field {call.needed!r} is missing.")
    if not 1 <= given.get("top", 1) <= MOST_PASSAGES:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field 'top' must be from 1 to {MOST_PASSAGES}.")
    if not _STYLE.fullmatch(given.get("style", "mla")):
        raise RefusedError(
            HTTPStatus.BAD_REQUEST, "The field 'style' must be the name of a style, such as mla."
        )


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(one, str) for one in values)
