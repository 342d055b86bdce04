"""The five calls that programs may make: their fields, what bounds these have, and what is refused.

JSON Schemas of the calls: what is sent, and what comes back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


# Bytes of all fields together: a long question with its conversation takes a hundredth of it.
LONGEST = 1_000_000
MOST_PASSAGES = 100
# Style names only: a style may be a file too, and files are not for whoever asks from outside.
STYLE = "[A-Za-z0-9-]+"
_SAID = {str: "a text", int: "a whole number", bool: "true or false", list: "a list of texts"}


class RefusedError(Exception):
    """A request that is not answered.

    Args:
        status: The HTTP status.
        sentence: What is wrong and what to do.
    """

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a call.

    Attributes:
        kind: Its type; a ``list`` is one of texts.
        said: What it means.
        default: What a call without it means, or ``None`` where nothing stands for that.
        choices: The texts that it may be; any if empty.
    """

    kind: type
    said: str
    default: str | int | bool | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """Something that programs may ask.

    Attributes:
        title: What it does, in two or three words.
        said: What it gives, and what whoever writes with it must heed.
        fields: The fields that a request may have, by name.
        needed: The field without which there is nothing to answer, or the empty string.
    """

    title: str
    said: str
    fields: Mapping[str, Field]
    needed: str = ""


_COMMON = {
    "essays": Field(list, "Ids of the essays to look in, as `list` gives them; all if left out."),
    "style": Field(
        str,
        "Citation style: mla, chicago, chicago-notes, apa, harvard, ieee, or the name of a CSL style.",
        "mla",
    ),
}

CALLS: Mapping[str, Call] = {
    "ask": Call(
        "Find passages",
        "Find the passages of the library's essays that answer a question, word for word, with page and "
        "citation. Quote them exactly as given: change no letter of the words, and cite as given; "
        "`quotation` has the words, their quotation marks and the citation as they go into a draft. "
        "`answered: false` means that the essays do not seem to answer the question: say so, for the "
        "passages are then the nearest only and no answer. Where `quoted` is given, the words are not the "
        "essay's author's but quoted there from another, and `citation` says so.",
        {
            "question": Field(str, "The question, as one would put it to a reader of the essays."),
            "top": Field(int, "Number of passages, best first.", 3),
            **_COMMON,
            "history": Field(list, "Earlier questions of the conversation, oldest first."),
            "fast": Field(
                bool, "Leave out the model that reads passages: quicker, but less sure.", default=False
            ),
            "explain": Field(bool, "Say which words of the question met which of the essay.", default=False),
            "voice": Field(
                str,
                "Mark only sentences with words of the essay's author, or with words quoted in it.",
                choices=("author", "quoted"),
            ),
        },
        "question",
    ),
    "quote": Call(
        "Check a quotation",
        "Say whether words are printed so in an essay, and where: `exact`, `altered` (with the printed words "
        "and every difference) or `absent`. Check every quotation before it goes into a draft. Where it is "
        "altered, take the printed words as they are; where it is absent, do not quote it.",
        {"text": Field(str, "The quotation, without the quotation marks around it."), **_COMMON},
        "text",
    ),
    "check": Call(
        "Check a draft",
        "Check every quotation and citation of a draft against the essays: misquoted words, wrong pages or "
        "sources, words without quotation marks or citation. Each fault has its place and, where it is "
        "certain, `fix`: the words to put there, exactly so.",
        {"draft": Field(str, "The draft's own text, Markdown or plain; not a file's name."), **_COMMON},
        "draft",
    ),
    "cite": Call(
        "Cite an essay",
        "Give the in-text citation and the full bibliographic reference of an essay. Use both as given.",
        {
            "id": Field(str, "The essay's id, as `list` gives it."),
            "style": _COMMON["style"],
            "page": Field(str, "Page to cite, such as 849 or 849-50; the essay as a whole if left out."),
        },
        "id",
    ),
    "list": Call("List the essays", "List the essays of the library, with their ids and references.", {}),
}


