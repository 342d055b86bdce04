"""What tests do in a running LibreOffice."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Office:
    """A running LibreOffice.

    Args:
        context: Its component context.
        profile: The folder of its profile.
    """

    def __init__(self, context: Any, profile: Path) -> None:
        self.context, self.profile = context, profile
        self.desktop = self.make("com.sun.star.frame.Desktop")

    def make(self, name: str) -> Any:
        """A service."""
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def load(self, address: str = "private:factory/swriter") -> Any:
        """A document in no window: an empty one, or a file."""
        return self.desktop.loadComponentFromURL(address, "_blank", 0, (named("Hidden", value=True),))

    def run(self, command: str, document: Any = None, **fields: Any) -> str:
        """Run a command of the extension without its dialogs."""
        job = self.make("org.essayassistant.Writer")
        values = {"command": command, "document": document, **fields}
        return str(
            job.execute(tuple(named(name, value=value, kind="NamedValue") for name, value in values.items()))
        )

    def save(self, document: Any, path: Path) -> Path:
        """Save a document in the format of the path's suffix."""
        names = {".odt": "writer8", ".docx": "MS Word 2007 XML", ".pdf": "writer_pdf_Export"}
        document.storeToURL(path.as_uri(), (named("FilterName", value=names[path.suffix]),))
        return path


def type_text(document: Any, words: str, *, at_cursor: bool = False) -> None:
    """Type at the end of a document, or at its cursor."""
    cursor = document.CurrentController.ViewCursor
    if not at_cursor:
        cursor.gotoEnd(False)
    for number, line in enumerate(words.split("\n")):
        if number:
            document.Text.insertControlCharacter(cursor, 0, False)
        cursor.Text.insertString(cursor, line, False)
        if not at_cursor:
            cursor.gotoEnd(False)


def note_texts(document: Any) -> list[str]:
    """The texts of the footnotes."""
    return [document.Footnotes.getByIndex(number).String for number in range(document.Footnotes.Count)]


def own_comments(document: Any) -> list[Any]:
    """The comments of the extension."""
    fields = document.TextFields
    return [
        each
        for each in fields
        if each.supportsService("com.sun.star.text.textfield.Annotation") and each.Author == "Essay Assistant"
    ]


def italics(text: Any) -> list[str]:
    """What is in italics in a text."""
    return [
        portion.String
        for paragraph in text
        for portion in paragraph
        if portion.TextPortionType == "Text" and portion.CharPosture.value == "ITALIC"
    ]


def named(name: str, *, value: Any, kind: str = "PropertyValue") -> Any:
    """A value with a name, as UNO takes options."""
    import uno

    struct = uno.createUnoStruct(f"com.sun.star.beans.{kind}")
    struct.Name, struct.Value = name, value
    return struct
