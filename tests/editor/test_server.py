"""The language server as a process, driven by a client over standard input and output."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import pytest_asyncio
from essay_library import SAMPLE, Opened, sample_library
from lsp_session import Session, session
from lsprotocol import types
from sharded_library import ShardedOpened
from written_drafts import DRAFTS, add_written_about, written_draft

from assistant.editor.text import EditorText
from assistant.library.library import Library
from assistant.rendering.drafts import draft_object

NAME = "Essay Assistant Authors"
PRINTED = "The tool cannot tell them apart"
DRAFT = f"They hold that “{PRINTED[:-5]}appart” ({NAME} 18). So be it.\n"
URI = "file:///drafts/draft.md"
_LANGUAGES = {".md": "markdown", ".tex": "latex", ".typ": "typst", ".org": "org", ".txt": "plaintext"}
pytestmark = pytest.mark.asyncio


def place(line: int, column: int, uri: str = URI) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}


def span(start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    keys = "line", "character"
    return {"start": dict(zip(keys, start, strict=True)), "end": dict(zip(keys, end, strict=True))}


def applied(text: str, edits: list[Any]) -> str:
    """A text with the edits of an answer."""
    lines = EditorText(text)
    spans = [
        (
            lines.offset(edit.range.start.line, edit.range.start.character),
            lines.offset(edit.range.end.line, edit.range.end.character),
            edit.new_text,
        )
        for edit in edits
    ]
    for start, end, words in sorted(spans, reverse=True):
        text = text[:start] + words + text[end:]
    return text


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_library(tmp_path_factory.mktemp("editor") / "library")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def completing(library: Path) -> AsyncIterator[Session]:
    """A server for many drafts, one after another."""
    async with session(library) as opened:
        yield opened


async def test_a_problem_is_shown_corrected_and_gone(library: Path) -> None:
    async with session(library) as editor:
        (problem,) = await editor.open(URI, DRAFT)
        assert (problem.code, problem.severity, problem.source) == (
            "misquoted", types.DiagnosticSeverity.Error, "assistant"
        )  # fmt: skip
        assert problem.range == types.Range(types.Position(0, 15), types.Position(0, 49))
        params = {
            "textDocument": {"uri": URI}, "range": span((0, 20), (0, 20)), "context": {"diagnostics": []}
        }  # fmt: skip
        answer = await editor.request("textDocument/codeAction", params)
        quick, everything = answer[:2]
        assert (quick.title, quick.kind, quick.is_preferred) == ("Set as printed", "quickfix", True)
        assert everything.kind == "source.fixAll"
        (change,) = quick.edit.document_changes
        assert change.text_document.version == 1
        fixed = applied(DRAFT, change.edits)
        assert fixed == DRAFT.replace("appart", "apart")
        params["context"] = {"diagnostics": [], "only": ["source.fixAll"]}
        (only,) = await editor.request("textDocument/codeAction", params)
        assert applied(DRAFT, only.edit.document_changes[0].edits) == fixed
        edit = change.edits[0]
        start, end = edit.range.start, edit.range.end
        assert (
            await editor.change(URI, edit.new_text, (start.line, start.character), (end.line, end.character))
            == []
        )


async def test_hovering_and_going_to_the_words_shows_where_they_are_printed(library: Path) -> None:
    async with session(library) as editor:
        await editor.open(URI, DRAFT)
        for column in (20, 55):
            shown = await editor.request("textDocument/hover", place(0, column))
            assert "p. 18" in shown.contents.value
            assert f"**{PRINTED}**" in shown.contents.value or column == 55
            assert PRINTED in shown.contents.value
        assert await editor.request("textDocument/hover", place(0, 2)) is None
        location = await editor.request("textDocument/definition", place(0, 20))
        path = path_of(location.uri)
        assert path.stat().st_mode & 0o222 == 0
        text = EditorText(path.read_bytes().decode())
        start, end = location.range.start, location.range.end
        words = text.text[text.offset(start.line, start.character) : text.offset(end.line, end.character)]
        assert " ".join(words.split()) == PRINTED
    # Nothing is left behind.
    assert not path.exists()


def path_of(uri: str) -> Path:
    """The file of an address."""
    return Path(unquote(urlsplit(uri).path))


async def test_quotations_are_listed_by_source(library: Path) -> None:
    text = f"{DRAFT}\nRoe says “of all the hours none is kept” (Roe 12).\n"
    async with session(library) as editor:
        await editor.open(URI, text)
        groups = await editor.request("textDocument/documentSymbol", {"textDocument": {"uri": URI}})
        assert [(group.name, len(group.children)) for group in groups] == [
            (f"The {NAME}", 1),
            ("Other works", 1),
        ]
        assert groups[1].children[0].name == "of all the hours none is kept"


def draft_of(name: str, folder: Path) -> Path:
    """One of the written drafts, or one of our own in a format of which there is none."""
    if name in DRAFTS:
        return written_draft(name, folder)
    path = folder / name
    heading = {".org": "* One", ".typ": "= One"}[path.suffix]
    paragraphs = [heading, f"\t😀 {DRAFT.strip()}", f'They say "{PRINTED}" ({NAME} 15).', PRINTED * 2]
    path.write_bytes("\r\n\r\n".join(paragraphs).encode())
    return path


_WRITTEN = [name for name in DRAFTS if name.endswith((".md", ".tex", ".txt"))]


@pytest.mark.parametrize("name", [*_WRITTEN, "draft.org", "draft.typ"])
async def test_problems_are_those_of_the_command(name: str, tmp_path: Path, everything: Path) -> None:
    draft = draft_of(name, tmp_path)
    language = _LANGUAGES[draft.suffix]
    text = draft.read_bytes().decode("utf-8-sig")
    report = draft_object(Library(everything).check_draft(draft, bibliographies=(), style=None))
    async with session(everything) as editor:
        shown = await editor.open(draft.as_uri(), text, language)
    lines = EditorText(text)
    expected = [
        (fault["kind"], fault["message"], lines.position(fault["start"]), lines.position(fault["end"]))
        for fault in report["faults"]
    ]
    assert [
        (
            problem.code, problem.message, (problem.range.start.line, problem.range.start.character),
            (problem.range.end.line, problem.range.end.character),
        )
        for problem in shown
    ] == expected  # fmt: skip
    assert expected


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with all essays about which the drafts are written."""
    root = tmp_path_factory.mktemp("written") / "library"
    add_written_about(Opened(root).library)
    return root


