"""Pages of the web: what is read of them, block by block, and what is left out."""

from __future__ import annotations

import pytest

from assistant.documents.declared import as_essay
from assistant.documents.document import Document
from assistant.documents.html import read_html

PROSE = (
    "The keeper of the light wrote down each ship that passed, and at what hour, and what he thought of it."
)
MORE = (
    "In the second book he wrote less, and in the third nothing but the hours, with a line under every tenth."
)


def essay(html: str, encoding: str = "utf-8") -> Document:
    return as_essay(read_html(html.encode(encoding), "page.html"))


def blocks(html: str) -> list[tuple[str, str]]:
    """The kind and the words of each block."""
    document = essay(html)
    assert document.declared is not None
    return [(block.kind, document.text[block.start : block.end]) for block in document.declared.blocks]


def calls(html: str) -> list[tuple[str, str]]:
    """The call and the words of each note that is called."""
    document = essay(html)
    declared = document.declared
    assert declared is not None
    notes = [declared.blocks[call.note] for call in declared.calls]
    return [
        (document.text[call.start : call.end], document.text[note.start : note.end])
        for call, note in zip(declared.calls, notes, strict=True)
    ]


def test_a_page_by_its_tags() -> None:
    page = f"""<title>On Lights</title><h1>On Lights</h1><p class="byline">By A. Keeper</p><p>{PROSE}</p>
        <blockquote><p>The sea is <em>wide</em>.</p></blockquote><h2>Part Two</h2><p>{MORE}</p>
        <ul><li>one oil lamp</li><li>two wicks</li></ul>
        <figure><img src="a.png" alt="not read"><figcaption>The tower.</figcaption></figure>
        <h2>Works Cited</h2><p>Keeper, A. <i>Hours</i>. 1901.</p>"""
    assert blocks(page) == [
        ("title", "On Lights"),
        ("author", "A. Keeper"),
        ("prose", PROSE),
        ("quotation", "The sea is wide."),
        ("heading", "Part Two"),
        ("prose", MORE),
        ("list", "one oil lamp"),
        ("list", "two wicks"),
        ("caption", "The tower."),
        ("heading", "Works Cited"),
        ("reference", "Keeper, A. Hours. 1901."),
    ]


def test_italics_are_those_of_the_words() -> None:
    document = essay(
        f"<style>.i{{font-style:italic}} .n{{font-style:normal}}</style><p>{PROSE}</p>"
        "<p>A <span class=i>long <span class=n>and wide</span> sea</span> <i>of ink</i> here.</p>"
    )
    assert document.declared is not None
    italics = [document.text[start:end].strip() for start, end in document.declared.italic]
    assert italics == ["long", "sea", "of ink"]


@pytest.mark.parametrize(
    ("call", "note"),
    [
        ('<sup><a href="#fn1" id="r1">1</a></sup>', '<ol><li id="fn1"><p>A note. <a href="#r1">↩</a></p></li></ol>'),
        ('<a href="#_ftn1" name="_ftnref1">[1]</a>', '<div><p><a href="#_ftnref1" name="_ftn1">[1]</a> A note.</p></div>'),
        (
            '<a epub:type="noteref" href="#n1">1</a>',
            '<aside epub:type="footnote" id="n1" style="display:none"><p>A note.</p></aside>',
        ),
        (
            '<sup class="reference" id="cite_ref-1"><a href="#cite_note-1">[1]</a></sup>',
            '<ol><li id="cite_note-1"><b><a href="#cite_ref-1">^</a></b> <span>A note.</span></li></ol>',
        ),
        ('<a href="#e1" name="b1"><sup>1</sup></a>', '<p><a name="e1"></a><a href="#b1">1.</a> A note.</p>'),
        ("<sup>1</sup>", "<h2>Notes</h2><ol><li>A note.</li></ol>"),
        ('<a href="#d1"><sup>1</sup></a>', '<dl><dt id="d1">1</dt><dd>A note.</dd></dl>'),
        ('<span class="sidenote">A note.</span>', ""),
        ('<a href="#t1"><sup>1</sup></a>', '<table><tr><td><a id="t1">1</a></td><td>A note.</td></tr></table>'),
    ],
)  # fmt: skip
def test_notes_by_their_links(call: str, note: str) -> None:
    found = calls(f"<h1>On Lights</h1><p>{PROSE}{call} {MORE}</p><p>{MORE}</p>{note}")
    assert len(found) == 1
    mark, words = found[0]
    assert mark.strip("[]") == "1"
    assert "".join(words.split()).lstrip("[1].") == "Anote."


