"""Front matter, licences, notes in brackets, references, verse and columns of plain text."""

from __future__ import annotations

import pytest
from plain_prose import (
    AUTHOR,
    ENGLISH,
    FRONT,
    GERMAN,
    HEAD,
    TITLE,
    Passages,
    paragraphs,
    passages,
    read,
    side_by_side,
    spaced,
    under,
    wrap,
    wrapped,
)

from assistant.documents.columns import undo_columns
from assistant.documents.text import read_pages

ONE, TWO, THREE = ENGLISH[:2], ENGLISH[2:4], ENGLISH[4:]


@pytest.mark.parametrize(
    "matter",
    [
        f'---\nlayout: post\ntitle: "{TITLE}"\nauthor: {AUTHOR}\n---',
        f"---\ntags:\n  - lights\n  - books\nauthor:\n  - '{AUTHOR}'\ntitle: '{TITLE}'\n---",
        f"---\ntitle: {TITLE}\nauthors:\n- name: {AUTHOR}\nabstract: |\n  A text\n  of lines.\n...",
        f"---\ntitle: {TITLE}\nauthor: [{AUTHOR}, John Reed]\n---",
        f'+++\ntitle = "{TITLE}"\nauthor = "{AUTHOR}"\ndate = 2020-01-01\n+++',
        f"% {TITLE}\n% {AUTHOR}\n% May 2019",
    ],
)  # fmt: skip
def test_front_matter(matter: str) -> None:
    text = spaced(matter, ENGLISH[0], "<!-- to do:\ncheck -->", "## Weather", ENGLISH[1])
    expected = [*FRONT, *paragraphs(ENGLISH[0]), ("heading", "Weather"), *paragraphs(ENGLISH[1])]
    assert passages(text) == expected
    again = spaced(matter, f"# {TITLE}", ENGLISH[0])
    assert passages(again) == [*FRONT, *paragraphs(ENGLISH[0])]


def test_rule_at_the_beginning_is_no_front_matter() -> None:
    text = spaced("---", wrap(ENGLISH[0]), "---", wrap(ENGLISH[1]))
    assert [kind for kind, _ in passages(text)] == ["paragraph", "paragraph"]


@pytest.mark.parametrize(
    "rule", ["---", "***", "* * *", "*****", "________________", "       *       *       *", "⁂"]
)
def test_rules_and_underlined_headings(rule: str) -> None:
    text = spaced(
        f"{TITLE}\n{'=' * len(TITLE)}", wrap(ENGLISH[0]), f"The Weather\n{'-' * 11}\n{wrap(ENGLISH[1])}",
        rule, *wrapped(TWO),
    )  # fmt: skip
    expected: Passages = [
        ("title", TITLE), *paragraphs(ENGLISH[0]), ("heading", "The Weather"), *paragraphs(*ENGLISH[1:4]),
    ]  # fmt: skip
    assert passages(text) == expected
    assert (rule.strip(), "rule") in [(line, reason) for _, line, reason in read(text).report.dropped]


@pytest.mark.parametrize("width", [0, 40, 70])
def test_quotation_of_several_paragraphs(width: int) -> None:
    quoted = [(wrap(text, width) if width else text).replace("\n", "\n> ") for text in TWO]
    text = spaced(f"# {TITLE}", ENGLISH[0], f"> {quoted[0]}\n>\n> {quoted[1]}", ENGLISH[4])
    kinds = [("blockquote", ENGLISH[2]), ("blockquote", ENGLISH[3])]
    assert passages(text) == [("title", TITLE), *paragraphs(ENGLISH[0]), *kinds, *paragraphs(ENGLISH[4])]


def test_editor_markup_is_left_out() -> None:
    text = (
        f"# {TITLE} {{#top .unnumbered}}\n\nUp:: [[All Essays]]\n\n%% check %%\n\n\\noindent {ENGLISH[0]}\n\n"
        f'![Tower](a.png)\n\n{{{{< figure src="a.png" >}}}}\n\n\\newpage\n\n::: {{.note}}\n{ENGLISH[1]}\n'
        f":::\n\n> [!quote] Log\n> {ENGLISH[2]}\n\n## Weather ##\n\n{ENGLISH[3]}\n"
    )  # fmt: skip
    assert passages(text) == [
        ("title", TITLE), *paragraphs(ENGLISH[0], ENGLISH[1]), ("blockquote", f"Log {ENGLISH[2]}"),
        ("heading", "Weather"), *paragraphs(ENGLISH[3]),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [0, 60])
