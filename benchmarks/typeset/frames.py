"""The essay as web pages of different kinds, as sites and programs write them.

Each frame puts around the essay what its kind of page has: navigation, banners, share buttons, related
articles, comments. All words around the essay are our own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

from typeset.essay import Block, Words, WrittenEssay, curled, curled_words
from typeset.markdown import markdown
from typeset.markup import MarkupWriter, office_convert, pandoc_convert

# Writes the call of a note by its number.
_Call = Callable[[str], str]

_LINKS = "".join(
    f'<li><a href="https://site.example/{name.lower()}/">{name}</a></li>'
    for name in ("Home", "Essays", "Reviews", "Archive", "About")
)
_RELATED = "".join(
    f'<li><a href="https://site.example/{number}">{title}</a></li>'
    for number, title in enumerate(
        ("Ten Maps of a Small Town", "What the Gardener Said", "On Doors", "A Note on Salt")
    )
)
_COMMENTS = "".join(
    f'<li class="comment" id="comment-{n}"><div class="comment-body"><p class="comment-author">Reader {n}</p>'
    "<p>I read this on the train and missed my stop, which has never happened to me with a magazine before. "
    "Could the author say where the second example comes from?</p></div></li>"
    for n in range(1, 4)
)


def words(parts: tuple[Words, ...], call: _Call, italic: str = "em", line: str = "<br>") -> str:
    """Styled words as HTML."""
    made = []
    for part in curled_words(parts):
        if part.style == "call":
            made.append(call(part.text))
        else:
            text = escape(part.text, quote=False).replace("\n", f"{line}\n")
            made.append(
                f"<{italic}>{text}</{italic.split(maxsplit=1)[0]}>" if part.style == "italic" else text
            )
    return "".join(made)


def _no_call(_mark: str) -> str:
    return ""


def _body(
    essay: WrittenEssay,
    call: _Call,
    *,
    quotation: str = "<blockquote><p>{}</p></blockquote>",
    verse: str = "<blockquote><p>{}</p></blockquote>",
    paragraph: str = "<p>{}</p>",
    heading: str = "<h2>{}</h2>",
    italic: str = "em",
) -> str:
    forms = {"blockquote": quotation, "verse": verse, "heading": heading, "paragraph": paragraph}

    def written(block: Block) -> str:
        return forms[block.kind].format(words(block.words, call, italic))

    return "\n".join(map(written, essay.blocks))


def _head(essay: WrittenEssay, more: str = "", site: str = " – The Site") -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(curled(essay.title))}{site}'
        f"</title>{more}<script>window.dataLayer = [];</script><style>.x{{color:red}}</style></head>"
    )


def _notes(essay: WrittenEssay, form: str, italic: str = "em") -> str:
    return "\n".join(
        form.format(mark=note.mark, words=words(note.words, _no_call, italic)) for note in essay.notes
    )


def _works(essay: WrittenEssay, form: str = "<p>{}</p>", italic: str = "em") -> str:
    return "\n".join(form.format(words(entry, _no_call, italic)) for entry in essay.references)


def wordpress(essay: WrittenEssay) -> str:
    """A post of WordPress with the Easy Footnotes plugin's kind of notes."""

    def call(mark: str) -> str:
        return (
            f'<span id="easy-footnote-{mark}" class="easy-footnote-margin-adjust"></span><span class="easy-footnote">'
            f'<a href="#easy-footnote-bottom-{mark}" title="note"><sup>{mark}</sup></a></span>'
        )

    notes = _notes(
        essay,
        '<li class="easy-footnote-single"><span id="easy-footnote-bottom-{mark}" class="easy-footnote-margin-adjust">'
        '</span>{words}<a class="easy-footnote-to-top" href="#easy-footnote-{mark}"></a></li>',
    )
    return f"""{_head(essay)}
<body class="post-template-default single single-post has-sidebar">
<a class="skip-link screen-reader-text" href="#content">Skip to content</a>
<div id="page" class="site"><header id="masthead" class="site-header"><p class="site-title">The Site</p>
<nav id="site-navigation" class="main-navigation"><ul>{_LINKS}</ul></nav></header>
<div id="content" class="site-content"><main id="main" class="site-main"><article id="post-12" class="post type-post">
<header class="entry-header"><h1 class="entry-title">{escape(curled(essay.title))}</h1>
<div class="entry-meta"><span class="posted-on">Posted on <time>3 May 2021</time></span> <span class="byline">by
<a href="https://site.example/author/x">{escape(essay.author)}</a></span></div></header>
<div class="entry-content">{_body(essay, call)}
<h2>Notes</h2><ol class="easy-footnotes-wrapper">{notes}</ol>
<h2>{essay.references_title}</h2>{_works(essay)}
<div class="sharedaddy sd-sharing-enabled"><h3>Share this:</h3><ul><li><a href="#">Print</a></li><li><a href="#">Email</a></li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3><ul>{_RELATED}</ul></div></div>
<footer class="entry-footer"><span class="cat-links">Posted in <a href="#">Essays</a></span></footer></article>
<div class="author-box"><p>{escape(essay.author)} is a writer who lives by the sea and keeps a small collection of bookmarks, some of them edible.</p></div>
<nav class="navigation post-navigation"><div class="nav-previous"><a href="#">On Doors</a></div></nav>
<div id="comments" class="comments-area"><h2 class="comments-title">3 thoughts</h2><ol class="comment-list">{_COMMENTS}</ol>
<div id="respond"><h3>Leave a Reply</h3><form><p>Your email address will not be published.</p><textarea></textarea></form></div></div></main>
<aside id="secondary" class="widget-area"><section class="widget"><h2>Recent Posts</h2><ul>{_RELATED}</ul></section></aside></div>
<footer id="colophon" class="site-footer"><p>Proudly powered by a program. All rights reserved by the site and its several owners.</p></footer></div>
<div class="cookie-notice" role="dialog"><p>We use cookies to make this site a better place for you and for the companies that we work with.</p><button>Accept</button></div>
</body></html>"""


