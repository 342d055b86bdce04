"""The page under attack: what it discloses, fetches, reads and deletes for hostile visitors and files."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from essay_library import ROOT, SAMPLE, loader, sample_library
from fake_models import FakeEncoder
from filelock import FileLock
from page_library import FakeLibrary, keepers_log
from page_server import PATIENCE, Served, free_port, served
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.api.http import AccessGuard
from assistant.library.library import Library
from assistant.web import limits, uploading
from assistant.web.limits import LIMITS, STRICTEST, RequestLimits, limit_for
from assistant.web.messages import public_message

HIDDEN = "the words of a file that nobody may read"
JOIN = "/gradio_api/queue/join"
ELSEWHERE = "http://example.org"


@pytest.mark.parametrize(
    ("sentence", "public"),
    [
        ("{root}/data/chunks/log.jsonl, line 3, is damaged.", "data/chunks/log.jsonl, line 3, is damaged."),
        ("The library {root} has no essay 'x'.", "The library has no essay 'x'."),
        ("An index in the library {root} is old.", "An index in the library is old."),
        (
            "Another program still writes to {root}; try again.",
            "Another program still writes to the library; try again.",
        ),
        ("{home}/models/mini cannot be loaded.", "…/mini cannot be loaded."),
        ("{tmp}/gradio/abc/essay.txt is empty.", "…/essay.txt is empty."),
        ("The file '/srv/a/b.json' is no record.", "The file '…/b.json' is no record."),
        (r"The file C:\Users\ada\b.json is no record.", r"The file …/b.json is no record."),
        (
            "Give and/or; see https://example.org/a/b or 3/4.",
            "Give and/or; see https://example.org/a/b or 3/4.",
        ),
        ("docs/api.md and ./a/b stay.", "docs/api.md and ./a/b stay."),
    ],
)
def test_a_message_names_no_folder_of_the_server(
    tmp_path: Path,
    sentence: str,
    public: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = tmp_path / "my essays"
    monkeypatch.setattr("tempfile.tempdir", "/some where/tmp")
    whole = sentence.format(root=root, home=Path.home(), tmp="/some where/tmp")
    assert public_message(whole, root) == public
    # The terminal has it whole.
    assert capsys.readouterr().err == ("" if whole == public else f"assistant: {whole}\n")


# -- requests that would make the server fetch an address


async def _echoed(request: Request) -> JSONResponse:
    return JSONResponse({"length": len(await request.body())})


@pytest.fixture
def guarded() -> TestClient:
    """A guarded server that answers with the length of a message."""
    routes = [Route("/{path:path}", _echoed, methods=["GET", "POST"])]
    return TestClient(
        Starlette(routes=routes, middleware=[Middleware(RequestLimits, guard=AccessGuard(None))])
    )


def _file(path: str) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def test_nothing_is_fetched_for_a_visitor(guarded: TestClient) -> None:
    for path in (
        "/gradio_api/file=http://example.org/",
        "/gradio_api/file=HTTPS://a",
        "/gradio_api/proxy=http://a",
    ):
        assert guarded.get(path).status_code == 403
    for message in (
        _file("http://example.org"),
        {"data": [[1, {"a": _file(" HTTPS://a")}]]},
        [_file("http:a")],
    ):
        sent = json.dumps(message).encode()
        for headers in ({"Content-Type": "application/json"}, {}, {"Content-Type": "text/plain"}):
            assert guarded.post(JOIN, content=sent, headers=headers).status_code == 403


def test_a_message_arrives_whole(guarded: TestClient) -> None:
    for sent in (
        b"{}",
        b'{"data": ["see http://example.org", {"path": "a"}]}',
        b'{"a":' + b" " * 200_000 + b"1}",
    ):
        reply = guarded.post(JOIN, content=sent)
        assert (reply.status_code, reply.json()) == (200, {"length": len(sent)})
    for senseless in (b"no json", b"[" * 100_000, b"[]", b"\xff"):
        assert guarded.post(JOIN, content=senseless).status_code == 400


# -- a served page


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page of a library on disk."""
    library = Library(
        sample_library(tmp_path_factory.mktemp("safe") / "shelf"), load_encoder=loader(FakeEncoder())
    )
    with served(library, assess=lambda *_: pytest.fail("nothing is measured")) as server:
        yield server


