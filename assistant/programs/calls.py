"""The five calls that programs may make: their fields, what bounds these have, and what is refused."""

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


def _check_field(name: str, value: Any, call: Call) -> None:  # noqa: ANN401 - any JSON value
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


def _bytes(value: Any) -> int:  # noqa: ANN401 - any value of a field
    texts = value if isinstance(value, list) else [value]
    return sum(len(one.encode("utf-8", "surrogatepass")) for one in texts if isinstance(one, str))
