"""Pages over HTTP: images, where words are printed, refusals, and who is admitted."""

from __future__ import annotations

import pytest
from essay_library import ROOT, loader, sample_library
from fake_models import FakeEncoder
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant.api.http import AccessGuard, HttpApi
from assistant.api.service import ApiService
from assistant.library.library import Library
from assistant.web.limits import limit_for

CHAPTER = ROOT / "tests" / "data" / "pdf" / "sample-chapter.pdf"
HERE = "http://localhost:7860"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library with the sample as a text and as a chapter that begins on page 217."""
    root = sample_library(tmp_path_factory.mktemp("pages") / "shelf")
    library = Library(root, load_encoder=loader(FakeEncoder()))
    library.add(CHAPTER, essay_id="chapter")
    return library


def client_of(library: Library, accounts: list[tuple[str, str]] | None = None) -> TestClient:
    routes = HttpApi(ApiService(library), AccessGuard(accounts)).routes()
    app = Starlette(routes=routes)
    # As the page's own application has them: nobody has logged in there.
    app.cookie_id, app.tokens = "pages", {}  # type: ignore[attr-defined]
    return TestClient(app, base_url=HERE)


def test_a_page_is_an_image(library: Library) -> None:
    reply = client_of(library).get("/api/page?essay=chapter&file=3&width=500")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "image/png")
    assert reply.headers["cache-control"].startswith("private")
    assert reply.content == library.printed_pages("chapter").png(3, 600)


def test_where_words_are_printed(library: Library) -> None:
    passage = next(each for each in library.essay("chapter").passages if each.id == "chapter/p09")
    start, end = passage.sentences[2]
    reply = client_of(library).get(f"/api/page-marks?passage=chapter/p09&spans={start}-{end}").json()
    (marked,) = library.printed_pages("chapter").marked(passage, [(start, end)])
    assert reply == {
        "passage": "chapter/p09",
        "pages": [{"file": 3, "page": "219", "boxes": [list(mark) for mark in marked.marks]}],
    }
    whole = client_of(library).get("/api/page-marks?passage=chapter/p09").json()
    assert len(whole["pages"][0]["boxes"]) > len(marked.marks)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("page?essay=chapter&file=10", 404, "pages 1 to 9"),
        ("page?essay=chapter&file=0", 404, "pages 1 to 9"),
        ("page?essay=nobody", 404, "no essay 'nobody'"),
        ("page?essay=sample", 404, "sample was read from essay.txt"),
        ("page", 400, "'essay' is missing"),
        ("page?essay=chapter&file=-1", 400, "whole number"),
        ("page?essay=chapter&file=9999999", 400, "whole number"),
        ("page?essay=chapter&width=%D9%A3", 400, "whole number"),
        ("page?essay=..%2Fchapter", 404, "no essay"),
        ("page-marks", 400, "'passage' is missing"),
        ("page-marks?passage=chapter/p99", 404, "no such passage"),
        ("page-marks?passage=sample/p09", 404, "sample was read from essay.txt"),
        ("page-marks?passage=chapter/p09&spans=1", 400, "spans"),
        ("page-marks?passage=chapter/p09&spans=5-5", 400, "characters"),
        ("page-marks?passage=chapter/p09&spans=0-99999", 400, "characters"),
        ("page-marks?passage=chapter/p09&spans=" + "+".join(["0-1"] * 101), 400, "up to 100 spans"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(library: Library, address: str, status: int, said: str) -> None:
    reply = client_of(library).get(f"/api/{address}")
    assert reply.status_code == status
    assert said in reply.json()["error"]
    assert str(library.root) not in reply.text


def test_only_those_who_may_enter_see_pages(library: Library) -> None:
    client = client_of(library, [("ada", "secret")])
    for address in ("page?essay=chapter", "page-marks?passage=chapter/p09"):
        assert client.get(f"/api/{address}").status_code == 401
        assert client.get(f"/api/{address}", auth=("ada", "secret")).status_code == 200
        other = {"sec-fetch-site": "cross-site"}
        assert client.get(f"/api/{address}", auth=("ada", "secret"), headers=other).status_code == 403
        assert limit_for("GET", f"/api/{address.partition('?')[0]}").bytes == 0
        assert limit_for("GET", f"/api/{address.partition('?')[0]}").login