def test_no_file_of_the_server_is_readable(page: Served, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(HIDDEN)
    files = [tmp_path / "secret.txt", SAMPLE, Path(__file__), Path("/etc/passwd"), ROOT / "pyproject.toml"]
    ways = (
        "/gradio_api/file={}",
        "/gradio_api/file/{}",
        "/static/{}",
        "/assets/{}",
        "/svelte/{}",
        "/custom_component/{}",
        "/page/{}",
    )
    for file in files:
        up = "../" * 12 + str(file).lstrip("/")
        for named in (str(file), up, up.replace("/", "%2f"), os.path.relpath(file), f"./{file}", f"//{file}"):
            for way in ways:
                reply = page.get(way.format(named))
                assert reply.status >= 400, (way, named)
                assert HIDDEN not in reply.text
                assert "root:" not in reply.text
    assert page.page.allowed_paths == []


def test_the_page_discloses_no_path_of_the_server(page: Served) -> None:
    for path in ("/", "/config", "/gradio_api/info", "/theme.css"):
        reply = page.get(path)
        assert reply.status == 200
        for folder in (str(ROOT), str(Path.home()), str(page.page.GRADIO_CACHE), sys.prefix):
            assert f"{folder}/" not in reply.text, path


def test_a_file_of_the_server_is_neither_checked_nor_deleted(page: Served, tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text(f"“{HIDDEN}” (Essay Assistant Authors 12).")
    for path in (str(draft), os.path.relpath(draft), f"file://{draft}", "http://127.0.0.1:1/draft.md"):
        result = page.event("check", ["", _file(path), [], "mla"])
        assert HIDDEN not in result
        assert "quotation" not in result
    assert draft.exists()


@pytest.mark.parametrize(
    "name",
    [
        "../../draft.md",
        "a\\nb.md",
        "<b onclick=alert(1)>.md",
        "x" * 300 + ".md",
        "..\\\\..\\\\draft.md",
        "\u202edm.md",
    ],
)
def test_a_draft_of_any_name_is_checked_and_deleted(page: Served, name: str) -> None:
    upload = page.upload(name, "He says “no words of any essay here” (Essay Assistant Authors 12).".encode())
    assert upload.status == 200
    (path,) = map(Path, json.loads(upload.text))
    assert path.is_relative_to(page.page.GRADIO_CACHE)
    result = page.event("check", ["", _file(str(path)), [], "mla"])
    assert "1 quotation, " in result
    assert "onclick=alert" not in result or "<b " not in result
    assert str(path.parent) not in result.replace("\\\\", "\\")
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("page.xls", b"<p>", "page.xls has the unknown ending"),
        ("draft.md", b"\x89PNG\0", "draft.md is not a text file"),
        ("draft.docx", b"PK", "draft.docx is not a .docx file or is damaged"),
        ("draft", b"words", "draft has no ending"),
    ],
)
def test_the_server_itself_checks_uploads(page: Served, name: str, data: bytes, message: str) -> None:
    (path,) = json.loads(page.upload(name, data).text)
    result = page.event("check", ["", _file(path), [], "mla"])
    assert f'role=\\"alert\\">{message}' in result
    assert not Path(path).exists()


def test_an_upload_is_limited_and_never_shown_as_a_page(page: Served) -> None:
    assert page.upload("draft.md", b"x" * 53_000_000).status == 413
    for name in ("page.html", "picture.svg", "page.xhtml", "script.js"):
        (path,) = json.loads(page.upload(name, b"<script>alert(1)</script>").text)
        reply = page.get(f"/gradio_api/file={path}")
        assert reply.headers["content-disposition"].startswith("attachment")
        assert "html" not in reply.headers["content-type"]


def test_a_damaged_library_is_reported_without_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = sample_library(tmp_path / "my shelf")
    library = Library(root, load_encoder=loader(FakeEncoder()))
    chunks = root / "data" / "chunks" / "sample.jsonl"
    chunks.write_text(chunks.read_text("utf-8")[:3000], "utf-8")
    with served(library) as server:
        result = server.event("check", ["“no words of any essay here”", None, [], "mla"])
    assert "data/chunks/sample.jsonl" in result
    assert str(tmp_path) not in result
    assert str(chunks) in capsys.readouterr().err


ACCOUNTS = [("ada", "a secret")]


@pytest.fixture(scope="module")
def locked() -> Iterator[Served]:
    """A page that asks for a login."""
    with served(FakeLibrary(keepers_log()), auth=ACCOUNTS) as server:
        yield server


