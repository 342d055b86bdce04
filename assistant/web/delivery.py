"""How the page arrives: its styles and scripts as files that browsers keep, and a frame before anything else.

Gradio sends a page that shows nothing until half a megabyte of scripts has come and run. ``FirstPaint`` adds
to it what a browser can show at once: the frame of the page, drawn without scripts, and links to the page's
own files. Their names change with their content, so that a browser never has to ask for them again.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from assistant.web.views import frame

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The order of styles decides which of two equal rules holds. Of the scripts the first defines what the others
# share; the last starts them.
STYLES = (
    "tokens skeleton style conversation cards reader welcome printed measure check library notebook glance "
    "print"
).split()
SCRIPTS = (
    "page views copying navigation following place printed hits finding glance sentences selecting keys "
    "session scope filters asking conversation judging library checking notebook pin_buttons pin_filter "
    "pin_drag pin_backup pin_list saving updates"
).split()

# The same for the add-in for Word.
WORD_STYLES = ["tokens", "word"]
WORD_SCRIPTS = "word word_server word_document word_quote word_check word_start".split()

# Styles of the frame, which are in the page itself too.
_AT_ONCE = STYLES[:2]

_YEAR = "public, max-age=31536000, immutable"
_BODY = re.compile(rb"<body\b[^>]*>")
_STYLE_LINK = re.compile(rb'<link rel="stylesheet"[^>]*>')
_CHARSET = re.compile(rb"<meta charset=[^>]*>")


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the page.

    Attributes:
        name: Its name, with a digest of its content.
        media_type: Its type.
        content: Its content.
        compressed: The content, compressed by gzip.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
    compressed: bytes = field(repr=False)


@cache
def page_files() -> tuple[PageFile, PageFile]:
    """The styles and the scripts, each as one file."""
    return _bundle(STYLES, "css", "text/css"), _bundle(SCRIPTS, "js", "text/javascript")


@cache
def word_files() -> tuple[PageFile, PageFile]:
    """The styles and the scripts of the add-in for Word."""
    return _bundle(WORD_STYLES, "css", "text/css"), _bundle(WORD_SCRIPTS, "js", "text/javascript")


def page_routes() -> list[Route]:
    """The routes of the files; anyone may have them, because the login page is set by them too."""
    return [Route("/page/{name}", _send_file, methods=["GET", "HEAD"])]


class FirstPaint:
    """Adds the frame and the page's files to the page, and compresses it.

    Args:
        app: What sends the page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_page = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == "/"
        if not is_page:
            await self._app(scope, receive, send)
            return
        start: Message = {}
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                await _send_page(start, b"".join(parts), scope, send)

        await self._app(scope, receive, collect)


def with_frame(html: bytes) -> bytes:
    """A page of Gradio's with the frame and the links to the page's files."""
    styles, scripts = page_files()
    at_once = "\n".join(_read(f"{name}.css") for name in _AT_ONCE)
    # Before Gradio's own script, which asks for what ours defines.
    script = f'<script defer src="./page/{scripts.name}"></script>'.encode()
    html = _CHARSET.sub(lambda found: found[0] + script, html, count=1)
    # The frame is drawn before other styles have come: a browser waits for those in the head. Ours come after
    # Gradio's, so that of two equal rules ours holds.
    links = (
        b"".join(_STYLE_LINK.findall(html)) + f'<link rel="stylesheet" href="./page/{styles.name}">'.encode()
    )
    html = _STYLE_LINK.sub(b"", html).replace(b"</head>", f"<style>{at_once}</style></head>".encode(), 1)
    return _BODY.sub(lambda found: found[0] + frame.SKELETON.encode() + links, html, count=1)


async def _send_page(start: Message, html: bytes, scope: Scope, send: Send) -> None:
    headers = MutableHeaders(raw=list(start["headers"]))
    if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
        html = with_frame(html)
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            html = gzip.compress(html, compresslevel=5, mtime=0)
            headers["content-encoding"] = "gzip"
        headers["vary"] = "accept-encoding"
        headers["content-length"] = str(len(html))
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": html})


async def _send_file(request: Request) -> Response:
    for file in (*page_files(), *word_files()):
        if file.name == request.path_params["name"]:
            headers = {"Cache-Control": _YEAR, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
            packed = "gzip" in request.headers.get("accept-encoding", "")
            if packed:
                headers["Content-Encoding"] = "gzip"
            return Response(file.compressed if packed else file.content, 200, headers, file.media_type)
    return PlainTextResponse("The page has no such file; load it again.", HTTPStatus.NOT_FOUND)


@cache
def _read(name: str) -> str:
    return resources.files("assistant.web").joinpath("static", name).read_text("utf-8")


def _bundle(names: list[str], ending: str, media_type: str) -> PageFile:
    content = "\n".join(_read(f"{name}.{ending}") for name in names).encode()
    return PageFile(
        f"{sha256(content).hexdigest()[:16]}.{ending}", media_type, content, gzip.compress(content, mtime=0)
    )
