"""The models of the API are exactly what rendering builds; requests out of bounds are refused."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest
from essay_library import QUESTION, SECOND, loader, sample_library
from fake_models import FakeEncoder
from pydantic import BaseModel

from assistant.api.requests import MAX_BYTES
from assistant.api.schema import CALLS, RefusedError, check_request, input_schema, output_schema
from assistant.api.service import ApiService
from assistant.core.draft_report import DraftReport, Fix, Problem
from assistant.core.quotation import Difference
from assistant.library.library import Library
from assistant.rendering.drafts import draft_object

DRAFT = "He says: “The tool cannot tell them appart” (Essay Assistant Authors 12)."
CASES: list[tuple[str, dict[str, Any]]] = [
    ("ask", {"question": QUESTION}),
    ("ask", {"question": QUESTION, "explain": True}),
    ("ask", {"question": "Who says that some books are to be tasted?", "voice": "quoted"}),
    ("ask", {"question": "?!"}),
    ("ask", {"question": f"Readers pointed at pages. {'Printers numbered every leaf in Venice. ' * 8}"}),
    ("ask", {"question": "Which zebras gallop through Kyrgyzstan?"}),
    ("quote", {"text": "the tool [...] them appart"}),
    ("quote", {"text": "nothing of the kind is printed here"}),
    ("quote", {"text": "Some books are to be tasted, others to be swallowed"}),
    ("check", {"draft": DRAFT}),
    ("check", {"draft": "Words (Essay Assistant Authors 99). “Zebras gallop” (Essay Assistant Authors 12)."}),
    ("cite", {"id": "sample", "page": "18"}),
    ("cite", {"id": "sample", "style": "chicago-notes"}),
    ("insert", {"passage": "sample/p01"}),
    ("insert", {"passage": "sample/p24", "start": 0, "end": 40, "style": "chicago-notes", "language": "de"}),
    ("insert", {"passage": "sample/b01", "style": "apa"}),
    ("styles", {}),
    ("list", {}),
    ("outline", {"id": "sample"}),
    ("index", {}),
    ("index", {"essays": ["sample"]}),
    ("related", {"passage": "sample/p15", "top": 3}),
    ("related", {"passage": "sample/n1"}),
    ("compare", {"question": QUESTION}),
    ("compare", {"question": "Which zebras gallop?", "essays": ["sample"], "fast": True}),
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> ApiService:
    """The API of a library with the sample essay."""
    root = sample_library(tmp_path_factory.mktemp("schema") / "library")
    return ApiService(Library(root, load_encoder=loader(FakeEncoder())))


def assert_exactly(model: type[BaseModel], value: Any) -> None:
    """The object has every key of the model, no other, and the types that the model names."""
    sent = json.loads(json.dumps(value))
    assert model.model_validate(sent, strict=True, extra="forbid").model_dump(exclude_unset=True) == sent


@pytest.mark.parametrize(("name", "fields"), CASES)
def test_every_answer_is_as_its_model_says(service: ApiService, name: str, fields: dict[str, Any]) -> None:
    value = anyio.run(service.answer, name, fields).value
    value = {"essays": value} if name == "list" else value
    assert_exactly(CALLS[name].response, value)
    jsonschema.validate(value, output_schema(CALLS[name]))
    jsonschema.validate(fields, input_schema(CALLS[name]))


def test_a_damaged_essay_is_listed_as_the_model_says_and_refused_by_name(tmp_path: Path) -> None:
    library = Library(sample_library(tmp_path / "library"), load_encoder=loader(FakeEncoder()))
    library.add(SECOND)
    (tmp_path / "library" / "data" / "chunks" / "sample.jsonl").write_text("{}", "utf-8")
    service = ApiService(library)
    result = anyio.run(service.answer, "list", {})
    value = {"essays": result.value}
    assert_exactly(CALLS["list"].response, value)
    jsonschema.validate(value, output_schema(CALLS["list"]))
    assert [essay.get("damaged", "") != "" for essay in result.value] == [False, True]
    assert "damaged" in result.text
    with pytest.raises(RefusedError, match="assistant add FILE") as raised:
        anyio.run(service.answer, "cite", {"id": "sample"})
    assert raised.value.status == HTTPStatus.CONFLICT
    assert str(tmp_path) not in str(raised.value)
    assert anyio.run(service.answer, "cite", {"id": "running-heads"}).value["reference"]


def test_a_model_allows_neither_more_nor_less(service: ApiService) -> None:
    value = anyio.run(service.answer, "ask", {"question": QUESTION}).value
    first, *others = value["passages"]
    without = {name: part for name, part in first.items() if name != "score"}
    for changed in (first | {"more": 1}, first | {"score": "1"}, without):
        with pytest.raises(ValueError, match=r"passages\.0\.(more|score)"):
            assert_exactly(CALLS["ask"].response, value | {"passages": [changed, *others]})


def test_a_problem_with_everything_and_one_with_nothing_are_as_their_model_says() -> None:
    diff = (Difference("replace", "appart", "apart"),)
    words = ("“appart”", "apart", "Author 9", "(Author 18)", "sample", ("sample/p1",), "18-19")
    full = Problem("misquoted", 0, 8, 1, 1, *words, diff, (Fix(1, 7, "apart"),), "“apart”")
    bare = Problem("no such page", 9, 12, 1, 10, "", "", "", "(Author)", "sample", (), "")
    for labels, unit in (((), "line"), (("¶1",), "paragraph")):
        value = draft_object(DraftReport("-", "“appart” (9)", (0,), labels, 1, 0, 0, (full, bare)))
        assert value["unit"] == unit
        assert_exactly(CALLS["check"].response, value)


def test_schemas_refer_to_nothing_and_have_no_titles() -> None:
    for call in CALLS.values():
        for schema in (input_schema(call), output_schema(call)):
            jsonschema.Draft202012Validator.check_schema(schema)
            text = json.dumps(schema)
            assert "$ref" not in text
            assert "$defs" not in text
            assert "title" not in schema


def test_what_is_left_out_by_default_is_not_null(service: ApiService) -> None:
    for name in ("essays", "history", "voice", "page"):
        for call, required in (("ask", {"question": "x"}), ("cite", {"id": "sample"})):
            if name in CALLS[call].request.model_fields:
                with pytest.raises(RefusedError, match=f"The field '{name}' must be "):
                    anyio.run(service.answer, call, required | {name: None})


@pytest.mark.parametrize(
    ("name", "fields", "facts"),
    [
        ("ask", {}, ["'question'", "missing"]),
        ("ask", {"question": "x", "more": 1}, ["'more'", "question, top, essays, style, history, fast"]),
        ("list", {"more": 1}, ["'more'", "authors, years, collections, tags"]),
        ("ask", {"question": 1}, ["'question'", "a text"]),
        ("ask", {"question": "x", "top": True}, ["'top'", "a whole number"]),
        ("ask", {"question": "x", "top": 10**30}, ["'top'", "1 to 100"]),
        ("ask", {"question": "x", "fast": 1}, ["'fast'", "true or false"]),
        ("ask", {"question": "x", "essays": ["a", 1]}, ["'essays'", "a list of texts"]),
        ("ask", {"question": "x", "voice": "god"}, ["'voice'", "author or quoted"]),
        ("quote", {"text": "x", "style": "own.csl"}, ["'style'", "name of a style", "mla"]),
        ("quote", {"text": "x", "style": "mla\n"}, ["'style'", "name of a style"]),
        ("check", {"draft": "x" * MAX_BYTES, "essays": ["é"]}, ["1,000,000 bytes", "send less"]),
        ("check", {"draft": "é" * (MAX_BYTES // 2 + 1)}, ["1,000,000 bytes"]),
    ],
)
def test_a_refusal_names_the_field_its_bound_and_the_cure(
    name: str, fields: dict[str, Any], facts: list[str]
) -> None:
    with pytest.raises(RefusedError) as refused:
        check_request(CALLS[name], fields)
    for fact in facts:
        assert fact in str(refused.value)
    assert refused.value.status == (413 if "bytes" in facts[0] else 400)


def test_half_of_a_surrogate_pair_is_a_text() -> None:
    check_request(CALLS["ask"], {"question": "leaves \ud83d"})
