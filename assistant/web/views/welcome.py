"""What is shown before the first question: an essay's record, outline and announced thesis, or the shelf.

Hooks: ``.welcome``; in it ``button.ask-this`` asks the question that is written on it, ``button[data-note]``
opens a passage, ``.outline button[data-note]`` a heading, ``.shelf-list button[data-open-essay]`` an essay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.core.essay import CSLItem, EssaySummary, Passage, Span, StoredEssay, plain_title
from assistant.web.views import PAGE, render
from assistant.web.views.essays import title_of
from assistant.web.views.passage import authors_of, marked_stretches

# Essays of the shelf that are shown; all are in the library's own part.
_SHELF = 8


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in an outline.

    Attributes:
        passage: Id of its passage.
        text: Its words.
        page: Label of its page, or the empty string.
    """

    passage: str
    text: str
    page: str


def essay_welcome_html(
    essay: StoredEssay, thesis: tuple[Passage, Span] | None, questions: Sequence[str]
) -> str:
    """One essay: its record, its outline, what it announces in its own words, and questions to begin with."""
    announced = None
    if thesis is not None:
        passage, (start, end) = thesis
        announced = (passage, passage.text[start:end], " and ".join(passage.pages_of(start, end)))
    record = essay.reference
    return render(
        "welcome.essay",
        essay_id=essay.id,
        title=plain_title(record) or essay.report.title or essay.id,
        authors=authors_of(record),
        facts=facts_of(record, essay.report.first_page, essay.report.last_page),
        outline=outline_of(essay),
        announced=announced,
        questions=questions,
    )


def shelf_welcome_html(essays: Mapping[str, EssaySummary], questions: Sequence[str]) -> str:
    """Several essays: the first of them by title, and questions to begin with."""
    rows = sorted(
        ((essay_id, title_of(essay_id, summary), summary) for essay_id, summary in essays.items()),
        key=lambda row: (row[1].casefold(), row[0]),
    )
    return render("welcome.shelf", rows[:_SHELF], len(rows), questions)


def no_essay_html() -> str:
    """An empty library: what to do."""
    return render("welcome.nothing")


def outline_of(essay: StoredEssay) -> list[Heading]:
    """The headings of an essay, with the pages on which they are printed."""
    headings, page = [], ""
    for passage in essay.passages:
        labels = [start.label for start in passage.pages if start.label]
        if passage.kind == "heading":
            headings.append(Heading(passage.id, passage.text, labels[0] if labels else page))
        if passage.kind != "note":
            page = labels[-1] if labels else page
    return headings


def facts_of(record: CSLItem, first_page: str, last_page: str) -> list[str]:
    """Where and when an essay was published, and its pages, each in a few words."""
    container = str(record.get("container-title") or record.get("publisher") or "")
    numbers = ".".join(str(record[name]) for name in ("volume", "issue") if record.get(name))
    pages = f"pages {first_page}–{last_page}" if first_page != last_page else f"page {first_page}"
    facts = (" ".join(filter(None, (container, numbers))), year_of(record), pages if first_page else "")
    return [fact for fact in facts if fact]


@PAGE.filter
def year_of(record: CSLItem) -> str:
    """The year of a record, or the empty string."""
    parts = (record.get("issued") or {}).get("date-parts") or [[]]
    return str(parts[0][0]) if parts[0] else ""


PAGE.filter(authors_of)
PAGE.filter(marked_stretches)