async def test_columns_count_units_of_utf_16_after_other_letters(library: Path) -> None:
    text = f"\ufeff😀 é\r\n😀\u00a0— “{PRINTED[:-5]}appart” ({NAME} 18).\r\n"
    async with session(library) as editor:
        (problem,) = await editor.open(URI, text)
        assert problem.range == types.Range(types.Position(1, 5), types.Position(1, 39))
        # The letter before is two units long.
        assert await editor.change(URI, "apart”", (1, 32), (1, 39)) == []


@pytest.mark.parametrize(("unit", "widths"), [("utf-8", (7, 45)), ("utf-16", (4, 38)), ("utf-32", (3, 37))])
async def test_columns_count_the_units_that_the_editor_prefers(
    library: Path, unit: str, widths: tuple[int, int]
) -> None:
    general = types.GeneralClientCapabilities(position_encodings=[unit, "utf-16"])
    text = f"😀é\t“{PRINTED[:-5]}appart” ({NAME} 18).\n"
    async with session(library, capabilities=types.ClientCapabilities(general=general)) as editor:
        (problem,) = await editor.open("untitled:Untitled-1", text)
        assert (problem.range.start.character, problem.range.end.character) == widths
        last = widths[1] - (3 if unit == "utf-8" else 1)
        assert await editor.change("untitled:Untitled-1", "apart", (0, last - 6), (0, last)) == []


