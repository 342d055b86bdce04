"""Make the pictures of the page in docs/ anew: ``make pictures``.

Serves the sample essay, as text and as the pages of a PDF, opens it in a browser, and takes a picture of each
state that docs/page.md describes. The pictures have few colours, so that they stay small.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
TEXT = ROOT / "data" / "sample" / "essay.txt"
PRINTED = ROOT / "tests" / "data" / "pdf" / "sample-chapter.pdf"

QUESTION = "What did chapters make possible for the reader?"
UNANSWERED = "What is the boiling point of liquid helium?"
COLOURS = 192
DESK, PHONE = (1280, 800), (390, 844)
_PATIENCE = 60_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A state of the page.

    Attributes:
        name: Name of its file in ``docs``, without the ending.
        steps: What brings the page into this state.
        size: Width and height of the window.
        dark: Whether the colours are those for the dark.
        printed: Whether the essay is that with pages.
    """

    name: str
    steps: Callable[[Page], None]
    size: tuple[int, int] = DESK
    dark: bool = False
    printed: bool = False


def nothing(_page: Page) -> None:
    """Leave the page as it opens."""


def ask(page: Page, question: str = QUESTION) -> None:
    """Ask a question and wait until its passages have been read."""
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn:not(.pending):last-child .answer:not(.reading)", timeout=_PATIENCE)
    settle(page)


def settle(page: Page) -> None:
    """Wait until nothing moves any more."""
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(1500)


def ask_in_vain(page: Page) -> None:
    """Ask what the essay does not say."""
    ask(page, UNANSWERED)


def open_more(page: Page) -> None:
    """Show what a card offers besides."""
    ask(page)
    page.locator(".card .further input").first.check()
    page.locator(".card .why summary").first.click()
    settle(page)


def open_contents(page: Page) -> None:
    """Show contents and pages."""
    ask(page)
    page.click("#place")
    page.wait_for_timeout(300)


def open_index(page: Page) -> None:
    """Open the index of the essay."""
    page.click("#index-open")
    page.wait_for_selector("#index-panel .entry", timeout=_PATIENCE)


def select(page: Page) -> None:
    """Select words of the essay from one sentence into the next."""
    ask(page)
    page.evaluate("""() => {
      const sentences = [...document.querySelectorAll("#pane .current .s")];
      const [from, to] = [sentences[0], sentences[1] || sentences[0]];
      const range = document.createRange();
      range.setStart(from.firstChild, 0);
      range.setEnd(to, to.childNodes.length);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }""")
    page.wait_for_selector("#selected:not([hidden])")
    page.wait_for_timeout(800)


def see_printed(page: Page) -> None:
    """Show a passage on the page as it is printed."""
    ask(page)
    page.locator(".card .further input").first.check()
    page.locator(".card .see-page").first.click()
    page.wait_for_timeout(2500)


def pin(page: Page) -> None:
    """Pin two quotations and open the notebook."""
    ask(page)
    page.locator(".card .opener input").first.check()
    for card in page.locator(".card").all()[:2]:
        card.locator(".pin").first.click()
    page.get_by_role("tab", name="Notebook").click()
    page.wait_for_timeout(5000)


def read_on_phone(page: Page) -> None:
    """Read a passage in the essay on a telephone."""
    ask(page)
    page.locator(".card .read-here").first.click()
    settle(page)


PICTURES = (
    Picture("page-first", nothing),
    Picture("page", ask),
    Picture("page-dark", ask, dark=True),
    Picture("page-more", open_more),
    Picture("page-contents", open_contents),
    Picture("page-index", open_index),
    Picture("page-selected", select),
    Picture("page-printed", see_printed, printed=True),
    Picture("page-unanswered", ask_in_vain),
    Picture("page-phone", ask, PHONE),
    Picture("page-phone-essay", read_on_phone, PHONE, dark=True),
    Picture("page-notebook", pin),
)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="names of pictures; all by default")
    parser.add_argument("--to", type=Path, default=DOCS, help="folder for the pictures")
    options = parser.parse_args()
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    wanted = [picture for picture in PICTURES if not options.names or picture.name in options.names]
    with sync_playwright() as driver, TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=browser_path)
        for essay in (TEXT, PRINTED):
            group = [picture for picture in wanted if picture.printed == (essay == PRINTED)]
            if not group:
                continue
            with _served(essay, Path(folder) / essay.stem) as address:
                for picture in group:
                    take(browser, address, picture, options.to)


def take(browser: Browser, address: str, picture: Picture, folder: Path) -> None:
    """Take one picture."""
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".reader [data-passage]", state="attached", timeout=_PATIENCE)
    page.wait_for_selector(".welcome", timeout=_PATIENCE)
    page.wait_for_timeout(1000)
    picture.steps(page)
    image = Image.open(BytesIO(page.screenshot())).convert("RGB")
    path = folder / f"{picture.name}.png"
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")
    context.close()


@contextmanager
def _served(essay: Path, library: Path) -> Iterator[str]:
    """The address at which the program serves an essay."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "assistant", "serve", str(essay), "--library", str(library)]
    with subprocess.Popen([*command, "--port", str(port), "--no-open"], cwd=ROOT) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, server)
            yield address
        finally:
            server.terminate()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            sys.exit("The server ended.")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - the address is ours
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("The page did not open in two minutes.")


if __name__ == "__main__":
    main()