def check(given: Mapping[str, Any], call: Call) -> None:
    """Refuse fields that are unknown, missing, of another type or out of bounds.

    Raises:
        RefusedError: With the one sentence that says what is wrong.
    """
    for name, value in given.items():
        _check_field(name, value, call)
    if call.needed and call.needed not in given:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field {call.needed!r} is missing.")
    if sum(map(_bytes, given.values())) > LONGEST:
        longest = f"The fields are longer than {LONGEST:,} bytes together; send less."
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, longest)
    if not 1 <= given.get("top", 1) <= MOST_PASSAGES:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field 'top' must be from 1 to {MOST_PASSAGES}.")
    if not re.fullmatch(STYLE, given.get("style", "mla")):
        raise RefusedError(
            HTTPStatus.BAD_REQUEST, "The field 'style' must be the name of a style, such as mla."
        )


def _check_field(name: str, value: Any, call: Call) -> None:
    field = call.fields.get(name)
    if field is None:
        there = ", ".join(call.fields) or "none"
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"There is no field {name!r}; there is: {there}.")
    # A truth value is a whole number to Python alone.
    if type(value) is not field.kind or (isinstance(value, list) and not _are_texts(value)):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field {name!r} must be {_SAID[field.kind]}.")
    if field.choices and value not in field.choices:
        there = " or ".join(field.choices)
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The field {name!r} must be {there}.")


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(one, str) for one in values)


def _bytes(value: Any) -> int:
    texts = value if isinstance(value, list) else [value]
    return sum(len(one.encode("utf-8", "surrogatepass")) for one in texts if isinstance(one, str))


Schema = dict[str, Any]

_TYPES = {str: "string", int: "integer", bool: "boolean", list: "array"}


def input_schema(call: Call) -> Schema:
    """What a call takes."""
    return {
        "type": "object",
        "properties": {name: _taken(name, field, call) for name, field in call.fields.items()},
        "required": [call.needed] if call.needed else [],
        "additionalProperties": False,
    }


def _taken(name: str, field: Field, call: Call) -> Schema:
    made: Schema = {"type": _TYPES[field.kind], "description": field.said}
    if field.kind is list:
        made["items"] = {"type": "string"}
    if field.default is not None:
        made["default"] = field.default
    if field.choices:
        made["enum"] = list(field.choices)
    if name == "top":
        made |= {"minimum": 1, "maximum": MOST_PASSAGES}
    if name == "style":
        made["pattern"] = f"^{STYLE}$"
    if name == call.needed:
        made["minLength"] = 1
    return made


def _text(said: str) -> Schema:
    return {"type": "string", "description": said}


def _number(said: str) -> Schema:
    return {"type": "integer", "description": said}


def _listed(items: Schema, said: str) -> Schema:
    return {"type": "array", "items": items, "description": said}


def _or_null(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]}


def _object(said: str, properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": said,
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
    }


_PAGES = _text("Pages, such as 849-50; empty where the source shows none.")
_CITATION = _text("In-text citation in the style asked for.")
_REFERENCE = _text("Full bibliographic reference.")
_PASSAGE = _text("The passage's id, such as gill-2014/p09.")
_ESSAY = _text("The essay's id.")
_START, _END = _number("Offset of the first character."), _number("Offset behind the last character.")
_SOURCE = _object("Where it stands in the essay's source.", {"start": _START, "end": _END})
_QUOTED = _or_null(
    _object(
        "Given where the words are quoted there from another: whose they are, by which printed citation.",
        {"author": _text("May be empty."), "citation": _text("May be empty.")},
    )
)
_DIFF = _listed(
    _object(
        "A step of the comparison.",
        {
            "op": {"enum": ["equal", "replace", "insert", "delete"]},
            "quoted": _text("As the writer has it."),
            "printed": _text("As the essay has it."),
        },
    ),
    "Quotation and print compared, step by step.",
)
_READY = _text("The words with quotation marks and citation, as they go into a draft.")

