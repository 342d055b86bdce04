"""The words that an essay prints, with how often it prints each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

# A run of letters with no letter, digit or underscore beside it.
WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?![^\W_])")

Vocabulary = Counter[str]


def vocabulary_of(texts: Iterable[str]) -> Vocabulary:
    """How often each word is printed in texts."""
    return Counter(word for text in texts for word in WORD.findall(text))
