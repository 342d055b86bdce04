"""The MCP server: over standard input and output as a process of its own, and over HTTP beside the page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import anyio
import jsonschema
import pytest
from essay_library import QUESTION, ROOT, SAMPLE, SECOND, Command, loader, sample_library
from fake_models import FakeEncoder
from mcp import Client, ClientSession, StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from assistant.api.http import AccessGuard, LoopbackOnly
from assistant.api.mcp import server
from assistant.api.mcp_route import McpRoute
from assistant.api.requests import MAX_BYTES
from assistant.api.schema import CALLS
from assistant.api.service import ApiService
from assistant.library.library import Library
from assistant.rendering.answers import NEAR, NOT_ANSWERED, answer_object

# What a server that is waited for must not load.
_SLOW = set("gradio torch transformers sentence_transformers faiss scipy sklearn pandas matplotlib".split())
# The command, and then the modules that it loaded, on standard error.
_RUN = """
import os, sys
from assistant.cli import main
def report(code):
    sys.stderr.write("\\nLOADED " + " ".join(sys.modules) + "\\n")
    sys.stderr.flush()
    ended(code)
ended, os._exit = os._exit, report
main()
"""
_DRAFT = "He says: “The tool cannot tell them appart” (Essay Assistant Authors 12)."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library with the sample essay and a stand-in for the model."""
    root = sample_library(tmp_path_factory.mktemp("mcp") / "shelf")
    return Library(root, load_encoder=loader(FakeEncoder()))


@pytest.fixture(scope="module")
def model_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the sample essay and the real model's index."""
    root = tmp_path_factory.mktemp("shelf")
    Library(root).add(SAMPLE)
    return root


def with_client(library: Library, use: Callable[[Client], Awaitable[Any]], mode: Any = "legacy") -> Any:
    """What comes of speaking to a server in this process."""

    async def main() -> Any:
        async with Client(server(ApiService(library)), mode=mode) as client:
            try:
                return await use(client)
            except MCPError as error:
                # The client's own tasks would put it into a group.
                return error

    made = anyio.run(main)
    if isinstance(made, MCPError):
        raise made
    return made


def called(library: Library, name: str, **fields: Any) -> Any:
    """The result of a tool."""
    return with_client(library, lambda client: client.call_tool(name, fields))


def read(library: Library, uri: str) -> Any:
    """What stands at an address."""
    return with_client(library, lambda client: client.read_resource(uri))


def test_the_server_says_what_it_is_and_its_rules(library: Library) -> None:
    async def described(client: Client) -> Any:
        return client.server_info, client.instructions

    info, rules = with_client(library, described)
    assert (info.name, info.title) == ("essay-assistant", "Essay Assistant")
    for rule in ("verbatim", "Cite as given", "`answered: false`"):
        assert rule in rules


def test_calls_are_reported_to_no_telemetry(library: Library) -> None:
    assert server(ApiService(library)).middleware == []


def test_tools_describe_what_they_take_and_return(library: Library) -> None:
    tools = with_client(library, lambda client: client.list_tools()).tools
    assert [
        one.name for one in tools
    ] == "ask quote check cite list outline index related compare insert styles".split()
    for tool in tools:
        assert tool.description == CALLS[tool.name].description
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.open_world_hint is False
        assert tool.annotations.destructive_hint is False
        for schema in (tool.input_schema, tool.output_schema):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert all(field["description"] for field in tool.input_schema["properties"].values())
        assert tool.input_schema["additionalProperties"] is False
    ask = tools[0].input_schema
    assert ask["required"] == ["question"]
    assert ask["properties"]["top"] == {
        "type": "integer",
        "description": "Number of passages, best first; if left out 3, or 5 for a paragraph.",
        "minimum": 1,
        "maximum": 100,
    }
    assert ask["properties"]["voice"]["enum"] == ["author", "quoted"]
    assert ask["properties"]["essays"]["items"] == {"type": "string"}


@pytest.mark.parametrize("mode", ["legacy", "auto", "2026-07-28"])
def test_clients_of_every_age_are_answered_the_same(library: Library, mode: str) -> None:
    fields = {"question": QUESTION, "top": 2, "essays": ["sample"], "style": "apa"}
    result = with_client(library, lambda client: client.call_tool("ask", fields), mode)
    asked = library.ask(QUESTION, top=2, essays=["sample"], style="apa", explained=False)
    assert result.structured_content == json.loads(json.dumps(answer_object(asked)))