def substack(essay: WrittenEssay) -> str:
    """A letter of Substack."""

    def call(mark: str) -> str:
        return (
            f'<a class="footnote-anchor" data-component-name="FootnoteAnchorToDOM" id="footnote-anchor-{mark}-99" '
            f'href="#footnote-{mark}-99" target="_self">{mark}</a>'
        )

    notes = _notes(
        essay,
        '<div class="footnote" data-component-name="FootnoteToDOM"><a id="footnote-{mark}-99" href="#footnote-anchor-{mark}-99" '
        'class="footnote-number" contenteditable="false" target="_self">{mark}</a><div class="footnote-content"><p>{words}</p></div></div>',
    )
    return f"""{_head(essay, f'<meta name="author" content="{escape(essay.author)}">', " - by a writer")}
<body><div id="entry"><div class="main-menu"><div class="topbar"><a href="/">Letters</a><button>Subscribe</button><button>Sign in</button></div></div>
<div class="single-post-container"><div class="container"><div class="single-post"><article class="typography newsletter-post post">
<div class="post-header"><h1 class="post-title published">{escape(curled(essay.title))}</h1>
<div class="byline-wrapper"><div class="profile-hover-card-target"><a href="https://x.example/@w">{escape(essay.author)}</a></div><div class="pencraft">May 03, 2021</div></div>
<div class="post-ufi"><a class="post-ufi-button">12</a><a class="post-ufi-button">3</a><a>Share</a></div></div>
<div class="available-content"><div dir="auto" class="body markup">{_body(essay, call)}
<p class="button-wrapper"><a class="button primary" href="#"><span>Subscribe now</span></a></p>
<div class="subscription-widget-wrap"><div class="subscription-widget show-subscribe"><p class="cta-caption">Thanks for reading! Subscribe for free to receive new posts and support my work.</p><form><input></form></div></div>
<div><hr></div><h3>{essay.references_title}</h3>{_works(essay)}</div>{notes}</div>
<div class="post-footer"><div class="post-ufi"><a>12 Likes</a></div></div></article></div></div>
<div class="container" id="discussion"><div class="comments-page"><h4>Discussion about this post</h4><div class="comment-list">{_COMMENTS}</div></div></div>
<div class="footer-wrap"><div class="footer"><div>© 2021 A writer</div><a href="#">Privacy</a> ∙ <a href="#">Terms</a></div></div></div></body></html>"""