def test_notes_within_the_line(width: int) -> None:
    body = f"{ENGLISH[0]}^[See [Holm](x.md), p. 3.] And so it went on ^[A second note.] for years."
    text = spaced(
        f"# {TITLE}", wrap(body, width) if width else body, f"{ENGLISH[1]}[^a]", "[^a]: Defined below."
    )
    chunked = read(text)
    assert [(passage.kind, passage.text) for passage in chunked.passages] == [
        ("title", TITLE), *paragraphs(f"{ENGLISH[0]} And so it went on for years.", ENGLISH[1]),
        ("note", "Defined below."), ("note", "See [Holm](x.md), p. 3."), ("note", "A second note."),
    ]  # fmt: skip
    first, second = chunked.passages[1], chunked.passages[2]
    assert [(mark.mark, mark.passage, mark.at) for mark in first.notes] == [
        ("1", "essay/n2", len(ENGLISH[0])),
        ("2", "essay/n3", first.text.index(" for years")),
    ]
    assert [(mark.mark, mark.passage) for mark in second.notes] == [("a", "essay/n1")]


@pytest.mark.parametrize(
    "text", ["^[never closed " + ENGLISH[0], f"[Footnote 1: {ENGLISH[0]}", "^[] " + ENGLISH[0]]
)
def test_bracket_that_is_not_closed_stays(text: str) -> None:
    printed = "".join(words for _, words in passages(spaced(TITLE, ENGLISH[1], text)))
    assert ENGLISH[0].split(". ")[0] in printed


_START = f"""The Project Gutenberg eBook of {TITLE}, by {AUTHOR}

This ebook is for the use of anyone anywhere.

Title: {TITLE}

Author: {AUTHOR}

Release date: May 1, 2020 [eBook #1]

*** START OF THE PROJECT GUTENBERG EBOOK THE BOOK OF THE LIGHT ***
"""
_END = """*** END OF THE PROJECT GUTENBERG EBOOK THE BOOK OF THE LIGHT ***

Updated editions will replace the previous one.

Section 1. General Terms of Use
"""
_OLD_START = f"""Project Gutenberg's {TITLE}, by {AUTHOR}

Title: {TITLE}
       A Reading

Author: {AUTHOR}

***START OF THIS PROJECT GUTENBERG EBOOK
THE BOOK OF THE LIGHT***


Produced by A. Volunteer and the
Online Team
"""
_OLD_END = (
    f"End of Project Gutenberg's {TITLE}, by {AUTHOR}\n\n***END OF THIS PROJECT GUTENBERG EBOOK***\n\nTerms."
)


@pytest.mark.parametrize(("start", "end"), [(_START, _END), (_OLD_START, _OLD_END)])
def test_gutenberg(start: str, end: str) -> None:
    body = spaced(
        TITLE.upper(), "[Illustration: The tower,\nfrom the sea]", "    “Count the lamps.”",
        "I\n\nTHE WEATHER", *wrapped(ONE), "     *     *     *", *wrapped(TWO),
        "II\n\nTHE IRON", *wrapped(THREE),
    )  # fmt: skip
    text = f"{start}\n\n\n\n{body}\n\n\n\n{end}"
    assert passages(text) == [
        ("title", TITLE.upper()), ("author", AUTHOR), ("blockquote", "“Count the lamps.”"),
        ("heading", "I THE WEATHER"), *paragraphs(*ONE, *TWO), ("heading", "II THE IRON"),
        *paragraphs(*THREE),
    ]  # fmt: skip
    reasons = read(text).report.removed
    assert {"header of the file", "licence of the file", "picture", "rule"} <= reasons.keys()


@pytest.mark.parametrize("marks", [("1", "2", "3"), ("A", "B", "A"), ("41", "42", "43")])
def test_footnotes_of_transcribers(marks: tuple[str, str, str]) -> None:
    one, two, three = marks
    text = spaced(
        f"{TITLE}[{one}]", wrap(ENGLISH[0] + f"[{two}]"), f"[Footnote {one}: Read before a society.]",
        f"[Footnote {two}: A second note,\nwrapped [sic] and done.\n\nIt has two paragraphs.]",
        wrap(ENGLISH[1] + f"[{three}]"), f"[Footnote {three}: Another.]", wrap(ENGLISH[2]),
    )  # fmt: skip
    chunked = read(text)
    assert [(passage.kind, passage.text) for passage in chunked.passages] == [
        ("title", TITLE), *paragraphs(ENGLISH[0]), ("note", "Read before a society."),
        ("note", "A second note, wrapped [sic] and done. It has two paragraphs."), *paragraphs(ENGLISH[1]),
        ("note", "Another."), *paragraphs(ENGLISH[2]),
    ]  # fmt: skip
    linked = [(mark.mark, mark.passage) for passage in chunked.passages for mark in passage.notes]
    assert linked == [(one, "essay/n1"), (two, "essay/n2"), (three, "essay/n3")]
    assert chunked.title == TITLE


