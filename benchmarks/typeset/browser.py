"""Essays as a browser prints them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path

from typeset.essay import Block, Words, WrittenEssay, curled, curled_words


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserLayout:
    """How a browser prints an essay.

    Attributes:
        paper: ``A4`` or ``Letter``.
        style: Style sheet.
        head: Template of the header; empty for none.
        foot: Template of the footer; empty for none.
        before: HTML before the article, such as a menu of the site.
    """

    paper: str
    style: str
    head: str = ""
    foot: str = ""
    before: str = ""


def html(essay: WrittenEssay, layout: BrowserLayout) -> str:
    """An essay as an article of a website."""
    notes = "\n".join(
        f'<li id="fn{note.mark}"><p>{_words(note.words)} <a href="#ref{note.mark}">↩</a></p></li>'
        for note in essay.notes
    )
    entries = "\n".join(f'<p class="entry">{_words(entry)}</p>' for entry in essay.references)
    blocks = "\n".join(_block(block) for block in essay.blocks)
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(essay.title)}</title>'
        f"<style>{layout.style}</style></head><body>{layout.before}<article>"
        f'<header><h1>{escape(curled(essay.title))}</h1><p class="author">{escape(essay.author)}</p></header>'
        f"<div class='text'>{blocks}\n<h2>Notes</h2><ol>{notes}</ol>"
        f"<h2>{escape(essay.references_title)}</h2>{entries}</div></article></body></html>\n"
    )


def _block(block: Block) -> str:
    words = _words(block.words)
    if block.kind == "heading":
        return f"<h2>{words}</h2>"
    if block.kind in {"blockquote", "verse"}:
        return f'<blockquote class="{block.kind}"><p>{words}</p></blockquote>'
    return f'<p class="{"resumed" if block.resumes else "body"}">{words}</p>'


def _words(words: tuple[Words, ...]) -> str:
    made = []
    for part in curled_words(words):
        text = escape(part.text, quote=False).replace("\n", "<br>")
        if part.style == "call":
            made.append(f'<sup><a id="ref{text}" href="#fn{text}">{text}</a></sup>')
        else:
            made.append(f"<em>{text}</em>" if part.style == "italic" else text)
    return "".join(made)


def typeset_by_browser(essay: WrittenEssay, layout: BrowserLayout, folder: Path) -> Path:
    """Print an essay.

    Args:
        essay: The essay.
        layout: The layout.
        folder: Working folder; the PDF is there.
    """
    from playwright.sync_api import sync_playwright

    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    pdf = folder / "essay.pdf"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path)
        page = browser.new_page()
        page.set_content(html(essay, layout))
        page.pdf(
            path=pdf,
            format=layout.paper,
            display_header_footer=bool(layout.head or layout.foot),
            header_template=layout.head or "<span></span>",
            footer_template=layout.foot or "<span></span>",
            margin={"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
            print_background=True,
        )
        browser.close()
    return pdf