def medium(essay: WrittenEssay) -> str:
    """A story of Medium: classes that say nothing, notes numbered by hand."""

    def call(mark: str) -> str:
        return f"[{mark}]"

    notes = "\n".join(
        f'<p id="9f{note.mark}a" class="pw-post-body-paragraph lu lv">[{note.mark}] {words(note.words, _no_call)}</p>'
        for note in essay.notes
    )
    body = _body(
        essay, call, paragraph='<p id="7c1e" class="pw-post-body-paragraph lu lv">{}</p>', heading='<h2 id="aa" class="mx my">{}</h2>',
        quotation='<blockquote class="nn no"><p id="b7" class="lu lv np">{}</p></blockquote>',
    )  # fmt: skip
    return f"""{_head(essay, "", " | by A. Writer | Medium")}
<body><div id="root"><div class="a b c"><div class="d e"><nav><a href="/">Open in app</a><a href="/s">Sign up</a><a href="/i">Sign in</a></nav></div>
<div class="fr fs"><article><div class="l"><section><div><div class="gn go"><h1 data-testid="storyTitle" class="pw-post-title ip">{escape(curled(essay.title))}</h1>
<div class="il ab"><a rel="author" data-testid="authorName" href="/@x">{escape(essay.author)}</a><span data-testid="storyReadTime">14 min read</span><span data-testid="storyPublishDate">May 3, 2021</span></div>
<div class="ab co"><button>--</button><button>Listen</button><button>Share</button></div>{body}
<h2 class="mx my">Notes</h2>{notes}<h2 class="mx my">{essay.references_title}</h2>{_works(essay, '<p class="pw-post-body-paragraph">{}</p>')}</div></div></section></div></article>
<div class="tags"><a href="/tag/reading">Reading</a><a href="/tag/books">Books</a><a href="/tag/history">History</a></div></div>
<footer class="vb"><div class="sub"><h2>Written by a writer</h2><p>81 Followers. Writes about marginalia for people who have margins left to write in and the time to do it.</p></div>
<h2>More from this writer</h2><div><h3><a href="#">On Doors</a></h3><p>A door is a wall that has changed its mind, and other notes from a week of waiting in corridors.</p></div></footer></div></div></body></html>"""


def magazine(essay: WrittenEssay) -> str:
    """A magazine: pull quotations, newsletter forms and related stories between the paragraphs."""

    def call(mark: str) -> str:
        return f'<sup class="fn"><a href="#fn:{mark}" id="fnref:{mark}" role="doc-noteref">{mark}</a></sup>'

    blocks = _body(essay, call, paragraph='<p class="paywall">{}</p>').split("\n<p")
    between = {
        3: '<aside class="related-inline"><h4>Read more</h4><ul>' + _RELATED + "</ul></aside>",
        6: '<div class="ad-slot ad"><p>Advertisement</p><p>This soap is made of nothing but soap, and of the time of the people who stir it.</p></div>',
        9: '<div class="newsletter-signup"><h3>Sign up for our newsletter</h3><p>The best of our essays on Saturday mornings, before anybody else is awake to read them.</p><form><input></form></div>',
    }
    body = "".join(
        (between.get(number, "") + "<p" if number else "") + part + "\n" for number, part in enumerate(blocks)
    )
    notes = _notes(
        essay,
        '<li id="fn:{mark}" role="doc-endnote"><p>{words} <a href="#fnref:{mark}" class="footnote-backref" role="doc-backlink">↩︎</a></p></li>',
    )
    return f"""{_head(essay, f'<meta property="og:title" content="{escape(curled(essay.title))}"><meta property="article:author" content="{escape(essay.author)}">', " | The Magazine")}
<body><div id="gdpr-consent" class="consent-banner"><p>Your privacy matters to us and to our 812 partners, who would like to know what you read and for how long.</p></div>
<header role="banner"><div class="masthead"><a href="/">The Magazine</a></div><nav><ul>{_LINKS}</ul></nav></header>
<main><div class="article-header"><p class="kicker">Ideas</p><h1>{escape(curled(essay.title))}</h1><p class="byline">By {escape(essay.author)}</p><p class="dateline">May 3, 2021</p></div>
<div class="share-tools social"><a href="#">Facebook</a><a href="#">X</a><a href="#">Email</a></div>
<figure class="lead"><img src="x.jpg" alt="A library"><figcaption>A reading room. <span class="credit">Photograph by nobody</span></figcaption></figure>
<div class="article__body">{body}<section class="footnotes" role="doc-endnotes"><h2>Notes</h2><ol>{notes}</ol></section>
<h2>{essay.references_title}</h2>{_works(essay)}</div>
<div class="author-bio bio"><p>{escape(essay.author)} is the author of two books about the edges of paper and is at work on a third.</p></div>
<section class="recirc"><h2>More from the Magazine</h2><ul>{_RELATED}</ul></section></main>
<footer role="contentinfo"><ul>{_LINKS}</ul><p>© The Magazine. Reproduction in whole or in part is a pleasure that we keep for ourselves.</p></footer></body></html>"""


