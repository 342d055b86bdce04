"""What several test files share: essays, a library, the command, a browser, how frequent a word is."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from essay_library import ROOT, SAMPLE, Command, Opened, sample_library
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

# A busy machine fails no test: examples have no time limit.
settings.register_profile("no time limit", deadline=None)
settings.load_profile("no time limit")

# Chromium's own calls home would look like the page's.
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session", autouse=True)
def _no_images_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Images of pages are kept in a folder of the tests', not in the user's cache."""
    folder = tmp_path_factory.mktemp("cache") / "pages"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assistant.documents.pdf_image.cache_folder", lambda: folder)
        yield


@pytest.fixture(scope="session")
def sample_path() -> Path:
    """The sample essay, which is free for all to copy."""
    return SAMPLE


@pytest.fixture(scope="session")
def real_essay() -> Path:
    """The user's copy of Gill (2014); it is in copyright, so it lies beside the project, not in it."""
    path = ROOT.parent / "shared" / "essays" / "gill-2014.txt"
    if not path.exists():
        if os.environ.get("CI"):
            # A skipped test looks like a passed one on a page of green marks.
            pytest.fail(f"{path.name} is not there; the tests on the real essay must run in CI.")
        pytest.skip(f"{path.name} is not there; put your copy beside the project to run this test.")
    return path


@pytest.fixture(scope="session")
def frequency() -> Callable[[str], float]:
    """Zipf frequency of a word in English."""
    from wordfreq import zipf_frequency

    return cache(lambda word: float(zipf_frequency(word, "en")))


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A library of one's own that holds the sample essay."""
    return Opened(sample_library(tmp_path / "library"))


@pytest.fixture
def empty(tmp_path: Path) -> Opened:
    """A library of one's own that holds nothing yet."""
    return Opened(tmp_path / "library")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The command in a folder with the library ``shelf``, which it uses unless told otherwise."""
    monkeypatch.setenv("ASSISTANT_LIBRARY", str(sample_library(tmp_path / "shelf")))
    monkeypatch.chdir(tmp_path)
    return Command(monkeypatch, capsys)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; a page's tests fail in CI where there is none."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no browser: install chromium")
    with sync_playwright() as play:
        one = play.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield one
        one.close()


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A visitor of the page at a module's ``address``, on a wide screen, patient, with a clipboard."""
    one = browser.new_context(viewport={"width": 1280, "height": 700}, reduced_motion="reduce")
    one.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    one.set_default_timeout(30_000)
    yield one
    one.close()


@pytest.fixture
def page(visitor: BrowserContext, address: str) -> Iterator[Page]:
    """A page that such a visitor has opened, on which no script may break."""
    from browser_steps import open_page

    broken: list[str] = []
    one = visitor.new_page()
    one.on("pageerror", lambda fault: broken.append(str(fault)))
    open_page(one, address)
    yield one
    assert broken == []
