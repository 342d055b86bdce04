"""The page of ``assistant serve``, to which "go to definition" leads if it is served on this machine."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn
from essay_library import Opened, sample_library
from starlette.applications import Starlette

from assistant.api.http import AccessGuard, HttpApi
from assistant.api.service import ApiService
from assistant.core.quotation import PrintedPlace
from assistant.editor.places import ServedPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Address of a server with the API of a library."""
    api = HttpApi(ApiService(Opened(root).library), AccessGuard(None))
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=api.routes()), port=0, log_level="error"))
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_the_page_has_an_address_for_its_own_essays(tmp_path: Path) -> None:
    essay = Opened(sample_library(tmp_path / "library")).library.essay("sample")
    passage = next(each for each in essay.passages if each.kind == "paragraph")
    place = PrintedPlace.within(passage, 0, 5)
    with served(tmp_path / "library") as address:
        assert ServedPage().address(address, place) == f"{address}/#{passage.id}"
    # Nobody answers now, and nothing is asked of other machines.
    assert ServedPage().address(address, place) == ""
    assert ServedPage().address("http://192.0.2.1:7860", place) == ""