def repository(essay: WrittenEssay) -> str:
    """An article in a university's repository, with Highwire metadata."""

    def call(mark: str) -> str:
        return f'<a class="xref-fn" id="xref-fn-{mark}" href="#fn-{mark}"><sup>{mark}</sup></a>'

    notes = _notes(
        essay,
        '<div class="fn" id="fn-{mark}"><p><a class="rev-xref" href="#xref-fn-{mark}"><sup>{mark}</sup></a> {words}</p></div>',
        "i",
    )
    meta = (
        f'<meta name="citation_title" content="{escape(curled(essay.title))}"><meta name="citation_author" content="{escape(essay.author)}">'
        '<meta name="citation_journal_title" content="Journal of Marginal Studies"><meta name="citation_volume" content="12">'
        '<meta name="citation_issue" content="3"><meta name="citation_firstpage" content="101"><meta name="citation_lastpage" content="119">'
        '<meta name="citation_publication_date" content="2021/05/03"><meta name="citation_doi" content="10.5555/12345678">'
    )
    return f"""{_head(essay, meta)}
<body id="jms"><div id="header"><div id="navbar" class="nav"><ul>{_LINKS}</ul></div><div id="breadcrumb"><a href="/">Home</a> &gt; <a href="/v">Vol. 12</a> &gt; <a href="#">No. 3</a></div></div>
<div id="main-content"><div class="article" id="article"><div class="journal-title">Journal of Marginal Studies</div>
<h1 id="article-title">{escape(curled(essay.title))}</h1><div class="contributors"><p class="contributor">{escape(essay.author)}</p></div>
{_body(essay, call, italic="i", quotation='<div class="disp-quote"><p>{}</p></div>', verse='<div class="disp-quote"><p>{}</p></div>')}
<div class="fn-group" id="fn-group-1"><h2>Notes</h2>{notes}</div>
<div class="section ref-list" id="ref-list-1"><h2>{essay.references_title}</h2>{_works(essay, "<li>{}</li>", "i").join(("<ol>", "</ol>"))}</div></div>
<div id="sidebar"><h3>Article tools</h3><ul><li><a href="#">PDF</a></li><li><a href="#">Cite</a></li><li><a href="#">Export</a></li></ul></div></div>
<div id="footer"><p>Hosted by the library of a university, which is not responsible for what is said in the works it keeps.</p></div></body></html>"""


