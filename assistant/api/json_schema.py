"""The JSON schemas of the API's calls, as MCP needs them: complete in themselves, without titles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from assistant.api.requests import ABSENT
from assistant.api.schema import Call


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
