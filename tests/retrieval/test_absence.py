"""Why nothing answers is told by facts: a word that no essay has, another language, no question at all."""

from __future__ import annotations

import pytest
from handmade_essays import Halving, essay, finder_of, passage

from assistant.core.essay import StoredEssay
from assistant.retrieval.absence import NO_QUESTION, RECEPTION, Absence
from assistant.retrieval.finder import Finder
from assistant.retrieval.languages import language_of, other_language_sentence
from assistant.retrieval.questions import Question

TEXT = (
    "The keeper of the lamp was called Marsh, and in 1854 he lit it at dusk for the ships of the coast. "
    "Skerryvore was built by Alan, who is not said to have slept in it. The bells were rung in fog."
)
RECORD = {"title": "Lamps of Oban", "author": [{"family": "Ash", "given": "Ada"}]}
COAST = essay(
    passage("coast/p01", TEXT),
    passage("coast/r01", "Stevenson, Alan. Account. 1848.", "reference"),
    reference=RECORD,
)
# The words that the fake model has as one piece.
KNOWN = f"{TEXT} what does say about who lit the lamp where is in ash ada"


def absence_of(question: str, *essays: StoredEssay) -> Absence | None:
    finder = finder_of(*(essays or (COAST,)), encoder=Halving(KNOWN))
    return finder.with_reason(finder.find(Question(question))).absence


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What does Levinas say?", "The word “Levinas” does not occur in this essay."),
        ("What does levinas say?", "The word “levinas” does not occur in this essay."),
        ("Where is Levinas’s lamp?", "The word “Levinas” does not occur in this essay."),
        (
            "What does Stevens say?",
            "The word “Stevens” does not occur in this essay; the nearest that does is “Stevenson”.",
        ),
        ("What is in 1855?", "The number “1855” does not occur in this essay."),
        ("Where is Kant, and Hegel?", "The words “Kant” and “Hegel” do not occur in this essay."),
        ("Where is phrenology?", "The word “phrenology” does not occur in this essay."),
    ],
)
def test_a_word_that_the_essay_does_not_have_is_named(question: str, sentence: str) -> None:
    absence = absence_of(question)
    assert absence is not None
    assert (absence.reason, absence.sentence) == ("absent-word", sentence)


@pytest.mark.parametrize(
    "question",
    [
        "What does Alan say?",
        # In the works cited and in the title; of the author; in another form.
        "What does Stevenson say about Account?",
        "What is in Oban?",
        "What does Ada Ash say?",
        "Where is a ship in Marsh’s fogs?",
    ],
)
def test_words_that_the_essay_has_in_some_form_are_not_said_to_be_absent(question: str) -> None:
    assert absence_of(question) is None


def test_words_are_absent_from_all_essays_that_are_searched() -> None:
    other = essay(passage("tower/p01", "Levinas saw a tower."))
    assert absence_of("What does Levinas say?", COAST, other) is None
    absence = absence_of("What does Kierkegaard say?", COAST, other)
    assert absence is not None
    assert absence.sentence == "The word “Kierkegaard” does not occur in these essays."


def test_words_of_essays_that_are_not_searched_do_not_count() -> None:
    other = essay(passage("tower/p01", "Levinas saw a tower."))
    finder = finder_of(COAST, other, encoder=Halving(KNOWN))
    among = finder.among(["coast"])
    absence = finder.with_reason(finder.find(Question("What does Levinas say?"), among), among).absence
    assert absence is not None
    assert absence.sentence == "The word “Levinas” does not occur in this essay."


def test_a_phrase_that_is_quoted_and_not_printed_is_named() -> None:
    absence = absence_of("Where does it say “the keeper of the bell”?")
    assert absence is not None
    assert absence.reason == "absent-phrase"
    assert absence.sentence == "The words “the keeper of the bell” do not occur so in this essay."
    assert absence_of("Where does it say “the keeper of the lamp”?") is None


def test_a_name_that_no_essay_has_leaves_no_answer() -> None:
    finder = finder_of(COAST)
    question = "Who was the keeper of the lamp called Marsh that he lit in 1854 at dusk for {}?"
    met = finder.with_reason(finder.find(Question(question.format("the ships of the coast"))))
    assert (met.verdict, met.absence) == ("answers", None)
    of_nobody = finder.find(Question(question.format("the ships of the coast of Levinas")))
    assert of_nobody.verdict == "answers"
    told = finder.with_reason(of_nobody)
    assert told.absence is not None
    assert (told.verdict, told.absence.reason) == ("near", "absent-word")
    # A name that is like one of the essay may be a form of it, and capitals everywhere mean nothing.
    for name in ("Stevenso", "MARSHES", "American sailors"):
        ranking = finder.find(Question(question.format(f"the ships of the coast of {name}")))
        assert finder.with_reason(ranking).verdict == "answers"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "Wer hat die Lampe angezündet?",
            "Die Frage ist auf Deutsch, der Essay aber auf Englisch; fragen Sie auf Englisch.",
        ),
        (
            "Qui a allumé la lampe ?",
            "La question est en français, mais l’essai est en anglais ; posez-la en anglais.",
        ),
        (
            "¿Quién encendió la lámpara?",
            "La pregunta está en español, pero el ensayo está en inglés; hágala en inglés.",
        ),
        (
            "Chi ha acceso la lampada?",
            "La domanda è in italiano, ma il saggio è in inglese; la ponga in inglese.",
        ),
        (
            "Quem acendeu a lâmpada?",
            "A pergunta está em português, mas o ensaio está em inglês; faça-a em inglês.",
        ),
        (
            "Wie heeft de lamp aangestoken?",
            "De vraag is in het Nederlands, maar het essay is in het Engels; stel de vraag in het Engels.",
        ),
    ],
)
def test_a_question_in_another_language_is_told_so_in_it(question: str, sentence: str) -> None:
    finder = finder_of(COAST)
    ranking = finder.find(Question(question))
    assert ranking.absence == Absence("language", sentence)
    assert ranking.verdict != "answers"