def wikisource(essay: WrittenEssay) -> str:
    """A page of Wikisource with page numbers and notes in a list."""

    def call(mark: str) -> str:
        return f'<sup id="cite_ref-{mark}" class="reference"><a href="#cite_note-{mark}"><span class="cite-bracket">[</span>{mark}<span class="cite-bracket">]</span></a></sup>'

    notes = _notes(
        essay,
        '<li id="cite_note-{mark}"><span class="mw-cite-backlink"><a href="#cite_ref-{mark}" aria-label="Jump up">↑</a></span> <span class="reference-text">{words}</span></li>',
        "i",
    )
    return f"""{_head(essay, "", " - Wikisource, the free online library")}
<body class="mediawiki ltr skin-vector"><div id="mw-navigation"><ul>{_LINKS}</ul></div><div id="content" class="mw-body" role="main">
<h1 id="firstHeading" class="firstHeading">{escape(curled(essay.title))}</h1><div id="siteSub" class="noprint">From Wikisource</div><div id="mw-content-text" class="mw-body-content">
<div class="mw-content-ltr mw-parser-output" lang="en" dir="ltr"><table id="headertemplate" class="ws-noexport noprint"><tr><td>← <a href="#">Before</a></td><td><b>{escape(curled(essay.title))}</b><br>by <i><a href="#">{escape(essay.author)}</a></i></td><td><a href="#">After</a> →</td></tr></table>
<div class="prp-pages-output" lang="en"><p class="byline author">{escape(essay.author)}</p>{_body(essay, call, italic="i", verse='<div class="poem"><p>{}</p></div>', heading='<h2><span class="mw-headline">{}</span><span class="mw-editsection">[<a href="#">edit</a>]</span></h2>')}
<h2><span class="mw-headline">Notes</span></h2><div class="reflist"><div class="mw-references-wrap"><ol class="references">{notes}</ol></div></div>
<h2>{essay.references_title}</h2>{_works(essay, "<li>{}</li>", "i").join(("<ul>", "</ul>"))}</div>
<div class="licenseContainer licenseBanner dynlayout-exempt noprint"><p>This work is in the public domain because its author says so in a footnote that we removed.</p></div></div></div>
<div id="catlinks" class="catlinks"><ul><li><a href="#">Category: Essays</a></li></ul></div></div>
<div id="mw-panel"><ul>{_LINKS}</ul></div><div id="footer" class="mw-footer" role="contentinfo"><ul><li>This page was last edited on 3 May 2021.</li></ul></div></body></html>"""


def html32(essay: WrittenEssay) -> str:
    """A page of the nineties: paragraphs ended by two line breaks, quotations by a list without items."""

    def call(mark: str) -> str:
        return f'<A NAME="r{mark}" HREF="#n{mark}">[{mark}]</A>'

    parts = []
    for block in essay.blocks:
        text = words(block.words, call, "I", "<BR>")
        if block.kind == "heading":
            parts.append(f"<P><CENTER><FONT SIZE=+1><B>{text}</B></FONT></CENTER><P>")
        elif block.kind in {"blockquote", "verse"}:
            parts.append(f"<UL>{text}</UL>")
        else:
            parts.append(f"{text}<BR><BR>")
    notes = "\n".join(
        f'<A NAME="n{note.mark}" HREF="#r{note.mark}">[{note.mark}]</A> {words(note.words, _no_call, "I")}<BR><BR>'
        for note in essay.notes
    )
    works = "".join(f"{words(entry, _no_call, 'I')}<BR><BR>\n" for entry in essay.references)
    body = "\n".join(parts)
    return f"""<HTML><HEAD><TITLE>{escape(curled(essay.title))}</TITLE></HEAD><BODY BGCOLOR="#FFFFFF">
<TABLE WIDTH="100%"><TR><TD WIDTH=120 VALIGN=TOP><A HREF="index.html">Home</A><BR><A HREF="links.html">Links</A><BR><A HREF="guest.html">Guestbook</A></TD>
<TD><CENTER><H1>{escape(curled(essay.title))}</H1><FONT SIZE=+1>{escape(essay.author)}</FONT></CENTER><HR>
<FONT FACE="Times">{body}
<HR><H3>Notes</H3>{notes}<H3>{essay.references_title}</H3>{works}</FONT></TD></TR></TABLE></BODY></HTML>"""


