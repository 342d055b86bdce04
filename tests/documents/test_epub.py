"""EPUB: reading order, notes in other files, page lists, records, and what is no part of the text."""

from __future__ import annotations

import pytest
from markup_files import book, page

from assistant.core.errors import ReadingError
from assistant.documents.declared import as_essay
from assistant.documents.document import Document
from assistant.documents.epub import read_epub

PROSE = (
    "The keeper of the light wrote down each ship that passed, and at what hour, and what he thought of it."
)
MORE = (
    "In the second book he wrote less, and in the third nothing but the hours, with a line under every tenth."
)


def essay(data: bytes) -> Document:
    return as_essay(read_epub(data, "book.epub"))


def blocks(document: Document) -> list[tuple[str, str]]:
    assert document.declared is not None
    return [(block.kind, document.text[block.start : block.end]) for block in document.declared.blocks]


def test_files_are_read_in_the_order_of_the_spine_without_cover_contents_and_imprint() -> None:
    data = book(
        {
            "cover.xhtml": page('<img src="cover.jpg"/>Cover'),
            "title.xhtml": page(
                '<section epub:type="titlepage"><h1>On Lights</h1><p class="author">Ann Keeper</p><p>Lamp Press</p></section>'
            ),
            "nav.xhtml": page('<nav epub:type="toc"><ol><li><a href="b.xhtml">One</a></li></ol></nav>'),
            "b.xhtml": page(f"<h2>One</h2><p>{PROSE}</p>"),
            "a.xhtml": page(f"<h2>Two</h2><p>{MORE}</p>"),
            "imprint.xhtml": page('<section epub:type="imprint"><p>Printed by nobody, nowhere, at no time.</p></section>'),
        },
        properties={"nav.xhtml": "nav"},
    )  # fmt: skip
    assert blocks(essay(data)) == [
        ("title", "On Lights"),
        ("author", "Ann Keeper"),
        ("heading", "One"),
        ("prose", PROSE),
        ("heading", "Two"),
        ("prose", MORE),
    ]


def test_notes_in_another_file() -> None:
    data = book(
        {
            "text/a.xhtml": page(
                f'<p>{PROSE}<a epub:type="noteref" id="r1" href="../notes.xhtml#n1">1</a></p>'
            ),
            "notes.xhtml": page(
                '<section epub:type="endnotes"><h2>Notes</h2><ol><li id="n1" epub:type="endnote"><p>A note. '
                '<a href="text/a.xhtml#r1" epub:type="backlink">↩</a></p></li></ol></section>'
            ),
        }
    )
    document = essay(data)
    assert document.declared is not None
    assert [document.text[call.start : call.end] for call in document.declared.calls] == ["1"]
    assert blocks(document)[-1] == ("note", "1. A note.")


def test_elements_that_xhtml_closes_at_once() -> None:
    data = book({"a.xhtml": page(f'<p>{PROSE}<a id="x"/> <span epub:type="pagebreak" title="8"/>{MORE}</p>')})
    document = essay(data)
    assert blocks(document)[0][1].replace("\f", "") == f"{PROSE} {MORE}"
    assert document.pages.labels == ("", "8")


@pytest.mark.parametrize("form", ["nav", "ncx"])
def test_pages_by_a_list_of_pages(form: str) -> None:
    text = {
        "a.xhtml": page(f'<p id="p5">{PROSE}</p><p>{MORE} Half a sen<span id="p6"></span>tence.</p>'),
        "nav.xhtml": page('<nav epub:type="toc"><ol><li><a href="a.xhtml">A</a></li></ol></nav>'),
    }
    places = (("5", "a.xhtml#p5"), ("6", "a.xhtml#p6"))
    if form == "nav":
        items = "".join(f'<li><a href="{place}">{label}</a></li>' for label, place in places)
        text["nav.xhtml"] = page(f'<nav epub:type="page-list"><ol>{items}</ol></nav>')
        data = book(text, properties={"nav.xhtml": "nav"})
    else:
        targets = "".join(
            f'<pageTarget><navLabel><text>{label}</text></navLabel><content src="{place}"/></pageTarget>'
            for label, place in places
        )
        package = (
            '<package><metadata/><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
            '<spine toc="n"><itemref idref="a"/></spine></package>'
        )
        data = book(text, package=package, more={"OPS/toc.ncx": f"<ncx><pageList>{targets}</pageList></ncx>"})
    document = essay(data)
    assert document.pages.labels == ("5", "6")
    assert document.text[document.pages.starts[1] :][:6] == "tence."


def test_the_record_that_a_book_states() -> None:
    metadata = """<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title id="t">On Lights</dc:title>
        <meta refines="#t" property="title-type">main</meta><dc:title id="s">Lamps and Wicks</dc:title>
        <meta refines="#s" property="title-type">subtitle</meta><dc:creator id="c">Ann Keeper</dc:creator>
        <meta refines="#c" property="file-as">Keeper, Ann</meta><meta refines="#c" property="role">aut</meta>
        <dc:creator id="d">Ben Oar</dc:creator><meta refines="#d" property="role">ill</meta>
        <dc:date>1901-05</dc:date><dc:publisher>Lamp Press</dc:publisher><dc:language>en</dc:language>
        <dc:identifier>urn:isbn:9780000000002</dc:identifier></metadata>"""
    document = read_epub(book({"a.xhtml": page(f"<p>{PROSE}</p>")}, metadata=metadata), "book.epub")
    assert document.record == {
        "type": "book",
        "title": "On Lights: Lamps and Wicks",
        "author": [{"family": "Keeper", "given": "Ann"}],
        "issued": {"date-parts": [[1901, 5]]},
        "publisher": "Lamp Press",
        "language": "en",
        "ISBN": "9780000000002",
    }
    assert document.metadata == {"Title": "On Lights: Lamps and Wicks", "Author": "Ann Keeper"}


def test_several_essays_are_named_in_a_warning() -> None:
    data = book(
        {
            "a.xhtml": page(f'<h1>First</h1><p class="author">Ann Keeper</p><p>{PROSE}</p>'),
            "b.xhtml": page(f'<h1>Second</h1><p class="author">Ben Oar</p><p>{MORE}</p>'),
        }
    )
    warnings = read_epub(data, "book.epub").warnings
    assert len(warnings) == 1
    assert "2 parts, from “First” to “Second”" in warnings[0]


def test_copy_protection_is_refused_and_disguised_fonts_are_not() -> None:
    stated = '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
    text = {"a.xhtml": page(f"<p>{PROSE}</p>")}
    fonts = stated.format("http://www.idpf.org/2008/embedding")
    assert essay(book(text, more={"META-INF/encryption.xml": fonts})).text == PROSE
    protected = stated.format("http://www.w3.org/2001/04/xmlenc#aes256-cbc")
    with pytest.raises(ReadingError, match="protected"):
        read_epub(book(text, more={"META-INF/encryption.xml": protected}), "book.epub")


def test_pages_that_are_pictures_are_refused() -> None:
    with pytest.raises(ReadingError, match="pictures of pages"):
        read_epub(book({"a.xhtml": page('<img src="1.png"/>')}), "book.epub")
