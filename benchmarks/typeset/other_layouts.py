"""The layouts that a word processor and a browser set."""

from __future__ import annotations

from html import escape

from typeset.browser import BrowserLayout
from typeset.essay import WrittenEssay
from typeset.office import OfficeLayout

WORD_FOOTNOTES = OfficeLayout(
    font="Caladea",
    size=11,
    width="21cm",
    height="29.7cm",
    leading=115,
    indent="1cm",
    below="0cm",
    align="justify",
    endnotes=False,
    hanging="1cm",
)
WORD_ENDNOTES = OfficeLayout(
    font="Liberation Serif",
    size=12,
    width="21.59cm",
    height="27.94cm",
    leading=130,
    indent="0cm",
    below="0.35cm",
    align="start",
    endnotes=True,
    hanging="0cm",
    head="Draft, p.",
)

_WEB = """
body { font: 12pt/1.5 "Liberation Serif", serif; }
h1 { font-size: 22pt; line-height: 1.2; } h2 { font-size: 14pt; }
sup { font-size: 70%; line-height: 0; } a { color: #024; }
nav { font: 9pt "Liberation Sans", sans-serif; color: #555; border-bottom: 1px solid #ccc; }
blockquote { margin: 1em 2.5em; }
ol { font-size: 10pt; } ol p { margin: 0 0 .4em; }
"""
_COLUMNS = """
body { font: 9.5pt/1.3 "Liberation Serif", serif; }
h1 { font-size: 18pt; line-height: 1.2; text-align: center; } .author { text-align: center; }
h2 { font-size: 10.5pt; margin: 1em 0 .4em; break-after: avoid; }
.text { columns: 2; column-gap: 7mm; column-fill: auto; text-align: justify; hyphens: auto; }
p { margin: 0; } .body { text-indent: 1.2em; } h2 + p { text-indent: 0; }
sup { font-size: 65%; line-height: 0; } a { color: inherit; text-decoration: none; }
blockquote { margin: .6em 1.2em; } .verse { text-align: left; }
ol { font-size: 8.5pt; padding-left: 1.4em; } .entry { padding-left: 1.2em; text-indent: -1.2em; }
"""
_CORNERS = "font:7pt sans-serif;width:100%;padding:0 8mm;display:flex;justify-content:space-between"


def web_page(essay: WrittenEssay) -> BrowserLayout:
    """A4, a web page with the browser's own header and footer, blank lines between paragraphs, endnotes."""
    title, slug = escape(essay.title), escape(essay.slug)
    return BrowserLayout(
        paper="A4",
        style=_WEB,
        head=f'<div style="{_CORNERS}"><span>03/03/2026, 14:05</span><span>{title}</span><span></span></div>',
        foot=f'<div style="{_CORNERS}"><span>https://essays.example.org/{slug}</span>'
        '<span><span class="pageNumber"></span>/<span class="totalPages"></span></span></div>',
        before="<nav>Essays &nbsp; Archive &nbsp; About &nbsp; Subscribe</nav>",
    )


def web_columns(_essay: WrittenEssay) -> BrowserLayout:
    """Letter, two columns by a style sheet, justified, page numbers at the foot, endnotes."""
    return BrowserLayout(
        paper="Letter",
        style=_COLUMNS,
        foot='<div style="font:8pt serif;width:100%;text-align:center">'
        '<span class="pageNumber"></span></div>',
    )
