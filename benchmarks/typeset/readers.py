"""The readers that are compared: the assistant on the PDF itself, and on text that others extract from it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.core.errors import AssistantError
from assistant.library.library import Library
from typeset.scoring import ReadPassage

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tests"))
from fake_models import FakeEncoder

_PYPDF = """
import sys, pypdf
reader = pypdf.PdfReader(sys.argv[1])
sys.stdout.buffer.write("\\f".join(page.extract_text() for page in reader.pages).encode("utf-8", "replace"))
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of PDFs.

    Attributes:
        name: Its name in the table.
        extract: Makes plain text of a PDF; ``None`` if the assistant reads the PDF itself.
    """

    name: str
    extract: Callable[[Path], bytes] | None = None

    def read(self, pdf: Path) -> list[ReadPassage]:
        """The passages of a file; none if it cannot be read."""
        with tempfile.TemporaryDirectory() as folder:
            file = pdf
            if self.extract is not None:
                file = Path(folder, f"{pdf.stem}.txt")
                file.write_bytes(self.extract(pdf))
            return read_essay(file, Path(folder, "library"))


def read_essay(file: Path, root: Path, first_page: str | None = None) -> list[ReadPassage]:
    """The passages that the assistant finds in a file; none if it refuses the file."""
    # Reading needs no embedding model.
    library = Library(root, load_encoder=lambda _name: FakeEncoder())
    try:
        library.add(file, essay_id="essay", first_page=first_page)
    except AssistantError as error:
        print(f"{file.name}: {error}", file=sys.stderr)
        return []
    return [
        ReadPassage(
            kind=passage.kind,
            text=passage.text,
            page=passage.pages[0].label if passage.pages else "",
            calls=tuple(mark.mark for mark in passage.notes),
        )
        for passage in library.essay("essay").passages
    ]


def _pdftotext(pdf: Path) -> bytes:
    command = ["pdftotext", "-enc", "UTF-8", str(pdf), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def readers(pypdf_python: Path | None) -> list[Reader]:
    """All readers.

    Args:
        pypdf_python: A Python that has pypdf; without it the reader is left out.
    """
    made = [Reader("assistant"), Reader("pdftotext", _pdftotext)]
    if pypdf_python is not None:
        command = [str(pypdf_python), "-c", _PYPDF]

        def extract(pdf: Path) -> bytes:
            return subprocess.run([*command, str(pdf)], capture_output=True, check=True).stdout

        made.append(Reader("pypdf", extract))
    return made