def word(essay: WrittenEssay) -> str:
    """Word's "Web page, filtered"."""

    def call(mark: str) -> str:
        return (
            f'<a href="#_ftn{mark}" name="_ftnref{mark}" title=""><span class=MsoFootnoteReference><span class=MsoFootnoteReference>'
            f"<span style='font-size:12.0pt;font-family:\"Times New Roman\",serif'>[{mark}]</span></span></span></a>"
        )

    body = _body(
        essay, call, italic="i", paragraph="<p class=MsoNormal style='text-indent:.5in;line-height:200%'>{}</p>",
        heading="<p class=MsoNormal align=center style='text-align:center;line-height:200%'><b>{}</b></p>",
        quotation="<p class=MsoNormal style='margin-left:.5in;line-height:200%'>{}</p>",
        verse="<p class=MsoNormal style='margin-left:1.0in'>{}</p>",
    )  # fmt: skip
    notes = _notes(
        essay,
        '<div id=ftn{mark}><p class=MsoFootnoteText><a href="#_ftnref{mark}" name="_ftn{mark}" title=""><span class=MsoFootnoteReference>'
        "<span class=MsoFootnoteReference>[{mark}]</span></span></a> {words}</p></div>",
        "i",
    )
    works = _works(essay, "<p class=MsoNormal style='margin-left:.5in;text-indent:-.5in'>{}</p>", "i")
    return f"""<html><head><meta http-equiv=Content-Type content="text/html; charset=windows-1252"><meta name=Generator content="Microsoft Word 15 (filtered)">
<style><!-- /* Style Definitions */ p.MsoNormal, li.MsoNormal, div.MsoNormal {{margin:0in;font-size:12.0pt;}} @page WordSection1 {{size:8.5in 11.0in;}} --></style></head>
<body lang=EN-US style='word-wrap:break-word'><div class=WordSection1><p class=MsoTitle>{escape(curled(essay.title))}</p>
<p class=MsoNormal align=center style='text-align:center'>{escape(essay.author)}</p>{body}
<p class=MsoNormal align=center style='text-align:center'>{essay.references_title}</p>{works}</div>
<div><br clear=all><hr align=left size=1 width="33%">{notes}</div></body></html>"""


def google_docs(essay: WrittenEssay) -> str:
    """What Google Docs exports: classes with style rules, notes at the end after a rule."""

    def call(mark: str) -> str:
        return f'<sup><a href="#ftnt{mark}" id="ftnt_ref{mark}">[{mark}]</a></sup>'

    body = _body(
        essay, call, italic='span class="c3"', paragraph='<p class="c1"><span class="c0">{}</span></p>',
        heading='<h2 class="c6"><span class="c0">{}</span></h2>', quotation='<p class="c5"><span class="c0">{}</span></p>',
        verse='<p class="c5"><span class="c0">{}</span></p>',
    )  # fmt: skip
    notes = _notes(
        essay,
        '<div><p class="c7"><a href="#ftnt_ref{mark}" id="ftnt{mark}">[{mark}]</a><span class="c8">&nbsp;{words}</span></p></div>',
        'span class="c3"',
    )
    works = _works(essay, '<p class="c9"><span class="c0">{}</span></p>', 'span class="c3"')
    style = (
        ".c0{color:#000000;font-weight:400}.c1{padding-top:0pt;text-indent:36pt;line-height:2.0}.c3{font-style:italic}"
        ".c5{margin-left:36pt;line-height:2.0}.c6{font-size:16pt}.c7{font-size:10pt}.c9{margin-left:36pt;text-indent:-36pt}"
        "ol{margin:0;padding:0}table td{padding:0}"
    )
    return f"""<html><head><meta content="text/html; charset=UTF-8" http-equiv="content-type"><style type="text/css">@import url(https://themes.example/x.css);{style}</style></head>
<body class="c2 doc-content"><p class="title c4"><span class="c0">{escape(curled(essay.title))}</span></p><p class="c10" style="text-align:center"><span class="c0">{escape(essay.author)}</span></p>
{body}<p class="c1"><span class="c0"></span></p><h2 class="c6"><span>{essay.references_title}</span></h2>{works}<hr class="c11">{notes}</body></html>"""