def test_the_text_is_words_to_paste_with_their_citation(library: Library) -> None:
    answer = library.ask(QUESTION, top=2)
    text = called(library, "ask", question=QUESTION, top=2).content[0].text
    for hit in answer.hits:
        assert hit.quotation in text
        assert hit.passage.id in text
        assert hit.reference in text
        for one in hit.highlights:
            assert one.quotation in text
    assert "⟦" not in text
    text = called(library, "quote", text="the tool cannot tell them appart").content[0].text
    assert text.splitlines()[2:] == [
        "1. sample/p24 · p. 18",
        "Printed: The tool cannot tell them apart",
        "Cite: (Essay Assistant Authors 18)",
        "The quotation has “the” for “The”; “appart” for “apart”.",
    ]
    text = called(library, "check", draft=_DRAFT).content[0].text
    assert text.splitlines()[1] == "  Replacement: “The tool cannot tell them apart”"
    assert text.splitlines()[-1].startswith("1 quotation, 0 as printed")
    text = called(library, "cite", id="sample", page="18").content[0].text
    assert text.splitlines()[0] == "(Essay Assistant Authors 18)"
    assert called(library, "list").content[0].text.startswith("sample · Where the Words Stand")


def test_what_is_not_answered_says_so(library: Library) -> None:
    result = called(library, "ask", question="Which zebras gallop through Kyrgyzstan?")
    assert result.structured_content["answered"] is False
    assert result.structured_content["verdict"] in {"near", "none"}
    assert result.structured_content["reason"] == "absent-word"
    remark, said, *_ = result.content[0].text.split("\n\n")
    assert remark == "The word “Kyrgyzstan” does not occur in this essay."
    assert said in {NEAR, NOT_ANSWERED}
    assert not result.is_error


def test_null_is_as_left_out(library: Library) -> None:
    bare = called(library, "ask", question=QUESTION)
    full = called(library, "ask", question=QUESTION, essays=None, history=None, voice=None, top=None)
    assert bare.structured_content == full.structured_content


def test_a_draft_is_a_text_and_no_path(library: Library, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("“A quotation of somebody’s own words that nobody may read” (Own 1).")
    result = called(library, "check", draft=str(tmp_path / "secret.md"))
    assert result.structured_content["quotations"] == 0


def test_there_is_no_other_tool(library: Library) -> None:
    with pytest.raises(MCPError, match="no tool 'remove'; there are: ask, quote, check, cite, list"):
        called(library, "remove", id="sample")


def test_essays_and_passages_are_read(library: Library) -> None:
    (essay,) = with_client(library, lambda client: client.list_resources()).resources
    assert (essay.uri, essay.name, essay.mime_type) == ("essay:///sample", "sample", "text/plain")
    (passage,) = with_client(library, lambda client: client.list_resource_templates()).resource_templates
    assert passage.uri_template == "essay:///{essay}/{passage}"
    whole = read(library, essay.uri).contents[0].text
    stored = library.essay("sample")
    for one in stored.passages:
        (part,) = read(library, f"essay:///{one.id}").contents
        assert part.text in whole
        head, _, words = part.text.partition("\n")
        assert head.startswith(f"{one.id} · {one.kind} · p")
        assert words == one.text


def test_what_is_added_meanwhile_is_seen(tmp_path: Path) -> None:
    root = sample_library(tmp_path / "shelf")
    library, other = (Library(root, load_encoder=loader(FakeEncoder())) for _ in range(2))

    async def grown(client: Client) -> Any:
        await client.call_tool("ask", {"question": QUESTION})
        other.add(SECOND)
        listed = await client.list_resources()
        return listed, await client.call_tool("ask", {"question": QUESTION, "essays": ["running-heads"]})

    listed, asked = with_client(library, grown)
    assert [one.name for one in listed.resources] == ["running-heads", "sample"]
    assert {one["essay"] for one in asked.structured_content["passages"]} == {"running-heads"}


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("essay:///other", "There is no essay 'other'; there is: sample."),
        ("essay:///sample/p999", "sample has no passage 'p999'."),
        ("essay:///../../etc/passwd", "There is no essay '..'; there is: sample."),
        ("file:///etc/passwd", "Essays are read as essay:///ID; 'file:///etc/passwd' is none."),
    ],
)
def test_nothing_else_is_read(library: Library, uri: str, said: str) -> None:
    with pytest.raises(MCPError) as error:
        read(library, uri)
    assert error.value.message == said