def test_notes_by_numbers_in_brackets_after_each_chapter() -> None:
    chapters = [
        spaced(name, wrap(f"{text}[1]"), f"[1] The note of {name}.")
        for name, text in zip(("THE WEATHER", "THE IRON"), ENGLISH, strict=False)
    ]
    chunked = read(spaced(TITLE, *chapters))
    assert [passage.text for passage in chunked.passages if passage.kind == "note"] == [
        "[1] The note of THE WEATHER.", "[1] The note of THE IRON.",
    ]  # fmt: skip
    assert [mark.passage for passage in chunked.passages for mark in passage.notes] == [
        "essay/n1",
        "essay/n2",
    ]


_MLA = (
    "Abbott, Mary. The Light. London: Rock Press, 1901.",
    "———. The Tower. London: Rock Press, 1903.",
    (
        "Burns, Ned, and Ida Cole. “Nameless Columns in the Books of the North.” Journal of Rural Lights 4, "
        "no. 2 (1977): 12–40."
    ),
    "Cole, Ida. Ferns and Maps. York, 1950.",
    "---, ed. Clerks and Their Hands. York, 1952.",
    (
        "Holm, Mary. A Green Cloth: Essays on Weather and on the Clerks Who Copied It in Small Hands. New "
        "York: Harbor, 1999."
    ),
    "Reed, John. “Iron.” In Small Things, edited by Ida Cole, 3–9. York: Minster, 1988. https://example.org/a/b",
)
_APA = (
    "Abbott, M. (1901). The light. Rock Press.",
    (
        "Abbott, M., & Cole, I. (1977). Nameless columns in the books of the north: A study of clerks. "
        "Journal of Rural Lights, 4(2), 12–40. https://doi.org/10.1000/182"
    ),
    "Cole, I. (1950). Ferns and maps. Minster.",
    "van der Holm, M. (1999). A green cloth: Essays on weather and on the clerks who copied it. Harbor.",
)
_NUMBERED = (
    "[1] M. Abbott. The Light. Rock Press, 1901.",
    (
        "[2] I. Cole and N. Burns. Nameless columns in the books of the north. Journal of Rural Lights, "
        "4(2):12–40, 1977."
    ),
    "[3] A. Holm. A Green Cloth. Harbor, 1999.",
)
_GERMAN = (
    "Abt, Maria: Das Licht. Leipzig 1901.",
    "———: Der Turm. Leipzig 1903.",
    (
        "Kohl, Ida / Bär, Nils: Spalten ohne Namen in den Büchern des Nordens. In: Zeitschrift für "
        "Leuchtfeuer 4 (1977), H. 2, S. 12–40."
    ),
    "Zorn, Hans: Eisen. Berlin 1988.",
)
_FRENCH = (
    "ARNAUD, Paul, Papiers de phares, Lille, 1954.",
    (
        "BESSON, Luc, et Ida COLLE, « Des colonnes sans nom dans les livres du nord », Revue des phares, "
        "no 4, 1977, p. 12-40."
    ),
    "VIDAL, Jean, Le Fer, Paris, 1988.",
)


@pytest.mark.parametrize("width", [60, 72, 90])
@pytest.mark.parametrize("setting", ["flush", "blank", "hanging"])
@pytest.mark.parametrize(
    ("heading", "entries"),
    [
        *(("Works Cited", _MLA), ("References", _APA), ("REFERENCES", _NUMBERED), ("Literatur", _GERMAN)),
        *(("Quellen- und Literaturverzeichnis", _GERMAN), ("Ouvrages cités", _FRENCH)),
        ("5. Bibliographie", _FRENCH),
    ],
)
def test_references(heading: str, entries: tuple[str, ...], setting: str, width: int) -> None:
    printed = [wrap(entry, width, rest=4 if setting == "hanging" else 0) for entry in entries]
    listed = ("\n\n" if setting == "blank" else "\n").join(printed)
    text = HEAD + spaced(*wrapped(ENGLISH[:4], width), f"{heading}\n{listed}")
    references = [("reference", entry) for entry in entries]
    assert passages(text) == [*FRONT, *paragraphs(*ENGLISH[:4]), ("heading", heading), *references]


_SONG = (
    "The keeper climbed the winding stair,", "And lit the evening flame;",
    "He wrote that all the winds were fair,", "And never wrote his name.",
)  # fmt: skip


@pytest.mark.parametrize(
    "indents", [(4, 6, 4, 6), (0, 2, 0, 2), (8, 11, 8, 11), (4, 4, 4, 4), (4, 6, 8, 4), (6, 4, 6, 4)]
)
def test_stanzas(indents: tuple[int, ...]) -> None:
    stanza = "\n".join(" " * indent + line for indent, line in zip(indents, _SONG, strict=True))
    text = HEAD + spaced(*wrapped(ONE), "There was a song:", stanza, stanza, *wrapped(TWO))
    verse = [("verse", " ".join(_SONG))] * 2
    assert passages(text) == [*FRONT, *paragraphs(*ONE, "There was a song:"), *verse, *paragraphs(*TWO)]


