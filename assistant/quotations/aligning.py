"""Compares a quotation with the print: one that matches it, and word by word one that does not.

Where a quotation covers a part of the print only, an ellipsis stands for the words that it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from assistant.core.quotation import Comparison, Difference, Edit, EditKind, Operation
from assistant.quotations.matching import OMITTED, Matcher, Step
from assistant.quotations.parsing import Token, parse, printed_tokens
from assistant.quotations.printed import Effort, Print, Stream, print_of

_FAR = 1 << 30
# Words added are rarer than words left out.
_INSERTED, _DELETED = 10, 7
# Two words written as one, or one as two.
_SPACED = 1
# No word's letters.
_NONE = "\n"

# An operation on ``quoted[first:last]`` and ``printed[begin:end]``: tag, first, last, begin, end.
Opcode = tuple[str, int, int, int, int]


def align_with_gaps(quoted: Sequence[Token], printed: Sequence[Token]) -> Iterator[Opcode]:
    """The cheapest alignment in which print before, after and at an ellipsis costs nothing.

    Args:
        quoted: Tokens of the quotation.
        printed: Tokens of the print.

    Returns:
        Operations that cover the quotation, in order: ``equal`` and ``replace`` of one word each (or of two
        that are written as one), ``insert``, ``delete``, and one ``replace`` for an ellipsis and what it
        leaves out.
    """
    return reversed(list(_Grid(quoted, printed).path()))


class _Grid:
    """Costs of writing the first words of a quotation for words of print that end at each place.

    Args:
        quoted: Tokens of the quotation.
        printed: Tokens of the print.
    """

    def __init__(self, quoted: Sequence[Token], printed: Sequence[Token]) -> None:
        self._quoted, self._printed = quoted, printed
        self._quoted_pairs, self._printed_pairs = _pairs(quoted), _pairs(printed)
        self._forms = {word.form: word for word in printed}.values()
        self._rows = [[0] * (len(printed) + 1)]
        for number in range(1, len(quoted) + 1):
            self._rows.append(self._row(number))

    def _row(self, number: int) -> list[int]:
        token, above = self._quoted[number - 1], self._rows[-1]
        row = [_FAR] * len(above)
        if token.kind == "ellipsis":
            least = _FAR
            for position, cost in enumerate(above):
                row[position] = least = min(least, cost)
            return row
        row[0] = above[0] + _INSERTED
        pair, pairs, letters = self._quoted_pairs[number], self._printed_pairs, token.letters
        # The same words come again and again in print.
        costs = {word.form: _cost(token, word) for word in self._forms}
        left = row[0]
        for position, word in enumerate(self._printed, 1):
            least = min(above[position - 1] + costs[word.form], above[position] + _INSERTED, left + _DELETED)
            if letters == pairs[position]:
                least = min(least, above[position - 2] + _SPACED)
            if pair == word.letters:
                least = min(least, self._rows[-2][position - 1] + _SPACED)
            row[position] = left = least
        return row

    def path(self) -> Iterator[Opcode]:
        """The way back through the costs, last operation first."""
        last = self._rows[-1]
        position = min(range(len(last)), key=last.__getitem__)
        number = len(self._quoted)
        while number:
            operation = self._step(number, position)
            yield operation
            number, position = operation[1], operation[3]

    def _step(self, number: int, position: int) -> Opcode:
        token, cost, above = self._quoted[number - 1], self._rows[number][position], self._rows[number - 1]
        if token.kind == "ellipsis":
            # The fewest words left out.
            start = max(place for place in range(position + 1) if above[place] == cost)
            return "replace" if start < position else "insert", number - 1, number, start, position
        if position and cost == above[position - 1] + _cost(token, self._printed[position - 1]):
            tag = "equal" if token.form == self._printed[position - 1].form else "replace"
            return tag, number - 1, number, position - 1, position
        if (
            position
            and self._printed_pairs[position] == token.letters
            and cost == above[position - 2] + _SPACED
        ):
            return "replace", number - 1, number, position - 2, position
        pair = self._quoted_pairs[number]
        if (
            position
            and pair == self._printed[position - 1].letters
            and cost == self._rows[number - 2][position - 1] + _SPACED
        ):
            return "replace", number - 2, number, position - 1, position
        if cost == above[position] + _INSERTED:
            return "insert", number - 1, number, position, position
        return "delete", number, number, position - 1, position


def _pairs(tokens: Sequence[Token]) -> list[str]:
    """For each number of tokens the letters of the last two of them, where both are words."""
    pairs = [_NONE] * (len(tokens) + 1)
    for number in range(2, len(tokens) + 1):
        first, second = tokens[number - 2].letters, tokens[number - 1].letters
        if first and second:
            pairs[number] = first + second
    return pairs


def _cost(token: Token, word: Token) -> int:
    """What it costs to write a word for another: the more the more letters differ.

    It is always less than an insertion, so that an altered word is aligned with the printed one.
    """
    if token.form == word.form:
        return 0
    return 1 + round(8 * Levenshtein.normalized_distance(token.letters, word.letters))


def span_of(steps: Sequence[Step], printed: Print) -> tuple[int, int]:
    """Span of the stream that a quotation matches."""
    start, end = printed.span(steps[0].start, steps[-1].end)
    # An edit without print of its own begins where the words after it do.
    first = next((step for step in steps if step.end > step.start), steps[0])
    return (printed.span(first.start, first.end)[0] if first is not steps[0] else start), end


def exact(text: str, steps: Sequence[Step], printed: Print) -> Comparison:
    """The comparison of a quotation that is exact.

    Args:
        text: The quotation.
        steps: How it matches the print.
        printed: The print.
    """
    shown = [(step, quoted_of(text, step), printed.words(step.start, step.end)) for step in steps]
    edits = tuple(
        edit(step.kind, quoted, words or _point(step, printed)) for step, quoted, words in shown if step.kind
    )
    diff = tuple(
        Difference(_operation(step, quoted, words), quoted, words)
        for step, quoted, words in shown
        if quoted or words
    )
    return Comparison(printed.stream.place(*span_of(steps, printed)), diff, edits, 1.0)


def edit(kind: EditKind, quoted: str, words: str) -> Edit:
    """An edit in the words of the verdict: at the quotation's end the points are what differs."""
    if kind != "final punctuation":
        return Edit(kind, quoted, words)
    return Edit(kind, _points(quoted), _points(words))


