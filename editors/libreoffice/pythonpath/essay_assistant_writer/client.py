"""Asks `assistant serve`, and nobody else."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

DEFAULT_ADDRESS = "http://127.0.0.1:7860"
_ODT = "application/vnd.oasis.opendocument.text"
# A long question waits for the model that reads; a long document is compared word by word.
_SECONDS = 120


class AssistantError(Exception):
    """What the user is told: one sentence with the cure."""


class _NoRedirect(HTTPRedirectHandler):
    """Follows no redirection, for it could lead to another machine."""

    def redirect_request(self, *_arguments: Any, **_options: Any) -> None:
        """Refuse one."""


@dataclass(frozen=True)
class Client:
    """Asks one server.

    Attributes:
        address: Its address, such as ``http://127.0.0.1:7860``.
        name: Name of the login; empty without one.
        password: Its password.
    """

    address: str = DEFAULT_ADDRESS
    name: str = ""
    password: str = ""

    def ask(self, question: str, style: str) -> dict[str, Any]:
        """Passages for a question."""
        return self._post("ask", {"question": question, "style": style, "top": 8})

    def insert(self, passage: str, style: str, **fields: Any) -> dict[str, Any]:
        """Words of a passage, set for a document; ``start``, ``end`` and ``language`` are optional."""
        return self._post("insert", {"passage": passage, "style": style, **fields})

    def styles(self) -> dict[str, str]:
        """Title of each citation style by its name."""
        return {each["name"]: each["title"] for each in self._post("styles", {})["styles"]}

    def check(self, document: bytes, style: str) -> dict[str, Any]:
        """The problems of a document, given as the bytes of an ``.odt`` file."""
        return self._send(f"check-file?{urlencode({'style': style})}", document, _ODT)

    def _post(self, call: str, fields: dict[str, Any]) -> dict[str, Any]:
        return self._send(call, json.dumps(fields).encode(), "application/json")

    def _send(self, call: str, body: bytes, media_type: str) -> dict[str, Any]:
        address = checked_address(self.address)
        request = Request(f"{address}/api/{call}", body, {"Content-Type": media_type}, method="POST")  # noqa: S310
        if self.name:
            login = base64.b64encode(f"{self.name}:{self.password}".encode()).decode()
            request.add_header("Authorization", f"Basic {login}")
        # No proxy either: the address is the only one that is called.
        opener = build_opener(ProxyHandler({}), _NoRedirect())
        try:
            with opener.open(request, timeout=_SECONDS) as response:
                answer = json.loads(response.read())
        except HTTPError as error:
            raise AssistantError(_refusal(address, error)) from error
        except (URLError, OSError) as error:
            raise AssistantError(
                f"The assistant does not answer at {address}. Start it in a terminal with: assistant serve"
            ) from error
        except (HTTPException, ValueError) as error:
            raise AssistantError(_other_program(address)) from error
        if not isinstance(answer, dict):
            raise AssistantError(_other_program(address))
        return answer


def checked_address(address: str) -> str:
    """An address without the slash at its end.

    Raises:
        AssistantError: If it is not one of a web server.
    """
    try:
        parts = urlsplit(address.strip())
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise AssistantError(
            f"{address!r} is no address of a server; enter one such as {DEFAULT_ADDRESS} in the settings."
        )
    return address.strip().rstrip("/")


def _refusal(address: str, error: HTTPError) -> str:
    """The sentence of a refusal."""
    if error.code == 401:
        return f"The assistant at {address} asks for a name and a password; enter them in the settings."
    try:
        sentence = json.loads(error.read())["error"]
    except (ValueError, KeyError, TypeError, OSError):
        return _other_program(address)
    if error.code == 404 and "/api/" in sentence:
        return f"The assistant at {address} is older than this extension; update it."
    return str(sentence)


def _other_program(address: str) -> str:
    return f"What answers at {address} is not the assistant; correct the address in the settings."
