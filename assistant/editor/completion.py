"""Completion: printed sentences inside an opened quotation mark, and keys and pages inside a citation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol import types

from assistant.core.essay import plain_title
from assistant.core.quotation import PrintedPlace
from assistant.editor.analysis import Analysis
from assistant.editor.insertion import CLOSING
from assistant.editor.text import EditorText

# What an editor is to ask after; a space, because sentences are completed word by word.
TRIGGERS = ["“", "„", "«", "»", "‘", "‚", '"', "'", "`", "@", "<", "{", "[", ",", " "]
_MOST = 20
# Characters before the cursor in which a quotation may have been opened, and of words that are looked up.
_REACH, _LONGEST = 1_500, 400
_FEWEST_LETTERS = 3
_LONGEST_COMMAND = 15
_SHOWN = 80
_PARAGRAPH = re.compile(r"(?:\r\n|\n|\r)[ \t>]*(?:\r\n|\n|\r)")
_OPENS = {"“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’", "'": "'", "‚": "‘’", "‹": "›", "›": "‹"}
# Marks that are apostrophes too, or stand within other marks.
_SINGLE = frozenset("‘'‚‹›")
# Marks that are letters and marks together, in LaTeX.
_LATEX_MARKS = re.compile(r"``|\"`|\\glqq(?:\{\}|\s|$)|\\og(?:\{\}|\s|$)")
_APOSTROPHE = re.compile(r"(?<=\w)['’‘](?=\w)|(?<=\s)['’](?=\w)")
# A citation that stands after a quotation already.
_CITED = re.compile(r"\s*(?:[(\[@]|\^\[|~?\\[A-Za-z]*(?:cite|footnote)|#(?:cite|footnote))")
_ENQUOTE = re.compile(r"\\(?:enquote|textquote|blockquote)\*?\{$")
_KEY = re.compile(r"(?:(?<![\w.@\\])-?@|(?<=#cite\()<)(?P<key>[\w:.#$%&+?<>~/-]{0,80})$")
_CITE = re.compile(
    r"\\(?!no)[A-Za-z]{0,20}[cC]ite[A-Za-z]{0,20}\*?(?P<options>(?:\[[^\[\]]{0,80}\]){0,2})"
    r"\{(?:[^{}]{0,400},)?[ \t]*(?P<key>[^{},\s]{0,80})$"
)
_PAGE = re.compile(
    r"@(?P<key>[\w:.#$%&+?<>~/-]{1,80}?)(?:,[ \t]*|[ \t]+|\[)(?:pp?\.[ \t]*)?(?P<page>[\divxlcDIVXLC]{0,8})$"
)


@dataclass(frozen=True, slots=True)
class OpenQuotation:
    """A quotation that is open at the cursor.

    Attributes:
        mark: The opening mark, or ``{`` for a command of LaTeX.
        start: Offset of the first character after it.
    """

    mark: str
    start: int


def may_complete(text: EditorText, offset: int, suffix: str) -> bool:
    """Whether an offset is in a citation or in an opened quotation mark."""
    line = text.text[max(text.line_start(offset), offset - _REACH) : offset]
    patterns = [_CITE] if suffix == ".tex" else [_KEY, _PAGE]
    cites = any(pattern.search(line) for pattern in patterns)
    return cites or open_quotation(text.text, offset, suffix) is not None


def completions(analysis: Analysis, text: EditorText, offset: int) -> types.CompletionList | None:
    """What can be put in at an offset.

    Args:
        analysis: The draft as it was checked last; its text may be an earlier one.
        text: The draft's text now.
        offset: Offset of the cursor in it.
    """
    line = text.text[max(text.line_start(offset), offset - _REACH) : offset]
    if analysis.draft.suffix == ".tex":
        if match := _CITE.search(line):
            return _list(_latex_keys(analysis, text, offset, match))
    elif match := _KEY.search(line):
        return _list(_keys(analysis, text, offset, match["key"]))
    elif (match := _PAGE.search(line)) and (items := list(_pages(analysis, text, offset, match))):
        return types.CompletionList(is_incomplete=False, items=items)
    quotation = open_quotation(text.text, offset, analysis.draft.suffix)
    if quotation is None:
        return None
    return _list(_sentences(analysis, text, offset, quotation))


def _list(items: Iterator[types.CompletionItem]) -> types.CompletionList | None:
    listed = list(items)
    # The list is asked for again as the words go on.
    return types.CompletionList(is_incomplete=True, items=listed) if listed else None


def open_quotation(text: str, offset: int, suffix: str) -> OpenQuotation | None:
    """The quotation that is open at an offset, in its paragraph."""
    start = max(0, offset - _REACH)
    before = text[start:offset]
    breaks = list(_PARAGRAPH.finditer(before))
    index = breaks[-1].end() if breaks else 0
    single = None
    while index < len(before):
        mark, length = _opening(before, index, suffix)
        begin = index + length
        closed = _closed(before, begin, mark) if mark else begin
        if closed is None:
            opened = OpenQuotation(mark, start + begin)
            if mark not in _SINGLE:
                return opened
            # It may be an apostrophe; a quotation that is opened after it is meant rather.
            single = opened
        index = begin if closed is None else closed
    return single


def _opening(text: str, index: int, suffix: str) -> tuple[str, int]:
    """The mark that opens a quotation at an index, and its length; an empty one if none does."""
    character = text[index]
    if suffix == ".tex" and (match := _LATEX_MARKS.match(text, index)):
        return match[0].rstrip("{} \t\r\n"), len(match[0])
    if character in "»›‘'":
        return (character, 1) if _may_open(text, index) else ("", 1)
    if character in _OPENS:
        return character, 1
    if suffix == ".tex":
        command = _ENQUOTE.search(text, max(0, index - _LONGEST_COMMAND), index + 1)
        return ("{", 1) if character == "{" and command else ("", 1)
    return ('"', 1) if character == '"' and _may_open(text, index) else ("", 1)


def _closed(text: str, begin: int, mark: str) -> int | None:
    """Index after what closes a mark; ``None`` if nothing does."""
    if mark != "{":
        # What is within a word is an apostrophe.
        plain = _APOSTROPHE.sub(" ", text) if mark in _SINGLE else text
        ends = _OPENS.get(mark) or [CLOSING[mark].removesuffix("{}")]
        found = [(index, each) for each in ends if (index := plain.find(each, begin)) >= 0]
        first = min(found, default=None)
        return None if first is None else first[0] + len(first[1])
    depth = 1
    for index in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if not depth:
            return index + 1
    return None


def _may_open(text: str, index: int) -> bool:
    return index == 0 or text[index - 1].isspace() or text[index - 1] in "([{—–-"


def _sentences(
    analysis: Analysis, text: EditorText, offset: int, quotation: OpenQuotation
) -> Iterator[types.CompletionItem]:
    typed = text.text[quotation.start : offset]
    words = " ".join(typed.split())
    if len(typed) > _LONGEST or sum(map(str.isalnum, words)) < _FEWEST_LETTERS:
        return
    line_start = max(quotation.start, text.line_start(offset))
    # French has a space within its marks.
    space = typed[: len(typed) - len(typed.lstrip(" \u00a0\u202f"))] if quotation.mark == "«" else ""
    closing = space + CLOSING[quotation.mark]
    ends = [each for each in (closing, closing.lstrip()) if text.text.startswith(each, offset)]
    end = offset + len(ends[0]) if ends else offset
    # What goes on after the words needs no full stop, and what is cited no second citation.
    rest = text.text[end : text.line_end(offset)].strip()
    is_cited = bool(ends) and _CITED.match(rest) is not None
    replaced = _range(text, line_start, end)
    filtered = text.text[line_start:offset]
    # An edit of a completion is of one line; the words on the lines before it are deleted apart.
    before = (
        [types.TextEdit(_range(text, quotation.start, line_start), "")]
        if line_start > quotation.start
        else None
    )
    for number, place in enumerate(analysis.desk.sentences_beginning(words, _MOST)):
        prepared = analysis.desk.quote(place)
        key = analysis.key_of(place.essay_id)
        insertion = analysis.form.insertion(prepared, quotation.mark, key, analysis.quoting(place))
        after = "" if is_cited else insertion.citation + ("" if rest else insertion.stop)
        yield types.CompletionItem(
            label=_short(place.text),
            kind=types.CompletionItemKind.Text,
            detail=prepared.citation.in_text,
            documentation=place.text,
            filter_text=filtered,
            sort_text=f"{number:03}",
            text_edit=types.TextEdit(replaced, f"{space}{insertion.words}{closing}{after}"),
            additional_text_edits=before,
        )


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"


def _range(text: EditorText, start: int, end: int) -> types.Range:
    (line, column), (last, last_column) = text.position(start), text.position(end)
    return types.Range(types.Position(line, column), types.Position(last, last_column))


def _quoted_before(analysis: Analysis, offset: int) -> PrintedPlace | None:
    """Where the last words that are quoted before an offset, in its paragraph, are printed."""
    text = analysis.text.text
    for quotation in reversed(analysis.checked.quotations):
        if quotation.end <= offset:
            apart = len(_PARAGRAPH.findall(text[quotation.end : offset]))
            near = offset - quotation.end <= _REACH and apart <= 1
            return quotation.lookup.comparisons[0].place if near and quotation.lookup.comparisons else None
    return None


def _ordered_keys(
    analysis: Analysis, offset: int, typed: str
) -> Iterator[tuple[str, str, PrintedPlace | None]]:
    """Keys with their essays; that of the words quoted before comes first, with their place."""
    place = _quoted_before(analysis, offset)
    needle = typed.casefold()
    keys = [
        (key, essay_id)
        for key, essay_id in analysis.keys.items()
        if needle in key.casefold() or needle in analysis.names.get(essay_id, "").casefold()
    ]
    quoted = place.essay_id if place else ""
    for key, essay_id in sorted(keys, key=lambda pair: (pair[1] != quoted, pair[0].casefold())):
        yield key, essay_id, place if essay_id == quoted else None


def _key_item(
    analysis: Analysis, key: str, essay_id: str, label: str, edit: types.TextEdit, order: int
) -> types.CompletionItem:
    record = analysis.desk.records()[essay_id]
    return types.CompletionItem(
        label=label,
        kind=types.CompletionItemKind.Reference,
        detail=analysis.names.get(essay_id, ""),
        documentation=plain_title(record),
        filter_text=f"{key} {analysis.names.get(essay_id, '')}",
        sort_text=f"{order:04}",
        text_edit=edit,
    )


def _keys(analysis: Analysis, text: EditorText, offset: int, typed: str) -> Iterator[types.CompletionItem]:
    replaced = _range(text, offset - len(typed), offset)
    # A key in a sentence has its page in brackets, or in Typst's own.
    bracketed = "[" in text.text[text.line_start(offset) : offset].rpartition("]")[2]
    for order, (key, essay_id, place) in enumerate(_ordered_keys(analysis, offset, typed)):
        if place and place.labels:
            cited = analysis.form.by_key(key, analysis.desk.quote(place).citation.pages)
            whole = cited.partition("@")[2]
            whole = whole if analysis.draft.suffix == ".typ" else whole.removesuffix("]")
            if bracketed or analysis.draft.suffix == ".typ":
                yield _key_item(analysis, key, essay_id, whole, types.TextEdit(replaced, whole), 2 * order)
        yield _key_item(analysis, key, essay_id, key, types.TextEdit(replaced, key), 2 * order + 1)


def _latex_keys(
    analysis: Analysis, text: EditorText, offset: int, match: re.Match[str]
) -> Iterator[types.CompletionItem]:
    typed = match["key"]
    replaced = _range(text, offset - len(typed), offset)
    brace = max(text.line_start(offset), offset - _REACH) + match.end("options")
    for order, (key, essay_id, place) in enumerate(_ordered_keys(analysis, offset, typed)):
        if place and place.labels and not match["options"]:
            pages = analysis.desk.quote(place).citation.pages.replace("-", "--")
            item = _key_item(
                analysis, key, essay_id, f"[{pages}]{{{key}", types.TextEdit(replaced, key), 2 * order
            )
            item.additional_text_edits = [types.TextEdit(_range(text, brace, brace), f"[{pages}]")]
            yield item
        yield _key_item(analysis, key, essay_id, key, types.TextEdit(replaced, key), 2 * order + 1)


def _pages(
    analysis: Analysis, text: EditorText, offset: int, match: re.Match[str]
) -> Iterator[types.CompletionItem]:
    essay_id = analysis.keys.get(match["key"]) or next(
        (essay for essay, key in analysis.checked.keys.items() if key == match["key"]), ""
    )
    if not essay_id:
        return
    place = _quoted_before(analysis, offset)
    replaced = _range(text, offset - len(match["page"]), offset)
    pages = analysis.desk.pages(essay_id)
    first = analysis.desk.quote(place).citation.pages if place and place.essay_id == essay_id else ""
    for order, page in enumerate(dict.fromkeys(filter(None, [first.replace("-", "–"), *pages]))):
        yield types.CompletionItem(
            label=page,
            kind=types.CompletionItemKind.Value,
            detail="page of the words quoted" if order == 0 and first else "page",
            sort_text=f"{order:04}",
            text_edit=types.TextEdit(replaced, page),
        )
