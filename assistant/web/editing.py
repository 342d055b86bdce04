"""The form in which the record of an essay and its first page are mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.web.markup import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES = {
    "article-journal": "Article in a journal",
    "chapter": "Chapter of a book",
    "book": "Book",
    "thesis": "Thesis",
    "paper-conference": "Paper of a conference",
    "article-magazine": "Article in a magazine",
    "article-newspaper": "Article in a newspaper",
    "review": "Review",
    "review-book": "Review of a book",
    "entry-encyclopedia": "Entry of an encyclopedia",
    "post-weblog": "Post of a blog",
    "webpage": "Web page",
    "report": "Report",
    "speech": "Speech",
    "pamphlet": "Pamphlet",
    "manuscript": "Manuscript",
    "document": "Document of another kind",
}
_GROUP = "One a line, as Family, Given; a group in braces: {Modern Language Association}."
# Name, label and hint of each field; the first ones are those that most essays need.
_FIELDS = (
    ("title", "Title", "Italics of a title within it: &lt;i&gt;Hamlet&lt;/i&gt;."),
    ("author", "Authors", _GROUP),
    ("issued", "Date", "2014, 2014-12 or 2014-12-05."),
    ("container-title", "Journal or book that it is in", ""),
    ("volume", "Volume", ""),
    ("issue", "Issue", ""),
    ("page", "Pages", "Such as 844-62."),
    ("publisher", "Publisher", ""),
    ("publisher-place", "Place", ""),
    ("editor", "Editors", "As the authors."),
    ("translator", "Translators", ""),
    ("edition", "Edition", ""),
    ("DOI", "DOI", ""),
    ("URL", "Web address", ""),
    ("language", "Language", "Such as en or de."),
)
_LINES = {"author", "editor", "translator"}
_WIDE = {"title", "author", "container-title"}


def form_html(title: str, form: Mapping[str, str], now: str) -> str:
    """The form of an essay, for the dialog.

    Args:
        title: What the essay is called now.
        form: Texts of the fields, by CSL's names, and ``first-page``.
        now: Where its pages come from now, in words.

    Returns:
        HTML with one ``form.edit``; its controls have the names of the fields.
    """
    fields = "".join(_field(name, label, hint, form.get(name, "")) for name, label, hint in _FIELDS)
    first = escape(form.get("first-page", ""))
    return (
        f'<form class="edit" novalidate><h2 id="sheet-title">Edit “{escape(title)}”</h2>'
        '<div class="field"><label for="edit-first-page">Number of the first page</label>'
        f'<input id="edit-first-page" name="first-page" value="{first}" autocomplete="off" '
        'aria-describedby="hint-first-page">'
        '<p class="hint" id="hint-first-page">Empty: as record or print tell it. '
        f"Now: {escape(now)}.</p></div>"
        f"<fieldset><legend>Reference</legend>{_type(form.get('type', ''))}{fields}</fieldset>"
        '<details class="record"><summary>Take it from a record (CSL-JSON, BibTeX, RIS)</summary>'
        '<div class="field wide"><label for="edit-record">Paste the record</label>'
        '<textarea id="edit-record" name="record" rows="5" spellcheck="false"></textarea></div>'
        '<div class="field"><label for="edit-record-file">Or choose its file</label>'
        '<input id="edit-record-file" type="file" accept=".json,.bib,.ris,.txt"></div>'
        '<button type="button" data-act="read">Fill in the fields</button></details>'
        '<p class="fault" role="alert" hidden></p><div class="sheet-row">'
        '<button type="button" class="close">Cancel</button>'
        '<button type="submit" class="primary">Save</button></div></form>'
    )


def _field(name: str, label: str, hint: str, text: str) -> str:
    described = f' aria-describedby="hint-{name}"' if hint else ""
    named = f'id="edit-{name}" name="{name}" autocomplete="off"{described}'
    if name in _LINES:
        # A parser takes away a line break that follows the tag.
        control = f'<textarea {named} rows="{max(2, text.count(chr(10)) + 1)}">\n{escape(text)}</textarea>'
    else:
        control = f'<input {named} value="{escape(text)}">'
    told = f'<p class="hint" id="hint-{name}">{hint}</p>' if hint else ""
    wide = " wide" if name in _WIDE else ""
    return f'<div class="field{wide}"><label for="edit-{name}">{label}</label>{control}{told}</div>'


def _type(now: str) -> str:
    types = _TYPES if now in _TYPES or not now else {now: now} | _TYPES
    options = "".join(
        f'<option value="{escape(name)}"{" selected" if name == now else ""}>{escape(label)}</option>'
        for name, label in types.items()
    )
    empty = "" if now else '<option value="" selected>Not told</option>'
    return (
        '<div class="field wide"><label for="edit-type">Kind of work</label>'
        f'<select id="edit-type" name="type">{empty}{options}</select></div>'
    )
