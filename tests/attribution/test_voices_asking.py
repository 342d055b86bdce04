"""Citations of quoted words, and questions about the words of one voice only."""

from __future__ import annotations

from pathlib import Path

import pytest
from essay_library import loader, sample_library
from fake_models import FakeEncoder
from handmade_essays import essay, finder_of, passage

from assistant.answering.answer import NO_VOICE, NO_WORDS, Answerer
from assistant.attribution.voices import LibraryVoices, touched_sentences
from assistant.citations.styles import STYLES, style_named
from assistant.core.answer import Answer, QuotedWords, Voice
from assistant.core.essay import CSLItem
from assistant.library.library import Library
from assistant.retrieval.finder import Finder
from assistant.web.views.answer import answer_html

GILL: CSLItem = {"title": "Lamps", "author": [{"family": "Gill", "given": "Ida"}], "type": "article-journal"}
WHOLE = "Lamps burn oil. Marsh argues: “The lamp was never lit. Its glass was cold” (Marsh 12). Bells ring."
UNATTRIBUTED = "Bells ring at noon. It is said: “The bell was cast in bronze. Its clapper was of iron” (12)."
PLAIN = "Fog hides the lamp and the glass. It was never cold."


@pytest.fixture
def finder() -> Finder:
    return finder_of(
        essay(
            passage("e/p01", WHOLE),
            passage("e/p02", UNATTRIBUTED),
            passage("e/p03", PLAIN),
            passage("e/b01", "The keeper sold the oil (Hale 3).", "blockquote"),
            reference=GILL,
        )
    )


def ask(
    finder: Finder, question: str, style: str = "mla", voice: Voice | None = None, top: int = 4
) -> Answer:
    *_, answer = Answerer(finder, LibraryVoices(finder.essays)).answers(
        question, top=top, essays=(), style=style_named(style, [GILL]), history=(), voice=voice
    )
    return answer


def marked(answer: Answer) -> list[tuple[str, str, str]]:
    return [
        (hit.passage.id, highlight.text, highlight.citation.in_text)
        for hit in answer.hits
        for highlight in hit.highlights
    ]


@pytest.mark.parametrize(
    ("style", "citation", "unknown"),
    [
        ("mla", "(Marsh, qtd. in Gill 9)", "(qtd. in Gill 9)"),
        ("apa", "(Marsh, as cited in Gill, n.d., p. 9)", "(as cited in Gill, n.d., p. 9)"),
        ("ieee", "(Marsh, cited in Gill [1, p. 9])", "(cited in Gill [1, p. 9])"),
    ],
)
def test_words_that_an_essay_quotes_are_cited_by_way_of_it(style: str, citation: str, unknown: str) -> None:
    chosen = style_named(style, [GILL])
    assert chosen.in_text(GILL, "9", quoting="Marsh") == citation
    assert chosen.in_text(GILL, "9", quoting="") == unknown


@pytest.mark.parametrize("style", STYLES)
def test_the_outer_author_is_always_named(style: str) -> None:
    for author in ("Marsh", ""):
        citation = style_named(style, [GILL]).in_text(GILL, "9", quoting=author)
        assert "Gill" in citation
        assert "\ue000" not in citation
        assert citation[0] == "(" or citation[0].isupper()


def test_a_quoted_sentence_is_cited_as_quoted(finder: Finder) -> None:
    answer = ask(finder, "lamp never lit", top=1)
    assert marked(answer) == [("e/p01", "Marsh argues: “The lamp was never lit.", "(Gill)")]
    assert answer.hits[0].highlights[0].quoted is None
    answer = ask(finder, "glass was cold", top=1)
    assert marked(answer) == [("e/p01", "Its glass was cold” (Marsh 12).", "(Marsh, qtd. in Gill)")]
    start = WHOLE.index("The lamp")
    assert answer.hits[0].highlights[0].quoted == QuotedWords(
        start, WHOLE.index("”"), "(Marsh 12)", "Marsh", "12"
    )
    assert (answer.hits[0].citation.in_text, answer.hits[0].quoted) == ("(Gill)", None)


def test_words_of_an_unknown_author_are_cited_as_quoted_too(finder: Finder) -> None:
    assert marked(ask(finder, "clapper of iron", top=1)) == [
        ("e/p02", "Its clapper was of iron” (12).", "(qtd. in Gill)")
    ]


def test_a_block_quotation_is_cited_as_quoted(finder: Finder) -> None:
    (hit,) = ask(finder, "keeper sold oil", top=1).hits
    assert (hit.passage.id, hit.citation.in_text) == ("e/b01", "(Hale, qtd. in Gill)")
    assert hit.quoted is not None
    assert hit.quoted.citation == "(Hale 3)"


