"""The work that an essay is about, which it quotes by page alone without naming it again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from assistant.citing.parentheticals import parse
from assistant.citing.people import HONORIFICS, Name, People
from assistant.types import Passage

_BRACKETS = re.compile(r"\([^()]*\)")
# "The Cottages", "their Guardians": a name with an article is nobody's.
_ARTICLE = re.compile(r"\b(?:the|an?|its|his|her|their|our|these|those)\s+$")
# Named in this share of the passages, somebody is of the work; the smaller will do for whom nothing
# shows to be a writer.
_OFTEN, _ALWAYS = 1 / 8, 1 / 4


class Primary:
    """Tells quotations of the work that an essay is about.

    Args:
        passages: All passages of the essay in reading order.
        people: Its names.
    """

    def __init__(self, passages: Sequence[Passage], people: People) -> None:
        self._passages = passages
        self._people = people

    @cached_property
    def author(self) -> str:
        """The one author of a cited work who stands in the essay's title too, or the empty string."""
        title = " ".join(one.text for one in self._passages if one.kind == "title").casefold()
        named = {
            printed.names[0]
            for passage in self._passages
            for found in _BRACKETS.finditer(passage.text)
            if (printed := parse(found[0])) and printed.form == "named" and len(printed.names) == 1
        }
        known = {name for name in named if re.search(rf"\b{re.escape(name.casefold())}\b", title)}
        return known.pop() if len(known) == 1 and self._people.is_person(min(known)) else ""

    def speaks(self, text: str, own: str) -> bool:
        """Whether a page alone behind quoted words can only be the work's.

        Args:
            text: The passage as printed up to the quoted words.
            own: The essay's own words in it.

        Returns:
            True if people and places of the work, or its author, are named there and nobody else is.
        """
        if not self.author or self._cites_others(text):
            return False
        names = [one for one in self._people.names(own) if not _ARTICLE.search(own[: one.start])]
        return bool(names) and all(one.family == self.author or self._is_of_work(one) for one in names)

    def _cites_others(self, text: str) -> bool:
        cited = [parse(found[0]) for found in _BRACKETS.finditer(text)]
        return any(one and one.form != "page" and one.names != (self.author,) for one in cited)

    def _is_of_work(self, name: Name) -> bool:
        if HONORIFICS.intersection((*name.given, name.family)):
            return True
        if self._people.is_source(name) or (name.given and self._people.is_person(name.family)):
            return False
        share = self._people.share(name.family)
        return share >= _ALWAYS or (share >= _OFTEN and not self._people.is_person(name.family))
