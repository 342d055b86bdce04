"""The five calls as endpoints of Gradio's own API: ``/ask``, ``/quote``, ``/check``, ``/cite``, ``/list``."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from inspect import Parameter, Signature
from typing import Any, cast

import gradio as gr

from assistant.api.schema import CALLS, RefusedError
from assistant.api.service import ApiService


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
