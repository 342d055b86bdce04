"""Alignment of a quotation with print of which it covers a part, and whose words an ellipsis leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from assistant.quotations.parsing import Token

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
    """The cheapest alignment in which print before, behind and at an ellipsis costs nothing.

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
            for at, cost in enumerate(above):
                row[at] = least = min(least, cost)
            return row
        row[0] = above[0] + _INSERTED
        pair, pairs, bones = self._quoted_pairs[number], self._printed_pairs, token.bones
        # The same words come again and again in print.
        costs = {word.form: _cost(token, word) for word in self._forms}
        left = row[0]
        for at, word in enumerate(self._printed, 1):
            least = min(above[at - 1] + costs[word.form], above[at] + _INSERTED, left + _DELETED)
            if bones == pairs[at]:
                least = min(least, above[at - 2] + _SPACED)
            if pair == word.bones:
                least = min(least, self._rows[-2][at - 1] + _SPACED)
            row[at] = left = least
        return row

    def path(self) -> Iterator[Opcode]:
        """The way back through the costs, last operation first."""
        last = self._rows[-1]
        at = min(range(len(last)), key=last.__getitem__)
        number = len(self._quoted)
        while number:
            operation = self._step(number, at)
            yield operation
            number, at = operation[1], operation[3]

    def _step(self, number: int, at: int) -> Opcode:
        token, cost, above = self._quoted[number - 1], self._rows[number][at], self._rows[number - 1]
        if token.kind == "ellipsis":
            # The fewest words left out.
            start = max(place for place in range(at + 1) if above[place] == cost)
            return "replace" if start < at else "insert", number - 1, number, start, at
        if at and cost == above[at - 1] + _cost(token, self._printed[at - 1]):
            tag = "equal" if token.form == self._printed[at - 1].form else "replace"
            return tag, number - 1, number, at - 1, at
        if at and self._printed_pairs[at] == token.bones and cost == above[at - 2] + _SPACED:
            return "replace", number - 1, number, at - 2, at
        pair = self._quoted_pairs[number]
        if at and pair == self._printed[at - 1].bones and cost == self._rows[number - 2][at - 1] + _SPACED:
            return "replace", number - 2, number, at - 1, at
        if cost == above[at] + _INSERTED:
            return "insert", number - 1, number, at, at
        return "delete", number, number, at - 1, at


def _pairs(tokens: Sequence[Token]) -> list[str]:
    """For each number of tokens the letters of the last two of them, where both are words."""
    pairs = [_NONE] * (len(tokens) + 1)
    for number in range(2, len(tokens) + 1):
        first, second = tokens[number - 2].bones, tokens[number - 1].bones
        if first and second:
            pairs[number] = first + second
    return pairs


def _cost(token: Token, word: Token) -> int:
    """What it costs to write a word for another: the more the more letters differ.

    It is always less than an insertion, so that an altered word lies on the printed one.
    """
    if token.form == word.form:
        return 0
    return 1 + round(8 * Levenshtein.normalized_distance(token.bones, word.bones))
