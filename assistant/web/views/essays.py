"""The library as HTML: its table, its dialogs, which essays are asked, and what became of added files.

Hooks that the scripts, the styles and the browser tests rely on (keep them stable):

- ``#shelf table.essays``: the table; ``th[aria-sort] button[data-sort]``: its headers; ``tr[data-essay]``: a
  row, in it ``input.chosen`` and ``button[data-act]`` (``open``, ``edit``, ``report``, ``remove``);
- ``#shelf .asked-what``: which essays are asked, in words (written by ``scope.js``);
- ``#shelf ul.damaged li[data-essay] button[data-act="remove"]``: essays whose files are damaged;
- ``#shelf details.removed li[data-essay] button[data-act]`` (``restore``, ``forget``);
- ``#scope details.scope``: the same choice in the part that asks, with ``input.chosen[value]``;
- ``#scope .filter-form`` and ``#scope .chips button.chip[data-field][data-value]``: filters (``filters.js``);
- ``form.edit``: its controls have the names of CSL's fields, and ``first-page`` and ``record``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, get_args
from unicodedata import combining, normalize

from assistant.core.essay import CSLItem, EssaySummary, IngestReport, RemovedEssay, plain_title
from assistant.core.selection import SelectableKind
from assistant.web.views import PAGE, render
from assistant.web.views.passage import label_of

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
_KIND_NAMES = {
    "paragraph": ("paragraph", "paragraphs"),
    "blockquote": ("block quotation", "block quotations"),
    "note": ("note", "notes"),
    "heading": ("heading", "headings"),
    "list": ("list", "lists"),
    "verse": ("piece of verse", "pieces of verse"),
    "reference": ("reference", "references"),
}
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_UPLOAD_HEADS = {"added": "Added", "there": "Already there:", "changed": "Brought up to date:"}
_UPLOAD_STATES = {
    "added": "added",
    "there": "already there, nothing is changed",
    "changed": "brought up to date",
}

# Essays of a list of the page: a browser takes seconds to lay out more. So many of the others are found at
# once.
MOST_LISTED, MOST_FOUND = 2_000, 200
# Values of a filter that are offered.
_MOST_VALUES = 300

UploadState = Literal["waiting", "working", "added", "there", "changed", "fault"]


@dataclass(slots=True)
class UploadLine:
    """A file and what became of it.

    Attributes:
        name: Its name.
        state: How far it is.
        message: The stage of the work, or what is wrong, in words.
        done: Steps of the stage that are done.
        total: Steps that there are.
        report: Its ingest report, once it is in the library.
    """

    name: str
    state: UploadState = "waiting"
    message: str = ""
    done: int = 0
    total: int = 0
    report: IngestReport | None = None


def shelf_html(
    essays: Mapping[str, EssaySummary],
    removed: Iterable[RemovedEssay] = (),
    damaged: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The table of a library, what is damaged and what can be put back, as one ``div.shelf``."""
    rows = [
        (essay_id, title_of(essay_id, essays[essay_id]), essays[essay_id])
        for essay_id in in_order(essays)[:MOST_LISTED]
    ]
    return render("essays.shelf", rows, list(removed), damaged, len(essays) - len(rows))


def found_html(essays: Mapping[str, EssaySummary], words: str) -> dict[str, str]:
    """The essays in whose authors, title and year all words occur, for the lists that do not have all essays.

    Returns:
        Rows of the table as ``rows``, and essays to choose as ``choices``.
    """
    wanted = _folded(words).split()
    found: list[tuple[str, str]] = []
    for label, essay_id in labels_of(essays):
        text = _folded(f"{label} {year_of(essays[essay_id].reference)}")
        if len(found) < MOST_FOUND and all(word in text for word in wanted):
            found.append((label, essay_id))
    rows = [(essay_id, title_of(essay_id, essays[essay_id]), essays[essay_id]) for _, essay_id in found]
    return {
        "rows": render("essays.rows_of", rows, "found"),
        "choices": render("essays.choices", found),
    }


def scope_html(essays: Mapping[str, EssaySummary], focus: Sequence[str] = ()) -> str:
    """Which essays are asked, to choose.

    Args:
        essays: The library's essays, by id.
        focus: Ids of those that are chosen until the reader chooses otherwise.

    Returns:
        One ``details.scope``, or one hidden ``div.scope`` where there is nothing to choose from.
    """
    chosen = [essay_id for essay_id in focus if essay_id in essays]
    labels = labels_of(essays)
    listed = [label for label in labels[MOST_LISTED:] if label[1] in chosen] + labels[:MOST_LISTED]
    known = json.dumps(filter_values(essays))
    return render("essays.scope", listed, chosen, known, len(essays))


