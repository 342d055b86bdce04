"""The API over HTTP, MCP and Gradio: the command's own JSON, and the same refusals."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import httpx2
import pytest
from essay_library import QUESTION, Command, loader, sample_library
from fake_models import FakeEncoder
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from assistant.api.requests import MAX_BYTES
from assistant.api.schema import CALLS, RefusedError
from assistant.api.service import ApiService
from assistant.core.errors import LibraryError
from assistant.library.library import Library
from assistant.web import app as page
from assistant.web.app import server_routes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Seconds that an answer may take on a busy machine.
PATIENCE = 60
ACCOUNTS = [("ada", "a secret: with a colon")]
DRAFT = "He says: “The tool cannot tell them appart” (Essay Assistant Authors 12)."
# What is asked, and the command that is the same.
ASKED = [
    (
        "ask",
        {"question": QUESTION, "top": 2, "essays": ["sample"], "style": "apa", "fast": True},
        ["ask", QUESTION, "--top", "2", "--essay", "sample", "--style", "apa", "--fast"],
    ),
    (
        "ask",
        {"question": QUESTION, "fast": True, "explain": True, "voice": "quoted"},
        ["ask", QUESTION, "--fast", "--explain", "--voice", "quoted"],
    ),
    ("ask", {"question": "Zebras?", "fast": True, "top": 1}, ["ask", "Zebras?", "--fast", "--top", "1"]),
    ("quote", {"text": "the tool cannot tell them appart"}, ["quote", "the tool cannot tell them appart"]),
    ("check", {"draft": DRAFT, "style": "chicago"}, ["check", "-", "--style", "chicago"]),
    ("cite", {"id": "sample", "page": "18"}, ["cite", "sample", "--page", "18"]),
    ("cite", {"id": "sample", "style": "chicago-notes"}, ["cite", "sample", "--style", "chicago-notes"]),
    ("list", {}, ["list"]),
    ("outline", {"id": "sample", "style": "apa"}, ["outline", "sample", "--style", "apa"]),
    ("related", {"passage": "sample/p15", "top": 2}, ["related", "sample/p15", "--top", "2"]),
    (
        "compare",
        {"question": QUESTION, "essays": ["sample"], "fast": True},
        ["compare", QUESTION, "--essay", "sample", "--fast"],
    ),
]
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("ask", {"question": " "}, "The question is empty; ask it in words."),
    ("ask", {"question": "x", "top": 0}, "The field 'top' must be from 1 to 100."),
    ("ask", {"question": "x", "top": "3"}, "The field 'top' must be a whole number."),
    ("ask", {"question": "x", "essays": "sample"}, "The field 'essays' must be a list of texts."),
    ("ask", {"question": "x", "essays": ["other"]}, "There is no essay 'other'; there is: sample."),
    ("ask", {"question": "x", "voice": "god"}, "The field 'voice' must be author or quoted."),
    (
        "ask",
        {"question": "x", "style": "/etc/x.csl"},
        "The field 'style' must be the name of a style, such as mla.",
    ),
    (
        "quote",
        {"text": "x" * (MAX_BYTES + 1)},
        "The fields are longer than 1,000,000 bytes together; send less.",
    ),
    ("check", {"draft": "x", "essays": ["../sample"]}, "There is no essay '../sample'; there is: sample."),
    ("cite", {"id": "../../etc/passwd"}, "There is no essay '../../etc/passwd'; there is: sample."),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the sample essay."""
    return sample_library(tmp_path_factory.mktemp("programs") / "shelf")


@pytest.fixture(scope="module")
def library(root: Path) -> Library:
    """The same, opened."""
    return Library(root, load_encoder=loader(FakeEncoder()))


@pytest.fixture(scope="module")
def served(library: Library) -> Iterator[str]:
    """The page as it is served to others than this machine, who have a password."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    service = ApiService(library)
    blocks = page.build(library, service=service)
    blocks.launch(
        server_name="127.0.0.1",
        server_port=port,
        auth=ACCOUNTS,
        prevent_thread_lock=True,
        app_kwargs=server_routes(service, "library.example", ACCOUNTS),
        **page.launch_options(),
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        blocks.close(verbose=False)


@pytest.fixture(scope="module")
def client(served: str) -> Client:
    """Gradio's own client, let in."""
    return Client(served, auth=ACCOUNTS[0], verbose=False)


