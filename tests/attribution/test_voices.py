"""Quoted words, found by their marks, and their authors, named only if the essay makes them certain."""

from __future__ import annotations

import re

import pytest
from handmade_essays import passage
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.attribution.parentheticals import parse
from assistant.attribution.quoted_spans import QuotedSpans
from assistant.attribution.voices import EssayVoices, voices_of
from assistant.core.answer import QuotedWords
from assistant.core.essay import Passage

modest = settings(deadline=None, max_examples=80)


def passages(*texts: str) -> list[Passage]:
    return [passage(f"e/p{number:02}", text) for number, text in enumerate(texts, 1)]


def quoted(*texts: str) -> list[tuple[str, str]]:
    """Quoted words and their author, in all paragraphs of an essay."""
    essay = passages(*texts)
    voices = voices_of(essay)
    return [
        (passage.text[words.start : words.end], words.author)
        for passage in essay
        for words in voices[passage.id]
    ]


def only(*texts: str) -> QuotedWords:
    (only_words,) = [words for of_passage in voices_of(passages(*texts)).values() for words in of_passage]
    return only_words


def words(*texts: str) -> list[str]:
    return [words for words, _ in quoted(*texts)]


# Marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She calls it “a lamp that nobody lights” there.", ["a lamp that nobody lights"]),
        ('She calls it "a lamp that nobody lights" there.', ["a lamp that nobody lights"]),
        # Across sentences, and with a nested quotation, which belongs to the outer one.
        (
            "He said: “The lamp is out. Nobody ‘lights’ it. It is cold.” Yes.",
            ["The lamp is out. Nobody ‘lights’ it. It is cold."],
        ),
        (
            "He said: \"The lamp is 'out' at last, and 'cold,' it seems.\" Yes.",
            ["The lamp is 'out' at last, and 'cold,' it seems."],
        ),
        ("\"'The lamp is out,' she said\" (12).", ["'The lamp is out,' she said"]),
        ("the words \"'Light the lamp!'\"(12) and on", ["'Light the lamp!'"]),
        # A dash or a bracket can precede the opening mark, and the citation needs no space.
        ('the lamp—"that which nobody ever lights"(12)—burns', ["that which nobody ever lights"]),
        # Measurements are not marks.
        ('He is 5\'10" tall and calls it "a lamp that nobody lights" there.', ["a lamp that nobody lights"]),
        ('A 12" disk, and "a lamp that nobody lights" beside it.', ["a lamp that nobody lights"]),
        (
            'It says "the man was 5\'10" tall in his boots" somewhere.',
            ["the man was 5'10\" tall in his boots"],
        ),
        ('It says "nothing was heard of it in 1984" somewhere.', ["nothing was heard of it in 1984"]),
        # Apostrophes are not marks.
        ("In the '90s the keepers' lamps weren't 'lit' and 'twas dark, rock 'n' roll.", []),
        # Marks without a counterpart delimit nothing.
        ("She calls it “a lamp that nobody lights there.", []),
        ("She calls it a lamp that nobody lights” there.", []),
        (
            "She calls it “a lamp that nobody. He calls it “a bell that nobody rings” too.",
            ["a bell that nobody rings"],
        ),
        ("an empty pair “” and “ ” of marks", []),
    ],
)
def test_words_between_marks(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_titles_and_single_words_have_no_author() -> None:
    text = (
        "The “ethnic” drug, the “book of life” and her essay “The Work of Art in the Age of Lamps” are old; "
        "a “possible” (Marsh 12) is new, as (“The Keeper’s Own Lamp at Last” 92) says."
    )
    assert quoted(text) == [("possible", "Marsh")]


def test_single_marks_outside_where_the_essay_uses_them() -> None:
    text = (
        "Lamps were ‘never lit at all by the keepers’ (Marsh 12), and the keepers’ wives’ tale of "
        "‘a lamp that burned like “sea coal” for the boys’ sake’ (Hale 9) is ‘an old wives’ tale, "
        "no more’. It’s the ’90s."
    )
    assert quoted(text) == [
        ("never lit at all by the keepers", "Marsh"),
        ("a lamp that burned like “sea coal” for the boys’ sake", "Hale"),
        ("an old wives’ tale, no more", ""),
    ]


def test_a_quotation_of_several_paragraphs() -> None:
    essay = passages(
        "Marsh argues: “The lamp is out. Nobody lights it.",
        "“It has been cold for years.",
        "“The keeper has left” (Marsh 12–13). Then the essay speaks.",
        "“Another one begins and has no end.",
        "The essay’s own words.",
    )
    found = voices_of(essay)
    assert [[passage.text[q.start : q.end] for q in found[passage.id]] for passage in essay] == [
        ["The lamp is out. Nobody lights it."],
        ["It has been cold for years."],
        ["The keeper has left"],
        [],
        [],
    ]
    assert {(q.author, q.citation) for of_passage in found.values() for q in of_passage} == {
        ("Marsh", "(Marsh 12–13)")
    }


def test_paragraphs_that_begin_with_separate_quotations_are_not_joined() -> None:
    assert words(
        "She said “lamps are cold and dark.", "The next says nothing.", "“Bells are loud here” he said."
    ) == ["Bells are loud here"]


# Citations


@pytest.mark.parametrize(
    ("citation", "author", "locator"),
    [
        ("(Weinbaum 217)", "Weinbaum", "217"),
        ("(Essed and Goldberg 1068)", "Essed and Goldberg", "1068"),
        ("(Smart et al. 408)", "Smart et al.", "408"),
        ("(Smith, Jones, and Brown 4)", "Smith, Jones, and Brown", "4"),
        ("(Du Bois 3)", "Du Bois", "3"),
        ("(van den Berg 44–45)", "van den Berg", "44–45"),
        ("(Summers-Bremner 145)", "Summers-Bremner", "145"),
        ("(D. Goldberg 23)", "Goldberg", "23"),
        ("(Smith 2004, 12)", "Smith", "12"),
        ("(Smith, 2004, p. 12)", "Smith", "p. 12"),
        ("(Smith & Jones, 2004, pp. 12–13)", "Smith and Jones", "pp. 12–13"),
        ("(Weinbaum 217; emphasis added)", "Weinbaum", "217"),
        ("(Weinbaum 217, my emphasis)", "Weinbaum", "217"),
        ("(217)", "", "217"),
        ("(xii)", "", "xii"),
        ("(64–65)", "", "64–65"),
        ("(“Call and Response” 92)", "", "92"),
        ("(qtd. in Jerng 195)", "", "195"),
        ("(quoted in Jerng, 2004, p. 195)", "", "p. 195"),
        ("(Weinbaum 1; Roof 2)", "", ""),
        ("(see Weinbaum 217)", "", ""),
        ("(ibid.)", "", ""),
        ("(OED 3)", "", "3"),
        ("(Hamlet 3.1.12)", "", "3.1.12"),
    ],
)
def test_the_citation_after_quoted_words(citation: str, author: str, locator: str) -> None:
    found = only(f"The claim that “lamps are never lit at all” {citation} is old.")
    assert (found.citation, found.author, found.locator) == (citation, author, locator)


@pytest.mark.parametrize(
    "other", ["(see below)", "(2004)", "(racial)", "(mild)", "(the old ones)", "()", "[sic]"]
)
def test_other_words_in_brackets_are_not_a_citation(other: str) -> None:
    assert only(f"The claim that “lamps are never lit at all” {other} is old.").citation == ""
    assert parse(other) is None


def test_several_quotations_share_the_citation_after_the_last() -> None:
    text = "Roof argues that “lamps are never lit” and that “bells are never rung” (146). “All is now dark.”"
    found = voices_of(passages(text))["e/p01"]
    assert [(words.citation, words.author) for words in found] == [
        ("(146)", "Roof"),
        ("(146)", "Roof"),
        ("", ""),
    ]


def test_square_brackets_cite_only_within_round_ones() -> None:
    inner = only("Much is unsaid (as in “I could not really say why” [143]), but not all.")
    assert (inner.citation, inner.locator) == ("[143]", "143")
    assert only("He writes “I could not really say why” [12].").citation == ""


def test_the_same_source_again() -> None:
    text = (
        "It is “never lit at all” (Roof 146), it is “always cold and dark” (ibid.), “nobody knows” (ibid. 9)."
    )
    assert [author for _, author in quoted(text)] == ["Roof", "Roof", "Roof"]
    other = "It is “never lit at all” (Roof 146). Bells ring (Hale 3), “always loud and clear” (ibid.)."
    assert [author for _, author in quoted(other)] == ["Roof", ""]


def test_secondary_citations_name_the_speaker_or_no_one() -> None:
    signalled = "Weinbaum has argued that “lamps are never lit at all” (qtd. in Jerng 195)."
    assert only(signalled).author == "Weinbaum"
    assert only("It is said that “lamps are never lit” (qtd. in Jerng 195).").author == ""
    named = "As Ann Weinbaum shows, it is “never lit at all” (Weinbaum, qtd. in Jerng 195)."
    assert only(named).author == "Weinbaum"


# Authors who are certain


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("Weinbaum argues that “lamps are never lit” (217).", "Weinbaum"),
        ("As Ann Weinbaum writes, “lamps are never lit” (217).", "Weinbaum"),
        ("Ann Weinbaum has rightly observed that “lamps are never lit” (217).", "Weinbaum"),
        (
            "In Essed and Goldberg’s words, “lamps are never lit.” Essed and Goldberg have argued it.",
            "Essed and Goldberg",
        ),
        (
            "As Ada Essed and Otto Theo Goldberg have argued, “lamps are never lit” (1068).",
            "Essed and Goldberg",
        ),
        ("For Sarah Winter, “lamps are never lit” (130).", "Winter"),
        ("According to Sarah Winter, “lamps are never lit” (130).", "Winter"),
        ("Henry Louis Gates, Jr. writes that “lamps are never lit” (9).", "Gates"),
        ("W. E. B. Du Bois argues that “lamps are never lit” (9).", "Du Bois"),
        ("Smith (2004) argues that “lamps are never lit” (12).", "Smith"),
        ("“Lamps are never lit,” Ann Weinbaum argues (217).", "Weinbaum"),
        ("“Lamps are never lit,” argues Ann Weinbaum (217).", "Weinbaum"),
        ("Ann Weinbaum is instructive here: she writes that “lamps are never lit” (217).", "Weinbaum"),
        ("Ann Weinbaum is the exception. Her article asks why “lamps are never lit” (217).", "Weinbaum"),
        ("Ann Weinbaum has seen this, arguing that “lamps are never lit” (217).", "Weinbaum"),
    ],
)
def test_signal_phrases(text: str, author: str) -> None:
    assert only(text).author == author


