"""The comments of a check in the margin, and corrections of the words themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Sequence

import uno

from essay_assistant_writer.paragraphs import Paragraph, paragraphs_of
from essay_assistant_writer.places import Problem, find_problems, smallest_edits

# By this author the comments are recognised, in .odt and .docx files alike.
AUTHOR = "Essay Assistant"
_COMMENT = "com.sun.star.text.textfield.Annotation"


def document_bytes(context: Any, document: Any) -> bytes:
    """The document as an ``.odt`` file, as it is now; nothing is saved."""
    file = context.ServiceManager.createInstanceWithContext("com.sun.star.io.TempFile", context)
    document.storeToURL(
        "private:stream",
        (_property("FilterName", "writer8"), _property("OutputStream", file.getOutputStream())),
    )
    file.seek(0)
    pieces = []
    while True:
        count, piece = file.getInputStream().readBytes(None, 1_000_000)
        pieces.append(piece.value)
        if count < 1_000_000:
            return b"".join(pieces)


@dataclass(frozen=True)
class PlacedProblem:
    """A problem at its place in the document.

    Attributes:
        problem: The problem.
        paragraph: Its paragraph.
        words: A cursor over its words.
    """

    problem: Problem
    paragraph: Paragraph
    words: Any


def place_problems(document: Any, checked: dict[str, Any]) -> list[PlacedProblem]:
    """The problems of a checked document at their places."""
    paragraphs = paragraphs_of(document)
    problems = find_problems(checked, [paragraph.text for paragraph in paragraphs])
    return [
        PlacedProblem(problem, paragraph, paragraph.range(problem.start, problem.end))
        for problem in problems
        for paragraph in [paragraphs[problem.paragraph]]
    ]


def comment_on(document: Any, placed: Sequence[PlacedProblem]) -> None:
    """Put a comment at each problem, in place of the comments of an earlier check."""
    remove_comments(document)
    for each in placed:
        comment = document.createInstance(_COMMENT)
        comment.Author, comment.Content, comment.DateTimeValue = AUTHOR, each.problem.comment, _now()
        each.words.getText().insertTextContent(each.words, comment, True)


def own_comments(document: Any) -> list[Any]:
    """The comments of earlier checks."""
    fields, found = document.getTextFields().createEnumeration(), []
    while fields.hasMoreElements():
        each = fields.nextElement()
        if each.supportsService(_COMMENT) and each.Author == AUTHOR:
            found.append(each)
    return found


def remove_comments(document: Any) -> int:
    """Remove the comments of earlier checks, and nobody else's."""
    comments = own_comments(document)
    for comment in comments:
        comment.getAnchor().getText().removeTextContent(comment)
    return len(comments)


def problem_at(placed: Sequence[PlacedProblem], place: Any) -> PlacedProblem | None:
    """The problem at a place whose correction is certain, or the only such one in its paragraph."""
    text = place.getText()
    correctable = [each for each in placed if each.problem.fix is not None]
    for each in correctable:
        if _holds(text, each.words, place):
            return each
    here = text.createTextCursorByRange(place.getStart())
    here.gotoStartOfParagraph(False)
    here.gotoEndOfParagraph(True)
    near = [each for each in correctable if _holds(text, here, each.words)]
    return near[0] if len(near) == 1 else None


def correct(placed: PlacedProblem) -> None:
    """Set words as the correction has them; what is right already keeps its formatting."""
    problem, paragraph = placed.problem, placed.paragraph
    before = paragraph.text[problem.start : problem.end]
    after = before if problem.fix is None else problem.fix
    for start, end, new in smallest_edits(before, after):
        paragraph.replace(problem.start + start, problem.start + end, new)


def _holds(text: Any, outer: Any, inner: Any) -> bool:
    """Whether one range begins and ends within another of the same text."""
    return (
        # UNO compares no ranges of two texts.
        outer.getText() == text == inner.getText()
        and text.compareRegionStarts(outer, inner) >= 0
        and text.compareRegionEnds(outer, inner) <= 0
    )


def _now() -> Any:
    now, value = datetime.now(), uno.createUnoStruct("com.sun.star.util.DateTime")  # noqa: DTZ005 - local, as Writer's
    value.Year, value.Month, value.Day = now.year, now.month, now.day
    value.Hours, value.Minutes, value.Seconds = now.hour, now.minute, now.second
    return value


def _property(name: str, value: Any) -> Any:
    prop = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    prop.Name, prop.Value = name, value
    return prop
