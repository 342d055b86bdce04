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
