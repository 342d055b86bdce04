"""Time the first paint of the page against a bare Gradio page; prints Markdown.

    python benchmarks/first_paint.py [--runs 9]

Serves the page with the sample essay, and a page of Gradio's with one text box, and opens both in a browser,
in turn, without a cache: on a fast line, and on one of 1.6 megabits a second. What is timed is the first
contentful paint, as the browser reports it, and when the text box can be used; and the bytes that came over
the line until then are counted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from measuring import SAMPLE, table

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOST = "127.0.0.1"
# Bytes a second and milliseconds, as the browser limits a line: none, and that of a telephone.
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
LINES = {"fast": FAST, "1.6 Mbit/s, 150 ms": SLOW}
# Of the page's first paint by that of the bare one.
MOST = 1.3

_PAINTED = """() => new Promise((done) => {
  const found = performance.getEntriesByName("first-contentful-paint")[0];
  if (found) return done(found.startTime);
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint) done(paint.startTime);
  }).observe({ type: "paint", buffered: true });
})"""


def main() -> None:
    """Print the table; end with an error if the page is painted too late."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    with ExitStack() as stack:
        pages = {"the page": _serve_page(stack), "bare Gradio page": _serve_bare(stack)}
        driver = stack.enter_context(sync_playwright())
        path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=path)
        rows, late = [], False
        for line, limits in LINES.items():
            found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in pages}
            for _ in range(options.runs):
                for name, address in pages.items():
                    found[name].append(_open(browser, address, limits))
            first = {name: median(paint for paint, _, _ in each) for name, each in found.items()}
            ratio = first["the page"] / first["bare Gradio page"]
            late = late or ratio > MOST
            for name, each in found.items():
                usable = median(usable for _, usable, _ in each)
                sent = median(size for _, _, size in each)
                shown = f"{ratio:.2f}" if name == "the page" else "1"
                rows.append(
                    [line, name, f"{first[name]:.0f} ms", shown, f"{usable:.0f} ms", f"{sent / 1000:.0f} kB"]
                )
        browser.close()
    heads = ["Line", "What is opened", "First paint", "Ratio", "Box can be used", "Sent"]
    sys.stdout.write(table(heads, rows) + "\n")
    if late:
        sys.exit(f"The page is painted more than {MOST} times as late as a bare one.")


def _open(browser: Browser, address: str, limits: dict[str, Any]) -> tuple[float, float, int]:
    """Milliseconds until the first paint and until the box can be used, and bytes that came over the line."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", limits)
    sizes: list[int] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    page.goto(address, wait_until="commit")
    page.wait_for_selector("textarea:visible", timeout=120_000)
    usable = float(page.evaluate("performance.now()"))
    painted = float(page.evaluate(_PAINTED))
    context.close()
    return painted, usable, sum(sizes)


def _serve_page(stack: ExitStack) -> str:
    from assistant.api.service import ApiService
    from assistant.library.library import Library
    from assistant.web.app import build, launch_options, server_routes

    library = Library(Path(stack.enter_context(TemporaryDirectory())))
    library.add(SAMPLE)
    service = ApiService(library)
    page = build(library, service=service)
    options = {**launch_options(), "app_kwargs": server_routes(service, HOST, None)}
    _, address, _ = page.launch(server_name=HOST, prevent_thread_lock=True, **options)
    stack.callback(page.close, verbose=False)
    return str(address)


def _serve_bare(stack: ExitStack) -> str:
    import gradio as gr

    with gr.Blocks(analytics_enabled=False) as page:
        gr.Textbox(label="Question")
    _, address, _ = page.launch(server_name=HOST, prevent_thread_lock=True, quiet=True, footer_links=[])
    stack.callback(page.close, verbose=False)
    return str(address)


if __name__ == "__main__":
    main()