def answered(library: Library, name: str, fields: dict[str, Any]) -> Any:
    """What programs are answered."""
    service = ApiService(library)
    result = anyio.run(service.answer, name, fields)
    return json.loads(json.dumps(result.value))


def by_gradio(client: Client, name: str, fields: dict[str, Any]) -> Any:
    """What Gradio's client is answered."""
    return client.predict(**fields, api_name=f"/{name}")


def by_mcp(address: str, name: str, fields: dict[str, Any]) -> Any:
    """What a client of MCP over HTTP is answered."""

    async def asked() -> Any:
        async with (
            httpx2.AsyncClient(auth=ACCOUNTS[0]) as carrier,
            streamable_http_client(f"{address}/mcp", http_client=carrier) as (received, sent),
            ClientSession(received, sent) as session,
        ):
            await session.initialize()
            return await session.call_tool(name, fields)

    return anyio.run(asked)


def header() -> dict[str, str]:
    """Name and password."""
    return {"Authorization": "Basic " + base64.b64encode(":".join(ACCOUNTS[0]).encode()).decode()}


@pytest.mark.parametrize(("name", "fields", "words"), ASKED)
def test_every_way_gives_the_commands_json(
    command: Command,
    root: Path,
    served: str,
    client: Client,
    name: str,
    fields: dict[str, Any],
    words: Sequence[str],
) -> None:
    command(*words, "--json", "--library", root, stdin=DRAFT)
    printed = command.json()
    plain = httpx.post(f"{served}/api/{name}", json=fields, headers=header(), timeout=PATIENCE)
    assert plain.json() == printed
    assert by_gradio(client, name, fields) == printed
    result = by_mcp(served, name, fields)
    assert result.structured_content == ({"essays": printed} if name == "list" else printed)
    assert not result.is_error


