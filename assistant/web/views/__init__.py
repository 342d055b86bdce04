"""The page's HTML, from the templates in ``templates/``."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from assistant.rendering.templating import Templates

PAGE = Templates(Path(__file__).with_name("templates"))
render = PAGE.render


@PAGE.filter
def path_quoted(text: str) -> str:
    """A text as a part of an address."""
    return quote(text)


@PAGE.filter
def local_name(passage_id: str) -> str:
    """The part of a passage's id that follows the essay's id."""
    return passage_id.rpartition("/")[2]
