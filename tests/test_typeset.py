"""The typeset essays in ``data/pdf``: their truth is there, and what the script knows agrees with it."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from fake_models import FakeEncoder

from assistant.library.library import Library

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "tests" / "data" / "pdf"
sys.path.append(str(ROOT / "benchmarks"))
from typeset.essay import calls_of, curled, plain, true_passages, words_of  # noqa: E402 - in benchmarks/
from typeset.generated import generated_essays  # noqa: E402
from typeset.latex import source  # noqa: E402
from typeset.layouts import LAYOUTS, LatexPress, Layout  # noqa: E402
from typeset.office import flat_document  # noqa: E402
from typeset.other_layouts import WORD_ENDNOTES  # noqa: E402
from typeset.real import agreement, written  # noqa: E402
from typeset.sample import sample_essay  # noqa: E402
from typeset.scoring import GROUPS, ReadPassage, expected_pages, score  # noqa: E402
from typeset.truth import expected, find_pages, squash  # noqa: E402

ESSAYS = {essay.slug: essay for essay in (sample_essay(), *generated_essays())}
COMMITTED = [(slug, layout) for slug in ("sample", "ledger") for layout in LAYOUTS]


@pytest.mark.parametrize(("slug", "layout"), COMMITTED, ids=lambda value: getattr(value, "name", value))
def test_each_file_has_the_truth_of_its_essay(slug: str, layout: Layout) -> None:
    pdf = FILES / f"{slug}-{layout.name}.pdf"
    assert pdf.read_bytes().startswith(b"%PDF-")
    text = pdf.with_suffix(".expected.md").read_text("utf-8")
    passages = layout.press.passages(ESSAYS[slug])
    pages = expected_pages(text)
    named = {passage.name: page for passage, page in zip(passages, pages, strict=True) if page}
    again = expected(f"{slug}-{layout.name}: {layout.description}", passages, named)
    assert text.startswith(again)
    paged = [passage.name for passage in passages if passage.kind not in {"title", "author", "heading"}]
    # A web page that was printed has no pages of the essay.
    assert list(named) == ([] if layout.name == "browser" else paged)


@pytest.mark.parametrize(("slug", "layout"), COMMITTED, ids=lambda value: getattr(value, "name", value))
def test_passages_are_on_the_pages_that_the_truth_names(slug: str, layout: Layout) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    pdf = FILES / f"{slug}-{layout.name}.pdf"
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [squash(page.get_textpage().get_text_range()) for page in document]
    passages = layout.press.passages(ESSAYS[slug])
    wanted = expected_pages(pdf.with_suffix(".expected.md").read_text("utf-8"))
    # Numbers of pages in the file, found by words, and the printed numbers must go together.
    found = find_pages(passages, pages, [str(number) for number in range(1, len(pages) + 1)])
    pairs = {
        (found[passage.name], page)
        for passage, page in zip(passages, wanted, strict=True)
        if page and passage.name in found
    }
    assert len(found) >= (0.6 if layout.likeness < 1 else 0.95) * sum(map(bool, wanted))
    assert len({number for number, _ in pairs}) == len({page for _, page in pairs}) == len(pairs)


def test_the_files_are_small() -> None:
    sizes = [path.stat().st_size for path in FILES.glob("*.pdf")]
    assert len(sizes) >= len(COMMITTED)
    assert max(sizes) < 350_000
    assert sum(sizes) < 3_500_000


@pytest.mark.parametrize(("slug", "layout"), COMMITTED, ids=lambda value: getattr(value, "name", value))
def test_a_reader_that_finds_everything_gets_full_marks(slug: str, layout: Layout) -> None:
    passages = layout.press.passages(ESSAYS[slug])
    pages = expected_pages((FILES / f"{slug}-{layout.name}.expected.md").read_text("utf-8"))
    read = [
        ReadPassage(kind=passage.kind, text=passage.text, page=page, calls=passage.calls)
        for passage, page in zip(passages, pages, strict=True)
    ]
    made = score(passages, pages, read, layout.likeness)
    assert made.right == made.true
    assert (made.pages, made.verbatim, made.calls) == (made.paged, made.passages, made.calling)
    assert (made.extra, made.problems) == (0, [])


def test_scoring_tells_kinds_pages_calls_marks_and_extras_apart() -> None:
    passages = tuple(true_passages(ESSAYS["ferry"]))
    read = [
        ReadPassage(kind=passage.kind, text=passage.text, page="9", calls=passage.calls)
        for passage in passages
    ]
    caller = next(number for number, passage in enumerate(passages) if passage.calls)
    paragraph, note = (
        next(number for number, passage in enumerate(passages) if passage.kind == kind and not passage.calls)
        for kind in ("paragraph", "note")
    )
    read[caller] = ReadPassage(kind="paragraph", text=passages[caller].text, page="9")
    read[paragraph] = ReadPassage(kind="paragraph", text=passages[paragraph].text + " more", page="9")
    read[note] = ReadPassage(kind="note", text=passages[note].text.replace(". ", " ", 1).upper(), page="8")
    made = score(passages, ["9"] * len(passages), read)
    assert made.found == made.passages - 1
    assert made.pages == made.passages - 2
    assert made.calls == made.calling - 1
    assert made.verbatim == made.passages - 2
    assert made.extra == 1


def test_generated_essays_have_each_kind_and_begin_no_two_passages_alike() -> None:
    for essay in generated_essays():
        passages = [item for item in true_passages(essay) if item.kind not in {"title", "author", "heading"}]
        assert {"paragraph", "verse", "note", "reference"} <= {item.kind for item in passages}
        prose = [squash(item.text)[:34] for item in passages if item.kind in {"paragraph", "blockquote"}]
        assert [start for start, count in Counter(prose).items() if count > 1] == []
        called = [mark for block in essay.blocks for mark in calls_of(block.words)]
        assert called == [note.mark for note in essay.notes]


def test_the_sample_has_the_passages_that_print_has() -> None:
    kinds = Counter(passage.kind for passage in true_passages(sample_essay(), notes_title="Notes"))
    wanted = {
        "title": 1,
        "author": 1,
        "paragraph": 32,
        "heading": 7,
        "blockquote": 2,
        "note": 7,
        "reference": 12,
    }
    assert kinds == wanted


def test_an_essay_keeps_its_words_lines_and_pages_when_it_is_set_again(tmp_path: Path) -> None:
    library = Library(tmp_path, load_encoder=lambda _name: FakeEncoder())
    library.add(ROOT / "data" / "sample" / "essay.txt", essay_id="essay")
    essay, source_text = library.essay("essay"), library.source_text("essay")
    again = written(essay, source_text)
    parts = [
        *(block.words for block in again.blocks),
        *(note.words for note in again.notes),
        *again.references,
    ]
    words = [squash(plain(part)) for part in parts]
    texts = [
        squash(item.text).lstrip("1234567") if item.kind == "note" else squash(item.text)
        for item in essay.passages
    ]
    assert [text for text in texts if text not in words] == [
        squash(again.title),
        squash(again.author),
        "notes",
        "workscited",
    ]
    pages = sum(part.style == "page" for words in parts for part in words) + len(again.new_pages)
    assert pages == essay.report.pages - 1
    ends = [part.text for block in again.blocks for part in block.words if part.style in {"line", "page"}]
    # Quotations keep only the ends of pages, and one of their words is divided.
    undone = [printed for printed, _ in essay.report.hyphens_joined if not printed.startswith("gov-")]
    assert ends.count("-") == len(undone) == 12
    assert len(ends) > 250


def test_agreement_names_what_differs(tmp_path: Path) -> None:
    library = Library(tmp_path, load_encoder=lambda _name: FakeEncoder())
    library.add(ROOT / "data" / "sample" / "essay.txt", essay_id="essay")
    passages = library.essay("essay").passages
    assert agreement(passages, passages).differences == ()
    other = (*passages[:-2], replace(passages[-2], text="Another"))
    made = agreement(passages, other)
    assert (made.passages, made.same) == (62, 60)
    assert made.differences == ("essay/r11 has another text", "essay/r12 is missing")


def test_markup_and_quotation_marks() -> None:
    words = words_of("He read *Emma*,^2^ or so.")
    assert plain(words) == "He read Emma, or so."
    assert calls_of(words) == ("2",)
    assert curled("""He said "it's '90" (pp. 3-4)""") == "He said “it’s ‘90” (pp. 3–4)"


def test_pages_are_found_by_words() -> None:
    passages = [item for item in true_passages(sample_essay()) if item.kind == "paragraph"][:3]
    pages = [squash(f"head {passages[0].text} {passages[1].text[:200]}"), squash(passages[2].text)]
    assert find_pages(passages, pages, ["xi", "xii"]) == {"b000": "xi", "b001": "xi", "b002": "xii"}


def test_sources_are_whole_documents() -> None:
    essay = ESSAYS["atlas"]
    for layout in LAYOUTS:
        if isinstance(layout.press, LatexPress):
            tex = source(essay, layout.press.make(essay))
            assert tex.count(r"\place{") == len(essay.blocks) - _headings(essay) + len(essay.notes) + len(
                essay.references
            )
    office = flat_document(essay, WORD_ENDNOTES)
    assert office.count('text:note-class="endnote"><text:note-citation>') == len(essay.notes)
    assert set(GROUPS) == {"paragraphs", "quotations", "notes", "references"}


def _headings(essay: object) -> int:
    return sum(block.kind == "heading" for block in getattr(essay, "blocks", ()))
