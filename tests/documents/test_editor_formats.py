"""Drafts in Typst and Org: words without markup, quotations with their citations, notes, and the way back."""

from __future__ import annotations

import pytest

from assistant.documents.reading import read_open_draft
from assistant.drafts.quotations import find_quotations

WORDS, PAGE = "broke the text into short numbered pieces", "13"
ORG = f"""#+title: On /Numbers/
#+bibliography: works.bib
#+cite_export: csl apa.csl
* TODO Leaves :tag:
:PROPERTIES:
:ID: "none"
:END:
They say "{WORDS}" [cite:@eaa2026 13], *boldly* and =in "code"=, with a [[https://x.y][link]].[fn:1]

#+begin_quote
{WORDS} [cite/t:@eaa2026 p. 13]
#+end_quote
#+begin_src python
print("{WORDS}")
#+end_src
# "a comment"
- an item[fn:: So "{WORDS}" [cite:@eaa2026 p. 13].]
[fn:1] The note has "{WORDS}" [cite:@eaa2026 p. 13].
"""
TYPST = f"""#import "x.typ": *
#show heading: it => {{
  "nothing"
}}
= On _Numbers_ <intro>
They say "{WORDS}" @eaa2026[p. 13]. See @intro. // "a comment"
More #emph[words] and `"code"`, \\#1.#footnote[The note has "{WORDS}" #cite(<eaa2026>, supplement: [p. 13]).]

#quote(block: true, attribution: [Authors 13])[
  {WORDS}
]
Inline #quote[{WORDS}] @eaa2026[13].
#bibliography("works.bib", style: "apa")
"""


def quoted(text: str, suffix: str) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Words, key and pages of each quotation of a draft, and that its words are those of the text."""
    draft = read_open_draft(text, suffix)
    result = []
    for quotation in find_quotations(draft).quotations:
        start, end = draft.span(quotation.start, quotation.end)
        words = draft.prose[quotation.start : quotation.end]
        assert text[start:end] == words
        citation = quotation.citations[0]
        result.append((words, citation.key or citation.who, citation.pages))
    return result


@pytest.mark.parametrize(
    ("text", "suffix", "who"),
    [(ORG, ".org", ["eaa2026"] * 4), (TYPST, ".typ", ["eaa2026", "eaa2026", "Authors", "eaa2026"])],
)
def test_every_quotation_has_its_citation(text: str, suffix: str, who: list[str]) -> None:
    assert quoted(text, suffix) == [(WORDS, name, ((PAGE, PAGE),)) for name in who]


@pytest.mark.parametrize(("text", "suffix", "style"), [(ORG, ".org", "apa.csl"), (TYPST, ".typ", "apa")])
def test_blocks_notes_emphasis_bibliography_and_style(text: str, suffix: str, style: str) -> None:
    draft = read_open_draft(text, suffix)
    kinds = [block.kind for block in draft.blocks]
    assert kinds.count("note") == (2 if suffix == ".org" else 1)
    assert kinds.count("quotation") == 1
    assert next(draft.prose[slice(*span)] for span in draft.emphasis) == "Numbers"
    assert (draft.bibliographies, draft.style) == (("works.bib",), style)
    assert len(draft.notes) == kinds.count("note")
    for word in ("nothing", "comment", "code", "none", "import", "print", "begin"):
        assert word not in draft.prose, word


@pytest.mark.parametrize("suffix", [".typ", ".org"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "#",
        "[",
        "@",
        "#quote",
        "#quote[",
        "[fn:",
        "[fn::",
        "[cite:",
        "#" * 99,
        "#emph[" * 5_000,
        "\\",
        "/*",
        "`",
    ],
)
def test_what_is_cut_off_is_read(text: str, suffix: str) -> None:
    draft = read_open_draft(text, suffix)
    assert len(draft.starts) == len(draft.prose)


def test_words_are_written_as_typst_has_them() -> None:
    words = r"a *b* _c_ #d @e <f> [g] $h ~ \i"
    assert read_open_draft(read_open_draft("", ".typ").escape(words), ".typ").prose.strip() == words