def test_a_title_takes_the_place_of_a_name_in_its_own_citation() -> None:
    text = "As David Goldberg argues, “lamps are never lit” (Threat 23). A threat is a threat."
    assert quoted(text)[0] == ("lamps are never lit", "Goldberg")


def test_block_quotations_are_quoted_whole() -> None:
    essay = [
        passage("e/p01", "Discussing lamps, Henry Louis Gates, Jr. writes that:"),
        passage("e/b01", "Lamps are “never” lit. Nobody knows why. (8)", "blockquote", introduced_by="e/p01"),
        passage("e/v01", "The lamp is out / and nobody (Hale 3).", "verse"),
        passage("e/b02", "“Lamps are cold (and dark), always.”", "blockquote"),
    ]
    found = voices_of(essay)
    assert [
        (block.text[q.start : q.end], q.citation, q.author) for block in essay[1:] for q in found[block.id]
    ] == [
        ("Lamps are “never” lit. Nobody knows why.", "(8)", "Gates"),
        ("The lamp is out / and nobody", "(Hale 3)", "Hale"),
        ("Lamps are cold (and dark), always.", "", ""),
    ]


def test_the_work_that_the_essay_is_about_is_quoted_by_page_alone() -> None:
    def authors(text: str, title: str = "Lamps in Ida Marsh’s Bell") -> list[str]:
        essay = [
            passage("e/title", title, "title"),
            *passages("Ida Marsh wrote one novel (Marsh, Bell 3).", *["Tom waits."] * 6, text),
        ]
        return [words.author for words in voices_of(essay)["e/p08"]]

    plain = "Tom tells us that “the lamp was never lit” (12)."
    assert authors(plain) == ["Marsh"]
    # If another source is near, or the title does not name the author, a page can be any work's.
    assert authors(plain, "Lamps") == [""]
    assert authors("Lamps are cold (Hale 9). " + plain) == [""]
    assert authors("Freud writes that “the lamp was never lit” (12).") == [""]
    assert authors("Tom knows Freud. Tom says “the lamp was never lit” (12).") == [""]
    assert authors("It is said that “the lamp was never lit” (12).") == [""]