def _points(words: str) -> str:
    return "".join(ch for ch in words if ch in ".,;:?!…")


def _point(step: Step, printed: Print) -> str:
    """The printed point in whose place the writer put another, which is no part of the quotation."""
    return printed.normal.text[step.end : step.end + 1] if step.kind == "final punctuation" else ""


def quoted_of(text: str, step: Step) -> str:
    """What of the quotation a step covers."""
    item = step.item
    if item.kind != "words":
        return text[item.start : item.end]
    ends = item.normal.ends
    if step.kind == "final punctuation":
        start = ends[step.cut - 1] if step.cut else item.start
        return text[start : item.end]
    kept = len(ends) - step.cut
    return text[item.start : ends[kept - 1]].strip() if kept else ""


def _operation(step: Step, quoted: str, words: str) -> Operation:
    if step.kind is None:
        return "equal"
    if not words:
        return "insert"
    return "replace" if quoted else "delete"


# Words of the quotation times words of print up to which the best alignment is looked for: a twentieth of
# a second. Longer quotations have so many words in common that a plain one serves.
_CELLS = 120_000
# Letters compared to tell whether two blocks are the same.
_MOST_LETTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Aligned:
    """A quotation beside print.

    Attributes:
        span: Span of the stream.
        diff: Step by step.
        edits: The editing marks recognised.
        quoted: The quotation without editing marks.
        printed: The print without what editing marks replace.
    """

    span: tuple[int, int]
    diff: tuple[Difference, ...]
    edits: tuple[Edit, ...]
    quoted: str
    printed: str


