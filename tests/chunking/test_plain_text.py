"""Headings, contents, speeches and spacing of plain text, in several wordings, widths and languages."""

from __future__ import annotations

import pytest
from plain_prose import (
    ENGLISH,
    FRENCH,
    FRONT,
    GERMAN,
    HEAD,
    Passages,
    double_spaced,
    paragraphs,
    passages,
    read,
    spaced,
    under,
    wrap,
    wrapped,
)

ONE, TWO, THREE = ENGLISH[:2], ENGLISH[2:4], ENGLISH[4:]
GERMAN_FRONT: Passages = [("title", "Das Buch des Lichts"), ("author", "Maria Holm")]
GERMAN_HEAD = "Das Buch des Lichts\n\nMaria Holm\n\n"
FRENCH_FRONT: Passages = [("title", "Le livre de la lumière"), ("author", "Marie Holm")]
FRENCH_HEAD = "Le livre de la lumière\n\nMarie Holm\n\n"


@pytest.mark.parametrize("width", [57, 60, 76])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The Fourth Column", "Afterwards"),
        ("3.2 The Fourth Column", "III. AFTERWARDS"),
        ("§ 2 Spalten", "§ 3 Eisen"),
    ],
)
def test_heading_at_the_top_of_a_page(width: int, first: str, second: str) -> None:
    one, two, three = ("\n".join(wrapped(texts, width)) for texts in (ONE, TWO, THREE))
    text = f"{HEAD}{one}\n\n7\n\n\f{first}\n{two}\n\n8\n\n\f{second}\n\n{three}\n\n9\n\n\f"
    expected = [*FRONT, *paragraphs(*ONE), *under(first, second, texts=ENGLISH[2:])]
    assert passages(text) == expected
    labels = [passage.pages[0].label for passage in read(text).passages]
    assert labels == ["7"] * 4 + ["8"] * 3 + ["9"] * 3


_LEADERS = """Table of Contents

Preface ........................ iii
The Weather .................... 1
   The Fourth Column ........... 4
Bibliography ................... 12
"""
_SPACED_LEADERS = """CONTENTS
                                      PAGE

The Weather . . . . . . . . . . . . .   1

The Fourth Column of the Books,
  and its End . . . . . . . . . . . .   4

Notes . . . . . . . . . . . . . . . .  12
"""
_NUMBERS_APART = "Contents\n\nThe Weather\n\n1\n\nThe Fourth Column\n\n4\n\nNotes\n\n12\n"
_WITHOUT_NUMBERS = "CONTENTS\n\nThe Weather\nThe Fourth Column\nThe Iron\n"
_WITHOUT_HEADING = "\n".join(f"{name} {'.' * 20} {page}" for name, page in (("A", 1), ("B", 4), ("Notes", 9)))


@pytest.mark.parametrize(
    "contents", [_LEADERS, _SPACED_LEADERS, _NUMBERS_APART, _WITHOUT_NUMBERS, _WITHOUT_HEADING]
)
def test_contents_are_left_out(contents: str) -> None:
    headings = ("The Weather", "The Fourth Column", "The Iron")
    parts = [spaced(name, *wrapped(texts)) for name, texts in zip(headings, (ONE, TWO, THREE), strict=True)]
    text = f"{HEAD}{contents}\n\n{spaced(*parts)}"
    assert passages(text) == [*FRONT, *under(*headings)]
    dropped = [line for _, line, reason in read(text).report.dropped if reason == "table of contents"]
    assert dropped == [line.strip() for line in contents.splitlines() if line.strip()]


@pytest.mark.parametrize("stop", ["", ".", "?", "!"])
def test_headings_that_the_contents_name(stop: str) -> None:
    """A stop at their end, or a question, does not make sentences of them."""
    names = ("the weather is bad", "was there a column", "the iron has gone")
    headings = [
        f"{number}. {name.capitalize()}{stop}" for number, name in zip(("I", "II", "III"), names, strict=True)
    ]
    contents = "\n".join(f"  {name:<40} {page}" for name, page in zip(headings, (1, 4, 9), strict=True))
    parts = [spaced(name, *wrapped(texts)) for name, texts in zip(headings, (ONE, TWO, THREE), strict=True)]
    assert passages(spaced(HEAD + "CONTENTS", contents, *parts)) == [*FRONT, *under(*headings)]


