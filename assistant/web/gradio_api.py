"""Gradio's own API: the calls as its endpoints, and which messages to it are refused.

The endpoints are ``/ask``, ``/quote``, ``/check``, ``/cite`` and ``/list``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from inspect import Parameter, Signature
from typing import Any, cast

import gradio as gr

from assistant.api.schema import CALLS, RefusedError
from assistant.api.service import ApiService

FETCHES_NOTHING = "This server fetches nothing from other addresses; upload the file itself."


def add_endpoints(service: ApiService) -> None:
    """Add the calls to the page that is being laid out."""
    for name, call in CALLS.items():
        # The service itself limits how many are answered at once, together with those that come over HTTP.
        gr.api(
            _endpoint(service, name),
            api_name=name,
            api_description=call.description,
            concurrency_limit=None,
        )


def _endpoint(service: ApiService, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
    """A function with the fields of a call as parameters, from whose signature Gradio describes it."""
    parameters = [
        Parameter(
            field,
            Parameter.POSITIONAL_OR_KEYWORD,
            default=Parameter.empty if info.is_required() else info.default,
            annotation=info.annotation
            if info.is_required() or info.default is not None
            # What is left out comes as None.
            else cast("Any", info.annotation) | None,
        )
        for field, info in CALLS[name].request.model_fields.items()
    ]
    returned = list[dict[str, Any]] if name == "list" else dict[str, Any]
    signature = Signature(parameters, return_annotation=returned)

    async def endpoint(*values: Any, **named: Any) -> Any:
        fields = signature.bind(*values, **named).arguments
        try:
            result = await service.answer(
                name, {field: value for field, value in fields.items() if value is not None}
            )
        except RefusedError as refused:
            raise gr.Error(str(refused), print_exception=False) from refused
        return result.value

    endpoint.__annotations__ = {field.name: field.annotation for field in parameters}
    vars(endpoint)["__signature__"] = signature
    return endpoint


def check_message(body: bytes, path: str, blocks: Any) -> None:
    """Refuse a message of the page that names an address to be fetched, or fits no function.

    Raises:
        RefusedError: If it does.
    """
    if not body and path.endswith("/close"):
        return
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Send one JSON object.") from None
    if _names_address(message):
        raise RefusedError(HTTPStatus.FORBIDDEN, FETCHES_NOTHING)
    if not isinstance(message, dict):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Send one JSON object.")
    called = re.fullmatch(r"/gradio_api/(run|api|call|queue)/([^/]+)/?", path)
    if called is not None and blocks is not None:
        _check_call(message, called[1], called[2], blocks)


def _check_call(message: dict[str, Any], way: str, name: str, blocks: Any) -> None:
    """Refuse a call of a function that does not exist, or with too few values for its inputs."""
    values, number = message.get("data"), message.get("fn_index")
    if not isinstance(values, list):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "The field 'data' must be a list of values.")
    if not isinstance(message.get("event_data"), dict | None):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "The field 'event_data' must be an object.")
    if way == "call" or number is None:
        function = next((function for function in blocks.fns.values() if function.api_name == name), None)
    else:
        function = blocks.fns.get(number) if isinstance(number, int) else None
    if function is None:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "There is no such function; see /gradio_api/info.")
    needed = [block for block in function.inputs if way != "call" or not block.skip_api]
    if not function.cancels and len(values) < len(needed):
        raise RefusedError(
            HTTPStatus.BAD_REQUEST, f"The function takes {len(needed)} value(s); 'data' has {len(values)}."
        )


def _names_address(message: Any) -> bool:
    """Whether a message has an address where a file belongs."""
    values = [message]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            path = value.get("path")
            if "meta" in value and isinstance(path, str) and path.strip().lower().startswith("http"):
                return True
            values += value.values()
        elif isinstance(value, list):
            values += value
    return False
