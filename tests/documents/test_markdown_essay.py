"""Essays in Markdown and LaTeX: blocks by their marks, notes, records; and what is plain text all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.errors import ReadingError
from assistant.documents.document import Document
from assistant.documents.latex_essay import read_latex_essay
from assistant.documents.markdown_essay import is_markdown, read_markdown_essay, take_front_matter
from assistant.documents.reading import read_essay_file

PROSE = (
    "The keeper of the light wrote down each ship that passed, and at what hour, and what he thought of it."
)
MORE = (
    "In the second book he wrote less, and in the third nothing but the hours, with a line under every tenth."
)


def blocks(document: Document) -> list[tuple[str, str]]:
    """The kind and the words of each block."""
    assert document.declared is not None
    return [(block.kind, document.text[block.start : block.end]) for block in document.declared.blocks]


def test_markdown_by_its_marks() -> None:
    text = f"""---
title: "On Lights"
author: [Ann Keeper, "Oar, Ben"]
date: 1901-05-02
---

{PROSE}[^a] It was *wide*,^[Inline, and *short*.] he says.

## Part Two {{#two .unnumbered}}

{MORE}

> The sea is wide.
>
> So is the land.

> The lamp is lit,\\
> the wick is thin

| The sea
|    comes in

::: {{.epigraph}}
Read me.
:::

- one lamp
- two ~~wicks~~ flames

[^a]: A note

    of two paragraphs.

## Works Cited

Keeper, Ann. *Hours*. 1901.
"""
    document = read_markdown_essay(text, "essay.md")
    assert blocks(document) == [
        ("title", "On Lights"),
        ("author", "Ann Keeper, Ben Oar"),
        ("prose", f"{PROSE}1 It was wide,2 he says."),
        ("heading", "Part Two"),
        ("prose", MORE),
        ("quotation", "The sea is wide."),
        ("quotation", "So is the land."),
        ("verse", "The lamp is lit,\nthe wick is thin"),
        ("verse", "The sea\ncomes in"),
        ("quotation", "Read me."),
        ("list", "one lamp"),
        ("list", "two flames"),
        ("heading", "Works Cited"),
        ("reference", "Keeper, Ann. Hours. 1901."),
        ("note", "1. A note\nof two paragraphs."),
        ("note", "2. Inline, and short."),
    ]
    assert document.record == {
        "type": "document",
        "title": "On Lights",
        "author": [{"literal": "Ann Keeper"}, {"family": "Oar", "given": "Ben"}],
        "issued": {"date-parts": [[1901, 5, 2]]},
    }


def test_page_marks_in_markdown() -> None:
    pages = "".join(f"\n\n[p. {number}]\n\n{PROSE} {MORE} {PROSE}" for number in range(12, 18))
    document = read_markdown_essay(f"# On Lights\n\n> {MORE}{pages}\n", "essay.md")
    assert document.pages.labels[-6:] == ("12", "13", "14", "15", "16", "17")
    assert "[p." not in document.text


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE}\n\n{MORE}\n",
        f"# One\n\n{PROSE}\n\f{MORE}\n",
        f"ON LIGHTS\n\n    {PROSE}\n{MORE}\n\n" * 30 + "> x\n",
    ],
    ids=["no marks", "form feeds", "indents"],
)
def test_plain_text_with_the_ending_of_markdown(text: str) -> None:
    assert not is_markdown(text)
    assert read_markdown_essay(text, "essay.md").reader == "text"


def test_no_word_of_markdown_is_lost() -> None:
    text = f"# T\n\n{PROSE} `code` <b>bold</b>\n\n    indented words\n\n```\nfenced words\n```\n\n<div>html words</div>\n\n| a | b |\n|---|---|\n| cell | word |\n"
    words = read_markdown_essay(text, "essay.md").text.split()
    assert {"code", "bold", "indented", "fenced", "html", "cell"} <= set(words)


@pytest.mark.parametrize(
    ("head", "record"),
    [
        ("% On Lights\n% Ann Keeper; Ben Oar\n% 1901\n\n", {"author": 2, "issued": 1901}),
        ("---\ntitle: On Lights\nauthor:\n  - name: Ann Keeper\n    affiliation: Nowhere\n  - Ben Oar\nyear: 1901\n---\n", {"author": 2, "issued": 1901}),
        ("---\ntitle: >\n  On\n  Lights\nauthor: Ann Keeper\ndate: 2 May 1901\n...\n", {"author": 1, "issued": 1901}),
    ],
)  # fmt: skip
def test_front_matter(head: str, record: dict[str, int]) -> None:
    found, body = take_front_matter(head + PROSE)
    assert body.strip() == PROSE
    assert found["title"] == "On Lights"
    assert len(found["author"]) == record["author"]
    assert found["issued"]["date-parts"][0][0] == record["issued"]


def test_latex_by_its_commands(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "two.tex").write_text(
        f"\\subsection{{Two}} % remark\n{MORE} \\input{{essay}}\\input{{parts/two}}", "utf-8"
    )
    (tmp_path.parent / "outside.tex").write_text("words from outside", "utf-8")
    path = tmp_path / "essay.tex"
    path.write_text(
        rf"""\documentclass{{article}}
        \title{{On Lights\thanks{{Given at sea.}}}} \author{{Ann Keeper \and Ben Oar}} \date{{1901}}
        \begin{{document}}\maketitle
        {PROSE}\footnote{{A \emph{{short}} note.}} It was \emph{{wide}} \citep[3]{{keeper}}, says \citet{{oar}}.
        \begin{{quote}}The sea is wide, and wider than it was thought to be by those who crossed it.\end{{quote}}
        \begin{{verse}}The lamp is lit,\\ the wick is thin\end{{verse}}
        \begin{{itemize}}\item one lamp \item two wicks\end{{itemize}}
        \input{{parts/two}}\input{{../outside}}\input{{/etc/passwd}}
        \bibliography{{works}}
        \end{{document}}""",
        "utf-8",
    )
    (tmp_path / "essay.bbl").write_text(
        r"\begin{thebibliography}{2}\bibitem[Keeper(1901)]{keeper} Keeper, A. \emph{Hours}. 1901."
        r"\bibitem[{Oar and Sail(1902)}]{oar} Oar, B. Sails. 1902.\end{thebibliography}",
        "utf-8",
    )
    document = read_essay_file(path)
    assert [(kind, " ".join(words.split(" "))) for kind, words in blocks(document)] == [
        ("title", "On Lights*"),
        ("note", "* Given at sea."),
        ("author", "Ann Keeper, Ben Oar"),
        ("prose", f"{PROSE}1 It was wide (Keeper, 1901, 3), says Oar and Sail (1902)."),
        ("note", "1. A short note."),
        ("quotation", "The sea is wide, and wider than it was thought to be by those who crossed it."),
        ("verse", "The lamp is lit,\nthe wick is thin"),
        ("list", "one lamp"),
        ("list", "two wicks"),
        ("heading", "Two"),
        ("prose", MORE),
        ("reference", "Keeper, A. Hours. 1901."),
        ("reference", "Oar, B. Sails. 1902."),
    ]
    assert document.metadata == {"Title": "On Lights", "Author": "Ann Keeper, Ben Oar"}


def test_citations_without_a_bibliography_keep_their_keys() -> None:
    document = read_latex_essay(rf"{PROSE} \citep[3]{{keeper}}.", "essay.tex")
    assert blocks(document) == [("prose", f"{PROSE}  [@keeper, 3].")]


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(ReadingError, match="divide it into chapters"):
        read_markdown_essay("# T\n\n" + "a\n\n" * 200_000, "essay.md")
