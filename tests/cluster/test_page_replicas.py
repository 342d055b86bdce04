"""The page and the API on Ray Serve: two replicas behind its proxy, one of which is killed."""

from __future__ import annotations

import base64
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request

import pytest
from browser_steps import PATIENCE, ask
from essay_library import QUESTION, ROOT, Opened, sample_library
from fake_models import FakeEncoder
from page_server import HOST, Reply, fetched, free_port
from sharded_library import models_of

from assistant.cluster.manifest import Settings
from assistant.cluster.serving import page_actor
from assistant.cluster.splitting import split
from assistant.core.errors import AssistantError
from assistant.rendering.answers import answer_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

OTHER = "Who numbered the leaves?"
ACCOUNT = ("reader", "a word to pass")
BASIC = {"Authorization": f"Basic {base64.b64encode(':'.join(ACCOUNT).encode()).decode()}"}


class WatchedEncoder(FakeEncoder):
    """A fake model that tells which process encodes a question, and waits as long as it is told to.

    Args:
        folder: A file in it is named after each process that has encoded a question; ``hold`` makes all wait.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def encode(self, texts: Any, *, query: bool = False, progress: Any = None) -> Any:
        """Encode texts."""
        if any(text.endswith("?") and text != "?" for text in texts):
            (self._folder / str(os.getpid())).touch()
            while (self._folder / "hold").exists():
                time.sleep(0.02)
        return super().encode(texts, query=query, progress=progress)


def load_watched(folder: Path, _name: str | None) -> WatchedEncoder:
    """The model that is watched by a folder; a function that another process finds by its name."""
    return WatchedEncoder(folder)


class ServedOnCluster:
    """The page of a cluster.

    Args:
        root: The folder of the library.
        folder: The folder of its ``WatchedEncoder``.
        whole: The same library in a folder.
    """

    def __init__(self, root: Path, folder: Path, whole: Opened) -> None:
        self.whole, self._root, self._folder = whole, root, folder
        self._port = free_port()
        self.address = f"http://{HOST}:{self._port}"

    def serve(self, replicas: int) -> str:
        """Serve it, as ``assistant cluster serve`` does."""
        from assistant.cli import cluster_page

        return cluster_page.serve_page(
            self._root,
            address=None,
            replicas=replicas,
            host=HOST,
            port=self._port,
            accounts=[ACCOUNT],
            load_encoder=partial(load_watched, self._folder),
        )

    def get(self, path: str, headers: dict[str, str] | None = None) -> Reply:
        """The response to a GET request."""
        return fetched(Request(f"{self.address}{path}", headers=headers or {}))

    def replicas(self) -> set[int]:
        """The processes of two replicas, which both answer a program as the library in a folder does."""
        wanted = answer_object(self.whole.library.ask(QUESTION, explained=False))
        until, asked = time.monotonic() + 20, set[int]()
        while len(asked) < 2 and time.monotonic() < until:
            reply = self.get(f"/api/ask?q={QUESTION.replace(' ', '+')}", BASIC)
            assert (reply.status, json.loads(reply.text)) == (200, wanted)
            asked |= self.asked()
        return asked

    def asking(self) -> int:
        """The process that encodes a question, as soon as one does."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            found = self.asked()
            if found:
                (number,) = found
                return number
            time.sleep(0.02)
        raise AssertionError("nobody encodes a question")

    def asked(self) -> set[int]:
        """The processes that have encoded a question since this was last asked."""
        found = {int(path.name) for path in self._folder.iterdir() if path.name.isdigit()}
        for number in found:
            (self._folder / str(number)).unlink()
        return found

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Let questions wait until the end of the block."""
        (self._folder / "hold").touch()
        try:
            yield
        finally:
            (self._folder / "hold").unlink()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOnCluster]:
    """A library in two shards on two nodes, whose page two replicas serve to those who log in."""
    pytest.importorskip("ray")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)])
    import ray
    from ray.cluster_utils import Cluster

    from assistant.cli import cluster_page

    folder, watched = tmp_path_factory.mktemp("serve"), tmp_path_factory.mktemp("watched")
    node = {"num_cpus": 1, "object_store_memory": 80_000_000}
    cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    try:
        cluster.add_node(**node)
        root = sample_library(folder / "library")
        split(root, 2, models_of(FakeEncoder()), print, settings=Settings("archive", cluster.address, 1))
        served = ServedOnCluster(root, watched, Opened(sample_library(folder / "whole")))
        assert served.serve(2) == "archive"
        yield served
        assert cluster_page.end_page(cluster.address)
    finally:
        ray.shutdown()
        cluster.shutdown()


@pytest.fixture(scope="module")
def address(served: ServedOnCluster) -> str:
    """Where the page is."""
    return served.address


def test_both_replicas_answer_programs_as_the_folder_does(served: ServedOnCluster) -> None:
    assert len(served.replicas()) == 2


def test_the_guards_of_the_page_are_those_of_one_server(served: ServedOnCluster) -> None:
    assert served.get("/api/list").status == 401
    assert served.get("/config").status == 401
    assert served.get("/api/list", BASIC | {"Host": "elsewhere.example"}).status == 403
    assert served.get("/api/list", BASIC | {"Origin": "http://elsewhere.example"}).status == 403


def test_what_a_program_asks_is_answered_although_its_replica_is_killed(served: ServedOnCluster) -> None:
    wanted = answer_object(served.whole.library.ask(OTHER, explained=False))
    data, headers = json.dumps({"question": OTHER}).encode(), BASIC | {"Content-Type": "application/json"}
    with ThreadPoolExecutor(1) as threads:
        with served.holding():
            asked = threads.submit(fetched, Request(f"{served.address}/api/ask", data, headers))
            first = served.asking()
            os.kill(first, signal.SIGKILL)
            assert served.asking() != first
        reply = asked.result(PATIENCE)
    assert (reply.status, json.loads(reply.text)) == (200, wanted)


def _entered(served: ServedOnCluster, browser: Browser) -> Page:
    """The page in a browser of its own, after the login."""
    from playwright.sync_api import expect

    page = browser.new_context(viewport={"width": 1280, "height": 700}).new_page()
    page.goto(served.address)
    page.get_by_label("username").fill(ACCOUNT[0])
    page.get_by_label("password").fill(ACCOUNT[1])
    page.get_by_role("button", name="Login").click()
    expect(page.locator(".reader [data-passage$='/p01']")).to_be_attached(timeout=PATIENCE)
    served.asked()
    return page


@pytest.mark.browser
def test_a_reader_goes_on_when_there_are_more_or_fewer_replicas(
    served: ServedOnCluster, browser: Browser
) -> None:
    before = served.replicas()
    page = _entered(served, browser)
    failed: list[str] = []
    page.on("response", lambda reply: failed.extend([reply.url] * (reply.status >= 400)))
    page.evaluate("window.isAsItWas = true")
    ask(page, QUESTION)
    served.asked()
    asked: list[int] = []
    for number, replicas in enumerate((1, 2, 1)):
        served.serve(replicas)
        ask(page, f"What of the leaves numbered {number}?")
        asked += served.asked()
    # One that stays is not replaced, and whoever asks it is asked nothing.
    assert asked[0] == asked[1]
    assert asked[0] in before
    assert (failed, page.locator(".turn").count(), page.evaluate("window.isAsItWas")) == ([], 4, True)
    page.context.close()
    served.serve(2)


@pytest.mark.browser
def test_a_reader_goes_on_when_the_replica_is_killed(served: ServedOnCluster, browser: Browser) -> None:
    from playwright.sync_api import expect

    page = _entered(served, browser)
    ask(page, QUESTION)
    (own,) = served.asked()
    ask(page, "Who numbered the leaves?")
    assert served.asked() == {own}
    # It is killed while it answers. The page is loaded again by itself, and asks the other one.
    with served.holding():
        page.fill("#question textarea", "How does the essay end?")
        page.keyboard.press("Enter")
        assert served.asking() == own
        os.kill(own, signal.SIGKILL)
    third = page.locator(".turn:not(.pending):last-child .asked", has_text="How does the essay end?")
    expect(third).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".turn:last-child .answer:not(.reading)")).to_be_visible(timeout=PATIENCE)
    assert [turn.inner_text() for turn in page.locator(".turn .asked").all()] == [
        QUESTION,
        "Who numbered the leaves?",
        "How does the essay end?",
    ]
    (other,) = served.asked()
    assert other != own
    ask(page, "What does the essay argue?")
    assert served.asked() == {other}
    assert page.context.request.get(f"{served.address}/config").status == 200
    copied = page.context.storage_state()
    page.context.request.get(f"{served.address}/logout")
    # All replicas are told.
    import ray

    assert ray.get(page_actor("auto").exchange.remote({})) == {ACCOUNT[0]: 1}
    page.context.close()
    page = browser.new_context(storage_state=copied).new_page()
    assert page.context.request.get(f"{served.address}/config").status == 401
    page.context.close()


def test_a_library_that_is_in_no_shards_is_not_served(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    from assistant.cli import cluster_page

    options: dict[str, Any] = {"address": "auto", "replicas": 1, "host": HOST, "port": 1, "accounts": None}
    with pytest.raises(AssistantError, match="assistant cluster split"):
        cluster_page.serve_page(sample_library(tmp_path / "library"), **options)