@pytest.mark.parametrize(("name", "fields", "said"), REFUSED)
def test_every_way_refuses_with_the_same_sentence(
    library: Library, served: str, client: Client, name: str, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        answered(library, name, fields)
    assert str(refused.value) == said
    with pytest.raises(AppError) as error:
        by_gradio(client, name, fields)
    assert str(error.value) == said
    if "text" in fields:
        # The body is too long for HTTP before its fields are looked at.
        return
    assert httpx.post(f"{served}/api/{name}", json=fields, headers=header(), timeout=PATIENCE).json() == {
        "error": said
    }
    result = by_mcp(served, name, fields)
    assert result.is_error
    assert [one.text for one in result.content] == [said]
    assert result.structured_content is None


def test_gradio_offers_the_calls_and_nothing_else(client: Client) -> None:
    info = client.view_api(return_format="dict", print_info=False)
    assert isinstance(info, dict)
    assert list(info["named_endpoints"]) == [f"/{name}" for name in CALLS]
    assert info["unnamed_endpoints"] == {}
    for name, call in CALLS.items():
        endpoint = info["named_endpoints"][f"/{name}"]
        parameters = {one["parameter_name"]: one for one in endpoint["parameters"]}
        assert list(parameters) == list(call.request.model_fields)
        for field, parameter in call.request.model_fields.items():
            assert parameters[field]["parameter_has_default"] is not parameter.is_required()
            if not parameter.is_required():
                assert parameters[field]["parameter_default"] == parameter.default
        assert endpoint["description"] == call.description
    ask = {one["parameter_name"]: one for one in info["named_endpoints"]["/ask"]["parameters"]}
    assert [ask[field]["type"] for field in ("question", "top", "fast")] == [
        {"type": "string"},
        {"oneOf": [{"type": "null"}, {"type": "integer"}]},
        {"type": "boolean"},
    ]
    assert {name: one["parameter_default"] for name, one in ask.items() if name != "question"} == {
        "top": None,
        "essays": None,
        "style": "mla",
        "history": None,
        "fast": False,
        "explain": False,
        "voice": None,
        "on_its_own": False,
        "authors": None,
        "years": None,
        "collections": None,
        "tags": None,
        "kinds": None,
        "sections": None,
        "per_essay": None,
    }
    assert info["named_endpoints"]["/ask"]["returns"][0]["type"]["type"] == "object"
    assert info["named_endpoints"]["/list"]["returns"][0]["type"]["type"] == "array"


def test_gradios_client_may_leave_names_out(client: Client) -> None:
    result = client.predict("Who numbered the leaves?", 1, api_name="/ask")
    assert [one["id"].split("/")[0] for one in result["passages"]] == ["sample"]


def test_gradio_lets_nobody_in_without_a_password(served: str) -> None:
    with pytest.raises(AuthenticationError):
        Client(served, verbose=False)
    sent = httpx.post(f"{served}/gradio_api/call/list", json={"data": []}, timeout=PATIENCE)
    assert sent.status_code == 401


def test_pages_of_other_addresses_read_nothing_from_gradio(served: str) -> None:
    named = {"Host": "library.example", "Origin": "https://evil.example"}
    for path in ("/gradio_api/info", "/gradio_api/call/list", "/config"):
        result = httpx.get(served + path, headers=named, timeout=PATIENCE)
        said = {"error": "Pages of other addresses may not ask here."}
        assert (result.status_code, result.json()) == (403, said)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Basic " + base64.b64encode(b"ada:wrong").decode()}, 401),
        ({"Authorization": "Bearer x"}, 401),
        (header(), 200),
        (header() | {"Host": "library.example", "Origin": "http://library.example"}, 200),
        (header() | {"Origin": "https://evil.example"}, 403),
        (header() | {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_mcp_asks_for_the_same_password_as_http(served: str, headers: dict[str, str], status: int) -> None:
    sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    for path in ("/mcp", "/mcp/"):
        result = httpx.post(
            served + path, json=sent, headers={"Accept": "application/json"} | headers, timeout=PATIENCE
        )
        assert result.status_code == status
        assert list(result.json()) == (["jsonrpc", "id", "result"] if status == 200 else ["error"])


def test_the_limits_are_of_all_ways_together(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most = 0, 0
    asks = library.ask

    def counted(*words: Any, **how: Any) -> Any:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        result = asks(*words, **how)
        at_once -= 1
        return result

    monkeypatch.setattr(library, "ask", counted)
    service = ApiService(library)

    async def many() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(service.answer, "ask", {"question": QUESTION})

    anyio.run(many)
    assert most == 2


@pytest.mark.parametrize(
    "fault",
    [LibraryError("/srv/private/index cannot be read; mend it."), OSError(13, "No", "/srv/private/x")],
)
def test_errors_of_the_server_are_written_to_its_terminal_alone(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: Exception
) -> None:
    def broken(*_words: object, **_how: object) -> None:
        raise fault

    for name in ("ask", "quote", "check_draft", "cite", "summaries", "essay"):
        monkeypatch.setattr(library, name, broken)
    service = ApiService(library)
    calls: list[Callable[[], Any]] = [
        lambda: anyio.run(service.essays),
        lambda: anyio.run(service.read, "sample"),
    ]
    asked = {
        "ask": {"question": "x"},
        "quote": {"text": "x"},
        "check": {"draft": "x"},
        "cite": {"id": "sample"},
    }
    for name, fields in (asked | {"list": {}}).items():
        calls.append(lambda name=name, fields=fields: anyio.run(service.answer, name, fields))  # type: ignore[misc]
    for call in calls:
        with pytest.raises(RefusedError) as refused:
            call()
        assert "private" not in str(refused.value)
        assert "/srv/private/" in capsys.readouterr().err


def test_a_model_that_cannot_be_loaded_is_reported_and_ends_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise LibraryError("The model is not there; install it.")

    monkeypatch.setattr(library, "warm", broken)
    ApiService(library)._warm()  # noqa: SLF001 - what the thread does
    assert capsys.readouterr().err == "assistant: The model is not there; install it.\n"


def test_an_empty_library_says_how_to_fill_it(tmp_path: Path) -> None:
    empty = Library(tmp_path, load_encoder=loader(FakeEncoder()))
    for name, fields in (("ask", {"question": "x"}), ("cite", {"id": "x"}), ("check", {"draft": "x"})):
        with pytest.raises(RefusedError, match="add one with: assistant add FILE"):
            answered(empty, name, fields)
    assert answered(empty, "list", {}) == []
