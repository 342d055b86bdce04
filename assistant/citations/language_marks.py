"""The quotation marks of languages, for drafts in other languages than the styles are made for."""

from __future__ import annotations

from assistant.citations.titles import mark_pairs

# Opening and closing mark, then those of quotations within; as Unicode's CLDR has them.
_LOW_HIGH, _LOW_LATER = "„“‚‘", "„”‚’"
_GUILLEMETS, _GUILLEMETS_ONLY = "«»“”", "«»‹›"
_MARKS = {
    **dict.fromkeys("bg cs de dsb et hsb is ka lb lt mk sk sl sq".split(), _LOW_HIGH),
    **dict.fromkeys("hr nl-be sr bs".split(), _LOW_LATER),
    **dict.fromkeys("ast ca el es eu gl it pt".split(), _GUILLEMETS),
    **dict.fromkeys("de-ch de-li fa fr-ch it-ch rm".split(), _GUILLEMETS_ONLY),
    **dict.fromkeys("be hy ru uk".split(), "«»„“"),
    **dict.fromkeys("nb nn no".split(), "«»‘’"),
    **dict.fromkeys("fi sv".split(), "””’’"),
    **dict.fromkeys("af da ga gd nl tr cy pt-br".split(), "“”‘’"),
    "fr": "«»“”",
    "hu": "„”»«",
    "pl": "„”«»",
    "ro": "„”«»",
}
# The space between words and marks, by the opening mark.
_SPACED = {"fr": "\u00a0"}
_OPENERS, _CLOSERS = "“‘\"'", "”’\"'"


def with_marks_of(words: str, language: str, *, in_marks: bool) -> str:
    """Words that a style has set, with the quotation marks of a language.

    The style's own marks remain in English and in languages that are not known here.

    Args:
        words: The words, with marks around them or as a block.
        language: Tag of the language, such as ``de`` or ``fr-CH``.
        in_marks: Whether there are marks around them; those within are then one level deeper.
    """
    tag = language.replace("_", "-").lower()
    base = tag.partition("-")[0]
    marks = _MARKS.get(tag) or _MARKS.get(base)
    if marks is None or (in_marks and not (words[:1] in _OPENERS and words[-1:] in _CLOSERS)):
        return words
    space = _SPACED.get(base, "") if tag not in _MARKS or tag == base else ""
    inner = words[1:-1] if in_marks else words
    pieces = list(inner)
    for pair in mark_pairs(inner):
        opening, closing = _marks_at(marks, pair.depth + in_marks)
        if pair.opening is not None:
            pieces[pair.opening] = opening + (space if opening == "«" else "")
        if pair.closing is not None:
            pieces[pair.closing] = (space if closing == "»" else "") + closing
    text = "".join(pieces)
    return f"{marks[0]}{space}{text}{space}{marks[1]}" if in_marks else text


def _marks_at(marks: str, depth: int) -> tuple[str, str]:
    """The marks at a depth: those of quotations and of quotations within them alternate."""
    return (marks[2], marks[3]) if depth % 2 else (marks[0], marks[1])