def server_command(*words: str | Path) -> StdioServerParameters:
    """How a client starts the server."""
    return StdioServerParameters(
        command=sys.executable,
        args=["-c", _RUN, "serve", "--mcp", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


@pytest.mark.real_model
def test_a_process_answers_all_its_tools_and_loads_no_page(model_library: Path, tmp_path: Path) -> None:
    heard = tmp_path / "heard.txt"
    calls: list[tuple[str, dict[str, Any]]] = [
        ("ask", {"question": "Who numbered the leaves?", "top": 1}),
        ("quote", {"text": "The tool cannot tell them apart"}),
        ("check", {"draft": _DRAFT}),
        ("cite", {"id": "sample", "page": "18"}),
        ("list", {}),
        ("ask", {"question": ""}),
    ] * 2
    results: list[Any] = [None] * len(calls)

    async def main() -> None:
        with heard.open("w") as err:
            async with (
                stdio_client(server_command("--library", model_library), errlog=err) as streams,
                ClientSession(*streams) as one,
            ):
                hello = await one.initialize()
                assert hello.server_info.name == "essay-assistant"
                assert len((await one.list_tools()).tools) == len(CALLS)

                async def ask(at: int) -> None:
                    results[at] = await one.call_tool(*calls[at])

                async with anyio.create_task_group() as tasks:
                    for at in range(len(calls)):
                        tasks.start_soon(ask, at)

    anyio.run(main)
    half = len(calls) // 2
    assert [one.structured_content for one in results[:half]] == [
        one.structured_content for one in results[half:]
    ]
    assert [one.is_error for one in results[:half]] == [False] * 5 + [True]
    assert results[0].structured_content["passages"][0]["id"] == "sample/p12"
    assert results[1].structured_content["verdict"] == "exact"
    assert results[5].content[0].text == "The question is empty; ask it in words."
    said, _, loaded = heard.read_text().partition("\nLOADED ")
    assert said == ""
    assert "onnxruntime" in loaded.split()
    assert set(loaded.split()) & _SLOW == set()


def line(number: int, method: str, **params: object) -> str:
    """A request of the protocol."""
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"


_HELLO = (
    line(
        1,
        "initialize",
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "test", "version": "1"},
    )
    + '{"jsonrpc": "2.0", "method": "notifications/initialized"}\n'
)


@contextmanager
def speaking(
    library: Path, *essays: str
) -> Iterator[tuple[subprocess.Popen[str], IO[str], IO[str], IO[str]]]:
    """The server as a process, with its standard input, output and error."""
    with subprocess.Popen(
        [sys.executable, "-m", "assistant", "serve", "--mcp", *essays, "--library", str(library)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        yield process, process.stdin, process.stdout, process.stderr


@pytest.mark.real_model
def test_standard_output_has_the_protocol_alone(tmp_path: Path) -> None:
    # An essay is added, an empty library made, nonsense sent: none of it is told on standard output.
    with speaking(tmp_path, str(SECOND)) as (process, heard, said, errors):
        heard.write(_HELLO + "nonsense\n\n" + line(2, "tools/call", name="list", arguments={}))
        heard.flush()
        # A line that is no message is answered too, under no id.
        answers = [message for _ in range(3) if (message := json.loads(said.readline()))["id"] is not None]
        heard.close()
        rest, told = said.read(), errors.read()
        assert process.wait(30) == 0
    assert rest == ""
    assert [(one["jsonrpc"], one["id"]) for one in answers] == [("2.0", 1), ("2.0", 2)]
    assert answers[0]["result"]["protocolVersion"] == "2025-06-18"
    (essay,) = answers[1]["result"]["structuredContent"]["essays"]
    assert essay["id"] == "running-heads"
    assert told.startswith("running-heads: ")


def test_the_server_ends_with_its_input(tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "assistant", "serve", "--mcp", "--library", str(tmp_path)],
        input="",
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    assert (made.stdout, made.stderr) == ("", "")
    assert not any(tmp_path.iterdir())


# Lines that are no messages, and the code of the error that answers each.
_MALFORMED = {
    "nonsense": -32700,
    "{": -32700,
    "[" * 100_000: -32700,
    "[]": -32600,
    "{}": -32600,
    "1": -32600,
    '{"jsonrpc": "1.0", "id": 1, "method": "ping"}': -32600,
    '{"jsonrpc": "2.0", "id": 1, "method": 5}': -32600,
    '{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}': -32600,
    '{"jsonrpc": "2.0", "id": null, "method": "ping"}': -32600,
    '{"jsonrpc": "2.0", "id": [1], "method": "ping"}': -32600,
    '{"jsonrpc": "2.0", "id": true, "method": "ping"}': -32600,
}


def test_malformed_lines_are_answered_and_the_server_goes_on(tmp_path: Path) -> None:
    with speaking(tmp_path) as (process, heard, said, errors):
        for handshake in ("", _HELLO):
            heard.write(handshake)
            heard.flush()
            if handshake:
                assert json.loads(said.readline())["id"] == 1
            for malformed, code in _MALFORMED.items():
                heard.write(f"\n{malformed}\n")
                heard.flush()
                answer = json.loads(said.readline())
                assert (answer["jsonrpc"], answer["id"], answer["error"]["code"]) == ("2.0", None, code)
        heard.write(line(2, "tools/list"))
        heard.flush()
        assert len(json.loads(said.readline())["result"]["tools"]) == len(CALLS)
        heard.write("nonsense\n")
        heard.close()
        assert json.loads(said.read())["error"]["code"] == -32700
        assert (errors.read(), process.wait(60)) == ("", 0)


def test_nobody_needs_to_listen(tmp_path: Path) -> None:
    with speaking(tmp_path) as (process, heard, said, errors):
        said.close()
        heard.write(_HELLO + line(2, "tools/list"))
        heard.close()
        assert errors.read() == ""
        assert process.wait(60) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "--host"),  # noqa: S104 - is refused
        (["--port", "7860"], "--port"),
        (["--open"], "--open"),
        (["--no-open"], "--open"),
        (["--auth-file", "accounts.txt", "--port", "80"], "--port and --auth-file"),
    ],
)
def test_what_only_a_page_has_is_refused(command: Command, words: list[str], said: str) -> None:
    assert command("serve", "--mcp", *words) == 2
    assert command.out == ""
    assert command.err == f"assistant: --mcp serves no page; leave out {said}, or --mcp.\n"


