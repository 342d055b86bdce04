"""What visitors of the page do in several tests, and what is seen of it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

# Milliseconds until an answer is there: the model may still have to be loaded.
PATIENCE = 60_000


def open_page(page: Page, address: str) -> None:
    """Open the page, and wait until an essay stands in it."""
    page.goto(address)
    expect(page.locator(".reader [data-passage$='/p01']")).to_be_visible(timeout=PATIENCE)


def ask(page: Page, question: str) -> None:
    """Ask a question, and wait for its verdict."""
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    asked = page.locator(".turn:not(.pending):last-child .asked", has_text=question)
    expect(asked).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".turn:last-child .answer:not(.reading)")).to_be_visible(timeout=PATIENCE)


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical, whoever's markup it is in, with the elements."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {[node['html'] for node in fault['nodes']]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]
