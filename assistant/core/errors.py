"""The errors a user can meet; each message is one sentence that names the file, the fault and the cure.

Files that come with the program: the known references and the sample essay.
"""

from __future__ import annotations

from pathlib import Path


def data_file(name: str) -> Path:
    """Path of a file of the project's ``data/``, in a checkout or in an installed package.

    Args:
        name: Path inside ``data/``, such as ``sample/essay.txt``.
    """
    package = Path(__file__).parent.parent
    installed = package / "data" / name
    return installed if installed.exists() else package.parent / "data" / name


class AssistantError(Exception):
    """A fault that the user can mend; printed as it is, with exit code 2."""


class ReadingError(AssistantError):
    """A file cannot be read as an essay."""


class LibraryError(AssistantError):
    """The library cannot be used or changed as asked."""


class RecordError(AssistantError):
    """A bibliographic record is missing or malformed."""


class ModelError(AssistantError):
    """An embedding model cannot be used."""


class DatasetError(AssistantError):
    """A question set is missing or malformed."""


class DraftError(AssistantError):
    """A draft cannot be read, or its corrected copy not be written."""


class QuotationError(AssistantError):
    """A quotation has no words or is too long to be checked."""
