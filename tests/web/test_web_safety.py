"""The page under attack: what it discloses, fetches, reads and deletes for hostile visitors and files."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from essay_library import ROOT, SAMPLE, loader, sample_library
from fake_models import FakeEncoder
from page_library import FakeLibrary, keepers_log
from page_server import Served, served
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.library.library import Library
from assistant.web import uploading
from assistant.web.messages import public_message
from assistant.web.uploading import FetchGuard

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
    return TestClient(Starlette(routes=routes, middleware=[Middleware(FetchGuard)]))


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
        assert guarded.post("/gradio_api/queue/join", json=message).status_code == 403
        sent = json.dumps(message).encode()
        assert guarded.post("/x", content=sent).status_code == 403
        assert guarded.post("/x", content=sent, headers={"Content-Type": "text/plain"}).status_code == 403


def test_a_message_arrives_whole_unless_it_is_too_long(
    guarded: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sent in (
        b"",
        b"{}",
        b"no json",
        b'{"data": ["see http://example.org", {"path": "a"}]}',
        b"[" * 100_000,
    ):
        reply = guarded.post("/gradio_api/queue/join", content=sent)
        assert (reply.status_code, reply.json()["length"]) == (200, len(sent))
    monkeypatch.setattr(uploading, "LONGEST_MESSAGE", 10)
    assert guarded.post(JOIN, content=b"x" * 11).status_code == 413
    parted = {"Content-Type": "multipart/form-data; boundary=x"}
    assert guarded.post("/gradio_api/upload", content=b"x" * 11, headers=parted).json() == {"length": 11}


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
        ("page.html", b"<p>", "page.html has the unknown ending"),
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
