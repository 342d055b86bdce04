"""The examples in docs/citing.md are what the styles write; run this file to update them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.citations.styles import STYLES, style_named

_PAGE = Path(__file__).parent.parent.parent / "docs" / "citing.md"
_START, _END = "<!-- table: python tests/citations/test_citing_docs.py -->\n", "<!-- end of table -->"
_RECORD: dict[str, Any] = {
    "type": "article-journal",
    "title": "The Lamp and the “Keeper”: Reading <i>Light at Sea</i>",
    "author": [{"family": "Marsh", "given": "Ada J."}],
    "container-title": "Coast Studies",
    "volume": "60",
    "issue": "4",
    "page": "844-862",
    "issued": {"date-parts": [[2014, 12]]},
    "DOI": "10.1000/lamp",
}
_WORDS = "He asked, “Who lit it?” and “why.”"


def table() -> str:
    """What each style writes for one record, as Markdown."""
    parts = []
    for name in STYLES:
        style = style_named(name, [_RECORD])
        citation = style.in_text(_RECORD, "849-50")
        rows = [
            ("In the text", style.rich_in_text(_RECORD, "849-50").markdown()),
            ("Again", style.rich_again(_RECORD, "849-50").markdown()),
            ("Words it quotes", style.rich_in_text(_RECORD, "846", quoting="Weinbaum").markdown()),
            ("Reference", style.rich_reference(_RECORD).markdown()),
            ("In a draft", style.quotation(_WORDS, citation).replace("\n\n", "<br>")),
        ]
        shown = [(label, text) for label, text in rows if label != "Again" or text != rows[0][1]]
        lines = "\n".join(f"| {label} | {text} |" for label, text in shown)
        parts.append(f"### {name}\n\n| | |\n|---|---|\n{lines}\n")
    return "\n".join(parts)


def test_the_table_is_what_the_styles_write() -> None:
    page = _PAGE.read_text("utf-8")
    assert page.partition(_START)[2].partition(_END)[0] == table()


def test_every_style_and_format_is_named() -> None:
    page = _PAGE.read_text("utf-8")
    for name in (*STYLES, "markdown", "html", "bibtex", "ris", "csl-json"):
        assert f"`{name}`" in page


if __name__ == "__main__":
    before, _, rest = _PAGE.read_text("utf-8").partition(_START)
    _PAGE.write_text(f"{before}{_START}{table()}{_END}{rest.partition(_END)[2]}", "utf-8")
