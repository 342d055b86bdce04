"""LaTeX in the fields of BibTeX: decoded, and written."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_IN_BRACES = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_ITALIC = re.compile(rf"\\(?:emph|textit|textsl|mkbibemph|mkbibitalic){_IN_BRACES}")
_ITALIC_GROUP = re.compile(r"\{\\(?:it|em|itshape|sl)(?![a-z])\s*((?:[^{}]|\{[^{}]*\})*)\}")
_QUOTED = re.compile(rf"\\(?:enquote|mkbibquote)\*?{_IN_BRACES}")
_LINK = re.compile(rf"\\href\s*\{{[^{{}}]*\}}\s*{_IN_BRACES}")
# What exports leave bare, although LaTeX would take it for markup.
_BARE = re.compile(r"(\\.)|([&%#])", re.DOTALL)
_DOLLAR = re.compile(r"(\\.)|\$", re.DOTALL)
_MATH = re.compile(r"\$[^$\s](?:[^$]{0,40}[^$\s\\])?\$")
_SPECIAL = re.compile(r"[\\&%$#_~^{}]")
_ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_CHARACTERS = {"textasciitilde": "~", "textasciicircum": "^", "textbackslash": "\\", "textunderscore": "_"}
_VERBATIM = re.compile(
    r"\\(text[a-z]+)(?:\s*\{\})?|\\~\{\}|\$\\sim\$|\\([&%$#_{}~^])|\\(?:url|nolinkurl)(?![a-z])|[{}\s]"
)


def decoded(value: str) -> str:
    """A field's value as text on one line, with ``<i>`` for italics; braces remain."""
    text = " ".join(value.split())
    if not re.search(r"[\\&%#$~`'{-]", text):
        return text
    text = _LINK.sub(r"\1", _QUOTED.sub(r"“\1”", text))
    text = _ITALIC_GROUP.sub(r"<i>\1</i>", _ITALIC.sub(r"<i>\1</i>", text))
    # It would be decoded as an accent.
    text = re.sub(r"\\textasciicircum(?:\{\})?", "^", text)
    text = re.sub(r"\\\\|(?<!\\)~", " ", text)
    text = _BARE.sub(lambda match: match[1] or f"\\{match[2]}", text)
    if not _MATH.search(text):
        text = _DOLLAR.sub(lambda match: match[1] or r"\$", text)
    return " ".join(str(_decoder().latex_to_text(text)).split())


@cache
def _decoder() -> Any:
    from pylatexenc import latex2text

    characters = {
        "textless": "<", "textgreater": ">", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "slash": "/",
    }  # fmt: skip
    macros = [latex2text.MacroTextSpec(name, simplify_repl=text) for name, text in characters.items()]
    macros += [latex2text.MacroTextSpec(name, simplify_repl="%s") for name in ("url", "nolinkurl")]
    context = latex2text.get_default_latex_context_db()
    context.add_context_category("fields", prepend=True, macros=macros)
    return latex2text.LatexNodes2Text(latex_context=context, keep_braced_groups=True, math_mode="text")


def verbatim(value: str) -> str:
    r"""An address or identifier, which BibTeX programs print as it is; ``\_`` and ``\url{}`` are undone."""

    def plain(match: re.Match[str]) -> str:
        if match[1]:
            return _CHARACTERS.get(match[1], match[0])
        return "~" if "~" in match[0] or "sim" in match[0] else match[2] or ""

    return _VERBATIM.sub(plain, value)


def escaped(text: str) -> str:
    """A text with the characters that mean something in LaTeX escaped."""
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], f"\\{match[0]}"), text)


def italics(text: str) -> str:
    r"""``\emph{}`` for ``<i>``."""
    return re.sub(r"<i>(.*?)</i>", r"\\emph{\1}", text)


def escaped_address(text: str) -> str:
    """An address or identifier; only what would end the field is escaped."""
    return re.sub(r"[{}\\]", lambda match: _ESCAPES.get(match[0], f"\\{match[0]}"), text)