_HIGHLIGHT = _object(
    "Sentences that carry the answer.",
    {
        "start": _START,
        "end": _END,
        "text": _text("The printed words, not to be altered."),
        "pages": _PAGES,
        "citation": _CITATION,
        "quotation": _READY,
        "quoted": _QUOTED,
    },
)
_MATCH = _object(
    "A word of the question and the word of the essay that meets it best.",
    {
        "word": _text("The question's word."),
        "weight": {"type": "number"},
        "cosine": {"type": "number"},
        "passage": _PASSAGE,
        "start": _START,
        "end": _END,
        "text": _text("The essay's word."),
        "met": {"type": "boolean"},
    },
)
_ASK = _object(
    "The passages that answer a question, or the nearest.",
    {
        "question": _text("As asked."),
        "answered": {
            "type": "boolean",
            "description": "False: the essays do not seem to answer; the passages are the nearest only.",
        },
        "confidence": {"type": "number", "description": "How probably the passages answer, 0 to 1."},
        "passages": _listed(
            _object(
                "A passage.",
                {
                    "id": _PASSAGE,
                    "essay": _ESSAY,
                    "kind": _text("Such as paragraph, blockquote or note."),
                    "section": _text("The heading that it stands under, or empty."),
                    "text": _text("The printed words, not to be altered."),
                    "pages": _PAGES,
                    "score": {"type": "number"},
                    "source": _SOURCE,
                    "highlights": _listed(_HIGHLIGHT, "The sentences that answer, in reading order."),
                    "citation": _CITATION,
                    "reference": _REFERENCE,
                    "quotation": _READY,
                    "quoted": _QUOTED,
                    "matches": _listed(_MATCH, "Why it was found; given if `explain`."),
                },
                optional=("matches",),
            ),
            "Best first.",
        ),
        "note": _text("A remark on the question itself, if there is one."),
    },
    optional=("note",),
)
_PLACE = _object(
    "A place where the words stand, or words near them.",
    {
        "passage": _PASSAGE,
        "passages": _listed(_PASSAGE, "All passages that the words stand in."),
        "essay": _ESSAY,
        "start": _START,
        "end": _END,
        "text": _text("The printed words, not to be altered."),
        "pages": _PAGES,
        "source": _SOURCE,
        "citation": _CITATION,
        "quoted": _QUOTED,
        "diff": _DIFF,
        "edits": _listed(
            _object(
                "A change that the writer marked.",
                {
                    "kind": _text("Such as ellipsis."),
                    "quoted": _text("The mark."),
                    "printed": _text("Print."),
                },
            ),
            "Changes that the writer marked as their own.",
        ),
    },
)
_QUOTE = _object(
    "A verdict on a quotation.",
    {
        "text": _text("As given."),
        "verdict": {"enum": ["exact", "altered", "absent"]},
        "matches": _listed(_PLACE, "Where the words stand; of an altered quotation, the nearest words."),
        "places": _number("Number of places, those not listed counted in."),
    },
)
_FAULT = _object(
    "A fault; what does not apply is null.",
    {
        "kind": _text(
            "misquoted, not found, wrong page, no such page, wrong source, second-hand, uncited, unmarked."
        ),
        "place": _text("Line and column."),
        "line": _number("From 1."),
        "column": _number("From 1."),
        "start": _START,
        "end": _END,
        "quoted": _or_null(_text("The draft's words.")),
        "printed": _or_null(_text("The essay's words, not to be altered.")),
        "cited": _or_null(_text("The draft's citation.")),
        "citation": _CITATION,
        "essay": _ESSAY,
        "passage": _or_null(_PASSAGE),
        "pages": _or_null(_PAGES),
        "message": _text("What is wrong, on one line."),
        "diff": _DIFF,
        "fix": _or_null(_text("What to put from `start` to `end`, exactly so; null if that is not certain.")),
    },
)
_CHECK = _object(
    "A checked draft.",
    {
        "draft": _text("A hyphen: it came in no file."),
        "unit": _text("What places count: lines."),
        "quotations": _number("Quotations judged."),
        "exact": _number("Of these, as printed."),
        "not_checked": _number("Of these, cited to works that the library does not have."),
        "faults": _listed(_FAULT, "In the order of the draft."),
    },
)
_CITE = _object(
    "How an essay is cited.",
    {
        "id": _ESSAY,
        "style": _text("The style."),
        "citation": _CITATION,
        "reference": _REFERENCE,
        "again": _text("The citation where the essay has been cited before, if it differs."),
    },
    optional=("again",),
)
_LIST = _object(
    "The library.",
    {
        "essays": _listed(
            _object(
                "An essay.",
                {
                    "id": _ESSAY,
                    "title": _text("Its title."),
                    "reference": {"type": "object", "description": "Its CSL-JSON record."},
                    "source": _text("Name of the file that it was read from."),
                    "pages": _listed({"type": "string"}, "First and last page; empty without pages."),
                    "passages": _number("Passages that questions search."),
                },
            ),
            "All essays.",
        )
    },
)

# By the name of the call. A list stands in an object here, for not every program takes one bare.
OUTPUTS: Mapping[str, Schema] = {"ask": _ASK, "quote": _QUOTE, "check": _CHECK, "cite": _CITE, "list": _LIST}