def test_a_question_in_the_essays_own_language_is_not_told_so() -> None:
    german = essay(
        passage("turm/p01", "Der Turm ist alt und die Lampe ist neu. Wer sie sah, der war auf dem Meer."),
        reference={"title": "Der Turm"},
    )
    assert absence_of("Wer war auf dem Meer?", german) is None
    asked = absence_of("Who was it that saw the lamp?", german)
    assert asked is not None
    assert asked.sentence == "The question is in English, but the essay is in German; ask it in German."
    # One essay of several is in it.
    assert absence_of("Wer war auf dem Meer?", COAST, german) is None


@pytest.mark.parametrize(
    "question",
    [
        "lamp",
        "Who was Ash?",
        "Who said “Die Lampe ist das Licht der Welt und der Zeit”?",
        "In was Marsh die",
        "No comment on the lamp?",
        "the hoe",
        "El Greco, La Bruyère and Le Corbusier",
        "What is a chi-square test?",
    ],
)
def test_a_few_foreign_words_are_no_other_language(question: str) -> None:
    absence = finder_of(COAST).find(Question(question)).absence
    assert absence is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Worum geht es?", "de"),
        ("Welche Rolle spielt der Nebel?", "de"),
        ("De quoi parle cet essai ?", "fr"),
        ("¿De qué trata este ensayo?", "es"),
        ("Di cosa parla il saggio?", "it"),
        ("What is it about?", "en"),
        ("Darwin", None),
        ("", None),
    ],
)
def test_languages_are_known_by_their_function_words(text: str, language: str | None) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("question", "en de fr es it pt nl".split())
@pytest.mark.parametrize("essay_language", "en de fr es it pt nl".split())
def test_every_pair_of_languages_has_its_sentence(question: str, essay_language: str) -> None:
    sentence = other_language_sentence(question, essay_language)
    assert "{" not in sentence
    if question != "pt":
        assert language_of(sentence) == question


@pytest.mark.parametrize("question", ["hello", "Hi there!", "Thanks a lot.", "merci", "ok", "Good morning"])
def test_a_greeting_is_no_question(question: str) -> None:
    finder = finder_of(COAST)
    ranking = finder.find(Question(question))
    assert ranking.absence == Absence("no-question", NO_QUESTION, "none")
    assert ranking.verdict == "none"


def test_a_greeting_that_the_essay_speaks_of_is_a_question() -> None:
    assert absence_of("hello", essay(passage("coast/p01", "Every ship says hello to the lamp."))) is None


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "Where was the author born?",
            "The question is about the author’s life, and no passage of the essay names Ada Ash.",
        ),
        (
            "Where does Ada Ash teach?",
            "The question is about the author’s life, and no passage of the essay names Ada Ash.",
        ),
        ("How was the essay received?", RECEPTION),
        ("What did reviewers say about this article?", RECEPTION),
    ],
)
def test_the_authors_life_and_the_essays_reception_are_outside_it(question: str, sentence: str) -> None:
    absence = absence_of(question)
    assert absence is not None
    assert (absence.reason, absence.sentence, absence.most) == ("outside", sentence, "none")


@pytest.mark.parametrize(
    "question", ["Where was Marsh born?", "Who reviewed the lamp?", "Where is the author?"]
)
def test_lives_and_receptions_of_others_are_within_it(question: str) -> None:
    absence = absence_of(question)
    assert absence is None or absence.reason != "outside"


def test_an_essay_that_names_its_author_may_tell_of_them() -> None:
    named = essay(passage("coast/p01", "I, Ada Ash, was born in Oban."), reference=RECORD)
    absence = absence_of("Where was the author born?", named)
    assert absence is None or absence.reason != "outside"


def test_a_library_of_many_essays_is_not_read_through() -> None:
    many = [essay(passage(f"e{number:02}/p01", "Fog came.")) for number in range(21)]
    finder: Finder = finder_of(*many)
    assert finder.with_reason(finder.find(Question("What does Levinas say?"))).absence is None
