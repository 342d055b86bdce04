"""The library as HTML: its table, what was removed, which essays are asked.

Hooks that the scripts, the styles and the browser tests rely on (keep them stable):

- ``#shelf table.essays``: the table; ``th[aria-sort] button[data-sort]``: its headers; ``tr[data-essay]``: a
  row, in it ``input.chosen`` and ``button[data-act]`` (``open``, ``edit``, ``report``, ``remove``);
- ``#shelf .asked-what``: which essays are asked, in words (written by ``choosing.js``);
- ``#shelf details.removed li[data-essay] button[data-act]`` (``restore``, ``forget``);
- ``#scope details.scope``: the same choice in the part that asks, with ``input.chosen[value]``.

The form in which the record of an essay and its first page are mended.

What became of an uploaded file, in fixed sentences around the counts of its ingest report.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.core.essay import plain_title
from assistant.web.views.passage import authors_of, escape, label_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assistant.core.essay import CSLItem, EssaySummary, IngestReport, RemovedEssay


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


_KIND_NAMES = {
    "paragraph": ("paragraph", "paragraphs"),
    "blockquote": ("block quotation", "block quotations"),
    "note": ("note", "notes"),
    "heading": ("heading", "headings"),
    "list": ("list", "lists"),
    "verse": ("piece of verse", "pieces of verse"),
    "reference": ("reference", "references"),
}


def report_html(report: IngestReport, head: str = "Added") -> str:
    """The essentials of an ingest report.

    Args:
        report: The report.
        head: What is said before the title.

    Returns:
        HTML of one ``div.ingest``.
    """
    lines = "".join(f"<li>{line}</li>" for line in _lines(report))
    warnings = "".join(f'<p class="warning">{escape(warning)}</p>' for warning in report.warnings)
    return (
        f'<div class="ingest" role="status" data-essay="{escape(report.essay_id)}">'
        f"<p>{head} <strong>{escape(report.title or report.essay_id)}</strong>.</p>"
        f"{warnings}<ul>{lines}</ul>{_dropped_html(report)}</div>"
    )


def report_dialog_html(report: IngestReport) -> str:
    """The ingest report of an essay, for the dialog."""
    return (
        '<h2 id="sheet-title">What became of the file</h2>'
        f"{report_html(report, '')}"
        '<div class="sheet-row"><button type="button" class="close" autofocus>Close</button></div>'
    )


def _lines(report: IngestReport) -> Iterator[str]:
    if report.pages:
        span = f"{escape(report.first_page)} to {escape(report.last_page)}" if report.last_page else ""
        yield f"{_count(report.pages, 'page', 'pages')} found{f', {span}' if span else ''}."
    else:
        yield "No pages found; citations will carry no page number."
    if report.page_provenance:
        yield escape(report.page_provenance)
    kinds = [
        _count(number, *_KIND_NAMES[kind])
        for kind, number in report.kinds.items()
        if kind in _KIND_NAMES and number
    ]
    if kinds:
        yield f"Passages: {', '.join(kinds)}."
    undone, kept = len(report.hyphens_joined), len(report.hyphens_kept)
    yield f"{_count(undone, 'line-end hyphen', 'line-end hyphens')} undone, {kept} kept in compounds."
    yield f"{_count(len(report.dropped), 'line', 'lines')} left out."
    for reason, number in report.removed.items():
        yield f"{_count(number, 'character', 'characters')} taken out of the running text: {escape(reason)}."
    if report.unaccounted:
        yield f"{_count(report.unaccounted, 'character stands', 'characters stand')} in no passage."


def _dropped_html(report: IngestReport) -> str:
    if not report.dropped:
        return ""
    rows = "".join(
        f"<li>Line {number}: <q>{escape(text)}</q> ({escape(reason)})</li>"
        for number, text, reason in report.dropped
    )
    return f"<details><summary>Lines left out</summary><ul>{rows}</ul></details>"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


# From so many rows on, a box to filter them is of use.
_MANY = 8
_COLUMNS = (
    ("title", "Title", "ascending"),
    ("author", "Author", "none"),
    ("year", "Year", "none"),
    ("pages", "Pages", "none"),
    ("passages", "Passages", "none"),
    ("added", "Added", "none"),
)
_ACTS = (("open", "Open"), ("edit", "Edit"), ("report", "Report"), ("remove", "Remove"))
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def shelf_html(abouts: Mapping[str, EssaySummary], removed: Iterable[RemovedEssay] = ()) -> str:
    """The table of a library.

    Args:
        abouts: What is known of each essay, by id.
        removed: What can be put back.

    Returns:
        HTML of one ``div.shelf``.
    """
    if not abouts:
        table = '<p class="none">No essay yet. Choose one or several files above.</p>'
    else:
        head = "".join(_head(*column) for column in _COLUMNS)
        order = sorted(abouts, key=lambda one: (title_of(one, abouts[one]).casefold(), one))
        rows = "".join(_row(number, one, abouts[one]) for number, one in enumerate(order))
        table = (
            f'<div class="shelf-bar"><p class="asked-what"></p>{_clearing()}{_filter(len(abouts))}</div>'
            '<div class="shelf-table"><table class="essays"><caption>Essays of the library</caption>'
            f'<thead><tr><th scope="col" id="shelf-ask">Ask</th>{head}'
            f'<th scope="col"><span class="unseen">What to do</span></th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )
    return f'<div class="shelf" data-essays="{len(abouts)}">{table}{_removed_html(removed)}</div>'


def scope_html(abouts: Mapping[str, EssaySummary], focus: Sequence[str] = ()) -> str:
    """Which essays are asked, to choose.

    Args:
        abouts: What is known of each essay, by id.
        focus: Ids of those that are chosen until the reader chooses otherwise.

    Returns:
        HTML of one ``details.scope``, or of one hidden ``div.scope`` where there is nothing to choose from.
    """
    if len(abouts) < 2:
        return '<div class="scope" hidden></div>'
    labels = sorted(
        ((label_of(one, about.reference) if about.reference else about.title or one, one))
        for one, about in abouts.items()
    )
    items = "".join(
        f'<li><label><input type="checkbox" class="chosen" value="{escape(one)}"> {escape(label)}'
        "</label></li>"
        for label, one in labels
    )
    chosen = " ".join(one for one in focus if one in abouts)
    return (
        f'<details class="scope" data-focus="{escape(chosen)}">'
        f"<summary>Asking all {len(abouts)} essays</summary>"
        '<div class="scope-list" role="group" aria-label="Essays to ask">'
        f"{_clearing()}{_filter(len(abouts))}"
        f"<ul>{items}</ul></div></details>"
    )


def title_of(essay_id: str, about: EssaySummary) -> str:
    """What an essay is called in a sentence: its title, or its id."""
    return plain_title(about.reference) or about.title or essay_id


def removed_html(essay_id: str, title: str) -> str:
    """What is said when an essay has been removed, with the way back.

    Args:
        essay_id: Its id.
        title: Its title.
    """
    return (
        f'<p class="gone">“{escape(title)}” is removed. '
        f'<button type="button" data-act="restore" data-essay="{escape(essay_id)}">Undo</button></p>'
    )


def confirm_html(title: str, *, kept: bool) -> str:
    """The question whether an essay is to be removed, for the dialog.

    Args:
        title: Its title.
        kept: Whether it is one that was removed already and is kept.
    """
    if kept:
        asked, told, choice = (
            f"Delete “{escape(title)}” for good?",
            "It was removed before and is only kept to be put back; afterwards it cannot be.",
            "",
        )
    else:
        asked = f"Remove “{escape(title)}”?"
        told = "It is asked no more. For 30 days it can be put back as it is."
        choice = '<label class="for-good"><input type="checkbox" name="for-good"> Keep nothing of it</label>'
    return (
        f'<h2 id="sheet-title">{asked}</h2><p>{told}</p>{choice}'
        '<p class="fault" role="alert" hidden></p><div class="sheet-row">'
        '<button type="button" class="close" autofocus>Cancel</button>'
        f'<button type="button" class="danger" data-act="{"forget" if kept else "remove"}-now">'
        f"{'Delete for good' if kept else 'Remove'}</button></div>"
    )


def _head(name: str, label: str, order: str) -> str:
    return (
        f'<th scope="col" aria-sort="{order}"><button type="button" data-sort="{name}">{label}</button></th>'
    )


def _row(number: int, essay_id: str, about: EssaySummary) -> str:
    name = f"essay-{number}"
    title, record = title_of(essay_id, about), about.reference
    acts = "".join(
        f'<button type="button" data-act="{act}" aria-describedby="{name}">{label}</button>'
        for act, label in _ACTS
    )
    cells = "".join(
        f'<td data-label="{label}" data-order="{escape(order)}">{shown}</td>'
        for label, order, shown in _cells(about)
    )
    return (
        f'<tr data-essay="{escape(essay_id)}"><td class="ask"><input type="checkbox" class="chosen" '
        f'value="{escape(essay_id)}" aria-labelledby="shelf-ask {name}"></td>'
        f'<th scope="row" id="{name}" data-order="{escape(title)}">{escape(title)}</th>'
        f'<td data-label="Author" data-order="{escape(_sorted_names(record))}">'
        f"{escape(authors_of(record))}</td>"
        f'{cells}<td class="acts">{acts}</td></tr>'
    )


def _cells(about: EssaySummary) -> Iterator[tuple[str, str, str]]:
    """Label, what is sorted by, and HTML of the cells that are figures."""
    year = year_of(about.reference)
    yield "Year", year, escape(year)
    span = "–".join(dict.fromkeys(filter(None, (about.first_page, about.last_page))))
    pages = f'{about.pages} <span class="span">({escape(span)})</span>' if about.pages else "none shown"
    yield "Pages", f"{about.pages:06d}", pages
    yield "Passages", f"{about.passages:06d}", f"{about.passages:,}"
    yield "Added", about.added, _time_html(about.added)


def year_of(record: CSLItem) -> str:
    """Year in which a work appeared, or the words in its place; empty if it is not on record."""
    issued = record.get("issued")
    date: Mapping[str, Any] = issued if isinstance(issued, dict) else {}
    parts = date.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first:
        return str(first[0])
    return str(date.get("literal") or date.get("raw") or "")


def _sorted_names(record: CSLItem) -> str:
    names = [name for name in record.get("author") or () if isinstance(name, dict)]
    return " ".join(str(name.get("family") or name.get("literal") or "") for name in names)


def _time_html(moment: str) -> str:
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return ""
    return f'<time datetime="{escape(moment)}">{at.day} {_MONTHS[at.month - 1]} {at.year}</time>'


def _clearing() -> str:
    return '<button type="button" class="ask-all" hidden>Ask all</button>'


def _filter(count: int) -> str:
    if count < _MANY:
        return ""
    return (
        '<input type="search" class="filter" aria-label="Filter essays" placeholder="Filter…" '
        'autocomplete="off" spellcheck="false">'
    )


def _removed_html(removed: Iterable[RemovedEssay]) -> str:
    items = [
        f'<li data-essay="{escape(one.id)}"><span id="removed-{number}">{escape(one.title)}</span>'
        f'<span class="when">removed {_time_html(one.at)}</span>'
        f'<button type="button" data-act="restore" aria-describedby="removed-{number}">Put back</button>'
        f'<button type="button" data-act="forget" aria-describedby="removed-{number}">'
        "Delete for good</button></li>"
        for number, one in enumerate(removed)
    ]
    if not items:
        return ""
    return (
        f'<details class="removed"><summary>Removed essays ({len(items)})</summary>'
        f"<ul>{''.join(items)}</ul></details>"
    )