@dataclass(slots=True)
class _Block:
    """Tokens of the quotation beside tokens of print.

    Attributes:
        quoted: The quotation's.
        printed: The print's.
        same: Whether a careful writer may write the one for the other.
        edits: The editing marks in it.
    """

    quoted: Sequence[Token]
    printed: Sequence[Token]
    same: bool
    edits: tuple[Edit, ...] = ()


def align(text: str, tokens: Sequence[Token], stream: Stream, area: tuple[int, int]) -> Aligned | None:
    """Align a quotation with a stretch of print.

    Args:
        text: The quotation.
        tokens: Its tokens.
        stream: Where the print is.
        area: Span of the stream within which the quotation lies.

    Returns:
        The alignment, or ``None`` if no word is near.
    """
    words = printed_tokens(stream, *area)
    free = len(tokens) * len(words) <= _CELLS
    operations = list(align_with_gaps(tokens, words) if free else _operations(tokens, words))
    words = _trimmed(text, stream, tokens, words, operations)
    blocks = [
        block
        for _, first, last, begin, end in operations
        for block in _blocks(text, stream, tokens[first:last], words[begin:end])
    ]
    blocks = _merged(text, stream, blocks, last=tokens[-1])
    covered = [token for block in blocks for token in block.printed]
    if not covered:
        return None
    return Aligned(
        (covered[0].start, covered[-1].end),
        tuple(_difference(text, stream, block) for block in blocks),
        tuple(edit_ for block in blocks for edit_ in block.edits),
        " ".join(_slice(text, block.quoted) for block in blocks if not _edited(block)),
        " ".join(_slice(stream.text, block.printed) for block in blocks if not _edited(block)),
    )


def _edited(block: _Block) -> bool:
    """Whether a block is editing marks alone and what they replace."""
    return bool(block.edits) and all(token.kind != "words" for token in block.quoted)


def _operations(tokens: Sequence[Token], words: Sequence[Token]) -> Iterator[Opcode]:
    """Alignment of words in an unbroken run; of print beyond the quotation nothing is kept."""
    result = Levenshtein.opcodes([_key(word) for word in words], [_key(token) for token in tokens])
    spans = [(step.tag, step.dest_start, step.dest_end, step.src_start, step.src_end) for step in result]
    same = [number for number, span in enumerate(spans) if span[0] == "equal"]
    if not same:
        return
    first, last = spans[same[0]], spans[same[-1]]
    # Words before the first that is the same match the print directly before it, those after likewise.
    if first[1]:
        yield "replace", 0, first[1], max(0, first[3] - first[1]), first[3]
    yield from spans[same[0] : same[-1] + 1]
    if last[2] < len(tokens):
        yield "replace", last[2], len(tokens), last[4], min(len(words), last[4] + len(tokens) - last[2])


def _key(token: Token) -> str:
    return token.letters or token.form


def _trimmed(
    text: str,
    stream: Stream,
    tokens: Sequence[Token],
    words: Sequence[Token],
    operations: Sequence[Opcode],
) -> list[Token]:
    """Print without the points and quotation marks around it, where the quotation has none there."""
    covered = [position for _, _, _, begin, end in operations for position in range(begin, end)]
    result = list(words)
    if covered and text[tokens[0].start].isalnum():
        word = result[covered[0]]
        start = next(
            (position for position in range(word.start, word.end) if stream.text[position].isalnum()),
            word.start,
        )
        result[covered[0]] = replace(word, start=start)
    if covered and text[tokens[-1].end - 1].isalnum():
        word = result[covered[-1]]
        ends = (
            position + 1
            for position in reversed(range(word.start, word.end))
            if stream.text[position].isalnum()
        )
        result[covered[-1]] = replace(word, end=next(ends, word.end))
    return result