def openedition(essay: WrittenEssay) -> str:
    """An article of OpenEdition with printed numbers of paragraphs."""

    def call(mark: str) -> str:
        return f'<a class="footnotecall" id="bodyftn{mark}" href="#ftn{mark}">{mark}</a>'

    parts, number = [], 0
    for block in essay.blocks:
        text = words(block.words, call)
        if block.kind == "heading":
            parts.append(f'<h1 class="texte"><a href="#tocfrom1n1">{text}</a></h1>')
        elif block.kind == "blockquote":
            parts.append(
                f'<p class="citation">{text}</p>'
                if number % 2
                else f'<blockquote class="citation"><p>{text}</p></blockquote>'
            )
        elif block.kind == "verse":
            parts.append(f'<blockquote class="citation"><p>{text}</p></blockquote>')
        else:
            number += 1
            parts.append(
                f'<div class="textandnotes"><p class="texte"><span class="paranumber">{number}</span>{text}</p></div>'
            )
    notes = _notes(
        essay,
        '<p class="notesbaspage"><a class="FootnoteSymbol" id="ftn{mark}" href="#bodyftn{mark}">{mark}</a> {words}</p>',
    )
    body = "\n".join(parts)
    return f"""{_head(essay, f'<meta name="DC.title" content="{escape(curled(essay.title))}"><meta name="DC.creator" content="{escape(essay.author)}"><meta name="DC.date" content="2021">')}
<body class="article"><div id="navOpenEdition"><ul>{_LINKS}</ul></div><div id="main" role="main"><div id="docHead"><h1 id="docTitle"><span class="text">{escape(curled(essay.title))}</span></h1>
<div id="docAuthor"><div class="author"><span class="name"><a href="#">{escape(essay.author)}</a></span></div></div></div>
<div id="toc"><div class="tocSection1"><a href="#tocto1n1">Plan</a></div></div>
<div id="widgets" class="widget"><h2>Texte intégral</h2><ul><li><a href="#">PDF</a></li><li><a href="#">Partager</a></li></ul></div>
<div id="text"><div class="text wResizable">{body}</div></div>
<div id="bibliography"><h2>{essay.references_title}</h2><div class="text">{_works(essay, '<p class="bibliographie">{}</p>')}</div></div>
<div id="notes"><h2>Notes</h2>{notes}</div>
<div id="quotation" class="noprint"><h2>To cite this article</h2><p>Ask the author, who has a view of how it ought to be done, and the time to explain it.</p></div></div>
<div id="footer"><p>OpenEdition Journals</p></div></body></html>"""