def test_the_authors_voice(finder: Finder) -> None:
    answer = ask(finder, "glass cold oil bell", voice="author")
    assert {hit.passage.id for hit in answer.hits} == {"e/p01", "e/p02", "e/p03"}
    for hit in answer.hits:
        assert hit.highlights
        assert all(highlight.quoted is None for highlight in hit.highlights)


def test_the_authors_voice_marks_the_nearest_own_words_instead_of_quoted_ones() -> None:
    text = (
        "Boats sank near the pier. “One came. Ducks swim in ponds. Geese fly over hills. "
        "Swans sleep there” (12). Nobody knew."
    )
    long = finder_of(essay(passage("e/p01", text), passage("e/p02", PLAIN), reference=GILL))
    question = "ducks swim ponds geese fly hills pier"
    (hit,) = ask(long, question, top=1).hits
    assert [highlight.text for highlight in hit.highlights] == ["Ducks swim in ponds. Geese fly over hills."]
    assert [highlight.citation.in_text for highlight in hit.highlights] == ["(qtd. in Gill)"]
    (hit,) = ask(long, question, top=1, voice="author").hits
    assert [highlight.text for highlight in hit.highlights] == ["Boats sank near the pier."]


def test_quoted_voices(finder: Finder) -> None:
    answer = ask(finder, "fog hides lamp glass never cold", voice="quoted")
    assert {hit.passage.id for hit in answer.hits} == {"e/p01", "e/p02", "e/b01"}
    assert all("“" in text or "”" in text or name == "e/b01" for name, text, _ in marked(answer))


def test_a_missing_voice_is_explained_in_a_note() -> None:
    plain = finder_of(essay(passage("e/p01", PLAIN), reference=GILL))
    answer = ask(plain, "lamp", voice="quoted")
    assert (answer.answered, answer.hits, answer.remark) == (False, (), NO_VOICE["quoted"])
    block = finder_of(essay(passage("e/b01", "The keeper sold oil (Hale 3).", "blockquote"), reference=GILL))
    assert ask(block, "keeper", voice="author").remark == NO_VOICE["author"]


def test_a_question_without_words_has_no_voice() -> None:
    plain = finder_of(essay(passage("e/p01", PLAIN), reference=GILL))
    assert ask(plain, "?!", voice="quoted").remark == NO_WORDS


def test_adjacent_sentences_become_one_span() -> None:
    fog = passage("e/p01", "Fog came. Bells rang. Lamps burned. Boats sank.")
    first, second, third, _ = fog.sentences
    assert touched_sentences((first,), fog.sentences, fog) == (first,)
    assert touched_sentences(((first[0], third[1]),), (first, second, third), fog) == ((first[0], third[1]),)
    assert touched_sentences(((first[0], third[1]),), (first, third), fog) == (first, third)
    assert touched_sentences((first,), (third,), fog) == ()


def test_the_card_names_the_author_of_marked_words(finder: Finder) -> None:
    card = answer_html(ask(finder, "glass was cold", top=1))
    assert '<span class="voice">Marsh, quoted in the essay</span>' in card
    assert "(Marsh, qtd. in Gill)" in card
    unknown = answer_html(ask(finder, "clapper of iron", top=1))
    assert '<span class="voice">Quoted in the essay</span>' in unknown
    assert 'class="voice"' not in answer_html(ask(finder, "lamp never lit", top=1))


def test_a_library_lists_what_its_essays_quote(tmp_path: Path) -> None:
    library = Library(sample_library(tmp_path / "shelf"), load_encoder=loader(FakeEncoder()))
    quoted = library.quoted("sample")
    assert {name for name, words in quoted.items() if words} == {
        "sample/p01",
        "sample/b01",
        "sample/b02",
        "sample/p23",
        "sample/p28",
    }
    answer = library.ask("What kind of books are to be tasted?", top=1, voice="quoted", fast=True)
    assert answer.hits[0].passage.id == "sample/b01"
    assert answer.hits[0].highlights[0].citation.in_text.startswith("(Bacon, qtd. in ")


def test_a_quoted_sentence_is_quoted_without_the_marks_and_citation_of_the_essay(
    finder: Finder,
) -> None:
    (highlight,) = ask(finder, "glass was cold", top=1).hits[0].highlights
    assert highlight.text == "Its glass was cold” (Marsh 12)."
    assert highlight.quotation == '"Its glass was cold" (Marsh, qtd. in Gill).'
