"""A served page, for tests over HTTP or in a browser."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from assistant.api.service import ApiService
from assistant.web.app import build, launch_options, server_routes
from assistant.web.limits import limit_connections

if TYPE_CHECKING:
    import gradio as gr

HOST = "127.0.0.1"
# Seconds.
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """The response of a server.

    Attributes:
        status: The HTTP status.
        headers: The headers, by their names in lower case.
        text: The body.
    """

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Served:
    """A served page.

    Attributes:
        page: The page.
        address: Its address, without a slash at the end.
    """

    page: gr.Blocks
    address: str

    @property
    def port(self) -> int:
        """The port."""
        return int(self.address.rpartition(":")[2])

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """The response to a GET request."""
        return fetched(urllib.request.Request(f"{self.address}{path}", headers=dict(headers or {})))

    def post(self, path: str, message: object, headers: Mapping[str, str] | None = None) -> Reply:
        """The response to a message in JSON."""
        all_headers = {"Content-Type": "application/json", **(headers or {})}
        body = json.dumps(message).encode()
        return fetched(urllib.request.Request(f"{self.address}{path}", body, all_headers))

    def upload(self, name: str, data: bytes) -> Reply:
        """The response to an upload; a name may contain anything but a quotation mark."""
        boundary = uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return fetched(urllib.request.Request(f"{self.address}/gradio_api/upload", body, headers))

    def event(self, handler: str, values: list[Any]) -> str:
        """All that the server sends the browser after a button is clicked.

        Args:
            handler: Name of the handler that the button calls.
            values: Values of its input components.
        """
        (number,) = {
            number
            for number, function in self.page.fns.items()
            if function.name == handler and any(event == "click" for _, event in function.targets)
        }
        session = uuid4().hex
        queued = self.post(
            "/gradio_api/queue/join", {"fn_index": number, "data": values, "session_hash": session}
        )
        if queued.status != 200:
            return queued.text
        return self.get(f"/gradio_api/queue/data?session_hash={session}").text


def fetched(request: urllib.request.Request) -> Reply:
    """The response to a request."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return _reply(answer.status, answer)
    except urllib.error.HTTPError as answer:
        return _reply(answer.code, answer)


def _reply(status: int, answer: Any) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(status, headers, answer.read().decode("utf-8", "replace"))


def free_port() -> int:
    """A port on which nothing listens; Gradio's own first choice is the same for every test run."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    library: Any,
    *,
    port: int | None = None,
    auth: list[tuple[str, str]] | None = None,
    office_js: Path | None = None,
    ssl: dict[str, Any] | None = None,
    **options: Any,
) -> Iterator[Served]:
    """Serve the page as the command does, until the end of the block.

    Args:
        library: The library, or a fake one.
        port: Its port; any free one by default.
        auth: Names and passwords of those who may enter, or nothing for everyone.
        office_js: The folder of office.js, for the add-in for Word.
        ssl: What ``encryption`` returns, to serve it over https.
        options: As for ``build``.
    """
    service = ApiService(library)
    page = build(library, service=service, **options)
    _, address, _ = page.launch(
        server_name=HOST,
        server_port=port or free_port(),
        auth=auth,
        prevent_thread_lock=True,
        app_kwargs=server_routes(service, HOST, auth, office_js),
        **(ssl or {}),
        **launch_options(),
    )
    limit_connections(page.server)
    try:
        yield Served(page, address.rstrip("/"))
    finally:
        page.close(verbose=False)
