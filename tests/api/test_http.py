"""The API over HTTP: the command's own JSON, refusals in one sentence, and who is admitted."""

from __future__ import annotations

import base64
import json
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from essay_library import QUESTION, loader, sample_library
from fake_models import FakeEncoder
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.api.http import AccessGuard, HttpApi, LoopbackOnly, SameOriginOnly, is_loopback
from assistant.api.requests import MAX_BYTES, MAX_PASSAGES
from assistant.api.service import ApiService
from assistant.core.errors import LibraryError, NotAskedError
from assistant.library.library import Library
from assistant.rendering.answers import answer_object
from assistant.rendering.drafts import draft_object
from assistant.rendering.essays import summary_object
from assistant.rendering.quotations import verdict_object
from assistant.web import app as page
from assistant.web.app import server_routes

HERE = "http://localhost:7860"
ACCOUNTS = [("ada", "a secret: with a colon"), ("émile", "clé")]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library with the sample essay."""
    root = sample_library(tmp_path_factory.mktemp("plain") / "shelf")
    return Library(root, load_encoder=loader(FakeEncoder()))


@pytest.fixture(scope="module")
def client(library: Library) -> TestClient:
    """A program on the same machine."""
    return TestClient(Starlette(routes=routes(library)), base_url=HERE)


def routes(library: Library) -> list[Route]:
    """The plain route, open to everyone."""
    return HttpApi(ApiService(library), AccessGuard(None)).routes()


def basic(name: str, password: str) -> dict[str, str]:
    """A header with a name and a password."""
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def refusal(response: Any) -> str:
    """The one sentence of a refusal."""
    (sentence,) = response.json().values()
    assert list(response.json()) == ["error"]
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert "/tmp" not in sentence  # noqa: S108 - where the tests' libraries lie
    return str(sentence)


def test_an_answer_is_what_the_command_prints(client: TestClient, library: Library) -> None:
    sent = {
        "question": QUESTION,
        "top": 2,
        "essays": ["sample"],
        "style": "apa",
        "fast": True,
        "explain": True,
    }
    response = client.post("/api/ask", json=sent)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    answer = library.ask(QUESTION, top=2, essays=["sample"], style="apa", fast=True)
    assert response.json() == json.loads(json.dumps(answer_object(answer, explained=True)))
    assert len(response.json()["passages"]) == 2


def test_an_address_asks_the_same(client: TestClient) -> None:
    sent = {"question": QUESTION, "top": 1, "essays": ["sample"], "history": ["Who?", "When?"], "fast": False}
    address: Any = {"q": QUESTION, "top": 1, "essay": "sample", "history": ["Who?", "When?"], "fast": "0"}
    assert client.get("/api/ask", params=address).json() == client.post("/api/ask", json=sent).json()


def test_letters_are_sent_as_they_are(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "Naïve “café” 📚?", "top": 1})
    assert "Naïve “café” 📚?".encode() in response.content


def test_half_of_a_surrogate_pair_is_answered(client: TestClient) -> None:
    response = client.post("/api/ask", content=b'{"question": "leaves \\ud83d"}', headers=json_header())
    assert response.status_code == 200
    assert json.loads(response.content)["question"].startswith("leaves")


def test_quote_and_check(client: TestClient, library: Library) -> None:
    passage = next(part for part in library.essay("sample").passages if part.kind == "paragraph")
    words = passage.text[slice(*passage.sentences[0])]
    response = client.post("/api/quote", json={"text": words}).json()
    assert response == json.loads(json.dumps(verdict_object(library.quote(words))))
    assert response["verdict"] == "exact"
    assert client.get("/api/quote", params={"text": words, "essay": "sample"}).json() == response
    draft = f"He says: “{words}” (Essay Assistant Authors 99)."
    report = client.post("/api/check", json={"draft": draft, "essays": ["sample"]}).json()
    assert report == json.loads(json.dumps(draft_object(library.check_draft(draft))))


def test_a_draft_is_a_text_and_no_path(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("“A quotation of somebody’s own words that nobody may read” (Own 1).")
    response = client.post("/api/check", json={"draft": str(tmp_path / "secret.md")})
    assert "somebody" not in response.text


def test_list_and_cite(client: TestClient, library: Library) -> None:
    listed = json.loads(json.dumps([summary_object(*essay) for essay in library.summaries().items()]))
    assert client.get("/api/list").json() == listed
    assert client.post("/api/list", json={}).json() == listed
    cited = client.get("/api/cite", params={"id": "sample", "page": "18"}).json()
    assert cited["citation"] == "(Essay Assistant Authors 18)"
    assert list(cited) == ["id", "style", "citation", "reference"]


@pytest.mark.parametrize(
    ("sent", "status", "fact"),
    [
        ({}, 400, "'question' is missing"),
        ({"question": "  "}, 400, "The question is empty"),
        ({"question": 7}, 400, "'question' must be a text"),
        ({"question": "x", "top": True}, 400, "'top' must be a whole number"),
        ({"question": "x", "top": 1.5}, 400, "'top' must be a whole number"),
        ({"question": "x", "top": 0}, 400, "from 1 to 100"),
        ({"question": "x", "top": MAX_PASSAGES + 1}, 400, "from 1 to 100"),
        ({"question": "x", "essays": "sample"}, 400, "'essays' must be a list of texts"),
        ({"question": "x", "history": [1]}, 400, "'history' must be a list of texts"),
        ({"question": "x", "fast": 1}, 400, "'fast' must be true or false"),
        ({"question": "x", "fast": None}, 400, "'fast' must be true or false"),
        ({"question": "x", "reranker": "../model"}, 400, "no field 'reranker'"),
        ({"question": "x", "style": "../../secret.csl"}, 400, "the name of a style"),
        ({"question": "x", "style": "/etc/passwd"}, 400, "the name of a style"),
        ({"question": "x", "style": "nobodys"}, 400, "nobodys"),
        ({"question": "x", "voice": "god"}, 400, "'voice' must be author or quoted"),
        ({"question": "x", "essays": ["other"]}, 404, "no essay 'other'; there is: sample."),
        ({"question": "x", "essays": ["../sample"]}, 404, "no essay '../sample'"),
    ],
)
def test_what_is_refused_of_a_question(
    client: TestClient, sent: dict[str, Any], status: int, fact: str
) -> None:
    response = client.post("/api/ask", json=sent)
    assert response.status_code == status
    assert fact in refusal(response)


@pytest.mark.parametrize(
    ("address", "status", "fact"),
    [
        ("/api/ask", 400, "'question' is missing"),
        ("/api/ask?q=x&top=one", 400, "'top' must be a whole number"),
        ("/api/ask?q=x&top=-1", 400, "'top' must be a whole number"),
        ("/api/ask?q=x&fast=perhaps", 400, "'fast' must be true or false"),
        ("/api/ask?q=x&top=99999999999999999999", 400, "from 1 to 100"),
        ("/api/cite", 400, "'id' is missing"),
        ("/api/quote", 400, "'text' is missing"),
        ("/api/quote?text=x&essay=other", 404, "no essay 'other'"),
        ("/api/quote?text=", 400, ""),
        ("/api/check", 400, "'draft' is missing"),
        ("/api/check?draft=x&style=..%2Fown.csl", 400, "the name of a style"),
        ("/api/cite?id=other", 404, "no essay 'other'"),
        ("/api/cite?id=..%2F..%2Fetc%2Fpasswd", 404, "no essay"),
        ("/api/cite?id=sample&page=999", 400, "999"),
        ("/api/list?x=1", 400, "no field 'x'; there is: authors, years, collections, tags."),
        ("/api/", 404, "/api/ask, /api/quote, /api/check, /api/cite, /api/list"),
        ("/api/../ask", 404, ""),
        ("/api/ask/more", 404, "/api/ask"),
    ],
)
def test_what_is_refused_of_an_address(client: TestClient, address: str, status: int, fact: str) -> None:
    response = client.get(address)
    assert response.status_code == status
    if fact:
        assert fact in refusal(response)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b"null"])
def test_a_body_that_is_no_object(client: TestClient, body: bytes) -> None:
    response = client.post("/api/ask", content=body, headers=json_header())
    assert response.status_code == 400
    assert "one JSON object" in refusal(response)


def json_header() -> dict[str, str]:
    """What says that JSON is sent."""
    return {"Content-Type": "application/json; charset=utf-8"}


def test_a_body_must_say_that_it_is_json(client: TestClient) -> None:
    response = client.post("/api/ask", content=b'{"question": "x"}', headers={"Content-Type": "text/plain"})
    assert response.status_code == 400
    assert "Content-Type: application/json" in refusal(response)


def test_a_body_has_its_limit(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": "x" * MAX_BYTES})
    assert response.status_code == 413
    assert "1,000,000 bytes" in refusal(response)
    assert client.post("/api/ask", json={"question": "x" * (MAX_BYTES - 100)}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(client: TestClient, method: str) -> None:
    response = client.request(method, "/api/ask")
    assert response.status_code == 405
    assert refusal(response) == "Ask with GET or POST."
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": HERE}, 200),
        ({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 200),
    ],
)
def test_pages_of_other_origins_may_not_ask(client: TestClient, headers: dict[str, str], status: int) -> None:
    response = client.get("/api/list", headers=headers)
    assert response.status_code == status
    assert "access-control-allow-origin" not in response.headers
    if status == 403:
        refusal(response)


def test_an_empty_library(tmp_path: Path) -> None:
    empty = Library(tmp_path, load_encoder=loader(FakeEncoder()))
    client = TestClient(Starlette(routes=routes(empty)), base_url=HERE)
    response = client.get("/api/ask?q=x")
    assert response.status_code == 404
    assert refusal(response) == "The library holds no essay yet; add one with: assistant add FILE"
    assert client.get("/api/list").json() == []


def test_errors_of_the_server_are_written_to_its_terminal(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_words: object, **_how: object) -> None:
        raise LibraryError("/srv/private/index cannot be read; mend it.")

    monkeypatch.setattr(library, "ask", broken)
    response = TestClient(Starlette(routes=routes(library)), base_url=HERE).get("/api/ask?q=x")
    assert response.status_code == 503
    assert "private" not in refusal(response)
    assert "/srv/private/index cannot be read" in capsys.readouterr().err


def test_essays_that_could_not_be_asked_are_named_to_the_client(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "2 essays could not be asked within 10 seconds: one, two; ask again."

    def broken(*_words: object, **_how: object) -> None:
        raise NotAskedError(sentence)

    monkeypatch.setattr(library, "ask", broken)
    response = TestClient(Starlette(routes=routes(library)), base_url=HERE).get("/api/ask?q=x")
    assert response.status_code == 503
    assert refusal(response) == sentence


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("page.localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104 - is not listened on
        ("192.168.1.7", False),
        ("localhost.evil.example", False),
        ("evil.example", False),
        ("", False),
    ],
)
def test_own_names(host: str, *, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ("localhost", 200),
        ("localhost:7860", 200),
        ("127.0.0.1:7860", 200),
        ("[::1]:7860", 200),
        ("LOCALHOST", 200),
        ("evil.example", 403),
        ("evil.example:7860", 403),
        ("localhost@evil.example", 403),
        ("[::1", 403),
        ("", 403),
    ],
)
def test_a_name_given_to_this_machine_elsewhere_is_refused(library: Library, named: str, status: int) -> None:
    app = Starlette(routes=routes(library), middleware=[Middleware(LoopbackOnly)])
    assert TestClient(app).get("/api/list", headers={"Host": named}).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "library.example"}, 200),
        ({"Host": "library.example", "Origin": "https://library.example"}, 200),
        ({"Host": "library.example", "Origin": "https://evil.example"}, 403),
        ({"Host": "library.example", "Origin": "null"}, 403),
        ({"Host": "library.example", "Origin": "https://[evil"}, 403),
        ({"Host": "[::1]:7860", "Origin": "https://evil.example"}, 403),
        # Gradio would not let it read an answer here, yet would do what it sends.
        ({"Host": "localhost:7860", "Origin": "https://evil.example"}, 403),
        ({"Host": "127.0.0.1:7860", "Origin": "http://127.0.0.1:9999"}, 403),
        ({"Host": "localhost:7860", "Origin": "http://localhost:7860"}, 200),
        # A proxy may call the page by another name than its visitors call the proxy.
        (
            {"Host": "localhost:7860", "Origin": "https://a.example", "X-Forwarded-Host": "a.example"},
            200,
        ),
        (
            {"Host": "localhost:7860", "Origin": "https://evil.example", "X-Forwarded-Host": "a.example"},
            403,
        ),
    ],
)
def test_gradio_is_not_open_to_pages_of_other_addresses(headers: dict[str, str], status: int) -> None:
    async def page(_request: Request) -> Response:
        return Response("the library")

    app = Starlette(routes=[Route("/", page)], middleware=[Middleware(SameOriginOnly)])
    response = TestClient(app).get("/", headers=headers)
    assert response.status_code == status
    assert ("library" in response.text) is (status == 200)


@pytest.fixture(scope="module")
def address(library: Library) -> Iterator[str]:
    """The page as it is served to those with a password."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    blocks = page.build(library)
    blocks.launch(
        server_name="127.0.0.1",
        server_port=port,
        auth=ACCOUNTS,
        prevent_thread_lock=True,
        app_kwargs=server_routes(ApiService(library), "127.0.0.1", ACCOUNTS),
        **page.launch_options(),
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        blocks.close(verbose=False)


def fetched(
    address: str, headers: dict[str, str] | None = None, form: str | None = None
) -> tuple[int, str, str]:
    """Status, body and cookies of an answer."""
    request = urllib.request.Request(address, form.encode() if form else None, headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            cookies = [cookie.split(";")[0] for cookie in response.headers.get_all("Set-Cookie") or []]
            return response.status, response.read().decode(), "; ".join(cookies)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), str(error.headers.get("WWW-Authenticate"))


def test_the_password_is_the_pages_own(address: str) -> None:
    list_ = f"{address}/api/list"
    for headers in (
        {},
        basic("ada", "wrong"),
        basic("ada", ""),
        basic("nobody", ""),
        basic("", ""),
        {"Authorization": "Basic ???"},
        {"Authorization": "Bearer x"},
        {"Cookie": "access-token-x=1"},
    ):
        status, body, challenge = fetched(list_, headers)
        assert status == 401
        assert "error" in json.loads(body)
        assert challenge.startswith("Basic")
    for name, password in ACCOUNTS:
        assert fetched(list_, basic(name, password))[0] == 200
    form = urllib.parse.urlencode({"username": "ada", "password": ACCOUNTS[0][1]})
    status, _, cookies = fetched(f"{address}/login", form=form)
    assert status == 200
    assert fetched(list_, {"Cookie": cookies})[0] == 200


def test_the_page_is_still_there(address: str) -> None:
    assert fetched(address)[0] == 200
    assert fetched(f"{address}/gradio_api/info", {"Host": "evil.example"})[0] == 403
    assert fetched(f"{address}/api/list", basic(*ACCOUNTS[0]) | {"Host": "evil.example"})[0] == 403