@pytest.fixture
def nearby(library: Library) -> Any:
    """A program on the same machine, that speaks over HTTP."""
    route = McpRoute(ApiService(library), AccessGuard(None))
    app = Starlette(routes=route.routes(), middleware=[Middleware(LoopbackOnly)], lifespan=route.lifespan)
    with TestClient(app, base_url="http://localhost:7860") as client:
        yield client


def sent(client: TestClient, method: str, headers: dict[str, str] | None = None, **params: object) -> Any:
    """The answer to a request over HTTP."""
    told = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    return client.post("/mcp", content=line(1, method, **params), headers=told | (headers or {}))


def test_http_remembers_nothing_between_two_requests(nearby: TestClient, library: Library) -> None:
    for _ in range(2):
        made = sent(nearby, "tools/call", name="ask", arguments={"question": QUESTION})
        assert made.status_code == 200
        assert "mcp-session-id" not in made.headers
        found = made.json()["result"]["structuredContent"]
        assert found == json.loads(json.dumps(answer_object(library.ask(QUESTION, explained=False))))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost:7860"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 400),
    ],
)
def test_http_answers_neither_strangers_nor_their_pages(
    nearby: TestClient, headers: dict[str, str], status: int
) -> None:
    made = sent(nearby, "tools/list", headers)
    assert made.status_code == status
    assert "access-control-allow-origin" not in made.headers


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
def test_http_is_spoken_to_by_post_alone(nearby: TestClient, method: str) -> None:
    made = nearby.request(method, "/mcp")
    assert (made.status_code, made.json()) == (405, {"error": "Send MCP messages with POST."})


def test_http_has_the_same_limit(nearby: TestClient) -> None:
    made = sent(nearby, "tools/call", name="quote", arguments={"text": "x" * MAX_BYTES})
    assert made.status_code == 413
