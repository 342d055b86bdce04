"""The page and the API on Ray Serve: two replicas behind its proxy, one of which is killed."""

from __future__ import annotations

import base64
import json
import os
import signal
import time
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
from assistant.cluster.splitting import split
from assistant.core.errors import AssistantError
from assistant.rendering.answers import answer_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

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
        address: Where it is.
        folder: The folder of its ``WatchedEncoder``.
        whole: The same library in a folder.
    """

    def __init__(self, address: str, folder: Path, whole: Opened) -> None:
        self.address, self.whole = address, whole
        self._folder = folder

    def get(self, path: str, headers: dict[str, str] | None = None) -> Reply:
        """The response to a GET request."""
        return fetched(Request(f"{self.address}{path}", headers=headers or {}))

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
        port = free_port()
        name = cluster_page.serve_page(
            root,
            address=None,
            replicas=2,
            host=HOST,
            port=port,
            accounts=[ACCOUNT],
            load_encoder=partial(load_watched, watched),
        )
        assert name == "archive"
        yield ServedOnCluster(f"http://{HOST}:{port}", watched, Opened(sample_library(folder / "whole")))
        assert cluster_page.end_page(cluster.address)
    finally:
        ray.shutdown()
        cluster.shutdown()


@pytest.fixture(scope="module")
def address(served: ServedOnCluster) -> str:
    """Where the page is."""
    return served.address


def test_both_replicas_answer_programs_as_the_folder_does(served: ServedOnCluster) -> None:
    wanted = answer_object(served.whole.library.ask(QUESTION, explained=False))
    path = f"/api/ask?q={QUESTION.replace(' ', '+')}"
    until, asked = time.monotonic() + 20, set[int]()
    while len(asked) < 2 and time.monotonic() < until:
        reply = served.get(path, BASIC)
        assert (reply.status, json.loads(reply.text)) == (200, wanted)
        asked |= served.asked()
    assert len(asked) == 2


def test_the_guards_of_the_page_are_those_of_one_server(served: ServedOnCluster) -> None:
    assert served.get("/api/list").status == 401
    assert served.get("/config").status == 401
    assert served.get("/api/list", BASIC | {"Host": "elsewhere.example"}).status == 403
    assert served.get("/api/list", BASIC | {"Origin": "http://elsewhere.example"}).status == 403


@pytest.mark.browser
def test_a_reader_goes_on_when_the_replica_is_killed(served: ServedOnCluster, browser: Browser) -> None:
    from playwright.sync_api import expect

    context = browser.new_context(viewport={"width": 1280, "height": 700})
    page = context.new_page()
    page.goto(served.address)
    page.get_by_label("username").fill(ACCOUNT[0])
    page.get_by_label("password").fill(ACCOUNT[1])
    page.get_by_role("button", name="Login").click()
    expect(page.locator(".reader [data-passage$='/p01']")).to_be_attached(timeout=PATIENCE)
    served.asked()
    ask(page, QUESTION)
    (own,) = served.asked()
    ask(page, "Who numbered the leaves?")
    assert served.asked() == {own}
    # It is killed while it answers. The page is loaded again by itself, and asks the other one.
    with served.holding():
        page.fill("#question textarea", "How does the essay end?")
        page.keyboard.press("Enter")
        while served.asked() != {own}:
            page.wait_for_timeout(20)
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
    context.close()


def test_a_library_that_is_in_no_shards_is_not_served(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    from assistant.cli import cluster_page

    options: dict[str, Any] = {"address": "auto", "replicas": 1, "host": HOST, "port": 1, "accounts": None}
    with pytest.raises(AssistantError, match="assistant cluster split"):
        cluster_page.serve_page(sample_library(tmp_path / "library"), **options)
