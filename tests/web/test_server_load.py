"""Many users at once: each gets the answer to their own question, and none waits for another's work."""

from __future__ import annotations

import gc
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import gradio
import page_server
import pytest
from essay_library import SECOND, loader, sample_library
from fake_models import FakeEncoder

from assistant.library.library import Library
from assistant.rendering.answers import answer_object
from assistant.retrieval import finder
from assistant.retrieval.models import cross_encoder
from assistant.retrieval.models.cross_encoder import DefaultReadingModel
from assistant.retrieval.models.encoder import Encoded
from assistant.web import limits

USERS = 32
WORDS = ["leaves", "printed", "index", "Gospels", "concordance", "page", "catchword", "eel"]
QUESTIONS = [f"Who wrote of the {word} in the year {number}?" for number, word in enumerate(WORDS * 4)]
# Seconds; a longer wait never ends.
PATIENCE = 60


class Gate:
    """Blocks threads until it is opened.

    Attributes:
        reached: Set once a thread waits.
        most: The most threads that have waited at once.
    """

    def __init__(self) -> None:
        self.reached, self._open = threading.Event(), threading.Event()
        self.most = self._now = 0
        self._guard = threading.Lock()

    def open(self) -> None:
        """Let threads pass from now on."""
        self._open.set()

    def close(self) -> None:
        """Block threads from now on."""
        self._open.clear()
        self.reached.clear()

    def wait(self) -> None:
        """Wait until the gate is open."""
        with self._guard:
            self._now += 1
            self.most = max(self.most, self._now)
        self.reached.set()
        assert self._open.wait(PATIENCE)
        with self._guard:
            self._now -= 1


class HeldReader:
    """Stands in for the model that reads: held up by a gate, and always of one opinion.

    Args:
        gate: The gate.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def read(self, _question: str, excerpts: Sequence[str]) -> list[float]:
        """A logit for each excerpt."""
        self._gate.wait()
        return [1.0 for _ in excerpts]


class HeldEncoder(FakeEncoder):
    """Encodes either questions or what goes into an index only when the gate is open; the other at once.

    Args:
        gate: The gate.
        asking: Whether questions are held up.
    """

    def __init__(self, gate: Gate, *, asking: bool = False) -> None:
        super().__init__()
        self._gate, self._asking = gate, asking

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode."""
        if texts and query == self._asking:
            self._gate.wait()
        return super().encode(texts, query=query, progress=progress)


@pytest.fixture
def gate() -> Gate:
    """A closed gate."""
    return Gate()


@pytest.fixture
def served(tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, Library]]:
    """The port of a page whose model that reads is held up by the gate, and its library."""
    monkeypatch.setattr(cross_encoder, "OnnxCrossEncoder", lambda _graph: HeldReader(gate))
    monkeypatch.setattr(cross_encoder, "is_available", lambda _graph: True)
    reader = DefaultReadingModel(pytest.fail)
    library = Library(
        sample_library(tmp_path / "shelf"), load_encoder=loader(FakeEncoder()), reading_model=reader
    )
    with page_server.served(library) as server:
        try:
            yield server.port, library
        finally:
            gate.open()


