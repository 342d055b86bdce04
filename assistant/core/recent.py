"""A dictionary of bounded size."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Recent(dict[_Key, _Value]):
    """A dictionary that forgets the entry that was added first when there are too many.

    Args:
        most: Number of entries that it holds at most.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: _Key, value: _Value) -> None:
        """Add an entry."""
        super().__setitem__(key, value)
        while len(self) > self._most:
            # Another thread may forget the same one.
            with suppress(KeyError, StopIteration, RuntimeError):
                del self[next(iter(self))]