def test_notes_within_one_paragraph() -> None:
    page = (
        f'<p>{PROSE}<a href="#n1">[1]</a> {MORE}<a href="#n2">[2]</a></p><h3>Notes</h3><p><a name="n1">[1]</a> First.<br>'
        f'<a name="n2">[2]</a> Second.<br></p><h3>References</h3><p>Keeper, A. Hours. 1901.</p>'
    )
    assert calls(page) == [("1", "[1] First."), ("2", "[2] Second.")]
    assert blocks(page)[-1] == ("reference", "Keeper, A. Hours. 1901.")


def test_a_link_to_a_section_or_a_work_is_no_note() -> None:
    page = (
        f'<p>{PROSE} See <a href="#s2">2</a> and <a href="#bib3">[3]</a>.</p><h2 id="s2">Two</h2><p>{MORE}</p>'
        '<h2>References</h2><ol><li id="bib3">Keeper, A. Hours. 1901.</li></ol>'
    )
    assert calls(page) == []
    assert blocks(page)[0] == ("prose", f"{PROSE} See 2 and [3].")


@pytest.mark.parametrize(
    "verse",
    [
        "<blockquote><p>The lamp is lit,<br>\nthe wick is thin,<br>\nthe sea comes in.</p></blockquote>",
        (
            '<div class="poem"><div class="stanza"><span class="i0">The lamp is lit,</span><br>'
            '<span class="i2">the wick is thin,</span><br><span class="i0">the sea comes in.</span></div></div>'
        ),
        '<div class="verse"><p>The lamp is lit,</p><p>the wick is thin,</p><p>the sea comes in.</p></div>',
        "<pre>The lamp is lit,\n   the wick is thin,\nthe sea comes in.</pre>",
    ],
)
def test_verse_keeps_its_lines(verse: str) -> None:
    found = blocks(f"<p>{PROSE}</p>{verse}<p>{MORE}</p>")
    assert found[1] == ("verse", "The lamp is lit,\nthe wick is thin,\nthe sea comes in.")


def test_paragraphs_by_two_line_breaks() -> None:
    assert blocks(f"<h1>T</h1>{PROSE}<BR><BR>\n{MORE}<br>&nbsp;<br>{PROSE}") == [
        ("title", "T"),
        ("prose", PROSE),
        ("prose", MORE),
        ("prose", PROSE),
    ]


@pytest.mark.parametrize(
    "left_out",
    [
        "<!-- remark --><script>x</script><style>p{}</style><noscript>y</noscript><template>z</template>",
        "<p hidden>hidden</p>",
        '<p style="display:none">hidden</p>',
        '<style>.gone{display:none}</style><p class="gone">hidden</p>',
        '<span aria-hidden="true">*</span>',
        "<p>{}</p>".format("<del>struck out</del>"),
        '<nav><ul><li><a href="/">Home</a></li></ul></nav>',
        '<div class="share-buttons"><a href="#">Post</a></div>',
        "<form><p>Your address</p><input></form>",
        '<div class="cookie-banner"><p>We use cookies for your comfort and ours, and for that of our partners.</p></div>',
    ],
)  # fmt: skip
def test_what_is_not_shown_or_not_the_essay(left_out: str) -> None:
    page = f"<html><body><article><h1>On Lights</h1><p>{PROSE}</p>{left_out}<p>{MORE}</p></article></body></html>"
    assert blocks(page) == [("title", "On Lights"), ("prose", PROSE), ("prose", MORE)]


def test_no_paragraph_is_lost_for_a_name() -> None:
    # Names that sites give to what is no essay, on what is one.
    for name in (
        "sidebar",
        "comments",
        "widget",
        "social",
        "menu",
        "related",
        "promo",
        "quote",
        "references",
    ):
        page = f'<body><div class="{name}"><h1>T</h1><h2>U</h2><p>{PROSE}</p><p>{MORE}</p></div></body>'
        words = [words for _, words in blocks(page)]
        assert {PROSE, MORE} <= {*words}, name


def test_pages_by_page_breaks() -> None:
    document = essay(
        f'<p><span class="pagenum" id="Page_12">[12]</span>{PROSE} Half a sen<span role="doc-pagebreak" '
        f'aria-label="13"></span>tence.</p><p><a id="page_14"></a>{MORE}</p>'
    )
    assert document.pages.labels == ("12", "13")
    assert [document.text[start:][:5] for start in document.pages.starts] == ["The k", "tence"]


