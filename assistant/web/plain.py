"""The plain route for programs: JSON in, JSON out, beside the page and behind the same door.

``/api/ask`` answers what ``assistant ask --json`` prints, and so on; ``docs/api.md`` describes it. Whatever
is wrong is told as ``{"error": "one sentence"}``; no sentence names a path of the machine that serves.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import sys
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import anyio
from anyio.to_thread import run_sync
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.errors import AssistantError, DraftError, QuotationError, RecordError
from assistant.rendering.answers import answer_object, plain_citation
from assistant.rendering.drafts import audit_object
from assistant.rendering.essays import essay_object
from assistant.rendering.quotations import verdict_object
from assistant.web.calls import Call, RefusedError, check, given_in
from assistant.web.guard import OwnMachine, is_own

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from assistant.answers import Answer, Citation, Wanted
    from assistant.faults import Audit
    from assistant.types import StoredEssay
    from assistant.verdicts import Verdict

# Questions that are looked up at once, and those whose passages are read besides, which takes much longer.
# More would only take the processor from each other; those that wait are answered in the order they came.
_AT_ONCE, _READ_AT_ONCE = 4, 2
_VOICES = ("author", "quoted")
# Faults of what was asked; their sentences name nothing but that.
_ASKERS_FAULTS = {AssistantError, RecordError, QuotationError, DraftError}


class Library(Protocol):
    """What programs ask of a library; ``assistant.library.Library`` is one."""

    def ids(self) -> list[str]:
        """Ids of all essays."""

    def essays(self) -> list[StoredEssay]:
        """All essays."""

    def ask(
        self,
        question: str,
        *,
        top: int = 3,
        essays: Sequence[str] = (),
        style: str = "mla",
        history: Sequence[str] = (),
        fast: bool = False,
        explained: bool = True,
        voice: Wanted | None = None,
    ) -> Answer:
        """Answer a question."""

    def quote(self, text: str, *, essays: Sequence[str] = (), style: str = "mla") -> Verdict:
        """Judge a quotation."""

    def check_draft(self, draft: Path | str, *, essays: Sequence[str] = (), style: str = "mla") -> Audit:
        """Check a draft: a file, or Markdown or plain text."""

    def cite(self, essay_id: str, *, style: str = "mla", page: str | None = None) -> tuple[Citation, str]:
        """In-text citation and full reference of an essay."""


def beside(library: Library, host: str, accounts: Sequence[tuple[str, str]] | None) -> dict[str, Any]:
    """What the page's application is made with, so that programs are answered too and strangers are not.

    Args:
        library: The library that is asked.
        host: Address that is listened on.
        accounts: Names and passwords of those who may enter, or nothing for everyone.

    Returns:
        Keyword arguments of ``fastapi.FastAPI``.
    """
    guards = [Middleware(OwnMachine)] if is_own(host) else []
    return {"routes": Plain(library, accounts).routes(), "middleware": guards}


class Plain:
    """Answers programs.

    Args:
        library: The library that is asked.
        accounts: Names and passwords of those who may enter, or nothing for everyone.
    """

    def __init__(self, library: Library, accounts: Sequence[tuple[str, str]] | None) -> None:
        self._library = library
        self._accounts = dict(accounts) if accounts is not None else None
        self._quick, self._slow = anyio.CapacityLimiter(_AT_ONCE), anyio.CapacityLimiter(_READ_AT_ONCE)
        common = {"essays": list, "style": str}
        asking = {"top": int, "history": list, "fast": bool, "explain": bool, "voice": str}
        self._calls = {
            "ask": Call(self._ask, {"question": str, **common, **asking}, "question"),
            "quote": Call(self._quote, {"text": str, **common}, "text"),
            "check": Call(self._check_draft, {"draft": str, **common}, "draft"),
            "cite": Call(self._cite, {"id": str, "style": str, "page": str}, "id"),
            "list": Call(self._list, {}),
        }

    def routes(self) -> list[Route]:
        """The routes, to stand before those of the page."""
        return [
            Route("/api/{name:path}", self._answered, methods=["GET", "POST"]),
            Route("/api/{name:path}", self._wrong_method, methods=["PUT", "PATCH", "DELETE", "OPTIONS"]),
        ]

    async def _answered(self, request: Request) -> Response:
        try:
            self._let_in(request)
            call = self._call(request.path_params["name"])
            given = await given_in(request)
            check(given, call)
            slow = call.needed == "draft" or (call.needed == "question" and not given.get("fast", False))
            made = await run_sync(
                partial(self._made, call, given), limiter=self._slow if slow else self._quick
            )
        except RefusedError as refused:
            return _json({"error": str(refused)}, refused.status)
        return _json(made)

    def _call(self, name: str) -> Call:
        if name not in self._calls:
            there = ", ".join(f"/api/{one}" for one in self._calls)
            raise RefusedError(HTTPStatus.NOT_FOUND, f"Nothing is asked of /api/{name}; there are {there}.")
        return self._calls[name]

    async def _wrong_method(self, _request: Request) -> Response:
        return _json({"error": "Ask with GET or POST."}, HTTPStatus.METHOD_NOT_ALLOWED)

    def _let_in(self, request: Request) -> None:
        """Refuse pages of other origins, and whoever may not enter."""
        origin = request.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
        if foreign or request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            raise RefusedError(HTTPStatus.FORBIDDEN, "Pages of other addresses may not ask here.")
        if self._accounts is None or _has_entered(request):
            return
        name, password = _credentials(request.headers.get("authorization", ""))
        known = self._accounts.get(name, "")
        if not (secrets.compare_digest(known.encode(), password.encode()) and name in self._accounts):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "Give a name and a password that may enter.")

    def _made(self, call: Call, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
        try:
            return call.answer(**given)
        except AssistantError as fault:
            if type(fault) in _ASKERS_FAULTS:
                raise RefusedError(HTTPStatus.BAD_REQUEST, str(fault)) from fault
            # Faults of the library and of models name files, which are the host's own affair.
            sys.stderr.write(f"assistant: {fault}\n")
            raise RefusedError(
                HTTPStatus.SERVICE_UNAVAILABLE, "The library cannot be asked now; its host is told why."
            ) from fault

    def _known(self, how: dict[str, Any]) -> dict[str, Any]:
        """Fields of which all essays are there."""
        there = self._library.ids()
        for essay_id in how.get("essays", ()):
            _refuse_unknown(essay_id, there)
        if not there:
            raise RefusedError(HTTPStatus.NOT_FOUND, "The library holds no essay yet; add one first.")
        return how

    def _ask(self, *, explain: bool = False, **how: Any) -> dict[str, Any]:  # noqa: ANN401 - as Library.ask
        if how.get("voice", "author") not in _VOICES:
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field 'voice' must be {' or '.join(_VOICES)}.")
        how = self._known(how)
        return answer_object(self._library.ask(**how, explained=explain), explained=explain)

    def _quote(self, **how: Any) -> dict[str, Any]:  # noqa: ANN401 - as Library.quote
        return verdict_object(self._library.quote(**self._known(how)))

    def _check_draft(self, **how: Any) -> dict[str, Any]:  # noqa: ANN401 - as Library.check_draft
        return audit_object(self._library.check_draft(**self._known(how)))

    def _cite(self, *, id: str, style: str = "mla", page: str | None = None) -> dict[str, str]:  # noqa: A002
        _refuse_unknown(id, self._library.ids())
        citation, reference = self._library.cite(id, style=style, page=page)
        return {"id": id, "style": style, "citation": plain_citation(citation), "reference": reference}

    def _list(self) -> list[dict[str, Any]]:
        return [essay_object(essay, passages=False) for essay in self._library.essays()]


def _refuse_unknown(essay_id: str, there: Sequence[str]) -> None:
    if essay_id not in there:
        known = ", ".join(there) or "none"
        raise RefusedError(HTTPStatus.NOT_FOUND, f"There is no essay {essay_id!r}; there is: {known}.")


def _has_entered(request: Request) -> bool:
    """Whether somebody has entered by the page's own door, in whose cookie Gradio keeps a token."""
    app = request.app
    cookies = (request.cookies.get(f"access-token-{kind}{app.cookie_id}") for kind in ("", "unsecure-"))
    return any(cookie in app.tokens for cookie in cookies if cookie)


def _credentials(header: str) -> tuple[str, str]:
    kind, _, code = header.partition(" ")
    try:
        text = base64.b64decode(code, validate=True).decode() if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        text = ""
    name, _, password = text.partition(":")
    return name, password


def _json(made: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:  # noqa: ANN401 - any JSON value
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Basic realm="Essay Assistant"'
    text = json.dumps(made, ensure_ascii=False)
    # Half of a surrogate pair can be sent as a JSON escape, and is handed back as one.
    return Response(text.encode("utf-8", "backslashreplace"), status, headers, "application/json")