def gutenberg(essay: WrittenEssay) -> str:
    """A page of Project Gutenberg: page numbers in the margin, notes at the end in divisions."""

    def call(mark: str) -> str:
        return f'<a id="FNanchor_{mark}" href="#Footnote_{mark}" class="fnanchor">[{mark}]</a>'

    def lines(block: Block) -> str:
        rows = words(block.words, call, "i", "\n").split("\n")
        spans = "<br>\n".join(f'<span class="i0">{row}</span>' for row in rows if row.strip())
        return f'<div class="poem"><div class="stanza">\n{spans}\n</div></div>'

    parts = []
    for number, block in enumerate(essay.blocks):
        text = words(block.words, call, "i")
        page = f'<span class="pagenum" id="Page_{essay.first_page + number // 4}">[{essay.first_page + number // 4}]</span>'
        if number % 4 == 0 and block.kind == "paragraph":
            at = text.find(" ", len(text) // 2) + 1
            text = text[:at] + page + text[at:] if "<" not in text[:at] else page + text
        if block.kind == "verse":
            parts.append(lines(block))
        elif block.kind == "heading":
            parts.append(f"<h3>{text}</h3>")
        else:
            parts.append(
                f'<div class="blockquot"><p>{text}</p></div>'
                if block.kind == "blockquote"
                else f"<p>{text}</p>"
            )
    notes = _notes(
        essay,
        '<div class="footnote"><p><a id="Footnote_{mark}" href="#FNanchor_{mark}" class="label">[{mark}]</a> {words}</p></div>',
        "i",
    )
    body = "\n".join(parts)
    return f"""{_head(essay, "", "")}
<body><div class="chapter"><h1>{escape(curled(essay.title))}</h1><p class="center">BY</p><p class="author center">{escape(essay.author)}</p>
{body}<h3>FOOTNOTES:</h3>{notes}<h3>{essay.references_title}</h3>{_works(essay, "<p>{}</p>", "i")}</div></body></html>"""


def sidenotes(essay: WrittenEssay) -> str:
    """A page with notes in its margin, written where they are called."""
    notes = {note.mark: words(note.words, _no_call) for note in essay.notes}

    def call(mark: str) -> str:
        return (
            f'<label for="sn-{mark}" class="margin-toggle sidenote-number"></label><input type="checkbox" id="sn-{mark}" class="margin-toggle">'
            f'<span class="sidenote">{notes[mark]}</span>'
        )

    return f"""{_head(essay)}<body><article><h1>{escape(curled(essay.title))}</h1><p class="author">{escape(essay.author)}</p>
<section>{_body(essay, call)}</section><section><h2>{essay.references_title}</h2>{_works(essay)}</section></article></body></html>"""


FRAMES: Mapping[str, Callable[[WrittenEssay], str]] = {
    "wordpress": wordpress, "substack": substack, "medium": medium, "magazine": magazine, "repository": repository,
    "wikisource": wikisource, "html32": html32, "word": word, "google-docs": google_docs, "openedition": openedition,
    "gutenberg": gutenberg, "sidenotes": sidenotes,
}  # fmt: skip


def saved_by_browser(page: str, path: Path) -> None:
    """Write a page as a browser saves it when its scripts have run."""
    source = path.with_suffix(".source.html")
    source.write_text(page, encoding="utf-8")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "google-chrome"
    command = [
        program,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--dump-dom",
        source.resolve().as_uri(),
    ]
    saved = subprocess.run(command, capture_output=True, timeout=120, check=True).stdout
    source.unlink()
    path.write_bytes(saved)


def _frame(name: str) -> Callable[[WrittenEssay, Path], None]:
    def write(essay: WrittenEssay, path: Path) -> None:
        encoding = "cp1252" if name == "word" else "utf-8"
        path.write_bytes(FRAMES[name](essay).encode(encoding, "xmlcharrefreplace"))

    return write


def _office(form: str) -> Callable[[WrittenEssay, Path], None]:
    def write(essay: WrittenEssay, path: Path) -> None:
        source = path.with_suffix(".source.odt")
        pandoc_convert(essay, source)
        office_convert(source, form, path)
        source.unlink()

    return write


def _markdown(essay: WrittenEssay, path: Path, *, front_matter: bool) -> None:
    path.write_text(markdown(essay, front_matter=front_matter), encoding="utf-8")


def _book(essay: WrittenEssay, path: Path) -> None:
    """An EPUB of one chapter: pandoc numbers the notes of each chapter from 1."""
    command = ["pandoc", "--from", "markdown-smart", "--output", str(path)]
    subprocess.run(command, input=markdown(essay), text=True, timeout=120, check=True)


_DESCRIPTIONS = {
    "wordpress": "WordPress post with sidebar, comments and a plugin's notes",
    "substack": "Substack letter",
    "medium": "Medium story, notes typed by hand",
    "magazine": "Magazine with forms and related stories between the paragraphs",
    "repository": "Journal in a repository",
    "wikisource": "Wikisource",
    "html32": "HTML 3.2, paragraphs by two line breaks",
    "word": "Word's web page, filtered",
    "google-docs": "Google Docs' web page",
    "openedition": "OpenEdition with printed paragraph numbers",
    "gutenberg": "Project Gutenberg with page numbers",
    "sidenotes": "Notes in the margin",
}
# The words of a page as sites and programs write it, and the files of other programs.
PAGE_WRITERS: tuple[MarkupWriter, ...] = (
    *(
        MarkupWriter(name=name, suffix=".html", description=f"Web page: {words}", write=_frame(name))
        for name, words in _DESCRIPTIONS.items()
    ),
    MarkupWriter(
        name="browser",
        suffix=".html",
        description="Web page: the magazine as a browser saves it",
        write=lambda essay, path: saved_by_browser(magazine(essay), path),
    ),
    MarkupWriter(name="office", suffix=".html", description="Web page (LibreOffice)", write=_office("html")),
    MarkupWriter(name="pandoc", suffix=".html", description="Web page (pandoc)", write=pandoc_convert),
    MarkupWriter(name="office", suffix=".epub", description="EPUB (LibreOffice)", write=_office("epub")),
    MarkupWriter(name="pandoc", suffix=".epub", description="EPUB (pandoc)", write=_book),
    MarkupWriter(
        name="pandoc",
        suffix=".md",
        description="Markdown with front matter (pandoc's)",
        write=lambda essay, path: _markdown(essay, path, front_matter=True),
    ),
    MarkupWriter(
        name="bare",
        suffix=".md",
        description="Markdown without front matter",
        write=lambda essay, path: _markdown(essay, path, front_matter=False),
    ),
    MarkupWriter(name="pandoc", suffix=".tex", description="LaTeX (pandoc)", write=pandoc_convert),
)