# Authors who are not certain and so not named


@pytest.mark.parametrize(
    "text",
    [
        # Characters, who are quoted like scholars.
        "Kathy explains that “lamps are never lit” (137).",
        "Kathy writes in her diary that “lamps are never lit” (137).",
        "Elizabeth Bennet argues that “lamps are never lit” (45). Then Elizabeth goes.",
        "Miss Emily has argued that “lamps are never lit” (45).",
        # Titles, which are cited like names.
        "Dorothea hopes that “lamps are never lit” (Middlemarch 122). In Middlemarch, she hopes.",
        "Emma says that “lamps are never lit” (Emma 33). Austen’s Emma is a novel.",
        "It is said that “lamps are never lit” (Pride and Prejudice 33). Pride and Prejudice is a novel.",
        "As she says in his novel, “lamps are never lit” (Interview 202). An interview is an interview.",
        "He notes that “lamps are never lit” (Wayward 20).",
        "What they call “a quest for lost lamps” (Motherland).",
        # Two people, either of whom can be meant.
        "Ann Weinbaum applies Walter Benjamin’s idea. She argues that “lamps are never lit” (217).",
        "Ann Weinbaum argues that Walter Benjamin holds that “lamps are never lit” (217).",
        "Ann Weinbaum argues as she does when she tells of Tom, who says “lamps are never lit” (217).",
        "Ann Weinbaum argues about Derrida’s “lamps that are never lit” (217).",
        "Ann Weinbaum argues that lamps are out; in the novel, “lamps are never lit” (3).",
        "Ann Weinbaum argues that Tom says “lamps are never lit” (3).",
        # The citation and the sentence disagree.
        "As Charles Darwin writes, “lamps are never lit at all” (Weinbaum 217). Weinbaum argues it.",
        # No one is named.
        "It is well known that “lamps are never lit” (217).",
        "This is “a lamp that is never lit by anybody.”",
    ],
)
def test_no_uncertain_author_is_named(text: str) -> None:
    assert {author for _, author in quoted(text)} == {""}