def _blocks(text: str, stream: Stream, quoted: Sequence[Token], printed: Sequence[Token]) -> Iterator[_Block]:
    """One block for each pair of words, for each mark, and for what has nothing beside it."""
    if quoted and printed and quoted[0].kind == "ellipsis":
        yield _omission(text, stream, quoted, printed)
        return
    for token, word in zip(quoted, printed, strict=False):
        same = text[token.start : token.end] == stream.text[word.start : word.end]
        yield (
            _Block([token], [word], same=True)
            if same
            else _judged(text, stream, [token], [word], whole=False)
        )
    for token in quoted[len(printed) :]:
        yield _alone(text, token)
    if printed[len(quoted) :]:
        yield _Block([], printed[len(quoted) :], same=False)


def _alone(text: str, token: Token) -> _Block:
    """A token with no print beside it: a mark of the writer's, or words that are not printed."""
    words = text[token.start : token.end]
    if token.kind == "sic":
        return _Block([token], [], same=False, edits=(Edit("sic", words, ""),))
    if token.kind == "bracket":
        return _Block([token], [], same=False, edits=(Edit("insertion", words, ""),))
    return _Block([token], [], same=False)


def _omission(text: str, stream: Stream, quoted: Sequence[Token], printed: Sequence[Token]) -> _Block:
    if len(printed) > OMITTED or not any(word.letters for word in printed):
        return _Block(quoted, printed, same=False)
    result = Edit("ellipsis", _slice(text, quoted), _slice(stream.text, printed))
    return _Block(quoted, printed, same=False, edits=(result,))


def _judged(
    text: str, stream: Stream, quoted: Sequence[Token], printed: Sequence[Token], *, whole: bool
) -> _Block:
    """A block in which the matcher says whether the writer may write the one for the other."""
    if quoted[0].kind == "bracket" and len(quoted) == 1:
        words, replaced = _slice(text, quoted), _slice(stream.text, printed)
        inner = words[1:-1].strip()
        case = inner != replaced and inner.casefold() == replaced.casefold()
        result = Edit("capital" if case else "substitution", words, replaced)
        return _Block(quoted, printed, same=False, edits=(result,))
    words = _slice(text, quoted)
    stretch = print_of(stream, printed[0].start, printed[-1].end)
    for steps in Matcher(parse(words), stretch, Effort(_MOST_LETTERS), whole=whole).matches():
        if (steps[0].start, steps[-1].end) == (0, len(stretch.normal.text)) or (whole and not steps[0].start):
            edits = tuple(
                edit(step.kind, quoted_of(words, step), stretch.words(step.start, step.end))
                for step in steps
                if step.kind
            )
            return _Block(quoted, printed, same=True, edits=edits)
    return _Block(quoted, printed, same=False)


def _merged(text: str, stream: Stream, blocks: Sequence[_Block], *, last: Token) -> list[_Block]:
    """Merge neighbouring blocks of one kind, and compare differing blocks once more as a whole."""
    result: list[_Block] = []
    for block in blocks:
        before = result[-1] if result else None
        mergeable = before and not (before.edits or block.edits) and before.same == block.same
        if before and mergeable:
            result[-1] = _Block(
                [*before.quoted, *block.quoted], [*before.printed, *block.printed], same=block.same
            )
        else:
            result.append(block)
    judged = [
        _judged(text, stream, block.quoted, block.printed, whole=block.quoted[-1] is last)
        if block.quoted and block.printed and not block.same and not block.edits
        else block
        for block in result
    ]
    settled = any(now.same and not before.same for now, before in zip(judged, result, strict=True))
    return _merged(text, stream, judged, last=last) if settled else judged


def _slice(text: str, tokens: Sequence[Token]) -> str:
    return text[tokens[0].start : tokens[-1].end] if tokens else ""


def _difference(text: str, stream: Stream, block: _Block) -> Difference:
    quoted, printed = _slice(text, block.quoted), _slice(stream.text, block.printed)
    if block.same:
        return Difference("equal", quoted, printed)
    return Difference("replace" if quoted and printed else "insert" if quoted else "delete", quoted, printed)