def test_pages_by_anchors() -> None:
    document = essay(f'<p><a id="page_12"></a>{PROSE}</p><p><a name="page_13"></a>{MORE}</p>')
    assert document.pages.labels == ("12", "13")
    assert "page" not in document.text


def test_pages_by_marks_among_the_words() -> None:
    text = "".join(f"<p>[p. {number}] {PROSE} {MORE} {PROSE}</p>" for number in range(3, 9))
    document = essay(f"<style>p{{3}} p{{4}}</style>{text}")
    assert document.pages.labels == ("3", "4", "5", "6", "7", "8")
    assert "[p." not in document.text


def test_printed_numbers_of_paragraphs() -> None:
    document = essay(
        f'<p><span class="paranumber">7</span>{PROSE}</p><p><span class="paranumber">8</span>{MORE}</p>'
    )
    assert document.declared is not None
    assert [block.label for block in document.declared.blocks] == ["7", "8"]
    assert document.text == f"{PROSE}\n\n{MORE}"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "iso-8859-15", "utf-16"])
def test_the_encoding_that_a_page_states(encoding: str) -> None:
    html = f'<meta charset="{encoding}"><p>{PROSE} Café, naïve.</p>'
    assert essay(html, encoding).text == f"{PROSE} Café, naïve."


def test_entities_and_spaces() -> None:
    assert (
        essay(f"<p>{PROSE} A&amp;B &mdash;\n  c&shy;d&nbsp;e &eacute;</p>").text
        == f"{PROSE} A&B — c\xadd\xa0e é"
    )


def test_the_record_that_a_page_states() -> None:
    document = read_html(
        b"""<title>On Lights | Site</title><meta name="citation_title" content="On Lights">
        <meta name="citation_author" content="Keeper, Ann"><meta name="citation_author" content="Ben Oar">
        <meta name="citation_journal_title" content="Journal of Lamps"><meta name="citation_volume" content="3">
        <meta name="citation_firstpage" content="10"><meta name="citation_lastpage" content="19">
        <meta name="citation_publication_date" content="2001/4/2"><meta name="citation_doi" content="doi:10.5555/lamp">
        <p>words</p>""",
        "page.html",
    )
    assert document.record == {
        "type": "article-journal",
        "title": "On Lights",
        "author": [{"family": "Keeper", "given": "Ann"}, {"literal": "Ben Oar"}],
        "container-title": "Journal of Lamps",
        "volume": "3",
        "page": "10-19",
        "issued": {"date-parts": [[2001, 4, 2]]},
        "DOI": "10.5555/lamp",
    }


def test_the_record_of_linked_data() -> None:
    document = read_html(
        b"""<html lang="en"><title>On Lights - The Lamp</title><meta property="og:site_name" content="The Lamp">
        <script type="application/ld+json">{"@graph": [{"@type": "Article", "headline": "On Lights",
        "author": {"name": "Ann Keeper"}, "datePublished": "2020-05-01T10:00:00Z"}]}</script><p>words</p>""",
        "page.html",
    )
    assert document.record == {
        "type": "webpage",
        "title": "On Lights",
        "author": [{"literal": "Ann Keeper"}],
        "container-title": "The Lamp",
        "issued": {"date-parts": [[2020, 5, 1]]},
        "language": "en",
    }


def test_pages_by_their_ends() -> None:
    document = essay(
        f'<p>{PROSE}</p><p class="page-break">[End Page 12]</p><p>{MORE}</p><p>[End Page 13]</p><p>{PROSE}</p>'
    )
    assert document.pages.labels == ("", "13", "14")
    assert "End Page" not in document.text


def test_works_after_notes_of_one_paragraph_without_a_heading_by_tag() -> None:
    page = (
        f'<div>{PROSE}<sup><a href="#n1">1</a></sup> {MORE}<br><br><b>Notes</b><br><br><a name="n1">1</a>. A note.<br><br>'
        "<b>Works Cited</b><br><br>Keeper, A. Hours. 1901.<br><br></div>"
    )
    assert blocks(page)[-3:] == [
        ("note", "1. A note."),
        ("heading", "Works Cited"),
        ("reference", "Keeper, A. Hours. 1901."),
    ]
