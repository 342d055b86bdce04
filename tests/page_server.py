"""A page that is served, for tests that speak to it over the wire or in a browser."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from assistant.api.service import ApiService
from assistant.web.app import build, launch_options, server_routes

if TYPE_CHECKING:
    import gradio as gr

HOST = "127.0.0.1"
# Seconds.
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered.

    Attributes:
        status: The HTTP status.
        headers: The headers, by their names in small letters.
        text: The body.
    """

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is served.

    Attributes:
        page: The page.
        address: Where, without a stroke at its end.
    """

    page: gr.Blocks
    address: str

    @property
    def port(self) -> int:
        """The port."""
        return int(self.address.rpartition(":")[2])

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """What stands at a path."""
        return self._asked(urllib.request.Request(f"{self.address}{path}", headers=dict(headers or {})))

    def post(self, path: str, message: object, headers: Mapping[str, str] | None = None) -> Reply:
        """What comes of a message in JSON."""
        named = {"Content-Type": "application/json", **(headers or {})}
        sent = json.dumps(message).encode()
        return self._asked(urllib.request.Request(f"{self.address}{path}", sent, named))

    def upload(self, name: str, data: bytes) -> Reply:
        """What comes of an upload; a name may hold anything but a quotation mark."""
        edge = uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        named = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self._asked(urllib.request.Request(f"{self.address}/gradio_api/upload", body, named))

    def event(self, handler: str, given: list[Any]) -> str:
        """All that comes of a button, as the browser is told it.

        Args:
            handler: Name of the handler that the button calls.
            given: What the components hold.
        """
        (number,) = {
            number
            for number, one in self.page.fns.items()
            if one.name == handler and any(event == "click" for _, event in one.targets)
        }
        session = uuid4().hex
        joined = self.post(
            "/gradio_api/queue/join", {"fn_index": number, "data": given, "session_hash": session}
        )
        if joined.status != 200:
            return joined.text
        return self.get(f"/gradio_api/queue/data?session_hash={session}").text

    @staticmethod
    def _asked(request: urllib.request.Request) -> Reply:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return _reply(answer.status, answer)
        except urllib.error.HTTPError as answer:
            return _reply(answer.code, answer)


def _reply(status: int, answer: Any) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(status, headers, answer.read().decode("utf-8", "replace"))


@contextmanager
def served(
    library: Any,
    *,
    port: int | None = None,
    auth: list[tuple[str, str]] | None = None,
    **options: Any,
) -> Iterator[Served]:
    """Serve the page as the command does, until the end of the block.

    Args:
        library: The library, or what stands in for one.
        port: Where; any that is free if none is given.
        auth: Names and passwords of those who may enter, or nothing for everyone.
        options: As for ``build``.
    """
    service = ApiService(library)
    page = build(library, service=service, **options)
    _, address, _ = page.launch(
        server_name=HOST,
        server_port=port,
        auth=auth,
        prevent_thread_lock=True,
        app_kwargs=server_routes(service, HOST, auth),
        **launch_options(),
    )
    try:
        yield Served(page, address.rstrip("/"))
    finally:
        page.close(verbose=False)
