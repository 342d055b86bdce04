"""The notebook and the conversation as files: Markdown, Word and references, read back."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.document import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from page_library import FakeLibrary, keepers_log, passage, renamed, stored
from pins import LONG, pin_of

from assistant.citations.bibtex import read_bibtex
from assistant.citations.ris import read_ris
from assistant.citations.styles import STYLES
from assistant.core.answer import Citation, PreparedQuotation
from assistant.core.essay import CSLItem
from assistant.core.notebook import Entry, Mark, Notebook, Pin, Section
from assistant.core.rich import rich
from assistant.drafts.check import check_draft
from assistant.quotations.essays import SourceEssays
from assistant.rendering.clipboard import quotation_forms, reference_forms
from assistant.rendering.notebook import (
    EMPTY,
    OUTDATED,
    UNTAGGED,
    notebook_markdown,
    notebook_outline,
    notebook_word,
)
from assistant.web.notebook import GONE, NOTHING, SOME_GONE, pin_lookup, saver
from assistant.web.views.passage import copied, copy_button

HOSTILE = (
    "<script>alert(1)</script> **b** _i_ # [l](x) `c` &amp; $x$\n"
    "---\n===\n~~~\n> q\n- l\n1. n\n\n\n# h\n| a |"
)
RECORD: CSLItem = {
    "id": "log",
    "type": "book",
    "title": "The Keeper’s <i>Log</i>",
    "publisher": "Coast",
    "author": [{"given": "Ada", "family": "Marsh"}],
    "issued": {"date-parts": [[1999]]},
}
ESSAY = replace(keepers_log(), reference=RECORD)
FIRST = ESSAY.passages[2]
VERSE = next(each for each in ESSAY.passages if each.kind == "verse")


def _notebook(*pins: Pin, style: str = "mla", **section: Any) -> Notebook:
    return FakeLibrary(ESSAY).notebook("Notebook", [Section(pins, **section)], style)


def _read(notebook: Notebook) -> Document:
    return docx.Document(io.BytesIO(notebook_word(notebook)))


def _paragraphs(document: Document, style: str) -> list[str]:
    return [each.text for each in document.paragraphs if each.style and each.style.name == style]


def _shown(markdown: str) -> list[tuple[str, str]]:
    """Blocks of Markdown as a reader sees them: the kind of the block and its text."""
    shown, kinds = [], []
    for token in MarkdownIt().parse(markdown):
        if token.nesting == 1:
            kinds.append(token.tag)
        elif token.nesting == -1:
            kinds.pop()
        elif token.type == "inline":
            words = "".join(
                "\n" if child.type in {"hardbreak", "softbreak"} else child.content
                for child in token.children or []
            )
            shown.append(("blockquote" if "blockquote" in kinds else kinds[-1], words))
        else:
            shown.append((token.type, token.content))
    return shown


def test_a_notebook_as_markdown() -> None:
    markdown = notebook_markdown(
        _notebook(
            pin_of(FIRST, *FIRST.sentences[0], note="A note.\nIts second line.\n\nMore.", question="What?"),
            pin_of(LONG, 0, len(LONG.text)),
            Pin("gone", "gone/p01", 0, 9, "lost words", "(Abel 3)", "Lost", "Abel, Zoe. Lost."),
        )
    )
    assert markdown == (
        "# Notebook\n\n## The Keeper’s *Log*\n\n"
        "“A lighthouse keeper wrote two books at once” (Marsh 31).\n\n"
        "Found by asking: What?\n\n**Note:** A note.\\\nIts second line.\n\nMore.\n\n"
        f"> {LONG.text} (Marsh 31–32)\n\n"
        f"## Lost\n\n“lost words” (Abel 3).\n\n*{OUTDATED}*\n\n"
        "## Works Cited\n\nAbel, Zoe. Lost.\n\nMarsh, Ada. *The Keeper’s* Log. Coast, 1999.\n"
    )


def test_an_outline_is_one_nested_list() -> None:
    noted = pin_of(FIRST, *FIRST.sentences[0], note="A *claim*\nof mine.", tags=("oil", "*x*"))
    plain = pin_of(FIRST, *FIRST.sentences[2])
    notebook = FakeLibrary(ESSAY).notebook(
        "Notebook", [Section((noted, plain), heading="*x*"), Section((pin_of(VERSE, 0, len(VERSE.text)),))]
    )
    assert notebook_outline(notebook) == (
        "# Notebook\n\n- **\\*x\\***\n  - A \\*claim\\* of mine.\n"
        "    - “A lighthouse keeper wrote two books at once” (Marsh 31).\n"
        "  - “This essay reads the two together” (Marsh 31).\n"
        f"- **{UNTAGGED}**\n  - {_quoted(VERSE)}\n\n"
        "## Works Cited\n\nMarsh, Ada. *The Keeper’s* Log. Coast, 1999.\n"
    )
    assert "- " not in notebook_outline(_notebook())
    assert "\n\nTags: oil, \\*x\\*\n\n**Note:**" in notebook_markdown(_notebook(noted))
    assert "Tags: oil, *x*" in _paragraphs(_read(_notebook(noted)), "About")


def _quoted(verse: Any) -> str:
    words = " ".join(verse.text.split()).rstrip(".")
    return f"“{words}” (qtd. in Marsh 33)."


def test_a_conversation_as_markdown() -> None:
    marked = (LONG.sentences[7],)
    markdown = notebook_markdown(
        _notebook(
            pin_of(LONG, 0, len(LONG.text), marked=marked), heading="Why *so*?", said=("Likely answer",)
        )
    )
    before, bold, after = markdown.split("**")
    assert bold == LONG.text[slice(*marked[0])]
    assert before == f"# Notebook\n\n## Why \\*so\\*?\n\n*Likely answer*\n\n> {LONG.text[: marked[0][0]]}"
    assert after.startswith(
        f"{LONG.text[marked[0][1] :]} (Marsh 31–32)\n\nIn bold: (Marsh 32)\n\n## Works Cited"
    )


def test_notes_are_numbered_through() -> None:
    pins = [pin_of(FIRST, *FIRST.sentences[0]), pin_of(LONG, 0, len(LONG.text))]
    markdown = notebook_markdown(_notebook(*pins, style="chicago-notes"))
    assert (
        "“A lighthouse keeper wrote two books at once.”[^1]\n\n[^1]: Ada Marsh, *The Keeper’s* Log"
        in markdown
    )
    assert f"> {LONG.text}[^2]\n\n[^2]: Ada Marsh" in markdown
    assert "## Bibliography" in markdown
    document = _read(_notebook(*pins, style="chicago-notes"))
    assert _paragraphs(document, "Quote") == [LONG.text]
    (notes,) = [each for each in document.part.package.iter_parts() if each.partname == "/word/footnotes.xml"]
    assert notes.blob.count(b"<w:footnoteRef/>") == 2
    assert notes.blob.count(b"Ada Marsh, ") == 2


def test_verse_keeps_its_lines() -> None:
    pin = pin_of(VERSE, 0, len(VERSE.text))
    markdown = notebook_markdown(_notebook(pin))
    assert VERSE.text[:-1] in _shown(markdown)[2][1]
    assert VERSE.text[:-1] in "\n".join(each.text for each in _read(_notebook(pin)).paragraphs)


def test_a_notebook_as_a_word_document() -> None:
    document = _read(
        _notebook(
            pin_of(FIRST, *FIRST.sentences[0], note="A note.\n\nMore.", question="What?"),
            pin_of(LONG, 0, len(LONG.text), marked=(LONG.sentences[7],)),
            Pin("gone", "gone/p01", 0, 9, "lost words", "(Abel 3)", "Lost", "Abel, Zoe. Lost."),
        )
    )
    assert _paragraphs(document, "Heading 1") == ["Notebook"]
    assert _paragraphs(document, "Heading 2") == ["The Keeper’s Log", "Lost", "Works Cited"]
    assert _paragraphs(document, "Quote") == [f"{LONG.text} (Marsh 31–32)"]
    assert _paragraphs(document, "Own Note") == ["Note: A note.", "More."]
    assert _paragraphs(document, "About") == ["Found by asking: What?", "In bold: (Marsh 32)", OUTDATED]
    assert _paragraphs(document, "Reference") == [
        "Abel, Zoe. Lost.",
        "Marsh, Ada. The Keeper’s Log. Coast, 1999.",
    ]
    runs = [run for each in document.paragraphs for run in each.runs]
    assert [run.text for run in runs if run.bold] == ["Note: ", LONG.text[slice(*LONG.sentences[7])]]
    assert [run.text for run in runs if run.italic] == ["Log", "The Keeper’s "]
    assert document.styles["Quote"].font.italic is False
    assert document.core_properties.author == ""


def test_an_empty_conversation_says_so() -> None:
    notebook = FakeLibrary(ESSAY).notebook("Conversation", [Section((), "Why?", ("Type a question first.",))])
    assert EMPTY in notebook_markdown(notebook)
    assert EMPTY in _paragraphs(_read(notebook), "About")


@pytest.mark.parametrize("style", STYLES)
def test_what_is_saved_has_no_problem_when_it_is_checked(style: str, tmp_path: Any) -> None:
    paragraphs = [passage for passage in ESSAY.passages if passage.kind == "paragraph"]
    spans = [(passage, *span) for passage in paragraphs for span in passage.sentences]
    notebook = _notebook(*[pin_of(*span) for span in spans], pin_of(LONG, 0, len(LONG.text)), style=style)
    path = tmp_path / "notebook.docx"
    path.write_bytes(notebook_word(notebook))
    (tmp_path / "notebook.md").write_text(notebook_markdown(notebook), "utf-8")
    for name in ("notebook.docx", "notebook.md"):
        report = check_draft(tmp_path / name, SourceEssays.of([ESSAY]), FakeLibrary(ESSAY).style(style))
        wrong = {problem.kind for problem in report.problems}
        assert not wrong & {"misquoted", "not found", "unmarked"}, (name, report.problems)
        assert report.exact >= len(spans) - report.not_checked


def test_hostile_notes_and_essays_are_shown_as_written() -> None:
    nasty = stored([passage(f"{HOSTILE.splitlines()[0]} Two.", page="<9>")])
    nasty = replace(nasty, reference={**RECORD, "title": HOSTILE.splitlines()[0]})
    whole = nasty.passages[0]
    pin = replace(pin_of(whole, 0, len(whole.text)), question=HOSTILE, note=HOSTILE)
    notebook = FakeLibrary(nasty).notebook(HOSTILE, [Section((pin,)), Section((pin,), HOSTILE, (HOSTILE,))])
    shown = _shown(notebook_markdown(notebook))
    assert {kind for kind, _ in shown} <= {"h1", "h2", "p", "blockquote"}
    first, second = (part.strip() for part in HOSTILE.split("\n\n\n"))
    assert ("p", f"Note: {first}") in shown
    assert ("p", second) in shown
    assert any(whole.text[:-1] in text for _, text in shown)
    document = _read(notebook)
    assert _paragraphs(document, "Own Note")[:2] == [f"Note: {first}", second]
    assert whole.text[:-1] in "".join(each.text for each in document.paragraphs)


@settings(deadline=None, max_examples=60)
@given(st.text(), st.text(min_size=1))
def test_any_text_makes_a_document_that_opens(note: str, words: str) -> None:
    citation = Citation("", "(M)")
    pin = Pin("a", "a/p01", 0, len(words), words, note=note.encode("utf-8", "replace").decode())
    quotation = PreparedQuotation(f"“{words}” (M).", citation, block=bool(len(words) % 2))
    entry = Entry(pin, True, words, quotation, rich(words), rich(note), (Mark(0, len(words), citation),))  # noqa: FBT003 - the noun's second
    notebook = Notebook(note, ((Section((pin,)), (entry,)),), "References")
    assert _read(notebook).paragraphs
    assert notebook_markdown(notebook)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="ab *_`#>-=~|+.1)\\[]<&;!\n", max_size=40))
def test_a_note_reads_in_markdown_as_it_was_typed(note: str) -> None:
    markdown = notebook_markdown(_notebook(pin_of(FIRST, 0, 20, note=note)))
    shown = [text for kind, text in _shown(markdown) if kind != "h1"]
    end = next(number for number, text in enumerate(shown) if text == "Works Cited")
    saved_note = "\n".join(shown[2:end]).removeprefix("Note: ")
    assert "".join(saved_note.split()) == "".join(note.split())


@pytest.mark.parametrize(("form", "read"), [("bibtex", read_bibtex), ("ris", read_ris)])
def test_references_are_read_back(form: str, read: Any) -> None:
    library = FakeLibrary(ESSAY, renamed(ESSAY, "other"))
    other = renamed(ESSAY, "other").passages[2]
    pins = [_sent(pin_of(FIRST, 0, 9)), _sent(pin_of(other, 0, 9)), _sent(pin_of(FIRST, 3, 9))]
    saved = saver(library)(["notebook", json.dumps([{"pins": pins}]), form, "mla"])
    assert saved["name"] == ("references.bib" if form == "bibtex" else "references.ris")
    assert saved["said"] == ""
    records = read(_text_of(saved))
    assert [record["id"] for record in records] == ["log", "other"]
    assert {record["author"][0]["family"] for record in records} == {"Marsh"}


def _sent(pin: Pin) -> dict[str, Any]:
    names = ("essay", "passage", "start", "end", "words", "note", "question")
    return {name: getattr(pin, name) for name in names}


def _text_of(saved: dict[str, str]) -> str:
    return base64.b64decode(saved["content"]).decode()


def test_records_of_essays_that_are_gone_are_left_out_and_it_is_said() -> None:
    gone = _sent(Pin("gone", "gone/p01", 0, 3, "abc"))
    save = saver(FakeLibrary(ESSAY))
    both = save(["notebook", json.dumps([{"pins": [gone, _sent(pin_of(FIRST, 0, 9))]}]), "ris", "mla"])
    assert both["said"] == SOME_GONE
    assert save(["notebook", json.dumps([{"pins": [gone]}]), "ris", "mla"]) == {"fault": GONE}


def test_the_script_is_given_files() -> None:
    save = saver(FakeLibrary(ESSAY))
    assert save.__name__ == "save"
    sent = json.dumps([{"pins": [_sent(pin_of(FIRST, *FIRST.sentences[0]))]}])
    markdown = save(["conversation", sent, "markdown", "apa"])
    assert (markdown["name"], markdown["type"]) == ("conversation.md", "text/markdown")
    assert _text_of(markdown).startswith("# Conversation\n")
    assert "## References" in _text_of(markdown)
    word = save(["notebook", sent, "docx", "mla"])
    assert word["name"] == "notebook.docx"
    assert docx.Document(io.BytesIO(base64.b64decode(word["content"]))).paragraphs[0].text == "Notebook"


@pytest.mark.parametrize(
    "sent",
    [
        *(
            None,
            7,
            "x",
            [],
            ["notebook"],
            ["notebook", "[]", "docx", "mla"],
            ["notebook", "[{}]", "docx", "mla"],
        ),
        *(
            ["../x", "[]", "docx", "mla"],
            ["notebook", "[]", "exe", "mla"],
            ["notebook", "[]", "docx", "/etc/x.csl"],
        ),
        *([None] * 4, [{}, [], 7, "mla"]),
    ],
)
def test_any_other_request_is_refused(sent: object) -> None:
    assert saver(FakeLibrary(ESSAY))(sent) == {"fault": NOTHING}
    assert pin_lookup(FakeLibrary(ESSAY))(sent) == []


def test_the_script_is_told_of_each_pin_in_its_place() -> None:
    look_up = pin_lookup(FakeLibrary(ESSAY))
    assert look_up.__name__ == "look_up"
    pins = [
        _sent(pin_of(FIRST, *FIRST.sentences[0])),
        {"essay": "log"},
        _sent(Pin("gone", "gone/p01", 0, 3, "abc")),
    ]
    first, broken, gone = look_up([json.dumps(pins), "mla"])
    assert broken is None
    assert first == {
        "current": True,
        "title": "The Keeper’s Log",
        "words": "“A lighthouse keeper wrote two books at once”",
        "block": False,
        "citation": "(Marsh 31)",
        "reference": "Marsh, Ada. The Keeper’s Log. Coast, 1999.",
        "quotation": {"text": "“A lighthouse keeper wrote two books at once” (Marsh 31)."},
    }
    assert gone is not None
    assert not gone["current"]


def test_forms_that_are_copied() -> None:
    italic = rich("(Marsh, ") + rich("Log", italic=True) + " 31)"
    citation = Citation("31", italic.plain(), italic)
    inline = quotation_forms(PreparedQuotation("“a < *b*” (Marsh, Log 31).", citation, block=False))
    assert inline.markdown == "“a \\< \\*b\\*” (Marsh, *Log* 31)."
    assert inline.html == "“a &lt; *b*” (Marsh, <i>Log</i> 31)."
    block = quotation_forms(PreparedQuotation("a\nb. (Marsh, Log 31)", citation, block=True))
    assert block.markdown == "> a\\\n> b. (Marsh, *Log* 31)"
    assert block.html == "<blockquote>a<br>b. (Marsh, <i>Log</i> 31)</blockquote>"
    noted = quotation_forms(PreparedQuotation("“a.”¹\n\n1. (Marsh, Log 31)", citation, block=False))
    assert noted.markdown == "“a.”[^1]\n\n[^1]: (Marsh, *Log* 31)"
    assert noted.html == "<p>“a.”<sup>1</sup></p><p><sup>1</sup> (Marsh, <i>Log</i> 31)</p>"
    assert quotation_forms(PreparedQuotation("“a”", Citation("", ""), block=False)).html == "“a”"
    assert copied(reference_forms(rich("A & “b”."))) == {"text": "A & “b”."}
    button = copy_button("x", inline, "Copy")
    assert 'data-html="“a &amp;lt; *b*” (Marsh, &lt;i&gt;Log&lt;/i&gt; 31)."' in button
    assert "<i>" not in button