def test_contents_in_german_and_french() -> None:
    german = (
        f"{GERMAN_HEAD}Inhalt\n\n1 Das Wetter\t3\n2 Die vierte Spalte\t5\nLiteraturverzeichnis\t9\n\n"
        f"{spaced('1 Das Wetter', *wrapped(GERMAN[:2], 66), '2 Die vierte Spalte', *wrapped(GERMAN[2:], 66))}"
    )
    headings = ("1 Das Wetter", "2 Die vierte Spalte")
    assert passages(german) == [*GERMAN_FRONT, *under(*headings, texts=GERMAN)]
    french = (
        f"{FRENCH_HEAD}Table des matières\n\nLe temps\n\n2\n\nLa colonne\n\n3\n\nBibliographie\n\n8\n\n"
        f"{spaced(*wrapped(FRENCH, 66))}"
    )
    assert passages(french) == [*FRENCH_FRONT, *paragraphs(*FRENCH)]


_SPEECHES = ("“You never went up?” I asked.", "“Never!”", "“Not even once, in all those years?”")


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_short_sentences_are_no_headings(between: str) -> None:
    texts = [ENGLISH[0], *_SPEECHES, ENGLISH[1], "How small it was!", ENGLISH[2], "“No.”", "Why?", ENGLISH[3]]
    assert passages(HEAD + between.join(wrapped(texts, 70))) == [*FRONT, *paragraphs(*texts)]


def test_short_sentences_in_german() -> None:
    texts = [
        *(GERMAN[0], "„Nie?“, fragte ich.", "»Nie!«", "Warum auch?", GERMAN[1], GERMAN[2]),
        *("Wozu das alles?", GERMAN[3]),
    ]
    assert passages(GERMAN_HEAD + spaced(*wrapped(texts, 64))) == [*GERMAN_FRONT, *paragraphs(*texts)]


