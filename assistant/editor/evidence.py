"""Evidence for a sentence of a draft: passages that bear on it, to be put in as quotations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lsprotocol import types

from assistant.core.draft_report import Fix
from assistant.drafts.live import WrittenSentence
from assistant.editor.analysis import Analysis
from assistant.editor.diagnostics import edit_of
from assistant.editor.insertion import opening_mark
from assistant.library.writing import SupportingWords

# The command that an editor sends, and the one that only finds.
FIND, LIST = "assistant.findEvidence", "assistant.listEvidence"
MOST = 5
_LONGEST = 70


@dataclass(frozen=True, slots=True)
class FoundEvidence:
    """Passages for a sentence.

    Attributes:
        words: The sentence, on one line.
        evidence: What was found, best first.
    """

    words: str
    evidence: tuple[SupportingWords, ...]


def sentence_of(analysis: Analysis, given: types.Range) -> WrittenSentence | None:
    """The words that are selected, or the sentence at the cursor."""
    start, end = analysis.span(given)
    selected = analysis.text.text[start:end]
    sentence = analysis.checked.sentence_at(end)
    if any(map(str.isalnum, selected)) and len(selected.split()) > 1:
        last = sentence.paragraph_end if sentence else end
        return WrittenSentence(start, end, " ".join(selected.split()), max(last, end))
    return sentence


def find(analysis: Analysis, sentence: WrittenSentence) -> FoundEvidence:
    """Passages for a sentence; errors as for ``WritingDesk.evidence``."""
    found: dict[tuple[str, int], SupportingWords] = {}
    for each in analysis.desk.evidence(sentence.words, MOST):
        found.setdefault((each.place.passages[0], each.place.start), each)
    return FoundEvidence(sentence.words, tuple(found.values())[:MOST])


def title(analysis: Analysis, evidence: SupportingWords) -> str:
    """A passage in one line: its citation and its first words."""
    words = " ".join(evidence.place.text.split())
    short = words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"
    cited = analysis.desk.cite(evidence.place)
    return f"{cited} “{short}”"


def insertion(
    analysis: Analysis, sentence: WrittenSentence, evidence: SupportingWords, *, versioned: bool
) -> types.WorkspaceEdit:
    """The edit that puts a passage in after a sentence, as a quotation with its citation."""
    mark = opening_mark(analysis.text.text, analysis.draft.suffix)
    place = evidence.place
    parts = analysis.form.insertion(
        evidence.quotation, mark, analysis.key_of(place.essay_id), analysis.quoting(place)
    )
    whole = analysis.form.whole(parts, mark)
    line_break = "\r\n" if "\r\n" in analysis.text.text else "\n"
    if parts.block:
        at = sentence.paragraph_end
        words = f"\n\n{whole}".replace("\n", line_break)
    else:
        at = sentence.end
        words = f" {whole}"
    return edit_of(analysis, [Fix(at, at, words)], versioned=versioned)


def actions(
    analysis: Analysis, given: types.Range, found: FoundEvidence | None, *, versioned: bool
) -> Iterator[types.CodeAction]:
    """The action that finds evidence for the sentence in a range, and one for each passage that was found."""
    sentence = sentence_of(analysis, given)
    if sentence is None:
        return
    if found is not None and found.words == sentence.words:
        for evidence in found.evidence:
            yield types.CodeAction(
                title=f"Quote {title(analysis, evidence)}",
                kind=types.CodeActionKind.RefactorRewrite,
                edit=insertion(analysis, sentence, evidence, versioned=versioned),
            )
        return
    name = "Find evidence for this sentence"
    command = types.Command(title=name, command=FIND, arguments=[analysis.draft.uri, _as_list(given)])
    yield types.CodeAction(title=name, kind=types.CodeActionKind.RefactorRewrite, command=command)


def _as_list(given: types.Range) -> list[int]:
    start, end = given.start, given.end
    return [start.line, start.character, end.line, end.character]


def range_of(numbers: list[int]) -> types.Range:
    """A range as the command's argument has it: first line and column, last line and column."""
    return types.Range(types.Position(*numbers[:2]), types.Position(*numbers[2:]))
