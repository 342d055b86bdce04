"""What the page's script asks for besides answers: outlines, indexes, related passages, comparisons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.core.errors import AssistantError
from assistant.web.messages import public_message
from assistant.web.views import glance as views
from assistant.web.views.essays import title_of

if TYPE_CHECKING:
    from assistant.library.library import Library

# Essays in a joint index; with more, a page of its own would be needed to read it.
MOST_INDEXED = 40
TOO_MANY = f"Tick up to {MOST_INDEXED} essays; the index of more would be too long to read here."
NO_QUESTION = "Write a question in the box first; then each essay is asked."
UNKNOWN = "This cannot be shown; load the page again."
# Related passages below a card.
_RELATED = 4

# What the script gets: ``html`` to show, or a ``fault`` in one sentence.
_Reply = dict[str, Any]


def glances(library: Library) -> Callable[[object], _Reply]:
    """What the page's script calls.

    Returns:
        ``glance``, which takes a list: what is wanted, and what it is wanted of. The script calls it by its
        name, and may send anything.
    """
    shown = _Glances(library)
    kinds: dict[str, tuple[Callable[..., _Reply], tuple[type, ...]]] = {
        "outline": (shown.outline, (str, str)),
        "index": (shown.index, (list,)),
        "related": (shown.related, (str, str)),
        "compare": (shown.compare, (str, list, str)),
    }

    def glance(sent: object) -> _Reply:
        if not isinstance(sent, list) or not sent or sent[0] not in kinds:
            return {"fault": UNKNOWN}
        show, types = kinds[sent[0]]
        values = sent[1:]
        texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
        if [type(value) for value in values] != [*types] or not all(isinstance(text, str) for text in texts):
            return {"fault": UNKNOWN}
        try:
            return show(*values)
        except AssistantError as error:
            return {"fault": public_message(error, library.root)}

    return glance


class _Glances:
    """Shows each kind as HTML."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def _titles(self) -> dict[str, str]:
        summaries = self._library.summaries()
        return {essay_id: title_of(essay_id, summary) for essay_id, summary in summaries.items()}

    def _style(self, style: str) -> str:
        styles = [*self._library.styles()]
        return style if style in styles else styles[0]

    def outline(self, essay_id: str, style: str) -> _Reply:
        return {"html": views.outline_html(self._library.outline(essay_id, self._style(style)))}

    def index(self, essays: Sequence[str]) -> _Reply:
        titles = self._titles()
        wanted = [essay_id for essay_id in essays if essay_id in titles] or [*titles]
        if len(wanted) > MOST_INDEXED:
            return {"fault": TOO_MANY}
        index = self._library.index_of(wanted)
        texts = {
            passage.id: passage.text
            for essay_id in wanted
            for passage in self._library.essay(essay_id).passages
        }
        return {"html": views.index_html(index, texts, titles)}

    def related(self, passage_id: str, style: str) -> _Reply:
        related = self._library.related(passage_id, top=_RELATED, style=self._style(style))
        titles = self._titles()
        return {"html": views.related_html(related, titles if len(titles) > 1 else {})}

    def compare(self, question: str, essays: Sequence[str], style: str) -> _Reply:
        if not question.strip():
            return {"fault": NO_QUESTION}
        titles = self._titles()
        known = [essay_id for essay_id in essays if essay_id in titles]
        compared = self._library.compare(question, essays=known, style=self._style(style))
        return {"html": views.comparison_html(compared, titles)}