def test_another_name_ends_the_scope_of_the_last_source() -> None:
    text = "For Sarah Winter, “race is refuted here” (130), and here Darwin “prefigures a new science” (131)."
    assert [author for _, author in quoted(text)] == ["Winter", ""]


# Voices of spans


def voice_of(text: str, part: str) -> tuple[str, str | None]:
    essay = passages(text)
    voices = EssayVoices(essay, QuotedSpans(essay))
    start = text.index(part)
    source = voices.quotation_of("e/p01", start, start + len(part))
    return voices.voice("e/p01", start, start + len(part)), source.author if source else None


def test_the_voice_of_a_span() -> None:
    text = (
        "The lamp is out. Roof argues: “It was never lit. Nobody ‘ever knew why’ at all” (146). "
        "“All of this is quoted from her” (Hale 9). “One of them here” (Hale 2) “and one of her” (Roof 3)."
    )
    assert voice_of(text, "The lamp is out.") == ("author", None)
    assert voice_of(text, "Roof argues: “It was never lit.") == ("mixed", None)
    assert voice_of(text, "It was never lit.") == ("quoted", "Roof")
    assert voice_of(text, "“It was never lit.") == ("quoted", "Roof")
    assert voice_of(text, "Nobody ‘ever knew why’ at all” (146).") == ("quoted", "Roof")
    assert voice_of(text, "‘ever knew why’") == ("quoted", "")
    assert voice_of(text, "“All of this is quoted from her” (Hale 9).") == ("quoted", "Hale")
    assert voice_of(text, "“One of them here” (Hale 2) “and one of her” (Roof 3).") == ("mixed", None)


# Any essay


_PIECES = st.sampled_from(
    "lamp bell Marsh (Marsh 12) (12) (ibid.) “ ” ‘ ’ \" ' ( ) [ ] . ! — 5'10\" don't keepers' writes that "
    'As Ann Weinbaum argues she “a lamp was never lit” "nobody ever lights it"'.split(" ")
)
_TEXTS = st.lists(st.lists(_PIECES, min_size=1, max_size=40).map(" ".join), min_size=1, max_size=5)


@modest
@given(_TEXTS)
def test_spans_are_in_order_without_overlap_and_without_marks(texts: list[str]) -> None:
    essay = passages(*texts)
    voices = EssayVoices(essay, QuotedSpans(essay))
    outer = "“”" if QuotedSpans(essay).double else "‘"
    for name, quoted_words in voices_of(essay).items():
        text = essay[int(name[-2:]) - 1].text
        end = 0
        for span in quoted_words:
            assert end <= span.start < span.end <= len(text)
            assert not set(outer) & set(text[span.start : span.end])
            assert span.citation in text or not span.citation
            assert voices.voice(name, span.start, span.end) != "author"
            end = span.end + 1
        whole = voices.quotation_of(name, 0, len(text))
        assert whole is None or all(span.citation == whole.citation for span in quoted_words)


@modest
@given(_TEXTS.map(lambda texts: [re.sub("['’‘]", "", text) for text in texts]), st.data())
def test_apostrophes_change_no_span(texts: list[str], data: st.DataObject) -> None:
    text = texts[0]
    inside = [offset for offset in range(1, len(text)) if text[offset - 1 : offset + 1].isalpha()]
    offsets = sorted(data.draw(st.sets(st.sampled_from(inside), max_size=5))) if inside else []
    changed = text
    for offset in reversed(offsets):
        changed = f"{changed[:offset]}{data.draw(st.sampled_from('’' + chr(39)))}{changed[offset:]}"
    spans = [(span.start, span.end) for span in QuotedSpans(passages(text)).of(0)]
    moved = [(span.start, span.end) for span in QuotedSpans(passages(changed)).of(0)]
    assert moved == [
        tuple(edge + sum(offset < edge for offset in offsets) for edge in span) for span in spans
    ]
