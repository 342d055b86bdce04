"""The nouns of related passages: those that are nearest to a passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.core.answer import Highlight, Hit

# What a passage has to do with another one by the essay's layout: it resumes it after a block quotation or is
# resumed by it, it is the quotation in it or has it, it is a note to it or bears its number.
Relation = Literal["continues", "continued-by", "quoted-in", "quotes", "note-to", "has-note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedPassage:
    """A passage that is near to another one.

    Attributes:
        hit: The passage, with its sentence that is most like the other passage as the only highlight.
        like: The other passage's sentence that is most like that one; ``None`` if there is none.
        relation: What it has to do with the other passage by the essay's layout; ``None`` if nothing.
    """

    hit: Hit
    like: Highlight | None
    relation: Relation | None


@dataclass(frozen=True, slots=True)
class Related:
    """The passages nearest to a passage.

    Attributes:
        of: The passage itself, without highlights.
        passages: The nearest, best first.
    """

    of: Hit
    passages: tuple[RelatedPassage, ...]