def test_question_can_be_a_heading_that_is_set_apart() -> None:
    """Blank lines are around it, but not between paragraphs; or its words are set as a title's are."""
    one, two, three = ("\n".join(wrapped(texts, 70)) for texts in (ONE, TWO, THREE))
    headings = ("What was the fourth column for?", "Who Needed the Iron?")
    assert passages(HEAD + spaced(one, headings[0], two, headings[1], three)) == [
        *FRONT, *paragraphs(*ONE), *under(*headings, texts=ENGLISH[2:]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second"),
    [("Keeper: ", "Visitor: "), ("THE KEEPER. ", "A VISITOR. "), ("Q: ", "A: "), ("Q. ", "A. ")],
)
def test_speakers_on_the_line(first: str, second: str) -> None:
    texts = [
        *(f"{first}Did you like the tower?", f"{second}{ENGLISH[0]}", f"{first}Why?"),
        *(f"{second}Because!", f"{first}Really?", f"{second}{ENGLISH[2]}"),
    ]
    text = spaced("A Conversation in the Tower", *wrapped(texts, 70))
    assert passages(text) == [("title", "A Conversation in the Tower"), *paragraphs(*texts)]


def test_speakers_above_their_speeches() -> None:
    speeches = [
        (name, text) for text in ENGLISH[:4] for name, text in (("KEEPER", text), ("VISITOR", "Is it so?"))
    ]
    text = spaced("The Tower: A Scene", *(f"{name}\n{wrap(words, 70)}" for name, words in speeches))
    expected = paragraphs(*(f"{name} {words}" for name, words in speeches))
    assert passages(text) == [("title", "The Tower: A Scene"), *expected]


@pytest.mark.parametrize("width", [54, 60, 64])
def test_double_spaced(width: int) -> None:
    indented = "\n".join(wrapped(ENGLISH, width, first=5))
    expected = [*FRONT, *paragraphs(*ENGLISH)]
    assert passages(HEAD + double_spaced(indented)) == expected
    assert passages(double_spaced(HEAD + spaced(*wrapped(ENGLISH, width)))) == expected
    german = double_spaced("\n".join(wrapped(GERMAN, width, first=4)))
    assert passages(GERMAN_HEAD + german) == [*GERMAN_FRONT, *paragraphs(*GERMAN)]


@pytest.mark.parametrize("centre", [0, 17])
@pytest.mark.parametrize("date", ["4 May 2019", "May 4, 2019", "4. Mai 2019"])
def test_manuscript(centre: int, date: str) -> None:
    """Name, teacher, course and date at the head of page one; all lines double-spaced, with running heads."""
    lines = "\n".join(wrapped(ENGLISH, 62, first=5)).split("\n")
    first, second = (double_spaced("\n".join(part)) for part in (lines[:15], lines[15:]))
    front = spaced("Mary Holm", "Professor Reed", "English 101", date, f"{' ' * centre}The Book of the Light")
    text = f"Holm 1\n\n{front}\n\n{first}\n\n\fHolm 2\n\n{second}\n\n\f"
    chunked = read(text)
    assert (chunked.title, chunked.author) == ("The Book of the Light", "Mary Holm")
    searched = [passage for passage in passages(text) if passage[0] not in {"title", "author", "heading"}]
    assert searched == paragraphs(*ENGLISH)


@pytest.mark.parametrize("dash", ["— ", "—", "–"])
def test_speeches_after_dashes(dash: str) -> None:
    speeches = [f"{dash}You never went up?", f"{dash}Never.", f"{dash}Not once, in all those years!"]
    texts = [ENGLISH[0], *speeches, ENGLISH[1], ENGLISH[2]]
    assert passages(HEAD + "\n".join(wrapped(texts, 70))) == [*FRONT, *paragraphs(*texts)]


@pytest.mark.parametrize("width", [54, 64])
def test_double_spaced_with_a_heading_and_a_closer_quotation(width: int) -> None:
    one, two = ("\n".join(wrapped(texts, width, first=5)) for texts in (ENGLISH[:3], ENGLISH[3:]))
    text = HEAD + double_spaced(f"{one}\nThe Fourth Column\n{two}")
    heading = [("heading", "The Fourth Column")]
    assert passages(text) == [*FRONT, *paragraphs(*ENGLISH[:3]), *heading, *paragraphs(*ENGLISH[3:])]
    quotation = wrap(ENGLISH[3], width, first=8, rest=8)
    last = double_spaced("\n".join(wrapped(THREE, width, first=5)))
    text = HEAD + spaced(double_spaced(one), quotation, last)
    quoted = [("blockquote", ENGLISH[3])]
    assert passages(text) == [*FRONT, *paragraphs(*ENGLISH[:3]), *quoted, *paragraphs(*THREE)]


_NAMES = ("The Weather", "The Fourth Column", "The Iron")


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize(
    "numbers",
    [
        *("i. |ii. |iii. ", "§ 1. |§ 2. |§ 3. ", "a) |b) |c) ", "1.1 |1.2 |1.3 ", "(i) |(ii) |(iii) "),
        *("A. |B. |C. ", "Chapter 1: |Chapter 2: |Chapter 3: ", "IV. |V. |VI. "),
    ],
)
def test_numbered_headings(numbers: str, between: str) -> None:
    headings = [number + name for number, name in zip(numbers.split("|"), _NAMES, strict=True)]
    parts = [
        between.join([name, *wrapped(texts, 70)])
        for name, texts in zip(headings, (ONE, TWO, THREE), strict=True)
    ]
    assert passages(HEAD + between.join(parts)) == [*FRONT, *under(*headings)]


@pytest.mark.parametrize("numbers", ["1|2|3", "I|II|III", "1.|1.1|2.", "I.|II.|III."])
@pytest.mark.parametrize("below", ["\n", "\n\n"])
def test_number_above_its_heading(numbers: str, below: str) -> None:
    """Such numbers are not those of pages either."""
    heads = zip(numbers.split("|"), _NAMES, strict=True)
    parts = [
        spaced(f"{number}{below}{name}", "\n".join(wrapped(texts, 70)))
        for (number, name), texts in zip(heads, (ONE, TWO, THREE), strict=True)
    ]
    headings = [f"{number} {name}" for number, name in zip(numbers.split("|"), _NAMES, strict=True)]
    assert passages(HEAD + spaced(*parts)) == [*FRONT, *under(*headings)]
    assert read(HEAD + spaced(*parts)).report.pages == 0


@pytest.mark.parametrize("numbers", ["1|2|3", "I|II|III", "1.|2.|3.", "I.|II.|III."])
def test_numbers_alone_are_headings(numbers: str) -> None:
    parts = [
        spaced(number, *wrapped(texts, 70))
        for number, texts in zip(numbers.split("|"), (ONE, TWO, THREE), strict=True)
    ]
    assert passages(HEAD + spaced(*parts)) == [*FRONT, *under(*numbers.split("|"))]


@pytest.mark.parametrize("width", [58, 66, 72])
def test_capital_headings_with_a_stop(width: int) -> None:
    headings = ("THE WEATHER.", "II. THE FOURTH COLUMN.", "THE IRON.")
    parts = [
        spaced(name, *wrapped(texts, width)) for name, texts in zip(headings, (ONE, TWO, THREE), strict=True)
    ]
    text = f"    THE BOOK OF THE LIGHT.\n\n{spaced(*parts)}"
    assert passages(text) == [("title", "THE BOOK OF THE LIGHT."), *under(*headings)]


def test_lines_filled_to_a_width_show_where_paragraphs_end() -> None:
    """The last line of the third paragraph has no room for a long word, but for the one that follows."""
    assert passages(HEAD + "\n".join(wrapped(ENGLISH, 70))) == [*FRONT, *paragraphs(*ENGLISH)]


def test_guessed_ends_are_reported() -> None:
    """A line of 40 characters ends a sentence at a page's foot; whether its paragraph ends, nothing shows."""
    line = "The keeper wrote it down without a name."
    body = "\n".join(wrapped([ENGLISH[0][:-1] + ", and so it was kept"], 40))
    text = f"{HEAD}{body}\n{line}\n\f{line}\n{body}.\n"
    chunked = read(text)
    paragraph = next(passage for passage in chunked.passages if passage.kind == "paragraph")
    assert chunked.report.guessed_ends == ((paragraph.id, paragraph.text.index(line) + len(line)),)
    assert read(HEAD + spaced(*wrapped(ENGLISH))).report.guessed_ends == ()


def _justified(text: str, width: int) -> str:
    """A paragraph whose lines but the last are all of one width, as print has them."""
    lines, words = [], text.split()
    while words:
        line = words.pop(0)
        while words and len(line) + 1 + len(words[0]) <= width:
            line += f" {words.pop(0)}"
        lines.append(line)
    # Words of another length fill each line.
    return "\n".join(line + "m" * (width - len(line)) if line is not lines[-1] else line for line in lines)


@pytest.mark.parametrize("width", [60, 66, 74])
def test_quotation_and_verse_of_which_no_indent_is_left(width: int) -> None:
    song = (
        "The keeper climbed the winding stair,\nAnd lit the evening flame;\n"
        "He wrote that all the winds were fair,\nAnd never wrote his name."
    )
    words = (ENGLISH[0], f"{ENGLISH[2]} He writes:", f"{ENGLISH[5]} There was a song:", ENGLISH[4])
    one, two, three, four = (_justified(text, width) for text in words)
    quotation = _justified(ENGLISH[1], int(width * 0.86))
    parts = [one, two, quotation, three, song, four]
    text = HEAD + "\n".join(parts)
    expected = [
        *(("paragraph", one), ("paragraph", two), ("blockquote", quotation), ("paragraph", three)),
        *(("verse", song), ("paragraph", four)),
    ]
    assert passages(text) == [*FRONT, *((kind, " ".join(words.split())) for kind, words in expected)]


@pytest.mark.parametrize("heading", ["The Fourth Column", "2 The Fourth Column", "IV. The Column"])
def test_heading_below_a_full_line(heading: str) -> None:
    """Neither a blank line nor the line above shows it; but it ends early, and yet ends no sentence."""
    width, words = 70, f"{ENGLISH[0]} Nobody read them"
    last = _justified(words, width).split("\n")[-1]
    first = _justified(f"{words} {'m' * (width - len(last) - 2)}.", width)
    others = [_justified(text, width) for text in ENGLISH[2:5]]
    made = passages(HEAD + "\n".join([first, heading, *others]))
    assert made[2:5] == [*paragraphs(first), ("heading", heading), *paragraphs(others[0])]
