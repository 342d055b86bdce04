"""Steps that several browser tests share."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

# Milliseconds until there is an answer: the model may still have to be loaded.
PATIENCE = 60_000


def open_page(page: Page, address: str) -> None:
    """Open the page and wait until it has an essay, which a narrow screen shows only when asked to."""
    page.goto(address)
    expect(page.locator(".reader [data-passage$='/p01']")).to_be_attached(timeout=PATIENCE)


def ask(page: Page, question: str) -> None:
    """Ask a question and wait for its verdict."""
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    answered = page.locator(".turn:not(.pending):last-child .asked", has_text=question)
    expect(answered).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".turn:last-child .answer:not(.reading)")).to_be_visible(timeout=PATIENCE)


def unfold(card: Locator) -> None:
    """Open a card, and all that it has to offer."""
    for part in (".opener", ".further"):
        if card.locator(f"{part} input").count():
            card.locator(f"{part} input").check()


def accessibility_violations(page: Page) -> list[str]:
    """The violations that axe calls serious or critical, in any markup of the page, with their elements."""
    return [
        f"{violation['id']}: {[node['html'] for node in violation['nodes']]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
