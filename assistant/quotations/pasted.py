"""What comes along when a quotation is pasted: italics of Markdown or HTML, and its citation or note."""

from __future__ import annotations

import html
import re

# Tags that set words, and that divide lines.
_SETTING_TAG = re.compile(
    r"</?(?:i|em|b|strong|cite|u|span|small|mark|a|sub|sup|q|blockquote|font|del|ins|s)\b[^<>]{0,300}>",
    re.IGNORECASE,
)
_LINE_TAG = re.compile(r"<(?:br|/?p|/?div|/?li)\b[^<>]{0,300}>", re.IGNORECASE)
_RAISED = re.compile(r"<sup>\s{0,3}(\d{1,4})\s{0,3}</sup>", re.IGNORECASE)
_LATEX = re.compile(r"\\(?:emph|textit|textsl|textbf|textsc|underline|enquote)\{([^{}\\]{0,2000})\}")
_QUOTED_LINE = re.compile(r"^[ ]{0,3}>[ ]?", re.MULTILINE)
_BROKEN_LINE = re.compile(r"\\$", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>~|=-])")
_EMPHASIS = re.compile(r"\*{1,3}|_{1,3}|~~|==")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# What an escaped sign is while emphasis is looked for.
_HELD = {sign: chr(0xE100 + number) for number, sign in enumerate("\\`*_{}[]()#+.!<>~|=-")}
_RELEASED = {ord(held): sign for sign, held in _HELD.items()}

# A note below a quotation: its number, then its words.
_NOTE = re.compile(r"\n[^\S\n]{0,8}(?:\[\^?\w{1,40}\]:?|\d{1,3}[.)]?|[⁰¹²³⁴-⁹]{1,3})[^\S\n]{1,8}\S")
_CALL = re.compile(r"(?:[⁰¹²³⁴-⁹]{1,3}|\[\^?\w{1,40}\]|(?<=[^\w\s])\d{1,3})\Z")
# A citation in brackets: pages, a year or names, and what writers add to a citation.
_CITATION = re.compile(
    r"[^\n]*\d|(?:[^\W\d_]*[’'])?[A-ZÀ-ÖØ-Þ\u0370-\uffff]"
    r"|(?i:ibid|ebd|qtd|my |own |emphasis|italics|translat|meine?\b|eig)"
)
_NUMBERED = re.compile(r"\[\d{1,4}(?:[\s,;:–-][^\[\]]{0,80})?\Z")
_LONGEST_CITATION = 400
# LaTeX's citation or note at the end, and the number of a note after a closing mark.
_COMMAND = re.compile(
    r"\\[A-Za-z]{0,20}(?:cite|footnote)[A-Za-z]{0,20}\*?(?:\[[^\[\]]{0,99}\]){0,2}\{[^{}]{0,300}\}[.,;]?\Z"
)
_NUMBER = re.compile(r"(?<=[\"”’»«“‹])(?:[⁰¹²³⁴-⁹]{1,3}|\d{1,3})\Z")
_CLOSING = frozenset("\"'”’»«›‹“‘")
# A note in the line, after words in marks: names, a title, pages.
_IN_LINE = re.compile(r"[.,;]?\s{1,4}(?=[A-ZÀ-ÖØ-Þ])[^\n]{2,400}\d[\d–-]{0,12}[a-z]?[).\]]{0,2}\Z")


def without_markup(text: str) -> str:
    """A quotation without the signs by which Markdown, HTML or LaTeX sets italics, lines and blocks."""
    if "<" in text or "&" in text:
        text = _LINE_TAG.sub("\n", _RAISED.sub(lambda match: match[1].translate(_SUPERSCRIPTS), text))
        text = html.unescape(_SETTING_TAG.sub("", text))
    if "\\" in text:
        text = _BROKEN_LINE.sub("", _LATEX.sub(r"\1", text))
        text = _ESCAPED.sub(lambda match: _HELD[match[1]], text)
    return _without_emphasis(_QUOTED_LINE.sub("", text)).translate(_RELEASED)


def _without_emphasis(text: str) -> str:
    """A text without the signs of Markdown that stand in pairs around words."""
    opened: dict[str, list[tuple[int, int]]] = {}
    dropped: list[tuple[int, int]] = []
    for match in _EMPHASIS.finditer(text):
        sign, (start, end) = match.group(), match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        within_word = sign[0] == "_" and before.isalnum() and after.isalnum()
        if (
            before.strip()
            and opened.get(sign)
            and not within_word
            and not (sign[0] == "_" and after.isalnum())
        ):
            dropped += [opened[sign].pop(), (start, end)]
        elif after.strip() and not within_word and not (sign[0] == "_" and before.isalnum()):
            opened.setdefault(sign, []).append((start, end))
    pieces, position = [], 0
    for start, end in sorted(dropped):
        pieces.append(text[position:start])
        position = end
    return "".join([*pieces, text[position:]])


def without_citation(text: str) -> tuple[str, str]:
    """A quotation and the writer's citation after it, in brackets or as a note; the latter may be empty."""
    note = _NOTE.search(text)
    if note:
        words = text[: note.start()].rstrip()
        called = _CALL.search(words)
        if called:
            return words[: called.start()].rstrip(), text[note.start() :].strip()
    begin = max(0, len(text) - _LONGEST_CITATION)
    command = _COMMAND.search(text, begin)
    if command:
        return text[: command.start()].rstrip(" ~\n"), command.group()
    words = text.rstrip(" .,;:\n")
    number = _NUMBER.search(words, max(0, len(words) - 4))
    if number:
        return words[: number.start()], number.group()
    start = _bracket(words)
    if start is not None:
        before, cited = words[:start].rstrip(), words[start:]
        in_marks = before[-1:] in _CLOSING or before.rstrip(".,;:!?")[-1:] in _CLOSING
        looks_so = (_NUMBERED if cited[0] == "[" else _CITATION).match(cited[cited[0] == "(" : -1])
        if before and (in_marks or looks_so):
            return before, cited
    return _with_note_in_line(text)


def _bracket(words: str) -> int | None:
    """Where the bracket begins that ends a text."""
    if words[-1:] not in {")", "]"}:
        return None
    depth = 0
    for position in range(len(words) - 1, max(-1, len(words) - 1 - _LONGEST_CITATION), -1):
        depth += (words[position] in ")]") - (words[position] in "([")
        if depth == 0:
            return position
    return None


def _with_note_in_line(text: str) -> tuple[str, str]:
    """Words in marks and the note that follows them in the line."""
    if text[:1] not in {"“", '"', "„", "«", "»", "‘"}:
        return text, ""
    closers = {"“": "”", '"': '"', "„": "“”", "«": "»", "»": "«", "‘": "’"}[text[0]]
    for position in range(1, len(text)):
        if text[position] in closers and not text[position + 1 : position + 2].isalnum():
            match = _IN_LINE.match(text, position + 1)
            return (text[: position + 1], match.group().strip()) if match else (text, "")
    return text, ""