def test_with_accounts_nothing_is_disclosed_before_the_login() -> None:
    with served(FakeLibrary(keepers_log()), auth=ACCOUNTS) as server:
        for path in (
            "/config",
            "/gradio_api/info",
            "/gradio_api/file=/etc/passwd",
            "/api/list",
            "/api/ask?q=oil",
        ):
            reply = server.get(path)
            assert reply.status == 401, path
            assert "Keeper" not in reply.text
        assert server.upload("draft.md", b"words").status == 401
        assert server.post(JOIN, {"fn_index": 0, "data": [], "session_hash": "x"}).status == 401
        assert "Keeper" not in server.get("/").text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/reset"),
        ("POST", "/gradio_api/cancel"),
        ("GET", "/openapi.json"),
        ("POST", "/gradio_api/stream/x"),
        ("POST", "/gradio_api/stream/x/close"),
        ("GET", "/gradio_api/stream/x/x/1/playlist.m3u8"),
        ("GET", "/gradio_api/heartbeat/x"),
        ("GET", "/gradio_api/runs"),
        ("POST", "/gradio_api/vibe-code"),
        ("POST", "/mcp"),
        ("PUT", "/anything"),
    ],
)
def test_these_addresses_ask_for_the_login_first(locked: Served, method: str, path: str) -> None:
    body = None if method == "GET" else b"{}"
    status, text = sent(locked.port, method, path, body, {"Content-Type": "application/json"})
    assert status == 401
    assert json.loads(text)["error"]


def test_every_route_has_a_limit(page: Served, locked: Served) -> None:
    for server in (page, locked):
        routes = list(_routes(server.page.app.routes))
        assert len(routes) > 80
        unnamed = [(method, path) for method, path in routes if limit_for(method, path) is STRICTEST]
        assert unnamed == []
    assert limit_for("POST", "/gradio_api/new") is STRICTEST


def _routes(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and an address of every route, those of routers within included."""
    for route in routes:
        path = prefix + getattr(route, "path", "")
        inner = getattr(route, "routes", None) or getattr(
            getattr(route, "original_router", None), "routes", None
        )
        if inner:
            yield from _routes(inner, path)
            continue
        example = re.sub(r"\{\w+\}", "x", re.sub(r"\{\w+:path\}", "x/y", path))
        for method in route.methods or ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            yield method, example


def test_the_documented_limits_are_those_of_the_table() -> None:
    documented = (ROOT / "docs" / "safety.md").read_text("utf-8")
    for limit in LIMITS:
        if limit.bytes:
            row = f"| {limit.bytes:,} | {limit.parts} | {limit.fields:,} | {limit.seconds:g} s |"
            assert any(row in line and limit.paths[0] in line for line in documented.splitlines()), limit


def test_a_long_login_is_refused_at_once_and_nobody_waits(locked: Served) -> None:
    """The file of a multipart login, 30 MB of empty lines, with and without its length."""
    before, waits, ended = _memory(), [0.0], threading.Event()

    def visit() -> None:
        while not ended.is_set():
            start = time.monotonic()
            assert locked.get("/robots.txt").status == 200
            waits.append(time.monotonic() - start)

    with ThreadPoolExecutor(1) as other:
        visits = other.submit(visit)
        try:
            for chunked in (False, True):
                start = time.monotonic()
                assert _long_login(locked.port, 30_000_000, chunked=chunked) == 413
                assert time.monotonic() - start < 10
        finally:
            ended.set()
        visits.result(PATIENCE)
    assert max(waits) < 2
    assert _memory() - before < 20_000_000


def _long_login(port: int, size: int, *, chunked: bool) -> int:
    """The status of a login whose name is a file."""
    piece = b"\r\n" * 32_768
    pieces = itertools.chain(
        [b'--b\r\nContent-Disposition: form-data; name="username"; filename="a"\r\n\r\n'],
        itertools.repeat(piece, size // len(piece)),
        [b"\r\n--b--\r\n"],
    )
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    if not chunked:
        headers["Content-Length"] = str(size)
    with suppress(ConnectionError):
        connection.request("POST", "/login", pieces, headers, encode_chunked=chunked)
    status = connection.getresponse().status
    connection.close()
    return status


def _memory() -> int:
    """Bytes of memory that this process, the server's too, has in use."""
    if not Path("/proc/self/statm").exists():
        return 0
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_login_is_still_a_form(locked: Served) -> None:
    form = "username=ada&password=a+secret"
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}
    assert sent(locked.port, "POST", "/login", form.encode(), urlencoded)[0] == 200
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    parts = part.format("username", "ada") + part.format("password", "a secret") + "--b--\r\n"
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    assert sent(locked.port, "POST", "/login", parts.encode(), multipart)[0] == 200
    many = part.format("a", "b") * 20 + parts
    assert sent(locked.port, "POST", "/login", many.encode(), multipart)[0] == 413
    assert sent(locked.port, "POST", "/login", b"a&" * 20 + form.encode(), urlencoded)[0] == 413


