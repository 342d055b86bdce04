"""Bad files, names, records and questions: one sentence each, and the library stays as it was.

``test_damage.py`` has the faults of the disk and of the library's own files.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from essay_library import FOUND, QUESTION, SAMPLE, SECOND, Opened, file_digests, one_sentence

from assistant.core.errors import AssistantError, LibraryError, ReadingError, RecordError

if TYPE_CHECKING:
    from pathlib import Path

_PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
)
_ZIP = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00" + bytes(range(256)) * 8
_WORDS = "The keeper wrote the hour of every ship into the book. " * 40


def _refused(opened: Opened, path: Path, **options: object) -> str:
    """What is said when a file is added that cannot be; nothing may have changed."""
    before = file_digests(opened.root)
    with pytest.raises(AssistantError) as raised:
        opened.library.add(path, **options)  # type: ignore[arg-type]
    assert file_digests(opened.root) == before
    assert opened.encoder.encoded == []
    return one_sentence(raised.value)


@pytest.mark.parametrize(
    ("name", "data", "fault", "cure"),
    [
        ("empty.txt", b"", "is empty", "give a file"),
        ("blank.txt", b" \n\t\r\n \n" * 50, "is empty", "give a file"),
        ("blank-utf8.txt", "\u2003\u00a0\n".encode() * 50, "", "give a file"),
        ("only-bom.txt", b"\xef\xbb\xbf", "", "give a file"),
        ("picture.txt", _PNG * 20, "not a text file", "plain text"),
        ("archive.txt", _ZIP, "not a text file", "plain text"),
        ("picture", _PNG * 20, "not a text file", "plain text"),
        ("essay.docx", _ZIP, "is not a .docx file or is damaged", "save it once more"),
        ("essay.odt", _ZIP, "is not a .odt file or is damaged", "save it once more"),
        ("essay.doc", _ZIP, "unknown ending '.doc'", ".docx"),
        ("essay.pages", _ZIP, "unknown ending '.pages'", ".txt"),
        ("utf16.txt", _WORDS.encode("utf-16-le"), "not a text file", "UTF-8"),
        ("utf16-be.txt", _WORDS.encode("utf-16-be"), "not a text file", "UTF-8"),
        ("cut16.txt", b"\xff\xfe" + _WORDS.encode("utf-16-le") + b"x", "damaged", "UTF-8"),
        ("damaged.txt", b"\xef\xbb\xbfThe keeper\xff wrote.", "damaged at byte", "UTF-8"),
        ("large.txt", b"The keeper wrote the hour into the book.\n" * 1_280_000, "50 MB", "divide it"),
        ("heading.txt", b"The Keeper\n", "no paragraph", "running text"),
        ("numbers.txt", b"1\n2\n3\n4\n5\n", "no paragraph", "running text"),
        ("pages.txt", b"\f".join(b"%d\n" % number for number in range(30)), "no paragraph", "running text"),
        ("rules.txt", b"* * *\n\n-----\n\n* * *\n", "no paragraph", "running text"),
    ],
)
def test_bad_file(opened: Opened, tmp_path: Path, name: str, data: bytes, fault: str, cure: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    message = _refused(opened, path)
    assert str(path) in message
    assert fault in message
    assert cure in message


def test_missing_file_and_folder(opened: Opened, tmp_path: Path) -> None:
    assert "does not exist" in _refused(opened, tmp_path / "missing.txt")
    assert "is a folder" in _refused(opened, tmp_path)
    (tmp_path / "folder.txt").mkdir()
    assert "is a folder" in _refused(opened, tmp_path / "folder.txt")


def test_name_longer_than_names_may_be(opened: Opened, tmp_path: Path) -> None:
    _refused(opened, tmp_path / ("long" * 100 + ".txt"))


def test_file_that_may_not_be_read(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "private.txt"
    path.write_text(_WORDS)

    def barred(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.read_bytes", barred)
        with pytest.raises(ReadingError, match=r"private\.txt cannot be read"):
            opened.library.add(path)


def test_library_is_not_made_for_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(ReadingError):
        Opened(tmp_path / "new").library.add(tmp_path / "missing.txt")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "essay_id", ["", " ", "Gill-2014", "a b", "../a", "a/b", "-a", ".a", "é", "a\n", "a" * 100, "a\0b"]
)
def test_malformed_id(opened: Opened, essay_id: str) -> None:
    message = _refused(opened, SECOND, essay_id=essay_id)
    assert repr(essay_id) in message
    assert "gill-2014" in message


def test_id_of_another_essay(opened: Opened) -> None:
    message = _refused(opened, SECOND, essay_id="sample")
    assert SECOND.name in message
    assert "'sample'" in message
    assert "--id" in message


@pytest.mark.parametrize(
    "first_page", ["", " ", "one", "0", "-3", "12a", "iiii", "844-62", "²", "1.5", "n", "p. 3", "9" * 5_000]
)
def test_first_page_that_is_no_number(opened: Opened, first_page: str) -> None:
    message = _refused(opened, SAMPLE, first_page=first_page)
    assert repr(first_page) in message
    assert "844 or xii" in message


def test_page_behind_the_last_roman_number(opened: Opened) -> None:
    """Roman numerals end at 4999; what comes behind it is refused or has a label all the same."""
    refused = ""
    try:
        report = opened.library.add(SAMPLE, first_page="mmmmcmxcix")
    except AssistantError as error:
        refused = one_sentence(error)
    assert refused or (report.pages == 12 and report.last_page)


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("record.json", "{", "not a valid .json record"),
        ("record.json", "", "not a valid .json record"),
        ("record.json", "[]", "no record with a title"),
        ("record.json", "null", "no record with a title"),
        ("record.json", '"title"', "no record with a title"),
        ("record.json", '{"title": ""}', "no record with a title"),
        ("record.json", '{"title": 7}', "no record with a title"),
        ("record.json", '{"author": [{"family": "Gill"}]}', "no record with a title"),
        ("record.json", '{"title": "A", "type": ["book"]}', "type"),
        ("record.json", '{"title": "A \\ud800"}', "character"),
        ("record.json", '{"title": "A", "volume": NaN}', "number"),
        ("record.json", f'{{"title": "A", "custom": {"[" * 400 + "]" * 400}}}', "nesting"),
        ("record.bib", "", "no record with a title"),
        ("record.bib", "@article{gill2014, title = ", "record"),
        ("record.bib", "@article{gill2014, year = {2014}}", "no record with a title"),
        ("record.bib", "This is no BibTeX.", "no record with a title"),
        ("record.ris", "", "no record with a title"),
        ("record.ris", "TY  - JOUR\nAU  - Gill, Josie\nER  - \n", "no record with a title"),
        ("record.ris", "This is no RIS.", "record"),
        ("record.mods", "<mods/>", "not a bibliographic record"),
        ("record.xml", "<mods/>", "holds no record with a title"),
        ("record", "{}", "not a bibliographic record"),
        ("record.json", None, "cannot be read"),
        ("record.bib", None, "cannot be read"),
        ("record.ris", None, "cannot be read"),
    ],
)
def test_bad_reference_file(opened: Opened, tmp_path: Path, name: str, text: str | None, fault: str) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    message = _refused(opened, SECOND, reference=path)
    assert str(path) in message
    assert fault in message


@pytest.mark.parametrize(
    "fields",
    [
        {"author": "Gill, Josie"},
        {"author": ["Gill, Josie"]},
        {"author": [{"family": 7}]},
        {"author": None},
        {"issued": "2014"},
        {"issued": {"date-parts": [[]]}},
        {"issued": {"date-parts": "2014"}},
        {"issued": None},
        {"language": 7},
        {"page": ["844", "862"]},
        {"page": "9" * 5_000},
        {"page": f"7-{'9' * 5_000}"},
        {"id": 7},
    ],
)
def test_malformed_field_of_a_record_is_refused_or_does_no_harm(
    opened: Opened, tmp_path: Path, fields: dict[str, object]
) -> None:
    path = tmp_path / "record.json"
    path.write_text(json.dumps({"title": "Ten Minutes Behind London", **fields}))
    refused = ""
    try:
        essay_id = opened.library.add(SECOND, reference=path).essay_id
    except RecordError as error:
        refused = one_sentence(error)
    if refused:
        assert str(path) in refused
        assert opened.library.ids() == ["sample"]
        return
    assert opened.library.cite(essay_id)[1]
    assert opened.library.ask(QUESTION, top=99).hits


def test_own_references_of_the_library_are_damaged(opened: Opened) -> None:
    own = opened.root / "data" / "references.json"
    own.write_text("{")
    assert str(own) in _refused(opened, SECOND)


@pytest.mark.parametrize("question", ["", "   ", "\n\t", "\u2003\u00a0"])
def test_empty_question(opened: Opened, question: str) -> None:
    with pytest.raises(AssistantError, match="question is empty") as raised:
        opened.library.ask(question)
    one_sentence(raised.value)


@pytest.mark.parametrize(
    "question", ["🙂🙃", "?!", "…", "\u200b", "what is it?", "Who are they and why", "\x00\x01", "\ufeff"]
)
def test_question_without_a_word_to_look_for(opened: Opened, question: str) -> None:
    answer = opened.library.ask(question)
    assert (answer.answered, answer.confidence) == (False, 0.0)
    assert "no word to look for" in answer.remark
    assert answer.question == question


def test_question_of_10_000_characters(opened: Opened) -> None:
    question = (QUESTION + " ") * (10_000 // (len(QUESTION) + 1) + 1)
    answer = opened.library.ask(question[:10_000])
    assert answer.hits[0].passage.id == FOUND
    assert "2,000 characters" in answer.remark
    assert opened.library.ask("x" * 10_000).answered is False


@pytest.mark.parametrize(
    "question",
    [
        f"{QUESTION}\x00\x07\x1b[31m",
        f"<script>alert('x')</script> {QUESTION}",
        f"{QUESTION}\u2028\u202e",
        f"{QUESTION}\n\nAnd?",
        f"'; DROP TABLE passages; -- {QUESTION}",
    ],
)
def test_strange_question_is_asked_and_given_back_as_it_is(opened: Opened, question: str) -> None:
    answer = opened.library.ask(question)
    assert answer.hits[0].passage.id == FOUND
    assert answer.question == question


def test_question_with_half_a_character_is_asked_or_refused(opened: Opened) -> None:
    """What a terminal passes on of a byte that is not UTF-8; no model can read it."""
    refused = ""
    try:
        answer = opened.library.ask(f"{QUESTION} \udcff")
    except AssistantError as error:
        refused = one_sentence(error)
    assert refused or answer.hits[0].passage.id == FOUND


@pytest.mark.parametrize("top", [0, -1])
def test_no_passages_asked_for(opened: Opened, top: int) -> None:
    with pytest.raises(AssistantError, match=f"^{top} passages cannot be shown; ask for 1 or more"):
        opened.library.ask(QUESTION, top=top)


def test_unknown_style(opened: Opened) -> None:
    with pytest.raises(RecordError, match=r"'oxford' is not a citation style.*mla"):
        opened.library.ask(QUESTION, style="oxford")


def test_ask_of_an_empty_library(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(LibraryError, match="assistant add FILE"):
            Opened(root).library.ask(QUESTION)
    assert file_digests(tmp_path) == {}
