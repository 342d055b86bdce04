"""A user's essay, typeset with the pages that it has, and read again.

The text and the PDF must give the same passages on the same pages. Nothing of the essay is kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.core.essay import Passage, StoredEssay
from assistant.library.library import Library
from typeset.essay import Block, Note, Words, WrittenEssay
from typeset.latex import Printed, looseness, typeset
from typeset.latex_layouts import as_printed

# Inches.
_WIDTHS = [4 + step / 10 for step in range(31)]
MEASURES = ("ndcg@10", "r@1", "r@5", "mrr@10", "success@1")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readings of an essay agree.

    Attributes:
        passages: Passages of the text.
        same: Passages that the PDF gives with the same id, kind, words, note calls and pages.
        differences: A line for each that is missing, different or added.
    """

    passages: int
    same: int
    differences: tuple[str, ...]


def written(essay: StoredEssay, source: str) -> WrittenEssay:
    """An essay that was read from a text, with the places where its pages and lines end."""
    blocks: list[Block] = []
    notes: list[Note] = []
    references: list[tuple[Words, ...]] = []
    headings, new_pages, page = {"note": "Notes", "reference": "Works Cited"}, set[str](), ""
    texts = dict.fromkeys(("title", "author"), "")
    for passage in essay.passages:
        words = _words(passage, source, begins_page=bool(page) and _first(passage) != page)
        page = passage.pages[-1].label if passage.pages else page
        if passage.kind in texts:
            texts[passage.kind] = passage.text
        elif passage.kind == "note":
            notes.append(Note(*_marked(words)))
        elif passage.kind == "reference":
            references.append(words)
        elif (kind := _listed(passage, essay.passages)) is not None:
            headings[kind] = passage.text
            if words[0].style == "page":
                new_pages.add(f"{kind}s")
        else:
            blocks.append(_block(passage, words))
    return WrittenEssay(
        slug=essay.id,
        title=texts["title"],
        author=texts["author"],
        short=texts["title"].partition(":")[0],
        blocks=tuple(blocks),
        notes=tuple(notes),
        references=tuple(references),
        references_title=headings["reference"],
        notes_title=headings["note"],
        new_pages=frozenset(new_pages),
        first_page=int(essay.report.first_page or 1),
    )


def _first(passage: Passage) -> str:
    return passage.pages[0].label if passage.pages else ""


def _block(passage: Passage, words: tuple[Words, ...]) -> Block:
    kind = passage.kind
    if kind in {"blockquote", "verse", "heading"}:
        return Block(kind=kind, words=words)
    return Block(kind="paragraph", words=words, resumes=passage.continues is not None)


def _listed(passage: Passage, passages: Sequence[Passage]) -> str | None:
    """The kind of the list above which a passage is the heading: ``note`` or ``reference``."""
    after = passages[passage.ordinal : passage.ordinal + 1]
    kind = after[0].kind if passage.kind == "heading" and after else None
    return kind if kind in {"note", "reference"} else None


def _marked(words: tuple[Words, ...]) -> tuple[str, tuple[Words, ...]]:
    """The mark of a note, and its words without it."""
    at = 1 if words[0].style == "page" else 0
    mark, _, rest = words[at].text.partition(". ")
    return mark, (*words[:at], Words(rest), *words[at + 1 :])


def _words(passage: Passage, source: str, *, begins_page: bool) -> tuple[Words, ...]:
    """The words of a passage with its note calls, its page ends and, in a paragraph, its line ends."""
    text = passage.text
    marks = {call.at: [Words(call.mark, "call")] for call in passage.notes}
    pages = {start.start for start in passage.pages[1:]}
    for at, hyphen in _line_ends(passage, source):
        if at in pages:
            marks.setdefault(at, []).append(Words(hyphen, "page"))
        elif passage.kind == "paragraph":
            marks.setdefault(at, []).append(Words(hyphen, "line"))
    made: list[Words] = [Words("", "page")] if begins_page else []
    end, line_begins = 0, False
    for at, here in sorted(marks.items()):
        piece = text[end:at].lstrip(" ") if line_begins else text[end:at]
        line_begins = here[-1].style != "call"
        made += [Words(piece.rstrip(" ") if line_begins else piece), *here]
        end = at
    made.append(Words(text[end:].lstrip(" ") if line_begins else text[end:]))
    return tuple(part for part in made if part.text or part.style in {"line", "page"})


def _line_ends(passage: Passage, source: str) -> Iterator[tuple[int, str]]:
    """Where lines of the source begin in a passage's text, and the hyphen that was undone there."""
    before = passage.source_map.source(0)
    for offset in range(1, len(passage.text)):
        here = passage.source_map.source(offset)
        gap = source[before + 1 : here]
        if source[here] in "\n\f":
            yield offset + 1, ""
        elif "\n" in gap or "\f" in gap:
            yield offset, "-" if gap.startswith("-") else ""
        before = here


def agreement(text: Sequence[Passage], pdf: Sequence[Passage]) -> Agreement:
    """Compare the passages of a text with those of its PDF."""
    facts = {passage.id: _facts(passage) for passage in text}
    read = {passage.id: _facts(passage) for passage in pdf}
    differences = [f"{name} is missing" for name in facts.keys() - read.keys()]
    differences += [f"{name} is added" for name in read.keys() - facts.keys()]
    for name in facts.keys() & read.keys():
        wrong = [field for field, value in facts[name].items() if read[name][field] != value]
        if wrong:
            differences.append(f"{name} has another {', another '.join(wrong)}")
    same = sum(read.get(name) == fact for name, fact in facts.items())
    return Agreement(len(facts), same, tuple(sorted(differences)))


def _facts(passage: Passage) -> Mapping[str, object]:
    return {
        "kind": passage.kind,
        "text": passage.text,
        "section": passage.section,
        "page": [(start.label, start.start) for start in passage.pages],
        "note": [(mark.mark, mark.at) for mark in passage.notes],
    }


def printed_as(essay: WrittenEssay, folder: Path) -> Printed:
    """Set an essay whose lines and pages end at given words, in the width that stretches the lines least."""
    loose = {}
    for width in _WIDTHS:
        typeset(essay, as_printed(essay, width), folder)
        loose[width] = looseness(folder)
    return typeset(essay, as_printed(essay, min(_WIDTHS, key=loose.__getitem__)), folder)


def libraries(text: Path, record: Path | None, folder: Path) -> tuple[Library, Library]:
    """A library with an essay's text, and one with its PDF, typeset in the folder."""
    by_text = Library(folder / "text")
    by_text.add(text, reference=record, essay_id=text.stem)
    printed = printed_as(written(by_text.essay(text.stem), by_text.source_text(text.stem)), folder)
    report = by_text.essay(text.stem).report
    if report.pages and len(printed.labels) != report.pages:
        raise RuntimeError(f"The PDF has {len(printed.labels)} pages, the text {report.pages}.")
    pdf = printed.pdf.rename(folder / f"{text.stem}.pdf")
    by_pdf = Library(folder / "pdf")
    by_pdf.add(pdf, reference=record, essay_id=text.stem)
    return by_text, by_pdf


def measured(library: Library, questions: Path) -> dict[str, float]:
    """The measures of a library on a set of questions, by their names."""
    command = [sys.executable, "-m", "assistant", "evaluate", str(questions), "--method", "late", "--json"]
    run = subprocess.run(
        [*command, "--library", str(library.root)], capture_output=True, check=True, text=True
    )
    method = json.loads(run.stdout)["datasets"][0]["methods"][0]
    return {name: float(method[name]) for name in MEASURES}