def test_verse_in_lower_case() -> None:
    lines = (
        "the keeper climbed",
        "the winding stair, and lit",
        "what was left of the flame",
        "and wrote",
        "nothing",
    )
    verse = "\n".join(f"    {line}" for line in lines)
    text = HEAD + spaced(*wrapped(ONE), "A later poet has:", verse, *wrapped(TWO))
    assert ("verse", " ".join(verse.split())) in passages(text)


_CENTRED = f"               {TITLE}\n\n                   {AUTHOR}\n\n"


def _lines(*texts: str, width: int = 38) -> list[str]:
    return [line for text in texts for line in wrap(text, width, first=3).split("\n")]


@pytest.mark.parametrize("gap", [2, 4, 9])
def test_two_columns(gap: int) -> None:
    text = _CENTRED + side_by_side(_lines(*ENGLISH[:3]), _lines(*ENGLISH[3:]), gap)
    assert passages(text) == [*FRONT, *paragraphs(*ENGLISH)]
    document = read_pages(text, "essay.txt")
    assert sorted(document.text.split()) == sorted(text.split())
    assert any("two columns" in warning and "line 5" in warning for warning in document.pages.warnings)


def test_two_columns_on_two_pages() -> None:
    first, second = _lines(*ENGLISH[:4]), _lines(*ENGLISH[4:])
    pages = (
        f"{side_by_side(first[:18], first[18:], 5)}\n\n{'1':>41}\n",
        f"{side_by_side(second[:9], second[9:], 5)}\n\n{'2':>41}\n",
    )
    text = _CENTRED + "\f".join(pages)
    assert passages(text) == [*FRONT, *paragraphs(*ENGLISH)]
    assert [passage.pages[0].label for passage in read(text).passages] == ["1"] * 6 + ["2"] * 2


def test_tables_and_verse_side_by_side_are_not_divided() -> None:
    table = "\n".join(f"Lamp number {number:<20} {number * 12:>6}" for number in range(20))
    assert undo_columns(table) == undo_columns(table.replace("x", "x"))
    assert undo_columns(table).text == table
    assert undo_columns(table).warnings == ()
    verse = side_by_side(list(_SONG) * 3, list(_SONG) * 3, 8)
    assert undo_columns(verse).text == verse
    assert "two columns" in undo_columns(verse).warnings[0]


@pytest.mark.parametrize("byline", ["By {}", "by {}", "{}"])
def test_several_essays_in_one_file(byline: str) -> None:
    names = ("The Weather", "The Fourth Column", "The Iron")
    authors = ("Mary Holm", "John Reed", "Ida Cole")
    parts = [
        spaced(
            name,
            byline.format(author),
            *wrapped(texts),
            "Works Cited",
            "Abbott, Mary. The Light. London, 1901.",
        )
        for name, author, texts in zip(names, authors, (ONE, TWO, THREE), strict=True)
    ]
    text = spaced(*parts)
    starts = [text[: text.index(f"{name}\n")].count("\n") + 1 for name in names]
    warning = next(warning for warning in read(text).report.warnings if "essays" in warning)
    assert f"{starts[0]}, {starts[1]} and {starts[2]}" in warning
    assert [passage for passage in passages(text) if passage[0] == "paragraph"] == paragraphs(*ENGLISH)


def test_one_essay_is_not_several() -> None:
    text = HEAD + spaced(
        "The Weather", *wrapped(ONE), "John Reed's Iron", *wrapped(TWO), "Notes", "1. See above."
    )
    assert not any("essays" in warning for warning in read(text).report.warnings)


def test_title_page_of_a_paper() -> None:
    page = (
        "Universität Neustadt\nInstitut für Germanistik\nWintersemester 2019/20\nDozentin: Prof. Ida Kohl\n\n"
        "Das namenlose Register\nZur vierten Spalte\n\nvorgelegt von Nils Bär\nMatrikelnummer 123456"
    )
    text = spaced(page, "1 Einleitung", *wrapped(GERMAN[:2], 66), "2 Fazit", *wrapped(GERMAN[2:], 66))
    chunked = read(text)
    assert (chunked.title, chunked.author) == ("Das namenlose Register Zur vierten Spalte", "Nils Bär")
    searched = [passage for passage in passages(text) if passage[0] in {"paragraph", "blockquote", "verse"}]
    assert searched == paragraphs(*GERMAN)
    assert list(passages(text))[-6:] == under("1 Einleitung", "2 Fazit", texts=GERMAN)
