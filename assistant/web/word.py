"""The add-in for Word: its task pane, its manifest, and the user's copy of Microsoft's office.js.

The pane is a page of this server and asks the same calls as other programs. Microsoft's script may not be
passed on with a program under a free licence, and a page that loads it from Microsoft is not private: the
user fetches it once and names its folder.
"""

from __future__ import annotations

from http import HTTPStatus
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from assistant.core.errors import AssistantError
from assistant.web.delivery import word_files
from assistant.web.views import render

if TYPE_CHECKING:
    from starlette.requests import Request

# The script that loads the others of its folder.
_ENTRY = "office.js"
# Nothing but this server's own files runs or is asked: office.js would report its use to Microsoft.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_NO_SCRIPT = "There is no such file in the folder that --office-js names."
_ICONS = tuple(f"icon-{size}.png" for size in (16, 32, 64, 80))


def office_js_folder(folder: Path | None) -> Path | None:
    """The folder of Microsoft's office.js, resolved.

    Raises:
        AssistantError: If it does not have the script.
    """
    if folder is None:
        return None
    if not (folder / _ENTRY).is_file():
        raise AssistantError(
            f"{folder} has no {_ENTRY}; --office-js takes the folder dist of the npm package "
            "@microsoft/office-js."
        )
    return folder.resolve()


def word_routes(office_js: Path | None) -> list[Route]:
    """The routes of the add-in.

    Args:
        office_js: The folder of Microsoft's office.js, if the user has it.
    """
    styles, scripts = word_files()
    names = {"styles": styles.name, "scripts": scripts.name}

    async def pane(request: Request) -> Response:
        html = render("word.pane", has_office=office_js is not None, secure=_is_secure(request), **names)
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return Response(html, HTTPStatus.OK, _guarded(headers), "text/html")

    async def manifest(request: Request) -> Response:
        # Office takes no byte before the declaration.
        xml = render("word.manifest", str(request.base_url).rstrip("/")).strip()
        return Response(xml, HTTPStatus.OK, _guarded({"Cache-Control": "no-store"}), "application/xml")

    async def script(request: Request) -> Response:
        path = _script(office_js, request.path_params["path"])
        if path is None:
            return PlainTextResponse(_NO_SCRIPT, HTTPStatus.NOT_FOUND)
        return FileResponse(
            path, headers=_guarded({"Cache-Control": "no-cache"}), media_type="text/javascript"
        )

    return [
        Route("/word", _to_pane, methods=["GET"]),
        Route("/word/", pane, methods=["GET"]),
        Route("/word/manifest.xml", manifest, methods=["GET"]),
        Route("/word/{name}", _icon, methods=["GET"]),
        Route("/word/office-js/{path:path}", script, methods=["GET"]),
    ]


async def _to_pane(_request: Request) -> Response:
    return RedirectResponse("word/")


async def _icon(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _ICONS:
        return PlainTextResponse("There is no such file.", HTTPStatus.NOT_FOUND)
    image = resources.files("assistant.web").joinpath("static", f"word-{name}").read_bytes()
    return Response(image, HTTPStatus.OK, _guarded({"Cache-Control": "max-age=86400"}), "image/png")


def _script(folder: Path | None, name: str) -> Path | None:
    """A script of Microsoft's folder; nothing for any other file."""
    if folder is None or not name.endswith(".js") or "\0" in name:
        return None
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder) and path.is_file() else None
    except OSError:
        return None  # such as a name that is too long


def _guarded(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
