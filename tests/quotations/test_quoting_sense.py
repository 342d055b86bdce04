"""Quotations whose words are printed so: what is pasted along, and what their marks do to the sense."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from essay_library import ROOT
from handmade_essays import essay, passage

from assistant.answering.quotable import quotable_sentences
from assistant.citations.styles import STYLES, style_named
from assistant.core.quotation import QuotationLookup
from assistant.library import store
from assistant.library.adding import read_essay
from assistant.quotations.corpus import Corpus
from assistant.quotations.parsing import readings
from assistant.rendering.clipboard import quotation_forms

_VERSE = essay(
    passage("verse/p01", "The poet prints “the sea, / the grey and/or blue sea / is near” and stops."),
    passage("verse/v1", "The lamp was lit,\nthe keeper slept\nand nobody came.", "verse"),
    passage(
        "verse/p02", "They say *nothing* of it, and deny_it_all. Nicht alle Lampen brennen in der Nacht nie."
    ),
)


@cache
def _sample() -> Corpus:
    return Corpus([store.load(ROOT / "data" / "chunks" / "sample.jsonl")])


@pytest.mark.parametrize("name", STYLES)
def test_the_tools_own_copies_are_exact(name: str) -> None:
    stored = store.load(ROOT / "data" / "chunks" / "sample.jsonl")
    quoted = quotable_sentences(stored, style_named(name, [stored.reference]))
    copies = [copy for copies in quoted.values() for copy in copies]
    assert len(copies) > 200
    for copy in copies[:: 1 if name == "mla" else 6]:
        forms = quotation_forms(copy)
        for form in (forms.text, forms.markdown, forms.html):
            found = _sample().look_up(form)
            assert (found.verdict, found.warnings) == ("exact", ()), form


@pytest.mark.parametrize(
    "quoted",
    [
        "»The verse is the youngest of these divisions«",
        "›The verse is the youngest of these divisions‹",
        "”The verse is the youngest of these divisions”",
        "``The verse is the youngest of these divisions''",
        '“The verse is the youngest of these divisions"',
        "early in *Hamlet* the numbering leaps from 156 to 257",
        "early in _Hamlet_ the numbering leaps from 156 to 257",
        "early in **Hamlet** the numbering leaps from 156 to 257",
        "early in <i>Hamlet</i> the numbering leaps from 156 to 257",
        'early in <em class="title">Hamlet</em> the numbering leaps from 156&nbsp;to 257',
        r"early in \emph{Hamlet} the numbering leaps from 156 to 257",
        "> early in *Hamlet* the numbering\n> leaps from 156 to 257",
        "What a reference offers, then, is not authority but exposure.” ",
        "“What a reference offers, then, is not authority but exposure.",
        "What a reference offers, then, is not authority but exposure”.",
        "“What a reference offers, then, is *not* authority but exposure” (my emphasis).",
        "“What a reference offers, then, is not authority but exposure.” (19)",
        "“What a reference offers, then, is not authority but exposure”[^3]\n\n[^3]: Authors, *Words*, 19.",
        "“What a reference offers, then, is not authority but exposure,” The Authors, “Where the Words,” 19.",
        "How Index-learning turns no student pale,\nYet holds the eel of science by the tail",
        "How Index-learning turns no student pale,\n    Yet holds the eel of science by the tail",
        "turns no student pale, / Yet holds the eel",
        "turns no student pale, | Yet holds the eel",
        "> turns no student pale,  \n> Yet holds the eel",
        "turns no student pale,<br>Yet holds the eel",
        "“What a reference offers, then, is not authority but exposure.”¹",
        "“What a reference offers, then, is not authority but exposure,”1",
        "“What a reference offers, then, is not authority but exposure”;",
        "“What a reference offers, then, is not authority but exposure” [@authors, p. 19].",
        r"“What a reference offers, then, is not authority but exposure”~\parencite[19]{authors}.",
        r"“What a reference offers, then, is not authority but exposure”\footnote{Authors 19.}",
        "››What a reference offers, then, is not authority but exposure‹‹",
    ],
)
def test_what_is_pasted_along_is_no_change(quoted: str) -> None:
    found = _sample().look_up(quoted)
    assert (found.verdict, found.warnings) == ("exact", ())


@pytest.mark.parametrize(
    "quoted",
    [
        "early in *Hamlt* the numbering leaps",
        "early in *Hamlet the numbering leaps",
        "How Index-learning turns no student pale, Yet holds the eel of science by the tail",
        "How Index-learning turns no student\npale, Yet holds the eel",
        # The citation is print's own, with a change; it is not the writer's.
        "content to get in by the back-door (Swift, A Tale of a Tub, section 8)",
        "content to get in (Swift, A Tale of a Tub, section 7)",
        "What a reference offers, then, is not authority (but exposure)",
        "What a reference offers, then, is not authority but exposure1",
    ],
)
def test_other_changes_stay_changes(quoted: str) -> None:
    assert _sample().look_up(quoted).verdict == "altered"


@pytest.mark.parametrize(
    ("quoted", "verdict"),
    [
        ("the sea,\nthe grey and/or blue sea\nis near", "exact"),
        ("the sea,\nthe grey and\nor blue sea\nis near", "altered"),
        ("The lamp was lit, / the keeper slept / and nobody came", "exact"),
        ("The lamp was lit,/the keeper slept", "exact"),
        ("The lamp was lit, the keeper slept", "exact"),
        ("The lamp / was lit, the keeper slept", "altered"),
        ("They say *nothing* of it", "exact"),
        ("They say nothing of it", "altered"),
        ("They say _nothing_ of it", "altered"),
        ("and deny_it_all", "exact"),
    ],
)
def test_lines_of_verse_end_by_strokes_or_line_breaks(quoted: str, verdict: str) -> None:
    assert Corpus([_VERSE]).look_up(quoted).verdict == verdict


def test_the_reading_as_given_comes_first() -> None:
    assert readings("the *sea* (Marsh 3)")[0].text == "the *sea* (Marsh 3)"
    bare = [reading for reading in readings("“the *sea*” (Marsh 3).") if reading.form == 3]
    assert {reading.citation for reading in bare} == {"(Marsh 3)"}
    assert bare[0].text == "the sea"


# Kind of the warning, "-" for none, and the quotation.
_SENSES = """
negation | He does . . . forbid his readers to use an extract
negation | What a reference offers, then, is [always] authority
negation | Those who have read these sentences in such a file will [never] know what we mean
negation | It cost … ink, and it asked of the reader only a good eye.
negation | It served […] else
negation | The readers of antiquity . . . needed to be precise, and their books gave them little help.
negation | His complaint is … that the verses are wrongly placed
negation | His complaint is not … that they are there at all
negation | The line he draws is not … between second-hand questions and first-hand ones
negation | [Everywhere] is this plainer than in the case of Plato.
negation | [Everyone] now reads Plato in that edition.
negation | An arbitrary division is [im]modest
negation | a Bekker number needs … title to be complete
negation | The tool can[] tell them apart
negation | Nor is the mechanical list [ever] the shallow one
negation | A proof that takes a minute to reach will [not] be believed.
negation | A machine cannot … tell whether such a hyphen belongs to the word
negation | Augustine, we may remember, did [indeed] report to his friend what the apostle had said.
negation | Augustine … did … report to his friend what the apostle had said
negation | a machine that hands us a conclusion … asks for the trust that Bacon would have refused
negation | A machine that hands us a passage with[out] its place is a deputy of the kind that Bacon allowed
negation | [A]nyone now reads Plato in that edition
figure | divided each of the [three] Gospels into numbered sections
figure | [356] of them in Matthew alone
figure | 3[6]5 of them in Matthew alone
figure | They therefore imagined every chapter as divided into [ten] parts of equal length
figure | When … hundred copies of an edition share the same breaks
figure | issued at Cologne by Arnold ther Hoernen in [1480]
name | The scheme that won is usually credited to [Hugh of Saint-Cher]
name | Nowhere is this plainer than in the case of [Aristotle].
name | [Gibbon], in the last months of his life, admired the book
name | Agostino Ramelli, [a French] engineer in French service
distance | In the eighth book of the Confessions … A finger was all that Augustine had.
distance | Every unit that can be cited … It is a short step from numbering the parts of a text
substitutions | [Bacon] [says] [that] [readers] [ought] to be tasted
- | It was fitted for that office … . A page ends in the middle of a sentence
- | The readers of antiquity seldom needed to be precise … . Authors divided long works into books
- | The first kind is exact and perishable … the second is portable and often coarse
- | A chapter division … now runs exactly between what the one friend read and what the other did
- | His complaint is … that they are there at all
- | The line he draws is … between second-hand questions and first-hand ones
- | Augustine … did not report to his friend what the apostle had said
- | The scheme that won is usually credited to [Langton]
- | [Langton] taught theology there before he became archbishop of Canterbury
- | They [the Dominicans] therefore imagined every chapter as divided into seven parts
- | They therefore imagined every chapter as divided into [7] parts of equal length
- | issued at Cologne … in 1470
- | Hardly anyone now reads Plato in [this] edition
- | Some books are to be tasted [that is, sampled], others to be swallowed
- | [Bacon] does not forbid his readers to use an extract made by somebody else.
- | Nor is the mechanical list always the shallow one [emphasis not in the original].
- | [Hume], in the last months of his life, admired the book
- | Romans 13:13 means on a telephone what it meant in [Calvin's] Geneva.
- | Some have not read the book … others have read it
"""


@pytest.mark.parametrize(
    ("kind", "quoted"), [tuple(map(str.strip, line.split("|"))) for line in _SENSES.strip().splitlines()]
)
def test_what_marks_do_to_the_sense_is_warned_of(kind: str, quoted: str) -> None:
    found = _sample().look_up(quoted)
    assert found.verdict == "exact"
    assert {warning.kind for warning in found.warnings} == {kind} - {"-"}
    assert all(warning.text.endswith(".") for warning in found.warnings)


def test_nothing_is_warned_of_without_an_exact_place() -> None:
    assert _sample().look_up("He does . . . forbid his reeders to use").warnings == ()
    assert QuotationLookup("absent", (), 0).warnings == ()


def test_thousands_of_marks_are_no_quotation() -> None:
    assert _sample().look_up("A roll " + "[a] " * 2_000 + "has no pages").verdict != "exact"


def test_a_place_without_warnings_is_enough() -> None:
    twice = essay(passage("two/p01", "He did not see the lamp. Later he did truly see the lamp."))
    found = Corpus([twice]).look_up("he did … see the lamp")
    assert found.warnings == ()
    both = essay(passage("two/p01", "he did not see the lamp."), passage("two/p02", "he did see the lamp."))
    assert [warning.kind for warning in Corpus([both]).look_up("he did … see the lamp").warnings] == [
        "negation"
    ]


def _written(essay_id: str, source: str) -> list[tuple[str, str, str, set[str]]]:
    """What the writer does, the quotation, the verdict and the warnings that are due."""
    lines = (ROOT / "benchmarks" / "written" / "quotations.jsonl").read_text("utf-8").splitlines()
    quotations = []
    for row in map(json.loads, lines):
        text = source[row["start"] : row["end"]]
        for start, end, words in reversed(row["edits"]):
            text = text[:start] + words + text[end:]
        if row["essay"] == essay_id:
            quotations.append((row["what"], text, row["want"], set(row["warnings"])))
    return quotations


def _assert_judged(corpus: Corpus, quotations: list[tuple[str, str, str, set[str]]]) -> None:
    assert len(quotations) > 200
    for what, text, verdict, kinds in quotations:
        found = corpus.look_up(text)
        assert (found.verdict == "exact") == (verdict == "exact"), (what, text)
        assert {warning.kind for warning in found.warnings} == kinds, (what, text)


def test_quotations_written_by_hand_are_judged_right(sample_path: Path) -> None:
    _assert_judged(_sample(), _written("sample", sample_path.read_bytes().decode("utf-8")))


@pytest.mark.real_essay
def test_quotations_of_a_real_essay_are_judged_right(real_essay: Path) -> None:
    record = json.loads(real_essay.with_suffix(".json").read_text("utf-8"))[0]
    made = read_essay(real_essay, record=record, essay_id="gill-2014")
    _assert_judged(Corpus([made.essay]), _written("gill-2014", made.source))


@pytest.mark.parametrize(
    ("print_", "quoted", "kinds"),
    [
        (
            "Das Buch ist nicht für alle geschrieben und das weiß er.",
            "Das Buch ist … für alle geschrieben",
            "negation",
        ),
        (
            "Das Buch ist für alle geschrieben und das weiß er.",
            "Das Buch ist [nicht] für alle geschrieben",
            "negation",
        ),
        (
            "Le livre ne plaît pas à tout le monde et il le sait.",
            "Le livre … plaît … à tout le monde",
            "negation",
        ),
        (
            "No es verdad que nadie lo sepa en la ciudad.",
            "es verdad que [todos] lo sepa en la ciudad",
            "negation",
        ),
        ("He was one „Wort“ in the dark.", "one »Wort« in the dark", ""),
        ("He was « mot » in the dark.", "He was »mot« in the dark", ""),
        ("They found two thousand four hundred coins.", "They found two … hundred coins", "figure"),
        ("They found at least forty coins in it.", "They found … forty coins", "figure"),
        ("They found forty coins, one of them old.", "They found [40] coins", ""),
        ("Marsh came first, and then Reed spoke of ships.", "Marsh … spoke of ships", "name"),
        ("Marsh came first, and spoke of ships.", "Marsh … spoke of ships", ""),
        ("The harbour of the town is full of ships.", "The harbour of the town is full of [sin]", ""),
        ("The sea is useful to us.", "The sea is use[less] to us", "negation"),
        ("The sea is large and the land is small.", "The sea is [small]", ""),
    ],
)
def test_senses_of_other_languages_and_kinds(print_: str, quoted: str, kinds: str) -> None:
    found = Corpus([essay(passage("one/p01", print_))]).look_up(quoted)
    assert found.verdict == "exact"
    assert {warning.kind for warning in found.warnings} == ({kinds} if kinds else set())