@pytest.mark.parametrize(
    ("suffix", "typed", "completed"),
    [
        (".md", "“|", "“W” C."),
        (".md", '"|', '"W" C.'),
        (".md", "„|", "„W“ C."),
        (".md", "»|", "»W« C."),
        (".md", "«\u00a0|", "«\u00a0W\u00a0» C."),
        (".md", "‘|", "‘W’ C."),
        (".md", "In the '90s: '|", "In the '90s: 'W' C."),
        (".md", "In the '90s: “|", "In the '90s: “W” C."),
        (".md", "‚|", "‚W‘ C."),
        (".md", "😀\t“|” (12)", "😀\t“W” (12)"),
        (".tex", "``|", "``W'' K."),
        (".tex", '"`|', '"`W"\' K.'),
        (".tex", r"\enquote{|}", r"\enquote{W} K."),
        (".tex", r"\glqq |", r"\glqq W\grqq{} K."),
        (".tex", r"\enquote{|}~\cite{sample}", r"\enquote{W}~\cite{sample}"),
        (".typ", '"|', '"W" C.'),
        (".org", "“|", "“W” C."),
        (".txt", "“|", "“W” C."),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_quotation_is_closed_as_it_was_opened(
    completing: Session, suffix: str, typed: str, completed: str
) -> None:
    before, after = typed.split("|")
    begun = f"{before}The tool cannot"
    uri, text = f"file:///drafts/{completing.version}{suffix}", f"{begun}{after}\n"
    await completing.open(uri, text, _LANGUAGES[suffix])
    column = len(begun.encode("utf-16-le")) // 2
    listed = await completing.request("textDocument/completion", place(0, column, uri))
    done = applied(text, [listed.items[0].text_edit]).rstrip("\n")
    words = listed.items[0].documentation.rstrip(".")
    assert (
        done.replace(words, "W").replace(f"({NAME} 18)", "C").replace(r"\autocite[18]{sample}", "K")
        == completed
    )


async def test_a_draft_is_checked_against_a_library_in_shards(library: Path, tmp_path: Path) -> None:
    shutil.copytree(library, tmp_path / "library")
    ShardedOpened(tmp_path / "library", shards=2)
    async with session(tmp_path / "library") as editor:
        (problem,) = await editor.open(URI, DRAFT)
        assert problem.code == "misquoted"


async def test_a_form_feed_or_separator_moves_no_change(library: Path) -> None:
    text = f"One\fTwo\u2028Three\x85\n\nThey hold that “{PRINTED[:-5]}appart” ({NAME} 18).\n"
    async with session(library) as editor:
        (problem,) = await editor.open(URI, text)
        assert problem.range.start == types.Position(2, 15)
        assert await editor.change(URI, "apart”", (2, 42), (2, 49)) == []


async def test_a_draft_that_was_never_saved_and_one_in_another_language(library: Path) -> None:
    async with session(library) as editor:
        uri = "untitled:Untitled-1"
        (problem,) = await editor.open(uri, DRAFT)
        assert problem.code == "misquoted"
        document = types.TextDocumentItem("file:///x/code.py", "python", 1, DRAFT)
        editor.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        assert await editor.request("textDocument/hover", place(0, 20, "file:///x/code.py")) is None
        editor.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        )
        assert await editor.problems(uri) == []


async def test_printed_sentences_complete_an_opened_quotation(library: Path) -> None:
    async with session(library) as editor:
        text = "They say “The tool cannot"
        await editor.open(URI, text)
        listed = await editor.request("textDocument/completion", place(0, len(text)))
        first = listed.items[0]
        assert listed.is_incomplete
        assert first.detail == f"({NAME} 18)"
        done = applied(text, [first.text_edit])
        assert done.startswith(f"They say “{PRINTED}, but only the second kind can use it well")
        assert done.endswith(f"” ({NAME} 18).")
        # What the editor has closed itself is not closed twice, and a sentence that goes on has no stop.
        await editor.change(URI, "”, and so on.", (0, len(text)), (0, len(text)))
        listed = await editor.request("textDocument/completion", place(0, len(text)))
        done = applied(f"{text}”, and so on.", [listed.items[0].text_edit])
        assert done.endswith(f"” ({NAME} 18), and so on.")
        assert await editor.request("textDocument/completion", place(0, 4)) is None


async def test_keys_and_pages_complete_a_citation(library: Path) -> None:
    async with session(library) as editor:
        text = f"---\nbibliography: none.bib\n---\n\nThey say “{PRINTED}” [@"
        await editor.open(URI, text)
        listed = await editor.request("textDocument/completion", place(4, 45))
        assert [item.label for item in listed.items] == ["sample, p. 18", "sample"]
        done = applied(text, [listed.items[0].text_edit])
        assert done.endswith("” [@sample, p. 18")
        await editor.change(URI, "sample, p. ", (4, 45), (4, 45))
        listed = await editor.request("textDocument/completion", place(4, 56))
        assert listed.items[0].label == "18"
        uri = "file:///drafts/draft.tex"
        text = rf"They say ``{PRINTED}'' \autocite{{"
        await editor.open(uri, text, "latex")
        listed = await editor.request("textDocument/completion", place(0, len(text), uri))
        first = listed.items[0]
        done = applied(text, [first.text_edit, *first.additional_text_edits])
        assert done.endswith(r"\autocite[18]{sample")


async def test_a_quotation_is_completed_over_lines_and_cited_by_key_where_the_draft_does(
    library: Path,
) -> None:
    async with session(library) as editor:
        uri = "file:///drafts/draft.tex"
        text = "They say \\enquote{The tool\ncannot tell}"
        await editor.open(uri, text, "latex")
        listed = await editor.request("textDocument/completion", place(1, 11, uri))
        first = listed.items[0]
        done = applied(text, [first.text_edit, *(first.additional_text_edits or ())])
        assert done.startswith(rf"They say \enquote{{{PRINTED}, but")
        assert done.endswith(r"} \autocite[18]{sample}.")


async def test_a_library_that_cannot_be_used_is_told_once_and_noticed_when_it_can(tmp_path: Path) -> None:
    root = tmp_path / "library"
    async with session(root) as editor:
        assert await editor.open(URI, DRAFT) == []
        assert await editor.change(URI, " ", (0, 0), (0, 0)) == []
        (message,) = editor.client.messages
        assert "holds no essay" in message.message
        assert message.message.count("\n") == 0
        shutil.copytree(sample_library(tmp_path / "other"), root)
        (problem,) = await editor.problems(URI)
        assert problem.code == "misquoted"
        # Another essay on disk is noticed too.
        Library(root).remove("sample")
        assert await editor.problems(URI) == []


async def test_style_and_library_are_settings_and_a_draft_may_name_its_style(
    library: Path, tmp_path: Path
) -> None:
    text = f"They hold that “{PRINTED}, but only the second kind can use it well.”\n"
    options = {"library": str(library), "style": "apa", "languages": ["markdown", "latex"]}
    async with session(tmp_path / "none", options) as editor:
        (problem,) = await editor.open(URI, text)
        assert "2026" in problem.message
        changed: dict[str, Any] = {"settings": {"essayAssistant": {"style": "ieee"}}}
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(**changed))
        (problem,) = await editor.problems(URI)
        assert "[1, p. 18]" in problem.message
        (problem,) = await editor.change(URI, "---\ncsl: mla\n---\n\n", (0, 0), (0, 0))
        assert f"({NAME} 18)" in problem.message
        (problem,) = await editor.change(URI, "csl: nowhere.csl", (1, 0), (1, 8))
        assert "[1, p. 18]" in problem.message
        assert "nowhere.csl" in editor.client.messages[-1].message
        changed = {"settings": {"essayAssistant": {"languages": ["latex"]}}}
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(**changed))
        assert await editor.problems(URI) == []
        changed = {"settings": {"essayAssistant": {"languages": ["markdown"]}}}
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(**changed))
        assert len(await editor.problems(URI)) == 1
        changed = {"settings": {"essayAssistant": {"style": 7}}}
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(**changed))
        await editor.request("textDocument/hover", place(5, 2))
        assert "essayAssistant.style" in editor.client.messages[-1].message