def test_a_body_that_does_not_arrive_is_given_up(locked: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_PAUSE", 0.2)
    with socket.create_connection(("127.0.0.1", locked.port), PATIENCE) as slow:
        slow.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nusername=")
        assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "way", ["run/predict", "api/predict", "call/predict", "call/v2/predict", "queue/join"]
)
@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", "{}", '{"data": []}', '{"data": [], "fn_index": 9999}', '{"data": [], "fn_index": 0}'],
)
def test_a_malformed_call_is_refused_with_a_sentence(
    page: Served, capfd: pytest.CaptureFixture[str], way: str, message: str
) -> None:
    headers = {"Content-Type": "application/json"}
    status, text = sent(page.port, "POST", f"/gradio_api/{way}", message.encode(), headers)
    assert status == 400
    assert json.loads(text)["error"].endswith((".", "; see /gradio_api/info."))
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    "host", ["evil.com@localhost", "localhost#evil.com", "localhost/evil.com", "localhost?a"]
)
def test_a_host_with_anything_but_a_name_and_a_port_is_refused(page: Served, host: str) -> None:
    assert sent(page.port, "GET", "/robots.txt", None, {"Host": host})[0] == 403
    assert sent(page.port, "GET", "/robots.txt", None, {"Host": "localhost:7860"})[0] == 200


def test_uploads_are_stored_where_no_other_user_can_read_them(page: Served) -> None:
    (path,) = map(Path, json.loads(page.upload("draft.md", b"words").text))
    folder = Path(page.page.GRADIO_CACHE)
    assert path.is_relative_to(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder.stat().st_uid == os.getuid()


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize("stopped_by", [signal.SIGINT, signal.SIGTERM])
def test_uploads_are_deleted_when_the_server_is_stopped(tmp_path: Path, stopped_by: signal.Signals) -> None:
    library = sample_library(tmp_path / "shelf")
    port = free_port()
    words = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--library", str(library)]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "GRADIO_TEMP_DIR": ""}
    with subprocess.Popen(words, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert any("is open at" in line for line in process.stderr)
            upload = Served(gr.Blocks(), f"http://127.0.0.1:{port}").upload("draft.md", b"words")
            (path,) = map(Path, json.loads(upload.text))
            assert path.is_relative_to(tmp_path)
            process.send_signal(stopped_by)
            process.wait(PATIENCE)
        finally:
            process.kill()
    assert list(tmp_path.glob("essay-assistant-*")) == []
    assert list(tmp_path.glob("gradio*")) == []


def test_uploads_of_a_server_that_was_killed_are_deleted_by_the_next(tmp_path: Path) -> None:
    folders = {
        name: tmp_path / f"essay-assistant-{name}" for name in ("killed", "running", "starting", "other")
    }
    for name, folder in folders.items():
        folder.mkdir()
        (folder / "draft.md").write_text("words")
        if name != "other":
            (folder / ".lock").touch()
    (tmp_path / "essay-assistant-link").symlink_to(folders["running"])
    for name in ("killed", "running"):
        os.utime(folders[name] / ".lock", (0, 0))
    with FileLock(folders["running"] / ".lock"):
        os.utime(folders["running"] / ".lock", (0, 0))
        uploading.sweep(tmp_path)
    assert {name for name, folder in folders.items() if (folder / "draft.md").exists()} == {
        "running", "starting", "other",
    }  # fmt: skip


def test_an_upload_is_limited_in_its_parts_and_leaves_nothing(page: Served) -> None:
    folder = Path(page.page.GRADIO_CACHE)
    before = sorted(folder.rglob("*"))
    part = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a%d.md"\r\n\r\nwords %d\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    body = b"".join(part % (number, number) for number in range(300)) + b"--b--\r\n"
    assert sent(page.port, "POST", "/gradio_api/upload", body, headers)[0] == 413
    with socket.create_connection(("127.0.0.1", page.port), PATIENCE) as leaving:
        head = "POST /gradio_api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n"
        leaving.sendall(f"{head}Content-Type: {headers['Content-Type']}\r\n\r\n".encode() + part % (1, 1))
    until = time.monotonic() + PATIENCE
    while sorted(folder.rglob("*")) != before and time.monotonic() < until:
        time.sleep(0.05)
    assert sorted(folder.rglob("*")) == before
    names = [f"a{number}.md" for number in range(150)]
    body = b"".join(part % (number, number) for number in range(len(names))) + b"--b--\r\n"
    status, text = sent(page.port, "POST", "/gradio_api/upload", body, headers)
    assert (status, [Path(path).name for path in json.loads(text)]) == (200, names)


def test_a_file_of_fifty_megabytes_is_taken(page: Served) -> None:
    upload = page.upload("draft.txt", b"fifty megabytes of words\n" * 2_000_000)
    assert upload.status == 200
    (path,) = map(Path, json.loads(upload.text))
    assert path.stat().st_size == 50_000_000
    path.unlink()


def sent(port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
    """Status and text of the response to a request."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    status, text = response.status, response.read().decode("utf-8", "replace")
    connection.close()
    return status, text