def ask(port: int, question: str, *, fast: bool) -> Any:
    """The answer of the plain route."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    sent = json.dumps({"question": question, "fast": fast})
    connection.request("POST", "/api/ask", sent, {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def test_users_at_once_get_their_own_answers(served: tuple[int, Library], gate: Gate) -> None:
    port, library = served
    gate.open()
    alone = [
        json.loads(json.dumps(answer_object(library.ask(question, fast=number % 2 == 0))))
        for number, question in enumerate(QUESTIONS)
    ]
    with ThreadPoolExecutor(USERS) as users:
        fast = [number % 2 == 0 for number in range(len(QUESTIONS))]
        answers = list(users.map(lambda question, fast: ask(port, question, fast=fast), QUESTIONS, fast))
    assert answers == alone


def test_passages_do_not_wait_for_those_that_are_read(served: tuple[int, Library], gate: Gate) -> None:
    port, _ = served
    with ThreadPoolExecutor(USERS) as users:
        held = [users.submit(ask, port, question, fast=False) for question in QUESTIONS[: USERS // 2]]
        assert gate.reached.wait(PATIENCE)
        quick = [users.submit(ask, port, question, fast=True) for question in QUESTIONS[: USERS // 2]]
        assert all(future.result(PATIENCE)["passages"] for future in quick)
        assert not any(future.done() for future in held)
        gate.open()
        assert all(future.result(PATIENCE)["passages"] for future in held)


def test_questions_are_looked_up_by_as_many_as_there_are_cores(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "_AT_ONCE", 2)
    encoder = HeldEncoder(gate, asking=True)
    gate.open()
    library = Library(sample_library(tmp_path / "shelf"), load_encoder=loader(encoder))
    library.warm()
    gate.close()
    gate.most = 0
    with ThreadPoolExecutor(USERS) as users:
        held = [users.submit(library.ask, question, fast=True) for question in QUESTIONS]
        assert gate.reached.wait(PATIENCE)
        gate.open()
        assert all(future.result(PATIENCE).hits for future in held)
    assert gate.most == 2


def test_questions_do_not_wait_for_an_essay_that_is_added(tmp_path: Path, gate: Gate) -> None:
    gate.open()
    library = Library(sample_library(tmp_path / "shelf"), load_encoder=loader(HeldEncoder(gate)))
    before = library.ask(QUESTIONS[0])
    gate.close()
    with ThreadPoolExecutor(1) as other:
        adding = other.submit(library.add, SECOND)
        assert gate.reached.wait(PATIENCE)
        assert library.ask(QUESTIONS[0]) == before
        assert not adding.done()
        gate.open()
        assert adding.result(PATIENCE).essay_id == "running-heads"
    assert len({hit.passage.essay_id for hit in library.ask(QUESTIONS[0], top=100).hits}) == 2


def test_the_server_does_not_grow(served: tuple[int, Library], gate: Gate) -> None:
    port, _ = served
    gate.open()

    def grown(questions: int) -> int:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(questions):
            ask(port, QUESTIONS[number % len(QUESTIONS)], fast=True)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before

    tracemalloc.start()
    try:
        grown(2 * len(QUESTIONS))
        # The least of some rounds, for what a thread of the server does at its own time is not the questions'
        # doing. A kilobyte a question is more than the fake model itself keeps of them.
        assert min(grown(50) for _ in range(4)) < 50 * 1024
    finally:
        tracemalloc.stop()


# -- slow clients, and many


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[page_server.Served]:
    """A page whose library answers at once."""
    library = Library(
        sample_library(tmp_path_factory.mktemp("load") / "shelf"), load_encoder=loader(FakeEncoder())
    )
    library.warm()
    with page_server.served(library) as server:
        yield server


def _open(port: int, text: bytes) -> socket.socket:
    """A connection over which a client has sent something."""
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    connection.sendall(text)
    return connection


def _longest_wait(port: int) -> float:
    """Seconds that the longest of some requests took: for a file, for the page and for an answer."""
    waits = []
    for _ in range(5):
        for path in ("/robots.txt", "/", "/api/list"):
            start = time.monotonic()
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("GET", path)
            assert connection.getresponse().status == 200
            connection.close()
            waits.append(time.monotonic() - start)
    return max(waits)


def test_slow_clients_stop_nobody(page: page_server.Served) -> None:
    post = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nuser"
    get = b"GET /assets/%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
    slow = [b"", b"GET / HTTP/1.1\r\nHost: local", post, get % _large_asset(page).encode() * 20, b"GET"]
    with ExitStack() as clients:
        for number in range(50):
            clients.enter_context(_open(page.port, slow[number % len(slow)]))
        assert _longest_wait(page.port) < 5


def _large_asset(page: page_server.Served) -> str:
    """A file of the page that fills the buffers of a client that does not read."""
    folder = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
    largest = max(folder.iterdir(), key=lambda path: path.stat().st_size).name
    assert page.get(f"/assets/{largest}").status == 200
    return largest


def test_two_hundred_clients_at_once_are_all_answered(page: page_server.Served) -> None:
    questions = (QUESTIONS * 7)[:200]
    with ThreadPoolExecutor(len(questions)) as clients:
        answers = [clients.submit(ask, page.port, question, fast=True) for question in questions]
        assert _longest_wait(page.port) < 20
        assert all(answer.result(PATIENCE)["passages"] for answer in answers)


def test_two_hundred_idle_clients_stop_nobody(page: page_server.Served) -> None:
    with ExitStack() as clients:
        for _ in range(200):
            clients.enter_context(_open(page.port, b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        assert _longest_wait(page.port) < 5


def test_headers_that_do_not_end_close_the_connection(
    page: page_server.Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HEADER_SECONDS", 0.3)
    for begun in (b"", b"GET / HTTP/1.1\r\nHost: local"):
        with _open(page.port, begun) as slow:
            assert _ended(slow)
    # The same once a first request has been answered.
    with _open(page.port, b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT") as slow:
        assert _ended(slow)


def _ended(connection: socket.socket) -> bool:
    """Whether the server closes a connection."""
    try:
        while connection.recv(10_000):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


def test_a_client_that_does_not_read_is_cut_off(
    page: page_server.Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "READ_SECONDS", 0.3)
    request = f"GET /assets/{_large_asset(page)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    connections = page.page.server.server_state.connections
    with _open(page.port, request * 50) as idle:
        own = idle.getsockname()
        until = time.monotonic() + PATIENCE
        while (left := any(other.client == own for other in connections.copy())) and time.monotonic() < until:
            time.sleep(0.05)
        assert not left


def test_of_too_many_connections_the_idle_ones_give_way(
    page: page_server.Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_most_connections", lambda: 20)
    with ExitStack() as clients:
        idle = [clients.enter_context(_open(page.port, b"GET")) for _ in range(60)]
        assert _longest_wait(page.port) < 5
        assert all(_ended(connection) for connection in idle[:20])
        assert len(page.page.server.server_state.connections) <= 21
