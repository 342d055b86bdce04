"""The calls of the API: what each takes, what it returns, and which requests are refused.

The JSON shapes are defined once, as pydantic models, in ``requests``, ``responses`` and ``glance_responses``.
HTTP, MCP and Gradio check their requests with them and describe themselves by their JSON schemas. The objects
themselves are built in ``assistant.rendering``, which ``assistant ask`` uses too and which therefore does not
import pydantic; ``tests/api/test_schema.py`` proves that both agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails

from assistant.api.glance_responses import CompareResponse, IndexResponse, OutlineResponse, RelatedResponse
from assistant.api.requests import (
    ABSENT,
    MAX_BYTES,
    MAX_PASSAGES,
    AskRequest,
    CheckRequest,
    CiteRequest,
    CompareRequest,
    IndexRequest,
    InsertRequest,
    ListRequest,
    OutlineRequest,
    QuoteRequest,
    RelatedRequest,
    StylesRequest,
)
from assistant.api.responses import (
    AskResponse,
    CheckResponse,
    CiteResponse,
    InsertResponse,
    ListResponse,
    QuoteResponse,
    StylesResponse,
)


class RefusedError(Exception):
    """A request that is refused.

    Args:
        status: The HTTP status.
        sentence: What is wrong with the request, and what to do about it.
    """

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the API.

    Attributes:
        title: What it does, in two or three words.
        description: What it returns, and what a program that writes with it must observe.
        request: Its fields.
        response: What it returns; for ``list`` as MCP sends it.
    """

    title: str
    description: str
    request: type[BaseModel]
    response: type[BaseModel]


CALLS: Mapping[str, Call] = {
    "ask": Call(
        "Find passages",
        "Find the passages of the library's essays that answer a question, word for word, with page and "
        "citation. Quote them exactly as given: change no letter of the words, and cite as given; "
        "`quotation` has the words, their quotation marks and the citation as they go into a draft. "
        "`answered: false` means that the essays do not seem to answer the question: say so, for the "
        "passages are then the nearest only and no answer; `note` says why, where that is known. "
        "Given a paragraph of a draft, it finds evidence for each sentence: `ideas` says which passages bear "
        "on which, and on which nothing does. "
        "Where `quoted` is given, the words are not the "
        "essay's author's but quoted there from another, and `citation` says so.",
        AskRequest,
        AskResponse,
    ),
    "quote": Call(
        "Check a quotation",
        "Say whether words are printed so in an essay, and where: `exact`, `altered` (with the printed words "
        "and every difference) or `absent`. Check every quotation before it goes into a draft. Where it is "
        "altered, take the printed words as they are; where it is absent, do not quote it. Where `warnings` "
        "are given, an omission or a bracket changes the sense: quote more of the words.",
        QuoteRequest,
        QuoteResponse,
    ),
    "check": Call(
        "Check a draft",
        "Check every quotation and citation of a draft against the essays: misquoted words, omissions that "
        "change the sense, wrong pages or sources, words without quotation marks or citation. Each problem "
        "has its place and, where it is certain, `fix`: the words to put there, exactly so.",
        CheckRequest,
        CheckResponse,
    ),
    "cite": Call(
        "Cite an essay",
        "Give the in-text citation and the full bibliographic reference of an essay. Use both as given.",
        CiteRequest,
        CiteResponse,
    ),
    "list": Call(
        "List the essays",
        "List the essays of the library, with their ids and references.",
        ListRequest,
        ListResponse,
    ),
    "outline": Call(
        "Outline an essay",
        "Show an essay's sections with their pages and lengths, and the sentences in which it announces its "
        "thesis, its plan, its turns and its conclusion: the essay's own words, cited. Where `basis` is "
        "`place`, the sentence is only one of its last. An essay that announces nothing has none; say no "
        "more of its argument than the sentences do.",
        OutlineRequest,
        OutlineResponse,
    ),
    "index": Call(
        "Index essays",
        "Give the index of one or several essays as the back of a book has it: persons, works, authors whose "
        "words are quoted, and terms, each with its pages and passages; for several essays also `shared`, "
        "what they quote in common.",
        IndexRequest,
        IndexResponse,
    ),
    "related": Call(
        "Find related passages",
        "Find the passages nearest to a passage, of the same essay and of others, word for word, with page "
        "and citation; of each, the sentence that is most like the passage. Nearness is no claim that one "
        "essay knows the other.",
        RelatedRequest,
        RelatedResponse,
    ),
    "compare": Call(
        "Compare essays",
        "Put one question to each of several essays: the best passage of each, with a verdict of its own. An "
        "essay whose verdict is `none` does not seem to answer; say so.",
        CompareRequest,
        CompareResponse,
    ),
    "insert": Call(
        "Set a quotation",
        "Give words of a passage as a word processor inserts them: with quotation marks of the draft's "
        "language and italics, and their citation in the text or as a note. Change no letter.",
        InsertRequest,
        InsertResponse,
    ),
    "styles": Call(
        "List the citation styles",
        "List the citation styles by name and title.",
        StylesRequest,
        StylesResponse,
    ),
}


