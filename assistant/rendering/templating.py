"""HTML from Jinja templates, in which every text is escaped and a missing value is an error.

Only modules that make pages import this one, because the plain commands start without Jinja.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

_Function = TypeVar("_Function", bound=Callable[..., Any])

# A line break of a template with the blanks around it: next to a tag or a Jinja expression, and elsewhere.
_BREAK_AT_TAG = re.compile(r"(?:^|(?<=>))[ \t]*\n\s*|[ \t]*\n\s*(?:$|(?=<))")
_BREAK_IN_TEXT = re.compile(r"\s*\n\s*")


class _JoinedLines(Extension):
    """Joins the lines of templates, so that they can be indented and add no white space to the page.

    A line break next to a tag or a Jinja expression is left out; one within text becomes a space. Values
    that are filled in keep all their characters.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Shorten the white space of a template's own text."""
        for token in stream:
            if token.type == "data":
                joined = _BREAK_IN_TEXT.sub(" ", _BREAK_AT_TAG.sub("", token.value))
                yield Token(token.lineno, token.type, joined)
            else:
                yield token


class Templates:
    """The templates of a folder; each file holds macros, one for each piece of HTML.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=[_JoinedLines],
            auto_reload=False,
        )

    def filter(self, function: _Function) -> _Function:
        """Register a function as a filter of its name; a decorator."""
        self._environment.filters[function.__name__] = function
        return function

    def render(self, macro: str, /, *args: Any, **kwargs: Any) -> str:
        """The HTML of a macro, named ``FILE.MACRO``; each file is compiled on first use."""
        file, _, name = macro.partition(".")
        html = getattr(self._environment.get_template(f"{file}.html").module, name)(*args, **kwargs)
        # A parser of HTML turns a bare carriage return into a line feed; the reference keeps it.
        return str(html).replace("\r", "&#13;")

    def define(self, **constants: str) -> None:
        """Name texts that the templates use."""
        self._environment.globals.update(constants)