async def test_a_check_that_fails_does_not_end_the_server(library: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import assistant.drafts.live as live\n"
        "report = live.LiveChecker.check_live\n"
        "def failing(self, draft, bibliographies=None):\n"
        "    if 'zebra' in draft.prose:\n"
        "        raise ZeroDivisionError('zebra')\n"
        "    return report(self, draft, bibliographies)\n"
        "live.LiveChecker.check_live = failing\n"
    )
    paths = os.pathsep.join([str(tmp_path), str(SAMPLE.parents[2])])
    async with session(library, environment={**os.environ, "PYTHONPATH": paths}) as editor:
        assert await editor.open(URI, f"A zebra. {DRAFT}") == []
        (message,) = editor.client.messages
        assert "ZeroDivisionError" in message.message
        (problem,) = await editor.change(URI, "horse", (0, 2), (0, 7))
        assert problem.code == "misquoted"


async def test_a_line_of_a_million_characters(library: Path) -> None:
    text = "word " * 200_000 + DRAFT
    async with session(library) as editor:
        (problem,) = await editor.open(URI, text)
        assert problem.range.start == types.Position(0, 1_000_015)


@pytest.mark.real_model
async def test_evidence_for_a_sentence_is_found_and_put_in(tmp_path: Path) -> None:
    Library(tmp_path / "library").add(SAMPLE)
    text = "Who has numbered the leaves of a book has practised foliation. More will follow.\n"
    async with session(tmp_path / "library") as editor:
        await editor.open(URI, text)
        arguments = {"command": "assistant.listEvidence", "arguments": [URI, [0, 5, 0, 5]]}
        found = await editor.request("workspace/executeCommand", arguments)
        listed = json.loads(json.dumps(found, default=vars))
        assert any("To number the leaves is called foliation" in each["text"] for each in listed)
        params = {
            "textDocument": {"uri": URI}, "range": span((0, 5), (0, 5)), "context": {"diagnostics": []}
        }  # fmt: skip
        actions = await editor.request("textDocument/codeAction", params)
        assert len(actions) == len(listed)
        action = next(each for each in actions if "To number the leaves" in each.title)
        done = applied(text, action.edit.document_changes[0].edits)
        assert done.startswith("Who has numbered the leaves of a book has practised foliation. “To number")
        assert done.rstrip().endswith("More will follow.")
