"""Words of an essay that stand in a draft without quotation marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.drafts.draft import Draft
from assistant.drafts.quotations import Quotation
from assistant.quoting.corpus import Corpus
from assistant.verdicts import Found, Lifted

# A run of so many words is lifted from the essay.
_LIFTED = 8
# Stands for quoted words where unmarked ones are looked for; no essay has it.
_MASK = "\u16a0"


def find_unmarked(
    draft: Draft, quotations: Sequence[Quotation], corpus: Corpus, look_up: Callable[[str], Found]
) -> Iterator[Lifted]:
    """Find words of essays that stand in no quotation, nor in a heading or a list of works.

    Args:
        draft: The draft.
        quotations: Its quotations.
        corpus: The essays.
        look_up: Judges words against them.

    Yields:
        Runs of words, in order.
    """
    prose = list(draft.prose)
    spans = [one.outer for one in quotations]
    spans += [(block.start, block.end) for block in draft.blocks if block.kind in {"reference", "heading"}]
    for start, end in spans:
        prose[start:end] = [_MASK if one.isalnum() else one for one in prose[start:end]]
    for lifted in corpus.lifted("".join(prose), _LIFTED):
        if not _goes_on(draft, quotations, lifted, look_up):
            yield lifted


def _goes_on(
    draft: Draft, quotations: Sequence[Quotation], lifted: Lifted, look_up: Callable[[str], Found]
) -> bool:
    """Whether words belong to the quotation before them, which a mark of print seemed to close.

    Print with a closing mark whose opening one is not among the words quoted leaves straight marks so.
    """
    before = [one for one in quotations if one.end <= lifted.start <= draft.blocks[one.block].end]
    closing = draft.prose.find('"', lifted.end)
    if not before or closing < 0 or draft.prose[before[-1].end] != '"':
        return False
    last = before[-1]
    within = closing < draft.blocks[last.block].end
    return within and look_up(draft.prose[last.start : closing]).judgement == "exact"
