"""What became of the items of a reference manager as HTML.

Hooks that styles and tests rely on (keep them stable): ``ul.items li[data-outcome]``, a line an item;
``.items-summary``: how many became what; ``progress``.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.items import ItemOutcome
from assistant.rendering.items import item_words, items_summary
from assistant.web.views import PAGE, render

# Lines shown; of thousands nobody reads more.
_MOST = 200

PAGE.filter(item_words)


def items_html(outcomes: Sequence[ItemOutcome], total: int, stage: str, problem: str) -> str:
    """The progress of adding items, and what became of each that is not unchanged, failures first.

    Args:
        outcomes: What became of each item so far.
        total: Number of all items.
        stage: What is being done; empty if all is done.
        problem: A sentence on why it ended before that, or nothing.
    """
    told = [outcome for outcome in outcomes if outcome.outcome != "unchanged"]
    told.sort(key=lambda outcome: outcome.outcome != "failed")
    summary = items_summary(outcomes)
    return render(
        "items.items", told[:_MOST], len(told) - _MOST, len(outcomes), total, stage, summary, problem
    )
