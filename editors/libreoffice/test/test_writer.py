"""Quotations are inserted and checked in a running LibreOffice, by a running `assistant serve`."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from essay_library import ROOT
from running_office import Office, italics, named, note_texts, own_comments, type_text
from written_drafts import written_draft

from assistant.documents.reading import read_draft_file

if TYPE_CHECKING:
    from pathlib import Path

PASSAGE, START, END = "sample/p01", 324, 492
RIGHT = "The most ingenious of ancient systems was made for comparison"
WRONG = RIGHT.replace("ingenious", "ingeniuos")
BACON = "Some books are to be tasted, others to be swallowed"


@pytest.fixture
def document(office: Office) -> Any:
    """An empty document."""
    document = office.load()
    yield document
    document.close(False)


def answer(server: str, call: str, **fields: Any) -> Any:
    """What the server answers."""
    headers = {"Content-Type": "application/json"}
    with urlopen(
        Request(f"{server}/api/{call}", json.dumps(fields).encode(), headers), timeout=60
    ) as response:
        return json.loads(response.read())


def problems_of(path: Path, library: Path) -> list[str]:
    """Kinds of the problems that the command finds in a saved document."""
    command = [sys.executable, "-m", "assistant", "check", str(path), "--library", str(library), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return [fault["kind"] for fault in json.loads(done.stdout)["faults"]]


def language(document: Any, code: str, country: str) -> None:
    """Set the language of the text at the cursor."""
    import uno

    locale = uno.createUnoStruct("com.sun.star.lang.Locale")
    locale.Language, locale.Country = code, country
    document.CurrentController.ViewCursor.CharLocale = locale


def test_a_quotation_goes_in_as_the_command_has_it(office: Office, server: str, document: Any) -> None:
    type_text(document, "The essay says that")
    asked = answer(server, "ask", question="Who numbered the leaves?", style="apa", top=1)["passages"][0]
    marked = asked["highlights"][0]
    shown = office.run(
        "insert", document, passage=asked["id"], start=marked["start"], end=marked["end"], style="apa"
    )
    assert shown == marked["quotation"]
    assert document.Text.String == f"The essay says that {marked['quotation']}"
    office.run("insert", document, passage=PASSAGE, start=START, end=END)
    later = answer(server, "insert", passage=PASSAGE, start=START, end=END, style="apa")["quotation"]
    # The style of the document is remembered, and one step of undoing takes one quotation away.
    assert document.Text.String == f"The essay says that {marked['quotation']} {later}"
    document.UndoManager.undo()
    assert document.Text.String == f"The essay says that {marked['quotation']}"


def test_notes_are_footnotes_and_the_second_is_short(office: Office, server: str, document: Any) -> None:
    fields = {"passage": PASSAGE, "start": START, "end": END, "style": "chicago-notes"}
    expected = answer(server, "insert", **fields)
    full, short = ("".join(run["text"] for run in expected[name]) for name in ("citation", "again"))
    office.run("insert", document, **fields)
    office.run("insert", document, passage="sample/p07", start=0, end=61)
    assert document.Footnotes.Count == 2
    first, second = note_texts(document)
    assert first == full
    assert second.rpartition(",")[0] == short.rpartition(",")[0]
    assert second != short
    words = "".join(run["text"] for run in expected["words"])
    assert document.Text.String.startswith(f"{words}1 ")


@pytest.mark.parametrize(
    ("code", "country", "marks"), [("de", "DE", "„“‚‘"), ("fr", "FR", "«»“”"), ("sv", "SE", "””’’")]
)
def test_the_marks_are_those_of_the_documents_language(
    office: Office, document: Any, library: Path, tmp_path: Path, code: str, country: str, marks: str
) -> None:
    language(document, code, country)
    office.run("insert", document, passage=PASSAGE, start=START, end=END, style="mla")
    text = document.Text.String
    assert text[0] == marks[0]
    assert f"{marks[2]}I know not what other mark{marks[3]}" in text
    assert f"{marks[1]} (Essay Assistant Authors 11)." in text
    assert problems_of(office.save(document, tmp_path / "d.odt"), library) == []
    assert problems_of(office.save(document, tmp_path / "d.docx"), library) == []


def test_a_block_is_a_paragraph_and_the_writer_goes_on_after_it(office: Office, document: Any) -> None:
    type_text(document, "Before. After.")
    document.CurrentController.ViewCursor.goLeft(len("After."), False)
    office.run("insert", document, passage="sample/b01", style="mla")
    type_text(document, "Here ", at_cursor=True)
    paragraphs = [(each.ParaStyleName, each.String) for each in document.Text]
    assert [name for name, _ in paragraphs] == ["Standard", "Quotations", "Standard"]
    assert paragraphs[0][1] == "Before. "
    assert paragraphs[1][1].startswith("Some books are to be tasted")
    assert paragraphs[1][1].endswith("(Bacon, qtd. in Essay Assistant Authors 17)")
    assert paragraphs[2][1] == "Here After."


def test_italics_are_as_printed_in_words_and_notes(office: Office, document: Any) -> None:
    type_text(document, "She says")
    passage = "gill/p01"
    office.run("insert", document, passage=passage, style="chicago-notes")
    assert italics(document.Text) == ["Ulysses"]
    assert italics(document.Footnotes.getByIndex(0)) == ["Reading Quarterly"]
    type_text(document, " and so on")
    assert italics(document.Text) == ["Ulysses"]


def test_within_a_note_the_citation_follows_in_the_text(office: Office, document: Any) -> None:
    type_text(document, "Words")
    note = document.createInstance("com.sun.star.text.Footnote")
    document.Text.insertTextContent(document.Text.End, note, False)
    note.String = "See"
    document.CurrentController.ViewCursor.gotoRange(note.End, False)
    office.run("insert", document, passage="sample/p07", start=0, end=61, style="chicago-notes")
    assert document.Footnotes.Count == 1
    assert note.String.startswith(f'See "{RIGHT}')
    assert note.String.endswith(", 12.")


def test_comments_are_at_the_words_wherever_these_are(office: Office, document: Any) -> None:
    cited = "(Essay Assistant Authors 12)"
    type_text(document, "A note")
    note = document.createInstance("com.sun.star.text.Footnote")
    document.Text.insertTextContent(document.Text.End, note, False)
    note.String = f"Here too: “{WRONG}” {cited}."
    type_text(document, f" and 📚 then “{WRONG}” {cited}.\nThe same once more: “{WRONG}” {cited}.\n")
    table = document.createInstance("com.sun.star.text.TextTable")
    table.initialize(1, 2)
    document.Text.insertTextContent(document.Text.End, table, False)
    table.getCellByName(
        "B1"
    ).String = (
        f"In a cell: “{BACON.replace('swallowed', 'swalowed')}” (Bacon, qtd. in Essay Assistant Authors 17)."
    )
    said = office.run("check", document, style="mla")
    assert said == "4 quotations, 0 as printed, 0 not checkable; 4 problems; see the comments."
    assert sorted(each.Anchor.String for each in own_comments(document)) == sorted(
        [f"“{WRONG}”"] * 3 + [f"“{BACON.replace('swallowed', 'swalowed')}”"]
    )
    for comment in own_comments(document):
        words = comment.Anchor.String.replace("ingeniuos", "ingenious").replace("swalowed", "swallowed")
        assert comment.Content.endswith(f"\n\nCorrection: {words}")


@pytest.mark.parametrize("name", ["libreoffice.odt", "word.docx"])
def test_drafts_of_word_processors_get_their_comments_where_the_problems_are(
    office: Office, library: Path, tmp_path: Path, name: str
) -> None:
    path = written_draft(name, tmp_path)
    command = [sys.executable, "-m", "assistant", "check", str(path), "--library", str(library), "--json"]
    report = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout)
    text = read_draft_file(path).text
    draft = office.load(path.as_uri())
    office.run("check", draft, style="mla")
    # A comment ends with its paragraph, for Writer has one range for it.
    expected = [text[fault["start"] : fault["end"]].partition("\n")[0] for fault in report["faults"]]
    assert len(expected) > 4
    assert sorted(each.Anchor.String for each in own_comments(draft)) == sorted(expected)
    draft.close(False)


def test_where_no_note_can_be_the_citation_follows(office: Office, document: Any) -> None:
    frame = document.createInstance("com.sun.star.text.TextFrame")
    document.Text.insertTextContent(document.Text.End, frame, False)
    frame.String = "In a frame:"
    document.CurrentController.ViewCursor.gotoRange(frame.Text.End, False)
    office.run("insert", document, passage="sample/p07", start=0, end=61, style="chicago-notes")
    assert document.Footnotes.Count == 0
    assert frame.String.endswith(", 12.")


def test_a_second_check_replaces_its_comments_and_nobody_elses(office: Office, document: Any) -> None:
    type_text(
        document,
        f"He says “{WRONG}” (Essay Assistant Authors 12). So “{RIGHT}” (Essay Assistant Authors 99).",
    )
    comment = document.createInstance("com.sun.star.text.textfield.Annotation")
    comment.Author, comment.Content = "A supervisor", "Really?"
    document.Text.insertTextContent(document.Text.Start, comment, False)
    before = document.Text.String
    office.run("check", document, style="mla")
    office.run("check", document)
    comments = list(document.TextFields)
    assert sorted(each.Author for each in comments) == ["A supervisor", "Essay Assistant", "Essay Assistant"]
    assert document.Text.String == before
    document.UndoManager.undo()
    document.UndoManager.undo()
    assert [each.Author for each in document.TextFields] == ["A supervisor"]
    office.run("check", document)
    assert office.run("remove", document) == "2 comments removed."
    assert [each.Author for each in document.TextFields] == ["A supervisor"]


def test_deleted_words_of_tracked_changes_are_not_counted(office: Office, document: Any) -> None:
    type_text(document, f"One two three “{WRONG}” (Essay Assistant Authors 12).")
    document.RecordChanges = True
    cursor = document.Text.createTextCursor()
    cursor.gotoStart(False)
    cursor.goRight(len("One two "), True)
    cursor.String = ""
    document.RecordChanges = False
    office.run("check", document, style="mla")
    (comment,) = own_comments(document)
    assert comment.Anchor.String == f"“{WRONG}”"


def test_words_are_corrected_at_the_cursor_and_keep_their_italics(office: Office, document: Any) -> None:
    type_text(
        document,
        f"He says “{WRONG}” (Essay Assistant Authors 99), and “{WRONG}” (Essay Assistant Authors 12).",
    )
    offset = document.Text.String.index("ancient")
    cursor = document.Text.createTextCursor()
    cursor.gotoStart(False)
    cursor.goRight(offset, False)
    document.CurrentController.ViewCursor.gotoRange(cursor, False)
    cursor.goRight(len("ancient"), True)
    from com.sun.star.awt.FontSlant import ITALIC

    cursor.CharPosture = ITALIC
    office.run("check", document, style="mla")
    said = office.run("correct", document)
    assert said.startswith("Corrected: ")
    text = document.Text.String
    assert (
        text == f"He says “{RIGHT}” (Essay Assistant Authors 99), and “{WRONG}” (Essay Assistant Authors 12)."
    )
    assert italics(document.Text) == ["ancient"]
    assert [each.Anchor.String for each in own_comments(document)] == [f"“{WRONG}”", "99"]
    document.UndoManager.undo()
    assert WRONG in document.Text.String.partition("99")[0]


def test_a_correction_leaves_comments_and_notes_within_the_words(office: Office, document: Any) -> None:
    words = f"He says “{RIGHT}” (Essay Assistant Authors 12)."
    type_text(document, words.replace("ingenious", "ingeqqious").replace("systems", "syszzems"))
    for letters, kind in (("qq", "textfield.Annotation"), ("zz", "Footnote")):
        cursor = document.Text.createTextCursor()
        cursor.gotoStart(False)
        cursor.goRight(document.Text.String.index(letters) + 1, False)
        content = document.createInstance(f"com.sun.star.text.{kind}")
        if kind == "Footnote":
            document.Text.insertTextContent(cursor, content, False)
            content.String = "See there."
        else:
            content.Content = "Is this so?"
            document.Text.insertTextContent(cursor, content, False)
    cursor.goLeft(3, False)
    document.CurrentController.ViewCursor.gotoRange(cursor, False)
    office.run("check", document, style="mla")
    assert office.run("correct", document).startswith("Corrected: ")
    assert document.Text.String.replace("1", "") == words.replace(" 12", " 2")
    assert note_texts(document) == ["See there."]
    fields = document.TextFields.createEnumeration()
    contents = []
    while fields.hasMoreElements():
        contents.append(fields.nextElement().Content)
    assert "Is this so?" in contents


def test_a_problem_elsewhere_is_in_no_way_of_a_correction(office: Office, document: Any) -> None:
    type_text(document, "A cell:\n")
    table = document.createInstance("com.sun.star.text.TextTable")
    table.initialize(1, 1)
    document.Text.insertTextContent(document.Text.End, table, False)
    table.getCellByName("A1").String = f"“{WRONG}” (Essay Assistant Authors 12)."
    type_text(document, f"Here “{WRONG}” (Essay Assistant Authors 12).")
    document.CurrentController.ViewCursor.goLeft(40, False)
    assert office.run("correct", document, style="mla").startswith("Corrected: ")
    assert table.getCellByName("A1").String.startswith(f"“{WRONG}”")
    assert f"Here “{RIGHT}”" in document.Text.String


def test_what_is_saved_is_what_was_inserted_and_checked(
    office: Office, document: Any, library: Path, tmp_path: Path
) -> None:
    type_text(document, "As is said")
    office.run("insert", document, passage=PASSAGE, start=START, end=END, style="chicago-notes")
    type_text(document, f" Also: “{WRONG}.”")
    note = document.createInstance("com.sun.star.text.Footnote")
    document.Text.insertTextContent(document.Text.End, note, False)
    note.String = "Essay Assistant Authors, “Where the Words Stand,” 12."
    office.run("check", document)
    words = [each.Anchor.String for each in own_comments(document)]
    assert words == [f"“{WRONG}.”"]
    for suffix in (".odt", ".docx"):
        path = office.save(document, tmp_path / f"saved{suffix}")
        assert problems_of(path, library) == ["misquoted"]
        with zipfile.ZipFile(path) as archive:
            part = archive.read("content.xml" if suffix == ".odt" else "word/footnotes.xml").decode()
        assert all(text in part for text in note_texts(document))
        again = office.load(path.as_uri())
        assert again.Text.String == document.Text.String
        assert [each.Anchor.String for each in own_comments(again)] == words
        assert office.run("remove", again) == "1 comment removed."
        # The style is remembered in both formats.
        office.run("insert", again, passage="sample/p07", start=0, end=61)
        assert again.Footnotes.Count == 3
        again.close(False)


def test_what_cannot_be_done_is_said_with_its_cure(office: Office, server: str, document: Any) -> None:
    type_text(document, "No quotation.")
    with pytest.raises(Exception, match="put the cursor into its words"):
        office.run("correct", document, style="mla")
    with pytest.raises(Exception, match="no passage 'sample/p99'"):
        office.run("insert", document, passage="sample/p99")
    office.run("settings", document, address="http://127.0.0.1:9")
    try:
        with pytest.raises(Exception, match=r"does not answer at http://127\.0\.0\.1:9\..*assistant serve"):
            office.run("check", document)
    finally:
        office.run("settings", document, address=server)
    assert document.Text.String == "No quotation."


def test_the_menu_reaches_the_extension(office: Office, document: Any) -> None:
    import uno

    address = uno.createUnoStruct("com.sun.star.util.URL")
    address.Complete = "org.essayassistant:insert"
    _, parsed = office.make("com.sun.star.util.URLTransformer").parseStrict(address)
    dispatch = document.CurrentController.Frame.queryDispatch(parsed, "_self", 0)
    assert dispatch is not None
    assert dispatch.getImplementationName() == "org.essayassistant.Writer"
    provider = office.make("com.sun.star.configuration.ConfigurationProvider")
    menu = provider.createInstanceWithArguments(
        "com.sun.star.configuration.ConfigurationAccess",
        (
            named(
                "nodepath",
                value="/org.openoffice.Office.Addons/AddonUI/OfficeMenuBar/org.essayassistant.menu",
            ),
        ),
    )
    entries = menu.getByName("Submenu")
    assert [entries.getByName(name).URL for name in sorted(entries.ElementNames)] == [
        f"org.essayassistant:{name}" for name in ("insert", "check", "correct", "remove", "settings")
    ]