def check_request(call: Call, fields: Mapping[str, Any]) -> None:
    """Check the fields of a request.

    Raises:
        RefusedError: If fields are unknown, missing, of another type, out of bounds or too long.
    """
    try:
        call.request.model_validate(dict(fields))
    except ValidationError as error:
        sentence = _refusal(call, error.errors(include_url=False, include_input=False)[0])
        raise RefusedError(HTTPStatus.BAD_REQUEST, sentence) from None
    if sum(len(text.encode("utf-8", "surrogatepass")) for text in _texts(fields)) > MAX_BYTES:
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The fields are longer than {MAX_BYTES:,} bytes together; send less.",
        )


# What a field must be, by the type of pydantic's error.
_MUST_BE = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list of texts",
    "greater_than_equal": f"from 1 to {MAX_PASSAGES}",
    "less_than_equal": f"from 1 to {MAX_PASSAGES}",
    "string_pattern_mismatch": "the name of a style, such as mla",
}


def _refusal(call: Call, error: ErrorDetails) -> str:
    """The sentence that tells a program what is wrong with its request."""
    name, *within = error["loc"]
    if error["type"] == "missing":
        return f"The field {name!r} is missing."
    if error["type"] == "extra_forbidden":
        return f"There is no field {name!r}; there is: {', '.join(call.request.model_fields) or 'none'}."
    if error["type"] == "literal_error":
        expected = error["ctx"]["expected"].replace("'", "")
        return f"The field {name!r} must be {expected}."
    return f"The field {name!r} must be {_MUST_BE['list_type' if within else error['type']]}."


def _texts(fields: Mapping[str, Any]) -> Iterator[str]:
    for value in fields.values():
        yield from (value if isinstance(value, list) else [value] if isinstance(value, str) else [])


def input_schema(call: Call) -> dict[str, Any]:
    """The JSON schema of a call's fields."""
    return call.request.model_json_schema(schema_generator=_SchemaGenerator)


def output_schema(call: Call) -> dict[str, Any]:
    """The JSON schema of what a call returns."""
    return call.response.model_json_schema(schema_generator=_SchemaGenerator)


class _SchemaGenerator(GenerateJsonSchema):
    """Writes schemas without references, which some MCP clients do not follow, and without titles."""

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False

    def default_schema(self, schema: Any) -> dict[str, Any]:
        if schema["default"] is ABSENT:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def generate(self, schema: Any, mode: Any = "validation") -> dict[str, Any]:
        generated = super().generate(schema, mode)
        return dict(_without_references(generated, generated.pop("$defs", {})))


def _without_references(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_without_references(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]] | schema
    return {
        name: _without_references(value, definitions)
        for name, value in schema.items()
        # A title that is not text is the schema of a field of that name.
        if name != "$ref" and not (name == "title" and isinstance(value, str))
    }
