"""A record in a form and back: unchanged fields remain identical, and invalid ones are refused."""

from __future__ import annotations

from typing import Any

import pytest
from essay_library import one_sentence
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations.form import FIELDS, TYPES, form_of, record_of
from assistant.citations.references import pasted_references
from assistant.core.errors import RecordError

RECORD: dict[str, Any] = {
    "id": "goethe-1810",
    "type": "chapter",
    "title": "On <i>Faust</i>",
    "author": [
        {"family": "Goethe", "given": "Johann Wolfgang", "dropping-particle": "von", "ORCID": "0000"},
        {"literal": "Modern Language Association"},
        {"family": "Gates", "given": "Henry Louis", "suffix": "Jr."},
    ],
    "issued": {"date-parts": [[1810, 5, 3]], "season": 2},
    "page": "844-862",
    "ISSN": "0026-7724",
    "custom": {"anything": [1, 2]},
}

_WORDS = st.text("abcdefgh ÄéZ0123456789.,;<>&\"'{}-", max_size=20)


def test_a_form_shows_one_name_a_line_and_dates_in_iso_8601() -> None:
    form = form_of(RECORD)
    assert set(form) == set(FIELDS)
    assert form["author"].split("\n") == [
        "Goethe, Johann Wolfgang von",
        "{Modern Language Association}",
        "Gates, Henry Louis, Jr.",
    ]
    assert (form["issued"], form["page"], form["DOI"], form["editor"]) == ("1810-05-03", "844-862", "", "")


def test_unchanged_fields_remain_identical() -> None:
    assert record_of(form_of(RECORD), RECORD) == RECORD
    assert record_of({}, RECORD) == RECORD
    changed = record_of({**form_of(RECORD), "volume": "60"}, RECORD)
    assert changed == {**RECORD, "volume": "60"}


def test_known_names_keep_their_parts_and_new_names_are_parsed() -> None:
    form = form_of(RECORD)
    lines = form["author"].split("\n")
    form["author"] = "\n".join([lines[1], "  Josie   Gill ", "", lines[0], "{Society of Eels}"])
    assert record_of(form, RECORD)["author"] == [
        RECORD["author"][1],
        {"family": "Gill", "given": "Josie"},
        RECORD["author"][0],
        {"literal": "Society of Eels"},
    ]


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("issued", "2014", {"date-parts": [[2014]]}),
        ("issued", "2014-12", {"date-parts": [[2014, 12]]}),
        ("issued", "2014-2-5", {"date-parts": [[2014, 2, 5]]}),
        ("issued", "850", {"date-parts": [[850]]}),
        ("issued", "in press", {"literal": "in press"}),
        ("page", "844 – 62", "844-62"),
        ("page", "xii--xx", "xii-xx"),
        ("page", "12, 14-15", "12, 14-15"),
        ("page", "e1234", "e1234"),
        ("DOI", "https://doi.org/10.1353/mfs.2014.0056", "10.1353/mfs.2014.0056"),
        ("DOI", "doi: 10.1000/182", "10.1000/182"),
        ("URL", "https://example.org/a", "https://example.org/a"),
        ("title", " A\ttitle\nin two\u0007 lines ", "A title in two lines"),
        ("type", "book", "book"),
        ("publisher", "", None),
        ("page", "", None),
    ],
)
def test_fields_are_normalised(field: str, text: str, value: object) -> None:
    record = {**RECORD, "publisher": "Gone"}
    assert record_of({field: text}, record).get(field) == value


@pytest.mark.parametrize(
    ("field", "text", "fact"),
    [
        ("title", " ", "no title"),
        ("title", "\u200b", "no title"),
        ("type", "song", "not a kind of work"),
        ("type", "<b>", "not a kind of work"),
        ("issued", "2014-13", "not a date"),
        ("issued", "2014-00-01", "not a date"),
        ("issued", "12/2014", "not a date"),
        ("issued", "20145", "not a date"),
        ("page", "p. 3 ff", "not a page range"),
        ("page", "3--", "not a page range"),
        ("DOI", "mfs.2014", "not a DOI"),
        ("DOI", "10.1353/", "not a DOI"),
        ("URL", "javascript:alert(1)", "not a web address"),
        ("URL", "https://", "not a web address"),
        ("author", "Gill, Josie\n,", "not a name"),
        ("author", "{ }", "not a name"),
        ("editor", "--", "not a name"),
        ("volume", "6" * 2_001, "too long"),
    ],
)
def test_an_invalid_field_is_refused_in_one_sentence(field: str, text: str, fact: str) -> None:
    with pytest.raises(RecordError, match=fact) as raised:
        record_of({field: text}, RECORD)
    one_sentence(raised.value)


@given(st.dictionaries(st.sampled_from(FIELDS), _WORDS))
def test_any_input_is_a_record_that_is_read_back_or_an_error(form: dict[str, str]) -> None:
    try:
        record = record_of(form, RECORD)
    except RecordError as error:
        one_sentence(error)
        return
    shown = form_of(record)
    assert record_of(shown, record) == record
    assert record_of(shown, {"title": "x"})["title"] == record["title"]
    assert form.get("type", "").strip() in {"", *TYPES}


@pytest.mark.parametrize(
    "text",
    [
        '[{"title": "On Eels", "volume": "3"}]',
        '\ufeff\n {"title": "On Eels", "volume": "3"}',
        "@article{eels,\n title = {On Eels}, volume = {3}}",
        "\n  @Article(eels,title={On Eels},volume={3})".replace("(", "{").replace("3})", "3}}"),
        "TY  - JOUR\nTI  - On Eels\nVL  - 3\nER  - \n",
        "\n\nTY  - JOUR\nTI  - On Eels\nVL  - 3\nER  - \n",
    ],
)
def test_a_pasted_record_is_read_whatever_its_format(text: str) -> None:
    (record,) = pasted_references(text)
    assert (record["title"], record["volume"]) == ("On Eels", "3")


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("On Eels, 1999", "is not a record"),
        ("ada@example.org", "is not a record"),
        ('{"title": ', "not valid CSL-JSON"),
        ("[" * 100_000, "not valid CSL-JSON"),
        ("[]", "no record with a title"),
        ("{}", "no record with a title"),
        ("[7]", "no record with a title"),
        ('{"title": 7}', "no record with a title"),
        ('{"title": "A", "author": "Ada"}', "author or a date"),
        ("@comment{x}", "no record with a title"),
        ("TY  - JOUR\nER  - \n", "no record with a title"),
    ],
)
def test_a_pasted_text_that_is_no_record_is_refused_in_one_sentence(text: str, fact: str) -> None:
    with pytest.raises(RecordError, match=fact) as raised:
        pasted_references(text)
    one_sentence(raised.value)


def test_a_list_of_authors_that_is_cut_stays_so() -> None:
    names = [{"family": "Stone", "given": "Amy"}, {"literal": "et al."}]
    record = {"title": "Tides", "author": names}
    assert form_of(record)["author"] == "Stone, Amy\n{et al.}"
    assert record_of({"author": "Stone, Bo\net al."}, record)["author"][1] == {"literal": "et al."}


def test_what_was_lost_is_forgotten_when_a_user_changes_the_record() -> None:
    record = {"title": "Tides", "custom": {"lost": ["The month “Foo” is none."], "x": 1}}
    assert record_of({}, record) == record
    assert record_of({"title": "Ebb"}, record) == {"title": "Ebb", "custom": {"x": 1}}
    assert record_of({"title": "Ebb"}, {"title": "T", "custom": {"lost": ["a"]}}) == {"title": "Ebb"}
