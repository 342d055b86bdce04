"""The extension for LibreOffice without LibreOffice; `make test-editors` tries it in Writer."""

from __future__ import annotations

import ast
import base64
import io
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from essay_assistant_writer.client import AssistantError, Client, checked_address
from essay_assistant_writer.finding import Finding
from essay_assistant_writer.places import find_problems, match_paragraphs, smallest_edits
from essay_assistant_writer.quotation import Quotation, Run, plain
from essay_assistant_writer.settings import Settings, read_settings, write_settings
from essay_library import FOUND, QUESTION, ROOT, Opened, sample_library
from hypothesis import given
from hypothesis import strategies as st
from test_served_page import served
from written_drafts import add_written_about, written_draft

from assistant.documents.reading import read_draft_file
from assistant.library.library import Library

FOLDER = ROOT / "editors" / "libreoffice"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Opened(sample_library(tmp_path_factory.mktemp("writer") / "library")).library
    add_written_about(library)
    return library


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[Client]:
    with served(library.root) as address:
        yield Client(f" {address}/ ")


def test_what_is_found_is_quoted_as_the_command_does(client: Client, library: Library) -> None:
    finding = Finding(client, "en-GB")
    finding.ask(QUESTION, "apa")
    hits = library.ask(QUESTION, style="apa", top=8).hits
    assert len(finding.passage_lines()) == len(hits)
    number = next(number for number, hit in enumerate(hits) if hit.passage.id == FOUND)
    marked = hits[number].highlights[0]
    finding.choose(number)
    assert finding.quotation.preview == marked.quotation
    sentences = hits[number].passage.sentences
    assert next(sentences[chosen][0] for chosen in finding.chosen) == marked.start
    assert len(finding.sentence_lines()) == len(sentences)
    finding.choose_sentences([2, 0])
    assert finding.chosen == (0, 1, 2)
    words = hits[number].passage.text[sentences[0][0] : sentences[2][1]]
    assert words[:19] in plain(finding.quotation.words)
    finding.set_in("chicago-notes")
    assert finding.quotation.note
    with pytest.raises(AssistantError, match="at least one sentence"):
        finding.choose_sentences([])
    with pytest.raises(AssistantError, match="Type a question"):
        finding.ask("  ", "apa")


def test_a_question_without_answer_says_so(client: Client) -> None:
    finding = Finding(client, "")
    finding.ask("Which zebras gallop through Kyrgyzstan?", "mla")
    assert "do not seem to answer" in finding.verdict or "come nearest" in finding.verdict


def test_the_styles_are_the_servers(client: Client, library: Library) -> None:
    assert client.styles() == library.styles()


QUOTED = Quotation(
    (Run("“Words”", italic=False),), (Run("(Gill 9)", italic=False),), (), ".", note=False, block=False
)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("", "", "“Words” (Gill 9)."),
        ("s", "", " “Words” (Gill 9)."),
        (":", "", " “Words” (Gill 9)."),
        (" ", "", "“Words” (Gill 9)."),
        ("(", ")", "“Words” (Gill 9)."),
        ("\n", "A", "“Words” (Gill 9)."),
        (" ", ".", "“Words” (Gill 9)"),
        (" ", ",", "“Words” (Gill 9)"),
    ],
)
def test_spaces_and_stops_fit_what_is_around(before: str, after: str, text: str) -> None:
    assert plain(QUOTED.in_text(before, after)) == text


def test_a_note_is_short_once_the_essay_is_cited_in_full(client: Client) -> None:
    first = Quotation.of(client.insert("sample/p01", "chicago-notes", start=0, end=140))
    later = Quotation.of(client.insert("sample/p24", "chicago-notes", start=0, end=90))
    assert first.note_text([]) == first.citation
    assert first.note_text(["Another book, 12."]) == first.citation
    assert later.note_text([f"See {plain(first.citation)}"]) == later.again
    assert plain(later.again) != plain(later.citation)


@pytest.mark.parametrize("name", ["word.docx", "libreoffice.odt"])
def test_problems_are_found_again_in_paragraphs_that_differ(
    client: Client, library: Library, name: str, tmp_path: Path
) -> None:
    path = written_draft(name, tmp_path)
    report = library.check_draft(path)
    document = read_draft_file(path)
    checked = _checked(client, path)
    # Writer has paragraphs of its own between those of the file, and other white space in them.
    own = ["Words of a text box", *(text.replace(" ", "\u00a0") for text in report.paragraphs)]
    problems = find_problems(checked, own)
    assert len(problems) == len(report.problems) > 0
    for problem, expected in zip(problems, report.problems, strict=True):
        last = min(expected.end, expected.start + len(own[expected.line]) - expected.column + 1)
        assert problem.paragraph == expected.line
        words = own[problem.paragraph][problem.start : problem.end].replace("\u00a0", " ")
        assert words == document.text[expected.start : last]
        assert problem.comment.startswith(expected.kind.capitalize())
        assert problem.fix in {expected.replacement, None}
    assert any(problem.fix for problem in problems)


def _checked(client: Client, path: Path) -> dict[str, Any]:
    if path.suffix == ".odt":
        return client.check(path.read_bytes(), "mla")
    with pytest.raises(AssistantError, match="draft"):
        client.check(path.read_bytes(), "mla")
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return client._send("check-file", path.read_bytes(), media)  # noqa: SLF001 - Word's add-in sends these


