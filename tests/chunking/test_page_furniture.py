"""Stamps, cover sheets, page numbers, page marks and line numbers are no words of an essay."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from extractions import AUTHOR, ENGLISH, TITLE
from fake_models import essay_of

from assistant.chunking.chunk import Chunked, chunk
from assistant.documents.numbering import number_pages
from assistant.documents.pages import find_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PARAGRAPHS = [words.replace("{}", "") for words in ENGLISH]
FRONT = f"{TITLE}\n\n{AUTHOR}\n\n"
WIDTH = 72


def set_in_lines(words: str, width: int = WIDTH, indent: str = "") -> str:
    return textwrap.fill(words, width, initial_indent=indent, break_on_hyphens=False)


# Two paragraphs to a page.
PAGES = ["\n".join(map(set_in_lines, pair)) for pair in zip(PARAGRAPHS[::2], PARAGRAPHS[1::2], strict=True)]
LEAVES = [set_in_lines(words) for words in PARAGRAPHS]
IN_ORDER = [str(301 + number // 2) for number in range(8)]


def check(
    text: str,
    frequency: Callable[[str], float],
    labels: Sequence[str] | None = None,
    paragraphs: Sequence[str] = PARAGRAPHS,
) -> Chunked:
    """Check that the essay comes out as its paragraphs, on these pages."""
    chunked = chunk(essay_of(text), frequency)
    passages = [passage for passage in chunked.passages if passage.kind not in {"title", "author"}]
    assert [passage.text for passage in passages] == list(paragraphs)
    assert {passage.kind for passage in passages} == {"paragraph"}
    if labels is not None:
        assert [passage.pages[0].label if passage.pages else "" for passage in passages] == list(labels)
    assert chunked.report.unaccounted == 0
    return chunked


def reasons(chunked: Chunked) -> set[str]:
    return {reason for _, _, reason in chunked.report.dropped}


def _stamps() -> dict[str, str]:
    """Each stamp by its name, on the line above it."""
    text = (Path(__file__).parent.parent / "data" / "stamps.txt").read_text("utf-8")
    named = (each.partition("\n") for each in text.split("== ")[1:])
    return {name: stamp.strip("\n") for name, _, stamp in named}


STAMPS = _stamps()


@pytest.mark.parametrize("name", STAMPS)
def test_download_stamps(name: str, frequency: Callable[[str], float]) -> None:
    stamps = [STAMPS[name].replace("{}", str(page + 1)) for page in range(4)]
    pages = [FRONT + PAGES[0], *PAGES[1:]]
    with_feeds = "\f".join(f"{page}\n\n{stamp}\n" for page, stamp in zip(pages, stamps, strict=True)) + "\f"
    assert reasons(check(with_feeds, frequency, "11223344")) == {"download stamp"}
    check(with_feeds.replace("\f", "\n"), frequency, "11223344")
    numbered = "\f".join(
        f"{page}\n\n{301 + number}\n{stamp}\n"
        for number, (page, stamp) in enumerate(zip(pages, stamps, strict=True))
    )
    assert reasons(check(numbered, frequency, IN_ORDER)) == {"download stamp", "page number"}
    check(numbered.replace("\f", "\n"), frequency, IN_ORDER)
    at_head = "\f".join(
        f"{stamp}\n\n{page}\n\n{301 + number}\n"
        for number, (page, stamp) in enumerate(zip(pages, stamps, strict=True))
    )
    check(at_head, frequency, IN_ORDER)


def test_recurring_lines_of_a_list_of_works_are_no_stamps(frequency: Callable[[str], float]) -> None:
    works = "\n\n".join(
        f"Brook, Ada. “{name}.” Rural Quarterly, vol. {number}, 1988, pp. 1–9.\n"
        f"    JSTOR, www.jstor.org/stable/{number}00.\n    Downloaded 3 May 2010."
        for number, name in enumerate(("Coats", "Boots", "Buttons", "Lanterns"), 12)
    )
    chunked = chunk(essay_of(f"{FRONT}{LEAVES[0]}\n\n{LEAVES[1]}\n\nWorks Cited\n\n{works}\n"), frequency)
    assert chunked.report.dropped == ()


def test_a_stamp_is_told_from_a_sentence_on_downloads(frequency: Callable[[str], float]) -> None:
    words = "Downloaded from nowhere, the song was everywhere; nobody had paid for it or knew whose it was."
    check(
        f"{FRONT}{LEAVES[0]}\n\n{set_in_lines(words)}\n\n{LEAVES[1]}\n",
        frequency,
        None,
        [PARAGRAPHS[0], words, PARAGRAPHS[1]],
    )


@pytest.mark.parametrize(
    "line",
    [
        "downloaded by forty thousand users in 2003, and nobody had paid",
        "Downloaded from a site in 2004, and copied since,",
    ],
)
def test_a_line_of_prose_on_downloads_is_no_stamp(line: str, frequency: Callable[[str], float]) -> None:
    before = "It was the year in which the ledger of the mill, which few had read until then, was"
    words, lines = f"{before} {line} for it.", f"{before}\n{line}\nfor it."
    check(
        f"{FRONT}{LEAVES[0]}\n{lines}\n{LEAVES[1]}\n", frequency, None, [PARAGRAPHS[0], words, PARAGRAPHS[1]]
    )


COVERS = {
    "Taylor & Francis": """
        This article was downloaded by: [University of Weir]
        On: 12 March 2015, At: 05:12
        Publisher: Routledge
        Informa Ltd Registered in England and Wales Registered Number: 1072954

        Rural Quarterly
        Publication details, including instructions for authors and subscription information:
        http://www.tandfonline.com/loi/rrqu20

        The Ledger of the Mill
        Ada Brook
        Published online: 01 Jun 1988.

        To cite this article: Ada Brook (1988) The Ledger of the Mill, Rural Quarterly, 12:3, 301-304

        PLEASE SCROLL DOWN FOR ARTICLE

        Terms & Conditions of access and use can be found at http://www.tandfonline.com/page/terms
        """,
    "Project MUSE": """
        The Ledger of the Mill

        Ada Brook

        Rural Quarterly, Volume 12, Number 3, Summer 1988, pp. 301-304 (Article)

        Published by Weir University Press
        DOI: https://doi.org/10.1353/rq.1988.0000

           For additional information about this article
           https://muse.jhu.edu/article/000000/summary

        [ Access provided at 5 May 2020 12:00 GMT from University of Weir ]
        """,
    "a university's archive": """
        Weir University
        ScholarCommons

        The Ledger of the Mill
        Ada Brook

        Follow this and additional works at: https://commons.weir.edu/rq
        Part of the Rural History Commons

        Recommended Citation
        Brook, Ada. "The Ledger of the Mill." Rural Quarterly 12 (1988).

        This Article is brought to you for free and open access by ScholarCommons.
        """,
    "a research portal": """
        University of Weir

        The Ledger of the Mill
        Brook, Ada

        DOI:
        10.1000/182

        Document version
        Publisher's PDF, also known as Version of record

        Link to publication

        Citation for published version (APA):
        Brook, A. (1988). The Ledger of the Mill. Rural Quarterly, 12(3), 301-304.

        General rights
        Copyright and moral rights for the publications made accessible in the public portal are retained.

        Download date: 05. May. 2020
        """,
    "Persée": """
        Rural Quarterly

        The Ledger of the Mill
        Ada Brook

        Citer ce document / Cite this document :

        Brook Ada. The Ledger of the Mill. In: Rural Quarterly, tome 12, n°3, 1988. pp. 301-304;

        doi : https://doi.org/10.3406/rq.1988.000

        Fichier pdf généré le 05/05/2018
        """,
    "e-periodica": """
        The Ledger of the Mill

        Autor(en):     Brook, Ada

        Objekttyp:     Article

        Zeitschrift:   Rural Quarterly

        Band (Jahr):   12 (1988)

        PDF erstellt am:    05.05.2020

        Nutzungsbedingungen
        Sie besitzt keine Urheberrechte an den Inhalten der Zeitschriften.

        Haftungsausschluss
        Alle Angaben erfolgen ohne Gewähr.
        """,
}


@pytest.mark.parametrize("name", COVERS)
def test_cover_sheets_are_no_pages(name: str, frequency: Callable[[str], float]) -> None:
    cover = textwrap.dedent(COVERS[name])
    pages = [FRONT + PAGES[0], *PAGES[1:]]
    plain = "\f".join([cover, *(f"{page}\n" for page in pages)])
    assert reasons(check(plain, frequency, "11223344")) == {"cover sheet"}
    numbered = "\f".join([cover, *(f"{page}\n\n{301 + number}\n" for number, page in enumerate(pages))])
    chunked = check(numbered, frequency, IN_ORDER)
    assert [passage.text for passage in chunked.passages[:2]] == [TITLE, AUTHOR]
    assert chunked.report.pages == 4
    behind = "\f".join([*(f"{page}\n\n{301 + number}\n" for number, page in enumerate(pages)), cover])
    assert reasons(check(behind, frequency, IN_ORDER)) == {"cover sheet", "page number"}


def test_first_page_with_bibliographic_facts_is_no_cover_sheet(frequency: Callable[[str], float]) -> None:
    facts = "Published by Weir University Press\nDOI: https://doi.org/10.1353/rq.1988.0000\n\n"
    first = f"{facts}{FRONT}{PAGES[0]}\n{PAGES[1]}\n\nISSN 0000-0000\n"
    chunked = chunk(essay_of("\f".join([first, *PAGES[2:]])), frequency)
    assert "cover sheet" not in reasons(chunked)
    assert {passage.text for passage in chunked.passages} >= set(PARAGRAPHS[:4])


MARKS = (
    "{{{}}}", "[Pg {}]", "[Page {}]", "[p. {}]", "[S. {}]", "|p. {}|", "<!-- page {} -->",
    '<pb n="{}"/>', '<pb xml:id="p{0}" n="{0}"/>', "## p. {} (#45) ####################",
)  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_page_marks_on_lines_of_their_own(mark: str, frequency: Callable[[str], float]) -> None:
    text = "\n\n".join(
        f"{mark.format(31 + number)}\n\n{left}\n\n{right}"
        for number, (left, right) in enumerate(zip(LEAVES[::2], LEAVES[1::2], strict=True))
    )
    labels = [str(31 + number // 2) for number in range(8)]
    assert reasons(check(f"{text}\n", frequency, labels)) == {"page mark"}
    check(f"{FRONT}{text}\n", frequency, labels)


@pytest.mark.parametrize("mark", MARKS[:-1])
@pytest.mark.parametrize("space", [" {} ", " {}", "{} ", "{}"])
def test_page_marks_within_lines(mark: str, space: str, frequency: Callable[[str], float]) -> None:
    lines = [mark.format(31)]
    for number, words in enumerate(PARAGRAPHS):
        middle = words.index(" ", len(words) // 2)
        after = words[middle + 1 :] if space != "{}" else words[middle:]
        before = words[:middle]
        inserted = space.format(mark.format(32 + number).replace(" ", "\ue000"))
        lines += [set_in_lines(before + inserted + after).replace("\ue000", " "), ""]
    chunked = check(FRONT + "\n".join(lines), frequency, [str(31 + number) for number in range(8)])
    for number, passage in enumerate(chunked.passages[2:]):
        middle = PARAGRAPHS[number].index(" ", len(PARAGRAPHS[number]) // 2)
        turn = passage.pages[1]
        assert turn.label == str(32 + number)
        assert turn.start in {middle, middle + 1}


def test_leaves_without_a_number_in_a_file_of_hathitrust(frequency: Callable[[str], float]) -> None:
    numbers = ("", "", "1", "", "3", "4", "9", "6")
    text = "\n\n".join(
        f"## p. {number} (#{leaf}) ####\n\n{words}"
        for leaf, (number, words) in enumerate(zip(numbers, LEAVES, strict=True), 5)
    )
    check(text, frequency, ["", "", "1", "2", "3", "4", "5", "6"])


def test_figures_in_braces_or_brackets_are_no_page_marks(frequency: Callable[[str], float]) -> None:
    words = "The set {1} has one member, the set {2} another, and [p. 3] says no more of it than [p. 9] does."
    chunked = check(f"{FRONT}{LEAVES[0]}\n\n{set_in_lines(words)}\n", frequency, None, [PARAGRAPHS[0], words])
    assert chunked.report.pages == 0


@pytest.mark.parametrize(
    "cited", ["“{words}” [p. {page}]", "{words} [p. {page}].", "“{words}” {{{page}}}, as he says."]
)
def test_pages_that_an_author_cites_are_no_page_marks(cited: str, frequency: Callable[[str], float]) -> None:
    paragraphs = [
        cited.format(words=words.rstrip("."), page=page) for page, words in enumerate(PARAGRAPHS, 12)
    ]
    text = "\n\n".join(map(set_in_lines, paragraphs))
    chunked = check(f"{FRONT}{text}\n", frequency, None, paragraphs)
    assert chunked.report.pages == 0


def numbered(lines: Sequence[str], form: str = "{:>4}   {}", *, page: int = 0, step: int = 1) -> list[str]:
    made = []
    for place, line in enumerate(lines):
        number = (place % page if page else place) + 1
        plain = line if form.startswith("{1") else f"       {line}"
        made.append(form.format(number, line) if number % step == 0 else plain)
    return made


INDENTED = [line for words in PARAGRAPHS for line in set_in_lines(words, 60, "    ").split("\n")]
FLUSH = [line for words in PARAGRAPHS for line in (*set_in_lines(words, 60).split("\n"), "")]


@pytest.mark.parametrize(
    "lines",
    [
        numbered(INDENTED),
        numbered(INDENTED, page=25),
        numbered(INDENTED, "{:>3}: {}"),
        numbered(INDENTED, "{}\t{}"),
        numbered(FLUSH, "{:>2}  {}"),
        numbered(INDENTED, step=5),
        numbered(INDENTED, step=5, page=30),
        numbered(INDENTED, "{1:<66}{0:>4}", step=5),
        numbered(INDENTED, "{1:<66}{0:>4}", step=5, page=30),
        numbered(INDENTED, "{1:<66}{0:>4}", step=10),
    ],
)  # fmt: skip
def test_line_numbers(lines: Sequence[str], frequency: Callable[[str], float]) -> None:
    assert reasons(check(FRONT + "\n".join(lines) + "\n", frequency)) == {"line number"}


@pytest.mark.parametrize("form", ["{line}\n{number}\n", "{number}\n{line}\n", "{number}\n\n{line}\n\n"])
def test_line_numbers_on_lines_of_their_own(form: str, frequency: Callable[[str], float]) -> None:
    lines = [line for words in PARAGRAPHS for line in set_in_lines(words).split("\n")]
    text = "".join(form.format(line=line, number=number) for number, line in enumerate(lines, 1))
    assert reasons(check(FRONT + text, frequency)) == {"line number"}


def test_line_numbers_and_page_numbers(frequency: Callable[[str], float]) -> None:
    pages = [numbered(INDENTED[start : start + 15], page=25) for start in range(0, len(INDENTED), 15)]
    text = "\f".join("\n".join(page) + f"\n\n{number}\n" for number, page in enumerate(pages, 7))
    chunked = check(FRONT + text, frequency)
    assert (chunked.report.first_page, chunked.report.last_page) == ("7", str(6 + len(pages)))


def test_numbers_of_a_list_are_no_line_numbers(frequency: Callable[[str], float]) -> None:
    items = [
        f"{number} Coats of {name}"
        for number, name in enumerate(("horn", "brass", "wool", "linen", "silk"), 1)
    ]
    chunked = chunk(essay_of(f"{FRONT}{LEAVES[0]}\n\n" + "\n".join(items * 2) + "\n"), frequency)
    assert "line number" not in reasons(chunked)


@pytest.mark.parametrize(
    ("printed", "labels"),
    [
        ("I II III 1 2 3 4 5", "i ii iii 1 2 3 4 5"),
        (". ii iii . 1 2 3 4", "i ii iii iv 1 2 3 4"),
        ("301 302 330 304 305 306 301 308", "301 302 303 304 305 306 307 308"),
        ("301 302 3O3 304 30S 306 307 308", "301 302 303 304 305 306 307 308"),
        (". 302 . 304 305 . 307 .", "301 302 303 304 305 306 307 308"),
        ("301 302 303 . 304 305 306 307", "301 302 303 . 304 305 306 307"),
        (". . 1 2 3 4 5 6", ". . 1 2 3 4 5 6"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["\n\n{}\n", "\n\n                    {}\n", "\n- {} -\n", "\n[{}]\n"])
def test_page_numbers(printed: str, labels: str, form: str, frequency: Callable[[str], float]) -> None:
    text = "\f".join(
        (FRONT if not place else "") + leaf + ("\n" if number == "." else form.format(number))
        for place, (leaf, number) in enumerate(zip(LEAVES, printed.split(), strict=True))
    )
    chunked = check(text, frequency, ["" if label == "." else label for label in labels.split()])
    wrong = [
        number
        for number, label in zip(printed.split(), labels.split(), strict=True)
        if number.lower() != label and number != "."
    ]
    assert len(number_pages(find_pages(text), first_page=None, record="").warnings) == len(wrong)
    assert chunked.report.pages == len(LEAVES)


@pytest.mark.parametrize(
    ("printed", "labels"),
    [
        ("i ii iii 1 2 3 4 5", "i ii iii 1 2 3 4 5"),
        ("301 302 330 304 305 306 307 308", "301 302 303 304 305 306 307 308"),
        ("301 302 . 304 305 306 307 308", "301 302 . . 305 306 307 308"),
    ],
)  # fmt: skip
def test_page_numbers_without_form_feeds(
    printed: str, labels: str, frequency: Callable[[str], float]
) -> None:
    # A page of two paragraphs, as a number that follows soon is none of a page.
    text = "".join(
        f"{leaf}\n{leaf}\n\n" + ("" if number == "." else f"{number}\n\n")
        for leaf, number in zip(LEAVES, printed.split(), strict=True)
    )
    expected = ["" if label == "." else label for label in labels.split() for _ in range(2)]
    doubled = [words for words in PARAGRAPHS for _ in range(2)]
    check(FRONT + text, frequency, expected, doubled)
    warnings = number_pages(find_pages(FRONT + text), first_page=None, record="").warnings
    assert bool(warnings) == ("." in labels)


def test_running_heads_as_wide_as_the_page(frequency: Callable[[str], float]) -> None:
    text = "\f".join(
        (f"{FRONT}{leaf}" if not place else f"     Manuscript under review{301 + place:>80}\n\n{leaf}") + "\n"
        for place, leaf in enumerate(LEAVES)
    )
    check(text, frequency, [str(301 + place) for place in range(8)])


def test_running_heads_with_numbers_that_change_sides(frequency: Callable[[str], float]) -> None:
    heads = [
        f"{301 + place}   ADA BROOK" if place % 2 else f"THE LEDGER OF THE MILL   {301 + place}"
        for place in range(8)
    ]
    text = "\f".join(
        FRONT + leaf if not place else f"{heads[place]}\n\n{leaf}\n" for place, leaf in enumerate(LEAVES)
    )
    check(text, frequency, [str(301 + place) for place in range(8)])


@pytest.mark.parametrize("form", ["{number}\n\n{head}\n\n", "{head}\n\n{number}\n\n", "{head}\n{number}\n"])
def test_running_heads_and_numbers_on_lines_of_their_own(
    form: str, frequency: Callable[[str], float]
) -> None:
    """A head that is printed only once repeats the title."""
    heads = [AUTHOR.upper(), TITLE.upper(), AUTHOR.upper()]
    text = "\f".join(
        FRONT + page if not place else form.format(head=heads[place - 1], number=301 + place) + page
        for place, page in enumerate(PAGES)
    )
    chunked = check(text, frequency, IN_ORDER)
    assert reasons(chunked) == {"running head", "page number"}


@pytest.mark.parametrize(
    "imprint",
    [
        "The Rural Quarterly 12.3 (1988)",
        "Rural Quarterly, Vol. 12, No. 3, 1988",
        "© 1988 by Weir University Press",
        "Landbote, Jg. 12, Heft 3 (1988)",
    ],
)
def test_imprint_at_the_foot_of_the_first_page(imprint: str, frequency: Callable[[str], float]) -> None:
    text = "\f".join(
        (FRONT if not place else "") + leaf + (f"\n\n{imprint}" if not place else "\n") + f"\n{301 + place}\n"
        for place, leaf in enumerate(LEAVES)
    )
    chunked = check(text, frequency, [str(301 + place) for place in range(8)])
    assert reasons(chunked) == {"imprint", "page number"}
    assert chunked.report.removed["imprint"] == len("".join(imprint.split()))


def test_last_line_of_the_first_page_is_no_imprint(frequency: Callable[[str], float]) -> None:
    """It has a year and a decimal number, and no page number is below it."""
    lines = (
        "The price of flour rose by 3.5 per cent in 1902 and the mill stood\fstill for the whole of the year."
    )
    words = lines.replace("\f", " ")
    text = f"{FRONT}{LEAVES[0]}\n{lines}\n{LEAVES[1]}\n"
    check(text, frequency, "112", [PARAGRAPHS[0], words, PARAGRAPHS[1]])


def test_title_of_two_lines_above_the_author(frequency: Callable[[str], float]) -> None:
    chunked = chunk(
        essay_of(f"The Mill:\nFloods, and Fiction\n{AUTHOR}\n\n{LEAVES[0]}\n\n{LEAVES[1]}\n"), frequency
    )
    assert [(passage.kind, passage.text) for passage in chunked.passages[:2]] == [
        ("title", "The Mill: Floods, and Fiction"),
        ("author", AUTHOR),
    ]


def test_author_above_the_title(frequency: Callable[[str], float]) -> None:
    chunked = chunk(essay_of(f"{AUTHOR.upper()}\n\n{TITLE}\n\n{LEAVES[0]}\n\n{LEAVES[1]}\n"), frequency)
    assert [(passage.kind, passage.text) for passage in chunked.passages[:2]] == [
        ("title", TITLE),
        ("author", AUTHOR.upper()),
    ]