def filter_values(essays: Mapping[str, EssaySummary]) -> dict[str, list[str]]:
    """Values to filter essays by, those of most essays where there are many, by the name of the filter."""
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("authors", "years", "collections", "tags", "sections")
    }
    for essay in essays.values():
        counts["authors"].update({name for name in _families(essay.reference) if name})
        counts["years"].update(filter(str.isdigit, [year_of(essay.reference)]))
        counts["collections"].update(essay.collections)
        counts["tags"].update(essay.tags)
        counts["sections"].update(set(essay.sections))
    values = {
        name: sorted((value for value, _ in count.most_common(_MOST_VALUES)), key=_folded)
        for name, count in counts.items()
    }
    return values | {"kinds": list(get_args(SelectableKind))}


def in_order(essays: Mapping[str, EssaySummary]) -> list[str]:
    """Ids of essays as every list of the page has them: by authors, then by title; without authors last."""

    def key(essay_id: str) -> tuple[bool, str, str, str]:
        names = _folded(sorted_names(essays[essay_id].reference))
        return not names, names, _folded(title_of(essay_id, essays[essay_id])), essay_id

    return sorted(essays, key=key)


def labels_of(essays: Mapping[str, EssaySummary]) -> list[tuple[str, str]]:
    """Name and id of each essay, in that order."""
    return [
        (label_of(essay_id, essay.reference) if essay.reference else title_of(essay_id, essay), essay_id)
        for essay_id, essay in ((essay_id, essays[essay_id]) for essay_id in in_order(essays))
    ]


def _folded(text: str) -> str:
    """A text without accents and case, as lists are sorted by."""
    return "".join(each for each in normalize("NFKD", text) if not combining(each)).casefold()


def title_of(essay_id: str, essay: EssaySummary) -> str:
    """What an essay is called in a sentence: its title, or its id."""
    return plain_title(essay.reference) or essay.title or essay_id


def removed_html(essay_id: str, title: str) -> str:
    """The message that an essay has been removed, with the way back."""
    return render("essays.removed", essay_id, title)


def confirm_html(title: str, *, kept: bool) -> str:
    """The question whether an essay is to be removed, for the dialog.

    Args:
        title: Its title.
        kept: Whether it was removed before and is only kept to be put back.
    """
    return render("essays.confirm", title, kept)


def form_html(title: str, form: Mapping[str, str], now: str) -> str:
    """The form of an essay, for the dialog.

    Args:
        title: What the essay is called now.
        form: Texts of the fields, by CSL's names, and ``first-page``.
        now: Where its pages come from now, in words.
    """
    kind = form.get("type", "")
    types = {kind: kind, **_TYPES} if kind and kind not in _TYPES else _TYPES
    return render("essays.form", title, form, now, types, kind)


def report_html(report: IngestReport, head: str = "Added") -> str:
    """The essentials of an ingest report, as one ``div.ingest``; ``head`` precedes the essay's title."""
    return render("report.ingest", report, head, _kinds(report))


def report_dialog_html(report: IngestReport) -> str:
    """The same, with the heading and the button of the dialog."""
    return render("report.sheet", report, _kinds(report))


def lines_html(lines: Sequence[UploadLine]) -> str:
    """HTML of one ``ul.uploads`` with a ``li[data-state]`` for each file, and of a single file the report."""
    report = lines[0].report if len(lines) == 1 else None
    report_part = report_html(report, _UPLOAD_HEADS[lines[0].state]) if report is not None else ""
    return render("uploads.uploads", lines, _UPLOAD_STATES, report_part)


@PAGE.filter
def year_of(record: CSLItem) -> str:
    """Year in which a work appeared, or the words in its place; empty if it is not on record."""
    issued = record.get("issued")
    date: Mapping[str, Any] = issued if isinstance(issued, dict) else {}
    parts = date.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if isinstance(first, list) and first:
        year = str(first[0])
        return f"{year[1:]} BCE" if year.startswith("-") else year
    return str(date.get("literal") or date.get("raw") or "")


@PAGE.filter
def sorted_names(record: CSLItem) -> str:
    """What rows are sorted by where they are sorted by authors."""
    return " ".join(_families(record))


def _families(record: CSLItem) -> list[str]:
    """Family names of authors."""
    names = [name for name in record.get("author") or () if isinstance(name, dict)]
    return [str(name.get("family") or name.get("literal") or "") for name in names]


@PAGE.filter
def page_span(essay: EssaySummary) -> str:
    """First and last page, or the only one."""
    return "–".join(dict.fromkeys(filter(None, (essay.first_page, essay.last_page))))


@PAGE.filter
def date_text(moment: str) -> str:
    """The day of a moment in ISO 8601, such as ``7 Mar 2026``; empty where it is none."""
    try:
        date = datetime.fromisoformat(moment)
    except ValueError:
        return ""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


@PAGE.filter
def counted(number: int, singular: str, plural: str) -> str:
    """A number with the noun that it counts."""
    return f"{number:,} {singular if number == 1 else plural}"


def _kinds(report: IngestReport) -> list[str]:
    return [
        counted(number, *_KIND_NAMES[kind])
        for kind, number in report.kinds.items()
        if kind in _KIND_NAMES and number
    ]