def test_words_that_have_moved_are_found_and_lost_ones_are_not_corrected() -> None:
    fault = {"line": 1, "column": 5, "start": 4, "end": 8, "kind": "misquoted", "message": "m", "fix": "that"}
    checked = {"paragraphs": ["One tham three", "Other"], "faults": [fault]}
    (moved,) = find_problems(checked, ["Other", "x 1 One tham three"])
    assert (moved.paragraph, moved.start, moved.end, moved.fix) == (1, 8, 12, "that")
    (lost,) = find_problems(checked, ["Nothing of it"])
    assert (lost.paragraph, lost.start, lost.end, lost.fix) == (0, 0, 13, None)


def test_a_page_number_in_a_drawing_is_no_number_elsewhere() -> None:
    boxed = "Boxed: “Words” (Gill 21)"
    fault = {"line": 1, "column": 22, "start": 0, "end": 2, "kind": "wrong page", "message": "m", "fix": "12"}
    checked = {"paragraphs": [boxed, "In chapter 21 she writes"], "faults": [fault]}
    (problem,) = find_problems(checked, ["A heading", "In chapter 21 she writes"])
    assert (problem.paragraph, problem.start, problem.end, problem.fix) == (0, 0, 9, None)


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_each_paragraph_has_one_match_at_most(file: list[str], document: list[str]) -> None:
    matches = match_paragraphs(file, document)
    assert len(set(matches.values())) == len(matches)
    for text in set(file) & set(document):
        paired = sum(file[number] == text == document[other] for number, other in matches.items())
        assert paired == min(file.count(text), document.count(text))
    assert match_paragraphs(file, file) == {number: number for number in range(len(file))}


@given(st.text("ab “”"), st.text("ab “”"))
def test_edits_make_one_text_of_the_other_from_the_end(before: str, after: str) -> None:
    text, last = before, len(before)
    for start, end, words in smallest_edits(before, after):
        assert end <= last
        text, last = text[:start] + words + text[end:], start
    assert text == after


def test_settings_are_the_users_alone_and_survive_damage(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    changed = Settings("http://localhost:9", "ada", "geheim", "apa")
    write_settings(tmp_path, changed)
    write_settings(tmp_path, changed)
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_settings(tmp_path) == changed
    for damaged in ("", "[]", '{"address": 5, "style": "apa", "other": 1}'):
        file.write_text(damaged, "utf-8")
        assert read_settings(tmp_path).address == Settings().address


class _Answering(BaseHTTPRequestHandler):
    """Answers with what the test says, and notes what it was asked."""

    status, body, headers_seen = HTTPStatus.OK, b"{}", dict[str, str]()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).headers_seen = dict(self.headers)
        self.send_response(self.status)
        if self.status == HTTPStatus.FOUND:
            self.send_header("Location", "http://192.0.2.1/")
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def stub() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"<html>", "is not the assistant"),
        (200, b"[]", "is not the assistant"),
        (302, b"", "is not the assistant"),
        (500, b"broken", "is not the assistant"),
        (401, b'{"error": "x"}', "name and a password; enter them in the settings"),
        (404, b'{"error": "There is no call /api/styles; there are /api/ask."}', "older than this extension"),
        (400, b'{"error": "The question has no words."}', "The question has no words."),
    ],
)
def test_whatever_answers_the_user_gets_one_sentence(stub: str, status: int, body: bytes, said: str) -> None:
    _Answering.status, _Answering.body = HTTPStatus(status), body
    with pytest.raises(AssistantError, match=said):
        Client(stub, "ada", "geheim").styles()
    login = base64.b64decode(_Answering.headers_seen["Authorization"].removeprefix("Basic "))
    assert login == b"ada:geheim"


def test_nothing_but_the_address_is_asked(monkeypatch: pytest.MonkeyPatch, stub: str) -> None:
    _Answering.status, _Answering.body = HTTPStatus.OK, b'{"styles": []}'
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:1")
    assert Client(stub).styles() == {}
    assert "Authorization" not in _Answering.headers_seen
    with pytest.raises(AssistantError, match=r"does not answer at http://127\.0\.0\.1:9\. .*serve"):
        Client("http://127.0.0.1:9").styles()


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1:7860", "file:///etc/passwd", "http://", "http://a:b", "ftp://x"]
)
def test_what_is_no_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(AssistantError, match=r"such as http://127\.0\.0\.1:7860"):
        checked_address(address)


def test_one_command_builds_the_same_archive_with_all_that_its_manifest_names(tmp_path: Path) -> None:
    build = "import sys, pathlib; from build import build; build(pathlib.Path(sys.argv[1]))"
    made = []
    for name in ("a.oxt", "b.oxt"):
        subprocess.run([sys.executable, "-c", build, str(tmp_path / name)], cwd=FOLDER, check=True)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        names = archive.namelist()
        manifest = archive.read("META-INF/manifest.xml").decode()
        assert b"VERSION" not in archive.read("description.xml")
    named = [part.partition('"')[0] for part in manifest.split('full-path="')[1:]]
    assert set(named) <= set(names)
    assert {path.name for path in FOLDER.glob("*.xcu")} <= set(named)
    modules = [name for name in names if name.startswith("pythonpath/")]
    assert len(modules) == len(list((FOLDER / "pythonpath").rglob("*.py")))


@pytest.mark.parametrize("path", sorted((FOLDER / "pythonpath").rglob("*.py")), ids=lambda path: path.name)
def test_the_extension_is_written_for_python_3_8(path: Path) -> None:
    ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
